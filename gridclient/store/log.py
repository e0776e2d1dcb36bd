"""The log of events: appending, numbered without gaps and hash-chained per origin, and reading the events of a subject.

An origin is one (stream, device, incarnation); its events are numbered 1, 2, 3 … and chained from ``CHAIN_START``. This
module knows nothing of cases.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from json.encoder import encode_basestring as encode
from typing import Any, Final

from gridclient.domain.errors import NotFound
from gridclient.domain.events import (
    CHAIN_START,
    Event,
    EventDraft,
    EventKey,
    Record,
    clock_time,
    instant_of,
    link_after,
    next_hlc,
    payload_text,
)
from gridclient.domain.frozen import frozen
from gridclient.store.driver import Connection
from gridclient.store.places import LOGGED, place_new

_HEX_DIGITS: Final = 32
_FIRST_VERSION: Final = 1
_TEXT_MARK: Final = b"="
_COLUMNS: Final = "origin, seq, hlc, kind, version, base, actor, payload, acked"
ORDER: Final = "acked IS NULL, acked, hlc, hash"
"""Canonical order: by position; events without one come after, by clock, so that desks that share a stick agree."""
_SUBJECT: Final = f"SELECT {_COLUMNS} FROM {LOGGED} WHERE subject = ? ORDER BY {ORDER}"
INSERT: Final = (
    "INSERT INTO events(pos, origin, seq, hlc, kind, version, subject, base, actor, payload, hash) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_WAITING: Final = "SELECT max(w.hlc) FROM origins o CROSS JOIN waiting w ON w.origin = o.no WHERE o.own = 0"
"""CROSS JOIN makes SQLite begin with the origins: going through all own waiting events would slow every command."""
_STATE: Final = f"SELECT (SELECT max(pos) FROM events), (SELECT max(hlc) FROM origins WHERE own = 1), ({_WAITING})"
_FAR: Final = timedelta(days=31)
"""A clock further ahead is wrong or forged. It is not followed: clock values never go back."""
_HUB_TIME: Final = "SELECT max(hub_time) FROM rounds WHERE ended = 'done'"


@frozen
class Device:
    """Who writes events here: the device's id, its incarnation, and its two characters in case numbers (``short``)."""

    id: str
    incarnation: int
    short: str


@frozen
class LoggedEvent:
    """An event of the log; ``pending``: written by this desk and not placed by the hub yet."""

    event: Event
    pending: bool


def subject_key(subject: str) -> bytes:
    """A subject's key as stored: 32 hexadecimal digits become 16 bytes, other texts are marked, never 16 bytes long."""
    if len(subject) == _HEX_DIGITS:
        try:
            packed = bytes.fromhex(subject)
        except ValueError:
            packed = b""
        if packed.hex() == subject:
            return packed
    text = _TEXT_MARK + subject.encode()
    return text + b"\0" if len(text) == _HEX_DIGITS // 2 else text


def subject_text(key: bytes) -> str:
    """The inverse of :func:`subject_key`."""
    return key.hex() if len(key) == _HEX_DIGITS // 2 else key[1:].rstrip(b"\0").decode()


def subject_no(connection: Connection, subject: str) -> int | None:
    """The number of a subject in this store; ``None`` if the log has no event of it."""
    row = connection.execute("SELECT no FROM subjects WHERE id = ?", (subject_key(subject),)).fetchone()
    return None if row is None else int(row[0])


def require_subject(connection: Connection, subject: str) -> int:
    """Like :func:`subject_no`; raises ``NotFound("case.unknown")``."""
    no = subject_no(connection, subject)
    if no is None:
        raise NotFound("case.unknown", case=subject)
    return no


class NewSubjects:
    """Gives subjects that are new to this store their numbers, within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._last: int | None = None
        self._rows: list[tuple[int, bytes]] = []

    def add(self, subject: str) -> int:
        """The number of a new subject; :meth:`write` writes it."""
        if self._last is None:
            self._last = int(self._connection.execute("SELECT max(no) FROM subjects").fetchone()[0] or 0)
        self._last += 1
        self._rows.append((self._last, subject_key(subject)))
        return self._last

    def write(self) -> None:
        """Writes those added since the last time."""
        if self._rows:
            self._connection.executemany("INSERT INTO subjects(no, id) VALUES (?, ?)", self._rows)
            self._rows = []


class Origins:
    """Caches the rows of ``origins`` (number → stream, device, incarnation, own), whose keys never change."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[str, str, int, int]] = {}

    def key(self, connection: Connection, origin: int, seq: int) -> EventKey:
        """The key of one event."""
        stream, device, incarnation, _ = self._origin(connection, origin)
        return EventKey(stream, device, incarnation, seq)

    def is_own(self, connection: Connection, origin: int) -> bool:
        """Whether this desk wrote the events of the origin."""
        return bool(self._origin(connection, origin)[3])

    def _origin(self, connection: Connection, origin: int) -> tuple[str, str, int, int]:
        known = self._known.get(origin)
        if known is None:
            row = connection.execute("SELECT stream, device, incarnation, own FROM origins WHERE no = ?", (origin,))
            known = self._known[origin] = row.fetchone()
        return known

    def logged(self, connection: Connection, subject: str, row: Sequence[Any]) -> LoggedEvent:
        """A row of ``_COLUMNS`` as an event."""
        origin, seq, hlc, kind, version, base, actor, text, acked = row
        key = self.key(connection, origin, seq)
        event = Event(key, hlc, kind, subject, base, actor, json.loads(text), version)
        return LoggedEvent(event, acked is None and self.is_own(connection, origin))


def read_subject(connection: Connection, origins: Origins, no: int, subject: str) -> list[LoggedEvent]:
    """All events of one subject, in canonical order: by position, then those that wait."""
    rows = connection.execute(_SUBJECT, (no,)).fetchall()
    return [origins.logged(connection, subject, row) for row in rows]


def writing_device(connection: Connection, device: Device) -> Device:
    """The device as it must write now: another process may have begun an incarnation or received another ``short``."""
    row = connection.execute("SELECT incarnation, short FROM writers WHERE device = ?", (device.id,)).fetchone()
    if row is None:
        return device
    return replace(device, incarnation=max(device.incarnation, row[0]), short=row[1] or device.short)


def own_head(connection: Connection, device: Device, stream: str) -> tuple[int, int, bytes, int]:
    """The own origin of a stream: its number, its newest event's number and link, and its newest clock value."""
    key = (stream, device.id, device.incarnation)
    row: tuple[int, int, bytes, int] | None = connection.execute(
        "SELECT no, seq, hash, hlc FROM origins WHERE stream = ? AND device = ? AND incarnation = ?", key
    ).fetchone()
    if row is not None:
        return row
    no = connection.execute(
        "INSERT INTO origins(stream, device, incarnation, own, seq, hlc, hash) VALUES (?, ?, ?, 1, 0, 0, ?)",
        (*key, CHAIN_START),
    ).lastrowid
    return no, 0, CHAIN_START, 0


@dataclass(slots=True)
class _Head:
    """The newest event of one own origin, within the open transaction."""

    no: int
    seq: int
    link: bytes


class Appender:
    """Appends this device's events within one immediate transaction; :meth:`flush` writes them all at once."""

    def __init__(self, connection: Connection, device: Device) -> None:
        self._connection = connection
        self._device = device = writing_device(connection, device)
        self._heads: dict[str, _Head] = {}
        self._rows: list[tuple[Any, ...]] = []
        self._subjects = NewSubjects(connection)
        pos, own, waiting = connection.execute(_STATE).fetchone()
        self._pos, self._hlc, self._seen = pos or 0, own or 0, waiting or 0

    @property
    def device(self) -> Device:
        """The device as the store knows it in this transaction."""
        return self._device

    def add_subject(self, subject: str) -> int:
        """Gives a new subject its number in this store."""
        return self._subjects.add(subject)

    def next_event(self, draft: EventDraft, now: datetime, base: int = 0) -> Event:
        """The event that the draft becomes if it is appended next. Nothing is stored.

        ``base`` is 0 for the first event of a subject, and always for reference data.
        """
        head = self._head(draft.stream)
        key = EventKey(draft.stream, self._device.id, self._device.incarnation, head.seq + 1)
        hlc = self._next_hlc(now)
        return Event(key, hlc, draft.kind.value, draft.subject, base, draft.actor, draft.payload)

    def append(self, event: Event, subject_no: int) -> None:
        """Adds the event to the log; :meth:`flush` writes it."""
        head = self._head(event.key.stream)
        text = payload_text(event.payload)
        head.link = link_after(head.link, Record.of(event, text).canonical())
        head.seq = event.key.seq
        self._hlc = event.hlc
        self._pos += 1
        self._rows.append(
            (
                self._pos, head.no, event.key.seq, event.hlc, event.kind, event.version, subject_no, event.base,
                event.actor, text, head.link,
            )
        )  # fmt: skip

    def append_new(self, draft: EventDraft, made: Sequence[tuple[str, str]], now: datetime) -> list[int]:
        """Appends the first events of many subjects, each given as its key and payload text; returns the subjects'
        numbers.

        All else is as in ``draft``. Same result as :meth:`add_subject`, :meth:`next_event` and :meth:`append` one by
        one (a test compares them), at a fifth of the cost.
        """
        head = self._head(draft.stream)
        before = f"[{encode(draft.stream)},{encode(self._device.id)},{self._device.incarnation}"
        kind, version, base, actor = draft.kind.value, _FIRST_VERSION, 0, draft.actor
        behind = f"{base},{encode(actor)}"
        hlc, seq, link, numbers = self._next_hlc(now) - 1, head.seq, head.link, []
        for subject, text in made:
            hlc, seq = hlc + 1, seq + 1
            canonical = f'{before},{seq},{hlc},"{kind}",{version},{encode(subject)},{behind},{text}]'
            link = link_after(link, canonical.encode())
            numbers.append(no := self.add_subject(subject))
            self._pos += 1
            self._rows.append((self._pos, head.no, seq, hlc, kind, version, no, base, actor, text, link))
        self._hlc, head.seq, head.link = hlc, seq, link
        return numbers

    def flush(self) -> None:
        """Writes what was appended since the last flush."""
        if not self._rows:
            return
        self._subjects.write()
        self._connection.executemany(INSERT, self._rows)
        place_new(self._connection, self._rows[0][0] - 1)
        self._connection.executemany(
            "UPDATE origins SET seq = ?, hash = ?, hlc = ? WHERE no = ?",
            [(head.seq, head.link, self._hlc, head.no) for head in self._heads.values()],
        )
        self._rows = []

    def _next_hlc(self, now: datetime) -> int:
        """A clock value above this desk's own events and above others' waiting ones (from a stick), which were seen
        here."""
        if self._seen > next_hlc(0, now + _FAR):
            hub_time = self._connection.execute(_HUB_TIME).fetchone()[0]  # the own clock may stand years behind
            far = next_hlc(0, (now if hub_time is None else max(now, instant_of(hub_time))) + _FAR)
            self._seen = self._connection.execute(f"{_WAITING} AND w.hlc <= ?", (far,)).fetchone()[0] or 0
        return next_hlc(max(self._hlc, self._seen), now)

    def _head(self, stream: str) -> _Head:
        head = self._heads.get(stream)
        if head is None:
            no, seq, link, _ = own_head(self._connection, self._device, stream)
            head = self._heads[stream] = _Head(no, seq, link)
        return head


def newest_event_at(connection: Connection) -> datetime | None:
    """The time of the newest event that was written here, by this machine's clock; ``None`` where there is none."""
    (hlc,) = connection.execute("SELECT max(hlc) FROM origins WHERE own = 1").fetchone()
    return clock_time(hlc) if hlc else None


def events_of(logged: Iterable[LoggedEvent]) -> list[Event]:
    """The events without their log data."""
    return [entry.event for entry in logged]
