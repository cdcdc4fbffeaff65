"""The loaded briefings as arrays: every sentence with its briefing, its words and a BM25 index over them.

Derived from the store and thrown away when the store changes; nothing here is kept on disk.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import bm25s
import numpy as np
from numpy.typing import NDArray

from ingest.briefing import Briefing, Sentence
from rag.answer import Filters
from rag.question import content_words
from rag.stemming import stem

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Corpus:
    """All sentences of the loaded briefings, numbered from 0 in the order of `briefings`; build with `load_corpus`.

    `owner[i]` is the place of sentence i's briefing in `briefings`, `first[b]` the number of briefing b's first
    sentence.
    """

    briefings: tuple[Briefing, ...]
    owner: NDArray[np.int32]
    first: NDArray[np.int32]
    sentence_index: bm25s.BM25 | None
    headed_index: bm25s.BM25 | None
    briefing_index: bm25s.BM25 | None
    stems: tuple[frozenset[str], ...]

    def __len__(self) -> int:
        return len(self.owner)

    @cached_property
    def place(self) -> dict[str, int]:
        """The place of each briefing, by id."""
        return {briefing.id: place for place, briefing in enumerate(self.briefings)}

    @cached_property
    def vocabulary(self) -> dict[int, frozenset[str]]:
        """The stems of each briefing, its title and authors included."""
        return {
            place: frozenset(stem(content_words(" ".join((briefing.title, *briefing.authors))))).union(
                *self.stems[self.first[place] : self.first[place] + len(briefing.sentences)]
            )
            for place, briefing in enumerate(self.briefings)
        }

    @cached_property
    def frequencies(self) -> dict[str, int]:
        """How many sentences hold each stem."""
        counts: dict[str, int] = {}
        for stems in self.stems:
            for word in stems:
                counts[word] = counts.get(word, 0) + 1
        return counts

    def size(self, place: int) -> int:
        """How many sentences a briefing has."""
        return len(self.briefings[place].sentences)

    def briefing_of(self, number: int) -> Briefing:
        """The briefing that sentence `number` stands in."""
        return self.briefings[int(self.owner[number])]

    def sentence(self, number: int) -> Sentence:
        """Sentence `number`."""
        place = int(self.owner[number])
        return self.briefings[place].sentences[number - int(self.first[place])]

    def path(self, number: int) -> tuple[str, ...]:
        """The headings that sentence `number` stands under, outermost first."""
        briefing = self.briefing_of(number)
        return briefing.sections[self.sentence(number).section].path if briefing.sections else ()

    def text(self, number: int) -> str:
        """The words of sentence `number`."""
        sentence = self.sentence(number)
        return self.briefing_of(number).text[sentence.start : sentence.end]

    def number(self, briefing_id: str, sentence: int) -> int:
        """The number of a briefing's nth sentence."""
        return int(self.first[self.place[briefing_id]]) + sentence

    def rarity(self, word: str) -> float:
        """Inverse document frequency of a stem over the sentences (Robertson & Zaragoza 2009, always positive)."""
        count = self.frequencies.get(word, 0)
        return float(np.log(1 + (len(self) - count + 0.5) / (count + 0.5)))

    def bm25(self, words: Sequence[str], headed: bool = False) -> Floats:
        """BM25 of every sentence (with its title and headings if `headed`) for these words, shape (sentences,)."""
        return _scores(self.headed_index if headed else self.sentence_index, words, len(self))

    def bm25_of_briefings(self, words: Sequence[str]) -> Floats:
        """BM25 of every briefing as a whole for these words, shape (briefings,)."""
        return _scores(self.briefing_index, words, len(self.briefings))

    def allowed(self, filters: Filters) -> NDArray[np.bool_]:
        """Which sentences pass the filters, shape (sentences,)."""
        keep = np.array([passes(briefing, filters) for briefing in self.briefings], dtype=bool)
        mask = keep[self.owner] if len(self) else np.zeros(0, dtype=bool)
        if filters.horizons:
            wanted = set(filters.horizons)
            mask &= np.array([self.sentence(number).horizon in wanted for number in range(len(self))], dtype=bool)
        if filters.bands:
            judged = np.zeros(len(self), dtype=bool)
            for place, briefing in enumerate(self.briefings):
                found = [one.sentence for one in briefing.judgements if one.estimate.band in filters.bands]
                judged[[int(self.first[place]) + sentence for sentence in found]] = True
            mask &= judged
        return np.asarray(mask, dtype=bool)


def passes(briefing: Briefing, filters: Filters) -> bool:
    """Whether a briefing may answer under these filters."""
    if filters.briefing_ids and briefing.id not in filters.briefing_ids:
        return False
    if filters.publishers and briefing.publisher not in filters.publishers:
        return False
    latest = min((day for day in (filters.published_to, filters.as_of) if day), default=None)
    if latest is None and filters.published_from is None:
        return True
    if briefing.published is None:
        return False
    return (latest is None or briefing.published <= latest) and (
        filters.published_from is None or briefing.published >= filters.published_from
    )


def load_corpus(briefings: tuple[Briefing, ...]) -> Corpus:
    """The corpus over these briefings; about 0.05 s a thousand sentences."""
    owner, stems, headed, whole = [], [], [], []
    for place, briefing in enumerate(briefings):
        titled = stem(content_words(briefing.title))
        whole.append(list(titled))
        for sentence in briefing.sentences:
            words = stem(content_words(briefing.text[sentence.start : sentence.end]))
            path = briefing.sections[sentence.section].path if briefing.sections else ()
            owner.append(place)
            stems.append(words)
            whole[-1] += words
            headed.append([*titled, *stem(content_words(" ".join(path))), *words])
    sizes = [len(briefing.sentences) for briefing in briefings]
    return Corpus(
        briefings=briefings,
        owner=np.array(owner, dtype=np.int32),
        first=np.concatenate([[0], np.cumsum(sizes)])[:-1].astype(np.int32) if sizes else np.zeros(0, np.int32),
        sentence_index=_index(stems),
        headed_index=_index(headed),
        briefing_index=_index(whole, k1=0.9, b=0.4),
        stems=tuple(frozenset(words) for words in stems),
    )


def _scores(index: bm25s.BM25 | None, words: Sequence[str], size: int) -> Floats:
    known = [word for word in stem(words) if index is not None and word in index.vocab_dict]
    if index is None or not known:
        return np.zeros(size, dtype=np.float32)
    return np.asarray(index.get_scores(known), dtype=np.float32)


def _index(documents: list[list[str]], k1: float = 1.2, b: float = 0.75) -> bm25s.BM25 | None:
    if not any(documents):
        return None
    index = bm25s.BM25(k1=k1, b=b)
    index.index(documents, show_progress=False)
    return index
