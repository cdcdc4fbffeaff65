"""Is a claim borne out by what it cites: its names, numbers, dates and quotations, and enough of its words?"""

import re
from calendar import month_name
from collections.abc import Iterator, Sequence
from functools import lru_cache

from ingest.briefing import Span
from ingest.marks import marks_in
from rag.answer import Citation, Finding, Kind
from rag.clauses import keys_of, stems_of
from rag.copying import changed_words, exchanged_nouns
from rag.figures import figures
from rag.padding import padding
from rag.stemming import stem
from rag.supportlists import lowered, support_lists
from rag.wordlists import lists

_WORD = re.compile(r"[^\W\d_](?:[\w’'&-]*\w)?")
_QUOTE = re.compile(r"“([^”]{3,})”|\"([^\"]{3,})\"|«([^»]{3,})»|„([^“”]{3,})[“”]|(?<!\w)[‘']([^‘’']{6,})[’'](?!\w)")
# Nothing is said: "warned that the text.", "unlikely unless the."
_UNFINISHED = re.compile(
    r"(?i)\b(?:that (?:an?|the|its|his|their) [\w’'-]+|an?|the|its|his|their|and|or|but|than|because|if|unless)\W*$"
)
# Two names are related if they begin with so many of the same letters.
_STEM = 4
_HYPHENS = str.maketrans("‐‑", "--")
_STRAIGHT = str.maketrans("“”„«»‘’", '"""""\'\'')
_LINK = re.compile(r"(?i)https?:|www\.|\]\(|<|＜|&(?:#\w+|[a-z]{2,8});|javascript:|\\[a-z]|~~|\$\S+\$")
# Letters, figures and the marks of plain prose; whatever else a claim holds has to stand in what it cites.
_PLAIN = re.compile(r"[\w \u00a0\u202f.,;:!?'\"’‘“”()\[\]–—%+&/€£$°-]", re.ASCII)
# One word written so that no reader of words finds it: "(un)likely", "un/likely", "l i k e l y".
_SPLIT = re.compile(
    r"(?i)\b(?:un|im|il|in|dis)[\s/()*_.-]+(?:likely|probable|certain|possible|legal|lawful)\b|\w[()]\w|"
    r"\b[^\W\d_](?:[ .*-][^\W\d_]){3,}\b"
)


def support_findings(claim: str, cited: Sequence[Citation]) -> Iterator[Finding]:
    """What a claim names, counts or quotes that its cited sentences, and the briefings' titles and dates, do not.

    A whole cited sentence, word for word, is never a finding.
    """
    quotes = [one.quote for one in cited]
    if _even(claim) in map(_even, quotes):
        return
    said, around = " ".join(quotes), " ".join(map(_headed, cited))
    known = f"{said} {around}".translate(_HYPHENS)
    claim = without_titles(claim.translate(_HYPHENS), cited)
    yield from _form(claim, said)
    yield from _ends(claim, said)
    yield from _names(claim, known)
    yield from figures(claim, cited)
    for quote in _QUOTE.finditer(claim):
        words = next(filter(None, quote.groups()))
        if not _holds(said, words):
            yield _finding("unsupported", quote, f"The cited sentences do not hold the words '{words}'.")
    yield from _turned(claim, said)
    yield from padding(claim, quotes, around)
    yield from changed_words(claim, quotes, around)
    yield from exchanged_nouns(claim, quotes)


def _even(text: str) -> str:
    """A text with all of its spaces and quotation marks alike."""
    return " ".join(text.translate(_STRAIGHT).split())


def _headed(one: Citation) -> str:
    return f"{one.title} {one.section} {one.published:%-d %B %Y}" if one.published else f"{one.title} {one.section}"


def without_titles(claim: str, cited: Sequence[Citation], instead: str = "") -> str:
    """The claim with blanks for the titles of the cited briefings in quotation marks: they say what is cited.

    `instead` stands at the end of the blanks, where it fits: spans count both texts alike.
    """
    titles = {_folded(part) for one in cited for part in (one.title, *re.split(r"[:–—]\s|\s[–—-]\s", one.title))}
    for quote in _QUOTE.finditer(claim):
        if _folded(next(filter(None, quote.groups()))) in titles:
            length = len(quote.group())
            filled = (instead if len(instead) <= length else "").rjust(length)
            claim = f"{claim[: quote.start()]}{filled}{claim[quote.end() :]}"
    return claim


def _form(claim: str, said: str) -> Iterator[Finding]:
    """Links, markup, odd signs, words taken apart, and words to the reader."""
    if link := _LINK.search(claim):
        yield _finding("unsupported", link, "The claim holds a link or markup; the briefings are quoted as plain text.")
    odd = next(
        (at for at, char in enumerate(claim) if not (_PLAIN.match(char) or char.isalpha() or char in said)), None
    )
    if odd is not None:
        told = f"The claim holds the sign U+{ord(claim[odd]):04X}, which the sentences it cites do not."
        yield Finding("unsupported", told, "severe", odd, odd + 1)
    if (split := _SPLIT.search(claim)) and split.group().lower() not in said.lower():
        yield _finding("unsupported", split, "The claim takes a word apart.")
    for person in support_lists().patterns["person"].finditer(claim):
        if not _holds(said, person.group()):
            yield _finding("unsupported", person, f"The cited sentences do not say '{person.group()}'.")


def _ends(claim: str, said: str) -> Iterator[Finding]:
    """A claim that does not begin or end as a sentence, where the cited ones do."""
    if claim.endswith("?") and not said.rstrip().endswith("?"):
        yield Finding("unsupported", "The claim is a question.", "severe", 0, len(claim))
    if claim[:1].islower() and not said[:1].islower():
        yield Finding("unsupported", "The claim does not begin as a sentence.", "severe", 0, 1)
    if (end := _UNFINISHED.search(claim)) and not _folded(said).endswith(_folded(end.group())):
        yield _finding("unsupported", end, "The claim breaks off in the middle of a sentence.")


def _names(claim: str, known: str) -> Iterator[Finding]:
    """Words with a capital, or with a letter beyond ASCII, that the sources do not have in this or a related form."""
    for found in _WORD.finditer(claim):
        word = found.group()
        if word.isascii() and word.islower():
            continue
        if not _is_known(word, known) and not _is_opener(word, found.span(), claim):
            yield _finding("unsupported", found, f"The cited sentences do not name '{word}'.")


def _is_known(word: str, known: str) -> bool:
    if word in month_name:
        # "May" is not known because something "may" be.
        return re.search(rf"\b{word}\b", known) is not None
    low, (forms, stems) = lowered(word), _forms(known)
    plain = lists().stop | lists().frame | support_lists().around | forms
    if low in plain or any(_is_related(low, form) for form in forms) or stems.intersection(stem([low])):
        return True
    parts = re.split("[-&]", word)
    return len(parts) > 1 and all(part.lower() in plain or part.islower() or _is_known(part, known) for part in parts)


@lru_cache(maxsize=256)
def _forms(text: str) -> tuple[frozenset[str], frozenset[str]]:
    """The words of a text in lower case, hyphened ones in parts as well, and their stems."""
    words = {lowered(found.group()) for found in _WORD.finditer(text)}
    words |= {part for word in words for part in word.split("-") if part}
    return frozenset(words), frozenset(stem(sorted(words)))


def _is_related(one: str, other: str) -> bool:
    """Whether two names differ in their endings alone: "Caldria" and "Caldrian"."""
    shared = next((at for at, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]), None)
    shared = min(len(one), len(other)) if shared is None else shared
    endings = support_lists().name_endings
    return shared >= _STEM and one[shared:] in endings and other[shared:] in endings


def _is_opener(word: str, span: Span, claim: str) -> bool:
    """Whether a word has its capital from opening a sentence alone: by its form no name, or no subject."""
    opens = not re.search(r"\w", re.split(r"[.!?:]\s", claim[: span[0]])[-1])
    if not opens or not word.isascii() or not word[1:].islower() or re.match(r"\s+[A-Z]", claim[span[1] :]):
        return False
    patterns = support_lists().patterns
    common = word.lower() in support_lists().openers or patterns["common_ending"].search(lowered(word))
    return bool(common or patterns["behind_opener"].match(claim, span[1]))


def _turned(claim: str, said: str) -> Iterator[Finding]:
    """Words that turn what is said round, deny it or cast a doubt on it, and that the cited sentences do not have."""
    known, mine, patterns = stems_of(said), stems_of(claim), lists().patterns
    turning = [patterns["turning"]]
    if not patterns["any_no"].search(said):
        turning += [patterns["plain_no"], support_lists().patterns["ended"]]
    for found in (found for pattern in turning for found in pattern.finditer(claim)):
        keys = {key for word in found.group().split() for key in keys_of(word)}
        if known.isdisjoint(keys) and not _holds(said, found.group()):
            yield _finding("unsupported", found, f"The cited sentences do not say '{found.group()}'.")
            return
    doubts = [claim[mark.start : mark.end] for mark in marks_in(claim) if mark.kind in ("hedge", "comparative")]
    if doubts and not marks_in(said) and known.isdisjoint(stems_of(doubts[0])):
        told = f"The cited sentences do not say '{doubts[0]}'."
        yield Finding("unsupported", told, "severe", 0, len(claim))
    if patterns["denial"].search(claim) or re.search(r"(?i)\bunless\b", said):
        return
    for one, other in lists().opposites:
        gone, new = set(keys_of(one)), set(keys_of(other))
        if gone and new and gone <= known - mine and new <= mine - known:
            told = f"The cited sentences say '{one}', the claim '{other}'."
            yield Finding("unsupported", told, "severe", 0, len(claim))
            return


def _folded(text: str) -> str:
    return re.sub(r"[\W_]+", " ", text).strip().lower()


def _holds(said: str, words: str) -> bool:
    """Whether a text has these words, as whole ones."""
    return f" {_folded(words)} " in f" {_folded(said)} "


def _finding(kind: Kind, found: re.Match[str], message: str) -> Finding:
    return Finding(kind, message, "severe", found.start(), found.end())
