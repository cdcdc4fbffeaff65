"""The figures of a run or a comparison, as rows that each form of the report sets in its own way."""

from collections import defaultdict

from evals.bench.table import Rate
from evals.gating import MEANS, Code, Compared, Verdict, p_value, trials
from evals.results import Run
from evals.statistics import rate

TITLES = {
    Code.FINE: "no regression",
    Code.CONFIGURATION: "the runs cannot be compared",
    Code.INVALID: "invalid run",
    Code.HARNESS: "the harness fails its own mutations",
    Code.REGRESSION: "regression",
    Code.SEVERE: "severe wording failure",
}


def heading(verdict: Verdict) -> str:
    """The verdict in a line."""
    return f"Evals: {TITLES[verdict.code]} (exit {int(verdict.code)})"


def rates_of(run: Run) -> dict[str, Rate]:
    """Every share of one run with its interval, in the order of the scores."""
    names = dict.fromkeys(name for case in run.cases for name in case.scores if name not in MEANS)
    counted = {name: trials(run, name) for name in names}
    return {name: rate(found) for name, found in counted.items() if found}


def means_of(run: Run) -> dict[str, tuple[float, int]]:
    """The mean and the number of cases of every score that is no share."""
    found: dict[str, list[float]] = defaultdict(list)
    for case in run.cases:
        for name in MEANS:
            value = case.scores.get(name)
            if value is not None and case.state == "scored":
                found[name].append(value)
    return {name: (sum(values) / len(values), len(values)) for name, values in found.items()}


def change(compared: Compared) -> str:
    """The change of a rate in percentage points, with a mark where it is beyond the margin."""
    if not compared.change and not compared.low:
        return "="
    moved, low = (
        f"{100 * one:+.1f}".replace("-0.0", "±0.0").replace("+0.0", "±0.0") for one in (compared.change, compared.low)
    )
    return f"{moved} (≥ {low}){' !' if compared.worse else ''}"


def summary(verdict: Verdict) -> list[str]:
    """The comparison in sentences: what changed, and what would not have been seen."""
    told = [
        f"{verdict.pairs} cases paired: {len(verdict.regressed)} fail that passed, {len(verdict.improved)} pass that"
        f" failed (McNemar {p_value(verdict.chance)}). A loss of less than {100 * verdict.effect:.1f} points would"
        " hardly have been seen.",
    ]
    if verdict.found:
        cases = ", ".join(one.id for one in verdict.found)
        told.append(f"The changed check finds more in answers that are as they were: {cases}.")
    if verdict.flaky:
        told.append(f"Flaky, passed of epochs: {', '.join(map(str, verdict.flaky))}.")
    if verdict.unpaired:
        told.append(f"Unscored on one side or both: {', '.join(verdict.unpaired)}.")
    return told
