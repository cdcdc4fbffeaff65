"""The operators that change the word: its strength, its denial, its kind (M1 to M8, M11, M17 to M19)."""

import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import Any

from evals.mutations.frames import Frame, without_capital
from evals.mutations.operators import Edit, Edits, Operator, is_current, is_judged, kinds
from evals.mutations.seeds import Ground, Seed
from ingest.yardsticks import Yardstick, band_of

STRONGER_WEAKER = kinds("upgraded downgraded flipped")
_MAY = re.compile(r"(?<=[a-z] )(?:may|might|could)(?= [a-z])")
_LEVEL = re.compile(r"\b(?P<level>low|moderate|high) confidence\b")
LOW = re.compile(r"unlikely|improbable|remote|no chance|not ")


@cache
def _words() -> dict[str, Any]:
    return tomllib.loads(files("evals.mutations").joinpath("wording.toml").read_text(encoding="utf-8"))


def _frames(seed: Seed) -> Iterator[Frame]:
    """The judgements of a seed that stand, are the author's and can be put together anew."""
    for frame in seed.frames:
        if frame.form != "other" and is_current(frame.estimate.superseded, frame.estimate.voice):
            yield frame


def ladder(scale: Yardstick | None) -> tuple[str, ...]:
    """The terms of a scale from the lowest band up, one a band, as they stand in a sentence."""
    if scale is None:
        return ("remote chance", "highly unlikely", "unlikely", "realistic possibility", "likely", "highly likely")
    return tuple(band.terms[0] for band in scale.bands)


def _steps(seed: Seed, ground: Ground, wanted: Callable[[int], bool]) -> Edits:
    scale = ground.scale(seed.cited[0])
    terms = ladder(scale)
    for frame in seed.frames:
        band = band_of(scale, frame.term) if scale else None
        if band is None or frame.denied or frame.estimate.superseded or scale is None:
            continue
        at = scale.bands.index(band)
        for place, term in enumerate(terms):
            if wanted(abs(place - at)) and (claim := frame.swapped(seed.claim, term)):
                yield Edit(claim)


def _adjacent(seed: Seed, ground: Ground) -> Edits:
    return _steps(seed, ground, lambda steps: steps == 1)


def _far(seed: Seed, ground: Ground) -> Edits:
    return _steps(seed, ground, lambda steps: steps > 1)


def _by_table(table: str) -> Callable[[Seed, Ground], Edits]:
    def edit(seed: Seed, _: Ground) -> Edits:
        for frame in seed.frames:
            for term in (
                _words()[table].get(frame.term, ()) if not frame.denied and not frame.estimate.superseded else ()
            ):
                if claim := frame.swapped(seed.claim, term):
                    yield Edit(claim)

    return edit


def _dropped(seed: Seed, _: Ground) -> Edits:
    if seed.family == "hedged":
        yield Edit(_MAY.sub("will", seed.claim, count=1), right=kinds("dropped upgraded"))
    for frame in _frames(seed):
        low = bool(LOW.search(frame.term)) != frame.denied
        if low and frame.opposite:
            yield Edit(frame.put(seed.claim, frame.opposite))
        elif not low:
            yield Edit(frame.put(seed.claim, frame.content))


def _added(seed: Seed, ground: Ground) -> Edits:
    if seed.family == "hedged":
        yield Edit(_MAY.sub("will probably", seed.claim, count=1), right=kinds("invented upgraded"))
        return
    rest = without_capital(seed.claim, ground.names)
    for opening in ("It is likely that", "It is almost certain that", "There is a realistic possibility that"):
        yield Edit(f"{opening} {rest}")
    if verb := re.search(r"\b(?:has|have|is|are|was|were)\b(?= \w+(?:ed|en|wn|ld)\b)", seed.claim):
        yield Edit(f"{seed.claim[: verb.end()]} probably{seed.claim[verb.end() :]}")


def _adverb(seed: Seed, _: Ground) -> Edits:
    adverbs = _words()["adverbs"]
    for place, frame in enumerate(_frames(seed)):
        for adverb in (adverbs[(len(seed.claim) + place) % 9], adverbs[(len(seed.claim) + place + 4) % 9]):
            if frame.term in ("likely", "unlikely", "probable") and not frame.denied:
                yield Edit(frame.put(seed.claim, frame.judged(f"{adverb} {frame.term}")))


def _denied(seed: Seed, _: Ground) -> Edits:
    turned = kinds("flipped")
    milder = turned | {"reworded", "upgraded", "downgraded"}
    for frame in _frames(seed):
        if frame.denied:
            yield Edit(frame.put(seed.claim, frame.judged(frame.term)), right=turned, way="denial removed")
        elif frame.term == "unlikely":
            yield Edit(frame.put(seed.claim, frame.judged("likely", denied=True)), right=milder, way="not likely")
        verb = frame.body.split(" ")[0]
        if contrary := _words()["contrary"].get(verb):
            turned_round = replace(frame, body=contrary + frame.body.removeprefix(verb))
            text = turned_round.judged(frame.term, frame.denied)
            yield Edit(frame.put(seed.claim, text), right=turned | {"unsupported"}, way="contrary verb")
        if frame.opposite and not frame.denied:
            content = f"it is {frame.term} that {frame.opposite}"
            if re.search(r"chance|possibility", frame.term):
                content = f"there is a {frame.term} that {frame.opposite}"
            yield Edit(frame.put(seed.claim, content), right=turned, way="content denied")


def _numeric(seed: Seed, _: Ground) -> Edits:
    for figure in re.finditer(r"\b\d[\d,]*(?= per cent| \w+s\b)", seed.claim):
        more = str(int(figure.group().replace(",", "")) * 2 + 1)
        claim = f"{seed.claim[: figure.start()]}{more}{seed.claim[figure.end() :]}"
        yield Edit(claim, right=kinds("numeric unsupported"))
    for frame in _frames(seed):
        if frame.denied:
            continue
        for place, number in enumerate(_words()["numbers"].get(frame.term, ())):
            share = f"a {number} chance" if place == 2 else f"a probability of {number}"
            yield Edit(frame.put(seed.claim, f"there is {share} that {frame.content}"))


def _confident(seed: Seed, _: Ground) -> Edits:
    for frame in _frames(seed):
        low = bool(LOW.search(frame.term)) != frame.denied
        content = frame.opposite if low else frame.content
        # "We judge with confidence" on top of a confidence that the briefing states is another matter.
        if content and "confidence" not in seed.claim:
            yield Edit(frame.put(seed.claim, f"we judge with high confidence that {content}"))
            yield Edit(frame.put(seed.claim, f"there is moderate confidence that {content}"))


def _vague(seed: Seed, _: Ground) -> Edits:
    for place, frame in enumerate(_frames(seed)):
        low = bool(LOW.search(frame.term)) != frame.denied
        if not frame.subject:
            continue
        no, body = "not " if low else "", frame.body or "occur"
        words = ("may", "could", "might")
        yield Edit(frame.put(seed.claim, f"{frame.subject} {words[(len(seed.claim) + place) % 3]} {no}{body}"))
        if frame.be and frame.body:
            strong = ("expected", "set", "poised", "certain", "bound")[(len(seed.claim) + place) % 5]
            yield Edit(frame.put(seed.claim, f"{frame.subject} {frame.be} {no}{strong} to {frame.body}"))
        else:
            yield Edit(frame.put(seed.claim, f"it is possible that {frame.opposite if low else frame.content}"))


def _stacked(seed: Seed, _: Ground) -> Edits:
    for place, frame in enumerate(_frames(seed)):
        if not re.fullmatch(r"(?:\w+ )?(?:un)?likely", frame.term) or frame.denied or not frame.be:
            continue
        hedges = ("may be", "might be", "could be", "would probably be", "is perhaps", "is possibly")
        hedge = hedges[(len(seed.claim) + place) % 6]
        if frame.be == "are":
            hedge = hedge.replace("is ", "are ")
        rest = f" to {frame.body}" if frame.body else ""
        yield Edit(frame.put(seed.claim, f"{frame.subject} {hedge} {frame.term}{rest}"))
        if frame.body:
            yield Edit(frame.put(seed.claim, f"it may be {frame.term} that {frame.content}"))


def _regraded(seed: Seed, _: Ground) -> Edits:
    """A statement of confidence turned into a judgement of likelihood."""
    found = re.match(
        r"We (?:have|assess with|judge with) (?P<level>\w+) confidence that (?P<content>.+)\.$", seed.claim
    )
    for level in _LEVEL.finditer(seed.claim):
        for other in (one for one in ("low", "moderate", "high") if one != level["level"]):
            yield Edit(f"{seed.claim[: level.start()]}{other}{seed.claim[level.end('level') :]}")
    if found and not seed.frames:
        for term in {"high": ("almost certain", "highly likely"), "moderate": ("likely", "probable")}.get(
            found["level"], ("unlikely",)
        ):
            yield Edit(f"It is {term} that {found['content']}.")


def _either(seed: Seed, ground: Ground) -> Edits:
    yield from _confident(seed, ground)
    yield from _regraded(seed, ground)


def _has_term(seed: Seed) -> bool:
    return bool(seed.frames)


def _is_fact(seed: Seed) -> bool:
    return seed.family in ("fact", "hedged")


def _is_hedged(seed: Seed) -> bool:
    return is_judged(seed) or seed.family == "hedged"


def _is_graded(seed: Seed) -> bool:
    return is_judged(seed) or seed.family == "confidence"


WORDING = (
    Operator("M1", "the next band up or down", STRONGER_WEAKER, _has_term, _adjacent),
    Operator("M2", "two bands or more", STRONGER_WEAKER, _has_term, _far),
    Operator("M3", "another word of the same band", kinds("reworded"), _has_term, _by_table("synonyms")),
    Operator("M4", "the term dropped", kinds("dropped"), _is_hedged, _dropped),
    Operator("M5", "a term added to a fact", kinds("invented"), _is_fact, _added),
    Operator("M6", "highly, very added or removed", STRONGER_WEAKER | {"reworded"}, _has_term, _by_table("intensity")),
    Operator("M7", "quite, increasingly and such", STRONGER_WEAKER | {"reworded", "vague"}, is_judged, _adverb),
    Operator("M8", "denied, or a denial removed", kinds("flipped"), is_judged, _denied),
    Operator("M11", "a number for the term, or another", kinds("numeric"), is_judged, _numeric, guarded=False),
    Operator("M17", "likelihood and confidence exchanged", kinds("confidence_conflated"), _is_graded, _either),
    Operator(
        "M18",
        "may, expected to for the term",
        kinds("vague dropped upgraded downgraded"),
        is_judged,
        _vague,
        guarded=False,
    ),
    Operator("M19", "a hedge on the term", kinds("double_hedge"), is_judged, _stacked, guarded=False),
)
