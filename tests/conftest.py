"""What every test stands on: no network, no accelerator wars between workers, and where the real parts are found."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import loopback_only
import pytest
from hypothesis import HealthCheck, settings
from playwright.sync_api import Browser, sync_playwright

REPOSITORY = Path(__file__).resolve().parent.parent
NETWORK_LOG = Path(tempfile.mkdtemp(prefix="yardstick-tests-")) / "network.log"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
QUIET = "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
FLAGS = [*QUIET.split(), "--disable-component-update", "--disable-sync"]
# Nothing listens on the discard port, so a client that honours a proxy, native code included, is refused at once.
CLOSED_PROXY = "http://127.0.0.1:9"
# How long an example takes says more of the machine, and of what else it is doing, than of the code.
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")


def pytest_configure() -> None:
    """Guards this process and, by what it leaves in the environment, every process that a test starts."""
    NETWORK_LOG.touch()
    proxies = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"), CLOSED_PROXY)
    proxies["NO_PROXY"] = "localhost,127.0.0.1,::1"
    for name, value in proxies.items():
        os.environ[name] = os.environ[name.lower()] = value
    guard = str(Path(loopback_only.__file__).parent)
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (guard, os.environ.get("PYTHONPATH"))))
    os.environ[loopback_only.LOG_VARIABLE] = str(NETWORK_LOG)
    os.environ.update(HF_HUB_OFFLINE="1", GRADIO_ANALYTICS_ENABLED="False", ANONYMIZED_TELEMETRY="False")
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    os.environ.setdefault("OMP_NUM_THREADS", str(max(1, (os.cpu_count() or 1) // workers)))
    loopback_only.install()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with tests that take long come first, or one of them would keep a worker busy when all else is done."""
    long = {item.path for item in items if any(item.iter_markers("slow")) or any(item.iter_markers("browser"))}
    items.sort(key=lambda item: item.path not in long)


def pytest_unconfigure() -> None:
    """Leaves nothing behind in the folder for temporary files."""
    shutil.rmtree(NETWORK_LOG.parent)


@pytest.fixture(autouse=True)
def _nothing_outside_is_reached() -> Iterator[None]:
    """Fails the test during which this process, or a Python process that a test started, tried to reach outside."""
    before = NETWORK_LOG.stat().st_size
    yield
    with NETWORK_LOG.open(encoding="utf-8") as log:
        log.seek(before)
        attempts = log.read()
    assert not attempts, f"the test reached outside this machine:\n{attempts}"


@pytest.fixture(scope="session")
def repository() -> Path:
    """The root of the repository."""
    return REPOSITORY


@pytest.fixture(scope="session")
def shared() -> Path:
    """The exercise and real briefings that lie beside a developer's checkout and are no part of the repository."""
    folder = REPOSITORY.parent / "shared"
    if not (folder / "briefings").is_dir():
        pytest.skip(f"the exercise briefings are not beside this checkout ({folder})")
    return folder


@pytest.fixture(scope="session")
def chromium() -> Path:
    """The browser for Playwright's `executable_path`; run it with --no-sandbox, for root has none to offer."""
    for name in BROWSERS:
        if found := shutil.which(name):
            return Path(found)
    reason = "no Chromium or Chrome on the PATH; on Debian: apt-get install chromium"
    if os.environ.get("YARDSTICK_BROWSER_REQUIRED"):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="module")
def browser(chromium: Path) -> Iterator[Browser]:
    """One browser for all tests of a file.

    While it is open, Playwright's event loop runs in this thread and nothing else can run one, so it is closed before
    the tests of another file begin.
    """
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield opened
        opened.close()
