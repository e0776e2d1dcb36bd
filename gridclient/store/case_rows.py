"""Lines of the case list, read from the tables by case number.

Many rows come as one text: SQLite gives Python's lock back and takes it again for every row, which beside a busy GUI
thread cost a page 50 to 80 ms (measured); so it is done once.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final

from gridclient.domain.calendar import CHINA_TIME
from gridclient.services.rows import CaseRow
from gridclient.store.areas import Areas
from gridclient.store.driver import Connection
from gridclient.store.log import subject_key, subject_text

_COLUMNS: Final = (
    "no, hex(id), number, title, state, level, grid, unit, cooperating, due, channel, urgency, registered_at, "
    "returned, escalated, conflict, pending, lon, lat"
)
_AT_ONCE: Final = 500


def read_case_rows(connection: Connection, numbers: Sequence[int], areas: Areas) -> list[CaseRow]:
    """The cases with these numbers of the store, in the order asked; unknown ones are left out."""
    found: dict[int, CaseRow] = {}
    for start in range(0, len(numbers), _AT_ONCE):
        wanted = ",".join(map(str, numbers[start : start + _AT_ONCE]))
        text = connection.execute(
            f"SELECT json_group_array(json_array({_COLUMNS})) FROM cases WHERE no IN ({wanted})"
        ).fetchone()[0]
        found.update((row[0], _case_row(row, areas)) for row in json.loads(text))
    return [found[no] for no in numbers if no in found]


def numbers_of(connection: Connection, case_ids: Iterable[str]) -> list[int]:
    """The store's numbers of cases, in the order asked; unknown ones are left out."""
    keys = [subject_key(case_id) for case_id in case_ids]
    found: dict[bytes, int] = {}
    for start in range(0, len(keys), _AT_ONCE):
        part = keys[start : start + _AT_ONCE]
        marks = ",".join("?" * len(part))
        found.update(connection.execute(f"SELECT id, no FROM subjects WHERE id IN ({marks})", part).fetchall())
    return [found[key] for key in keys if key in found]


def _case_row(row: Sequence[Any], areas: Areas) -> CaseRow:
    (
        no, key, number, title, state, level, grid, unit, cooperating, due, channel, urgency, registered,
        returned, escalated, conflict, pending, lon, lat,
    ) = row  # fmt: skip
    return CaseRow(
        rowid=no,
        id=subject_text(bytes.fromhex(key)),
        number=number,
        title=title,
        state=state,
        level=level,
        grid=grid,
        grid_name=areas.grid_name(grid),
        unit=unit,
        unit_name=areas.unit_name(unit),
        cooperating=cooperating,
        due=None if due is None else datetime.fromtimestamp(due, CHINA_TIME),
        channel=channel,
        urgency=urgency,
        registered_at=datetime.fromtimestamp(registered, CHINA_TIME),
        returned=bool(returned),
        escalated=bool(escalated),
        conflict=bool(conflict),
        pending=bool(pending),
        lon=lon,
        lat=lat,
    )
