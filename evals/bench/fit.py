"""Fits the weights of rag/ranking.toml and says how well they do on questions that they were not fitted to.

`python -m evals.bench.fit` prints the cross-validated figures; with `--write` it fits on exercise folder a and the
reports alone (b stays unseen) and writes the file. Ranking: listwise softmax over all sentences of the store (Cao et
al. 2007). Answering: logistic regression, both classes weighted alike, with the questions of other stores added as
questions that the briefings do not answer.
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

import rag
from evals.bench.corpora import Asked, exercise, reports
from ingest.briefing import Briefing
from ingest.embedding import Embedder, SentenceVectors
from ingest.passages import passages_of
from ingest.reading import read_briefing
from ingest.settings import load_settings
from rag import answering, ranking
from rag.answer import Evidence
from rag.answering import answer_features
from rag.corpus import Corpus, load_corpus
from rag.question import read_question
from rag.ranking import Weights, rank_features
from rag.retrieval import Retrieved

Floats = NDArray[np.float32]
FITTED_ON = ("a", "reports")
RANK_DECAY, ANSWER_DECAY = 0.03, 0.1


@dataclass(frozen=True)
class Data:
    """One store's sentences with their vectors, and its questions with the numbers of their gold sentences."""

    corpus: Corpus
    vectors: list[SentenceVectors]
    questions: tuple[Asked, ...]

    def gold(self, asked: Asked) -> list[int]:
        wanted = set(asked.answers)
        return [number for number in range(len(self.corpus)) if self.corpus.text(number) in wanted]


def load(embedder: Embedder) -> dict[str, Data]:
    """The three sets of questions, each over its own store."""
    sets: dict[str, Data] = {}
    for name in ("a", "b"):
        folder, asked = exercise(name)
        sets[name] = _embed([read_briefing(path) for path in sorted(folder.glob("*.md"))], asked, embedder)
    briefings, asked = reports()
    sets["reports"] = _embed(briefings, asked, embedder)
    return sets


def _embed(briefings: Sequence[Briefing], asked: tuple[Asked, ...], embedder: Embedder) -> Data:
    passages = [passage for briefing in briefings for passage in passages_of(briefing, embedder.count_tokens)]
    return Data(load_corpus(tuple(briefings)), list(chain.from_iterable(embedder.embed_passages(passages))), asked)


def rank_table(data: Data, asked: Asked, embedder: Embedder) -> dict[str, Floats]:
    """The ranking features of every sentence of a store for one question."""
    numbers = np.arange(len(data.corpus))
    tokens = [vectors.tokens for vectors in data.vectors]
    query = embedder.embed_query(asked.text)
    return rank_features(read_question(asked.text), query, data.corpus, numbers, tokens)


def fit_ranking(tables: Sequence[tuple[Floats, list[int]]], names: Sequence[str]) -> Weights:
    """Weights that put the gold sentences first; each table is (sentences, features) with the gold rows."""
    everything = np.concatenate([table for table, _ in tables])
    mean, spread = everything.mean(axis=0), everything.std(axis=0) + 1e-6
    scaled = [(torch.tensor((table - mean) / spread), gold) for table, gold in tables]

    def loss(weights: torch.Tensor) -> torch.Tensor:
        shares = [torch.logsumexp(torch.log_softmax(table @ weights, 0)[gold], 0) for table, gold in scaled]
        return -torch.stack(shares).mean() + RANK_DECAY * (weights**2).sum()

    fitted = _minimise(loss, len(names)) / spread
    return Weights(dict(zip(names, map(float, fitted), strict=True)))


def fit_answering(table: Floats, answered: NDArray[np.bool_], names: Sequence[str]) -> Weights:
    """Weights and bias that part answered questions from the rest."""
    mean, spread = table.mean(axis=0), table.std(axis=0) + 1e-6
    scaled = torch.tensor((table - mean) / spread, dtype=torch.float32)
    target = torch.tensor(answered, dtype=torch.float32)
    balance = torch.where(target > 0, 0.5 / target.mean(), 0.5 / (1 - target.mean()))

    def loss(weights: torch.Tensor) -> torch.Tensor:
        margin = scaled @ weights[:-1] + weights[-1]
        entropy = torch.nn.functional.binary_cross_entropy_with_logits(margin, target, reduction="none")
        return (balance * entropy).mean() + ANSWER_DECAY * (weights[:-1] ** 2).sum()

    fitted = _minimise(loss, len(names) + 1)
    weights = fitted[:-1] / spread
    return Weights(dict(zip(names, map(float, weights), strict=True)), float(fitted[-1] - (weights * mean).sum()))


def _minimise(loss: "object", size: int) -> Floats:
    weights = torch.zeros(size, requires_grad=True)
    optimiser = torch.optim.LBFGS([weights], max_iter=200, line_search_fn="strong_wolfe")

    def step() -> torch.Tensor:
        optimiser.zero_grad()
        value = loss(weights)  # type: ignore[operator]
        value.backward()
        return value  # type: ignore[no-any-return]

    optimiser.step(step)
    return np.asarray(weights.detach().numpy(), dtype=np.float32)


class Fitter:
    """Features computed once, fitted and tried on any split of the sets."""

    def __init__(self, sets: dict[str, Data], embedder: Embedder) -> None:
        self.sets = sets
        self.embedder = embedder
        self.tables = {
            name: [(asked, rank_table(data, asked, embedder), data.gold(asked)) for asked in data.questions]
            for name, data in sets.items()
        }

    def ranking(self, names: Sequence[str]) -> Weights:
        """Ranking weights fitted on these sets."""
        rows = [
            (np.stack([table[feature] for feature in ranking.FEATURES], axis=1), gold)
            for name in names
            for _, table, gold in self.tables[name]
            if gold
        ]
        return fit_ranking(rows, ranking.FEATURES)

    def recall(self, name: str, weights: Weights, depth: int) -> float:
        """The share of a set's questions with a gold sentence among the first `depth`."""
        hits = [
            bool(set(np.argsort(-weights.score(table))[:depth].tolist()) & set(gold))
            for _, table, gold in self.tables[name]
            if gold
        ]
        return sum(hits) / len(hits)

    def answer_rows(self, store: str, asked_of: str, weights: Weights) -> tuple[Floats, NDArray[np.bool_]]:
        """Answering features of one set's questions put to a store (its own, or another's: then nothing answers)."""
        data = self.sets[store]
        rows, answered = [], []
        for asked in self.sets[asked_of].questions:
            table = rank_table(data, asked, self.embedder)
            best = np.argsort(-weights.score(table))[:3]
            found = Retrieved(
                question=read_question(asked.text),
                query=self.embedder.embed_query(asked.text),
                corpus=data.corpus,
                evidence=tuple(Evidence("", int(n), data.corpus.text(int(n)), 0.0) for n in best),
                features={feature: values[best] for feature, values in table.items()},
            )
            features = answer_features(found, self.embedder)
            rows.append([features[feature] for feature in answering.FEATURES])
            answered.append(asked.answerable and store == asked_of)
        return np.array(rows, dtype=np.float32), np.array(answered)

    def answering(self, names: Sequence[str], weights: Weights) -> Weights:
        """Answering weights fitted on these sets, each with the questions of the others as unanswerable ones."""
        rows = [self.answer_rows(store, asked_of, weights) for store in names for asked_of in names]
        return fit_answering(
            np.concatenate([table for table, _ in rows]), np.concatenate([a for _, a in rows]), answering.FEATURES
        )

    def balanced(self, name: str, asked_of: str, rank: Weights, answer: Weights) -> tuple[float, float]:
        """The shares of answerable questions answered and of the others refused."""
        table, answered = self.answer_rows(name, asked_of, rank)
        margin = sum(table[:, i] * answer.weights[feature] for i, feature in enumerate(answering.FEATURES)) + answer.bias
        said = np.asarray(margin >= 0)
        return (float(said[answered].mean()) if answered.any() else 1.0), float((~said[~answered]).mean())


def report(fitter: Fitter) -> None:
    """Print what each set scores under weights fitted on the others."""
    print("| measured on | fitted on | first 1 | first 3 | first 10 | answered | refused | balanced | other store refused |")
    print("|---|---|---|---|---|---|---|---|---|")
    for name in fitter.sets:
        others = [other for other in fitter.sets if other != name]
        rank = fitter.ranking(others)
        answer = fitter.answering(others, rank)
        recalls = " | ".join(f"{fitter.recall(name, rank, depth):.3f}" for depth in (1, 3, 10))
        hit, refused = fitter.balanced(name, name, rank, answer)
        _, foreign = fitter.balanced(name, others[0], rank, answer)
        print(f"| {name} | {'+'.join(others)} | {recalls} | {hit:.3f} | {refused:.3f} | {(hit + refused) / 2:.3f} | {foreign:.3f} |")


def write(fitter: Fitter, path: Path) -> None:
    """Fit on FITTED_ON and write the weights."""
    rank = fitter.ranking(FITTED_ON)
    answer = fitter.answering(FITTED_ON, rank)
    lines = [
        "# Weights of the ranking and of the decision to answer.",
        f"# Source: python -m evals.bench.fit --write, fitted on {' and '.join(FITTED_ON)}. Date: {date.today()}.",
    ]
    for table, weights in (("ranking", rank), ("answering", answer)):
        lines += ["", f"[{table}]", f"bias = {weights.bias:.4f}", "", f"[{table}.weights]"]
        lines += [f"{name} = {weight:.4f}" for name, weight in weights.weights.items()]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"wrote {path}")


def main(arguments: Sequence[str] | None = None) -> int:
    """Cross-validate, and write the weights if asked to."""
    parser = argparse.ArgumentParser(prog="python -m evals.bench.fit", description=__doc__)
    parser.add_argument("--write", action="store_true", help="write rag/ranking.toml")
    options = parser.parse_args(arguments)
    embedder = Embedder(load_settings())
    fitter = Fitter(load(embedder), embedder)
    report(fitter)
    if options.write:
        write(fitter, Path(str(rag.__file__)).with_name("ranking.toml"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
