"""Markdown to blocks: front matter, footnotes, and the rest by way of HTML, none of which is ever run."""

import re

from markdown_it import MarkdownIt

from ingest.briefing import SourceFile
from ingest.encoding import decode
from ingest.extract import Extract, ExtractBlock
from ingest.formats.html import parse
from ingest.formats.walk import blocks_of

_FRONT_MATTER = re.compile(r"\A\s*---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.S)
_KRAMDOWN = re.compile(r"^\s*\{:[^}\n]*\}\s*$|^\* TOC[ \t]*$", re.M)
_BARE_TABLE = re.compile(r"(?<![^\n])(?=\|)((?:\|.*(?:\n|\Z))+)")
_NOTE = re.compile(r"^\[\^([^\]\s]+)\]:[ \t]*(.+(?:\n(?:[ \t]{2,}\S.*|(?=[^\s\[#>*-]).+))*)", re.M)
_NOTE_MARK = re.compile(r"\[\^[^\]\s]+\]")


def read_markdown(source: SourceFile) -> Extract:
    """The blocks of a Markdown text and what its front matter declares."""
    decoded = decode(source)
    text = re.sub(r"\r\n?", "\n", decoded.text)
    declared: dict[str, list[str]] = {}
    if found := _FRONT_MATTER.match(text):
        declared, text = _front_matter(found.group(1)), text[found.end() :]
    text = _BARE_TABLE.sub(_with_rule, _KRAMDOWN.sub("", text))
    notes = [_plain(found.group(2)) for found in _NOTE.finditer(text)]
    blocks = _blocks(_NOTE_MARK.sub("", _NOTE.sub("", text)), source.name)
    return Extract(
        blocks=(*blocks, *(ExtractBlock("footnote", note) for note in notes if note)),
        title=_first(declared, "title"),
        authors=tuple(declared.get("authors") or declared.get("author") or ()),
        published=_first(declared, "date", "published"),
        publisher=_first(declared, "publisher", "organisation", "organization"),
        warnings=(decoded.warning,) if decoded.warning else (),
    )


def _blocks(text: str, name: str) -> tuple[ExtractBlock, ...]:
    if not text.strip():
        return ()
    # "breaks" keeps each line end, which the repair of hyphens at line ends needs.
    renderer = MarkdownIt("commonmark", {"html": True, "breaks": True}).enable(["table", "strikethrough"])
    return tuple(blocks_of(parse(f"<body>{renderer.render(text)}</body>", name)))


def _with_rule(table: re.Match[str]) -> str:
    """Lines of cells as a table, also where the line of dashes that Markdown wants under the first is missing."""
    lines = table.group(1).splitlines()
    if len(lines) < 2 or any(re.fullmatch(r"[|\s:-]+", line) and "-" in line for line in lines):
        return table.group()
    width = max(line.strip().strip("|").count("|") for line in lines) + 1
    return "\n".join(["", "|" + " |" * width, "|" + "---|" * width, *lines, ""])


def _plain(note: str) -> str:
    blocks = _blocks(" ".join(note.split()), "note")
    return " ".join(block.text for block in blocks)


def _front_matter(text: str) -> dict[str, list[str]]:
    """Keys and values of simple front matter; nested structures are passed over."""
    declared: dict[str, list[str]] = {}
    values: list[str] = []
    for line in text.splitlines():
        if found := re.match(r"([A-Za-z_-]+):\s*(.*)", line):
            values = declared.setdefault(found.group(1).lower(), [])
            inner = found.group(2).strip().removeprefix("[").removesuffix("]") if "[" in line else found.group(2)
            values += [_unquoted(part) for part in (inner.split(",") if "[" in line else [inner]) if part.strip()]
        elif found := re.match(r"\s*-\s+(?:name:\s*)?(.+)", line):
            values.append(_unquoted(found.group(1)))
    return declared


def _unquoted(value: str) -> str:
    return value.strip().strip("\"'").strip()


def _first(declared: dict[str, list[str]], *names: str) -> str | None:
    return next((values[0] for name in names if (values := declared.get(name))), None)
