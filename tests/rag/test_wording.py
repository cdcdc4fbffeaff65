"""The wording check: what it finds, what it lets pass, and what every check must satisfy."""

import json
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ingest.estimative import estimates
from ingest.lexicon import level_of
from ingest.yardsticks import yardsticks
from rag.wording import check_claim

PAIRS = [json.loads(line) for line in Path(__file__).with_name("pairs.jsonl").read_text(encoding="utf-8").splitlines()]
SOURCES = sorted({sentence for pair in PAIRS for sentence in pair["source"] if len(sentence.split()) > 5})
JUDGED = [text for text in SOURCES if any(one.kind == "term" for one in estimates(text))]

PORT = "The harbour board is highly likely to close the port of Osk by March unless the dockers return to work."
TWO = "Selkland is likely to sign the treaty, but Karvonia is highly unlikely to ratify it."
SAID = 'The mayor, Ines Varr, called a strike "unlikely".'


@pytest.mark.parametrize(
    ("claim", "source", "kinds"),
    [
        (PORT, PORT, set()),
        ("Unless the dockers return to work, closure of the port of Osk by March is highly likely.", PORT, set()),
        (
            "The board is likely to close the port of Osk by March unless the dockers return to work.",
            PORT,
            {"downgraded"},
        ),
        ("The board is almost certain to close the port of Osk unless the dockers return.", PORT, {"upgraded"}),
        ("The board is very likely to close the port of Osk unless the dockers return.", PORT, {"reworded"}),
        ("The board will close the port of Osk unless the dockers return.", PORT, {"dropped"}),
        ("The board may close the port of Osk unless the dockers return.", PORT, {"vague"}),
        (
            "There is an 85 per cent chance that the board will close the port of Osk unless the dockers return.",
            PORT,
            {"numeric"},
        ),
        ("The board is highly unlikely to close the port of Osk unless the dockers return.", PORT, {"flipped"}),
        ("The board is highly likely to close the port of Osk.", PORT, {"condition_lost"}),
        (
            "The board is highly likely to close the port of Osk by 2031 unless the dockers return.",
            PORT,
            {"horizon_changed"},
        ),
        (
            "With high confidence, the board will close the port of Osk unless the dockers return.",
            PORT,
            {"confidence_conflated"},
        ),
        ("Karvonia is likely to sign the treaty, but Selkland is highly unlikely to ratify it.", TWO, {"moved"}),
        ("Selkland is highly unlikely to sign the treaty, but Karvonia is likely to ratify it.", TWO, {"moved"}),
        ("Karvonia is highly unlikely to ratify the treaty, while Selkland is likely to sign it.", TWO, set()),
        ("Ratification of the treaty by Karvonia is highly unlikely.", TWO, set()),
        ("The briefing judges a strike unlikely.", SAID, {"attribution_lost"}),
        ('Ines Varr called a strike "unlikely".', SAID, set()),
        ("A strike in Osk was probably called off.", "A strike in Osk was called off.", {"invented"}),
        ("It may be likely that Selkland will sign the treaty.", TWO, {"double_hedge"}),
    ],
)
def test_what_is_found(claim: str, source: str, kinds: set[str]) -> None:
    assert {finding.kind for finding in check_claim(claim, [source])} == kinds


def test_a_finding_says_what_and_where() -> None:
    claim = "The board is likely to close the port of Osk by March unless the dockers return to work."
    (finding,) = check_claim(claim, [PORT], yardsticks()["phia"])
    assert finding.message == "The briefing says 'highly likely'; the claim says 'likely', which is weaker."
    assert claim[finding.start : finding.end] == "likely"
    assert finding.source == 0
    assert PORT[finding.source_start : finding.source_end] == "highly likely"
    assert (finding.severity, finding.shift) == ("severe", -1)


def test_a_heading_among_the_sources_gives_its_horizon() -> None:
    source = ["Medium-term (3-12 months)", "Selkland is likely to sign the treaty."]
    assert not check_claim("Over the next three to twelve months Selkland is likely to sign the treaty.", source)
    assert check_claim("In the long term Selkland is likely to sign the treaty.", source)


def test_without_sources_every_term_is_invented() -> None:
    assert [finding.kind for finding in check_claim("A strike is likely.", [])] == ["invented"]


@given(st.sampled_from(SOURCES))
@settings(deadline=None, max_examples=400)
def test_a_sentence_says_the_same_as_itself(text: str) -> None:
    assert check_claim(text, [text]) == ()


@given(first=st.sampled_from(SOURCES), second=st.sampled_from(SOURCES))
@settings(deadline=None, max_examples=150)
def test_two_sentences_together_say_the_same_as_themselves(first: str, second: str) -> None:
    assume(first != second)
    assert check_claim(first, [first, second]) == ()


@given(
    text=st.sampled_from(JUDGED),
    other=st.sampled_from(["almost certain", "highly likely", "likely", "unlikely", "highly unlikely"]),
)
@settings(deadline=None, max_examples=300)
def test_a_term_of_another_band_is_always_found(text: str, other: str) -> None:
    one = (
        next(
            one
            for one in estimates(text)
            if one.kind == "term"
            and one.term.lower() in ("likely", "unlikely", "highly likely", "highly unlikely", "very likely")
        )
        if any(
            e.kind == "term"
            and e.term.lower() in ("likely", "unlikely", "highly likely", "highly unlikely", "very likely")
            for e in estimates(text)
        )
        else None
    )
    assume(one is not None)
    assert one is not None
    (new,) = [e for e in estimates(f"A strike is {other}.") if e.kind == "term"]
    assume(level_of(new.band) != level_of(one.band))
    changed = text[: one.start] + other + text[one.end :]
    assert check_claim(changed, [text])


@given(pair=st.sampled_from(PAIRS), way=st.sampled_from(["capitals", "spaces", "hyphen", "line end"]))
@settings(deadline=None, max_examples=200)
def test_case_space_and_hyphenation_of_a_term_never_change_a_result(pair: dict[str, Any], way: str) -> None:
    claim = pair["claim"]
    terms = [one for one in estimates(claim) if one.kind == "term"]
    assume(len(terms) == 1)
    term = terms[0].term
    spelt = {
        "capitals": term.upper(),
        "spaces": re.sub(" ", "  ", term),
        "hyphen": term.replace(" ", "-"),
        "line end": term.replace(" ", "\n"),
    }
    changed = claim[: terms[0].start] + spelt[way] + claim[terms[0].end :]
    kinds = [Counter(finding.kind for finding in check_claim(text, pair["source"])) for text in (claim, changed)]
    assert kinds[0] == kinds[1]


@given(claim=st.text(max_size=200), source=st.lists(st.text(max_size=200), max_size=3))
@settings(deadline=None, max_examples=200)
def test_any_text_can_be_checked_and_every_span_lies_in_it(claim: str, source: list[str]) -> None:
    for finding in check_claim(claim, source):
        assert 0 <= finding.start <= finding.end <= len(claim)


def test_our_own_pairs() -> None:
    flagged = Counter[bool]()
    caught = Counter[bool]()
    for pair in PAIRS:
        found = bool(check_claim(pair["claim"], pair["source"]))
        (flagged if pair["label"] == "preserved" else caught)[found] += 1
    assert flagged[True] / flagged.total() <= 0.04
    assert caught[True] / caught.total() >= 0.92


def test_summaries_that_people_found_consistent_raise_no_alarm(shared: Path) -> None:
    from evals.bench.wording import summary_edits

    checks = [check.agrees for check in summary_edits()]
    assert len(checks) > 700
    assert sum(checks) / len(checks) <= 0.01


def test_the_check_needs_no_torch() -> None:
    code = "import sys, ingest.estimative, rag.wording; assert not {'torch', 'chromadb', 'numpy'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


def check(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "rag", "check", *arguments]
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd, check=False)


def test_a_file_of_pairs(repository: Path, tmp_path: Path) -> None:
    path = tmp_path / "pairs.jsonl"
    rows = [
        {"source": [TWO], "claim": "Selkland will sign the treaty.", "scale": "phia"},
        {"source": [TWO], "claim": TWO},
    ]
    path.write_text("\n".join(map(json.dumps, rows)) + "\n")
    done = check("--pairs", str(path), cwd=repository)
    assert done.returncode == 0, done.stderr
    found = [json.loads(line)["findings"] for line in done.stdout.splitlines()]
    assert [[finding["kind"] for finding in findings] for findings in found] == [["dropped"], []]
    assert {"kind", "severity", "message"} <= set(found[0][0])


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("{", "line 1"),
        ('{"source": "no list", "claim": "x"}', "source"),
        ('{"source": []}', "claim"),
        ('{"source": [], "claim": "x", "scale": "osk"}', "no scale 'osk'"),
    ],
)
def test_a_faulty_line_of_pairs_is_named(repository: Path, tmp_path: Path, line: str, told: str) -> None:
    path = tmp_path / "pairs.jsonl"
    path.write_text(line + "\n")
    done = check("--pairs", str(path), cwd=repository)
    assert done.returncode == 2
    assert told in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "claim",
    [
        "A walkout is now judged likely.",
        "In the briefing a walkout was still considered likely.",
        "It is nevertheless judged likely that there will be a walkout.",
        "The authors accept the figures and judge that a walkout is likely.",
    ],
)
def test_nobody_else_judges_in_these(claim: str) -> None:
    assert not check_claim(claim, ["A walkout is likely."])


def test_another_judges_where_authors_are_the_object() -> None:
    (found,) = check_claim(
        "The drivers disagree with the authors and judge that a walkout is likely.", ["A walkout is likely."]
    )
    assert found.kind == "attribution_lost"


@pytest.mark.parametrize(
    ("claim", "source", "kind"),
    [
        ("It is likely that there will be no sale of the mill.", "A sale of the mill is likely.", "flipped"),
        ("No sale of the mill is likely.", "A sale of the mill is likely.", "flipped"),
        ("It is likely that the mill won't be sold.", "It is likely that the mill will be sold.", "flipped"),
        (
            "With new engines, the ferry is unlikely to sail.",
            "Without new engines, the ferry is unlikely to sail.",
            "condition_lost",
        ),
        (
            "Without new engines, the ferry is likely to sail.",
            "With new engines, the ferry is likely to sail.",
            "condition_lost",
        ),
        (
            "The pact is likely to be renewed after it expires.",
            "The pact is likely to be renewed before it expires.",
            "horizon_changed",
        ),
        ("Tolls are likely to rise after June 2027.", "Tolls are likely to rise before June 2027.", "horizon_changed"),
    ],
)
def test_what_is_turned_round_by_a_small_word(claim: str, source: str, kind: str) -> None:
    assert kind in {found.kind for found in check_claim(claim, [source])}


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("It is likely that the mill won't be sold.", "It is likely that the mill will not be sold."),
        ("A sale in favor of the neighbors is likely.", "A sale in favour of the neighbours is likely."),
        ("There is no longer a boycott, and a sale is likely.", "A sale is likely."),
        (
            "The ferry, with its crew of six, is unlikely to sail without new engines.",
            "Without new engines the ferry, with its crew of six, is unlikely to sail.",
        ),
        ("A renewal of the pact before it expires is likely.", "The pact is likely to be renewed before it expires."),
    ],
)
def test_a_small_word_that_turns_nothing_round(claim: str, source: str) -> None:
    kinds = {found.kind for found in check_claim(claim, [source])}
    assert kinds.isdisjoint({"flipped", "condition_lost", "horizon_changed"})


RECALLED = (
    "In May we previously assessed that the Orrel pact was likely to hold; we now judge that it is unlikely to hold."
)


@pytest.mark.parametrize(
    ("claim", "kinds"),
    [
        ("The Orrel pact is likely to hold.", {"superseded"}),
        ("We now judge that the Orrel pact is likely to hold.", {"superseded"}),
        ("In May the authors assessed that the Orrel pact was likely to hold.", set()),
        ("The authors once thought the Orrel pact likely to hold; they now judge it unlikely to hold.", set()),
        ("The Orrel pact is unlikely to hold.", set()),
    ],
)
def test_an_earlier_judgement_is_not_todays(claim: str, kinds: set[str]) -> None:
    assert {found.kind for found in check_claim(claim, [RECALLED])} == kinds


ROUTE = "Vellair has leased four aircraft, and it is highly likely that the Orrel route will open in March."
SIDES = "The garrison is highly likely to defend Maro, whereas the navy is likely to wait for a winner."


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        (
            "It is highly likely that Vellair has leased four aircraft and that the Orrel route will open in March.",
            ROUTE,
        ),
        (
            "It is highly likely that the Orrel route will open in March and that Vellair has leased four aircraft.",
            ROUTE,
        ),
        ("The garrison and the navy are highly likely to defend Maro.", SIDES),
    ],
)
def test_a_term_over_more_than_it_was_put_over(claim: str, source: str) -> None:
    assert "scope_changed" in {found.kind for found in check_claim(claim, [source])}


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        (
            "It is likely that the mill will be sold and that its owner will leave.",
            "It is likely that the mill will be sold and its owner will leave.",
        ),
        ("Protests and strikes are likely in May.", "Protests are likely in May, and strikes are also likely then."),
        ("The garrison is highly likely to defend Maro, and the navy is likely to wait for a winner.", SIDES),
    ],
)
def test_a_term_over_what_it_was_put_over(claim: str, source: str) -> None:
    assert not check_claim(claim, [source])
