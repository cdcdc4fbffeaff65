"""The reports: each form says what the gate found, and nothing that a briefing or a model says is more than text."""

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest
from markdown_it import MarkdownIt

from evals.gating import Code, Verdict, gate
from evals.report import run_text, verdict_text, write
from evals.report.annotations import MOST, annotations
from evals.report.bands import NOTHING, base_to_head, source_to_answer, terms_of
from evals.report.junit import junit_xml
from evals.report.lines import lines_of
from evals.report.markdown import MARK, plain, run_markdown, verdict_markdown
from evals.report.page import page_html
from evals.report.states import entries
from evals.report.terminal import MOST as TOLD
from evals.results import Run
from tests.evals.made_runs import FACT, HOSTILE, LIKELY, MISSING, RAISED, UNLIKELY, UPGRADED, case, claim, hostile, pair

VOID = {"meta", "input"}


class Structure(HTMLParser):
    """The elements of a page with their attributes, and its text; a page is well formed if every end has its start."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self._open: list[str] = []
        self.feed(page)
        self.close()
        assert not self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] not in ("script", "style"):
            self.words.append(data)


def judged() -> tuple[Verdict, Run, Run]:
    base, head = pair()
    return gate(base, head), base, head


def test_what_became_of_each_case() -> None:
    found = {one.id: one.states for one in entries(*judged())}
    assert list(found)[:3] == ["q-severe", "q-new", "q-flaky"]
    assert found == {
        "q-severe": ("severe", "new"),
        "q-new": ("new",),
        "q-flaky": ("new", "flaky"),
        "q-unscored": ("unscored",),
        "q-failing": ("failing",),
        "q-fixed": ("fixed",),
        "d-replaced": ("passing",),
        **{f"q-fine-{number}": ("passing",) for number in range(60)},
    }


def test_of_a_run_by_itself_every_failure_is_listed() -> None:
    _, head = pair()
    found = {one.id: one.states[0] for one in entries(None, None, head)}
    assert (found["q-severe"], found["q-failing"], found["q-fixed"]) == ("severe", "new", "passing")


def test_a_failure_that_only_a_changed_check_finds_is_named_so() -> None:
    base, head = pair()
    digests = replace(base.meta.digests, checker="k2")
    discovered = replace(head, meta=replace(base.meta, digests=digests))
    found = {one.id: one.states for one in entries(gate(base, discovered), base, discovered)}
    assert found["q-severe"] == ("found",)


# --- Terms and bands ---


def test_terms_are_read_as_rag_reads_them() -> None:
    text = "It is not likely, we judge with high confidence, that Selm, highly unlikely to gain, will agree."
    assert [(text[one.start : one.end], one.band) for one in terms_of(text)] == [
        ("likely", "not likely"),
        ("high confidence", ""),
        ("highly unlikely", "highly_unlikely"),
        ("will", ""),
    ]


def test_bands_from_briefing_to_answer() -> None:
    both = "A strike at the Orvat refinery is unlikely before May, and the port of Selm is likely to reopen in June."
    claims = (
        claim("The port of Selm is likely to reopen in June.", both),
        claim(RAISED, UNLIKELY),
        claim("The port of Selm will reopen in June.", LIKELY),
        claim("The Velm dam was probably finished in 1971.", FACT),
    )
    confusion = source_to_answer(Run(pair()[0].meta, (case("q", *claims),)))
    assert confusion.counts == {
        ("likely", "likely"): 1,
        ("unlikely", "highly_likely"): 1,
        ("highly_likely", NOTHING): 1,
        (NOTHING, "likely"): 1,
    }
    assert confusion.changed == 3
    assert confusion.bands == ("unlikely", "likely", "highly_likely", NOTHING)


def test_bands_from_base_to_head() -> None:
    confusion = base_to_head(*pair())
    assert confusion.counts["unlikely", "highly_likely"] == 1
    # q-new and the second epoch of q-flaky no longer say it, q-fixed does.
    assert confusion.counts["highly_likely", NOTHING] == 2
    assert confusion.counts[NOTHING, "highly_likely"] == 1
    assert confusion.counts["unlikely", "unlikely"] == 60 + 6


def test_lines_put_both_sides_beside_the_sentence_of_the_briefing() -> None:
    base, head = pair()
    before, after = ({one.id: one for one in run.cases}["q-severe"] for run in (base, head))
    raised, kept = lines_of(before, after)
    assert (raised.source, raised.where) == (UNLIKELY, "Selm and Orvat, Outlook")
    assert [one.text for one in raised.base] == [UNLIKELY]
    assert [(one.text, one.failures) for one in raised.head] == [(RAISED, [UPGRADED])]
    assert kept.base == kept.head
    assert not kept.is_wrong


def test_what_is_missing_stands_beside_the_sentence_that_asks_for_it() -> None:
    said, missing = lines_of(None, case("q", claim(UNLIKELY), failures=(MISSING,)))
    assert (said.source, said.is_wrong) == (UNLIKELY, False)
    assert (missing.source, missing.base, missing.head[0].text, missing.head[0].failures) == (LIKELY, [], "", [MISSING])


def test_what_the_model_wrote_stands_with_what_replaced_it() -> None:
    replaced = claim(UNLIKELY, origin="replaced", rejected=RAISED)
    (line,) = lines_of(None, case("q", replaced, failures=(UPGRADED,)))
    assert [(one.text, one.rejected, one.failures) for one in line.head] == [(UNLIKELY, RAISED, [UPGRADED])]


# --- JUnit ---


def test_junit_counts() -> None:
    verdict, _, head = judged()
    root = ElementTree.fromstring(junit_xml(head, verdict))
    assert {name: root.get(name) for name in ("tests", "failures", "errors")} == {
        # 60 that pass, 7 others and one epoch more, and the verdict.
        "tests": "69",
        "failures": "4",
        "errors": "1",
    }
    failed = {test.get("name"): test.find("failure") for test in root.iter("testcase")}
    assert [name for name, failure in failed.items() if failure is not None] == [
        "gate",
        "q-severe",
        "q-new",
        "q-flaky (epoch 1)",
    ]
    assert {suite.get("name"): suite.get("tests") for suite in root} == {"verdict": "1", "question": "67", "draft": "1"}
    known = [test for test in root.iter("testcase") if test.get("name") == "q-failing"]
    assert "missing" in known[0].findtext("system-out", "")


def test_junit_of_a_run_by_itself_fails_by_every_failure() -> None:
    root = ElementTree.fromstring(junit_xml(pair()[1]))
    assert (root.get("tests"), root.get("failures"), root.get("errors")) == ("68", "4", "1")


def test_junit_says_anything_in_valid_xml() -> None:
    base, head = hostile()
    root = ElementTree.fromstring(junit_xml(head, gate(base, head)))
    (test,) = [test for test in root.iter("testcase") if test.get("name") == "q-severe"]
    told = test.findtext("failure", "")
    assert "<script>alert(1)</script>" in told
    assert "]]> �[31m�" in told


# --- GitHub ---


def test_annotations_point_at_the_prompt_that_changed_and_stay_one_line_each() -> None:
    base, head = hostile()
    told = list(annotations(gate(base, head), base, head))
    assert told[0].startswith("::error file=prompts/answer.md,line=1,title=q-severe%3A upgraded::<script>")
    assert told[1].startswith("::warning file=prompts/answer.md,line=1,title=q-new%3A missing::A required")
    assert not [line for line in told if "\n" in line or "\r" in line]
    assert "%250A" in told[0]


def test_annotations_are_no_more_than_github_shows() -> None:
    base, head = pair()
    many = Run(
        head.meta,
        tuple(replace(one, failures=(UPGRADED,)) if "fine" in one.id else one for one in head.cases),
    )
    told = list(annotations(gate(base, many), base, many))
    assert len(told) == MOST
    assert told[-1] == "::error title=Evals::54 more cases with new failures are in the report."


def test_what_is_no_case_is_annotated_by_its_reason() -> None:
    base, head = pair()
    other = replace(head, meta=replace(head.meta, composer="quote"))
    assert list(annotations(gate(base, other), base, other)) == [
        "::error title=Evals::composer: base has recorded:made, head quote."
    ]


# --- Markdown ---


def tokens(markdown: str) -> list[str]:
    """What a reader of the Markdown that GitHub speaks finds in it."""
    parser = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    return [part.type for token in parser.parse(markdown) for part in (token, *(token.children or ()))]


def test_the_comment() -> None:
    written = verdict_markdown(*judged())
    assert written.startswith(f"{MARK}\n\n## Evals: severe wording failure (exit 11)\n\nrecorded:made\n")
    assert "- q-severe: upgraded: The claim is stronger." in written
    row = f"| q-severe | **severe** upgraded: The claim is stronger. | {UNLIKELY} | {UNLIKELY} | {RAISED} |"
    assert row in written
    assert written.index("| q-severe |") < written.index("| q-new |")
    assert "<details open><summary>Bands, base (down) to head (across): 4 changed</summary>" in written
    # Old failures are no news.
    assert "q-failing" not in written


def test_no_text_breaks_the_comment() -> None:
    base, head = hostile()
    benign = tokens(verdict_markdown(*judged()))
    written = verdict_markdown(gate(base, head), base, head)
    found = tokens(written)
    marked_up = {"link_open", "image", "code_inline", "code_block", "fence", "html_inline", "em_open", "s_open"}
    assert not set(found) & marked_up
    for kind in ("html_block", "table_open", "heading_open", "bullet_list_open", "list_item_open"):
        assert found.count(kind) == benign.count(kind), kind
    for table in re.findall(r"(?:^\|.*\n)+", written, re.MULTILINE):
        assert len({len(re.findall(r"(?<!\\)\|", row)) for row in table.splitlines()}) == 1


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a | b", r"a \| b"),
        ("`x` <b>", r"\`x\` \<b\>"),
        ("two\n\nlines", "two lines"),
        ("@team #12 GH-3", "@\u200bteam \\#\u200b12 GH\u200b-3"),
        ("https://evil.example", "https://\u200bevil.example"),
        ("- item", r"\- item"),
        ("x" * 400, "x" * 300 + "…"),
    ],
)
def test_plain(text: str, shown: str) -> None:
    assert plain(text) == shown


def test_the_comment_is_never_too_long() -> None:
    base, head = hostile()
    worst = tuple(
        replace(
            one,
            failures=tuple(
                replace(UPGRADED, claim=f"{number} {'|' * 999}", message="*" * 999, source="_" * 999)
                for number in range(9)
            ),
        )
        for one in head.cases
    )
    many = replace(head, cases=worst)
    assert len(verdict_markdown(gate(base, many), base, many)) < 65_536


def test_the_summary_of_a_run() -> None:
    written = run_markdown(pair()[1])
    assert "68 cases, 4 fail, 1 unscored." in written
    assert "| judgement\\_recall | 0.955 |" in written


# --- Terminal ---


def test_the_terminal_says_why_and_what() -> None:
    told = verdict_text(judged()[0])
    assert told.startswith("Evals: severe wording failure (exit 11)\n  q-severe: upgraded: The claim is stronger.\n")
    assert f"    source: {UNLIKELY}\n    answer: {RAISED}\n" in told
    assert re.search(r"^judgement_recall +0\.971 +0\.955 \[.*\] \(n=67\) +-1\.5 \(≥ -1", told, re.MULTILINE)
    # No share of anything.
    assert "seconds" not in told


def test_the_terminal_tells_so_many_cases_in_full_and_names_the_rest() -> None:
    base, head = pair()
    worse = replace(head, cases=tuple(replace(one, failures=(MISSING, UPGRADED, MISSING)) for one in head.cases))
    told = verdict_text(gate(base, worse))
    assert told.count(f"    source: {UNLIKELY}") == TOLD
    assert "q-fine-0: severe: upgraded: The claim is stronger. (and 1 more)" in told
    assert re.search(r"^\d+ more, .*q-fine-59", told, re.MULTILINE)


def test_nothing_quoted_is_a_command_to_a_terminal_or_a_ci_server() -> None:
    base, head = hostile()
    for told in (verdict_text(gate(base, head)), run_text(head)):
        assert "\x1b" not in told
        assert not [line for line in told.splitlines() if line.lstrip().startswith("::")]
        assert len(told.splitlines()) == len(told.split("\n"))


# --- The page ---


def test_the_page_has_every_case_once_and_says_what_is_wrong() -> None:
    verdict, base, head = judged()
    page = Structure(page_html(verdict, base, head))
    cases = [attributes for tag, attributes in page.elements if tag == "details" and attributes.get("class") == "case"]
    assert len(cases) == len(head.by_id)
    assert cases[0]["data-states"] == "severe new"
    places = [attributes["id"] for tag, attributes in page.elements if attributes.get("id")]
    assert sorted(places) == sorted(head.by_id)
    words = " ".join(page.words)
    assert "Evals: severe wording failure (exit 11)" in words
    assert "New: Upgraded" in words
    assert "the briefing's own words in place of the model's" in words
    assert "prompts (p1 → p2p2p2p2p2p2)" in words


def test_nothing_that_is_said_becomes_markup() -> None:
    base, head = hostile()
    page = Structure(page_html(gate(base, head), base, head))
    assert {tag for tag, _ in page.elements} <= {tag for tag, _ in Structure(page_html(*judged())).elements}
    assert "<script>alert(1)</script>" in "".join(page.words)
    assert [tag for tag, _ in page.elements].count("script") == 1
    assert not [name for _, attributes in page.elements for name in attributes if name.startswith("on")]


def test_the_page_asks_for_nothing_outside_itself() -> None:
    base, head = hostile()
    page = page_html(gate(base, head), base, head)
    loading = {"src", "srcset", "action", "data", "poster", "style"}
    assert not [name for _, attributes in Structure(page).elements for name in attributes if name in loading]
    targets = [attributes["href"] for _, attributes in Structure(page).elements if "href" in attributes]
    assert targets
    assert all(target and target.startswith("#") for target in targets)
    assert "default-src 'none'" in page
    assert not re.search(r"url\(|@import|fetch\(|XMLHttpRequest|import\(", page.partition("<body>")[0])


def test_the_page_of_a_run_by_itself_has_no_base() -> None:
    page = Structure(page_html(None, None, pair()[1]))
    assert "Base" not in page.words
    assert "Answer" in page.words


def test_runs_that_cannot_be_compared_are_not() -> None:
    base, head = pair()
    other = replace(head, meta=replace(head.meta, composer="quote"))
    verdict = gate(base, other)
    words = " ".join(Structure(page_html(verdict, base, other)).words)
    assert verdict.code == Code.CONFIGURATION
    assert "composer: base has recorded:made, head quote." in words
    assert "New:" not in words


# --- Files ---


def test_every_form_is_written(tmp_path: Path) -> None:
    verdict, base, head = judged()
    files = write(verdict, base, head, tmp_path / "reports")
    assert sorted(files) == ["annotations", "html", "json", "junit", "markdown"]
    assert all(path.read_text(encoding="utf-8") for path in files.values())
    assert json.loads(files["json"].read_text(encoding="utf-8"))["code"] == 11


def test_hostile_runs_are_written_too(tmp_path: Path) -> None:
    base, head = hostile()
    assert write(gate(base, head), base, head, tmp_path)
    assert sorted(write(None, None, head, tmp_path)) == ["html", "json", "junit", "markdown"]
    assert HOSTILE.split("\x1b")[0].split()[0] in (tmp_path / "run.json").read_text(encoding="utf-8")
