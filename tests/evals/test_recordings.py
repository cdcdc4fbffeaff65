"""Recorded replies: the batch that asks for them, its output, and the file that they are found in again."""

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from evals.recordings import (
    Collector,
    Replay,
    add_batch,
    batch_of,
    digest_of,
    is_writing,
    path_of,
    read_recording,
)
from ingest.errors import YardstickError
from rag.models import ModelFault
from rag.prompting import load_prompt


def batch_output(batch: str, said: Callable[[Any], Iterable[str]]) -> str:
    """What a batch service gives back, in another order, with a model's replies."""
    rows = [json.loads(line) for line in batch.splitlines()]
    replies = {row["custom_id"]: "".join(said(row["body"])) for row in rows}
    return "".join(
        json.dumps(
            {
                "custom_id": name,
                "response": {"status_code": 200, "body": {"choices": [{"message": {"content": reply}}]}},
                "error": None,
            }
        )
        + "\n"
        for name, reply in sorted(replies.items())
    )


def test_a_second_batch_adds_to_the_first_and_names_what_failed(tmp_path: Path) -> None:
    output = tmp_path / "output.jsonl"
    output.write_text(batch_output(batch_of(["a", "b"], "m"), lambda _: "old"), encoding="utf-8")
    add_batch(output, "m", tmp_path)
    rows = batch_output(batch_of(["b"], "m"), lambda _: "new")
    failed = {"custom_id": "c", "response": {"status_code": 429, "body": {}}, "error": None}
    output.write_text(f"{rows}{json.dumps(failed)}\n", encoding="utf-8")
    assert add_batch(output, "m", tmp_path) == (1, ["c"])
    assert read_recording("m", tmp_path) == {digest_of("a", "m"): "old", digest_of("b", "m"): "new"}


@pytest.mark.parametrize("line", ["{", '{"custom_id": "a", "response": {"status_code": 200, "body": {}}}', '{"a": 1}'])
def test_what_is_no_output_of_a_batch_is_refused(line: str, tmp_path: Path) -> None:
    (tmp_path / "output.jsonl").write_text(line, encoding="utf-8")
    with pytest.raises(YardstickError, match=r"output\.jsonl"):
        add_batch(tmp_path / "output.jsonl", "m", tmp_path)
    assert not path_of("m", tmp_path).exists()


def test_a_reply_is_found_by_prompt_and_model() -> None:
    replay = Replay("m", {digest_of("What now?", "m"): "Nothing.", digest_of("What then?", "other"): "All."})
    assert list(replay.stream("What now?")) == ["Nothing."]
    with pytest.raises(ModelFault, match=f"unrecorded: {digest_of('What then?', 'm')}"):
        list(replay.stream("What then?"))


def test_prompts_are_collected_once_and_in_order() -> None:
    collector = Collector("m")
    assert [list(collector.stream(prompt)) for prompt in ("b", "a", "b")] == [[""]] * 3
    assert list(collector.prompts) == ["b", "a"]


@pytest.mark.parametrize(
    ("name", "writes"), [("answer", True), ("draft", True), ("condense", False), ("repair", False)]
)
def test_only_answers_and_drafts_are_recorded(name: str, writes: bool) -> None:
    prompt = load_prompt(name)
    assert is_writing(prompt.render(dict.fromkeys(prompt.inputs, "$passages"))) is writes


def test_names_of_models_make_names_of_files(tmp_path: Path) -> None:
    assert path_of("openai:made/up 1", tmp_path).name == "openai_made_up_1.jsonl"
