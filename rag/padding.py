"""Does a claim say more than it cites: hardly a word that stands there, or words around it that come from nowhere?"""

import re
from collections.abc import Iterator, Mapping, Sequence

from ingest.briefing import Span
from rag.answer import Finding
from rag.clauses import stems_of, words_of
from rag.stemming import stem
from rag.supportlists import lowered, support_lists
from rag.wordlists import lists

# A claim shares at least this share of its content words with what it cites. If that is fewer than three words, then
# two of them, or half of its own, but for their endings.
OVERLAP, SHORT, LEAST, HALF = 0.3, 3, 2, 0.5
_SENTENCE = re.compile(r"[^.;!?]+(?:[.;!?](?!\s|$)[^.;!?]*)*")
# What stands between two signs that set words apart; a comma in a number is none.
_SEGMENT = re.compile(r"(?:[^,;:()—–]|(?<=\d)[,:](?=\d))+")
_LED = re.compile(r"[,:]\s|\bthat\s")
_WORD = re.compile(r"[\w’'-]+")
# A statement that is led in: "The authors judge that".
_LEAD = re.compile(r"\W*(.{3,90}?)\bthat\b")


def padding(claim: str, quotes: Sequence[str], around: str) -> Iterator[Finding]:
    """Sentences of a claim that share hardly a word with what it cites, else parts of it that share none.

    `around` is what the cited briefings say beside their sentences: titles, headings, dates.
    """
    said = " ".join(quotes)
    source, whole = stems_of(said), {_bare(quote) for quote in quotes}
    for part in _SENTENCE.finditer(claim):
        words = words_of(claim, [part.span()])
        if not re.search(r"\w", part.group()) or not whole.isdisjoint(_statements(part.group())):
            continue
        shared = len(source.intersection(words))
        if not shared or shared < OVERLAP * len(words) or (shared < SHORT and _is_fragment(claim, words, said)):
            yield _low(part.span(), "The claim shares hardly a word with the sentences it cites.")
            return
    if added := _added(claim, source, stems_of(around)):
        yield _low(added, "The cited sentences say nothing of this.")


def _is_fragment(claim: str, words: Mapping[str, int], said: str) -> bool:
    """Whether so few words of a sentence are, but for their endings, in the sources that the rest may be anything."""
    known = _stems(said)
    shared = sum(
        not known.isdisjoint(_stems(found.group())) for at in words.values() if (found := _WORD.match(claim, at))
    )
    return shared < LEAST and shared < HALF * len(words)


def _stems(text: str) -> frozenset[str]:
    return frozenset(stem([lowered(word) for word in re.findall(r"[\w’']+", text)]))


def _statements(sentence: str) -> set[str]:
    """The words of a sentence, and of what follows a comma, a colon or "that" in it."""
    return {_bare(sentence), *(_bare(sentence[found.end() :]) for found in _LED.finditer(sentence))}


def _bare(sentence: str) -> str:
    return " ".join(re.findall(r"\w+", sentence.lower()))


def _added(claim: str, source: frozenset[str], beside: frozenset[str]) -> Span | None:
    """The first part of a claim that shares no word with its sources and says something."""
    if (lead := _LEAD.match(claim)) and _is_new(claim, lead.span(1), source | beside, 2):
        return lead.span(1)
    for found in _SEGMENT.finditer(claim):
        start, end = found.span()
        # Behind a statement a single other word may be its verb: ", which will come out in May".
        bracketed = claim[end : end + 1] in (")", ":", "—", "–") or claim[max(0, start - 1) : start] in ("(", "—", "–")
        leads = not re.search(r"\w", claim[:start]) and end < len(claim)
        # What stands in a title says of what a claim is, not what is added behind it.
        framed = leads or bracketed or not lists().frame.isdisjoint(found.group().lower().split())
        known = source | beside if framed else source
        if _is_new(claim, (start, end), known, 1 if bracketed or leads else 2):
            return start, end
    return None


def _is_new(claim: str, span: Span, known: frozenset[str], least: int) -> bool:
    if support_lists().patterns["asking"].match(claim[slice(*span)]):
        return False
    words = words_of(claim, [span])
    new = [_WORD.match(claim, place) for place in words.values()]
    said = sum(word is not None and lowered(word.group()) not in support_lists().around for word in new)
    return said >= least and not any(word in known for word in words)


def _low(span: Span, message: str) -> Finding:
    return Finding("low_overlap", message, "severe", *span)
