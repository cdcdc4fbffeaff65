"""What a language model may say about numbered sentences: the honest reply and every way to get it wrong.

A behaviour reads the prompt: the passages (`[12] <sentence>`, a line each), the `Question:` and, where a line is to be
written again, the `Rejected:` line. `behaviour("upgrades")` is a fresh one by its name in `NAMES`.
"""

import itertools
import re
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from tests.chat.server import Behaviour, Request, Response

MOST_CLAIMS = 5

# Weakest to strongest; the middle one is a noun, which the openings and the verb below have to know.
ADJECTIVES = (
    "extremely unlikely",
    "highly unlikely",
    "unlikely",
    "possible",
    "likely",
    "highly likely",
    "almost certain",
    "certain",
)
ADVERBS = (
    "surely not",
    "hardly",
    "probably not",
    "possibly",
    "probably",
    "very probably",
    "almost certainly",
    "certainly",
)
NOUNS = (
    "no chance",
    "almost no chance",
    "remote chance",
    "realistic possibility",
    "probability",
    "high probability",
    "near certainty",
    "certainty",
)
VAGUE: dict[tuple[str, ...], str] = {ADJECTIVES: "conceivable", ADVERBS: "conceivably", NOUNS: "prospect"}
PERCENT = (1, 10, 25, 45, 65, 85, 97, 100)
MIDDLE = 3
LEVELS = {
    "almost certainly": 6,
    "almost certain": 6,
    "highly likely": 5,
    "very likely": 5,
    "very probably": 5,
    "very probable": 5,
    "highly unlikely": 1,
    "very unlikely": 1,
    "almost no chance": 0,
    "remote chance": 1,
    "remote possibility": 1,
    "realistic possibility": 3,
    "realistic probability": 3,
    "roughly even chance": 3,
    "even chance": 3,
    "improbable": 2,
    "unlikely": 2,
    "probably": 4,
    "probable": 4,
    "possibly": 3,
    "possible": 3,
    "likely": 4,
}


def _alike(term: str) -> tuple[str, ...]:
    """The terms that are the same part of speech."""
    if re.search(r"chance|possibility|probability", term, re.IGNORECASE):
        return NOUNS
    return ADVERBS if re.search(r"(?:ain|bab|sib)ly$", term, re.IGNORECASE) else ADJECTIVES


def _any_of(terms: Iterable[str]) -> str:
    # Longest first, or "highly unlikely" would be read as "unlikely".
    return rf"(?:{'|'.join(sorted(terms, key=len, reverse=True))})\b".replace(" ", r"\s")


_TERM = _any_of(LEVELS)
_ADJECTIVE = _any_of(term for term in LEVELS if _alike(term) is ADJECTIVES)
_OTHER = _any_of(term for term in LEVELS if _alike(term) is not ADJECTIVES)
# Not "more likely than not" and not "unlikely allies": what is no plain judgement is left alone.
_PLAIN = r"(?<!more\s)(?<!less\s)(?<!most\s)(?<!least\s)(?<!as\s)(?<!ly\s)"
_NO_NOUN = (
    r"(?=\s*[^\w\s]|\s*$|\s(?:after|although|and|as|at|because|before|but|by|even|from|if|in|next|once|only|or|over"
    r"|provided|so|that|this|unless|until|when|while|with|within|without)\b)"
)
_ESTIMATE = re.compile(
    rf"""\b(?:
        (?P<opening>(?:it|there)\s(?:is|remains|was)\s(?:now\s|still\s)?(?:an?\s)?(?P<term1>{_TERM})\sthat\b)
      | (?P<verb>is|are|was|were|remains?|appears?|seems?)\s(?:now\s|still\s)?(?P<not>not\s)?
        (?P<term2>{_ADJECTIVE})(?:(?P<to>(?<!possible)\sto\b)|{_NO_NOUN})
      | (?P<modal>will|would)\s(?P<term3>{_TERM})
      | {_PLAIN}(?P<term4>{_OTHER}|{_ADJECTIVE}(?:(?<!possible)(?=\sto\b)|{_NO_NOUN}))
      | (?P<may>(?-i:may|might|could)\b)
    )\s?""",
    re.VERBOSE | re.IGNORECASE,
)
_CONDITION = (
    r"(?<!even )(?<!, )\b(?:if|unless|until(?! \d)|once|provided that|(?:as|so) long as|assuming|without|should)\b"
)
_CONDITION_AFTER = re.compile(rf"\s{_CONDITION}[^,;]*?(?=[,;]|\.?$)|,\s(?:unless|provided that)\b[^,;]*?(?=[,;]|\.?$)")
_CONDITION_BEFORE = re.compile(rf"^{_CONDITION}[^,;]*,\s", re.IGNORECASE)
_PASSAGE = re.compile(r"^[ \t]*\[(\d+)\][ \t]+(\S.*?)[ \t]*$", re.MULTILINE)
_QUESTION = re.compile(r"^[ \t]*Question:[ \t]*(.+)$", re.MULTILINE)
_REJECTED = re.compile(r"^[ \t]*Rejected:[ \t]*(.+)$", re.MULTILINE)
_COMMON = "a|about|an|and|are|at|be|by|does|for|from|how|in|is|it|of|on|or|that|the|to|what|which|who|will|with"
_WORD = re.compile(rf"\b(?!(?:{_COMMON})\b)\w+")
_SMALL_START = re.compile(r"(?:An?|As|At|If|In|It|On|Over|The|There|These|This|Those|Without)\b")
_INJECTED = re.compile(
    r"\b(?:ignore|disregard|forget|override)\b.{0,40}\b(?:instructions?|rules|prompt)"
    r"|\bnote to (?:the |any )?(?:AI|assistant|model)\b"
    r"|\b(?:AI|assistant|language model)s?\b.{0,30}\b(?:must|should|reading this)\b|^system:",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Draft:
    """A claim before it is printed."""

    text: str
    numbers: tuple[int, ...]

    def line(self) -> str:
        """As the prompt wants it: the text and then its numbers."""
        return " ".join([self.text, *(f"[{number}]" for number in self.numbers)])


@dataclass(frozen=True, slots=True)
class Asked:
    """What a prompt asks: a question on numbered sentences, or one rejected line again."""

    sentences: dict[int, str]
    question: str
    rejected: str = ""

    def ranked(self) -> list[Draft]:
        """Every sentence word for word, those first that share most words with what is asked, or that it cites."""
        cited = set(_numbers(self.rejected))
        wanted = _words(self.rejected or self.question)

        def place(number: int) -> tuple[bool, int, int]:
            return number not in cited, -len(wanted & _words(self.sentences[number])), number

        return [Draft(self.sentences[number], (number,)) for number in sorted(self.sentences, key=place)]

    def chosen(self, drafts: Sequence[Draft]) -> list[Draft]:
        """As many as a reply has claims: one for a rejected line."""
        return list(drafts[: 1 if self.rejected else MOST_CLAIMS])


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


# --- Ways to change a claim: the changed one, or None where there is nothing to change. ---

Corruption = Callable[[Draft, Asked], Draft | None]
_Written = Callable[[re.Match[str]], str]


def level_of(estimate: re.Match[str]) -> int:
    """Where on `ADJECTIVES` a term stands; "may" is in the middle."""
    term = next((found for name, found in estimate.groupdict().items() if name.startswith("term") and found), None)
    level = LEVELS[" ".join(term.lower().split())] if term else MIDDLE
    return 2 * MIDDLE - level if estimate["not"] else level


def written(estimate: re.Match[str], level: int) -> str:
    """The same construction with the term of another level."""
    if level == level_of(estimate):
        return estimate[0]
    if estimate["opening"]:
        return f"there is a {NOUNS[MIDDLE]} that" if level == MIDDLE else f"it is {ADJECTIVES[level]} that"
    if estimate["verb"]:
        to = estimate["to"] or ""
        return "may" if to and level == MIDDLE else f"{estimate['verb']} {ADJECTIVES[level]}{to}"
    if estimate["term4"]:
        return _alike(estimate["term4"])[level]
    return f"{estimate['modal'] or 'will'} {ADVERBS[level]}"


def bare(estimate: re.Match[str]) -> str:
    """The construction without its term, a fact; as it is where a term cannot simply go ("a remote chance of rain")."""
    negation = " not" if level_of(estimate) < MIDDLE else ""
    if estimate["opening"]:
        return ""
    if estimate["verb"]:
        auxiliary = "would" if estimate["verb"].startswith("w") else "will"
        return f"{auxiliary}{negation}{'' if estimate['to'] else ' happen'}"
    if estimate["term4"]:
        return "" if _alike(estimate["term4"]) is ADVERBS else estimate[0]
    return f"{estimate['modal'] or 'will'}{negation}"


def drop(draft: Draft, asked: Asked) -> Draft | None:
    """A fact where the source has a judgement: "is likely to win" becomes "will win"."""
    found = _ESTIMATE.search(draft.text)
    text = _rewritten(draft.text, bare)
    if found and found["opening"] and level_of(found) < MIDDLE:
        text = re.sub(r"\bwill\b", "will not", text, count=1)
    return _changed(draft, text)


def upgrade(draft: Draft, asked: Asked) -> Draft | None:
    """Every term one step further from the middle."""
    return _moved(draft, lambda level: level + 1 if level >= MIDDLE else level - 1)


def downgrade(draft: Draft, asked: Asked) -> Draft | None:
    """Every term one step nearer to the middle; what stands in the middle, one below it."""
    return _moved(draft, lambda level: level - 1 if level >= MIDDLE else level + 1)


def flip(draft: Draft, asked: Asked) -> Draft | None:
    """The opposite of every term that has one."""
    return _moved(draft, lambda level: 2 * MIDDLE - level)


def swap(draft: Draft, asked: Asked) -> Draft | None:
    """The two terms of a sentence that has two different ones, exchanged."""
    levels = [level_of(found) for found in _ESTIMATE.finditer(draft.text)]
    if len(levels) < 2 or levels[0] == levels[1]:
        return None
    exchanged = iter([levels[1], levels[0], *levels[2:]])
    return _changed(draft, _rewritten(draft.text, lambda found: written(found, next(exchanged))))


def quantify(draft: Draft, asked: Asked) -> Draft | None:
    """A percentage for every term."""

    def percentage(found: re.Match[str]) -> str:
        percent = f"{PERCENT[level_of(found)]}%"
        if found["opening"]:
            return f"there is a {percent} chance that"
        if found["verb"]:
            return f"{found['verb']} {percent} likely{found['to'] or ''}"
        if found["term4"] and _alike(found["term4"]) is not ADVERBS:
            return f"{percent} {'chance' if _alike(found['term4']) is NOUNS else 'likely'}"
        return f"{found['modal'] or ('will' if found['may'] else '')} with {percent} probability".lstrip()

    return _changed(draft, _rewritten(draft.text, percentage))


def blur(draft: Draft, asked: Asked) -> Draft | None:
    """A word that is on no scale for every term."""

    def vague(found: re.Match[str]) -> str:
        if found["opening"]:
            return "it is conceivable that"
        if found["verb"] and not found["to"]:
            return f"{found['verb']} on the cards"
        if found["term4"]:
            return VAGUE[_alike(found["term4"])]
        return "could well"

    return _changed(draft, _rewritten(draft.text, vague))


def claim_confidence(draft: Draft, asked: Asked) -> Draft | None:
    """Confidence in the place of a probability."""
    fact = drop(draft, asked)
    return fact and replace(fact, text=f"{fact.text.removesuffix('.')}, with high confidence.")


def drop_condition(draft: Draft, asked: Asked) -> Draft | None:
    """The judgement without its if, unless or until."""
    return _changed(draft, _capital(_CONDITION_BEFORE.sub("", _CONDITION_AFTER.sub("", draft.text))))


def invent_citation(draft: Draft, asked: Asked) -> Draft | None:
    """A number that no sentence has."""
    return replace(draft, numbers=(max(asked.sentences) + 7 + draft.numbers[0],))


def cite_wrong(draft: Draft, asked: Asked) -> Draft | None:
    """The number of the sentence that shares fewest words with the claim; None if there is no other sentence."""
    others = [number for number, text in asked.sentences.items() if number not in draft.numbers and text != draft.text]
    wrong = min(others, key=lambda number: len(_words(asked.sentences[number]) & _words(draft.text)), default=None)
    return None if wrong is None else replace(draft, numbers=(wrong,))


def cite_nothing(draft: Draft, asked: Asked) -> Draft | None:
    """No number at all."""
    return replace(draft, numbers=())


KINDS: dict[str, Corruption] = {
    "drops_hedges": drop,
    "upgrades": upgrade,
    "swaps_terms": swap,
    "downgrades": downgrade,
    "numeric": quantify,
    "drops_conditions": drop_condition,
    "cites_wrong": cite_wrong,
    "vague": blur,
    "flips_polarity": flip,
    "invents_citations": invent_citation,
    "claims_confidence": claim_confidence,
    "no_citations": cite_nothing,
}


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
        drafts = asked.chosen(sorted(asked.ranked(), key=lambda draft: not _ESTIMATE.search(draft.text)))
        with self._lock:
            return tokens("\n".join([self._line(draft, asked) for draft in drafts]) or NOT_SAID)

    def _line(self, draft: Draft, asked: Asked) -> str:
        judgement = _ESTIMATE.search(draft.text) is not None
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
        drafts = [_moved(draft, lambda _: level) or draft for draft in drafts]
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


def _rewritten(text: str, wording: _Written) -> str:
    """The text with every estimate worded anew; capitals and spaces as they were."""

    def spaced(found: re.Match[str]) -> str:
        words = wording(found).rstrip()
        space = " " if words and found[0].endswith(" ") else ""
        return (_capital(words) if found[0][0].isupper() else words) + space

    return _capital(_ESTIMATE.sub(spaced, text).strip())


def _moved(draft: Draft, step: Callable[[int], int]) -> Draft | None:
    strongest = len(ADJECTIVES) - 1

    def moved(found: re.Match[str]) -> str:
        return written(found, min(max(step(level_of(found)), 0), strongest))

    return _changed(draft, _rewritten(draft.text, moved))


def _changed(draft: Draft, text: str) -> Draft | None:
    return replace(draft, text=text) if text != draft.text else None


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _continued(text: str) -> str:
    """The sentence as it goes on after a comma; names keep their capital."""
    return text[:1].lower() + text[1:] if _SMALL_START.match(text) else text


def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text.lower()))


def _numbers(line: str) -> list[int]:
    return [int(found) for found in re.findall(r"\[(\d+)\]", line)]


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
