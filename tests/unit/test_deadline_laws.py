"""Laws that deadlines keep on every calendar: exact working time, order, what is left."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from gridclient.domain.calendar import CHINA_TIME, WorkCalendar
from gridclient.domain.deadlines import (
    Deadline,
    Remaining,
    StartRule,
    StepCode,
    Urgency,
    deadline,
    remaining,
    urgency,
    working_seconds,
)
from gridclient.domain.limits import Limit, LimitKind

EARLIEST = datetime(2026, 1, 20, tzinfo=CHINA_TIME)
SECONDS = {
    LimitKind.MINUTE: 60,
    LimitKind.URGENT_HOUR: 3600,
    LimitKind.WORK_HOUR: 3600,
    LimitKind.WORK_DAY: 8 * 3600,
    LimitKind.NATURAL_DAY: 86400,
}


@dataclass(frozen=True)
class Clock:
    """One limit that runs by one calendar."""

    calendar: WorkCalendar
    start: datetime
    limit: Limit
    rule: StartRule

    def deadline(self) -> Deadline:
        return deadline(self.start, self.limit, calendar=self.calendar, start_rule=self.rule)

    def due(self) -> datetime:
        return self.deadline().due

    def left(self, now: datetime, due: datetime) -> Remaining:
        return remaining(now, due, calendar=self.calendar)

    @property
    def day_of_receipt_counts(self) -> bool:
        return self.rule is StartRule.IMMEDIATE or not self.limit.kind.counts_days


days = st.dates(date(2026, 1, 20), date(2026, 3, 20))
calendars = st.builds(WorkCalendar, st.dictionaries(days, st.booleans(), max_size=30), st.just(frozenset({2026})))
starts = st.integers(0, 59 * 86400).map(lambda second: EARLIEST + timedelta(seconds=second))
amounts = st.integers(1, 60).map(lambda halves: halves / 2)
clocks = st.builds(
    Clock,
    calendar=calendars,
    start=starts,
    limit=st.builds(Limit, amounts, st.sampled_from(LimitKind)),
    rule=st.sampled_from(StartRule),
)
shares = st.floats(0, 1)


@given(clocks)
def test_an_immediate_limit_is_exactly_its_own_time(clock: Clock) -> None:
    clock = replace(clock, rule=StartRule.IMMEDIATE)
    left = clock.left(clock.start, clock.due())
    passed = left.working if clock.limit.kind.counts_working_time else left.natural
    assert passed.total_seconds() == clock.limit.amount * SECONDS[clock.limit.kind]


@given(clocks, st.integers(1, 30))
def test_working_days_end_on_that_working_day_after_the_start(clock: Clock, count: int) -> None:
    clock = replace(clock, limit=Limit(count, LimitKind.WORK_DAY))
    assert clock.due().date() == clock.calendar.add_working_days(clock.start.date(), count)


@given(clocks, st.timedeltas(timedelta(), timedelta(days=20)))
def test_a_later_start_is_never_due_earlier(clock: Clock, later: timedelta) -> None:
    assert clock.due() <= replace(clock, start=clock.start + later).due()


@given(clocks, amounts)
def test_a_longer_limit_is_never_due_earlier(clock: Clock, more: float) -> None:
    longer = replace(clock, limit=Limit(clock.limit.amount + more, clock.limit.kind))
    assert clock.start < clock.due() <= longer.due()


@given(calendars, starts, starts, starts)
def test_working_seconds_of_parts_add_up(calendar: WorkCalendar, one: datetime, two: datetime, three: datetime) -> None:
    whole = working_seconds(one, three, calendar)
    assert working_seconds(one, two, calendar) + working_seconds(two, three, calendar) == whole
    assert working_seconds(three, one, calendar) == -whole
    assert abs(whole) <= abs((three - one).total_seconds())


@given(clocks)
def test_nothing_is_left_at_the_deadline_and_a_second_later_it_is_overdue(clock: Clock) -> None:
    due, second = clock.due(), timedelta(seconds=1)
    assert clock.left(due, due) == Remaining(timedelta(), timedelta(), overdue=False)
    late = clock.left(due + second, due)
    assert late.overdue
    assert late.natural == -second


@given(clocks, st.floats(-0.5, 1.5), shares)
def test_the_urgency_of_a_stage_only_grows_while_time_passes(clock: Clock, where: float, further: float) -> None:
    due = clock.due()
    sooner = clock.start + (due - clock.start) * where
    later = sooner + (due - clock.start) * further
    order = list(Urgency)
    first, second = (order.index(urgency(clock.left(now, due), stage=True)) for now in (sooner, later))
    assert first <= second


@given(clocks)
def test_the_steps_run_from_start_to_deadline_and_count_every_day_off_once(clock: Clock) -> None:
    found = clock.deadline()
    assert (found.steps[0].code, found.steps[-1].code) == (StepCode.START, StepCode.DUE)
    assert found.steps[-1].at == found.due
    skipped = [step.params["days"] for step in found.steps if step.code in (StepCode.WEEKENDS, StepCode.HOLIDAY)]
    first = clock.start.date() + timedelta(days=0 if clock.day_of_receipt_counts else 1)
    span = [first + timedelta(days=n) for n in range((found.due.date() - first).days + 1)]
    days_off = sum(not clock.calendar.is_working(day) for day in span)
    assert sum(number for number in skipped if isinstance(number, int)) == (
        days_off if clock.limit.kind.counts_working_time else 0
    )
