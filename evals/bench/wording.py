"""Estimative language: judgements read, claims checked, false alarms, speed.

`python -m evals.bench.wording` prints a table and exits 1 where a bar is missed; `--errors` lists what differs,
`--sample` a hundred judgements of the policy reports to read by eye. Set a was developed on, b was looked at while
developing; the pairs in tests/rag are our own.
"""

import argparse
import json
import random
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evals.bench.corpora import shared
from evals.bench.structure import sentence_text
from evals.bench.table import Row, print_table, wilson
from ingest.briefing import Briefing, Estimate
from ingest.errors import YardstickError
from ingest.estimative import judgements
from ingest.marks import marks_in
from ingest.reading import read_briefing
from ingest.sentences import sentence_spans
from rag.wording import check_claim

OWN_PAIRS = Path("tests/rag/pairs.jsonl")
# "probable" is the other printed word of the band "likely"; set a counts it as that, set b as itself.
SAME_BAND = {"probable": "likely", "highly probable": "highly likely"}


@dataclass(frozen=True, slots=True)
class Check:
    """One comparison with the gold: what was compared, whether it agrees, and a line that says so."""

    what: str
    agrees: bool
    line: str


def reading_checks(folder: str) -> Iterator[Check]:
    """Every judgement and trap of one folder of exercise briefings."""
    for path in sorted(shared(f"briefings/{folder}").glob("*.json")):
        gold = json.loads(path.read_text(encoding="utf-8"))
        briefing = read_briefing(path.with_suffix(".md"))
        left = [(sentence_text(briefing, one.sentence), one.estimate) for one in briefing.judgements]
        for row in gold["judgements"]:
            same = [one for one in left if one[0] == row["sentence"] and one[1].term == row["term"]]
            yield Check("terms: recall", bool(same), f"missed: {row['term']}: {row['sentence']}")
            if same:
                start = briefing.text.find(row["proposition"], briefing.text.find(row["sentence"]))
                best = min(same, key=lambda one: abs(one[1].proposition[0] - start))
                left.remove(best)
                yield from _attribute_checks(briefing, best[1], row)
        yield from (Check("terms: precision", False, f"no gold: {one.term}: {text}") for text, one in left)
        yield from (Check("terms: precision", True, "") for _ in range(len(briefing.judgements) - len(left)))
        for trap in gold["traps"]:
            at = trap["sentence"].find(trap["surface"])
            hit = [
                mark
                for mark in marks_in(trap["sentence"])
                if mark.kind == "term" and mark.start < at + len(trap["surface"]) and at < mark.end
            ]
            yield Check("traps not read as judgements", not hit, f"trap: {trap['surface']}: {trap['sentence']}")


def _attribute_checks(briefing: Briefing, found: Estimate, row: dict[str, Any]) -> Iterator[Check]:
    same = {found.canonical, SAME_BAND.get(found.canonical)}
    told = f"{row['term']}: {row['sentence']}"
    yield Check("canonical", row["canonical"] in same, f"canonical {found.canonical}: {told}")
    yield Check("negated", found.negated == row["negated"], f"negated {found.negated}: {told}")
    yield Check("horizon", found.horizon == row["horizon"], f"horizon {found.horizon}, not {row['horizon']}: {told}")
    voices = (found.voice.lower().removeprefix("the "), row["voice"].lower().removeprefix("the "))
    yield Check("voice", voices[0] == voices[1], f"voice {found.voice}, not {row['voice']}: {told}")
    third = (found.voice == "author") == (row["voice"] == "author")
    yield Check("voice: author or third party", third, f"voice {found.voice}, not {row['voice']}: {told}")
    conditions = [briefing.quote(one.start, one.end) for one in found.conditions]
    wanted = row["condition"]
    overlap = any(wanted in one or one in wanted for one in conditions) if wanted else not conditions
    yield Check("condition", overlap, f"condition {conditions}, not {wanted}: {told}")


def pair_checks(path: Path) -> Iterator[Check]:
    """Every pair of source and claim of a file: caught, flagged without reason, rightly named."""
    for line in path.read_text(encoding="utf-8").splitlines():
        pair = json.loads(line)
        kinds = {finding.kind for finding in check_claim(pair["claim"], pair["source"])}
        told = f"{pair['label']} {sorted(kinds)}: {' || '.join(pair['source'])} -> {pair['claim']}"
        if pair["label"] == "preserved":
            yield Check("faithful claims flagged", bool(kinds), told)
            continue
        yield Check("violations caught", bool(kinds), told)
        yield Check(f"caught: {pair['label']}", bool(kinds), told)
        if kinds:
            yield Check("label right among the caught", pair["label"] in kinds, told)


def unmik_checks() -> Iterator[Check]:
    """The 21 annotated spans of a real briefing: judgements with all that belongs to them, and what is none."""
    briefing = read_briefing(shared("real/unmik-diminished-role.txt"))
    every = judgements(briefing, ("term", "hedge", "modal", "comparative"))
    for line in shared("wording/unmik_annotations.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        at = briefing.text.find(row["quote"])
        found = [
            one.estimate
            for one in every
            if 0 <= at <= one.estimate.start < at + len(row["quote"])
            and one.estimate.term.lower() == row["term"].lower()
        ]
        yield Check("UNMIK spans", _as_annotated(row, at, found, briefing), f"{row['id']}: {row['quote']}: {found}")


def _as_annotated(row: dict[str, Any], at: int, found: Sequence[Estimate], briefing: Briefing) -> bool:
    kinds = {one.kind for one in found}
    if row["kind"] != "yardstick":
        wanted = {"hedge": {"hedge"}, "modal": {"hedge", "modal"}, "bare_will": {"modal"}, "counterfactual": {"modal"}}
        inside = [one for one in briefing.judgements if at >= 0 and at <= one.estimate.start < at + len(row["quote"])]
        return not inside and (row["kind"] not in wanted or bool(kinds & wanted[row["kind"]]))
    if not found:
        return False
    one = found[0]
    horizon = (row["horizon"] or "none").partition("-")[0]
    conditions = " ".join(briefing.quote(c.start, c.end) for c in one.conditions)
    parts = [part.strip() for part in (row["condition"] or "").split(" OR ")]
    return (
        one.band == row["band"]
        and one.horizon == horizon
        and bool(conditions) == bool(row["condition"])
        and all(part in conditions for part in parts)
        and one.voice == row["attribution"]
    )


def summary_edits() -> Iterator[Check]:
    """Edited summaries that people judged consistent and whose words of likelihood are those of the original."""
    for path in sorted(shared("faithfulness/summedits").glob("*.json")):
        for row in json.loads(path.read_text(encoding="utf-8")):
            if str(row["label"]) != "1" or _likelihood(row["summary"]) != _likelihood(row["original_summary"]):
                continue
            source = [row["original_summary"][start:end] for start, end in sentence_spans(row["original_summary"])]
            kinds = {finding.kind for finding in check_claim(row["summary"], source)}
            yield Check("SummEdits flagged", bool(kinds), f"{sorted(kinds)}: {' '.join(source)} -> {row['summary']}")


def _likelihood(text: str) -> list[str]:
    return sorted(mark.canonical for mark in marks_in(text) if mark.kind != "modal")


def reports() -> list[Briefing]:
    """The policy reports, which judge hardly anything."""
    return [read_briefing(path) for path in sorted(shared("real/crs").rglob("*.md")) if path.name != "README.md"]


def speed_rows() -> Iterator[Row]:
    """Reading and checking on one core, best of five, and what importing both modules costs."""
    briefings = [read_briefing(path) for path in sorted(shared("briefings/a").glob("*.md"))]
    dense = sum(len(one.text) for one in briefings) / 1e6 / _best(lambda: [judgements(one) for one in briefings])
    prose = reports()
    plain = sum(len(one.text) for one in prose) / 1e6 / _best(lambda: [judgements(one) for one in prose])
    pairs = [json.loads(line) for line in shared("briefings/a/pairs.jsonl").read_text(encoding="utf-8").splitlines()]
    rate = len(pairs) / _best(lambda: [check_claim(one["claim"], one["source"]) for one in pairs])
    yield Row("reading the exercise briefings, five judgements a kilobyte, MB/s", f"{dense:.2f}", 1.0, dense)
    yield Row("reading policy reports, MB/s", f"{plain:.2f}", 1.0, plain)
    yield Row("claims checked a second", f"{rate:.0f}", 500, rate)
    code = (
        "import sys,time;s=time.perf_counter();import ingest.estimative,rag.wording;t=time.perf_counter()-s;"
        "assert 'torch' not in sys.modules;print(t)"
    )
    runs = [subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True) for _ in range(5)]
    seconds = min(float(run.stdout) for run in runs)
    yield Row("import of both modules, s, without torch", f"{seconds:.3f}", -0.15, -seconds)


def _best(run: Any) -> float:
    times = []
    for _ in range(5):
        started = time.process_time()
        run()
        times.append(time.process_time() - started)
    return min(times)


# Where the bar is negative, less is better.
BARS = {
    "terms: recall": 0.98,
    "terms: precision": 0.97,
    "canonical": 0.99,
    "negated": 0.98,
    "horizon": 0.98,
    "voice": 0.93,
    "condition": 0.90,
    "traps not read as judgements": 0.97,
    "violations caught": 0.97,
    "faithful claims flagged": -0.02,
    "label right among the caught": 0.88,
    "UNMIK spans": 1.0,
    "SummEdits flagged": -0.01,
}


def rows_of(name: str, checks: Sequence[Check]) -> Iterator[Row]:
    """A row for each thing compared, in order of appearance."""
    for what in dict.fromkeys(one.what for one in checks):
        trials = [one.agrees for one in checks if one.what == what]
        rate = wilson(trials)
        bar = BARS.get(what, 0.90 if what.startswith("caught: ") else None)
        yield Row(f"{name}: {what}", rate, bar, -rate.share if bar is not None and bar < 0 else rate.share)


def main() -> int:
    """Print the table; 1 if a bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--errors", action="store_true", help="list what differs")
    parser.add_argument("--sample", action="store_true", help="a random hundred judgements of the policy reports")
    parser.add_argument("--pairs", type=Path, action="append", default=[], help="another file of pairs")
    options = parser.parse_args()
    if options.sample:
        return _sample()
    groups = {
        "a": [*reading_checks("a"), *pair_checks(shared("briefings/a/pairs.jsonl"))],
        "b": [*reading_checks("b"), *pair_checks(shared("briefings/b/pairs.jsonl"))],
        "own": list(pair_checks(OWN_PAIRS)),
        **{path.stem: list(pair_checks(path)) for path in options.pairs},
        "real": [*unmik_checks(), *summary_edits()],
    }
    wrong = ("faithful claims flagged", "SummEdits flagged")
    if options.errors:
        faults = [one for checks in groups.values() for one in checks if one.agrees == (one.what in wrong)]
        print("\n".join(f"{one.what}: {one.line}" for one in faults))
    rows = [row for name, checks in groups.items() for row in rows_of(name, checks)]
    return print_table([*rows, *speed_rows()])


def _sample() -> int:
    found = [
        f"{one.estimate.term} | {one.estimate.voice} | {sentence_text(briefing, one.sentence)}"
        for briefing in reports()
        for one in briefing.judgements
    ]
    chosen = random.Random(7).sample(found, min(100, len(found)))
    print("\n".join([f"{len(found)} judgements in all", *chosen]))
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except YardstickError as exc:
        sys.exit(f"yardstick: {exc}")
