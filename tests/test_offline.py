"""Nothing is fetched at run time, and a test that tries to is found out."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import loopback_only
import pytest

BRIEFING = """The ferry dispute after the winter

By Ines Calder
14 March 2026

Outlook

- The port authority will probably reopen the northern quay before June.
- A second strike of the ferry crews is unlikely while the pay talks go on.
"""
# Of util-linux: a process and its children get a network of their own, in which there is nothing, not even loopback.
CUT_OFF = ("unshare", "--map-root-user", "--net")
CONFTEST = Path(__file__).parent / "conftest.py"

# 192.0.2.1 is reserved for documentation, .invalid for names that do not exist, and connecting a UDP socket sends
# nothing: were the guard broken, these would still trouble nobody.
WAYS_OUT = {
    "connect": "import socket; socket.socket(type=socket.SOCK_DGRAM).connect(('192.0.2.1', 9))",
    "connect_ex": "import socket; socket.socket(type=socket.SOCK_DGRAM).connect_ex(('192.0.2.1', 9))",
    "IPv6": "import socket; socket.socket(socket.AF_INET6, socket.SOCK_DGRAM).connect(('2001:db8::1', 9))",
    "below socket": "import _socket; _socket.socket(type=_socket.SOCK_DGRAM).connect(('192.0.2.1', 9))",
    "a name": "import socket; socket.getaddrinfo('briefings.invalid', 443)",
    "asyncio": """
import asyncio
async def dial():
    await asyncio.get_running_loop().create_datagram_endpoint(asyncio.DatagramProtocol, remote_addr=('192.0.2.1', 9))
asyncio.run(dial())
""",
    "swallowed": """
import socket, threading
def dial():
    try:
        socket.getaddrinfo('briefings.invalid', 443)
    except OSError:
        pass
thread = threading.Thread(target=dial)
thread.start()
thread.join()
""",
}


@pytest.mark.parametrize("code", WAYS_OUT.values(), ids=WAYS_OUT.keys())
def test_a_way_out_is_written_down(code: str, tmp_path: Path) -> None:
    log = tmp_path / "network.log"
    environment = os.environ | {loopback_only.LOG_VARIABLE: str(log)}
    subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, check=False)
    assert any(place in log.read_text() for place in ("192.0.2.1", "2001:db8::1", "briefings.invalid"))


def test_loopback_is_open(tmp_path: Path) -> None:
    code = """
import socket
with socket.create_server(("127.0.0.1", 0)) as server:
    for host in ("127.0.0.1", "localhost"):
        socket.create_connection((host, server.getsockname()[1])).close()
"""
    log = tmp_path / "network.log"
    environment = os.environ | {loopback_only.LOG_VARIABLE: str(log)}
    subprocess.run([sys.executable, "-c", code], env=environment, check=True)
    assert not log.exists()


@pytest.mark.slow
@pytest.mark.parametrize("where", ["in the test", "in a process that it starts"])
def test_a_test_that_reaches_outside_fails(where: str, tmp_path: Path) -> None:
    dial = f"exec({WAYS_OUT['swallowed']!r}, {{}})"
    if where != "in the test":
        dial = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {dial!r}], check=True)"
    shutil.copy(CONFTEST, tmp_path)
    (tmp_path / "test_dialling.py").write_text(f"def test_dialling():\n    {dial}\n\ndef test_quiet():\n    pass\n")
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", f"--rootdir={tmp_path}", str(tmp_path)]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "the test reached outside this machine" in ran.stdout
    assert "2 passed, 1 error" in ran.stdout


@pytest.mark.parametrize(
    ("name", "default", "own"),
    [
        ("HF_HUB_OFFLINE", "1", "0"),
        ("GRADIO_ANALYTICS_ENABLED", "False", "True"),
        ("ANONYMIZED_TELEMETRY", "False", "True"),
    ],
)
def test_nothing_is_fetched_or_reported_unless_the_user_says_so(name: str, default: str, own: str) -> None:
    code = f"import os; from ingest.settings import load_settings; load_settings(); print(os.environ[{name!r}])"
    unset = {key: value for key, value in os.environ.items() if key != name}
    for environment, expected in ((unset, default), (unset | {name: own}, own)):
        ran = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
        assert ran.stdout.strip() == expected


@pytest.mark.slow
def test_a_machine_without_a_network_reads_and_answers(tmp_path: Path, repository: Path) -> None:
    if not shutil.which(CUT_OFF[0]) or subprocess.run([*CUT_OFF, "true"], capture_output=True, check=False).returncode:
        pytest.skip("this system does not let a process give up its network")
    (tmp_path / "ferry.txt").write_text(BRIEFING, encoding="utf-8")
    environment = os.environ | {"YARDSTICK_STORE": str(tmp_path / "store")}

    def cut_off(*arguments: str) -> str:
        command = [*CUT_OFF, sys.executable, "-m", *arguments]
        ran = subprocess.run(command, cwd=repository, env=environment, capture_output=True, text=True, check=False)
        assert ran.returncode == 0, ran.stderr
        return ran.stdout

    cut_off("ingest", str(tmp_path / "ferry.txt"))
    answer = json.loads(cut_off("rag", "ask", "Will the northern quay reopen?", "--json"))
    assert answer["status"] == "answered"
    assert "northern quay" in answer["claims"][0]["text"]
