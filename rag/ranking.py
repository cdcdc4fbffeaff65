"""How well a sentence answers a question: a few readable features and a linear score over them.

The dense evidence is twofold: the cosine of question and sentence, and late interaction (each word of the question
against its best-matching word of the sentence; Khattab & Zaharia 2020, arXiv 2004.12832), weighted by how rare the
word is. The weights stand in ranking.toml, fitted by `python -m evals.bench.fit`.
"""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ingest.embedding import QueryVectors
from rag.corpus import Corpus
from rag.question import STOPWORDS, Question, rules, shows
from rag.stemming import stem

Floats = NDArray[np.float32]

# A rare word counts about 6. Function words still carry the form of a question ("how many"), marks next to nothing.
FUNCTION_WORD_WEIGHT = 1.0
MARK_WEIGHT = 0.05

FEATURES = (
    "cosine",
    "interaction",
    "briefing_interaction",
    "briefing_cosine",
    "names_in_briefing",
    "published_then",
    "shows_number",
    "shows_duration",
    "shows_judgement",
    "shows_reason",
    "author_judges",
)


@dataclass(frozen=True)
class Weights:
    """A linear model: one weight a feature, and the bias of a yes/no decision."""

    weights: dict[str, float]
    bias: float = 0.0

    def score(self, features: dict[str, Floats]) -> Floats:
        """The weighted sum of the features, same shape as each."""
        return np.asarray(sum(features[name] * weight for name, weight in self.weights.items()), dtype=np.float32)


@cache
def load_weights(table: str) -> Weights:
    """The weights of one table of ranking.toml ("ranking", "topical" or "factual")."""
    raw = tomllib.loads(Path(__file__).with_name("ranking.toml").read_text(encoding="utf-8"))[table]
    return Weights(weights=dict(raw["weights"]), bias=float(raw.get("bias", 0.0)))


def word_weights(corpus: Corpus, query: QueryVectors) -> Floats:
    """How much each token of the question counts: the rarity of its word; little for function words and marks.

    The pieces of one word share its weight, or a long name would outweigh everything else in the question.
    """
    pieces = [len(list(group)) for _, group in groupby(query.words)]
    words = [word.lower() for word, _ in groupby(query.words)]
    each = [
        _word_weight(word, stemmed, corpus) / n for word, stemmed, n in zip(words, stem(words), pieces, strict=True)
    ]
    weights = np.repeat(np.array(each, dtype=np.float32), pieces)
    return np.asarray(weights / (weights.sum() or 1.0), dtype=np.float32)


def _word_weight(word: str, stemmed: str, corpus: Corpus) -> float:
    if not word[:1].isalnum():
        return MARK_WEIGHT
    return FUNCTION_WORD_WEIGHT if word in STOPWORDS else corpus.rarity(stemmed)


def interactions(query: QueryVectors, weights: Floats, tokens: Sequence[NDArray[np.int8]]) -> Floats:
    """Late interaction of the question with each sentence, shape (sentences,), about -1 to 1.

    `tokens` holds one matrix (tokens, dimension) a sentence, int8 with 127 for 1.
    """
    if not tokens:
        return np.zeros(0, dtype=np.float32)
    starts = np.concatenate([[0], np.cumsum([len(matrix) for matrix in tokens])[:-1]])
    similarity = np.concatenate(tokens).astype(np.float32) @ (query.tokens.T / 127.0)
    return np.asarray(np.maximum.reduceat(similarity, starts, axis=0) @ weights, dtype=np.float32)


def cosines(query: QueryVectors, tokens: Sequence[NDArray[np.int8]]) -> Floats:
    """Cosine of the question's vector and the mean of each sentence's token vectors, shape (sentences,)."""
    means = np.stack([matrix.mean(axis=0, dtype=np.float32) for matrix in tokens])
    return np.asarray(means @ query.vector / np.linalg.norm(means, axis=1), dtype=np.float32)


def rank_features(
    question: Question,
    query: QueryVectors,
    corpus: Corpus,
    numbers: NDArray[np.int64],
    tokens: Sequence[NDArray[np.int8]],
) -> dict[str, Floats]:
    """The features of each candidate sentence, each of shape (candidates,)."""
    owner = corpus.owner[numbers]
    interaction = interactions(query, word_weights(corpus, query), tokens)
    cosine = cosines(query, tokens)
    texts = [corpus.text(int(number)) for number in numbers]
    features = {
        "cosine": cosine,
        "interaction": interaction,
        "briefing_interaction": _best_of_briefing(interaction, owner),
        "briefing_cosine": _best_of_briefing(cosine, owner),
        "bm25_headed": np.log1p(corpus.bm25(question.words, headed=True)[numbers]),
        "coverage": _coverage(question, corpus, numbers),
        "names_in_briefing": _names_in_briefing(question, corpus, owner),
        "author_judges": np.zeros(len(numbers), dtype=np.float32),
        "published_then": _published_then(question, corpus, owner),
    }
    if "judgement" in question.kinds:
        features["author_judges"] = _stands_with_judgements(corpus, numbers)
    for kind in ("number", "duration", "judgement", "reason"):
        asked = kind in question.kinds
        features[f"shows_{kind}"] = np.array([asked and shows(kind, text) for text in texts], dtype=np.float32)
    return features


def _best_of_briefing(values: Floats, owner: NDArray[np.int32]) -> Floats:
    best: dict[int, float] = {}
    for place, value in zip(owner.tolist(), values.tolist(), strict=True):
        best[place] = max(best.get(place, -1.0), value)
    return np.array([best[place] for place in owner.tolist()], dtype=np.float32)


def _coverage(question: Question, corpus: Corpus, numbers: NDArray[np.int64]) -> Floats:
    """The share of the question's content words, by rarity, that the sentence holds."""
    rarity = {word: corpus.rarity(word) for word in stem(question.words)}
    total = sum(rarity.values()) or 1.0
    return np.array(
        [sum(rarity[word] for word in rarity.keys() & corpus.stems[int(number)]) / total for number in numbers],
        dtype=np.float32,
    )


def _names_in_briefing(question: Question, corpus: Corpus, owner: NDArray[np.int32]) -> Floats:
    names = set(stem(question.names))
    share = {
        int(place): len(names & corpus.vocabulary[int(place)]) / len(names) if names else 0.0 for place in set(owner)
    }
    return np.array([share[int(place)] for place in owner], dtype=np.float32)


def _published_then(question: Question, corpus: Corpus, owner: NDArray[np.int32]) -> Floats:
    """Whether the briefing appeared at the time that the question names ("In the summer of 2026, how ...?")."""
    if question.period is None:
        return np.zeros(len(owner), dtype=np.float32)
    first, last = question.period
    days = [corpus.briefings[int(place)].published for place in owner]
    return np.array([day is not None and first <= day <= last for day in days], dtype=np.float32)


def _stands_with_judgements(corpus: Corpus, numbers: NDArray[np.int64]) -> Floats:
    """Whether the sentence stands where a briefing gives its author's own judgements: its forecast, its summary."""
    headings = rules()["judging"]["sections"]
    return np.array([bool(headings.search(" ".join(corpus.path(int(n))))) for n in numbers], dtype=np.float32)
