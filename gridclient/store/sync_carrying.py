"""Carrying other desks' events to the hub: they came on a stick and have no position yet.

The author of an event had seen the events before it (by clock), so the hub must get them in that order. An own run
therefore ends before a waiting event of another desk, and a run of another desk at an event that desk signed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from gridclient.services.sync_port import OriginKey
from gridclient.store.driver import Connection
from gridclient.store.places import FIRST_WAITING

_KEEP: Final = "INSERT OR REPLACE INTO carried(origin, seq, signature) VALUES (?, ?, ?)"
_PLACED: Final = (
    "DELETE FROM carried WHERE NOT EXISTS "
    f"(SELECT 1 FROM origins o WHERE o.no = carried.origin AND o.own = 0 AND ({FIRST_WAITING}) <= carried.seq)"
)
_CARRIED: Final = (
    f"SELECT o.stream, o.device, o.incarnation, ({FIRST_WAITING}) AS first FROM origins o "
    "WHERE o.own = 0 AND first <= (SELECT max(seq) FROM carried WHERE origin = o.no) ORDER BY o.no"
)
_SIGNED_END: Final = "SELECT seq, signature FROM carried WHERE origin = ? AND seq >= ? ORDER BY seq LIMIT 1"
_NEXT_FOREIGN: Final = (
    "SELECT min(w.hlc) FROM origins o CROSS JOIN waiting w ON w.origin = o.no "
    "WHERE o.stream = ? AND o.own = 0 AND w.hlc > (SELECT hlc FROM events WHERE origin = ? AND seq = ?)"
)
Signed = tuple[int, int, bytes]
"""An origin's number in this store, the number of one of its events, and the device's signature over its link."""


def keep_signatures(connection: Connection, signed: Iterable[Signed]) -> None:
    """Keeps the signatures of other devices' events (table ``carried``), which the hub needs with the events."""
    connection.executemany(_KEEP, signed)


def leave_to_others(connection: Connection, no: int) -> None:
    """Stops offering this origin's lost events, which the hub refuses from this desk. The events stay in the log."""
    connection.execute("DELETE FROM carried WHERE origin = ?", (no,))


def forget_signatures(connection: Connection) -> None:
    """Deletes the signatures of events that have positions now."""
    connection.execute(_PLACED)


def carried_origins(connection: Connection) -> Sequence[tuple[OriginKey, int]]:
    """Origins of other devices whose waiting events can be carried, each with the number of the first of them."""
    return [(OriginKey(*key), first) for *key, first in connection.execute(_CARRIED).fetchall()]


def signed_end(connection: Connection, no: int, first: int) -> tuple[int, bytes] | None:
    """The next event from ``first`` on that its device signed, and the signature; ``None`` if there is none."""
    found: tuple[int, bytes] | None = connection.execute(_SIGNED_END, (no, first)).fetchone()
    return found


def next_foreign(connection: Connection, stream: str, no: int, first: int) -> int | None:
    """The clock value of the first waiting event of another desk that is later than the own event ``first``."""
    row = connection.execute(_NEXT_FOREIGN, (stream, no, first)).fetchone()
    return None if row is None else row[0]
