"""Numbers own waiting events anew, under another incarnation, where their old numbers may not be theirs alone.

A twin of this desk (a copied machine, a restored backup) may have used the same numbers, or the device that wrote them
is gone. Time, author and order stay. References to such an event (what was undone, which side was chosen) get its new
key.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, NamedTuple

from gridclient.domain.events import CHAIN_START, EventKey, Record, link_after, payload_text
from gridclient.services.sync_port import OriginKey
from gridclient.store.driver import Connection
from gridclient.store.log import Device, own_head, subject_text
from gridclient.store.places import renumber
from gridclient.store.refolding import Refolding

WAITING: Final = (
    "SELECT e.pos, o.no, e.subject, o.stream, o.device, o.incarnation, e.seq, e.hlc, e.kind, e.version, s.id, e.base, "
    "e.actor, e.payload FROM waiting w JOIN origins o ON o.no = w.origin JOIN events e ON e.pos = w.pos "
    "JOIN subjects s ON s.no = e.subject"
)
"""Rows for :func:`waiting_row`; conditions and an order may follow."""
_ELSEWHERE: Final = f"{WAITING} WHERE o.own = 1 AND NOT (o.device = ? AND o.incarnation = ?) ORDER BY e.hlc, e.hash"
_KEY_PARTS: Final = 4
_Renamed = Mapping[tuple[Any, ...], EventKey]


class Waiting(NamedTuple):
    """An own event without a position: its row, its origin's number, its subject's number, and what it says."""

    pos: int
    origin: int
    subject: int
    record: Record


class Rewritten(NamedTuple):
    """How many events were numbered anew, and the keys of their cases."""

    events: int
    cases: frozenset[str]


def next_device(connection: Connection, device: Device, number: int) -> Device:
    """The device with an incarnation never used before: ``number``, or the next free one if that was used."""
    (latest,) = connection.execute(
        "SELECT max((SELECT coalesce(max(incarnation), 0) FROM origins WHERE device = ?1), "
        "(SELECT coalesce(max(incarnation), 0) FROM writers WHERE device = ?1))",
        (device.id,),
    ).fetchone()
    return replace(device, incarnation=max(number, latest + 1))


def keep_writer(connection: Connection, device: Device) -> None:
    """Makes every process write as this device once the transaction is committed."""
    connection.execute(
        "INSERT INTO writers(device, incarnation, short) VALUES (?1, ?2, ?3) "
        "ON CONFLICT(device) DO UPDATE SET incarnation = ?2, short = ?3",
        (device.id, device.incarnation, device.short),
    )


def write_again(connection: Connection, device: Device, *, of_others: bool = False) -> Rewritten:
    """Numbers own waiting events of other incarnations as ``device`` writes now, in the open transaction.

    Args:
        of_others: only events of another device (the one whose backup this store came from).
    """
    rows = [waiting_row(row) for row in connection.execute(_ELSEWHERE, (device.id, device.incarnation)).fetchall()]
    if of_others:
        rows = [row for row in rows if row.record.key.device != device.id]
    number_anew(connection, device, rows)
    return fold_again(connection, rows)


def number_anew(
    connection: Connection, device: Device, rows: Sequence[Waiting], home: Callable[[EventKey], OriginKey] | None = None
) -> None:
    """Appends the events to chains of ``device``: to those that ``home`` names, or to that of their stream. The tables
    are not touched: see :func:`fold_again`."""
    heads = _Heads(connection, device)
    home = home or (lambda key: OriginKey(key.stream, device.id, device.incarnation))
    renamed = {tuple(row.record.key): heads.next_key(home(row.record.key)) for row in rows}
    for row in rows:
        heads.write(row, renamed)
    heads.finish()
    shorten(connection, {row.origin for row in rows})


def fold_again(connection: Connection, rows: Sequence[Waiting]) -> Rewritten:
    """Brings the tables of the cases after their events have other keys."""
    if not rows:
        return Rewritten(0, frozenset())
    refolding = Refolding(connection)
    for row in rows:
        refolding.touch(row.subject)
    refolding.carry_out()
    return Rewritten(len(rows), frozenset(row.record.subject for row in rows))


def waiting_row(row: Any) -> Waiting:
    pos, origin, subject, *key, hlc, kind, version, subject_id, base, actor, text = row
    record = Record(EventKey(*key), hlc, kind, version, subject_text(subject_id), base, actor, text)
    return Waiting(pos, origin, subject, record)


class _Heads:
    """The ends of the chains that events are appended to, by origin."""

    def __init__(self, connection: Connection, device: Device) -> None:
        self._connection = connection
        self._device = device
        self._at: dict[OriginKey, tuple[int, int, bytes, int]] = {}
        self._numbered: dict[OriginKey, int] = {}

    def next_key(self, origin: OriginKey) -> EventKey:
        _, seq, _, _ = self._head(origin)
        number = self._numbered[origin] = self._numbered.get(origin, seq) + 1
        return EventKey(*origin, number)

    def write(self, row: Waiting, renamed: _Renamed) -> None:
        key = renamed[tuple(row.record.key)]
        no, _, link, hlc = self._head(OriginKey(*key[:3]))
        text = payload_text(_with_new_keys(json.loads(row.record.text), renamed))
        record = row.record._replace(key=key, text=text)
        link = link_after(link, record.canonical())
        self._connection.execute(
            "UPDATE events SET origin = ?, seq = ?, payload = ?, hash = ? WHERE pos = ?",
            (no, key.seq, text, link, row.pos),
        )
        renumber(self._connection, (row.origin, row.record.key.seq), (no, key.seq))
        self._at[OriginKey(*key[:3])] = (no, key.seq, link, max(hlc, record.hlc))

    def finish(self) -> None:
        self._connection.executemany(
            "UPDATE origins SET seq = ?, hash = ?, hlc = ? WHERE no = ?",
            [(seq, link, hlc, no) for no, seq, link, hlc in self._at.values()],
        )

    def _head(self, origin: OriginKey) -> tuple[int, int, bytes, int]:
        if origin not in self._at:
            writer = replace(self._device, id=origin.device, incarnation=origin.incarnation)
            self._at[origin] = own_head(self._connection, writer, origin.stream)
        return self._at[origin]


def _with_new_keys(value: Any, renamed: _Renamed) -> Any:
    """The JSON value with all keys of rewritten events replaced by the new ones."""
    if isinstance(value, dict):
        return {name: _with_new_keys(part, renamed) for name, part in value.items()}
    if not isinstance(value, list):
        return value
    if len(value) == _KEY_PARTS and all(isinstance(part, str | int) for part in value) and tuple(value) in renamed:
        return list(renamed[tuple(value)])
    return [_with_new_keys(part, renamed) for part in value]


def shorten(connection: Connection, origins: Iterable[int]) -> None:
    """Recomputes how far the chains of these origins go without a gap, after events were taken from them."""
    for origin in origins:
        seq, link, whole = 0, CHAIN_START, 1
        for number, written in connection.execute(
            "SELECT seq, hash FROM events WHERE origin = ? ORDER BY seq", (origin,)
        ):
            if number != seq + 1:
                whole = 0
                break
            seq, link = number, written
        connection.execute(
            "UPDATE origins SET seq = ?, hash = ?, whole = ?, signed = min(signed, ?) WHERE no = ?",
            (seq, link, whole, seq, origin),
        )
