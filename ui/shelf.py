"""The library as markup: what is loaded, and how each uploaded file fared."""

from collections.abc import Sequence
from pathlib import PurePath

from rag.library import Briefing, Outcome
from ui.markup import NOTHING, Html, element, escape, text
from ui.render import Reference, day

_COLUMNS = ("Briefing", "Published", "Scale", "Sentences", "Sources", "")
_DONE = {
    "added": "Added",
    "updated": "Updated: it replaces the version that was here",
    "unchanged": "Already here, unchanged",
    "duplicate": "Already here with the same content",
}


def shelf_html(briefings: Sequence[Briefing]) -> Html:
    """A table of the briefings, each with its way to read it and to remove it."""
    if not briefings:
        return text("p", "Nothing loaded yet. Add briefings above.", class_="empty")
    head = element("thead", element("tr", *(text("th", name, scope="col") for name in _COLUMNS)))
    body = element("tbody", *(_row(briefing) for briefing in briefings))
    count = "One briefing" if len(briefings) == 1 else f"{len(briefings)} briefings"
    return element("table", text("caption", count), head, body, class_="shelf")


def _row(briefing: Briefing) -> Html:
    # The reference to the empty span, which opens the briefing without a mark.
    start = str(Reference(briefing.id, 0, 0, 0))
    title = text("button", briefing.title, class_="cite title", type="button", value=start)
    by = ", ".join((*briefing.authors, *filter(None, [briefing.publisher])))
    warnings = (text("span", warning, class_="warning") for warning in briefing.warnings)
    return element(
        "tr",
        element("th", title, text("span", by, class_="by"), *warnings, scope="row"),
        text("td", day(briefing.published), data_label="Published", class_="day"),
        text("td", briefing.yardstick or "–", data_label="Scale"),
        text("td", str(len(briefing.sentences)), data_label="Sentences"),
        text("td", ", ".join(sorted({_file_name(source) for source in briefing.sources})), data_label="Sources"),
        element("td", _remove(briefing), class_="removal"),
    )


def _remove(briefing: Briefing) -> Html:
    """Two steps, so that one slip removes nothing."""
    return element(
        "details",
        element("summary", escape("Remove"), text("span", f" {briefing.title}", class_="unseen")),
        text("p", "Take it out of the library? Answers given from it can no longer be opened."),
        text("button", "Remove it", class_="remove", type="button", value=briefing.id),
    )


def outcomes_html(outcomes: Sequence[Outcome]) -> Html:
    """How each file fared, failures first."""
    if not outcomes:
        return NOTHING
    ordered = sorted(outcomes, key=lambda outcome: outcome.status != "failed")
    failed = sum(outcome.status == "failed" for outcome in outcomes)
    summary = f"{len(outcomes) - failed} of {len(outcomes)} files read" if len(outcomes) > 1 else ""
    return element(
        "div",
        text("p", summary, class_="summary") if summary else NOTHING,
        element("ul", *(_outcome(outcome) for outcome in ordered)),
        class_="outcomes",
        role="status",
    )


def _outcome(outcome: Outcome) -> Html:
    name = text("strong", _file_name(outcome.name))
    if outcome.status == "failed":
        return element("li", name, escape(" "), text("span", outcome.message), class_="failed")
    count = f" {outcome.sentences} sentences." if outcome.sentences else ""
    warnings = (text("span", warning, class_="warning") for warning in outcome.warnings)
    return element("li", name, escape(" "), text("span", f"{_DONE[outcome.status]}.{count}"), *warnings, class_="done")


def _file_name(source: str) -> str:
    """The last part of a path: where a file lay is nobody's business on the page."""
    return PurePath(source).name


def choices(briefings: Sequence[Briefing]) -> list[tuple[str, str]]:
    """The briefings as choices of a filter: what is shown, and the id."""
    return [(f"{briefing.title} ({day(briefing.published)})", briefing.id) for briefing in briefings]


def publishers(briefings: Sequence[Briefing]) -> list[str]:
    """The publishers of the briefings, each once, in alphabetical order."""
    return sorted({briefing.publisher for briefing in briefings if briefing.publisher})
