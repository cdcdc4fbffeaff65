"""The embedding of passages, questions and words, with the real model."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.briefing import Briefing, Section, Sentence
from ingest.embedding import EMBEDDED_SHA256, Embedder, QueryVectors
from ingest.errors import YardstickError
from ingest.passages import PASSAGE_TOKENS, Passage, heading_of, passages_of
from ingest.settings import load_settings

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    return Embedder(load_settings())


def briefing(texts: list[str], sections: list[int]) -> Briefing:
    """A briefing of these sentences, each in the section of this number."""
    spans: list[tuple[int, int]] = []
    for text in texts:
        start = spans[-1][1] + 1 if spans else 0
        spans.append((start, start + len(text)))
    return Briefing(
        id="harbour",
        title="Harbour dues",
        text=" ".join(texts),
        sha256="0",
        format="txt",
        sections=tuple(Section((f"Part {number}",), 0, 0) for number in range(max(sections) + 1)),
        sentences=tuple(Sentence(*span, block=0, section=part) for span, part in zip(spans, sections, strict=True)),
    )


@given(st.lists(st.integers(1, 160), min_size=1, max_size=30), st.data())
@settings(max_examples=60, deadline=None)
def test_passages_hold_every_sentence_once_and_cross_no_section(lengths: list[int], data: st.DataObject) -> None:
    sections = sorted(data.draw(st.lists(st.integers(0, 3), min_size=len(lengths), max_size=len(lengths))))
    made = briefing(["word"] * len(lengths), sections)
    passages = list(passages_of(made, lambda _: lengths))
    held = [place for passage in passages for place in range(passage.first, passage.first + len(passage.texts))]
    assert held == list(range(len(lengths)))
    for passage in passages:
        places = range(passage.first, passage.first + len(passage.texts))
        assert len({sections[place] for place in places}) == 1
        assert len(places) == 1 or sum(lengths[place] for place in places) <= PASSAGE_TOKENS


def test_the_title_and_the_headings_stand_in_front() -> None:
    assert heading_of(briefing(["Dues rise."], [0]), 0) == "Harbour dues. Part 0."


def test_the_embedded_model_is_the_official_one(embedder: Embedder) -> None:
    assert embedder.digest == EMBEDDED_SHA256


def test_vectors_are_of_unit_length_and_tokens_fill_the_int8_range(embedder: Embedder) -> None:
    passage = Passage("harbour", 0, "Harbour dues.", ("A strike is likely.", "The port may close."))
    for vectors in embedder.embed_passages([passage])[0]:
        assert np.linalg.norm(vectors.vector) == pytest.approx(1.0, abs=1e-5)
        assert vectors.tokens.dtype == np.int8
        assert np.linalg.norm(vectors.tokens.astype(float), axis=1) == pytest.approx(127, rel=0.02)


def test_nothing_is_cut_however_long(embedder: Embedder) -> None:
    long = " ".join(f"ship{number}" for number in range(900))
    (vectors,) = embedder.embed_passages([Passage("harbour", 0, "Harbour dues.", (long,))])[0]
    assert len(vectors.tokens) == embedder.count_tokens([long])[0] > 900


def test_passages_come_back_in_order_whatever_their_length(embedder: Embedder) -> None:
    texts = ["Short.", "A rather longer sentence about the fees that a port asks of ships.", "Ships wait."]
    together = embedder.embed_passages([Passage("harbour", 0, "", (text,)) for text in texts])
    apart = [embedder.embed_passages([Passage("harbour", 0, "", (text,))])[0] for text in texts]
    for (one,), (other,) in zip(together, apart, strict=True):
        assert one.vector @ other.vector == pytest.approx(1.0, abs=2e-3)


def test_a_sentence_knows_its_neighbours(embedder: Embedder) -> None:
    alone = embedder.embed_passages([Passage("x", 0, "", ("It will probably fail.",))])[0][0]
    beside = embedder.embed_passages([Passage("x", 0, "", ("The strike began in May.", "It will probably fail."))])[0][
        1
    ]
    query = embedder.embed_query("Will the strike fail?").vector
    assert beside.vector @ query > alone.vector @ query


@pytest.mark.parametrize("text", ["", " ", "?", "\x00", "𓀀", "a" * 5000, "word " * 2000])
def test_any_question_can_be_embedded(embedder: Embedder, text: str) -> None:
    query: QueryVectors = embedder.embed_query(text)
    assert query.tokens.shape == (len(query.words), 384)
    assert np.isfinite(query.vector).all()


def test_a_token_carries_its_whole_word(embedder: Embedder) -> None:
    assert set(embedder.embed_query("Will Quillhaven reopen?").words) == {"Will", "Quillhaven", "reopen", "?"}


def test_words_near_in_meaning_are_near(embedder: Embedder) -> None:
    soldiers, troops, price = embedder.embed_words(["soldiers", "troops", "price"])
    assert soldiers @ troops > 0.7 > soldiers @ price


def test_threads_get_the_same_vectors(embedder: Embedder) -> None:
    def questions() -> Iterator[str]:
        yield from (f"What of ship {number % 4}?" for number in range(24))

    with ThreadPoolExecutor(6) as pool:
        vectors = list(pool.map(lambda text: embedder.embed_query(text).vector, questions()))
    for one, other in pairwise(vectors[::4]):
        assert one @ other == pytest.approx(1.0, abs=1e-3)


def test_a_model_that_is_not_there_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YARDSTICK_EMBEDDING_MODEL", "/no/such/model")
    with pytest.raises(YardstickError, match=r"YARDSTICK_EMBEDDING_MODEL.*/no/such/model"):
        Embedder(load_settings()).embed_query("quay")
