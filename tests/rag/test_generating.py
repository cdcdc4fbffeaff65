"""The model composer against a real server: a model's errors never reach a reader, and no failure is a dead end."""

import re
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ingest.errors import YardstickError
from ingest.settings import Settings
from rag.answer import Answer, Claim, Step
from rag.models import model_name
from rag.output import answer_object, plain_text
from rag.prompting import FOLDER, load_prompt
from rag.service import Yardstick
from rag.wording import check_claim
from tests.chat.replies import HalfCorrupt, behaviour, faithful, read, tokens
from tests.chat.server import ChatServer, Request, Response

MODEL = "openai:made-up-1"
QUESTION = "Will Tavia win the ferry concession?"
RELEASED = {
    "answer": (2, "8de9dd558a42"),
    "condense": (1, "58766692add5"),
    "repair": (2, "20f3b541db3d"),
    "draft": (1, "e5c4189a0a80"),
}


@pytest.fixture
def asked(service: Yardstick, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Ask through a model that behaves in a given way: (behaviour, question) -> (answer, server)."""

    def ask(said: Any, question: str = QUESTION, **limits: float) -> tuple[Answer, ChatServer]:
        with ChatServer(behaviour(said) if isinstance(said, str) else said) as server:
            settings = service._settings.model_copy(update={"model_url": server.url, "model_timeout": 1.0} | limits)
            monkeypatch.setattr(service, "_settings", settings)
            monkeypatch.setattr(service, "_models", {})
            return service.ask(question, model=MODEL), server

    return ask


def test_a_faithful_model_is_passed_on(asked: Any) -> None:
    answer, server = asked("faithful")
    assert {claim.origin for claim in answer.claims} == {"model"}
    assert answer.model == MODEL
    assert load_prompt("answer").digest in answer.prompt
    assert len(server.requests) == 1
    assert not answer.notes
    assert answer_object(answer)["claims"][0]["origin"] == "model"


@pytest.mark.parametrize(
    "said",
    [
        "drops_hedges",
        "upgrades",
        "downgrades",
        "numeric",
        "vague",
        "flips_polarity",
        "claims_confidence",
    ],
)
def test_changed_wording_never_passes(asked: Any, said: str) -> None:
    answer, _ = asked(said)
    for claim in answer.claims:
        assert not check_claim(claim.text, [citation.quote for citation in claim.citations])
    assert any(claim.origin == "replaced" for claim in answer.claims)
    assert "replaced by quotations" in " ".join(answer.notes)
    replaced = next(claim for claim in answer.claims if claim.origin == "replaced")
    assert replaced.findings
    assert replaced.text == replaced.citations[0].quote != replaced.rejected
    assert "changed the wording" in plain_text(answer)


def test_wrong_citations_never_pass(asked: Any) -> None:
    for said in ("invents_citations", "cites_wrong", "no_citations"):
        answer, _ = asked(said)
        assert answer.claims
        assert all(claim.origin != "model" for claim in answer.claims), said


def test_half_of_the_judgements_corrupted(asked: Any) -> None:
    said = HalfCorrupt()
    answer, _ = asked(said)
    wrong = {
        " ".join(re.sub(r"\s*\[[\d, ]+\]", "", fault.line).split())
        for fault in said.corrupted
        if "cit" not in fault.kind
    }
    assert wrong
    assert not wrong & {claim.text for claim in answer.claims}


def test_markup_and_links_never_pass(asked: Any) -> None:
    answer, _ = asked("markdown_and_script")
    shown = " ".join(claim.text for claim in answer.claims)
    assert answer.claims
    assert not re.search(r"<|http|javascript|\]\(", shown)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("server_error", "failed (status 500)"),
        (lambda _: Response(status=401, message="No such key: sk-1."), "refuses the key"),
        (lambda _: Response(status=404, message="No such model."), "does not know this model"),
        (lambda _: Response(status=400, message="Maximum context length is 10."), "too long"),
        ("malformed_events", ""),
        ("silence", "in time"),
        ("empty", "no usable answer"),
        ("refusal", "no usable answer"),
        ("tool_call", "no usable answer"),
        ("other_language", ""),
    ],
)
def test_a_model_that_fails_leaves_the_quotations(asked: Any, said: Any, told: str) -> None:
    answer, _ = asked(said)
    assert answer.status == "answered"
    assert answer.claims
    assert all(claim.origin in ("quoted", "replaced") for claim in answer.claims)
    assert told in " ".join(answer.notes)
    assert answer.notes


def test_a_server_that_asks_to_wait_is_asked_again(asked: Any) -> None:
    answer, server = asked("rate_limited_once")
    assert {claim.origin for claim in answer.claims} == {"model"}
    assert len(server.requests) == 2


def test_a_reply_without_end_ends(asked: Any) -> None:
    answer, _ = asked("never_ends")
    assert 0 < len(answer.claims) <= 12


def test_half_a_sentence_is_not_shown(asked: Any) -> None:
    answer, _ = asked("stops_mid_sentence")
    assert answer.claims
    assert all(re.search(r"[.!?”\"]$", claim.text) for claim in answer.claims)


def test_what_was_not_written_is_quoted(asked: Any) -> None:
    def breaks(request: Request) -> Iterator[str]:
        number, sentence = next(iter(read(request).sentences.items()))
        yield f"{sentence} [{number}]\n"
        time.sleep(2)
        yield "too late"

    answer, _ = asked(breaks)
    assert [claim.origin for claim in answer.claims][:2] == ["model", "quoted"]
    assert len({claim.citations[0] for claim in answer.claims}) == len(answer.claims)
    assert "did not answer in time. What it did not write is quoted" in " ".join(answer.notes)
    assert answer.model == MODEL


def _said(lines: Callable[[str, int], str]) -> Callable[[Request], Iterator[str]]:
    """A model that makes something of the first two sentences it is given, and says it word by word."""

    def reply(request: Request) -> Iterator[str]:
        given = list(read(request).sentences.items())[:2]
        return tokens("".join(lines(sentence, number) for number, sentence in given))

    return reply


@pytest.mark.parametrize(
    "said",
    [
        pytest.param(lambda text, n: f"{text} [{n}] ", id="in one line"),
        pytest.param(lambda text, n: f"{text[:-1]} [{n}]. ", id="numbers before the stop"),
        pytest.param(lambda text, n: f"{'<think>What now?</think>' if n == 1 else ''}{text} [{n}]\n", id="aloud"),
        pytest.param(lambda text, n: f"{'Here is what they say:' if n == 1 else ''}\n- {text} [{n}]\n", id="a list"),
    ],
)
def test_each_sentence_is_a_claim(asked: Any, said: Callable[[str, int], str]) -> None:
    answer, server = asked(_said(said))
    assert [(claim.origin, claim.text) for claim in answer.claims] == [
        ("model", claim.citations[0].quote) for claim in answer.claims
    ]
    assert len(answer.claims) == 2
    assert len(server.requests) == 1


def test_thoughts_without_an_end_are_no_answer(asked: Any) -> None:
    answer, _ = asked(lambda _: tokens("<think>Tavia is certain to win, says sentence one. [1]\n" * 3))
    assert {claim.origin for claim in answer.claims} == {"quoted"}
    assert "gave no usable answer" in answer.notes[0]


def test_a_model_that_finds_nothing_is_told_of(asked: Any) -> None:
    answer, _ = asked(lambda _: tokens("NO ANSWER"))
    assert {claim.origin for claim in answer.claims} == {"quoted"}
    assert "finds no answer in these sentences" in answer.notes[0]


def test_the_sentence_restated_is_quoted_not_one_cited_by_mistake(asked: Any) -> None:
    def misnumbered(request: Request) -> Iterator[str]:
        given = read(request).sentences
        bridge = next(number for number, text in given.items() if "bridge" in text)
        return tokens(f"Tavia is highly likely to win the ferry concession in October. [{bridge}]\n")

    answer, _ = asked(misnumbered)
    assert [claim.origin for claim in answer.claims] == ["replaced"]
    assert "Tavia" in answer.claims[0].text


def test_nothing_is_asked_where_the_briefings_do_not_say(asked: Any) -> None:
    answer, server = asked("faithful", question="Who won the football cup?")
    assert answer.status == "not_in_briefings"
    assert not server.requests


def test_claims_arrive_one_by_one(service: Yardstick, monkeypatch: pytest.MonkeyPatch) -> None:
    with ChatServer(behaviour("faithful")) as server:
        monkeypatch.setattr(service, "_settings", service._settings.model_copy(update={"model_url": server.url}))
        monkeypatch.setattr(service, "_models", {})
        events = list(service.stream(QUESTION, model=MODEL))
    assert [event.text for event in events if isinstance(event, Step)][-1] == "Checking the wording of each claim"
    last = events[-1]
    assert isinstance(last, Answer)
    assert tuple(event for event in events if isinstance(event, Claim)) == last.claims


def test_a_claim_is_said_to_be_checked_when_one_is(service: Yardstick, monkeypatch: pytest.MonkeyPatch) -> None:
    def held(request: Request) -> Iterator[str]:
        assert released.wait(20)
        return faithful(request)

    released = threading.Event()
    with ChatServer(held) as server:
        monkeypatch.setattr(service, "_settings", service._settings.model_copy(update={"model_url": server.url}))
        monkeypatch.setattr(service, "_models", {})
        stream, seen = service.stream(QUESTION, model=MODEL), list[str]()
        while not seen or not seen[-1].startswith("Reading"):
            step = next(stream)
            assert isinstance(step, Step)
            seen.append(step.text)
        # The next item comes once the model has written a line, and no earlier.
        with ThreadPoolExecutor(1) as pool:
            coming = pool.submit(next, stream)
            assert not coming.done()
            released.set()
            assert coming.result() == Step("Checking the wording of each claim")


@pytest.mark.parametrize("repairing", [False, True])
def test_a_stopped_generation_hangs_up(service: Yardstick, monkeypatch: pytest.MonkeyPatch, repairing: bool) -> None:
    left = threading.Event()

    def endless(line: str) -> Iterator[str]:
        try:
            yield line
            while True:
                yield "and "
        finally:
            left.set()

    def reply(request: Request) -> Iterator[str]:
        sentence = next(iter(read(request).sentences.values()))
        if repairing and "Rejected" not in request.said():
            return iter([f"{sentence} [1]\nNothing of this is so. [1]\n"])
        return endless(f"{sentence} [1]\n")

    with ChatServer(reply) as server:
        monkeypatch.setattr(service, "_settings", service._settings.model_copy(update={"model_url": server.url}))
        monkeypatch.setattr(service, "_models", {})
        stream = service.stream(QUESTION, model=MODEL)
        while not isinstance(next(stream), Claim):
            pass
        if repairing:
            next(stream)
        else:
            stream.close()
        assert left.wait(10)


def test_a_stream_without_an_event_tells_of_the_context(asked: Any) -> None:
    answer, _ = asked(lambda _: Response(eventless=True))
    assert answer.claims
    assert "YARDSTICK_MODEL_CONTEXT" in " ".join(answer.notes)


@pytest.mark.parametrize(
    "order",
    [
        pytest.param(lambda lines: lines[::-1], id="reversed"),
        pytest.param(lambda lines: lines[1:], id="one left out"),
        pytest.param(lambda lines: [line.split(". ", 1)[1] for line in lines[::-1]], id="no numbers, reversed"),
        pytest.param(lambda lines: [line.split(". ", 1)[1] for line in lines[1:]], id="no numbers, one left out"),
    ],
)
def test_a_repair_stands_for_the_line_that_it_repairs(asked: Any, order: Callable[[list[str]], list[str]]) -> None:
    def reply(request: Request) -> Iterator[str]:
        sentences = read(request).sentences
        if "Rejected" not in request.said():
            return iter(
                [f"{text.rstrip('.')}, says the gull in a hat. [{number}]\n" for number, text in sentences.items()]
            )
        wrong = re.findall(r"^Rejected (\d+): .*\[(\d+)\]$", request.said(), re.M)
        return iter([f"{line}\n" for line in order([f"{n}. {sentences[int(at)]} [{at}]" for n, at in wrong])])

    answer, _ = asked(reply)
    repaired = [claim for claim in answer.claims if claim.origin == "repaired"]
    assert len(repaired) >= 2
    for claim in answer.claims:
        assert claim.rejected.startswith(claim.text.rstrip("."))


def test_readers_do_not_wait_for_each_other(service: Yardstick, monkeypatch: pytest.MonkeyPatch) -> None:
    with ChatServer(behaviour("faithful"), tokens_per_second=200) as server, ThreadPoolExecutor(8) as pool:
        monkeypatch.setattr(service, "_settings", service._settings.model_copy(update={"model_url": server.url}))
        monkeypatch.setattr(service, "_models", {})
        answers = list(pool.map(lambda _: service.ask(QUESTION, model=MODEL), range(8)))
    assert {tuple(claim.text for claim in answer.claims) for answer in answers} == {
        tuple(claim.text for claim in answers[0].claims)
    }


@pytest.mark.parametrize(
    ("given", "url", "told"),
    [
        ("llama3.1", "", "name its provider"),
        ("osk:big", "", "no such provider"),
        ("ollama:llama3.1", "", "pip install 'yardstick-briefings[ollama]'"),
    ],
)
def test_a_model_that_cannot_be_had_is_explained(given: str, url: str, told: str) -> None:
    with pytest.raises(YardstickError, match=re.escape(told)):
        model_name(given, url)


def test_a_key_is_never_shown(asked: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-very-secret")
    with caplog.at_level("DEBUG", logger="rag"):
        answer, _ = asked("server_error")
    assert "sk-very-secret" not in plain_text(answer) + caplog.text + str(answer)


def test_a_prompt_with_changed_words_has_a_new_version() -> None:
    found = {path.stem: load_prompt(path.stem) for path in FOLDER.glob("*.md") if path.stem != "README"}
    assert {name: (prompt.version, prompt.digest) for name, prompt in found.items()} == RELEASED


def test_a_passage_is_only_ever_a_value() -> None:
    prompt = load_prompt("answer").render({"judgements": "", "passages": "[1] $question ${x} $$", "question": "Why?"})
    assert "[1] $question ${x} $$" in prompt


def test_settings_of_a_model(tmp_path: Path) -> None:
    settings = Settings(store=tmp_path, model="openai:a, ollama:b")
    assert Yardstick(settings).models() == ("openai:a", "ollama:b")
    assert replace(Answer("", "answered", "", None, (), (), 0.0), model="x").model == "x"
