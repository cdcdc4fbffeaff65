"""Terms of likelihood as marks inside the words of a briefing, with the ranges of its own scale."""

from collections.abc import Iterable, Iterator

from rag.clauses import units_of
from rag.judging import Marked
from ui.markup import Html, escape, join, text


def terms_of(words: str) -> list[Marked]:
    """The terms in words that no briefing wrote, which have no ranges therefore."""
    units = units_of(words)
    found = {(one.start, one.end): one for unit in units for one in (*unit.others, unit.estimate) if one}
    return [
        Marked(start, end, one.band or "", f"not {one.canonical}" if one.negated else one.canonical, "")
        for (start, end), one in sorted(found.items())
    ]


def words_html(words: str, offset: int, terms: Iterable[Marked]) -> Html:
    """Words of a briefing, which stand at `offset` of its text, with their terms marked."""
    return join(*_parts(words, offset, terms))


def _parts(words: str, offset: int, terms: Iterable[Marked]) -> Iterator[Html]:
    done = 0
    for term in terms:
        start, end = max(term.start - offset, done), min(term.end - offset, len(words))
        if start >= end:
            continue
        yield escape(words[done:start])
        # A title, and no aria-label: that one would be read out in place of the author's words.
        yield text("mark", words[start:end], class_=f"term band-{_band(term)}", title=term.label)
        if term.range and end == term.end - offset:
            yield text("span", f" [{term.range}]", class_="range", title="The range on the scale of this briefing")
        done = end
    yield escape(words[done:])


def _band(term: Marked) -> str:
    # The band is that of the bare word: "not likely" has none, and least of all the colour of "likely".
    return term.band if term.band and not term.label.startswith("not ") else "unknown"
