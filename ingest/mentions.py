"""What a word of likelihood means where it stands: a judgement, its denial, a mere mention, or nothing at all.

Every text here is folded (`folding`): lower case, single spaces, no hyphens inside words.
"""

import re

from ingest.lexicon import Mark, lexicon

# How far behind "the threat level" its word may stand.
_LEVEL_REACH = 90
_SENTENCE_END = re.compile(r"[.?!] ")
_CLAUSE_END = re.compile(r"[;:.] | - ")
_ASKED = re.compile(r"[^.!?]*\?")
_BRACKETS = re.compile(r"\([^)]*\)")
_NEXT_WORD = re.compile(r" ([a-z][a-z']*)")
_LAST_WORD = re.compile(r"([a-z']+)(['\"(]*) ?$")
_OPENED = re.compile(r"[,;:(\"] ?$")


def read_in_context(mark: Mark, text: str) -> Mark | None:
    """The mark as its context reads it: a term may be a mere mention, and some words mean nothing here."""
    if mark.kind == "hedge":
        return mark if _is_hedge(mark, text) else None
    if mark.kind == "modal":
        return mark if _is_verb(mark, text) else None
    if mark.kind != "term":
        return mark
    if _is_foreign(mark, text) or _is_legend(mark, text):
        return None
    if _is_mention(mark, text):
        return Mark("mention", mark.start, mark.end, mark.canonical, None, mark.form)
    return Mark(mark.kind, mark.start, mark.end, mark.canonical, mark.band, mark.form, _is_negated(mark, text))


def _is_hedge(mark: Mark, text: str) -> bool:
    if mark.form in lexicon().sets["modal_hedges"]:
        return _is_verb(mark, text)
    certainly = mark.form in lexicon().sets["graded_hedges"]
    return not (certainly and lexicon().patterns["graded"].search(text, 0, mark.start))


def _is_verb(mark: Mark, text: str) -> bool:
    """Whether a modal is one: not the month, the noun ("military might") or a testament."""
    patterns, before, after = lexicon().patterns, text[: mark.start], text[mark.end :]
    if mark.form in lexicon().sets["months"] and (
        patterns["month_after"].match(after)
        or (patterns["month_before"].search(before) and not patterns["auxiliary_after"].match(after))
    ):
        return False
    if patterns["modal_noun"].search(before):
        return False
    return patterns["modal_verb"].match(after) is not None or not after.strip(" .,;:?!")


def _is_foreign(mark: Mark, text: str) -> bool:
    """Whether a form that other languages have, too, stands in one of these."""
    words = lexicon()
    return (
        mark.form in words.sets["foreign_forms"]
        and words.patterns["foreign"].search(text) is not None
        and words.patterns["english"].search(text) is None
    )


def _is_legend(mark: Mark, text: str) -> bool:
    """Whether a term stands in the key of a scale: its range beside it, and hardly a word that says something."""
    patterns = lexicon().patterns
    if not patterns["range_after"].match(text[mark.end :]):
        return False
    if len(lexicon().quick.findall(text)) >= 2 and not patterns["saying"].search(_BRACKETS.sub(" ", text)):
        return True
    return patterns["range_alone"].fullmatch(text[: mark.start] + text[mark.end :]) is not None


def _is_mention(mark: Mark, text: str) -> bool:
    before, after = text[: mark.start], text[mark.end :]
    return (
        _is_attribute(mark, before, after)
        or _is_quoted_word(before, after)
        or _is_asked(mark, before, after)
        or _is_polled(before, after, text)
        or _is_threat_level(before, after)
        or _is_legal(before, after)
    )


def _is_quoted_word(before: str, after: str) -> bool:
    """Whether the text speaks of the word: 'the word "likely"', '"likely" means'."""
    patterns = lexicon().patterns
    return patterns["meaning"].match(after) is not None or patterns["word_for"].search(before) is not None


def _is_asked(mark: Mark, before: str, after: str) -> bool:
    """Whether a term is asked for, or said to be beyond saying."""
    patterns = lexicon().patterns
    clause = _CLAUSE_END.split(before)[-1]
    if patterns["unable"].search(clause):
        return True
    if patterns["asking"].search(clause) and not (
        patterns["asked_out"].search(clause)
        or (patterns["chance_form"].search(mark.form) and patterns["there_is_a"].search(clause.rstrip()))
    ):
        return True
    question = _SENTENCE_END.split(before)[-1]
    return patterns["question"].match(question) is not None and _ASKED.match(after) is not None


def _is_polled(before: str, after: str, text: str) -> bool:
    """Whether so many of those asked say so: "likely (62 per cent)" in a survey."""
    patterns = lexicon().patterns
    if patterns["share_after"].match(after) and patterns["shares"].search(text):
        return True
    if (patterns["poll"].search(text) and patterns["shares"].search(text)) or patterns["share_of"].search(text):
        return not patterns["complement"].match(after) or patterns["share_of"].search(before) is not None
    return False


def _is_legal(before: str, after: str) -> bool:
    """Whether a term belongs to a rule of law or the test of a court: "amounts likely to be required"."""
    patterns = lexicon().patterns
    if not after.startswith(" to "):
        return False
    if patterns["of_rule"].search(before) or patterns["of_test"].match(after):
        return True
    doubled = patterns["or_likely"].search(before)
    return doubled is not None and after.startswith(f" to be {doubled[1]}")


def _is_threat_level(before: str, after: str) -> bool:
    patterns = lexicon().patterns
    if not any(map(before.__contains__, ("level", "state", "status", "rating"))):
        return False
    levels = list(patterns["threat_level"].finditer(before))
    if not levels or (patterns["complement"].match(after) and not lexicon().quick.match(after, 4)):
        return False
    between = before[levels[-1].end() :]
    return len(between) < _LEVEL_REACH and not patterns["level_clause"].search(between)


def _is_attribute(mark: Mark, before: str, after: str) -> bool:
    """Whether a term only describes the noun after it: "the likely successor", "unlikely allies"."""
    words = lexicon().sets
    following = _NEXT_WORD.match(after)
    if following is None or lexicon().patterns["no_attribute"].search(mark.form):
        return False
    next_word, previous = following[1], _previous_word(before)
    if next_word in words["described"] or (next_word == "as" and not before.strip()):
        # "unlikely allies"; "Unlikely as it sounds, ...".
        return True
    if mark.form not in words["bare"]:
        return False
    if previous in words["determiners"] or previous.endswith("'s"):
        judged = lexicon().patterns["judged_noun"].search(before.rstrip())
        return not (judged and next_word in words["outcomes"] and previous != "the")
    return mark.form in words["adjectives"] and not (
        next_word in words["followers"]
        or next_word.endswith("ly")
        or previous in words["copulas"]
        or previous in words["auxiliaries"]
        or (next_word.endswith("ed") and mark.form in words["of_participles"])
    )


def _previous_word(before: str) -> str:
    """The word in front of a term; "" behind a comma, a colon or a quotation mark."""
    last = _LAST_WORD.search(before)
    return "" if last is None or last[2] or _OPENED.search(before) else last[1]


def _is_negated(mark: Mark, text: str) -> bool:
    patterns = lexicon().patterns
    before = text[: mark.start].rstrip(" \"'")
    clause = patterns["last_clause"].split(before)[-1]
    if patterns["negation"].search(clause):
        return patterns["less_than"].search(clause) is None
    return patterns["no_subject"].search(clause) is not None or patterns["nor"].search(clause) is not None
