"""What can be said of a change from a few hundred paired cases: intervals, an exact test, a margin, and their limits.

Cases over one briefing are wrong together, so intervals resample briefings, not cases (Miller 2024, "Adding error bars
to evals").
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import comb, sqrt
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from evals.bench.table import Rate, wilson

ALPHA = 0.05
POWER = 0.8
ROUNDS = 2000
SEED = 20261123

Draws = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Trial:
    """The hits of one case, of so many; `cluster` is its briefing."""

    cluster: str
    hits: float
    of: float


def rate(trials: Iterable[Trial]) -> Rate:
    """The share of hits with a 95 % interval by briefings, never narrower than Wilson's.

    Wilson's bound is what keeps 40 of 40 from being certain. Shares of partial hits (nDCG) are taken as if whole.
    """
    known = tuple(trials)
    hits, of = sum(one.hits for one in known), sum(one.of for one in known)
    if not of:
        return wilson([])
    plain = wilson([place < round(hits) for place in range(round(of))])
    low, high = np.percentile(_resampled(known, _weights({one.cluster for one in known})), (2.5, 97.5))
    return Rate(hits / of, min(plain.low, float(low)), max(plain.high, float(high)), round(of))


def difference(base: Sequence[Trial], head: Sequence[Trial], level: float = 1 - ALPHA) -> tuple[float, float, float]:
    """The share of `head` less that of `base`, and the bounds each of which it crosses with chance 1 - `level`.

    Both are resampled with the same briefings; all three are 0 if either has no trial.
    """
    if not sum(one.of for one in base) or not sum(one.of for one in head):
        return 0.0, 0.0, 0.0
    weights = _weights({one.cluster for one in (*base, *head)})
    drawn = _resampled(head, weights) - _resampled(base, weights)
    low, high = np.percentile(drawn, (100 * (1 - level), 100 * level))
    return _share(head) - _share(base), float(low), float(high)


def is_inferior(low: float, margin: float) -> bool:
    """Whether the lower bound of a difference lets through a loss greater than the margin."""
    # A bound exactly on the margin is no loss beyond it, whatever the last bit says.
    return low < -margin - 1e-9


def mcnemar(regressed: int, improved: int) -> float:
    """The exact one-sided chance of at least so many regressions among the pairs that changed, if change is a coin."""
    changed = regressed + improved
    ways = sum(comb(changed, count) for count in range(regressed, changed + 1))
    return float(ways / 2**changed)


def holm(chances: Mapping[str, float]) -> dict[str, float]:
    """The chances adjusted for being many (Holm 1979)."""
    adjusted, least = {}, 0.0
    for rank, (name, chance) in enumerate(sorted(chances.items(), key=lambda item: item[1])):
        least = max(least, min(1.0, chance * (len(chances) - rank)))
        adjusted[name] = least
    return adjusted


def minimum_detectable_effect(pairs: int, changed: int) -> float:
    """The smallest true loss, as a share of the pairs, that the test finds in four runs of five.

    The normal approximation, but never less than the 5 regressions below which no exact test is significant.
    """
    if not pairs:
        return 1.0
    normal = NormalDist()
    found = (normal.inv_cdf(1 - ALPHA) + normal.inv_cdf(POWER)) * sqrt(changed) / pairs
    fewest = next(count for count in range(1, 64) if mcnemar(count, 0) <= ALPHA)
    return min(1.0, max(found, fewest / pairs))


def _share(trials: Sequence[Trial]) -> float:
    return sum(one.hits for one in trials) / sum(one.of for one in trials)


def _weights(clusters: Iterable[str]) -> dict[str, Draws]:
    """For each cluster how often each round draws it; the same for the same clusters, whatever their order."""
    names = sorted(clusters)
    drawn = np.random.default_rng(SEED).multinomial(len(names), [1 / len(names)] * len(names), size=ROUNDS)
    return {name: drawn[:, place].astype(np.float64) for place, name in enumerate(names)}


def _resampled(trials: Iterable[Trial], weights: Mapping[str, Draws]) -> Draws:
    """The share of hits in each round; a round that drew no trial counts as the share of all."""
    hits: dict[str, float] = defaultdict(float)
    of: dict[str, float] = defaultdict(float)
    for one in trials:
        hits[one.cluster] += one.hits
        of[one.cluster] += one.of
    drawn_hits, drawn_of = np.zeros(ROUNDS), np.zeros(ROUNDS)
    for name, draws in weights.items():
        drawn_hits += draws * hits[name]
        drawn_of += draws * of[name]
    shares: Draws = np.full(ROUNDS, sum(hits.values()) / sum(of.values()))
    np.divide(drawn_hits, drawn_of, out=shares, where=drawn_of > 0)
    return shares
