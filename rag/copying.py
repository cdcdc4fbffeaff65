"""A claim that repeats a sentence almost word for word: does it put a word in, or another one in a word's place?"""

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from rag.answer import Finding
from rag.clauses import Unit, aligned, keys_of, sources_of, stems_of, units_of
from rag.supportlists import lowered, support_lists
from rag.wordlists import lists

# A claim of which so much stands in one cited sentence, in the same order, may put no word in; one of which yet more
# does, may exchange none: whoever writes a sentence in his own words changes more of it.
COPIED, VERBATIM = 0.8, 0.9
_PERFECT = frozenset({"has", "have", "had"})
_VOWELS = re.compile("[aeiou]+")
_WORD = re.compile(r"\w+(?:[’'-]\w+)*")
# A clause of so many content words, all but one of them those of a cited clause, has that one in another's place.
_CLAUSE = 3
_DETERMINED = re.compile(r"(?i)\b(?:the|an?|its|his|her|their|any|this|that)\s$")


def changed_words(claim: str, quotes: Sequence[str], around: str) -> Iterator[Finding]:
    """The first word that a claim adds to a sentence that it otherwise copies, or has for a word of it."""
    words = list(_WORD.finditer(claim))
    mine = [lowered(word.group()) for word in words]
    theirs = [[lowered(word) for word in _WORD.findall(quote)] for quote in quotes]
    matchers = [SequenceMatcher(None, quoted, mine, autojunk=False) for quoted in theirs]
    if not mine or not matchers:
        return
    best = max(matchers, key=_shared)
    copied = theirs[matchers.index(best)]
    share = _shared(best) / len(mine)
    known = {word for quoted in theirs for word in quoted}
    stems = stems_of(f"{' '.join(quotes)} {around}")
    for kind, first, last, start, end in best.get_opcodes():
        if share < (COPIED if kind == "insert" else VERBATIM):
            continue
        for place in range(start, end) if kind in ("insert", "replace") else ():
            leads = mine[place] in support_lists().linking or (start == 0 and mine[place] in support_lists().around)
            leads = leads or _is_past(mine[place], copied[first:last])
            named = place > 0 and words[place].group()[0].isupper()
            if not (leads or named) and mine[place] not in known and _tells(mine[place], stems):
                told = f"The cited sentences, otherwise word for word the same, do not say '{words[place].group()}'."
                yield Finding("unsupported", told, "major", *words[place].span())
                return


def exchanged_nouns(claim: str, quotes: Sequence[str]) -> Iterator[Finding]:
    """A noun in the place of another, in a clause whose other words are those of a cited clause."""
    units, given = units_of(claim), sources_of(quotes)[0]
    known = stems_of(" ".join(quotes))
    for row, column in aligned(units, given).items():
        mine, theirs = units[row], given[column]
        new, gone = mine.stems - theirs.stems, theirs.stems - mine.stems
        if len(new) != 1 or len(gone) != 1 or len(mine.stems) < _CLAUSE or new <= known:
            continue
        places = (_place(mine, *new), _place(theirs, *gone))
        if all(place is not None for place in places) and (word := _WORD.match(mine.text, places[0] or 0)):
            told = f"The cited sentences, otherwise the same, have another word for '{word.group()}'."
            yield Finding("unsupported", told, "major", *word.span())
            return


def _place(unit: Unit, key: str) -> int | None:
    """Where a noun stands in a clause, None for a time and for what no article or pronoun makes a noun."""
    place = unit.words[key]
    timed = any(time.start() <= place < time.end() for time in lists().patterns["time"].finditer(unit.text))
    return place if not timed and _DETERMINED.search(unit.text, 0, place) else None


def _shared(matcher: SequenceMatcher[str]) -> int:
    return sum(block.size for block in matcher.get_matching_blocks())


def _is_past(word: str, replaced: Sequence[str]) -> bool:
    """Whether a word is the simple past of a perfect that it stands for: "fell" for "have fallen"."""
    frame = _VOWELS.sub("", word)
    return not _PERFECT.isdisjoint(replaced) and any(
        other[0] == word[0] and _VOWELS.sub("", other).startswith(frame) for other in replaced
    )


def _tells(word: str, known: frozenset[str]) -> bool:
    """Whether a word says something that the sources do not; names and numbers are looked at elsewhere."""
    if word.endswith("n't") or any(map(str.isdigit, word)):
        # Denials and numbers, "12m" among them, are looked at elsewhere.
        return False
    if word in lists().stop | lists().frame | support_lists().units:
        return word in support_lists().telling
    keys = keys_of(word)
    return word not in support_lists().numbers and not all(map(str.isdigit, keys)) and known.isdisjoint(keys)
