"""Is a claim borne out by what it cites: its names, numbers, dates and quotations, and enough of its words?"""

import re
from collections.abc import Iterator, Sequence

from rag.answer import Citation, Finding, Kind
from rag.clauses import keys_of, words_of
from rag.wordlists import lists

# A claim shares at least this share of its content words with what it cites.
OVERLAP = 0.3
_NAME = re.compile(r"\b[A-Z][\w’'&-]*[\w]")
_NUMBER = re.compile(r"\d[\d,.]*\d|\d")
_QUOTE = re.compile(r"“([^”]{3,})”|\"([^\"]{3,})\"")
# Nothing is said: "warned that the text.", "unlikely unless the."
_UNFINISHED = re.compile(
    r"(?i)\b(?:that (?:an?|the|its|his|their) [\w’'-]+|an?|the|its|his|their|and|or|but|than|because|if|unless)\W*$",
    re.I,
)
_LINK = re.compile(r"https?:|www\.|\]\(|<\s*/?\s*[a-z!]|javascript:", re.I)


def support_findings(claim: str, cited: Sequence[Citation]) -> Iterator[Finding]:
    """What a claim names, counts or quotes that its cited sentences, and the briefings' titles and dates, do not."""
    said = " ".join(one.quote for one in cited)
    around = " ".join(
        f"{one.title} {one.section} {one.published:%-d %B %Y}" if one.published else one.title for one in cited
    )
    yield from _form(claim, said)
    for name in _NAME.finditer(claim):
        if not _is_known(name.group(), name.start(), claim, f"{said} {around}"):
            yield _finding("unsupported", name, f"The cited sentences do not name '{name.group()}'.")
    numbers = {_plain(found.group()) for found in _NUMBER.finditer(f"{said} {around}")}
    words = {key for key in words_of(said, [(0, len(said))]) if key.isdigit()}
    for number in _NUMBER.finditer(claim):
        if _plain(number.group()) not in numbers | words:
            yield _finding("unsupported", number, f"The cited sentences do not say '{number.group()}'.")
    for quote in _QUOTE.finditer(claim):
        if _folded(quote[1] or quote[2]) not in _folded(said):
            yield _finding("unsupported", quote, f"The cited sentences do not hold the words '{quote[1] or quote[2]}'.")
    yield from _overlap(claim, f"{said} {around}")


def _form(claim: str, said: str) -> Iterator[Finding]:
    """Links and markup, and a sentence without an end that the cited one does not lack as well."""
    if link := _LINK.search(claim):
        yield _finding("unsupported", link, "The claim holds a link or markup; the briefings are quoted as plain text.")
    if (end := _UNFINISHED.search(claim)) and not _folded(said).endswith(_folded(end.group())):
        yield _finding("unsupported", end, "The claim breaks off in the middle of a sentence.")


def _is_known(name: str, place: int, claim: str, known: str) -> bool:
    """Whether a capitalised word is in the sources, in this or a related form, or only opens a sentence."""
    lowered = name.lower().replace("’", "'").removesuffix("'s")
    if lowered in lists().stop or lowered in lists().frame or lowered[:4] in known.lower():
        return True
    opens = not re.search(r"\w", re.split(r"[.!?:]\s", claim[:place])[-1])
    return opens and not name.isupper() and not re.match(r"\s+[A-Z]", claim[place + len(name) :])


def _overlap(claim: str, known: str) -> Iterator[Finding]:
    words, source = words_of(claim, [(0, len(claim))]), words_of(known, [(0, len(known))])
    telling = [word for word in words if word]
    if len(telling) >= 3 and sum(word in source for word in telling) < OVERLAP * len(telling):
        message = "The claim shares hardly a word with the sentences it cites."
        yield Finding("low_overlap", message, "severe", 0, len(claim))


def _plain(number: str) -> str:
    return "".join(keys_of(number.rstrip(".,"))) or number


def _folded(text: str) -> str:
    return re.sub(r"[\W_]+", " ", text).strip().lower()


def _finding(kind: Kind, found: re.Match[str], message: str) -> Finding:
    return Finding(kind, message, "severe", found.start(), found.end())
