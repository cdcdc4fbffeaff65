"""Spoil known-good claims, check them, and say what got through, what was misnamed and what was flagged wrongly.

`python -m evals mutate` prints the table; exit code 4 where a bar is missed.
"""

import argparse
import random
from collections import Counter
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import TypeVar

from evals.bench.table import Rate, wilson
from evals.cases import SAMPLES
from evals.mutations.answering import ANSWERING
from evals.mutations.checker import Rule, rules, watched, without
from evals.mutations.clean import Clean, by_hand, paraphrases
from evals.mutations.frames import frames_of
from evals.mutations.judging import kinds_of, verdict
from evals.mutations.operators import Mutant, Operator, mutants_of
from evals.mutations.seeds import Ground, Seed, read_ground, seeds_of
from evals.mutations.structure import STRUCTURE
from evals.mutations.voices import VOICES
from evals.mutations.wording import WORDING

OPERATORS = tuple(sorted((*WORDING, *STRUCTURE, *VOICES, *ANSWERING), key=lambda one: int(one.name[1:])))
# The bars of the harness, and the exit code where one is missed.
RECALL, EACH, RIGHT, ALARMS = 0.97, 0.90, 0.90, 0.01
FAILED = 4
# So many mutants an operator and paraphrases a family are checked, chosen by chance with this seed.
MUTANTS, PARAPHRASES, SEED = 120, 30, 20261123
# Mutants are chosen among so many times their number, so that no seed has many of them.
SPREAD = 4
# Of these a rule that is switched off has to let through one: so many an operator are tried.
TRIED, TRIED_CLEAN = 8, 60
PROCESSES = 2
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Checked:
    """A mutant and the kinds of finding on it."""

    mutant: Mutant
    kinds: frozenset[str]

    @property
    def caught(self) -> bool:
        """Whether anything was found."""
        return bool(self.kinds)

    @property
    def right(self) -> bool:
        """Whether what was found names the fault."""
        return bool(self.kinds & self.mutant.right)


@dataclass(frozen=True, slots=True)
class Alarm:
    """A faithful claim that was flagged."""

    clean: Clean
    kinds: frozenset[str]


@dataclass(frozen=True, slots=True)
class Effect:
    """What a rule does: the operators of which a mutant lives without it, or is misnamed, and the false alarms.

    `reached` counts the claims on which it has a say.
    """

    rule: str
    lives: tuple[str, ...]
    misnamed: tuple[str, ...]
    alarms: int
    reached: int

    @property
    def is_dead(self) -> bool:
        """Whether nothing at all changes without a rule that has a say in some claim here."""
        return bool(self.reached) and not (self.lives or self.misnamed or self.alarms)


@dataclass(frozen=True, slots=True)
class Report:
    """One run of the harness; `families` are the clean claims checked, by how they were made."""

    checked: tuple[Checked, ...]
    alarms: tuple[Alarm, ...]
    families: dict[str, int]
    effects: tuple[Effect, ...] = ()

    def of(self, operator: str) -> list[Checked]:
        """What became of the mutants of one operator."""
        return [one for one in self.checked if one.mutant.operator == operator]

    @property
    def recall(self) -> Rate:
        """The share of mutants found."""
        return wilson([one.caught for one in self.checked])

    @property
    def right(self) -> Rate:
        """The share of the mutants found whose finding names the fault."""
        return wilson([one.right for one in self.checked if one.caught])

    @property
    def false_alarms(self) -> Rate:
        """The share of faithful claims that were flagged."""
        clean = sum(self.families.values())
        return wilson([place < len(self.alarms) for place in range(clean)])

    @property
    def passes(self) -> bool:
        """Whether every bar is met."""
        each = (wilson([one.caught for one in self.of(operator.name)]).share for operator in OPERATORS)
        return (
            self.recall.share >= RECALL
            and min(each) >= EACH
            and self.right.share >= RIGHT
            and self.false_alarms.share <= ALARMS
        )


def mutate(ground: Ground, switch_off: bool = True) -> Report:
    """The report over some briefings; `switch_off` also tries the check with each of its rules switched off."""
    seeds = seeds_of(ground)
    clean = clean_claims(seeds, ground)
    found = [(one, kinds_of(one.claim, one.cited, ground)) for one in clean]
    good = [seed for seed in seeds if not kinds_of(seed.claim, seed.cited, ground)]
    good += rewritten(found, ground)
    mutants = [one for operator in OPERATORS for one in chosen(operator, good, ground)]
    checked = tuple(Checked(one, verdict(one, ground)) for one in mutants)
    families: dict[str, int] = {}
    for one in clean:
        families[one.family] = families.get(one.family, 0) + 1
    alarms = tuple(Alarm(one, kinds) for one, kinds in found if kinds)
    return Report(checked, alarms, families, effects(checked, clean, ground) if switch_off else ())


def clean_claims(seeds: Sequence[Seed], ground: Ground) -> list[Clean]:
    """The faithful claims to check: so many a family, and all that were written by hand."""
    families: dict[str, dict[str, Clean]] = {}
    for one in paraphrases(seeds, ground):
        families.setdefault(one.family, {}).setdefault(one.claim, one)
    picked = [one for found in families.values() for one in _sample(list(found.values()), PARAPHRASES)]
    return [*picked, *by_hand(ground)]


def rewritten(found: Iterable[tuple[Clean, frozenset[str]]], ground: Ground) -> list[Seed]:
    """Paraphrases as seeds: a change to the wording has to be found behind a change of the sentence, too."""
    return [
        Seed(one.claim, one.cited, one.family, frames_of(one.claim, ground.names))
        for one, kinds in found
        if not kinds and one.family not in ("word for word", "merged", "typography", "by hand")
    ]


def chosen(operator: Operator, seeds: Sequence[Seed], ground: Ground) -> list[Mutant]:
    """So many mutants of one operator, each once, from seeds taken by chance."""
    made: dict[tuple[str, tuple[int, ...], int | None], Mutant] = {}
    for seed in _sample(list(seeds), len(seeds)):
        made |= {(one.claim, one.cited, one.missing): one for one in mutants_of(operator, seed, ground)}
        if len(made) > SPREAD * MUTANTS:
            break
    return _sample(list(made.values()), MUTANTS)


def _sample(items: list[Item], most: int) -> list[Item]:
    return random.Random(SEED).sample(items, min(most, len(items)))


@dataclass(frozen=True)
class _Trial:
    """The claims that a rule is tried on: mutants found, and clean claims passed."""

    rule: Rule
    caught: tuple[Checked, ...]
    passed: tuple[Clean, ...]


def effects(checked: Sequence[Checked], clean: Sequence[Clean], ground: Ground) -> tuple[Effect, ...]:
    """What each rule of the check does, tried on the claims on which it has a say."""
    every = rules()
    caught = [one for one in checked if one.caught and one.mutant.missing is None]
    passed = [one for one in clean if not kinds_of(one.claim, one.cited, ground)]
    said: dict[str, list[Checked]] = {rule.name: [] for rule in every}
    quiet: dict[str, list[Clean]] = {rule.name: [] for rule in every}
    with watched(every) as watch:
        for one in caught:
            for name in watch.over(partial(verdict, one.mutant, ground)):
                said[name].append(one)
        for claim in passed:
            for name in watch.over(partial(kinds_of, claim.claim, claim.cited, ground)):
                quiet[name].append(claim)
    trials = [_Trial(rule, tuple(said[rule.name]), tuple(quiet[rule.name])) for rule in every]
    # A forked process has the briefings and the trials already; a rule cannot be sent to one, its place can.
    with ProcessPoolExecutor(PROCESSES, get_context("fork"), _share, (trials, ground)) as pool:
        return tuple(pool.map(_effect_at, range(len(trials))))


_shared: list[tuple[Sequence[_Trial], Ground]] = []


def _share(trials: Sequence[_Trial], ground: Ground) -> None:
    _shared.append((trials, ground))


def _effect_at(place: int) -> Effect:
    trials, ground = _shared[-1]
    return _effect(trials[place], ground)


def _effect(trial: _Trial, ground: Ground) -> Effect:
    lives: dict[str, None] = {}
    misnamed: dict[str, None] = {}
    tried: Counter[str] = Counter()
    with without(trial.rule):
        # Those with the fewest findings first: they are the likeliest to live by this rule alone.
        for one in sorted(trial.caught, key=lambda item: len(item.kinds)):
            operator = one.mutant.operator
            tried[operator] += 1
            if operator in lives or tried[operator] > TRIED:
                continue
            kinds = verdict(one.mutant, ground)
            if not kinds:
                lives[operator] = None
            elif one.right and not kinds & one.mutant.right:
                misnamed[operator] = None
        alarms = sum(bool(kinds_of(one.claim, one.cited, ground)) for one in trial.passed[:TRIED_CLEAN])
    reached = len(trial.caught) + len(trial.passed)
    return Effect(trial.rule.name, tuple(lives), tuple(misnamed), alarms, reached)


def main(arguments: Sequence[str] | None = None) -> int:
    """0 where every bar is met, else 4."""
    from evals.mutations.table import lines, told

    parser = argparse.ArgumentParser(prog="python -m evals mutate", description=__doc__)
    parser.add_argument("--briefings", type=Path, default=SAMPLES, help="the folder of briefings to spoil")
    parser.add_argument("--errors", type=int, default=0, metavar="N", help="list so many failures of each operator")
    parser.add_argument("--quick", action="store_true", help="leave out the check with rules switched off")
    options = parser.parse_args(arguments)
    ground = read_ground(options.briefings)
    report = mutate(ground, switch_off=not options.quick)
    print("\n".join(lines(report)))
    if options.errors:
        print("\n".join(told(report, ground, options.errors)))
    return 0 if report.passes else FAILED
