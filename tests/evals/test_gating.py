"""The gate: what fails, with which code, and what must not."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from evals.gating import Code, Flaky, bless, gate, new_failures
from evals.results import CaseResult, Digests, Failure, Meta, Run, read_run
from ingest.errors import YardstickError

SOURCE = "A strike at the Orvat refinery is unlikely before May."
RAISED = Failure("upgraded", "severe", "The claim is stronger.", "A strike at the refinery is likely.", SOURCE)
MISSING = Failure("missing", "major", "A required sentence is not in the answer.", "", SOURCE)
META = Meta("quote", Digests("p1", "c1", "k1", "r1", "s1"), "2026-05-04T10:00:00+00:00", 3.0)


def case(number: int, *failures: Failure, epoch: int = 0) -> CaseResult:
    return CaseResult(
        id=f"q-{number}",
        kind="question",
        slices=("fact" if number % 2 else "typo",),
        briefing=f"briefing-{number % 8}.md",
        epoch=epoch,
        scores={"judgement_recall": float(MISSING not in failures)},
        counts={"judgement_recall": (int(MISSING not in failures), 1)},
        failures=failures,
    )


def unscored(number: int) -> CaseResult:
    return replace(case(number), state="unscored", why="timed out", scores={}, counts={})


def run(failing: dict[int, Sequence[Failure]] | None = None, cases: int = 100, meta: Meta = META) -> Run:
    return Run(meta, tuple(case(number, *(failing or {}).get(number, ())) for number in range(cases)))


def test_nothing_changed_is_fine() -> None:
    verdict = gate(run({3: [RAISED]}), run({3: [RAISED]}))
    assert (verdict.code, verdict.reasons, verdict.new) == (Code.FINE, (), ())
    assert (verdict.pairs, verdict.chance) == (100, 1)


def test_one_new_severe_failure_fails_however_good_the_rest() -> None:
    verdict = gate(run({number: [MISSING] for number in range(40)}), run({7: [RAISED]}))
    assert verdict.code == Code.SEVERE == 11
    assert verdict.reasons == ("q-7: upgraded: The claim is stronger.",)
    assert [change.id for change in verdict.severe] == ["q-7"]
    assert len(verdict.improved) == 39


def test_another_severe_failure_in_a_case_that_had_one_is_new() -> None:
    other = replace(RAISED, source="The Velm dam will probably hold.")
    again = replace(RAISED, claim="A strike is likely, says the note.")
    assert gate(run({1: [RAISED]}), run({1: [RAISED, other]})).code == Code.SEVERE
    assert gate(run({1: [RAISED]}), run({1: [again]})).code == Code.FINE
    assert new_failures([case(1, RAISED)], [case(1, again, RAISED)]) == (again,)


@pytest.mark.parametrize(("lost", "code"), [(4, Code.FINE), (5, Code.REGRESSION)])
def test_five_regressions_and_no_improvement_are_no_accident(lost: int, code: Code) -> None:
    # Spread over slices, briefings and 400 cases, so that neither of the two other rules speaks first.
    verdict = gate(run(cases=400), run({number: [MISSING] for number in range(lost)}, cases=400))
    assert verdict.code == code
    assert verdict.regressed == tuple(f"q-{number}" for number in range(lost))
    assert ("McNemar p = 0.031" in " ".join(verdict.reasons)) == (lost == 5)


def test_a_slice_that_loses_by_itself_fails() -> None:
    odd = {number: [MISSING] for number in range(1, 21, 2)}
    even = {number: [MISSING] for number in range(0, 18, 2)}
    verdict = gate(run(even, cases=800), run(odd, cases=800))
    assert verdict.code == Code.REGRESSION
    assert [reason.partition(":")[0] for reason in verdict.reasons] == ["Slice fact"]


def test_a_rate_that_may_have_lost_more_than_the_margin_fails() -> None:
    # As many cases pass as before, but each that passed on one side only had one thing to tell, and now has ten.
    fewer = replace(case(0, MISSING), counts={"judgement_recall": (0, 10)})
    base, head = run({1: [MISSING]}, cases=40), run(cases=40)
    verdict = gate(base, replace(head, cases=(fewer, *head.cases[1:])))
    assert verdict.code == Code.REGRESSION
    assert verdict.reasons[0].startswith("judgement_recall: 0.975 -> 0.796, and a loss of")


def test_a_rate_that_moves_within_the_margin_is_fine() -> None:
    assert gate(run(cases=400), run({1: [MISSING], 2: [MISSING]}, cases=400)).code == Code.FINE


@pytest.mark.parametrize(("missing", "code"), [(2, Code.FINE), (3, Code.INVALID)])
@pytest.mark.parametrize("side", ["base", "head"])
def test_more_than_two_in_a_hundred_unscored_is_invalid(missing: int, code: Code, side: str) -> None:
    whole = run()
    part = replace(whole, cases=(*map(unscored, range(missing)), *whole.cases[missing:]))
    verdict = gate(*((part, whole) if side == "base" else (whole, part)))
    assert verdict.code == code
    assert verdict.unpaired == tuple(f"q-{number}" for number in range(missing))
    assert verdict.pairs == 100 - missing


def test_an_invalid_run_comes_before_what_it_found_and_says_both() -> None:
    head = run({50: [RAISED]})
    verdict = gate(run(), replace(head, cases=(*map(unscored, range(3)), *head.cases[3:])))
    assert verdict.code == Code.INVALID
    assert verdict.reasons[0].startswith("head is invalid: 3 of 100 unscored")
    assert "q-0 (timed out)" in verdict.reasons[0]
    assert verdict.reasons[1].startswith("q-50: upgraded")


@pytest.mark.parametrize(
    ("meta", "said"),
    [
        (replace(META, digests=replace(META.digests, cases="c2")), "cases: base is of c1, head of c2."),
        (replace(META, digests=replace(META.digests, samples="s2")), "samples: base is of s1, head of s2."),
        (replace(META, composer="recorded:m"), "composer: base has quote, head recorded:m."),
    ],
)
def test_runs_that_cannot_be_compared_say_what_differs(meta: Meta, said: str) -> None:
    verdict = gate(run(), run({1: [RAISED]}, meta=meta))
    assert (verdict.code, verdict.reasons) == (Code.CONFIGURATION, (said,))


def test_other_cases_cannot_be_compared() -> None:
    verdict = gate(run(cases=3), run(cases=5))
    assert (verdict.code, verdict.reasons) == (Code.CONFIGURATION, ("The cases are not the same: q-3, q-4.",))
    assert gate(run(cases=0), run(cases=0)).reasons == ("head has no cases.",)


def test_a_changed_prompt_checker_or_retrieval_is_what_the_gate_is_for() -> None:
    changed = replace(META, digests=replace(META.digests, prompts="p2", checker="k2", retrieval="r2"))
    assert gate(run(), run(meta=changed)).code == Code.FINE


def changed_check(kind: str, failure: Failure) -> Code:
    """The code when the check alone changed, and finds this in a case of that kind."""
    head = replace(META, digests=replace(META.digests, checker="k2"))
    one = replace(case(1), kind=kind)
    return gate(Run(META, (one,)), Run(head, (replace(one, failures=(failure,)),))).code


def test_what_a_better_check_finds_in_the_same_answers_is_told_and_does_not_fail() -> None:
    assert changed_check("question", RAISED) == Code.FINE
    head = replace(META, digests=replace(META.digests, checker="k2"))
    verdict = gate(run(), run({number: [RAISED] for number in range(9)}, meta=head))
    assert (verdict.code, len(verdict.found), verdict.new, verdict.regressed) == (Code.FINE, 9, (), ())


def test_a_check_that_fails_its_own_cases_or_the_author_s_words_fails() -> None:
    assert changed_check("wording", RAISED) == Code.SEVERE
    assert changed_check("question", replace(RAISED, claim=SOURCE)) == Code.SEVERE


def test_epochs_that_disagree_are_named_and_fail_nothing_by_themselves() -> None:
    base = Run(META, tuple(case(number, epoch=epoch) for number in range(9) for epoch in range(3)))
    once = [case(number, *[MISSING] * (epoch == number % 3), epoch=epoch) for number in range(9) for epoch in range(3)]
    verdict = gate(base, replace(base, cases=tuple(once)))
    assert verdict.flaky[0] == Flaky("q-0", (3, 3), (2, 3))
    assert str(verdict.flaky[0]) == "q-0 (3/3 -> 2/3)"
    assert (len(verdict.flaky), verdict.regressed) == (9, ())


def test_a_severe_failure_in_one_epoch_reached_a_reader() -> None:
    base = Run(META, tuple(case(1, epoch=epoch) for epoch in range(3)))
    head = replace(base, cases=(*base.cases[:2], case(1, RAISED, epoch=2)))
    assert gate(base, head).code == Code.SEVERE


def test_a_baseline_is_blessed_with_a_reason(tmp_path: Path) -> None:
    path = tmp_path / "baselines" / "quote.json"
    with pytest.raises(YardstickError, match="--reason"):
        bless(run(), path, " ")
    assert not path.exists()
    bless(run(), path, " The first one. ")
    assert read_run(path).meta.blessed == "The first one."
    assert gate(read_run(path), run()).code == Code.FINE
    assert gate(read_run(path), run({1: [RAISED]})).code == Code.SEVERE


def test_an_invalid_run_is_not_blessed(tmp_path: Path) -> None:
    with pytest.raises(YardstickError, match="50 of 50 unscored"):
        bless(Run(META, tuple(map(unscored, range(50)))), tmp_path / "quote.json", "It is there.")


@pytest.mark.parametrize("name", ["prompts", "cases", "checker", "retrieval", "samples"])
def test_a_stale_baseline_is_an_error_whatever_digest_differs(name: str, tmp_path: Path) -> None:
    bless(run(), tmp_path / "quote.json", "The first one.")
    head = run(meta=replace(META, digests=replace(META.digests, **{name: "other"})))
    verdict = gate(read_run(tmp_path / "quote.json"), head)
    assert verdict.code == Code.CONFIGURATION
    assert verdict.reasons[0].startswith(f"{name}: the blessed baseline is of ")
    assert "stale" in verdict.reasons[1]
