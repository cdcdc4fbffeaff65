"""Answers measured against gold: first quotes, retrieved sentences, abstention, citations.

`python -m evals.bench.answers` prints a table and exits 1 where a bar is missed.
"""

import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from evals.bench.corpora import Asked, exercise, reports
from evals.bench.table import Row, print_table, wilson
from ingest.briefing import Briefing
from ingest.embedding import Embedder
from ingest.settings import Settings, load_settings
from ingest.store import open_store
from rag.answer import Answer
from rag.service import Yardstick

# Briefings stored in one commit.
GROUP = 64


@dataclass(frozen=True, slots=True)
class Measured:
    """One question with what came back: the answer, and the ten sentences retrieved."""

    asked: Asked
    answer: Answer
    retrieved: tuple[str, ...]
    quotes: tuple[str, ...]


def measure(service: Yardstick, questions: Sequence[Asked]) -> list[Measured]:
    """Ask every question; `quotes` are the sentences that would be quoted, whether or not the answer abstains."""
    measured = []
    for asked in questions:
        found = service.retriever.retrieve(asked.text, limit=10)
        answer = service.ask(asked.text)
        forced = service.quotes(asked.text)
        quotes = tuple(claim.citations[0].quote for claim in forced)
        measured.append(Measured(asked, answer, tuple(e.text for e in found.evidence), quotes))
    return measured


def rows(name: str, measured: Sequence[Measured], bars: tuple[float, float, float] | None) -> list[Row]:
    """The rows of the table for one set of questions."""
    answerable = [item for item in measured if item.asked.answerable]
    hit: Callable[[Sequence[str], Measured], bool] = lambda texts, item: bool(set(texts) & set(item.asked.answers))  # noqa: E731
    first = [hit(item.quotes[:1], item) for item in answerable]
    three = [hit(item.quotes[:3], item) for item in answerable]
    ten = [hit(item.retrieved[:10], item) for item in answerable]
    answered = [item.answer.status == "answered" for item in answerable]
    refused = [item.answer.status != "answered" for item in measured if not item.asked.answerable]
    balanced = (sum(answered) / len(answered) + sum(refused) / len(refused)) / 2
    bar_three, bar_ten, bar_balanced = bars or (None, None, None)
    return [
        Row(f"{name}: gold sentence is the first quote", wilson(first), None),
        Row(f"{name}: among the first 3 quotes", wilson(three), bar_three),
        Row(f"{name}: among the first 10 retrieved", wilson(ten), bar_ten),
        Row(f"{name}: answered where there is an answer", wilson(answered), None),
        Row(f"{name}: abstained where there is none", wilson(refused), None),
        Row(f"{name}: balanced accuracy", f"{balanced:.3f}", bar_balanced, balanced),
    ]


def broken_citations(service: Yardstick, measured: Sequence[Measured]) -> tuple[int, int]:
    """How many citations do not reproduce their quote, of how many."""
    cited = [c for item in measured for claim in item.answer.claims for c in claim.citations]
    cited += [citation for item in measured for citation in item.answer.nearest]
    broken = [c for c in cited if service.library.briefing(c.briefing_id).text[c.start : c.end] != c.quote]
    return len(broken), len(cited)


def with_files(folder: Path, settings: Settings) -> Yardstick:
    """A service over the briefings of one folder."""
    service = Yardstick(settings)
    failed = [outcome for outcome in service.library.add([folder / "*.md"]) if outcome.status == "failed"]
    if failed:
        raise SystemExit(f"not read: {failed}")
    return service


def with_briefings(briefings: Sequence[Briefing], settings: Settings) -> Yardstick:
    """A service over briefings that are built already."""
    embedder = Embedder(settings)
    store = open_store(settings, embedder)
    with store.writing():
        for start in range(0, len(briefings), GROUP):
            store.add_all([(briefing, store.embed(briefing)) for briefing in briefings[start : start + GROUP]])
    return Yardstick(settings)


def main() -> int:
    """Measure all three sets of questions."""
    table: list[Row] = []
    broken = total = 0
    for name in ("a", "b", "reports"):
        with tempfile.TemporaryDirectory() as store:
            settings = load_settings(Path(store))
            if name == "reports":
                briefings, questions = reports()
                service = with_briefings(briefings, settings)
            else:
                folder, questions = exercise(name)
                service = with_files(folder, settings)
            measured = measure(service, questions)
            wrong, cited = broken_citations(service, measured)
            broken, total = broken + wrong, total + cited
            table += rows(name, measured, None if name == "reports" else (0.62, 0.85, 0.75))
    exact = 1 - broken / total
    table.append(Row("citations that reproduce their quote", f"{exact:.4f} (n={total})", 1.0, exact))
    return print_table(table)


if __name__ == "__main__":
    sys.exit(main())
