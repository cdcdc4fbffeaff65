"""Terms of likelihood on the page: where they are marked, and whether they can be read there."""

import re
import tomllib
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.judging import Marked
from ui.markup import Html
from ui.terms import words_html

SENTENCE = "The Diet is unlikely to sit, but a vote is highly likely."
UNLIKELY = Marked(12, 20, "unlikely", "unlikely, short-term", "≈25% - ≈35%")
LIKELY = Marked(43, 56, "highly_likely", "highly likely, judged by Ada Quell", "")
TAGS = ("mark", "span")


class Reading(HTMLParser):
    """The words of markup and, for each mark, its classes, its title and its words."""

    def __init__(self, markup: Html) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self.added: list[str] = []
        self.marks: list[tuple[str, str, str]] = []
        self._open: dict[str, str | None] = {}
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._open = dict(attrs) if tag in TAGS else {}

    def handle_endtag(self, tag: str) -> None:
        if tag in TAGS:
            self._open = {}

    def handle_data(self, data: str) -> None:
        classes = self._open.get("class") or ""
        (self.added if classes == "range" else self.words).append(data)
        if "term" in classes:
            self.marks.append((classes, self._open.get("title") or "", data))


def test_each_term_is_marked_with_its_band_and_what_is_said_of_it() -> None:
    read = Reading(words_html(SENTENCE, 0, [UNLIKELY, LIKELY]))
    assert read.marks == [
        ("term band-unlikely", "unlikely, short-term", "unlikely"),
        ("term band-highly_likely", "highly likely, judged by Ada Quell", "highly likely"),
    ]


def test_a_range_stands_beside_its_term_and_only_where_there_is_one() -> None:
    markup = words_html(SENTENCE, 0, [UNLIKELY, LIKELY])
    assert Reading(markup).added == [" [≈25% - ≈35%]"]
    assert Reading(words_html(SENTENCE, 0, [LIKELY])).added == []


def test_terms_count_the_text_of_the_briefing() -> None:
    moved = replace(UNLIKELY, start=112, end=120)
    assert [mark[2] for mark in Reading(words_html(SENTENCE, 100, [moved])).marks] == ["unlikely"]
    assert not Reading(words_html(SENTENCE, 200, [moved])).marks


@pytest.mark.parametrize("term", [replace(UNLIKELY, label="not likely, short-term"), replace(UNLIKELY, band="")])
def test_no_side_is_taken_where_the_bare_word_would_mislead(term: Marked) -> None:
    assert Reading(words_html(SENTENCE, 0, [term])).marks[0][0] == "term band-unknown"


@given(st.lists(st.tuples(st.integers(0, 70), st.integers(0, 70))), st.integers(0, 20))
def test_marks_never_change_the_words(spans: list[tuple[int, int]], offset: int) -> None:
    terms = [Marked(start, end, "likely", "likely", "55-80%") for start, end in sorted(spans)]
    assert "".join(Reading(words_html(SENTENCE, offset, terms)).words) == SENTENCE


def colours(repository: Path, dark: bool) -> dict[str, str]:
    """The colours of a scheme, as the style sheet names them."""
    css = (repository / "ui" / "page.css").read_text(encoding="utf-8")
    blocks = re.findall(r"^(?::root:root|body\.dark\.dark) \{(.*?)^\}", css, re.M | re.S)
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", blocks[dark]))


def contrast(one: str, other: str) -> float:
    """The contrast ratio of WCAG 2."""

    def luminance(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


BANDS = ("low-3", "low-2", "low-1", "low-0", "even", "high-0", "high-1", "high-2", "high-3")


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_terms_can_be_read_in_every_band(repository: Path, dark: bool) -> None:
    scheme = colours(repository, dark)
    for band in BANDS:
        assert contrast(scheme["term-ink"], scheme[band]) >= 4.5, band
        line = "even-line" if band == "even" else f"{band.split('-')[0]}-line"
        # A line is no text: WCAG wants 3 of it.
        assert contrast(scheme[line], scheme[band]) >= 3, band
    assert contrast(scheme["marked-ink"], scheme["marked"]) >= 4.5
    assert contrast(scheme["ink"], scheme["problem-soft"]) >= 4.5


def test_the_two_sides_are_blue_and_orange(repository: Path) -> None:
    for scheme in (colours(repository, False), colours(repository, True)):
        for band in BANDS:
            red, blue = int(scheme[band][1:3], 16), int(scheme[band][5:7], 16)
            assert not band.startswith("low") or blue > red, band
            assert not band.startswith("high") or red > blue, band


def test_no_two_bands_of_a_side_look_alike_without_their_colour(repository: Path) -> None:
    css = (repository / "ui" / "page.css").read_text(encoding="utf-8")
    lines = re.findall(
        r"^mark\S*(?:\(.*?\)|band-\w+) \{.*?text-decoration: underline (\w+ \dpx) var\(--(\w+)-line\)", css, re.M
    )
    styles = [style for style, _ in lines]
    assert len(styles) == 8
    # The weakest of both sides share the line of what is even: they are next to it.
    assert sorted(style for style in styles if styles.count(style) > 1) == ["dotted 2px", "dotted 2px"]
    assert {style.split()[0] for style, side in lines if side == "low"} == {"dashed", "dotted"}
    assert {style.split()[0] for style, side in lines if side == "high"} == {"solid", "dotted"}


def test_every_band_below_and_above_even_has_its_look(repository: Path) -> None:
    levels = tomllib.loads((repository / "ingest" / "estimative.toml").read_text(encoding="utf-8"))["levels"]
    css = (repository / "ui" / "page.css").read_text(encoding="utf-8")
    # None and certain are no terms of likelihood; even has the look of the rest.
    for band in set(levels) - {"none", "certain", "even_chance"}:
        assert f".band-{band}" in css
