"""The legal calendar of the package, checked against a day table that others made."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from pathlib import Path

import pytest

from gridclient.store.legal_calendar import legal_calendar


@pytest.fixture
def day_table(real_data: Path) -> dict[date, bool]:
    """Day → is it worked, 2023 to 2026, from the table of real data."""
    path = real_data / "holidays_cn" / "calendar_2023_2026.csv"
    if not path.is_file():
        pytest.skip("the day table of legal holidays is not on this machine")
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return {date.fromisoformat(row["date"]): row["kind"] == "workday" for row in csv.DictReader(lines)}


def test_every_day_from_2023_to_2026_agrees_with_the_published_day_table(day_table: dict[date, bool]) -> None:
    calendar = legal_calendar()
    assert len(day_table) == 1461
    assert [day for day, works in day_table.items() if calendar.is_working(day) != works] == []
    assert all(calendar.is_known(day) for day in day_table)


def test_one_working_day_after_13_february_2026_is_14_february() -> None:
    assert legal_calendar().add_working_days(date(2026, 2, 13), 1) == date(2026, 2, 14)


def test_years_that_the_package_lacks_are_unknown_and_go_by_the_week() -> None:
    calendar = legal_calendar()
    last = max(calendar.known_years)
    assert set(range(2004, 2027)) <= calendar.known_years
    assert not calendar.is_known(date(2003, 12, 31))
    assert not calendar.is_known(date(last + 1, 1, 1))
    new_year = date(last + 1, 1, 1)
    assert calendar.is_working(new_year) == (new_year.weekday() < 5)


def test_the_stores_own_days_come_before_the_packages() -> None:
    local_festival = date(2026, 3, 3)
    calendar = legal_calendar({local_festival: False, date(2026, 2, 16): True})
    assert not calendar.is_working(local_festival)
    assert calendar.is_working(date(2026, 2, 16))
    assert legal_calendar().is_working(local_festival)


def test_an_imported_years_notice_makes_the_year_known_but_one_local_day_does_not() -> None:
    year = max(legal_calendar().known_years) + 1
    one_day = {date(year, 3, 3): False}
    assert year not in legal_calendar(one_day).known_years
    assert legal_calendar(one_day).is_known(date(year, 3, 3))
    spring_festival = {date(year, 2, 1) + timedelta(days=n): False for n in range(9)}
    assert year in legal_calendar(spring_festival).known_years
