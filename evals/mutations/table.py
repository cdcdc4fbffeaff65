"""The report of the harness for a terminal."""

from collections.abc import Iterator, Sequence

from evals.bench.table import wilson
from evals.mutations.mutate import ALARMS, EACH, OPERATORS, RECALL, RIGHT, Checked, Report
from evals.mutations.seeds import Ground


def lines(report: Report) -> Iterator[str]:
    """Recall and right finding by operator, false alarms by family, and what each rule does."""
    yield "| operator | what it does | caught | right finding | met |\n|---|---|---|---|---|"
    for operator in OPERATORS:
        found = report.of(operator.name)
        caught = wilson([one.caught for one in found])
        right = wilson([one.right for one in found if one.caught])
        yield f"| {operator.name} | {operator.told} | {caught} | {right.share:.3f} | {_met(caught.share >= EACH)} |"
    recall, right, alarms = report.recall, report.right, report.false_alarms
    met = _met(recall.share >= RECALL and right.share >= RIGHT)
    yield f"| all | bar {RECALL} and {RIGHT} | {recall} | {right} | {met} |"
    yield f"| clean | flagged, at most {ALARMS} | {alarms} | | {_met(alarms.share <= ALARMS)} |"
    for family, count in report.families.items():
        flagged = sum(one.clean.family == family for one in report.alarms)
        yield f"| clean | {family} | {flagged} of {count} | | |"
    if report.effects:
        yield from _rules(report)


def _rules(report: Report) -> Iterator[str]:
    working = [one for one in report.effects if one.lives]
    yield f"\nRules without which a mutant lives: {len(working)} of {len(report.effects)}."
    for one in working:
        yield f"  {one.rule}: {', '.join(one.lives)}"
    naming = [one.rule for one in report.effects if one.misnamed and not one.lives]
    yield f"Rules that only name what another finds: {', '.join(naming) or 'none'}."
    sparing = [one.rule for one in report.effects if one.alarms and not one.lives and not one.misnamed]
    yield f"Rules that only keep clean claims from being flagged: {', '.join(sparing) or 'none'}."
    dead = [one.rule for one in report.effects if one.is_dead]
    yield f"Dead rules, which have a say and without which nothing here changes: {', '.join(dead) or 'none'}."
    idle = [one.rule for one in report.effects if not one.reached]
    yield f"Rules that no claim here calls on: {', '.join(idle) or 'none'}."


def told(report: Report, ground: Ground, most: int) -> Iterator[str]:
    """The failures themselves: so many survivors and misnamed of each operator, and so many false alarms a family."""
    yield from _ways(report)
    for operator in OPERATORS:
        found = report.of(operator.name)
        for way in dict.fromkeys(one.mutant.way for one in found):
            here = [one for one in found if one.mutant.way == way]
            title = f"{operator.name} {operator.told}{f' ({way})' if way else ''}"
            yield from _failed(f"{title}: survived", [one for one in here if not one.caught], len(here), ground, most)
            wrong = [one for one in here if one.caught and not one.right]
            yield from _failed(f"{title}: misnamed", wrong, len(here), ground, most)
    for family in report.families:
        alarms = [one for one in report.alarms if one.clean.family == family]
        if alarms:
            yield f"\n## Clean, {family}: {len(alarms)} of {report.families[family]} flagged"
        for alarm in alarms[:most]:
            yield f"- found: {', '.join(sorted(alarm.kinds))}"
            yield f"  source: {' || '.join(map(ground.text, alarm.clean.cited))}\n  claim:  {alarm.clean.claim}"


def _failed(title: str, failed: Sequence[Checked], of: int, ground: Ground, most: int) -> Iterator[str]:
    if failed:
        yield f"\n## {title} {len(failed)} of {of}"
    for one in failed[:most]:
        due = ", ".join(sorted(one.mutant.right))
        yield f"- found: {', '.join(sorted(one.kinds)) or 'nothing'}; due: {due}"
        yield f"  source: {' || '.join(map(ground.text, one.mutant.cited))}\n  claim:  {one.mutant.claim}"


def _ways(report: Report) -> Iterator[str]:
    """Recall of each way of an operator that has several."""
    yield "\n| operator | way | caught |\n|---|---|---|"
    for name, way in sorted({(one.mutant.operator, one.mutant.way) for one in report.checked if one.mutant.way}):
        yield f"| {name} | {way} | {wilson([one.caught for one in report.of(name) if one.mutant.way == way])} |"


def _met(passes: bool) -> str:
    return "yes" if passes else "NO"
