"""Readers who use the browser."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.ui.readers import Readers


@pytest.fixture
def readers(browser: Browser) -> Iterator[Readers]:
    """Readers whose pages ran into nothing, asked nothing of another machine and opened no dialog."""
    opened = Readers(browser)
    yield opened
    opened.close()
    assert not opened.faults
