"""Marking what a hub has applied: the events get their place in its order and nothing counts as 未上报 any more."""

from __future__ import annotations

from typing import Final

from gridclient.store.driver import Connection
from gridclient.store.packs import FIELDS, FORMAT, Flag
from gridclient.store.places import LOGGED, place

_FLAGS_AT: Final = [name for name, _ in FIELDS].index("flags")  # each field before it is one byte
_REPORTED: Final = bytes(flags & ~Flag.PENDING for flags in range(256))
_WAITING: Final = "SELECT w.pos, o.stream FROM waiting w JOIN origins o ON o.no = w.origin ORDER BY w.pos"
_LAST_PLACES: Final = f"SELECT o.stream, max(acked) FROM {LOGGED} JOIN origins o ON o.no = e.origin GROUP BY o.stream"


def acknowledge_all(connection: Connection) -> int:
    """Takes every event that waits as applied, in the order in which it stands here; gives how many there were.

    For histories that were never lived at this desk (the demo's). Part of the open transaction.
    """
    last = {stream: place or 0 for stream, place in connection.execute(_LAST_PLACES)}
    places = []
    for pos, stream in connection.execute(_WAITING).fetchall():
        last[stream] += 1
        places.append((last[stream], pos))
    if not places:
        return 0
    place(connection, places)
    connection.execute("UPDATE cases SET pending = 0 WHERE pending <> 0")
    connection.execute("UPDATE tallies SET pending = 0")
    _clear_flags(connection)
    return len(places)


def _clear_flags(connection: Connection) -> None:
    """The same in the packed rows, under a new stamp so that readers load them again."""
    connection.execute("UPDATE store_state SET stamp = stamp + 1 WHERE id = 1")
    (stamp,) = connection.execute("SELECT stamp FROM store_state WHERE id = 1").fetchone()
    changed = []
    for no, data in connection.execute("SELECT no, data FROM packs").fetchall():
        rows = bytearray(data)
        rows[_FLAGS_AT :: FORMAT.size] = rows[_FLAGS_AT :: FORMAT.size].translate(_REPORTED)
        changed.append((bytes(rows), stamp, no))
    connection.executemany("UPDATE packs SET data = ?, stamp = ? WHERE no = ?", changed)
