"""What goes into the summary of one briefing: the sentences that carry most of its judgements in the fewest words."""

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain

from ingest.briefing import Briefing
from ingest.marks import marks_in
from rag.answer import Claim
from rag.clauses import stems_of, weights
from rag.corpus import Corpus
from rag.drafts.statements import Statement, grouped, place_of, required, said_in
from rag.question import content_words, leans_on_previous
from rag.quoting import DUPLICATE, claim_of
from rag.stemming import stem

# About so many words: a sentence is quoted whole or not at all, so that a summary may run over by this share.
OVER = 1.13
# A judgement of the summary weighs so much more than one of the forecast.
BOTTOM_LINE = 1.5
# A text without a summary that judges less than once in so many sentences is not about its judgements.
SELDOM = 20
_BODY = ("paragraph", "bullet")
# What leans on a sentence before it without a pronoun.
_CONNECTS = re.compile(
    r"^\W*(?:in addition|similarly|meanwhile|nonetheless|accordingly|consequently|otherwise|hence|likewise|in turn"
    r"|on the other hand|in contrast|in other words|for (?:this|that|these) reasons?|at the same time"
    r"|(?:here|then)\b,)",
    re.I,
)
_CAUSE = re.compile(
    r"\b(?:because|since|owing to|due to|owes?|so that|thanks to|driven|drives?|shaped by"
    r"|fe(?:ed|eds|d) (?:on|by)|follow(?:s|ed)?|rests? on|depends?|result(?:s|ed)? (?:from|in)|leads? to|led to"
    r"|caused?|causes|under pressure|short of|lacks?|(?:weaken|narrow|worsen|erod|divid)(?:s|es?|ed|ing)?)\b",
    re.I,
)
# Of the text itself, or no sentence of it.
_RESIDUE = re.compile(
    r"^\W*(?:see|sources?|note|figure|table|box|chart|for (?:more|further|additional|a (?:more )?detailed))\b"
    r"|\b(?:th(?:is|at) (?:report|section|paper|document|product|appendix)|the report (?:discusses|provides|describes)"
    r"|see (?:also|section|chapter|annex|appendix|figure|table|[A-Z]{2,})|(?:set out|addressed) in section \d)\b"
    r"|\bas \w+ (?:above|below|earlier|later)\b|\btherefore\b|https?:|@",
    re.I,
)


def words_in(text: str) -> int:
    """How many words a text has."""
    return len(text.split())


def readable(number: int, corpus: Corpus) -> Claim | None:
    """A sentence as a claim that reads by itself, with the one it leans on; None where that is not enough."""
    claim = claim_of(number, corpus)
    opening = claim.citations[-1].quote
    whole = claim.text.count("“") == claim.text.count("”") and claim.text.count('"') % 2 == 0
    return claim if whole and not leans_on_previous(opening) and not _CONNECTS.search(opening) else None


def bottom_line(statements: Sequence[Statement], corpus: Corpus) -> int | None:
    """The sentence that says most: in the summary if it judges, else the most central of the forecast; None too where
    a long text judges here and there in passing.
    """
    pool = required(statements)
    summary = tuple(one for one in pool if one.place == "bottom_line")
    if not summary and pool and len(pool) * SELDOM < len(pool[0].briefing.sentences):
        return None
    pool = summary or pool
    numbers = [number for number in grouped(pool) if readable(number, corpus)]
    if not numbers:
        return None
    central = centrality(numbers, [one.number for one in required(statements)], corpus)
    # Briefings close their summary with what it comes to.
    return max(numbers, key=lambda number: (central[number] + 0.3 * (number == numbers[-1]), number))


def centrality(numbers: Iterable[int], core: Iterable[int], corpus: Corpus) -> dict[int, float]:
    """How much each sentence shares, rare words above all, with the title and the core of its briefing; 0 to 1."""
    core, numbers = set(core), tuple(numbers)
    texts = {number: set(stem(content_words(corpus.text(number)))) for number in {*core, *numbers}}
    found = {}
    for number in numbers:
        title = set(stem(content_words(corpus.briefing_of(number).title)))
        others = [title, *(texts[other] for other in core if other != number)]
        mine = {word: corpus.rarity(word) for word in texts[number]}
        shared = sum(weight * sum(word in other for other in others) for word, weight in mine.items())
        # By the root of its weight: neither the longest sentence nor the shortest wins by its length.
        found[number] = shared / (len(others) * (sum(mine.values()) or 1.0) ** 0.5)
    top = max(found.values(), default=0.0) or 1.0
    return {number: score / top for number, score in found.items()}


def selected(needed: Sequence[Statement], first: Sequence[int], limit: float | None, corpus: Corpus) -> list[int]:
    """The numbers of the sentences to quote, in the order of the text: `first`, one of each horizon, then what covers
    most of the judgements needed in the fewest words, up to the limit.
    """
    claims = {number: claim for number in grouped(needed) if (claim := readable(number, corpus))}
    weight = weights([one.unit for one in needed])
    covers = {number: said_in([claim.text], needed, weight) for number, claim in claims.items()}
    worth = [BOTTOM_LINE if one.place == "bottom_line" else 1.0 for one in needed]
    chosen, covered, length = list(first), set[int](), 0
    for number in first:
        covered |= covers.get(number, frozenset())
        length += words_in(claim_of(number, corpus).text)

    def best(numbers: Iterable[int]) -> int | None:
        """The sentence that adds most a word, of those that still fit."""
        gains = {
            number: sum(worth[i] for i in covers[number] - covered) / words_in(claims[number].text)
            for number in numbers
            if number not in chosen and (limit is None or length + words_in(claims[number].text) <= limit)
        }
        found = max(gains, key=lambda number: gains[number], default=None)
        return found if found is not None and gains[found] > 0 else None

    horizons = ("short", "medium", "long")
    rounds = [[one.number for one in needed if one.number in claims and one.horizon == name] for name in horizons]
    for numbers in chain(rounds, [list(claims)] * len(claims)):
        if (found := best(numbers)) is not None:
            chosen.append(found)
            covered |= covers[found]
            length += words_in(claims[found].text)
    return sorted(chosen)


def reasons_of(briefing: Briefing, core: Sequence[int], corpus: Corpus) -> dict[int, float]:
    """How well each fact of a briefing explains its core: by what they share, by its place, by the words of a cause."""
    first = int(corpus.first[corpus.place[briefing.id]])
    facts = [first + place for place in range(len(briefing.sentences)) if _is_fact(briefing, place)]
    claims = {number: claim for number in facts if (claim := readable(number, corpus))}
    central = centrality(claims, core, corpus)
    summary = [number for number in claims if place_of(briefing, number - first) == "bottom_line"]
    # A summary opens with what happened; the reasons follow.
    places = {number: 0.5 if place else -0.3 for place, number in enumerate(summary)}
    return {n: central[n] + places.get(n, 0.0) + 0.4 * bool(_CAUSE.search(claims[n].text)) for n in claims}


def drivers(reasons: Mapping[int, float], core: Sequence[int], limit: int, corpus: Corpus) -> list[int]:
    """The best of the reasons for some judgements, in at most so many words, in the order of the text."""
    texts = {number: claim_of(number, corpus).text for number in reasons}
    fitting = [number for number in reasons if words_in(texts[number]) <= limit]
    least = 0.6 * max((reasons[number] for number in fitting), default=0.0)
    said, chosen = [claim_of(number, corpus).text for number in core], list[int]()
    for number in sorted((n for n in fitting if reasons[n] >= least), key=lambda n: -reasons[n]):
        if words_in(texts[number]) <= limit and not _repeats(texts[number], said):
            chosen.append(number)
            said.append(texts[number])
            limit -= words_in(texts[number])
    return sorted(chosen)


def _is_fact(briefing: Briefing, place: int) -> bool:
    sentence = briefing.sentences[place]
    text = briefing.quote(sentence.start, sentence.end)
    if briefing.blocks and briefing.blocks[sentence.block].kind not in _BODY:
        return False
    plain = words_in(text) >= 6 and text[0].isupper() and text.rstrip("\"'”’)").endswith(".")
    judged = any(mark.kind in ("term", "hedge") for mark in marks_in(text, terms_only=True))
    return plain and not judged and not _RESIDUE.search(text) and place_of(briefing, place) != "forecast"


def _repeats(text: str, said: Iterable[str]) -> bool:
    mine = stems_of(text)
    others = map(stems_of, said)
    return any(len(mine & other) >= DUPLICATE * min(len(mine), len(other)) for other in others if mine and other)
