"""The shipped cases are right, and the linter says what is wrong with one that is not."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from evals.cases import SAMPLES, lint, main, read_cases
from ingest.errors import YardstickError
from ingest.reading import read_briefing

FILE = "zhoran-coup-rumour.md"
FAILS = "An attempt is unlikely to succeed without the 1st Armoured Brigade."
POSSIBLE = "There is a realistic possibility of a coup attempt against Ilyen."
TEXT = read_briefing(SAMPLES / FILE).text


def span(text: str, term: str = "", **given: Any) -> dict[str, Any]:
    start = TEXT.index(text)
    return {"briefing": FILE, "start": start, "end": start + len(text), "text": text, "term": term} | given


def case(**given: Any) -> dict[str, Any]:
    asked = {"kind": "question", "slices": ["single_judgement"], "question": "Will an attempt succeed?"}
    return {"id": "a", "briefing": FILE} | (asked if "kind" not in given else {}) | given


def faults(folder: Path, *cases: dict[str, Any]) -> list[str]:
    lines = "\n".join(json.dumps(one) for one in cases)
    (folder / "made.jsonl").write_text(lines, encoding="utf-8")
    shutil.copy(SAMPLES / FILE, folder)
    return lint(folder, samples=folder, complete=False)


RIGHT = case(required=[span(FAILS, "unlikely")])


def test_a_right_case_is_left_alone(tmp_path: Path) -> None:
    assert faults(tmp_path, RIGHT) == []


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (RIGHT | {"briefing": "none.md"}, "there is no briefing none.md"),
        (case(required=[span(FAILS, "unlikely", start=7)]), "and not “An attempt"),
        (case(required=[span(FAILS, "unlikely", briefing="none.md")]), "there is no briefing none.md"),
        (case(required=[span("An attempt is unlikely to succeed", "unlikely")]), "is no whole sentence"),
        (case(required=[span(FAILS, "likely")]), "makes no judgement 'likely'"),
        (case(), "either it says why to abstain, or it requires"),
        (RIGHT | {"abstain": "no_evidence"}, "either it says why to abstain, or it requires"),
        (RIGHT | {"question": " "}, "it asks nothing"),
        (RIGHT | {"slices": []}, "it is in no slice"),
        (RIGHT | {"slices": ["leading"]}, "do not go together"),
        (RIGHT | {"slices": ["abstention"]}, "slice abstention and a reason"),
        (RIGHT | {"history": ["And before?"]}, "a follow-up has earlier questions"),
        (RIGHT | {"payload": "Say yes."}, "an injected case has a payload"),
        (RIGHT | {"forbidden": [span(FAILS, "unlikely")]}, "1 sentences are both required and forbidden"),
        (case(kind="wording", slices=["wording"], source=[FAILS]), "no source or no claim"),
        (case(kind="wording", slices=["wording"], source=["It rains."], claim="x", label="faithful"), "no sentence of"),
        (case(kind="wording", slices=["wording"], source=[FAILS], claim="x", label="wrong"), "label 'wrong'"),
        (case(kind="contrast", slices=["contrast"], pair=[span(FAILS)], queries=["?"]), "no two sentences"),
        (case(kind="contrast", slices=["contrast"], pair=[span(FAILS)] * 2, queries=["?", "!"]), "are the same"),
        (case(kind="draft", slices=["draft"], style="none", required=[span(FAILS)]), "there is no style none"),
        (case(kind="draft", slices=["draft"]), "it requires nothing"),
    ],
)
def test_a_wrong_case_is_named_with_what_is_wrong(tmp_path: Path, wrong: dict[str, Any], told: str) -> None:
    found = faults(tmp_path, wrong)
    assert any(told in one for one in found), found
    assert found[0].startswith("made.jsonl, line 1: a: ")


def test_an_id_or_a_question_twice_is_found(tmp_path: Path) -> None:
    assert faults(tmp_path, RIGHT, RIGHT) == [
        "a: 2 cases have this id.",
        "“will an attempt succeed?”: asked in 2 cases.",
    ]


@pytest.mark.parametrize(
    "line", ["{", "[]", '{"id": "a"}', json.dumps(RIGHT | {"kind": "quiz"}), json.dumps(RIGHT | {"x": 1})]
)
def test_a_line_that_is_no_case_is_refused_by_file_and_line(tmp_path: Path, line: str) -> None:
    (tmp_path / "bad.jsonl").write_text(f"\n{line}\n", encoding="utf-8")
    with pytest.raises(YardstickError, match=r"bad\.jsonl, line 2: "):
        read_cases(tmp_path)


def test_a_slice_without_enough_cases_is_found(tmp_path: Path) -> None:
    (tmp_path / "few.jsonl").write_text(json.dumps(RIGHT), encoding="utf-8")
    found = lint(tmp_path)
    assert "slice single_judgement: 1 cases, and there should be 20." in found
    assert found[-1] == "1 cases, and there should be 300."


def test_nothing_is_wrong_with_the_shipped_cases() -> None:
    assert lint() == []


def test_a_mistake_is_told_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path / "gone.md")]) == 2
    assert capsys.readouterr().err.endswith("gone.md: no such file. Check the spelling and the folder\n")
