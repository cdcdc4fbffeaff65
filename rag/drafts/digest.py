"""What goes into a digest of several briefings: what is judged now, what changed, where they differ, what to watch."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import combinations

from ingest.briefing import Briefing
from rag.answer import Citation, Claim
from rag.clauses import Unit, likeness, units_of, weights
from rag.corpus import Corpus
from rag.drafts.draft import Line
from rag.drafts.statements import (
    Statement,
    grouped,
    newest_first,
    place_of,
    required,
    restates,
    same_matter,
    statements_of,
    who,
)
from rag.drafts.summary import bottom_line, readable, words_in
from rag.drafts.windows import day, ended, named_end

# The score of a sentence that no search for the topic found.
OFF_TOPIC = -99.0
# A sentence that scores so far below the best judgement is about something else.
REACH = 10.0
_INDICATORS = re.compile(
    r"\b(?:indicators?|signposts?|(?:what )?to watch|watch ?list|triggers?|warning signs?)\b", re.I
)


@dataclass
class Digest:
    """The judgements of several briefings, laid side by side; each sentence is given out once.

    `focus` scores the sentences that are on the topic asked for, by their number; it may be empty.
    """

    briefings: Sequence[Briefing]
    corpus: Corpus
    as_of: date
    focus: Mapping[int, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        found = [one for briefing in self.briefings for one in required(statements_of(briefing, self.corpus))]
        self.statements = tuple(newest_first(found))
        self.by_number = grouped(self.statements)
        self.weight = weights([one.unit for one in self.statements])
        self.matter = self._matters()
        self.best = max((self.focus.get(number, OFF_TOPIC) for number in self.by_number), default=OFF_TOPIC)
        self.used: set[Citation] = set()
        self.said: list[Unit] = []

    def needed(self) -> tuple[Statement, ...]:
        """What a digest has to carry: the bottom line of each briefing, unless a newer one judges the matter."""
        found = []
        for briefing in self.briefings:
            own = [one for one in self.statements if one.briefing is briefing]
            number = bottom_line(own, self.corpus) if own else None
            found += [one for one in own if one.number == number and self._is_newest(one)]
        return tuple(found)

    def take(self, lines: Iterator[Line], words: int | None) -> tuple[Line, ...]:
        """The first lines that keep to so many words; one that is too long is passed over."""
        chosen, length = [], 0
        for line in lines:
            size = words_in(line.claim.text)
            if words is None or length + size <= words:
                chosen.append(line)
                length += size
                self.used.update(line.claim.citations)
                self.said += units_of(line.claim.text)
        return tuple(chosen)

    def changes(self) -> Iterator[Line]:
        """Each matter that two briefings of different dates judge by different terms, newest first."""
        for old, new in self._pairs(differing=False):
            yield self._pair(old, new, f"On {_day(old)} “{old.term}”, on {_day(new)} “{new.term}”:")

    def differences(self) -> Iterator[Line]:
        """Each matter that two publishers, or two briefings of one day, judge by different terms."""
        for old, new in self._pairs(differing=True):
            told = [f"{who(one.briefing) or one.briefing.title} ({_day(one)}) “{one.term}”" for one in (old, new)]
            yield self._pair(old, new, f"{told[0]}, {told[1]}:")

    def judged(self) -> Iterator[Line]:
        """What is judged now: bottom lines first, then what the forecasts say without a condition; see `watch`."""
        needed = {one.number for one in self.needed()}
        ranked = sorted(
            self.by_number,
            key=lambda n: (
                n not in needed,
                self._is_over(n),
                -self.focus.get(n, OFF_TOPIC),
            ),
        )
        for number in ranked:
            own = self.by_number[number]
            current = [self._is_newest(one) for one in own]
            plain = all(current) and self._on_topic(number) and not any(one.condition for one in own)
            if any(current) if number in needed else plain:
                yield from self._line(number)

    def watch(self) -> Iterator[Line]:
        """What the judgements hang on: indicators, conditions and dated events, those whose time has ended last."""
        watched = [
            self.corpus.number(briefing.id, place)
            for briefing in sorted(self.briefings, key=lambda one: one.published or date.min, reverse=True)
            for place in range(len(briefing.sentences))
            if self._on_topic(self.corpus.number(briefing.id, place)) and self._is_watched(briefing, place)
        ]
        for number in sorted(watched, key=self._is_over):
            yield from self._line(number)

    def _on_topic(self, number: int) -> bool:
        return not self.focus or self.focus.get(number, OFF_TOPIC) >= self.best - REACH

    def _is_over(self, number: int) -> bool:
        """Whether the windows of all judgements of a sentence have ended."""
        found = self.by_number.get(number, ())
        return bool(found) and all(ended(one.closes, self.as_of) for one in found)

    def _is_watched(self, briefing: Briefing, place: int) -> bool:
        sentence = briefing.sentences[place]
        path = briefing.sections[sentence.section].path if briefing.sections else ()
        statements = self.by_number.get(self.corpus.number(briefing.id, place), ())
        if statements:
            return any(one.condition for one in statements) and all(map(self._is_newest, statements))
        if path and _INDICATORS.search(path[-1]):
            return True
        closes = named_end(briefing, sentence)
        return place_of(briefing, place) == "forecast" and closes is not None and not ended(closes, self.as_of)

    def _line(self, number: int) -> Iterator[Line]:
        """A sentence with the day of its briefing, unless it is said already or does not read by itself."""
        claim, own = readable(number, self.corpus), self.by_number.get(number, ())
        if claim is None or claim.citations[0] in self.used:
            return
        if own and all(any(restates(unit, one, self.weight) for unit in self.said) for one in own):
            return
        briefing = self.corpus.briefing_of(number)
        lead = f"On {day(briefing.published)}:" if briefing.published else ""
        notes = [note_of(own, self.as_of), *map(self._overtaken, own)]
        yield Line(claim, lead, "; ".join(filter(None, notes)))

    def _overtaken(self, one: Statement) -> str:
        """What a newer briefing judges of the same matter, "" if none does or it says the same."""
        newest = self._newest(one)
        if newest.meaning == one.meaning or _date(newest) <= _date(one):
            return ""
        return f"“{one.term}” was judged “{newest.term}” on {_day(newest)}"

    def _pair(self, old: Statement, new: Statement, lead: str) -> Line:
        """Two sentences side by side, the older first."""
        claims = [readable(one.number, self.corpus) for one in (old, new)]
        shown = [claim for claim in claims if claim]
        note = note_of((old, new), self.as_of)
        text = " ".join(claim.text for claim in shown)
        return Line(Claim(text, tuple(cited for claim in shown for cited in claim.citations)), lead, note)

    def _pairs(self, differing: bool) -> list[tuple[Statement, Statement]]:
        """Pairs on one matter with different terms, older first, one for each matter and pair of briefings."""
        found: list[tuple[float, Statement, Statement]] = []
        for new, old in combinations(self.statements, 2):
            if old.briefing is new.briefing or old.meaning == new.meaning or _differ(old, new) != differing:
                continue
            if not same_matter(old, new, self.weight):
                continue
            on_topic = self._on_topic(old.number) or self._on_topic(new.number)
            if on_topic and (differing or not self._between(old, new)) and self._reads(old) and self._reads(new):
                # Of two sentences that say it, the shorter holds less beside.
                length = len(old.sentence) + len(new.sentence)
                found.append((likeness(old.unit, new.unit, self.weight) - length / 1000, old, new))
        chosen: dict[tuple[int, str, str], tuple[Statement, Statement]] = {}
        for _, old, new in sorted(found, key=lambda one: -one[0]):
            chosen.setdefault((self.matter[id(new)], old.briefing.id, new.briefing.id), (old, new))
        return sorted(chosen.values(), key=self._rank)

    def _rank(self, pair: tuple[Statement, Statement]) -> tuple[float, int]:
        """What is nearest to the topic first, then what is newest."""
        return -max(self.focus.get(one.number, OFF_TOPIC) for one in pair), -_date(pair[1]).toordinal()

    def _reads(self, one: Statement) -> bool:
        return readable(one.number, self.corpus) is not None

    def _between(self, old: Statement, new: Statement) -> bool:
        """Whether a briefing between the two judges the matter."""
        days = [
            one.briefing.published
            for one in self.statements
            if self.matter[id(one)] == self.matter[id(new)] and one.briefing.published
        ]
        return any(_date(old) < when < _date(new) for when in days)

    def _is_newest(self, one: Statement) -> bool:
        """Whether no newer briefing judges the matter; statements stand newest first."""
        return _date(self._newest(one)) <= _date(one)

    def _newest(self, one: Statement) -> Statement:
        return next(other for other in self.statements if self.matter[id(other)] == self.matter[id(one)])

    def _one_matter(self, one: Statement, other: Statement) -> bool:
        again = one.briefing is other.briefing and restates(one.unit, other, self.weight)
        return again or same_matter(one, other, self.weight)

    def _matters(self) -> dict[int, int]:
        """The matter of each statement, by its identity; through others, too, two statements may be one matter."""
        found = {id(one): place for place, one in enumerate(self.statements)}
        for one, other in combinations(self.statements, 2):
            mine, theirs = found[id(one)], found[id(other)]
            if mine != theirs and self._one_matter(one, other):
                found = {key: mine if place == theirs else place for key, place in found.items()}
        return found


def note_of(statements: Sequence[Statement], as_of: date) -> str:
    """Which windows of a sentence's judgements have ended by a day, "" if none has."""
    past = [(one.term, one.closes) for one in statements if one.closes and ended(one.closes, as_of)]
    if past and len(past) == len(statements) and len({closes for _, closes in past}) == 1:
        return f"window ended {day(past[0][1])}"
    return "; ".join(f"window of “{term}” ended {day(closes)}" for term, closes in past)


def _differ(one: Statement, other: Statement) -> bool:
    """Whether two briefings stand beside each other, not one after the other: two publishers, or no two dates."""
    mine, theirs = one.briefing, other.briefing
    if mine.published is None or theirs.published is None or mine.published == theirs.published:
        return True
    return bool(mine.publisher and theirs.publisher and mine.publisher != theirs.publisher)


def _date(one: Statement) -> date:
    return one.briefing.published or date.min


def _day(one: Statement) -> str:
    return day(one.briefing.published) if one.briefing.published else "an unknown date"
