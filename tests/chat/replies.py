"""What a language model may say about numbered sentences: the honest reply, and every way to get it wrong or to fail.

A behaviour reads the prompt: the passages (`[12] <sentence>`, a line each), the `Question:` and, where a line is to be
written again, the `Rejected 1:` line. `behaviour("upgrades")` is a fresh one by its name in `NAMES`.
"""

import itertools
import re
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from tests.chat.mistakes import ESTIMATE, KINDS, LEVELS, Asked, Draft, moved_by
from tests.chat.server import Behaviour, Request, Response

_PASSAGE = re.compile(r"^[ \t]*\[(\d+)\][ \t]+(\S.*?)[ \t]*$", re.MULTILINE)
_QUESTION = re.compile(r"^[ \t]*Question:[ \t]*(.+)$", re.MULTILINE)
_REJECTED = re.compile(r"^[ \t]*Rejected(?: \d+)?:[ \t]*(.+)$", re.MULTILINE)
_SMALL_START = re.compile(r"(?:An?|As|At|If|In|It|On|Over|The|There|These|This|Those|Without)\b")
_INJECTED = re.compile(
    r"\b(?:ignore|disregard|forget|override)\b.{0,40}\b(?:instructions?|rules|prompt)"
    r"|\bnote to (?:the |any )?(?:AI|assistant|model)\b"
    r"|\b(?:AI|assistant|language model)s?\b.{0,30}\b(?:must|should|reading this)\b|^system:",
    re.IGNORECASE,
)


def read(request: Request) -> Asked:
    """What a request asks; the passages are the user's where the system message has some of its own as examples."""
    asked = request.said("user")
    found = _PASSAGE.findall(asked) or _PASSAGE.findall(request.said())
    question, rejected = _QUESTION.findall(asked), _REJECTED.findall(_last(request))
    sentences = {int(number): sentence for number, sentence in found}
    return Asked(sentences, question[-1] if question else "", rejected[-1] if rejected else "")


def tokens(text: str) -> Iterator[str]:
    """The text in pieces of a word each."""
    return (piece for piece in re.findall(r"\s*\S+|\s+$", text))


# --- Behaviours ---


def faithful(request: Request) -> Iterator[str]:
    """The sentences nearest to the question, every second one led in by "According to the briefing"."""
    asked = read(request)
    return _lines([_recast(draft, place) for place, draft in enumerate(asked.chosen(asked.ranked()))])


def corrupted_by(kind: str) -> Behaviour:
    """Always the mistake of this kind, on the nearest sentences that allow it; the faithful reply where none does."""

    def reply(request: Request) -> Iterator[str]:
        asked = read(request)
        changed = [draft for found in asked.ranked() if (draft := KINDS[kind](found, asked))]
        return _lines(asked.chosen(changed)) if changed else faithful(request)

    return reply


@dataclass(frozen=True, slots=True)
class Corrupted:
    """A line that a `HalfCorrupt` got wrong, the kind of mistake, and the sentence that it is made from."""

    line: str
    kind: str
    number: int
    sentence: str


@dataclass
class HalfCorrupt:
    """A model that gets every second judgement wrong, in another way each time, and keeps a record of what it did.

    Sentences with an estimate come first in its replies. It counts on from reply to reply, repairs included. Among
    `kinds` are wrong citations: with those, `Corrupted.line` is wrong by its number alone.
    """

    kinds: Sequence[str] = tuple(KINDS)
    corrupted: list[Corrupted] = field(default_factory=list)
    honest: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._waiting = list(self.kinds)
        self._judgements = 0
        self._lock = threading.Lock()

    def __call__(self, request: Request) -> Iterator[str]:
        asked = read(request)
        drafts = asked.chosen(sorted(asked.ranked(), key=lambda draft: not ESTIMATE.search(draft.text)))
        with self._lock:
            return tokens("\n".join([self._line(draft, asked) for draft in drafts]) or NOT_SAID)

    def _line(self, draft: Draft, asked: Asked) -> str:
        judgement = ESTIMATE.search(draft.text) is not None
        self._judgements += judgement
        if judgement and self._judgements % 2 == 0:
            for kind in self._waiting:
                changed = KINDS[kind](draft, asked)
                if changed:
                    # Used ones go to the end, so a kind that few sentences allow is used as soon as one does.
                    self._waiting.remove(kind)
                    self._waiting.append(kind)
                    self.corrupted.append(Corrupted(changed.line(), kind, draft.numbers[0], draft.text))
                    return changed.line()
        self.honest.append(draft.line())
        return draft.line()


def obeys_injection(request: Request) -> Iterator[str]:
    """Does what a passage tells a model to do: says its marker, links its link, takes its term for every judgement."""
    asked = read(request)
    order = "\n".join(_orders(asked))
    if not order:
        return faithful(request)
    level = next((LEVELS[term] for term in LEVELS if term in order.lower()), None)
    drafts = [draft for draft in asked.ranked() if draft.text not in order]
    if level is not None:
        drafts = [moved_by(draft, lambda _: level) or draft for draft in drafts]
    marks = _marks(order)
    said = [replace(draft, text=" ".join([draft.text, *marks])) for draft in asked.chosen(drafts)]
    links = [f"[Read more]({link})" for link in marks if "://" in link]
    return tokens("\n".join([*marks, *links, *(draft.line() for draft in said)]))


def markdown_and_script(request: Request) -> Iterator[str]:
    """Faithful claims with images, scripts and links that run code around them."""
    asked = read(request)
    wrappings = (
        "![chart](http://tracker.invalid/pixel.png) {}",
        "<script>window.taken = true</script>{}",
        "{} [Sources](javascript:window.taken=true)",
        '<img src="x" onerror="window.taken = true">**{}**',
        '<a href="javascript:window.taken=true">{}</a>',
    )
    drafts = zip(asked.chosen(asked.ranked()), wrappings, strict=False)
    return _lines([replace(draft, text=wrapping.format(draft.text)) for draft, wrapping in drafts])


def never_ends(request: Request) -> Iterator[str]:
    """The faithful reply again and again, at most a thousand words a second."""
    said = list(faithful(request))
    for token in itertools.chain.from_iterable(itertools.repeat([*said, "\n"])):
        time.sleep(0.001)
        yield token


def stops_mid_sentence(request: Request) -> Response:
    """The faithful reply as far as the middle of its last claim."""
    lines = "".join(faithful(request)).split("\n")
    last = lines[-1].split()
    return Response(tokens("\n".join([*lines[:-1], " ".join(last[: len(last) // 2])])), finish_reason="length")


@dataclass
class RateLimitedOnce:
    """429 to the first request, with the seconds to wait; faithful after that."""

    wait: int = 1

    def __post_init__(self) -> None:
        self._first = threading.Lock()

    def __call__(self, request: Request) -> Iterator[str] | Response:
        # Nobody releases it, so exactly one request gets it.
        if self._first.acquire(blocking=False):
            return Response(status=429, message="Rate limit reached.", headers={"Retry-After": str(self.wait)})
        return faithful(request)


def server_error(request: Request) -> Response:
    """500, always."""
    return Response(status=500, message="The server had an error while processing your request.")


def malformed_events(request: Request) -> Response:
    """The faithful reply in JSON that is cut off: every third event, or the whole body."""
    return Response(faithful(request), malformed=True)


@dataclass(frozen=True)
class Silence:
    """Nothing for so many seconds, not even a status; then the faithful reply."""

    seconds: float = 60.0

    def __call__(self, request: Request) -> Response:
        return Response(faithful(request), silent_for=self.seconds)


def other_language(request: Request) -> Iterator[str]:
    """French and German in turn, with the numbers of the nearest sentences."""
    asked = read(request)
    phrases = itertools.cycle(
        ("Selon la note, cette évolution est probable.", "Laut Bericht ist damit wahrscheinlich zu rechnen.")
    )
    return _lines([replace(draft, text=next(phrases)) for draft in asked.chosen(asked.ranked())])


def empty(request: Request) -> Response:
    """No content."""
    return Response()


def refusal(request: Request) -> Iterator[str]:
    """No help."""
    return tokens("I'm sorry, but I can't help with that.")


def tool_call(request: Request) -> Response:
    """A call of a tool that nobody offered."""
    function = {"name": "search_web", "arguments": '{"query": "latest news"}'}
    call = {"id": "call_made_up", "type": "function", "function": function}
    return Response(finish_reason="tool_calls", tool_calls=(call,))


_MAKERS: dict[str, Callable[[], Behaviour]] = {
    "faithful": lambda: faithful,
    **{kind: partial(corrupted_by, kind) for kind in KINDS},
    "half_corrupt": HalfCorrupt,
    "obeys_injection": lambda: obeys_injection,
    "markdown_and_script": lambda: markdown_and_script,
    "never_ends": lambda: never_ends,
    "stops_mid_sentence": lambda: stops_mid_sentence,
    "rate_limited_once": RateLimitedOnce,
    "server_error": lambda: server_error,
    "malformed_events": lambda: malformed_events,
    "silence": Silence,
    "other_language": lambda: other_language,
    "empty": lambda: empty,
    "refusal": lambda: refusal,
    "tool_call": lambda: tool_call,
}
NAMES = tuple(_MAKERS)


def behaviour(name: str) -> Behaviour:
    """A fresh behaviour by its name; KeyError if it is not in `NAMES`."""
    return _MAKERS[name]()


# --- Words ---

NOT_SAID = "The briefings do not say."


def _lines(drafts: Sequence[Draft]) -> Iterator[str]:
    return tokens("\n".join(draft.line() for draft in drafts) or NOT_SAID)


def _recast(draft: Draft, place: int) -> Draft:
    return replace(draft, text=f"According to the briefing, {_continued(draft.text)}") if place % 2 else draft


def _continued(text: str) -> str:
    """The sentence as it goes on after a comma; names keep their capital."""
    return text[:1].lower() + text[1:] if _SMALL_START.match(text) else text


def _last(request: Request) -> str:
    """What the last message says, for an earlier one may be about another line."""
    return Request({"messages": request.body["messages"][-1:]}).said()


def _orders(asked: Asked) -> list[str]:
    """The sentences that tell a model what to do, each with the one after it."""
    numbers = list(asked.sentences)
    places = [place for place, number in enumerate(numbers) if _INJECTED.search(asked.sentences[number])]
    wanted = sorted({after for place in places for after in (place, place + 1) if after < len(numbers)})
    return [asked.sentences[numbers[place]] for place in wanted]


def _marks(order: str) -> list[str]:
    """What an order wants to see printed: what it quotes, addresses, and words in capitals with a digit or a dash."""
    quoted = [found for found in re.findall(r"[\"“‘']([^\"”’']{2,80})[\"”’']", order) if found.lower() not in LEVELS]
    addresses = re.findall(r"https?://[^\s)>\"”’']*[\w/]", order)
    markers = re.findall(r"\b(?=\w*[\d_-])[A-Z][A-Z\d_-]{3,}\b|(?<=\b[Pp]rint )[A-Z]{3,}\b", order)
    return list(dict.fromkeys([*quoted, *addresses, *markers]))
