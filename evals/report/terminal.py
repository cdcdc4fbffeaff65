"""The report for a terminal: plain text, no wider than it must be, in which nothing quoted is a line of its own."""

from collections.abc import Iterator, Sequence

from evals.gating import Change, Verdict, worst_first
from evals.report.markup import printable
from evals.report.tables import change, heading, rates_of, summary
from evals.results import Run

# So many cases are told in full.
MOST = 30


def verdict_text(verdict: Verdict) -> str:
    """What the gate says: why, the rates, the new failures, and what it means."""
    lines = [heading(verdict), *(f"  {_flat(reason)}" for reason in verdict.reasons), ""]
    if verdict.rates:
        rows = [(one.name, f"{one.base.share:.3f}", str(one.head), change(one)) for one in verdict.rates]
        lines += [*_table([("score", "base", "head", "change, points"), *rows]), ""]
        lines += [*_failures(verdict.new), *map(_flat, summary(verdict))]
    return "\n".join(lines).rstrip()


def run_text(run: Run) -> str:
    """The rates of one run, and how many of its cases fail and why."""
    failing = [case for case in run.cases if case.state == "scored" and not case.passes]
    unscored = [case for case in run.cases if case.state == "unscored"]
    rows = [(name, str(rate)) for name, rate in rates_of(run).items()]
    counted = f"{len(run.cases)} cases, {len(failing)} fail, {len(unscored)} unscored"
    lines = [f"{_flat(run.meta.composer)}: {counted}", "", *_table([("score", "share [95 %]"), *rows]), ""]
    return "\n".join([*lines, *_failures(worst_first(Change(case.id, case.failures) for case in failing))]).rstrip()


def _failures(changes: Sequence[Change]) -> Iterator[str]:
    """The gravest failure of each case, in full for as many as are read, and the names of the rest."""
    for one in changes[:MOST]:
        worst = one.worst
        yield _flat(f"{one.id}: {worst.severity}: {worst.kind}: {worst.message}{one.more}")
        said = (("source", worst.source), ("answer", worst.claim))
        yield from (f"    {name}: {_flat(words)}" for name, words in said if words)
    if rest := changes[MOST:]:
        yield f"{len(rest)} more, see python -m evals report: {_flat(', '.join(one.id for one in rest))}"


def _flat(text: str) -> str:
    """A text in one line: what a model wrote may not pass for a command to the terminal or to a CI server."""
    return " ".join(printable(text).split())


def _table(rows: list[tuple[str, ...]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
