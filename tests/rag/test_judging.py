"""A claim against its citations as a whole: what the briefing cited is called is no speaker and no time."""

import pytest

from ingest.yardsticks import yardsticks
from rag.judging import check_cited
from rag.service import Yardstick


@pytest.mark.parametrize("marks", ["“{}”", '"{}"'])
def test_the_title_of_the_cited_briefing_speaks_for_its_authors(service: Yardstick, marks: str) -> None:
    corpus = service.retriever.corpus()
    answer = service.ask("Will there be a full strike?")
    claim = next(one for one in answer.claims if not check_cited(one.text, one.citations, corpus, yardsticks()))
    title = marks.format(claim.citations[0].title)
    said = f"{claim.text[0].lower()}{claim.text[1:]}"
    assert not check_cited(f"According to {title}, {said}", claim.citations, corpus, yardsticks())


def test_another_title_is_another_speaker(service: Yardstick) -> None:
    corpus = service.retriever.corpus()
    answer = service.ask("Will there be a full strike?")
    claim = next(one for one in answer.claims if "likely" in one.text)
    found = check_cited(f"According to “The Lorn Gazette”, {claim.text}", claim.citations, corpus, yardsticks())
    assert "attribution_lost" in {one.kind for one in found}
