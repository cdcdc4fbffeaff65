"""Briefings from blocks and from files: head, sections, sentences, spans."""

import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.briefing import Briefing, SourceFile
from ingest.extract import Extract, ExtractBlock
from ingest.formats import extract
from ingest.reading import read_briefing
from ingest.structure import build_briefing, scale_id

SHARED = Path(__file__).resolve().parents[3] / "shared"


def block(kind: str, text: str, level: int = 0, page: int | None = None) -> ExtractBlock:
    return ExtractBlock(kind, text, level=level, page=page)  # type: ignore[arg-type]


def row(*cells: str, header: bool = False) -> ExtractBlock:
    return ExtractBlock("row", " | ".join(filter(None, cells)), cells=cells, header=header)


def build(*blocks: ExtractBlock, name: str = "briefing.txt", **declared: str) -> Briefing:
    return build_briefing(SourceFile(name, b"", "0" * 64), "txt", Extract(blocks, **declared))  # type: ignore[arg-type]


TITLE = block("title", "A Port in Trouble", 1)


def read(text: str, name: str = "briefing.md") -> Briefing:
    source = SourceFile(name, text.encode(), "0" * 64)
    return build_briefing(source, *extract(source))


def said(briefing: Briefing) -> list[tuple[str, str]]:
    return [(briefing.quote(item.start, item.end), item.horizon) for item in briefing.sentences]


BRIEFING = """# Quay of Sorrows: Can the Port Reopen?

By Ada Pell and Jon Orr | 3 March 2026

## Summary

- The outer quay closed in January.
- It is unlikely to reopen before 2028.

## Forecast

- **Short-term (Now - 3 months)**
  - A strike is likely. It would be short.
- **Long-term (>1 year)**
  - Trade will almost certainly move to Dun.

*Figure 1: Ships a week.*

Probability scale: PHIA yardstick
"""


def test_a_briefing_is_read() -> None:
    briefing = read(BRIEFING)
    assert briefing.title == "Quay of Sorrows: Can the Port Reopen?"
    assert briefing.authors == ("Ada Pell", "Jon Orr")
    assert briefing.published == date(2026, 3, 3)
    assert briefing.yardstick == "PHIA yardstick"
    assert scale_id(briefing.yardstick) == "phia"
    assert briefing.id == "quay-of-sorrows-can-the-port-reopen-00000000"
    assert [section.path for section in briefing.sections] == [
        (),
        ("Summary",),
        ("Forecast",),
        ("Forecast", "Short-term (Now - 3 months)"),
        ("Forecast", "Long-term (>1 year)"),
        ("Forecast",),
    ]
    assert said(briefing) == [
        ("The outer quay closed in January.", "none"),
        ("It is unlikely to reopen before 2028.", "long"),
        ("A strike is likely.", "short"),
        ("It would be short.", "short"),
        ("Trade will almost certainly move to Dun.", "long"),
        ("Figure 1: Ships a week.", "none"),
    ]
    assert [(window.label, window.closes) for window in briefing.windows] == [
        ("Short-term (Now - 3 months)", date(2026, 6, 3)),
        ("Long-term (>1 year)", None),
    ]


@pytest.mark.parametrize(
    ("head", "authors", "published"),
    [
        ("By Ada Pell | 3 March 2026", ("Ada Pell",), "2026-03-03"),
        ("By Ada Pell and Jon Orr, 3 March 2026", ("Ada Pell", "Jon Orr"), "2026-03-03"),
        ("By: Ada Pell, Jon Orr & Mia de Berg\nMarch 3, 2026", ("Ada Pell", "Jon Orr", "Mia de Berg"), "2026-03-03"),
        ("Written by Dr Ada Pell, Senior Analyst\nPublished: 03.03.2026", ("Ada Pell",), "2026-03-03"),
        ("Author(s): Pell, Ada L.\nPublication Date: 04/22/2026", ("Ada L. Pell",), "2026-04-22"),
        ("Authors: Pell, Ada; Orr, Jon\nDate: 2026-03-03", ("Ada Pell", "Jon Orr"), "2026-03-03"),
        ("Analyst: Ada Pell\nUpdated 3 March 2026", ("Ada Pell",), "2026-03-03"),
        ("Prepared by Ada Pell\n3 March 2026 (final)", ("Ada Pell",), "2026-03-03"),
        ("Last updated: 5 April 2026\nPublished: 3 March 2026", (), "2026-03-03"),
        ("DTG: 031200Z MAR 26", (), "2026-03-03"),
        ("By Tuesday the port was full.", (), None),
        ("3 March 2026 saw the worst of it.", (), None),
    ],
)  # fmt: skip
def test_bylines_and_dates(head: str, authors: tuple[str, ...], published: str | None) -> None:
    briefing = build(TITLE, block("paragraph", head), block("paragraph", "Ships wait."))
    assert briefing.authors == authors
    assert briefing.published == (date.fromisoformat(published) if published else None)


def test_the_text_wins_over_what_the_format_declares() -> None:
    declared = {"title": "Untitled 3", "published": "2020-01-01", "publisher": "Harbour Institute"}
    briefing = build(TITLE, block("paragraph", "3 March 2026"), **declared)
    assert (briefing.title, str(briefing.published), briefing.publisher) == (
        "A Port in Trouble",
        "2026-03-03",
        "Harbour Institute",
    )


def test_without_a_title_the_file_gives_its_name() -> None:
    briefing = build(block("paragraph", "Ships wait. " * 40), name="folder/harbour_watch_2026-03-03.txt")
    assert briefing.title == "harbour watch 2026 03 03"
    assert briefing.published == date(2026, 3, 3)
    assert briefing.warnings


def test_handling_marks_are_kept_apart() -> None:
    briefing = build(
        block("heading", "OFFICIAL-SENSITIVE", 2), TITLE, block("paragraph", "Ships wait."),
        block("heading", "OFFICIAL-SENSITIVE", 2), block("paragraph", "Cranes rust."),
    )  # fmt: skip
    assert briefing.handling == "OFFICIAL-SENSITIVE"
    assert [text for text, _ in said(briefing)] == ["Ships wait.", "Cranes rust."]
    assert {section.path for section in briefing.sections} == {()}


@pytest.mark.parametrize(
    ("line", "name", "known"),
    [
        ("Probability scale: PHIA yardstick", "PHIA yardstick", "phia"),
        ("BISI Probability Scale", "BISI Probability Scale", None),
        ("Probability scale: House scale", "House scale", "house"),
        ("Judgements in this paper use the ICD 203 scale.", "ICD 203 scale", "icd203"),
        ("Scale: ICD 203", "ICD 203", "icd203"),
        ("The dunes are out of scale.", None, None),
    ],
)
def test_the_scale_is_named(line: str, name: str | None, known: str | None) -> None:
    briefing = build(TITLE, block("paragraph", "Ships wait."), block("paragraph", line))
    assert briefing.yardstick == name
    assert scale_id(briefing.yardstick) == known


def test_a_flat_list_keeps_its_labels() -> None:
    bullets = (
        "Short-term (0-3 months)",
        "A strike is likely.",
        "Prices will rise.",
        "Long-term (>1 year)",
        "Trade will move.",
    )
    briefing = build(TITLE, block("heading", "Forecast", 2), *(block("bullet", text, 1) for text in bullets))
    assert [horizon for _, horizon in said(briefing)] == ["short", "short", "long"]


def test_labels_as_headings_and_before_sentences() -> None:
    briefing = build(
        TITLE, block("heading", "Outlook", 2), block("heading", "Next six months", 3),
        block("paragraph", "A strike is likely."),
        block("heading", "Risks", 2), block("paragraph", "Trade may move."),
        block("paragraph", "Short-term (0-3 months): A strike is likely. It would be short."),
    )  # fmt: skip
    assert said(briefing) == [
        ("A strike is likely.", "medium"),
        ("Trade may move.", "none"),
        ("A strike is likely.", "short"),
        ("It would be short.", "short"),
    ]


def test_a_bullet_beside_its_label_is_free_of_it() -> None:
    briefing = build(
        block("bullet", "Short-term (0-3 months)", 1),
        block("bullet", "A strike is likely.", 2),
        block("bullet", "Trade may move.", 1),
    )
    assert said(briefing) == [("A strike is likely.", "short"), ("Trade may move.", "none")]


def test_a_forecast_as_a_table() -> None:
    briefing = build(
        TITLE, block("heading", "Forecast", 2), row("Horizon", "Judgement", header=True),
        row("Short-term (0-3 months)", "A strike is likely. It would be short."), row("Long-term", "Trade will move."),
    )  # fmt: skip
    assert said(briefing) == [
        ("A strike is likely.", "short"),
        ("It would be short.", "short"),
        ("Trade will move.", "long"),
    ]


def test_columns_that_name_horizons() -> None:
    briefing = build(
        TITLE,
        block("heading", "Forecast", 2),
        row("", "Short-term", "Long-term", header=True),
        row("Port", "A strike is likely.", "Trade will move."),
    )
    assert said(briefing)[1:] == [("A strike is likely.", "short"), ("Trade will move.", "long")]


def test_a_row_is_one_sentence() -> None:
    briefing = build(
        TITLE, row("Event", "Likelihood", header=True), row("A strike", "likely"), row("A lockout", "unlikely")
    )
    assert said(briefing) == [("A strike | likely", "none"), ("A lockout | unlikely", "none")]


def test_a_paragraph_cut_by_a_page_is_whole_and_knows_its_pages() -> None:
    first = "The outer quay, which the harbour authority closed in January, will prob-"
    second = "ably stay shut. The crane will not be mended."
    briefing = build(block("paragraph", first, page=1), block("paragraph", second, page=2))
    assert [
        (text.split()[-1], item.page) for (text, _), item in zip(said(briefing), briefing.sentences, strict=True)
    ] == [
        ("shut.", 1),
        ("mended.", 2),
    ]
    assert "will probably stay shut" in briefing.text


KINDS = st.sampled_from(["title", "heading", "paragraph", "bullet", "row", "quote", "caption", "footnote"])
TEXTS = st.text(st.sampled_from("aB. \n-\u00adﬁ1?\u00a0|:“”"), max_size=50) | st.sampled_from(
    [
        "By Ada Pell | 3 March 2026",
        "Short-term (0-3 months)",
        "A strike is likely. It may last.",
        "Previous",
        "PHIA yardstick",
    ]
)
BLOCKS = st.lists(
    st.builds(ExtractBlock, KINDS, TEXTS, level=st.integers(0, 3), page=st.none() | st.integers(1, 4)), max_size=12
)


@given(BLOCKS)
def test_every_span_is_what_it_says(blocks: list[ExtractBlock]) -> None:
    briefing = build(*blocks)
    ends = [0, *(item.end for item in briefing.blocks)]
    assert all(end <= item.start <= item.end for end, item in zip(ends, briefing.blocks, strict=False))
    last = 0
    for sentence in briefing.sentences:
        home = briefing.blocks[sentence.block]
        assert max(last, home.start) <= sentence.start < sentence.end <= home.end
        assert briefing.text[sentence.start : sentence.end].strip() == briefing.text[sentence.start : sentence.end]
        assert sentence.section == home.section
        last = sentence.end


@pytest.mark.skipif(not SHARED.exists(), reason="the exercise briefings lie beside the repository")
@pytest.mark.parametrize("gold_file", sorted(SHARED.glob("briefings/*/*.json")), ids=lambda path: path.stem)
def test_exercise_briefings(gold_file: Path) -> None:
    gold = json.loads(gold_file.read_text(encoding="utf-8"))
    briefing = read_briefing(gold_file.with_suffix(".md"))
    assert briefing.title == gold["title"]
    assert list(briefing.authors) == gold["authors"]
    assert str(briefing.published) == gold["date"]
    assert scale_id(briefing.yardstick) == gold["scale"]
    sentences = {text for text, _ in said(briefing)}
    assert {row["sentence"] for row in gold["judgements"]} <= sentences
