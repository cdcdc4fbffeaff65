"""PDF: reading order, paragraphs, headings and tables from where the characters stand."""

import pytest
from documents import Drawn, blocks, extracted, pdf, source

from ingest.errors import UnreadableFile
from ingest.formats import extract

WORDS = "The harvest failed in the north and the price of bread rose again in the capital and in both of the ports"


def column(left: float, top: float, text: str, wide: int = 40, size: float = 10) -> list[Drawn]:
    """A text set in lines of at most `wide` letters."""
    lines: list[str] = [""]
    for word in text.split():
        if len(lines[-1]) + len(word) > wide:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return [(left, top + 12 * place, size, line) for place, line in enumerate(lines)]


def flat(data: bytes) -> list[tuple[str, str]]:
    return [(kind, " ".join(text.split())) for kind, _, text in blocks("a.pdf", data)]


def test_title_headings_and_paragraphs() -> None:
    first, second = f"{WORDS}.", f"{WORDS} once more."
    page: list[Drawn] = [
        (72, 72, 20, "Grain and Bread"),
        (72, 110, 14, "Outlook", "B"),
        *column(72, 132, first, 90),
        *column(72, 170, second, 90),
        (72, 210, 10, "Drought", "B"),
        *column(72, 228, first, 90),
    ]
    assert flat(pdf(page)) == [
        ("heading", "Grain and Bread"),
        ("heading", "Outlook"),
        ("paragraph", first),
        ("paragraph", second),
        ("heading", "Drought"),
        ("paragraph", first),
    ]
    assert [level for kind, level, _ in blocks("a.pdf", pdf(page)) if kind == "heading"] == [1, 2, 3]


def test_two_columns_are_read_one_after_the_other() -> None:
    left, right = f"{WORDS} {WORDS} {WORDS}.", f"Second column. {WORDS} {WORDS}."
    page = [
        (72.0, 60.0, 18.0, "A headline that goes over both of the columns"),
        *column(72, 100, left),
        *column(330, 100, right),
    ]
    assert flat(pdf(page))[1:] == [("paragraph", left), ("paragraph", right)]


def test_a_paragraph_goes_on_over_the_page_and_heads_and_numbers_go() -> None:
    def page(number: int, text: str) -> list[Drawn]:
        return [(72, 40, 9, "The Desk - Restricted"), *column(72, 100, text, 90), (300, 750, 9, str(number))]

    pages = [page(1, f"{WORDS} {WORDS} and then"), page(2, "it fell back. The end."), page(3, "Another text.")]
    found = extracted("a.pdf", pdf(*pages))
    assert [" ".join(block.text.split()) for block in found] == [
        f"{WORDS} {WORDS} and then it fell back. The end.",
        "Another text.",
    ]
    assert [block.page for block in found] == [1, 3]


def test_bullets_by_mark_and_indent() -> None:
    page: list[Drawn] = [
        *column(72, 60, f"{WORDS}.", 90),
        (90, 100, 10, "• Short-term"),
        (108, 114, 10, "• A is likely to go on for"),
        (115, 126, 10, "some time."),
        (108, 140, 10, "• B is unlikely."),
        (90, 154, 10, "• Long-term"),
    ]
    assert blocks("a.pdf", pdf(page))[1:] == [
        ("bullet", 1, "Short-term"),
        ("bullet", 2, "A is likely to go on for\nsome time."),
        ("bullet", 2, "B is unlikely."),
        ("bullet", 1, "Long-term"),
    ]


def test_a_table_is_read_by_rows() -> None:
    rows = [
        ("Horizon", "Judgement", "Confidence"),
        ("Short", "A is likely.", "High"),
        ("Long", "B is unlikely.", "Low"),
    ]
    page: list[Drawn] = [*column(72, 60, f"{WORDS}.", 90)]
    page += [
        (72 + 150 * place, 120 + 20 * line, 10, cell) for line, row in enumerate(rows) for place, cell in enumerate(row)
    ]
    assert [block.cells for block in extracted("a.pdf", pdf(page))[1:]] == rows


def test_a_cell_of_several_lines_is_one_cell() -> None:
    page: list[Drawn] = [*column(72, 60, f"{WORDS}.", 90), (72, 120, 10, "Horizon"), (200, 120, 10, "Judgement")]
    for place, (label, judgement) in enumerate([("Short-term", f"{WORDS}."), ("Long-term", f"{WORDS} again.")]):
        page += [(72, 145 + 46 * place, 10, label), *column(200, 145 + 46 * place, judgement)]
    rows = [block.cells for block in extracted("a.pdf", pdf(page))[1:]]
    assert [" ".join(" | ".join(row).split()) for row in rows] == [
        "Horizon | Judgement",
        f"Short-term | {WORDS}.",
        f"Long-term | {WORDS} again.",
    ]


def test_a_note_mark_is_no_part_of_the_word() -> None:
    page: list[Drawn] = [
        (72, 60, 10, "The harvest"),
        (123.5, 56, 6, "12"),
        (134, 60, 10, "failed."),
        (72, 72, 10, f"{WORDS}."),
    ]
    assert flat(pdf(page)) == [("paragraph", f"The harvest failed. {WORDS}.")]


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
def test_a_page_that_is_shown_turned(rotate: int) -> None:
    assert flat(pdf([*column(72, 60, f"{WORDS}.", 60)], rotate=rotate)) == [("paragraph", f"{WORDS}.")]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"%PDF-1.7\nnothing of use", "damaged"),
        (pdf([]), "no_text"),
        (
            pdf([(72, 72, 10, "Text.")]).replace(b"BT /F", b"0 0 99 99 re f\nBT /F").replace(b"(Text.) Tj", b""),
            "needs_ocr",
        ),
        (pdf([(72, 72, 10, "Please wait... If this message is not eventually replaced")]), "unsupported"),
    ],
)
def test_what_cannot_be_read_says_why(data: bytes, reason: str) -> None:
    with pytest.raises(UnreadableFile) as caught:
        extracted("a.pdf", data)
    assert caught.value.reason == reason


def test_garbled_letters_are_warned_of() -> None:
    page: list[Drawn] = [(72, 72, 10, "QD~sWH a\\bSURV k^mHGN x|yz q~rst")]
    assert "garbled" in extract(source("a.pdf", pdf(page)))[1].warnings[0]
