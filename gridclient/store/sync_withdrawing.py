"""Removes events of another device that came on a stick and that the hub refuses.

The stick and the desk that wrote the events still have them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from gridclient.domain.case import Case
from gridclient.services.rows import Changes
from gridclient.store.driver import Connection
from gridclient.store.log import Origins, events_of, read_subject, subject_text
from gridclient.store.projection import Projection, TouchedCase
from gridclient.store.refolding import folded
from gridclient.store.sync_lost import forget_withdrawn
from gridclient.store.sync_rewriting import shorten

_SUBJECTS: Final = (
    "SELECT DISTINCT e.subject, s.id FROM events e JOIN subjects s ON s.no = e.subject "
    "WHERE e.origin = ? AND e.seq >= ? AND e.acked IS NULL"
)


def withdraw(connection: Connection, origin: int, first: int) -> tuple[int, Changes]:
    """Deletes the origin's events without a position, from number ``first`` on; returns how many and the changed cases.

    ``origin`` is the number in this store of another device's origin.
    """
    subjects = [(no, subject_text(key)) for no, key in connection.execute(_SUBJECTS, (origin, first)).fetchall()]
    before = {no: _fold(connection, no, case_id)[0] for no, case_id in subjects}
    forget_withdrawn(connection, origin, first)
    gone = connection.execute("DELETE FROM events WHERE origin = ? AND seq >= ? AND acked IS NULL", (origin, first))
    shorten(connection, {origin})
    projection = Projection(connection)
    projection.remove(_bring_after(connection, projection, subjects, before))
    return gone.rowcount, Changes(frozenset(case_id for _, case_id in subjects))


def _bring_after(
    connection: Connection, projection: Projection, subjects: Sequence[tuple[int, str]], before: dict[int, Case | None]
) -> list[int]:
    """Updates the tables of the changed cases; returns the numbers of those that no longer exist."""
    touched, ended = [], []
    for no, case_id in subjects:
        case, pending = _fold(connection, no, case_id)
        if case is not None:
            touched.append(TouchedCase(no, case, before[no], 0, pending))
        elif before[no] is not None:
            ended.append(no)
    projection.write(touched)
    return ended


def _fold(connection: Connection, no: int, case_id: str) -> tuple[Case | None, int]:
    """The case as the log has it now (``None``: no longer one), and how many of its events wait."""
    entries = read_subject(connection, Origins(), no, case_id)
    return folded(events_of(entries)), sum(entry.pending for entry in entries)
