"""What is left of a scraped or printed page once its furniture is gone."""

import pytest

from ingest.extract import ExtractBlock
from ingest.residue import without_residue

PROSE = (
    "The harbour authority closed the outer quay on Monday after a crane failed, "
    "and it has not said when it will reopen."
)


def kept(*blocks: ExtractBlock | str) -> list[str]:
    found = [block if isinstance(block, ExtractBlock) else ExtractBlock("paragraph", block) for block in blocks]
    return [block.text for block in without_residue(found)]


@pytest.mark.parametrize(
    "line",
    [
        "Share this article",
        "Share on Facebook",
        "ShareTweetEmail",
        "CitationSubscribeShare/SaveSite FeedbackHome > Products (Library) > X12",
        "Home > Analysis > Ports",
        "Skip to main content",
        "Subscribe to our newsletter for weekly analysis.",
        "Sign up for our weekly briefing",
        "We use cookies to improve your experience.",
        "Accept all cookies",
        "Privacy policy | Terms of use",
        "© 2025 Harbour Institute",
        "Copyright 2025 Harbour Institute",
        "All rights reserved.",
        "Read more",
        "Download PDF (386KB)",
        "PDF Version History",
        "April 9, 2026 (X12678 - Version: 4)",
        "Hide Overview",
        "Page 3 of 12",
        "- 14 -",
        "312",
        "5 min read",
        "Leave a comment",
        "Advertisement",
        "Introduction ............ 3",
    ],
)
def test_furniture_goes(line: str) -> None:
    assert kept("A Port in Trouble", line, PROSE) == ["A Port in Trouble", PROSE]


@pytest.mark.parametrize(
    "line",
    [
        "Previous governments had promised a new quay.",
        "Next, the cabinet must decide.",
        "Summary",
        "Overview",
        "Outlook",
        "2026",
        "Share of exports by port",
        "Register of interests",
        "Save the Children runs the clinic.",
        "Subscribers to the bond lost a third of their money.",
        "The cookie factory closed.",
        "Home rule is the party's oldest demand.",
        "Read more widely, the clause covers barges too.",
        "Terms of trade",
    ],
)
def test_text_stays(line: str) -> None:
    assert kept("A Port in Trouble", line, PROSE) == ["A Port in Trouble", line, PROSE]


def test_links_to_other_articles_go_with_their_titles() -> None:
    heading = ExtractBlock("heading", "Floods in the Delta", level=2)
    assert kept(PROSE, "Previous", "Previous", heading, "Next", "Next", "A Vote without Voters") == [PROSE]


def test_a_list_that_closes_the_page_goes() -> None:
    assert kept("A Port in Trouble", PROSE, "Related articles", "Floods in the Delta", "A Vote without Voters") == [
        "A Port in Trouble",
        PROSE,
    ]


def test_prose_after_such_a_heading_stays() -> None:
    assert kept("Related reports", PROSE, PROSE)[-2:] == [PROSE, PROSE]


def test_lines_of_furniture_leave_both_ends_of_a_block() -> None:
    assert kept(f"Share this\n{PROSE}\nRead more") == [PROSE]


def test_a_table_of_contents_goes() -> None:
    entries = [ExtractBlock("bullet", title, level=1) for title in ("The Quay", "The Crane")]
    assert kept(ExtractBlock("heading", "Contents", level=2), *entries, PROSE) == [PROSE]


def test_running_heads_and_feet_go() -> None:
    pages = [
        ExtractBlock("paragraph", text, page=page)
        for page in range(1, 5)
        for text in ("Harbour Watch 12/2025", f"{PROSE} This is page {page}.", f"Restricted circulation {page}")
    ]
    assert kept(*pages) == [f"{PROSE} This is page {page}." for page in range(1, 5)]
