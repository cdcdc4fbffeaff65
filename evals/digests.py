"""From what state of the repository a run comes: a SHA-256 over each part that decides what the run finds."""

import ast
from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path

from evals.cases import CASES, SAMPLES
from evals.results import Digests
from rag.prompting import FOLDER as PROMPTS

REPOSITORY = Path(__file__).resolve().parent.parent
# Where the check of a claim begins; it is made of these and of whatever they import.
CHECK = ("rag.wording", "rag.support")
# The parts of the evaluation that put the questions and count the marks.
MEASURE = ("asking.py", "scoring.py")


def digests(samples: Path = SAMPLES) -> Digests:
    """The digests of this checkout, with the briefings of a folder.

    "checker" is of the modules of the check and their word lists, "retrieval" of all else in rag and ingest, so that no
    file of the chain can change unseen.
    """
    checker = set(check_files())
    chain = {file for name in ("rag", "ingest") for file in (REPOSITORY / name).rglob("*") if _is_source(file)}
    here = Path(__file__).resolve().parent
    return Digests(
        prompts=_digest(PROMPTS, (one for one in PROMPTS.glob("*.md") if one.name != "README.md")),
        cases=_digest(here, [*CASES.glob("*.jsonl"), *(here / name for name in MEASURE)]),
        checker=_digest(REPOSITORY, checker),
        retrieval=_digest(REPOSITORY, chain - checker),
        samples=_digest(samples, samples.rglob("*")),
    )


def check_files() -> Iterator[Path]:
    """The modules that the check is made of, each with its file of words if it has one."""
    waiting, known = list(CHECK), set[str]()
    while waiting:
        module = waiting.pop()
        file = REPOSITORY / f"{module.replace('.', '/')}.py"
        if module in known or not file.is_file():
            continue
        known.add(module)
        yield file
        if (words := file.with_suffix(".toml")).is_file():
            yield words
        waiting += _imports(file)


def _imports(file: Path) -> Iterator[str]:
    """What a file imports; a name taken out of a module may be a module itself."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (str(node.module), *(f"{node.module}.{alias.name}" for alias in node.names))


def _is_source(file: Path) -> bool:
    return file.is_file() and file.suffix != ".pyc"


def _digest(folder: Path, files: Iterable[Path]) -> str:
    """SHA-256 over names in a folder and contents, in the order of the names."""
    whole = sha256()
    for name, file in sorted((file.relative_to(folder).as_posix(), file) for file in files if file.is_file()):
        content = file.read_bytes()
        whole.update(f"{name} {len(content)}\n".encode() + content)
    return whole.hexdigest()
