"""Undoes what typesetting and transport did to a text."""

import re
from collections.abc import Iterable

from ingest.rules import rules

# Zero-width and direction marks, and control characters other than white space; joiners mean something in some scripts.
_INVISIBLE = "\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f"
_LIGATURES = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "ft", "ﬆ": "st"}
_FAULT = re.compile(
    rf"(?P<soft>(?<=\w)\u00ad[{_INVISIBLE}]*(?:[^\S\n]*\n\s*)?(?=\w))"
    r"|(?P<hyphen>(?<=[^\W\d_])[-\u2010\u00ac][^\S\n]*\n\s*(?=[^\W\d_]))"
    r"|(?P<dash>(?<=\w)[-\u2010\u2013\u2014/][^\S\n]*\n\s*(?=\w))"
    rf"|(?P<space>[\s{_INVISIBLE}]{{2,}}|[^\S ])"
    rf"|(?P<invisible>[{_INVISIBLE}])"
    rf"|(?P<ligature>[{''.join(_LIGATURES)}])"
)
_SUSPECT = re.compile(rf"[^\S ]|[{_INVISIBLE}{''.join(_LIGATURES)}]|\A | (?: |\Z)")
_EDGE = re.compile(rf"[\s{_INVISIBLE}]*")
_BROKEN = re.compile(r"[^\W\d_]+[-\u2010\u00ac][^\S\n]*\n\s*[^\W\d_]+")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_LAST_WORD = re.compile(r"[^\W\d_]+\Z")
_FIRST_WORD = re.compile(r"[^\W\d_]+")


class Vocabulary:
    """The words that a document uses, which decide whether a hyphen at a line end belongs to its word."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._texts = tuple(texts)
        self._words: frozenset[str] | None = None

    def joins(self, first: str, second: str) -> bool:
        """Whether `first` and `second`, parted by a hyphen and a line end, are one word without the hyphen."""
        first_word, second_word = first.lower(), second.lower()
        words = self._read()
        if first_word + second_word in words or f"{first_word}-{second_word}" in words:
            return first_word + second_word in words
        if second[0].isupper() and not first.isupper():
            return False
        hyphened = rules("repair")
        if first_word in hyphened["prefixes"] and len(second_word) > 2 and second_word not in hyphened["endings"]:
            return False
        return not (len(first_word) > 3 and len(second_word) > 3 and {first_word, second_word} <= words)

    def _read(self) -> frozenset[str]:
        # Only when the first broken word is met: most files have none. The broken halves themselves prove nothing.
        if self._words is None:
            lines = (_BROKEN.sub(" ", text) for text in self._texts)
            self._words = frozenset(word for line in lines for word in _WORD.findall(line.lower()))
        return self._words


def repair(text: str, words: Vocabulary) -> str:
    """`text` on one line, without soft hyphens, ligatures, odd spaces, invisible characters and broken words."""
    if not _SUSPECT.search(text):
        return text
    start = _EDGE.match(text)
    return _FAULT.sub(lambda fault: _mended(fault, words), text[start.end() if start else 0 :]).rstrip()


def _mended(fault: re.Match[str], words: Vocabulary) -> str:
    found = fault.group()
    match fault.lastgroup:
        case "hyphen":
            first = _LAST_WORD.search(fault.string, max(0, fault.start() - 40), fault.start())
            second = _FIRST_WORD.match(fault.string, fault.end())
            joined = first and second and words.joins(first.group(), second.group())
            return "" if joined else found[0].replace("\u00ac", "-")
        case "dash":
            return found[0]
        case "space":
            return " " if any(char.isspace() for char in found) else ""
        case "ligature":
            return _LIGATURES[found]
        case _:
            return ""
