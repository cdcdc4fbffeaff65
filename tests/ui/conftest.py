"""A browser, and readers who use it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.ui.readers import FLAGS, Readers


@pytest.fixture(scope="session")
def browser(chromium: Path) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture
def readers(browser: Browser) -> Iterator[Readers]:
    """Readers whose pages ran into nothing, asked nothing of another machine and opened no dialog."""
    opened = Readers(browser)
    yield opened
    opened.close()
    assert not opened.faults
