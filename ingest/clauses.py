"""The clauses of a sentence: what each term governs, on what condition, and what is said without any term."""

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ingest.briefing import Condition, Span
from ingest.conditions import binds_all, conditions, contrasts, in_aside, patterns
from ingest.lexicon import Mark

# The surest places to cut first; each is a group of the pattern.
_RANKS = {"stop": 5, "hard": 4, "contrast": 3, "while": 3, "and": 2, "reason": 1, "plain": 1, "comma": 0}
# So near in front of a term the name of its table row begins.
_CELL = 30
_WORD = re.compile(r"\w")
_SENTENCE_OPENS = re.compile(r"[\"”’)]*\s+[\"“‘(]?[A-Z0-9•]")
_BEFORE, _BEHIND = " \t\n,;:.—–-•*\u00a0", " \t\n,;:.—–\u00a0"


@dataclass(frozen=True, slots=True)
class Clause:
    """A stretch of a sentence under one term, or under none.

    `subject` is the span of the subject where the clause leaves it out ("... and is unlikely to agree").
    """

    start: int
    end: int
    term: Mark | None
    conditions: tuple[Condition, ...] = ()
    subject: Span | None = None


@dataclass(frozen=True, slots=True)
class _Cut:
    start: int
    end: int
    rank: int
    joins: bool = False


def clauses(text: str, marks: Sequence[Mark]) -> tuple[Clause, ...]:
    """The clauses of a sentence in order: one for each term among `marks`, one for each stretch without a term."""
    terms = [mark for mark in marks if mark.kind == "term"]
    found = conditions(text, marks)
    cuts = [cut for cut in _cuts(text, marks) if not any(c.start < cut.start < c.end for c in found)]
    pieces = _pieces(text, terms, _chosen(text, terms, cuts))
    return tuple(_with_conditions(text, pieces, found))


def _cuts(text: str, marks: Sequence[Mark]) -> list[_Cut]:
    """Where one clause may end and another begin; the higher the rank the surer."""
    cuts = []
    if fronted := patterns()["fronted"].match(text):
        cuts.append(_Cut(fronted.end() - 2, fronted.end(), 3))
    for found in patterns()["cut"].finditer(text):
        kind = found.lastgroup or "comma"
        if cuts and found.start() <= cuts[0].start < found.end():
            continue
        if kind == "stop" and not _SENTENCE_OPENS.match(text, found.end()):
            continue
        if kind == "while" and not contrasts(text, found.end(), marks):
            continue
        if kind in ("while", "contrast") and _is_aside(text, found.end(), marks):
            continue
        joins = kind == "reason" and _judges_behind(text, found.start(), found.end(), marks)
        if kind == "reason" and not joins and not _is_between(found.start(), found.end(), marks):
            continue
        cuts.append(_Cut(found.start(), found.end(), _RANKS[kind], joins))
    return cuts


def _is_aside(text: str, place: int, marks: Sequence[Mark]) -> bool:
    """Whether no more than a hedge follows up to the next comma: "while possible,"."""
    aside = patterns()["short_aside"].match(text, place)
    if aside is None or patterns()["finite"].search(aside.group()):
        return False
    inside = [mark.kind for mark in marks if place <= mark.start < aside.end()]
    return "hedge" in inside and "term" not in inside


def _is_between(start: int, end: int, marks: Sequence[Mark]) -> bool:
    terms = [mark for mark in marks if mark.kind == "term"]
    return any(mark.end <= start for mark in terms) and any(mark.start >= end for mark in terms)


def _judges_behind(text: str, start: int, end: int, marks: Sequence[Mark]) -> bool:
    """Whether "because" or "where" joins a clause that judges to one that does not: "left, as it was likely lost"."""
    finite, terms = patterns()["finite"], [mark for mark in marks if mark.kind == "term"]
    return (
        any(mark.start >= end for mark in terms)
        and not any(mark.end <= start for mark in terms)
        and finite.search(text, 0, start) is not None
        and finite.search(text, end) is not None
    )


def _chosen(text: str, terms: Sequence[Mark], cuts: Sequence[_Cut]) -> list[_Cut]:
    """The cuts that are made: between any two terms, and wherever a clause without a term stands apart."""
    chosen = [
        cut
        for cut in cuts
        if cut.rank >= 4
        or (cut.rank >= 2 and _stands_alone(text, cut, cuts))
        or (cut.rank in (1, 2) and _opens_with_term(text, cut, terms))
        or cut.joins
        or (cut.rank == 1 and _is_behind_term(cut, terms) and _stands_alone(text, cut, cuts))
    ]
    for left, right in itertools.pairwise(terms):
        between = [cut for cut in cuts if left.end <= cut.start and cut.end <= right.start]
        if between and not any(cut in chosen for cut in between):
            best = max(cut.rank for cut in between)
            if best == 0 and patterns()["relative_between"].search(text, left.end + 1, between[0].start):
                # "the capital that the bank, with its bonds, is likely to need" is cut at "that".
                continue
            ranked = [cut for cut in between if cut.rank == best]
            chosen.append(ranked[0] if best >= 3 else ranked[-1])
    return sorted(set(chosen), key=lambda cut: cut.start)


def _pieces(text: str, terms: Sequence[Mark], cuts: Sequence[_Cut]) -> Iterator[Clause]:
    """The sentence in pieces, each with one term or none."""
    edges = [0, *(place for cut in cuts for place in (cut.start, cut.end)), len(text)]
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        inside = [mark for mark in terms if start <= mark.start < end]
        if not inside and _WORD.search(text, start, end):
            yield Clause(start, end, None)
        # Terms with nothing to cut between ("probably judges that ... is unlikely") split at "that" or the second.
        splits = [_split(text, left.end, right.start) for left, right in itertools.pairwise(inside)]
        for mark, first, last in zip(inside, [start, *splits], [*splits, end], strict=False):
            yield Clause(first, last, mark)


def _split(text: str, left: int, right: int) -> int:
    that = patterns()["that"].search(text, left, right)
    return that.end() if that else right


def _opens_with_term(text: str, cut: _Cut, terms: Sequence[Mark]) -> bool:
    """Whether "and" joins a predicate of its own, term first, to a clause without one: "has left and probably sank"."""
    first = next((mark for mark in terms if mark.start >= cut.end), None)
    if first is None or any(mark.end <= cut.start for mark in terms) or patterns()["noun_term"].match(first.form):
        return False
    return (
        patterns()["before_term"].fullmatch(text, cut.end, first.start) is not None
        and patterns()["finite"].search(text, 0, cut.start) is not None
    )


def _is_behind_term(cut: _Cut, terms: Sequence[Mark]) -> bool:
    """Whether "and" stands right behind a term that is a predicate: "a raid is likely and a siege is possible"."""
    return any(mark.end == cut.start for mark in terms)


def _stands_alone(text: str, cut: _Cut, cuts: Sequence[_Cut]) -> bool:
    """Whether what follows a cut is a clause with a subject and a verb of its own."""
    end = next((other.start for other in cuts if other.start > cut.end and other.rank >= 2), len(text))
    verb = patterns()["finite"].search(text, cut.end, end)
    return verb is not None and (" " in verb.group() or _WORD.search(text, cut.end, verb.start()) is not None)


def _trimmed(text: str, clause: Clause, found: Sequence[Condition]) -> Clause:
    """The clause without reasons and asides at its end and without conditions at its edges."""
    start, end = _without_asides(text, clause)
    term = clause.term
    for one in found:
        if one.start <= start + 3 and start < one.end <= end and not (term and one.end > term.start):
            start = one.end
        if start < one.start < end <= one.end + 2 and not (term and one.start < term.end):
            end = one.start
    while start < end and text[start] in _BEFORE:
        start += 1
    while end > start and text[end - 1] in _BEHIND:
        end -= 1
    if term is not None:
        start, end = min(start, term.start), max(end, term.end)
    return Clause(start, end, term)


def _without_asides(text: str, clause: Clause) -> Span:
    start, end, term = clause.start, clause.end, clause.term
    if term is None:
        return start, end
    governed = patterns()["governed"].match(text, term.end, end)
    if aside := patterns()["aside"].search(text, governed.end() if governed else term.end, end):
        end = aside.start()
    for name in ("opening", "subordinate"):
        if lead := patterns()[name].match(text, start, term.start):
            start = lead.end()
    return start, end


def _with_conditions(text: str, pieces: Iterator[Clause], found: Sequence[Condition]) -> list[Clause]:
    """Each clause with the conditions that bind it: its own, one in front of all, one behind a comma at the end."""
    result: list[Clause] = []
    for piece in pieces:
        clause = _trimmed(text, piece, found)
        start, end, term = clause.start, clause.end, clause.term
        if any(one.start <= start and end <= one.end for one in found):
            continue
        own = [one for one in found if piece.start <= one.start < piece.end and not in_aside(text, one, term)]
        shared = [one for one in found if one not in own and binds_all(text, one, start, end, term is not None)]
        result.append(Clause(start, end, term, (*own, *shared), _subject(text, clause, result)))
    return result


def _subject(text: str, clause: Clause, before: Sequence[Clause]) -> Span | None:
    """The subject that a clause shares with the one before it, where it opens with its verb or its term."""
    if clause.term is None or not before or not patterns()["verb_first"].match(text, clause.start, clause.term.end):
        return None
    previous = before[-1]
    if patterns()["behind_relative"].search(text, previous.start, clause.start):
        return None
    if previous.subject:
        return previous.subject
    verb = patterns()["finite"].search(text, previous.start, previous.end)
    end = verb.start() if verb else previous.term.start if previous.term else previous.end
    return (previous.start, end) if end > previous.start else None


def finite(text: str, start: int, end: int) -> bool:
    """Whether a stretch of a sentence has a verb that makes a clause."""
    return patterns()["finite"].search(text, start, end) is not None


def proposition(text: str, clause: Clause) -> Span:
    """What the term of a clause governs: after "it is likely that" and "a chance of" what follows, else the clause."""
    mark = clause.term
    if mark is None:
        return clause.start, clause.end
    if head := patterns()["list_head"].match(text, mark.end):
        return head.end(), len(text)
    if cell := patterns()["cell"].search(text, max(0, mark.start - _CELL), mark.start):
        return 0, cell.start() or mark.end
    governed = patterns()["governed"].match(text, mark.end, clause.end)
    if governed and governed.end() < clause.end:
        return governed.end(), clause.end
    return _predicated(text, clause, mark) or (clause.start, clause.end)


def _predicated(text: str, clause: Clause, mark: Mark) -> Span | None:
    """What "X is likely" says X of: all but "is" and who judges; None where the term is no predicate."""
    before = text[clause.start : mark.start]
    predicate = patterns()["predicate"].search(before)
    if predicate is None or patterns()["no_predicate"].search(before):
        return None
    lead = patterns()["judging"].match(before)
    start = clause.start + (lead.end() if lead else 0)
    end = clause.start + predicate.start() if patterns()["bare"].match(text, mark.end, clause.end) else clause.end
    return (start, end) if start < end else None
