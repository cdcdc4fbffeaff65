"""SciFact: documents ranked for the 505 train claims that have evidence, nDCG@10 (Wadden et al. 2020).

`python -m evals.bench.search` builds a store of the 5,183 abstracts, which takes a few minutes.
"""

import sys
import tempfile
from collections.abc import Sequence
from math import log2
from pathlib import Path

from evals.bench.answers import with_briefings
from evals.bench.corpora import scifact
from evals.bench.table import Row, print_table
from ingest.settings import load_settings


def ndcg(ranked: Sequence[str], relevant: frozenset[str], depth: int = 10) -> float:
    """Normalised discounted cumulative gain with binary relevance (Järvelin & Kekäläinen 2002)."""
    gain = sum(1 / log2(place + 2) for place, name in enumerate(ranked[:depth]) if name in relevant)
    return gain / sum(1 / log2(place + 2) for place in range(min(len(relevant), depth)))


def main() -> int:
    """Build the store, rank the documents for every claim, print nDCG@10."""
    briefings, claims = scifact()
    with tempfile.TemporaryDirectory() as folder:
        service = with_briefings(briefings, load_settings(Path(folder)))
        gains = []
        for claim, relevant in claims.items():
            ranked = [name for name, _ in service.retriever.rank_briefings(claim, limit=10)]
            gains.append(ndcg(ranked, relevant))
    mean = sum(gains) / len(gains)
    return print_table([Row("SciFact, documents, nDCG@10", f"{mean:.4f} (n={len(gains)})", 0.865, mean)])


if __name__ == "__main__":
    sys.exit(main())
