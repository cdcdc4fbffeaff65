"""Every way to get a numbered sentence wrong: each mistake turns a faithful claim into a wrong one."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

MOST_CLAIMS = 5

# Weakest to strongest; the middle one is a noun, which the openings and the verb below have to know.
ADJECTIVES = (
    "extremely unlikely",
    "highly unlikely",
    "unlikely",
    "possible",
    "likely",
    "highly likely",
    "almost certain",
    "certain",
)
ADVERBS = (
    "surely not",
    "hardly",
    "probably not",
    "possibly",
    "probably",
    "very probably",
    "almost certainly",
    "certainly",
)
NOUNS = (
    "no chance",
    "almost no chance",
    "remote chance",
    "realistic possibility",
    "probability",
    "high probability",
    "near certainty",
    "certainty",
)
SYNONYMS = (
    "extremely improbable",
    "very improbable",
    "improbable",
    "possible",
    "probable",
    "very probable",
    "nearly certain",
    "sure",
)
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
TIMES = {month.lower(): MONTHS[place - 5] for place, month in enumerate(MONTHS) if month != "May"} | {
    "this year": "next year",
    "next year": "this year",
    "the end of the year": "the end of next month",
    "this summer": "this winter",
    "this winter": "this summer",
    "2026": "2029",
    "2027": "2030",
    "2028": "2031",
    "2030": "2027",
}
VAGUE: dict[tuple[str, ...], str] = {ADJECTIVES: "conceivable", ADVERBS: "conceivably", NOUNS: "prospect"}
PERCENT = (1, 10, 25, 45, 65, 85, 97, 100)
MIDDLE = 3
LEVELS = {
    "almost certainly": 6,
    "almost certain": 6,
    "highly likely": 5,
    "very likely": 5,
    "very probably": 5,
    "very probable": 5,
    "highly unlikely": 1,
    "very unlikely": 1,
    "almost no chance": 0,
    "remote chance": 1,
    "remote possibility": 1,
    "realistic possibility": 3,
    "realistic probability": 3,
    "roughly even chance": 3,
    "even chance": 3,
    "improbable": 2,
    "unlikely": 2,
    "probably": 4,
    "probable": 4,
    "possibly": 3,
    "possible": 3,
    "likely": 4,
}


def _alike(term: str) -> tuple[str, ...]:
    """The terms that are the same part of speech."""
    if re.search(r"chance|possibility|probability", term, re.IGNORECASE):
        return NOUNS
    return ADVERBS if re.search(r"(?:ain|bab|sib)ly$", term, re.IGNORECASE) else ADJECTIVES


def _any_of(terms: Iterable[str]) -> str:
    # Longest first, or "highly unlikely" would be read as "unlikely".
    return rf"(?:{'|'.join(sorted(terms, key=len, reverse=True))})\b".replace(" ", r"\s")


_TERM = _any_of(LEVELS)
_ADJECTIVE = _any_of(term for term in LEVELS if _alike(term) is ADJECTIVES)
_OTHER = _any_of(term for term in LEVELS if _alike(term) is not ADJECTIVES)
# Not "more likely than not" and not "unlikely allies": what is no plain judgement is left alone.
_PLAIN = r"(?<!more\s)(?<!less\s)(?<!most\s)(?<!least\s)(?<!as\s)(?<!ly\s)"
_NO_NOUN = (
    r"(?=\s*[^\w\s]|\s*$|\s(?:after|although|and|as|at|because|before|but|by|even|from|if|in|next|once|only|or|over"
    r"|provided|so|that|this|unless|until|when|while|with|within|without)\b)"
)
ESTIMATE = re.compile(
    rf"""\b(?:
        (?P<opening>(?:it|there)\s(?:is|remains|was)\s(?:now\s|still\s)?(?:an?\s)?(?P<term1>{_TERM})\sthat\b)
      | (?P<verb>is|are|was|were|remains?|appears?|seems?)\s(?:now\s|still\s)?(?P<not>not\s)?
        (?P<term2>{_ADJECTIVE})(?:(?P<to>(?<!possible)\sto\b)|{_NO_NOUN})
      | (?P<modal>will|would)\s(?P<term3>{_TERM})
      | {_PLAIN}(?P<term4>{_OTHER}|{_ADJECTIVE}(?:(?<!possible)(?=\sto\b)|{_NO_NOUN}))
      | (?P<may>(?-i:may|might|could)\b)
    )\s?""",
    re.VERBOSE | re.IGNORECASE,
)
_CONDITION = (
    r"(?<!even )(?<!, )\b(?:if|unless|until(?! \d)|once|provided that|(?:as|so) long as|assuming|without|should)\b"
)
_CONDITION_AFTER = re.compile(rf"\s{_CONDITION}[^,;]*?(?=[,;]|\.?$)|,\s(?:unless|provided that)\b[^,;]*?(?=[,;]|\.?$)")
_CONDITION_BEFORE = re.compile(rf"^{_CONDITION}[^,;]*,\s", re.IGNORECASE)
_TIME = re.compile(rf"\b(?:{'|'.join(sorted(TIMES, key=len, reverse=True))})\b", re.IGNORECASE)
_SAID = re.compile(
    r"(?:[^,]*?(?:,[^,]*,)?[^,]*?\b(?:said|says|warned|warns|believes?|argues?|argued|thinks?|claims?|claimed)\sthat\s"
    r"|According to [^,]+,\s)(?P<said>.+)$"
)
_PART = re.compile(
    r"\b(?:some|several|most|part|half|many) of\b|\b(?:some|several|many|most)\b(?= (?!times|of|it)[a-z])"
)
_COMMON = "a|about|an|and|are|at|be|by|does|for|from|how|in|is|it|of|on|or|that|the|to|what|which|who|will|with"
_WORD = re.compile(rf"\b(?!(?:{_COMMON})\b)\w+")


@dataclass(frozen=True, slots=True)
class Draft:
    """A claim before it is printed."""

    text: str
    numbers: tuple[int, ...]

    def line(self) -> str:
        """As the prompt wants it: the text and then its numbers."""
        return " ".join([self.text, *(f"[{number}]" for number in self.numbers)])


@dataclass(frozen=True, slots=True)
class Asked:
    """What a prompt asks: a question on numbered sentences, or one rejected line again."""

    sentences: dict[int, str]
    question: str
    rejected: str = ""

    def ranked(self) -> list[Draft]:
        """Every sentence word for word, those first that share most words with what is asked, or that it cites."""
        cited = set(_numbers(self.rejected))
        wanted = _words(self.rejected or self.question)

        def place(number: int) -> tuple[bool, int, int]:
            return number not in cited, -len(wanted & _words(self.sentences[number])), number

        return [Draft(self.sentences[number], (number,)) for number in sorted(self.sentences, key=place)]

    def chosen(self, drafts: Sequence[Draft]) -> list[Draft]:
        """As many as a reply has claims: one for a rejected line."""
        return list(drafts[: 1 if self.rejected else MOST_CLAIMS])


# --- Ways to change a claim: the changed one, or None where there is nothing to change. ---

Corruption = Callable[[Draft, Asked], Draft | None]
_Written = Callable[[re.Match[str]], str]


def level_of(estimate: re.Match[str]) -> int:
    """Where on `ADJECTIVES` a term stands; "may" is in the middle."""
    term = next((found for name, found in estimate.groupdict().items() if name.startswith("term") and found), None)
    level = LEVELS[" ".join(term.lower().split())] if term else MIDDLE
    return 2 * MIDDLE - level if estimate["not"] else level


def written(estimate: re.Match[str], level: int) -> str:
    """The same construction with the term of another level."""
    if level == level_of(estimate):
        return estimate[0]
    if estimate["opening"]:
        return f"there is a {NOUNS[MIDDLE]} that" if level == MIDDLE else f"it is {ADJECTIVES[level]} that"
    if estimate["verb"]:
        to = estimate["to"] or ""
        return "may" if to and level == MIDDLE else f"{estimate['verb']} {ADJECTIVES[level]}{to}"
    if estimate["term4"]:
        return _alike(estimate["term4"])[level]
    return f"{estimate['modal'] or 'will'} {ADVERBS[level]}"


def bare(estimate: re.Match[str]) -> str:
    """The construction without its term, a fact; as it is where a term cannot simply go ("a remote chance of rain")."""
    negation = " not" if level_of(estimate) < MIDDLE else ""
    if estimate["opening"]:
        return ""
    if estimate["verb"]:
        auxiliary = "would" if estimate["verb"].startswith("w") else "will"
        return f"{auxiliary}{negation}{'' if estimate['to'] else ' happen'}"
    if estimate["term4"]:
        return "" if _alike(estimate["term4"]) is ADVERBS else estimate[0]
    return f"{estimate['modal'] or 'will'}{negation}"


def drop(draft: Draft, asked: Asked) -> Draft | None:
    """A fact where the source has a judgement: "is likely to win" becomes "will win"."""
    found = ESTIMATE.search(draft.text)
    text = _rewritten(draft.text, bare)
    if found and found["opening"] and level_of(found) < MIDDLE:
        text = re.sub(r"\bwill\b", "will not", text, count=1)
    return _changed(draft, text)


def upgrade(draft: Draft, asked: Asked) -> Draft | None:
    """Every term one step further from the middle."""
    return moved_by(draft, lambda level: level + 1 if level >= MIDDLE else level - 1)


def downgrade(draft: Draft, asked: Asked) -> Draft | None:
    """Every term one step nearer to the middle; what stands in the middle, one below it."""
    return moved_by(draft, lambda level: level - 1 if level >= MIDDLE else level + 1)


def flip(draft: Draft, asked: Asked) -> Draft | None:
    """The opposite of every term that has one."""
    return moved_by(draft, lambda level: 2 * MIDDLE - level)


def swap(draft: Draft, asked: Asked) -> Draft | None:
    """The two terms of a sentence that has two different ones, exchanged."""
    levels = [level_of(found) for found in ESTIMATE.finditer(draft.text)]
    if len(levels) < 2 or levels[0] == levels[1]:
        return None
    exchanged = iter([levels[1], levels[0], *levels[2:]])
    return _changed(draft, _rewritten(draft.text, lambda found: written(found, next(exchanged))))


def quantify(draft: Draft, asked: Asked) -> Draft | None:
    """A percentage for every term."""

    def percentage(found: re.Match[str]) -> str:
        percent = f"{PERCENT[level_of(found)]}%"
        if found["opening"]:
            return f"there is a {percent} chance that"
        if found["verb"]:
            return f"{found['verb']} {percent} likely{found['to'] or ''}"
        if found["term4"] and _alike(found["term4"]) is not ADVERBS:
            return f"{percent} {'chance' if _alike(found['term4']) is NOUNS else 'likely'}"
        return f"{found['modal'] or ('will' if found['may'] else '')} with {percent} probability".lstrip()

    return _changed(draft, _rewritten(draft.text, percentage))


def blur(draft: Draft, asked: Asked) -> Draft | None:
    """A word that is on no scale for every term."""

    def vague(found: re.Match[str]) -> str:
        if found["opening"]:
            return "it is conceivable that"
        if found["verb"] and not found["to"]:
            return f"{found['verb']} on the cards"
        if found["term4"]:
            return VAGUE[_alike(found["term4"])]
        return "could well"

    return _changed(draft, _rewritten(draft.text, vague))


def claim_confidence(draft: Draft, asked: Asked) -> Draft | None:
    """Confidence in the place of a probability."""
    fact = drop(draft, asked)
    return fact and replace(fact, text=f"{fact.text.removesuffix('.')}, with high confidence.")


def drop_condition(draft: Draft, asked: Asked) -> Draft | None:
    """The judgement without its if, unless or until."""
    return _changed(draft, _capital(_CONDITION_BEFORE.sub("", _CONDITION_AFTER.sub("", draft.text))))


def reword(draft: Draft, asked: Asked) -> Draft | None:
    """Another word of the same strength for every term."""

    def other(found: re.Match[str]) -> str:
        level = level_of(found)
        if level == MIDDLE or (found["to"] and ADVERBS[level] == f"{ADJECTIVES[level]}ly"):
            # "Will almost certainly" is another form of "is almost certain to", not another word.
            return found[0]
        if found["opening"]:
            return f"it is {SYNONYMS[level]} that"
        if found["verb"]:
            return f"will {ADVERBS[level]}" if found["to"] else f"{found['verb']} {SYNONYMS[level]}"
        if (found["modal"] or "").lower() == "will" and found["term3"].lower() in ("probably", "very probably"):
            return f"is {ADJECTIVES[level]} to"
        return found[0]

    return _changed(draft, _rewritten(draft.text, other))


def fuse(draft: Draft, asked: Asked) -> Draft | None:
    """The first term of a sentence that has two different ones for both."""
    levels = [level_of(found) for found in ESTIMATE.finditer(draft.text)]
    if len(set(levels)) < 2:
        return None
    return _changed(draft, _rewritten(draft.text, lambda found: written(found, levels[0])))


def stack(draft: Draft, asked: Asked) -> Draft | None:
    """A second hedge on the first term that takes one."""

    def stacked(found: re.Match[str]) -> str:
        if found["opening"]:
            return re.sub(r"^(it|there) (?:is|was|remains)\b", r"\1 may be", found[0], flags=re.IGNORECASE)
        if found["verb"] and found["to"]:
            return re.sub(r"^\w+", "may be", found[0])
        return found[0]

    return _changed(draft, _rewritten(draft.text, stacked))


def invent(draft: Draft, asked: Asked) -> Draft | None:
    """A judgement that no sentence has, put behind the claim."""
    return replace(draft, text=f"{draft.text.removesuffix('.')}, and further protests are likely.")


def change_horizon(draft: Draft, asked: Asked) -> Draft | None:
    """Another time for the first one that a judgement names."""
    if not ESTIMATE.search(draft.text):
        return None
    return _changed(draft, _TIME.sub(lambda found: TIMES[found[0].lower()], draft.text, count=1))


def lose_attribution(draft: Draft, asked: Asked) -> Draft | None:
    """What somebody says, as if it were so."""
    found = _SAID.match(draft.text)
    if not found or not ESTIMATE.search(found["said"]):
        return None
    return _changed(draft, _capital(found["said"]))


def widen(draft: Draft, asked: Asked) -> Draft | None:
    """The whole for a part."""
    if not ESTIMATE.search(draft.text):
        return None
    return _changed(draft, _PART.sub("all", draft.text, count=1))


def invent_citation(draft: Draft, asked: Asked) -> Draft | None:
    """A number that no sentence has."""
    return replace(draft, numbers=(max(asked.sentences) + 7 + draft.numbers[0],))


def cite_wrong(draft: Draft, asked: Asked) -> Draft | None:
    """The number of the sentence that shares fewest words with the claim; None if there is no other sentence."""
    others = [number for number, text in asked.sentences.items() if number not in draft.numbers and text != draft.text]
    wrong = min(others, key=lambda number: len(_words(asked.sentences[number]) & _words(draft.text)), default=None)
    return None if wrong is None else replace(draft, numbers=(wrong,))


def cite_nothing(draft: Draft, asked: Asked) -> Draft | None:
    """No number at all."""
    return replace(draft, numbers=())


KINDS: dict[str, Corruption] = {
    "drops_hedges": drop,
    "upgrades": upgrade,
    "swaps_terms": swap,
    "downgrades": downgrade,
    "numeric": quantify,
    "drops_conditions": drop_condition,
    "cites_wrong": cite_wrong,
    "vague": blur,
    "flips_polarity": flip,
    "invents_citations": invent_citation,
    "claims_confidence": claim_confidence,
    "no_citations": cite_nothing,
    "rewords": reword,
    "fuses": fuse,
    "double_hedges": stack,
    "invents_judgements": invent,
    "changes_horizons": change_horizon,
    "loses_attribution": lose_attribution,
    "widens_scope": widen,
}


# --- Words ---


def _rewritten(text: str, wording: _Written) -> str:
    """The text with every estimate worded anew; capitals and spaces as they were."""

    def spaced(found: re.Match[str]) -> str:
        words = wording(found).rstrip()
        space = " " if words and found[0].endswith(" ") else ""
        return (_capital(words) if found[0][0].isupper() else words) + space

    return _capital(ESTIMATE.sub(spaced, text).strip())


def moved_by(draft: Draft, step: Callable[[int], int]) -> Draft | None:
    strongest = len(ADJECTIVES) - 1

    def moved(found: re.Match[str]) -> str:
        return written(found, min(max(step(level_of(found)), 0), strongest))

    return _changed(draft, _rewritten(draft.text, moved))


def _changed(draft: Draft, text: str) -> Draft | None:
    return replace(draft, text=text) if text != draft.text else None


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text.lower()))


def _numbers(line: str) -> list[int]:
    return [int(found) for found in re.findall(r"\[(\d+)\]", line)]
