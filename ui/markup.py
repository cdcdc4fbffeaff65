"""Markup that is safe by its type: text becomes `Html` only by `escape`, and elements are built from `Html` alone."""

import string
from typing import NewType

Html = NewType("Html", str)

# Every ASCII punctuation mark becomes a character reference. HTML needs five of them; the rest mean something to the
# Markdown, the LaTeX and the templates that a page component may run over its value.
_REFERENCES = {ord(mark): f"&#{ord(mark)};" for mark in string.punctuation}
# A blank line would end an HTML block in Markdown, and control characters have no business in a line of text.
_SPACES = dict.fromkeys((*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029), " ")
# Half of a pair, as a damaged file may leave it, cannot be sent to a browser.
_DAMAGED = dict.fromkeys(range(0xD800, 0xE000), "\N{REPLACEMENT CHARACTER}")
_ESCAPES = _REFERENCES | _SPACES | _DAMAGED

NOTHING = Html("")


def escape(text: str) -> Html:
    """The text as markup that shows exactly these words, on one line, whatever they are."""
    return Html(text.translate(_ESCAPES))


def element(name: str, /, *children: Html, **attributes: str | None) -> Html:
    """An element around its children; attribute values are escaped, one that is None is left out, `class_` is class."""
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
