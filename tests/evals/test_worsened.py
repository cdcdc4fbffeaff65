"""A prompt made worse, and one merely set in another way, before a server that does as its prompt says."""

import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from textwrap import fill
from typing import Any

import pytest
from pydantic import TypeAdapter

from evals.cases import Case, read_cases
from evals.digests import REPOSITORY
from evals.gating import Code, Verdict, gate
from evals.results import Run, read_run
from evals.worktree import run_tree
from tests.chat.replies import behaviour
from tests.chat.server import MODEL, ChatServer, Request

pytestmark = pytest.mark.slow

# A few cases, and of the samples only those that they are about: what takes time is to read them.
CASES = 12
SAMPLES = ("caldria-bread-price-protests.md", "zhoran-coup-rumour.md")
DECISIVE = "Be decisive and avoid hedging"
COMPOSER = f"openai:{MODEL}"


def obedient(request: Request) -> Any:
    """Faithful, unless it is told to be decisive: then a term goes, or is made firmer."""
    said = request.said()
    if DECISIVE not in said:
        return behaviour("faithful")(request)
    return behaviour("drops_hedges" if len(said) % 2 else "upgrades")(request)


@pytest.fixture(scope="module")
def server() -> Iterator[None]:
    with ChatServer(obedient) as running, pytest.MonkeyPatch.context() as patch:
        patch.setenv("YARDSTICK_MODEL_URL", running.url)
        yield


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The repository as it stands, committed, with a few of its cases and samples."""
    folder = tmp_path_factory.mktemp("repositories") / "base"
    for name in ("evals", "ingest", "rag", "prompts"):
        shutil.copytree(REPOSITORY / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "samples").mkdir()
    for name in SAMPLES:
        shutil.copy(REPOSITORY / "samples" / name, folder / "samples")
    shutil.rmtree(folder / "evals" / "cases")
    (folder / "evals" / "cases").mkdir()
    asked = [case for case in read_cases() if case.kind == "question" and case.briefing in SAMPLES]
    chosen = [case for case in asked if any(span.term for span in case.required)]
    lines = [TypeAdapter(Case).dump_json(case).decode() for case in chosen[:CASES]]
    assert len(lines) == CASES
    (folder / "evals" / "cases" / "few.jsonl").write_text("\n".join(lines), encoding="utf-8")
    made_by = ("-c", "user.name=Tests", "-c", "user.email=tests@localhost")
    for command in (("init", "--quiet"), ("add", "."), (*made_by, "commit", "--quiet", "--message", "Base")):
        subprocess.run(["git", *command], cwd=folder, check=True, capture_output=True)
    return folder


def changed(tree: Path, change: Callable[[str], str]) -> Path:
    """A copy of a tree beside it, in which the prompt of answers is changed and has a version of its own."""
    copied = tree.with_name(change.__name__)
    shutil.copytree(tree, copied)
    prompt = copied / "prompts" / "answer.md"
    before = prompt.read_text(encoding="utf-8")
    version = re.search(r"^version: (\d+)$", before, re.MULTILINE)
    after = change(before)
    assert version
    assert after != before
    prompt.write_text(after.replace(version[0], f"version: {int(version[1]) + 1}"), encoding="utf-8")
    return copied


def worsened(prompt: str) -> str:
    """Told to be decisive in the place of keeping the words of likelihood."""
    return re.sub(r"- Keep every word of likelihood.*?\n(?=- )", f"- {DECISIVE}.\n", prompt, flags=re.DOTALL)


def reformatted(prompt: str) -> str:
    """The same words, with other bullet marks and line ends."""
    found = re.fullmatch(r"(---\n.*?\n---\n.*?)((?:- .*?\n)+)(\n.*)", prompt, re.DOTALL)
    assert found
    rules = re.sub(r"\n  (?=\S)", " ", found[2])
    rules = "\n".join(fill(line, 72, subsequent_indent="  ") for line in rules.splitlines())
    return f"{found[1]}{re.sub(r'(?m)^- ', '* ', rules)}\n{found[3]}"


@dataclass(frozen=True)
class Shown:
    """What the gate said to the worsened prompt, and the runs of the prompt as it was and as it was merely set anew."""

    code: int
    output: str
    verdict: Verdict
    base: Run
    reformatted: Run


@pytest.fixture(scope="module")
def shown(tree: Path, server: None) -> Shown:
    worse, same = changed(tree, worsened), changed(tree, reformatted)
    command = [sys.executable, "-m", "evals", "gate", "--base", "HEAD", "--composer", COMPOSER, "--epochs", "2"]
    ran = subprocess.run([*command, "--out", "report"], cwd=worse, capture_output=True, text=True, check=False)
    assert (worse / "report").is_dir(), ran.stderr
    (reformed,) = run_tree(same, same / "run", [COMPOSER], epochs=2)
    (base,), (verdict,) = ((worse / "report").glob(name) for name in ("base/*.json", "*/verdict.json"))
    found = TypeAdapter(Verdict).validate_json(verdict.read_bytes())
    return Shown(ran.returncode, ran.stdout, found, read_run(base), reformed)


def test_a_worsened_prompt_fails_with_the_cases_named(shown: Shown) -> None:
    assert shown.code == shown.verdict.code == Code.SEVERE
    assert len(shown.verdict.severe) > CASES // 2
    assert all(f"{change.id}: " in shown.output for change in shown.verdict.severe)
    kinds = {failure.kind for change in shown.verdict.severe for failure in change.failures}
    assert {"dropped", "upgraded"} <= kinds


def test_what_is_asked_twice_fails_in_the_same_way(shown: Shown) -> None:
    assert shown.verdict.pairs == CASES
    assert shown.verdict.flaky == ()


def test_a_reformatted_prompt_passes(shown: Shown) -> None:
    assert shown.reformatted.meta.digests != shown.base.meta.digests
    verdict = gate(shown.base, shown.reformatted)
    assert (verdict.code, verdict.pairs, verdict.new, verdict.flaky) == (Code.FINE, CASES, (), ())
