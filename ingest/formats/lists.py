"""List marks in plain text and PDF, and how deep a marked line stands."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

_MARK = re.compile(r"([•◦▪▫‣·●○■□➢➤❖✓\uf0b7\uf0a7\uf0d8]|[-–—*+](?=\s)|o(?=\s{1,4}\S))\s*(?=\S)")
_NUMBER = re.compile(r"(\(?(?:\d{1,3}|[a-zA-Z]|[ivxIVX]{1,5})\)|(?:\d{1,3}|[a-z]|[ivx]{1,5})\.)\s+(?=\S)")


def split_mark(line: str) -> tuple[str, str] | None:
    """The list mark of a line (a bullet sign, or `1` or `a` for a number or letter) and the text after it, or None."""
    if found := _MARK.match(line):
        return found.group(1), line[found.end() :].strip()
    if found := _NUMBER.match(line):
        return "1" if any(char.isdecimal() for char in found.group(1)) else "a", line[found.end() :].strip()
    return None


def numbers_paragraphs(lines: Iterable[str]) -> bool:
    """Whether a text numbers its paragraphs, as official reports do, rather than the items of short lists."""
    numbers = {
        int(found.group(1)) for line in lines if (found := re.match(r"\s*(\d{1,3})\.(?:\s+[\"“‘']?[A-Z]|\s*$)", line))
    }
    return len(numbers) >= 10 and {8, 9, 10} <= numbers


@dataclass(slots=True)
class Levels:
    """The depth of each bullet of one list, from where it stands and which mark it has."""

    open: list[tuple[float, str]] = field(default_factory=list)
    tolerance: float = 0.9

    def level(self, indent: float, mark: str) -> int:
        """The level, from 1, of the next bullet."""
        while self.open and self.open[-1][0] > indent + self.tolerance:
            self.open.pop()
        marks = [known for place, known in self.open if abs(place - indent) <= self.tolerance]
        if mark in marks:
            while self.open[-1][1] != mark:
                self.open.pop()
        else:
            self.open.append((indent, mark))
        return len(self.open)
