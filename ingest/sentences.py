"""Where the sentences of a text begin and end."""

import re
from collections.abc import Iterator

from ingest.rules import rules

_STOP = re.compile(
    r"(?P<stop>(?:\. ?){2,3}\.|[.!?…]+)"
    r"(?P<close>[\"”’'»)\]]*)"
    r"(?P<note>(?:\[\^?[\w, ]{1,6}\]|(?<=[^\W\d][.!?\"”’)])\d{1,3}(?:,\d{1,3})*|[¹²³⁴-⁹⁰*†‡]+)*)"
    r"(?P<space>\s+)"
    r"(?=(?P<open>[\"“‘'«(\[]*)(?P<next>\S[^\W\d_]*))"
)
_WORD_BEFORE = re.compile(r"(?:[^\W\d_]\.)*[^\s.!?…()\[\]\"“”‘’'«»/–—]*\Z")
# A mark that numbers a paragraph or a judgement is no part of its first sentence.
_MARK = re.compile(
    r"\s*(?:[•‣▪●◦*–—-]\s+|\(?(?:\d{1,3}|[a-zA-Z]|[ivxIVX]{2,5})[.)]\s+(?=\S)|\d{1,2}(?:\.\d{1,2}){1,3}\.?\s+(?=[A-Z“\"‘])"
    r"|(?:KJ|Key Judge?ment|Judge?ment)\s?(?:\d{1,2}|[A-Z]\b|[IVX]+\b)?\s?[:.)–—-]\s*)*"
)
_ALNUM = re.compile(r"[^\W_]")
_LONGEST_ASIDE = 240


def sentence_spans(text: str, start: int = 0, end: int | None = None) -> Iterator[tuple[int, int]]:
    """The spans of the sentences of text[start:end], in order; what lies between them is white space and list marks."""
    end = len(text) if end is None else end
    begins = skip_mark(text, start, end)
    for stop in _STOP.finditer(text, begins, end):
        if stop.start() >= begins and _ends_sentence(text, stop, begins) and _ALNUM.search(text, begins, stop.start()):
            yield begins, stop.start("space")
            begins = stop.end()
    last = begins + len(text[begins:end].rstrip())
    if _ALNUM.search(text, begins, last):
        yield begins, last


def skip_mark(text: str, start: int, end: int) -> int:
    """Where the text of a block begins after its number or bullet, if it is more than that."""
    mark = _MARK.match(text, start, end)
    after = mark.end() if mark else start
    return after if text[after:end].strip() else start + len(text[start:end]) - len(text[start:end].lstrip())


def _ends_sentence(text: str, stop: re.Match[str], begins: int) -> bool:
    """Whether a stop followed by a space ends the sentence that begins at `begins`."""
    mark, following = stop["stop"], stop["next"]
    if following[0].islower() or following[0] in ",;:)]–—-" or (stop["open"] == "" and following[0] in "&/"):
        return False
    if not _closed(text, begins, stop.end("close")):
        return False
    if "!" in mark or "?" in mark:
        return True
    if len(mark) > 1 or mark == "…":
        # An ellipsis that stands alone leaves something out; one that hangs on a word trails off.
        return (
            stop.start() > begins and not text[stop.start() - 1].isspace() and not text[begins : stop.end()].isupper()
        )
    before = _WORD_BEFORE.search(text, max(begins, stop.start() - 30), stop.start())
    return _full_stop(before.group() if before else "", stop)


def _full_stop(word: str, stop: re.Match[str]) -> bool:
    following, bare, words = stop["next"], word.lower(), rules("sentences")
    if bare in words["never_last"]:
        return False
    if bare in words["before_a_number"] and not stop["close"]:
        return not (following[0].isdigit() or re.fullmatch(r"[IVXLC]+", following)) and word != "No"
    initial = len(word) == 1 and word.isalpha() and word.isupper()
    if bare in words["seldom_last"] or initial or "." in word:
        return following in words["openers"] or (not initial and stop["open"][:1] in tuple('"“‘«'))
    return True


def _closed(text: str, begins: int, end: int) -> bool:
    """Whether no bracket stands open; one open for very long was never closed."""
    opened = max(text.rfind("(", begins, end), text.rfind("[", begins, end))
    if opened < 0:
        return True
    sentence = text[begins:end]
    if sentence.count("(") <= sentence.count(")") and sentence.count("[") <= sentence.count("]"):
        return True
    if sentence[0] not in "([":
        return (
            end - opened > _LONGEST_ASIDE
            or text.find(")" if text[opened] == "(" else "]", end, end + _LONGEST_ASIDE) < 0
        )
    return True
