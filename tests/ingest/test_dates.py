"""Dates in all the ways that they are written."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.dates import find_dates, first_date, is_american

DAYS = st.dates(date(1960, 1, 1), date(2059, 12, 31))


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("10 November 2025", "2025-11-10"),
        ("November 10, 2025", "2025-11-10"),
        ("Nov. 10, 2025", "2025-11-10"),
        ("NOVEMBER 10 2025", "2025-11-10"),
        ("10 Nov 25", "2025-11-10"),
        ("10-Nov-2025", "2025-11-10"),
        ("2025-11-10", "2025-11-10"),
        ("2025-11-10T06:30:00+02:00", "2025-11-10"),
        ("2025/11/10", "2025-11-10"),
        ("10/11/2025", "2025-11-10"),
        ("10.11.2025", "2025-11-10"),
        ("04/22/2026", "2026-04-22"),
        ("11/25/1963", "1963-11-25"),
        ("Monday, 10th of November, 2025", "2025-11-10"),
        ("1st June 2024", "2024-06-01"),
        ("101200Z NOV 25", "2025-11-10"),
        ("1145 AM CST SAT JAN 5 2013", "2013-01-05"),
        ("Updated April 22, 2026", "2026-04-22"),
        ("September 20-21, 2016", "2016-09-21"),
        ("20-21 September 2016", "2016-09-21"),
        ("April 30-May 1, 2019", "2019-05-01"),
        ("29 February 2024", "2024-02-29"),
    ],
)
def test_a_date_is_read(text: str, day: str) -> None:
    found = first_date(text)
    assert found
    assert (found.date.isoformat(), found.precision) == (day, "day")


def test_a_month_is_its_first_day() -> None:
    found = first_date("in November 2025")
    assert found
    assert (found.date, found.precision) == (date(2025, 11, 1), "month")


@pytest.mark.parametrize(
    "text",
    [
        "30 February 2025",
        "32/13/2025",
        "resolution 1244",
        "version 1.2.3",
        "12.5 per cent",
        "S/2010/401",
        "may go",
        "10.0.0.1",
    ],
)
def test_no_date_is_read(text: str) -> None:
    assert first_date(text) is None


@pytest.mark.parametrize(
    ("document", "american"),
    [
        ("04/05/2026", False),
        ("Issued 04/22/2026. Due 04/05/2026", True),
        ("Issued 22/04/2026", False),
        ("On April 22, 2026, Congress met.", True),
        ("On April 22, 2026 and on 3 May 2026", False),
        ("1145 AM CST SAT JAN 5 2013", True),
    ],
)
def test_who_writes_the_month_first(document: str, american: bool) -> None:
    assert is_american(document) is american
    found = first_date("04/05/2026", is_american(document))
    assert found
    assert found.date == (date(2026, 4, 5) if american else date(2026, 5, 4))


@given(
    DAYS,
    st.sampled_from(
        ["%d %B %Y", "%B %d, %Y", "%d %b %y", "%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "%d1200Z %b %y", "%A, %d %B %Y"]
    ),
)
def test_what_is_written_is_read_back(day: date, pattern: str) -> None:
    found = first_date(f"Report of {day.strftime(pattern)} (final)")
    assert found
    assert found.date == day


@given(DAYS, st.integers(0, 400))
def test_dates_come_in_order_with_their_spans(day: date, later: int) -> None:
    text = f"from {day:%d %B %Y} to {min(day + timedelta(later), date(2059, 12, 31)):%Y-%m-%d}"
    found = list(find_dates(text))
    assert len(found) == 2
    assert [first_date(text[item.start : item.end]).date for item in found] == [item.date for item in found]  # type: ignore[union-attr]
