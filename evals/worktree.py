"""Runs the cases at another commit beside this checkout: what the gate compares a change with."""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from logging import getLogger
from pathlib import Path

from evals.digests import REPOSITORY
from evals.gating import Code
from evals.recordings import file_name
from evals.results import Run, read_run
from ingest.errors import YardstickError

# What measures is the same on both sides; the prompts, the check and the retrieval are each side's own.
MEASURE = ("evals", "samples")

log = getLogger(__name__)


def both_sides(
    ref: str, composers: Sequence[str], folder: Path, epochs: int = 1, repository: Path = REPOSITORY
) -> list[tuple[Run, Run]]:
    """For each composer the run at a commit and the run of the checkout as it stands; both are written to `folder`.

    Raises YardstickError where there is no such commit, or where the cases do not run there.
    """
    with checked_out(ref, repository) as tree, ThreadPoolExecutor(2) as pool:
        for name in MEASURE:
            shutil.rmtree(tree / name, ignore_errors=True)
            shutil.copytree(repository / name, tree / name, ignore=shutil.ignore_patterns("__pycache__"))
        base = pool.submit(run_tree, tree, folder / "base", composers, epochs)
        head = pool.submit(run_tree, repository, folder / "head", composers, epochs)
        return list(zip(base.result(), head.result(), strict=True))


def run_tree(tree: Path, folder: Path, composers: Sequence[str], epochs: int = 1) -> list[Run]:
    """The runs of the cases with the code in `tree`, by this interpreter, also written to `folder`."""
    files = [folder.resolve() / f"{file_name(composer)}.json" for composer in composers]
    for file in files:
        file.unlink(missing_ok=True)
    asked = [part for composer in composers for part in ("--composer", composer)]
    asked += ["--epochs", str(epochs), "--out", str(folder.resolve())]
    # In the tree, so that its packages are found before those installed.
    ran = subprocess.run(
        [sys.executable, "-m", "evals", "run", *asked], cwd=tree, capture_output=True, text=True, check=False
    )
    log.info("ran the cases in %s: exit code %d", tree, ran.returncode)
    # An invalid run is written all the same: the gate says what is missing.
    if ran.returncode not in (Code.FINE, Code.INVALID) or not all(file.is_file() for file in files):
        last = "\n".join(ran.stderr.strip().splitlines()[-1:])
        raise YardstickError(f"{tree}: python -m evals run ended with exit code {ran.returncode}: {last}")
    return [read_run(file) for file in files]


@contextmanager
def checked_out(ref: str, repository: Path = REPOSITORY) -> Iterator[Path]:
    """A commit's files in a folder that is gone afterwards; raises YardstickError if git has no such commit."""
    with tempfile.TemporaryDirectory(prefix="yardstick-base-") as folder:
        tree = Path(folder) / "tree"
        added = _git(repository, "worktree", "add", "--quiet", "--detach", str(tree), ref)
        if added.returncode:
            said = " ".join(added.stderr.split())
            raise YardstickError(
                f"{ref}: no such commit in {repository} ({said}). Fetch it first (in a workflow: fetch-depth: 0)."
            )
        try:
            yield tree
        finally:
            _git(repository, "worktree", "remove", "--force", str(tree)).check_returncode()


def _git(repository: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    # A ref is the user's own, yet one that starts with a hyphen is no option.
    command = ["git", "-C", str(repository), *arguments[:-1], "--end-of-options", arguments[-1]]
    return subprocess.run(command, capture_output=True, text=True, check=False)
