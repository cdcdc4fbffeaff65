"""Awkward files of real users: each is read or refused for its own reason; none crashes, hangs or comes out empty."""

import json
from pathlib import Path

import pytest

from ingest.errors import UnreadableFile
from ingest.formats import extract
from ingest.source import read_source

# For each file of the manifest: the reason why it is refused, or words that must be found in its text.
REFUSED = {
    "pdf_encrypted/r2-user-password.pdf": "encrypted",
    "pdf_encrypted/r6-user-password.pdf": "encrypted",
    "pdf_encrypted/libreoffice-writer-password.pdf": "encrypted",
    "pdf_encrypted/encrypted_doc_no_id.pdf": "needs_ocr",
    "pdf_encrypted/testUnicodePassword.pdf": "encrypted",
    "pdf_empty_tiny/empty.pdf": "no_text",
    "pdf_empty_tiny/blankpage.pdf": "damaged",
    "docx/empty.docx": "no_text",
    "docx/testWORD_truncated.docx": "damaged",
    "docx/testWORD_protected_passtika.docx": "encrypted",
    "doc_other_office/testWORD_macros.doc": "unsupported",
    "doc_other_office/testODTEncrypted.odt": "unsupported",
    "doc_other_office/testRTFCorruptListOverride.rtf": "unsupported",
    "doc_other_office/password_protected.xlsx": "encrypted",
    "doc_other_office/fake-power-point-malformed.pptx": "unsupported",
    "eml/empty.eml": "empty",
    "eml/fake-encrypted.msg": "unsupported",
    "text/empty.txt": "empty",
    "text/fake-text-all-whitespace.txt": "empty",
    "text/hebrew-text-base64-iso88598i.txt": "encoding",
}
READ = {
    "pdf_encrypted/r6-owner-password.pdf": "pdf encryption test",
    "pdf_encrypted/copy-protected.pdf": "Document Image Analysis",
    "pdf_encrypted/encryption_notextaccess.pdf": "This is a test document",
    "pdf_empty_tiny/text-tiny.pdf": "www.corkami.com",
    "pdf_empty_tiny/helloworld-bad.pdf": "Hello, world!",
    "pdf_layout/multi-column-2p.pdf": "TF-IDF or BM25",
    "pdf_layout/rotated-page-90.pdf": "Second line of text here",
    "pdf_layout/rotation.pdf": "landscape layout",
    "pdf_layout/fake-memo-with-duplicate-page.pdf": "20,000 bottles of water",
    "pdf_layout/layout-parser-paper-with-empty-pages.pdf": "Deep Learning",
    "pdf_layout/pagelabels.pdf": "Third section",
    "pdf_layout/testPageNumber.pdf": "This is page one.",
    "pdf_layout/testOptionalHyphen.pdf": "optional",
    "pdf_layout/text-find-ligatures.pdf": "ligature",
    "pdf_layout/text-backward.pdf": "moc.imakroc",
    "pdf_layout/SPARSE-2024-INV-1234_borderless_table.pdf": "SKU-8847",
    "pdf_fonts_languages/ArabicCIDTrueType.pdf": "الخطوط العربية",
    "pdf_fonts_languages/korean-text-with-tables.pdf": "적립 제외 대상",
    "pdf_fonts_languages/issue-791-non-unicode-cmap.pdf": "SURVW",
    "pdf_fonts_languages/has-bad-fonts.pdf": "TORONTO",
    "pdf_fonts_languages/multilang.pdf": "Привет",
    "pdf_size/i1040nr.pdf": "Substantial Presence Test",
    "pdf_size/federal-register-2020-17221.pdf": "Airworthiness Directives",
    "docx/NullHeader.docx": "Hundreds injured",
    "docx/test_recursive_embedded.docx": "embed",
    "docx/testOCR.docx": "This is some text.",
    "docx/footnotes.docx": "A tachyon walks into a bar.",
    "docx/comments.docx": "Ouch.",
    "docx/text-box.docx": "Datum plane",
    "docx/strict-format.docx": "Test",
    "docx/duplicate-paragraphs.docx": "some text some text",
    "docx/docx-hdrftr.docx": "Main document",
    "docx/tables-with-incomplete-rows.docx": "a | b",
    "docx/teams_chat.docx": "OK. Yeah.",
    "docx/handbook-872p.docx": "Table of Contents",
    "docx/docx_external_image.docx": "text before the image",
    "docx/testAttachedTemplate.docx": "Document with external attached template",
    "html/example-with-scripts.html": "Belarusian forces remain unlikely to attack",
    "html/test_serp.html": "Microsoft",
    "html/example-steelJIS-datasheet-utf-16.html": "Chemical composition",
    "html/fake-html-cp1252.html": "schöne Frau",
    "html/testHTMLNoisyMetaEncoding_1.html": "الاتحاد",
    "html/testArabicMisleadingCharset.html": "من",
    "html/testBrokenHTMLContainingRFC822.html": "A whole bunch of text.",
    "eml/fake-email-utf-16.eml": "Roses are red",
    "eml/fake-email-malformed-encoding.eml": "Violets are blue",
    "eml/email-no-utf8-2014-03-17.111517.eml": "was recently changed.",
    "eml/email-replace-mime-encodings-error-1.eml": "meeting",
    "eml/mime-different-plain-html.eml": "This is the text/plain part.",
    "eml/fake-email-attachment.eml": "Lots of whitespace",
    "text/fake-text-utf-16-le.txt": "This is a test document",
    "text/umlauts-non-utf8.md": "können",
    "text/UDHR_first_article_all.txt": "Universal Declaration of Human Right",
    "text/fake-incomplete-json.txt": "John Doe",
}
# Hundreds of pages.
LONG = ("pdf_size/i1040nr.pdf", "docx/handbook-872p.docx")
# What the reader of a file that can be read only in part must be told.
WARNED = {
    "pdf_fonts_languages/issue-791-non-unicode-cmap.pdf": "garbled",
    "docx/testOCR.docx": "OCR",
    "eml/fake-email-attachment.eml": "fake-attachment.txt",
    "html/fake-html-cp1252.html": "cp1252",
}
ABSENT = {
    "docx/comments.docx": "tachyon",
    "html/example-with-scripts.html": "function(",
    "eml/fake-email-attachment.eml": "Hey this is a fake attachment",
}


@pytest.fixture(scope="module")
def torture(shared: Path) -> Path:
    return shared / "torture"


def test_every_file_of_the_manifest_has_an_expectation(torture: Path) -> None:
    with (torture / "manifest.jsonl").open(encoding="utf-8") as manifest:
        names = {json.loads(line)["file"] for line in manifest}
    assert names == REFUSED.keys() | READ.keys()


@pytest.mark.parametrize("name", REFUSED)
def test_refused_with_its_own_reason(torture: Path, name: str) -> None:
    with pytest.raises(UnreadableFile) as caught:
        extract(read_source(torture / name))
    assert caught.value.reason == REFUSED[name]
    assert caught.value.advice


@pytest.mark.timeout(60)
@pytest.mark.parametrize("name", [pytest.param(name, marks=[pytest.mark.slow] * (name in LONG)) for name in READ])
def test_read(torture: Path, name: str) -> None:
    _, found = extract(read_source(torture / name))
    text = " ".join(" ".join(block.text for block in found.blocks).split())
    assert READ[name] in text
    assert text
    assert ABSENT.get(name, "\0") not in text
    assert WARNED.get(name, "") in " ".join(found.warnings)


def test_empty_pages_are_counted(torture: Path) -> None:
    _, found = extract(read_source(torture / "pdf_layout/layout-parser-paper-with-empty-pages.pdf"))
    assert {block.page for block in found.blocks} == {1, 4}


@pytest.mark.slow
def test_real_reports_are_read_and_scans_say_that_they_need_ocr(shared: Path) -> None:
    refused = {}
    for path in sorted((shared / "real").rglob("*.*")):
        if path.suffix in {".pdf", ".docx", ".md", ".txt"}:
            try:
                extract(read_source(path))
            except UnreadableFile as fault:
                refused[path.name] = fault.reason
    assert refused == {"UNIKOM_S_1997_740.pdf": "needs_ocr"}
