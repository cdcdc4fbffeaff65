"""The operators that leave the word and change what it is said of, when, on what condition, by whom."""

import calendar
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from evals.mutations.frames import Frame, pairs_of, with_capital, without_capital
from evals.mutations.operators import Edit, Edits, Operator, is_current, is_judged, kinds
from evals.mutations.seeds import Ground, Seed, words_of
from evals.mutations.wording import LOW
from ingest.briefing import Condition

_PRONOUN = re.compile(r"(?:its?|they|he|she|this|that|both)\b", re.I)
_TURNED = {
    "unless": "if",
    "if": "unless",
    "without": "with",
    "so long as": "unless",
    "as long as": "unless",
    "provided that": "unless",
    "while": "unless",
}
_LIMITS = re.compile(
    r"\b(?:(?P<all>most of|some of|half of|at least \w+ of|only part of|more than \w+ of) (?=the )"
    r"|(?P<drop>only (?=the )|partial |limited |temporary |more than (?=\d)|at least (?=\w+ )))",
    re.I,
)
_YEAR = re.compile(r"\b20\d\d\b")
_SPAN = re.compile(r"\bwithin (?P<count>an?|\w+) (?P<unit>day|week|month|year)(?P<many>s?)\b")
_MONTH = re.compile(
    r"\b(?:by|in|on|before|into|until|of) (?:the end of )?(?:\d\d? )?"
    r"(?P<month>January|February|March|April|June|July|August|September|October|November|December)\b"
)
_MONTHS = tuple(calendar.month_name[1:])
_SIDE = re.compile(r"\b(?:before|after)\b")
_DEADLINE = re.compile(r" (?:before|by) (?:the end of )?(?:\d\d? )?(?:[A-Z]\w+ )?(?:20\d\d|the year)(?=[.,])")
# What a verb is done to: "the mandate".
_OBJECT = re.compile(
    r"^[\w-]+ (?:the|its|a|an|their) (?P<what>[a-z][\w-]+)"
    r"(?= (?:before|by|in|on|if|unless|when|after|at|with|within)\b|$)"
)
_PLACE = re.compile(
    r" (?:in|around|at) (?!January|February|March|April|May|June|July|August|September|October|November|December)"
    r"(?:the )?[A-Z]\w+(?: [A-Z]\w+)*\b"
)
_EVERYWHERE = (" across the country", " in every region", " nationwide", " throughout the country")
MOVED = kinds("moved")


def _exchanged(seed: Seed, _: Ground) -> Edits:
    for one, other in pairs_of(seed.frames):
        if one.term != other.term:
            yield Edit(
                _both(seed, (one, one.judged(other.term, other.denied)), (other, other.judged(one.term, one.denied)))
            )


def _actors(seed: Seed, ground: Ground) -> Edits:
    yield from _strangers(seed, ground)
    for one, other in pairs_of(seed.frames):
        subjects = (one.subject, other.subject)
        alone = not words_of(one.subject) & words_of(other.subject) and not any(map(_PRONOUN.match, subjects))
        if all(subjects) and bool(one.body) == bool(other.body) and alone:
            mine, theirs = _with_subject_of(one, other), _with_subject_of(other, one)
            swapped = (one, mine.judged(one.term, one.denied)), (other, theirs.judged(other.term, other.denied))
            yield Edit(_both(seed, *swapped), way="exchanged")


def _strangers(seed: Seed, ground: Ground) -> Edits:
    """Another actor of the briefing in the place of the one judged, or another thing in the place of its object."""
    others = [one for found in ground.frames(seed.cited[0]) for one in found if one.body and one.be in ("is", "are")]
    for frame in seed.frames:
        if not frame.body or frame.be not in ("is", "are") or _PRONOUN.match(frame.subject):
            continue
        strange = [one for one in others if _are_alike(one.subject, frame.subject) and _is_new(one.subject, seed)]
        for other in strange[len(seed.claim) % len(strange) :][:1] if strange else ():
            text = _with_subject_of(frame, other).judged(frame.term, frame.denied)
            yield Edit(frame.put(seed.claim, text), right=MOVED | {"unsupported"}, way="another actor")
        mine = _OBJECT.search(frame.body)
        found = [_OBJECT.search(one.body) for one in others]
        things = [one["what"] for one in found if one and _is_new(one["what"], seed)]
        if mine and things:
            new = things[len(seed.claim) % len(things)]
            body = f"{frame.body[: mine.start('what')]}{new}{frame.body[mine.end('what') :]}"
            text = replace(frame, body=body).judged(frame.term, frame.denied)
            yield Edit(frame.put(seed.claim, text), right=MOVED | {"unsupported"}, way="another object")


def _is_new(text: str, seed: Seed) -> bool:
    """Whether a claim speaks of nothing of the kind."""
    return bool(words_of(text)) and not words_of(text) & words_of(seed.claim)


def _with_subject_of(frame: Frame, other: Frame) -> Frame:
    if frame.body and not other.be:
        return replace(frame, form="that", subject=other.subject, be="")
    return replace(frame, subject=other.subject, be=other.be)


def _both(seed: Seed, *changes: tuple[Frame, str]) -> str:
    """The claim of a seed with these judgements put anew, last first so that the spans stay right."""
    claim = seed.claim
    for frame, text in sorted(changes, key=lambda change: -change[0].start):
        claim = frame.put(claim, text)
    return claim


def _other_clause(seed: Seed, ground: Ground) -> Edits:
    for frame, fact, before in _beside(seed, ground):
        plain = frame.opposite if LOW.search(frame.term) and frame.opposite else frame.content
        moved = _that(frame, fact)
        yield Edit(with_capital(f"{moved}, and {plain}." if before else f"{plain}, because {moved}."))


def _beside(seed: Seed, ground: Ground) -> Iterator[tuple[Frame, str, bool]]:
    """The only judgement of a claim, with a plain clause in front of it or a reason behind it."""
    if len(seed.frames) != 1 or seed.frames[0].form == "other":
        return
    frame = seed.frames[0]
    ahead = re.fullmatch(r"(?P<fact>[^;:]+), (?:and|but) ", seed.claim[: frame.start])
    behind = re.fullmatch(r", (?:because|since) (?P<fact>[^,;:]+)\.", seed.claim[frame.end :])
    if ahead:
        yield frame, without_capital(ahead["fact"], ground.names), True
    elif behind and frame.start == 0:
        yield frame, behind["fact"], False


def _that(frame: Frame, content: str) -> str:
    """A judgement by the term of a frame of something else."""
    if re.search(r"chance|possibility", frame.term):
        return f"there is a {frame.term} that {content}"
    return f"it is {'not ' if frame.denied else ''}{frame.term} that {content}"


def _later(seed: Seed, _: Ground) -> Edits:
    yield from _conditions(seed)
    times = kinds("horizon_changed unsupported")
    claim = seed.claim
    within = [(frame.start, frame.end) for frame in seed.frames]
    for year in _inside(_YEAR, claim, within):
        yield Edit(f"{claim[: year.start()]}{int(year.group()) + 2}{claim[year.end() :]}", right=times, way="year")
    for found in _inside(_MONTH, claim, within):
        month = _MONTHS[(_MONTHS.index(found["month"]) + 3) % 12]
        yield Edit(f"{claim[: found.start('month')]}{month}{claim[found.end('month') :]}", right=times, way="month")
    for found in _inside(_SPAN, claim, within):
        longer = "five years" if found["unit"] != "year" else "ten years"
        yield Edit(f"{claim[: found.start()]}within {longer}{claim[found.end() :]}", right=times, way="span")
    for side in _inside(_SIDE, claim, within):
        turned = {"before": "after", "after": "before"}[side.group()]
        wrong = times | {"condition_lost", "flipped"}
        yield Edit(f"{claim[: side.start()]}{turned}{claim[side.end() :]}", right=wrong, way="before and after")
    for frame in seed.frames:
        # What is unlikely by a day may be likely later; what is likely by then is likely without the day.
        deadline = _DEADLINE.search(claim, frame.start, frame.end + 1)
        if deadline and LOW.search(frame.term) and not frame.denied:
            yield Edit(
                claim[: deadline.start()] + claim[deadline.end() :],
                right=times | {"scope_changed"},
                way="deadline lost",
            )
        if frame.is_whole(claim) and not re.search(r"\d|year|month|week|this|summer|winter|before|after|by", claim):
            yield Edit(f"{claim.rstrip('.')} within the next three weeks.", right=times, way="horizon added")


def _inside(pattern: re.Pattern[str], claim: str, spans: Sequence[tuple[int, int]]) -> Iterator[re.Match[str]]:
    """What a pattern finds in these stretches of a claim."""
    return (found for start, end in spans for found in pattern.finditer(claim, start, end))


def _conditions(seed: Seed) -> Edits:
    for frame in seed.frames:
        for one in frame.estimate.conditions:
            text = seed.claim[one.start : one.end]
            if not is_current(frame.estimate.superseded, frame.estimate.voice) or len(text) > 100:
                continue
            if without := _without(seed.claim, one):
                yield Edit(without, way="condition lost")
            if turned := _TURNED.get(one.connective.lower()):
                word = with_capital(turned) if text[0].isupper() else turned
                rest = seed.claim[one.start + len(one.connective) :]
                yield Edit(
                    f"{seed.claim[: one.start]}{word}{rest}",
                    right=kinds("condition_lost flipped"),
                    way="condition turned",
                )


def _without(claim: str, one: Condition) -> str:
    """The claim without a condition that opens or closes it."""
    if one.start == 0:
        return with_capital(claim[one.end :].lstrip(", "))
    if claim[one.end :] in (".", ""):
        return claim[: one.start].rstrip(", ") + "."
    return ""


def _wider(seed: Seed, ground: Ground) -> Edits:
    for frame, fact, before in _beside(seed, ground):
        if frame.content:
            first, second = (fact, frame.content) if before else (frame.content, fact)
            yield Edit(f"{with_capital(_that(frame, first))} and that {second}.", way="a fact besides")
    for frame in seed.frames:
        for place in _PLACE.finditer(seed.claim, frame.start, frame.end):
            everywhere = _EVERYWHERE[len(seed.claim) % len(_EVERYWHERE)]
            claim = f"{seed.claim[: place.start()]}{everywhere}{seed.claim[place.end() :]}"
            yield Edit(claim, right=kinds("scope_changed"), way="everywhere")
    for one, other in pairs_of(seed.frames):
        if one.be and one.body and _are_alike(one.subject, other.subject) and " its " not in one.body:
            merged = replace(one, subject=f"{one.subject} and {other.subject}", be="are")
            yield Edit(f"{with_capital(merged.judged(one.term, one.denied))}.", way="both actors")
    if limit := _LIMITS.search(seed.claim):
        text = "all of " if limit["all"] else ""
        claim = f"{seed.claim[: limit.start()]}{text}{seed.claim[limit.end() :]}"
        yield Edit(with_capital(claim), right=kinds("scope_changed"), way="limit lost")


def _words(text: str) -> set[str]:
    return set(text.lower().split()) - {"the"}


def _are_alike(one: str, other: str) -> bool:
    """Whether two subjects can do the same thing: two names, or two bodies."""
    kinds = [(text[:1].isupper(), text.lower().startswith("the ")) for text in (one, other)]
    return bool(one and other) and kinds[0] == kinds[1] and any(kinds[0]) and not _words(one) & _words(other)


def _fused(seed: Seed, _: Ground) -> Edits:
    for one, other in pairs_of(seed.frames):
        if (one.term == other.term and one.denied == other.denied) or one.content == other.content:
            continue
        for kept in (one, other) if not any(_PRONOUN.match(frame.content) for frame in (one, other)) else ():
            conditions = _lead(seed)
            yield Edit(with_capital(f"{conditions}{_that(kept, one.content)} and that {other.content}."))


def _lead(seed: Seed) -> str:
    """The condition that opens a claim, with its comma."""
    first = seed.frames[0].estimate.conditions
    if first and first[0].start == 0 and seed.frames[0].start > first[0].end:
        return seed.claim[: seed.frames[0].start]
    return ""


def _has_two(seed: Seed) -> bool:
    return len(seed.frames) > 1


def _has_frame(seed: Seed) -> bool:
    return is_judged(seed) or seed.family == "limit"


STRUCTURE = (
    Operator("M9", "terms exchanged between two judgements", MOVED, _has_two, _exchanged),
    Operator(
        "M10",
        "the term moved to another clause",
        kinds("moved scope_changed invented dropped"),
        is_judged,
        _other_clause,
    ),
    Operator("M12", "horizon or condition changed or lost", kinds("condition_lost"), is_judged, _later, guarded=False),
    Operator("M13", "actors or objects exchanged", MOVED, is_judged, _actors),
    Operator("M14", "scope widened", kinds("scope_changed fused moved invented"), _has_frame, _wider, guarded=False),
    Operator("M15", "two judgements under one term", kinds("fused upgraded downgraded flipped"), _has_two, _fused),
)
