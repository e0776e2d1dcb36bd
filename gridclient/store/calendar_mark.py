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


def changed_days(database: Database, calendar: WorkCalendar, today: date) -> Collection[date]:
    """The days that ``calendar`` has otherwise than the one noted last, or than the law's where none was noted."""
    noted = SqliteDeskSettings(database).value(_MARK)
    before = set(json.loads(noted)) if noted else set(_special_days(legal_calendar(), today))
    first = _first(today).isoformat()
    return {date.fromisoformat(day) for day in before ^ set(_special_days(calendar, today)) if day >= first}


def is_noted(database: Database, calendar: WorkCalendar, today: date) -> bool:
    """Whether the open deadlines are those of ``calendar``."""
    return SqliteDeskSettings(database).value(_MARK) == json.dumps(_special_days(calendar, today))


def note_calendar(database: Database, calendar: WorkCalendar, today: date) -> None:
    """Open deadlines are now those of ``calendar``."""
    SqliteDeskSettings(database).keep_value(_MARK, json.dumps(_special_days(calendar, today)))


def note_place(database: Database, calendar: WorkCalendar, today: date, case_id: str) -> None:
    """The deadlines of the cases up to this one are those of ``calendar``."""
    SqliteDeskSettings(database).keep_value(_PLACE, json.dumps([case_id, _special_days(calendar, today)]))


def cases_left(database: Database, calendar: WorkCalendar, today: date, first: date) -> Sequence[str]:
    """The open cases of which a deadline may lie on ``first`` or later, as what was due before does not move; without
    those that were done for this calendar before it was cut off. A side that waits for a choice may end otherwise."""
    noted = SqliteDeskSettings(database).value(_PLACE)
    place, days = json.loads(noted) if noted else ("", [])
    after = place if days == _special_days(calendar, today) else ""
    midnight = to_seconds(datetime(first.year, first.month, first.day, tzinfo=CHINA_TIME))
    with database.reader() as connection:
        rows = connection.execute(
            "SELECT id FROM cases WHERE is_open = 1 AND (due >= ? OR cooperating > 0 OR state = 'handled') "
            "UNION SELECT id FROM cases WHERE conflict <> 0",
            (midnight,),
        ).fetchall()
    return sorted(case_id for (key,) in rows if (case_id := subject_text(key)) > after)


def _special_days(calendar: WorkCalendar, today: date) -> list[str]:
    return [day.isoformat() for day in calendar.exceptions_between(_first(today), date.max)]


def _first(today: date) -> date:
    return date(today.year - _YEARS_BACK, 1, 1)
