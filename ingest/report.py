"""What the command line of ingest prints: progress, outcomes, lists and briefings, for people and as JSON."""

import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date
from typing import Any

from ingest.briefing import Briefing, Window
from ingest.pipeline import OnProgress, Outcome, Progress, Status
from ingest.record import Entry

STATUSES: tuple[Status, ...] = ("added", "updated", "unchanged", "duplicate", "failed")
# A briefing is never an instruction to the terminal either.
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def plain(text: str) -> str:
    """Text that a terminal shows and does not obey."""
    return _CONTROLS.sub("�", text)


@contextmanager
def progress_shown(quiet: bool) -> Iterator[OnProgress]:
    """What to tell progress to: a bar and a line a file on a terminal, lines elsewhere, nothing if quiet."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (MofNCompleteColumn(), BarColumn(), TextColumn("{task.fields[rate]}"), TimeRemainingColumn())
    console = Console(stderr=True, soft_wrap=True, markup=False, highlight=False)
    with Bar(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("", total=None, rate="")

        def show(progress: Progress) -> None:
            if progress.outcome and not quiet:
                print(f"[{progress.files_done}/{progress.files}] {outcome_line(progress.outcome)}", file=sys.stderr)
            rate = f"files, {progress.passages_per_second:,.0f} passages/s"
            bar.update(task, total=progress.files, completed=progress.files_done, rate=rate)

        yield show


def outcome_line(outcome: Outcome) -> str:
    """One line on one file."""
    told = {
        "added": f"{outcome.sentences} sentences",
        "updated": f"{outcome.sentences} sentences, in place of the older version",
        "unchanged": "",
        "duplicate": f"the same as {outcome.briefing_id}",
        "failed": outcome.message,
    }[outcome.status]
    notes = "".join(f"\n           {warning}" for warning in outcome.warnings)
    return plain(f"{outcome.status:9}  {outcome.name}{': ' if told else ''}{told}{notes}")


def summary(outcomes: Sequence[Outcome], seconds: float) -> dict[str, Any]:
    """The counts of an ingest."""
    counts = Counter(outcome.status for outcome in outcomes)
    sentences = sum(outcome.sentences for outcome in outcomes)
    return {str(status): counts[status] for status in STATUSES} | {"sentences": sentences, "seconds": round(seconds, 3)}


def summary_line(outcomes: Sequence[Outcome], seconds: float) -> str:
    """The counts of an ingest, in words."""
    counts = summary(outcomes, seconds)
    told = ", ".join(f"{counts[status]} {status}" for status in STATUSES if counts[status])
    files = "1 file" if len(outcomes) == 1 else f"{len(outcomes)} files"
    return f"{files}: {told or 'nothing to read'}; {counts['sentences']} sentences in {seconds:.1f} s."


def entry_object(entry: Entry) -> dict[str, Any]:
    """A stored briefing for --json."""
    return {
        "id": entry.briefing_id,
        "title": entry.title,
        "published": _day(entry),
        "publisher": entry.publisher or None,
        "format": entry.format,
        "sentences": entry.sentences,
        "sha256": entry.sha256,
        "sources": list(entry.sources),
    }


def entry_lines(entries: Sequence[Entry]) -> Iterator[str]:
    """Stored briefings, a line each: date, id, sentences, title."""
    width = max((len(entry.briefing_id) for entry in entries), default=0)
    for entry in entries:
        title = f"{entry.title} ({entry.publisher})" if entry.publisher else entry.title
        yield plain(f"{_day(entry) or 'no date':10}  {entry.briefing_id:{width}}  {entry.sentences:5}  {title}")


def _day(entry: Entry) -> str | None:
    return date.fromordinal(entry.published).isoformat() if entry.published else None


def briefing_object(briefing: Briefing) -> dict[str, Any]:
    """A briefing as read, for --json, each sentence with its words."""
    fields = asdict(briefing)
    for sentence, told in zip(briefing.sentences, fields["sentences"], strict=True):
        told["text"] = briefing.quote(sentence.start, sentence.end)
    return fields


def briefing_lines(briefing: Briefing) -> Iterator[str]:
    """A briefing as read: what it says of itself, then each heading with its sentences, their horizon and page."""
    windows = "; ".join(f"{window.horizon}: {window.label}{_window_days(window)}" for window in briefing.windows)
    facts = {
        "id": briefing.id,
        "published": briefing.published.isoformat() if briefing.published else "no date found",
        "authors": ", ".join(briefing.authors) or "none found",
        "publisher": briefing.publisher or "none found",
        "scale": briefing.yardstick or "none named",
        "handling": briefing.handling,
        "horizons": windows,
        "format": briefing.format,
        "sources": ", ".join(briefing.sources),
        "warnings": "; ".join(briefing.warnings),
    }
    yield plain(briefing.title)
    yield from (plain(f"  {name + ':':11} {fact}") for name, fact in facts.items() if fact)
    section = -1
    for number, sentence in enumerate(briefing.sentences, 1):
        if sentence.section != section:
            section = sentence.section
            path = briefing.sections[section].path if briefing.sections else ()
            yield plain("\n" + (" > ".join(path) or "(before the first heading)"))
        marks: list[str] = [sentence.horizon] if sentence.horizon != "none" else []
        marks += [f"p. {sentence.page}"] if sentence.page else []
        text = " ".join(briefing.quote(sentence.start, sentence.end).split())
        yield plain(f"  {number:4}  {text}" + (f"  [{', '.join(marks)}]" if marks else ""))


def _window_days(window: Window) -> str:
    if window.opens is None and window.closes is None:
        return ""
    return f" ({window.opens or '...'} to {window.closes or '...'})"
