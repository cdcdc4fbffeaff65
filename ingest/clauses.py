"""The clauses of a sentence: what each term governs, on what condition, and what is said without any term."""

import itertools
import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from ingest.briefing import Condition, Span
from ingest.lexicon import Mark


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


# Letters of which every connective has some.
_CONDITIONAL = (
    "if", "unless", "without", "provid", "long as", "absen", "in the event", "case", "assum", "condition", "barring", "failing", "until", "otherwise",
    "while", "contingent", "subject to", "depending", "when", "but for", "pending", "that event",
)  # fmt: skip


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    raw = tomllib.loads(files("ingest").joinpath("clauses.toml").read_text(encoding="utf-8"))
    connectives = "|".join(raw["connectives"]["clause"])
    patterns = {name: re.compile(pattern, re.I) for name, pattern in raw["patterns"].items()}
    patterns["connective"] = re.compile(rf"\b(?:{connectives})\b", re.I)
    # Inversions are told by the capital of a name.
    patterns["inverted"] = re.compile(raw["inverted"]["pattern"])
    return patterns


def clauses(text: str, marks: Sequence[Mark]) -> tuple[Clause, ...]:
    """The clauses of a sentence in order: one for each term among `marks`, one for each stretch without a term."""
    terms = [mark for mark in marks if mark.kind == "term"]
    found = _conditions(text, marks)
    cuts = [cut for cut in _cuts(text, marks) if not any(c.start < cut.start < c.end for c in found)]
    pieces = _pieces(text, terms, cuts)
    return tuple(_with_conditions(text, pieces, found))


def _cuts(text: str, marks: Sequence[Mark]) -> list[_Cut]:
    """Where one clause may end and another begin; the higher the rank the surer."""
    cuts = []
    if fronted := _patterns()["fronted"].match(text):
        cuts.append(_Cut(fronted.end() - 2, fronted.end(), 3))
    for found in _patterns()["cut"].finditer(text):
        kind = found.lastgroup
        if cuts and found.start() <= cuts[0].start < found.end():
            continue
        if kind == "stop" and not re.match(r"[\"”’)]*\s+[\"“‘(]?[A-Z0-9•]", text[found.end() :]):
            continue
        if kind == "while" and not _contrasts(text, found.end(), marks):
            continue
        rank = {"stop": 5, "hard": 4, "contrast": 3, "while": 3, "and": 2, "plain": 1, "comma": 0}[kind or "comma"]
        cuts.append(_Cut(found.start(), found.end(), rank))
    return cuts


def _contrasts(text: str, place: int, marks: Sequence[Mark]) -> bool:
    """Whether "while" opens a contrast: a term or "will" follows before the clause ends."""
    end = next((found.start() for found in re.finditer(r"[,;]", text[place:])), len(text) - place) + place
    if re.search(r"\b(?:will|would|may|might|could|cannot)\b", text[place:end]):
        return True
    return any(place <= mark.start < end and mark.kind in ("term", "modal", "hedge", "comparative") for mark in marks)


def _pieces(text: str, terms: Sequence[Mark], cuts: Sequence[_Cut]) -> list[Clause]:
    """The sentence in pieces: cut between any two terms, and wherever a clause without a term stands apart."""
    chosen = [
        cut
        for cut in cuts
        if cut.rank >= 4
        or (cut.rank >= 2 and _stands_alone(text, cut, cuts))
        or (cut.rank in (1, 2) and _opens_with_term(text, cut, terms))
    ]
    for left, right in itertools.pairwise(terms):
        between = [cut for cut in cuts if left.end <= cut.start and cut.end <= right.start]
        if not between or any(cut in chosen for cut in between):
            continue
        best = max(cut.rank for cut in between)
        ranked = [cut for cut in between if cut.rank == best]
        chosen.append(ranked[0] if best >= 3 else ranked[-1])
    edges = [
        0,
        *(place for cut in sorted(set(chosen), key=lambda cut: cut.start) for place in (cut.start, cut.end)),
        len(text),
    ]
    pieces: list[Clause] = []
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        inside = [mark for mark in terms if start <= mark.start < end]
        if not inside:
            if re.search(r"\w", text[start:end]):
                pieces.append(Clause(start, end, None))
            continue
        # Two terms with nothing to cut between ("probably judges that ... is unlikely") split at "that" or the second term.
        for place, mark in enumerate(inside):
            first = start if place == 0 else _split(text, inside[place - 1].end, mark.start)
            last = end if place == len(inside) - 1 else _split(text, mark.end, inside[place + 1].start)
            pieces.append(Clause(first, last, mark))
    return pieces


def _opens_with_term(text: str, cut: _Cut, terms: Sequence[Mark]) -> bool:
    """Whether "and" joins a predicate of its own, term first, to a clause without one: "has left and probably sank"."""
    first = next((mark for mark in terms if mark.start >= cut.end), None)
    if (
        first is None
        or first.form.startswith(("real", "remote", "even", "rough"))
        or any(mark.end <= cut.start for mark in terms)
    ):
        return False
    between = text[cut.end : first.start].split()
    return (
        len(between) <= 2
        and all(
            word.lower() in ("is", "are", "was", "were", "will", "would", "has", "have", "had", "also", "now")
            for word in between
        )
        and _patterns()["finite"].search(text, 0, cut.start) is not None
    )


def _split(text: str, left: int, right: int) -> int:
    that = text.lower().find(" that ", left, right)
    return that + 6 if that >= 0 else right


def _stands_alone(text: str, cut: _Cut, cuts: Sequence[_Cut]) -> bool:
    """Whether what follows a cut is a clause with a subject and a verb of its own."""
    end = next((other.start for other in cuts if other.start > cut.end and other.rank >= 2), len(text))
    verb = _patterns()["finite"].search(text, cut.end, end)
    if verb is None:
        return False
    return bool(re.search(r"\w", text[cut.end : verb.start()]))


def _trimmed(text: str, clause: Clause, conditions: Iterable[Condition]) -> Clause:
    """The clause without reasons and asides at its end and without conditions at its edges."""
    start, end = clause.start, clause.end
    patterns = _patterns()
    if clause.term is not None:
        governed = patterns["governed"].match(text, clause.term.end, end)
        if aside := patterns["aside"].search(text, governed.end() if governed else clause.term.end, end):
            end = aside.start()
        if opening := patterns["opening"].match(text[start : clause.term.start]):
            start += opening.end()
        if subordinate := patterns["subordinate"].match(text, start, clause.term.start):
            start = subordinate.end()
    for condition in conditions:
        if (
            condition.start <= start + 3
            and start < condition.end <= end
            and not (clause.term and condition.end > clause.term.start)
        ):
            start = condition.end
        if (
            start < condition.start < end
            and condition.end >= end - 2
            and not (clause.term and condition.start < clause.term.end)
        ):
            end = condition.start
    while start < end and text[start] in " \t\n,;:.—–-•*\u00a0":
        start += 1
    while end > start and text[end - 1] in " \t\n,;:.—–\u00a0":
        end -= 1
    if clause.term is not None:
        start, end = min(start, clause.term.start), max(end, clause.term.end)
    return Clause(start, end, clause.term)


def _conditions(text: str, marks: Sequence[Mark]) -> list[Condition]:
    """Every condition of a sentence, in order."""
    patterns, lowered = _patterns(), text.lower()
    starts: list[tuple[int, str]] = []
    if any(map(lowered.__contains__, _CONDITIONAL)):
        starts = [(found.start(), found.group()) for found in patterns["connective"].finditer(text)]
    for inverted in patterns["inverted"].finditer(text):
        name = "word" if inverted["word"] else "were"
        starts.append((inverted.start(name), inverted[name]))
    found: list[Condition] = []
    for start, connective in sorted(starts):
        lowered = " ".join(connective.lower().split())
        if found and start < found[-1].end:
            continue
        if not _is_condition(text, start, start + len(connective), lowered, marks):
            continue
        end = _condition_end(text, start, start + len(connective), marks)
        found.append(Condition(start, end, lowered))
    return found


def _is_condition(text: str, start: int, end: int, connective: str, marks: Sequence[Mark]) -> bool:
    patterns, before, after = _patterns(), text[max(0, start - 30) : start], text[end:]
    if connective == "if":
        return not patterns["not_if"].search(before) and not re.match(r"\s+(?:not\b|any\b(?!\w)|only\b)", after, re.I)
    if connective == "without":
        inside = any(mark.start >= end and mark.kind == "term" for mark in marks) and not _opens(text, start)
        return not inside and not patterns["manner"].match(after)
    if connective == "until":
        return not patterns["time"].match(after)
    if connective == "while":
        return (
            not _contrasts(text, end, marks)
            and not before.rstrip().endswith((",", "for a", "little", "a", "worth"))
            and before.strip() != ""
        )
    if connective in ("provided", "absent", "failing", "assuming", "barring"):
        return bool(
            re.search(
                r"(?:^|[,;:(—]|\bthat|\b(?:likely|unlikely|certain|possibility|probable))\s*[\"”’]?\s*$", before, re.I
            )
        ) or (connective == "provided" and after.lstrip().lower().startswith("that "))
    return True


def _opens(text: str, place: int) -> bool:
    """Whether a clause opens at a place: nothing, a stop, a comma or a conjunction stands before it."""
    return (
        re.search(r"(?:^|[;:—.]|\bthat|,|\b(?:and|but|though|yet|while|whereas))\s*[\"“‘(•-]*\s*$", text[:place], re.I)
        is not None
    )


def _condition_end(text: str, start: int, end: int, marks: Sequence[Mark]) -> int:
    patterns = _patterns()
    if re.fullmatch(
        r"(?:in that (?:event|case)|in such (?:a case|an event)|otherwise|if so|if not)", text[start:end].lower()
    ):
        return end
    term_after = any(mark.start >= end and mark.kind in ("term", "hedge", "modal", "comparative") for mark in marks)
    term_before = any(mark.end <= start and mark.kind == "term" for mark in marks)
    if _opens(text, start) and term_after:
        for comma in re.finditer(r",(?!\d)|[\"”]?\s+(?:it|there)\s+(?:is|are|was|remains)\b", text[end:]):
            rest = text[end + comma.end() :]
            if (
                not re.match(r"\s+(?:who|which|whose|where|or\s|and\s(?!it|there|the))", rest, re.I)
                or comma.group()[0] != ","
            ):
                return end + comma.start()
    stop = patterns["condition_end"].search(text, end)
    limit = stop.start() if stop else len(text)
    if stop is None or term_before or not term_after:
        return len(text[:limit].rstrip(' .;,"”’'))
    return limit


def _with_conditions(text: str, pieces: Sequence[Clause], conditions: Sequence[Condition]) -> list[Clause]:
    """Each clause with the conditions that bind it: its own, one in front of all, one behind a comma at the end."""
    result: list[Clause] = []
    for piece in pieces:
        clause = _trimmed(text, piece, conditions)
        if any(c.start <= clause.start and clause.end <= c.end for c in conditions):
            continue
        own = [c for c in conditions if piece.start <= c.start < piece.end and not _in_aside(text, c, clause)]
        bound = own + [c for c in conditions if c not in own and _binds_all(text, c, clause)]
        result.append(Clause(clause.start, clause.end, clause.term, tuple(bound), _subject(text, clause, result)))
    return result


def _in_aside(text: str, condition: Condition, clause: Clause) -> bool:
    """Whether a condition belongs to a reason or a consequence behind the judgement: ", leaving it without a purpose"."""
    if (
        re.search(r",\s+(?:who|which|whose|where)\b[^,]*$", text[: condition.start])
        and clause.term
        and condition.end <= clause.term.start
    ):
        return True
    if clause.term is None or condition.start < clause.term.end or re.search(r",\s*$", text[: condition.start]):
        return False
    governed = _patterns()["governed"].match(text, clause.term.end)
    start = governed.end() if governed else clause.term.end
    return _patterns()["aside"].search(text, start, condition.start) is not None


def _binds_all(text: str, condition: Condition, clause: Clause) -> bool:
    """Whether a condition stands in front of, or behind a comma after, all that its sentence says."""
    group = _between_stops(text, clause)
    if not group[0] <= condition.start < group[1]:
        return False
    if condition.end <= clause.start:
        # In front of the first clause of its sentence it binds all that follow.
        return not re.search(r"\w", _bare(text[group[0] : condition.start]))
    last = text[condition.end : group[1]]
    after_comma = re.search(r",[\"”’]?\s*$", text[: condition.start])
    return bool(after_comma) and not re.search(r"\w", last) and clause.term is not None


def _bare(text: str) -> str:
    """A text without the words that may come before a condition and say nothing: "We judge that, if ...", "But if ..."."""
    return re.sub(
        r"\b(?:but|and|yet|however|we (?:judge|assess|believe|think)|it is|that|also|equally)\b", " ", text, flags=re.I
    )


def _between_stops(text: str, clause: Clause) -> Span:
    stops = [found.end() for found in re.finditer(r"[.;!?](?=\s)", text)]
    opens = max((stop for stop in stops if stop <= clause.start), default=0)
    closes = min((stop for stop in stops if stop >= clause.end), default=len(text))
    return opens, closes


def _subject(text: str, clause: Clause, before: Sequence[Clause]) -> Span | None:
    """The subject that a clause shares with the one before it, where it opens with its verb or its term."""
    if clause.term is None or not before or not _patterns()["verb_first"].match(text[clause.start : clause.term.end]):
        return None
    previous = before[-1]
    if previous.subject:
        return previous.subject
    verb = _patterns()["finite"].search(text, previous.start, previous.end)
    end = verb.start() if verb else previous.term.start if previous.term else previous.end
    return (previous.start, end) if end > previous.start else None


def proposition(text: str, clause: Clause) -> Span:
    """What the term of a clause governs: after "it is likely that" and "a chance of" what follows, else the clause."""
    mark = clause.term
    if mark is None:
        return clause.start, clause.end
    if head := _patterns()["list_head"].match(text, mark.end):
        return head.end(), len(text)
    if cell := _patterns()["cell"].search(text[: mark.start]):
        return 0, cell.start() or mark.end
    if (governed := _patterns()["governed"].match(text, mark.end, clause.end)) and governed.end() < clause.end:
        return governed.end(), clause.end
    before = text[clause.start : mark.start]
    predicate = _patterns()["predicate"].search(before)
    if predicate and not _patterns()["no_predicate"].search(before):
        lead = _patterns()["judging"].match(before)
        start = clause.start + (lead.end() if lead else 0)
        bare = re.match(r"[\"”’.]*\s*(?:,|and\b|or\b|rather\b|$)", text[mark.end : clause.end])
        end = clause.start + predicate.start() if bare else clause.end
        if start < end:
            return start, end
    return clause.start, clause.end
