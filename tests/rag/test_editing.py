"""An analyst at work on a draft: every change is checked, and nothing wrong goes out unmarked."""

import re
from pathlib import Path

import pytest

from ingest.errors import YardstickError
from rag.answer import Filters
from rag.drafts.draft import Draft
from rag.drafts.editing import accepted, finished, line_at, restored
from rag.library import load_settings
from rag.service import Yardstick


@pytest.fixture(scope="module")
def draft(service: Yardstick) -> Draft:
    return service.draft("summary", Filters(briefing_ids=(service.library.briefings()[0].id,)))


@pytest.fixture(scope="module")
def place(draft: Draft) -> str:
    """A line that judges something likely."""
    lines = ((s, n, line) for s, section in enumerate(draft.sections) for n, line in enumerate(section.lines))
    return next(f"{s}/{n}" for s, n, line in lines if " likely to " in line.claim.text)


def surer(words: str) -> str:
    return re.sub(r"is (?:now )?(?:highly )?likely to", "will", words, count=1)


def test_a_changed_term_is_found_and_taken_back(service: Yardstick, draft: Draft, place: str) -> None:
    words = line_at(draft, place).claim.text
    wrong = service.edited(draft, place, surer(words))
    line = line_at(wrong, place)
    assert line.is_open
    assert line.claim.origin == "edited"
    assert {one.kind for one in line.claim.findings} == {"dropped"}
    assert restored(wrong, place) == draft
    assert service.edited(wrong, place, f"  {words}\n") == draft


def test_a_row_of_a_table_is_edited_by_its_own_clause(tmp_path: Path) -> None:
    text = "# The Weir\n\nBy Ada Prow | 3 March 2026\n\n## Outlook\n\n"
    text += "The weir is likely to fail in winter, and the millers are highly likely to sue the council.\n"
    (tmp_path / "weir.md").write_text(text, encoding="utf-8")
    service = Yardstick(load_settings(tmp_path / "store"))
    service.library.add([tmp_path])
    table = service.draft("judgements")
    row = line_at(table, "0/0")
    assert row.text == "The weir is likely to fail in winter"
    assert service.edited(table, "0/0", row.text) == table
    wrong = service.edited(table, "0/0", "The weir will fail in winter")
    assert line_at(wrong, "0/0").is_open
    assert line_at(wrong, "0/0").text == "The weir will fail in winter"
    assert service.edited(wrong, "0/0", row.text) == table
    assert restored(wrong, "0/0") == table


def test_a_harmless_change_is_in_order(service: Yardstick, draft: Draft, place: str) -> None:
    words = line_at(draft, place).claim.text
    line = line_at(service.edited(draft, place, f"In our view {words[0].lower()}{words[1:]}"), place)
    assert not line.is_open
    assert line.claim.origin == "edited"


def test_a_name_of_ones_own_is_found(service: Yardstick, draft: Draft, place: str) -> None:
    words = line_at(draft, place).claim.text.rstrip(".")
    line = line_at(service.edited(draft, place, f"{words}, says Quillon Brask."), place)
    assert "unsupported" in {one.kind for one in line.claim.findings}


def test_a_finding_stands_only_with_a_reason(service: Yardstick, draft: Draft, place: str) -> None:
    wrong = service.edited(draft, place, surer(line_at(draft, place).claim.text))
    with pytest.raises(YardstickError, match="reason"):
        accepted(wrong, place, " ")
    standing = accepted(wrong, place, "Confirmed by the ministry since.")
    assert not line_at(standing, place).is_open
    # Another change has to be accepted anew.
    again = service.edited(standing, place, line_at(standing, place).claim.text + " Surely.")
    assert not line_at(again, place).accepted


def test_an_emptied_line_goes_and_what_it_said_is_missing(service: Yardstick, draft: Draft, place: str) -> None:
    gone = finished(service.edited(draft, place, ""))
    text = line_at(draft, place).claim.text
    assert text not in [line.claim.text for section in gone.sections for line in section.lines]
    assert text in [line.claim.text for line in gone.missing]


@pytest.mark.parametrize("where", ["", "9/9", "0", "x/y", "-1/0", "0/99"])
def test_a_line_that_is_not_there(draft: Draft, where: str) -> None:
    with pytest.raises(YardstickError, match="Draft again"):
        line_at(draft, where)
