"""Lets a chat model write up the sections of a draft; what it leaves out or gets wrong stays a quotation."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from rag.answer import Citation, Claim, Finding
from rag.clauses import units_of
from rag.drafts.draft import Line, Section
from rag.generating import Check, Generation, generate
from rag.models import ChatModel
from rag.prompting import judged, load_prompt, numbered


@dataclass
class ModelWriter:
    """Writes section after section; `result` then says what became of the model's sentences in all of them."""

    model: ChatModel
    check: Check
    result: Generation = field(default_factory=Generation)

    def __call__(self, section: Section) -> Section:
        """The section as the model writes it. Tables, and lines that set two briefings side by side, stay quotations;
        so does every line that the model does not write, and all of them once it has failed.
        """
        plain = [line for line in section.lines if len({one.briefing_id for one in line.claim.citations}) == 1]
        if section.layout == "table" or not plain or self.result.fault:
            return section
        passages = tuple(dict.fromkeys(one for line in plain for one in reversed(line.claim.citations)))
        values = {"passages": numbered(passages), "judgements": judged(passages)}
        values["heading"] = section.heading or "Bottom line"
        own = Generation()
        written = generate(load_prompt("draft"), values, passages, self.model, self._check_line, own)
        claims = [one for one in written if isinstance(one, Claim)]
        self._add(own)
        return replace(section, lines=_merged(section.lines, claims))

    def _check_line(self, text: str, cited: Sequence[Citation]) -> tuple[Finding, ...]:
        """The findings on a line; in a draft, a line with two terms has to be a quotation."""
        found = self.check(text, cited)
        terms = {one.estimate.canonical for one in units_of(text) if one.estimate}
        if found or len(terms) < 2 or " ".join(text.split()) in {" ".join(one.quote.split()) for one in cited}:
            return found
        return (Finding("fused", "A line of a draft carries one word of likelihood.", "major", 0, len(text)),)

    def _add(self, own: Generation) -> None:
        self.result.claims += own.claims
        self.result.dropped += own.dropped
        self.result.fault = own.fault


def _merged(lines: Sequence[Line], claims: Sequence[Claim]) -> tuple[Line, ...]:
    """The model's lines in the order of the quotations that they restate, and the quotations that none restates."""
    merged: list[Line] = []
    for line in lines:
        mine = [claim for claim in claims if set(claim.citations) & set(line.claim.citations)]
        claims = [claim for claim in claims if claim not in mine]
        told = {cited for one in (*merged, *(Line(claim) for claim in mine)) for cited in one.claim.citations}
        if mine:
            merged += [replace(line, claim=claim) for claim in mine]
        elif not set(line.claim.citations) & told:
            merged.append(line)
    return tuple(merged)
