"""Deadlines: when a limit is due, what pauses and extensions do to it, and what is left of it."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from gridclient.domain.calendar import CHINA_TIME, WorkCalendar, WorkingHours
from gridclient.domain.deadlines import (
    StartRule,
    StepCode,
    Urgency,
    deadline,
    remaining,
    urgency,
    working_seconds,
)
from gridclient.domain.errors import InvalidInput
from gridclient.domain.limits import Limit, LimitKind
from tests.unit.test_calendar import SPRING_FESTIVAL_2026

MINUTE, URGENT, HOUR, WORK, NATURAL = LimitKind
NEXT_DAY, IMMEDIATE = StartRule.NEXT_DAY, StartRule.IMMEDIATE


def at(text: str) -> datetime:
    """A moment on the Chinese clock."""
    return datetime.fromisoformat(text).replace(tzinfo=CHINA_TIME)


def due(start: str, limit: Limit, **rule: Any) -> str:
    """The deadline by the calendar of Spring Festival 2026, to the minute."""
    found = deadline(at(start), limit, calendar=SPRING_FESTIVAL_2026, **rule)
    return f"{found.due:%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("start", "limit", "expected"),
    [
        ("2026-03-04T10:30", Limit(1, WORK), "03-05 10:30"),
        ("2026-03-04T10:30", Limit(8, HOUR), "03-05 10:30"),
        ("2026-03-04T07:00", Limit(1, WORK), "03-05 08:00"),
        ("2026-03-04T13:00", Limit(1, WORK), "03-05 12:00"),
        ("2026-03-04T20:00", Limit(1, WORK), "03-05 18:00"),
        ("2026-03-07T10:00", Limit(1, WORK), "03-09 18:00"),
        ("2026-03-04T08:00", Limit(8, HOUR), "03-04 18:00"),
        ("2026-03-06T17:30", Limit(1, HOUR), "03-09 08:30"),
        ("2026-03-04T11:00", Limit(2, HOUR), "03-04 15:00"),
        ("2026-03-07T10:00", Limit(1, HOUR), "03-09 09:00"),
        ("2026-03-04T10:30", Limit(0.5, WORK), "03-04 16:30"),
        ("2026-03-04T16:30", Limit(1.5, WORK), "03-06 10:30"),
        ("2026-02-13T10:30", Limit(2, WORK), "02-24 10:30"),
        ("2026-02-13T17:00", Limit(2, URGENT), "02-13 19:00"),
        ("2026-02-13T23:30", Limit(4, URGENT), "02-14 03:30"),
        ("2026-02-14T17:50", Limit(30, MINUTE), "02-14 18:20"),
        ("2026-02-14T10:30", Limit(5, NATURAL), "02-19 10:30"),
    ],
)
def test_a_limit_that_runs_at_once(start: str, limit: Limit, expected: str) -> None:
    assert due(start, limit) == expected


@pytest.mark.parametrize(
    ("start", "limit", "expected"),
    [
        ("2026-02-13T10:30", Limit(1, WORK), "02-14 23:59"),
        ("2026-02-13T23:50", Limit(3, WORK), "02-25 23:59"),
        ("2026-02-14T10:30", Limit(5, NATURAL), "02-19 23:59"),
        ("2026-02-13T10:30", Limit(0.5, WORK), "02-14 12:00"),
        ("2026-02-13T10:30", Limit(1.5, NATURAL), "02-15 12:00"),
        ("2026-02-13T10:30", Limit(0.9, NATURAL), "02-14 21:36"),
        ("2026-02-13T10:30", Limit(2, URGENT), "02-13 12:30"),
        ("2026-02-13T10:30", Limit(2, HOUR), "02-13 14:30"),
    ],
)
def test_by_the_hotline_rule_the_day_of_receipt_does_not_count(start: str, limit: Limit, expected: str) -> None:
    assert due(start, limit, start_rule=NEXT_DAY) == expected


def test_a_moment_without_a_zone_is_refused_and_other_zones_are_converted() -> None:
    with pytest.raises(InvalidInput, match=r"time\.naive"):
        deadline(at("2026-03-04T10:30").replace(tzinfo=None), Limit(1, WORK), calendar=SPRING_FESTIVAL_2026)
    abroad = deadline(datetime(2026, 3, 4, 2, 30, tzinfo=UTC), Limit(1, WORK), calendar=SPRING_FESTIVAL_2026)
    assert abroad.due == at("2026-03-05T10:30")


@pytest.mark.parametrize("kind", LimitKind)
def test_a_deadline_beyond_the_calendar_is_refused(kind: LimitKind) -> None:
    with pytest.raises(InvalidInput, match=r"deadline\.out_of_range"):
        deadline(at("9999-12-31T17:59:30"), Limit(10_000, kind), calendar=WorkCalendar())


def test_working_seconds_follow_the_townships_hours() -> None:
    short_noon = WorkingHours(((time(8), time(12)), (time(13), time(17))))
    span = at("2026-03-04T11:00"), at("2026-03-04T18:00")
    assert working_seconds(*span, SPRING_FESTIVAL_2026) == 5 * 3600
    assert working_seconds(*span, SPRING_FESTIVAL_2026, short_noon) == 5 * 3600
    assert working_seconds(at("2026-03-04T13:00"), span[1], SPRING_FESTIVAL_2026, short_noon) == 4 * 3600


def test_on_a_day_off_no_working_time_passes() -> None:
    saturday, monday = at("2026-03-07T10:00"), at("2026-03-09T10:00")
    assert working_seconds(saturday, monday, SPRING_FESTIVAL_2026) == 2 * 3600


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-03-04T11:00", Urgency.NONE),
        ("2026-03-04T15:30", Urgency.EARLY),
        ("2026-03-04T17:30", Urgency.YELLOW),
        ("2026-03-04T20:00", Urgency.YELLOW),
        ("2026-03-05T08:31", Urgency.RED),
        ("2026-03-05T09:00", Urgency.RED),
        ("2026-03-05T09:01", Urgency.OVERDUE),
    ],
)
def test_a_units_warnings_go_by_the_working_time_that_is_left(now: str, expected: Urgency) -> None:
    end = at("2026-03-05T09:00")
    assert urgency(remaining(at(now), end, calendar=SPRING_FESTIVAL_2026)) is expected


def test_a_stage_of_the_desk_goes_by_the_clock_on_the_wall_over_lunch_too() -> None:
    left = remaining(at("2026-03-04T11:58"), at("2026-03-04T14:03"), calendar=SPRING_FESTIVAL_2026)
    assert (urgency(left), urgency(left, stage=True)) == (Urgency.RED, Urgency.EARLY)


@pytest.mark.parametrize(("left", "expected"), [(4, Urgency.NONE), (2, Urgency.EARLY), (1, Urgency.YELLOW)])
def test_a_warning_begins_when_less_than_its_time_is_left(left: int, expected: Urgency) -> None:
    end = at("2026-03-04T18:00")
    now = end - timedelta(hours=left)
    assert urgency(remaining(now, end, calendar=SPRING_FESTIVAL_2026)) is expected
    later = remaining(now + timedelta(seconds=1), end, calendar=SPRING_FESTIVAL_2026)
    assert list(Urgency).index(urgency(later)) == list(Urgency).index(expected) + 1


def test_a_deadline_is_a_whole_second_whatever_the_clock_said_at_the_start() -> None:
    start = at("2026-03-04T10:30") + timedelta(milliseconds=640)
    found = deadline(start, Limit(1, URGENT), calendar=SPRING_FESTIVAL_2026)
    assert (found.begin, found.due) == (at("2026-03-04T10:30"), at("2026-03-04T11:30"))


@pytest.mark.parametrize("limit", [Limit(2, URGENT), Limit(3, NATURAL), Limit(30, MINUTE)])
def test_a_limit_that_runs_day_and_night_tells_of_no_working_time_and_no_weekend(limit: Limit) -> None:
    found = deadline(at("2026-03-06T20:00"), limit, calendar=SPRING_FESTIVAL_2026)
    assert [step.code for step in found.steps] == [StepCode.START, StepCode.DUE]


def test_a_holiday_is_told_as_far_as_the_limit_goes() -> None:
    """The hotline's day of receipt is not counted, so that a holiday which began on it is told from the next day."""
    found = deadline(at("2026-02-16T10:00"), Limit(1, WORK), calendar=SPRING_FESTIVAL_2026, start_rule=NEXT_DAY)
    (holiday,) = [step for step in found.steps if step.code is StepCode.HOLIDAY]
    assert holiday.params == {"first": date(2026, 2, 17), "last": date(2026, 2, 23), "days": 7}


def test_at_night_and_in_a_stage_of_the_desk_warnings_go_by_the_clock_on_the_wall() -> None:
    end = at("2026-03-05T00:00")
    far, late = (
        remaining(now, end, calendar=SPRING_FESTIVAL_2026) for now in (at("2026-03-04T19:00"), at("2026-03-04T23:45"))
    )
    assert (urgency(far), urgency(late)) == (Urgency.NONE, Urgency.RED)
    assert (urgency(far, stage=True), urgency(late, stage=True)) == (Urgency.NONE, Urgency.EARLY)


def test_the_steps_tell_of_the_start_the_holidays_the_makeup_day_and_the_weekends() -> None:
    found = deadline(at("2026-02-12T20:00"), Limit(8, WORK), calendar=SPRING_FESTIVAL_2026)
    assert [(step.code, f"{step.at:%m-%d %H:%M:%S}", dict(step.params)) for step in found.steps] == [
        (StepCode.START, "02-12 20:00:00", {"limit": Limit(8, WORK)}),
        (StepCode.START_MOVED, "02-13 08:00:00", {}),
        (StepCode.WEEKENDS, "02-12 00:00:00", {"days": 1}),
        (StepCode.MAKEUP_DAY, "02-14 00:00:00", {"day": date(2026, 2, 14)}),
        (StepCode.HOLIDAY, "02-15 00:00:00", {"first": date(2026, 2, 15), "last": date(2026, 2, 23), "days": 9}),
        (StepCode.MAKEUP_DAY, "02-28 00:00:00", {"day": date(2026, 2, 28)}),
        (StepCode.DUE, "03-02 18:00:00", {}),
    ]


def test_no_start_within_working_time_is_told_as_moved_and_no_holiday_after_the_deadline() -> None:
    calendar = WorkCalendar({date(2026, 3, 5): False}, frozenset({2026}))
    found = deadline(at("2026-03-03T10:00"), Limit(1, WORK), calendar=calendar)
    assert [(step.code, step.at) for step in found.steps] == [
        (StepCode.START, at("2026-03-03T10:00")),
        (StepCode.DUE, at("2026-03-04T10:00")),
    ]


def test_a_year_without_data_is_named_by_limits_that_need_a_calendar() -> None:
    by_calendar = deadline(at("2026-12-30T10:00"), Limit(5, WORK), calendar=SPRING_FESTIVAL_2026)
    assert by_calendar.uncertain_years == {2027}
    assert [step.params for step in by_calendar.steps if step.code is StepCode.UNKNOWN_YEAR] == [{"year": 2027}]
    by_clock = deadline(at("2026-12-30T10:00"), Limit(5, NATURAL), calendar=SPRING_FESTIVAL_2026)
    assert not by_clock.uncertain_years


def test_a_year_of_which_every_touched_day_is_listed_is_certain() -> None:
    listed = WorkCalendar({date(2027, 1, day): day > 3 for day in range(1, 8)}, frozenset({2026}))
    assert not deadline(at("2026-12-30T10:00"), Limit(5, WORK), calendar=listed).uncertain_years
    assert deadline(at("2026-12-30T10:00"), Limit(15, WORK), calendar=listed).uncertain_years == {2027}
    assert deadline(at("2026-12-31T10:00"), Limit(5, WORK), calendar=listed).uncertain_years == {2027}


def test_a_deadline_on_the_last_day_of_a_known_year_is_certain() -> None:
    found = deadline(at("2026-12-30T10:00"), Limit(1, WORK), calendar=SPRING_FESTIVAL_2026)
    assert (found.due, found.uncertain_years) == (at("2026-12-31T10:00"), frozenset())
