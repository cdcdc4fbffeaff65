"""The embedder that embeds nothing twice gives what the plain one gives."""

from pathlib import Path

import numpy as np
import pytest

from evals.remembering import Remembering
from ingest.embedding import Embedder
from ingest.passages import Passage
from ingest.settings import Settings

pytestmark = pytest.mark.slow

FIRST = Passage("one", 0, "Velm.", ("A strike is unlikely.", "The dam holds."))
SAME = Passage("two", 7, "Velm.", FIRST.texts)
OTHER = Passage("two", 9, "Orvat.", ("A strike is unlikely.",))


def test_passages_and_questions_are_as_the_embedder_has_them(tmp_path: Path) -> None:
    settings = Settings(store=tmp_path, embedding_float32=True)
    plain, remembering = Embedder(settings), Remembering(settings)
    first = remembering.embed_passages([FIRST])
    again = remembering.embed_passages([OTHER, SAME, FIRST])
    assert [len(passage) for passage in again] == [1, 2, 2]
    assert again[1] is again[2] is first[0]
    for passage, vectors in zip((OTHER, SAME), again, strict=False):
        for mine, theirs in zip(vectors, plain.embed_passages([passage])[0], strict=True):
            np.testing.assert_allclose(mine.vector, theirs.vector, atol=1e-5)
            np.testing.assert_allclose(mine.tokens, theirs.tokens, atol=1)
    asked = remembering.embed_query("Will the dam hold?")
    assert remembering.embed_query("Will the dam hold?") is asked
    np.testing.assert_array_equal(asked.vector, plain.embed_query("Will the dam hold?").vector)
