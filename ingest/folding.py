"""A text as the readers of words see it: lower case, single spaces, no hyphens inside words; with the way back."""

import re
from bisect import bisect_right
from dataclasses import dataclass
from unicodedata import normalize

# What must not stay as it is.
_ODD = re.compile(
    r"""
    (?<=[^\W\d])-(?:[ \t]*[\r\n]+[ \t]*)?(?=[^\W\d])             # a hyphen inside a word, at a line end or not
    | \s*[\r\n\f]\s*\[?(?:page[ ])?\d{1,4}\]?\s*[\r\n\f]\s*       # a page end with its number
    | \s{2,} | [^\S ]                                            # runs of space, and space of other kinds
    | [^\x00-\x7f]
    """,
    re.I | re.X,
)
_LIKE_HYPHEN = re.compile(r"[\u00ad\u2010\u2011](?:\s*[\r\n]+\s*)?")
# Characters that NFKC would lengthen or that stand for another mark in print.
_PLAIN = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‐": "-", "‑": "-"})


@dataclass(frozen=True, slots=True)
class Folded:
    """The folded text; `places` and `shifts` lead from an offset in it back to the original."""

    text: str
    places: tuple[int, ...] = ()
    shifts: tuple[int, ...] = ()

    def original(self, start: int, end: int) -> tuple[int, int]:
        """The span of the original text that a span of the folded one, not empty, came from."""
        return self._place(start), self._place(end - 1) + 1

    def _place(self, place: int) -> int:
        found = bisect_right(self.places, place)
        return place + (self.shifts[found - 1] if found else 0)


def fold(text: str) -> Folded:
    """The folded text of a sentence; ASCII text without hyphens and line ends only loses its capitals."""
    if text.isascii() and not any(odd in text for odd in ("-", "  ", "\n", "\r", "\t", "\f")):
        return Folded(text.lower())
    parts: list[str] = []
    places: list[int] = []
    shifts: list[int] = []
    done = length = 0
    for odd in _ODD.finditer(text):
        if odd.start() < done:
            continue
        new, end = _plain(text, odd)
        if len(new) == end - odd.start():
            parts += [text[done : odd.start()], new]
            length += end - done
        else:
            kept = text[done : odd.start()]
            parts += [kept, new]
            length += len(kept) + len(new)
            places.append(length)
            shifts.append(end - length)
        done = end
    return Folded(_lower("".join([*parts, text[done:]])), tuple(places), tuple(shifts))


def _plain(text: str, odd: re.Match[str]) -> tuple[str, int]:
    """What stands for an odd stretch in the folded text, and where the stretch ends."""
    found = odd.group()
    if found[0] == "-":
        return "", odd.end()
    if found[0] in "\u00ad\u2010\u2011":
        hyphen = _LIKE_HYPHEN.match(text, odd.start())
        assert hyphen is not None
        between = (
            odd.start() > 0 and text[odd.start() - 1].isalpha() and text[hyphen.end() : hyphen.end() + 1].isalpha()
        )
        return "" if between or found[0] == "\u00ad" else "-", hyphen.end()
    if found[0].isspace():
        return " ", odd.end()
    # One character at a time, so that each leads back to its own place.
    return normalize("NFKC", found[0]).translate(_PLAIN), odd.start() + 1


def _lower(text: str) -> str:
    lowered = text.lower()
    return lowered if len(lowered) == len(text) else "".join(char.lower()[:1] or char for char in text)
