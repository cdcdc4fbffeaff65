"""A draft as Markdown with footnotes, as GitHub, Pandoc and most editors read them."""

import re
from collections.abc import Iterator

from rag.drafts.exporting.document import Document, Listing, Part, Reference, Run, Table, Text

# Marks that start something wherever they stand; "." in "www.", ":" in "http://" and ":smile:", which some readers turn
# into links and pictures; and what starts a list, a heading's line or a quotation at the beginning of a text.
_ACTIVE = re.compile(r"[\\`*_{}\[\]<>&~^$#@!=]|(?<=www)\.|:(?=\S)|\A(?:[-+]|\d+(?=[.)]))", re.I)
_BEFORE = {"paragraphs": "", "bullets": "- ", "boxes": "- [ ] "}
_AROUND = {"said": "", "aside": "*", "mark": "**"}


def write_markdown(document: Document) -> bytes:
    """The document as Markdown."""
    blocks = [f"**{_escaped(mark)}**" for mark in document.handling]
    blocks += [f"# {_escaped(document.title)}", *map(_escaped, document.about)]
    for part in document.parts:
        blocks += _part(part)
    blocks += [f"[^{note.number}]: “{_escaped(note.quote)}” — {_escaped(note.place)}" for note in document.notes]
    return ("\n\n".join(block for block in blocks if block) + "\n").encode("utf-8")


def _part(part: Part) -> Iterator[str]:
    if part.heading:
        yield f"## {_escaped(part.heading)}"
    for block in part.blocks:
        yield _table(block) if isinstance(block, Table) else _listing(block)


def _listing(listing: Listing) -> str:
    between = "\n\n" if listing.kind == "paragraphs" else "\n"
    return between.join(f"{_BEFORE[listing.kind]}{_written(item)}" for item in listing.items)


def _table(table: Table) -> str:
    lines = [table.header, ["---"] * len(table.header), *([_written(cell) for cell in row] for row in table.rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _written(text: Text) -> str:
    return "".join(f"[^{one.number}]" if isinstance(one, Reference) else _run(one) for one in text).strip()


def _run(run: Run) -> str:
    """The words of a run, emphasised; spaces stay outside, or the stars would show."""
    around, words = _AROUND[run.manner], run.text.strip(" ")
    before, after = run.text[: len(run.text) - len(run.text.lstrip(" "))], run.text[len(run.text.rstrip(" ")) :]
    return f"{before}{around}{_escaped(words)}{around}{after}" if words else run.text


def _escaped(text: str) -> str:
    """The text with everything escaped that Markdown could read as more than text."""
    # A number is followed by its mark: "1." starts a list, "1\." does not.
    escaped = _ACTIVE.sub(lambda found: f"{found[0]}\\" if found[0].isdigit() else f"\\{found[0]}", text)
    return escaped.replace("|", "&#124;")
