"""DOCX to blocks by way of HTML: headings, nested lists, tables, text boxes and footnotes, comments left out."""

import io
import zipfile
import zlib
from xml.parsers.expat import ExpatError

import mammoth
from lxml import etree

from ingest.briefing import SourceFile
from ingest.errors import UnreadableFile
from ingest.extract import Extract
from ingest.formats.declared import people, title_of
from ingest.formats.html import parse
from ingest.formats.walk import blocks_of

_PICTURES = "holds pictures and little text: run OCR on the pictures to have them read"
_FAULTS = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError)
_UNPACKED_LIMIT = 256 * 1024 * 1024
# About three thousand pages; more takes minutes and is no briefing.
_TEXT_LIMIT = 16 * 1024 * 1024
_KINDS = {
    "h1.title": ("Title",),
    "p": ("Subtitle",),
    "blockquote > p": ("Quote", "Intense Quote", "Block Text"),
    "figcaption": ("Caption", "caption", "Image Caption", "Table Caption"),
}
_STYLES = "\n".join(f"p[style-name='{name}'] => {kind}:fresh" for kind, names in _KINDS.items() for name in names)


def read_docx(source: SourceFile) -> Extract:
    """The blocks of a Word document and its core properties; nothing that it links to is fetched."""
    pictures = _check(source)
    try:
        html = mammoth.convert_to_html(
            io.BytesIO(source.data),
            style_map=_STYLES,
            # A style map inside the file could hide text, so only ours counts.
            include_embedded_style_map=False,
            convert_image=mammoth.images.img_element(lambda _: {}),
            external_file_access=False,
        ).value
    except (*_FAULTS, ExpatError, LookupError, AttributeError, ValueError, TypeError, RecursionError) as exc:
        raise _damaged(source) from exc
    blocks = tuple(blocks_of(parse(f"<body>{html}</body>", source.name)))
    if pictures and not blocks:
        advice = "Run text recognition (OCR) on the pictures, or save as PDF and run OCRmyPDF on that"
        raise UnreadableFile(source.name, "needs_ocr", "holds pictures only, no text", advice)
    properties = _properties(source)
    return Extract(
        blocks=blocks,
        title=title_of(properties.get("title", "")),
        authors=people(properties.get("creator", "")),
        publisher=properties.get("publisher"),
        warnings=(_PICTURES,) if pictures and sum(len(block.text) for block in blocks) < 300 else (),
    )


def _check(source: SourceFile) -> bool:
    """Whether the file holds pictures; UnreadableFile for bombs and for files that are cut short."""
    try:
        with zipfile.ZipFile(io.BytesIO(source.data)) as archive:
            members = archive.infolist()
            text = sum(member.file_size for member in members if member.filename.endswith(".xml"))
            if text > _TEXT_LIMIT or sum(member.file_size for member in members) > _UNPACKED_LIMIT:
                what = f"unpacks to more than {_TEXT_LIMIT // 2**20} MB of text or {_UNPACKED_LIMIT // 2**20} MB in all"
                raise UnreadableFile(source.name, "too_large", what, "Split the document, or leave its pictures out")
            if any(member.flag_bits & 1 for member in members):
                advice = "Open it, remove the password, save it and add it again"
                raise UnreadableFile(source.name, "encrypted", "is protected with a password", advice)
            for member in members:
                if member.filename.endswith((".xml", ".rels")) and _declares_entities(archive.read(member)):
                    advice = "Open it in Word and save it again as DOCX"
                    raise UnreadableFile(
                        source.name, "damaged", "declares XML entities, which no Word document does", advice
                    )
            return any("/media/" in member.filename for member in members)
    except _FAULTS as exc:
        raise _damaged(source) from exc


def _declares_entities(xml: bytes) -> bool:
    return b"<!" in xml.replace(b"\0", b"")[:4096].replace(b"<!--", b"").replace(b"<![CDATA[", b"")


def _damaged(source: SourceFile) -> UnreadableFile:
    advice = "Open it in Word or LibreOffice, let it repair the file, and save it again"
    return UnreadableFile(source.name, "damaged", "is cut short or damaged", advice)


def _properties(source: SourceFile) -> dict[str, str]:
    """Title, creator and so on from docProps/core.xml, where there is one."""
    with zipfile.ZipFile(io.BytesIO(source.data)) as archive:
        if "docProps/core.xml" not in archive.namelist():
            return {}
        parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=True)
        root = etree.fromstring(archive.read("docProps/core.xml"), parser)
    elements = [] if root is None else [child for child in root if isinstance(child.tag, str)]
    return {etree.QName(child).localname: child.text.strip() for child in elements if (child.text or "").strip()}
