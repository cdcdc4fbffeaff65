"""An analyst drafts, edits and exports in a real browser, against the app as it is served."""

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.ui.readers import PATIENCE, Readers, fits, samples, serving

pytestmark = pytest.mark.browser
BOND = "Caldria's Harbour Bond"


@pytest.fixture(scope="module")
def address(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("drafting")
    read = str(samples(repository, folder / "samples"))
    with serving(repository, folder / "store", "--samples", read) as served:
        yield served


def draft(page: Page, form: str = "Executive summary") -> Locator:
    """A draft of the briefing on the bond, made on the Draft page."""
    page.get_by_role("tab", name="Draft").click()
    choose(page, "Briefings", BOND)
    choose(page, "Form", form)
    page.locator("#make").click()
    article = page.locator("#editor article.draft")
    expect(article).to_be_visible(timeout=PATIENCE)
    return article


def choose(page: Page, label: str, option: str) -> None:
    page.locator("#draft-tab").get_by_label(label, exact=True).first.click()
    page.get_by_role("option").filter(has_text=option).first.click()
    page.keyboard.press("Escape")


def judging(article: Locator) -> Locator:
    """The first line that says "likely to"."""
    for box in article.locator("textarea").all():
        if " likely to " in box.input_value():
            return box
    raise AssertionError("no line judges anything likely")


def test_an_edit_that_turns_likely_into_will_is_found_and_taken_back(readers: Readers, address: str) -> None:
    page = readers.open(address)
    article = draft(page)
    box = judging(article)
    words, name = box.input_value(), box.get_attribute("name")
    box.click()
    pane = page.locator("#evidence article.draft-line")
    expect(pane.locator("figure .quote")).to_contain_text(words[:20])
    box.fill(re.sub(r"(?:is|are) (?:highly )?likely to", "will", words))
    expect(pane.locator(".finding").first).to_contain_text("likely")
    expect(article.locator("li.line.open")).to_have_count(1)
    expect(article.locator("p.state")).to_contain_text("1 of")
    box.fill(words)
    expect(article.locator("li.line.open")).to_have_count(0)
    box.fill(words.replace("likely to", "certain to"))
    expect(article.locator("li.line.open")).to_have_count(1)
    pane.locator("button.restore").click()
    expect(article.locator("li.line.open")).to_have_count(0)
    expect(article.locator(f"textarea[name='{name}']")).to_have_value(words)


def test_a_finding_stands_for_a_reason_alone(readers: Readers, address: str) -> None:
    page = readers.open(address)
    article = draft(page)
    box = judging(article)
    box.fill(box.input_value().replace("likely to", "certain to"))
    pane = page.locator("#evidence article.draft-line")
    expect(pane.locator(".finding").first).to_be_visible()
    pane.locator("button.accept").click()
    expect(pane.locator(".problem")).to_contain_text("reason")
    pane.locator("input[name=reason]").fill("The minister has confirmed it since.")
    pane.locator("button.accept").click()
    expect(pane.locator(".status")).to_contain_text("The minister has confirmed it since.")
    expect(article.locator("li.line.accepted")).to_have_count(1)


def test_what_is_edited_is_what_is_exported(readers: Readers, address: str, tmp_path: Path) -> None:
    page = readers.open(address)
    article = draft(page)
    box = judging(article)
    # At once: what is typed is exported, whether or not it has been looked at yet.
    box.fill(box.input_value().replace("likely to", "certain to"))
    with page.expect_download() as download:
        page.locator("#export").click()
    saved = tmp_path / download.value.suggested_filename
    download.value.save_as(saved)
    assert saved.suffix == ".docx"
    with zipfile.ZipFile(saved) as word:
        assert "[unverified]" in word.read("word/document.xml").decode()
        assert "Harbour Bond" in word.read("word/footnotes.xml").decode()
    for _ in range(2):
        with page.expect_download() as again:
            page.locator("#export").click()
        assert again.value.suggested_filename == saved.name


def test_a_table_quotes_is_edited_and_opens_its_sources(readers: Readers, address: str) -> None:
    page = readers.open(address)
    article = draft(page, "Key judgements")
    rows = article.locator("table.judged tbody tr")
    assert rows.count() > 3
    box = rows.first.locator("textarea")
    words = box.input_value()
    box.fill(re.sub("(?:highly )?likely|unlikely", "certain", words))
    expect(article.locator("tr.open")).to_have_count(1)
    page.locator("#evidence button.restore").click()
    expect(article.locator("tr.open")).to_have_count(0)
    expect(box).to_have_value(words)
    rows.first.locator("button.cite").click()
    expect(page.locator("mark.cited")).to_be_visible()


def test_nothing_chosen_says_so(readers: Readers, address: str) -> None:
    page = readers.open(address, width=390)
    page.get_by_role("tab", name="Draft").click()
    page.locator("#make").click()
    expect(page.locator("#editor [role=alert]")).to_contain_text("Choose briefings")
    assert fits(page)
