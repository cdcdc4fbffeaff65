"""Horizons from labels, and from the times that sentences name themselves."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.estimative import estimates
from ingest.horizons import add, horizon_until, label_window
from ingest.timeframes import horizon_in, timeframes

PUBLISHED = date(2025, 3, 18)


@pytest.mark.parametrize(
    ("label", "horizon", "opens", "closes"),
    [
        ("Short-term (Now - 3 months)", "short", date(2025, 3, 18), date(2025, 6, 18)),
        ("Medium-term (3-12 months)", "medium", date(2025, 6, 18), date(2026, 3, 18)),
        ("Medium-term (3–12 months):", "medium", date(2025, 6, 18), date(2026, 3, 18)),
        ("Long-term (>1 year)", "long", date(2026, 3, 18), None),
        ("SHORT TERM", "short", None, None),
        ("Near term: 0-6 months", "short", date(2025, 3, 18), date(2025, 9, 18)),
        ("Short (0-3 months)", "short", date(2025, 3, 18), date(2025, 6, 18)),
        ("Immediate (0-30 days)", "short", date(2025, 3, 18), date(2025, 4, 17)),
        ("Next 90 days", "short", date(2025, 3, 18), date(2025, 6, 16)),
        ("Over the next 12 months", "medium", date(2025, 3, 18), date(2026, 3, 18)),
        ("Beyond one year", "long", date(2026, 3, 18), None),
        (">1 year", "long", date(2026, 3, 18), None),
        ("12+ months", "long", date(2026, 3, 18), None),
        ("6-18 months", "long", date(2025, 9, 18), date(2026, 9, 18)),
        ("Outlook to end-2026", "long", date(2025, 3, 18), date(2026, 12, 31)),
        ("Through mid-2025", "medium", date(2025, 3, 18), date(2025, 6, 30)),
        ("2026 and beyond", "long", date(2026, 1, 1), None),
        ("Short-term outlook for the port", "short", None, None),
        ("LONG TERM /SUNDAY THROUGH FRIDAY/", "long", None, None),
    ],
)
def test_a_label_gives_its_window(label: str, horizon: str, opens: date | None, closes: date | None) -> None:
    window = label_window(label, PUBLISHED, parent=True)
    assert window
    assert (window.horizon, window.opens, window.closes) == (horizon, opens, closes)
    assert window.label == label.rstrip(":")


@pytest.mark.parametrize(
    "text",
    [
        "Summary",
        "Outlook",
        "A long war",
        "The 2026 election",
        "Three months of drought",
        "Developments in January 2024",
        "March - April 2025",
        "Protests are likely to last for three months.",
        "“six months”",
        "within three months of the vote",
    ],
)
def test_no_label(text: str) -> None:
    assert label_window(text, PUBLISHED, parent=True) is None


def test_a_window_is_read_without_a_date() -> None:
    window = label_window("Short-term (0-3 months)", None)
    assert window
    assert (window.horizon, window.opens, window.closes) == ("short", None, None)


def test_bare_dates_are_a_label_under_a_forecast() -> None:
    assert label_window("April - May 2025", PUBLISHED) is None
    window = label_window("April - May 2025", PUBLISHED, forecast=True)
    assert window
    assert (window.horizon, window.closes) == ("short", date(2025, 5, 31))


SENTENCES = """
short The talks are likely to fail before the summer.
short A vote is likely next month.
short Rain is likely this week.
medium An election is likely this year.
medium An election this autumn is likely.
medium A default by the end of 2025 is unlikely.
medium The ministry will probably miss its target by December.
short A strike is likely in the coming weeks.
medium A strike is likely in the coming months.
long Growth is unlikely to recover in the coming years.
medium Fighting is likely over the next six months.
long The line is unlikely to open before 2027.
medium The line is unlikely to open before the spring of 2026.
medium War within a year is unlikely.
medium The mandate will almost certainly be renewed when it expires on 15 December.
short The cabinet is likely to fall by Easter.
short The mission is highly likely to lose another post by June.
long The peg is unlikely to last beyond 2026.
long It is likely that the border will stay shut for the rest of the decade.
medium The ban will almost certainly remain in force until the end of the year.
medium Reserves will probably run out in the third quarter.
medium A deal is likely in the second half of the year.
short It is likely that the court will rule within days.
short The commission told us that a ruling by the end of April was likely.
long The ratio is likely to double by 2030.
short A second round on 6 April is very likely.
short A second round on April 6 is very likely.
short A breach is likely in the near term.
long Closure is unlikely in the long run.
medium The accord is likely to hold for at least six months.
long The accord is likely to hold for another decade.
medium The dam will probably be full by late summer.
medium The mission is likely to be withdrawn before the year is out.
medium The mission is likely to be withdrawn by year's end.
short The mission is likely to be withdrawn in a matter of weeks.
short The mission is likely to be withdrawn within four to eight weeks.
medium The mission is likely to be withdrawn in the next three to six months.
long A harvest below ten tonnes in 2026-27 is likely.
short The June election is likely to be close.
medium Next winter's supplies are unlikely to suffice.
long Renewal is likely by the end of next year.
short The siege is unlikely to last more than three weeks.
none In 2023 the government judged a default unlikely.
none On 4 March the minister said that a default was unlikely.
none In March we judged a default unlikely.
none Last year the bank said that a default was unlikely.
none The drought of last summer is likely to have cut the harvest.
none Since January, patrols have been unlikely to meet resistance.
none The harvest was 4 million tonnes in 2024.
none The 2012 treaty is unlikely to be amended.
none It took two years to build and is likely to be costly.
none The group has probably held the pass since December.
none Within two weeks of the vote, 40 people had been arrested.
none It is likely that the fire was set in late February.
none Rationing is almost certain if the line stops in June.
none It is the first fall in two years and is likely to be reversed.
none The man who may replace him is a general.
none They may march.
"""


@pytest.mark.parametrize("line", SENTENCES.strip().split("\n"))
def test_a_sentence_names_its_time(line: str) -> None:
    horizon, _, sentence = line.partition(" ")
    assert horizon_in(sentence, PUBLISHED) == horizon


def test_what_is_said_at_a_place_takes_the_time_of_its_clause() -> None:
    text = "The truce is likely to hold through the summer, and a treaty before 2027 is unlikely."
    assert [one.horizon for one in estimates(text, PUBLISHED, terms_only=True)] == ["medium", "long"]


def test_a_time_may_go_back_to_the_sentence_before() -> None:
    assert horizon_in("A deal by then is unlikely.", PUBLISHED, before="medium") == "medium"
    assert horizon_in("A deal by then is unlikely.", PUBLISHED) == "none"


def test_without_a_date_only_counted_times_are_read() -> None:
    assert horizon_in("A deal within six weeks is likely.", None) == "short"
    assert horizon_in("A deal in June is likely.", None) == "none"


@given(
    st.text(st.sampled_from("aeltr 0123.-,'("), max_size=40),
    st.sampled_from(["by ", "in ", "within ", "2027 ", "June ", "years "]),
)
def test_times_stand_where_they_say(noise: str, word: str) -> None:
    text = f"It is likely {word}{noise}{word}"
    frames = list(timeframes(text, PUBLISHED))
    places = [place for frame in frames for place in (frame.start, frame.end)]
    assert places == sorted(places)
    assert all(0 <= place <= len(text) for place in places)


@given(st.dates(date(2000, 1, 1), date(2050, 1, 1)), st.integers(0, 60))
def test_more_months_never_bring_a_nearer_horizon(day: date, months: int) -> None:
    order = ["short", "medium", "long"]
    nearer, farther = (horizon_until(add(day, count, "month"), day) for count in (months, months + 1))
    assert order.index(nearer) <= order.index(farther)
