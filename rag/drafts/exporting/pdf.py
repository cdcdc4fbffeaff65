"""A draft as a PDF for the archive (PDF/A, tagged): text that can be selected, footnotes at the foot of the page."""

import json
import re
from dataclasses import asdict
from pathlib import Path

import typst

from rag.drafts.exporting.document import Document

# What Typst says of letters that no font at hand shows; the standards ask that there be none.
_NO_GLYPH = re.compile(r'the text `"(.+?)"` could not be displayed')
_ESCAPE = re.compile(r"\\u\{([0-9a-f]+)\}")
# Letters that each font may draw as it likes (the bullets of some word processors): an archive takes none.
_PRIVATE = re.compile("[\ue000-\uf8ff\U000f0000-\U0010ffff]")


def write_pdf(document: Document) -> bytes:
    """The document as a PDF; a character for which there is no font shows as its code, [U+5317]."""
    template = Path(__file__).with_name("page.typ").read_bytes()
    data = _PRIVATE.sub(lambda found: _code(found[0]), json.dumps(asdict(document), ensure_ascii=False))
    while True:
        try:
            return _compiled(template, data)
        except typst.TypstError as exc:
            spelt = _spelt(data, exc.diagnostic)
            if spelt == data:
                raise
            data = spelt


def _compiled(template: bytes, data: str) -> bytes:
    made = typst.compile(template, format="pdf", sys_inputs={"document": data}, pdf_standards=["a-2a", "ua-1"])
    assert isinstance(made, bytes)
    return made


def _spelt(data: str, diagnostic: str) -> str:
    """The data with the letters spelt out that lack a glyph; of a letter with its accents all but ASCII."""
    lacking = set(_NO_GLYPH.findall(_ESCAPE.sub(lambda found: chr(int(found[1], 16)), diagnostic)))
    for letters in sorted(lacking, key=len, reverse=True):
        data = data.replace(letters, "".join(char if char.isascii() else _code(char) for char in letters))
    return data


def _code(char: str) -> str:
    return f"[U+{ord(char):04X}]"
