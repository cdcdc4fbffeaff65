"""The benchmark data beside the repository (../shared): questions with the sentences that answer them.

Nothing of it is part of the repository; `shared` says so and stops where it is absent.
"""

import csv
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ingest.briefing import Briefing, Section, Sentence
from ingest.errors import YardstickError

SHARED = Path(__file__).resolve().parents[3] / "shared"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and its gold: sentences as they stand in a briefing, none if the briefings do not say."""

    text: str
    kind: str
    answers: tuple[str, ...]

    @property
    def answerable(self) -> bool:
        return bool(self.answers)


def shared(part: str) -> Path:
    """A folder of the benchmark data; raises YardstickError where it is absent."""
    path = SHARED / part
    if not path.exists():
        raise YardstickError(f"{part}: this benchmark needs the data folder ../shared beside the repository. Skipped.")
    return path


def exercise(folder: str) -> tuple[Path, tuple[Asked, ...]]:
    """The exercise briefings of one folder ("a" or "b") and the questions to them."""
    place = shared(f"briefings/{folder}")
    asked = [
        Asked(question["q"], question["kind"], tuple(question["answer"]))
        for gold in sorted(place.glob("*.json"))
        for question in json.loads(gold.read_text(encoding="utf-8"))["questions"]
    ]
    return place, tuple(asked)


def reports() -> tuple[tuple[Briefing, ...], tuple[Asked, ...]]:
    """Passages of real reports as briefings, and readers' questions to them."""
    passages = {row["id"]: row for row in _rows(shared("qa/reports/passages.jsonl"))}
    asked = [
        Asked(row["q"], row["kind"], tuple(passages[row["id"]]["sentences"][place] for place in row["answer"]))
        for row in _rows(shared("qa/reports/questions.jsonl"))
    ]
    return tuple(briefing_of(row["id"], "", row["sentences"]) for row in passages.values()), tuple(asked)


def scifact() -> tuple[tuple[Briefing, ...], dict[str, frozenset[str]]]:
    """The SciFact abstracts as briefings, and each train claim with evidence: its text and its evidence documents."""
    csv.field_size_limit(10**9)
    place = shared("qa/scifact")
    with (place / "corpus_train.csv").open(encoding="utf-8", newline="") as file:
        briefings = [
            briefing_of(row["doc_id"], row["title"], _strings(row["abstract"])) for row in csv.DictReader(file)
        ]
    claims: dict[str, set[str]] = {}
    with (place / "claims_train.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["evidence_doc_id"]:
                claims.setdefault(row["claim"], set()).add(row["evidence_doc_id"])
    return tuple(briefings), {claim: frozenset(documents) for claim, documents in claims.items()}


def briefing_of(name: str, title: str, sentences: Sequence[str]) -> Briefing:
    """A briefing without structure: its sentences in one section."""
    spans, at = [], 0
    for text in sentences:
        spans.append((at, at + len(text)))
        at += len(text) + 1
    text = " ".join(sentences)
    return Briefing(
        id=name,
        title=title,
        text=text,
        sha256=name,
        format="txt",
        sources=(name,),
        sections=(Section((), 0, len(text)),),
        sentences=tuple(Sentence(start, end, block=0, section=0) for start, end in spans),
    )


def _rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def _strings(text: str) -> list[str]:
    """The strings of a printed numpy array of strings."""
    pattern = r"'((?:[^'\\]|\\.|'(?![\s\]]))*)'|\"((?:[^\"\\]|\\.)*)\""
    return [single or double for single, double in re.findall(pattern, text)]
