"""What a judgement is made under and must be told with: its condition and its time."""

from calendar import month_name
from collections.abc import Iterator, Sequence
from functools import lru_cache

from ingest.briefing import Condition
from rag.answer import Finding
from rag.clauses import Unit, keys_of, names_in, opposites, stems_of, words_of
from rag.messages import finding
from rag.wordlists import lists

# How much of a condition a claim must have: where it puts a condition of its own in other words, where it has any
# conditional, and where it has none.
_OWN, _CONDITIONAL, _STATED = 0.2, 0.34, 0.75
# Where a "would" makes a condition of the claim's subject: "the death of a sailor would ...".
_WOULD = 0.2
# A condition is halved if of its words other than names so many are gone and no more than this share is left.
_GONE, _HALF = 3, 0.4
# Conditions that share so much of the shorter are the same; so much of the source's, and they can be told to be turned.
_SAME, _COMPARABLE = 0.3, 0.7

# What makes a condition of what is not there, and how much of it is there with a "with".
_WITHOUT, _MET = ("without", "with no", "absent", "in the absence of"), 0.6
# "This year" is not "next year".
_OTHER = {"next": "this", "this": "next"}


def condition_findings(unit: Unit, source: Unit) -> Iterator[Finding]:
    """Conditions of the source that the claim lacks, has in part only, or has turned round."""
    assert source.estimate is not None
    for condition in source.estimate.conditions:
        if not _kept(condition, unit, source):
            words = source.text[condition.start : condition.end]
            yield finding("condition_lost", unit, source, claim=unit.estimate, what=f"'{words}'")
    for condition in unit.estimate.conditions if unit.estimate else ():
        body = unit.text[condition.start + len(condition.connective) : condition.end]
        if condition.connective in _WITHOUT and _is_met(stems_of(body), source.text):
            yield finding("condition_lost", unit, source, claim=unit.estimate, what=f"'with{body}'")


def _kept(condition: Condition, unit: Unit, source: Unit) -> bool:
    assert unit.estimate is not None
    patterns, mine = lists().patterns, unit.estimate.conditions
    if patterns["back_reference"].match(condition.connective):
        return True
    if (sharper := patterns["sharper"].search(unit.text)) and not patterns["sharper"].search(source.text):
        # "Only if" says another thing than "if".
        return condition.connective not in sharper.group().lower()
    body = source.text[condition.start + len(condition.connective) : condition.end]
    own, claim = stems_of(body), stems_of(unit.text)
    if any(patterns["back_reference"].match(one.connective) for one in mine) and own & claim:
        return True
    if condition.connective in _WITHOUT and _is_met(own, unit.text):
        return False
    whole = _is_whole(body, claim, source.stems)
    if mine and (not own or any(_overlap(own, unit.text[c.start : c.end]) for c in mine)):
        return whole and not _is_turned(condition, body, mine, unit) and not _is_halved(own, body, mine, unit)
    telling = own - source.stems or own
    shares = len(telling & claim) / len(telling) if telling else 1.0
    if shares >= _STATED and _is_negative(condition, body) and _comes_true(unit):
        return False
    return (bool(mine) and shares >= _OWN) or _is_implied(shares, whole, unit, source)


def _comes_true(unit: Unit) -> bool:
    """Whether a clause speaks of what comes about and denies nothing: "once the league calls off its marches"."""
    patterns = lists().patterns
    return patterns["come_true"].search(unit.text) is not None and not patterns["denial"].search(unit.text)


def _is_implied(shares: float, whole: bool, unit: Unit, source: Unit) -> bool:
    """Whether a condition of which a clause has this share, and each part or not, is told without a connective."""
    patterns = lists().patterns
    if patterns["causing"].search(unit.text) and _is_new_subject(unit, source):
        return True
    if not whole:
        return False
    if "would" in (one.term.lower() for one in unit.others) and shares >= _WOULD:
        return True
    if patterns["conditional"].search(unit.text):
        return shares >= _CONDITIONAL
    return shares >= _STATED and not patterns["factual"].search(unit.text)


def _is_new_subject(unit: Unit, source: Unit) -> bool:
    """Whether a clause opens with something that the source's proposition does not have: its condition, perhaps."""
    opening = list(unit.words)[:1]
    return bool(opening) and opening[0] not in source.stems


def _is_halved(own: frozenset[str], body: str, mine: Sequence[Condition], unit: Unit) -> bool:
    """Whether much of a condition, names aside, is gone and nothing stands for it: "fails in a week of frost"."""
    plain = own - {key for name in names_in(body, [(0, len(body))]) for key in keys_of(name)}
    said = frozenset[str]().union(*(stems_of(unit.text[c.start + len(c.connective) : c.end]) for c in mine))
    return said <= own and len(plain - said) >= _GONE and len(plain & said) <= _HALF * len(plain)


def _overlap(words: frozenset[str], text: str) -> bool:
    found = stems_of(text)
    return len(words & found) >= max(1, _SAME * min(len(words), len(found)))


def _is_met(own: frozenset[str], text: str) -> bool:
    """Whether a text has "with" what a condition is without."""
    met = (stems_of(found["what"]) for found in lists().patterns["met"].finditer(text))
    return any(own and len(own & stems) >= _MET * len(own) for stems in met)


def _is_whole(body: str, claim: frozenset[str], governed: frozenset[str]) -> bool:
    """Whether each part of a condition with parts ("Karvonia and Selkland or an agreement") is in the claim."""
    parts = [list(words_of(part, [(0, len(part))])) for part in lists().patterns["parts"].split(body)]
    # The first words of a part are its head: the later ones may be shared ("both go ahead").
    heads = [[key for key in part if key not in governed][:2] or part[:2] for part in parts if part]
    # Four letters: "Chinese" for "China".
    said = {word[:4] for word in claim}
    return len(heads) < 2 or all(said.intersection(word[:4] for word in head) for head in heads)


def _is_turned(condition: Condition, body: str, mine: Sequence[Condition], unit: Unit) -> bool:
    """Whether "unless X" became "if X": connective and "not" together."""
    own, theirs = stems_of(body), _is_negative(condition, body)
    for one in mine:
        text = unit.text[one.start + len(one.connective) : one.end]
        # Said in other words ("unless they gain access", "as long as they are kept out") the two cannot be told apart.
        said = stems_of(text)
        comparable = len(own & said) >= _COMPARABLE * len(own) and max(len(own - said), len(said - own)) <= 1
        contrary = any(mine <= own and other <= said for mine, other in opposites())
        if not comparable or (_is_negative(one, text) != contrary) == theirs:
            return False
    return True


def _is_negative(condition: Condition, body: str) -> bool:
    denials = len(lists().patterns["denial"].findall(body)) + (condition.connective in lists().negative_connectives)
    return denials % 2 == 1


def horizon_findings(unit: Unit, source: Unit, given: Sequence[Unit], label: str) -> Iterator[Finding]:
    """The first time of the claim that its sources do not have for this judgement."""
    patterns = lists().patterns
    dated = _kinds_of(" ".join(patterns["published"].findall(label))) if patterns["of_paper"].search(unit.text) else ()
    label = patterns["published"].sub("", label)
    known = _kinds_of(" ".join([label, *(one.text for one in given)]))
    own = _kinds_of(source.text[source.start : source.end])
    beside = (one for one in given if one is not source and one.text == source.text)
    others = _kinds_of(" ".join(one.text[one.start : one.end] for one in beside)) - own
    start, end = _reach(unit)
    if side := _other_side(unit.text[start:end], given):
        yield finding("horizon_changed", unit, source, claim=unit.estimate, what=f"'{side}'")
        return
    for kind, value, words, place in _times(unit.text[start:end]):
        first = start + place
        if (kind, value) in dated or _is_date_of_source(unit.text, first, first + len(words)):
            continue
        if _is_attribute(kind, first + len(words), unit.text, known, given):
            continue
        # A time of this sentence's other judgement is not that of this one.
        swapped = (kind, value) in others and any(k == kind for k, _ in own) and unit.start <= first < unit.end
        if swapped or not _is_known(kind, value, known, label):
            yield finding("horizon_changed", unit, source, claim=unit.estimate, what=f"'{words}'")
            return


def _other_side(claim: str, given: Sequence[Unit]) -> str:
    """ "Before the monsoon" for "after the monsoon"."""
    around = lists().patterns["around"]
    known = [(one["side"].lower(), stems_of(one["event"])) for unit in given for one in around.finditer(unit.text)]
    for found in around.finditer(claim):
        side, event = found["side"].lower(), stems_of(found["event"].split()[0])
        sides = {other for other, keys in known if event & keys}
        if event and sides and side not in sides:
            return found.group()
    return ""


def _is_date_of_source(text: str, start: int, end: int) -> bool:
    """Whether a time is that of the briefing, not of what it judges: "the March paper", "as things stood in May"."""
    patterns = lists().patterns
    if patterns["edition"].match(text, end):
        return True
    if patterns["dated_ahead"].search(text, 0, start) and patterns["judged_behind"].match(text, end):
        return True
    return patterns["dated"].search(text, 0, start) is not None and "stood" in text[:start]


def _is_attribute(kind: str, end: int, text: str, known: frozenset[tuple[str, str]], given: Sequence[Unit]) -> bool:
    """Whether a time only dates a thing that the sources leave undated: "the June election" for "the election"."""
    if kind not in ("month", "year") or any(other == kind for other, _ in known):
        return False
    what = lists().patterns["time_of"].match(text, end)
    return what is not None and any(one.stems.intersection(keys_of(what["what"])) for one in given)


def _reach(unit: Unit) -> tuple[int, int]:
    """The clause with the times that stand around it, up to the next clause."""
    joined = lists().patterns["joined"]
    start = unit.start if joined.search(unit.text[: unit.start]) else 0
    end = unit.end if joined.search(unit.text[unit.end :]) else len(unit.text)
    return start, end


def _kinds_of(text: str) -> frozenset[tuple[str, str]]:
    return frozenset((kind, value) for kind, value, _, _ in _times(text))


@lru_cache(maxsize=256)
def _times(text: str) -> tuple[tuple[str, str, str, int], ...]:
    """The times of a text: kind, value, words and place of each. Kept: a check asks for those of the same few again."""
    # Any time has a figure or one of these; looking for them first is much faster than the pattern.
    lowered = text.lower()
    if not any(map(str.isdigit, text)) and not any(map(lowered.__contains__, lists().time_hints)):
        return ()
    return tuple(_read_times(text))


def _read_times(text: str) -> Iterator[tuple[str, str, str, int]]:
    for found in lists().patterns["time"].finditer(text):
        kind = "count" if found["count"] else found.lastgroup or ""
        value = found[kind].lower()
        if kind == "close":
            kind, value = "count", "end year"
        elif kind == "count" and value.endswith(" the"):
            value = f"end {found['unit'].lower()}"
        elif kind == "count":
            count = "1" if value in lists().sets["one"] else "".join(keys_of(value)) or value
            value = f"{count} {found['unit'].lower()}"
        yield kind, value, found.group(), found.start()
    for found in lists().patterns["range"].finditer(text):
        yield "count", f"{found[2]} {found[3].lower()}", found.group(), found.start()


def _is_known(kind: str, value: str, known: frozenset[tuple[str, str]], label: str) -> bool:
    """Whether a time is among those known, or goes without saying beside them."""
    if (kind, value) in known:
        return True
    if kind == "month" and _begins_after(value, known):
        return True
    if kind == "year" and not known.isdisjoint({("count", "this year"), ("count", "next year")}):
        # Which year "this year" is stands on the briefing's head alone.
        return True
    if kind == "term":
        names = lists().terms[value]
        return any(name in label.lower() for name in names) or any(("term", name) in known for name in names)
    return kind == "count" and _is_known_count(value, known, label)


def _begins_after(month: str, known: frozenset[tuple[str, str]]) -> bool:
    """Whether a month is the one behind a known one: "before April" is "before the end of March"."""
    months = [name.lower() for name in month_name]
    return ("count", "end month") in known and month in months and ("month", months[months.index(month) - 1]) in known


def _is_known_count(value: str, known: frozenset[tuple[str, str]], label: str) -> bool:
    count, _, unit = value.partition(" ")
    sets, kinds = lists().sets, {kind for kind, _ in known}
    if count == "end":
        # "By the end of the year" is not "in March": the year itself or its last month or feast has to be there.
        if not known.isdisjoint(("count", f"{other} {unit}") for other in sets["next"]):
            return True
        last = ("year" in kinds and "month" not in kinds) or any(value in sets["last_of_year"] for _, value in known)
        return unit == "year" and last
    if count not in sets["uncounted"]:
        return any(other == lists().same_times.get(value) for _, other in known)
    if count in ("next", "this") and ("count", f"{_OTHER[count]} {unit}") in known:
        return False
    if count in sets["next"] and lists().named_times.get(unit) in kinds:
        return True
    if count != "this" and any(kind == "count" and other.partition(" ")[2] == unit for kind, other in known):
        return True
    if unit != "year":
        return False
    return (count == "this" and not kinds.isdisjoint(sets["in_a_year"])) or (count in sets["one"] and ">1" in label)
