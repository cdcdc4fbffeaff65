"""The file of a run: what is written is read again, and what is no run is refused with its place."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from evals.results import CaseResult, Digests, Failure, Meta, Run, from_json, read_run, to_json, write_run
from ingest.errors import YardstickError
from rag.answer import Citation, Claim, Finding
from rag.output import claim_object

CITATION = Citation(
    "b1", "Harbour bond", date(2026, 5, 4), "Outlook", "short", 2, 10, 41, "Velm will probably miss a coupon."
)
FINDING = Finding("upgraded", "raised from likely", "severe", 5, 11, source=0, shift=1)
CLAIM = Claim("Velm will certainly miss a coupon.", (CITATION,), (FINDING,), "model")
CASE = CaseResult(
    id="q-1",
    kind="question",
    slices=("fact", "typo"),
    briefing="harbour.md",
    claims=(CLAIM,),
    scores={"term_exact": 1.0, "mrr": None},
    counts={"term_exact": (1, 1)},
    failures=(Failure("upgraded", "severe", "raised from likely", CLAIM.text, CITATION.quote),),
)
RUN = Run(Meta("quote", Digests("a", "b", "c", "d", "e"), "2026-05-04T10:00:00", 1.5), (CASE,))


def test_a_run_written_is_read_again(tmp_path: Path) -> None:
    write_run(RUN, tmp_path / "folder" / "run.json")
    assert read_run(tmp_path / "folder" / "run.json") == RUN


def test_claims_are_stored_as_answers_are_printed() -> None:
    assert json.loads(to_json(RUN))["cases"][0]["claims"] == [claim_object(CLAIM)]


@pytest.mark.parametrize(
    ("place", "value", "said"),
    [
        ((), {"extra": 1}, "extra"),
        ((), {"version": 2}, "version"),
        (("meta",), {"digests": {"prompts": "ab"}}, "meta.digests.cases"),
        (("cases", 0), {"state": "unscored"}, "q-1: an unscored case"),
        (("cases", 0), {"why": "timed out"}, "q-1: an unscored case"),
        (("cases", 0), {"counts": {"term_exact": [2, 1]}}, "term_exact has 2 of 1"),
        (("cases", 0), {"scores": {"term_exact": "high"}}, "cases.0.scores.term_exact"),
        (("cases", 0), {"epoch": "0"}, "cases.0.epoch"),
    ],
)
def test_what_is_no_run_is_refused_with_its_place(
    place: tuple[str | int, ...], value: dict[str, Any], said: str
) -> None:
    raw = json.loads(to_json(RUN))
    spot = raw
    for step in place:
        spot = spot[step]
    spot.update(value)
    with pytest.raises(YardstickError, match=said):
        from_json(json.dumps(raw))


def test_one_case_and_epoch_is_there_once() -> None:
    with pytest.raises(YardstickError, match="epoch 0 is there twice"):
        from_json(to_json(replace(RUN, cases=(CASE, CASE))))
    assert from_json(to_json(replace(RUN, cases=(CASE, replace(CASE, epoch=1))))).by_id.keys() == {"q-1"}


def test_a_missing_file_says_how_to_write_it(tmp_path: Path) -> None:
    with pytest.raises(YardstickError, match="python -m evals run --out"):
        read_run(tmp_path / "none.json")
