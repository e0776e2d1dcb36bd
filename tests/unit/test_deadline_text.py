"""The Chinese explanation of a deadline."""

from __future__ import annotations

from datetime import date, datetime
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridclient.domain.calendar import CHINA_TIME, WorkCalendar
from gridclient.domain.case import CaseClock
from gridclient.domain.deadlines import StartRule, StepCode, Urgency, deadline
from gridclient.domain.limits import Limit, LimitKind, parse_limit
from gridclient.services.deadline_text import (
    _SENTENCES,
    URGENCY_WORDS,
    brief_text,
    clock_lines,
    duration_text,
    explain,
    limit_text,
    moment_text,
    working_text,
)
from gridclient.services.ports import Reference

CALENDAR = WorkCalendar(
    {date(2026, 2, day): False for day in range(15, 24)} | {date(2026, 2, 14): True, date(2026, 4, 6): False},
    frozenset({2026}),
)


def at(text: str) -> datetime:
    """A moment on the Chinese clock."""
    return datetime.fromisoformat(text).replace(tzinfo=CHINA_TIME)


def test_a_deadline_over_spring_festival_is_explained_line_by_line() -> None:
    found = deadline(
        at("2026-02-13T10:30"),
        Limit(2, LimitKind.WORK_DAY),
        calendar=CALENDAR,
    )
    assert explain(found) == (
        "起算：2026-02-13 10:30（周五），时限2工作日，只计工作日",
        "2月14日（周六）调休上班，计入",
        "2月15日至2月23日放假9天，不计",
        "到期：2026-02-24 10:30（周二）",
    )


def test_the_hotline_rule_and_the_end_of_the_day_are_said() -> None:
    found = deadline(
        at("2026-04-03T10:30"), Limit(1, LimitKind.WORK_DAY), calendar=CALENDAR, start_rule=StartRule.NEXT_DAY
    )
    assert explain(found)[1:] == (
        "收到当日4月3日（周五）不计，次日起算",
        "4月4日至4月6日放假3天，不计",
        "到期：2026-04-07 24:00（周二）",
    )


def test_a_holiday_of_one_day_is_told_with_its_weekday() -> None:
    one_day_off = WorkCalendar({date(2026, 6, 17): False}, frozenset({2026}))
    found = deadline(at("2026-06-16T10:30"), Limit(1, LimitKind.WORK_DAY), calendar=one_day_off)
    assert explain(found)[1:] == ("6月17日（周三）放假，不计", "到期：2026-06-18 10:30（周四）")


def test_a_year_without_data_is_a_visible_warning() -> None:
    found = deadline(at("2026-12-31T19:00"), Limit(3, LimitKind.WORK_HOUR), calendar=CALENDAR)
    assert explain(found)[1:] == (
        "起算时不在工作时间，从2027-01-01 08:00（周五）开始计",
        "注意：2027年放假安排尚未导入，暂按周一至周五计算，导入后自动重算",
        "到期：2027-01-01 11:00（周五）",
    )


def test_every_step_has_its_sentence_and_every_urgency_its_word() -> None:
    assert set(_SENTENCES) == set(StepCode)
    assert set(URGENCY_WORDS) == set(Urgency)


@given(st.integers(1, 999), st.sampled_from(LimitKind))
def test_a_limit_is_written_so_that_it_reads_back(amount: int, kind: LimitKind) -> None:
    assert parse_limit(limit_text(Limit(amount, kind))) == Limit(amount, kind)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "不到1分钟"),
        (59, "不到1分钟"),
        (-2100, "35分钟"),
        (93600, "1天2小时"),
        (90061, "1天1小时"),
        (86460, "1天1分钟"),
    ],
)
def test_a_duration_has_two_parts_at_most(seconds: int, text: str) -> None:
    assert duration_text(seconds) == text


@pytest.mark.parametrize(("seconds", "text"), [(3600, "1小时"), (28800, "1工作日"), (36000, "1工作日2小时")])
def test_working_time_is_told_in_working_days(seconds: int, text: str) -> None:
    assert working_text(seconds) == text


def test_the_end_of_a_day_is_told_as_24_hours() -> None:
    assert moment_text(at("2026-02-14T23:59:59")) == "2026-02-14 24:00（周六）"
    assert brief_text(at("2026-02-14T23:59:59")) == "02-14 24:00"


class Township:
    """What counting asks of the reference data."""

    def calendar(self) -> WorkCalendar:
        return CALENDAR

    def setting(self, name: str) -> str:
        return {"start_rule": "immediate", "working_hours": "08:00-12:00,14:00-18:00"}[name]


def handled_by(unit: str, began: str, limit: str, due: str, *, ended: str = "", stage: str = "handle") -> CaseClock:
    """A clock of a day in March 2026, by times of that day."""
    day = "2026-03-02T"
    return CaseClock(stage, at(day + began), limit, at(day + due), unit, ended=at(day + ended) if ended else None)


def test_a_limit_that_goes_on_tells_its_pause_and_what_was_left() -> None:
    """What other units, other stages and later clocks had left is not this clock's."""
    first = handled_by("u1", "09:00", "2 work_hour", "11:00", ended="09:00:06")
    other = handled_by("u2", "09:00", "2 work_hour", "11:00", ended="09:30")
    signing = handled_by("u1", "09:00", "2 work_hour", "11:00", ended="09:40", stage="sign")
    again = handled_by("u1", "10:00", "1.9983333333333333 work_hour", "11:59:54", ended="10:30")
    later = handled_by("u1", "11:00", "1.5 work_hour", "14:30", ended="11:30")
    lines = clock_lines(again, cast(Reference, Township()), (first, other, signing, again, later))
    assert lines == (
        "起算：2026-03-02 09:00（周一），时限2工作时，只计工作时间",
        "2026-03-02 09:00（周一）停止计时，余约2工作时，2026-03-02 10:00（周一）接着计",
        "到期：2026-03-02 11:59（周一）",
    )


def test_a_unit_that_keeps_its_part_in_a_new_dispatch_goes_on_at_the_same_moment() -> None:
    first = handled_by("u1", "09:00", "2 work_hour", "11:00", ended="10:00")
    again = handled_by("u1", "10:00", "1 work_hour", "11:00")
    lines = clock_lines(again, cast(Reference, Township()), (first, again))
    assert lines[1] == "2026-03-02 10:00（周一）停止计时，余1工作时，2026-03-02 10:00（周一）接着计"


def test_what_was_skipped_before_a_pause_is_still_told_after_it() -> None:
    first = CaseClock(
        "handle", at("2026-02-13T10:30"), "2 work_day", at("2026-02-24T10:30"), "u1", ended=at("2026-02-14T10:30")
    )
    again = CaseClock("handle", at("2026-02-24T08:00"), "8 work_hour", at("2026-02-24T18:00"), "u1")
    assert clock_lines(again, cast(Reference, Township()), (first, again)) == (
        "起算：2026-02-13 10:30（周五），时限2工作日，只计工作日",
        "2月14日（周六）调休上班，计入",
        "2月15日至2月23日放假9天，不计",
        "2026-02-14 10:30（周六）停止计时，余8工作时，2026-02-24 08:00（周二）接着计",
        "到期：2026-02-24 18:00（周二）",
    )


def test_a_limit_that_ended_in_the_second_it_began_goes_on_from_nothing() -> None:
    clock = handled_by("u1", "09:00", "2 work_hour", "11:00", ended="09:00")
    assert len(clock_lines(clock, cast(Reference, Township()), (clock,))) == 2


@pytest.mark.parametrize("limit", ["2 work_hour", "0.5 work_day"])
def test_a_limit_that_begins_anew_tells_nothing_of_the_one_before(limit: str) -> None:
    first = handled_by("u1", "09:00", "2 work_hour", "11:00", ended="10:30")
    anew = handled_by("u1", "11:00", limit, "15:00")
    lines = clock_lines(anew, cast(Reference, Township()), (first, anew))
    assert lines == clock_lines(anew, cast(Reference, Township()))


def test_what_is_left_of_a_limit_is_rounded_for_people() -> None:
    assert limit_text(Limit(1.9983333333333333, LimitKind.URGENT_HOUR)) == "约2紧急工作时"
    assert limit_text(Limit(0.5, LimitKind.WORK_DAY)) == "0.5工作日"


@pytest.mark.parametrize(("started", "limit"), [("2026-03-02T09:00", "尽快"), ("9999-03-02T09:00", "300 work_day")])
def test_a_limit_that_nobody_can_count_leaves_the_deadline_that_was_written(started: str, limit: str) -> None:
    clock = CaseClock("handle", at(started), limit, at("2026-03-02T11:00"), "u1")
    (line,) = clock_lines(clock, cast(Reference, Township()))
    assert line.endswith("不是可计算的时限，到期时间按所记的 2026-03-02 11:00（周一）")
