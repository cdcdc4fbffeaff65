"""Where a text says how likely something is: the words of the lexicon, the numbers of chances, confidence."""

import re
from collections.abc import Iterator
from functools import lru_cache

from ingest.folding import Folded, fold
from ingest.lexicon import Lexicon, Mark, lexicon
from ingest.mentions import read_in_context

# How far from the noun ("the chance that ...") its number may stand, and how far in front of a number its term.
_FAR = 110
_GLOSS = 40
# Of these nouns one can say that they are remote.
_CHANCES = ("chance", "possibility", "prospect", "likelihood", "probability", "odds")
_OPEN_BRACKET = re.compile(r" ?[(\[]")


@lru_cache(maxsize=256)
def marks_in(text: str, terms_only: bool = False) -> tuple[Mark, ...]:
    """What a sentence says of likelihood, in order, no two overlapping; `terms_only` leaves hedges and modals out.

    Kept: a check asks for those of the same few texts again and again.
    """
    hints = lexicon().hints
    if terms_only and "-" not in text and "\u00ad" not in text and not any(map(text.lower().__contains__, hints)):
        return ()
    folded = fold(text)
    if terms_only and not any(map(folded.text.__contains__, hints)):
        return ()
    found = sorted(_found(folded.text, terms_only), key=lambda mark: (mark.start, -mark.end))
    kept: list[Mark] = []
    for mark in found:
        if not kept or mark.start >= kept[-1].end:
            kept.append(mark)
    judged = (read_in_context(mark, folded.text) for mark in kept)
    return tuple(_placed(mark, folded) for mark in judged if mark is not None)


def _placed(mark: Mark, folded: Folded) -> Mark:
    start, end = folded.original(mark.start, mark.end)
    return Mark(mark.kind, start, end, mark.canonical, mark.band, mark.form, mark.negated)


def _found(text: str, terms_only: bool) -> Iterator[Mark]:
    words = lexicon()
    yield from _forms(text, words, terms_only)
    yield from _predicates(text, words)
    if "confiden" in text:
        yield from _confidence(text, words)
    yield from _numbers(text, words)


def _forms(text: str, words: Lexicon, terms_only: bool) -> Iterator[Mark]:
    for found in (words.quick if terms_only else words.finder).finditer(text):
        form, start = found.group(), found.start()
        meaning = words.meaning(form)
        compares = form.startswith(("as ", "so "))
        # "regards it as likely" is no comparison; "as soon as possible" is nothing without its "as".
        bare = words.meaning(form[3:]) if compares and not _compares(text, start, found.end(), words) else None
        if bare is not None:
            form, start, meaning = form[3:], start + 3, bare
        assert meaning is not None
        kind, canonical, band = meaning
        yield Mark(kind, start, found.end(), canonical, band, form)


def _compares(text: str, start: int, end: int, words: Lexicon) -> bool:
    """Whether "as likely" compares: "as likely as not", but not "assessed as likely that ..."."""
    judged = words.patterns["judged_as"].search(text, 0, start)
    return judged is None and words.patterns["compared"].match(text, end) is not None


def _predicates(text: str, words: Lexicon) -> Iterator[Mark]:
    """The chances of something "are remote", "are about even"."""
    if not any(map(text.__contains__, _CHANCES)):
        return
    for name, (kind, canonical, band) in words.predicates.items():
        if found := words.patterns[name].search(text):
            yield Mark(kind, *found.span("term"), canonical, band, found["term"])


def _confidence(text: str, words: Lexicon) -> Iterator[Mark]:
    for name in ("confidence", "confidence_after"):
        for found in words.patterns[name].finditer(text):
            canonical = f"{found['level']} confidence"
            yield Mark("confidence", found.start(), found.end(), canonical, None, found.group())
    for found in words.patterns["confident"].finditer(text):
        yield Mark("confidence", found.start(), found.end(), "confident", None, found.group())


def _numbers(text: str, words: Lexicon) -> Iterator[Mark]:
    """The numbers of chances, and those that a term is glossed with: "likely (60 per cent)"."""
    patterns = words.patterns
    if nouns := list(patterns["chance_nouns"].finditer(text)):
        for found in patterns["number"].finditer(text):
            if any(_near(found, noun, text) for noun in nouns):
                yield _number(found)
    if "%" in text or "cent" in text:
        for found in patterns["number"].finditer(text):
            if patterns["number_term"].match(text, found.end("amount")):
                yield _number(found)
            glossed = words.finder.search(text, max(0, found.start() - _GLOSS), found.start())
            if glossed and _OPEN_BRACKET.fullmatch(text, glossed.end(), found.start()):
                yield _number(found)


def _number(found: re.Match[str]) -> Mark:
    return Mark("number", *found.span("amount"), " ".join(found["amount"].split()), None, found["amount"])


def _near(amount: re.Match[str], noun: re.Match[str], text: str) -> bool:
    """Whether a number is that of a chance: beside the noun, or behind it in the same clause."""
    patterns = lexicon().patterns
    if amount.start() >= noun.end():
        between = text[noun.end() : amount.start()]
        if len(between) > _FAR or patterns["next_clause"].search(between):
            return False
        # "the chance that it passes is one in four", but not "the chance that it passes the 50 per cent mark".
        return not patterns["that"].search(between) or patterns["stated"].search(between) is not None
    between = text[amount.end() : noun.start()]
    return len(between.split()) <= 2 and not patterns["not_of_noun"].search(between)
