"""The operator that takes a judgement from the one who makes it (M16)."""

import re

from evals.mutations.frames import with_capital
from evals.mutations.operators import Edit, Edits, Operator, kinds
from evals.mutations.seeds import Ground, Seed, words_of

_PRONOUN = re.compile(r"(?:its?|they|he|she|this|that)\b", re.I)
_SAYS = re.compile(
    r"^(?P<who>[^\"“]+?),? (?:says?|said|told [\w ]+|maintains?|believes?|predicts?|holds?)(?: in [\w ]+| on [\w ]+)?"
    r" that (?P<what>(?:[^\"“”]+|there) (?:is|was|are|were) )[\"“](?P<term>[^\"“”,]+)[\"”](?P<rest>.*)$"
)
_GOES_ON = re.compile(r"(?: (?:to|that|within|before|without|while) [^,.]+)?")
_SAYS_PLAINLY = re.compile(
    r"^(?P<who>[^\"“]+?),? (?:says?|said|believes?|thinks?|predicts?)(?: it (?P<term>[\w ]+?))? that"
    r" (?P<what>[^\"“”]+)\.$"
)
_CALLS = re.compile(
    r"^(?P<who>[^\"“]+?),? (?:calls?|called|describes?|described|rates?|considers?|regards?|puts|thinks)"
    r" (?P<what>[^\"“”]+?)(?: as| at)? [\"“](?P<term>[^\"“”,]+)[\"”](?P<rest>.*)$"
)


def _own_voice(seed: Seed, ground: Ground) -> Edits:
    """What a third party says as the briefing's own judgement, and in another's mouth."""
    if not (said := _said(seed.claim)):
        return
    who, what = said
    yield Edit(with_capital(f"{what}."))
    yield Edit(f"The briefing judges that {what}.")
    yield Edit(f"We assess that {what}.")
    place = seed.cited[0] * 7
    speakers = [found[0] for number in ground.sentences(seed.cited[0]) if (found := _said(ground.text(number)))]
    others = [one for one in speakers if not words_of(one) & words_of(who) and not _PRONOUN.match(one)]
    if others:
        yield Edit(f"{others[place % len(others)]} says that {what}.", right=kinds("attribution_lost unsupported"))


def _said(text: str) -> tuple[str, str] | None:
    """Who says what, without quotation marks, in the present."""
    if found := _SAYS.match(text):
        verb = {"was ": "is ", "were ": "are "}
        what = re.sub(r"(?:was|were) $", lambda one: verb[one.group()], found["what"])
        return found["who"], f"{what}{found['term']}{_goes_on(found['rest'])}"
    if found := _CALLS.match(text):
        return found["who"], f"{found['what']} is {found['term']}{_goes_on(found['rest'])}"
    if found := _SAYS_PLAINLY.match(text):
        what = f"it is {found['term']} that {found['what']}" if found["term"] else found["what"]
        return found["who"], what
    return None


def _goes_on(rest: str) -> str:
    found = _GOES_ON.match(rest)
    return found.group() if found else ""


def _is_said(seed: Seed) -> bool:
    return len(seed.frames) == 1 and seed.frames[0].estimate.voice != "author"


VOICES = (Operator("M16", "another's judgement as the author's", kinds("attribution_lost"), _is_said, _own_voice),)
