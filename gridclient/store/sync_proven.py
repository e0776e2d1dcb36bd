"""Which events of other devices are proven: a signature is over one event and proves all that lead to it without a gap.

A page that is not the last of its feed may end between two signatures; what it brought is proven by a later one. What
is still unproven at the end is forged, or the hub lost it before its signature came: it stays on no other desk.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from gridclient.domain.errors import SyncFault
from gridclient.domain.events import EventKey
from gridclient.services.sync_port import OriginKey
from gridclient.store.driver import Connection

_DOUBTFUL: Final = "SELECT device, incarnation FROM origins WHERE stream = ? AND (whole = 0 OR signed < seq)"
_ORIGIN: Final = "SELECT no, seq, signed FROM origins WHERE stream = ? AND device = ? AND incarnation = ? AND own = 0"
_SIGNED: Final = "SELECT seq FROM heads WHERE origin = ?1 UNION SELECT seq FROM carried WHERE origin = ?1"
_BEHIND: Final = "SELECT seq, pos FROM events WHERE origin = ? AND seq > ? ORDER BY seq DESC"


def unproven_of(connection: Connection, key: OriginKey) -> tuple[int, Sequence[tuple[int, int]]]:
    """Another device's origin: its number in this store, and its unproven events (``seq``, ``pos``), the newest first.

    The number is 0 if the origin is unknown or this desk's own.
    """
    row = connection.execute(_ORIGIN, key).fetchone()
    if row is None:
        return 0, ()
    no, unbroken, newest = row
    signed = {newest, *(seq for (seq,) in connection.execute(_SIGNED, (no,)).fetchall())}
    found, proven = [], 0
    behind = max((seq for seq in signed if seq <= unbroken), default=0)
    for seq, pos in connection.execute(_BEHIND, (no, behind)).fetchall():
        if seq in signed or seq + 1 == proven:
            proven = seq
        else:
            found.append((seq, pos))
    return no, found


def require_proven(connection: Connection, stream: str) -> None:
    """To be called when a whole stream was read to its end, where every push ends with a signature.

    Raises:
        SyncFault: ``sync.signature``: an event of another device is unproven.
    """
    for device, incarnation in connection.execute(_DOUBTFUL, (stream,)).fetchall():
        key = OriginKey(stream, device, incarnation)
        for seq, _ in unproven_of(connection, key)[1]:
            raise SyncFault("sync.signature", event=str(EventKey(*key, seq)))
