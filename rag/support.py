"""Is a claim borne out by what it cites: its names, numbers, dates and quotations, and enough of its words?"""

import re
from calendar import month_name
from collections.abc import Iterator, Sequence
from unicodedata import name

from ingest.briefing import Span
from rag.answer import Citation, Finding, Kind
from rag.clauses import keys_of, marks_of, stems_of, words_of
from rag.wordlists import lists

# A claim shares at least this share of its content words with what it cites.
OVERLAP = 0.3
_NAME = re.compile(r"\b[A-Z][\w’'&-]*[\w]")
_NUMBER = re.compile(r"\d[\d,.]*\d|\d")
_QUOTE = re.compile(r"“([^”]{3,})”|\"([^\"]{3,})\"|«([^»]{3,})»|„([^“”]{3,})[“”]|(?<!\w)[‘']([^‘’']{6,})[’'](?!\w)")
_COUNT = re.compile(
    r"(?i)\b(?:t(?:wo|hree|en|welve|wenty|hirty|rillion|housand)|f(?:our|ive|ifteen|orty|ifty)|s(?:ix|even|ixty|eventy)|eight(?:een|y)?|"
    r"nine(?:ty)?|hundred|dozen|million|billion|half|double|triple)\b"
)
# Nothing is said: "warned that the text.", "unlikely unless the."
_UNFINISHED = re.compile(
    r"(?i)\b(?:that (?:an?|the|its|his|their) [\w’'-]+|an?|the|its|his|their|and|or|but|than|because|if|unless)\W*$",
    re.I,
)
# What is put behind a statement or into it: ", and its president takes bribes", "(which is bankrupt)".
_ADDED = re.compile(r"(?:,\s(?:and|so|but|which|who|because|since|as|money that)\s|\(|—\s?)([^,;()—]+)")
_LINK = re.compile(r"(?i)https?:|www\.|\]\(|<|＜|&(?:#\w+|[a-z]{2,8});|javascript:|\\[a-z]|~~|\$\S+\$")
# Figures and the marks of plain prose; whatever else a claim holds has to stand in what it cites.
_PLAIN = re.compile(r"[0-9 \u00a0.,;:!?'\"’‘“”()\[\]–—%+&/€£$°-]")
# One word written so that no reader of words finds it: "(un)likely", "un/likely".
_SPLIT = re.compile(r"(?i)\b(?:un|im|il|in|dis)[\s/()*_.]+(?:likely|probable|certain|possible|legal|lawful)\b|\w[()]\w")


def support_findings(claim: str, cited: Sequence[Citation]) -> Iterator[Finding]:
    """What a claim names, counts or quotes that its cited sentences, and the briefings' titles and dates, do not."""
    said = " ".join(one.quote for one in cited)
    around = " ".join(
        f"{one.title} {one.section} {one.published:%-d %B %Y}" if one.published else one.title for one in cited
    )
    known = f"{said} {around}"
    yield from _form(claim, said)
    for found in _NAME.finditer(claim):
        if not _is_known(found.group(), found.start(), claim, known):
            yield _finding("unsupported", found, f"The cited sentences do not name '{found.group()}'.")
    yield from _figures(claim, known)
    for quote in _QUOTE.finditer(claim):
        words = next(filter(None, quote.groups()))
        if _folded(words) not in _folded(said):
            yield _finding("unsupported", quote, f"The cited sentences do not hold the words '{words}'.")
    yield from _turned(claim, said)
    yield from _overlap(claim, said)


def _figures(claim: str, known: str) -> Iterator[Finding]:
    """Numbers, in figures or in words, that the sources do not have."""
    numbers, words = {_plain(found.group()) for found in _NUMBER.finditer(known)}, stems_of(known)
    for found in _NUMBER.finditer(claim):
        if _plain(found.group()) not in numbers | words:
            yield _finding("unsupported", found, f"The cited sentences do not say '{found.group()}'.")
    for found in _COUNT.finditer(claim):
        if words.isdisjoint(keys_of(found.group())):
            yield _finding("unsupported", found, f"The cited sentences do not say '{found.group()}'.")


def _form(claim: str, said: str) -> Iterator[Finding]:
    """Links, markup and odd signs, and a sentence without an end that the cited one does not lack as well."""
    if link := _LINK.search(claim):
        yield _finding("unsupported", link, "The claim holds a link or markup; the briefings are quoted as plain text.")
    odd = next((place for place, char in enumerate(claim) if not _is_plain(char) and char not in said), None)
    if odd is not None:
        told = f"The claim holds the sign U+{ord(claim[odd]):04X}, which the sentences it cites do not."
        yield Finding("unsupported", told, "severe", odd, odd + 1)
    if (split := _SPLIT.search(claim)) and split.group().lower() not in said.lower():
        yield _finding("unsupported", split, "The claim takes a word apart.")
    if claim.endswith("?") and not said.rstrip().endswith("?"):
        yield Finding("unsupported", "The claim is a question.", "severe", 0, len(claim))
    if (end := _UNFINISHED.search(claim)) and not _folded(said).endswith(_folded(end.group())):
        yield _finding("unsupported", end, "The claim breaks off in the middle of a sentence.")


def _is_plain(char: str) -> bool:
    """Whether a character belongs to plain prose in an alphabet of Europe; a Cyrillic "l" in "likely" does not."""
    if char.isalpha():
        return "LATIN" in name(char, "")
    return _PLAIN.match(char) is not None


def _turned(claim: str, said: str) -> Iterator[Finding]:
    """Words that turn what is said round, or take it back, and that the cited sentences do not have."""
    known, denied = stems_of(said), lists().patterns["denial"]
    for found in lists().patterns["turning"].finditer(claim):
        keys = [key for word in found.group().split() for key in keys_of(word)]
        if not known.intersection(keys) and found.group().lower() not in said.lower():
            yield _finding("unsupported", found, f"The cited sentences do not say '{found.group()}'.")
            return
    mine = stems_of(claim)
    for one, other in lists().opposites:
        gone, new = keys_of(one), keys_of(other)
        if gone and new and set(gone) <= known - mine and set(new) <= mine - known and not denied.search(claim):
            told = f"The cited sentences say '{one}', the claim '{other}'."
            yield Finding("unsupported", told, "severe", 0, len(claim))
            return
    if (doubt := _doubt(claim)) and not marks_of(said):
        yield Finding(
            "unsupported", f"The cited sentences do not say '{claim[slice(*doubt)]}'.", "severe", doubt[0], doubt[1]
        )
    if (no := lists().patterns["plain_no"].search(claim)) and not lists().patterns["any_no"].search(said):
        yield _finding("unsupported", no, f"The cited sentences do not say '{no.group()}'.")


def _is_known(word: str, place: int, claim: str, known: str) -> bool:
    """Whether a capitalised word is in the sources, in this or a related form, or only opens a sentence."""
    lowered = word.lower().replace("’", "'").removesuffix("'s")
    if word in month_name:
        # "May" is not known because something "may" be.
        return re.search(rf"\b{word}\b", known) is not None
    if lowered in lists().stop or lowered in lists().frame or lowered[:4] in known.lower():
        return True
    opens = not re.search(r"\w", re.split(r"[.!?:]\s", claim[:place])[-1])
    return opens and not word.isupper() and not re.match(r"\s+[A-Z]", claim[place + len(word) :])


def _doubt(claim: str) -> Span | None:
    """Where a claim says that something may or must come about."""
    found = [mark for mark in marks_of(claim) if mark.kind in ("hedge", "comparative", "number")]
    return (found[0].start, found[0].end) if found else None


def _overlap(claim: str, known: str) -> Iterator[Finding]:
    """Sentences of the claim, or parts of it behind a semicolon, that share hardly a word with what it cites."""
    source = words_of(known, [(0, len(known))])
    for part in re.finditer(r"[^.;!?]+(?:[.;!?](?!\s|$)[^.;!?]*)*", claim):
        words = list(words_of(claim, [part.span()]))
        shared = sum(word in source for word in words)
        if re.search(r"\w", part.group()) and (not shared or shared < OVERLAP * len(words)):
            yield _finding("low_overlap", part, "The claim shares hardly a word with the sentences it cites.")
            return
    for part in _ADDED.finditer(claim):
        words = list(words_of(claim, [part.span(1)]))
        if len(words) > 1 and not any(word in source for word in words):
            yield _finding("low_overlap", part, "The cited sentences say nothing of this.")
            return


def _plain(number: str) -> str:
    return "".join(keys_of(number.rstrip(".,"))) or number


def _folded(text: str) -> str:
    return re.sub(r"[\W_]+", " ", text).strip().lower()


def _finding(kind: Kind, found: re.Match[str], message: str) -> Finding:
    return Finding(kind, message, "severe", found.start(), found.end())
