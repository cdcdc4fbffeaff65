"""The HTML report in a real browser: filters, search, links to a case, a phone, and no script at all."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from evals.gating import gate
from evals.report import write
from tests.evals.made_runs import RAISED, hostile, pair
from tests.ui.readers import fits

pytestmark = pytest.mark.browser

Open = Callable[..., Page]


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of the report on two made-up runs."""
    base, head = pair()
    return write(gate(base, head), base, head, tmp_path_factory.mktemp("report"))["html"].as_uri()


@pytest.fixture
def opened(browser: Browser) -> Iterator[Open]:
    """Opens a page; in the end nothing on it failed, and it asked for nothing but itself."""
    faults: list[str] = []

    def open_page(address: str, width: int = 1280, scripts: bool = True, dark: bool = False) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 800},
            java_script_enabled=scripts,
            color_scheme="dark" if dark else "light",
        )
        page = context.new_page()
        page.on("request", lambda one: faults.append(one.url) if one.url != address.partition("#")[0] else None)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
        page.on("dialog", lambda dialog: (faults.append(dialog.message), dialog.dismiss()))
        page.goto(address)
        return page

    yield open_page
    for context in browser.contexts:
        context.close()
    assert not faults


def shown(page: Page) -> list[str]:
    """The cases that a reader sees, but for the 60 that pass."""
    names = page.locator(".case:visible > summary code").all_inner_texts()
    return [name for name in names if "fine" not in name]


def test_every_case_is_there_at_first_the_worst_in_front(opened: Open, report: str) -> None:
    page = opened(report)
    everything = ["q-severe", "q-new", "q-flaky", "q-unscored", "q-failing", "q-fixed", "d-replaced"]
    assert shown(page) == everything
    expect(page.get_by_role("status")).to_have_text("67 cases")


def test_filters_by_state_kind_slice_and_words(opened: Open, report: str) -> None:
    page = opened(report)
    page.get_by_label("Fixed").check()
    assert shown(page) == ["q-fixed"]
    page.get_by_label("Flaky").check()
    assert shown(page) == ["q-flaky", "q-fixed"]
    expect(page.get_by_role("status")).to_have_text("2 of 67 cases")
    expect(page.locator(".group:visible h3")).to_have_text(["New failure 1", "Fixed 1"])
    page.get_by_role("button", name="Clear").click()
    expect(page.get_by_role("status")).to_have_text("67 cases")
    page.get_by_label("Kind").select_option("draft")
    assert shown(page) == ["d-replaced"]
    page.get_by_label("Slice").select_option("fact")
    expect(page.get_by_role("status")).to_have_text("0 of 67 cases")
    page.get_by_role("button", name="Clear").click()
    page.get_by_label("Search").fill("ORVAT stronger")
    assert shown(page) == ["q-severe"]


def test_a_state_says_how_many_it_would_show(opened: Open, report: str) -> None:
    page = opened(report)
    count = page.locator('[data-state="new"]')
    expect(count).to_have_text("3")
    page.get_by_label("Search").fill("stronger")
    expect(count).to_have_text("1")
    # The states chosen do not count themselves out.
    page.get_by_label("New, severe").check()
    expect(count).to_have_text("1")


def test_a_case_opens_by_the_keyboard_and_shows_both_answers(opened: Open, report: str) -> None:
    page = opened(report)
    page.get_by_label("Search").focus()
    for _ in range(3):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    case = page.locator(".case[open]")
    expect(case.locator("summary code")).to_have_text(["q-severe"])
    cells = case.locator("table.lines").first.locator("tbody td")
    expect(cells.nth(0).locator("mark")).to_have_text(["unlikely"])
    expect(cells.nth(1).locator("del")).to_have_text(["unlikely"])
    expect(cells.nth(2).locator("p").first).to_have_text(RAISED)
    expect(cells.nth(2).locator("ins")).to_have_text(["highly likely"])
    expect(cells.nth(2).locator(".finding")).to_have_text("New: Upgraded (severe) The claim is stronger.")


def test_everything_opens_and_closes_at_once(opened: Open, report: str) -> None:
    page = opened(report)
    page.get_by_label("Fixed").check()
    page.get_by_role("button", name="Open or close all").click()
    expect(page.locator(".case[open]")).to_have_count(1)
    page.get_by_role("button", name="Open or close all").click()
    expect(page.locator(".case[open]")).to_have_count(0)


@pytest.mark.parametrize("scripts", [True, False])
def test_a_link_to_a_case_opens_it(opened: Open, report: str, scripts: bool) -> None:
    page = opened(f"{report}#q-fine-59", scripts=scripts)
    expect(page.locator(".case[open] > summary code")).to_have_text(["q-fine-59"])
    expect(page.locator(".case[open] > summary")).to_be_in_viewport()


def test_a_reason_leads_to_its_case_whatever_is_filtered(opened: Open, report: str) -> None:
    page = opened(report)
    page.get_by_label("Fixed").check()
    page.get_by_role("link", name="q-severe").click()
    expect(page.locator(".case[open] > summary code")).to_have_text(["q-severe"])
    expect(page.get_by_role("status")).to_have_text("67 cases")


def test_without_a_script_every_case_is_there_and_no_filter(opened: Open, report: str) -> None:
    page = opened(report, scripts=False)
    expect(page.locator(".case:visible")).to_have_count(67)
    expect(page.locator("form")).to_be_hidden()


@pytest.mark.parametrize("dark", [False, True])
def test_a_phone_shows_it_without_scrolling_to_the_side(opened: Open, report: str, dark: bool) -> None:
    page = opened(report, width=360, dark=dark)
    page.get_by_role("button", name="Open or close all").click()
    assert fits(page)


def test_what_a_briefing_or_a_model_says_does_nothing(opened: Open, tmp_path: Path) -> None:
    base, head = hostile()
    page = opened(write(gate(base, head), base, head, tmp_path)["html"].as_uri())
    page.get_by_role("button", name="Open or close all").click()
    expect(page.locator(".case")).to_have_count(67)
    expect(page.locator(".case img")).to_have_count(0)
    assert fits(page)
