"""Faithful claims: paraphrases by rule that keep every term, and those written by hand in clean.jsonl."""

import json
import re
import tomllib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any

from evals.mutations.frames import Frame, with_capital, without_capital
from evals.mutations.operators import is_current
from evals.mutations.seeds import Ground, Seed

# Terms that can stand in "is likely to".
_WITH_TO = ("likely", "unlikely", "highly likely", "highly unlikely", "very likely", "very unlikely", "almost certain")
Rewrite = Callable[[Seed, Ground], Iterator[str]]


@dataclass(frozen=True, slots=True)
class Clean:
    """A claim that says what the sentences it cites say, and how it was rewritten."""

    family: str
    claim: str
    cited: tuple[int, ...]


def _current(seed: Seed) -> Iterator[Frame]:
    for frame in seed.frames:
        if frame.form != "other" and is_current(frame.estimate.superseded, frame.estimate.voice):
            yield frame


def _is_plain(seed: Seed) -> bool:
    """Whether every judgement is the author's today and the sentence speaks of nobody by a pronoun at its head."""
    return all(is_current(one.estimate.superseded, one.estimate.voice) for one in seed.frames) and not re.match(
        r"(?:He|She|It(?! is (?:not )?\w+ ?\w* that)|They|Its|His|Her|We|Our|In|This|That)\b", seed.claim
    )


def _voice(seed: Seed, _: Ground) -> Iterator[str]:
    """Active and passive: "A is likely to renew B" and "B is likely to be renewed by A"."""
    for frame in _current(seed):
        verb = frame.body.split(" ")[0]
        rest = frame.body.removeprefix(verb).strip()
        done = _words()["participles"].get(verb)
        found = re.match(
            r"(?P<what>(?:the|its|a|an|their|his|all)\b(?: (?!"
            + _words()["prepositions"]
            + r"\b)[\w'’-]+)+)(?P<tail>.*)",
            rest,
        )
        if frame.form == "to" and done and found and not re.match(r"its|their|his", found["what"]):
            be = "are" if re.search(r"[a-z]{2}[^s']s$", found["what"]) else "is"
            no = "not " if frame.denied else ""
            text = f"{found['what']} {be} {no}{frame.term} to be {done} by {frame.subject}{found['tail']}"
            yield frame.put(seed.claim, text)


def _nominalised(seed: Seed, _: Ground) -> Iterator[str]:
    """A verb as a noun: "it is likely that A will default" and "a default by A is likely"."""
    for frame in _current(seed):
        verb = frame.body.split(" ")[0]
        rest = frame.body.removeprefix(verb).strip()
        noun = _words()["nouns"].get(verb)
        if noun is None or not frame.subject or "chance" in frame.term or "possibility" in frame.term:
            continue
        link = "of " if verb in _words()["transitive"].split() else ""
        if verb in _words()["transitive"].split() and re.match(
            r"(?:in|on|to|for|by|at|before|against|up|back|down)\b", rest
        ):
            continue
        found = re.match(r"(?P<what>(?:(?!" + _words()["prepositions"] + r"\b)[\w'’-]+ ?)*)(?P<tail>.*)", rest)
        assert found is not None
        parts = [f"{noun} {link}{found['what']}".strip(), f"by {frame.subject}", found["tail"].strip()]
        no = "not " if frame.denied else ""
        yield frame.put(seed.claim, f"{' '.join(part for part in parts if part)} is {no}{frame.term}")


def _construction(seed: Seed, _: Ground) -> Iterator[str]:
    """ "A is likely to win" and "it is likely that A will win"."""
    for frame in _current(seed):
        no = "not " if frame.denied else ""
        if frame.form == "to":
            yield frame.put(seed.claim, f"it is {no}{frame.term} that {frame.content}")
        elif frame.form == "that" and re.fullmatch(r"[A-Z]\w+", frame.subject) and frame.term in _WITH_TO:
            yield frame.put(seed.claim, f"{frame.subject} is {no}{frame.term} to {frame.body}")


def _adverb(seed: Seed, _: Ground) -> Iterator[str]:
    """The term as an adverb: "it is probable that A will win" and "A will probably win"."""
    adverbs = {"probable": "probably", "almost certain": "almost certainly", "likely": "likely"}
    for frame in _current(seed):
        if frame.subject and frame.body and frame.term in adverbs and not frame.denied:
            yield frame.put(seed.claim, f"{frame.subject} will {adverbs[frame.term]} {frame.body}")


def _order(seed: Seed, ground: Ground) -> Iterator[str]:
    """The condition in front or behind."""
    for frame in seed.frames[:1] if len(seed.frames) == 1 and frame_is_alone(seed) else ():
        for one in frame.estimate.conditions:
            text, claim = seed.claim[one.start : one.end], seed.claim
            if one.start == 0 and claim[one.end :].startswith(", "):
                yield f"{with_capital(claim[one.end + 2 :].rstrip('.'))} {without_capital(text, ground.names)}."
            elif claim[one.end :] == "." and frame.start == 0:
                main = without_capital(claim[: one.start].rstrip(", "), ground.names)
                yield f"{with_capital(text)}, {main}."


def frame_is_alone(seed: Seed) -> bool:
    """Whether a seed is one sentence with one judgement of the author's."""
    return seed.family == "verbatim" and _is_plain(seed)


def _attributed(seed: Seed, ground: Ground) -> Iterator[str]:
    """The briefing named as the one who judges."""
    if seed.family == "verbatim" and _is_plain(seed) and "confidence" not in seed.claim:
        rest = without_capital(seed.claim, ground.names)
        yield f"According to the briefing, {rest}"
        if not seed.frames[0].estimate.conditions or seed.frames[0].estimate.conditions[0].start:
            yield f"The briefing judges that {rest}"
            yield f"{seed.claim.rstrip('.')}, the briefing says."


def _cited(seed: Seed, ground: Ground) -> Iterator[str]:
    """The briefing's title, or its title and date, beside the claim."""
    briefing = ground.corpus.briefing_of(seed.cited[0])
    if seed.family == "verbatim" and _is_plain(seed) and "confidence" not in seed.claim and '"' not in seed.claim:
        rest = without_capital(seed.claim, ground.names)
        yield f"According to “{briefing.title}”, {rest}"
        if briefing.published:
            yield f"{seed.claim.rstrip('.')}, according to the briefing of {briefing.published:%-d %B %Y}."


def _named(seed: Seed, _: Ground) -> Iterator[str]:
    """ "It" in the second half of a sentence as the subject of the first."""
    if len(seed.frames) == 2 and seed.family == "verbatim":
        one, other = seed.frames
        if one.form == other.form == "to" and other.subject in ("it", "they", "she", "he") and len(one.subject) < 40:
            yield other.put(seed.claim, replace(other, subject=one.subject).judged(other.term, other.denied))


def _split(seed: Seed, _: Ground) -> Iterator[str]:
    """One judgement of a sentence that makes two."""
    if len(seed.frames) == 2 and seed.family == "verbatim" and _is_plain(seed):
        for frame in seed.frames:
            shared = seed.frames[0].estimate.conditions and not seed.frames[0].estimate.conditions[0].start
            if (
                frame.form != "other"
                and not shared
                and not re.match(r"(?:it|they|she|he|its|an)\b", frame.subject or "it")
            ):
                conditions = frame.estimate.conditions
                end = conditions[0].end if conditions and conditions[0].start >= frame.end else frame.end
                yield f"{with_capital(seed.claim[frame.start : end])}."


def _listed(seed: Seed, ground: Ground) -> Iterator[str]:
    """Two judgements as the items of a list within a sentence."""
    if len(seed.frames) == 2 and seed.family in ("joined", "verbatim") and _is_plain(seed):
        one, other = seed.frames
        if re.fullmatch(r", (?:and|but|while|whereas) ", seed.claim[one.end : other.start]):
            first = without_capital(seed.claim[: one.end], ground.names)
            yield f"First, {first}; second, {seed.claim[other.start :]}"


def _quoted(seed: Seed, _: Ground) -> Iterator[str]:
    """The sentence word for word."""
    if seed.family == "verbatim":
        yield seed.claim


def _merged(seed: Seed, _: Ground) -> Iterator[str]:
    """Two sentences in one."""
    if seed.family in ("joined", "with_fact"):
        yield seed.claim


def _by_pairs(table: str) -> Rewrite:
    def rewrite(seed: Seed, _: Ground) -> Iterator[str]:
        claim = seed.claim
        for old, new in _words()[table]["pairs"]:
            claim = re.sub(old, new, claim)
        if seed.family in ("verbatim", "fact") and claim != seed.claim:
            yield claim

    return rewrite


def _shortened(seed: Seed, _: Ground) -> Iterator[str]:
    """The reason behind a judgement left out."""
    if seed.family == "verbatim" and len(seed.frames) == 1 and _is_plain(seed):
        found = re.search(r", (?:because|since|which) [^,;:]+\.$", seed.claim)
        if found and found.start() >= seed.frames[0].estimate.end:
            yield f"{seed.claim[: found.start()]}."


def _dated(seed: Seed, ground: Ground) -> Iterator[str]:
    """The term of the forecast heading in front."""
    sentence = ground.corpus.sentence(seed.cited[0])
    terms = {"short": "short", "medium": "medium", "long": "long"}
    path = " ".join(ground.corpus.path(seed.cited[0]))
    plain = frame_is_alone(seed) and len(seed.frames) == 1 and not seed.frames[0].estimate.conditions
    if plain and sentence.horizon in terms and f"{sentence.horizon}-term" in path.lower():
        yield f"In the {terms[sentence.horizon]} term, {without_capital(seed.claim, ground.names)}"


def _typed(seed: Seed, _: Ground) -> Iterator[str]:
    """The same words as a word processor sets them."""
    if seed.family == "verbatim" and seed.frames:
        term = seed.frames[0].estimate
        if " " in term.term:
            yield f"{seed.claim[: term.start]}{term.term.replace(' ', chr(160), 1)}{seed.claim[term.end :]}"
        elif "'" in seed.claim:
            yield seed.claim.replace("'", "’")
        elif "-" in seed.claim:
            yield seed.claim.replace("-", "\u2011")


@cache
def _words() -> dict[str, Any]:
    return tomllib.loads(files("evals.mutations").joinpath("clean.toml").read_text(encoding="utf-8"))


FAMILIES: tuple[tuple[str, Rewrite], ...] = (
    ("word for word", _quoted),
    ("voice", _voice),
    ("nominalisation", _nominalised),
    ("construction", _construction),
    ("adverb", _adverb),
    ("clause order", _order),
    ("attribution", _attributed),
    ("citation style", _cited),
    ("pronoun", _named),
    ("split", _split),
    ("list", _listed),
    ("merged", _merged),
    ("reason left out", _shortened),
    ("forecast term", _dated),
    ("typography", _typed),
    ("spelling", _by_pairs("spelling")),
    ("dates", _by_pairs("dates")),
    ("abbreviation", _by_pairs("abbreviation")),
    ("synonyms", _by_pairs("synonyms")),
)


def paraphrases(seeds: Sequence[Seed], ground: Ground) -> Iterator[Clean]:
    """Every paraphrase that a rule makes of a seed."""
    for family, rewrite in FAMILIES:
        for seed in seeds:
            for claim in rewrite(seed, ground):
                if claim != seed.claim or rewrite in (_quoted, _merged):
                    yield Clean(family, claim, seed.cited)


def by_hand(ground: Ground) -> Iterator[Clean]:
    """The claims of clean.jsonl whose sources are among the briefings."""
    numbers = {ground.text(number): number for number in range(len(ground.corpus))}
    for line in files("evals.mutations").joinpath("clean.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if all(text in numbers for text in row["source"]):
            yield Clean("by hand", row["claim"], tuple(numbers[text] for text in row["source"]))
