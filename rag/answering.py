"""Whether the sentences found answer the question, or merely stand near it.

Two linear decisions, both fitted by `python -m evals.bench.fit`, weights in ranking.toml: is the question about what
the briefings are about; and, if it asks for one particular fact, does a sentence found have such a fact. A question
for a judgement or a reason needs the first alone, and so does one for a fact of the future that a judgement answers.
"""

import re
from collections.abc import Mapping

from ingest.embedding import Embedder
from rag.question import Question, content_words
from rag.ranking import Weights, load_weights
from rag.retrieval import Retrieved
from rag.stemming import stem

TOPICAL = ("interaction", "cosine", "coverage", "bm25_headed", "names_in_briefing", "unknown_names")
FACTUAL = ("score", "cosine", "shows_number", "focus_first", "focus_counted")
# What a feature of words is worth when the question has no such word: neither for nor against.
NEUTRAL = 0.5
# Whoever asks "who will" or "how long could" wants a fact that nobody has yet; a judgement found answers, if it is this
# clearly about the question. At 0 two more of 24 questions without an answer were answered.
ON_THE_MATTER = 2.0
_COUNT = re.compile(
    r"\d|(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozens?|hundreds?|no|none)$", re.I
)
_TOKEN = re.compile(r"[^\W\d_][\w’'-]*|\d[\d.,]*")


def answers(retrieved: Retrieved, embedder: Embedder) -> bool:
    """Whether the best sentences answer the question; False where there are none."""
    if not retrieved.evidence:
        return False
    features = topical_features(retrieved)
    topical = margin(load_weights("topical"), features)
    if topical < 0:
        return False
    if not retrieved.question.specific or (topical >= ON_THE_MATTER and features["shows_judgement"]):
        return True
    return margin(load_weights("factual"), features | factual_features(retrieved, embedder)) >= 0


def margin(model: Weights, features: Mapping[str, float]) -> float:
    """A linear decision; yes from 0 up."""
    return model.bias + sum(features[name] * weight for name, weight in model.weights.items())


def topical_features(retrieved: Retrieved) -> dict[str, float]:
    """The features of the topical decision, for a question with at least one sentence found."""
    ranking = {name: float(values[0]) for name, values in retrieved.features.items()}
    return ranking | {"unknown_names": _unknown_names(retrieved)}


def factual_features(retrieved: Retrieved, embedder: Embedder) -> dict[str, float]:
    """What the factual decision looks at besides, for a question with at least one sentence found."""
    texts = [evidence.text for evidence in retrieved.evidence[:3]]
    return {"score": retrieved.evidence[0].score} | _focus_features(retrieved.question, texts, embedder)


def _unknown_names(retrieved: Retrieved) -> float:
    """The share of the question's names that no loaded briefing mentions."""
    names = set(stem(retrieved.question.names))
    return sum(name not in retrieved.corpus.frequencies for name in names) / len(names) if names else 0.0


def _focus_features(question: Question, texts: list[str], embedder: Embedder) -> dict[str, float]:
    """How well the noun that the question asks for ("soldiers") is met by words of the sentences."""
    if question.focus is None:
        return {"focus_first": NEUTRAL, "focus_counted": NEUTRAL}
    # All words in one pass; the comparisons below then find their vectors remembered.
    embedder.embed_words([question.focus, *(word for text in texts for word in content_words(text))])
    counted = NEUTRAL
    if "number" in question.kinds:
        counted = max(_best_match(question.focus, _counted_words(text), embedder) for text in texts)
    return {"focus_first": _best_match(question.focus, content_words(texts[0]), embedder), "focus_counted": counted}


def _best_match(word: str, others: tuple[str, ...], embedder: Embedder) -> float:
    """The cosine of a word with its nearest among the others; 0 where there are none."""
    if not others:
        return 0.0
    return float((embedder.embed_words(list(others)) @ embedder.embed_words([word])[0]).max())


def _counted_words(text: str) -> tuple[str, ...]:
    """The content words within four words after a number: what the sentence counts."""
    tokens = _TOKEN.findall(text)
    near = [word for place, token in enumerate(tokens) if _COUNT.match(token) for word in tokens[place + 1 : place + 5]]
    return content_words(" ".join(near))
