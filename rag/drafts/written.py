"""A term as a briefing writes it, with the "not" that belongs to it."""

import re

from ingest.briefing import Estimate

_NEGATION = re.compile(r"\b(?:not|no|never|nor|neither|cannot|hardly)\b|\w+n['’]t\b", re.I)


def as_written(text: str, one: Estimate, start: int = 0) -> str:
    """The term in its text from its negation on: "not likely" is no "likely". `start` is where its sentence begins."""
    term = text[one.start : one.end]
    if not one.negated or _NEGATION.search(term):
        return term
    before = [found.start() for found in _NEGATION.finditer(text, start, one.start)]
    return text[before[-1] : one.end] if before else f"[not] {term}"
