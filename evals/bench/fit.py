"""Fits the weights of rag/ranking.toml and says how well they do on questions that they were not fitted to.

`python -m evals.bench.fit` prints the cross-validated figures; with `--write` it fits on folder a and the reports
alone (b stays unseen) and writes the file. Ranking: listwise softmax over all sentences of the store (Cao
et al. 2007). Answering: two logistic regressions, one against questions of other stores (is it about these
briefings?), one for questions for a particular fact (does a sentence have it?).
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
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
from rag.answering import factual_features, margin, topical_features
from rag.corpus import Corpus, load_corpus
from rag.question import read_question
from rag.ranking import Weights, rank_features
from rag.retrieval import Retrieved

Floats = NDArray[np.float32]
RANK_DECAY, TOPICAL_DECAY, FACTUAL_DECAY = 0.03, 0.03, 0.1
# The share of answerable questions that the topical decision may turn away.
TOPICAL_LOSS = 0.05
# Every nth question of another store serves as one that this store cannot answer.
FOREIGN_STEP = 4


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
    """Weights that put the gold sentences first; each table is (sentences, features) with the gold rows.

    No weight is below 0: the exercise questions avoid the words of the briefings, so a free fit would hold matching
    words against a sentence, which is wrong for readers who use them.
    """
    everything = np.concatenate([table for table, _ in tables])
    mean, spread = everything.mean(axis=0), everything.std(axis=0) + 1e-6
    scaled = [(torch.tensor((table - mean) / spread), gold) for table, gold in tables]

    def loss(weights: torch.Tensor) -> torch.Tensor:
        shares = [torch.logsumexp(torch.log_softmax(table @ weights.abs(), 0)[gold], 0) for table, gold in scaled]
        return -torch.stack(shares).mean() + RANK_DECAY * (weights**2).sum()

    fitted = np.abs(_minimise(loss, len(names), start=0.1)) / spread
    return Weights(dict(zip(names, map(float, fitted), strict=True)))


def fit_decision(table: Floats, answered: NDArray[np.bool_], names: Sequence[str], decay: float) -> Weights:
    """Weights and bias that part answered questions from the rest, both classes weighted alike."""
    mean, spread = table.mean(axis=0), table.std(axis=0) + 1e-6
    scaled = torch.tensor((table - mean) / spread, dtype=torch.float32)
    target = torch.tensor(answered, dtype=torch.float32)
    balance = torch.where(target > 0, 0.5 / target.mean(), 0.5 / (1 - target.mean()))

    def loss(weights: torch.Tensor) -> torch.Tensor:
        margin = scaled @ weights[:-1] + weights[-1]
        entropy = torch.nn.functional.binary_cross_entropy_with_logits(margin, target, reduction="none")
        return (balance * entropy).mean() + decay * (weights[:-1] ** 2).sum()

    fitted = _minimise(loss, len(names) + 1)
    weights = fitted[:-1] / spread
    return Weights(dict(zip(names, map(float, weights), strict=True)), float(fitted[-1] - (weights * mean).sum()))


def _minimise(loss: Callable[[torch.Tensor], torch.Tensor], size: int, start: float = 0.0) -> Floats:
    weights = torch.full((size,), start, requires_grad=True)
    optimiser = torch.optim.LBFGS([weights], max_iter=200, line_search_fn="strong_wolfe")

    def step() -> torch.Tensor:
        optimiser.zero_grad()
        value = loss(weights)
        value.backward()
        return value

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

    def answer_rows(self, store: str, asked_of: str, weights: Weights) -> list["Row"]:
        """One set's questions put to a store: its own, or every few of another's, which it does not answer."""
        data, own = self.sets[store], store == asked_of
        rows = []
        for place, asked in enumerate(self.sets[asked_of].questions):
            if not own and place % FOREIGN_STEP:
                continue
            table = self.tables[store][place][1] if own else rank_table(data, asked, self.embedder)
            scores = weights.score(table)
            best = np.argsort(-scores)[:4]
            question = read_question(asked.text)
            found = Retrieved(
                question=question,
                query=self.embedder.embed_query(asked.text),
                corpus=data.corpus,
                evidence=tuple(Evidence("", int(n), data.corpus.text(int(n)), float(scores[n])) for n in best),
                features={feature: values[best] for feature, values in table.items()},
            )
            features = topical_features(found) | factual_features(found, self.embedder)
            rows.append(Row(features, question.specific, own and asked.answerable))
        return rows

    def topical(self, names: Sequence[str], weights: Weights) -> Weights:
        """The topical decision: what each store answers against what is asked of the others."""
        rows = [
            row
            for store in names
            for asked_of in self.sets
            if asked_of in names
            for row in self.answer_rows(store, asked_of, weights)
            if row.answered or store != asked_of
        ]
        answered = np.array([row.answered for row in rows])
        model = fit_decision(_table(rows, answering.TOPICAL), answered, answering.TOPICAL, TOPICAL_DECAY)
        margins = [margin(model, row.features) for row in rows if row.answered]
        return replace(model, bias=model.bias - float(np.quantile(margins, TOPICAL_LOSS)))

    def factual(self, names: Sequence[str], weights: Weights) -> Weights:
        """The factual decision, on the exercise questions for one fact; those to the reports it cannot tell apart."""
        rows = [
            row for name in names if name != "reports" for row in self.answer_rows(name, name, weights) if row.specific
        ]
        answered = np.array([row.answered for row in rows])
        return fit_decision(_table(rows, answering.FACTUAL), answered, answering.FACTUAL, FACTUAL_DECAY)


@dataclass(frozen=True)
class Row:
    """One question with its features: whether it asks for one fact, and whether the store answers it."""

    features: dict[str, float]
    specific: bool
    answered: bool

    def said(self, topical: Weights, factual: Weights) -> bool:
        return margin(topical, self.features) >= 0 and (not self.specific or margin(factual, self.features) >= 0)


def _table(rows: Sequence[Row], names: Sequence[str]) -> Floats:
    return np.array([[row.features[name] for name in names] for row in rows], dtype=np.float32)


def report(fitter: Fitter) -> None:
    """Print what each set scores under weights fitted on the others."""
    heads = ["measured on", "fitted on", "first 1", "first 3", "first 10", "answered", "facts answered", "refused"]
    print(f"| {' | '.join([*heads, 'balanced', 'asked of another store: refused'])} |\n{'|---' * 10}|")
    for name in fitter.sets:
        others = [other for other in fitter.sets if other != name]
        rank = fitter.ranking(others)
        decisions = fitter.topical(others, rank), fitter.factual(others, rank)
        own = fitter.answer_rows(name, name, rank)
        answered = _share([row.said(*decisions) for row in own if row.answered])
        facts = _share([row.said(*decisions) for row in own if row.answered and row.specific])
        refused = _share([not row.said(*decisions) for row in own if not row.answered])
        foreign = _share(
            [not row.said(*decisions) for other in others for row in fitter.answer_rows(name, other, rank)]
        )
        recalls = [fitter.recall(name, rank, depth) for depth in (1, 3, 10)]
        figures = [*recalls, answered, facts, refused, (answered + refused) / 2, foreign]
        print(f"| {name} | {'+'.join(others)} | {' | '.join(f'{figure:.3f}' for figure in figures)} |")


def _share(values: Sequence[bool]) -> float:
    return sum(values) / len(values)


def write(fitter: Fitter, path: Path) -> None:
    """Fit on folder a and the reports, and write the weights."""
    names = ("a", "reports")
    rank = fitter.ranking(names)
    models = {"ranking": rank, "topical": fitter.topical(names, rank), "factual": fitter.factual(names, rank)}
    lines = [
        "# Weights of the ranking and of the two decisions to answer.",
        f"# Source: python -m evals.bench.fit --write, fitted on folder a and the reports. Date: {date.today()}.",
    ]
    for table, weights in models.items():
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
