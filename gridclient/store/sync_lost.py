"""Events whose positions the hub lost when it was restored from a backup: which positions they had.

Every desk sends back all that it knows, its own and other desks' events, in their former order. Other desks' events go
with the signatures they came with, so that nobody waits for a desk that is gone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from gridclient.store.driver import Connection
from gridclient.store.sync_carrying import Signed

_KEPT: Final = 200
_ANY: Final = "SELECT EXISTS(SELECT 1 FROM lost)"
_LOST_OF: Final = (
    "SELECT w.seq, l.position FROM waiting w JOIN lost l ON l.pos = w.pos WHERE w.origin = ? AND w.seq BETWEEN ? AND ?"
)
_NEXT_LOST: Final = (
    "SELECT l.position FROM lost l INDEXED BY lost_of_others WHERE l.own = 0 AND l.stream = ? AND l.position > ? "
    "AND NOT EXISTS(SELECT 1 FROM places p WHERE p.pos = l.pos) ORDER BY l.position LIMIT 1"
)
_LOSE: Final = (
    "INSERT OR REPLACE INTO lost(pos, stream, own, position) SELECT e.pos, o.stream, o.own, ?2 "
    "FROM events e JOIN origins o ON o.no = e.origin WHERE e.pos = ?1"
)
_OF_OTHERS: Final = "SELECT o.no, e.seq FROM events e JOIN origins o ON o.no = e.origin WHERE e.pos = ? AND o.own = 0"
_FOUND_AGAIN: Final = "DELETE FROM lost WHERE EXISTS(SELECT 1 FROM places p WHERE p.pos = lost.pos)"
_UNPROVEN_KEY: Final = (
    "DELETE FROM device_keys WHERE (device, incarnation) = (SELECT device, incarnation FROM origins WHERE no = ?) "
    "AND NOT EXISTS (SELECT 1 FROM origins o JOIN heads h ON h.origin = o.no "
    "WHERE o.device = device_keys.device AND o.incarnation = device_keys.incarnation)"
)


def keep_heads(connection: Connection, signed: Iterable[Signed]) -> None:
    """Keeps the newest 200 signatures of each origin of other desks."""
    found = list(signed)
    connection.executemany("INSERT OR REPLACE INTO heads(origin, seq, signature) VALUES (?, ?, ?)", found)
    for no in {no for no, *_ in found}:
        connection.execute(
            "DELETE FROM heads WHERE origin = ?1 AND seq < "
            "(SELECT seq FROM heads WHERE origin = ?1 ORDER BY seq DESC LIMIT 1 OFFSET ?2)",
            (no, _KEPT),
        )


def note_lost(connection: Connection, stood: Iterable[tuple[int, int]]) -> None:
    """Notes events (by pos) that lose these positions, and keeps the signatures that cover them for the hub."""
    rows = list(stood)
    connection.executemany(_LOSE, rows)
    foreign: dict[int, int] = {}
    for pos, _ in rows:
        for no, seq in connection.execute(_OF_OTHERS, (pos,)).fetchall():
            foreign[no] = min(seq, foreign.get(no, seq))
    connection.executemany(
        "INSERT OR REPLACE INTO carried SELECT * FROM heads WHERE origin = ? AND seq >= ?", foreign.items()
    )


def forget_found(connection: Connection) -> None:
    """Forgets lost events that have a position again."""
    connection.execute(_FOUND_AGAIN)


def forget_withdrawn(connection: Connection, no: int, places: Iterable[int]) -> None:
    """To be called before events of an origin, by their ``pos``, leave the log: forgets their lost positions.

    Also forgets the device's public key if only a stick showed it, as it may be forged.
    """
    connection.execute(_UNPROVEN_KEY, (no,))
    connection.executemany("DELETE FROM lost WHERE pos = ?", [(pos,) for pos in places])


def lost_places(connection: Connection, no: int, first: int, last: int) -> Mapping[int, int]:
    """The former positions, by event number, of the lost ones among an origin's events ``first`` to ``last``."""
    if not connection.execute(_ANY).fetchone()[0]:
        return {}
    return dict(connection.execute(_LOST_OF, (no, first, last)).fetchall())


def next_lost(connection: Connection, stream: str, position: int) -> int | None:
    """The former position of the next lost event of another desk behind ``position``; ``None`` if there is none."""
    found = connection.execute(_NEXT_LOST, (stream, position)).fetchone()
    return None if found is None else int(found[0])
