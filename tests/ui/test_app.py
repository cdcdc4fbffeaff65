"""The command that serves the chat, and what its page is wired to."""

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from rag.library import load_settings
from rag.service import Yardstick
from ui.feedback import Feedback


def run(repository: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "app.py", *options]
    return subprocess.run(command, cwd=repository, capture_output=True, text=True, check=False, timeout=120)


def test_a_taken_port_is_an_error_that_names_the_option(repository: Path, tmp_path: Path) -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        ran = run(repository, "--port", str(port), "--store", str(tmp_path))
    assert ran.returncode == 2
    assert f"port {port}" in ran.stderr
    assert "--port" in ran.stderr
    assert "Traceback" not in ran.stderr


def test_help_says_what_samples_does(repository: Path) -> None:
    ran = run(repository, "--help")
    assert ran.returncode == 0
    assert "if the store is still empty" in " ".join(ran.stdout.split())


@pytest.mark.slow
def test_readers_do_not_wait_for_each_other_and_no_handler_is_an_endpoint(tmp_path: Path) -> None:
    # Gradio takes seconds to import, of every worker if it is done above.
    from ui.page import READERS, build_page

    page = build_page(Yardstick(load_settings(tmp_path)), Feedback(tmp_path / "feedback.jsonl"))
    asking = [event for event in page.fns.values() if event.concurrency_id == "ask"]
    assert asking
    assert all(event.concurrency_limit in (READERS, "default") for event in asking)
    assert page.default_config is not None
    assert not page.get_api_info()["named_endpoints"]
