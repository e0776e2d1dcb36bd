"""Rows of the case list, read from the tables by case number.

All rows are read as one JSON text: row by row, SQLite hands Python's lock back and forth, which cost a page 50 to 80 ms
beside a busy GUI thread (measured).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any, Final

from gridclient.domain.events import instant_of
from gridclient.services.masking import mask_numbers
from gridclient.services.rows import CaseRow
from gridclient.store.areas import Areas
from gridclient.store.driver import Connection
from gridclient.store.log import subject_key, subject_text
from gridclient.store.tables import AMONG, SUBJECTS_ASIDE, listed

_COLUMNS: Final = (
    "no, hex(id), number, title, state, level, grid, unit, cooperating, due, channel, registered_at, "
    f"returned, escalated, conflict, pending, lon, lat, no IN ({SUBJECTS_ASIDE})"
)


def read_case_rows(connection: Connection, numbers: Sequence[int], areas: Areas) -> list[CaseRow]:
    """The cases with these numbers of the store, in the order asked; unknown ones are left out."""
    (text,) = connection.execute(
        f"SELECT json_group_array(json_array({_COLUMNS})) FROM cases WHERE no IN {AMONG}", (listed(numbers),)
    ).fetchone()
    found = {row[0]: _case_row(row, areas) for row in json.loads(text)}
    return [found[no] for no in numbers if no in found]


def numbers_of(connection: Connection, case_ids: Iterable[str]) -> list[int]:
    """The store's numbers of cases, in the order asked; unknown ones are left out."""
    keys = [subject_key(case_id) for case_id in case_ids]
    found = dict(
        connection.execute(
            "SELECT id, no FROM subjects WHERE id IN (SELECT unhex(value) FROM json_each(?))",
            (json.dumps([key.hex() for key in keys]),),
        ).fetchall()
    )
    return [found[key] for key in keys if key in found]


def _case_row(row: Sequence[Any], areas: Areas) -> CaseRow:
    (
        no, key, number, title, state, level, grid, unit, cooperating, due, channel, registered,
        returned, escalated, conflict, pending, lon, lat, aside,
    ) = row  # fmt: skip
    return CaseRow(  # by position: naming the fields takes a fifth longer
        no, subject_text(bytes.fromhex(key)), number, mask_numbers(title), state, level, grid, areas.grid_name(grid),
        unit, areas.unit_name(unit), cooperating, None if due is None else instant_of(due),
        channel, instant_of(registered),
        bool(returned), bool(escalated), bool(conflict), bool(pending), lon, lat, bool(aside),
    )  # fmt: skip
