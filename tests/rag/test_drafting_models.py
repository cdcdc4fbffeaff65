"""Drafts that a chat model writes up, over a real server: no line changes a judgement, none gets lost."""

from typing import Any

import pytest

from rag.answer import Claim, Filters, Step
from rag.drafts.draft import Draft
from rag.service import Yardstick
from rag.wording import check_claim
from tests.chat.replies import HalfCorrupt, behaviour
from tests.chat.server import ChatServer

MODEL = "openai:made-up-1"


@pytest.fixture
def drafted(service: Yardstick, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A summary of the first briefing, as a model of a given behaviour writes it, and the one by quotation."""

    def draft(said: Any) -> tuple[Draft, Draft]:
        with ChatServer(behaviour(said) if isinstance(said, str) else said) as server:
            settings = service._settings.model_copy(update={"model_url": server.url, "model_timeout": 1.0})
            monkeypatch.setattr(service, "_settings", settings)
            monkeypatch.setattr(service, "_models", {})
            briefing = service.library.briefings()[0].id
            filters = Filters(briefing_ids=(briefing,))
            return service.draft("summary", filters, model=MODEL), service.draft("summary", filters)

    return draft


def claims(draft: Draft) -> list[Claim]:
    return [line.claim for section in draft.sections for line in section.lines]


@pytest.mark.parametrize("said", ["faithful", "drops_hedges", "upgrades", "numeric", HalfCorrupt()])
def test_no_line_changes_a_judgement(drafted: Any, said: Any) -> None:
    written, quoted = drafted(said)
    for claim in claims(written):
        assert not check_claim(claim.text, [citation.quote for citation in claim.citations])
    cited = {citation.quote for claim in claims(written) for citation in claim.citations}
    assert cited >= {claim.citations[0].quote for claim in claims(quoted)}
    assert written.missing == quoted.missing
    assert written.model == MODEL
    assert "draft-1-" in written.prompt


def test_each_section_that_a_model_writes_is_a_step(service: Yardstick, monkeypatch: pytest.MonkeyPatch) -> None:
    with ChatServer(behaviour("faithful")) as server:
        settings = service._settings.model_copy(update={"model_url": server.url})
        monkeypatch.setattr(service, "_settings", settings)
        monkeypatch.setattr(service, "_models", {})
        *steps, draft = service.drafting("summary", Filters((service.library.briefings()[0].id,)), model=MODEL)
    assert isinstance(draft, Draft)
    count = len(draft.sections)
    told = [step.text for step in steps if isinstance(step, Step)]
    assert told[-count:] == [f"Writing section {place} of {count} with {MODEL}" for place in range(1, count + 1)]


def test_a_model_that_fails_leaves_the_quotations(drafted: Any) -> None:
    written, quoted = drafted("server_error")
    assert written.sections == quoted.sections
    assert "failed" in " ".join(written.notes)
    assert not written.model
