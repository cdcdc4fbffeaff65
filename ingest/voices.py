"""Whose judgement a term is: the author's, or that of the third party who says so."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

AUTHOR = "author"
_WORD = re.compile(r"[A-Za-z]+")
_THAT = re.compile(r"\s+that\b")
_COMMA = re.compile(r"\s*,")
_STOP = re.compile(r"[;!?]|\.\s")
_AGENT = re.compile(r"\s+by\s+([^,;.]+?)\s+(?:as|to be)\s")
_ASIDE = re.compile(r",\s+([^,;]{2,60}?)\s+$")
_SOURCE_WORD = re.compile(
    r"ccording|[Ff]or |view|words|opinion|judge?ment|assessment|estimate|eyes|account|allegation|claim|belief|fear|argument|assertion|warning|forecast|predict|rumour"
)
_CLAUSE = re.compile(
    r"[;!?]\s|(?<![A-Z])\.\s|,\s+(?:and|but|while|whereas|although|though|yet)\s|\b(?:but|whereas|although)\s"
)
# What may stand in front of the bare form of a verb ...
_PLURAL = re.compile(
    r"(?:s|['’]s|,|&\s\w+|\b(?:men|people|police|staff|we|they|I|you|and|\w+ly|who|to|will|would|may|might|could|not|do|does|did)) $",
    re.I,
)
# ... and what stands in front of a noun or of a verb without a subject.
_NO_VERB = re.compile(
    r"(?:\b(?:to|(?<!do )(?<!does )(?<!did )not|the|a|an|its|his|her|their|of|by|no|last|can)|['’]s)\s+$", re.I
)


@dataclass(frozen=True, slots=True)
class Voice:
    """Who judges, and where what they say begins; `quoted` if the term stands in quotation marks."""

    name: str
    content: int
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class _Rules:
    verbs: frozenset[str]
    naming_forms: frozenset[str]
    passive: re.Pattern[str]
    author: re.Pattern[str]
    own: frozenset[str]
    plural: frozenset[str]
    titles: frozenset[str]


@cache
def _rules() -> _Rules:
    raw = tomllib.loads(files("ingest").joinpath("voices.toml").read_text(encoding="utf-8"))
    irregular: dict[str, list[str]] = {}
    for base, form in raw["irregular"]:
        irregular.setdefault(base, []).append(form)
    saying = _forms(raw["saying"], irregular)
    naming = _forms(raw["naming"], irregular)
    past = sorted(
        {form for form in naming if form.endswith("ed")}
        | {"seen", "put", "held", "thought", "found", "given", "said", "forecast"},
        key=len,
        reverse=True,
    )
    return _Rules(
        verbs=frozenset(saying | naming),
        naming_forms=frozenset(naming),
        passive=re.compile(rf"\b(?:is|are|was|were|been|being)\s+(?:\w+ly\s+)?(?:{'|'.join(past)})\b", re.I),
        author=re.compile(
            rf"(?:\b(?:this|the|these|that)\s+)?(?:\w+['’]s\s+)?(?:\w+\s+)?\b(?:{'|'.join(map(re.escape, raw['author']))})\b",
            re.I,
        ),
        own=frozenset(raw["author"]),
        plural=frozenset(verb for verb in (*raw["saying"], *raw["naming"]) if verb not in ("told", "said")),
        titles=frozenset(raw["titles"]),
    )


def _forms(verbs: list[str], irregular: dict[str, list[str]]) -> set[str]:
    forms: set[str] = set()
    for verb in verbs:
        stem = verb[:-1] if verb.endswith("e") else verb
        if verb.endswith("y") and verb[-2] not in "aeo":
            forms |= {verb, verb[:-1] + "ies", verb[:-1] + "ied", verb + "ing"}
            continue
        regular = {verb, verb + ("es" if verb.endswith(("s", "sh", "ch")) else "s"), stem + "ing"}
        past = irregular.get(verb) or [stem + "ed"]
        forms |= regular | set(past)
    return forms


def titles() -> frozenset[str]:
    """The words for roles and offices, in lower case."""
    return _rules().titles


def voice_at(text: str, start: int, end: int, opens: int, closes: int) -> Voice:
    """Whose judgement the term at text[start:end] is; `opens`, `closes` bound its clause, `opens` in front of its frame."""
    quoted = _quotation(text, start)
    frame = _frame_before(text, start, opens, quoted)
    if frame is None or (frame.name == AUTHOR and quoted):
        after = _frame_after(text, start, end, closes, quoted)
        if after is not None:
            return Voice(after, opens if frame is None else frame.content, quoted is not None)
    if frame is None:
        return Voice(AUTHOR, opens, quoted is not None)
    return Voice(frame.name, frame.content, quoted is not None)


def _quotation(text: str, place: int) -> tuple[int, int] | None:
    """The quotation, inside its marks, that a place of the text lies in."""
    for found in re.finditer(
        r"“([^”]*)”|\"([^\"]*)\"|(?<![\w])[‘']([^‘’']{2,120}(?:[’'](?=\w)[^‘’']*)*)[’'](?!\w)|«([^»]*)»", text
    ):
        if found.start() < place < found.end():
            return found.start() + 1, found.end() - 1
    return None


def _frame_before(text: str, start: int, opens: int, quoted: tuple[int, int] | None) -> Voice | None:
    """The nearest frame in front of a term that holds it: "X warned that ...", "according to X, ...", "X calls it ..."."""
    before = text[opens:start]
    frames = [*_verbs(text, start, opens, quoted), *_phrases(before, opens)]
    return max(frames, key=lambda frame: frame[0])[1] if frames else None


def _verbs(text: str, start: int, opens: int, quoted: tuple[int, int] | None) -> Iterator[tuple[int, Voice]]:
    verbs = _rules().verbs
    for found in _WORD.finditer(text, opens, start):
        if found.group().lower() not in verbs:
            continue
        before, between = text[opens : found.start()], text[found.end() : start]
        passive = _rules().passive.search(text, max(0, found.start() - 14), found.end())
        if passive and not _THAT.match(between):
            if by := _AGENT.match(between):
                yield found.start(), Voice(_name(by[1]), opens)
        elif _COMMA.match(between) and (aside := _ASIDE.search(before)):
            # "A merger, the authority argues, is likely".
            yield found.start(), Voice(_name(aside[1]), opens)
        elif not _is_noun(found.group().lower(), before, between, quoted is not None):
            if _STOP.search(between) and not (quoted and quoted[0] > found.end()):
                continue
            content = _content(between, found.group(), quoted is not None)
            speaker = _speaker(text, opens, found.start()) if content is not None else None
            if content is not None and speaker is not None:
                yield found.start(), Voice(speaker, found.end() + content)


def _is_noun(verb: str, before: str, between: str, quoted: bool) -> bool:
    """Whether a form that may be a verb is none here: "the state", "an honest count", "to believe"."""
    if (
        verb in _rules().plural
        and verb not in ("put", "forecast")
        and not _THAT.match(between)
        and not _PLURAL.search(before)
    ):
        return True
    return not quoted and _NO_VERB.search(before) is not None


def _content(between: str, verb: str, quoted: bool) -> int | None:
    """Where what is said begins, counted from the verb's end; None if the verb does not hold the term."""
    if that := re.match(r"(?:\s+[^,;\"“]{0,60}?)?(?:,[^,;]{0,50},)?\s+that\s", between):
        return that.end()
    if (
        re.search(r",\s+(?:and|but|while|whereas|although|though)\s", between)
        and "“" not in between
        and '"' not in between
    ):
        return None
    if opening := re.match(r"[^\"“‘.;]{0,80}?[,:]?\s*[\"“‘]", between):
        if quoted and verb.lower() not in _rules().naming_forms:
            return opening.end()
    if verb.lower() in _rules().naming_forms:
        plain = re.sub(
            r"\b(?:before|after|until|when|which|who|that|as long as|if|unless)\b[^,]*?\b(?:is|are|was|were|has|have|had|will|would)\b",
            " ",
            between,
        )
        finite = re.search(r"\b(?:is|are|was|were|has|have|had|will|would|it (?:is|was))\b", plain)
        return None if finite or re.match(r"\s*(?:,|of\b|in\b|for\b|to\b|by\b|from\b)", between) else 1
    if quoted:
        return None
    # "believes a veto is likely": no "that".
    joined = re.search(r"\band\s+(?:is|are|was|were|will|has|have|it|they)\b|\b(?:for|to|with|about)\b", between)
    clause = re.match(r"\s+(?:the|a|an|any|it|there|his|her|its|their|this|such|no|[A-Z]\w+)\b[^,;]*$", between)
    return (
        1
        if clause and not joined and re.search(r"\b(?:is|are|was|were|will|would|be|remains?|looks?|seems?)\b", between)
        else None
    )


def _phrases(before: str, opens: int) -> Iterator[tuple[int, Voice]]:
    if not _SOURCE_WORD.search(before):
        return
    for pattern in (
        r"\baccording to (?P<who>[^,;]+(?:, (?:the|a|an|its|his|her|who|which) [^,;]+)?),",
        r"\bin the (?:view|words|opinion|judgement|judgment|assessment|estimate|eyes|account) of (?P<who>[^,;]+),",
        r"\bin (?P<who>(?:[\w&.-]+ ){0,4}?[\w&.-]+)['’]s? (?:own )?(?:view|words|opinion|judgement|judgment|assessment|estimate|eyes|account)\b,?",
        r"(?:^|[.;] |, but |, and )[Ff]or (?P<who>(?:[A-Z]|the |its |his |her )[^,;]{1,60}?(?<! of)(?<! at)(?<! in)),? (?=(?:a|an|the|any) )",
        r"\b(?:allegation|claim|view|belief|fear|argument|assertion|warning|forecast|prediction) (?:of|by|from) (?P<who>[^,;]+?) (?:is )?that\b",
        r"(?P<who>\bthe (?:allegation|fear|rumour)) is that\b",
        r"(?P<who>(?:[A-Z][\w&.-]+ ?)+|\b(?:his|her|its|their))['’]?s? (?:allegation|claim|belief|fear|argument|assertion|warning|forecast|prediction) (?:is )?that\b",
    ):
        for found in re.finditer(pattern, before, re.I if pattern[0] == "\\" else 0):
            if re.search(r"\.\s|;", before[found.end() :]):
                continue
            yield opens + found.start(), Voice(_name(found["who"]), opens + found.end())


def _frame_after(text: str, start: int, end: int, closes: int, quoted: tuple[int, int] | None) -> str | None:
    """The speaker named behind a term: `..., said X`, `..., X argues`, `judged likely by X`, `..., according to X`."""
    rest = text[quoted[1] + 1 if quoted else end : closes]
    if found := re.search(
        r",? (?:according to|in the (?:view|words|opinion|judgement|judgment|assessment) of) ([^,;.]+)", rest
    ):
        return _name(found[1])
    if found := re.search(
        r",? in ((?:[\w&.-]+ ){0,4}?[\w&.-]+)['’]s? (?:own )?(?:view|words|opinion|judgement|judgment|assessment)\b",
        rest,
    ):
        return _name(found[1])
    said = r"(?:has |have |had |also |still )*(?:say|said|argue|warn|add|wrote|writes|told|tell|note|claim|explain|insist|believe|predict|maintain|report|conclude|think|thought|observe|contend|assert|judge|reckon|estimate)(?:s|d|ed)?"
    for pattern in (
        rf"^[,.]?\s*{said} (?P<who>[^,;.]+(?:, [^,;.]+)?)" if quoted else rf",\s+{said} (?P<who>[A-Z][^,;.]+)",
        rf"^[,.]?\s*(?P<who>[^,;.]{{2,70}}?(?:, [^,;]+,)?) {said}\b"
        if quoted
        else rf",\s+(?P<who>[^,;.]{{2,70}}?(?:, [^,;]+,)?) {said}(?=\s*(?:[.,;:\"”]|$))",
    ):
        if (found := re.search(pattern, rest)) and not re.match(
            r"(?:and|but|which|who|while|although|because|since|as|a|an|that|with|making|leaving|this|what)\b",
            found["who"].strip(),
        ):
            return _name(found["who"])
    passive = _rules().passive.search(text, max(0, start - 40), start)
    if passive and (found := re.search(r"^[\"”’]?\s+by ([^,;.]+)", text[end:closes])):
        return _name(found[1])
    if passive and (found := re.search(r"^\s+by ([^,;.]+?)\s+(?:as|to be)\s", text[passive.end() : start])):
        return _name(found[1])
    return None


def _speaker(text: str, opens: int, verb: int) -> str | None:
    """The subject of a reporting verb, named; the subject of the verb before, where "and" shares it."""
    before = text[opens:verb]
    if re.search(r"\w,? and\s*$", before):
        # "The envoy accepts the figures, and says that ...": the subject is that of the verb before.
        verbs = list(
            re.finditer(
                r"\s(?:is|are|was|were|has|have|had|goes|[a-z]+s|[a-z]+ed)\b(?!['’])(?=\s(?!of\b))", before.strip()
            )
        )
        named = [
            found
            for found in verbs
            if re.search(r"(?:(?!The\b|A\b|An\b|Its\b)\b[A-Z][\w’'-]*|,)$", before.strip()[: found.start()])
        ]
        subject = before.strip()[: (named or verbs)[0].start()] if verbs else before.strip()
        return _name(_lead(subject, before))
    if cleft := re.search(r"\bIt (?:is|was) ([A-Z][^,]+?)(?:,[^,]*,)? who\s*$", before):
        return _name(cleft[1])
    before = re.sub(
        r"(?:\b(?:has|have|had|is|are|was|were|do|does|did|also|already|still|now|then|therefore|repeatedly|publicly|recently|again|goes|went|further|even|likely|probably|almost|certainly|will|would|may|might|could|both|all|privately|later|firmly|long|once|only|and|not)\s*|,\s*(?=$))+$",
        "",
        before,
    )
    for that in re.finditer(r"(\w+)\s+that\s", before):
        # "said that the company that owns it, ...": only the first opens what is said.
        if that[1].lower() in _rules().verbs:
            before = before[that.end() :]
            break
    segment = _CLAUSE.split(before)[-1]
    if not re.search(r"&|\b[A-Z]\w+ and [A-Z]", segment):
        segment = re.split(r"\band\s(?=(?:s?he|they|its|his|her|their|the|[A-Z])[^,]*$)", segment)[-1]
    segment = re.sub(r"^\s*[\"“•*-]*\s*(?:and|but|whereas|yet|or)\s+", "", segment.strip(), flags=re.I)
    if re.match(r"(?:having|being|asked|not|with|when|while|after|before)\b(?!.*,)", segment, re.I):
        return AUTHOR
    return _name(segment) if re.search(r"\w", segment) else None


def _lead(subject: str, before: str) -> str:
    """The subject at the head of a clause: with its apposition, if it has one."""
    found = re.match(r"\s*[^,]+,\s[^,]+,", before)
    return found.group().strip(" ,") if found and len(subject) > found.end() - 3 else subject.split(", who")[0]


def _name(phrase: str) -> str:
    """The speaker as named in a noun phrase: the person without title or role, else the phrase; "author" for our own."""
    phrase = re.sub(
        r"^(?:(?:In|On|At|After|Before|By|During|Since|From|Last|Asked|With|Under|Given)\s[^,]{1,70}|\w+ly|However|Thus|Therefore|Moreover|Meanwhile|Still|Instead|Nevertheless|Further|Then),\s+",
        "",
        " ".join(phrase.split()),
    )
    if re.match(r"(?:In|On|At|After|By|During|Since)\s", phrase) and (
        names := re.findall(r"(?:[A-Z][\w'’&.-]*(?:\s(?:&|of|and)?\s?)?)+$", phrase)
    ):
        phrase = names[-1].strip()
    phrase = re.sub(r"\s(?:it|him|her|them)sel(?:f|ves)$", "", phrase.strip(" ,\"“”'‘’"))
    if pronoun := re.search(r"(?:^|\s)(s?he|they)$", phrase, re.I):
        return pronoun[1]
    own = re.sub(
        r"\b(?:January|February|March|April|May|June|July|August|September|October|November|December|\d{4})\s",
        "",
        phrase,
    )
    if re.match(r"(?:the|this|that|our)\s[a-z\s]*$", own, re.I) and own.split()[-1] in _rules().own:
        return AUTHOR
    if _rules().author.fullmatch(phrase) or re.search(r"(?:^|[\s,])(?:we|I)$|^our\s+\w+$", phrase, re.I):
        return AUTHOR
    if (
        re.match(
            r"(?:if|unless|once|until|should|provided|without|because|while|although|though|as|since|after|despite|given|when|having|being)\b",
            phrase,
            re.I,
        )
        and ", " in phrase
    ):
        return _name(phrase.rsplit(", ", 1)[1])
    parts = [part.strip() for part in re.split(r",\s", phrase)]
    first = parts[0]
    if len(parts) > 1 and _is_name(parts[1]) and not _is_name(re.sub(r"^(?:The|A|An)\s", "", first)):
        return _untitled(parts[1])
    first = re.split(r"\s(?:who|which|that|whose|said|told|accepts|has|have|had|is|was)\s", first)[0]
    if _rules().author.fullmatch(first):
        return AUTHOR
    return _untitled(first)


def _is_name(text: str) -> bool:
    words = text.split()
    return (
        0 < len(words) <= 5
        and all(
            word[0].isupper() or word in ("of", "&", "and", "the", "de", "van", "al", "bin", "von") for word in words
        )
        and words[0][0].isupper()
    )


def _untitled(name: str) -> str:
    """A name without what comes before it: title, role, "the bond house"; and without "of the Joint Transit Office"."""
    titles, words = _rules().titles, name.split()
    titled = [place for place, word in enumerate(words) if word.strip(".").lower().removesuffix("'s") in titles]
    if titled and (rest := words[titled[-1] + 1 :]) and _is_name(" ".join(rest)) and rest[0] not in ("of", "&"):
        words = rest
    for place, word in enumerate(words):
        if (
            word in ("of", "from", "at", "in")
            and place >= 2
            and _is_name(" ".join(words[:place]))
            and words[0] not in ("The", "A", "An")
        ):
            return " ".join(words[:place])
    return " ".join(words)
