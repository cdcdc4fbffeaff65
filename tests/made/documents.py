"""Small documents made by hand: a PDF from lines with their places, a DOCX from paragraphs in WordprocessingML."""

import io
import zipfile
from hashlib import sha256

from ingest.briefing import SourceFile
from ingest.extract import ExtractBlock
from ingest.formats import extract

Drawn = tuple[float, float, float, str] | tuple[float, float, float, str, str]
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/word/document.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)
_RELATIONS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
    'Target="word/document.xml"/></Relationships>'
)


def source(name: str, data: bytes | str) -> SourceFile:
    """A file of this name and content."""
    data = data.encode("utf-8") if isinstance(data, str) else data
    return SourceFile(name, data, sha256(data).hexdigest())


def blocks(name: str, data: bytes | str) -> list[tuple[str, int, str]]:
    """Kind, level and text of each block of a file."""
    return [(block.kind, block.level, block.text) for block in extracted(name, data)]


def extracted(name: str, data: bytes | str) -> tuple[ExtractBlock, ...]:
    """The blocks of a file."""
    return extract(source(name, data))[1].blocks


def pdf(*pages: list[Drawn], rotate: int = 0) -> bytes:
    """A PDF of letter size; each page is lines as (left, distance from the top, size, text, font = F or B for bold)."""
    kids = " ".join(f"{5 + 2 * place} 0 R" for place in range(len(pages)))
    objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Count {len(pages)}/Kids[{kids}]>>",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica-Bold/Encoding/WinAnsiEncoding>>",
    ]
    for place, page in enumerate(pages):
        drawn = "\n".join(_draw(*line) for line in page)
        objects.append(
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Rotate {rotate}/Contents {6 + 2 * place} 0 R"
            "/Resources<</Font<</F 3 0 R/B 4 0 R>>>>>>"
        )
        objects.append(f"<</Length {len(drawn)}>>stream\n{drawn}\nendstream")
    out, offsets = "%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n"
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    size = len(objects) + 1
    out += (
        f"xref\n0 {size}\n0000000000 65535 f \n{table}trailer<</Size {size}/Root 1 0 R>>\nstartxref\n{len(out)}\n%%EOF"
    )
    return out.encode("cp1252")


def _draw(left: float, top: float, size: float, text: str, font: str = "F") -> str:
    escaped = text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
    return f"BT /{font} {size} Tf {left} {792 - top} Td ({escaped}) Tj ET"


def docx(body: str, **parts: str | bytes) -> bytes:
    """A DOCX whose body is this WordprocessingML; further parts by name, `__` for the slash and `_dot_` for the dot."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", _TYPES)
        archive.writestr("_rels/.rels", _RELATIONS)
        archive.writestr("word/document.xml", f'<w:document xmlns:w="{_WORD}"><w:body>{body}</w:body></w:document>')
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return file.getvalue()


def paragraph(text: str, style: str = "", properties: str = "") -> str:
    """A paragraph of a DOCX."""
    styled = f'<w:pStyle w:val="{style}"/>' if style else ""
    return f"<w:p><w:pPr>{styled}</w:pPr><w:r>{properties}<w:t>{text}</w:t></w:r></w:p>"
