"""Writes a draft to a file, in the format that its name asks for."""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from secrets import token_hex

from ingest.errors import YardstickError
from rag.drafts.draft import Draft
from rag.drafts.exporting.assembling import Unverified, document_of
from rag.drafts.exporting.document import Document
from rag.drafts.exporting.markdown import write_markdown

# Modules by name, so that a page is written without loading what Word and PDF files need.
_WRITERS = {".docx": "docx", ".md": "markdown", ".html": "html", ".pdf": "pdf"}
FORMATS = tuple(_WRITERS)


def export(draft: Draft, path: Path, unverified: Unverified = "mark") -> None:
    """Writes the draft to a file, .docx, .md, .html or .pdf, in place of one of that name.

    A line with open findings is marked [unverified], or left out with `unverified="omit"`. Raises YardstickError for
    another format and where nothing can be written.
    """
    module = _WRITERS.get(path.suffix.lower())
    if module is None:
        raise YardstickError(f"{path}: a draft cannot be written as this. Name a file that ends in {_told()}.")
    write: Callable[[Document], bytes] = getattr(import_module(f"{__name__}.{module}"), f"write_{module}")
    _replace(path, write(document_of(draft, unverified)))


def markdown(draft: Draft, unverified: Unverified = "mark") -> str:
    """The draft as Markdown with footnotes."""
    return write_markdown(document_of(draft, unverified)).decode("utf-8")


def _replace(path: Path, content: bytes) -> None:
    """Puts the content in the place of a file; one that cannot be written whole leaves the old one as it is."""
    target = path.resolve()
    unfinished = target.with_name(f".{token_hex(8)}.part")
    try:
        try:
            unfinished.write_bytes(content)
            unfinished.replace(target)
        finally:
            unfinished.unlink(missing_ok=True)
    except OSError as exc:
        what = exc.strerror or "it cannot be written"
        raise YardstickError(
            f"{path}: {what}. Close it where it is open, or name a folder that you may write to."
        ) from exc


def _told() -> str:
    return f"{', '.join(FORMATS[:-1])} or {FORMATS[-1]}"
