"""How those who judge are named: the subject of a verb of saying, without title, role or apposition."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

AUTHOR: Final = "author"
_WORD = re.compile(r"\w")
_COMMA = re.compile(r",\s")
_MOST_WORDS = 5
# What may stand between "is" and a participle.
_BETWEEN = r"(?:\w+ly|now|still|also|again|yet|not|never|(?:never|none)theless|therefore|thus|then|once|no\slonger)"


@dataclass(frozen=True, slots=True)
class Rules:
    """What voices.toml holds, the verbs in all their forms; `lists` are its other lists of words."""

    verbs: frozenset[str]
    naming: frozenset[str]
    passive: re.Pattern[str]
    reduced: re.Pattern[str]
    author: re.Pattern[str]
    lists: dict[str, frozenset[str]]
    patterns: dict[str, re.Pattern[str]]
    phrases: tuple[re.Pattern[str], ...]
    said: dict[str, tuple[re.Pattern[str], ...]]


@cache
def rules() -> Rules:
    """The rules, read once."""
    raw = tomllib.loads(files("ingest").joinpath("voices.toml").read_text(encoding="utf-8"))
    irregular: dict[str, list[str]] = {}
    for base, form in raw["irregular"]:
        irregular.setdefault(base, []).append(form)
    naming = _forms(raw["naming"], irregular)
    past = {form for form in naming if form.endswith("ed")}.union(raw["participles"])
    participles = "|".join(sorted(past, key=len, reverse=True))
    author = "|".join(map(re.escape, raw["author"]))
    patterns = {name: re.compile(pattern, re.I) for name, pattern in raw["patterns"].items()}
    lists = ("author", "titles", "past", "either", "small", "links", "of", "articles", "nouns", "plural_nouns")
    return Rules(
        verbs=_forms(raw["saying"], irregular) | naming,
        naming=naming,
        passive=re.compile(rf"\b(?:is|are|was|were|been|being)\s+(?:{_BETWEEN}\s+){{0,2}}(?:{participles})\b", re.I),
        reduced=re.compile(rf"(?<!\bwho)(?:,|\w)\s+(?:{participles})\s+(?:as\s+)?(?:an?\s+)?[\"“]?$", re.I),
        author=re.compile(rf"(?:\b(?:this|the|these|that)\s+)?(?:\w+['’]s\s+)?(?:\w+\s+)?\b(?:{author})\b", re.I),
        lists={name: frozenset(raw[name]) for name in lists}
        | {"plural": frozenset((*raw["saying"], *raw["naming"])).difference(raw["past"])},
        patterns=patterns | {name: re.compile(pattern) for name, pattern in raw["cased"].items()},
        phrases=tuple(map(re.compile, raw["phrases"].values())),
        said=_said(raw["said"]),
    )


def _said(raw: dict[str, Any]) -> dict[str, tuple[re.Pattern[str], ...]]:
    return {
        name: tuple(re.compile(pattern.replace("{said}", raw["said"])) for pattern in raw[name])
        for name in ("quoted", "plain")
    }


def _forms(verbs: list[str], irregular: dict[str, list[str]]) -> frozenset[str]:
    """The verbs in all their forms."""
    forms: set[str] = set()
    for verb in verbs:
        if verb.endswith("y") and verb[-2] not in "aeo":
            forms |= {verb, verb[:-1] + "ies", verb[:-1] + "ied", verb + "ing"}
            continue
        stem = verb.removesuffix("e")
        forms |= {verb, verb + ("es" if verb.endswith(("s", "sh", "ch")) else "s"), stem + "ing"}
        forms.update(irregular.get(verb) or [stem + "ed"])
    return frozenset(forms)


def titles() -> frozenset[str]:
    """The words for roles and offices, in lower case."""
    return rules().lists["titles"]


def speaker_of(text: str, opens: int, verb: int) -> str | None:
    """The subject, named, of the verb of saying at text[verb]; `opens` is where its sentence or frame begins."""
    patterns, before = rules().patterns, text[opens:verb]
    if patterns["shared"].search(before):
        return named(_shared_subject(before))
    if cleft := patterns["cleft"].search(before):
        return named(cleft[1])
    before = patterns["auxiliaries"].sub("", before)
    for that in patterns["said_that"].finditer(before):
        # "said that the company that owns it, ...": only the first opens what is said.
        if that[1].lower() in rules().verbs:
            before = before[that.end() :]
            break
    segment = patterns["clause"].split(before)[-1]
    if not patterns["joined_names"].search(segment):
        segment = patterns["joined_clauses"].split(segment)[-1]
    segment = patterns["conjunction"].sub("", segment.strip())
    if patterns["no_subject"].match(segment):
        return AUTHOR
    segment = patterns["relative_clause"].sub(",", segment)
    if antecedent := patterns["antecedent"].search(segment):
        segment = antecedent[1]
    return named(segment) if _WORD.search(segment) else None


def subject_of(clause: str) -> str | None:
    """The subject of a whole clause, named; None where it has no verb or speaks for nobody."""
    if not rules().patterns["verb_before"].search(clause):
        return None
    name = named(_shared_subject(clause))
    return None if name == AUTHOR else name


def _shared_subject(before: str) -> str:
    """The subject of the verb before: "The envoy accepts the figures, and says that ..."."""
    patterns, stripped = rules().patterns, before.strip()
    if ours := rules().author.match(re.split(r"[:;]\s", stripped)[-1]):
        return ours.group()
    verbs = [found.start() for found in patterns["verb_before"].finditer(stripped)]
    behind_names = [place for place in verbs if patterns["named_before"].search(stripped, 0, place)]
    subject = stripped[: (behind_names or verbs)[0]] if verbs else stripped
    whole = patterns["apposition"].match(before)
    if whole and len(subject) > whole.end() - 3:
        return whole.group().strip(" ,")
    return patterns["relative"].split(subject)[0]


def named(phrase: str) -> str:
    """The speaker as a noun phrase names them: a person without title or role, else the phrase; AUTHOR for our own."""
    patterns = rules().patterns
    phrase = patterns["dated_lead"].sub("", patterns["lead"].sub("", " ".join(phrase.split())))
    phrase = patterns["trailing_time"].sub("", phrase)
    if patterns["lead_time"].match(phrase) and (names := patterns["last_name"].findall(phrase)):
        phrase = names[-1].strip()
    phrase = patterns["itself"].sub("", phrase.strip(" ,\"“”'‘’"))
    if pronoun := patterns["pronoun"].search(phrase):
        return pronoun[1]
    if _is_author(phrase):
        return AUTHOR
    if ", " in phrase and patterns["subordinate"].match(phrase):
        return named(phrase.rsplit(", ", 1)[1])
    first, *apposition = [part.strip() for part in _COMMA.split(phrase)]
    if apposition and _is_name(apposition[0]) and not _is_name(patterns["article"].sub("", first)):
        return _untitled(apposition[0])
    first = patterns["itself"].sub("", patterns["name_ends"].split(first)[0])
    return AUTHOR if rules().author.fullmatch(first) else _untitled(first)


def _is_author(phrase: str) -> bool:
    """Whether a speaker is the briefing itself: "we", "this paper", "our March assessment"."""
    patterns, undated = rules().patterns, rules().patterns["date"].sub("", phrase)
    if patterns["own"].match(undated) and undated.split()[-1] in rules().lists["author"]:
        return True
    if patterns["product"].match(phrase):
        return True
    if (last := patterns["last_noun"].search(undated)) and last[1] in rules().lists["author"]:
        # "Back in April the authors", "looking further ahead, this paper".
        return True
    return rules().author.fullmatch(phrase) is not None or patterns["we"].search(phrase) is not None


def _is_name(text: str) -> bool:
    words, small = text.split(), rules().lists["small"]
    return (
        0 < len(words) <= _MOST_WORDS
        and words[0][0].isupper()
        and all(word[0].isupper() or word in small for word in words)
    )


def _untitled(name: str) -> str:
    """A name without what comes before it: title, role, "the bond house"; and without "of the Joint Transit Office"."""
    lists, words = rules().lists, name.split()
    roles = [place for place, word in enumerate(words) if word.strip(".").lower().removesuffix("'s") in titles()]
    if roles and (rest := words[roles[-1] + 1 :]) and _is_name(" ".join(rest)) and rest[0] not in lists["of"]:
        words = rest
    if words and words[0] not in lists["articles"]:
        heads = (" ".join(words[:place]) for place, word in enumerate(words) if place >= 2 and word in lists["links"])
        return next(filter(_is_name, heads), " ".join(words))
    return " ".join(words)
