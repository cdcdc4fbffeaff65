"""One store and one service over it for all tests of rag, filled by the real pipeline from Markdown, text and PDF."""

from pathlib import Path

import pytest
from documents import pdf

from rag.library import load_settings
from rag.service import Yardstick
from tests.rag.made import MINE, TEXTS


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What asks a service is slow, for it loads the embedding model; in test_asking.py alone that is worth the wait."""
    for item in items:
        if "service" in getattr(item, "fixturenames", ()) and item.path.name != "test_asking.py":
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a store that holds the five briefings; not to be changed."""
    folder = tmp_path_factory.mktemp("rag")
    for name, text in TEXTS.items():
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "mine.pdf").write_bytes(pdf(*MINE))
    outcomes = Yardstick(load_settings(folder / "store")).library.add([folder])
    assert [outcome.status for outcome in outcomes] == ["added"] * 5, outcomes
    return folder / "store"


@pytest.fixture(scope="session")
def service(store: Path) -> Yardstick:
    """A service over that store, warm."""
    service = Yardstick(load_settings(store))
    service.warm()
    return service


@pytest.fixture(scope="session")
def ids(service: Yardstick) -> dict[str, str]:
    """The id of each briefing by the name of its file without its ending."""
    return {Path(briefing.sources[0]).stem: briefing.id for briefing in service.library.briefings()}
