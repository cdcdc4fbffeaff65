"""The operators on answers as a whole: citations, earlier judgements, omissions, abstentions, typography (M20-M24)."""

import re
from collections.abc import Iterator

from evals.mutations.frames import Frame, frames_of, with_capital
from evals.mutations.operators import Edit, Edits, Operator, is_judged, kinds
from evals.mutations.seeds import Ground, Seed, alike, judged, words_of
from evals.mutations.wording import STRONGER_WEAKER, WORDING

UNCITED = kinds("invented moved low_overlap unsupported no_citation unknown_citation")
_PRONOUN = re.compile(r"(?:it|its|they|their|he|his|she|her|this|that)\b", re.I)
_PRESENT = {"was": "is", "were": "are"}
_HEDGED = (
    "It is unlikely that the briefings say whether {what}.",
    "The briefings probably do not say whether {what}.",
    "It is likely that no briefing covers whether {what}.",
    "There is a realistic possibility that the briefings do not say whether {what}.",
    "It is highly unlikely that the answer to whether {what} is in the briefings.",
)
# Cyrillic letters that look like Latin ones.
_LOOKALIKE = str.maketrans({"l": "\u04cf", "e": "\u0435", "i": "\u0456", "a": "\u0430"})


def _cites_another(seed: Seed, ground: Ground) -> Edits:
    """The neighbours of the cited sentence, and one from afar, that do not make its judgement."""
    here, own = seed.cited[0], judged(seed.claim)
    if seed.family != "verbatim" or _PRONOUN.match(seed.frames[0].content or "it"):
        return
    inside = ground.sentences(here)
    far = inside[(here * 7) % len(inside)]
    for number in dict.fromkeys((here - 1, here + 1, far)):
        if number not in inside or number in seed.cited:
            continue
        there = judged(ground.text(number))
        if not any(one[:2] == two[:2] and alike(one[2], two[2]) for one in own for two in there):
            yield Edit(seed.claim, (number,))


def _earlier(seed: Seed, ground: Ground) -> Edits:
    """An earlier judgement as if it still stood."""
    for frame in seed.frames:
        if not frame.estimate.superseded or not (now := _today(seed, frame)):
            continue
        following = seed.cited[0] + 1
        cited = (seed.cited[0], following) if following in ground.sentences(seed.cited[0]) else seed.cited
        yield Edit(with_capital(f"{now}."))
        yield Edit(f"The briefing judges that {now}.")
        yield Edit(f"According to the briefing, {now}.")
        yield Edit(f"We now judge that {now}.")
        if len(seed.frames) == 1:
            yield Edit(with_capital(f"{now}."), cited)


def _today(seed: Seed, frame: Frame) -> str:
    text = seed.claim[slice(*frame.estimate.proposition)]
    if frame.form in ("to", "plain"):
        be = _PRESENT.get(frame.be, frame.be)
        rest = f" to {frame.body}" if frame.body else ""
        return f"{frame.subject} {be} {frame.term}{rest}"
    if re.search(r"\bit " + frame.term + r" that\b", seed.claim):
        return f"it is {frame.term} that {text.replace(' would ', ' will ')}"
    return f"{text} is {frame.term}" if frame.form == "other" and frame.term not in text else ""


def _omitted(seed: Seed, ground: Ground) -> Edits:
    """An answer of three judgements without the one of this seed, which it has to give."""
    here = seed.cited[0]
    own = judged(seed.claim)
    rest = [
        one.sentence
        for number in ground.sentences(here)
        for one in ground.statements.get(number, [])
        if not any(alike(mine[2], other[2]) for mine in own for other in judged(one.sentence))
    ]
    rest = list(dict.fromkeys(rest))
    if seed.family == "verbatim" and len(rest) > 1 and here in ground.statements:
        place = here % (len(rest) - 1)
        yield Edit(f"{rest[place]} {rest[place + 1]}", missing=here)


def _abstaining(seed: Seed, ground: Ground) -> Edits:
    for place, frame in enumerate(seed.frames):
        if frame.content and frame.form != "other" and not _PRONOUN.match(frame.content):
            template = _HEDGED[(seed.cited[0] + place) % len(_HEDGED)]
            claim = template.format(what=frame.content)
            far = ground.sentences(seed.cited[0])[seed.cited[0] % len(ground.sentences(seed.cited[0]))]
            yield Edit(claim, ())
            if far not in seed.cited and not words_of(ground.text(far)) & words_of(claim):
                yield Edit(claim, (far,))


def _disguised(seed: Seed, ground: Ground) -> Edits:
    """The claims of the first operators with the new term written so that a reader sees it and a pattern may not."""
    for operator in WORDING:
        if operator.name not in ("M1", "M2", "M6"):
            continue
        for place, edit in enumerate(operator.edit(seed, ground)):
            if not ground.is_said(edit.claim, seed.claim, seed.cited[0]):
                yield from _disguises(edit.claim, seed, ground, place, operator.right)


def _disguises(claim: str, seed: Seed, ground: Ground, place: int, right: frozenset[str]) -> Iterator[Edit]:
    old = {one.term for one in seed.frames}
    changed = [one for one in frames_of(claim, ground.names) if one.term not in old]
    for one in changed[:1]:
        start, end = one.estimate.start, one.estimate.end
        written = _written(claim[start:end])
        text, marks = written[(len(claim) + place) % len(written)]
        yield Edit(f"{claim[:start]}{text}{claim[end:]}", right=right | marks)


def _written(term: str) -> list[tuple[str, frozenset[str]]]:
    """A term in disguises, each with the kinds of finding that name it besides the plain term's."""
    seen: frozenset[str] = frozenset()
    strange = kinds("unsupported")
    ways = [
        (f"{term[:2]}\u00ad{term[2:]}", strange),
        (f"{term[:3]}\u200b{term[3:]}", strange),
        (term.translate(_LOOKALIKE), strange),
        (term.upper(), seen),
    ]
    if " " in term:
        ways += [(term.replace(" ", other), seen) for other in ("\u00a0", "\n", "-", "\u2009", "  ")]
    if term.startswith("un"):
        ways.append((f"un-{term[2:]}", seen))
    return ways


def _stood(seed: Seed) -> bool:
    return any(frame.estimate.superseded for frame in seed.frames)


ANSWERING = (
    Operator(
        "M20", "a sentence cited that does not say it", UNCITED | STRONGER_WEAKER, is_judged, _cites_another, False
    ),
    Operator(
        "M21",
        "an earlier judgement as today's",
        STRONGER_WEAKER | {"moved", "horizon_changed", "superseded"},
        _stood,
        _earlier,
        guarded=False,
    ),
    Operator("M22", "a required judgement left out", kinds("missing"), is_judged, _omitted, guarded=False),
    Operator("M23", "a hedge on an abstention", UNCITED, is_judged, _abstaining, guarded=False),
    Operator("M24", "the new term in disguise", STRONGER_WEAKER, is_judged, _disguised, guarded=False),
)
