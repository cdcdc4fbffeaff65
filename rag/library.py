"""What is loaded, for those who show it: list, read, add and remove briefings."""

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

from ingest.briefing import Block, Briefing, Horizon, Sentence
from ingest.embedding import Embedder
from ingest.errors import YardstickError
from ingest.pipeline import Outcome, Progress, ingest
from ingest.settings import Settings, load_settings
from ingest.store import Store

__all__ = [
    "Block",
    "Briefing",
    "Horizon",
    "Library",
    "Outcome",
    "Progress",
    "Sentence",
    "Settings",
    "YardstickError",
    "load_settings",
]


class Library:
    """The briefings of one store."""

    def __init__(self, store: Store, embedder: Embedder, settings: Settings) -> None:
        self._store = store
        self._embedder = embedder
        self._settings = settings

    def briefings(self) -> tuple[Briefing, ...]:
        """All briefings, newest first, those without a date last."""
        return tuple(sorted(self._store.briefings(), key=lambda briefing: briefing.published or date.min, reverse=True))

    def briefing(self, briefing_id: str) -> Briefing:
        """One briefing; raises YardstickError where there is none of this id."""
        return self._store.briefing(briefing_id)

    def add(
        self, paths: Sequence[Path], on_progress: Callable[[Progress], None] = lambda _: None
    ) -> tuple[Outcome, ...]:
        """Read files, folders or globs into the store; one outcome a file, failures included."""
        return ingest(paths, self._store, self._embedder, self._settings, on_progress)

    def remove(self, briefing_id: str) -> None:
        """Take a briefing out; raises YardstickError where there is none of this id."""
        self._store.remove(briefing_id)
