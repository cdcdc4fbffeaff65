"""An embedder for many questions over much the same briefings: nothing is embedded twice."""

from collections.abc import Sequence

from ingest.embedding import Embedder, QueryVectors, SentenceVectors
from ingest.passages import Passage
from ingest.settings import Settings

Words = tuple[str, tuple[str, ...]]


class Remembering(Embedder):
    """The embedder, which knows every passage and question again; the memory goes with it."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self._passages: dict[Words, list[SentenceVectors]] = {}
        self._questions: dict[str, QueryVectors] = {}

    def embed_passages(self, passages: Sequence[Passage]) -> list[list[SentenceVectors]]:
        """The vectors of every sentence of every passage, in order."""
        new = {words: one for one in passages if (words := _words_of(one)) not in self._passages}
        self._passages.update(zip(new, super().embed_passages(list(new.values())), strict=True))
        return [self._passages[_words_of(one)] for one in passages]

    def embed_query(self, text: str) -> QueryVectors:
        """A question as vectors."""
        if text not in self._questions:
            self._questions[text] = super().embed_query(text)
        return self._questions[text]


def _words_of(passage: Passage) -> Words:
    return passage.heading, passage.texts
