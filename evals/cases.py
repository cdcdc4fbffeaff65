"""The cases of the evaluation: JSONL files in evals/cases/, and a linter that reads every span again in its briefing.

python -m evals.cases           lint: says what is wrong, by file and line
python -m evals.cases FILE      the sentences of a briefing as a case names them, one for each judgement
"""

import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Literal, get_args

from pydantic import ConfigDict, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

from ingest.briefing import Briefing
from ingest.errors import YardstickError
from ingest.reading import read_briefing
from rag.answer import Kind as FindingKind
from rag.clauses import units_of
from rag.drafts.draft import Form

CASES = Path(__file__).resolve().parent / "cases"
SAMPLES = Path(__file__).resolve().parent.parent / "samples"
# So many cases there are at least, of all and of each slice.
LEAST, LEAST_OF_SLICE = 300, 20

Kind = Literal["question", "draft", "wording", "leading", "injected", "followup", "contrast"]
Slice = Literal[
    "single_judgement",
    "several_terms",
    "two_horizons",
    "negated",
    "condition",
    "third_party",
    "confidence",
    "fact",
    "superseded",
    "abstention",
    "leading",
    "injected",
    "followup",
    "contrast",
    "draft",
    "wording",
    "typo",
]
Abstain = Literal["", "no_evidence", "out_of_scope", "nonsense"]
# What is asked of the briefings in words.
ASKED: tuple[Kind, ...] = ("question", "leading", "injected", "followup")
# The kinds whose cases make up a slice of the same name, and no other.
_OWN_SLICE: tuple[Kind, ...] = ("draft", "wording", "leading", "injected", "followup", "contrast")
_CONFIG = ConfigDict(extra="forbid", strict=True)


@dataclass(frozen=True, slots=True, config=_CONFIG)
class Span:
    """A sentence of a briefing; `briefing` is the name of its file in samples/.

    Half-open, in characters of `Briefing.text`; `term` names the judgement that is meant, "" for a fact.
    """

    briefing: str
    start: int
    end: int
    text: str
    term: str = ""


@dataclass(frozen=True, slots=True, config=_CONFIG)
class Case:
    """One thing to try. `briefing` is the file that the case is about, and its cluster for intervals.

    An answer or draft has to say what is `required` and not what is `forbidden`; the rest of what bears on the question
    is `allowed`. `abstain` says why no answer is due, "" where one is. `source`, `claim` and `label` belong to
    "wording" (a finding's kind, or "faithful"), `payload` (put into a copy of the briefing) to "injected", `pair` and
    `queries` to "contrast" (query i has to rank span i first), `form` and `style` to "draft".
    """

    id: str
    kind: Kind
    slices: tuple[Slice, ...]
    briefing: str
    question: str = ""
    history: tuple[str, ...] = ()
    required: tuple[Span, ...] = ()
    allowed: tuple[Span, ...] = ()
    forbidden: tuple[Span, ...] = ()
    abstain: Abstain = ""
    source: tuple[str, ...] = ()
    claim: str = ""
    label: str = ""
    payload: str = ""
    pair: tuple[Span, ...] = ()
    queries: tuple[str, ...] = ()
    form: Form = "summary"
    style: str = "note"

    @property
    def spans(self) -> tuple[Span, ...]:
        """Every sentence that the case names."""
        return (*self.required, *self.allowed, *self.forbidden, *self.pair)


def read_cases(folder: Path = CASES) -> tuple[Case, ...]:
    """Every case, in the order of files and lines; raises YardstickError for a line that is none."""
    return tuple(case for _, case in _placed(folder))


def lint(folder: Path = CASES, samples: Path = SAMPLES, complete: bool = True) -> list[str]:
    """What is wrong with the cases, by file, line and id; `complete` also wants enough of each slice."""
    placed = list(_placed(folder))
    briefings = {path.name: read_briefing(path) for path in sorted(samples.glob("*.md"))}
    found = [f"{place}: {case.id}: {fault}" for place, case in placed for fault in _faults(case, briefings)]
    for name, count in Counter(case.id for _, case in placed).items():
        if count > 1:
            found.append(f"{name}: {count} cases have this id.")
    asked = Counter((case.kind, case.history, case.question.casefold()) for _, case in placed if case.kind in ASKED)
    found += [f"“{question}”: asked in {count} cases." for (_, _, question), count in asked.items() if count > 1]
    return found + (_gaps([case for _, case in placed]) if complete else [])


def _placed(folder: Path) -> Iterator[tuple[str, Case]]:
    """Each case after its file and line."""
    adapter = _adapter()
    for path in sorted(folder.glob("*.jsonl")):
        for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), start=1):
            if line.strip():
                place = f"{path.name}, line {number}"
                try:
                    yield place, adapter.validate_json(line)
                except ValidationError as exc:
                    fault = exc.errors()[0]
                    where = ".".join(map(str, fault["loc"])) or "the line"
                    raise YardstickError(f"{path}, line {number}: {where}: {fault['msg']}.") from exc


@cache
def _adapter() -> TypeAdapter[Case]:
    return TypeAdapter(Case)


def _gaps(cases: Sequence[Case]) -> list[str]:
    slices = Counter(part for case in cases for part in case.slices)
    found = [
        f"slice {name}: {slices[name]} cases, and there should be {LEAST_OF_SLICE}."
        for name in get_args(Slice)
        if slices[name] < LEAST_OF_SLICE
    ]
    return found + ([f"{len(cases)} cases, and there should be {LEAST}."] if len(cases) < LEAST else [])


def _faults(case: Case, briefings: Mapping[str, Briefing]) -> Iterator[str]:
    if case.briefing not in briefings:
        yield f"there is no briefing {case.briefing} in the samples."
        return
    if not case.slices:
        yield "it is in no slice."
    for kind in _OWN_SLICE:
        if (case.kind == kind) != (kind in case.slices):
            yield f"kind {case.kind} and slices {', '.join(case.slices)} do not go together."
    for span in case.spans:
        yield from _span_faults(span, briefings)
    yield from _asked_faults(case) if case.kind in ASKED else _OTHER[case.kind](case, briefings)


def _span_faults(span: Span, briefings: Mapping[str, Briefing]) -> Iterator[str]:
    briefing = briefings.get(span.briefing)
    if briefing is None:
        yield f"there is no briefing {span.briefing} in the samples."
    elif briefing.quote(span.start, span.end) != span.text:
        there = briefing.quote(span.start, span.end)
        yield f"{span.briefing} [{span.start}:{span.end}] reads “{there}” and not “{span.text}”."
    elif (span.start, span.end) not in {(one.start, one.end) for one in briefing.sentences}:
        yield f"“{span.text}” is no whole sentence of {span.briefing}."
    elif span.term and span.term.casefold() not in _terms(span.text):
        yield f"“{span.text}” makes no judgement '{span.term}'."


def _terms(text: str) -> set[str]:
    """The terms by which a sentence judges, as written and in their base form."""
    found = set[str]()
    for unit in units_of(text):
        if one := unit.estimate:
            said = {one.term.casefold(), one.canonical}
            found |= said | ({f"not {term}" for term in said} if one.negated else set())
    return found


def _asked_faults(case: Case) -> Iterator[str]:
    if not case.question.strip():
        yield "it asks nothing."
    if bool(case.abstain) == bool(case.required):
        yield "either it says why to abstain, or it requires a sentence."
    if bool(case.abstain) != ("abstention" in case.slices):
        yield "slice abstention and a reason to abstain go together."
    if bool(case.history) != (case.kind == "followup"):
        yield "a follow-up has earlier questions, and nothing else has."
    if bool(case.payload) != (case.kind == "injected"):
        yield "an injected case has a payload, and nothing else has."
    if twice := {(one.text, one.term) for one in case.required} & {(one.text, one.term) for one in case.forbidden}:
        yield f"{len(twice)} sentences are both required and forbidden."


def _wording_faults(case: Case, briefings: Mapping[str, Briefing]) -> Iterator[str]:
    known = {briefing.quote(one.start, one.end) for briefing in briefings.values() for one in briefing.sentences}
    if not case.source or not case.claim:
        yield "it has no source or no claim."
    yield from (f"“{text}” is no sentence of the samples." for text in case.source if text not in known)
    if case.label not in ("faithful", *get_args(FindingKind)):
        yield f"label '{case.label}' is neither 'faithful' nor the kind of a finding."


def _contrast_faults(case: Case, _: Mapping[str, Briefing]) -> Iterator[str]:
    if len(case.pair) != 2 or len(case.queries) != 2:
        yield "it has no two sentences with a query each."
    elif case.pair[0] == case.pair[1]:
        yield "both sentences are the same."


def _draft_faults(case: Case, _: Mapping[str, Briefing]) -> Iterator[str]:
    from rag.drafts.style import shipped

    if case.style not in shipped():
        yield f"there is no style {case.style}."
    if not case.required:
        yield "it requires nothing."


_OTHER = {"wording": _wording_faults, "contrast": _contrast_faults, "draft": _draft_faults}


def spans_of(path: Path) -> Iterator[Span]:
    """Every sentence of a briefing, once for each of its judgements, or once as a fact."""
    briefing = read_briefing(path)
    for one in briefing.sentences:
        text = briefing.quote(one.start, one.end)
        found = [unit.estimate for unit in units_of(text) if unit.estimate]
        for term in [f"not {said.term}" if said.negated else said.term for said in found] or [""]:
            yield Span(path.name, one.start, one.end, text, term)


def main(arguments: Sequence[str]) -> int:
    """Print the sentences of briefings; without any, what is wrong with the shipped cases, 2 if anything is."""
    try:
        if arguments:
            for span in (span for path in arguments for span in spans_of(Path(path))):
                print(TypeAdapter(Span).dump_json(span).decode())
            return 0
        found = lint()
        print("\n".join(found) or f"{len(read_cases())} cases, nothing wrong.")
        return 2 if found else 0
    except YardstickError as exc:
        print(f"yardstick: {exc}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
