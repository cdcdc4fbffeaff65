"""docs/evals.md: the case that it shows is one, its commands exist, and its exit codes are the gate's."""

import json
import re
import shlex
from pathlib import Path

import pytest

from evals import cases
from evals.__main__ import main
from evals.cases import lint, read_cases
from evals.gating import Code
from tests.commands import ran


@pytest.fixture(scope="module")
def guide(repository: Path) -> str:
    return (repository / "docs" / "evals.md").read_text(encoding="utf-8")


def test_the_case_that_it_shows_can_be_added(guide: str, tmp_path: Path) -> None:
    (shown,) = re.findall(r"^```json\n(.*?)^```", guide, re.MULTILINE | re.DOTALL)
    (tmp_path / "shown.jsonl").write_text(shown, encoding="utf-8")
    assert lint(tmp_path, complete=False) == []
    assert [one.term for one in read_cases(tmp_path)[0].required] == ["realistic possibility", "unlikely"]


def test_its_exit_codes_are_those_of_the_gate(guide: str) -> None:
    assert {int(code) for code in re.findall(r"^\| (\d+) \|", guide, re.MULTILINE)} == set(map(int, Code))


def test_its_commands_exist(guide: str) -> None:
    shown = [line.partition("  #")[0] for line in guide.splitlines() if line.startswith("    python -m evals ")]
    shown += re.findall(r"`(python -m evals \S+ [^`]*)`", guide)
    given: dict[str, set[str]] = {}
    for line in shown:
        name, *rest = shlex.split(line)[3:]
        given.setdefault(name, set()).update(one for one in rest if one.startswith("--"))
    assert {"run", "gate", "mutate", "report", "record", "bless"} == set(given)
    for name, options in given.items():
        told = ran(main, name, "--help").stdout
        assert [option for option in options if option not in told] == []


def test_the_sentences_that_it_prints_make_the_case_that_it_shows(
    guide: str, repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (path,) = re.findall(r"^    python -m evals.cases (\S+)$", guide, re.MULTILINE)
    assert cases.main([str(repository / path)]) == 0
    printed = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    (shown,) = re.findall(r"^```json\n(.*?)^```", guide, re.MULTILINE | re.DOTALL)
    assert all(one in printed for one in json.loads(shown)["required"])
