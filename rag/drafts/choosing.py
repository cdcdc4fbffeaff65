"""Which briefings a draft is made from: those named, those on a topic, those of a time."""

from dataclasses import replace
from datetime import date

from ingest.errors import YardstickError
from rag.answer import Filters
from rag.answering import margin, topical_features
from rag.corpus import passes
from rag.drafts.composing import Request
from rag.drafts.draft import Form
from rag.ranking import load_weights
from rag.retrieval import Retriever

# So many sentences on a topic are looked at, and so many briefings are taken for it; those whose best sentence scores
# so far below the best of all are about something else.
DEPTH = 60
MOST = 12
NEAR = 6.0


def request_for(form: Form, filters: Filters, topic: str, retriever: Retriever, as_of: date) -> Request:
    """The briefings that the filters let through, on the topic if one is given; raises YardstickError for none.

    Those published after `as_of` are left out, unless they are named.
    """
    corpus = retriever.corpus()
    passing = tuple(one for one in corpus.briefings if passes(one, filters))
    if not filters.briefing_ids:
        passing = tuple(one for one in passing if not one.published or one.published <= as_of)
        filters = replace(filters, briefing_ids=tuple(one.id for one in passing))
    focus: dict[int, float] = {}
    if topic and passing:
        found = retriever.retrieve(topic, filters, DEPTH)
        if not found.evidence or margin(load_weights("topical"), topical_features(found)) < 0:
            raise YardstickError(f"No loaded briefing is about “{topic}”.")
        focus = {one.number: one.score for one in found.evidence}
        best = {corpus.briefing_of(one.number).id: one.score for one in reversed(found.evidence)}
        least = found.evidence[0].score - NEAR
        near = sorted((name for name in best if best[name] >= least), key=lambda name: -best[name])
        passing = tuple(corpus.briefings[corpus.place[name]] for name in near[:MOST])
    if not passing:
        raise YardstickError("No loaded briefing passes. List them with their dates: python -m ingest list")
    if form in ("summary", "bottom_line") and len(passing) > 1:
        if not topic:
            names = ", ".join(one.id for one in passing[:MOST])
            raise YardstickError(f"A {form} is made from one briefing, and {len(passing)} pass ({names}). Name one.")
        passing = passing[:1]
    newest = tuple(sorted(passing, key=lambda one: one.published or date.min, reverse=True))
    return Request(form, newest, corpus, as_of, topic if form == "digest" else "", focus)
