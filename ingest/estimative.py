"""How a briefing says how likely something is: every term, what it governs, on what condition, until when and by whom.

No model and no number is involved: a closed lexicon (`lexicon`, `marks`, `mentions`), the clauses of the sentence
(`clauses`, `conditions`), the times it names (`timeframes`) and who speaks (`voices`, `speakers`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache

from ingest.briefing import Briefing, Condition, Estimate, Horizon, Judgement, Kind, Sentence, Span, Tense
from ingest.clauses import Clause, clauses, finite, proposition
from ingest.horizons import label_window
from ingest.lexicon import Mark, lexicon
from ingest.marks import marks_in
from ingest.speakers import AUTHOR, titles
from ingest.timeframes import Timeframe, timeframes
from ingest.voices import voice_at


def estimates(
    text: str, published: date | None = None, terms_only: bool = False, before: Horizon = "none"
) -> tuple[Estimate, ...]:
    """Every word of likelihood in a sentence, in order; `before` is the horizon that "by then" goes back to."""
    marks = marks_in(text, terms_only)
    if not any(mark.kind == "term" for mark in marks):
        return tuple(_plain(mark, text) for mark in marks)
    label = _label(text, published)
    by_mark = {clause.term: clause for clause in clauses(text, marks) if clause.term}
    read = (
        _estimate(text, by_mark[mark], published, before) if mark in by_mark else _plain(mark, text) for mark in marks
    )
    return tuple(
        replace(one, horizon=label) if one.kind == "term" and one.horizon == "none" and label != "none" else one
        for one in read
    )


def _label(text: str, published: date | None) -> Horizon:
    """The horizon of a label in front of a sentence: "Long-term (>1 year): ..."."""
    found = lexicon().reading["label"].match(text)
    window = label_window(found[1], published) if found else None
    return window.horizon if window else "none"


def _plain(mark: Mark, text: str) -> Estimate:
    return Estimate(
        mark.kind, mark.start, mark.end, text[mark.start : mark.end], mark.canonical, mark.band, mark.negated
    )


def _estimate(text: str, clause: Clause, published: date | None, before: Horizon) -> Estimate:
    mark = clause.term
    assert mark is not None
    voice = voice_at(text, mark.start, mark.end, _frame_opens(text, clause), _frame_closes(text, clause))
    start, end = proposition(text, clause)
    if clause.start < voice.content <= mark.start and start < voice.content:
        inner = proposition(text, replace(clause, start=_skip_space(text, voice.content)))
        rest = text[inner[0] : min(inner[1], mark.start)] + text[mark.end : inner[1]]
        if lexicon().reading["telling"].search(rest):
            start, end = inner
    return Estimate(
        kind="term",
        start=mark.start,
        end=mark.end,
        term=text[mark.start : mark.end],
        canonical=mark.canonical,
        band=mark.band,
        negated=mark.negated,
        proposition=(start, max(start, end)),
        subject=clause.subject,
        conditions=clause.conditions,
        horizon=_horizon(text, clause, (start, end), published, before),
        voice=voice.name,
        quoted=voice.quoted,
        tense=_tense(text, clause),
        superseded=_is_superseded(text, clause),
    )


@lru_cache(maxsize=8)
def _frames(text: str, published: date | None, before: Horizon) -> tuple[Timeframe, ...]:
    """The times that a sentence names; kept for its next term."""
    return tuple(timeframes(text, published, before))


def _horizon(text: str, clause: Clause, governed: Span, published: date | None, before: Horizon) -> Horizon:
    """The time named in what the term governs, else in its clause, else in front of the whole sentence."""
    frames = _frames(text, published, before)
    opening = lexicon().reading["opening"].match(text)
    for first, last in (governed, (clause.start, clause.end), (0, opening.end() if opening else 0)):
        for frame in frames:
            if first <= frame.start < last and not any(c.start <= frame.start < c.end for c in clause.conditions):
                return frame.horizon
    return "none"


def _skip_space(text: str, place: int) -> int:
    while place < len(text) and text[place] in ' \n"“‘':
        place += 1
    return place


def _frame_opens(text: str, clause: Clause) -> int:
    """Where the frame of a clause may begin: with its sentence, behind a contrast, or behind its own "and"."""
    assert clause.term is not None
    reading, term = lexicon().reading, clause.term.start
    opens = max((found.end() for found in reading["sentence_opens"].finditer(text, 0, clause.start)), default=0)
    for contrast in reversed(list(reading["contrast"].finditer(text, opens, term))):
        if reading["says_too"].match(text, contrast.end()):
            continue
        if finite(text, contrast.end(), clause.end) or reading["own_verb"].search(text, contrast.end(), clause.end):
            return contrast.end()
    if (fronted := reading["fronted"].match(text, opens)) and fronted.end() <= term:
        # "Whereas the ministry says that ..., we think a strike likely."
        opens = fronted.end()
    before = text[opens:term]
    quoted = before.count('"') % 2 or before.rfind("“") > before.rfind("”")
    joined = list(reading["joined"].finditer(text, opens, term))
    # "X said that A is likely, and B is unlikely" is all X's; "X has left, and B is unlikely" is not.
    if (
        not joined
        or quoted
        or reading["goes_on"].match(text, joined[-1].end())
        or reading["holds"].search(text, opens, joined[-1].start())
    ):
        return opens
    return joined[-1].end()


def _frame_closes(text: str, clause: Clause) -> int:
    found = lexicon().reading["closes"].search(text, clause.end)
    return found.start() if found else len(text)


def _tense(text: str, clause: Clause) -> Tense:
    """Whether the judged thing lies behind, is so now, or is to come."""
    assert clause.term is not None
    reading = lexicon().reading
    after, before = text[clause.term.end : clause.end], text[clause.start : clause.term.start]
    if reading["past_behind"].match(after) or reading["past_ahead"].search(before):
        return "past"
    if reading["future"].search(before + after) or reading["future_behind"].match(after):
        return "future"
    return "past" if reading["past_clause"].match(after) else "present"


def _is_superseded(text: str, clause: Clause) -> bool:
    """Whether a sentence recalls a judgement of its author's past: "In March we assessed that ... was unlikely"."""
    assert clause.term is not None
    reading, before = lexicon().reading, text[: clause.term.start].lower()
    return reading["recalled"].search(before) is not None and reading["present"].search(before) is None


def judgements(briefing: Briefing, kinds: Sequence[Kind] = ("term",)) -> tuple[Judgement, ...]:
    """Every estimate of a briefing of these kinds, in order; horizons of headings and labels are carried down."""
    names = _full_names(briefing)
    labels = {window.label for window in briefing.windows}
    heads = _heading_heads(briefing)
    found: list[Judgement] = []
    head: list[Estimate] = []
    for place, sentence in enumerate(briefing.sentences):
        block = briefing.blocks[sentence.block]
        if block.kind in ("title", "byline", "heading", "scale"):
            continue
        under_label = bool(labels.intersection(briefing.sections[sentence.section].path))
        own = list(_of_sentence(briefing, place, sentence, tuple(kinds) == ("term",), under_label))
        terms = [one for one in own if one.kind == "term"]
        if block.kind != "bullet" or terms:
            head = [one for one in terms if _is_head(briefing.text, one, sentence.end)]
        else:
            own += [_distributed(one, sentence) for one in head or heads.get(sentence.section, [])]
        found += [Judgement(place, _named(one, briefing, place, names)) for one in own if one.kind in kinds]
    return tuple(found)


def _heading_heads(briefing: Briefing) -> dict[int, list[Estimate]]:
    """The terms of headings that head a list ("It is unlikely that:"), by section."""
    found: dict[int, list[Estimate]] = {}
    for block in briefing.blocks:
        text = briefing.text[block.start : block.end]
        if block.kind == "heading" and text.rstrip().endswith(":"):
            terms = [
                _moved(one, block.start, one.horizon) for one in estimates(text, terms_only=True) if one.kind == "term"
            ]
            found[block.section] = [one for one in terms if _is_head(briefing.text, one, block.end)]
    return found


def _distributed(head: Estimate, item: Sentence) -> Estimate:
    """The estimate of a list's head as that of one of its items."""
    horizon = item.horizon if head.horizon == "none" else head.horizon
    return replace(head, proposition=(item.start, item.end), horizon=horizon)


def _of_sentence(
    briefing: Briefing, place: int, sentence: Sentence, terms_only: bool, under_label: bool
) -> Iterator[Estimate]:
    text = briefing.text[sentence.start : sentence.end]
    before: Horizon = "none"
    if place and briefing.sentences[place - 1].block == sentence.block:
        before = briefing.sentences[place - 1].horizon
    for one in estimates(text, briefing.published, terms_only, before):
        labelled = under_label and one.kind == "term"
        yield _moved(one, sentence.start, sentence.horizon if labelled else one.horizon)


def _moved(one: Estimate, by: int, horizon: Horizon) -> Estimate:
    """An estimate with every span moved on by so many characters, and with this horizon."""
    return replace(
        one,
        start=one.start + by,
        end=one.end + by,
        proposition=(one.proposition[0] + by, one.proposition[1] + by),
        subject=(one.subject[0] + by, one.subject[1] + by) if one.subject else None,
        conditions=tuple(Condition(c.start + by, c.end + by, c.connective) for c in one.conditions),
        horizon=horizon,
    )


def _is_head(text: str, one: Estimate, end: int) -> bool:
    """Whether a term heads the list below it: "It is likely that:"."""
    return lexicon().reading["list_head"].fullmatch(text, one.end, end) is not None


def _full_names(briefing: Briefing) -> dict[str, str]:
    """First name and surname by surname, for every person, or other bearer of two names, that the briefing names."""
    names: dict[str, str] = {}
    none = lexicon().sets["no_names"]
    for found in lexicon().reading["two_names"].finditer(briefing.text):
        if found[1] not in none and found[1].lower() not in titles():
            names.setdefault(found[2], found.group())
    return names


def _named(one: Estimate, briefing: Briefing, place: int, names: dict[str, str]) -> Estimate:
    """The estimate with its speaker by full name: a surname alone and "she" go back to whom the briefing named."""
    if one.voice == AUTHOR:
        return one
    if one.voice.lower() in lexicon().sets["pronouns"]:
        return replace(one, voice=_antecedent(briefing, place, one, names) or one.voice)
    return replace(one, voice=names.get(one.voice, one.voice))


def _antecedent(briefing: Briefing, place: int, one: Estimate, names: dict[str, str]) -> str | None:
    """Whom a pronoun means: who is named first in front of it, else in the sentence before, of the same block."""
    if one.voice.lower() not in lexicon().sets["personal"]:
        return None
    ends = one.start
    for earlier in range(place, max(-1, place - 4), -1):
        sentence = briefing.sentences[earlier]
        if sentence.block != briefing.sentences[place].block:
            break
        words = (found.group() for found in lexicon().reading["surname"].finditer(briefing.text, sentence.start, ends))
        if person := next((names[word] for word in words if word in names), None):
            return person
        ends = sentence.start
    return None
