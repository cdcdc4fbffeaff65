"""From a path to a briefing."""

from pathlib import Path

from ingest.briefing import Briefing
from ingest.formats import extract
from ingest.source import DEFAULT_LIMIT, read_source
from ingest.structure import build_briefing


def read_briefing(path: Path | str, limit_bytes: int = DEFAULT_LIMIT) -> Briefing:
    """The briefing in a file; UnreadableFile, saying what to do, if it cannot be read."""
    source = read_source(path, limit_bytes)
    return build_briefing(source, *extract(source))
