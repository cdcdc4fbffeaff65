"""What is embedded: a few consecutive sentences of one section, with the title and the headings in front.

Measured against sentences alone, windows and whole paragraphs: docs/retrieval.md.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby

from ingest.briefing import Briefing

PASSAGE_TOKENS = 100


@dataclass(frozen=True, slots=True)
class Passage:
    """Consecutive sentences of one section of a briefing, embedded in one pass.

    `first` is the place of the first of `texts` in `Briefing.sentences`; `heading` is the context put in front.
    """

    briefing_id: str
    first: int
    heading: str
    texts: tuple[str, ...]


def passages_of(briefing: Briefing, count_tokens: Callable[[list[str]], list[int]]) -> Iterator[Passage]:
    """The passages of a briefing in order; together they hold every sentence once.

    A sentence longer than `PASSAGE_TOKENS` is a passage of its own: nothing is cut.
    """
    texts = [briefing.text[sentence.start : sentence.end] for sentence in briefing.sentences]
    lengths = count_tokens(texts)
    for section, members in groupby(range(len(texts)), key=lambda place: briefing.sentences[place].section):
        heading = heading_of(briefing, section)
        group: list[int] = []
        size = 0
        for place in members:
            if group and size + lengths[place] > PASSAGE_TOKENS:
                yield Passage(briefing.id, group[0], heading, tuple(texts[member] for member in group))
                group, size = [], 0
            group.append(place)
            size += lengths[place]
        yield Passage(briefing.id, group[0], heading, tuple(texts[member] for member in group))


def heading_of(briefing: Briefing, section: int) -> str:
    """The title and the headings above a section, as one line."""
    path = briefing.sections[section].path if briefing.sections else ()
    return " ".join(f"{part.rstrip('.')}." for part in (briefing.title, *path) if part)
