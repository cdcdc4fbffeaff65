"""First drafts: whose words they hold, how much of what a briefing judges they carry, and how long they take.

`python -m evals.bench.drafts [--part a|b]` prints a table and exits 1 where a bar is missed; `--errors` lists what is
not covered, and what counts as covered though it stands there in other words.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from statistics import median

from evals.bench.corpora import shared
from evals.bench.table import Row, print_table, wilson
from ingest.briefing import Briefing
from ingest.embedding import Embedder
from ingest.errors import YardstickError
from ingest.pipeline import ingest
from ingest.settings import load_settings
from ingest.store import open_store
from ingest.yardsticks import yardsticks
from rag.answer import Filters
from rag.clauses import units_of
from rag.drafts.draft import Draft, Form
from rag.judging import check_cited
from rag.question import content_words
from rag.service import Yardstick
from rag.stemming import stem

AS_OF = date(2026, 11, 1)
# Five real reports: minutes, a political-risk briefing, an inquiry, a threat report, a research brief as PDF.
REAL = (
    "unmik-diminished-role.txt",
    "fomc/20220504.txt",
    "iraq_inquiry/vol-1-section-3-2.md",
    "cti/401trg/burning-umbrella.md",
    "crs/pdf/in-focus/IF10491.14.pdf",
)
FORMS: tuple[Form, ...] = ("summary", "judgements", "bottom_line")
STYLES = ("note", "brief")


@dataclass(frozen=True, slots=True)
class Gold:
    """A judgement of an author's forecast or bottom line, as an annotator marked it."""

    sentence: str
    term: str
    proposition: str


def service_over(folder: Path, paths: Sequence[Path]) -> Yardstick:
    """A warm service over some files, in a store of its own."""
    settings = load_settings(folder)
    embedder = Embedder(settings)
    ingest(list(paths), open_store(settings, embedder), embedder, settings, lambda _: None)
    service = Yardstick(settings)
    service.warm()
    return service


def gold_of(path: Path) -> list[Gold]:
    """The judgements that a draft of this briefing has to carry."""
    text = path.with_suffix(".md").read_text(encoding="utf-8").replace("*", "")
    summary = text[text.index("## Summary") : text.index("## ", text.index("## Summary") + 3)]
    forecast = text[text.index("## Forecast") :]
    rows = json.loads(path.read_text(encoding="utf-8"))["judgements"]
    return [
        Gold(row["sentence"], row["term"], row["proposition"])
        for row in rows
        if row["voice"] == "author" and (row["sentence"] in summary or row["sentence"] in forecast)
    ]


def covered(gold: Gold, draft: Draft) -> str:
    """The line that makes a judgement, by its sentence or by its term on its proposition; "" if none does."""
    lines = [line.claim.text for section in draft.sections for line in section.lines]
    quoted = next((line for line in lines if gold.sentence in line), "")
    return quoted or next((line for line in lines for clause in _clauses(line) if _is(gold, *clause)), "")


def _clauses(line: str) -> Iterator[tuple[str, str]]:
    """Each judgement of a line: its term and the clause that it stands in."""
    for unit in units_of(line):
        if unit.estimate:
            yield unit.estimate.term.lower(), line[unit.start : unit.end]


def _is(gold: Gold, term: str, clause: str) -> bool:
    """Whether a clause holds the term and half of the words of the proposition, or they half of its."""
    mine = set(stem(content_words(gold.proposition.replace(gold.term, ""))))
    theirs = set(stem(content_words(clause.replace(term, ""))))
    return term == gold.term.lower() and len(mine & theirs) >= max(2, 0.5 * min(len(mine), len(theirs)))


def coverage_rows(service: Yardstick, part: str, errors: bool) -> Iterator[Row]:
    """How much of what has to be there is there, in tables and in summaries."""
    for style in STYLES:
        for form, bar in (("judgements", 0.95), ("summary", 0.8)):
            trials, lengths = [], []
            for path, briefing in _with_gold(service, part):
                draft = service.draft(form, Filters((briefing.id,)), style=style, as_of=AS_OF)  # type: ignore[arg-type]
                lengths.append(words_of(draft))
                for gold in gold_of(path):
                    line = covered(gold, draft)
                    trials.append(bool(line))
                    if errors and gold.sentence not in line:
                        print(f"{style} {form}: “{gold.term}” {gold.sentence}\n    {line or 'NOT COVERED'}")
            told = f"required judgements in the {form}, style {style}"
            yield Row(told, wilson(trials), bar)
            if form == "summary":
                yield Row(f"words of a summary, style {style}", f"{median(lengths):.0f}, at most {max(lengths)}", None)


def words_of(draft: Draft) -> int:
    """How many words of the briefings a draft holds."""
    return sum(len(line.claim.text.split()) for section in draft.sections for line in section.lines)


def wording_row(service: Yardstick, told: str) -> Row:
    """How many lines of all drafts of the loaded briefings say what their sources say, by the wording check."""
    corpus, scales = service.retriever.corpus(), yardsticks()
    drafts = [
        service.draft(form, Filters((one.id,)), style=style, as_of=AS_OF)
        for form in FORMS
        for style in STYLES
        for one in corpus.briefings
    ]
    drafts += [service.draft("digest", style=style, as_of=AS_OF) for style in STYLES]
    claims = [line.claim for draft in drafts for section in draft.sections for line in section.lines]
    same = [
        not check_cited(one.text, one.citations, corpus, scales)
        and all(cited.quote in one.text for cited in one.citations)
        for one in claims
    ]
    return Row(f"lines whose wording is the source's, {told}", wilson(same), 1.0)


def time_row(service: Yardstick, told: str) -> Row:
    """Warm drafts of one briefing."""
    briefings = service.retriever.corpus().briefings
    single = [_seconds(service, form, Filters((one.id,))) for form in FORMS for one in briefings]
    slowest = max(single)
    return Row(
        f"draft of one briefing, {told}, seconds", f"{median(single):.2f}, at most {slowest:.2f}", -0.5, -slowest
    )


def digest_row(service: Yardstick) -> Row:
    """Warm drafts of twelve briefings."""
    briefings = service.retriever.corpus().briefings
    twelve = Filters(tuple(one.id for one in briefings[:12]))
    many = max(_seconds(service, form, twelve) for form in ("digest", "judgements"))
    return Row(f"draft of {len(twelve.briefing_ids)} briefings, seconds", f"{many:.2f}", -3.0, -many)


def _seconds(service: Yardstick, form: Form, filters: Filters) -> float:
    started = time.perf_counter()
    service.draft(form, filters, as_of=AS_OF)
    return time.perf_counter() - started


def _with_gold(service: Yardstick, part: str) -> Iterator[tuple[Path, Briefing]]:
    briefings = {Path(one.sources[0]).stem: one for one in service.library.briefings()}
    for path in sorted(shared(f"briefings/{part}").glob("*.json")):
        yield path, briefings[path.stem]


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table; 1 if a bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--part", choices=("a", "b"), default="a", help="which exercise briefings")
    parser.add_argument("--errors", action="store_true", help="list what is not covered, or in other words")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        exercise = service_over(Path(folder) / "exercise", sorted(shared(f"briefings/{options.part}").glob("*.md")))
        real = service_over(Path(folder) / "real", [shared(f"real/{name}") for name in REAL])
        rows = [wording_row(exercise, f"part {options.part}"), wording_row(real, "real reports")]
        rows += coverage_rows(exercise, options.part, options.errors)
        rows += [time_row(exercise, "exercise"), time_row(real, "real reports"), digest_row(exercise)]
    return print_table(rows)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except YardstickError as exc:
        sys.exit(f"yardstick: {exc}")
