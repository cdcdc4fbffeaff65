"""The chat in a real browser, over a real store, as a reader meets it."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.ui.readers import DEFAULT, LOADED, PATIENCE, Readers, add, ask, fits, samples, serving

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the app that most readers meet keeps its briefings."""
    return tmp_path_factory.mktemp("loaded") / "store"


@pytest.fixture(scope="module")
def address(repository: Path, store: Path) -> Iterator[str]:
    """An app that has read a few of the samples."""
    with serving(repository, store, "--samples", str(samples(repository, store.parent / "samples"))) as served:
        yield served


def expect_cited(page: Page, quote: str) -> None:
    """The evidence marks exactly this quote, apart from the ranges that the page adds."""
    expect(page.locator("mark.cited")).to_have_text(re.compile(spaced(quote)))


def spaced(quote: str) -> str:
    """A pattern of the quote, with room for a range after each word."""
    return "^" + r"( \[[^\]]+\])? ?".join(re.escape(word) for word in quote.split(" ")) + "$"


def test_from_an_empty_library_to_the_evidence(readers: Readers, repository: Path, tmp_path: Path) -> None:
    with serving(repository, tmp_path / "store") as empty:
        page = readers.open(empty)
        expect(page.locator(".welcome")).to_contain_text("Nothing loaded yet")
        page.get_by_role("button", name="Add briefings", exact=True).click()
        broken = tmp_path / "broken.pdf"
        broken.write_bytes(b"%PDF-1.7\nnot much of one")
        add(page, repository / "samples" / LOADED[0], broken)
        expect(page.locator(".outcomes li.failed")).to_contain_text("broken.pdf")
        expect(page.locator(".outcomes li.failed")).not_to_contain_text("/")
        expect(page.locator(".outcomes li.done")).to_contain_text(LOADED[0])
        expect(page.locator(".shelf tbody tr")).to_have_count(1)
        expect(page.locator(".shelf")).to_contain_text("12 March 2025")

        page.get_by_role("tab", name="Ask").click()
        expect(page.locator(".examples button").first).to_be_visible()
        ask(page, DEFAULT)
        expect(page.locator(".as-of")).to_have_text("As of 12 March 2025")
        quote = page.locator(".claims blockquote span").first.inner_text()
        chip = page.locator("button.cite").first
        assert chip.inner_text().endswith("[1]")
        chip.click()
        expect_cited(page, quote)
        expect(page.locator("mark.cited")).to_be_in_viewport()
        expect(page.locator("article.evidence header")).to_contain_text("Rosalind Teague")

        # What was answered stays, and so does the conversation, when its briefing is gone.
        page.get_by_role("tab", name="Library").click()
        page.locator(".shelf summary").click()
        page.get_by_role("button", name="Remove it").click()
        expect(page.locator("#shelf")).to_contain_text("Nothing loaded yet")
        page.get_by_role("tab", name="Ask").click()
        page.locator("button.cite").nth(1).click()
        expect(page.locator("article.evidence .problem")).to_be_visible()
        expect(page.locator(".claims blockquote span").first).to_have_text(quote)


def test_nothing_to_choose_without_a_model(readers: Readers, address: str) -> None:
    page = readers.open(address)
    expect(page.get_by_role("button", name="Ask again")).to_be_visible()
    expect(page.get_by_label("Who answers")).to_have_count(0)


def test_numbers_stay_with_their_message(readers: Readers, address: str) -> None:
    page = readers.open(address)
    ask(page, DEFAULT)
    first = page.locator(".claims").first.inner_text()
    ask(page, "Will the Council renew the LISMI mandate?")
    assert page.locator(".claims").first.inner_text() == first
    quote = page.locator(".claims").first.locator("blockquote span").first.inner_text()
    page.locator(".claims").first.locator("button.cite").first.click()
    expect_cited(page, quote)
    newer = page.locator(".claims").last
    expect(newer.locator("button.cite").first).to_contain_text("[1]")
    newer.locator("button.cite").first.click()
    expect_cited(page, newer.locator("blockquote span").first.inner_text())


def test_a_question_that_the_briefings_do_not_answer(readers: Readers, address: str) -> None:
    page = readers.open(address)
    ask(page, "Who won the football world cup in 1998?")
    expect(page.locator(".not-found")).to_have_text("Not in the briefings.")
    expect(page.locator(".nearest .source").first).to_contain_text(re.compile(r"\d{4}"))
    quote = page.locator(".nearest blockquote span").first.inner_text()
    page.locator(".nearest button.cite").first.click()
    expect_cited(page, quote)


def test_suggestions_copy_rating_and_clearing(readers: Readers, address: str, store: Path) -> None:
    page = readers.open(address)
    page.locator(".examples button").first.click()
    expect(page.locator(".acts")).to_have_count(1, timeout=PATIENCE)
    page.locator("button.copy").click()
    expect(page.locator("button.copy")).to_have_text("Copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert "As of " in copied
    assert "\n[1] " in copied
    page.get_by_role("button", name="Not helpful").click()
    page.locator("#comment textarea").fill("Too short.")
    page.locator("#comment textarea").press("Enter")
    expect(page.locator("#comment textarea")).to_be_hidden()
    expect(page.locator("button.rate.chosen")).to_have_text("Not helpful, noted")
    page.locator(".follow-ups button").first.click()
    expect(page.locator(".acts")).to_have_count(2, timeout=PATIENCE)
    page.get_by_role("button", name="New conversation").click()
    expect(page.locator(".welcome")).to_be_visible()
    assert '"comment": "Too short."' in (store / "feedback.jsonl").read_text(encoding="utf-8")


def test_filters_hold_what_answers(readers: Readers, address: str) -> None:
    page = readers.open(address)
    page.locator("#masthead button.filters").click()
    page.get_by_label("As of").fill("2025-06-01")
    expect(page.locator("#filtered")).to_contain_text("as of 1 June 2025")
    page.locator("#filters button.filters").click()
    ask(page, DEFAULT)
    expect(page.locator(".as-of")).to_have_text("As of 12 March 2025")


def test_at_phone_width(readers: Readers, address: str) -> None:
    page = readers.open(address, 390, 844)
    assert fits(page)
    ask(page, DEFAULT)
    assert fits(page)
    page.locator("button.cite").first.click()
    expect(page.locator("mark.cited")).to_be_in_viewport()
    assert fits(page)
    page.locator("button.close").click()
    expect(page.locator("#side")).to_be_hidden()
    page.get_by_role("tab", name="Library").click()
    expect(page.locator(".shelf tbody tr").first).to_be_visible()
    assert fits(page)


def test_by_keyboard_alone(readers: Readers, address: str) -> None:
    page = readers.open(address)
    expect(page.get_by_role("textbox", name="Your question")).to_be_focused()
    page.keyboard.type(DEFAULT)
    page.keyboard.press("Enter")
    expect(page.locator(".acts")).to_have_count(1, timeout=PATIENCE)
    expect(page.get_by_role("textbox", name="Your question")).to_be_focused()
    focused = page.locator(":focus")
    for _ in range(30):
        page.keyboard.press("Shift+Tab")
        if focused.get_attribute("class") == "cite":
            break
    assert focused.evaluate("element => parseFloat(getComputedStyle(element).outlineWidth)") >= 2
    quote = focused.evaluate("element => element.parentElement.firstElementChild.textContent")
    page.keyboard.press("Enter")
    expect_cited(page, quote)
    expect(page.locator("article.evidence h2").first).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("article.evidence")).to_have_count(0)
    assert focused.get_attribute("class").startswith("cite")


def test_two_readers_at_once(readers: Readers, address: str) -> None:
    questions = (DEFAULT, "Will the Council renew the LISMI mandate?")
    pages = [readers.open(address) for _ in questions]
    for page, question in zip(pages, questions, strict=True):
        page.get_by_role("textbox", name="Your question").fill(question)
    for page in pages:
        page.get_by_role("textbox", name="Your question").press("Enter")
    for page, question in zip(pages, questions, strict=True):
        expect(page.locator(".acts")).to_have_count(1, timeout=PATIENCE)
        expect(page.locator(".question")).to_have_text([question])


def cite_in(page: Page, title: str, words: str) -> None:
    """Open the evidence of the first quote from this briefing with these words."""
    claim = page.locator(".claims li", has_text=title).filter(has_text=words)
    claim.first.locator("button.cite").first.click()
    expect(page.locator("article.evidence h2").first).to_contain_text(title)


def test_terms_are_marked_in_the_evidence_with_the_ranges_of_a_known_scale(readers: Readers, address: str) -> None:
    page = readers.open(address)
    ask(page, DEFAULT)
    cite_in(page, "Can Port Ansel Pay", "when it falls due")
    cited = page.locator("mark.cited")
    expect(cited.locator("mark.term.band-unlikely")).to_have_text("unlikely")
    expect(cited.locator("mark.term")).to_have_attribute("title", "unlikely, medium-term")
    expect(cited.locator(".range")).to_have_text(" [≈25% - ≈35%]")
    for band in ("remote_chance", "highly_unlikely", "realistic_possibility", "likely", "almost_certain"):
        expect(page.locator(f".pages mark.term.band-{band}").first).to_be_visible()
    assert page.locator(".pages .range").count() > 10

    ask(page, "Will the Council renew the LISMI mandate?")
    cite_in(page, "LISMI under Review", "unlikely")
    expect(page.locator("mark.cited mark.term.band-unlikely")).to_have_text("unlikely")
    expect(page.locator(".pages .range")).to_have_count(0)


def test_copying_gives_the_words_of_the_briefing_alone(readers: Readers, address: str) -> None:
    page = readers.open(address)
    ask(page, DEFAULT)
    quote = page.locator(".claims blockquote span").first.inner_text()
    page.locator("button.cite").first.click()
    expect(page.locator("mark.cited .range")).to_be_visible()
    page.locator("mark.cited").evaluate("mark => getSelection().selectAllChildren(mark)")
    page.keyboard.press("Control+C")
    assert page.evaluate("navigator.clipboard.readText()").strip() == quote


def check(page: Page, text: str) -> None:
    """Paste a text on the second tab, and wait for what became of it."""
    page.get_by_role("tab", name="Check a text").click()
    page.get_by_label("A text that rests on the briefings").fill(text)
    page.get_by_role("button", name="Check the text").click()
    expect(page.locator("#checked .summary, #checked .problem")).to_be_visible(timeout=PATIENCE)


@pytest.fixture(scope="module")
def original(repository: Path) -> str:
    """A sentence of a sample with one strong term."""
    text = (repository / "samples" / LOADED[2]).read_text(encoding="utf-8")
    found = re.search(r"A government that [^.]* highly likely [^.]*\.", text)
    assert found
    return found[0]


def test_a_changed_term_is_found_beside_its_source(readers: Readers, address: str, original: str) -> None:
    page = readers.open(address)
    changed = original.replace("highly likely", "likely")
    check(page, f"{original}\n\n{changed}\n\nIt is likely that the penguins of Ostrane win the cup.")
    expect(page.locator("#checked .summary")).to_have_text("3 sentences: 1 faithful, 1 changed, 1 without a source")
    faithful, found, missing = page.locator("ol.checked > li").all()
    expect(faithful.locator(".status")).to_contain_text("Faithful, checked against 1 sentence")
    expect(faithful.locator(".pasted blockquote")).to_have_text(original)
    expect(faithful.locator(".finding")).to_have_count(0)
    expect(missing.locator(".status")).to_contain_text("No source found")

    expect(found.locator("mark.named")).to_have_text("likely")
    expect(found.locator(".finding")).to_contain_text("Severe")
    expect(found.locator(".finding")).to_contain_text("highly likely")
    expect(found.locator("figure blockquote span").first).to_have_text(original)
    expect(found.locator("figure mark.term.band-highly_likely")).to_have_text("highly likely")
    for part in ("LISMI under Review", "3 November 2025", "Counting to Five"):
        expect(found.locator(".source")).to_contain_text(part)
    mine, theirs = found.locator(".pasted").bounding_box(), found.locator("figure").bounding_box()
    assert mine
    assert theirs
    assert mine["x"] + mine["width"] <= theirs["x"]
    only = page.get_by_role("button", name="Only those changed")
    only.click()
    expect(only).to_have_attribute("aria-pressed", "true")
    expect(faithful).to_be_hidden()
    expect(missing).to_be_visible()
    only.click()
    expect(faithful).to_be_visible()
    found.locator("button.cite").click()
    expect(page.locator("mark.cited")).to_have_text(original)
    expect(page.locator("mark.cited")).to_be_in_viewport()


def test_the_check_keeps_to_the_chosen_briefings(readers: Readers, address: str, original: str) -> None:
    page = readers.open(address)
    page.get_by_role("tab", name="Check a text").click()
    page.locator("#against input").click()
    page.get_by_role("option", name=re.compile("Can Port Ansel Pay")).click()
    page.keyboard.press("Escape")
    check(page, original)
    expect(page.locator("#checked .source", has_text="LISMI under Review")).to_have_count(0)
    expect(page.locator("#checked .faithful")).to_have_count(0)


def test_what_cannot_be_checked_is_said(readers: Readers, address: str) -> None:
    page = readers.open(address)
    check(page, "  ")
    expect(page.locator("#checked .problem")).to_contain_text("Paste a text first")
    check(page, "The pilots of Quenlow rest. " * 800)
    expect(page.locator("#checked .problem")).to_contain_text("22,400 characters; up to 20,000")


def test_checking_by_keyboard_on_a_phone(readers: Readers, address: str, original: str) -> None:
    page = readers.open(address, 390, 844)
    page.get_by_role("tab", name="Check a text").focus()
    page.keyboard.press("Enter")
    page.get_by_label("A text that rests on the briefings").focus()
    page.keyboard.insert_text(original.replace("highly likely", "likely") + " " + "Q" * 300)
    button = page.get_by_role("button", name="Check the text")
    for _ in range(4):
        page.keyboard.press("Tab")
        if button.evaluate("button => button === document.activeElement"):
            break
    page.keyboard.press("Enter")
    expect(page.locator("#checked .summary")).to_be_visible(timeout=PATIENCE)
    found = page.locator("ol.checked > li.changed").first
    mine, theirs = found.locator(".pasted").bounding_box(), found.locator("figure").first.bounding_box()
    assert mine
    assert theirs
    assert mine["y"] + mine["height"] <= theirs["y"]
    assert fits(page)


TRAPS = (
    "<script>window.trapped = 1; alert(1)</script>",
    '<img src="http://example.org/a.png" onerror="window.trapped = 1">',
    "![map](http://example.org/b.png)",
    "[terms](javascript:alert(1))",
    "${window.trapped = 1} {{constructor.constructor('window.trapped = 1')()}}",
)


def test_a_hostile_briefing_changes_nothing(readers: Readers, address: str, tmp_path: Path) -> None:
    page = readers.open(address)
    paragraphs = [
        f"The harbour of Quenlow is likely to close in spring, says note {trap} of the pilots." for trap in TRAPS
    ]
    lines = [f"Quenlow {TRAPS[1]}", f"By Ada {TRAPS[0]} Lund | 3 May 2026", *paragraphs]
    hostile = tmp_path / '"><img src=x onerror=alert(1)>${1}.txt'
    hostile.write_text("\n\n".join(lines), encoding="utf-8")
    add(page, hostile)
    expect(page.locator(".outcomes li.done")).to_be_visible()
    expect(page.locator(".shelf")).to_contain_text("Quenlow")
    page.get_by_role("tab", name="Ask").click()
    ask(page, f"Will the harbour of Quenlow close in spring? {TRAPS[1]}")
    expect(page.locator(".question")).to_contain_text(TRAPS[1])
    expect(page.locator(".claims")).to_contain_text("of the pilots")
    page.locator("button.cite").first.click()
    for trap in TRAPS:
        expect(page.locator("article.evidence .pages")).to_contain_text(trap)
    ours = page.locator("#conversation, #evidence, #shelf, #outcomes")
    expect(ours.locator("script, img, iframe, a[href]")).to_have_count(0)
    assert page.evaluate("window.trapped") is None


def test_a_hostile_text_changes_nothing(readers: Readers, address: str) -> None:
    page = readers.open(address)
    check(page, "\n\n".join(f"The harbour of Quenlow is likely to close, says note {trap} of it." for trap in TRAPS))
    for trap in TRAPS:
        expect(page.locator("#checked")).to_contain_text(trap)
    expect(page.locator("#checked").locator("script, img, iframe, a[href]")).to_have_count(0)
    assert page.evaluate("window.trapped") is None


CONTRAST = """element => {
  const channel = value => (value /= 255) <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const colour = text => text.match(/[\\d.]+/g).map(Number);
  let under = element;
  while (under && (colour(getComputedStyle(under).backgroundColor)[3] ?? 1) === 0) under = under.parentElement;
  const [ink, paper] = [getComputedStyle(element).color, getComputedStyle(under ?? document.body).backgroundColor];
  const [low, high] = [light(colour(ink)), light(colour(paper))].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}"""


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_words_can_be_read(readers: Readers, address: str, original: str, dark: bool) -> None:
    page = readers.open(address, dark=dark)
    ask(page, DEFAULT)
    page.locator("button.cite").nth(1).click()
    expect(page.locator("mark.cited")).to_be_visible()
    for selector in (
        ".question",
        "blockquote span",
        ".source cite",
        "button.cite",
        "button.act",
        "mark.cited",
        "mark.term",
        ".range",
        ".pages p",
        "dt",
    ):
        assert page.locator(selector).first.evaluate(CONTRAST) >= 4.5, selector
    page.locator("button.close").click()
    check(page, original.replace("highly likely", "likely"))
    for selector in (".status", ".pasted blockquote", "mark.named", ".finding", "figure mark.term", ".source cite"):
        assert page.locator("#checked").locator(selector).first.evaluate(CONTRAST) >= 4.5, selector
