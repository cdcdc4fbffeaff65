"""Reads a file in any known format into blocks."""

from collections.abc import Callable
from importlib import import_module

from ingest.briefing import Format, SourceFile
from ingest.errors import UnreadableFile
from ingest.extract import Extract
from ingest.source import sniff

# Modules by name, so that a text file is read without loading a PDF library.
_READERS: dict[Format, str] = {
    "txt": "text",
    "markdown": "markdown",
    "html": "html",
    "pdf": "pdf",
    "docx": "docx",
    "eml": "eml",
}


def extract(source: SourceFile) -> tuple[Format, Extract]:
    """The format of a file and its blocks; UnreadableFile if it cannot be read or holds no text."""
    found = sniff(source)
    module = _READERS[found]
    read: Callable[[SourceFile], Extract] = getattr(import_module(f"ingest.formats.{module}"), f"read_{module}")
    result = read(source)
    if not any(any(char.isalnum() for char in block.text) for block in result.blocks):
        raise UnreadableFile(source.name, "no_text", "holds no text", "Check that it is the right file, and complete")
    return found, result
