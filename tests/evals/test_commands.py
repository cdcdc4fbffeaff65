"""The commands: each exit code, and each mistake of a user in one clear line."""

from dataclasses import replace
from pathlib import Path

import pytest

from evals.__main__ import main
from evals.cases import read_cases
from evals.results import Run, read_run, write_run
from tests.chat.server import MODEL
from tests.evals.test_gating import MISSING, RAISED, run, unscored

WHOLE = run()


def written(folder: Path, name: str, done: Run) -> str:
    write_run(done, folder / name)
    return str(folder / name)


def other_prompts(done: Run) -> Run:
    """The run, as from other prompts."""
    return replace(done, meta=replace(done.meta, digests=replace(done.meta.digests, prompts="others")))


@pytest.mark.parametrize(
    ("head", "code"),
    [
        (WHOLE, 0),
        (run(cases=99), 2),
        (Run(WHOLE.meta, (*map(unscored, range(3)), *WHOLE.cases[3:])), 3),
        (run({number: [MISSING] for number in range(9)}), 10),
        (run({7: [RAISED]}), 11),
    ],
)
def test_the_gate_exits_with_its_verdict(
    head: Run, code: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    base = written(tmp_path, "base.json", WHOLE)
    assert main(["gate", base, written(tmp_path, "head.json", head), "--out", str(tmp_path / "report")]) == code
    assert f"(exit {code})" in capsys.readouterr().out
    assert {"report.html", "report.md", "junit.xml", "verdict.json"} <= {
        file.name for file in (tmp_path / "report" / "quote").iterdir()
    }


@pytest.mark.slow
def test_mutations_that_live_have_an_exit_code_of_their_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("evals.mutations.mutate.MUTANTS", 2)
    monkeypatch.setattr("evals.mutations.mutate.PARAPHRASES", 2)
    # There is no fact to add a term to: what was not tried is not passed.
    (tmp_path / "note.md").write_text("# Velm\n\nA strike at the Velm dam is unlikely.\n", encoding="utf-8")
    assert main(["mutate", "--quick", "--briefings", str(tmp_path)]) == 4


def test_a_report_is_of_one_run_or_two(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    base, head = written(tmp_path, "base.json", WHOLE), written(tmp_path, "head.json", run({7: [RAISED]}))
    assert main(["report", head, "--out", str(tmp_path / "one")]) == 0
    assert main(["report", base, head, "--out", str(tmp_path / "two")]) == 0
    assert (tmp_path / "one" / "run.json").is_file()
    assert "q-7" in (tmp_path / "two" / "verdict.json").read_text(encoding="utf-8")


def test_a_blessed_run_is_the_baseline_of_its_composer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("evals.__main__.BASELINES", tmp_path / "baselines")
    done = written(tmp_path, "run.json", WHOLE)
    assert main(["bless", done]) == 2
    assert "for a reason" in capsys.readouterr().err
    assert main(["bless", done, "--reason", "The first."]) == 0
    assert read_run(tmp_path / "baselines" / "quote.json").meta.blessed == "The first."


@pytest.mark.parametrize(("head", "code"), [(WHOLE, 0), (run({7: [RAISED]}), 11), (other_prompts(WHOLE), 2)])
def test_the_baseline_is_what_the_cases_are_compared_with(
    head: Run, code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("evals.__main__.BASELINES", tmp_path / "baselines")
    monkeypatch.setattr("evals.running.runs", lambda *_, **__: iter([head]))
    assert main(["bless", written(tmp_path, "run.json", WHOLE), "--reason", "The first."]) == 0
    assert main(["gate", "--baseline", "--composer", "quote", "--out", str(tmp_path / "report")]) == code
    assert ("The baseline is stale" in capsys.readouterr().out) is (code == 2)
    assert read_run(tmp_path / "report" / "head" / "quote.json") == head


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["nothing"], "no such command"),
        (["run", "--slice", "weather"], "slice 'weather': there is none. There are: single_judgement"),
        (["run", "--composer", "made-up"], "name its provider"),
        (["run", "--composer", "made-up:1"], "no such provider"),
        (["run", "--composer", "recorded:made-up"], "no such recording"),
        (["run", "--out", "broken.json"], "broken.json: no folder to write to"),
        (["gate", "missing.json", "missing.json"], "missing.json: no such run"),
        (["gate", "broken.json", "broken.json"], "broken.json: not a run of the evaluation"),
        (["gate", "--base", "no-such-commit"], "no-such-commit: no such commit"),
        (["gate", "--base=--force"], "--force: no such commit"),
        (["gate", "--base", "HEAD", "--composer", "made-up:1"], "no such provider"),
        (["gate", "--baseline", "--composer", "quote"], "quote.json: no such baseline"),
        (["bless", "missing.json", "--reason", "The first."], "missing.json: no such run"),
        (["report", "missing.json"], "missing.json: no such run"),
        (["mutate", "--briefings", "missing"], "there are no briefings"),
        (["record", "--import", "missing.jsonl", "--model", "m"], "missing.jsonl: no such file"),
        (["record", "--import", "broken.json", "--model", "m"], "broken.json, line 1: no JSON"),
    ],
)
def test_a_mistake_is_told_in_one_line(
    arguments: list[str],
    told: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("evals.__main__.BASELINES", tmp_path)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "broken.json").write_text("{", encoding="utf-8")
    assert main(arguments) == 2
    said = capsys.readouterr()
    assert said.err.startswith("yardstick: ")
    assert told in said.err
    assert (said.err.count("\n"), said.out) == (1, "")


@pytest.mark.parametrize(
    "arguments",
    [
        ["gate"],
        ["gate", "one.json"],
        ["gate", "one.json", "two.json", "--base", "HEAD"],
        ["gate", "one.json", "two.json", "--composer", "quote"],
        ["run", "--epochs", "0"],
        ["run", "--limit", "-1"],
        ["record", "--model", "m"],
    ],
)
def test_options_that_do_not_go_together_are_refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(arguments)
    assert "usage: python -m evals" in capsys.readouterr().err


@pytest.mark.slow
def test_a_run_is_written_and_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["run", "--composer", "quote", "--slice", "wording", "--limit", "3", "--out", str(tmp_path)]
    assert main([*arguments, "--label", "mine"]) == 0
    assert capsys.readouterr().out.startswith("quote: 3 cases")
    assert read_run(tmp_path / "quote.json").meta.label == "mine"


@pytest.mark.slow
def test_a_run_without_its_model_is_invalid_and_names_the_cases(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("YARDSTICK_MODEL_URL", "http://127.0.0.1:9/v1")
    assert main(["run", "--composer", f"openai:{MODEL}", "--slice", "draft", "--limit", "2"]) == 3
    first, second, *_ = (case.id for case in read_cases() if "draft" in case.slices)
    assert f"unscored: {first}, {second}: The model's server cannot be reached" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["--help"], []])
def test_help_names_the_commands(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 0
    assert "run|gate|mutate|bless|report|record" in capsys.readouterr().out
