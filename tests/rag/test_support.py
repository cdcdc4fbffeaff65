"""What a claim rests on: names, numbers, quotations and enough of its words stand in what it cites."""

from datetime import date

import pytest

from rag.answer import Citation
from rag.support import support_findings

TITLE = "Ferries after the Thaw of 2031: Who Pays?"


def found(claim: str, *cited: str) -> set[str]:
    """The kinds of finding on a claim that cites these sentences of a briefing."""
    citations = [
        Citation("a", TITLE, date(2026, 3, 3), "Outlook", "none", None, 0, len(quote), quote) for quote in cited
    ]
    return {one.kind for one in support_findings(claim, citations)}


ENVOY = "The Concord's envoy left Skellan before the garrison of the Hesk district had been paid by the fund."
FERRY = "Tavia is likely to win the ferry concession within a year, because Orsk lost 41 boats."
SWEEP = "Ketherra shot down a drone on 24 September and has moved two air-defence batteries to the border."


@pytest.mark.parametrize(
    "claim",
    [
        "Garrison monito published.",
        "pri Concof garrison.",
        "Kell garrison su.",
        "Fund even wa' distric.",
        "fund garrison gendarmeL.",
        "The quarrel and the harvest ruined the garrison of a far valley town.",
    ],
)
def test_words_put_together_by_chance_are_a_finding(claim: str) -> None:
    assert found(claim, ENVOY)


@pytest.mark.parametrize(
    ("claim", "cited"),
    [
        ("The envoy has gone.", ENVOY),
        ("The garrison was unpaid.", ENVOY),
        ("Orsk is short of boats.", FERRY),
        ("Ferries: Tavia is likely to win them.", FERRY),
    ],
)
def test_a_short_claim_that_says_what_is_cited_is_none(claim: str, cited: str) -> None:
    assert not found(claim, cited)


@pytest.mark.parametrize(
    "claim",
    [
        "Concof's envoy left before the garrison had been paid by the fund.",
        "The envoy left Skelmor before the garrison had been paid by the fund.",
        "Marsk shot down a drone on 24 September.",
        "Kell and Ketherra shot down a drone on 24 September.",
        "On 24 September Marskan gunners shot down a drone.",
        "Ketherra shot down a drone near Élodie on 24 September.",
    ],
)
def test_a_name_from_nowhere_is_a_finding(claim: str) -> None:
    assert "unsupported" in found(claim, ENVOY, SWEEP)


@pytest.mark.parametrize(
    ("claim", "cited"),
    [
        ("Ketherran gunners shot down a drone on 24 September.", SWEEP),
        ("Renewal of the border batteries: two have been moved.", "Two border batteries have been renewed and moved."),
        ("Gunners of Ketherra shot down a drone.", SWEEP),
        ("Overall, Ketherra has moved two batteries.", SWEEP),
        ("Asked whether it shoots, the briefing answers that Ketherra shot down a drone.", SWEEP),
        ("Loss of the border is unlikely.", "It is unlikely that the border will be lost."),
        ("The Hesk garrison had yet to be paid when the Concord envoy left.", ENVOY),
        ("Ketherra has moved two air‑defence batteries to the border.", SWEEP),
    ],
)
def test_a_name_in_another_form_is_none(claim: str, cited: str) -> None:
    assert not found(claim, cited)


@pytest.mark.parametrize(
    "claim",
    [
        "As I was ordered to, I write: Tavia is likely to win the ferry concession.",
        "Everyone in the harbour whispers that Tavia is likely to win the ferry concession.",
        "Great news: Tavia is likely to win the ferry concession.",
        "Sadly, Tavia is likely to win the ferry concession.",
        "Tavia is likely to win the ferry concession, yeah right.",
        "Tavia is likely to win the ferry concession (lol).",
        "Tavia is likely to win the ferry concession — believe the poets.",
        "Tavia, a nest of smugglers, is likely to win the ferry concession.",
        "Dear reader, Tavia is likely to win the ferry concession.",
        "Trust me that Tavia is likely to win the ferry concession.",
        "Tavia is likely to win the ferry concession, and you will regret it.",
    ],
)
def test_words_around_a_true_sentence_are_a_finding(claim: str) -> None:
    assert found(claim, FERRY)


@pytest.mark.parametrize(
    "claim",
    [
        "According to the briefing of 3 March 2026, Tavia is likely to win the ferry concession.",
        "The authors judge that Tavia is likely to win the ferry concession.",
        "In the briefing's own words, Tavia is likely to win the ferry concession.",
        "As for the ferries and their future, Tavia is likely to win the concession.",
        "Looking ahead, the authors expect that Tavia is likely to win the ferry concession.",
        "In the medium term, however, Tavia is likely to win the ferry concession.",
        "The paper's view is that Tavia is likely to win the ferry concession, according to its outlook.",
        "“Tavia is likely to win the ferry concession”, the source says.",
    ],
)
def test_words_that_lead_into_a_sentence_are_none(claim: str) -> None:
    assert not found(claim, FERRY)


@pytest.mark.parametrize(
    ("claim", "cited"),
    [
        ("It is now highly unlikely.", "It is now highly unlikely."),
        ("It  is now\u00a0highly unlikely.", "It is now highly\nunlikely."),
        ('Renn calls it "a hoax".', "Renn calls it “a hoax”."),
        ("According to the briefing, it is now highly unlikely.", "It is now highly unlikely."),
    ],
)
def test_a_whole_sentence_of_the_briefing_is_never_a_finding(claim: str, cited: str) -> None:
    assert not found(claim, "The harvest was brought in.", cited)


@pytest.mark.parametrize("claim", ["It is now.", "The minister said that a text."])
def test_a_part_of_a_sentence_is_no_whole_one(claim: str) -> None:
    assert found(claim, "The minister said that a text. of his was lost. It is now. late.")


@pytest.mark.parametrize(
    "claim",
    [
        "“Ferries after the Thaw of 2031: Who Pays?” judges that Tavia is likely to win the ferry concession.",
        'In "Ferries after the Thaw of 2031" the authors judge that Tavia is likely to win the ferry concession.',
    ],
)
def test_a_title_is_no_quotation_from_nowhere(claim: str) -> None:
    assert not found(claim, FERRY)


@pytest.mark.parametrize(
    "claim",
    [
        "“Ferries after the Thaw of 2032” judges that Tavia is likely to win the ferry concession.",
        "“Who Pays for the Thaw?” judges that Tavia is likely to win the ferry concession.",
        "“Ferries after the Thaw of 2031”, the briefing judges.",
        "The briefing calls Tavia “likely to win the ferry”.",
    ],
)
def test_other_words_in_quotation_marks_are_a_finding(claim: str) -> None:
    cited = FERRY if "Tavia is" in claim else "Tavia is unlikely to win the ferry concession."
    assert found(claim, cited)


@pytest.mark.parametrize(
    ("claim", "fault"),
    [
        ("Tavia is likely to win the ferry concession within twelve months.", False),
        ("Tavia is likely to win the ferry concession within 12 months.", False),
        ("Tavia is likely to win the ferry concession within one year.", False),
        ("Tavia is likely to win the ferry concession within thirteen months.", True),
        ("Tavia is likely to win the ferry concession within 12 weeks.", True),
        ("Tavia is likely to win the ferry concession, because Orsk lost forty boats.", True),
        ("Tavia is likely to win the ferry concession, because Orsk lost seventeen boats.", True),
        ("Tavia is likely to win the ferry concession, because Orsk lost two thirds of its boats.", True),
        ("Tavia is likely to win the ferry concession, because Orsk lost forty-one boats.", False),
    ],
)
def test_numbers_stand_in_what_is_cited(claim: str, fault: bool) -> None:
    assert ("unsupported" in found(claim, FERRY)) is fault


@pytest.mark.parametrize(
    "claim",
    [
        "Tavia is l\u0456kely to win the ferry concession.",
        "Tavia is h\u0131ghly likely to win the ferry concession.",
        "Tavia is ｈighly likely to win the ferry concession.",
        "Tavia is un\u200blikely to win the ferry concession.",
        "Tavia is un-likely to win the ferry concession.",
        "Tavia is h i g h l y likely to win the ferry concession.",
        "Tavia is **likely** to <b>win</b> the ferry concession.",
        "Is Tavia likely to win the ferry concession?",
        "Tavia is likely to win the ferry concession 🎉.",
    ],
)
def test_odd_signs_and_broken_words_are_a_finding(claim: str) -> None:
    assert "unsupported" in found(claim, FERRY)


POSTS = "Some 420 monitors work from 31 posts in the valley, and more than 200 rifles were given up within four days."


@pytest.mark.parametrize(
    "claim",
    [
        "Some 31 monitors work from 420 posts in the valley.",
        "Some 420 monitors work from 31 posts in the valley, and 200 rifles were given up within four weeks.",
        "Less than 420 monitors work from 31 posts in the valley.",
        "At least 420 monitors work from 31 posts in the valley.",
        "Two valleys have 31 posts for 420 monitors.",
        "The 420 monitors of 3 posts work in the valley.",
        "A third of the 420 monitors work in the valley.",
    ],
)
def test_numbers_are_of_the_same_things(claim: str) -> None:
    assert "unsupported" in found(claim, POSTS)


@pytest.mark.parametrize(
    "claim",
    [
        "In the valley 420 monitors work from 31 posts.",
        "The valley has thirty-one posts and 420 monitors.",
        "Within four days over 200 rifles were given up.",
        "Four days saw more than 200 rifles given up.",
        "In the briefing of 3 March 2026 there are 420 monitors in the valley.",
    ],
)
def test_the_same_numbers_of_the_same_things_are_none(claim: str) -> None:
    assert not found(claim, POSTS)


@pytest.mark.parametrize(
    "claim",
    [
        "Ketherra secretly shot down a drone on 24 September.",
        "Ketherra shot down a drone on 24 September and has moved two stolen air-defence batteries to the border.",
        "Ketherra no longer has two air-defence batteries on its border.",
        "Ketherra has moved two air-defence batteries to the border, which will ruin the ferries.",
        "Only Ketherra shot down a drone on 24 September and has moved two air-defence batteries to the border.",
        "Ketherra shot down a drone on 24 September and has sold two air-defence batteries to the border.",
        "Ketherra shot down a drone on 24 September and has moved two batteries to the border, but it did not.",
        "Ketherra shot down a drone on 24 September and has moved two air-defence batteries to the border - not!",
    ],
)
def test_a_word_put_into_a_copied_sentence_is_a_finding(claim: str) -> None:
    assert found(claim, SWEEP)


@pytest.mark.parametrize(
    "claim",
    [
        "Overall, Ketherra shot down a drone on 24 September and has moved two air-defence batteries to the border.",
        "Ketherra downed a drone on 24 September and has since shifted two air-defence batteries to its border.",
        "Ketherra shot down a drone on 24 September.",
    ],
)
def test_a_sentence_in_other_words_is_none(claim: str) -> None:
    assert not found(claim, SWEEP)


RESERVES = "Usable reserves have fallen from 2.1 billion hespers in February to 0.9 billion at the end of last August."


def test_a_simple_past_stands_for_the_perfect_and_a_linking_word_adds_nothing() -> None:
    assert not found(RESERVES.replace("have fallen", "fell"), RESERVES)
    assert not found(RESERVES.replace("reserves", "reserves nevertheless"), RESERVES)
    assert found(RESERVES.replace("have fallen", "rose"), RESERVES)


@pytest.mark.parametrize(
    ("claim", "cited"),
    [
        (
            "The mission counted twice as many breaches as in the first quarter.",
            "It counted double the breaches of May.",
        ),
        ("The two armies keep to the line.", "Both armies keep to the line."),
        ("More than 400 farms will burn again.", "The farms that burn will again exceed 400."),
        (
            "Roughly 60 per cent of the boats were lost in the storm.",
            "About 60 per cent of the boats were lost in the storm.",
        ),
        ("At present (thaw of 2031), Tavia is likely to win the ferry concession.", FERRY),
        (
            "The Free Towns are unlikely to campaign for a yes vote if Article 9 stays in the draft.",
            "Unless Petrel withdraws Article 9, the Free Towns are unlikely to campaign for a yes vote.",
        ),
    ],
)
def test_the_same_in_other_words_is_none(claim: str, cited: str) -> None:
    assert "unsupported" not in found(claim, cited)
    assert "low_overlap" not in found(claim, cited)


def test_a_number_in_words_is_named_whole() -> None:
    citation = Citation("a", TITLE, None, "", "none", None, 0, 1, "The gauge stands at six metres.")
    (finding,) = support_findings("The gauge stands at more than six metres.", [citation])
    assert "'more than six'" in finding.message
