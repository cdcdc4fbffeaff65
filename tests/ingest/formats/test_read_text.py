"""Plain text: what is a heading, a bullet, a paragraph where nothing but white space and marks tell."""

import pytest
from documents import blocks, extracted

SCRAPED = """Harbour Strike: Who Blinks First?

By Ada Pell | 4 March 2026


Map of the Sound

Summary

  • Dockers have been out since February.

  • The port will likely reopen in April.


Background

The strike began on 9 February. It spread to
two more ports within a week.

A crane in the harbour of Orm

Lee Tan/Wikimedia Commons, CC BY-SA 4.0


Forecast

  • Short-term (Now - 3 months)

    • A deal is likely.

    • Without a deal, a blockade is
      unlikely.

  • Long-term (>1 year)

    • Automation will go on.

House scale
"""


def test_a_scraped_page_keeps_its_structure() -> None:
    assert blocks("page.txt", SCRAPED) == [
        ("heading", 1, "Harbour Strike: Who Blinks First?"),
        ("paragraph", 0, "By Ada Pell | 4 March 2026"),
        ("caption", 0, "Map of the Sound"),
        ("heading", 2, "Summary"),
        ("bullet", 1, "Dockers have been out since February."),
        ("bullet", 1, "The port will likely reopen in April."),
        ("heading", 2, "Background"),
        ("paragraph", 0, "The strike began on 9 February. It spread to\ntwo more ports within a week."),
        ("caption", 0, "A crane in the harbour of Orm"),
        ("caption", 0, "Lee Tan/Wikimedia Commons, CC BY-SA 4.0"),
        ("heading", 2, "Forecast"),
        ("bullet", 1, "Short-term (Now - 3 months)"),
        ("bullet", 2, "A deal is likely."),
        ("bullet", 2, "Without a deal, a blockade is\nunlikely."),
        ("bullet", 1, "Long-term (>1 year)"),
        ("bullet", 2, "Automation will go on."),
        ("paragraph", 0, "House scale"),
    ]


def _bullets(*items: tuple[int, str]) -> list[tuple[str, int, str]]:
    return [("bullet", level, text) for level, text in items]


def _paragraphs(*texts: str) -> list[tuple[str, int, str]]:
    return [("paragraph", 0, text) for text in texts]


_DASH = "The price of a loaf in the ports of the south fell to about five\n- or rather four - coins."


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Outlook\n=======\n\nRain is likely.", [("heading", 1, "Outlook"), *_paragraphs("Rain is likely.")]),
        ("A B.\n\nOutlook\n-------\nRain.", [*_paragraphs("A B."), ("heading", 2, "Outlook"), *_paragraphs("Rain.")]),
        (".NEAR TERM...\nRAIN IS LIKELY.\n$$", [("heading", 2, "NEAR TERM"), *_paragraphs("RAIN IS LIKELY.")]),
        ("1. First of all.\n2. Second.\n   a) Nested.", _bullets((1, "First of all."), (1, "Second."), (2, "Nested."))),
        ("* One\n  - Two\n  - Three\n* Four", _bullets((1, "One"), (2, "Two"), (2, "Three"), (1, "Four"))),
        ("> He said so.\n> Twice.", [("quote", 0, "He said so.\nTwice.")]),
        (_DASH, _paragraphs(_DASH)),
        ("First one.\r\n\r\nSecond\r\none.", _paragraphs("First one.", "Second\none.")),
        ("First one.\r\r\nGoes on.\r\r\n", _paragraphs("First one.\nGoes on.")),
        ("    Indented first. Ends here.\nNo indent.", _paragraphs("Indented first. Ends here.\nNo indent.")),
    ],
)
def test_marks_and_rules(text: str, expected: list[tuple[str, int, str]]) -> None:
    assert blocks("a.txt", text) == expected


def test_lines_of_an_unwrapped_text_are_paragraphs() -> None:
    long = "The ministry said that the price of bread would not rise before the autumn harvest was in the barns. " * 2
    assert [text for _, _, text in blocks("a.txt", f"{long}\n{long}\n{long}")] == [long.strip()] * 3


def test_numbered_paragraphs_keep_their_numbers() -> None:
    report = "\n\n".join(f"{number}. Paragraph of the report that ends here." for number in range(1, 13))
    assert blocks("a.txt", report)[8] == ("paragraph", 0, "9. Paragraph of the report that ends here.")


def test_a_list_of_short_lines_is_no_row_of_headings() -> None:
    menu = "Home\n\nRegions\n\nTopics\n\nAuthors\n\nThe text begins here and it ends with a full stop."
    assert [kind for kind, _, _ in blocks("a.txt", menu)] == [
        "heading",
        "paragraph",
        "paragraph",
        "heading",
        "paragraph",
    ]


def test_rows_of_cells() -> None:
    rows = extracted("a.txt", "Horizon | Judgement\n--------|---------\nShort | A is likely\n")
    assert [row.cells for row in rows] == [("Horizon", "Judgement"), ("Short", "A is likely")]


def test_a_form_feed_begins_a_page() -> None:
    assert [block.page for block in extracted("a.txt", "Page one text.\fPage two text.")] == [1, 2]
