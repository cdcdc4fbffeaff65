"""Finds the sentences that may answer: dense and lexical search fused, then every candidate scored."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ingest.embedding import Embedder, QueryVectors
from ingest.store import Store
from rag.answer import Evidence, Filters
from rag.corpus import Corpus, load_corpus
from rag.question import Question, content_words, read_question
from rag.ranking import interactions, load_weights, rank_features, word_weights

Reranker = Callable[[str, Sequence[str]], NDArray[np.float32]]

CANDIDATES = 150
DEPTH = 100
RRF_CONSTANT = 60  # Cormack, Clarke & Büttcher 2009


@dataclass(frozen=True)
class Retrieved:
    """The candidates of one question, best first, with what the decision to answer needs."""

    question: Question
    query: QueryVectors
    corpus: Corpus
    evidence: tuple[Evidence, ...]
    features: dict[str, NDArray[np.float32]]


class Retriever:
    """Hybrid retrieval over a store; safe to use from several threads."""

    def __init__(self, store: Store, embedder: Embedder, reranker: Reranker | None = None) -> None:
        self._store = store
        self._embedder = embedder
        self._reranker = reranker
        self._loaded: tuple[str, Corpus] | None = None

    def corpus(self) -> Corpus:
        """The briefings as they stand in the store now."""
        version = self._store.version()
        loaded = self._loaded
        if loaded is None or loaded[0] != version:
            loaded = (version, load_corpus(self._store.briefings()))
            self._loaded = loaded
        return loaded[1]

    def retrieve(self, text: str, filters: Filters | None = None, limit: int = 10) -> Retrieved:
        """The `limit` best sentences for a question, best first; none if the filters let nothing through."""
        corpus = self.corpus()
        question = read_question(text)
        query = self._embedder.embed_query(text)
        allowed = corpus.allowed(filters or Filters())
        numbers = self._candidates(question, query, corpus, allowed)
        if not len(numbers):
            return Retrieved(question, query, corpus, (), {})
        tokens = self._store.tokens([self._key(corpus, number) for number in numbers])
        features = rank_features(question, query, corpus, numbers, tokens)
        scores = load_weights("ranking").score(features)
        if self._reranker is not None:
            scores = self._reranker(text, [corpus.text(int(number)) for number in numbers])
        order = np.argsort(-scores, kind="stable")[:limit]
        return Retrieved(
            question=question,
            query=query,
            corpus=corpus,
            evidence=tuple(_evidence(corpus, int(numbers[i]), float(scores[i])) for i in order),
            features={name: values[order] for name, values in features.items()},
        )

    def rank_briefings(self, text: str, limit: int = 10) -> tuple[tuple[str, float], ...]:
        """The briefings most about a subject, best first, as (id, score)."""
        corpus = self.corpus()
        query = self._embedder.embed_query(text)
        dense = dict.fromkeys(
            corpus.place[hit.briefing_id]
            for hit in self._store.nearest(query.vector, DEPTH, None)
            if hit.briefing_id in corpus.place
        )
        lexical = _best(corpus.bm25_of_briefings(content_words(text)), CANDIDATES)
        found = list(dict.fromkeys([*dense, *lexical]))
        if not found:
            return ()
        interaction = self._interaction_of_briefings(query, corpus, found)
        fused = _fuse([list(dense), lexical, sorted(found, key=lambda place: -interaction[place])])
        best = sorted(fused, key=lambda place: -fused[place])[:limit]
        return tuple((corpus.briefings[place].id, fused[place]) for place in best)

    def _interaction_of_briefings(self, query: QueryVectors, corpus: Corpus, places: Sequence[int]) -> dict[int, float]:
        """Late interaction of the question with each briefing as one long text."""
        keys = {place: [(corpus.briefings[place].id, n) for n in range(corpus.size(place))] for place in places}
        whole = [np.concatenate(self._store.tokens(keys[place])) for place in places]
        return dict(zip(places, map(float, interactions(query, word_weights(corpus, query), whole)), strict=True))

    def _candidates(
        self, question: Question, query: QueryVectors, corpus: Corpus, allowed: NDArray[np.bool_]
    ) -> NDArray[np.int64]:
        if not allowed.any():
            return np.zeros(0, dtype=np.int64)
        wanted = None
        if not allowed.all():
            wanted = [corpus.briefings[place].id for place in np.unique(corpus.owner[allowed])]
        dense = [
            corpus.number(hit.briefing_id, hit.sentence)
            for hit in self._store.nearest(query.vector, DEPTH, wanted)
            if hit.briefing_id in corpus.place
        ]
        lexical = _best(corpus.bm25(question.words, headed=True), DEPTH)
        plain = _best(corpus.bm25(question.words), DEPTH)
        fused = _fuse([[number for number in ranks if allowed[number]] for ranks in (dense, lexical, plain)])
        return np.array(sorted(fused, key=lambda number: -fused[number])[:CANDIDATES], dtype=np.int64)

    @staticmethod
    def _key(corpus: Corpus, number: int) -> tuple[str, int]:
        place = int(corpus.owner[number])
        return corpus.briefings[place].id, int(number) - int(corpus.first[place])


def _best(scores: NDArray[np.float32], limit: int) -> list[int]:
    order = np.argsort(-scores, kind="stable")[:limit]
    return [int(number) for number in order if scores[number] > 0]


def _fuse(rankings: Sequence[Sequence[int]]) -> dict[int, float]:
    """Reciprocal-rank fusion."""
    scores: dict[int, float] = {}
    for ranking in rankings:
        for rank, item in enumerate(ranking):
            scores[item] = scores.get(item, 0.0) + 1.0 / (RRF_CONSTANT + rank + 1)
    return scores


def _evidence(corpus: Corpus, number: int, score: float) -> Evidence:
    return Evidence(briefing_id=corpus.briefing_of(number).id, number=number, score=score, text=corpus.text(number))
