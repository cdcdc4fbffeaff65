"""Whose judgement a term is: the author's, or that of the third party who says so.

The verbs, and the phrases around them, are in voices.toml.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ingest.briefing import Span
from ingest.speakers import AUTHOR, named, rules, speaker_of, subject_of

_WORD = re.compile(r"[A-Za-z]+")
# What a quotation opens with; an apostrophe only behind a space.
_OPENING = ('"', "“", "«", "‘", " '", "('")
# How far in front of a verb, and of a term, its "is" may stand.
_PASSIVE, _PASSIVE_TERM = 32, 40


@dataclass(frozen=True, slots=True)
class Voice:
    """Who judges, and where what they say begins, 0 if nowhere; `quoted` if the term stands in quotation marks."""

    name: str
    content: int
    quoted: bool = False


def voice_at(text: str, start: int, end: int, opens: int, closes: int) -> Voice:
    """Whose judgement the term at text[start:end] is; `opens` and `closes` bound the frame that may hold it."""
    quotation = _quotation(text, start)
    quoted = quotation is not None
    if by := _reduced_passive(text, start, end, closes):
        return Voice(by, 0, quoted)
    frame = _frame_before(text, start, opens, quotation)
    if frame is None or (frame.name == AUTHOR and quoted):
        after = _frame_after(text, start, end, closes, quotation)
        if after is not None:
            return Voice(after, 0 if frame is None else frame.content, quoted)
        if frame is None and quotation and (speaker := _before_colon(text[: quotation[0] - 1])):
            return Voice(speaker, quotation[0], quoted)
    return Voice(frame.name, frame.content, quoted) if frame else Voice(AUTHOR, 0, quoted)


def _reduced_passive(text: str, start: int, end: int, closes: int) -> str | None:
    """The agent of a participle around a term: "a mild winter, rated likely by the weather service, ..."."""
    by = rules().patterns["after_passive"].match(text, end, closes)
    return named(by["who"]) if by and rules().reduced.search(text, 0, start) else None


def _before_colon(before: str) -> str | None:
    """The subject of the clause that a colon ends, in front of a quotation: `Hune was less sure: "We will ..."`."""
    found = rules().patterns["to_colon"].search(before)
    return subject_of(found[1]) if found else None


def _quotation(text: str, place: int) -> Span | None:
    """The quotation, inside its marks, that a place of the text lies in."""
    if not any(map(text.__contains__, _OPENING)):
        return None
    for found in rules().patterns["quotation"].finditer(text):
        if found.start() < place < found.end():
            return found.start() + 1, found.end() - 1
    return None


def _frame_before(text: str, start: int, opens: int, quotation: Span | None) -> Voice | None:
    """The nearest frame in front of a term that holds it: "X warned that ...", "in the view of X", "X calls it ..."."""
    frames = [*_verbs(text, start, opens, quotation), *_phrases(text[opens:start], opens)]
    return max(frames, key=lambda frame: max(frame[0], frame[1].content))[1] if frames else None


def _verbs(text: str, start: int, opens: int, quotation: Span | None) -> Iterator[tuple[int, Voice]]:
    verbs, patterns = rules().verbs, rules().patterns
    for found in _WORD.finditer(text, opens, start):
        if found.group().lower() not in verbs:
            continue
        before, between = text[opens : found.start()], text[found.end() : start]
        if patterns["own_gerund"].search(before) and found.group().endswith("ing"):
            # "A view that the briefing contradicts by judging it unlikely".
            yield found.start(), Voice(AUTHOR, found.end())
            continue
        passive = rules().passive.search(text, max(0, found.start() - _PASSIVE), found.end())
        voice = None
        if passive and not patterns["that"].match(between):
            by = patterns["agent"].match(between)
            voice = Voice(named(by[1]), opens) if by else None
        elif patterns["comma"].match(between) and (aside := patterns["aside"].search(before)):
            # "A merger, the authority argues, is likely".
            voice = Voice(named(aside[1]), opens)
        elif not _is_noun(found.group().lower(), before, between, quotation is not None):
            voice = _said(text, found.span(), start, opens, quotation)
        if voice is not None:
            yield found.start(), voice


def _said(text: str, verb: Span, start: int, opens: int, quotation: Span | None) -> Voice | None:
    """The subject of a verb of saying, and what it says, if that holds the term."""
    between = text[verb[1] : start]
    if rules().patterns["stop"].search(between) and not (quotation and quotation[0] > verb[1]):
        return None
    content = _content(between, text[slice(*verb)].lower() in rules().naming, quotation is not None)
    if content is not None and (relative := rules().patterns["embedded"].search(text[opens : verb[0]])):
        # "A step that the association says will empty the shops".
        opens += relative.end() if rules().patterns["will_follows"].match(between) else 0
    speaker = speaker_of(text, opens, verb[0]) if content is not None else None
    return None if content is None or speaker is None else Voice(speaker, verb[1] + content)


def _is_noun(verb: str, before: str, between: str, quoted: bool) -> bool:
    """Whether a form that may be a verb is none here: "the state", "an honest count", "to believe"."""
    lists, patterns = rules().lists, rules().patterns
    if verb in lists["plural_nouns"] and patterns["verb_follows"].match(between):
        # "Three Council states regarded ...".
        return True
    if verb in lists["nouns"] and not before.rstrip().endswith(","):
        return True
    bare = verb in lists["plural"] and verb not in lists["either"]
    if bare and not patterns["that"].match(between) and not patterns["plural"].search(before):
        return True
    return not quoted and patterns["no_verb"].search(before) is not None


def _content(between: str, naming: bool, quoted: bool) -> int | None:
    """Where what is said begins, counted from the verb's end; None if the verb does not hold the term."""
    patterns = rules().patterns
    if that := patterns["content_that"].match(between):
        return that.end()
    if patterns["content_other"].search(between) and "“" not in between and '"' not in between:
        return None
    if quoted and not naming:
        opening = patterns["content_quoted"].match(between)
        return opening.end() if opening else None
    holds = _names(between) if naming else _states(between)
    return 1 if holds else None


def _names(between: str) -> bool:
    """Whether a verb of naming has the term for its object: "calls renewal almost certain"."""
    patterns = rules().patterns
    if patterns["content_none"].match(between):
        return False
    bare = patterns["content_pair"].sub(" ", patterns["content_aside"].sub(" ", between))
    # A comma with no other to close it ends the clause, unless what it is called is all that follows.
    return patterns["content_verb"].search(bare) is None and not patterns["content_left"].search(bare)


def _states(between: str) -> bool:
    """Whether a clause without "that" holds the term: "believes a veto is likely"."""
    patterns = rules().patterns
    return (
        patterns["content_clause"].match(between) is not None
        and patterns["content_joined"].search(between) is None
        and patterns["content_finite"].search(between) is not None
    )


def _phrases(before: str, opens: int) -> Iterator[tuple[int, Voice]]:
    """The phrases in front of a term that name the speaker: "according to X", "in the view of X"."""
    patterns = rules().patterns
    if not patterns["source_word"].search(before):
        return
    for phrase in rules().phrases:
        for found in phrase.finditer(before):
            if not patterns["ended"].search(before, found.end()):
                yield opens + found.start(), Voice(named(found["who"]), opens + found.end())


def _frame_after(text: str, start: int, end: int, closes: int, quotation: Span | None) -> str | None:
    """The speaker named behind a term: `..., said X`, `..., X argues`, `judged likely by X`, `..., according to X`."""
    patterns = rules().patterns
    rest = text[quotation[1] + 1 if quotation else end : closes]
    if found := next(
        filter(None, (patterns[name].search(rest) for name in ("after_source", "after_view", "after_how"))), None
    ):
        return named(found["who"])
    for said in rules().said["quoted" if quotation else "plain"]:
        if (found := said.search(rest)) and not patterns["no_speaker"].match(found["who"].strip()):
            return named(found["who"])
    if passive := rules().passive.search(text, max(0, start - _PASSIVE_TERM), start):
        by = patterns["after_passive"].match(text, end, closes)
        by = by or patterns["inside_passive"].match(text, passive.end(), start)
        return named(by["who"]) if by else None
    return None
