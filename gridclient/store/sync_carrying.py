"""Events of other desks that came on a stick and have no place yet: this desk carries them to the hub, with its own.

Whoever wrote an event had seen what stands before it by the clocks, so the hub must get them in that order: own runs
end where such an event of another desk stands between, and a run of another desk goes as far as that desk signed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from gridclient.services.sync_port import OriginKey
from gridclient.store.driver import Connection
from gridclient.store.settings import KEEP_VALUE

_NAME: Final = "stick/"
_WAITING: Final = (
    "SELECT o.stream, o.device, o.incarnation, o.no, (SELECT min(e.seq) FROM events e INDEXED BY events_waiting "
    "WHERE e.origin = o.no AND e.acked IS NULL) AS first FROM origins o "
    "WHERE o.own = 0 AND first IS NOT NULL ORDER BY o.no"
)
_NEXT_FOREIGN: Final = (
    "SELECT min(e.hlc) FROM origins o CROSS JOIN events e INDEXED BY events_waiting "
    "ON e.origin = o.no AND e.acked IS NULL "
    "WHERE o.stream = ? AND o.own = 0 AND e.hlc > (SELECT hlc FROM events WHERE origin = ? AND seq = ?)"
)
Signed = tuple[int, int, bytes]
"""The number of an origin in this store, one of its events, and its device's signature over the link there."""


def keep_signatures(connection: Connection, signed: Iterable[Signed]) -> None:
    """Keeps what others' events were signed with, for the hub."""
    connection.executemany(KEEP_VALUE, [(f"{_NAME}{no}/{seq}", signature.hex()) for no, seq, signature in signed])


def leave_to_others(connection: Connection, no: int) -> None:
    """The hub will not have the lost events of this origin from here: they stay, and are not offered again."""
    connection.execute("DELETE FROM desk_values WHERE name >= ? AND name < ?", (f"{_NAME}{no}/", f"{_NAME}{no}0"))


def forget_signatures(connection: Connection) -> None:
    """Drops those whose events have their places."""
    if not _signatures(connection):
        return
    waiting = {no: first for *_, no, first in connection.execute(_WAITING)}
    needless = [(f"{_NAME}{no}/{seq}",) for no, seq, _ in _signatures(connection) if seq < waiting.get(no, seq + 1)]
    connection.executemany("DELETE FROM desk_values WHERE name = ?", needless)


def carried_origins(connection: Connection) -> Sequence[tuple[OriginKey, int]]:
    """Origins of other devices with events that wait and that can be carried, each with the first of them."""
    signed = _signatures(connection)
    if not signed:
        return ()
    return [
        (OriginKey(*key), first)
        for *key, no, first in connection.execute(_WAITING).fetchall()
        if any(origin == no and seq >= first for origin, seq, _ in signed)
    ]


def signed_end(connection: Connection, no: int, first: int) -> tuple[int, bytes] | None:
    """How far the shortest run of another's events from ``first`` goes that its device signed."""
    found = sorted((seq, signature) for origin, seq, signature in _signatures(connection) if origin == no)
    return next(((seq, signature) for seq, signature in found if seq >= first), None)


def next_foreign(connection: Connection, stream: str, no: int, first: int) -> int | None:
    """The clock of the first waiting event of another desk that stands behind an own one."""
    row = connection.execute(_NEXT_FOREIGN, (stream, no, first)).fetchone()
    return None if row is None else row[0]


def _signatures(connection: Connection) -> list[Signed]:
    rows = connection.execute("SELECT name, value FROM desk_values WHERE name >= ? AND name < ?", (_NAME, "stick0"))
    found = []
    for name, value in rows.fetchall():
        _, no, seq = name.split("/")
        found.append((int(no), int(seq), bytes.fromhex(value)))
    return found
