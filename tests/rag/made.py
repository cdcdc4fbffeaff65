"""Five invented briefings: two of a series that changed its mind, a rival that disagrees, two on other matters."""

from collections.abc import Iterator

from documents import Drawn

from rag.answer import Answer, Citation
from rag.corpus import Corpus

FERRY_SPRING = """# The Vello Straits: Who Will Run the Ferries?

By Mara Quill | 4 March 2026
Publisher: Saltmarsh Observatory

## Summary

- Tavia and Orsk have quarrelled over the ferry concession since the old operator failed in November.
- Tavia is unlikely to win the concession.

## The Bids

Orsk offers 48 million marks for twelve years. The Tavian bid names no price. It rests on a promise of nine new ferries.

The straits authority hears both bidders in May, because its charter forbids a sale without a hearing.

## Forecast

- **Short-term (Now - 3 months)**
  - Tavia is unlikely to win the ferry concession at the hearing in May.
- **Medium-term (3-12 months)**
  - There is a realistic possibility that the straits authority will collapse if both bidders withdraw.
- **Long-term (>1 year)**
  - It is almost certain that a bridge will replace the ferries across the Vello straits.

Probability scale: PHIA yardstick
"""

FERRY_AUTUMN = """# The Vello Straits after the Hearing

By Mara Quill | 14 September 2026
Publisher: Saltmarsh Observatory

## Summary

- The hearing in May was broken off when Orsk cut its offer to 31 million marks.
- Tavia is now highly likely to win the ferry concession.

## What Changed

In March we assessed that Tavia was unlikely to win the concession. We no longer hold that view, because Orsk has lost
its bank guarantee.

## Forecast

- **Short-term (Now - 3 months)**
  - Tavia is highly likely to win the ferry concession if the second hearing is held in October.
  - Tavia is likely to win the ferry concession in October even if the second hearing is put off.
- **Long-term (>1 year)**
  - It is unlikely that a bridge will replace the ferries across the Vello straits.

Probability scale: PHIA yardstick
"""

RIVAL = """# Straits Weekly: The Ferry Concession

By Osric Dahl | 14 August 2026
Publisher: Lantern House

## Summary

- Tavia is highly unlikely to win the ferry concession.

## Outlook

- **Medium-term (3-12 months)**
  - The dockers of Orsk are likely to strike for higher wages.
  - The dockers of Orsk are likely to strike for much higher wages.
"""

ORCHARD = """The Halm Valley Orchards and the Frost
By Berit Sole, 2 June 2026

Summary

The April frost killed 60 per cent of the apple blossom in the Halm valley.
A cider shortage is likely by Christmas.

Forecast

Short-term (0-3 months)

It is likely that the growers will ask the province for relief.

Long-term (over 1 year)

It is highly unlikely that the growers will abandon apples for walnuts.
"""

MINE: list[list[Drawn]] = [
    [
        (72, 80, 20, "The Copper Mine at Grannoch", "B"),
        (72, 110, 11, "By Una Frew, 11 January 2026"),
        (72, 150, 14, "Summary", "B"),
        (72, 180, 11, "The copper mine at Grannoch is likely to reopen this year."),
    ],
    [
        (72, 80, 14, "The Flooded Shaft", "B"),
        (72, 110, 11, "Pumps have drawn 400 cubic metres of water a day from the northern shaft since December."),
    ],
]
TEXTS = {"spring.md": FERRY_SPRING, "autumn.md": FERRY_AUTUMN, "rival.md": RIVAL, "orchard.txt": ORCHARD}


def quotes(answer: Answer) -> list[str]:
    """The sentence that answers, of each claim."""
    return [claim.citations[0].quote for claim in answer.claims]


def cited(answer: Answer) -> Iterator[Citation]:
    """Every citation of an answer, the nearest included."""
    for claim in answer.claims:
        yield from claim.citations
    yield from answer.nearest


def number_of(corpus: Corpus, text: str) -> int:
    """The number of the one sentence of these words."""
    (number,) = (number for number in range(len(corpus)) if corpus.text(number) == text)
    return number
