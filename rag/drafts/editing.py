"""What an analyst does with a draft: changes a line, takes its quotation back, lets a finding stand."""

from dataclasses import replace

from ingest.errors import YardstickError
from rag.answer import Claim
from rag.drafts.draft import Draft, Line, Section
from rag.generating import Check
from rag.support import support_findings

# A line is no essay, and an edit is checked while somebody types.
LONGEST = 2000


def line_at(draft: Draft, place: str) -> Line:
    """The line of a place, "section/line", both from 0; raises YardstickError where there is none."""
    section, _, line = place.partition("/")
    if section.isdecimal() and line.isdecimal() and int(section) < len(draft.sections):
        lines = draft.sections[int(section)].lines
        if int(line) < len(lines):
            return lines[int(line)]
    raise YardstickError("This line is not part of the draft any more. Draft again.")


def edited(draft: Draft, place: str, text: str, check: Check) -> Draft:
    """The draft with other words in one line, checked against what the line cites; no words take the line out."""
    line, words = line_at(draft, place), " ".join(text.split())[:LONGEST]
    if words == " ".join(line.text.split()):
        return draft
    before = replace(line, claim=line.original or line.claim, original=None, accepted="")
    if words == " ".join(before.text.split()):
        return _with(draft, place, before)
    cited = before.claim.citations
    findings = (*check(words, cited), *support_findings(words, cited)) if words else ()
    return _with(draft, place, replace(before, claim=Claim(words, cited, findings, "edited"), original=before.claim))


def restored(draft: Draft, place: str) -> Draft:
    """The draft with the words of the briefing in one line, as they stand there."""
    line = line_at(draft, place)
    original = line.original or line.claim
    quoted = original
    if original.origin in ("model", "repaired"):
        # Of two sentences the first cited is the one that the line is about.
        quoted = Claim(original.citations[0].quote, original.citations[:1])
    return _with(draft, place, replace(line, claim=quoted, original=None, accepted=""))


def accepted(draft: Draft, place: str, reason: str) -> Draft:
    """The draft with one line let stand; raises YardstickError without a reason."""
    words = " ".join(reason.split())
    if not words:
        raise YardstickError("Give a reason: it stands in the reviewer's checklist of the exported draft.")
    return _with(draft, place, replace(line_at(draft, place), accepted=words))


def _with(draft: Draft, place: str, line: Line) -> Draft:
    section, number = map(int, place.split("/"))
    lines = list(draft.sections[section].lines)
    lines[number] = line
    sections = list(draft.sections)
    sections[section] = replace(sections[section], lines=tuple(lines))
    return replace(draft, sections=tuple(sections))


def finished(draft: Draft) -> Draft:
    """The draft as it is handed on: without lines that were emptied; a judgement that they held counts as missing."""
    sections, gone = list[Section](), list[Line]()
    for section in draft.sections:
        gone += [replace(line, claim=line.original or line.claim) for line in section.lines if not line.claim.text]
        sections.append(replace(section, lines=tuple(line for line in section.lines if line.claim.text)))
    return replace(draft, sections=tuple(sections), missing=(*draft.missing, *gone))
