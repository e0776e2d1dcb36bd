"""Removes events of another device: those of a stick that the hub refuses, those that a forged page brought, and those
of a copied machine instead of which a restored hub took others.

The stick, the hub and the desk that wrote the events still have theirs.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from gridclient.domain.case import Case
from gridclient.domain.events import EventKey
from gridclient.services.rows import Changes
from gridclient.services.sync_port import FeedPage, OriginKey
from gridclient.store import sync_feeds
from gridclient.store.driver import Connection
from gridclient.store.log import Origins, events_of, read_subject, subject_text
from gridclient.store.places import forget
from gridclient.store.projection import Projection, TouchedCase
from gridclient.store.refolding import folded
from gridclient.store.sync_chains import Chains, HeadCheck
from gridclient.store.sync_lost import forget_withdrawn
from gridclient.store.sync_proven import unproven_of
from gridclient.store.sync_rewriting import shorten
from gridclient.store.tables import AMONG, listed

_FROM: Final = "SELECT pos FROM events WHERE origin = ? AND seq >= ?"
_WAITING: Final = "SELECT pos FROM waiting WHERE origin = ? AND seq >= ?"
_SUBJECTS: Final = (
    f"SELECT DISTINCT e.subject, s.id FROM events e JOIN subjects s ON s.no = e.subject WHERE e.pos IN {AMONG}"
)
_DELETE: Final = f"DELETE FROM events WHERE pos IN {AMONG}"


def withdraw(connection: Connection, origin: int, first: int) -> tuple[int, Changes]:
    """Deletes the origin's events without a position, from number ``first`` on; returns how many and the changed cases.

    ``origin`` is the number in this store of another device's origin.
    """
    return _delete(connection, origin, _places(connection, _WAITING, origin, first))


def withdraw_unproven(connection: Connection, event: EventKey) -> tuple[int, Changes]:
    """Deletes what no signature proves of the origin of ``event``, and restarts the feeds of its stream.

    Own events are never deleted.
    """
    origin, unproven = unproven_of(connection, OriginKey(*event[:3]))
    return _read_again(connection, origin, event.stream, [pos for _, pos in unproven])


def withdraw_unshown(connection: Connection, page: FeedPage, event: EventKey) -> tuple[int, Changes]:
    """Deletes of the origin of ``event`` what the page of a part has in another form, where no chain shows which one is
    right: what the hub says now counts. The feeds of the stream are restarted."""
    chains = Chains(connection, event.device)
    chain = chains.known(OriginKey(*event[:3]))
    if chain is None or chain.own or not sync_feeds.is_part(page.feed):
        return 0, Changes()
    return _read_again(connection, chain.no, event.stream, chains.unshown(chain, page))


def withdraw_forked(
    connection: Connection, page: FeedPage, event: EventKey, is_signed: HeadCheck
) -> tuple[int, Changes]:
    """Deletes the events from ``event`` on if the page proves that their device signed others under these numbers.

    That device was copied or put back, and the hub, put back too, has now the others. Whoever wrote what goes numbers
    it anew when the hub refuses it. The feeds of the stream are restarted.
    """
    chains = Chains(connection, event.device)
    chain = chains.known(OriginKey(*event[:3]))
    if chain is None or chain.own or not chains.prove(chain, page, event.seq, is_signed):
        return 0, Changes()
    found = _read_again(connection, chain.no, event.stream, _places(connection, _FROM, chain.no, event.seq))
    for table in ("heads", "carried"):
        connection.execute(f"DELETE FROM {table} WHERE origin = ? AND seq >= ?", (chain.no, event.seq))
    return found


def _places(connection: Connection, sql: str, origin: int, first: int) -> list[int]:
    return [pos for (pos,) in connection.execute(sql, (origin, first)).fetchall()]


def _read_again(connection: Connection, origin: int, stream: str, places: Sequence[int]) -> tuple[int, Changes]:
    """Deletes events (by ``pos``) instead of which others may come. If there are any the stream's feeds restart."""
    if not places:
        return 0, Changes()
    sync_feeds.restart_stream(connection, stream)
    return _delete(connection, origin, places)


def _delete(connection: Connection, origin: int, places: Sequence[int]) -> tuple[int, Changes]:
    """Deletes events of one origin by their ``pos``."""
    among = (listed(places),)
    subjects = [(no, subject_text(key)) for no, key in connection.execute(_SUBJECTS, among).fetchall()]
    before = {no: _fold(connection, no, case_id)[0] for no, case_id in subjects}
    forget_withdrawn(connection, origin, places)
    forget(connection, places)
    connection.execute(_DELETE, among)
    shorten(connection, {origin})
    projection = Projection(connection)
    projection.remove(_bring_after(connection, projection, subjects, before))
    return len(places), Changes(frozenset(case_id for _, case_id in subjects))


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
