"""The model composer: a chat model writes, and no sentence of it is passed on before it is checked.

render -> stream -> cut into lines -> resolve citations -> check -> pass on, or repair once, or quote the source.
"""

import logging
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from rag.answer import Citation, Claim, Finding, Kind, Step
from rag.clauses import stems_of
from rag.judging import restated
from rag.langchain import staged
from rag.models import ChatModel, ModelFault
from rag.prompting import Prompt, judged, load_prompt, numbered
from rag.support import support_findings

# A model that writes more lines than this is not answering any more.
MOST_LINES = 12
# Nobody writes a sentence of so many characters, and the check would take its time.
LONGEST = 1200
# About so many characters make a token; the prompt and the reply need room, too.
CHARACTERS, RESERVED = 3.5, 1500
# A line that was written again is taken for a rejected one only if so much of it stands there.
ALIKE = 0.35
NO_ANSWER = "NO ANSWER"

logger = logging.getLogger(__name__)
Check = Callable[[str, Sequence[Citation]], tuple[Finding, ...]]
_NUMBERS = re.compile(r"\s*\[\s*[0-9]{1,4}(?:\s*[,;]\s*[0-9]{1,4})*\s*\]")
# Where a claim ends: with its line, or with its numbers, where a model writes one sentence behind the other.
_END = re.compile(rf"\n|(?:[.!?][”\"’]?(?:{_NUMBERS.pattern})+|(?:{_NUMBERS.pattern})+[.!?])(?=[ \t]+[A-Z\d“\"])")
# "1. " or "Rejected 1: " in front of a line that is written again.
_ORDINAL = re.compile(r"^\W*(?:Rejected\s+)?(\d{1,2})[.):]\s")
_MARKS = re.compile(
    r"^\s*(?:[-*•–]|(?:Rejected\s)?\d{1,2}[.):])\s+|^#+\s*|[*_`]{1,3}(?=\S)|(?<=\S)[*_`]{1,3}|[\x00-\x1f\x7f-\x9f]"
)


@dataclass
class Generation:
    """What became of one generation, filled in as it goes on; `full` once no more lines are wanted."""

    claims: list[Claim] = field(default_factory=list)
    dropped: int = 0
    declined: bool = False
    full: bool = False
    fault: ModelFault | None = None


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    numbers: tuple[int, ...]
    cited: tuple[Citation, ...]
    findings: tuple[Finding, ...]


def fitting(passages: Sequence[Citation], context: int) -> tuple[Citation, ...]:
    """As many passages as a model with this context, in tokens, can take; whole sentences are left off at the end."""
    room = int((context - RESERVED) * CHARACTERS)
    kept: list[Citation] = []
    for passage in passages:
        room -= len(passage.quote) + len(passage.title) + len(passage.section) + 24
        if room < 0 and kept:
            break
        kept.append(passage)
    return tuple(kept)


def generate(
    prompt: Prompt,
    values: Mapping[str, str],
    passages: Sequence[Citation],
    model: ChatModel,
    check: Check,
    result: Generation,
) -> Iterator[Step | Claim]:
    """The claims that a model writes to a prompt, each as soon as it is checked; what failed comes last, repaired or
    quoted. Before the first one comes the step that says so.

    `values` fill in the prompt; `passages` are the sentences as it numbers them. `result` holds the claims afterwards,
    with what went wrong. A fault of the model ends the claims; it is not raised.
    """
    stages = _Stages(prompt, passages, model, check, result)
    pipeline = staged(
        {
            "render": stages.render,
            "stream": stages.stream,
            "split into claims": _lines,
            "resolve citations": stages.resolve,
            "check wording": stages.check_wording,
            "repair or replace": stages.settle,
        }
    )
    yield from pipeline.stream(values)


@dataclass(frozen=True, slots=True)
class _Stages:
    """The way from a prompt to checked claims; each stage takes what the one before yields, as it comes."""

    prompt: Prompt
    passages: Sequence[Citation]
    model: ChatModel
    check: Check
    result: Generation

    def render(self, inputs: Iterator[Mapping[str, str]]) -> Iterator[str]:
        for values in inputs:
            yield self.prompt.render(values)

    def stream(self, prompts: Iterator[str]) -> Iterator[str]:
        try:
            for prompt in prompts:
                for piece in self.model.stream(prompt):
                    yield piece
                    if self.result.full:
                        return
        except ModelFault as fault:
            self.result.fault = fault

    def resolve(self, lines: Iterator[str]) -> Iterator[_Line]:
        for line in lines:
            if line.strip().upper().startswith(NO_ANSWER):
                self.result.declined = not self.result.claims
            elif read := _read(line, self.passages):
                yield read

    def check_wording(self, lines: Iterator[_Line]) -> Iterator[Step | _Line]:
        for count, line in enumerate(lines):
            if count == 0:
                yield Step("Checking the wording of each claim")
            yield _checked(line, self.check)

    def settle(self, checked: Iterator[Step | _Line]) -> Iterator[Step | Claim]:
        """What is in order at once; the rest at the end, written again or quoted."""
        rejected: list[_Line] = []
        said: set[str] = set()
        for count, line in enumerate(checked):
            if isinstance(line, Step):
                yield line
                continue
            new = line.text not in said
            said.add(line.text)
            if new and line.findings:
                rejected.append(line)
            elif new:
                yield self._passed(Claim(line.text, line.cited, origin="model"))
            if len(said) >= MOST_LINES or count >= 2 * MOST_LINES:
                self.result.full = True
                break
        if rejected:
            yield from self._second_chance(rejected)

    def _second_chance(self, rejected: Sequence[_Line]) -> Iterator[Claim]:
        """One call to write all rejected lines again; what is still wrong is quoted from its source instead."""
        again = self._written_again(rejected) if self.result.fault is None else [None] * len(rejected)
        said = {claim.text for claim in self.result.claims}
        for line, repaired in zip(rejected, again, strict=True):
            if repaired is not None and not repaired.findings:
                claim = Claim(repaired.text, repaired.cited, origin="repaired", rejected=line.text)
            elif source := _source(line, self.passages):
                claim = Claim(source.quote, (source,), line.findings, origin="replaced", rejected=line.text)
            else:
                self.result.dropped += 1
                continue
            if claim.text not in said:
                said.add(claim.text)
                yield self._passed(claim)

    def _written_again(self, rejected: Sequence[_Line]) -> list[_Line | None]:
        """For each rejected line what the model writes instead, None where it writes nothing."""
        told = [
            f"Rejected {number}: {line.text} {''.join(f'[{cited}]' for cited in line.numbers)}\n"
            f"Because: {' '.join(finding.message for finding in line.findings)}"
            for number, line in enumerate(rejected, start=1)
        ]
        values = {"passages": numbered(self.passages), "rejected": "\n".join(told)}
        found: list[tuple[int | None, _Line]] = []
        try:
            for line in _lines(self.model.stream(load_prompt("repair").render(values))):
                if read := _read(line, self.passages):
                    number = _ORDINAL.match(line)
                    found.append((int(number[1]) - 1 if number else None, read))
                if len(found) == len(rejected):
                    break
        except ModelFault as fault:
            # The quotation stands in for whatever did not come.
            logger.info("no repair: %s", fault.message)
        return [None if line is None else _checked(line, self.check) for line in _paired(rejected, found)]

    def _passed(self, claim: Claim) -> Claim:
        self.result.claims.append(claim)
        return claim


def _lines(pieces: Iterable[str]) -> Iterator[str]:
    """The claims of a reply, each as soon as it is whole; of a reply cut off in a sentence, not its rest."""
    rest = ""
    for piece in pieces:
        rest += piece
        while end := _END.search(rest):
            yield rest[: end.end()]
            rest = rest[end.end() :]
        if len(rest) > 2 * LONGEST:
            return
    if re.search(r"[.!?\]”\"]\s*$", rest) or NO_ANSWER in rest.upper():
        yield rest


def _read(line: str, passages: Sequence[Citation]) -> _Line | None:
    """A line of a reply with its citations, and what is wrong with these; None for what is no sentence."""
    numbers = tuple(dict.fromkeys(int(n) for mark in _NUMBERS.findall(line) for n in re.findall(r"[0-9]+", mark)))
    text = " ".join(_MARKS.sub("", _NUMBERS.sub("", " ".join(line.split()))).split())
    # "Here is what the briefings say:" is no claim either.
    if len(re.findall(r"[^\W\d_]{2,}", text)) < 3 or len(text) > LONGEST or (text.endswith(":") and not numbers):
        return None
    cited = tuple(passages[number - 1] for number in numbers if 1 <= number <= len(passages))
    findings: tuple[Finding, ...] = ()
    if not numbers:
        findings = (_fault("no_citation", text, "The line cites no sentence."),)
    elif len(cited) < len(numbers):
        unknown = next(number for number in numbers if not 1 <= number <= len(passages))
        findings = (_fault("unknown_citation", text, f"There is no sentence {unknown}."),)
    return _Line(text, numbers, cited, findings)


def _checked(line: _Line, check: Check) -> _Line:
    """A line with what is wrong with its wording and with what it rests on."""
    if line.findings:
        return line
    return replace(line, findings=(*check(line.text, line.cited), *support_findings(line.text, line.cited)))


def _fault(kind: Kind, text: str, message: str) -> Finding:
    return Finding(kind, message, "severe", 0, len(text))


def _paired(rejected: Sequence[_Line], found: Sequence[tuple[int | None, _Line]]) -> list[_Line | None]:
    """For each rejected line the one written for it: by its number, else the likest that is left and like enough."""
    scored = sorted(
        (-_resemblance(one, line) - 10 * (number == place), place, at)
        for place, one in enumerate(rejected)
        for at, (number, line) in enumerate(found)
    )
    pairs: dict[int, int] = {}
    for score, place, at in scored:
        if -score >= ALIKE and place not in pairs and at not in pairs.values():
            pairs[place] = at
    return [found[pairs[place]][1] if place in pairs else None for place in range(len(rejected))]


def _resemblance(one: _Line, other: _Line) -> float:
    """The share of the words of the shorter line that the other has, and one more for a sentence that both cite."""
    mine, theirs = stems_of(one.text), stems_of(other.text)
    return len(mine & theirs) / max(1, min(len(mine), len(theirs))) + bool(set(one.numbers) & set(other.numbers))


def _source(line: _Line, passages: Sequence[Citation]) -> Citation | None:
    """The sentence to quote instead: the one that the line restates, of those cited if it can be, or else the first
    of those.
    """
    for candidates in (line.cited, passages):
        if found := restated([(place, one.quote) for place, one in enumerate(candidates)], line.text):
            return candidates[found[0]]
    return line.cited[0] if line.cited else None


def note_of(result: Generation, model: str) -> tuple[str, ...]:
    """What a reader should know of a generation, in sentences."""
    notes = []
    if result.fault is not None:
        notes.append(f"{model}: {result.fault.message} What it did not write is quoted from the briefings.")
    repaired, replaced = (sum(one.origin == name for one in result.claims) for name in ("repaired", "replaced"))
    if repaired:
        notes.append(f"{_sentences(repaired)} not as the briefings have it and {_was(repaired)} rewritten.")
    if replaced:
        notes.append(f"{_sentences(replaced)} not as the briefings have it and replaced by quotations.")
    if result.dropped:
        notes.append(f"{_sentences(result.dropped)} left out: nothing in the briefings bears it out.")
    return tuple(notes)


def _sentences(count: int) -> str:
    return f"{count} of the model's sentences {_was(count)}"


def _was(count: int) -> str:
    return "was" if count == 1 else "were"


def answer_values(question: str, passages: Sequence[Citation]) -> dict[str, str]:
    """What fills in the answer prompt."""
    asked = " ".join(question.split())
    return {"passages": numbered(passages), "judgements": judged(passages), "question": asked}


def prompt_names(*names: str) -> str:
    """The prompts of a generation by digest, the one for repairs besides."""
    return " ".join(load_prompt(name).name for name in (*names, "repair"))
