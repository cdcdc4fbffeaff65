"""The words that say how likely something is: where they stand in a text, and which of them judge nothing.

The words themselves, their bands and the patterns around them are in estimative.toml.
"""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from ingest.briefing import Kind
from ingest.folding import Folded, fold

# Letters of which every text with an estimate has some; str.find is much faster than a pattern.
_HINTS = (
    "likel",
    "probab",
    "certain",
    "chance",
    "possib",
    "odds",
    "even",
    "remote",
    "50-50",
    "50/50",
    "toss",
    "confiden",
)


@dataclass(frozen=True, slots=True)
class Mark:
    """A word or phrase that bears on likelihood: its span in the text, its base form and its band, if it has one.

    `form` is the form as it stands, folded. `negated`: "not likely", "no suspect is likely".
    """

    kind: Kind
    start: int
    end: int
    canonical: str
    band: str | None
    form: str = ""
    negated: bool = False


@dataclass(frozen=True, slots=True)
class _Words:
    finder: re.Pattern[str]
    quick: re.Pattern[str]
    meaning: dict[str, tuple[Kind, str, str | None]]
    sets: dict[str, frozenset[str]]
    patterns: dict[str, re.Pattern[str]]
    levels: dict[str, float]


@cache
def _raw() -> dict[str, Any]:
    return tomllib.loads(files("ingest").joinpath("estimative.toml").read_text(encoding="utf-8"))


@cache
def _words() -> _Words:
    raw = _raw()
    meaning: dict[str, tuple[Kind, str, str | None]] = {}
    kinds: tuple[tuple[str, Kind], ...] = (
        ("modals", "modal"),
        ("hedges", "hedge"),
        ("mentions", "mention"),
        ("comparatives", "comparative"),
        ("terms", "term"),
    )
    judging: list[str] = []
    for table, kind in kinds:
        for band, lexemes in raw[table].items():
            for canonical, forms in lexemes.items():
                for form in forms:
                    key = _key(form)
                    meaning[key] = (kind, canonical, None if band == "unspecified" else band)
                    if kind in ("term", "comparative", "mention") and not key.endswith("possible"):
                        judging.append(form)
    everything = [form for table, _ in kinds for lexemes in raw[table].values() for f in lexemes.values() for form in f]
    return _Words(
        finder=_finder(everything),
        quick=_finder(judging),
        meaning=meaning,
        sets={name: frozenset(some) for name, some in raw["words"].items()},
        patterns={name: re.compile(pattern) for name, pattern in raw["patterns"].items()},
        levels=dict(raw["levels"]),
    )


def level_of(band: str | None) -> float | None:
    """The place of a band in the order of all bands, without unit; None for what has no band."""
    return _words().levels[band] if band else None


def bands() -> tuple[str, ...]:
    """The bands of all scales taken together, lowest first."""
    levels = _words().levels
    return tuple(sorted(levels, key=levels.__getitem__))


def marks_in(text: str, terms_only: bool = False) -> tuple[Mark, ...]:
    """What a sentence says of likelihood, in order, no two overlapping; `terms_only` leaves hedges and modals out."""
    if terms_only and "-" not in text and "\u00ad" not in text and not any(map(text.lower().__contains__, _HINTS)):
        return ()
    folded = fold(text)
    if terms_only and not any(map(folded.text.__contains__, _HINTS)):
        return ()
    found = sorted(_found(folded.text, terms_only), key=lambda mark: (mark.start, -mark.end))
    kept: list[Mark] = []
    for mark in found:
        if not kept or mark.start >= kept[-1].end:
            kept.append(mark)
    judged = (_judged(mark, folded.text, text) for mark in kept)
    return tuple(_placed(mark, folded) for mark in judged if mark is not None)


def _placed(mark: Mark, folded: Folded) -> Mark:
    start, end = folded.original(mark.start, mark.end)
    return Mark(mark.kind, start, end, mark.canonical, mark.band, mark.form, mark.negated)


def _found(text: str, terms_only: bool) -> Iterator[Mark]:
    words = _words()
    for found in (words.quick if terms_only else words.finder).finditer(text):
        form, start = found.group(), found.start()
        if (
            form.startswith(("as ", "so "))
            and _key(form[3:]) in words.meaning
            and not re.match(r"[^.;]* (?:as|that)\b", text[found.end() :])
        ):
            # "regards it as likely" is no comparison.
            form, start = form[3:], start + 3
        kind, canonical, band = words.meaning[_key(form)]
        yield Mark(kind, start, found.end(), canonical, band, form)
    patterns = words.patterns
    if "remote" in text and (found_remote := patterns["remote"].search(text)):
        yield Mark("term", *found_remote.span("term"), "remote", "remote_chance", "remote")
    if "even" in text and (found_even := patterns["even"].search(text)):
        yield Mark("term", *found_even.span("term"), "even chance", "even_chance", "even")
    if "confiden" in text:
        for name in ("confidence", "confidence_after"):
            for found in patterns[name].finditer(text):
                yield Mark(
                    "confidence", found.start(), found.end(), f"{found['level']} confidence", None, found.group()
                )
        for found in patterns["confident"].finditer(text):
            yield Mark("confidence", found.start(), found.end(), "confident", None, found.group())
    if nouns := list(patterns["chance_nouns"].finditer(text)):
        for found in patterns["number"].finditer(text):
            if any(_near(found, noun, text) for noun in nouns):
                yield _number(found)
    if "%" in text or "cent" in text:
        for found in patterns["number"].finditer(text):
            if (glossed := words.finder.search(text, max(0, found.start() - 40), found.start())) and re.fullmatch(
                r" ?[(\[]", text[glossed.end() : found.start()]
            ):
                yield _number(found)


def _number(found: re.Match[str]) -> Mark:
    start, end = found.span("amount")
    return Mark("number", start, end, " ".join(found["amount"].split()), None, found["amount"])


def _near(amount: re.Match[str], noun: re.Match[str], text: str) -> bool:
    """Whether a number is that of a chance: beside the noun, or behind it in the same clause."""
    if amount.start() >= noun.end():
        between = text[noun.end() : amount.start()]
        if re.search(r"[;.]|, (?:and|but|while)", between) or len(between) > 110:
            return False
        # "the chance that it passes is one in four", but not "the chance that it passes the 50 per cent mark".
        return not re.search(r"\bthat\b", between) or bool(
            re.search(r"\b(?:is|are|at|as|of)(?: only| put at)? $", between)
        )
    between = text[amount.end() : noun.start()]
    return len(between.split()) <= 2 and not re.search(r"[;,.]|\bof\b", between)


def _judged(mark: Mark, text: str, original: str) -> Mark | None:
    """The mark as its context reads it: a term may be a mere mention, and some words mean nothing here."""
    if mark.kind == "hedge":
        return _judged_hedge(mark, text)
    if mark.kind == "modal":
        return mark if _is_verb(mark, text) else None
    if mark.kind != "term":
        return mark
    if (
        mark.form == "probable"
        and _words().patterns["foreign"].search(text)
        and not _words().patterns["english"].search(text)
    ):
        return None
    if _is_legend(mark, text):
        return None
    if _is_mention(mark, text):
        return _as(mark, "mention")
    return Mark(mark.kind, mark.start, mark.end, mark.canonical, mark.band, mark.form, _is_negated(mark, text))


def _as(mark: Mark, kind: Kind) -> Mark:
    return Mark(kind, mark.start, mark.end, mark.canonical, None, mark.form)


def _judged_hedge(mark: Mark, text: str) -> Mark | None:
    if mark.form in ("may", "might", "could", "can") and not _is_verb(mark, text):
        return None
    if mark.form == "certainly" and re.search(r"\b(?:not|almost|nearly|most) $", text[: mark.start]):
        return None
    return mark


def _is_verb(mark: Mark, text: str) -> bool:
    """Whether a modal is one: not the month, the noun ("military might") or a testament."""
    before, after = text[: mark.start], text[mark.end :]
    if mark.form == "may":
        if re.match(r" (?:\d|and june|or june|to june|meeting|day\b)", after) or re.search(
            r"\d ?$|\b(?:in|of|by|since|until|from|to|before|after|during|this|next|last|early|late|mid|end|between|april and|only from) ?$",
            before,
        ):
            return False
    noun = re.search(
        r"(?:\b(?:the|a|an|his|her|its|their|our|of|military|political|economic|naval|free|good|ill|last|by)|'s) $",
        before,
    )
    verb = re.match(
        r" (?:not |also |well |still |yet |even |then |only |now |soon |again |[a-z]+ly )*(?:be|have|[a-z]{2,})\b",
        after,
    )
    return not noun and (verb is not None or not after.strip(" .,;:?!"))


def _after_noun(before: str) -> bool:
    """Whether "likely to" only narrows the noun before it: "such amounts likely to be required"."""
    patterns = _words().patterns
    return patterns["after_noun"].search(before) is not None and patterns["opinion"].search(before) is None


def _is_legend(mark: Mark, text: str) -> bool:
    """Whether a term stands in the key of a scale: its range beside it, and hardly a word that says something."""
    patterns = _words().patterns
    if not patterns["range_after"].match(text[mark.end :]):
        return False
    bare = re.sub(r"\([^)]*\)", " ", text)
    return (
        len(_words().quick.findall(text)) >= 2 and not re.search(r"\b(?:is|are|will|was|were|has|have|we)\b", bare)
    ) or bool(
        re.fullmatch(
            r"[\W\d]*(?:or )?[\W\d]*(?:up to|about|under|over|per ?cent)?[\W\d]*(?:per ?cent|percent)?[\W\d]*",
            text[: mark.start] + text[mark.end :],
        )
    )


def _is_mention(mark: Mark, text: str) -> bool:
    before, after = text[: mark.start], text[mark.end :]
    patterns = _words().patterns
    if _is_attribute(mark, before, after):
        return True
    if patterns["meaning"].match(after) or patterns["word_for"].search(before):
        return True
    clause = re.split(r"[;:.] | - ", before)[-1]
    whole = mark.form.endswith(("chance", "odds", "possibility")) and re.search(
        r"\b(?:is|are|remains) an?$", clause.rstrip()
    )
    if (patterns["asking"].search(clause) and not whole) or patterns["unable"].search(clause):
        return True
    if patterns["question"].match(re.split(r"[.?!] ", before)[-1]) and re.match(r"[^.!?]*\?", after):
        return True
    if patterns["share_after"].match(after) and patterns["shares"].search(text):
        return True
    if (patterns["poll"].search(text) and patterns["shares"].search(text)) or patterns["share_of"].search(text):
        return not re.match(r" (?:to|that)\b", after) or bool(patterns["share_of"].search(before))
    return _is_threat_level(mark, before, after)


def _is_threat_level(mark: Mark, before: str, after: str) -> bool:
    found = None
    for found in _words().patterns["threat_level"].finditer(before):
        pass
    if found is None or (re.match(r" (?:to|that)\b", after) and not _words().quick.match(after, 4)):
        return False
    between = before[found.end() :]
    return (
        len(between) < 90
        and not re.search(r"[,;] (?!meaning|which means|defined)", between)
        and not re.search(r"\b(?:while|but|and)\b", between)
    )


def _is_attribute(mark: Mark, before: str, after: str) -> bool:
    """Whether a term only describes the noun after it: "the likely successor", "unlikely allies"."""
    words = _words().sets
    if mark.form.endswith(
        ("possibility", "possibilities", "chance", "chances", "odds", "even", "remote", "not", "certainly")
    ):
        return False
    following = re.match(r" ([a-z][a-z']*)", after)
    if following is None:
        return False
    next_word, last = following[1], re.search(r"([a-z']+)(['\"(]*) ?$", before)
    previous, quoted = (last[1], bool(last[2])) if last else ("", False)
    if re.search(r"[,;:(\"] ?$", before) or quoted:
        previous = ""
    adverb = mark.form.endswith("ably")
    if adverb:
        return False
    if next_word in words["described"] or (next_word == "as" and not before.strip()):
        # "unlikely allies"; "Unlikely as it sounds, ...".
        return True
    degree = mark.form not in ("likely", "unlikely", "probable", "improbable")
    if previous in words["determiners"] or previous.endswith("'s"):
        said = re.search(
            r"\b(?:is|are|was|were|be|remains?|remained|becomes?|as|seems?|looks?) (?:now |still |also |only )?(?:a|an|the)$",
            before.rstrip(),
        )
        return not degree and not (said and next_word in words["outcomes"] and previous != "the")
    if next_word in words["followers"] or next_word.endswith("ly"):
        return False
    if degree or previous in words["copulas"] or previous in words["auxiliaries"]:
        return False
    if next_word.endswith("ed") and mark.form == "unlikely":
        return False
    # "unlikely" and "probable" are no adverbs: before a noun they describe it; "likely" before a verb judges.
    return mark.form in ("unlikely", "probable", "improbable") and previous not in words["copulas"]


def _is_negated(mark: Mark, text: str) -> bool:
    before = text[: mark.start].rstrip(" \"'")
    clause = re.split(
        r"[;:]|, (?:and|but|while|although|though|yet|whereas)\b|\b(?:but|although|though|whereas)\b", before
    )[-1]
    patterns = _words().patterns
    if patterns["negation"].search(clause):
        return not clause.endswith("less than")
    return bool(patterns["no_subject"].search(clause)) or bool(
        re.search(r"(?:^|\b)(?:nor|neither) (?:is|are|was|were|will|does)\b[^,;]*$", clause)
    )


def _key(form: str) -> str:
    return re.sub(r"[ -]", "", form.lower())


def _finder(forms: list[str]) -> re.Pattern[str]:
    """One pattern for many forms, longest first; a hyphen inside a word is gone, so a space may be, too."""
    ordered = sorted(forms, key=len, reverse=True)
    written = [
        " ?".join(map(re.escape, re.split(r"[ -]", form) if not form[0].isdigit() else [form])) for form in ordered
    ]
    return re.compile(rf"(?<![a-z0-9])(?:{'|'.join(written)})(?![a-z0-9])")
