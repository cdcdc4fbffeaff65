"""A draft as one HTML page that asks for nothing outside itself and runs nothing."""

from base64 import b64encode
from hashlib import sha256
from html import escape
from pathlib import Path

from rag.drafts.exporting.document import Document, Listing, Note, Part, Reference, Run, Table, Text

_TAGS = {"said": "bdi", "aside": "i", "mark": "strong"}


def write_html(document: Document) -> bytes:
    """The document as a page; a note links back to where it is first referred to."""
    style = Path(__file__).with_name("page.css").read_text(encoding="utf-8")
    digest = b64encode(sha256(style.encode("utf-8")).digest()).decode("ascii")
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    title = escape(document.title)
    head = (
        '<meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="referrer" content="no-referrer">'
        f"<title>{title}</title><style>{style}</style>"
    )
    body = "\n".join(
        (
            *(f'<p class="handling">{escape(mark)}</p>' for mark in document.handling),
            f"<h1>{title}</h1>",
            *(f'<p class="about">{escape(line)}</p>' for line in document.about),
            *map(_part, document.parts),
            _notes(document.notes),
        )
    )
    page = f"<head>{head}</head>\n<body>\n<main>\n{body}\n</main>\n</body>"
    return f'<!DOCTYPE html>\n<html lang="en-GB">\n{page}\n</html>\n'.encode()


def _part(part: Part) -> str:
    heading = f"<h2>{escape(part.heading)}</h2>\n" if part.heading else ""
    blocks = "\n".join(_table(one) if isinstance(one, Table) else _listing(one) for one in part.blocks)
    return f"<section>\n{heading}{blocks}\n</section>"


def _listing(listing: Listing) -> str:
    items = [_written(item) for item in listing.items]
    if listing.kind == "paragraphs":
        return "\n".join(f"<p>{item}</p>" for item in items)
    if listing.kind == "boxes":
        items = [f'<label><input type="checkbox"> {item}</label>' for item in items]
    inside = "\n".join(f"<li>{item}</li>" for item in items)
    return f'<ul class="{listing.kind}">\n{inside}\n</ul>'


def _table(table: Table) -> str:
    header = "".join(f'<th scope="col">{escape(name)}</th>' for name in table.header)
    rows = "\n".join("<tr>" + "".join(f"<td>{_written(cell)}</td>" for cell in row) + "</tr>" for row in table.rows)
    columns = "".join(f'<col width="{width}%">' for width in table.widths)
    head = f"<colgroup>{columns}</colgroup>\n<thead><tr>{header}</tr></thead>"
    return f"<table>\n{head}\n<tbody>\n{rows}\n</tbody>\n</table>"


def _notes(notes: tuple[Note, ...]) -> str:
    if not notes:
        return ""
    inside = "\n".join(
        f'<li id="note-{note.number}">“<bdi>{escape(note.quote)}</bdi>” — <bdi>{escape(note.place)}</bdi> '
        f'<a href="#reference-{note.number}" aria-label="Back to the text">↩</a></li>'
        for note in notes
    )
    return f'<section class="notes">\n<h2>Notes</h2>\n<ol>\n{inside}\n</ol>\n</section>'


def _written(text: Text) -> str:
    return "".join(_reference(one) if isinstance(one, Reference) else _run(one) for one in text)


def _run(run: Run) -> str:
    return f"<{_TAGS[run.manner]}>{escape(run.text)}</{_TAGS[run.manner]}>"


def _reference(one: Reference) -> str:
    place = "" if one.again else f' id="reference-{one.number}"'
    return f'<sup><a href="#note-{one.number}"{place}>{one.number}</a></sup>'
