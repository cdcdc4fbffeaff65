"""The statistics of the gate, against values worked out by hand."""

import pytest

from evals.statistics import (
    Trial,
    difference,
    holm,
    is_inferior,
    mcnemar,
    minimum_detectable_effect,
    rate,
)


@pytest.mark.parametrize(
    ("regressed", "improved", "chance"),
    [
        (0, 0, 1),
        (4, 0, 1 / 16),
        (5, 0, 1 / 32),
        (6, 0, 1 / 64),
        (7, 1, 9 / 256),
        (1, 7, 255 / 256),
        (2, 2, 11 / 16),
    ],
)
def test_mcnemar_is_exact_and_one_sided(regressed: int, improved: int, chance: float) -> None:
    assert mcnemar(regressed, improved) == pytest.approx(chance)


def test_holm_multiplies_by_those_left_and_never_falls() -> None:
    assert holm({"c": 0.04, "a": 0.01, "b": 0.015}) == pytest.approx({"a": 0.03, "b": 0.03, "c": 0.04})
    assert holm({"a": 0.6, "b": 0.7}) == {"a": 1.0, "b": 1.0}


def test_a_rate_is_never_narrower_than_wilson() -> None:
    # 40 of 40: Wilson's lower bound is n / (n + 1.96^2) = 40 / 43.8416.
    alike = rate([Trial(f"briefing {number % 8}", 1, 1) for number in range(40)])
    assert (alike.share, alike.high, alike.n) == (1, 1, 40)
    assert alike.low == pytest.approx(40 / 43.8416, abs=1e-6)


def test_a_rate_of_cases_wrong_together_is_wider() -> None:
    # Two briefings, one all right and one all wrong: a round draws only one of them with chance 1/4 + 1/4.
    together = rate([Trial("right", 1, 1)] * 50 + [Trial("wrong", 0, 1)] * 50)
    assert (together.share, together.low, together.high) == (0.5, 0, 1)
    # Halves in each briefing: every round is the same, which leaves Wilson's interval, 0.5 -+ 0.0962.
    mixed = rate([Trial(name, hit, 1) for name in "ab" for hit in (0, 1) for _ in range(25)])
    assert (mixed.low, mixed.high) == pytest.approx((0.4038, 0.5962), abs=1e-4)


def test_a_rate_of_nothing_says_nothing() -> None:
    nothing = rate([Trial("a", 0, 0)])
    assert (nothing.low, nothing.high, nothing.n) == (0, 1, 0)


def test_a_difference_is_paired_by_briefing() -> None:
    # Each briefing loses one of ten, however different the briefings: the loss is 0.1 in every round.
    base = [Trial(name, hits, 10) for name, hits in (("a", 10), ("b", 5), ("c", 1))]
    head = [Trial(one.cluster, one.hits - 1, 10) for one in base]
    assert difference(base, head) == pytest.approx((-0.1, -0.1, -0.1))
    # One briefing of two loses everything: a round draws it not at all, once or twice.
    lost = difference([Trial("a", 1, 1), Trial("b", 1, 1)], [Trial("a", 0, 1), Trial("b", 1, 1)])
    assert lost == pytest.approx((-0.5, -1, 0))


def test_a_difference_with_nothing_to_compare_is_none() -> None:
    assert difference([], [Trial("a", 1, 1)]) == (0, 0, 0)


def test_the_resampling_does_not_depend_on_the_order() -> None:
    base = [Trial(f"b{number % 7}", number % 3 == 0, 1) for number in range(70)]
    head = [Trial(f"b{number % 7}", number % 4 == 0, 1) for number in range(70)]
    assert difference(base, head) == pytest.approx(difference(base[::-1], head[::-1]))


@pytest.mark.parametrize(("low", "inferior"), [(-0.051, True), (-0.05, False), (-0.02, False), (0.01, False)])
def test_a_margin_is_crossed_beyond_it_alone(low: float, inferior: bool) -> None:
    assert is_inferior(low, 0.05) is inferior


@pytest.mark.parametrize(
    ("pairs", "changed", "effect"),
    [
        # Nothing changed: 5 regressions are the fewest that the test calls significant.
        (300, 0, 5 / 300),
        # The two quantiles, 1.6449 and 0.8416, times the root of 36, over 300.
        (300, 36, 0.04973),
        (3, 0, 1),
        (0, 0, 1),
    ],
)
def test_the_minimum_detectable_effect(pairs: int, changed: int, effect: float) -> None:
    assert minimum_detectable_effect(pairs, changed) == pytest.approx(effect, abs=1e-5)
