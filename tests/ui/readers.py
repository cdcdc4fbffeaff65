"""The app as it is served and readers who meet it in a real browser."""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

LOADED = ("caldria-harbour-bond-default-risk.md", "caldria-bread-price-protests.md", "lismi-mandate-review.md")
DEFAULT = "Will Caldria default on the Harbour Bond in November?"
# The first answer waits for the embedding model.
PATIENCE = 90_000


@contextlib.contextmanager
def serving(repository: Path, store: Path, *options: str) -> Iterator[str]:
    """The address of an app over a store, for as long as the block lasts."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "app.py", "--port", str(port), "--store", str(store), *options]
    with (
        (store.parent / f"app-{port}.log").open("w+") as log,
        subprocess.Popen(command, cwd=repository, stdout=log, stderr=subprocess.STDOUT, env=dict(os.environ)) as app,
    ):
        try:
            address = f"http://127.0.0.1:{port}/"
            while not reachable(address):
                if app.poll() is not None:
                    log.seek(0)
                    pytest.fail(f"app.py ended: {log.read()}")
                time.sleep(0.1)
            yield address
        finally:
            app.terminate()


def reachable(address: str) -> bool:
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(address, timeout=5):
            return True
    except OSError:
        return False


class Readers:
    """Opens pages as readers would, and knows what went wrong on any of them."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._contexts: list[BrowserContext] = []
        self.faults: list[str] = []

    def open(self, address: str, width: int = 1280, height: int = 800, dark: bool = False) -> Page:
        context = self._browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            permissions=["clipboard-read", "clipboard-write"],
        )
        context.set_default_timeout(30_000)
        self._contexts.append(context)
        page = context.new_page()
        page.on("dialog", lambda dialog: (self.faults.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        page.on("pageerror", lambda error: self.faults.append(f"error: {error}"))
        context.on("request", lambda request: self._check(request.url, address))
        page.goto(address)
        expect(page.locator(".welcome")).to_be_visible()
        return page

    def _check(self, url: str, address: str) -> None:
        if not url.startswith((address, "data:", "blob:")):
            self.faults.append(f"request: {url}")

    def close(self) -> None:
        for context in self._contexts:
            context.close()


def ask(page: Page, question: str) -> None:
    """Ask, and wait for the whole answer."""
    answered = page.locator(".acts").count()
    box = page.get_by_role("textbox", name="Your question")
    box.fill(question)
    box.press("Enter")
    expect(page.locator(".acts")).to_have_count(answered + 1, timeout=PATIENCE)


def add(page: Page, *files: Path) -> None:
    """Upload files in the library, and wait for what became of them."""
    page.get_by_role("tab", name="Library").click()
    page.locator("#upload input[type=file]").set_input_files(files)
    expect(page.locator(".outcomes li")).to_have_count(len(files), timeout=PATIENCE)


def samples(repository: Path, folder: Path) -> Path:
    """A folder with a few of the samples."""
    folder.mkdir()
    for name in LOADED:
        shutil.copy(repository / "samples" / name, folder)
    return folder


def fits(page: Page) -> bool:
    """Whether nothing of the page sticks out to the side."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))
