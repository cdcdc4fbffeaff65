"""One case judgement by judgement: what the briefing says, what base made of it, what head makes of it."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from evals.results import CaseResult, Failure


@dataclass(slots=True)
class Said:
    """A sentence of an answer and what is wrong with it; "" where the answer should have said something.

    Without an origin it is no sentence of the answer; `rejected` is the sentence of a model that it replaces.
    """

    text: str
    origin: str = ""
    rejected: str = ""
    failures: list[Failure] = field(default_factory=list)


@dataclass(slots=True)
class Line:
    """A sentence of a briefing, where it stands, and what was said of it; "" for what rests on no sentence."""

    source: str
    where: str = ""
    base: list[Said] = field(default_factory=list)
    head: list[Said] = field(default_factory=list)

    @property
    def is_wrong(self) -> bool:
        """Whether anything is wrong with what either side says here."""
        return any(one.failures for one in (*self.base, *self.head))


def lines_of(base: CaseResult | None, head: CaseResult) -> list[Line]:
    """The lines of a case, in the order in which head speaks, then base."""
    lines: dict[str, Line] = {}
    for case, side in ((head, "head"), (base, "base")):
        if case is not None:
            _add_claims(lines, case, side)
    for case, side in ((head, "head"), (base, "base")):
        if case is not None:
            _add_failures(lines, case.failures, side)
    return list(lines.values())


def _add_claims(lines: dict[str, Line], case: CaseResult, side: str) -> None:
    for claim in case.claims:
        first = claim.citations[0] if claim.citations else None
        line = lines.setdefault(first.quote if first else "", Line(first.quote if first else ""))
        if first:
            line.where = ", ".join(part for part in (first.title, first.section) if part)
        _side(line, side).append(Said(claim.text, claim.origin, claim.rejected))


def _add_failures(lines: dict[str, Line], failures: Iterable[Failure], side: str) -> None:
    for failure in failures:
        said = [one for line in lines.values() for one in _side(line, side)]
        at = next((one for one in said if failure.claim and failure.claim in (one.text, one.rejected)), None)
        if at is None:
            at = _missing(lines.setdefault(failure.source, Line(failure.source)), failure.claim, side)
        at.failures.append(failure)


def _missing(line: Line, text: str, side: str) -> Said:
    """The place for a failure of what no claim says: on its source, once."""
    said = _side(line, side)
    known = next((one for one in said if one.text == text), None)
    if known is None:
        said.append(Said(text))
    return known or said[-1]


def _side(line: Line, side: str) -> list[Said]:
    return line.head if side == "head" else line.base
