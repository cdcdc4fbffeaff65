"""The workflow that gates a change: its commands exist, and foreign code gets nothing but read access."""

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml

from evals.__main__ import main
from evals.report.markdown import MARK
from tests.commands import ran


@pytest.fixture(scope="module")
def workflow(repository: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((repository / ".github/workflows/evals.yml").read_text(encoding="utf-8"))
    return loaded


def commands(workflow: dict[str, Any]) -> list[str]:
    """Everything that a step runs."""
    return [step["run"] for job in workflow["jobs"].values() for step in job["steps"] if "run" in step]


def evaluations(text: str) -> list[list[str]]:
    """The arguments of each `python -m evals` in a script or a Makefile."""
    found = re.findall(r"python -m evals (.*?)(?:\|\||$)", text, re.MULTILINE)
    return [shlex.split(arguments.replace("$(BASE)", '"$BASE"').replace("$(ARGS)", "")) for arguments in found]


def test_it_runs_for_whatever_the_cases_depend_on(workflow: dict[str, Any]) -> None:
    # YAML reads "on" as true.
    paths = workflow[True]["pull_request"]["paths"]
    assert {"prompts/**", "rag/**", "ingest/**", "evals/**", "samples/**"} <= set(paths)


def test_its_commands_exist_and_make_runs_the_same(workflow: dict[str, Any], repository: Path) -> None:
    here = evaluations("\n".join(commands(workflow)))
    assert here == [["gate", "--base", "$BASE", "--out", "build/evals"], ["mutate"]]
    assert evaluations((repository / "Makefile").read_text(encoding="utf-8")) == here
    for name, *rest in here:
        told = ran(main, name, "--help").stdout
        assert [one for one in rest if one.startswith("--") and one not in told] == []


def test_what_make_is_asked_for_exists(workflow: dict[str, Any], repository: Path) -> None:
    makefile = (repository / "Makefile").read_text(encoding="utf-8")
    targets = [target for script in commands(workflow) for target in re.findall(r"^make (\S+)", script, re.MULTILINE)]
    assert targets
    assert all(f"\n{target}:" in makefile for target in targets)


def test_what_may_write_runs_no_foreign_code(workflow: dict[str, Any]) -> None:
    assert "pull_request_target" not in workflow[True]
    assert workflow["permissions"] == {}
    jobs = workflow["jobs"]
    assert jobs["gate"]["permissions"] == {"contents": "read"}
    assert jobs["comment"]["permissions"] == {"pull-requests": "write"}
    assert "head.repo.full_name == github.repository" in jobs["comment"]["if"]
    assert not [step for step in jobs["comment"]["steps"] if "checkout" in step.get("uses", "")]
    (checkout,) = [step for step in jobs["gate"]["steps"] if "checkout" in step.get("uses", "")]
    assert checkout["with"] == {"fetch-depth": 0, "persist-credentials": False}
    # Names of branches and titles are values of the environment, never part of a script.
    assert not [script for script in commands(workflow) if "${{" in script]


def test_the_comment_is_found_again_by_the_mark_that_it_begins_with(workflow: dict[str, Any]) -> None:
    (chosen,) = [step["env"]["MINE"] for step in workflow["jobs"]["comment"]["steps"] if "MINE" in step.get("env", {})]
    assert f'startswith("{MARK}")' in chosen
