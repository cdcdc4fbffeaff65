"""Markup that is safe by its type: text becomes `Html` only by `escape`, and elements are built from `Html` alone."""

import html
import re
from typing import NewType

Html = NewType("Html", str)
NOTHING = Html("")

# What XML cannot write, a page does not show, or a terminal obeys.
_IMPOSSIBLE = re.compile("[^\t\n\r\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def printable(text: str) -> str:
    """The text with a mark in place of each character that is none for a reader."""
    return _IMPOSSIBLE.sub("\N{REPLACEMENT CHARACTER}", text)


def escape(text: str) -> Html:
    """The text as markup that shows exactly these words."""
    return Html(html.escape(printable(text)))


def element(name: str, /, *children: Html, **attributes: str | None) -> Html:
    """An element around its children; an attribute that is None is left out, `class_` is class, `data_id` data-id."""
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    return Html(f"<{name}{written}>{join(*children)}</{name}>")


def text(name: str, words: str, /, **attributes: str | None) -> Html:
    """An element that holds these words."""
    return element(name, escape(words), **attributes)


def join(*parts: Html) -> Html:
    """The parts one after another."""
    return Html("".join(parts))
