"""Working days and working hours, both plain values.

The calendar holds the exceptions from Monday to Friday: legal holidays and make-up working days (调休). The store
supplies them. All times are China standard time, which has no daylight saving.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import field
from datetime import date, datetime, time, timedelta, timezone
from itertools import accumulate, pairwise

from gridclient.domain.errors import InvalidInput
from gridclient.domain.frozen import frozen

CHINA_TIME = timezone(timedelta(hours=8))
_WORKING_WEEKDAYS = 5
_MIDNIGHT = 86400
"""24:00 as a second of the day."""


def china_time(moment: datetime) -> datetime:
    """The same instant on the Chinese clock. Raises ``InvalidInput("time.naive")`` without a time zone."""
    if moment.tzinfo is CHINA_TIME:
        return moment
    if moment.tzinfo is None:
        raise InvalidInput("time.naive", value=moment.isoformat())
    return moment.astimezone(CHINA_TIME)


@frozen
class WorkCalendar:
    """Days that are worked (True) and days off (False); a day not listed is worked from Monday to Friday.

    ``days`` lists single days, ``known_years`` the years for which the list is complete. A day that is neither listed
    nor in a known year is a guess (see ``is_known``). Counting costs O(log exceptions).
    """

    days: Mapping[date, bool] = field(default_factory=dict)
    known_years: frozenset[int] = frozenset()
    _exceptions: list[int] = field(init=False, repr=False, compare=False)
    _balance: list[int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        found = sorted(
            (day.toordinal(), 1 if works else -1) for day, works in self.days.items() if works != _by_weekday(day)
        )
        object.__setattr__(self, "_exceptions", [ordinal for ordinal, _ in found])
        object.__setattr__(self, "_balance", list(accumulate((change for _, change in found), initial=0)))

    def __hash__(self) -> int:
        return hash((self.known_years, tuple(self._exceptions)))

    def is_working(self, day: date) -> bool:
        """Whether it is a working day: by the list, else if it lies in Monday to Friday."""
        listed = self.days.get(day)
        return _by_weekday(day) if listed is None else listed

    def is_known(self, day: date) -> bool:
        """Whether the answer of ``is_working`` is law and not the Monday-to-Friday guess."""
        return day.year in self.known_years or day in self.days

    def working_before(self, ordinal: int) -> int:
        """Number of working days before the day with this ordinal, from 0001-01-01; only differences mean something."""
        weeks, weekday = divmod(ordinal - 1, 7)
        return weeks * 5 + min(weekday, 5) + self._balance[bisect_left(self._exceptions, ordinal)]

    def working_days_between(self, first: date, last: date) -> int:
        """Working days from ``first`` (counted) up to ``last`` (not counted)."""
        return self.working_before(last.toordinal()) - self.working_before(first.toordinal())

    def add_working_days(self, day: date, count: int) -> date:
        """The ``count``-th working day after ``day``; with 0 the last working day up to and including ``day``."""
        target = self.working_before(day.toordinal() + 1) + count
        ordinal = day.toordinal() + count
        # There are never more working days than days, so a step never goes beyond the target.
        while missing := target - self.working_before(ordinal + 1):
            ordinal += missing
        while not self.is_working(date.fromordinal(ordinal)):
            ordinal -= 1
        return date.fromordinal(ordinal)

    def exceptions_between(self, first: date, last: date) -> list[date]:
        """Days from ``first`` to ``last`` (both counted) that differ from Monday to Friday, in order."""
        begin = bisect_left(self._exceptions, first.toordinal())
        end = bisect_left(self._exceptions, last.toordinal() + 1)
        return [date.fromordinal(ordinal) for ordinal in self._exceptions[begin:end]]


@frozen
class WorkingHours:
    """The periods of a working day, in order and not overlapping; default 08:00-12:00 and 14:00-18:00 (DOMAIN: Clocks).

    A working day (工作日) is as long as these periods together: 8 hours by default. An end at midnight means 24:00.
    """

    periods: tuple[tuple[time, time], ...] = ((time(8), time(12)), (time(14), time(18)))
    seconds_per_day: int = field(init=False, compare=False)
    _spans: tuple[tuple[int, int, int], ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        bounds = [
            edge for begin, end in self.periods for edge in (second_of_day(begin), second_of_day(end) or _MIDNIGHT)
        ]
        if not bounds or any(left >= right for left, right in pairwise(bounds)):
            raise InvalidInput("hours.not_in_order", periods=", ".join(f"{a:%H:%M}-{b:%H:%M}" for a, b in self.periods))
        spans, worked = [], 0
        for opening, closing in zip(bounds[::2], bounds[1::2], strict=True):
            spans.append((opening, closing, worked))
            worked += closing - opening
        object.__setattr__(self, "_spans", tuple(spans))
        object.__setattr__(self, "seconds_per_day", worked)

    @property
    def closing(self) -> int:
        """The end of the last period, in seconds since midnight."""
        return self._spans[-1][1]

    def worked_until(self, second: int) -> int:
        """How many working seconds of a working day are over at this second of the day."""
        for opening, closing, before in reversed(self._spans):
            if second > opening:
                return before + min(second, closing) - opening
        return 0

    def second_at(self, worked: int) -> int:
        """The first second of the day at which this many working seconds are over: the inverse of ``worked_until``."""
        for opening, closing, before in self._spans:
            if worked <= before + closing - opening:
                break
        return opening + worked - before


def second_of_day(moment: time | datetime) -> int:
    """Whole seconds since midnight."""
    return moment.hour * 3600 + moment.minute * 60 + moment.second


def _by_weekday(day: date) -> bool:
    return day.weekday() < _WORKING_WEEKDAYS
