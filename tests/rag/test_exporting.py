"""Exported drafts, read back from their files: every note stands behind the right sentence and quotes its source."""

import re
import shutil
import subprocess
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from lxml import html as lxml_html
from markdown_it import MarkdownIt

from ingest.errors import YardstickError
from rag.answer import Citation, Claim, Finding
from rag.drafts.draft import Cell, Draft, Line, Section, Source
from rag.drafts.exporting import FORMATS, export, markdown
from rag.drafts.exporting.document import clean
from rag.drafts.exporting.marks import highest_first

PUBLISHED = date(2026, 3, 4)
WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
TOO_STRONG = Finding("upgraded", "“will” says more than “likely”.", "severe", 0, 4)
PLAIN = (
    "Tavia is unlikely to win the ferry concession.",
    "The “Grand Pier” is likely to close — for good — by June.",
    "Łódź, Târgoviște, Ёлка, Αθήνα: the harbour is almost certain to reopen.",
)
HOSTILE = (
    "<script>alert(1)</script> is likely & <b>bold</b> &amp; &#42;",
    "![x](http://a.example/x.png) [link](javascript:alert(1)) is unlikely <http://b.example> www.c.example a@d.example",
    "| a | b | is likely | `code` ``x`` *bold* _it_ ~~no~~ [^1] [^1]: none",
    '# 1. It is likely: - so + so = so > so \\ \\| $x$ {y} #import "z" <note-1> @note-1',
    "- a list is likely",
    "12) a number is likely",
    "A null\x00 and a bell\x07 and \x1b[31m and \x85 are\nlikely\r\n# heading\n\n> quote",
    "הממשלה likely תיפול, الحكومة unlikely",
    "The override \u202elikely\u202c and its end.",
    "It is likely that " + "the ferry and the pier and the dyke " * 80 + "fail.",
    "Half a pair \ud800 is likely, \ufffe and \uffff too.",
    "北京 and 😀 and a\u1ab0 are likely.",
    ":smile: and \"quotes\" and 'quotes' &c. are likely ===",
)
# What the file has to show of a line: its text with the numbers of its notes in it, "⟦1⟧", and each note by its number.
Shown = tuple[list[str], dict[str, str]]


def cited(quote: str, title: str = "The Vello Straits", section: str = "Forecast") -> Citation:
    return Citation("b1", title, PUBLISHED, section, "short", 3, 0, len(quote), quote)


def quoted(quote: str, **other: str) -> Line:
    return Line(Claim(quote, (cited(quote, **other),)))


def drafted(*sections: Section, title: str = "Ferries", missing: tuple[Line, ...] = ()) -> Draft:
    source = Source("b1", "The Vello Straits", PUBLISHED, "Saltmarsh Observatory", "PHIA yardstick", "OFFICIAL")
    other = Source("b2", "The Long Pier", None, "", "", "OFFICIAL-SENSITIVE")
    return Draft("digest", "plain", title, sections, (source, other), date(2026, 10, 1), missing)


def bulleted(*lines: Line) -> Draft:
    return drafted(Section("What is judged", "bullets", lines))


def row(quote: str) -> Line:
    cell = Cell(quote, "likely", "likely", "short", "if it rains", "author", PUBLISHED, date(2026, 6, 4))
    return replace(quoted(quote), cell=cell)


def everything(texts: tuple[str, ...]) -> Draft:
    """Each text as a paragraph, a bullet and a row, so that each note is referred to three times and more."""
    return drafted(
        Section(texts[0], "text", tuple(map(quoted, texts))),
        Section("What is judged", "bullets", tuple(map(quoted, texts))),
        Section("Key judgements", "table", tuple(map(row, texts))),
        title=texts[0],
    )


def markdown_shown(path: Path) -> Shown:
    text = re.sub(r"\[\^(\d+)\]", r"⟦\1⟧", path.read_text(encoding="utf-8"))
    units, notes = [], {}
    for unit in markdown_units(text):
        if note := re.match(r"⟦(\d+)⟧: (.*)\Z", unit):
            notes[note[1]] = note[2]
        else:
            units.append(unit)
    return units, notes


def markdown_units(text: str) -> Iterator[str]:
    """The text of each block and row as a reader shows it; fails on links, pictures and markup that is not ours."""
    depth, cells = 0, list[str]()
    for token in MarkdownIt("commonmark", {"linkify": False}).enable("table").parse(text):
        assert token.type not in ("html_block", "fence", "code_block", "blockquote_open", "ordered_list_open", "hr")
        depth += {"tr_open": 1, "tr_close": -1}.get(token.type, 0)
        if token.type == "inline":
            allowed = {"text", "em_open", "em_close", "strong_open", "strong_close", "text_special"}
            assert {child.type for child in token.children} <= allowed
            cells.append("".join(child.content for child in token.children))
        if cells and not depth:
            yield " ".join(cells)
            cells = []


def html_shown(path: Path) -> Shown:
    page = lxml_html.document_fromstring(path.read_bytes())
    places = {one.get("id"): one for one in page.iter() if one.get("id")}
    assert not page.xpath("//script | //img | //link | //iframe | //*[@src] | //*[@*[starts-with(name(), 'on')]]")
    for link in page.iter("a"):
        assert link.get("href")[1:] in places, link.get("href")
    notes = {}
    for number in (name[5:] for name in places if name.startswith("note-")):
        notes[number] = places[f"note-{number}"].text_content()
        assert places[f"reference-{number}"].get("href") == f"#note-{number}"
    for mark in page.iter("sup"):
        mark.text, mark[0].text = "⟦", mark[0].get("href").removeprefix("#note-")
        mark[0].tail = "⟧"
    units = page.xpath("//h1 | //h2 | //p | //tr | //li[not(@id)]")
    return [unit.text_content() for unit in units], notes


def docx_shown(path: Path) -> Shown:
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        body = etree.fromstring(archive.read("word/document.xml"))
        footnotes = etree.fromstring(archive.read("word/footnotes.xml"))
        relations = archive.read("word/_rels/document.xml.rels").decode()
        assert 'Target="footnotes.xml"' in relations
        assert "/word/footnotes.xml" in archive.read("[Content_Types].xml").decode()
    notes = {note.get(f"{WORD}id"): "".join(note.itertext()) for note in footnotes}
    bookmarks = {one.get(f"{WORD}name"): one.get(f"{WORD}id") for one in body.iter(f"{WORD}bookmarkStart")}
    for field in body.iter(f"{WORD}fldSimple"):
        (number,) = field.itertext()
        _, name, *_ = field.get(f"{WORD}instr").split()
        assert bookmarks[name] == number
        next(field.iter(f"{WORD}t")).text = f"⟦{number}⟧"
    for mark in body.iter(f"{WORD}footnoteReference"):
        mark.text = f"⟦{mark.get(f'{WORD}id')}⟧"
    units = [one for one in body.iter(f"{WORD}p", f"{WORD}tr") if next(one.iterancestors(f"{WORD}tr"), None) is None]
    return ["".join(unit.itertext()) for unit in units], {key: text for key, text in notes.items() if int(key) > 0}


def pdf_text(path: Path) -> str:
    """The text of a PDF without its spaces, which differ with where lines are broken."""
    pdf = pypdfium2.PdfDocument(path)
    text = "".join(page.get_textpage().get_text_bounded() for page in pdf)
    pdf.close()
    return squeezed(text)


def squeezed(text: str) -> str:
    return "".join(text.split()).replace("\ufffe", "-")


READERS: dict[str, Callable[[Path], Shown]] = {".md": markdown_shown, ".html": html_shown, ".docx": docx_shown}


@pytest.mark.parametrize("suffix", READERS)
@pytest.mark.parametrize("texts", [PLAIN, HOSTILE], ids=["plain", "hostile"])
def test_each_note_leads_from_its_sentence_to_the_quotation(
    suffix: str, texts: tuple[str, ...], tmp_path: Path
) -> None:
    file = tmp_path / f"draft{suffix}"
    export(everything(texts), file)
    units, notes = READERS[suffix](file)
    assert len(notes) == len(texts)
    for text in texts:
        (number,) = [key for key, note in notes.items() if f"“{clean(text)}” — The Vello Straits, 4 March 2026" in note]
        assert "Forecast, short-term, p. 3" in notes[number]
        here = [unit for unit in units if clean(text) in unit and f"⟦{number}⟧" in unit]
        # The paragraph, the bullet, the row, and the row of each source term, if the sentence has one.
        assert len(here) >= 3
        assert all(set(re.findall(r"⟦(\d+)⟧", unit)) == {number} for unit in here)
        assert sum(unit.startswith(f"{clean(text)}⟦") for unit in here) == 2


def test_each_note_of_a_pdf_is_found_in_its_text(tmp_path: Path) -> None:
    file = tmp_path / "draft.pdf"
    export(everything(PLAIN), file)
    text = pdf_text(file)
    for number, line in enumerate(PLAIN, start=1):
        assert text.count(squeezed(f"{line}{number}")) >= 2
        assert squeezed(f"{number}“{line}” — The Vello Straits, 4 March 2026, Forecast, short-term, p. 3") in text


def test_hostile_text_is_only_text_in_a_pdf(tmp_path: Path) -> None:
    file = tmp_path / "draft.pdf"
    left_to_right = [text for text in HOSTILE if not re.search("[\u0590-\u06ff\u202e\u5317]", text)]
    export(everything(tuple(left_to_right)), file)
    text = pdf_text(file)
    for line in left_to_right:
        # The longest is broken over pages, and notes come between.
        assert text.count(squeezed(clean(line))) >= (4 if len(line) < 1000 else 1)


def test_a_letter_that_no_font_has_shows_as_its_code(tmp_path: Path) -> None:
    file = tmp_path / "draft.pdf"
    export(bulleted(quoted("\uf0b7 The \U00012345 pier and the a\u1ab0 quay are likely to close.")), file)
    text = pdf_text(file)
    assert "[U+F0B7]The" in text
    assert "\U00012345pier" in text or "[U+12345]pier" in text
    assert "likelytoclose" in text


@pytest.mark.parametrize("suffix", FORMATS)
def test_two_hundred_lines_are_written_whole(suffix: str, tmp_path: Path) -> None:
    texts = [f"The ferry to isle {number} is likely to be late." for number in range(200)]
    file = tmp_path / f"draft{suffix}"
    export(bulleted(*map(quoted, texts)), file)
    if suffix == ".pdf":
        text = pdf_text(file)
        assert all(squeezed(f"{number + 1}“{line}”") in text for number, line in enumerate(texts))
    else:
        units, notes = READERS[suffix](file)
        assert all(f"{line}⟦{number + 1}⟧" in units for number, line in enumerate(texts))
        assert len(notes) == 200


def text_of(draft: Draft, suffix: str, folder: Path, **options: str) -> str:
    """Everything that the file says, without spaces."""
    file = folder / f"draft{suffix}"
    export(draft, file, **options)
    if suffix == ".pdf":
        return pdf_text(file)
    units, notes = READERS[suffix](file)
    return squeezed("\n".join((*units, *notes.values())))


OPEN = Line(Claim("Tavia will win the concession.", (cited(PLAIN[0]),), (TOO_STRONG,), "edited"))


@pytest.mark.parametrize("suffix", FORMATS)
def test_an_open_finding_is_marked_or_left_out(suffix: str, tmp_path: Path) -> None:
    draft = bulleted(OPEN, quoted(PLAIN[1]))
    marked = text_of(draft, suffix, tmp_path)
    assert marked.count(squeezed(OPEN.claim.text)) == marked.count(squeezed(f"[unverified] {OPEN.claim.text}")) + 1
    assert squeezed(f"taken out: “{OPEN.claim.text}” (“will” says more than “likely”)") in marked
    omitted = text_of(draft, suffix, tmp_path, unverified="omit")
    assert squeezed(OPEN.claim.text) not in omitted
    assert squeezed(PLAIN[0]) not in omitted
    assert squeezed(PLAIN[1]) in omitted
    assert squeezed("1 sentence with open findings left out.") in omitted


def test_an_open_row_of_a_table_is_marked_with_the_words_as_edited() -> None:
    edited = replace(row(PLAIN[0]), claim=OPEN.claim, original=row(PLAIN[0]).claim)
    told = markdown(drafted(Section("Key judgements", "table", (edited,))))
    assert "| **\\[unverified\\]** Tavia will win the concession. | likely | short-term, 4 March 2026 to 4 June" in told


@pytest.mark.parametrize("suffix", FORMATS)
def test_the_checklist_carries_what_was_accepted_missing_and_over(suffix: str, tmp_path: Path) -> None:
    accepted = replace(OPEN, accepted="agreed with the desk", original=Claim(PLAIN[0], OPEN.claim.citations))
    over = replace(quoted(PLAIN[1]), lead="On 4 March 2026:", note="window ended 4 June 2026")
    replaced = Line(Claim(PLAIN[2], (cited(PLAIN[2]),), (TOO_STRONG,), "replaced", "It will reopen."))
    missing = quoted("A bridge is almost certain to replace the ferries.")
    draft = replace(bulleted(accepted, over, replaced), missing=(missing,), model="local:one", prompt="draft 3")
    text = text_of(draft, suffix, tmp_path)
    for told in (
        "OFFICIAL-SENSITIVE OFFICIAL Ferries As of 1 October 2026. Written by the model local:one",
        "with the prompt draft 3.",
        f"On 4 March 2026: {PLAIN[1]}",
        "[window ended 4 June 2026]",
        "Judgements not covered",
        missing.claim.text,
        "The Vello Straits — PHIA yardstick",
        "The Long Pier — names no scale",
        "3 lines read against the notes",
        "1 line edited",
        "1 line whose window has ended",
        "1 quotation in place of a model’s sentence",
        "1 required judgement not covered",
        "Reason: agreed with the desk",
        "Handling mark kept: The Long Pier (OFFICIAL-SENSITIVE)",
    ):
        assert squeezed(told) in text, told
    assert "unverified" not in text


def test_source_terms_are_told_as_the_source_has_them() -> None:
    told = markdown(bulleted(quoted("It is highly likely that the pier closes and unlikely that it reopens.")))
    assert "| highly likely; unlikely | It is highly likely that the pier closes and unlikely that" in told
    told = markdown(bulleted(quoted("The pier is not likely to close."), quoted("Nobody thinks it is likely.")))
    assert "| not likely | The pier is not likely to close. |" in told
    assert r"| \[not\] likely | Nobody thinks it is likely. |" in told
    headed = Cell("the pier closes", "likely", "likely", "none", "", "the guild")
    told = markdown(drafted(Section("", "table", (replace(quoted("The pier closes."), cell=headed),))))
    assert "| likely | The pier closes. |" in told
    assert "| the pier closes *\\[judged by the guild\\]* | likely | none named |" in told


def test_a_line_without_a_cell_stands_beneath_the_table() -> None:
    told = markdown(drafted(Section("Key judgements", "table", (row(PLAIN[0]), quoted(PLAIN[1])))))
    assert f"\n- {PLAIN[1]}[^2]\n" in told


@pytest.mark.parametrize(
    ("marks", "order"),
    [
        (("OFFICIAL", "", "SECRET", "OFFICIAL"), ("SECRET", "OFFICIAL")),
        (("TLP:GREEN", "TLP:AMBER", "TLP:AMBER+STRICT"), ("TLP:AMBER+STRICT", "TLP:AMBER", "TLP:GREEN")),
        (
            ("OFFICIAL", "Official - Sensitive", "NATO RESTRICTED"),
            ("NATO RESTRICTED", "Official - Sensitive", "OFFICIAL"),
        ),
        (("UNCLASSIFIED", "SECRET", "PIER EYES ONLY"), ("UNCLASSIFIED", "SECRET", "PIER EYES ONLY")),
        (("", ""), ()),
    ],
)
def test_handling_marks_stand_highest_first(marks: tuple[str, ...], order: tuple[str, ...]) -> None:
    assert highest_first(marks) == order


@pytest.mark.parametrize("suffix", [".rtf", ""])
def test_another_format_is_refused(suffix: str, tmp_path: Path) -> None:
    with pytest.raises(YardstickError, match=r"\.docx, \.md, \.html or \.pdf"):
        export(bulleted(quoted(PLAIN[0])), tmp_path / f"draft{suffix}")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["missing/draft.md", "folder.md", "n" * 300 + ".md"])
def test_what_cannot_be_written_is_told(name: str, tmp_path: Path) -> None:
    (tmp_path / "folder.md").mkdir()
    with pytest.raises(YardstickError, match="name a folder"):
        export(bulleted(quoted(PLAIN[0])), tmp_path / name)
    assert [one.name for one in tmp_path.iterdir()] == ["folder.md"]


@pytest.mark.parametrize("suffix", [*FORMATS, ".DOCX"])
def test_an_existing_file_is_replaced_whole(suffix: str, tmp_path: Path) -> None:
    file = tmp_path / f"draft{suffix}"
    file.write_bytes(b"old" * 100_000)
    export(bulleted(quoted(PLAIN[0])), file)
    assert b"oldold" not in file.read_bytes()
    assert list(tmp_path.iterdir()) == [file]


def test_a_page_allows_nothing_but_its_own_style(tmp_path: Path) -> None:
    file = tmp_path / "draft.html"
    export(bulleted(quoted(PLAIN[0])), file)
    page = lxml_html.document_fromstring(file.read_bytes())
    (policy,) = page.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "url(" not in page.findtext(".//style")


def test_a_word_file_names_no_author_and_speaks_british_english(tmp_path: Path) -> None:
    file = tmp_path / "draft.docx"
    export(bulleted(quoted(PLAIN[0])), file)
    with zipfile.ZipFile(file) as archive:
        core = etree.fromstring(archive.read("docProps/core.xml"))
        languages = re.findall(rb'w:lang w:val="(.*?)"', archive.read("word/styles.xml"))
        assert not [name for name in archive.namelist() if "thumbnail" in name]
    told = {etree.QName(one).localname: one.text for one in core}
    assert told["title"] == "Ferries"
    assert not told["creator"]
    assert not told["lastModifiedBy"]
    assert set(languages) == {b"en-GB"}


ANY_TEXT = st.text(max_size=60) | st.text("ab1.:-+*_`#|[]()<>&!\\~$\"' \n\t\x00^=@w{}/", max_size=40)


@settings(deadline=None, max_examples=200)
@given(ANY_TEXT)
def test_any_text_survives_markdown(text: str) -> None:
    line = replace(row(f"x {text}"), lead=text, note="ended")
    draft = drafted(
        Section(text, "bullets", (quoted(text), quoted(f"{text} x"))), Section("", "table", (line,)), title=f"y {text}"
    )
    units = list(markdown_units(markdown(draft)))
    words = clean(text)
    assert clean(f"y {text}") in units
    assert not words or words in units
    assert f"{words}[^1]" in units
    assert f"{clean(f'{text} x')}[^2]" in units
    row_of = f"{clean(f'x {text}')} likely short-term, 4 March 2026 to 4 June 2026 [ended]"
    assert any(unit.startswith(row_of) for unit in units)


@settings(deadline=None, max_examples=25)
@given(ANY_TEXT)
def test_any_text_survives_html_and_word(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    folder = tmp_path_factory.mktemp("any")
    for suffix in (".html", ".docx"):
        export(bulleted(quoted(f"x {text}")), folder / f"draft{suffix}")
        units, notes = READERS[suffix](folder / f"draft{suffix}")
        assert f"{clean(f'x {text}')}⟦1⟧" in units
        assert f"“{clean(f'x {text}')}” — The Vello Straits" in notes["1"]


@settings(deadline=None, max_examples=25)
@given(ANY_TEXT)
def test_any_text_can_be_printed(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    file = tmp_path_factory.mktemp("any") / "draft.pdf"
    export(bulleted(quoted(text), quoted(PLAIN[0])), file)
    assert squeezed(f"2“{PLAIN[0]}”") in pdf_text(file)


@pytest.mark.slow
def test_libreoffice_opens_a_word_file_with_its_footnotes(tmp_path: Path) -> None:
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("LibreOffice is not installed")
    export(everything(PLAIN), tmp_path / "draft.docx")
    command = [office, "--headless", f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--convert-to", "pdf"]
    subprocess.run(
        [*command, "--outdir", tmp_path, tmp_path / "draft.docx"], check=True, capture_output=True, timeout=240
    )
    text = pdf_text(tmp_path / "draft.pdf")
    for number, line in enumerate(PLAIN, start=1):
        assert squeezed(f"{number} “{line}” — The Vello Straits, 4 March 2026") in text
        assert text.count(squeezed(f"{line}{number}")) >= 2
