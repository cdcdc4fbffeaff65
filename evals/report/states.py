"""What became of each case: newly failing, fixed, failing as before, flaky, unscored or passing."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from evals.gating import Verdict
from evals.results import CaseResult, Failure, Run

State = Literal["severe", "new", "found", "flaky", "unscored", "failing", "fixed", "passing"]
ORDER: tuple[State, ...] = get_args(State)


@dataclass(frozen=True, slots=True)
class Entry:
    """A case with its epochs on both sides; `new` are its failures that base does not have.

    `states` has at least one, the one to look at first in front. Of a run by itself every failure is new.
    """

    id: str
    base: tuple[CaseResult, ...]
    head: tuple[CaseResult, ...]
    new: tuple[Failure, ...]
    states: tuple[State, ...]


def entries(verdict: Verdict | None, base: Run | None, head: Run) -> list[Entry]:
    """The cases of head, those first that a reader has to look at."""
    before = base.by_id if base else {}
    new = {one.id: one.failures for one in (verdict.new if verdict else ())}
    found = {one.id for one in (verdict.found if verdict else ())}
    told = []
    for name, cases in head.by_id.items():
        failures = new.get(name, ()) if verdict else tuple(dict.fromkeys(_failures(cases)))
        old = before.get(name, ())
        states = tuple(_states(old, cases, failures, name in found, verdict is not None))
        told.append(Entry(name, old, cases, failures, states))
    return sorted(told, key=lambda one: ORDER.index(one.states[0]))


def _states(
    base: Sequence[CaseResult],
    head: Sequence[CaseResult],
    new: Sequence[Failure],
    is_found: bool,
    is_compared: bool,
) -> Iterator[State]:
    """In the order of `ORDER`."""
    if any(failure.severity == "severe" for failure in new):
        yield "severe"
    if new:
        yield "new"
    if is_found:
        yield "found"
    if any(0 < sum(case.passes for case in side) < _scored(side) for side in (base, head)):
        yield "flaky"
    if _scored(head) < len(head):
        yield "unscored"
    if not new and not is_found and _failures(head):
        yield "failing"
    if _scored(head) == len(head) and not _failures(head):
        yield "fixed" if is_compared and _failures(base) else "passing"


def _scored(cases: Sequence[CaseResult]) -> int:
    return sum(case.state == "scored" for case in cases)


def _failures(cases: Sequence[CaseResult]) -> list[Failure]:
    return [failure for case in cases for failure in case.failures]
