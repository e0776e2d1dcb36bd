"""When a limit is due, how the date came about, and how much of it is left.

Counting, per kind of limit (DOMAIN: Clocks; where that is silent, decided here):

* ``minute`` and ``urgent_hour`` run by the clock, day and night.
* ``work_hour`` runs in working time only and ends at the second at which it is used up: 8 工作时 from 08:00 end 18:00.
* ``work_day``, immediate: the same place in the day, N working days later (10:30 → 10:30, before opening → opening,
  in the lunch break → its beginning, after closing or on a day off → closing). That is N × 8 working hours, and the
  deadline is always on the N-th working day after the day of the start: one working day after 2026-02-13 is 02-14.
* ``natural_day``, immediate: N × 24 hours.
* ``next_day`` (hotline): the day of receipt does not count, and a limit in days ends with its last day at 24:00.
  Source: Civil Code art. 201 (the first day is not counted) and 203 (the last day ends at 24:00). Limits in hours
  begin at once under either rule: art. 201, second paragraph.

Deadlines are whole seconds; 24:00 is written 23:59:59, so that the date shown is the last day itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import date, datetime, timedelta
from enum import StrEnum

from gridclient.domain.calendar import WorkCalendar, WorkingHours, china_time
from gridclient.domain.errors import InvalidInput
from gridclient.domain.frozen import frozen
from gridclient.domain.limits import Limit, LimitKind
from gridclient.domain.working_time import LAST_SECOND, WorkingTime, at_second

DEFAULT_HOURS = WorkingHours()


class StartRule(StrEnum):
    """Whether a limit in days runs from its start or from the next day."""

    IMMEDIATE = "immediate"
    NEXT_DAY = "next_day"


class StepCode(StrEnum):
    """The kind of a line in the explanation; ``services.deadline_text`` has the words."""

    START = "start"
    """params: limit"""
    START_MOVED = "start_moved_to_working_time"
    DAY_OF_RECEIPT = "day_of_receipt_not_counted"
    WEEKENDS = "weekends_skipped"
    """params: days"""
    HOLIDAY = "holiday_skipped"
    """params: first, last, days"""
    MAKEUP_DAY = "makeup_day_counted"
    """params: day"""
    UNKNOWN_YEAR = "unknown_year"
    """params: year"""
    DUE = "due"


@frozen
class Step:
    """One line of the explanation of a deadline: its kind, its moment and the values of its sentence."""

    code: StepCode
    at: datetime
    params: Mapping[str, object] = field(default_factory=dict)


@frozen
class Deadline:
    """The moment when a limit is due. The explanation is computed only when it is asked for."""

    due: datetime
    begin: datetime
    limit: Limit
    day_of_receipt_counts: bool
    clock: WorkingTime = field(repr=False)

    @property
    def steps(self) -> tuple[Step, ...]:
        """The lines of the explanation, from the start to the deadline."""
        steps = [Step(StepCode.START, self.begin, {"limit": self.limit})]
        if not self.day_of_receipt_counts:
            steps.append(Step(StepCode.DAY_OF_RECEIPT, self.begin))
        elif self.limit.kind.counts_working_time and (moved := self.clock.next_from(self.begin)) > self.begin:
            steps.append(Step(StepCode.START_MOVED, moved))
        if self.limit.kind.counts_working_time:
            steps += _calendar_steps(self.clock.calendar, self._first_day, self.due.date())
        steps += [Step(StepCode.UNKNOWN_YEAR, self.due, {"year": year}) for year in sorted(self.uncertain_years)]
        return (*steps, Step(StepCode.DUE, self.due))

    @property
    def uncertain_years(self) -> frozenset[int]:
        """The years whose holidays were guessed for this deadline, which screens must say."""
        calendar, first, last = self.clock.calendar, self._first_day, self.due.date()
        if not self.limit.kind.counts_working_time or calendar.known_years.issuperset(range(first.year, last.year + 1)):
            return frozenset()
        days = (first + timedelta(days=number) for number in range((last - first).days + 1))
        return frozenset(day.year for day in days if not calendar.is_known(day))

    @property
    def _first_day(self) -> date:
        return self.begin.date() if self.day_of_receipt_counts else self.begin.date() + _DAY


@frozen
class Remaining:
    """The time left until a deadline, by working time and by the clock; negative once it has passed."""

    working: timedelta
    natural: timedelta
    overdue: bool


class Urgency(StrEnum):
    """How pressing an open deadline is: 正常, 预警, 黄, 红, 超期."""

    NONE = "none"
    EARLY = "early"
    YELLOW = "yellow"
    RED = "red"
    OVERDUE = "overdue"


@frozen
class Thresholds:
    """How much time is left when each warning begins (decided here, as DOMAIN is silent)."""

    early: timedelta
    yellow: timedelta
    red: timedelta


HANDLING_THRESHOLDS = Thresholds(timedelta(hours=4), timedelta(hours=2), timedelta(hours=1))
STAGE_THRESHOLDS = Thresholds(timedelta(hours=4), timedelta(minutes=10), timedelta(minutes=5))
"""For the desk's stages (受理, 派遣, 核查 …), whose limits are minutes."""


def deadline(
    start: datetime,
    limit: Limit,
    *,
    calendar: WorkCalendar,
    hours: WorkingHours = DEFAULT_HOURS,
    start_rule: StartRule = StartRule.IMMEDIATE,
) -> Deadline:
    """The deadline of a limit that starts at ``start``, in China time.

    Raises ``InvalidInput``: ``time.naive``, ``deadline.out_of_range`` (beyond the year 9999).
    """
    begin = china_time(start)
    begin = begin.replace(microsecond=0) if begin.microsecond else begin
    clock = WorkingTime(calendar, hours)
    next_day = start_rule is StartRule.NEXT_DAY and limit.kind.counts_days
    try:
        due = _end_of_days(clock, begin.date(), limit) if next_day else _first_due(clock, begin, limit)
    except (OverflowError, ValueError):
        raise InvalidInput("deadline.out_of_range", start=start.isoformat()) from None
    return Deadline(due, begin, limit, not next_day, clock)


def working_seconds(start: datetime, end: datetime, calendar: WorkCalendar, hours: WorkingHours = DEFAULT_HOURS) -> int:
    """Whole seconds of working time from ``start`` to ``end``, negative when the end comes first."""
    return WorkingTime(calendar, hours).between(china_time(start), china_time(end))


def remaining(
    now: datetime, due: datetime, *, calendar: WorkCalendar, hours: WorkingHours = DEFAULT_HOURS
) -> Remaining:
    """The time left from ``now`` to ``due``, in working time and by the clock."""
    now, due = china_time(now), china_time(due)
    working = WorkingTime(calendar, hours).between(now, due)
    return Remaining(timedelta(seconds=working), due - now, now > due)


def urgency(left: Remaining, *, stage: bool = False) -> Urgency:
    """The warning for the time left, used by the list, the case's panel and texts alike.

    A unit's time is judged by the shorter of its two clocks, so that few working hours before a night or weekend warn;
    a ``stage`` of the desk (受理, 派遣, 核查) by the clock on the wall.
    """
    if left.overdue:
        return Urgency.OVERDUE
    worked = left.working if left.working > _NOTHING and not stage else left.natural
    shortest, limits = min(left.natural, worked), STAGE_THRESHOLDS if stage else HANDLING_THRESHOLDS
    if shortest >= limits.early:
        return Urgency.NONE
    if shortest >= limits.yellow:
        return Urgency.EARLY
    return Urgency.YELLOW if shortest >= limits.red else Urgency.RED


_NOTHING = timedelta()
_DAY = timedelta(days=1)
_CLOCK_SECONDS = {LimitKind.MINUTE: 60, LimitKind.URGENT_HOUR: 3600, LimitKind.NATURAL_DAY: 86400}


def _first_due(clock: WorkingTime, begin: datetime, limit: Limit) -> datetime:
    if limit.kind is LimitKind.WORK_DAY:
        return clock.days_later(clock.place_of(begin), limit.amount)
    if limit.kind is LimitKind.WORK_HOUR:
        return clock.later(begin, round(limit.amount * 3600))
    return begin + timedelta(seconds=round(limit.amount * _CLOCK_SECONDS[limit.kind]))


def _end_of_days(clock: WorkingTime, receipt: date, limit: Limit) -> datetime:
    """The end of the limit's last day; a half day ends half-way through the day after the full ones."""
    full = int(limit.amount)
    part = limit.amount - full
    if limit.kind is LimitKind.WORK_DAY:
        day = clock.calendar.add_working_days(receipt, full + bool(part))
        half_way = clock.hours.second_at(round(part * clock.hours.seconds_per_day))
    else:
        day = receipt + timedelta(days=full + bool(part))
        half_way = round(part * 86400)
    return at_second(day, half_way if part else LAST_SECOND)


def _calendar_steps(calendar: WorkCalendar, first: date, last: date) -> list[Step]:
    """Holidays (with the weekends that touch them), make-up days and the other weekends from first to last day."""
    steps: list[Step] = []
    skipped, covered = 0, date.min
    for day in calendar.exceptions_between(first, last):
        if calendar.is_working(day):
            steps.append(Step(StepCode.MAKEUP_DAY, at_second(day, 0), {"day": day}))
        elif day > covered:
            begin = _edge(calendar, day, -_DAY, first)
            covered = _edge(calendar, day, _DAY, last)
            days = (covered - begin).days + 1
            skipped += days
            steps.append(Step(StepCode.HOLIDAY, at_second(begin, 0), {"first": begin, "last": covered, "days": days}))
    weekends = (last - first).days + 1 - calendar.working_days_between(first, last + _DAY) - skipped
    if weekends > 0:
        steps.insert(0, Step(StepCode.WEEKENDS, at_second(first, 0), {"days": weekends}))
    return steps


def _edge(calendar: WorkCalendar, day: date, step: timedelta, end: date) -> date:
    """The last day of the run of days off that ``day`` is in, in direction ``step``, not beyond ``end``."""
    while day != end and not calendar.is_working(day + step):
        day += step
    return day
