"""Questions to a small store of real briefings, through the service, the command line and LangChain."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.errors import YardstickError
from ingest.settings import load_settings
from rag.__main__ import main
from rag.answer import Answer, Filters
from rag.langchain import BriefingAnswers, BriefingRetriever
from rag.output import plain_text
from rag.service import Yardstick
from tests.commands import ran

HARBOUR_MARCH = """# Port Merrow: Will the Dockers Walk Out?

By Ida Lund | 3 March 2026

## Summary

- Dockers at Port Merrow have refused overtime since January.
- A full strike is unlikely before the summer.

## The Quarrel

The harbour board employs 1,240 dockers. It cut their night allowance by 15 per cent in December.

## Forecast

- **Short-term (Now - 3 months)**
  - A full strike at Port Merrow is unlikely.
- **Long-term (>1 year)**
  - It is almost certain that the harbour board will automate the northern quay.

Probability scale: PHIA yardstick
"""
HARBOUR_SEPTEMBER = (
    HARBOUR_MARCH.replace("3 March 2026", "9 September 2026")
    .replace("Will the Dockers Walk Out?", "The Dockers' Patience Ends")
    .replace("A full strike is unlikely before the summer.", "A full strike is now likely.")
    .replace(
        "A full strike at Port Merrow is unlikely.", "A full strike at Port Merrow is likely unless the board yields."
    )
)
GLACIER = """# The Sund Glacier: Water for Three Towns

By Per Aas | 20 May 2026

## Summary

- Melt from the Sund glacier feeds three towns.
- A water shortage in the towns is a realistic possibility this year.

## Forecast

- **Medium-term (3-12 months)**
  - It is highly unlikely that the towns will share their reservoirs.
"""


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("asking")
    texts = {"march.md": HARBOUR_MARCH, "september.md": HARBOUR_SEPTEMBER, "glacier.md": GLACIER}
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    outcomes = Yardstick(load_settings(folder / "store")).library.add([folder / name for name in texts])
    assert [outcome.status for outcome in outcomes] == ["added"] * 3
    return folder / "store"


@pytest.fixture(scope="module")
def service(store: Path) -> Yardstick:
    return Yardstick(load_settings(store))


def quotes(answer: Answer) -> list[str]:
    return [claim.citations[0].quote for claim in answer.claims]


def test_the_author_s_sentence_answers_word_for_word(service: Yardstick) -> None:
    answer = service.ask("Will the towns share their reservoirs?")
    assert answer.status == "answered"
    assert quotes(answer)[0] == "It is highly unlikely that the towns will share their reservoirs."
    assert answer.claims[0].citations[0].horizon == "medium"
    assert answer.as_of == date(2026, 5, 20)


def test_two_briefings_that_differ_stand_side_by_side_newest_first(service: Yardstick) -> None:
    found = quotes(service.ask("Will there be a full strike at Port Merrow?"))
    newer = found.index("A full strike at Port Merrow is likely unless the board yields.")
    assert "A full strike at Port Merrow is unlikely." in found[newer + 1 :]


def test_as_of_a_date_later_briefings_are_silent(service: Yardstick) -> None:
    answer = service.ask("Will there be a full strike?", Filters(as_of=date(2026, 6, 1)))
    assert answer.as_of is not None
    assert answer.as_of <= date(2026, 6, 1)
    assert not any("likely unless" in quote for quote in quotes(answer))


def test_a_horizon_filter_lets_only_that_horizon_answer(service: Yardstick) -> None:
    answer = service.ask("What will the harbour board do?", Filters(horizons=("long",)))
    cited = {citation.horizon for claim in answer.claims for citation in claim.citations[:1]}
    assert cited <= {"long"}
    assert cited


def test_a_follow_up_asks_for_the_other_horizon(service: Yardstick) -> None:
    first = service.ask("What will the harbour board do with the northern quay in the short term?")
    second = service.ask("And in the longer term?", history=[first])
    assert "in the longer term" in second.read_as
    assert any("automate the northern quay" in quote for quote in quotes(second))


def test_the_bottom_line_is_the_summary_s_judgement(service: Yardstick) -> None:
    answer = service.ask("What is the bottom line on the Sund glacier?")
    assert quotes(answer)[0] == "A water shortage in the towns is a realistic possibility this year."


@pytest.mark.parametrize("question", ["How do I bake rye bread?", "Who won the 1966 chess olympiad?"])
def test_what_the_briefings_do_not_say_is_said_so(service: Yardstick, question: str) -> None:
    answer = service.ask(question)
    assert answer.status == "not_in_briefings"
    assert not answer.claims
    assert answer.nearest
    assert "do not say" in plain_text(answer)


def test_a_sentence_that_refers_back_is_shown_with_the_one_before(service: Yardstick) -> None:
    claims = service.quotes("By how much was the night allowance cut?")
    claim = next(claim for claim in claims if "15 per cent" in claim.citations[0].quote)
    assert claim.text == f"{claim.citations[1].quote} {claim.citations[0].quote}"
    assert claim.citations[1].quote == "The harbour board employs 1,240 dockers."


@given(st.text(max_size=120))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_citation_reproduces_its_quote_whatever_is_asked(service: Yardstick, question: str) -> None:
    answer = service.ask(question)
    cited = [citation for claim in answer.claims for citation in claim.citations] + list(answer.nearest)
    for citation in cited:
        text = service.library.briefing(citation.briefing_id).text
        assert text[citation.start : citation.end] == citation.quote


def test_readers_do_not_disturb_one_another(service: Yardstick) -> None:
    questions = ["Will there be a full strike?", "Will the towns share their reservoirs?"] * 6
    alone = [quotes(service.ask(question)) for question in questions]
    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(lambda question: quotes(service.ask(question)), questions)) == alone


def test_a_running_service_sees_what_is_added_and_removed(tmp_path: Path) -> None:
    service = Yardstick(load_settings(tmp_path / "store"))
    assert service.ask("Is a full strike likely?").status == "not_in_briefings"
    (tmp_path / "march.md").write_text(HARBOUR_MARCH, encoding="utf-8")
    (outcome,) = service.library.add([tmp_path / "march.md"])
    assert outcome.briefing_id is not None
    assert service.ask("Is a full strike at Port Merrow likely?").status == "answered"
    assert service.examples()
    service.library.remove(outcome.briefing_id)
    assert service.ask("Is a full strike at Port Merrow likely?").status == "not_in_briefings"


def test_a_missing_reranker_says_what_to_do(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YARDSTICK_RERANKER", "/no/such/reranker")
    with pytest.raises(YardstickError, match=r"YARDSTICK_RERANKER.*/no/such/reranker"):
        Yardstick(load_settings(store)).ask("Is a strike likely?")


def test_langchain_gets_cited_sentences_and_answers(service: Yardstick) -> None:
    documents = BriefingRetriever(retriever=service.retriever, k=3).invoke("Will the towns share their reservoirs?")
    assert len(documents) == 3
    assert documents[0].page_content == documents[0].metadata["quote"]
    answers = BriefingAnswers(service.stream)
    assert answers.invoke("Will the towns share their reservoirs?")["status"] == "answered"
    kinds = [next(iter(item)) for item in answers.stream("Will the towns share their reservoirs?")]
    assert kinds[0] == "step"
    assert "claim" in kinds
    assert kinds[-1] == "question"


def test_a_batch_gives_one_object_a_question_in_order(store: Path, tmp_path: Path) -> None:
    questions = ["Will the towns share their reservoirs?", "How do I bake rye bread?"]
    (tmp_path / "questions.txt").write_text("\n".join(questions), encoding="utf-8")
    done = ran(main, "ask", "--batch", str(tmp_path / "questions.txt"), "--json", "--store", str(store))
    objects = [json.loads(line) for line in done.stdout.splitlines()]
    assert [each["question"] for each in objects] == questions
    assert [each["status"] for each in objects] == ["answered", "not_in_briefings"]
    keys = {"question", "read_as", "status", "as_of", "claims", "nearest", "seconds", "model", "prompt", "notes"}
    assert set(objects[0]) == keys
    assert set(objects[0]["claims"][0]) == {"text", "citations", "findings", "origin", "rejected"}
    assert set(objects[0]["claims"][0]["citations"][0]) == {
        *("briefing_id", "title", "published", "section", "horizon", "page", "start", "end", "quote")
    }


def test_a_conversation_in_a_terminal_understands_follow_ups(store: Path) -> None:
    done = ran(main, "chat", "--store", str(store), typed="Will the Port Board automate?\nAnd in the longer term?\n\n")
    assert done.returncode == 0
    assert "read as: Will the Port Board automate, in the longer term?" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["ask"], "Give a question"),
        (["ask", "--batch", "/no/such/file"], "/no/such/file"),
        (["ask", "x", "--briefing", "nobody"], "python -m ingest list"),
        (["ask", "x", "--publisher", "Nobody"], "--publisher Nobody"),
        (["ask", "x", "--as-of", "soon"], "2025-11-10"),
    ],
)
def test_a_wrong_command_says_what_to_do(store: Path, arguments: list[str], says: str) -> None:
    done = ran(main, *arguments, "--store", str(store))
    assert done.returncode == 2
    assert says in done.stderr


def test_an_empty_store_says_how_to_fill_it(tmp_path: Path) -> None:
    done = ran(main, "ask", "Is a strike likely?", "--store", str(tmp_path / "none"))
    assert done.returncode == 2
    assert "python -m ingest" in done.stderr


def test_a_question_made_from_a_forecast_keeps_its_numbers_and_names(tmp_path: Path) -> None:
    forecasts = (
        "It is likely that growth in the Vello straits will reach 2.5 per cent by May, because trade is back.",
        "It is unlikely that Gen. Koll and 1,200 gunners of St. Orsk will leave the harbour fort.",
    )
    listed = "\n".join(f"  - {text}" for text in forecasts)
    (tmp_path / "koll.md").write_text(
        f"# The Harbour Fort\n\n## Forecast\n\n- **Short-term (Now - 3 months)**\n{listed}\n", encoding="utf-8"
    )
    service = Yardstick(load_settings(tmp_path / "store"))
    service.library.add([tmp_path / "koll.md"])
    assert service.examples()[:2] == (
        "How likely is it that growth in the Vello straits will reach 2.5 per cent by May?",
        "How likely is it that Gen. Koll and 1,200 gunners of St. Orsk will leave the harbour fort?",
    )
