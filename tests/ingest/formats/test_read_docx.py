"""Word documents: styles, lists and tables to blocks; bombs and damage refused."""

import pytest
from documents import blocks, docx, extracted, paragraph, source

from ingest.errors import UnreadableFile
from ingest.formats import extract

_STYLES = (
    '<w:styles xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
    '<w:style w:type="paragraph" w:styleId="T"><w:name w:val="Title"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="H"><w:name w:val="heading 1"/></w:style></w:styles>'
)
_PART_OF_STYLES = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" '
    'Target="styles.xml"/></Relationships>'
)
_PROPERTIES = (
    '<p:coreProperties xmlns:p="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>Grain and bread</dc:title><dc:creator>{}</dc:creator>'
    "</p:coreProperties>"
)


def test_styles_and_a_table() -> None:
    cell = "<w:tc><w:p><w:r><w:t>{}</w:t></w:r></w:p></w:tc>"
    rows = "".join(f"<w:tr>{cell.format(a)}{cell.format(b)}</w:tr>" for a, b in [("Short", "A."), ("Long", "B.")])
    data = docx(
        paragraph("Grain", "T") + paragraph("Outlook", "H") + paragraph("Rain is likely.") + f"<w:tbl>{rows}</w:tbl>",
        word__styles_dot_xml=_STYLES,
        word___rels__document_dot_xml_dot_rels=_PART_OF_STYLES,
    )
    assert blocks("a.docx", data) == [
        ("title", 1, "Grain"),
        ("heading", 1, "Outlook"),
        ("paragraph", 0, "Rain is likely."),
        ("row", 0, "Short | A."),
        ("row", 0, "Long | B."),
    ]


def test_a_bold_line_set_apart_is_a_heading() -> None:
    bold = "<w:rPr><w:b/></w:rPr>"
    assert (
        blocks("a.docx", docx(paragraph("Text first.") + paragraph("Outlook", "", bold) + paragraph("Rain.")))[1][0]
        == "heading"
    )


@pytest.mark.parametrize(("creator", "authors"), [("Ada Pell", ("Ada Pell",)), ("Office User", ()), ("admin", ())])
def test_an_account_is_no_author(creator: str, authors: tuple[str, ...]) -> None:
    data = docx(paragraph("Rain is likely."), docProps__core_dot_xml=_PROPERTIES.format(creator))
    found = extract(source("a.docx", data))[1]
    assert (found.title, found.authors) == ("Grain and bread", authors)


def test_by_content_whatever_the_name() -> None:
    assert extract(source("a.txt", docx(paragraph("Rain."))))[0] == "docx"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (docx(paragraph("Rain."))[:400], "damaged"),
        (docx("<w:p><w:r>"), "damaged"),
        (docx(paragraph("x"), word__notes_dot_xml='<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'), "damaged"),
        (docx("<w:sdt><w:sdtContent>" * 20_000 + "</w:sdtContent></w:sdt>" * 20_000), "damaged"),
        (docx(""), "no_text"),
        (docx("", word__media__a_dot_png=b"x"), "needs_ocr"),
    ],
)
def test_what_cannot_be_read_says_why(data: bytes, reason: str) -> None:
    with pytest.raises(UnreadableFile) as caught:
        extracted("a.docx", data)
    assert caught.value.reason == reason


@pytest.mark.slow
def test_what_unpacks_to_too_much_is_not_unpacked() -> None:
    with pytest.raises(UnreadableFile) as caught:
        extracted("a.docx", docx(paragraph("x"), word__media__a_dot_bin=b"\0" * 300_000_000))
    assert caught.value.reason == "too_large"
