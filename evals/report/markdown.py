"""The report as a comment on a pull request: the verdict, the bands that changed, new failures only, the rates.

GitHub refuses comments of more than 65,536 characters, so lists and sentences are cut, and say so.
"""

import re
from collections.abc import Sequence

from evals.gating import Change, Verdict
from evals.report.bands import Confusion, base_to_head, source_to_answer
from evals.report.tables import change, heading, rates_of, summary
from evals.results import CaseResult, Run

MOST_FAILURES = 15
MOST_CHARACTERS = 300
# By this a workflow finds the comment that it wrote before.
MARK = "<!-- yardstick-evals -->"

_MARKS = re.compile(r"(^[-+=]|[\\`*_{}\[\]()<>#!|~$&])")


def verdict_markdown(verdict: Verdict, base: Run, head: Run) -> str:
    """The comment."""
    reasons = "\n".join(f"- {plain(one)}" for one in verdict.reasons[:MOST_FAILURES])
    parts = [MARK, f"## {heading(verdict)}", plain(head.meta.composer), reasons]
    if verdict.rates:
        parts += [_failures(verdict, base), "\n".join(f"{plain(line)}\n" for line in summary(verdict))]
        parts += [_matrix("Bands, base (down) to head (across)", base_to_head(base, head))]
        parts += [_matrix("Bands, briefing (down) to answer (across)", source_to_answer(head)), _rates(verdict)]
    return "\n\n".join(part.strip() for part in parts if part.strip()) + "\n"


def run_markdown(run: Run) -> str:
    """The rates of one run, for the summary of a job."""
    failing = sum(case.state == "scored" and not case.passes for case in run.cases)
    unscored = sum(case.state == "unscored" for case in run.cases)
    rows = [
        (plain(name), f"{one.share:.3f}", f"{one.low:.3f} to {one.high:.3f}", str(one.n))
        for name, one in rates_of(run).items()
    ]
    parts = [
        f"## Evals: {plain(run.meta.composer)}",
        f"{len(run.cases)} cases, {failing} fail, {unscored} unscored.",
        _matrix("Bands, briefing (down) to answer (across)", source_to_answer(run)),
        _table(("score", "share", "95 %", "n"), rows),
    ]
    return "\n\n".join(filter(None, parts)) + "\n"


def plain(text: str) -> str:
    """Text as itself: no mark-up, no links, nobody mentioned, in one line of a table."""
    cut = text if len(text) <= MOST_CHARACTERS else f"{text[:MOST_CHARACTERS]}…"
    escaped = _MARKS.sub(r"\\\1", " ".join(cut.split()))
    # GitHub looks for people, issues and addresses in the text as rendered, where a backslash is gone.
    return re.sub(r"(?i)(@|#|://|www\.|\bGH(?=-))", "\\1\u200b", escaped)


def _failures(verdict: Verdict, base: Run) -> str:
    if not verdict.new:
        return "No new failures."
    rows = [_failure_row(one, base) for one in verdict.new[:MOST_FAILURES]]
    left = len(verdict.new) - len(rows)
    more = f"\n\n{left} more cases are in the HTML report." if left else ""
    head = ("case", "finding", "briefing", "base said", "head says")
    return f"### New failures\n\n{_table(head, rows)}{more}"


def _failure_row(one: Change, base: Run) -> tuple[str, ...]:
    """A case by its gravest failure, with what base said of the same sentence."""
    failure = one.worst
    said = _said(base.by_id[one.id][0], failure.source)
    finding = f"**{failure.severity}** {plain(failure.kind)}: {plain(failure.message)}{one.more}"
    return plain(one.id), finding, plain(failure.source), plain(said), plain(failure.claim)


def _said(case: CaseResult, source: str) -> str:
    """What a case says with the sentence of a briefing as its source."""
    said = [one.text for one in case.claims if source and any(source == cited.quote for cited in one.citations)]
    return " ".join(dict.fromkeys(said))


def _matrix(title: str, confusion: Confusion) -> str:
    rows = [
        (f"**{plain(_band(before))}**", *(_cell(confusion, before, after) for after in confusion.bands))
        for before in confusion.bands
    ]
    if not rows:
        return ""
    table = _table(("", *(plain(_band(band)) for band in confusion.bands)), rows)
    # Closed where nothing changed: the table is then a diagonal.
    opened = " open" if confusion.changed else ""
    return f"<details{opened}><summary>{title}: {confusion.changed} changed</summary>\n\n{table}\n\n</details>"


def _cell(confusion: Confusion, before: str, after: str) -> str:
    count = confusion.counts[before, after]
    return "" if not count else str(count) if before == after else f"**{count}**"


def _band(band: str) -> str:
    return band.replace("_", " ")


def _rates(verdict: Verdict) -> str:
    rows = [
        (
            plain(one.name),
            f"{one.base.share:.3f}",
            f"{one.head.share:.3f}",
            f"{one.head.low:.3f} to {one.head.high:.3f}",
            str(one.head.n),
            change(one),
        )
        for one in verdict.rates
    ]
    table = _table(("score", "base", "head", "95 %", "n", "change, points"), rows)
    return f"<details><summary>Rates</summary>\n\n{table}\n\n</details>"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
