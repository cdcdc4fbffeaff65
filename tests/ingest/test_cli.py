"""`python -m ingest`: its output, its exit codes, and no traceback for anything a user does."""

import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from ingest.__main__ import main
from tests.commands import Ran, ran

pytestmark = pytest.mark.slow

TEXT = "# The quay question\n\nBy Ada Okoro\n\n4 March 2026\n\n## Outlook\n\nThe quay is likely to reopen in May.\n"
Command = Callable[..., Ran]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with files and a filled store."""
    folder = tmp_path_factory.mktemp("home")
    (folder / "files").mkdir()
    (folder / "files" / "quay.md").write_text(TEXT, encoding="utf-8")
    (folder / "files" / "evil.md").write_text(TEXT.replace("The quay", "The \x1b[31mquay [bold]"), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def command(home: Path) -> Command:
    def run(*arguments: str, **variables: str) -> Ran:
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(home)
            for name, value in ({"YARDSTICK_STORE": str(home / "store")} | variables).items():
                patch.setenv(name, value)
            return ran(main, *arguments)

    assert run("files").returncode == 0
    return run


@pytest.fixture
def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def test_a_second_run_says_unchanged(command: Command) -> None:
    done = command("files", "--json")
    told = json.loads(done.stdout)
    assert done.returncode == 0
    assert {file["status"] for file in told["files"]} == {"unchanged"}
    assert told["summary"]["unchanged"] == 2


def test_a_file_that_fails_is_told_with_its_reason(command: Command, home: Path) -> None:
    (home / "empty.txt").write_bytes(b"")
    done = command("empty.txt", "--json")
    assert done.returncode == 1
    assert [(file["status"], file["reason"]) for file in json.loads(done.stdout)["files"]] == [("failed", "empty")]
    plain = command("empty.txt")
    assert "failed     empty.txt: is empty" in plain.stderr
    assert plain.stdout.startswith("1 file: 1 failed;")


def test_list_and_show(command: Command) -> None:
    listed = json.loads(command("list", "--json").stdout)
    assert {briefing["published"] for briefing in listed} == {"2026-03-04"}
    quay = next(briefing for briefing in listed if briefing["sources"][0].endswith("quay.md"))
    assert f"2026-03-04  {quay['id']}" in command("list").stdout
    shown = json.loads(command("show", quay["id"], "--json").stdout)
    assert [sentence["text"] for sentence in shown["sentences"]] == ["The quay is likely to reopen in May."]
    text = command("show", quay["id"][:-2]).stdout
    assert "authors:    Ada Okoro" in text
    assert "Outlook\n     1  The quay is likely to reopen in May." in text


def test_a_briefing_does_not_command_the_terminal(command: Command) -> None:
    listed = command("list").stdout
    assert "\x1b" not in listed
    assert "[bold]" in listed


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        ((), 2, "usage: python -m ingest PATH"),
        (("--help",), 0, "Deleting a file does not"),
        (("show",), 2, "required: id"),
        (("show", "nothing-like-it"), 2, "no briefing has this id"),
        (("remove", "nothing-like-it"), 2, "no briefing has this id"),
        (("show", "the"), 2, "2 briefings fit"),
        (("./list",), 1, "no such file"),
        (("--store", "files/quay.md", "files"), 2, "Choose another folder"),
        (("check",), 0, "no faults"),
    ],
)
def test_the_exit_code_and_what_is_said(command: Command, arguments: tuple[str, ...], code: int, said: str) -> None:
    done = command(*arguments)
    assert done.returncode == code
    assert said in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("YARDSTICK_EMBEDDING_MODEL", "nowhere/model", "python -m ingest reindex"),
        ("YARDSTICK_CHROMA_URL", "http://127.0.0.1:9", "the Chroma server does not answer"),
        ("YARDSTICK_MAX_FILE_MB", "much", "YARDSTICK_MAX_FILE_MB: 'much' will not do"),
    ],
)
def test_a_wrong_setting_is_told(command: Command, name: str, value: str, said: str) -> None:
    done = command("files", **{name: value})
    assert done.returncode == 2
    assert said in done.stderr


def test_remove_then_add_again(command: Command) -> None:
    command("files")
    before = json.loads(command("list", "--json").stdout)
    assert json.loads(command("remove", before[0]["id"], "--json").stdout) == {"removed": [before[0]["id"]]}
    assert len(json.loads(command("list", "--json").stdout)) == 1
    assert command("add", "files").returncode == 0
    assert json.loads(command("list", "--json").stdout) == before


def test_reindex(command: Command) -> None:
    done = command("reindex", "--json")
    assert done.returncode == 0
    assert json.loads(done.stdout)["briefings"] == 2
    assert json.loads(command("check", "--json").stdout) == {"briefings": 2, "sentences": 2, "faults": []}


def test_the_store_may_be_on_a_server(home: Path, repository: Path, free_port: int) -> None:
    # In a process of their own, whose end closes the connections, which Chroma's client leaves to the collector.
    code = (
        "import sys\nfrom ingest.__main__ import main\n"
        "for line in sys.stdin: print('exit', main(line.split()), flush=True)"
    )
    variables = {"YARDSTICK_CHROMA_URL": f"http://127.0.0.1:{free_port}", "YARDSTICK_STORE": str(home / "local")}
    environment = os.environ | variables | {"PYTHONPATH": f"{repository}{os.pathsep}{os.environ['PYTHONPATH']}"}
    chroma = Path(sys.executable).with_name("chroma")
    server = subprocess.Popen(
        [chroma, "run", "--path", str(home / "server"), "--port", str(free_port)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        while not listens(free_port):
            time.sleep(0.1)
        done = subprocess.run(
            [sys.executable, "-c", code], input="files\ncheck\nremove the-quay\nlist --json\n",
            cwd=home, env=environment, capture_output=True, text=True, check=True, timeout=120,
        )  # fmt: skip
    finally:
        server.terminate()
        server.wait(timeout=20)
    added, checked, removed, listed, rest = re.split(r"^exit 0$", done.stdout, flags=re.MULTILINE)
    assert "2 added" in added
    assert "no faults" in checked
    assert removed.strip()
    assert len(json.loads(listed)) == 1
    assert not rest.strip()


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
