"""For which legal calendar a desk's open deadlines were worked out last, so that a new one is seen however it came."""

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
"""How far a pass came that was cut off: for which calendar, and the last case."""
_YEARS_BACK: Final = 2


class CalendarMark:
    """What is noted, held against the calendar in force. Only its days from two years ago on count."""

    def __init__(self, database: Database, calendar: WorkCalendar, today: date) -> None:
        self._database = database
        self._values = SqliteDeskSettings(database)
        self._first = date(today.year - _YEARS_BACK, 1, 1)
        self._days = self._special(calendar)

    def is_noted(self) -> bool:
        """Whether the open deadlines are those of the calendar."""
        return self._values.value(_MARK) == json.dumps(self._days)

    def note(self) -> None:
        """Open deadlines are now those of the calendar."""
        self._values.keep_value(_MARK, json.dumps(self._days))

    def note_place(self, case_id: str) -> None:
        """The deadlines of the cases up to this one are those of the calendar."""
        self._values.keep_value(_PLACE, json.dumps([case_id, self._days]))

    def changed_days(self) -> Collection[date]:
        """The days that it has otherwise than the one noted last, or than the law's where none was noted."""
        noted = self._values.value(_MARK)
        before = set(json.loads(noted)) if noted else set(self._special(legal_calendar()))
        first = self._first.isoformat()
        return {date.fromisoformat(day) for day in before ^ set(self._days) if day >= first}

    def cases_left(self, first: date) -> Sequence[str]:
        """The open cases of which a deadline may lie on ``first`` or later, as what was due before does not move;
        without those that were done for this calendar before it was cut off. A side that waits for a choice may end
        otherwise."""
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
