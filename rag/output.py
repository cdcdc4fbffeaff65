"""An answer as JSON for scripts and as text for a terminal."""

from dataclasses import asdict
from typing import Any

from rag.answer import Answer, Citation, Claim

# Findings on what a sentence rests on, rather than on how likely it says something is.
UNFOUNDED = ("no_citation", "unknown_citation", "unsupported", "low_overlap")


def answer_object(answer: Answer) -> dict[str, Any]:
    """The documented JSON object of an answer; stable keys, dates as ISO strings."""
    return {
        "question": answer.question,
        "read_as": answer.read_as,
        "status": answer.status,
        "as_of": answer.as_of.isoformat() if answer.as_of else None,
        "claims": [claim_object(claim) for claim in answer.claims],
        "nearest": [citation_object(citation) for citation in answer.nearest],
        "seconds": answer.seconds,
        "model": answer.model,
        "prompt": answer.prompt,
        "notes": list(answer.notes),
    }


def claim_object(claim: Claim) -> dict[str, Any]:
    """A claim as JSON."""
    return {
        "text": claim.text,
        "citations": [citation_object(citation) for citation in claim.citations],
        "findings": [asdict(finding) for finding in claim.findings],
        "origin": claim.origin,
        "rejected": claim.rejected,
    }


def citation_object(citation: Citation) -> dict[str, Any]:
    """A citation as JSON; `start` and `end` count characters of the briefing's text."""
    return {
        "briefing_id": citation.briefing_id,
        "title": citation.title,
        "published": citation.published.isoformat() if citation.published else None,
        "section": citation.section,
        "horizon": citation.horizon,
        "page": citation.page,
        "start": citation.start,
        "end": citation.end,
        "quote": citation.quote,
    }


def numbered_sources(answer: Answer) -> dict[Citation, int]:
    """The citations of an answer, numbered from 1 in the order in which they first appear."""
    cited = (citation for claim in answer.claims for citation in claim.citations)
    return {citation: number for number, citation in enumerate(dict.fromkeys(cited), start=1)}


def plain_text(answer: Answer) -> str:
    """The answer with numbered citations and its sources beneath, for a terminal or the clipboard."""
    if answer.status == "not_in_briefings":
        return _not_in_briefings(answer)
    numbers = numbered_sources(answer)
    lines = [f"As of {day(answer)}:", ""]
    for claim in answer.claims:
        marks = "".join(f"[{numbers[citation]}]" for citation in claim.citations)
        lines += [_told(claim, marks), ""]
    lines += [f"Note: {note}" for note in answer.notes]
    lines.append("Sources")
    lines += [f"[{number}] {source_line(citation)}" for citation, number in numbers.items()]
    return "\n".join(lines)


def _told(claim: Claim, marks: str) -> str:
    """A claim as a terminal shows it: a quotation in quotation marks, one in place of a model's sentence marked so."""
    if claim.origin in ("model", "repaired"):
        return f"{claim.text} {marks}"
    changed = f"\n  (quoted: the model's sentence {rejection(claim)})" if claim.origin == "replaced" else ""
    return f"“{claim.text}” {marks}{changed}"


def rejection(claim: Claim) -> str:
    """What was wrong with the model's sentence that a quotation replaces."""
    unfounded = all(finding.kind in UNFOUNDED for finding in claim.findings)
    return "did not rest on what it cites" if claim.findings and unfounded else "changed the wording"


def day(answer: Answer) -> str:
    """The newest date cited, in words."""
    return f"{answer.as_of:%-d %B %Y}" if answer.as_of else "an unknown date"


def source_line(citation: Citation) -> str:
    """Where a citation stands: briefing, date, section, horizon, page."""
    horizon = "" if citation.horizon == "none" else f"{citation.horizon}-term"
    date = f"{citation.published:%-d %B %Y}" if citation.published else "undated"
    page = f"p. {citation.page}" if citation.page else ""
    return ", ".join(part for part in (citation.title, date, citation.section, horizon, page) if part)


def _not_in_briefings(answer: Answer) -> str:
    if not answer.nearest:
        return "The briefings do not say."
    lines = ["The briefings do not say. The nearest judgements are:", ""]
    lines += [f"  “{citation.quote}”\n    {source_line(citation)}" for citation in answer.nearest]
    return "\n".join(lines)
