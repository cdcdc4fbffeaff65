"""The digests of a run: nothing that decides what it finds may change unseen."""

import json
import shutil
import subprocess
import sys
from dataclasses import asdict
from itertools import pairwise
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


CHANGED = {
    "prompts/answer.md": ["prompts"],
    "evals/scoring.py": ["cases"],
    "evals/cases/made_up.jsonl": ["cases"],
    "rag/matter.py": ["checker"],
    "ingest/voices.toml": ["checker"],
    "rag/made_up.py": ["retrieval"],
    "ingest/scales/phia.toml": ["retrieval"],
    "rag/drafts/choosing.py": ["retrieval"],
    "prompts/README.md": [],
}
# Changes one file after the other, and prints how each leaves the digests.
CHANGES = """
import dataclasses, json, pathlib, sys
from evals.digests import digests
samples, *files = map(pathlib.Path, sys.argv[1:])
found = [dataclasses.asdict(digests(samples))]
for file in files:
    with file.open("a", encoding="utf-8") as opened:
        opened.write("\\n# changed\\n")
    found.append(dataclasses.asdict(digests(samples)))
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def changes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """For each file the parts whose digest changes with it, as the code of a copy of the repository finds them."""
    folder = tmp_path_factory.mktemp("checkout")
    for name in ("rag", "ingest", "evals", "prompts"):
        shutil.copytree(REPOSITORY / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    command = [sys.executable, "-c", CHANGES, str(SAMPLES), *CHANGED]
    ran = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    found = json.loads(ran.stdout)
    assert found[0] == asdict(digests())
    return {
        file: [part for part in before if before[part] != after[part]]
        for file, (before, after) in zip(CHANGED, pairwise(found), strict=True)
    }


@pytest.mark.slow
@pytest.mark.parametrize("file", CHANGED)
def test_a_changed_file_changes_the_digest_of_its_part_alone(changes: dict[str, list[str]], file: str) -> None:
    assert changes[file] == CHANGED[file]


def test_the_digest_of_the_samples_changes_with_them_alone(tmp_path: Path) -> None:
    shutil.copytree(SAMPLES, tmp_path / "copy")
    before = asdict(digests(tmp_path / "copy"))
    assert before == asdict(digests())
    (tmp_path / "copy" / "zhoran-coup-rumour.md").write_text("# Another\n", encoding="utf-8")
    after = asdict(digests(tmp_path / "copy"))
    assert [name for name in before if before[name] != after[name]] == ["samples"]
