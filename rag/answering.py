"""Whether the sentences found answer the question, or merely stand near it.

A question for one particular fact is answered only by a sentence that has such a fact; a question for a judgement by
one that judges. The decision is a linear model over the features below; its weights stand in ranking.toml, fitted by
`python -m evals.bench.fit`.
"""

import re

import numpy as np
from numpy.typing import NDArray

from ingest.embedding import Embedder
from rag.corpus import stem
from rag.question import Question, content_words, shows
from rag.ranking import load_weights
from rag.retrieval import Retrieved

Floats = NDArray[np.float32]

FEATURES = (
    "interaction",
    "cosine",
    "coverage",
    "unknown_names",
    "specific",
    "judged",
    "reasoned",
    "lacks_money",
    "lacks_duration",
    "lacks_person",
    "focus_first",
    "focus_any",
    "focus_counted",
    "weakest_word",
    "mean_word",
)
# What a feature of words is worth when the question has no such word: neither for nor against.
NEUTRAL = 0.5
_COUNT = re.compile(r"\d|(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozens?|hundreds?|no|none)$", re.I)
_TOKEN = re.compile(r"[^\W\d_][\w’'-]*|\d[\d.,]*")


def answers(retrieved: Retrieved, embedder: Embedder) -> bool:
    """Whether the best sentences answer the question; False where there are none."""
    return confidence(retrieved, embedder) >= 0.0


def confidence(retrieved: Retrieved, embedder: Embedder) -> float:
    """The decision's margin: at least 0 means answered; minus infinity where nothing was found."""
    if not retrieved.evidence:
        return float("-inf")
    model = load_weights("answering")
    features = answer_features(retrieved, embedder)
    return model.bias + sum(features[name] * weight for name, weight in model.weights.items())


def answer_features(retrieved: Retrieved, embedder: Embedder) -> dict[str, float]:
    """The features of the decision, for a question with at least one sentence found."""
    question = retrieved.question
    texts = [evidence.text for evidence in retrieved.evidence[:3]]
    first = texts[0]
    return {
        **{name: float(retrieved.features[name][0]) for name in ("interaction", "cosine", "coverage")},
        "unknown_names": _unknown_names(retrieved),
        "specific": float(question.specific),
        "judged": float("judgement" in question.kinds and shows("judgement", first)),
        "reasoned": float("reason" in question.kinds),
        **{f"lacks_{kind}": float(_lacks(question, kind, first)) for kind in ("money", "duration", "person")},
        **_word_features(question, texts, embedder),
    }


def _lacks(question: Question, kind: str, text: str) -> bool:
    if kind not in question.kinds:
        return False
    if kind != "person":
        return not shows(kind, text)
    # A person who is named in the question already is not the one asked for.
    found = re.findall(r"[A-Z][\w’'-]+ [A-Z][\w’'-]+", text)
    return not any(name not in question.text for name in found)


def _unknown_names(retrieved: Retrieved) -> float:
    """The share of the question's names that no loaded briefing mentions."""
    names = set(stem(retrieved.question.names))
    return sum(name not in retrieved.corpus.frequencies for name in names) / len(names) if names else 0.0


def _word_features(question: Question, texts: list[str], embedder: Embedder) -> dict[str, float]:
    """How well the asked-for noun and the other plain words of the question are met by words of the sentences."""
    plain = [word for word in question.words if word not in question.names]
    met = np.array([_best_matches(plain, content_words(text), embedder) for text in texts], dtype=np.float32)
    best = met.max(axis=0) if plain else np.array([NEUTRAL], dtype=np.float32)
    focus = [_best_matches([question.focus], content_words(text), embedder)[0] for text in texts] if question.focus else []
    counted = NEUTRAL
    if question.focus and "number" in question.kinds:
        counted = max(_best_matches([question.focus], _counted_words(text), embedder)[0] for text in texts)
    return {
        "focus_first": float(focus[0]) if focus else NEUTRAL,
        "focus_any": float(max(focus)) if focus else NEUTRAL,
        "focus_counted": float(counted),
        "weakest_word": float(best.min()),
        "mean_word": float(best.mean()),
    }


def _best_matches(words: list[str], others: tuple[str, ...], embedder: Embedder) -> list[float]:
    """For each word the cosine with its nearest among the others; 0 where there are none."""
    if not words or not others:
        return [0.0] * len(words)
    similarity = embedder.embed_words(words) @ embedder.embed_words(list(others)).T
    return [float(value) for value in similarity.max(axis=1)]


def _counted_words(text: str) -> tuple[str, ...]:
    """The content words within four words after a number: what the sentence counts."""
    tokens = _TOKEN.findall(text)
    near = [
        word for place, token in enumerate(tokens) if _COUNT.match(token) for word in tokens[place + 1 : place + 5]
    ]
    return content_words(" ".join(near))
