"""The structure of the exercise briefings, and of one real one, against their gold.

`python -m evals.bench.structure` prints a table and exits 1 where a bar is missed; `--errors` lists what differs.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from evals.bench.corpora import shared
from evals.bench.table import Row, print_table, wilson
from ingest.briefing import Briefing, Horizon
from ingest.errors import YardstickError
from ingest.reading import read_briefing
from ingest.structure import scale_id


@dataclass(frozen=True, slots=True)
class Check:
    """One comparison with the gold: what was compared, whether it agrees, and a line that says so."""

    what: str
    agrees: bool
    line: str


def exercise_checks(folder: str) -> Iterator[Check]:
    """Every briefing of one folder of exercise briefings against its gold file."""
    for path in sorted(shared(f"briefings/{folder}").glob("*.json")):
        gold = json.loads(path.read_text(encoding="utf-8"))
        briefing = read_briefing(path.with_suffix(".md"))
        for what, found, wanted in (
            ("title", briefing.title, gold["title"]),
            ("authors", list(briefing.authors), gold["authors"]),
            ("date", str(briefing.published), gold["date"]),
            ("scale", scale_id(briefing.yardstick), gold["scale"]),
        ):
            yield Check(what, found == wanted, f"{path.stem}: {what} {found!r}, not {wanted!r}")
        yield Check("spans in order", faithful(briefing), path.stem)
        yield from _sentence_checks(briefing, gold, path.stem)
        yield from _horizon_checks(briefing, gold, path.stem)


def _sentence_checks(briefing: Briefing, gold: dict[str, Any], name: str) -> Iterator[Check]:
    sentences = {briefing.quote(sentence.start, sentence.end) for sentence in briefing.sentences}
    wanted = {row["sentence"] for row in gold["judgements"]} | {row["sentence"] for row in gold["traps"]}
    wanted |= {answer for question in gold["questions"] for answer in question["answer"]}
    for text in sorted(wanted):
        yield Check("sentence", text in sentences, f"{name}: no sentence is {text!r}")


def _horizon_checks(briefing: Briefing, gold: dict[str, Any], name: str) -> Iterator[Check]:
    for judgement in gold["judgements"]:
        text, wanted = judgement["sentence"], judgement["horizon"]
        found = horizon_of(briefing, text, judgement["term"], judgement["proposition"])
        line = f"{name}: {found}, not {wanted}: {text} [{judgement['proposition']}]"
        yield Check("horizon" if wanted != "none" else "no horizon", found == wanted, line)
        if wanted != "none":
            sentence = next((s for s in briefing.sentences if briefing.quote(s.start, s.end) == text), None)
            yield Check("sentence horizon", sentence is not None and sentence.horizon == wanted, line)


def horizon_of(briefing: Briefing, text: str, term: str, proposition: str) -> Horizon:
    """The horizon of one judgement as read; "none" where it was not found."""
    found = [
        one.estimate
        for one in briefing.judgements
        if one.estimate.term == term and sentence_text(briefing, one.sentence) == text
    ]
    start = briefing.text.find(proposition, briefing.text.find(text))
    return min(found, key=lambda one: abs(one.proposition[0] - start)).horizon if found else "none"


def sentence_text(briefing: Briefing, place: int) -> str:
    """The text of one sentence of a briefing."""
    sentence = briefing.sentences[place]
    return briefing.quote(sentence.start, sentence.end)


def unmik_checks() -> Iterator[Check]:
    """The model case, a briefing as scraped from its web site."""
    briefing = read_briefing(shared("real/unmik-diminished-role.txt"))
    yield Check("title", briefing.title.endswith("Just a Political Tool?"), briefing.title)
    yield Check("author", briefing.authors == ("Mejreme Asllani",), str(briefing.authors))
    yield Check("date", str(briefing.published) == "2025-11-10", str(briefing.published))
    summary = [
        block
        for block in briefing.blocks
        if block.kind == "bullet" and briefing.sections[block.section].path == ("Summary",)
    ]
    yield Check("summary bullets", len(summary) == 3, str(len(summary)))
    horizons = [s.horizon for s in briefing.sentences if briefing.sections[s.section].path[:1] == ("Forecast",)]
    yield Check("forecast horizons", horizons == ["short"] * 2 + ["medium"] * 3 + ["long"] * 2, str(horizons))
    residue = [word for word in ("Previous", "Next", "Cameroonian", "US-Venezuela") if word in briefing.text]
    yield Check("no residue", not residue, str(residue))


def faithful(briefing: Briefing) -> bool:
    """Whether sentences are in order, apart from each other and inside their blocks."""
    ends = [0, *(sentence.end for sentence in briefing.sentences)]
    return all(
        end <= sentence.start < sentence.end <= briefing.blocks[sentence.block].end
        and sentence.start >= briefing.blocks[sentence.block].start
        for end, sentence in zip(ends, briefing.sentences, strict=False)
    )


def _rows(name: str, checks: list[Check], bars: dict[str, float | None]) -> list[Row]:
    return [
        Row(f"{name}: {what}", wilson([check.agrees for check in checks if check.what == what]), bar)
        for what, bar in bars.items()
    ]


def main(arguments: list[str] | None = None) -> int:
    """Print the table; 1 where a bar is missed, 2 where the data are absent."""
    parser = argparse.ArgumentParser(prog="python -m evals.bench.structure", description=__doc__)
    parser.add_argument("--errors", action="store_true", help="list every difference")
    options = parser.parse_args(arguments)
    try:
        groups = [(folder, list(exercise_checks(folder))) for folder in ("a", "b")]
        unmik = list(unmik_checks())
    except YardstickError as error:
        print(error, file=sys.stderr)
        return 2
    bars = {
        "title": 1.0,
        "authors": 1.0,
        "date": 1.0,
        "scale": 1.0,
        "spans in order": 1.0,
        "sentence": 1.0,
        "horizon": 0.98,
        "sentence horizon": None,
        "no horizon": None,
    }
    rows = [row for folder, checks in groups for row in _rows(f"exercise {folder}", checks, bars)]
    rows += _rows("UNMIK", unmik, dict.fromkeys((check.what for check in unmik), 1.0))
    if options.errors:
        print(
            "\n".join(check.line for _, checks in [*groups, ("UNMIK", unmik)] for check in checks if not check.agrees)
        )
    return print_table(rows)


if __name__ == "__main__":
    sys.exit(main())
