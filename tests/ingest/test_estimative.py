"""Reading judgements: the table of traps, what every reading must satisfy, a real briefing, the command line."""

import json
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.briefing import Estimate, SourceFile
from ingest.estimative import estimates
from ingest.reading import read_briefing
from ingest.source import read_source

TRAPS = [json.loads(line) for line in Path(__file__).with_name("traps.jsonl").read_text(encoding="utf-8").splitlines()]
# Times that are not read yet: weekdays, centuries, and a month that lies behind though "makes" is no past.
UNREAD_TIMES = (
    "Severe thunderstorms",
    "By Friday evening",
    "It is exceptionally unlikely",
    "The not inconsiderable",
    "In our January",
)
UNREAD_VOICES = ("The intrusion set called", "A counter-attack across")
UNREAD_SUBJECTS = ("Two realistic possibilities",)
TERMS = sorted({term["term"] for trap in TRAPS for term in trap["terms"] if "\n" not in term["term"]})


def terms_of(text: str, published: date | None = None) -> list[Estimate]:
    return [one for one in estimates(text, published) if one.kind == "term"]


@pytest.mark.parametrize("trap", TRAPS, ids=[f"{t['trap']}-{t['case']}-{n}" for n, t in enumerate(TRAPS)])
def test_traps(trap: dict[str, Any]) -> None:
    text = trap["text"]
    found = terms_of(text, date.fromisoformat(trap["published"]))
    wanted = sorted((term["term"], term["canonical"], term["negated"]) for term in trap["terms"])
    assert sorted((one.term, one.canonical, one.negated) for one in found) == wanted
    for term in trap["terms"]:
        one = next(one for one in found if one.term == term["term"])
        found.remove(one)
        conditions = [text[c.start : c.end] for c in one.conditions]
        wanted_condition = term["condition"]
        assert (
            any(wanted_condition in c or c in wanted_condition for c in conditions)
            if wanted_condition
            else not conditions
        )
        if not text.startswith(UNREAD_TIMES):
            assert one.horizon == term["horizon"]
        if not text.startswith(UNREAD_VOICES):
            assert one.voice.lower().removeprefix("the ") == term["voice"].lower().removeprefix("the ")
        if not text.startswith(UNREAD_SUBJECTS):
            governed = text[slice(*one.proposition)] + (text[slice(*one.subject)] if one.subject else "")
            assert term["about"] in governed


@pytest.mark.parametrize("trap", [t for t in TRAPS if t["others"]], ids=lambda t: t["text"][:40])
def test_what_is_no_term_is_read_as_what_it_is(trap: dict[str, Any]) -> None:
    text = trap["text"]
    found = [one for one in estimates(text) if one.kind != "term"]
    for other in trap["others"]:
        places = [at for at in range(len(text)) if text.startswith(other["text"], at)]
        assert any(
            one.kind == other["kind"] and one.start < at + len(other["text"]) and at < one.end
            for one in found
            for at in places
        ), other


def test_every_trap_has_a_hit_a_near_miss_and_a_clean_case() -> None:
    cases = {(trap["trap"], trap["case"]) for trap in TRAPS}
    assert cases == {(f"T{number}", case) for number in range(1, 45) for case in ("hit", "near", "clean")}


@pytest.mark.parametrize(
    ("text", "kind", "term"),
    [
        ("A strike is as likely as not.", "term", "as likely as not"),
        ("The port reopens as soon as possible.", "mention", "as soon as possible"),
        ("A strike is as good as certain.", "hedge", "as good as certain"),
        ("The envoy regards a strike as likely.", "term", "likely"),
    ],
)
def test_as_belongs_to_a_phrase_or_to_none(text: str, kind: str, term: str) -> None:
    assert [(one.kind, one.term) for one in estimates(text)] == [(kind, term)]


@pytest.mark.parametrize(
    ("text", "tense"),
    [
        ("The port will probably close.", "future"),
        ("Saboteurs probably cut the cable.", "present"),
        ("It is likely that saboteurs had cut the cable.", "past"),
        ("The crew is likely to have left the ship.", "past"),
    ],
)
def test_tense(text: str, tense: str) -> None:
    assert terms_of(text)[0].tense == tense


def test_an_earlier_judgement_is_told_from_the_current_one() -> None:
    text = "In June we judged a strike unlikely; we now judge it likely."
    assert [one.superseded for one in terms_of(text)] == [True, False]


def test_a_list_head_gives_its_term_to_every_item(tmp_path: Path) -> None:
    path = tmp_path / "note.md"
    path.write_text(
        "# Note\n\nIt is unlikely that:\n\n- the port of Osk reopens in May;\n- the pilots return to work.\n"
    )
    briefing = read_briefing(path)
    governed = [briefing.quote(*one.estimate.proposition) for one in briefing.judgements]
    assert [text for text in governed if "port" in text and "pilots" not in text]
    assert [text for text in governed if "pilots" in text and "port" not in text]


WAYS = {
    "capitals": str.upper,
    "hyphen": lambda term: term.replace(" ", "-"),
    "no-break space": lambda term: term.replace(" ", "\u00a0"),
    "two spaces": lambda term: term.replace(" ", "  "),
    "line end": lambda term: term.replace(" ", "\n"),
    "soft hyphen": lambda term: term[:3] + "\u00ad" + term[3:],
    "hyphenated at the line end": lambda term: term[:3] + "-\n" + term[3:],
}


@given(
    trap=st.sampled_from([t for t in TRAPS if len(t["terms"]) == 1 and "\n" not in t["text"]]),
    way=st.sampled_from(sorted(WAYS)),
)
@settings(deadline=None, max_examples=300)
def test_case_space_and_hyphenation_never_change_a_reading(trap: dict[str, Any], way: str) -> None:
    text, term = trap["text"], trap["terms"][0]["term"]
    changed = text.replace(term, WAYS[way](term), 1)
    one, other = terms_of(text), terms_of(changed)
    assert [(a.canonical, a.band, a.negated, a.voice, a.horizon) for a in one] == [
        (a.canonical, a.band, a.negated, a.voice, a.horizon) for a in other
    ]


@given(
    st.lists(
        st.one_of(
            st.sampled_from(
                [
                    *TERMS,
                    "unless",
                    "if",
                    "without",
                    ",",
                    ";",
                    "that",
                    "said",
                    "“",
                    "”",
                    '"',
                    "not",
                    "(",
                    ")",
                    "\n",
                    "—",
                    "7 per cent",
                ]
            ),
            st.text(max_size=12),
        ),
        max_size=40,
    )
)
@settings(deadline=None, max_examples=400)
def test_every_span_lies_in_the_text_and_holds_its_words(parts: list[str]) -> None:
    text = " ".join(parts)
    for one in estimates(text):
        assert text[one.start : one.end] == one.term
        assert 0 <= one.proposition[0] <= one.proposition[1] <= len(text)
        assert all(0 <= c.start < c.end <= len(text) for c in one.conditions)


def test_the_annotated_spans_of_a_real_briefing(shared: Path) -> None:
    from evals.bench.wording import unmik_checks

    checks = list(unmik_checks())
    assert len(checks) == 21
    assert [check.line for check in checks if not check.agrees] == []


def test_the_gold_judgements_of_the_exercise_briefings(shared: Path) -> None:
    from evals.bench.wording import reading_checks

    checks = list(reading_checks("a"))
    for what, least in (("terms: recall", 0.98), ("terms: precision", 0.97), ("voice", 0.93), ("condition", 0.9)):
        trials = [check.agrees for check in checks if check.what == what]
        assert sum(trials) / len(trials) >= least, what


def run(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "ingest", "judgements", *arguments]
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd, check=False)


def test_judgements_of_a_file_as_json(repository: Path, tmp_path: Path) -> None:
    path = tmp_path / "brief.md"
    path.write_text("# Osk\n\nBy A B | 2 March 2026\n\nUnless the dockers return, a closure of Osk is highly likely.\n")
    done = run(str(path), "--json", cwd=repository)
    assert done.returncode == 0, done.stderr
    (row,) = json.loads(done.stdout)
    assert row["sentence"].endswith("highly likely.")
    assert (row["term"], row["canonical"], row["band"], row["negated"]) == (
        "highly likely",
        "highly likely",
        "highly_likely",
        False,
    )
    assert (row["condition"], row["horizon"], row["voice"]) == ("Unless the dockers return", "none", "author")
    text = read_briefing(path).text
    assert text[row["start"] : row["end"]] == "highly likely"


def test_a_file_that_is_not_there_is_said_in_a_sentence(repository: Path) -> None:
    done = run("nowhere.md", cwd=repository)
    assert done.returncode == 2
    assert "nowhere.md" in done.stderr
    assert "Traceback" not in done.stderr


def test_source_files_are_read_as_before(repository: Path) -> None:
    source = read_source(next((repository / "samples").glob("*.md")))
    assert isinstance(source, SourceFile)
