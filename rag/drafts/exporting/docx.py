"""A draft as a Word document whose citations are real footnotes."""

import io
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

import docx
from docx.document import Document as Word
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import XmlPart
from docx.oxml.ns import qn
from docx.oxml.parser import OxmlElement
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Cm, Emu, Pt, RGBColor
from docx.table import _Cell
from docx.text.paragraph import Paragraph

from rag.drafts.exporting.document import Document, Listing, Note, Part, Reference, Table, Text

_STYLES = {"paragraphs": "Normal", "bullets": "List Bullet", "boxes": "List"}
_NOTE_TEXT, _NOTE_MARK, _TABLE_TEXT = "footnote text", "footnote reference", "Table Text"
_WARNING = RGBColor(0xA3, 0x00, 0x00)
_WIDTH = Cm(16.4)
# So many rows with notes a table: a longer one LibreOffice breaks after two or three rows, and leaves pages empty.
_STRETCH = 6


def write_docx(document: Document) -> bytes:
    """The document in WordprocessingML, on A4, its language British English, its author left empty."""
    word = docx.Document()
    _describe(word, document.title)
    _lay_out(word, document.handling)
    for mark in document.handling:
        _set_marks(word.add_paragraph(), mark)
    word.add_paragraph(document.title, style="Title")
    for line in document.about:
        paragraph = word.add_paragraph()
        paragraph.paragraph_format.space_after = Pt(2)
        paragraph.add_run(line).italic = True
    for part in document.parts:
        _add_part(word, part)
    _add_footnotes(word, document.notes)
    written = io.BytesIO()
    word.save(written)
    return written.getvalue()


def _describe(word: Word, title: str) -> None:
    """What the file says about itself, in place of what the library's template says."""
    properties, now = word.core_properties, datetime.now(UTC)
    properties.title, properties.language = title[:255], "en-GB"
    properties.author = properties.last_modified_by = properties.comments = ""
    properties.created = properties.modified = now
    for language in word.styles.element.iter(qn("w:lang")):
        language.set(qn("w:val"), "en-GB")
    for language in word.settings.element.iter(qn("w:themeFontLang")):
        language.set(qn("w:val"), "en-GB")
    for setting in word.settings.element.iter(qn("w:compatSetting")):
        if setting.get(qn("w:name")) == "compatibilityMode":
            setting.set(qn("w:val"), "15")
    relations = word.part.package.rels
    for name in [name for name, one in relations.items() if one.reltype == RELATIONSHIP_TYPE.THUMBNAIL]:
        del relations[name]


def _lay_out(word: Word, handling: tuple[str, ...]) -> None:
    """Page, styles, page numbers, and the handling marks again at the head of each later page."""
    section = word.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.3)
    section.top_margin = section.bottom_margin = Cm(2.4)
    section.different_first_page_header_footer = True
    _set_marks(section.header.paragraphs[0], " · ".join(handling))
    for footer in (section.first_page_footer, section.footer):
        footer.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.CENTER
        footer.paragraphs[0]._p.append(_field("PAGE", "1"))
    for name in (_NOTE_TEXT, _TABLE_TEXT):
        text = word.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH, builtin=name == _NOTE_TEXT)
        text.base_style, text.font.size = word.styles["Normal"], Pt(9)
        text.paragraph_format.space_after, text.paragraph_format.line_spacing = Pt(2), 1
    mark_style = word.styles.add_style(_NOTE_MARK, WD_STYLE_TYPE.CHARACTER, builtin=True)
    mark_style.font.superscript = True


def _set_marks(paragraph: Paragraph, marks: str) -> None:
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.paragraph_format.space_after = Pt(2)
    paragraph.add_run(marks).bold = True


def _add_part(word: Word, part: Part) -> None:
    if part.heading:
        word.add_heading(part.heading, 1)
    for block in part.blocks:
        if isinstance(block, Table):
            _add_tables(word, block)
        else:
            _add_listing(word, block)


def _add_listing(word: Word, listing: Listing) -> None:
    for item in listing.items:
        paragraph = word.add_paragraph(style=_STYLES[listing.kind])
        if listing.kind == "boxes":
            paragraph.add_run("☐\t")
        _write(word, paragraph, item)


def _add_tables(word: Word, table: Table) -> None:
    """The table, one with notes in stretches, with a line as good as empty between two."""
    noted = any(isinstance(one, Reference) and not one.again for row in table.rows for text in row for one in text)
    length = _STRETCH if noted else len(table.rows)
    for start in range(0, len(table.rows), length):
        if start:
            between = word.add_paragraph().paragraph_format
            between.line_spacing, between.space_after = Pt(4), Pt(0)
        _add_table(word, replace(table, rows=table.rows[start : start + length]))


def _add_table(word: Word, table: Table) -> None:
    """The table, its header repeated on each page."""
    made = word.add_table(1, len(table.header), style="Table Grid")
    made.autofit = False
    made.rows[0]._tr.get_or_add_trPr().append(_element("tblHeader"))
    for cell, name in zip(made.rows[0].cells, table.header, strict=True):
        _narrow(cell).add_run(name).bold = True
    for row in table.rows:
        added = made.add_row()
        for cell, text in zip(added.cells, row, strict=True):
            _write(word, _narrow(cell), text)
    for column, share in zip(made.columns, table.widths, strict=True):
        column.width = Emu(_WIDTH * share // sum(table.widths))


def _narrow(cell: _Cell) -> Paragraph:
    paragraph: Paragraph = cell.paragraphs[0]
    paragraph.style = _TABLE_TEXT
    return paragraph


def _write(word: Word, paragraph: Paragraph, text: Text) -> None:
    for one in text:
        if isinstance(one, Reference):
            paragraph._p.extend(_reference(word, one))
            continue
        run = paragraph.add_run(one.text)
        run.italic = True if one.manner == "aside" else None
        if one.manner == "mark":
            run.bold, run.font.color.rgb = True, _WARNING


def _reference(word: Word, one: Reference) -> list[BaseOxmlElement]:
    """The mark of a footnote, bookmarked; where it comes again, a field with the number that the bookmark has."""
    name = f"_Note{one.number}"
    if one.again:
        return [_field(f"NOTEREF {name} \\f \\h", str(one.number), _marked(word))]
    place = str(one.number)
    mark = _element("r", _marked(word), _element("footnoteReference", id=place))
    return [_element("bookmarkStart", id=place, name=name), mark, _element("bookmarkEnd", id=place)]


def _add_footnotes(word: Word, notes: tuple[Note, ...]) -> None:
    """The part of the file that holds the footnotes, with the two separators that Word asks for."""
    style = word.styles[_NOTE_TEXT].style_id
    notes_part = _element(
        "footnotes",
        _element("footnote", _element("p", _element("r", _element("separator"))), type="separator", id="-1"),
        _element(
            "footnote",
            _element("p", _element("r", _element("continuationSeparator"))),
            type="continuationSeparator",
            id="0",
        ),
    )
    for note in notes:
        look = _element("pPr", _element("pStyle", val=style))
        mark = _element("r", _marked(word), _element("footnoteRef"))
        words = _element("r", _text(f" “{note.quote}” — {note.place}"))
        notes_part.append(_element("footnote", _element("p", look, mark, words), id=str(note.number)))
    name = PackURI("/word/footnotes.xml")
    part = XmlPart(name, CONTENT_TYPE.WML_FOOTNOTES, notes_part, word.part.package)
    word.part.relate_to(part, RELATIONSHIP_TYPE.FOOTNOTES)
    separators = _element("footnotePr", _element("footnote", id="-1"), _element("footnote", id="0"))
    # The schema wants it in front of the compatibility settings.
    word.settings.element.find(qn("w:compat")).addprevious(separators)


def _marked(word: Word) -> BaseOxmlElement:
    return _element("rPr", _element("rStyle", val=word.styles[_NOTE_MARK].style_id))


def _field(code: str, shown: str, look: BaseOxmlElement | None = None) -> BaseOxmlElement:
    """A field that Word computes, and what it shows until then."""
    run = _element("r", *([look] if look is not None else []), _text(shown))
    return _element("fldSimple", run, instr=f" {code} ")


def _text(words: str) -> BaseOxmlElement:
    made = _element("t")
    made.set(qn("xml:space"), "preserve")
    made.text = words
    return made


def _element(tag: str, /, *children: BaseOxmlElement, **attributes: str) -> BaseOxmlElement:
    """An element of WordprocessingML."""
    written: Mapping[str, str] = {qn(f"w:{key}"): value for key, value in attributes.items()}
    made = OxmlElement(f"w:{tag}", dict(written))
    made.extend(children)
    return made
