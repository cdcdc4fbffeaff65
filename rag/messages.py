"""Findings of the wording check in words that a reader understands."""

from typing import Final

from ingest.briefing import Estimate
from ingest.speakers import AUTHOR
from rag.answer import Finding, Kind, Severity
from rag.clauses import Unit

# Severe ones change what a reader would believe; the others change words that the author chose.
SEVERITY: Final[dict[Kind, Severity]] = {
    "reworded": "minor",
    "upgraded": "severe",
    "downgraded": "severe",
    "dropped": "severe",
    "vague": "major",
    "invented": "severe",
    "moved": "severe",
    "scope_changed": "severe",
    "flipped": "severe",
    "numeric": "severe",
    "condition_lost": "severe",
    "horizon_changed": "major",
    "attribution_lost": "severe",
    "confidence_conflated": "severe",
    "fused": "severe",
    "double_hedge": "major",
    "superseded": "severe",
}
_MESSAGES: Final[dict[Kind, str]] = {
    "reworded": "The briefing says '{theirs}'; the claim says '{mine}', another word of the same strength.",
    "upgraded": "The briefing says '{theirs}'; the claim says '{mine}', which is stronger.",
    "downgraded": "The briefing says '{theirs}'; the claim says '{mine}', which is weaker.",
    "dropped": "The briefing says '{theirs}'; the claim states it as a fact.",
    "vague": "The briefing says '{theirs}'; the claim says '{mine}', which is no term of its scale.",
    "invented": "The claim says '{mine}'; the sentences it cites make no such judgement.",
    "moved": "The briefing says '{theirs}' of something else; the claim says '{mine}' here.",
    "scope_changed": "The claim says '{mine}' of more or less than the briefing does: {what}.",
    "flipped": "The briefing says '{theirs}'; the claim says '{mine}' and so turns the judgement round.",
    "numeric": "The briefing says '{theirs}'; the claim says '{mine}'.",
    "condition_lost": "The briefing says '{theirs}' only {what}; the claim leaves that out or changes it.",
    "horizon_changed": "The claim gives a time that the briefing does not: {what}.",
    "attribution_lost": (
        "In the briefing this is the judgement of {their_voice}; the claim gives it as that of {my_voice}."
    ),
    "confidence_conflated": "The claim says '{mine}'; the briefing says '{theirs}'. Confidence is not probability.",
    "fused": "The briefing says '{theirs}'; the claim puts it under '{mine}' together with another judgement.",
    "double_hedge": "The claim stacks '{mine}' on '{theirs}'; the briefing does not.",
    "superseded": "The briefing recalls '{theirs}' as an earlier judgement; the claim gives it as today's.",
}


def finding(
    kind: Kind,
    unit: Unit,
    source: Unit | None,
    claim: Estimate | None = None,
    source_term: Estimate | None = None,
    shift: int | None = None,
    what: str = "",
) -> Finding:
    """A finding on one clause of a claim, against the source clause it was compared with, if any."""
    theirs = source_term or (source.estimate if source else None)
    start, end = (claim.start, claim.end) if claim else (unit.start, unit.end)
    message = _MESSAGES[kind].format(
        mine=_words(claim) if claim else unit.text[unit.start : unit.end],
        theirs=_words(theirs) if theirs else "no such thing",
        what=what,
        my_voice=_voice(claim),
        their_voice=_voice(theirs),
    )
    return Finding(
        kind=kind,
        message=message,
        severity=SEVERITY[kind],
        start=start,
        end=end,
        source=source.place if source else None,
        source_start=theirs.start if theirs and source else source.start if source else None,
        source_end=theirs.end if theirs and source else source.end if source else None,
        shift=shift,
    )


def _words(estimate: Estimate) -> str:
    return f"not {estimate.term}" if estimate.negated else estimate.term


def _voice(estimate: Estimate | None) -> str:
    return "the author" if estimate is None or estimate.voice == AUTHOR else estimate.voice
