"""Whether a change may go in: the same cases before (base) and after it (head), paired one by one.

A new severe wording failure fails however good the mean; else an exact McNemar test over the cases that passed on one
side only, and a margin of non-inferiority on each rate.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from enum import IntEnum
from pathlib import Path
from typing import get_args

from evals.bench.table import Rate
from evals.results import CaseResult, Failure, Meta, Run, write_run
from evals.statistics import (
    ALPHA,
    Trial,
    difference,
    holm,
    is_inferior,
    mcnemar,
    minimum_detectable_effect,
    rate,
)
from ingest.errors import YardstickError
from rag.answer import Severity

# A rate may be shown to lose no more than this; a run may leave no more than that unscored.
MARGIN = 0.05
UNSCORED = 0.02
GRAVITY: tuple[Severity, ...] = get_args(Severity)
# The rates that the margin guards. The wording has a rule of its own, and the latency is for reading.
GUARDED = (
    "term_exact",
    "judgement_recall",
    "fact_recall",
    "citation_recall",
    "citation_precision",
    "term_in_citation",
    "grounded",
    "abstention",
    "recall_at_k",
    "mrr",
    "ndcg",
    "contrast",
    "checked",
)

# Scores that are no share of anything, even where they lie between 0 and 1.
MEANS = ("band_shift", "reply_band_shift", "seconds")


class Code(IntEnum):
    """What a command of the evaluation exits with."""

    FINE = 0
    CONFIGURATION = 2
    INVALID = 3
    HARNESS = 4
    REGRESSION = 10
    SEVERE = 11


@dataclass(frozen=True, slots=True)
class Change:
    """A case and the failures that it has in head alone."""

    id: str
    failures: tuple[Failure, ...]

    @property
    def worst(self) -> Failure:
        """The gravest failure, the first of its sort."""
        return min(self.failures, key=lambda one: GRAVITY.index(one.severity))

    @property
    def more(self) -> str:
        """How many failures there are beside the worst."""
        return f" (and {len(self.failures) - 1} more)" if len(self.failures) > 1 else ""

    def __str__(self) -> str:
        return f"{self.id}: {self.worst.kind}: {self.worst.message}{self.more}"


@dataclass(frozen=True, slots=True)
class Flaky:
    """A case whose epochs disagree: how many passed, of how many, on each side."""

    id: str
    base: tuple[int, int]
    head: tuple[int, int]

    def __str__(self) -> str:
        return f"{self.id} ({self.base[0]}/{self.base[1]} -> {self.head[0]}/{self.head[1]})"


@dataclass(frozen=True, slots=True)
class Compared:
    """One rate before and after; `low` bounds its change from below, `worse` says that this is beyond the margin."""

    name: str
    base: Rate
    head: Rate
    change: float
    low: float
    worse: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the gate says: the exit code and why, then everything that changed.

    `found` are failures of answers that only the check changed for: the check sees more, the answers are as they were.
    `chance` is McNemar's for as many regressions by accident, `effect` the smallest loss likely to be seen at all.
    """

    code: Code
    reasons: tuple[str, ...]
    severe: tuple[Change, ...] = ()
    new: tuple[Change, ...] = ()
    found: tuple[Change, ...] = ()
    regressed: tuple[str, ...] = ()
    improved: tuple[str, ...] = ()
    flaky: tuple[Flaky, ...] = ()
    unpaired: tuple[str, ...] = ()
    pairs: int = 0
    chance: float = 1.0
    effect: float = 1.0
    rates: tuple[Compared, ...] = ()


@dataclass(frozen=True, slots=True)
class _Pair:
    """The epochs of a case on both sides; head without what only the check found."""

    id: str
    base: tuple[CaseResult, ...]
    head: tuple[CaseResult, ...]
    new: tuple[Failure, ...]
    found: tuple[Failure, ...]

    @property
    def is_scored(self) -> bool:
        return all(any(one.state == "scored" for one in side) for side in (self.base, self.head))


def gate(base: Run, head: Run) -> Verdict:
    """The verdict on head, paired with base by case."""
    if differing := differences(base, head):
        return Verdict(Code.CONFIGURATION, tuple(differing))
    pairs = _paired(base, head)
    scored = [pair for pair in pairs if pair.is_scored]
    worse = [pair for pair in scored if _passes(pair.base) and not _passes(pair.head)]
    better = [pair for pair in scored if _passes(pair.head) and not _passes(pair.base)]
    severe = tuple(Change(pair.id, cut) for pair in pairs if (cut := _severe(pair.new)))
    rates = _rates(base, head)
    chance = mcnemar(len(worse), len(better))
    regressions = [*_lost(worse, better, chance), *_slices_lost(worse, better), *_rates_lost(rates)]
    code, reasons = _judged([*_unscored("base", base), *_unscored("head", head)], severe, regressions)
    return Verdict(
        code=code,
        reasons=tuple(reasons),
        severe=severe,
        new=worst_first(Change(pair.id, pair.new) for pair in pairs if pair.new),
        found=tuple(Change(pair.id, pair.found) for pair in pairs if pair.found),
        regressed=tuple(pair.id for pair in worse),
        improved=tuple(pair.id for pair in better),
        flaky=tuple(_flaky(pairs)),
        unpaired=tuple(pair.id for pair in pairs if not pair.is_scored),
        pairs=len(scored),
        chance=chance,
        effect=minimum_detectable_effect(len(scored), len(worse) + len(better)),
        rates=tuple(rates),
    )


def differences(base: Run, head: Run) -> list[str]:
    """Why the two cannot be compared: other cases, samples or composer; for a blessed baseline any digest at all."""
    before, after = asdict(base.meta.digests), asdict(head.meta.digests)
    checked = before.keys() if base.meta.blessed else ("cases", "samples")
    sides = "the blessed baseline" if base.meta.blessed else "base"
    found = [
        f"{name}: {sides} is of {before[name][:12]}, head of {after[name][:12]}."
        for name in checked
        if before[name] != after[name]
    ]
    if base.meta.composer != head.meta.composer:
        found.append(f"composer: {sides} has {base.meta.composer}, head {head.meta.composer}.")
    lone = sorted(base.by_id.keys() ^ head.by_id.keys())
    if lone and not found:
        found.append(f"The cases are not the same: {_named(lone)}.")
    if not head.cases:
        found.append("head has no cases.")
    if found and base.meta.blessed:
        found.append("The baseline is stale. Read the change with gate --base, then bless it anew with a reason.")
    return found


def bless(run: Run, baseline_path: Path, reason: str) -> None:
    """Write the run as a baseline, with the reason; raises YardstickError without one, or for an invalid run."""
    if not reason.strip():
        raise YardstickError("A baseline is blessed for a reason: say in --reason what changed and why that is right.")
    if faults := _unscored(run.meta.label or "the run", run):
        raise YardstickError(f"{faults[0]} Such a run is no baseline: mend it and run it again.")
    write_run(replace(run, meta=replace(run.meta, blessed=reason.strip())), baseline_path)


def _judged(invalid: Sequence[str], severe: Sequence[Change], regressions: Sequence[str]) -> tuple[Code, list[str]]:
    """The first code that holds, and every reason, whichever code wins."""
    told = list(map(str, severe))
    reasons = [*invalid, *told, *regressions]
    # An invalid run comes first: what it left out is no evidence, so its "new" may be old.
    for code, found in ((Code.INVALID, invalid), (Code.SEVERE, told), (Code.REGRESSION, regressions)):
        if found:
            return code, reasons
    return Code.FINE, reasons


# --- Cases ---


def _paired(base: Run, head: Run) -> list[_Pair]:
    check_alone, before = _is_check_alone(base.meta, head.meta), base.by_id
    return [_pair(before[name], cases, check_alone) for name, cases in head.by_id.items()]


def _is_check_alone(base: Meta, head: Meta) -> bool:
    return base.digests != head.digests and base.digests == replace(head.digests, checker=base.digests.checker)


def _pair(base: tuple[CaseResult, ...], head: tuple[CaseResult, ...], check_alone: bool) -> _Pair:
    new = new_failures(base, head)
    found = tuple(one for one in new if check_alone and _is_discovery(head[0], one))
    if found:
        head = tuple(replace(one, failures=tuple(x for x in one.failures if x not in found)) for one in head)
    return _Pair(head[0].id, base, head, tuple(one for one in new if one not in found), found)


def _is_discovery(case: CaseResult, failure: Failure) -> bool:
    """Whether a changed check may rightly find this: not in its own test, and not in the briefing's own words."""
    return case.kind != "wording" and failure.claim not in failure.source


def new_failures(base: Sequence[CaseResult], head: Sequence[CaseResult]) -> tuple[Failure, ...]:
    """The failures of head beyond those that base has of the same kind against the same sentence, over all epochs."""
    before, after = _most(base), _most(head)
    known = {failure.claim for case in base for failure in case.failures}
    new: list[Failure] = []
    for key, count in (after - before).items():
        alike = dict.fromkeys(one for case in head for one in case.failures if _key(one) == key)
        new += sorted(alike, key=lambda one: one.claim in known)[:count]
    return tuple(new)


def _most(cases: Iterable[CaseResult]) -> Counter[tuple[str, str]]:
    """How many failures of each sort the worst epoch has."""
    most: Counter[tuple[str, str]] = Counter()
    for case in cases:
        most |= Counter(_key(failure) for failure in case.failures)
    return most


def _key(failure: Failure) -> tuple[str, str]:
    return failure.kind, " ".join(failure.source.split())


def _severe(failures: Iterable[Failure]) -> tuple[Failure, ...]:
    return tuple(failure for failure in failures if failure.severity == "severe")


def _passed(cases: Iterable[CaseResult]) -> tuple[int, int]:
    """How many of the scored epochs passed, of how many."""
    scored = [case for case in cases if case.state == "scored"]
    return sum(case.passes for case in scored), len(scored)


def _passes(cases: Iterable[CaseResult]) -> bool:
    """Whether most epochs passed: one that failed of three is flaky, not failed."""
    passed, of = _passed(cases)
    return 2 * passed > of


def _flaky(pairs: Iterable[_Pair]) -> list[Flaky]:
    counted = [Flaky(pair.id, _passed(pair.base), _passed(pair.head)) for pair in pairs]
    return [one for one in counted if any(0 < passed < of for passed, of in (one.base, one.head))]


def _unscored(side: str, run: Run) -> list[str]:
    missing = [case for case in run.cases if case.state == "unscored"]
    if len(missing) <= UNSCORED * len(run.cases):
        return []
    share = f"{len(missing)} of {len(run.cases)} unscored, more than {UNSCORED:.0%}"
    return [f"{side} is invalid: {share}: {_named([f'{case.id} ({case.why})' for case in missing])}."]


# --- Tests ---


def _lost(worse: Sequence[_Pair], better: Sequence[_Pair], chance: float) -> list[str]:
    if chance > ALPHA:
        return []
    told = f"{len(worse)} cases fail that passed, {len(better)} pass that failed (McNemar {p_value(chance)})"
    return [f"{told}: {_named([pair.id for pair in worse])}."]


def worst_first(changes: Iterable[Change]) -> tuple[Change, ...]:
    """The cases with a severe failure in front."""
    return tuple(sorted(changes, key=lambda one: GRAVITY.index(one.worst.severity)))


def p_value(chance: float) -> str:
    """A chance as it is printed."""
    return f"p = {chance:.3f}" if chance >= 0.001 else "p < 0.001"


def _slices_lost(worse: Sequence[_Pair], better: Sequence[_Pair]) -> list[str]:
    """The slices that lose by themselves, adjusted for their number."""
    lost, won = (Counter(part for pair in pairs for part in pair.head[0].slices) for pairs in (worse, better))
    chances = holm({name: mcnemar(lost[name], won[name]) for name in lost | won})
    return [
        f"Slice {name}: {lost[name]} cases fail that passed, {won[name]} pass that failed (adjusted {p_value(chance)})."
        for name, chance in chances.items()
        if chance <= ALPHA
    ]


def _rates(base: Run, head: Run) -> list[Compared]:
    """Every share that both runs have, in the order of head."""
    names = dict.fromkeys(name for case in head.cases for name in case.scores)
    compared = []
    for name in names:
        before, after = trials(base, name), trials(head, name)
        if name in MEANS or not before or not after:
            continue
        change, low, _ = difference(before, after)
        worse = name in GUARDED and is_inferior(low, MARGIN)
        compared.append(Compared(name, rate(before), rate(after), change, low, worse))
    return compared


def _rates_lost(rates: Iterable[Compared]) -> list[str]:
    return [
        f"{one.name}: {one.base.share:.3f} -> {one.head.share:.3f}, and a loss of {-one.low:.3f} cannot be ruled out"
        f" (margin {MARGIN:g})."
        for one in rates
        if one.worse
    ]


def trials(run: Run, name: str) -> list[Trial]:
    """What a score counts in each scored case: its hits and trials, or its value as one trial."""
    found = []
    for case in run.cases:
        if case.state == "unscored":
            continue
        hits, of = case.counts.get(name, (case.scores.get(name), 1))
        if hits is not None and of:
            found.append(Trial(case.briefing, hits, of))
    return found


def _named(names: Sequence[str], most: int = 20) -> str:
    """The names, but no more than a reader would read."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
