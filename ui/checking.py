"""A checked text as markup: each sentence, what became of its judgements, and the sentence that it restates."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from rag.answer import Citation, Finding
from rag.judging import CheckedSentence, Marked, Status
from rag.library import YardstickError
from ui.markup import NOTHING, Html, element, escape, join, text
from ui.render import reference_of, source_html
from ui.terms import words_html

# A text of so many characters is checked within seconds.
LONGEST = 20_000
# Each status with its sign, its words and what is said of those that have it.
_STATUSES: dict[Status, tuple[str, str, str]] = {
    "faithful": ("✓", "Faithful", "faithful"),
    "changed": ("≠", "Changed", "changed"),
    "no_source": ("?", "No source found", "without a source"),
    "no_judgement": ("–", "No judgement in it", "without a judgement"),
}


def checkable(pasted: str) -> str:
    """The text as it can be checked; raises YardstickError where there is none, or too much of it."""
    # Half of a surrogate pair cannot be embedded.
    pasted = pasted.encode("utf-8", "replace").decode("utf-8")
    if not any(char.isalpha() for char in pasted):
        raise YardstickError("Nothing to check yet. Paste a text first.")
    if len(pasted) > LONGEST:
        raise YardstickError(
            f"This text has {len(pasted):,} characters; up to {LONGEST:,} are checked at once. Paste it in parts."
        )
    return pasted


def checking_html() -> Html:
    """What the page shows while a text is checked."""
    return text("p", "Checking each sentence against the briefings ...", class_="step", role="status")


def checked_html(sentences: Sequence[CheckedSentence], terms: Mapping[str, Sequence[Marked]]) -> Html:
    """The sentences in their order, each beside its sources; `terms` are those of each briefing cited, by its id."""
    listed = (_sentence(sentence, terms) for sentence in sentences)
    return join(
        text("p", summary(sentences), class_="summary", role="status"),
        _only(sentences),
        element("ol", *listed, class_="checked"),
    )


def summary(sentences: Sequence[CheckedSentence]) -> str:
    """How many sentences there are of each status, in a line."""
    counts = Counter(sentence.status for sentence in sentences)
    parts = [f"{counts[status]} {words}" for status, (_, _, words) in _STATUSES.items() if counts[status]]
    return f"{_counted(len(sentences))}: {', '.join(parts)}" if parts else "No sentence found in this text."


def _only(sentences: Sequence[CheckedSentence]) -> Html:
    """The button that hides what needs no look, where it would hide some and leave some."""
    wanting = sum(sentence.status in ("changed", "no_source") for sentence in sentences)
    if not 0 < wanting < len(sentences):
        return NOTHING
    words = "Only those changed or without a source"
    return text("button", words, class_="act only", type="button", aria_pressed="false")


def _sentence(sentence: CheckedSentence, terms: Mapping[str, Sequence[Marked]]) -> Html:
    sign, words, _ = _STATUSES[sentence.status]
    compared = f", checked against {_counted(len(sentence.citations))}" if sentence.citations else ""
    return element(
        "li",
        element(
            "div",
            element(
                "p", text("span", sign, class_="sign", aria_hidden="true"), escape(words + compared), class_="status"
            ),
            element("blockquote", _pasted(sentence)),
            *map(_finding, sentence.findings),
            class_="pasted",
        ),
        element("div", *(_source(one, terms.get(one.briefing_id, ())) for one in sentence.citations), class_="sources"),
        class_=sentence.status,
    )


def _pasted(sentence: CheckedSentence) -> Html:
    """The sentence with the words that findings name marked."""
    parts, done = list[Html](), 0
    for start, end in _merged((finding.start, finding.end) for finding in sentence.findings):
        parts += [escape(sentence.text[done:start]), text("mark", sentence.text[start:end], class_="named")]
        done = end
    return join(*parts, escape(sentence.text[done:]))


def _merged(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """The spans in order, those that overlap made one."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted(span for span in spans if span[0] < span[1]):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _finding(finding: Finding) -> Html:
    return element(
        "p",
        text("strong", finding.severity.capitalize()),
        escape(f" {finding.message}"),
        class_=f"finding {finding.severity}",
    )


def _source(citation: Citation, terms: Sequence[Marked]) -> Html:
    read = element("button", escape("Read it"), class_="cite read", type="button", value=str(reference_of(citation)))
    quote = element("span", words_html(citation.quote, citation.start, terms))
    return element("figure", element("blockquote", quote, escape(" "), read), source_html(citation))


def _counted(number: int) -> str:
    return "1 sentence" if number == 1 else f"{number} sentences"
