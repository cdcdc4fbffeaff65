"""A conversation: its turns, how it goes on, and the messages that show it."""

import time
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from datetime import date
from typing import TypedDict, TypeVar

from rag.answer import Answer, Claim, Filters, Step
from rag.library import Horizon, YardstickError
from rag.service import Yardstick
from ui.feedback import Rating
from ui.markup import Html
from ui.render import answer_html, day, question_html, unfinished_html, waiting_html

Item = TypeVar("Item")
Steps = tuple[str, ...]

HORIZONS: dict[str, Horizon] = {"Short-term": "short", "Medium-term": "medium", "Long-term": "long"}
# A browser that is sent more than this many versions of a message a second falls behind.
SECONDS_BETWEEN_CLAIMS = 0.1
SECONDS_TO_STOP = 0.1
# Gradio cannot tell an answer that its reader stopped from one that failed in a way that nobody expected.
UNFINISHED = "This ended before the answer was complete. Ask again."


@dataclass(frozen=True, slots=True)
class Turn:
    """A question and what came of it: an answer, or the claims that came and a note saying why there is no more.

    `model` was asked to write the answer, "" for quotations.
    """

    question: str
    answer: Answer | None = None
    note: str = UNFINISHED
    model: str = ""
    claims: tuple[Claim, ...] = ()
    follow_ups: tuple[str, ...] = ()
    rating: Rating | None = None


Turns = tuple[Turn, ...]


class Message(TypedDict):
    """A message as Gradio's Chatbot takes it."""

    role: str
    content: Html


def converse(
    service: Yardstick, question: str, filters: Filters, turns: Turns, model: str = ""
) -> Iterator[tuple[list[Message], Turns]]:
    """Ask, and show each step and claim as it comes. The turns yielded before the answer say that it failed, which is
    what remains of them if it does, with the claims shown by then.
    """
    history = [turn.answer for turn in turns if turn.answer]
    before, pending = messages(turns, last=False), Turn(question, model=model)
    try:
        for steps, claims, answer in _progress(service.stream(question, filters, history, model)):
            if answer:
                pending = replace(pending, answer=answer, note="", follow_ups=service.follow_ups(answer))
                yield messages((*turns, pending)), (*turns, pending)
            else:
                pending = replace(pending, claims=claims)
                waiting = waiting_html(steps, claims, len(turns), model)
                yield [*before, *_pair(question, waiting)], (*turns, pending)
    except YardstickError as exc:
        failed = (*turns, replace(pending, note=str(exc)))
        yield messages(failed), failed


def _progress(stream: Iterator[Step | Claim | Answer]) -> Iterator[tuple[Steps, tuple[Claim, ...], Answer | None]]:
    """The steps and the claims so far, again and again; the whole answer last."""
    steps, claims, shown = ["Reading the question"], list[Claim](), 0.0
    # At once, so that the question is kept whatever happens next.
    yield tuple(steps), (), None
    for item in _patiently(stream):
        if isinstance(item, Answer):
            yield tuple(steps), tuple(claims), item
            return
        if isinstance(item, Step):
            steps.append(item.text)
        elif isinstance(item, Claim):
            claims.append(item)
            if time.monotonic() - shown < SECONDS_BETWEEN_CLAIMS:
                continue
        shown = time.monotonic()
        yield tuple(steps), tuple(claims), None


def _patiently(stream: Iterator[Item]) -> Iterator[Item | None]:
    """The items of a stream, and None now and then while the next one is not there: Gradio can stop a generator only
    between two of its values, and what a reader asks before that fails with it. Whoever stops here closes the stream,
    and with it the connection to a model, as soon as the item on its way is there.
    """
    worker = ThreadPoolExecutor(1)
    try:
        while True:
            coming = worker.submit(next, stream, None)
            while not wait([coming], SECONDS_TO_STOP).done:
                yield None
            item = coming.result()
            if item is None:
                return
            yield item
    finally:
        # By the same worker, for a generator that is running cannot be closed.
        if isinstance(stream, Generator):
            worker.submit(stream.close)
        worker.shutdown(wait=False)


def messages(turns: Turns, last: bool = True) -> list[Message]:
    """The turns as messages; only the last one, if these are all, suggests how to go on."""
    return [
        message
        for number, turn in enumerate(turns)
        for message in _pair(turn.question, _reply(turn, number, last and number == len(turns) - 1))
    ]


def _reply(turn: Turn, number: int, last: bool) -> Html:
    if turn.answer is None:
        return unfinished_html(turn.note, turn.claims, number, turn.model)
    return answer_html(turn.answer, number, turn.follow_ups if last else (), turn.rating or "")


def _pair(question: str, reply: Html) -> list[Message]:
    return [
        Message(role="user", content=question_html(question)),
        Message(role="assistant", content=reply),
    ]


def claim_at(turns: Turns, written: str) -> Claim | None:
    """The claim of a place as a page sends it, "turn/claim"; None where there is none."""
    turn, _, number = written.partition("/")
    if not (turn.isdecimal() and number.isdecimal() and int(turn) < len(turns)):
        return None
    found = turns[int(turn)]
    claims = found.answer.claims if found.answer else found.claims
    return claims[int(number)] if int(number) < len(claims) else None


def rate(turns: Turns, number: int, rating: Rating) -> Turns:
    """The turns with one rated."""
    return tuple(replace(turn, rating=rating) if place == number else turn for place, turn in enumerate(turns))


def filters_of(
    briefing_ids: Sequence[str],
    publishers: Sequence[str],
    horizons: Sequence[str],
    published_from: str,
    published_to: str,
    as_of: str,
) -> Filters:
    """The filters as chosen on the page; raises YardstickError for what is not a date."""
    return Filters(
        briefing_ids=tuple(briefing_ids),
        publishers=tuple(publishers),
        horizons=tuple(HORIZONS[name] for name in horizons),
        published_from=_date(published_from),
        published_to=_date(published_to),
        as_of=_date(as_of),
    )


def describe(filters: Filters) -> list[str]:
    """What the filters let through, in words."""
    count = len(filters.briefing_ids)
    dates = (("from", filters.published_from), ("to", filters.published_to), ("as of", filters.as_of))
    return [
        *([f"{count} briefing{'s' if count > 1 else ''}"] if count else []),
        *filters.publishers,
        *(name.lower() for name, horizon in HORIZONS.items() if horizon in filters.horizons),
        *(f"{word} {day(published)}" for word, published in dates if published),
    ]


def _date(written: str) -> date | None:
    if not written.strip():
        return None
    try:
        return date.fromisoformat(written.strip())
    except ValueError as exc:
        raise YardstickError(f"“{written}” is not a date. Write it as 2025-11-10.") from exc
