"""An optional cross-encoder that scores the candidates instead of our own weights (`YARDSTICK_RERANKER`)."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ingest.errors import YardstickError
from ingest.settings import Settings
from rag.retrieval import Reranker


def load_reranker(settings: Settings) -> Reranker | None:
    """The cross-encoder that the settings name, or None; raises YardstickError where it cannot be loaded."""
    name = settings.reranker
    if not name:
        return None
    from sentence_transformers import CrossEncoder

    try:
        model = CrossEncoder(name)
    except (OSError, ValueError) as exc:
        raise YardstickError(
            f"YARDSTICK_RERANKER: cannot load the cross-encoder '{name}'. Give the folder of a sentence-transformers "
            "CrossEncoder on this machine, or unset the variable."
        ) from exc

    def rerank(question: str, texts: Sequence[str]) -> NDArray[np.float32]:
        scores = model.predict([(question, text) for text in texts], show_progress_bar=False)
        return np.asarray(scores, dtype=np.float32).reshape(-1)

    return rerank
