"""Events of other desks that came on a stick and have no place yet: this desk carries them to the hub, with its own.

Whoever wrote an event had seen what stands before it by the clocks, so the hub must get them in that order: own runs
end where such an event of another desk stands between, and a run of another desk goes as far as that desk signed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from gridclient.services.sync_port import OriginKey
from gridclient.store.driver import Connection

_KEEP: Final = "INSERT OR REPLACE INTO carried(origin, seq, signature) VALUES (?, ?, ?)"
_FIRST_WAITING: Final = (
    "SELECT min(e.seq) FROM events e INDEXED BY events_waiting WHERE e.origin = o.no AND e.acked IS NULL"
)
_PLACED: Final = (
    "DELETE FROM carried WHERE NOT EXISTS "
    f"(SELECT 1 FROM origins o WHERE o.no = carried.origin AND o.own = 0 AND ({_FIRST_WAITING}) <= carried.seq)"
)
_CARRIED: Final = (
    f"SELECT o.stream, o.device, o.incarnation, ({_FIRST_WAITING}) AS first FROM origins o "
    "WHERE o.own = 0 AND first <= (SELECT max(seq) FROM carried WHERE origin = o.no) ORDER BY o.no"
)
_SIGNED_END: Final = "SELECT seq, signature FROM carried WHERE origin = ? AND seq >= ? ORDER BY seq LIMIT 1"
_NEXT_FOREIGN: Final = (
    "SELECT min(e.hlc) FROM origins o CROSS JOIN events e INDEXED BY events_waiting "
    "ON e.origin = o.no AND e.acked IS NULL "
    "WHERE o.stream = ? AND o.own = 0 AND e.hlc > (SELECT hlc FROM events WHERE origin = ? AND seq = ?)"
)
Signed = tuple[int, int, bytes]
"""The number of an origin in this store, one of its events, and its device's signature over the link there."""


def keep_signatures(connection: Connection, signed: Iterable[Signed]) -> None:
    """Keeps what others' events were signed with, for the hub."""
    connection.executemany(_KEEP, signed)


def leave_to_others(connection: Connection, no: int) -> None:
    """The hub will not have the lost events of this origin from here: they stay, and are not offered again."""
    connection.execute("DELETE FROM carried WHERE origin = ?", (no,))


def forget_signatures(connection: Connection) -> None:
    """Drops those whose events have their places."""
    connection.execute(_PLACED)


def carried_origins(connection: Connection) -> Sequence[tuple[OriginKey, int]]:
    """Origins of other devices with events that wait and that can be carried, each with the first of them."""
    return [(OriginKey(*key), first) for *key, first in connection.execute(_CARRIED).fetchall()]


def signed_end(connection: Connection, no: int, first: int) -> tuple[int, bytes] | None:
    """How far the shortest run of another's events from ``first`` goes that its device signed, and the signature."""
    found: tuple[int, bytes] | None = connection.execute(_SIGNED_END, (no, first)).fetchone()
    return found


def next_foreign(connection: Connection, stream: str, no: int, first: int) -> int | None:
    """The clock of the first waiting event of another desk that stands behind an own one."""
    row = connection.execute(_NEXT_FOREIGN, (stream, no, first)).fetchone()
    return None if row is None else row[0]
