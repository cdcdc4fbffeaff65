"""Whether a term of the claim judges the same matter as in the source: the same things, no others, no more of them."""

import re
from collections.abc import Iterator, Sequence
from collections.abc import Set as Collection

from ingest.briefing import Span
from rag.answer import Finding
from rag.clauses import Unit, keys_of, names_in, opposites, stems_of, words_of
from rag.messages import finding
from rag.wordlists import lists

# A subject has at most so many words; a predicate is the same if it shares so much.
_SUBJECT_WORDS = 9
_SAME_PREDICATE = 0.5
# A predicate of so many stems that stands word for word belongs to the subject that it had.
_COPIED, _MOST = 2, 0.8
# So near in front of a term a limit may belong to the term itself, and so many words behind a limit are what it limits.
_AT_TERM = 14
_LIMITED = 5
# "Any" widens what the source narrows by so many stems that the claim leaves out.
_NARROWER = 2
_WORD = re.compile(r"\w")


def substitution(unit: Unit, source: Unit, given: Sequence[Unit]) -> str:
    """Whose or what's place another took under the same term: "X for Y"; empty if nobody's."""
    return (
        _other_name(unit, source, given)
        or _other_subject(unit, source, given)
        or _other_object(unit, source, given)
        or _lost_head(unit, source)
    )


def _other_name(unit: Unit, source: Unit, given: Sequence[Unit]) -> str:
    """Whether a name stands where the source has another one, which the claim does not have at all."""
    everywhere, claim = " ".join(one.text for one in given).lower(), unit.text.lower()
    missing = [name for name in source.names - unit.names if name[:5] not in claim and not _possessive(name, source)]
    for name in unit.names - source.names if missing else ():
        # Whom "she" means stands in the clause before.
        if _known(name, source) or source.context.intersection(keys_of(name)) or _alias(name, unit, everywhere):
            continue
        places = _neighbours(name, unit)
        for other in missing:
            if places & _neighbours(other, source):
                return f"{name} for {other}"
    return ""


def _neighbours(name: str, unit: Unit) -> frozenset[str]:
    """Where a name stands in its clause: the stems on either side of the whole name, and whether it is the subject."""
    places: set[str] = set()
    words = list(lists().patterns["any_word"].finditer(unit.text, unit.start, unit.end))
    for at, word in enumerate(words):
        if word.group().lower().replace("’", "'").removesuffix("'s") != name:
            continue
        for side, step in (("before", -1), ("behind", 1)):
            place = at + step
            while 0 <= place < len(words) and (words[place].group()[0].isupper() or not keys_of(words[place].group())):
                place += step
            if 0 <= place < len(words):
                places.add(f"{side} {keys_of(words[place].group())[-1]}")
    if (subject := _subject(unit)) and name in unit.text[slice(*subject)].lower():
        places.add("subject")
    return frozenset(places)


def _known(name: str, source: Unit) -> bool:
    """Whether the source clause has a name, in this or a related form ("Caldrian" for "Caldria", initials)."""
    if any(name[:4] == other[:4] for other in source.names if len(name) > 3):
        return True
    initials = "".join(word[0] for word in lists().patterns["capitalised"].findall(source.text)).lower()
    return name.isalpha() and 2 < len(name) < 6 and name in initials


def _alias(name: str, unit: Unit, everywhere: str) -> bool:
    """Whether a name is but another way to point: "the Front", "Halmyra's minister"; not if the sources have it."""
    if name in everywhere:
        return False
    found = re.search(rf"\b{re.escape(name)}\b", unit.text, re.I)
    if found is None:
        return True
    patterns, after = lists().patterns, found.end()
    if patterns["the"].search(unit.text, 0, found.start()) and not patterns["longer_name"].match(unit.text, after):
        return True
    return patterns["of_name"].match(unit.text, after) is not None


def _possessive(name: str, source: Unit) -> bool:
    return re.search(rf"\b{re.escape(name)}['’]s\b", source.text, re.I) is not None


def _other_subject(unit: Unit, source: Unit, given: Sequence[Unit]) -> str:
    """Whether the same is said of another subject: none of its words is the source's, and the predicate is the same."""
    mine, theirs = _subject(unit), _subject(source)
    if not mine or not theirs:
        return ""
    own, other = words_of(unit.text, [mine]).keys(), words_of(source.text, [theirs]).keys()
    if not own or not other or own & other or own & source.stems:
        return ""
    if other & unit.stems:
        return _other_patient(unit, mine, source, own, other)
    said, meant = unit.stems - own, source.stems - other
    if not said or not meant or len(said & meant) / min(len(said), len(meant)) < _SAME_PREDICATE:
        return ""
    elsewhere = {key for one in given if one is not source for key in one.words}
    if any(_are_one(own, other, text) for text in {one.text for one in given}):
        return ""
    copied = len(said & meant) >= max(_COPIED, _MOST * max(len(said), len(meant)))
    stated = bool(other & stems_of(unit.text)) or (not copied and _may_be_synonyms(unit, mine, source, theirs))
    if (own <= elsewhere) if stated else not _points(unit, mine, source, theirs):
        return f"{unit.text[slice(*mine)]} for {source.text[slice(*theirs)]}"
    return ""


def _other_patient(unit: Unit, mine: Span, source: Unit, own: Collection[str], other: Collection[str]) -> str:
    """The subject of a passive that has another's place: "the port is likely to be released by Teskar"."""
    rest = unit.stems - own - other
    passive = lists().patterns["passive"].search(unit.text, mine[1], unit.end)
    if passive is None or not rest or not rest <= source.stems or own & source.context:
        return ""
    gone = source.stems - unit.stems
    return f"{unit.text[slice(*mine)]} for {', '.join(sorted(gone))}" if gone else ""


def _are_one(own: Collection[str], other: Collection[str], text: str) -> bool:
    """Whether a text sets one subject beside the other: "Halmyra's prime minister, Sabine Orlac"."""
    for found in lists().patterns["apposed"].finditer(text):
        sides = stems_of(found["one"]), stems_of(found["two"])
        if any(own & one and other & two for one, two in (sides, sides[::-1])):
            return True
    return False


def _may_be_synonyms(unit: Unit, mine: Span, source: Unit, theirs: Span) -> bool:
    """Whether two subjects without names may be one: "demonstrations" and "protests", not "army" and "police"."""
    if names_in(unit.text, [mine]) or names_in(source.text, [theirs]):
        return False
    texts = (unit.text[slice(*mine)].lower().split(), source.text[slice(*theirs)].lower().split())
    kinds = [{kind for kind, words in lists().bodies.items() if words.intersection(text)} for text in texts]
    return not all(kinds) or bool(kinds[0] & kinds[1])


def _points(unit: Unit, mine: Span, source: Unit, theirs: Span) -> bool:
    """Whether two subjects may be the same: "the operator" points at "Pelagian Terminals", "the Front" at anybody."""
    patterns, subject = lists().patterns, unit.text[slice(*mine)]
    named = bool(names_in(unit.text, [mine]))
    if named != bool(names_in(source.text, [theirs])):
        unnamed = source.text[slice(*theirs)] if named else subject
        if patterns["pointing"].match(unnamed):
            return True
    return patterns["the_name"].match(subject.strip()) is not None


def _subject(unit: Unit) -> Span | None:
    """The subject of "X is likely to ...": what stands before the verb; None for pronouns and other constructions."""
    estimate, patterns = unit.estimate, lists().patterns
    assert estimate is not None
    if estimate.subject:
        return estimate.subject
    start, end = estimate.proposition
    verb = patterns["verb"].search(unit.text, start, end)
    if (absolute := patterns["absolute"].match(unit.text, start, estimate.start)) and verb is None:
        return absolute.span("who")
    if verb is None or verb.start() <= start:
        return None
    comma = unit.text.rfind(", ", start, verb.start())
    start = comma + 2 if comma >= 0 else start
    subject = unit.text[start : verb.start()]
    if patterns["pronoun"].match(subject) or patterns["last_pronoun"].search(subject):
        return None
    if len(subject.split()) > _SUBJECT_WORDS:
        return None
    return start, verb.start()


def _other_object(unit: Unit, source: Unit, given: Sequence[Unit]) -> str:
    """Whether something else stands in the same place: "conditions on wages" for "conditions on bread"."""
    everywhere = frozenset(key for one in given for key in (*one.words, *one.context))
    slots = {(key, preposition): filler for key, preposition, filler in _slots(source)}
    for key, preposition, filler in _slots(unit):
        other = slots.get((key, preposition), ())
        words, others = ([keys_of(word) for word in some] for some in (filler, other))
        if not words or not others or filler[0][0].isupper() != other[0][0].isupper():
            # "Marrak" may be what "the atoll" is called.
            continue
        if {key for one in words for key in one} & {key for one in others for key in one}:
            continue
        if everywhere.isdisjoint(words[0]) and stems_of(unit.text).isdisjoint(others[0]):
            return f"{filler[0]} for {other[0]}"
    return ""


def _slots(unit: Unit) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Each preposition of a clause with the stem before it and the content words after it, up to three."""
    patterns = lists().patterns
    for found in patterns["slot"].finditer(unit.text, unit.start, unit.end):
        keys, words = keys_of(found["before"]), found["after"].split()
        filler = tuple(word for word in words if keys_of(word))
        if not keys or not filler or filler[0].endswith("ing") or patterns["pronoun"].match(words[0]):
            continue
        if not patterns["time"].search(filler[0]) and not patterns["in_time"].match(filler[0]):
            yield keys[-1], found["preposition"].lower(), filler


def _lost_head(unit: Unit, source: Unit) -> str:
    """What the source judges where the claim judges a thing inside it: "a review" for "pressure for a review"."""
    assert source.estimate is not None
    patterns = lists().patterns
    found = patterns["in_subject"].match(source.text[slice(*source.estimate.proposition)])
    verb = patterns["verb"].search(found["rest"]) if found else None
    if found is None or verb is None:
        return ""
    rest, claim = found["rest"], stems_of(unit.text)
    subject = _subject(unit)
    if subject is None or not stems_of(unit.text[slice(*subject)]) <= stems_of(rest[: verb.start()]):
        return ""
    head = [key for word in found["head"].split() for key in keys_of(word)]
    after = list(words_of(rest, [(verb.end(), len(rest))]))
    if not head or not claim.isdisjoint(head) or not claim.isdisjoint(after[:1]):
        return ""
    return ", ".join(head) if stems_of(rest[: verb.start()]) & unit.stems else ""


def opposite(unit: Unit, source: Unit) -> bool:
    """Whether the claim has the opposite of a word that a term governs: "unlikely to hold" for "unlikely to fail"."""
    lost, new = source.stems - unit.stems, unit.stems - source.stems
    whole = frozenset(key for key in new if not _is_hyphened(unit, key))
    if not any(one & lost and two & whole for one, two in opposites()):
        return False
    denied = lists().patterns["negation"]
    return bool(denied.search(unit.text, unit.start, unit.end)) == bool(
        denied.search(source.text, source.start, source.end)
    )


def _is_hyphened(unit: Unit, key: str) -> bool:
    """Whether a word is part of another one: the "stop" of "stop-and-search"."""
    word = lists().patterns["word"].match(unit.text, unit.words[key])
    return word is not None and "-" in word.group()


def scope_findings(unit: Unit, source: Unit, given: Sequence[Unit]) -> Iterator[Finding]:
    """What a term governs, made wider or narrower: a quantifier, limit, place or amount that came, went or changed."""
    if what := (
        _wider(unit, source)
        or _unlimited(unit, source)
        or _unrestricted(unit, source)
        or _other_place(unit, source)
        or _joined(unit, source, given)
    ):
        yield finding("scope_changed", unit, source, claim=unit.estimate, what=f"'{what}'")


def _wider(unit: Unit, source: Unit) -> str:
    """A word for the whole that the source does not have."""
    assert unit.estimate is not None
    known, patterns = source.text.lower(), lists().patterns
    for found in patterns["scope"].finditer(unit.text, unit.start, unit.end):
        word = found.group().lower()
        if word == "any" and len(source.stems - unit.stems) < _NARROWER:
            continue
        ahead = found.end() <= unit.estimate.start
        at_term = ahead and patterns["only_ahead"].match(unit.text[found.end() : unit.estimate.start] + " ")
        meant = any(re.search(rf"\b{one}", known) for one in (word[:5], *lists().wholes.get(word, ())))
        if not (meant or at_term or found.end() + 4 >= len(unit.text)):
            return found.group()
    return ""


def _joined(unit: Unit, source: Unit, given: Sequence[Unit]) -> str:
    """Two things under a term that judges one of them: "the tax on raw and refined ore" for "the tax on raw ore"."""
    assert unit.estimate is not None
    judged = {key for one in given if one.estimate for key in one.words}
    elsewhere = {key for one in given if one.estimate is None for key in one.words} - judged
    for found in lists().patterns["joined_two"].finditer(unit.text, *unit.estimate.proposition):
        one, two = (frozenset(keys_of(found[name])) for name in ("one", "two"))
        for inside, outside in ((one, two), (two, one)):
            if inside & source.stems and outside and outside <= elsewhere:
                return found.group()
    return ""


def _other_place(unit: Unit, source: Unit) -> str:
    """A place of another size by the same name: "Ashgar province" for "the Ashgar ridge"."""
    patterns = lists().patterns
    for found in patterns["place"].finditer(unit.text, unit.start, unit.end):
        meant = {one["kind"] for one in patterns["place"].finditer(source.text) if one["name"] == found["name"]}
        if meant and found["kind"] not in source.text.lower():
            return found.group()
    return ""


def _unlimited(unit: Unit, source: Unit) -> str:
    """A limit of the source ("only", "at least one of", "northern") that is gone while what it limits is there."""
    assert source.estimate is not None
    claim, patterns, term = unit.text.lower(), lists().patterns, source.estimate.start
    for found in patterns["limit"].finditer(source.text, source.start, source.end):
        between = source.text[found.end() : term].replace(" a ", " ")
        if found.end() <= term <= found.end() + _AT_TERM and not _WORD.search(between):
            continue
        following = map(keys_of, patterns["word"].findall(source.text, found.end(), source.end))
        limited = [keys[-1] for keys in following if keys][:_LIMITED]
        synonyms = lists().limits.get(found["limit"].lower(), (found["limit"].lower(),))
        if not stems_of(unit.text).isdisjoint(limited) and not any(one in claim for one in synonyms):
            return found.group()
    return ""


def _unrestricted(unit: Unit, source: Unit) -> str:
    """What narrows "any resolution implying recognition", gone from the claim that still speaks of resolutions."""
    claim = stems_of(unit.text)
    for found in lists().patterns["narrowed"].finditer(source.text, source.start, source.end):
        head, narrowing = keys_of(found["head"]), list(words_of(found["rest"], [(0, len(found["rest"]))]))
        if head and head[-1] in claim and narrowing and claim.isdisjoint(narrowing[:2]):
            return found.group()
    return ""
