"""The legal working calendar of China from the package chinesecalendar, with the county's own days laid over it.

The package knows the years that the State Council has announced (its last grows with each release); other years stay
unknown, so that deadlines in them are marked as guesses.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache

import chinese_calendar

from gridclient.domain.calendar import WorkCalendar

_ENOUGH_FOR_A_YEAR = 5
"""Days that an own calendar must list before its year counts as known: a single local day is not a year's notice."""


@cache
def announced_days() -> Mapping[date, bool]:
    """Holidays (False) and make-up working days (True) of all years that the package has."""
    days = dict.fromkeys(chinese_calendar.holidays, False)
    days.update(dict.fromkeys(chinese_calendar.workdays, True))
    return days


@cache
def announced_years() -> frozenset[int]:
    """The years that the package covers, from that of its first to that of its last holiday. It raises for others."""
    years = {day.year for day in chinese_calendar.holidays}
    return frozenset(range(min(years), max(years) + 1))


def legal_calendar(overrides: Mapping[date, bool] | None = None) -> WorkCalendar:
    """The package's days overlaid with ``overrides``, the store's own rows (True = working day).

    A year that the package lacks counts as known once the rows list five days off from Monday to Friday in it.
    """
    own = overrides or {}
    return WorkCalendar({**announced_days(), **own}, announced_years() | _years_listed(own))


def _years_listed(own: Mapping[date, bool]) -> frozenset[int]:
    days_off = [day.year for day, works in own.items() if not works and day.weekday() < 5]
    return frozenset(year for year in set(days_off) if days_off.count(year) >= _ENOUGH_FOR_A_YEAR)
