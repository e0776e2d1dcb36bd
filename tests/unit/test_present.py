"""How values read on the desk."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from gridclient.domain.calendar import CHINA_TIME, WorkCalendar, WorkingHours
from gridclient.domain.case import CaseClock, CaseState
from gridclient.domain.deadlines import Urgency, remaining, urgency
from gridclient.domain.roles import Action
from gridclient.services.rows import Likeness
from gridclient.ui.cases.due import Yardstick, due_cell
from gridclient.ui.present import (
    SIGNS,
    DoubleClock,
    Pressure,
    counting_clock,
    double_clock,
    joined,
    likeness_words,
    limit_words,
    moment_words,
    natural_time_words,
    pressure,
    short_number,
    size_words,
    state_word,
    until_words,
    whole_number,
    working_time_words,
)
from tests.ui.fakes.invented_desk import NOW, empty_desk

DAY = 8 * 3600
FRIDAY = datetime(2026, 11, 20, 14, 0, tzinfo=CHINA_TIME)


def clock_at(now: datetime, due: datetime, *, started: datetime = FRIDAY, limit: str = "2 work_day") -> DoubleClock:
    clock = CaseClock("handle", started, limit, due)
    return double_clock(clock, now, state=CaseState.HANDLING, calendar=WorkCalendar(), hours=WorkingHours())


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (FRIDAY - timedelta(hours=2), "12:00"),
        (FRIDAY - timedelta(hours=16), "昨 22:00"),
        (FRIDAY - timedelta(days=2), "11-18 14:00"),
        (FRIDAY - timedelta(days=400), "2025-10-16"),
    ],
)
def test_a_past_moment_is_as_short_as_its_day_allows(moment: datetime, words: str) -> None:
    assert moment_words(moment, FRIDAY) == words


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (FRIDAY + timedelta(hours=2), "今日 16:00"),
        (FRIDAY + timedelta(days=1), "明日 14:00"),
        (FRIDAY + timedelta(days=3), "11-23 14:00"),
        (FRIDAY + timedelta(days=60), "2027-01-19 14:00"),
        (FRIDAY.replace(hour=23, minute=59, second=59), "今日 24:00"),
    ],
)
def test_a_moment_to_come_names_its_day(moment: datetime, words: str) -> None:
    assert until_words(moment, FRIDAY) == words


def test_the_number_is_shown_without_its_township() -> None:
    assert short_number("371002001-20261121-A10047") == "20261121-A10047"
    assert short_number("47") == "47"


def test_a_number_among_several_townships_is_found_as_it_is_shown() -> None:
    number, townships = "371002001-20261121-A10047", ("371002002", "371002001")
    assert short_number(number, several=True) == "001-261121-A10047"
    assert short_number("47", several=True) == "47"
    for typed in ("001-261121-A10047", "001-20261121-A10047"):
        assert whole_number(typed, townships) == number
    assert whole_number("001-261121-7K00", townships) == "371002001-20261121-7K00"
    ordinary = ("001-2号楼", "001-2026", "001-202611", "001-20261121-西", "001-261121-A1 噪音")
    for typed in ("001-", "009-261121-A1", "001", "噪音", number, "20261121-A10047", *ordinary):
        assert whole_number(typed, townships) == typed


def test_a_returned_case_says_so_until_it_is_dispatched_again() -> None:
    assert state_word("filed", returned=True) == "被退回"
    assert state_word("filed") == "待派遣"
    assert state_word("dispatched", returned=True) == "待签收"


def test_an_escalated_case_says_so_while_it_is_open() -> None:
    assert state_word("handling", escalated=True) == "上报县级"
    assert state_word("closed", escalated=True) == "已结案"


@pytest.mark.parametrize(
    ("code", "words"),
    [("2 urgent_hour", "2紧急工作时"), ("1.5 work_day", "1.5工作日"), ("1.3333 work_hour", "工作时 01:20"), ("?", "?")],
)
def test_a_limit_reads_as_people_write_it(code: str, words: str) -> None:
    assert limit_words(code) == words


def test_working_time_is_counted_in_working_days() -> None:
    assert working_time_words(timedelta(hours=2, minutes=10), DAY) == "02:10"
    assert working_time_words(timedelta(hours=11, minutes=20), DAY) == "1工作日 03:20"
    assert working_time_words(-timedelta(hours=8), DAY) == "1工作日 00:00"


def test_natural_time_is_told_in_its_two_largest_parts() -> None:
    assert natural_time_words(timedelta(hours=18, minutes=10)) == "18 时 10 分"
    assert natural_time_words(timedelta(days=2, hours=3, minutes=59)) == "2 天 3 时"
    assert natural_time_words(timedelta(minutes=8)) == "8 分"


def test_both_clocks_run_apart_over_a_night() -> None:
    both = clock_at(FRIDAY + timedelta(hours=3), FRIDAY + timedelta(days=3))
    assert (both.working.heading, both.working.time) == ("工时剩余", "05:00")
    assert (both.natural.heading, both.natural.time) == ("自然剩余", "2 天 21 时")


@pytest.mark.parametrize(
    ("hours", "tone", "sign"), [(26, "calm", ""), (3, "warn", "◔"), (0.5, "bad", "▲"), (-1, "bad", "▲")]
)
def test_the_ground_says_how_pressing_it_is(hours: float, tone: str, sign: str) -> None:
    both = clock_at(FRIDAY, FRIDAY + timedelta(hours=hours), started=FRIDAY - timedelta(days=3))
    assert (both.tone, both.sign) == (tone, sign)


def test_a_stage_is_pressing_by_minutes() -> None:
    left = [remaining(FRIDAY, FRIDAY + timedelta(minutes=n), calendar=WorkCalendar()) for n in (9, 4)]
    assert [pressure(urgency(one, stage=True)) for one in left] == [Pressure.SOON, Pressure.RED]


@pytest.mark.parametrize("stage", ["imported", "sign", "handle"])
def test_list_and_panel_warn_alike_whatever_the_limit_is_called(stage: str) -> None:
    due = FRIDAY + timedelta(hours=3)
    clock, by = CaseClock(stage, FRIDAY, "2 work_day", due), Yardstick(WorkCalendar(), WorkingHours())
    for state in (CaseState.REPORTED, CaseState.DISPATCHED):
        both = double_clock(clock, FRIDAY, state=state, calendar=by.calendar, hours=by.hours)
        assert both.sign == SIGNS[due_cell(due, state, FRIDAY, by).pressure]


def test_an_overdue_clock_has_a_sign_and_a_word_and_a_colour() -> None:
    both = clock_at(FRIDAY + timedelta(hours=2), FRIDAY + timedelta(hours=1))
    assert (both.urgency, both.tone, both.sign) == (Urgency.OVERDUE, "bad", "▲")
    assert both.working.heading == "工时超期"
    assert "已超期" in both.spoken


def test_a_clock_with_an_unreadable_limit_still_shows_its_time() -> None:
    both = clock_at(FRIDAY, FRIDAY + timedelta(hours=1), limit="soon")
    assert (both.working.time, both.tone) == ("01:00", "warn")


def test_the_clock_of_a_case_is_the_one_its_deadline_comes_from() -> None:
    made = empty_desk()
    case = made.store.case(made.dispatched("噪音"))
    clock = counting_clock(case)
    assert clock is not None
    assert (clock.stage, clock.due) == ("handle", case.due)


def test_a_closed_case_has_no_clock() -> None:
    made = empty_desk()
    case_id = made.handled("噪音")
    assert counting_clock(made.store.case(case_id)) is not None
    made.act(Action.VERIFY, case_id)
    made.act(Action.CLOSE, case_id, closing_condition_met=True)
    assert counting_clock(made.store.case(case_id)) is None


def test_a_likeness_names_what_speaks_for_it() -> None:
    made = empty_desk()
    row = made.store.rows([made.register("噪音", ago=timedelta(hours=16))])[0]
    assert likeness_words(Likeness(row, 38.4, True, 0.2, 0.9), NOW) == "距 38 m · 同电话 · 昨 22:32"
    assert likeness_words(Likeness(row, None, False, 0.8, 0.9), NOW) == "文字相近 · 昨 22:32"
    assert likeness_words(Likeness(row, None, False, 0.2, 0.4, same_house=True), NOW) == "同一门牌 · 昨 22:32"
    assert likeness_words(Likeness(row, None, False, 0.2, 1.0, same_number=True), NOW) == "同上级编号 · 昨 22:32"


def test_parts_that_say_nothing_leave_no_dot() -> None:
    assert joined(("a", "", "b")) == "a · b"


def test_a_limit_that_ends_before_work_begins_does_not_read_like_one_that_is_over() -> None:
    sunday = FRIDAY + timedelta(days=2)
    before = clock_at(sunday, sunday + timedelta(minutes=14), started=sunday, limit="15 minute")
    after = clock_at(sunday + timedelta(minutes=20), sunday, started=sunday, limit="15 minute")
    assert [face.working.time for face in (before, after)] == ["非工作时间", "非工作时间"]
    assert [face.working.heading for face in (before, after)] == ["工时", "工时"]
    assert (before.natural.heading, after.natural.heading) == ("自然剩余", "自然超期")


@pytest.mark.parametrize(("count", "words"), [(812, "812 B"), (3174, "3.1 KB"), (2_516_582, "2.4 MB")])
def test_a_size_in_words(count: int, words: str) -> None:
    assert size_words(count) == words
