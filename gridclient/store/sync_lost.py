"""Events that had a place and that the hub has no more (it was restored from a backup): where they stood.

Every desk that knows them brings them back, its own and the others', in the order in which they stood before; another
desk's go with the signature that came with them, so that nobody has to wait for a desk that is gone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from gridclient.store.driver import Connection
from gridclient.store.settings import KEEP_VALUE
from gridclient.store.sync_carrying import keep_signatures

_LOST: Final = "lost/"
_STOOD: Final = "lostat/"
"""Before the stream and the position where an event of another desk stood, so that the next one is found by its key."""
_HEAD: Final = "head/"
_KEPT: Final = 200
_LOST_OF: Final = (
    "SELECT e.seq, CAST(v.value AS INTEGER) FROM events e JOIN desk_values v ON v.name = 'lost/' || e.pos "
    "WHERE e.origin = ? AND e.seq BETWEEN ? AND ? AND e.acked IS NULL"
)
_NEXT_LOST: Final = (
    "SELECT v.name FROM desk_values v CROSS JOIN events e ON e.pos = CAST(v.value AS INTEGER) "
    "WHERE v.name >= ? AND v.name < ? AND e.acked IS NULL ORDER BY v.name LIMIT 1"
)
_ANY: Final = "SELECT EXISTS(SELECT 1 FROM desk_values WHERE name >= 'lost/' AND name < 'lost0')"
_FOUND_AGAIN: Final = (
    "DELETE FROM desk_values WHERE name >= 'lost/' AND name < 'lost0' AND NOT EXISTS "
    "(SELECT 1 FROM events e WHERE e.pos = CAST(substr(name, 6) AS INTEGER) AND e.acked IS NULL)",
    "DELETE FROM desk_values WHERE name >= 'lostat/' AND name < 'lostat0' AND NOT EXISTS "
    "(SELECT 1 FROM events e WHERE e.pos = CAST(value AS INTEGER) AND e.acked IS NULL)",
)
_WITHDRAWN: Final = "(SELECT pos FROM events WHERE origin = ? AND seq >= ? AND acked IS NULL)"
_TAKEN_OUT: Final = (
    f"DELETE FROM desk_values WHERE name IN (SELECT 'lost/' || pos FROM {_WITHDRAWN})",
    f"DELETE FROM desk_values WHERE name >= 'lostat/' AND name < 'lostat0' AND CAST(value AS INTEGER) IN {_WITHDRAWN}",
)

_UNPROVEN_KEY: Final = (
    "DELETE FROM device_keys WHERE (device, incarnation) = (SELECT device, incarnation FROM origins WHERE no = ?) "
    "AND NOT EXISTS (SELECT 1 FROM origins o JOIN desk_values v "
    "ON v.name >= 'head/' || o.no || '/' AND v.name < 'head/' || o.no || '0' "
    "WHERE o.device = device_keys.device AND o.incarnation = device_keys.incarnation)"
)


def keep_heads(connection: Connection, signed: Iterable[tuple[int, int, bytes]]) -> None:
    """Keeps the newest signatures of other desks, by the number of their origin here and of the event."""
    found = list(signed)
    connection.executemany(KEEP_VALUE, [(f"{_HEAD}{no}/{seq:016d}", signature.hex()) for no, seq, signature in found])
    for no in {no for no, *_ in found}:
        between = (f"{_HEAD}{no}/", f"{_HEAD}{no}0")
        connection.execute(
            "DELETE FROM desk_values WHERE name >= ?1 AND name < (SELECT name FROM desk_values "
            "WHERE name >= ?1 AND name < ?2 ORDER BY name DESC LIMIT 1 OFFSET ?3)",
            (*between, _KEPT),
        )


def note_lost(connection: Connection, stood: Iterable[tuple[int, int]]) -> None:
    """Events (by their place in the log) lose these positions: the signatures over them are for the hub now."""
    rows = list(stood)
    connection.executemany(KEEP_VALUE, [(f"{_LOST}{pos}", str(position)) for pos, position in rows])
    foreign: dict[int, int] = {}
    for pos, position in rows:
        found = connection.execute(
            "SELECT o.no, e.seq, o.stream FROM events e JOIN origins o ON o.no = e.origin "
            "WHERE e.pos = ? AND o.own = 0",
            (pos,),
        ).fetchone()
        if found is not None:
            no, seq, stream = found
            foreign[no] = min(seq, foreign.get(no, seq))
            connection.execute(KEEP_VALUE, (f"{_STOOD}{stream}/{position:016d}/{pos}", str(pos)))
    for no, first in foreign.items():
        heads = connection.execute(
            "SELECT name, value FROM desk_values WHERE name >= ? AND name < ?",
            (f"{_HEAD}{no}/{first:016d}", f"{_HEAD}{no}0"),
        ).fetchall()
        keep_signatures(connection, [(no, int(name.rpartition("/")[2]), bytes.fromhex(value)) for name, value in heads])


def forget_found(connection: Connection) -> None:
    """Drops what is known of events that have a place again."""
    if connection.execute(_ANY).fetchone()[0]:
        for statement in _FOUND_AGAIN:
            connection.execute(statement)


def forget_withdrawn(connection: Connection, no: int, first: int) -> None:
    """Events of an origin are about to leave the log: what is written in their places next stood nowhere, and a key
    that only a stick showed need not be its device's."""
    connection.execute(_UNPROVEN_KEY, (no,))
    if connection.execute(_ANY).fetchone()[0]:
        for statement in _TAKEN_OUT:
            connection.execute(statement, (no, first))


def lost_places(connection: Connection, no: int, first: int, last: int) -> Mapping[int, int]:
    """Where those of an origin's events ``first`` to ``last`` stood that are lost, by their numbers."""
    if not connection.execute(_ANY).fetchone()[0]:
        return {}
    return dict(connection.execute(_LOST_OF, (no, first, last)).fetchall())


def next_lost(connection: Connection, stream: str, position: int) -> int | None:
    """Where the first lost event of another desk stood, behind this position."""
    behind = (f"{_STOOD}{stream}/{position + 1:016d}", f"{_STOOD}{stream}0")
    found = connection.execute(_NEXT_LOST, behind).fetchone()
    return None if found is None else int(found[0].split("/")[-2])
