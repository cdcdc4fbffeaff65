"""The wording check on files: claims with their sources, line by line, and drafts against the loaded briefings."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ingest.errors import YardstickError
from ingest.reading import read_briefing
from ingest.yardsticks import scale_of, yardsticks
from rag.wording import check_claim

if TYPE_CHECKING:
    from rag.judging import CheckedSentence
    from rag.service import Yardstick


class Pair(BaseModel):
    """One line of a file of claims; other keys are let through and ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    source: list[str]
    claim: str = Field(min_length=1)
    scale: str | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """A checked sentence of a draft and the line it begins on, None where the format has no lines."""

    sentence: "CheckedSentence"
    line: int | None


def checked_pairs(path: Path, scales: Path | None) -> Iterator[dict[str, Any]]:
    """The findings on each line of a JSONL file of claims; raises YardstickError that names a faulty line."""
    known = yardsticks(scales)
    for number, line in enumerate(_read(path).split("\n"), start=1):
        if not line.strip():
            continue
        try:
            pair = Pair.model_validate_json(line)
        except ValidationError as exc:
            fault = exc.errors()[0]
            where = ".".join(map(str, fault["loc"])) or "the line"
            raise YardstickError(
                f'{path}, line {number}: {where}: {fault["msg"]}. Write {{"source": ["..."], "claim": "..."}} a line.'
            ) from exc
        scale = (known.get(pair.scale) or scale_of(pair.scale, (), known).yardstick) if pair.scale else None
        if pair.scale and scale is None:
            raise YardstickError(f"{path}, line {number}: no scale '{pair.scale}'. Known: {', '.join(sorted(known))}.")
        found = check_claim(pair.claim, pair.source, scale)
        yield {"findings": [asdict(finding) for finding in found]}


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as exc:
        raise YardstickError(
            f"{path}: cannot read it ({exc.strerror}). Give a file with a JSON object a line."
        ) from exc
    except UnicodeDecodeError as exc:
        raise YardstickError(f"{path}: not UTF-8 text. Save it as UTF-8.") from exc


def check_draft(path: Path, service: "Yardstick", against: Sequence[str]) -> list[Checked]:
    """Every sentence of a draft against these briefings, or all; raises YardstickError for an unknown id or file."""
    known = {briefing.id: briefing.title for briefing in service.library.briefings()}
    chosen = [_found(given, known) for given in against]
    draft = read_briefing(path)
    text = "\n\n".join(draft.text[sentence.start : sentence.end] for sentence in draft.sentences)
    raw = path.read_text(encoding="utf-8", errors="replace") if draft.format in ("txt", "markdown") else ""
    checked, place = [], 0
    for sentence in service.check_text(text, tuple(chosen)):
        pattern = r"\W+".join(re.escape(word) for word in re.findall(r"\w+", sentence.text)[:8])
        found = re.compile(pattern).search(raw, place) if raw and pattern else None
        place = found.start() if found else place
        checked.append(Checked(sentence, raw.count("\n", 0, found.start()) + 1 if found else None))
    return checked


def _found(given: str, known: dict[str, str]) -> str:
    found = [name for name, title in known.items() if given in (name, title) or name.startswith(given.lower())]
    found = found or [name for name, title in known.items() if given.lower() in title.lower()]
    if len(found) != 1:
        told = f"{len(found)} briefings fit" if found else "no briefing has this id or title"
        raise YardstickError(f"--against {given}: {told}. List them: python -m ingest list")
    return found[0]


def lines(path: Path, checked: Sequence[Checked]) -> Iterator[str]:
    """The findings as a compiler prints them, and a line that counts."""
    for one in checked:
        where = f"{path}:{one.line}" if one.line else str(path)
        for finding in one.sentence.findings:
            yield f"{where}: {finding.severity}: {finding.kind}: {finding.message}"
            yield f"    draft:  {' '.join(one.sentence.text.split())}"
            if one.sentence.citations:
                cited = one.sentence.citations[min(finding.source or 0, len(one.sentence.citations) - 1)]
                yield f"    source: {' '.join(cited.quote.split())} [{cited.title}]"
        if one.sentence.status == "no_source":
            yield f"{where}: note: no briefing says this: {' '.join(one.sentence.text.split())}"
    counts = [sum(one.sentence.status == status for one in checked) for status in ("faithful", "changed", "no_source")]
    yield "{} sentences: {} faithful, {} changed, {} without a source.".format(len(checked), *counts)


def checked_object(checked: Checked) -> dict[str, Any]:
    """A checked sentence as JSON."""
    return json.loads(json.dumps({"line": checked.line, **asdict(checked.sentence)}, default=str))  # type: ignore[no-any-return]
