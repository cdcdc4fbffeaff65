"""The digests of a run: nothing that decides what it finds may change unseen."""

import shutil
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import pytest

from evals.cases import SAMPLES
from evals.digests import CHECK, REPOSITORY, check_files, digests


def test_every_module_that_the_check_loads_is_in_its_digest() -> None:
    # Python itself says what it loads.
    code = f"import sys, {', '.join(CHECK)}\nprint(*(m.__file__ for name, m in sys.modules.items() if ours(name)))"
    code = f"ours = lambda name: name.startswith(('rag.', 'ingest.'))\n{code}"
    command = [sys.executable, "-c", code]
    ran = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=True)
    loaded = {Path(name) for name in ran.stdout.split()}
    assert {"wording.py", "losses.py", "estimative.py"} <= {file.name for file in loaded}
    assert loaded <= set(check_files())


def test_the_words_of_the_check_are_in_its_digest() -> None:
    assert {"wording.toml", "estimative.toml", "voices.toml"} <= {file.name for file in check_files()}


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    for name in ("rag", "ingest", "evals", "prompts"):
        shutil.copytree(REPOSITORY / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


@pytest.mark.parametrize(
    ("file", "part"),
    [
        ("prompts/answer.md", "prompts"),
        ("evals/scoring.py", "cases"),
        ("evals/cases/made_up.jsonl", "cases"),
        ("rag/matter.py", "checker"),
        ("ingest/voices.toml", "checker"),
        ("rag/made_up.py", "retrieval"),
        ("ingest/scales/phia.toml", "retrieval"),
        ("rag/drafts/choosing.py", "retrieval"),
        ("prompts/README.md", None),
    ],
)
def test_a_changed_file_changes_the_digest_of_its_part_alone(checkout: Path, file: str, part: str | None) -> None:
    with (checkout / file).open("a", encoding="utf-8") as opened:
        opened.write("\n# changed\n")
    before, after = asdict(digests()), digests_in(checkout)
    assert [name for name in before if before[name] != after[name]] == ([part] if part else [])


def digests_in(checkout: Path) -> dict[str, str]:
    """The digests as the code of a checkout finds them."""
    code = "import dataclasses, json, pathlib\nfrom evals.digests import digests\n"
    code += f"print(*dataclasses.asdict(digests(pathlib.Path({str(SAMPLES)!r}))).values())"
    command = [sys.executable, "-c", code]
    ran = subprocess.run(command, cwd=checkout, capture_output=True, text=True, check=True)
    return dict(zip(asdict(digests()), ran.stdout.split(), strict=True))


def test_the_digest_of_the_samples_changes_with_them_alone(tmp_path: Path) -> None:
    shutil.copytree(SAMPLES, tmp_path / "copy")
    before = asdict(digests(tmp_path / "copy"))
    assert before == asdict(digests())
    (tmp_path / "copy" / "zhoran-coup-rumour.md").write_text("# Another\n", encoding="utf-8")
    after = asdict(digests(tmp_path / "copy"))
    assert [name for name in before if before[name] != after[name]] == ["samples"]
