"""The judgements of a briefing for people and as JSON."""

from collections.abc import Iterator, Sequence
from typing import Any, get_args

from ingest.briefing import Briefing, Judgement, Kind
from ingest.estimative import judgements
from ingest.report import plain

# Modals only matter to the wording check.
ALL_KINDS: tuple[Kind, ...] = tuple(kind for kind in get_args(Kind) if kind != "modal")


def judgement_objects(briefing: Briefing, every_kind: bool = False) -> list[dict[str, Any]]:
    """The documented JSON object of every term of a briefing; of every word of likelihood, if asked for.

    `start` and `end` count characters of the briefing's text.
    """
    found = judgements(briefing, ALL_KINDS) if every_kind else briefing.judgements
    return [judgement_object(briefing, one) for one in found]


def judgement_object(briefing: Briefing, judgement: Judgement) -> dict[str, Any]:
    """One term as JSON."""
    one, sentence = judgement.estimate, briefing.sentences[judgement.sentence]
    conditions = [briefing.quote(condition.start, condition.end) for condition in one.conditions]
    return {
        "briefing": briefing.id,
        "sentence": briefing.quote(sentence.start, sentence.end),
        "kind": one.kind,
        "term": one.term,
        "canonical": one.canonical,
        "band": one.band if one.kind == "term" else None,
        "negated": one.negated,
        "subject": briefing.quote(*one.subject) if one.subject else None,
        "proposition": briefing.quote(*one.proposition),
        "condition": "; ".join(conditions) or None,
        "horizon": one.horizon,
        "voice": one.voice,
        "quoted": one.quoted,
        "tense": one.tense,
        "superseded": one.superseded,
        "start": one.start,
        "end": one.end,
    }


def judgement_lines(rows: Sequence[dict[str, Any]]) -> Iterator[str]:
    """The same as a table: term, horizon, voice, what it governs, on what condition."""
    if not rows:
        yield "No estimative term."
        return
    for row in rows:
        term = ("not " if row["negated"] else "") + row["term"]
        told = [row["horizon"] if row["horizon"] != "none" else "", "" if row["voice"] == "author" else row["voice"]]
        head = f"{' '.join(term.split()):<24}{told[0]:<8}{told[1]:<24}"
        governed = f"{row['subject'] or ''} {row['proposition']}"
        yield plain(f"{head.rstrip():<56} {' '.join(governed.split())}")
        if row["condition"]:
            yield plain(f"{'':<57}{' '.join(row['condition'].split())}")
