"""Notes for which legal calendar the open deadlines were last computed, so that a changed calendar is noticed at any
time, whether it was imported, synchronised or shipped with the program."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Final

from gridclient.domain.calendar import CHINA_TIME, WorkCalendar
from gridclient.domain.events import to_seconds
from gridclient.store.driver import Database
from gridclient.store.legal_calendar import legal_calendar
from gridclient.store.log import subject_text
from gridclient.store.settings import SqliteDeskSettings

_MARK: Final = "deadlines.calendar"
_PLACE: Final = "deadlines.place"
"""Progress of a recomputation that was cut off: the last case done, and the days of its calendar."""
_YEARS_BACK: Final = 2


class CalendarMark:
    """Compares the calendar in force with the noted one. Only days since 1 January two years ago are compared."""

    def __init__(self, database: Database, calendar: WorkCalendar, today: date) -> None:
        self._database = database
        self._values = SqliteDeskSettings(database)
        self._first = date(today.year - _YEARS_BACK, 1, 1)
        self._days = self._special(calendar)

    def is_noted(self) -> bool:
        """Whether the open deadlines were computed for the calendar in force."""
        return self._values.value(_MARK) == json.dumps(self._days)

    def note(self) -> None:
        """Notes that all open deadlines are now those of the calendar in force."""
        self._values.keep_value(_MARK, json.dumps(self._days))

    def note_place(self, case_id: str) -> None:
        """Notes that the cases up to ``case_id``, as :meth:`cases_left` orders them, are done for this calendar."""
        self._values.keep_value(_PLACE, json.dumps([case_id, self._days]))

    def changed_days(self) -> Collection[date]:
        """The days that differ between the calendar in force and the noted one (the legal one if none was noted)."""
        noted = self._values.value(_MARK)
        before = set(json.loads(noted)) if noted else set(self._special(legal_calendar()))
        first = self._first.isoformat()
        return {date.fromisoformat(day) for day in before ^ set(self._days) if day >= first}

    def cases_left(self, first: date) -> Sequence[str]:
        """Keys, sorted, of the open cases that may have a deadline on ``first`` or later, and of all cases with a
        conflict.

        Left out are those that a pass for the same calendar had done before it was cut off.
        """
        noted = self._values.value(_PLACE)
        place, days = json.loads(noted) if noted else ("", [])
        after = place if days == self._days else ""
        midnight = to_seconds(datetime(first.year, first.month, first.day, tzinfo=CHINA_TIME))
        with self._database.reader() as connection:
            rows = connection.execute(
                "SELECT id FROM cases WHERE is_open = 1 AND (due >= ? OR cooperating > 0 OR state = 'handled') "
                "UNION SELECT id FROM cases WHERE conflict <> 0",
                (midnight,),
            ).fetchall()
        return sorted(case_id for (key,) in rows if (case_id := subject_text(key)) > after)

    def _special(self, calendar: WorkCalendar) -> list[str]:
        return [day.isoformat() for day in calendar.exceptions_between(self._first, date.max)]
