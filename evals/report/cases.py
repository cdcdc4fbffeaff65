"""One case on the page: a line to open, and under it briefing, base and head side by side, with what is wrong."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from itertools import pairwise
from pathlib import PurePath

from evals.report.bands import terms_of
from evals.report.lines import Line, Said, lines_of
from evals.report.markup import NOTHING, Html, element, escape, join, text
from evals.report.states import Entry, State
from evals.results import CaseResult, Failure

STATUS = {"answered": "answered", "not_in_briefings": "says that it is not in the briefings"}
# What becomes of a model's sentence, where it is worth a word.
ORIGINS = {
    "": "not in the answer",
    "repaired": "the model's second attempt",
    "replaced": "the briefing's own words in place of the model's",
    "edited": "edited",
}
_PART = re.compile(r"\w+|[^\w\s]")


def case_html(entry: Entry, names: Mapping[State, str], compared: bool) -> Html:
    """A case, closed, with its id as the place that a link goes to."""
    case = entry.head[0]
    what = case.question or next((one.claim for one in entry.new), "")
    told = [
        text("span", names[entry.states[0]], class_=f"badge {entry.states[0]}"),
        text("code", entry.id),
        text("span", what, class_="what"),
    ]
    if first := next(iter((*entry.new, *case.failures)), None):
        told.append(text("span", f"{_kind(first)}: {first.message}", class_="first"))
    # A browser opens what is closed around the place that a link goes to, so that this works without the script.
    place = Html(f'<a class="place" id="{escape(entry.id)}" href="#{escape(entry.id)}" title="Link to this case">#</a>')
    return element(
        "details",
        element("summary", *told),
        element("div", element("p", place, escape(_about(entry, names))), *_bodies(entry, compared), class_="body"),
        class_="case",
        data_states=" ".join(entry.states),
        data_kind=case.kind,
        data_slices=" ".join(case.slices),
    )


def _about(entry: Entry, names: Mapping[State, str]) -> str:
    case = entry.head[0]
    said = dict.fromkeys(STATUS[one.status] for one in (*entry.base[:1], case))
    parts = [PurePath(case.briefing).stem, case.kind, *(one.replace("_", " ") for one in case.slices)]
    parts += [*(names[state].lower() for state in entry.states[1:]), ", then ".join(said), *_counts(entry)]
    return " · ".join(dict.fromkeys(parts))


def _counts(entry: Entry) -> list[str]:
    """The shares that changed, in the first epoch."""
    before, after = entry.base[0].counts if entry.base else {}, entry.head[0].counts
    return [
        f"{name.replace('_', ' ')} {'/'.join(map(str, before[name]))} → {'/'.join(map(str, after[name]))}"
        for name in after
        if name in before and before[name][0] * after[name][1] != after[name][0] * before[name][1]
    ]


def _bodies(entry: Entry, compared: bool) -> list[Html]:
    """A table for each way in which the epochs went, the worst first."""
    before = {case.epoch: case for case in entry.base}
    ways: dict[Html, list[str]] = defaultdict(list)
    for case in sorted(entry.head, key=lambda one: -len(one.failures)):
        body = _body(before.get(case.epoch), case, entry.new if compared else (), compared)
        ways[body].append(str(case.epoch + 1))
    if len(ways) == 1:
        return list(ways)
    return [join(text("h4", f"Epoch {', '.join(epochs)}"), body) for body, epochs in ways.items()]


def _body(base: CaseResult | None, head: CaseResult, new: Sequence[Failure], compared: bool) -> Html:
    parts = [
        text("p", f"{side} unscored: {case.why}", class_="unscored")
        for side, case in (("Base", base), ("Head" if compared else "This case is", head))
        if case and case.why
    ]
    lines = lines_of(base, head)
    alike = [line for line in lines if not line.is_wrong and (not compared or line.base == line.head)]
    if rows := [_row(line, new, compared) for line in lines if line not in alike]:
        parts.append(_table(rows, compared))
    if alike:
        table = _table([_row(line, new, compared) for line in alike], compared)
        told = text("summary", f"{len(alike)} more, as they should be")
        parts.append(element("details", told, table, class_="alike") if rows else table)
    return join(*parts) or text("p", "Nothing is said, and nothing is wrong.")


def _table(rows: Sequence[Html], compared: bool) -> Html:
    columns = ("Briefing", "Base", "Head") if compared else ("Briefing", "Answer")
    names = element("thead", element("tr", *(text("th", name, scope="col") for name in columns)))
    return element("table", names, element("tbody", *rows), class_="lines")


def _row(line: Line, new: Sequence[Failure], compared: bool) -> Html:
    """What is the same on both sides stands once; what is quoted word for word stands in the briefing's column."""
    source = _words(line.source) if line.source else text("i", "no sentence of a briefing")
    cells = [element("td", source, text("small", line.where) if line.where else NOTHING)]
    wide = "2" if compared else None
    if compared and line.base != line.head:
        cells.append(element("td", *_cell(line.base, line.head, (), "del"), data_side="Base"))
        cells.append(element("td", *_cell(line.head, line.base, new, "ins"), data_side="Head"))
    elif all(_is_quoted(one, line) for one in line.head):
        said = "Quoted, base and head alike" if compared else "Quoted"
        cells.append(text("td", said, colspan=wide, class_="quoted"))
    else:
        note = text("small", "Base and head alike") if compared else NOTHING
        cells.append(element("td", *_cell(line.head, (), new, ""), note, colspan=wide))
    return element("tr", *cells)


def _is_quoted(said: Said, line: Line) -> bool:
    return said.text == line.source and not said.failures and not said.rejected


def _cell(side: Sequence[Said], other: Sequence[Said], new: Sequence[Failure], tag: str) -> list[Html]:
    """The sentences of one side, each with the words that the other side's does not have."""
    if not side:
        return [text("i", "nothing")]
    against = [*(one.text for one in other), *[""] * len(side)]
    return [_said(one, words, new, tag) for one, words in zip(side, against, strict=False)]


def _said(said: Said, against: str, new: Sequence[Failure], tag: str) -> Html:
    parts = [element("p", _words(said.text, against, tag))] if said.text else []
    if (said.text or not said.failures) and said.origin in ORIGINS:
        parts.append(text("small", ORIGINS[said.origin]))
    if said.rejected:
        parts.append(
            element("p", escape("The model wrote: "), _words(said.rejected, said.text, "ins"), class_="rejected")
        )
    for failure in said.failures:
        told = text("b", f"{'New: ' if failure in new else ''}{_kind(failure)}")
        message = escape(f" ({failure.severity}) {failure.message}")
        parts.append(element("p", told, message, class_=f"finding {failure.severity}"))
    return element("div", *parts, class_="said")


def _kind(failure: Failure) -> str:
    return failure.kind.replace("_", " ").capitalize()


def _words(words: str, against: str = "", tag: str = "") -> Html:
    """A text with its terms of likelihood marked, and in `tag` the words that `against` does not have."""
    terms = terms_of(words)
    changed = _changed(against, words) if against else []
    spans = [(0, len(words)), *changed, *((one.start, one.end) for one in terms)]
    parts = []
    for start, end in pairwise(sorted({edge for span in spans for edge in span})):
        part = escape(words[start:end])
        if any(first <= start < last for first, last in changed):
            part = element(tag, part)
        for term in terms:
            if term.start <= start < term.end:
                part = element("mark", part, class_=f"band-{term.band.replace(' ', '-')}", title=term.form)
        parts.append(part)
    return join(*parts)


def _changed(before: str, after: str) -> list[tuple[int, int]]:
    """The spans of `after` that `before` does not have, in whole words."""
    old, found = _PART.findall(before), list(_PART.finditer(after))
    if before == after or not found:
        return []
    steps = SequenceMatcher(None, old, [one.group() for one in found], autojunk=False).get_opcodes()
    return [
        (found[first].start(), found[last - 1].end()) for tag, *_, first, last in steps if tag in ("insert", "replace")
    ]
