"""The report as one HTML page that asks for nothing outside itself: the verdict, the figures, then case by case."""

from base64 import b64encode
from collections import Counter
from collections.abc import Container, Iterator
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path

from evals.bench.table import Rate
from evals.gating import GUARDED, Code, Verdict
from evals.report.bands import Confusion, base_to_head, source_to_answer
from evals.report.cases import case_html
from evals.report.markup import NOTHING, Html, element, escape, join, text
from evals.report.states import ORDER, Entry, State, entries
from evals.report.tables import change, heading, means_of, rates_of, summary
from evals.results import Run
from ingest.lexicon import lexicon

FOLDER = Path(__file__).parent
# So many reasons are read; the cases say the rest.
MOST_REASONS = 12
NAMES: dict[State, str] = {
    "severe": "New, severe",
    "new": "New failure",
    "found": "Found by the check",
    "flaky": "Flaky",
    "unscored": "Unscored",
    "failing": "Still failing",
    "fixed": "Fixed",
    "passing": "Passing",
}
# Of a run by itself nothing is new.
ALONE: dict[State, str] = NAMES | {"severe": "Severe", "new": "Failing"}
LEGEND = "Orange: stronger. Blue: weaker. Red: a term lost, added or denied."
BOUND = "In brackets the least that the change may be, at 95 %; ! where that loses more than the gate allows."
# A row of figures, and whether it is shown at once.
Row = tuple[bool, Html]


def page_html(verdict: Verdict | None, base: Run | None, head: Run) -> str:
    """The page of a comparison, or of a run by itself where there is neither verdict nor base."""
    if verdict is not None and verdict.code == Code.CONFIGURATION:
        # Nothing can be said of what was not compared.
        return _page(_verdict(verdict, head.by_id), [_meta(base, head), *_body(None, None, head)])
    top = _verdict(verdict, head.by_id) if verdict else text("h1", f"Evals: {head.meta.composer}")
    return _page(top, [_meta(base, head), *_body(verdict, base, head)])


def _body(verdict: Verdict | None, base: Run | None, head: Run) -> list[Html]:
    listed = entries(verdict, base, head)
    return [_scores(verdict, base, head), _bands(base, head), _cases(listed, verdict is not None)]


def _page(top: Html, parts: list[Html]) -> str:
    style, script = ((FOLDER / name).read_text(encoding="utf-8") for name in ("page.css", "page.js"))
    policy = f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}"
    head = (
        '<meta charset="utf-8">'
        f"<meta http-equiv=\"Content-Security-Policy\" content=\"{policy}; base-uri 'none'; form-action 'none'\">"
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="referrer" content="no-referrer"><meta name="color-scheme" content="light dark">'
        f"<title>Yardstick: report of the evaluation</title><style>{style}</style>"
    )
    body = f"<main>{element('header', top)}{join(*parts)}</main><script>{script}</script>"
    return f'<!DOCTYPE html>\n<html lang="en-GB"><head>{head}</head>\n<body>{body}</body></html>\n'


def _hash(part: str) -> str:
    return f"'sha256-{b64encode(sha256(part.encode()).digest()).decode('ascii')}'"


def _verdict(verdict: Verdict, ids: Container[str]) -> Html:
    reasons = [_reason(reason, ids) for reason in verdict.reasons]
    rest = text("summary", f"{len(reasons) - MOST_REASONS} more"), element("ul", *reasons[MOST_REASONS:])
    return join(
        text("h1", heading(verdict), class_="fine" if verdict.code == Code.FINE else "failed"),
        element("ul", *reasons[:MOST_REASONS], class_="reasons") if reasons else NOTHING,
        element("details", *rest) if len(reasons) > MOST_REASONS else NOTHING,
        *(text("p", line) for line in (summary(verdict) if verdict.pairs else ())),
    )


def _reason(reason: str, ids: Container[str]) -> Html:
    """A reason, with a link to the case that it begins with."""
    name, colon, rest = reason.partition(": ")
    if name not in ids:
        return text("li", reason)
    return element("li", text("a", name, href=f"#{name}"), escape(colon + rest))


def _meta(base: Run | None, head: Run) -> Html:
    """Where the runs come from; of the digests those that differ."""
    runs = [("Base", base), ("Head", head)] if base else [("Run", head)]
    facts = [(name, _about(run)) for name, run in runs]
    after = asdict(head.meta.digests)
    before = asdict(base.meta.digests) if base else after
    differing = [f"{name} ({before[name][:12]} → {after[name][:12]})" for name in after if before[name] != after[name]]
    if base:
        facts.append(("Changed", ", ".join(differing) or "nothing that decides what a run finds"))
    else:
        facts.append(("State", ", ".join(f"{name} {digest[:12]}" for name, digest in after.items())))
    return element("dl", *(join(text("dt", name), text("dd", said)) for name, said in facts), class_="meta")


def _about(run: Run) -> str:
    meta = run.meta
    told = [meta.composer, meta.label, f"{len(run.by_id)} cases", meta.started, f"{meta.seconds:.0f} s"]
    return ", ".join(filter(None, [*told, meta.blessed and f"blessed: {meta.blessed}"]))


def _scores(verdict: Verdict | None, base: Run | None, head: Run) -> Html:
    rows = list(_compared(verdict, base, head) if verdict and base else _alone(head))
    columns = ("Score", "Base [95 %]", "Head [95 %]", "Change, points") if verdict else ("Score", "Share [95 %]")
    shown, rest = ([row for first, row in rows if first is wanted] for wanted in (True, False))
    more = element("details", text("summary", f"{len(rest)} more scores"), _table(columns, rest, "figures"))
    told = text("p", BOUND) if verdict else NOTHING
    return element("section", text("h2", "Scores"), told, _table(columns, shown, "figures"), more if rest else NOTHING)


def _compared(verdict: Verdict, base: Run, head: Run) -> Iterator[Row]:
    for one in verdict.rates:
        moved = text("td", change(one), class_="worse" if one.worse else None)
        yield one.name in GUARDED or bool(one.change), _row(one.name, _rate(one.base), _rate(one.head), moved)
    before = means_of(base)
    for name, (mean, n) in means_of(head).items():
        if name in before:
            by = mean - before[name][0]
            row = _row(name, _mean(*before[name]), _mean(mean, n), text("td", f"{by:+.3f}"))
            yield bool(by) and name != "seconds", row


def _alone(run: Run) -> Iterator[Row]:
    for name, share in rates_of(run).items():
        yield name in GUARDED or share.share > 0, _row(name, _rate(share))
    for name, (mean, n) in means_of(run).items():
        yield False, _row(name, _mean(mean, n))


def _row(name: str, *cells: Html) -> Html:
    return element("tr", text("th", name.replace("_", " "), scope="row"), *cells)


def _rate(one: Rate) -> Html:
    return element("td", escape(f"{one.share:.3f} "), text("small", f"[{one.low:.3f}, {one.high:.3f}] n={one.n}"))


def _mean(mean: float, n: int) -> Html:
    return element("td", escape(f"{mean:.3f} "), text("small", f"mean of {n}"))


def _bands(base: Run | None, head: Run) -> Html:
    matrices = [_matrix("From briefing to answer", "briefing", "answer", source_to_answer(head))]
    if base:
        matrices.insert(0, _matrix("From base to head", "base", "head", base_to_head(base, head)))
    return element(
        "section", text("h2", "Bands of likelihood"), text("p", LEGEND), element("div", *matrices, class_="matrices")
    )


def _matrix(title: str, row: str, column: str, confusion: Confusion) -> Html:
    names = [band.replace("_", " ") for band in confusion.bands]
    rows = [
        element(
            "tr",
            text("th", name, scope="row"),
            *(_cell(confusion.counts[before, after], before, after) for after in confusion.bands),
        )
        for name, before in zip(names, confusion.bands, strict=True)
    ]
    caption = f"{title}: {confusion.changed} of {confusion.counts.total()} changed"
    table = _table((f"{row} ↓ {column} →", *names), rows, "matrix")
    return element("figure", text("figcaption", caption), table if rows else NOTHING)


def _cell(count: int, before: str, after: str) -> Html:
    """A count, coloured by which way the term went."""
    if not count:
        return Html("<td></td>")
    levels = lexicon().levels
    low, high = levels.get(before), levels.get(after)
    other = "lost" if low is None or high is None else "up" if high > low else "down"
    return text("td", str(count), class_="same" if before == after else other)


def _cases(listed: list[Entry], compared: bool) -> Html:
    names = NAMES if compared else ALONE
    sections = []
    for state in ORDER:
        chosen = [one for one in listed if one.states[0] == state]
        if chosen:
            told = join(escape(names[state]), text("span", f" {len(chosen)}", class_="count"))
            cases = (case_html(one, names, compared) for one in chosen)
            sections.append(element("section", element("h3", told), *cases, class_="group"))
    return element("section", text("h2", "Cases"), _filters(listed, names), *sections, class_="cases")


def _filters(listed: list[Entry], names: dict[State, str]) -> Html:
    """Hidden until the script takes them over."""
    states = Counter(state for one in listed for state in one.states)
    boxes = [
        element(
            "label",
            Html(f'<input type="checkbox" name="state" value="{state}">'),
            escape(f"{names[state]} "),
            text("span", str(states[state]), class_="count", data_state=state),
        )
        for state in ORDER
        if states[state]
    ]
    kinds = Counter(one.head[0].kind for one in listed)
    slices = Counter(name for one in listed for name in one.head[0].slices)
    return element(
        "form",
        element("fieldset", text("legend", "State"), *boxes),
        element("label", escape("Kind "), _choice("kind", kinds)),
        element("label", escape("Slice "), _choice("slice", slices)),
        element(
            "label", escape("Search "), Html('<input type="search" name="words" placeholder="words, id, briefing">')
        ),
        Html('<button type="reset">Clear</button><button type="button" name="open">Open or close all</button>'),
        text("p", f"{len(listed)} cases", role="status", class_="shown"),
        class_="filters",
        hidden="",
    )


def _choice(name: str, counted: Counter[str]) -> Html:
    options = (text("option", f"{one.replace('_', ' ')} ({n})", value=one) for one, n in sorted(counted.items()))
    return element("select", Html('<option value="">all</option>'), *options, name=name)


def _table(columns: tuple[str, ...], rows: list[Html], kind: str) -> Html:
    head = element("tr", *(text("th", name, scope="col") for name in columns))
    table = element("table", element("thead", head), element("tbody", *rows), class_=kind)
    return element("div", table, class_="wide", tabindex="0", role="region", aria_label=columns[0])
