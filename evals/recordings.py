"""Replies on file: prompts written as an OpenAI batch, its output read, a reply found again by its prompt and model."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from ingest.errors import YardstickError
from rag.models import ChatModel, ModelFault, ModelName
from rag.prompting import load_prompt

FOLDER = Path(__file__).resolve().parent / "recordings"
# Of each line of a recording.
FIELDS = ("digest", "model", "reply")


def digest_of(prompt: str, model: str) -> str:
    """What a reply is filed under: SHA-256 of the prompt as rendered and of the model."""
    return sha256(f"{model}\n{prompt}".encode()).hexdigest()


class Replay(ChatModel):
    """A model that says again what it once said; a prompt without a recording is a fault that names its digest."""

    def __init__(self, model: str, replies: Mapping[str, str]) -> None:
        self.name = ModelName("recorded", model)
        self._replies = replies

    def stream(self, prompt: str) -> Iterator[str]:
        """The reply recorded, in one piece."""
        digest = digest_of(prompt, self.name.model)
        if digest not in self._replies:
            raise ModelFault(f"unrecorded: {digest}")
        yield self._replies[digest]


class Collector(ChatModel):
    """A model that says nothing and keeps the prompts, each once, in order."""

    def __init__(self, model: str) -> None:
        self.name = ModelName("collected", model)
        self.prompts: dict[str, None] = {}

    def stream(self, prompt: str) -> Iterator[str]:
        """Nothing."""
        self.prompts[prompt] = None
        yield ""


def is_writing(prompt: str) -> bool:
    """Whether a model is to write claims, not to condense a question or to repair what it wrote."""
    return any(prompt.startswith(load_prompt(name).text.partition("$")[0]) for name in ("answer", "draft"))


def path_of(model: str, folder: Path = FOLDER) -> Path:
    """The file with the recordings of a model."""
    return folder / f"{file_name(model)}.jsonl"


def file_name(name: str) -> str:
    """A model's or composer's name as that of a file or folder."""
    return re.sub(r"[^A-Za-z0-9._-]+", "_", name)


def recorded(folder: Path = FOLDER) -> tuple[str, ...]:
    """The models of which there is a recording."""
    models = {str(row["model"]): None for path in sorted(folder.glob("*.jsonl")) for row in _rows(path, FIELDS)}
    return tuple(models)


def read_recording(model: str, folder: Path = FOLDER) -> dict[str, str]:
    """The replies of a model by digest; raises YardstickError where there are none."""
    path = path_of(model, folder)
    if not path.is_file():
        known = ", ".join(recorded(folder)) or "none"
        raise YardstickError(f"recorded:{model}: no such recording. There are: {known}.")
    return {row["digest"]: row["reply"] for row in _rows(path, FIELDS)}


def batch_of(prompts: Iterable[str], model: str) -> str:
    """The prompts as the JSONL of an OpenAI batch; `custom_id` is the digest."""
    return "".join(
        json.dumps(
            {
                "custom_id": digest_of(prompt, model),
                "method": "POST",
                "url": "/v1/chat/completions",
                "body": {"model": model, "messages": [{"role": "user", "content": prompt}], "temperature": 0},
            },
            ensure_ascii=False,
        )
        + "\n"
        for prompt in prompts
    )


def add_batch(output: Path, model: str, folder: Path = FOLDER) -> tuple[int, list[str]]:
    """File the replies of a batch's output under a model, over older ones of the same digest.

    Returns how many there were, and the digests of the requests that failed.
    """
    path = path_of(model, folder)
    replies = read_recording(model, folder) if path.is_file() else {}
    new, failed = dict[str, str](), list[str]()
    for row in _rows(output, ("custom_id",)):
        reply = _reply(row, output)
        if reply is None:
            failed.append(str(row["custom_id"]))
        else:
            new[str(row["custom_id"])] = reply
    lines = [
        json.dumps({"digest": digest, "model": model, "reply": reply}, ensure_ascii=False) + "\n"
        for digest, reply in sorted((replies | new).items())
    ]
    folder.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(lines), encoding="utf-8")
    return len(new), failed


def _reply(row: Mapping[str, Any], output: Path) -> str | None:
    """What the model said in one line of a batch's output; None for a request that failed."""
    try:
        if row.get("error") or row["response"]["status_code"] != 200:
            return None
        return str(row["response"]["body"]["choices"][0]["message"]["content"] or "")
    except (KeyError, IndexError, TypeError) as exc:
        raise YardstickError(f"{output}: {row.get('custom_id')}: no line of an OpenAI batch's output.") from exc


def _rows(path: Path, fields: Sequence[str]) -> Iterator[dict[str, Any]]:
    """The objects of a JSONL file; raises YardstickError for a file or a line that is none, or lacks a field."""
    if not path.is_file():
        raise YardstickError(f"{path}: no such file.")
    # Not splitlines: a reply may hold a line end of another kind.
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError as exc:
            raise YardstickError(f"{path}, line {number}: no JSON ({exc}).") from exc
        if not isinstance(row, dict) or not row.keys() >= set(fields):
            raise YardstickError(f"{path}, line {number}: no object with {', '.join(fields)}.")
        yield row
