"""The conditions of a sentence, "unless the dockers return", and which of its clauses each binds."""

import re
import tomllib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from ingest.briefing import Condition, Kind, Span
from ingest.lexicon import Mark

_PREDICATES: tuple[Kind, ...] = ("term", "hedge", "modal", "comparative")
# How far back the words in front of a connective matter.
_BEFORE = 30
_WORD = re.compile(r"\w")
_BEHIND_COMMA = re.compile(r",\s*$")
_BEHIND_COMMA_QUOTED = re.compile(r",[\"”’]?\s*$")
_STOP = re.compile(r"[.;!?](?=\s)")


@cache
def _raw() -> dict[str, Any]:
    return tomllib.loads(files("ingest").joinpath("clauses.toml").read_text(encoding="utf-8"))


@cache
def patterns() -> dict[str, re.Pattern[str]]:
    """The patterns of clauses.toml, by name."""
    found = {name: re.compile(pattern, re.I) for name, pattern in _raw()["patterns"].items()}
    return found | {name: re.compile(pattern) for name, pattern in _raw()["cased"].items()}


def conditions(text: str, marks: Sequence[Mark]) -> list[Condition]:
    """Every condition of a sentence, in order."""
    found: list[Condition] = []
    for start, end in _connectives(text):
        connective = " ".join(text[start:end].lower().split())
        if (not found or start >= found[-1].end) and _is_condition(text, start, end, connective, marks):
            found.append(Condition(start, _end(text, start, end, marks), connective))
    return found


def _connectives(text: str) -> list[Span]:
    """Where words stand that may open a condition, and inversions: "should the talks fail"."""
    lowered = text.lower()
    found = [one.span("word" if one["word"] else "were") for one in patterns()["inverted"].finditer(text)]
    for hint, connective in _by_hint():
        if hint in lowered:
            found += [one.span() for one in connective.finditer(text)]
    # The longest first, or "only if" would be read as "if".
    return sorted(found, key=lambda span: (span[0], -span[1]))


@cache
def _by_hint() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """The connectives in groups, each under letters that all of it have."""
    groups = _raw()["connectives"].items()
    return tuple((hint, re.compile(rf"\b(?:{'|'.join(some)})\b", re.I)) for hint, some in groups)


def _is_condition(text: str, start: int, end: int, connective: str, marks: Sequence[Mark]) -> bool:
    before = text[max(0, start - _BEFORE) : start]
    if connective == "if":
        return not patterns()["not_if"].search(before) and not patterns()["if_any"].match(text, end)
    if connective in ("without", "with no"):
        inside = any(mark.start >= end and mark.kind == "term" for mark in marks) and not _opens(text, start)
        inside = inside and not _subject_ends(text, start, end, marks)
        if text[:start].rstrip().lower().endswith(("with or", "with and")):
            return False
        return not (inside or patterns()["manner"].match(text, end) or patterns()["left"].search(text, 0, start))
    if connective == "until":
        return patterns()["until_clause"].match(text, end) is not None and not patterns()["time"].match(text, end)
    if connective == "while":
        return not contrasts(text, end, marks) and not patterns()["not_while"].search(before)
    if connective.startswith("in ") and before.rstrip().lower().endswith("even"):
        return False
    if patterns()["verbal"].fullmatch(connective):
        return patterns()["before_verbal"].search(before) is not None or (
            connective == "provided" and patterns()["that_follows"].match(text, end) is not None
        )
    return True


def contrasts(text: str, place: int, marks: Sequence[Mark]) -> bool:
    """Whether "while" opens a contrast: a term or "will" follows before the clause ends."""
    aside = patterns()["aside_behind_subject"].match(text, place)
    stop = patterns()["comma"].search(text, aside.end() if aside else place)
    end = stop.start() if stop else len(text)
    if patterns()["modal"].search(text, place, end):
        return True
    return any(place <= mark.start < end and mark.kind in _PREDICATES for mark in marks)


def _opens(text: str, place: int) -> bool:
    """Whether a clause opens at a place: nothing, a stop, a comma or a conjunction stands before it."""
    return patterns()["clause_opens"].search(text, 0, place) is not None


def _subject_ends(text: str, start: int, end: int, marks: Sequence[Mark]) -> int | None:
    """Where a condition inside a subject ends: "a text without guarantees" of "... is unlikely to pass"."""
    judged = next((mark for mark in marks if mark.start >= end and mark.kind in _PREDICATES), None)
    if judged is None or any(mark.end <= start and mark.kind == "term" for mark in marks):
        return None
    if _opens(text, start) or not patterns()["may_be"].search(text, 0, start):
        return None
    verb = patterns()["subject_verb"].search(text, end, judged.end)
    return verb.start() if verb else None


def _end(text: str, start: int, end: int, marks: Sequence[Mark]) -> int:
    """Where the condition ends whose connective is text[start:end]."""
    if text[start:end].lower().startswith("with") and (verb := _subject_ends(text, start, end, marks)):
        return verb
    if patterns()["whole_condition"].fullmatch(text, start, end):
        return end
    term_after = any(mark.start >= end and mark.kind in _PREDICATES for mark in marks)
    term_before = any(mark.end <= start and mark.kind == "term" for mark in marks)
    if term_after and _opens(text, start):
        for found in patterns()["fronted_end"].finditer(text, end):
            if found.group()[0] != "," or not patterns()["goes_on"].match(text, found.end()):
                return found.start()
        if (edge := patterns()["subject_opens"].search(text, end)) and patterns()["lacking"].match(text, start):
            return edge.start()
    stop = patterns()["condition_end"].search(text, end)
    limit = stop.start() if stop else len(text)
    if stop is None or term_before or not term_after:
        return len(text[:limit].rstrip(' .;,"”’'))
    return limit


def in_aside(text: str, condition: Condition, term: Mark | None) -> bool:
    """Whether a condition belongs to a reason or a consequence beside the judgement: ", leaving it without aim"."""
    if term is None:
        return False
    if condition.end <= term.start and patterns()["relative"].search(text, 0, condition.start):
        return True
    if condition.start < term.end or _BEHIND_COMMA.search(text, 0, condition.start):
        return False
    governed = patterns()["governed"].match(text, term.end)
    start = governed.end() if governed else term.end
    return patterns()["aside"].search(text, start, condition.start) is not None


def binds_all(text: str, condition: Condition, start: int, end: int, judges: bool) -> bool:
    """Whether a condition binds text[start:end] with all its sentence: from the front, or behind a last comma.

    A clause that does not judge is bound from the front alone.
    """
    stops = [found.end() for found in _STOP.finditer(text)]
    opens = max((stop for stop in stops if stop <= start), default=0)
    closes = min((stop for stop in stops if stop >= end), default=len(text))
    if not opens <= condition.start < closes:
        return False
    if condition.end <= start:
        return not _WORD.search(patterns()["empty"].sub(" ", text[opens : condition.start]))
    behind = _BEHIND_COMMA_QUOTED.search(text, 0, condition.start)
    return judges and behind is not None and not _WORD.search(text, condition.end, closes)
