"""The features and the score of a sentence: bounds, symmetries and the words that they count."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from ingest.embedding import QueryVectors
from rag.answering import FACTUAL, TOPICAL
from rag.question import read_question
from rag.ranking import FEATURES, Weights, cosines, interactions, load_weights, rank_features, word_weights
from rag.service import Yardstick
from tests.rag.made import number_of

Tokens = NDArray[np.int8]


def unit(random: np.random.Generator, rows: int, dimension: int = 8) -> NDArray[np.float32]:
    matrix = random.normal(size=(rows, dimension)).astype(np.float32)
    return matrix / np.linalg.norm(matrix, axis=1, keepdims=True)


def query_of(tokens: NDArray[np.float32]) -> QueryVectors:
    mean = tokens.mean(axis=0)
    return QueryVectors(mean / np.linalg.norm(mean), tokens, tuple(f"word{n}" for n in range(len(tokens))))


@st.composite
def asked(draw: st.DrawFn) -> tuple[QueryVectors, NDArray[np.float32], list[Tokens]]:
    """A question, the weight of each of its tokens, and the tokens of some sentences."""
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    query = query_of(unit(random, draw(st.integers(1, 6))))
    weights = random.random(len(query.tokens)).astype(np.float32) + 0.01
    sizes = draw(st.lists(st.integers(1, 7), min_size=1, max_size=6))
    return query, weights / weights.sum(), [np.rint(unit(random, size) * 127).astype(np.int8) for size in sizes]


@given(asked())
def test_late_interaction_stays_between_minus_one_and_one(case: tuple[QueryVectors, NDArray, list[Tokens]]) -> None:
    values = interactions(*case)
    assert values.shape == (len(case[2]),)
    assert np.all(np.abs(values) <= 1.02)


@given(asked())
def test_a_sentence_scores_the_same_in_any_company_and_word_order(
    case: tuple[QueryVectors, NDArray, list[Tokens]],
) -> None:
    query, weights, tokens = case
    together = interactions(query, weights, tokens)
    alone = [interactions(query, weights, [matrix[::-1]])[0] for matrix in tokens]
    assert together == pytest.approx(np.array(alone), abs=1e-5)
    assert interactions(query, weights, tokens[::-1]) == pytest.approx(together[::-1], abs=1e-5)


@given(asked())
def test_further_words_never_lower_late_interaction(case: tuple[QueryVectors, NDArray, list[Tokens]]) -> None:
    query, weights, tokens = case
    longer = [np.concatenate([matrix, tokens[0]]) for matrix in tokens]
    assert np.all(interactions(query, weights, longer) >= interactions(query, weights, tokens) - 1e-5)


@given(asked())
def test_the_question_itself_scores_highest(case: tuple[QueryVectors, NDArray, list[Tokens]]) -> None:
    query, weights, tokens = case
    itself = np.rint(query.tokens * 127).astype(np.int8)
    values = interactions(query, weights, [*tokens, itself])
    assert values[-1] == pytest.approx(1.0, abs=0.03)
    assert values.max() <= values[-1] + 0.03
    assert cosines(query, [itself])[0] == pytest.approx(1.0, abs=0.02)


def test_no_sentences_have_no_scores() -> None:
    query = query_of(unit(np.random.default_rng(1), 3))
    assert interactions(query, np.ones(3, dtype=np.float32), []).shape == (0,)


def test_the_score_is_the_weighted_sum_of_the_features() -> None:
    weights = Weights({"cosine": 2.0, "coverage": -1.0})
    features = {"cosine": np.array([0.5, 1.0], dtype=np.float32), "coverage": np.array([1.0, 0.0], dtype=np.float32)}
    assert weights.score(features).tolist() == [0.0, 2.0]


@pytest.mark.parametrize(("table", "names"), [("ranking", FEATURES), ("topical", TOPICAL), ("factual", FACTUAL)])
def test_every_weight_has_a_feature(table: str, names: tuple[str, ...]) -> None:
    assert set(load_weights(table).weights) <= set(names)


def test_rare_words_count_and_the_pieces_of_one_word_share_its_weight(service: Yardstick) -> None:
    corpus = service.retriever.corpus()
    tokens = unit(np.random.default_rng(2), 6)
    words = ("Will", "Grannoch", "Grannoch", "Grannoch", "win", "?")
    weights = word_weights(corpus, QueryVectors(tokens[0], tokens, words))
    assert weights.sum() == pytest.approx(1.0)
    assert weights[1] == weights[2] == weights[3]
    assert 3 * weights[1] > weights[4] > weights[5]


def features_of(service: Yardstick, question: str, *sentences: str) -> dict[str, list[float]]:
    """The features of these sentences for a question, with the same vectors for all, so that only words differ."""
    corpus = service.retriever.corpus()
    tokens = unit(np.random.default_rng(3), 2)
    query = QueryVectors(tokens[0], tokens, ("what", "now"))
    numbers = np.array([number_of(corpus, text) for text in sentences], dtype=np.int64)
    same = [np.rint(tokens * 127).astype(np.int8)] * len(numbers)
    return {
        name: values.tolist()
        for name, values in rank_features(read_question(question), query, corpus, numbers, same).items()
    }


OFFER = "Orsk offers 48 million marks for twelve years."
NO_PRICE = "The Tavian bid names no price."
CIDER = "A cider shortage is likely by Christmas."


def test_a_sentence_is_given_credit_for_what_the_question_asks_for(service: Yardstick) -> None:
    features = features_of(service, "How many marks does Orsk offer?", OFFER, NO_PRICE)
    assert features["shows_number"] == [1.0, 0.0]
    assert features["shows_judgement"] == [0.0, 0.0]
    assert features["coverage"][0] > features["coverage"][1]


def test_the_author_s_own_judgements_stand_under_their_headings(service: Yardstick) -> None:
    assert features_of(service, "Will cider run out?", CIDER, NO_PRICE)["author_judges"] == [1.0, 0.0]
    assert features_of(service, "Who makes cider?", CIDER, NO_PRICE)["author_judges"] == [0.0, 0.0]


def test_a_briefing_of_the_time_that_is_asked_about_is_preferred(service: Yardstick) -> None:
    assert features_of(service, "In June 2026, was cider short?", CIDER, NO_PRICE)["published_then"] == [1.0, 0.0]
    assert features_of(service, "Was cider short?", CIDER, NO_PRICE)["published_then"] == [0.0, 0.0]


def test_a_briefing_that_holds_the_names_asked_about_is_preferred(service: Yardstick) -> None:
    assert features_of(service, "Is there cider in Halm?", CIDER, NO_PRICE)["names_in_briefing"] == [1.0, 0.0]
