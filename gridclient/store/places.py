"""Where the hub placed the events of the log (``places``), and which of them wait for a place (``waiting``).

Every event is in one of the two tables. They stand beside the log, as a place given to an event would else write a page
of texts anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from gridclient.store.driver import Connection

LOGGED: Final = "events e LEFT JOIN places p ON p.pos = e.pos"
"""SQL for the log with ``acked``, the position of each event; NULL: it waits."""
FIRST_WAITING: Final = "SELECT min(w.seq) FROM waiting w WHERE w.origin = o.no"
"""SQL for the number of the first event of the origin ``o`` that waits; NULL: none does."""
_PLACE: Final = "INSERT INTO places(acked, pos) VALUES (?, ?) ON CONFLICT(pos) DO UPDATE SET acked = excluded.acked"
_PLACED: Final = "DELETE FROM waiting WHERE (origin, seq) = (SELECT origin, seq FROM events WHERE pos = ?)"
_TAKE: Final = "DELETE FROM places WHERE pos = ?"
_WAIT: Final = "INSERT OR IGNORE INTO waiting(origin, seq, hlc, pos) SELECT origin, seq, hlc, pos FROM events"
_NEW: Final = f"{_WAIT} e WHERE e.pos > ? AND NOT EXISTS(SELECT 1 FROM places p WHERE p.pos = e.pos)"
_OF_RUN: Final = "FROM waiting WHERE origin = ? AND seq BETWEEN ? AND ?"
_PLACE_RUN: Final = f"INSERT INTO places(pos, acked) SELECT pos, ? + seq {_OF_RUN}"
_WRONG: Final = (
    "SELECT e.pos FROM events e WHERE EXISTS(SELECT 1 FROM places p WHERE p.pos = e.pos) = "
    "EXISTS(SELECT 1 FROM waiting w WHERE (w.origin, w.seq, w.hlc, w.pos) = (e.origin, e.seq, e.hlc, e.pos)) "
    "UNION SELECT p.pos FROM places p WHERE NOT EXISTS(SELECT 1 FROM events e WHERE e.pos = p.pos) "
    "UNION SELECT w.pos FROM waiting w WHERE NOT EXISTS(SELECT 1 FROM events e WHERE e.pos = w.pos "
    "AND (w.origin, w.seq, w.hlc) = (e.origin, e.seq, e.hlc)) ORDER BY 1"
)


def place_new(connection: Connection, after: int, placed: Iterable[tuple[int, int]] = ()) -> None:
    """For the events just added behind row ``after`` of the log: positions, each as (position, row); the rest waits."""
    connection.executemany(_PLACE, placed)
    connection.execute(_NEW, (after,))


def place(connection: Connection, places: Iterable[tuple[int | None, int]]) -> None:
    """Gives events of the log positions, each as (position, row of the log); ``None``: it waits again."""
    given, taken = [], []
    for acked, pos in places:
        if acked is None:
            taken.append((pos,))
        else:
            given.append((acked, pos))
    connection.executemany(_PLACE, given)
    connection.executemany(_PLACED, [(pos,) for _, pos in given])
    connection.executemany(_TAKE, taken)
    connection.executemany(f"{_WAIT} WHERE pos = ?", taken)


def place_runs(connection: Connection, runs: Sequence[tuple[int, int, int, int]]) -> None:
    """Gives waiting events positions, each run as (position less number, origin, first number, last number)."""
    connection.executemany(_PLACE_RUN, runs)
    connection.executemany(f"DELETE {_OF_RUN}", [run[1:] for run in runs])


def renumber(connection: Connection, before: tuple[int, int], after: tuple[int, int]) -> None:
    """A waiting event, found by origin and number, has others now."""
    connection.execute("UPDATE waiting SET origin = ?, seq = ? WHERE origin = ? AND seq = ?", (*after, *before))


def forget(connection: Connection, places: Iterable[int]) -> None:
    """To be called before events, by their row, leave the log."""
    rows = [(pos,) for pos in places]
    connection.executemany(_PLACED, rows)
    connection.executemany(_TAKE, rows)


def misplaced(connection: Connection) -> Sequence[int]:
    """Rows of the log of which the two tables do not say one thing, and those that only the tables name."""
    return [pos for (pos,) in connection.execute(_WRONG).fetchall()]
