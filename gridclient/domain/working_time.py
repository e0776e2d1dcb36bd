"""Arithmetic of working time: how much lies between two moments, and when a given amount will be over.

Everything is derived from the working seconds before a moment, so sums of parts are exact, and a span of years costs no
more than an hour. What a limit means is defined in ``deadlines``.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from gridclient.domain.calendar import CHINA_TIME, WorkCalendar, WorkingHours, second_of_day
from gridclient.domain.frozen import frozen

_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)
LAST_SECOND = 86399


@frozen
class WorkingTime:
    """Working time by one calendar and one set of hours. All moments are whole seconds in China time."""

    calendar: WorkCalendar
    hours: WorkingHours

    def before(self, moment: datetime) -> int:
        """Working seconds before the moment, counted from the year 1. Only differences mean something."""
        full = self.calendar.working_before(moment.toordinal()) * self.hours.seconds_per_day
        if not self.calendar.is_working(moment.date()):
            return full
        return full + self.hours.worked_until(second_of_day(moment))

    def between(self, start: datetime, end: datetime) -> int:
        """Working seconds from ``start`` to ``end``; negative when the end comes first."""
        return self.before(end) - self.before(start)

    def later(self, moment: datetime, seconds: int) -> datetime:
        """The first moment at which ``seconds`` (at least 1) more working seconds are over."""
        day = moment.date()
        if self.calendar.is_working(day):
            worked = self.hours.worked_until(second_of_day(moment)) + seconds
            if worked <= self.hours.seconds_per_day:
                return at_second(day, self.hours.second_at(worked))
        full_days, worked = divmod(self.before(moment) + seconds - 1, self.hours.seconds_per_day)
        missing = full_days + 1 - self.calendar.working_before(moment.toordinal())
        day = self.calendar.add_working_days(day - _DAY, missing)
        return at_second(day, self.hours.second_at(worked + 1))

    def days_later(self, moment: datetime, days: float) -> datetime:
        """The same time of the day so many working days later; a part of a day is added in working seconds."""
        full = int(days)
        part = round((days - full) * self.hours.seconds_per_day)
        moved = (
            datetime.combine(self.calendar.add_working_days(moment.date(), full), moment.timetz()) if full else moment
        )
        return self.later(moved, part) if part else moved

    def place_of(self, moment: datetime) -> datetime:
        """The moment itself if in working time, else the end of the working time before it.

        On a working day before opening: the opening.
        """
        day = moment.date()
        if not self.calendar.is_working(day):
            return at_second(self.calendar.add_working_days(day, 0), self.hours.closing)
        second = second_of_day(moment)
        place = self.hours.second_at(self.hours.worked_until(second))
        return moment if place == second else at_second(day, place)

    def next_from(self, moment: datetime) -> datetime:
        """The moment itself if it is in working time, else the next opening."""
        return self.later(moment, 1) - _SECOND


def at_second(day: date, second: int) -> datetime:
    """The moment at this second of the day, in China time; 24:00 becomes 23:59:59, so that the date stays."""
    hour, rest = divmod(min(second, LAST_SECOND), 3600)
    minute, second = divmod(rest, 60)
    return datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=CHINA_TIME)
