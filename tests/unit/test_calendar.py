"""Work calendars and working hours, checked against walking day by day and second by second."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridclient.domain.calendar import CHINA_TIME, WorkCalendar, WorkingHours, china_time
from gridclient.domain.errors import InvalidInput

SPRING_FESTIVAL_2026 = WorkCalendar(
    {date(2026, 2, day): False for day in range(15, 24)} | {date(2026, 2, 14): True, date(2026, 2, 28): True},
    frozenset({2026}),
)
NO_DATA = WorkCalendar()

days = st.dates(date(2025, 12, 1), date(2027, 2, 1))
calendars = st.builds(WorkCalendar, st.dictionaries(days, st.booleans(), max_size=60), st.just(frozenset({2026})))


def test_a_makeup_saturday_is_worked_and_a_holiday_monday_is_not() -> None:
    assert SPRING_FESTIVAL_2026.is_working(date(2026, 2, 14))
    assert not SPRING_FESTIVAL_2026.is_working(date(2026, 2, 16))


def test_without_data_monday_to_friday_is_worked_and_said_to_be_a_guess() -> None:
    assert [NO_DATA.is_working(date(2027, 3, 1) + timedelta(days=n)) for n in range(7)] == [True] * 5 + [False] * 2
    assert not NO_DATA.is_known(date(2027, 3, 1))


def test_a_day_is_known_by_its_year_or_by_itself() -> None:
    calendar = WorkCalendar({date(2027, 5, 3): False}, frozenset({2026}))
    assert calendar.is_known(date(2026, 7, 7))
    assert calendar.is_known(date(2027, 5, 3))
    assert not calendar.is_known(date(2027, 5, 4))


def test_one_working_day_after_the_friday_before_spring_festival_2026_is_the_makeup_saturday() -> None:
    assert SPRING_FESTIVAL_2026.add_working_days(date(2026, 2, 13), 1) == date(2026, 2, 14)
    assert SPRING_FESTIVAL_2026.add_working_days(date(2026, 2, 13), 2) == date(2026, 2, 24)


@given(calendars, days, st.integers(1, 40))
def test_adding_working_days_is_walking_day_by_day(calendar: WorkCalendar, day: date, count: int) -> None:
    walked, left = day, count
    while left:
        walked += timedelta(days=1)
        left -= calendar.is_working(walked)
    assert calendar.add_working_days(day, count) == walked


@given(calendars, days)
def test_no_working_day_later_is_the_last_one_up_to_the_day(calendar: WorkCalendar, day: date) -> None:
    walked = day
    while not calendar.is_working(walked):
        walked -= timedelta(days=1)
    assert calendar.add_working_days(day, 0) == walked


@given(calendars, days, st.integers(0, 400))
def test_counted_working_days_are_those_one_would_count(calendar: WorkCalendar, first: date, length: int) -> None:
    last = first + timedelta(days=length)
    counted = sum(calendar.is_working(first + timedelta(days=n)) for n in range(length))
    assert calendar.working_days_between(first, last) == counted


@given(calendars, days, days)
def test_exceptions_are_the_days_that_differ_from_the_week(calendar: WorkCalendar, one: date, other: date) -> None:
    first, last = sorted((one, other))
    span = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    assert calendar.exceptions_between(first, last) == [
        day for day in span if calendar.is_working(day) != NO_DATA.is_working(day)
    ]


def test_equal_calendars_have_equal_hashes() -> None:
    same = WorkCalendar(dict(SPRING_FESTIVAL_2026.days), frozenset({2026}))
    assert same == SPRING_FESTIVAL_2026
    assert hash(same) == hash(SPRING_FESTIVAL_2026)


def test_a_working_day_has_eight_hours_unless_the_township_says_otherwise() -> None:
    assert WorkingHours().seconds_per_day == 8 * 3600
    assert WorkingHours(((time(8, 30), time(12)), (time(13, 30), time(17, 30)))).seconds_per_day == 7.5 * 3600


def test_hours_that_end_at_midnight_end_with_the_day() -> None:
    evening = WorkingHours(((time(14), time(18)), (time(20), time(0))))
    assert (evening.seconds_per_day, evening.closing) == (8 * 3600, 24 * 3600)
    assert evening.worked_until(22 * 3600) == 6 * 3600


@pytest.mark.parametrize(
    ("second", "worked"), [(0, 0), (8 * 3600, 0), (10 * 3600, 7200), (13 * 3600, 14400), (86399, 28800)]
)
def test_worked_seconds_stand_still_in_the_lunch_break_and_after_hours(second: int, worked: int) -> None:
    assert WorkingHours().worked_until(second) == worked


@given(st.integers(0, 8 * 3600))
def test_the_second_at_which_time_is_worked_is_the_first_such_second(worked: int) -> None:
    hours = WorkingHours()
    second = hours.second_at(worked)
    assert hours.worked_until(second) == worked
    assert hours.worked_until(second - 1) == max(0, worked - 1)


@pytest.mark.parametrize(
    "periods",
    [
        (),
        ((time(12), time(8)),),
        ((time(8), time(12)), (time(11), time(18))),
        ((time(8), time(8)),),
    ],
)
def test_hours_that_overlap_run_backwards_or_are_missing_are_refused(periods: tuple[tuple[time, time], ...]) -> None:
    with pytest.raises(InvalidInput, match=r"hours\.not_in_order"):
        WorkingHours(periods)


def test_china_time_is_the_same_instant_eight_hours_ahead() -> None:
    moment = china_time(datetime(2026, 2, 13, 20, 0, tzinfo=UTC))
    assert moment == datetime(2026, 2, 14, 4, 0, tzinfo=CHINA_TIME)
    assert moment.hour == 4


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(InvalidInput, match=r"time\.naive"):
        china_time(datetime(2026, 2, 13, 20, 0, tzinfo=UTC).replace(tzinfo=None))
