"""A model's claim as markup above the sentences that it was checked against, the terms of both marked."""

from collections.abc import Mapping, Sequence

from rag.answer import Citation, Claim
from rag.judging import Marked
from ui.markup import Html, element, escape, join, text
from ui.render import reference_of, source_html
from ui.terms import terms_of, words_html


def comparison_html(claim: Claim, terms: Mapping[str, Sequence[Marked]], reference: str) -> Html:
    """The claim above what it cites; `terms` are those of each briefing cited, by its id.

    `reference` is what the button carries that opened this.
    """
    count = len(claim.citations)
    sources = (_source(one, terms.get(one.briefing_id, ())) for one in claim.citations)
    return element(
        "article",
        element(
            "header",
            text("button", "Close", class_="close", type="button"),
            text("h2", "The claim and what it was checked against", tabindex="-1"),
        ),
        element(
            "div",
            text("h3", "Written by the model"),
            element("p", words_html(claim.text, 0, terms_of(claim.text)), class_="claimed"),
            text("h3", "The sentence it cites" if count == 1 else f"The {count} sentences it cites"),
            join(*sources),
            class_="pages",
        ),
        class_="evidence comparison",
        aria_label="Comparison of a claim with what it cites",
        data_reference=reference,
    )


def _source(citation: Citation, terms: Sequence[Marked]) -> Html:
    read = element("button", escape("Read it"), class_="cite read", type="button", value=str(reference_of(citation)))
    quote = element("span", words_html(citation.quote, citation.start, terms), class_="quote")
    return element("figure", element("blockquote", quote, escape(" "), read), source_html(citation))
