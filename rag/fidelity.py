"""What else belongs to a judgement and must survive: its matter, its condition, its time and its scope."""

import re
from collections.abc import Iterator, Sequence

from ingest.briefing import Condition
from rag.answer import Finding
from rag.clauses import Unit, keys_of, names_in, words_of
from rag.messages import finding
from rag.wordlists import lists


def substitution(unit: Unit, source: Unit, given: Sequence[Unit]) -> str:
    """Whose or what's place another took under the same term: "X for Y"; empty if nobody's."""
    everywhere = " ".join(one.text for one in given).lower()
    new = [
        name for name in unit.names - source.names if not _known(name, source) and not _alias(name, unit, everywhere)
    ]
    claim = unit.text.lower()
    missing = [name for name in source.names - unit.names if name[:5] not in claim and not _possessive(name, source)]
    if new and missing:
        return f"{new[0]} for {missing[0]}"
    return _other_subject(unit, source, given) or _other_object(unit, source, given) or _lost_head(unit, source)


def _lost_head(unit: Unit, source: Unit) -> str:
    """Whether the claim judges what the source only mentions inside its subject: "a review" for "pressure for a review"."""
    assert unit.estimate is not None
    assert source.estimate is not None
    start, end = source.estimate.proposition
    found = lists().patterns["in_subject"].match(source.text[start:end])
    if found is None:
        return ""
    whole = frozenset(words_of(unit.text, [(0, len(unit.text))]))
    head = [key for word in found["head"].split() for key in keys_of(word)]
    verb = lists().patterns["verb"].search(found["rest"])
    inside = words_of(found["rest"][: verb.start()] if verb else found["rest"], [(0, len(found["rest"]))])
    after = words_of(found["rest"][verb.end() :], [(0, len(found["rest"]))]) if verb else {}
    if not head or not verb or set(head) & whole or set(list(after)[:1]) & whole:
        return ""
    return f"{', '.join(head)}" if inside.keys() & unit.stems else ""


def _other_subject(unit: Unit, source: Unit, given: Sequence[Unit]) -> str:
    """Whether the same is said of another subject: none of its words is the source's, and the predicate is the same."""
    mine, theirs = _subject(unit), _subject(source)
    if not mine or not theirs:
        return ""
    own, other = words_of(unit.text, [mine]), words_of(source.text, [theirs])
    if not own or not other or own.keys() & other.keys():
        return ""
    elsewhere = {key for one in given if one is not source for key in one.words}
    claim = frozenset(words_of(unit.text, [(0, len(unit.text))]))
    said, meant = unit.stems - own.keys(), source.stems - other.keys()
    shared = len(said & meant) / min(len(said), len(meant)) if said and meant else 0.0
    if other.keys() & unit.stems or own.keys() & source.stems or shared < 0.5:
        return ""
    if own.keys() <= elsewhere and (other.keys() & claim):
        return f"{unit.text[slice(*mine)]} for {source.text[slice(*theirs)]}"
    named = bool(names_in(source.text, [theirs])) != bool(names_in(unit.text, [mine]))
    if named and re.match(
        r"\s*(?:the|its|his|her|their)\s",
        source.text[slice(*theirs)] if names_in(unit.text, [mine]) else unit.text[slice(*mine)],
        re.I,
    ):
        # "The operator" for "Pelagian Terminals" points at the same.
        return ""
    if other.keys() & claim or (
        re.match(r"the [A-Z]\w+$", unit.text[slice(*mine)].strip(), re.I)
        and unit.text[slice(*mine)].strip()[4:5].isupper()
    ):
        return ""
    return f"{unit.text[slice(*mine)]} for {source.text[slice(*theirs)]}"


def _subject(unit: Unit) -> tuple[int, int] | None:
    """The subject of "X is likely to ...": what stands before the verb; None for pronouns and other constructions."""
    estimate = unit.estimate
    assert estimate is not None
    if estimate.subject:
        return estimate.subject
    start, end = estimate.proposition
    verb = lists().patterns["verb"].search(unit.text, start, end)
    if verb is None or verb.start() <= start:
        return None
    comma = unit.text.rfind(", ", start, verb.start())
    start = comma + 2 if comma >= 0 else start
    subject = unit.text[start : verb.start()]
    if lists().patterns["pronoun"].match(subject) or len(subject.split()) > 9:
        return None
    return start, verb.start()


def _other_object(unit: Unit, source: Unit, given: Sequence[Unit]) -> str:
    """Whether something else stands in the same place: "conditions on wages" for "conditions on bread"."""
    everywhere = frozenset(key for one in given for key in (*one.words, *one.context))
    claim = frozenset(words_of(unit.text, [(0, len(unit.text))]))
    slots = {(key, word): filler for key, word, filler in _slots(source)}
    for key, word, filler in _slots(unit):
        other = slots.get((key, word))
        if other and not set(keys_of(filler)) & everywhere and not set(keys_of(other)) & claim:
            return f"{filler} for {other}"
    return ""


def _slots(unit: Unit) -> Iterator[tuple[str, str, str]]:
    """Each preposition of a clause with the stem before it and the content word after it."""
    patterns = lists().patterns
    for found in patterns["slot"].finditer(unit.text, unit.start, unit.end):
        keys, words = keys_of(found["before"]), found["after"].split()
        fillers = [word for word in words if keys_of(word)]
        if (
            keys
            and fillers
            and not patterns["pronoun"].match(words[0])
            and not fillers[0].endswith("ing")
            and not patterns["time"].search(fillers[0])
        ):
            yield keys[-1], found["preposition"].lower(), fillers[0]


def _known(name: str, source: Unit) -> bool:
    """Whether the source clause has a name, in this or a related form ("Caldrian" for "Caldria", initials)."""
    if any(name[:4] == other[:4] for other in source.names if len(name) > 3):
        return True
    initials = "".join(word[0] for word in re.findall(r"\b[A-Z]\w+", source.text)).lower()
    return name.isalpha() and 2 < len(name) < 6 and name in initials


def _alias(name: str, unit: Unit, everywhere: str) -> bool:
    """Whether a name in the claim is but another way to point: "the Front", "Halmyra's minister"; not if the source has it."""
    if name in everywhere:
        return False
    found = re.search(rf"\b{re.escape(name)}\b", unit.text, re.I)
    if found is None:
        return True
    before, after = unit.text[: found.start()], unit.text[found.end() :]
    return bool(re.search(r"\b(?:the|The)\s+$", before) and not re.match(r"\s+[A-Z]", after)) or bool(
        re.match(r"['’]s\s+[a-z]", after)
    )


def _possessive(name: str, source: Unit) -> bool:
    return re.search(rf"\b{re.escape(name)}['’]s\b", source.text, re.I) is not None


def condition_findings(unit: Unit, source: Unit) -> Iterator[Finding]:
    """Conditions of the source that the claim lacks, has in part only, or has turned round."""
    assert unit.estimate is not None
    assert source.estimate is not None
    for condition in source.estimate.conditions:
        if not _kept(condition, unit, source):
            words = source.text[condition.start : condition.end]
            yield finding("condition_lost", unit, source, claim=unit.estimate, what=f"'{words}'")


def _kept(condition: Condition, unit: Unit, source: Unit) -> bool:
    assert unit.estimate is not None
    body = source.text[condition.start + len(condition.connective) : condition.end]
    if re.match(r"in (?:that|such)|otherwise|if so|if not", condition.connective):
        return True
    claim_words = frozenset(words_of(unit.text, [(0, len(unit.text))]))
    own = frozenset(words_of(body, [(0, len(body))]))
    governed = source.stems
    telling = own - governed or own
    shares = len(telling & claim_words) / len(telling) if telling else 1.0
    mine = unit.estimate.conditions
    if mine and (not own or any(_overlap(own, unit.text[c.start : c.end]) for c in mine)):
        return _turned(condition, body, mine, unit) is False and _whole(body, claim_words, governed)
    conditional = lists().patterns["conditional"].search(unit.text)
    if mine and shares >= 0.25:
        return True
    if not _whole(body, claim_words, governed):
        return False
    factual = lists().patterns["factual"].search(unit.text)
    return shares >= 0.34 if conditional else shares >= 0.75 and not factual


def _overlap(words: frozenset[str], text: str) -> bool:
    found = frozenset(words_of(text, [(0, len(text))]))
    return len(words & found) >= max(1, 0.3 * min(len(words), len(found)))


def _whole(body: str, claim_words: frozenset[str], governed: frozenset[str]) -> bool:
    """Whether each part of a condition with parts ("Russia and China or an agreement") is in the claim."""
    parts = [list(words_of(part, [(0, len(part))])) for part in re.split(r"\s+(?:and|or|nor)\s+|,\s+", body)]
    # The first words of a part are its head: the later ones may be shared ("both go ahead").
    heads = [[key for key in part if key not in governed][:2] or part[:2] for part in parts if part]
    return len(heads) < 2 or all(claim_words.intersection(head) for head in heads)


def _turned(condition: Condition, body: str, mine: Sequence[Condition], unit: Unit) -> bool:
    """Whether "unless X" became "if X": connective and "not" together."""
    theirs = (condition.connective in lists().negative_connectives) != _denies(body)
    own = frozenset(words_of(body, [(0, len(body))]))
    for one in mine:
        text = unit.text[one.start + len(one.connective) : one.end]
        shared = len(own & frozenset(words_of(text, [(0, len(text))])))
        # Said in other words ("unless they gain access", "as long as they are kept out") the two cannot be told apart.
        if shared < 0.6 * len(own) or ((one.connective in lists().negative_connectives) != _denies(text)) == theirs:
            return False
    return True


def _denies(text: str) -> bool:
    return lists().patterns["denial"].search(text) is not None


def horizon_findings(unit: Unit, source: Unit, given: Sequence[Unit], label: str) -> Iterator[Finding]:
    """Times of the claim that its sources do not have for this judgement."""
    known = _times(" ".join([label, *(one.text for one in given)]))
    own = _times(source.text[source.start : source.end])
    others = (
        _times(
            " ".join(one.text[one.start : one.end] for one in given if one is not source and one.text == source.text)
        )
        - own
    )
    start, end = _reach(unit)
    patterns = lists().patterns
    for kind, value, words, place in _times_with_words(unit.text[start:end]):
        before, after = unit.text[: start + place], unit.text[start + place + len(words) :]
        if (
            patterns["edition"].match(after)
            or (
                re.search(r"\b(?:as things stood in|as of|dated|writing in|in|of|from)\s+\w*\s*$", before)
                and re.match(r"[^,]*,[^,]*\b(?:was|were) (?:judged|rated|considered|assessed|thought)", after)
            )
            or (patterns["dated"].search(before) and "stood" in before)
        ):
            continue
        elsewhere = (
            (kind, value) in others and any(k == kind for k, _ in own) and unit.start <= start + place < unit.end
        )
        if _has(kind, value, known, label) and not elsewhere:
            continue
        yield finding("horizon_changed", unit, source, claim=unit.estimate, what=f"'{words}'")
        return


def _reach(unit: Unit) -> tuple[int, int]:
    """The clause with the times that stand around it, up to the next clause."""
    assert unit.estimate is not None
    start, end = unit.start, unit.end
    if not re.search(r"[;]|\b(?:but|while|whereas|and|though)\b", unit.text[:start]):
        start = 0
    if not re.search(r"[;]|\b(?:but|while|whereas|and|though)\b", unit.text[end:]):
        end = len(unit.text)
    return start, end


def _times(text: str) -> frozenset[tuple[str, str]]:
    return frozenset((kind, value) for kind, value, _, _ in _times_with_words(text))


def _times_with_words(text: str) -> Iterator[tuple[str, str, str, int]]:
    for found in lists().patterns["time"].finditer(text):
        kind = "count" if found["count"] else found.lastgroup or ""
        value = found[kind].lower()
        if kind == "close":
            kind, value = "count", "this year"
        elif kind == "count" and found["count"].lower().endswith(" the"):
            value = f"this {found['unit'].lower()}"
        elif kind == "count":
            value = f"{''.join(keys_of(value)) or value} {found['unit'].lower()}"
        yield kind, value, found.group(), found.start()
    for found in re.finditer(r"(\d+)\s*(?:-|–|to)\s*(\d+)\s*(month|year|week|day)s?", text, re.I):
        yield "count", f"{found[1]} {found[3].lower()}", found.group(), found.start()
        yield "count", f"{found[2]} {found[3].lower()}", found.group(), found.start()


def _has(kind: str, value: str, known: frozenset[tuple[str, str]], label: str) -> bool:
    if (kind, value) in known:
        return True
    if kind == "term":
        window = label.lower()
        names = {
            "short": ("short", "near", "immediate"),
            "near": ("short", "near"),
            "medium": ("medium", "mid"),
            "mid": ("medium", "mid"),
            "long": ("long",),
        }
        return any(name in window for name in names[value]) or any(k == "term" and v in names[value] for k, v in known)
    if kind == "count":
        count, _, unit = value.partition(" ")
        units = {v.partition(" ")[2] for k, v in known if k == "count"}
        if count in ("a", "an", "1", "next", "coming", "this", "few", "several", "couple of", "one"):
            named = {"year": ("year",), "month": ("month",), "week": ("month",)}.get(unit, ())
            if count in ("next", "this", "coming") and any(k in named for k, _ in known):
                return True
            return (
                unit in units
                or (
                    unit == "year"
                    and any(k in ("year", "month", "feast", "season") for k, _ in known)
                    and count == "this"
                )
                or (count in ("a", "an", "one", "1") and unit in ("year",) and ">1" in label)
            )
        return any(v == value for k, v in known if k == "count") or {"12 month": "1 year", "1 year": "12 month"}.get(
            value
        ) in {v for _, v in known}
    return False


def scope_findings(unit: Unit, source: Unit) -> Iterator[Finding]:
    """Quantifiers, limits, places and amounts of what a term governs that came, went or changed."""
    assert unit.estimate is not None
    assert source.estimate is not None
    for what in (_wider(unit, source), _unlimited(unit, source), _unrestricted(unit, source)):
        if what:
            yield finding("scope_changed", unit, source, claim=unit.estimate, what=f"'{what}'")
            return


def _wider(unit: Unit, source: Unit) -> str:
    """A word for the whole that the source does not have."""
    assert unit.estimate is not None
    known = source.text.lower()
    for found in lists().patterns["scope"].finditer(unit.text, unit.start, unit.end):
        word = found.group().lower()
        if (
            word[:5] not in known
            and not re.match(r"\s+(?:an?\s+)?[\"“]?(?:only\s+)?$", unit.text[found.end() : unit.estimate.start] + " ")
            and found.end() + 4 < len(unit.text)
        ):
            return found.group()
    return ""


def _unlimited(unit: Unit, source: Unit) -> str:
    """A limit of the source ("only", "at least one of", "northern") that is gone while what it limits is there."""
    assert source.estimate is not None
    claim = unit.text.lower()
    whole = frozenset(words_of(unit.text, [(0, len(unit.text))]))
    for found in lists().patterns["limit"].finditer(source.text, source.start, source.end):
        word, rest = found["limit"].lower(), source.text[found.end() : source.end]
        if (
            source.estimate.start <= found.end() + 14
            and found.end() <= source.estimate.start
            and not re.search(r"\w", source.text[found.end() : source.estimate.start].replace(" a ", " "))
        ):
            continue
        following = [keys_of(next_word) for next_word in re.findall(r"[\w'-]+", rest)]
        limited = [keys[-1] for keys in following if keys][:5]
        synonyms = lists().limits.get(word, (word,))
        if limited and any(one in whole for one in limited) and not any(one in claim for one in synonyms):
            return found.group()
    return ""


def _unrestricted(unit: Unit, source: Unit) -> str:
    """What narrows "any resolution implying recognition", gone from the claim that still speaks of resolutions."""
    whole = frozenset(words_of(unit.text, [(0, len(unit.text))]))
    for found in lists().patterns["narrowed"].finditer(source.text, source.start, source.end):
        head, narrowing = keys_of(found["head"]), words_of(found["rest"], [(0, len(found["rest"]))])
        if head and head[-1] in whole and narrowing and not set(list(narrowing)[:2]) & whole:
            return found.group()
    return ""


def opposite(unit: Unit, source: Unit) -> bool:
    """Whether the claim has the opposite of a word that a term governs: "unlikely to hold" for "unlikely to fail"."""
    denied = lists().patterns["negation"]
    if bool(denied.search(unit.text, unit.start, unit.end)) != bool(
        denied.search(source.text, source.start, source.end)
    ):
        return False
    for word, other in lists().opposites:
        one, two = keys_of(word), keys_of(other)
        if set(one) & source.stems - unit.stems and set(two) & unit.stems - source.stems:
            return True
    return False
