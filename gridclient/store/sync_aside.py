"""Own events that the hub takes from this desk no more: which they are, setting them aside, and taking them up again.

A right was taken away, the desk became another one's, or it had cases of another township before it enrolled. Set aside
they have an origin that exists in this log only (its stream begins with :data:`~gridclient.domain.handing.ASIDE`) and
is nobody's own, so they count as waiting nowhere and hold up nothing. Their cases stay as they are. What is done in
such a case later follows them, so that all of it goes in its order when the right comes.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Final

from gridclient.domain.events import EventKey, EventKind
from gridclient.domain.handing import ASIDE, home_of, unit_may_write, units_handed
from gridclient.services.enrolment import CASES, Grant
from gridclient.services.rows import PutAside
from gridclient.services.sync_port import Held, OriginKey
from gridclient.store.driver import Connection
from gridclient.store.log import Device
from gridclient.store.places import LOGGED
from gridclient.store.sync_rewriting import WAITING, Rewritten, Waiting, fold_again, number_anew, waiting_row
from gridclient.store.tables import AMONG, SUBJECTS_ASIDE

_OPEN: Final = (
    "SELECT DISTINCT o.stream FROM origins o WHERE o.own = 1 AND EXISTS(SELECT 1 FROM waiting w WHERE w.origin = o.no)"
)
_OWN: Final = "SELECT stream, device, incarnation FROM origins WHERE own = 1 AND stream = ?"
_OF_STREAM: Final = f"{WAITING} WHERE o.own = 1 AND o.stream = ? ORDER BY e.origin, e.seq"
_SET_ASIDE: Final = f"{WAITING} WHERE o.own = 0 AND o.stream = ? ORDER BY o.incarnation, e.seq"
_ASIDE_STREAMS: Final = f"SELECT DISTINCT stream FROM origins WHERE stream LIKE '{ASIDE}%'"
_NAMED: Final = 3
_ALL_OF_STREAM: Final = (
    "SELECT count(*), count(DISTINCT e.subject) FROM origins o CROSS JOIN waiting w ON w.origin = o.no "
    "JOIN events e ON e.pos = w.pos WHERE o.own = 1 AND o.stream = ?"
)
_HANDED: Final = (
    f"SELECT e.kind, e.payload FROM {LOGGED} JOIN origins o ON o.no = e.origin "
    f"WHERE e.subject = ? AND (acked IS NOT NULL OR o.own = 0 AND o.stream NOT LIKE '{ASIDE}%') "
    "AND e.payload LIKE '%assignments%'"
)
_COUNT: Final = (
    "SELECT count(*), count(DISTINCT c.no) FROM origins o CROSS JOIN events e ON e.origin = o.no "
    f"LEFT JOIN cases c ON c.no = e.subject WHERE o.stream LIKE '{ASIDE}%'"
)
_BY_STREAM: Final = (
    "SELECT o.stream, count(*) FROM origins o CROSS JOIN events e ON e.origin = o.no "
    f"WHERE o.stream LIKE '{ASIDE}%' GROUP BY o.stream"
)
_NEWEST: Final = f"SELECT number FROM cases WHERE no IN ({SUBJECTS_ASIDE}) ORDER BY no DESC LIMIT {_NAMED}"
_FILES: Final = (
    "SELECT json_extract(e.payload, '$.sha256') FROM events e JOIN origins o ON o.no = e.origin "
    "WHERE e.kind = 'attachment_added' AND o.own = 1"
)
_GOES_ON: Final = (
    "SELECT 1 FROM origins o JOIN events e ON e.origin = o.no AND e.seq > o.seq "
    "WHERE o.stream = ? AND o.device = ? AND o.incarnation = ? LIMIT 1"
)
_KNOWN: Final = (
    "SELECT 1 FROM origins o JOIN events e ON e.origin = o.no "
    "WHERE o.stream = ? AND o.device = ? AND o.incarnation = ? AND e.seq = ?"
)
_LEAVE: Final = f"UPDATE file_queue SET incoming = 1 WHERE incoming = 0 AND sha256 IN {AMONG}"
_SEND: Final = f"UPDATE file_queue SET incoming = 0, sent = 0 WHERE incoming = 1 AND sha256 IN {AMONG}"


def unit_of(stream: str, grants: Iterable[Grant]) -> str | None:
    """The unit for which the desk may write the stream, "" without one; ``None`` if it may not write it."""
    return min((grant.unit for grant in grants if grant.writes and grant.stream == stream), default=None)


def refused_counts(connection: Connection, grants: Collection[Grant]) -> Sequence[tuple[str, str | None, int, int]]:
    """Each stream of which own events wait that the hub takes from no desk with these rights, :func:`unit_of` it, and
    the numbers of these events and of their cases or lists."""
    found = []
    for stream, unit in _closed(connection, grants):
        if unit is None:
            events, subjects = connection.execute(_ALL_OF_STREAM, (stream,)).fetchone()
        else:
            rows = _unsendable(connection, stream, unit)
            events, subjects = len(rows), len({row.subject for row in rows})
        if events:
            found.append((stream, unit, events, subjects))
    return found


def held(connection: Connection, grants: Collection[Grant]) -> Sequence[Held]:
    """See :meth:`SyncStore.held`."""
    refused = {stream: events for stream, _, events, _ in refused_counts(connection, grants)}
    aside = {home_of(stream): events for stream, events in connection.execute(_BY_STREAM).fetchall()}
    streams = sorted(refused.keys() | aside.keys())
    return [Held(stream, refused.get(stream, 0), aside.get(stream, 0)) for stream in streams]


def refused_from(connection: Connection, grants: Collection[Grant]) -> Mapping[OriginKey, int]:
    """The number of the first of these events of each own origin."""
    found: dict[OriginKey, int] = {}
    for stream, unit in _closed(connection, grants):
        if unit is None:
            found |= {OriginKey(*key): 0 for key in connection.execute(_OWN, (stream,)).fetchall()}
            continue
        for row in _unsendable(connection, stream, unit):
            found.setdefault(OriginKey(*row.record.key[:3]), row.record.key.seq)
    return found


def _closed(connection: Connection, grants: Collection[Grant]) -> Sequence[tuple[str, str | None]]:
    """The streams with own waiting events of which a desk with these rights may not write everything."""
    streams = ((stream, unit_of(stream, grants)) for (stream,) in connection.execute(_OPEN).fetchall())
    return [(stream, unit) for stream, unit in streams if unit != ""]


def _unsendable(connection: Connection, stream: str, unit: str | None) -> list[Waiting]:
    rows = [waiting_row(row) for row in connection.execute(_OF_STREAM, (stream,)).fetchall()]
    return rows if unit is None else _not_of_unit(connection, unit, rows)


def _not_of_unit(connection: Connection, unit: str, rows: Sequence[Waiting]) -> list[Waiting]:
    """The events of cases that were not handed to the unit, or in which one of them is no step of a unit."""
    subjects = {row.subject for row in rows}
    bad = {row.subject for row in rows if not unit_may_write(unit, row.record.kind, json.loads(row.record.text))}
    bad |= {subject for subject in subjects - bad if not _is_handed(connection, subject, unit)}
    return [row for row in rows if row.subject in bad]


def _is_handed(connection: Connection, subject: int, unit: str) -> bool:
    rows = connection.execute(_HANDED, (subject,)).fetchall()
    return any(unit in units_handed(kind, json.loads(text)) for kind, text in rows)


def what_was_put_aside(connection: Connection) -> PutAside:
    """See :meth:`SyncQueries.set_aside`."""
    events, cases = connection.execute(_COUNT).fetchone()
    return PutAside(events, cases, tuple(number for (number,) in connection.execute(_NEWEST)))


def cases_aside(connection: Connection) -> Iterable[int]:
    """The cases of which something was set aside, by their numbers in this store."""
    return (no for (no,) in connection.execute(f"SELECT no FROM cases WHERE no IN ({SUBJECTS_ASIDE})").fetchall())


def cases_refused(connection: Connection, grants: Collection[Grant]) -> Iterable[int]:
    """The cases of :func:`refused_counts`, by their numbers in this store."""
    found: set[int] = set()
    for stream, unit in _closed(connection, grants):
        if stream.startswith(CASES):
            found.update(row.subject for row in _unsendable(connection, stream, unit))
    return found


def set_aside(connection: Connection, device: Device, grants: Collection[Grant]) -> Rewritten:
    """Sets aside what :func:`refused_counts` counts. What waits behind it in its chain is numbered anew, so that it can
    go: ``device`` has an incarnation under which nothing was written yet."""
    closed = _closed(connection, grants)
    return _put(connection, device, [row for told in closed for row in _unsendable(connection, *told)])


def follow(connection: Connection, device: Device, grants: Collection[Grant]) -> Rewritten:
    """See :meth:`SyncStore.follow_aside`; what the hub takes goes on waiting."""
    return _put_of(
        connection, device, grants, {subject for (subject,) in connection.execute(SUBJECTS_ASIDE).fetchall()}
    )


def _put_of(connection: Connection, device: Device, grants: Collection[Grant], subjects: Collection[int]) -> Rewritten:
    closed = _closed(connection, grants) if subjects else ()
    rows = (row for told in closed for row in _unsendable(connection, *told))
    return _put(connection, device, [row for row in rows if row.subject in subjects])


def _put(connection: Connection, device: Device, chosen: Sequence[Waiting]) -> Rewritten:
    if not chosen:
        return Rewritten(0, frozenset())
    firsts: dict[int, int] = {}
    for row in chosen:
        firsts.setdefault(row.origin, row.record.key.seq)
    gone = {row.pos for row in chosen}
    streams = {row.record.key.stream for row in chosen}
    waiting = [waiting_row(row) for stream in streams for row in connection.execute(_OF_STREAM, (stream,)).fetchall()]
    behind = [r for r in waiting if r.pos not in gone and r.record.key.seq > firsts.get(r.origin, r.record.key.seq)]
    number_anew(connection, device, chosen, lambda key: _named(device, f"{ASIDE}{key.stream}", key))
    connection.execute(f"UPDATE origins SET own = 0 WHERE stream LIKE '{ASIDE}%'")
    number_anew(connection, device, behind)
    connection.execute(_LEAVE, (json.dumps(sorted(_files_of(chosen) - _named_else(connection))),))
    fold_again(connection, [*chosen, *behind])
    return Rewritten(len(chosen), frozenset(row.record.subject for row in chosen))


def take_up(connection: Connection, device: Device, grants: Collection[Grant]) -> Rewritten:
    """Makes events wait again that the hub takes from a desk with these rights."""
    found: list[Waiting] = []
    refused: set[int] = set()
    for (stream,) in connection.execute(_ASIDE_STREAMS).fetchall():
        unit = unit_of(home_of(stream), grants)
        rows = [] if unit is None else _rows_aside(connection, stream)
        still = {row.subject for row in _not_of_unit(connection, unit, rows)} if unit else set()
        if any(row.subject not in still for row in rows):
            found += rows
            refused |= still
    _bring_home(connection, device, found)
    _put_of(connection, device, grants, refused)  # else there were a gap in the chain of what stays
    taken = [row for row in found if row.subject not in refused]
    return Rewritten(len(taken), frozenset(row.record.subject for row in taken))


@contextmanager
def at_home(
    connection: Connection, device: Device, grants: Collection[Grant], arriving: Collection[EventKey]
) -> Iterator[None]:
    """While own events arrive: if the log has one of them no more, what was set aside of its stream stands where it
    stood before, so that it is recognised. The hub may have taken it unheard, or it comes back on a stick."""
    subjects: set[int] = set()
    for stream in {key.stream for key in arriving}:
        rows = _rows_aside(connection, f"{ASIDE}{stream}")
        keys = [key for key in arriving if key.stream == stream] if rows else ()
        if any(connection.execute(_KNOWN, key).fetchone() is None for key in keys):
            _bring_home(connection, device, rows)
            subjects.update(row.subject for row in rows)
    yield
    _put_of(connection, device, grants, subjects)


def _rows_aside(connection: Connection, stream: str) -> list[Waiting]:
    return [waiting_row(row) for row in connection.execute(_SET_ASIDE, (stream,)).fetchall()]


def _bring_home(connection: Connection, device: Device, rows: Sequence[Waiting]) -> None:
    number_anew(connection, device, rows, lambda key: _old_home(connection, device, key))
    connection.execute(_SEND, (json.dumps(sorted(_files_of(rows))),))
    fold_again(connection, rows)


def _named(device: Device, stream: str, key: EventKey) -> OriginKey:
    """The device's origin in the stream, of the event's incarnation if the event is the device's."""
    return OriginKey(stream, device.id, key.incarnation if key.device == device.id else device.incarnation)


def _old_home(connection: Connection, device: Device, key: EventKey) -> OriginKey:
    """Where the event stood before it was set aside, unless a later one that stayed there would be in its place."""
    found = _named(device, home_of(key.stream), key)
    goes_on = connection.execute(_GOES_ON, found).fetchone() is not None
    return found._replace(incarnation=device.incarnation) if goes_on else found


def _files_of(rows: Iterable[Waiting]) -> set[str]:
    texts = (row.record.text for row in rows if row.record.kind == EventKind.ATTACHED)
    return {str(json.loads(text).get("sha256", "")) for text in texts}


def _named_else(connection: Connection) -> set[str]:
    return {sha256 for (sha256,) in connection.execute(_FILES).fetchall()}
