"""Claim and source as clauses that can be compared: their words, names, numbers, and which clause answers which."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache

from ingest.briefing import Estimate, Kind
from ingest.clauses import clauses, finite
from ingest.estimative import estimates
from ingest.horizons import label_window
from ingest.lexicon import Mark
from ingest.marks import marks_in
from ingest.speakers import AUTHOR
from rag.stemming import stem
from rag.wordlists import lists

# Below this a clause of the claim has no counterpart in the sources.
LEAST = 0.14
# How much a shared context, a term where the claim has one, the very same term, and the author's voice or not on both
# sides add to a likeness: enough to decide between like clauses, never enough to pair unlike ones.
CONTEXT, TERM, SAME_TERM, SAME_VOICE = 0.25, 0.06, 0.25, 0.1
# Up to so many clauses the best pairs are found by trying all.
EXACT_ROWS, EXACT_COLUMNS = 6, 12
_LETTER = re.compile(r"\w")
# What is left of the ending of a noun after stemming ("failur", "growth"), or of a verb ("close").
_SIGNS = str.maketrans({"’": "'", "\u2010": "-", "\u2011": "-"})
# British endings as American ones: "favour", "stabilisation".
_SPELLINGS = (
    (re.compile(r"(?<=[a-z]{3})our(?=s?$|ed$|ing$|able$|ite$)"), "or"),
    (re.compile(r"(?<=[a-z]{4})is(?=e[sd]?$|ing$|ations?$|ers?$)"), "iz"),
    (re.compile(r"(?<=[a-z]{2}[bt])re(?=s?$)"), "er"),
)
_NOUN_ENDING = re.compile(r"(?<=[a-z]{4})(?:ur|th)$|(?<=[a-z]{3})e$")
_WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*|\d[\d,]*(?:\.\d+)?%?")


@dataclass(frozen=True, slots=True)
class Unit:
    """One clause: `text` is the sentence it stands in, `place` that sentence's number.

    `words` maps the stems of what the clause says, without its term, frame and conditions, to where they stand first;
    `stems` are these alone. `names` are its capitalised words, in lower case. `context` are stems that only help to
    find its counterpart: those of its conditions and, where it speaks of "it" or "this", those of the clause before.
    """

    text: str
    place: int
    start: int
    end: int
    estimate: Estimate | None
    others: tuple[Estimate, ...]
    words: dict[str, int]
    stems: frozenset[str]
    names: frozenset[str]
    context: frozenset[str] = frozenset()


@lru_cache(maxsize=256)
def units_of(text: str, place: int = 0) -> tuple[Unit, ...]:
    """The clauses of a sentence, one for each term and one for each clause without; kept, for many claims cite it."""
    same = lists().same_term
    found = [replace(one, canonical=same.get(one.canonical, one.canonical)) for one in estimates(text)]
    anaphor = lists().patterns["anaphor"]
    by_span = {(one.start, one.end): one for one in found if one.kind == "term"}
    marks = [Mark(one.kind, one.start, one.end, one.canonical, one.band) for one in found]
    units: list[Unit] = []
    for clause in clauses(text, marks):
        estimate = by_span[clause.term.start, clause.term.end] if clause.term else None
        unit = _unit(text, place, clause.start, clause.end, estimate, found)
        if anaphor.search(text[unit.start : unit.end]):
            unit = _continuing(unit, units[-1]) if units else _led(unit)
        elif units and (head := lists().patterns["relative_head"].search(text, 0, unit.start)):
            unit = replace(unit, context=unit.context | stems_of(head[1]))
        units.append(_spoken(unit, units))
    # "After 2026, ..." is no clause of its own.
    units = [one for one in units if one.estimate or len(one.stems) > 1 or finite(text, one.start, one.end)] or units
    if len(units) > 1 and units[0].estimate is not None and not units[0].stems:
        # "Unlike the ministry, which judges it unlikely, we see a raid as likely."
        units[0] = _continuing(units[0], units[1])
    return tuple(units)


def _spoken(unit: Unit, before: Sequence[Unit]) -> Unit:
    """A clause whose speaker is "it" or "they": whoever spoke before, else the author."""
    one = unit.estimate
    if one is None or one.voice.lower() not in lists().sets["pronouns"]:
        return unit
    spoke = (other.estimate.voice for other in reversed(before) if other.estimate)
    return replace(unit, estimate=replace(one, voice=next(spoke, one.voice)))


def _led(unit: Unit) -> Unit:
    """A first clause with what stands in front, to which its pronoun goes back: "Despite the denial, they ..."."""
    lead = words_of(unit.text, [(0, unit.start)])
    if unit.estimate is not None and not unit.stems:
        return replace(unit, words=lead, stems=frozenset(lead), names=names_in(unit.text, [(0, unit.start)]))
    return replace(unit, context=unit.context | lead.keys())


def _continuing(unit: Unit, before: Unit) -> Unit:
    """A clause with what it speaks of by a pronoun; one that says nothing of its own ("to do so") says the same."""
    if unit.estimate is not None and not unit.stems:
        return replace(unit, words=before.words, stems=before.stems, names=before.names)
    return replace(unit, context=unit.context | before.stems | before.context)


def _unit(text: str, place: int, start: int, end: int, estimate: Estimate | None, found: Sequence[Estimate]) -> Unit:
    spans = [(start, end)]
    if estimate is not None:
        spans = [estimate.proposition] + ([estimate.subject] if estimate.subject else [])
        start, end = min(start, estimate.proposition[0]), max(end, estimate.proposition[1])
    conditions = [(c.start, c.end) for c in estimate.conditions] if estimate else []
    others = tuple(one for one in found if start <= one.start < end and one is not estimate)
    masked = [(one.start, one.end) for one in (*others, estimate) if one] + conditions
    words = words_of(text, spans, masked)
    context = frozenset(words_of(text, conditions))
    names = names_in(text, spans, masked)
    return Unit(text, place, start, end, estimate, others, words, frozenset(words), names, context)


def words_of(text: str, spans: Iterable[tuple[int, int]], masked: Sequence[tuple[int, int]] = ()) -> dict[str, int]:
    """The stems of the content words in these spans, to where they stand first."""
    found: dict[str, int] = {}
    for start, end in spans:
        for match in _WORD.finditer(text, start, end):
            if any(a <= match.start() < b for a, b in masked):
                continue
            for key in keys_of(match.group()):
                found.setdefault(key, match.start())
    return found


def conditions_of(unit: Unit) -> frozenset[str]:
    """The stems of the conditions of a clause's judgement."""
    spans = [(one.start, one.end) for one in unit.estimate.conditions] if unit.estimate else []
    return frozenset(words_of(unit.text, spans))


@lru_cache(maxsize=1024)
def stems_of(text: str) -> frozenset[str]:
    """The stems of the content words of a whole text; kept, for a check asks for those of the same few again."""
    return frozenset(words_of(text, [(0, len(text))]))


@lru_cache(maxsize=20_000)
def keys_of(word: str) -> tuple[str, ...]:
    """The keys under which a word is compared: numbers as digits, hyphened words in parts, the rest as short stems."""
    lowered = word.lower().translate(_SIGNS).removesuffix("'s").replace(",", "")
    for british, american in _SPELLINGS:
        lowered = british.sub(american, lowered)
    if lowered in lists().numbers:
        return (str(lists().numbers[lowered]),)
    lowered = lists().irregular.get(lowered, lowered)
    parts = [part for part in lowered.split("-") if part and part not in lists().stop and part not in lists().frame]
    numbers, synonyms = lists().numbers | lists().ordinals, _synonyms()
    return tuple(
        str(numbers[part]) if part in numbers else synonyms.get(_short(one), _short(one))
        for part, one in zip(parts, stem(parts), strict=True)
    )


@cache
def _synonyms() -> dict[str, str]:
    """The key of the first word of each group of synonyms, by the keys of the others."""
    groups = ([_short(one) for one in stem(group)] for group in lists().synonyms)
    return {key: group[0] for group in groups for key in group}


@cache
def opposites() -> tuple[tuple[frozenset[str], frozenset[str]], ...]:
    """The pairs of words of which the one turns the other round, each both ways, as keys."""
    return tuple((frozenset(keys_of(one)), frozenset(keys_of(other))) for one, other in lists().opposites)


def _short(stemmed: str) -> str:
    """The first five letters of a stem, so that verb and noun are one: "close" and "closure"."""
    return _NOUN_ENDING.sub("", stemmed)[:5]


def names_in(text: str, spans: Iterable[tuple[int, int]], masked: Sequence[tuple[int, int]] = ()) -> frozenset[str]:
    """The names in these spans, in lower case; a word that only opens the sentence is none."""
    found = set()
    patterns = lists().patterns
    for start, end in spans:
        for match in patterns["name"].finditer(text[start:end]):
            place, last = start + match.start(), start + match.end()
            word = match.group().replace("’", "'").removesuffix("'s")
            if any(a <= place < b for a, b in masked) or word.lower() in lists().no_names:
                continue
            opens = not _LETTER.search(text[:place].split(". ")[-1])
            if (
                not opens
                or word.isupper()
                or (not word.endswith(("ing", "s")) and patterns["after_name"].match(text, last))
            ):
                found.add(word.lower())
    return frozenset(found)


def sources_of(sentences: Sequence[str]) -> tuple[tuple[Unit, ...], str]:
    """The clauses of the cited sentences, and the forecast label among them, "" if there is none."""
    label, units = "", list[Unit]()
    anaphor = lists().patterns["anaphor"]
    for place, sentence in enumerate(sentences):
        if label_window(sentence.strip(" :*#"), None, parent=True):
            label = f"{label} {sentence}".strip()
            continue
        for unit in units_of(sentence, place):
            if units and anaphor.search(unit.text[unit.start : unit.end]):
                other = units[-1].place != place
                unit = (
                    _continuing(unit, units[-1]) if other else replace(unit, context=unit.context | units[-1].context)
                )
            units.append(unit)
    return tuple(units), label


def weights(sources: Sequence[Unit]) -> dict[str, float]:
    """How much each stem tells the clauses apart: 1 for one that stands in a single clause, less for others."""
    counts = Counter(word for unit in sources for word in unit.words)
    return {word: 1.0 / (count**0.5) for word, count in counts.items()}


def likeness(claim: Unit, source: Unit, weight: dict[str, float]) -> float:
    """How much of the shorter, and of both, two clauses share: 0 nothing, 1 all. Names count double."""
    if not (claim.words or claim.context) or not (source.words or source.context):
        return 0.0

    def worth(words: Iterable[str]) -> float:
        return sum(weight.get(word, 1.0) * (2.0 if word in named else 1.0) for word in words)

    named = {key for name in claim.names | source.names for key in keys_of(name)}
    shared = worth(claim.stems & source.stems)
    mine, theirs = worth(claim.stems), worth(source.stems)
    score = 0.5 * shared / min(mine, theirs) + shared / (mine + theirs) if mine and theirs else 0.0
    mine_all, theirs_all = claim.stems | claim.context, source.stems | source.context
    if claim.context or source.context:
        beside = worth((mine_all & theirs_all) - (claim.stems & source.stems))
        score += CONTEXT * beside / min(worth(mine_all), worth(theirs_all))
    return score + _same_kind(claim, source)


def _same_kind(claim: Unit, source: Unit) -> float:
    """What speaks for a pair beyond its words: both judge, by one term and in one voice; or one says "will" where the
    other judges.
    """
    if claim.estimate is None:
        ahead = any(one.kind in ("modal", "hedge", "number") for one in claim.others)
        return TERM if ahead and source.estimate is not None else 0.0
    if source.estimate is None:
        return 0.0
    voice = SAME_VOICE if (claim.estimate.voice == AUTHOR) == (source.estimate.voice == AUTHOR) else 0.0
    return voice + (SAME_TERM if claim.estimate.canonical == source.estimate.canonical else TERM)


def aligned(claims: Sequence[Unit], sources: Sequence[Unit]) -> dict[int, int]:
    """Which source clause each claim clause restates: one to one, the likest pairs together, none without likeness."""
    weight = weights(sources)
    table = [[likeness(one, other, weight) for other in sources] for one in claims]
    best = _assign(table)
    return {row: column for row, column in best.items() if table[row][column] >= LEAST}


def _assign(table: list[list[float]]) -> dict[int, int]:
    """The one-to-one assignment of rows to columns with the highest sum; greedy where there are too many."""
    rows = [row for row, scores in enumerate(table) if scores and max(scores) > 0]
    columns = range(len(table[0])) if table else range(0)
    if len(rows) <= EXACT_ROWS and len(columns) <= EXACT_COLUMNS:
        return _best(table, rows, columns)
    pairs = sorted(((table[r][c], r, c) for r in rows for c in columns), reverse=True)
    chosen: dict[int, int] = {}
    for score, row, column in pairs:
        if score > 0 and row not in chosen and column not in chosen.values():
            chosen[row] = column
    return chosen


def _best(table: list[list[float]], rows: Sequence[int], columns: Sequence[int]) -> dict[int, int]:
    """The assignment with the highest sum, by trying all."""

    @cache
    def solve(place: int, used: int) -> tuple[float, tuple[tuple[int, int], ...]]:
        if place == len(rows):
            return 0.0, ()
        best = solve(place + 1, used)
        for column in columns:
            score = table[rows[place]][column]
            if score > 0 and not used & (1 << column):
                rest, chosen = solve(place + 1, used | (1 << column))
                if rest + score > best[0] + 1e-9:
                    best = rest + score, ((rows[place], column), *chosen)
        return best

    return dict(solve(0, 0)[1])


def digits(number: str) -> tuple[str, ...]:
    """The figures of a number in words or digits: "one in four" and "1 in 4" are the same."""
    numbers = {"one": 1} | lists().numbers
    words = lists().patterns["figure"].findall(number.lower())
    return tuple(sorted(str(numbers.get(word, word)) for word in words if word[0].isdigit() or word in numbers))


def others_in(text: str, kind: Kind) -> list[Mark]:
    """The marks of one kind in a text."""
    return [mark for mark in marks_in(text) if mark.kind == kind]


def marks_of_all(given: Sequence[Unit], kind: Kind) -> list[Mark]:
    """The marks of one kind in the sentences of some clauses."""
    return [mark for text in {source.text for source in given} for mark in others_in(text, kind)]
