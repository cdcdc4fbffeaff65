"""The harness that spoils known-good claims: what its operators make, what it leaves out, what it tells of a rule."""

import re
from pathlib import Path

import pytest

from evals.mutations.checker import rules, without
from evals.mutations.clean import by_hand, paraphrases
from evals.mutations.frames import frames_of
from evals.mutations.judging import kinds_of, verdict
from evals.mutations.mutate import FAILED, OPERATORS, Checked, Effect, Report, main
from evals.mutations.operators import Mutant, mutants_of
from evals.mutations.seeds import Ground, Seed, read_ground, seeds_of
from evals.mutations.table import lines
from ingest.errors import YardstickError

BRIEFING = """# The Varda Crossing

By Ilka Moor | 4 May 2026

## Forecast

- **Short-term (Now - 3 months)**
  - Serrano is likely to reopen the crossing before the end of 2027, unless the toll is raised.
  - The garrison is highly unlikely to leave Varda.
  - It is highly likely that the toll will be raised.
  - The ferry company has sold two boats.

Minister Ada Quist says that a strike is "unlikely".

In March we assessed that a levy on salt was unlikely. We now judge a levy on salt likely.

Probability scale: PHIA yardstick
"""
BY_NAME = {operator.name: operator for operator in OPERATORS}
OPENS = "Serrano is likely to reopen the crossing before the end of 2027, unless the toll is raised."
STAYS = "The garrison is highly unlikely to leave Varda."


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Ground:
    folder = tmp_path_factory.mktemp("briefings")
    folder.joinpath("varda.md").write_text(BRIEFING, encoding="utf-8")
    return read_ground(folder)


@pytest.fixture(scope="module")
def seeds(ground: Ground) -> dict[str, Seed]:
    return by_claim(ground)


def by_claim(ground: Ground) -> dict[str, Seed]:
    return {one.claim: one for one in reversed(seeds_of(ground))}


def spoilt(name: str, seed: Seed, ground: Ground) -> set[str]:
    return {one.claim for one in mutants_of(BY_NAME[name], seed, ground)}


def test_there_are_24_operators() -> None:
    assert [operator.name for operator in OPERATORS] == [f"M{number}" for number in range(1, 25)]


@pytest.mark.parametrize(
    ("name", "claim", "mutant"),
    [
        ("M1", STAYS, "The garrison is unlikely to leave Varda."),
        ("M2", STAYS, "There is a realistic possibility that the garrison will leave Varda."),
        ("M3", STAYS, "The garrison is very unlikely to leave Varda."),
        ("M4", STAYS, "The garrison will not leave Varda."),
        ("M5", "The ferry company has sold two boats.", "It is likely that the ferry company has sold two boats."),
        ("M8", STAYS, "It is highly unlikely that the garrison will not leave Varda."),
        ("M11", STAYS, "There is a probability of 15 per cent that the garrison will leave Varda."),
        ("M12", OPENS, "Serrano is likely to reopen the crossing before the end of 2027."),
        ("M12", OPENS, "Serrano is likely to reopen the crossing before the end of 2029, unless the toll is raised."),
        ("M12", OPENS, "Serrano is likely to reopen the crossing before the end of 2027, if the toll is raised."),
        ("M16", 'Minister Ada Quist says that a strike is "unlikely".', "We assess that a strike is unlikely."),
        ("M17", STAYS, "We judge with high confidence that the garrison will not leave Varda."),
        ("M21", "In March we assessed that a levy on salt was unlikely.", "A levy on salt is unlikely."),
    ],
)
def test_what_an_operator_makes(name: str, claim: str, mutant: str, seeds: dict[str, Seed], ground: Ground) -> None:
    assert mutant in spoilt(name, seeds[claim], ground)


def test_an_operator_leaves_out_what_it_cannot_spoil(seeds: dict[str, Seed], ground: Ground) -> None:
    assert not spoilt("M9", seeds[STAYS], ground)
    assert not spoilt("M16", seeds[STAYS], ground)


def test_a_mutant_that_another_sentence_says_is_no_mutant(tmp_path: Path) -> None:
    said = BRIEFING.replace("## Forecast", "## Summary\n\nThe garrison is unlikely to leave Varda.\n\n## Forecast")
    tmp_path.joinpath("varda.md").write_text(said, encoding="utf-8")
    ground = read_ground(tmp_path)
    found = spoilt("M1", by_claim(ground)[STAYS], ground)
    assert found
    assert "The garrison is unlikely to leave Varda." not in found


def test_a_deadline_may_go_only_where_the_judgement_says_more_without_it(
    seeds: dict[str, Seed], ground: Ground
) -> None:
    claim = "It is unlikely that Orvane will hold a referendum before the end of 2027."
    assert "It is unlikely that Orvane will hold a referendum." in spoilt("M12", seeds[claim], ground)
    assert "Serrano is likely to reopen the crossing, unless the toll is raised." not in spoilt(
        "M12", seeds[OPENS], ground
    )


def test_a_disguise_keeps_the_letters_of_the_term(seeds: dict[str, Seed], ground: Ground) -> None:
    for one in mutants_of(BY_NAME["M24"], seeds[STAYS], ground):
        plain = re.sub(r"[\u00ad\u200b]", "", one.claim).translate(str.maketrans("\u0435\u0456\u0430\u04cf", "eial"))
        assert frames_of(" ".join(plain.replace("un-", "un").split()), ground.names), one.claim


def test_an_omission_is_judged_by_what_the_answer_still_says(seeds: dict[str, Seed], ground: Ground) -> None:
    number = seeds[STAYS].cited[0]
    assert verdict(Mutant("M22", OPENS, (), frozenset(), STAYS, number), ground) == {"missing"}
    assert not verdict(Mutant("M22", f"{OPENS} {STAYS}", (), frozenset(), STAYS, number), ground)


def test_a_paraphrase_keeps_every_term(seeds: dict[str, Seed], ground: Ground) -> None:
    made = list(paraphrases(list(seeds.values()), ground))
    assert len({one.family for one in made}) >= 12
    for one in made:
        terms = {frame.term for frame in frames_of(one.claim, ground.names)}
        assert terms <= {frame.term for number in one.cited for frame in frames_of(ground.text(number), ground.names)}


@pytest.mark.slow
def test_there_are_enough_mutants_and_clean_claims() -> None:
    ground = read_ground(Path("samples"))
    seeds = seeds_of(ground)
    for operator in OPERATORS:
        made: set[str] = set()
        for seed in seeds:
            made.update(one.claim for one in mutants_of(operator, seed, ground))
            if len(made) >= 60:
                break
        else:
            pytest.fail(f"{operator.name}: {len(made)} mutants")
    assert len(list(by_hand(ground))) >= 60
    assert len(list(paraphrases(seeds, ground))) >= 300


def test_a_rule_switched_off_lets_a_mutant_live_and_comes_back(seeds: dict[str, Seed], ground: Ground) -> None:
    rule = next(one for one in rules() if one.name == "rag.terms._change")
    cited = seeds[STAYS].cited
    mutant = "The garrison is unlikely to leave Varda."
    assert kinds_of(mutant, cited, ground) == {"downgraded"}
    with without(rule):
        assert not kinds_of(mutant, cited, ground)
    assert kinds_of(mutant, cited, ground) == {"downgraded"}


def test_a_rule_is_switched_off_wherever_it_is_called(seeds: dict[str, Seed], ground: Ground) -> None:
    rule = next(one for one in rules() if one.name == "rag.fidelity.condition_findings")
    cited = seeds[OPENS].cited
    mutant = "Serrano is likely to reopen the crossing before the end of 2027."
    assert kinds_of(mutant, cited, ground) == {"condition_lost"}
    with without(rule):
        assert not kinds_of(mutant, cited, ground)


def test_every_rule_has_a_say_of_its_own_type() -> None:
    names = {one.name for one in rules()}
    assert {"rag.wording._swapped", "rag.support._form", "rag.figures.figures", "patterns.scope"} <= names
    # What reads words, and what always has something to say, is no rule.
    assert not names & {"rag.clauses.units_of", "rag.terms.without_source_term", "patterns.word"}


def test_a_rule_comes_back_after_an_error() -> None:
    rule = rules()[0]
    kept = rule.now
    with pytest.raises(ZeroDivisionError), without(rule):
        raise ZeroDivisionError
    assert rule.now is kept


def test_a_rule_is_dead_only_if_it_is_called_on() -> None:
    assert Effect("idle", (), (), 0, 5).is_dead
    assert not Effect("unused", (), (), 0, 0).is_dead
    assert not Effect("sparing", (), (), 1, 5).is_dead


def report_of(survivors: int, misnamed: int = 0) -> Report:
    """A report with so many of M1's mutants living or misnamed, and everything else caught."""
    checked = []
    for operator in OPERATORS:
        for place in range(100):
            kinds = frozenset({"flipped"})
            if operator.name == "M1":
                kinds = frozenset() if place < survivors else frozenset({"other"} if place < misnamed else kinds)
            checked.append(Checked(Mutant(operator.name, "", (), frozenset({"flipped"}), ""), kinds))
    return Report(tuple(checked), (), {"voice": 100})


def test_one_weak_operator_fails_the_whole() -> None:
    assert report_of(10).passes
    assert not report_of(11).passes
    assert report_of(11).recall.share > 0.99


def test_the_table_names_every_operator_and_what_is_missed() -> None:
    shown = "\n".join(lines(report_of(11)))
    assert "| M1 | the next band up or down | 0.890" in shown
    assert all(f"| {operator.name} |" in shown for operator in OPERATORS)
    assert "NO" in shown


def test_a_folder_without_briefings_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(YardstickError, match="no briefings"):
        read_ground(tmp_path)


@pytest.mark.slow
def test_a_harness_with_a_bar_missed_exits_with_4(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for module in ("mutate", "table"):
        monkeypatch.setattr(f"evals.mutations.{module}.RECALL", 1.01)
    monkeypatch.setattr("evals.mutations.mutate.MUTANTS", 2)
    monkeypatch.setattr("evals.mutations.mutate.PARAPHRASES", 2)
    assert main(["--quick"]) == FAILED
    assert re.search(r"\| all \|.* NO \|", capsys.readouterr().out)
