"""Answers that a model writes, as a reader meets them: in a real browser, from a real server that a test commands."""

import re
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.chat.replies import HalfCorrupt, Silence, behaviour, corrupted_by, faithful, tokens
from tests.chat.server import Behaviour, ChatServer, Request, Response
from tests.ui.readers import DEFAULT, PATIENCE, Readers, ask, fits, samples, serving

pytestmark = pytest.mark.browser

MODEL = "openai:made-up-1"
OTHER = "Will the Council renew the LISMI mandate?"
STOPPED = "This ended before the answer was complete. Ask again."
CHANGED = "quoted: the model's sentence changed the wording"


class Director:
    """The behaviour of the one server of this file: whatever a test says it is."""

    now: Behaviour = staticmethod(faithful)

    def __call__(self, request: Request) -> Iterator[str] | Response:
        return self.now(request)


class Prompted:
    """The faithful reply, a line each time somebody says so; until then blanks, as from a model that thinks."""

    def __init__(self) -> None:
        self._lines = threading.Semaphore(0)

    def say(self, lines: int) -> None:
        self._lines.release(lines)

    def __call__(self, request: Request) -> Iterator[str]:
        for line in "".join(faithful(request)).splitlines(keepends=True):
            while not self._lines.acquire(timeout=0.05):
                yield " "
            yield from tokens(line)


@pytest.fixture(scope="module")
def directed() -> Director:
    return Director()


@pytest.fixture(scope="module")
def server(directed: Director) -> Iterator[ChatServer]:
    with ChatServer(directed) as running:
        yield running


@pytest.fixture(scope="module")
def address(repository: Path, server: ChatServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An app with a model that may be silent for a second."""
    folder = tmp_path_factory.mktemp("written")
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("YARDSTICK_MODEL", MODEL)
        environment.setenv("YARDSTICK_MODEL_URL", server.url)
        environment.setenv("YARDSTICK_MODEL_TIMEOUT", "1")
        with serving(repository, folder / "store", "--samples", str(samples(repository, folder / "samples"))) as served:
            yield served


@pytest.fixture
def page(readers: Readers, address: str, directed: Director) -> Page:
    """The page of a reader who wants the model, which is faithful, to answer."""
    directed.now = faithful
    opened = readers.open(address)
    choose(opened, MODEL)
    return opened


def choose(page: Page, name: str) -> None:
    page.get_by_label("Who answers").click()
    page.get_by_role("option", name=name).click()


def begin(page: Page, question: str) -> None:
    """Ask, and wait for nothing but the question."""
    box = page.get_by_role("textbox", name="Your question")
    box.fill(question)
    box.press("Enter")
    expect(page.locator(".question").last).to_have_text(question)


def answer(page: Page) -> Locator:
    """The last answer."""
    return page.locator(".answer").last


def expect_usable(page: Page) -> None:
    expect(page.get_by_role("button", name="Ask", exact=True)).to_be_enabled()
    expect(page.get_by_role("button", name="Stop")).to_have_count(0)
    expect(page.get_by_role("textbox", name="Your question")).to_be_editable()


def test_quotations_unless_a_model_is_chosen(readers: Readers, address: str, server: ChatServer) -> None:
    page = readers.open(address)
    expect(page.get_by_label("Who answers")).to_have_value("Quote the briefings")
    before = len(server.requests)
    ask(page, DEFAULT)
    expect(page.locator(".writer, button.compare, details.fold")).to_have_count(0)
    assert len(server.requests) == before
    choose(page, MODEL)
    ask(page, OTHER)
    expect(answer(page).locator(".writer")).to_contain_text(MODEL)
    assert len(server.requests) == before + 1


def test_claims_arrive_one_by_one_below_the_steps(page: Page, directed: Director) -> None:
    directed.now = prompted = Prompted()
    begin(page, DEFAULT)
    steps = page.locator(".step")
    for step in ("Searching the briefings", "Reading \\d+ sentences"):
        expect(steps.filter(has_text=re.compile(step))).to_be_visible(timeout=PATIENCE)
    checking = steps.filter(has_text="Checking the wording")
    expect(checking).to_have_count(0)
    for count in range(1, 4):
        expect(page.locator(".claims li")).to_have_count(count - 1)
        prompted.say(1)
        expect(page.locator(".claims li")).to_have_count(count)
        expect(checking).to_be_visible()
    expect(steps.last).to_be_visible()
    expect(page.locator(".acts")).to_have_count(0)
    early = page.locator(".claims li").all_inner_texts()
    prompted.say(9)
    expect(page.locator(".acts")).to_have_count(1)
    expect(steps).to_have_count(0)
    assert page.locator(".claims li").all_inner_texts()[: len(early)] == early
    expect_usable(page)


def test_each_claim_opens_beside_what_it_cites(page: Page) -> None:
    ask(page, DEFAULT)
    marks = page.get_by_role("button", name="checked against what it cites")
    expect(marks).to_have_count(page.locator(".claims li").count())
    expect(page.locator(".writer")).to_contain_text(MODEL)
    claim = page.locator(".claims li").nth(1)
    words = claim.locator(".said span").first.inner_text()
    claim.locator("button.compare").press("Enter")
    compared = page.locator("article.comparison")
    expect(compared.locator(".claimed")).to_have_text(words)
    quote = compared.locator("figure .quote").first
    assert words.removeprefix("According to the briefing, ")[1:] in without_ranges(quote)
    expect(compared.locator("mark.term").first).to_be_visible()
    compared.get_by_role("button", name="Read it").first.click()
    expect(page.locator("mark.cited")).to_be_in_viewport()
    page.get_by_role("button", name="Close").last.click()
    expect(page.locator("article.evidence")).to_have_count(0)
    expect(claim.locator("button.compare")).to_be_focused()


def without_ranges(quote: Locator) -> str:
    """The words of a quote; the ranges beside its terms are the page's."""
    return re.sub(r" \[[^\]]*\d%\]", "", quote.inner_text())


def test_changed_sentences_are_replaced_and_lie_behind_a_fold(page: Page, directed: Director) -> None:
    directed.now = corrupt = HalfCorrupt(("upgrades", "drops_hedges"))
    ask(page, DEFAULT)
    replaced = page.locator(".claims li.replaced")
    expect(replaced).to_have_count(2)
    expect(page.locator(".note")).to_contain_text("2 of the model's sentences were not as the briefings have it")
    wrong = [re.sub(r" \[\d+\]$", "", one.line) for one in corrupt.corrupted]
    right = [one.sentence for one in corrupt.corrupted]
    for claim in replaced.all():
        expect(claim.locator("summary")).to_have_text(CHANGED)
        assert claim.locator("blockquote span").first.inner_text() in right
        expect(claim.locator(".rejected")).to_be_hidden()
        assert not any(sentence in page.locator("#conversation").inner_text() for sentence in wrong)
        claim.locator("summary").click()
        expect(claim.locator(".rejected")).to_be_visible()
        assert claim.locator(".rejected s").inner_text() in wrong
        expect(claim.locator(".finding").first).to_contain_text("The briefing says")
        claim.locator("summary").click()
    expect(page.locator(".claims li.model button.compare")).to_have_count(3)


def test_a_sentence_written_again_says_so(page: Page, directed: Director) -> None:
    upgrading = corrupted_by("upgrades")
    directed.now = lambda request: (faithful if "Rejected 1:" in request.said() else upgrading)(request)
    ask(page, DEFAULT)
    repaired = page.locator(".claims li.repaired")
    expect(repaired.first.locator("summary")).to_contain_text("written again")
    expect(repaired.first.locator(".rejected")).to_be_hidden()
    count = repaired.count()
    expect(page.locator(".note").first).to_contain_text(f"{count} of the model's sentences w")
    repaired.first.locator("button.compare").click()
    expect(page.locator("article.comparison .claimed")).to_be_visible()


def stop_after(page: Page, directed: Director, lines: int) -> None:
    """Ask the default question, and stop after so many claims."""
    directed.now = prompted = Prompted()
    begin(page, DEFAULT)
    prompted.say(lines)
    expect(answer(page).locator(".claims li")).to_have_count(lines)
    # Whatever is asked before Gradio has let go of the answer fails with it.
    with page.expect_response(re.compile("/reset$")):
        page.get_by_role("button", name="Stop").click()
    expect(answer(page).locator(".problem")).to_have_text(STOPPED)
    expect(answer(page).locator(".claims li")).to_have_count(lines)
    expect_usable(page)
    # Let go of the connection.
    prompted.say(9)
    directed.now = faithful


def test_stopping_keeps_what_came(page: Page, directed: Director) -> None:
    ask(page, OTHER)
    stop_after(page, directed, 2)
    answer(page).locator("button.compare").first.click()
    expect(page.locator("article.comparison")).to_be_visible()
    ask(page, "How likely are protests over bread prices?")
    expect(page.locator(".answer")).to_have_count(3)
    stopped = page.locator(".answer").nth(1)
    expect(stopped.locator(".problem")).to_have_text(STOPPED)
    expect(stopped.locator(".claims li")).to_have_count(2)


def test_asking_again_completes_what_was_stopped(page: Page, directed: Director) -> None:
    ask(page, OTHER)
    stop_after(page, directed, 1)
    page.get_by_role("button", name="Ask again").click()
    expect(page.locator(".acts")).to_have_count(2)
    expect(page.locator(".question")).to_have_text([OTHER, DEFAULT])
    assert len(claims(page)) > 2


FELL_BACK = "the briefings are quoted instead"
NOTHING_USABLE: tuple[tuple[Behaviour, str], ...] = (
    (behaviour("server_error"), "The model's server failed (status 500)"),
    (behaviour("malformed_events"), "The model's server failed"),
    (behaviour("empty"), FELL_BACK),
    (behaviour("refusal"), FELL_BACK),
    (Silence(9), "The model did not answer in time"),
)


def test_a_model_that_fails_ends_in_quotations_and_a_word_on_why(page: Page, directed: Director) -> None:
    ask(page, OTHER)
    earlier = page.locator(".claims").first.inner_text()
    for count, (said, note) in enumerate(NOTHING_USABLE, start=2):
        directed.now = said
        ask(page, DEFAULT)
        expect(answer(page).locator(".note", has_text=note)).to_be_visible()
        expect(answer(page).locator("blockquote").first).to_be_visible()
        expect(answer(page).locator(".claims li:is(.model, .repaired)")).to_have_count(0)
        expect(page.locator(".acts")).to_have_count(count)
        expect_usable(page)
    assert page.locator(".claims").first.inner_text() == earlier


def test_a_model_that_half_fails_keeps_what_is_right(page: Page, directed: Director) -> None:
    ask(page, DEFAULT)
    whole = claims(page)
    assert len(whole) > 2
    for name in ("rate_limited_once", "never_ends", "stops_mid_sentence"):
        directed.now = behaviour(name)
        ask(page, DEFAULT)
        assert set(whole[:-1]) <= set(claims(page)) <= set(whole), name
        expect_usable(page)


def claims(page: Page) -> list[str]:
    """The words of the claims in the last answer."""
    return answer(page).locator(".claims li > :first-child > span:first-child").all_inner_texts()


def test_a_reply_in_another_language_is_quoted_instead(page: Page, directed: Director) -> None:
    directed.now = behaviour("other_language")
    ask(page, DEFAULT)
    expect(page.locator(".claims li.replaced").first).to_be_visible()
    expect(page.locator(".claims li:is(.model, .repaired)")).to_have_count(0)
    expect(page.get_by_text("Selon la note").first).to_be_hidden()
    assert "Selon la note" not in page.locator("#conversation").inner_text()


def test_markup_of_a_model_stays_words(page: Page, directed: Director) -> None:
    directed.now = behaviour("markdown_and_script")
    ask(page, DEFAULT)
    for fold in page.locator("details.fold summary").all():
        fold.click()
    ours = page.locator("#conversation, #evidence")
    expect(ours.locator("script, img, iframe, a[href]")).to_have_count(0)
    expect(ours).to_contain_text(["<script>window.taken = true</script>", ""])
    assert page.evaluate("window.taken") is None


def test_at_phone_width(readers: Readers, address: str, directed: Director) -> None:
    directed.now = HalfCorrupt()
    page = readers.open(address, 390, 844)
    assert fits(page)
    choose(page, MODEL)
    ask(page, DEFAULT)
    page.locator("details.fold summary").first.click()
    assert fits(page)
    page.locator("button.compare").first.click()
    expect(page.locator("article.comparison .claimed")).to_be_in_viewport()
    assert fits(page)
