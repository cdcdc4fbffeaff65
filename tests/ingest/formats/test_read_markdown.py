"""Markdown: structure in, marks out, nothing run."""

from documents import blocks, extracted, source

from ingest.formats import extract


def test_headings_lists_quotes_and_captions() -> None:
    text = (
        "# Grain\n\nBy **Ada Pell** | 4 March 2026\n\n## Forecast\n\n"
        "- **Short-term**\n  - It is *likely* that [A](http://a.b) holds.\n"
        "  - B.\n- **Long-term**\n\n> Said she.\n\n*Figure 1: a map.*\n\n```\ncode line\n```\n"
    )
    assert blocks("a.md", text) == [
        ("heading", 1, "Grain"),
        ("paragraph", 0, "By Ada Pell | 4 March 2026"),
        ("heading", 2, "Forecast"),
        ("bullet", 1, "Short-term"),
        ("bullet", 2, "It is likely that A holds."),
        ("bullet", 2, "B."),
        ("bullet", 1, "Long-term"),
        ("quote", 0, "Said she."),
        ("caption", 0, "Figure 1: a map."),
        ("paragraph", 0, "code line"),
    ]


def test_front_matter_is_metadata_not_text() -> None:
    text = '---\ntitle: "Grain: a note"\ndate: 2026-03-04\nauthors:\n  - Ada Pell\n  - Bo Rex\n---\n\nThe text.\n'
    _, found = extract(source("a.md", text))
    assert (found.title, found.authors, found.published) == ("Grain: a note", ("Ada Pell", "Bo Rex"), "2026-03-04")
    assert [block.text for block in found.blocks] == ["The text."]


def test_footnotes_go_to_the_end_and_their_marks_go() -> None:
    assert blocks("a.md", "The price rose.[^1] It fell.\n\n[^1]: Ministry of *Trade*.\n") == [
        ("paragraph", 0, "The price rose. It fell."),
        ("footnote", 0, "Ministry of Trade."),
    ]


def test_html_inside_is_text_or_nothing() -> None:
    text = "Before.\n\n<script>steal()</script>\n\n<div onclick='x()'>Within.</div>\n\n![pixel](http://track.er/x.png)\n\nAfter.\n"
    assert [text for _, _, text in blocks("a.md", text)] == ["Before.", "Within.", "After."]


def test_tables_with_and_without_their_rule() -> None:
    ruled = extracted("a.md", "| Horizon | Judgement |\n|---|---|\n| Short | A is *likely*. |\n")
    assert [(row.cells, row.header) for row in ruled] == [
        (("Horizon", "Judgement"), True),
        (("Short", "A is likely."), False),
    ]
    bare = extracted("a.md", "Text.\n\n| Type: | Note\n| Topic: | Grain\n\nMore.\n")
    assert [block.cells for block in bare] == [(), ("Type:", "Note"), ("Topic:", "Grain"), ()]


def test_line_ends_are_kept_for_the_repair_of_hyphens() -> None:
    assert blocks("a.md", "The negoti-\nations go on.\n") == [("paragraph", 0, "The negoti-\nations go on.")]


def test_text_of_that_kind_under_another_name() -> None:
    assert extract(source("a.txt", "# Grain\n\nText.\n\n## Outlook\n\nMore.\n"))[0] == "markdown"
