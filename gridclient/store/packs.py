"""What lists, counts and maps ask of every case, packed: 44 bytes a case, ``ROWS`` cases a blob of one page.

A reader loads a million cases from here in a fraction of a second and then only the blobs that changed
(:mod:`gridclient.store.columns`). Grid, unit and channel stand by the number of their label.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable
from enum import IntFlag, StrEnum
from typing import Final

from gridclient.domain.case import CaseState
from gridclient.domain.geometry import mercator_cell
from gridclient.store.driver import Connection
from gridclient.store.tables import CaseTableRow

ROWS: Final = 88
NOWHERE: Final = 0xFFFFFFFF
STATES: Final = {state.value: code for code, state in enumerate(CaseState, start=1)}
"""States by their place in the life of a case; 0 is no case at all."""
FORMAT: Final = struct.Struct("<BBBBHHHxxIIIIqq")
FIELDS: Final = (
    ("state", "u1"), ("level", "u1"), ("flags", "u1"), ("urgency", "u1"),
    ("grid", "<u2"), ("unit", "<u2"), ("channel", "<u2"), ("spare", "<u2"),
    ("due", "<u4"), ("registered", "<u4"), ("x", "<u4"), ("y", "<u4"),
    ("number", "<i8"), ("title", "<i8"),
)  # fmt: skip
"""The same for numpy. ``due`` 0: none; ``x``/``y``: column and row of web mercator at level 28."""
_LABELS: Final = struct.Struct("<HHH")
_LABELS_AT: Final = 4
_FLAGS_AT: Final = 2
_EMPTY: Final = bytes(FORMAT.size * ROWS)
_LARGEST: Final = 0xFFFFFFFF - 1
_SIGN_BITS: Final = 21
_SIGNS: Final = 3


class Flag(IntFlag):
    """Marks beside the state."""

    OPEN = 1
    RETURNED = 2
    ESCALATED = 4
    CONSULTATION = 8
    CONFLICT = 16
    PENDING = 32


_PENDING: Final = int(Flag.PENDING)


class LabelKind(StrEnum):
    """What labels stand for."""

    GRID = "grid"
    UNIT = "unit"
    CHANNEL = "channel"


LabelNumber = Callable[[LabelKind, str], int]
"""Gives a code its number; number 0 is the empty code."""


class Labels:
    """The numbers of codes. A code that first comes is given one; for reading (``new=False``) it is 0, as if none."""

    def __init__(self, connection: Connection, *, new: bool = True) -> None:
        self._connection = connection
        self._new = new
        self._known: dict[tuple[str, str], int] = {}

    def number(self, kind: LabelKind, code: str) -> int:
        """The number of ``code``."""
        if not code:
            return 0
        key = (kind.value, code)
        no = self._known.get(key)
        if no is None:
            no = self._known[key] = self._read(key)
        return no

    def _read(self, key: tuple[str, str]) -> int:
        row = self._connection.execute("SELECT no FROM labels WHERE kind = ? AND code = ?", key).fetchone()
        if row is not None or not self._new:
            return int(row[0]) if row is not None else 0
        return self._connection.execute("INSERT INTO labels(kind, code) VALUES (?, ?)", key).lastrowid


def title_key(title: str) -> int:
    """The first three signs of a title as an integer of the same order."""
    key = 0
    for sign in title[:_SIGNS].ljust(_SIGNS, "\0"):
        key = key << _SIGN_BITS | ord(sign)
    return key


def title_start(key: int) -> str:
    """The signs that a :func:`title_key` was made of."""
    signs = (key >> shift & (1 << _SIGN_BITS) - 1 for shift in range((_SIGNS - 1) * _SIGN_BITS, -1, -_SIGN_BITS))
    return "".join(map(chr, signs)).rstrip("\0")


def flags_of(row: CaseTableRow) -> int:
    """The marks of a row, as :class:`Flag` names them."""
    return (
        row.is_open
        | row.returned << 1
        | row.escalated << 2
        | row.consultation << 3
        | row.conflict << 4
        | (row.pending > 0) << 5
    )


def packed(row: CaseTableRow, number: LabelNumber) -> bytes:
    """A row's packed form."""
    x = y = NOWHERE
    if row.lon is not None and row.lat is not None:
        x, y = mercator_cell(row.lon, row.lat)
    return FORMAT.pack(
        STATES[row.state],
        row.level,
        flags_of(row),
        min(255, max(0, row.urgency)),
        number(LabelKind.GRID, row.grid),
        number(LabelKind.UNIT, row.unit),
        number(LabelKind.CHANNEL, row.channel),
        _instant(row.due),
        _instant(row.registered_at),
        x,
        y,
        row.number_key,
        title_key(row.title),
    )


def _instant(seconds: int | None) -> int:
    """Seconds as they fit: nothing is 0, times before 1970 and after 2106 are cut."""
    return 0 if seconds is None else min(_LARGEST, max(1, seconds))


def label_bytes(*, grid: int, unit: int, channel: int) -> bytes:
    """Labels as a packed row has them."""
    return _LABELS.pack(grid, unit, channel)


def labelled(record: bytes, labels: bytes) -> bytes:
    """The packed row with other labels: it can be packed before anybody knows their numbers."""
    return record[:_LABELS_AT] + labels + record[_LABELS_AT + _LABELS.size :]


def write_packs(connection: Connection, records: Iterable[tuple[int, bytes]]) -> None:
    """Puts packed rows in their places, by case number, under a new stamp."""
    chunks = _Chunks(connection)
    for no, record in records:
        data, start = chunks.place(no)
        data[start : start + FORMAT.size] = record
    chunks.write()


def mark_pending(connection: Connection, marks: Iterable[tuple[int, bool]]) -> None:
    """Whether cases, by their numbers, have events that wait; nothing else of their packed rows changes."""
    chunks = _Chunks(connection)
    for no, waits in marks:
        data, start = chunks.place(no)
        flags = data[start + _FLAGS_AT]
        data[start + _FLAGS_AT] = flags | _PENDING if waits else flags & ~_PENDING
    chunks.write()


class _Chunks:
    """The blobs that one statement after the other changes."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._read: dict[int, bytearray] = {}

    def place(self, no: int) -> tuple[bytearray, int]:
        """The blob of a case, and where in it the case begins."""
        chunk, place = divmod(no - 1, ROWS)
        if chunk not in self._read:
            self._read[chunk] = bytearray(read_pack(self._connection, chunk))
        return self._read[chunk], place * FORMAT.size

    def write(self) -> None:
        """Writes what was read, under a new stamp."""
        if not self._read:
            return
        stamp = _next_stamp(self._connection)
        self._connection.executemany(
            "INSERT INTO packs(no, stamp, data) VALUES (?, ?, ?) "
            "ON CONFLICT(no) DO UPDATE SET stamp = excluded.stamp, data = excluded.data",
            [(chunk, stamp, bytes(data)) for chunk, data in self._read.items()],
        )


def read_pack(connection: Connection, chunk: int) -> bytes:
    """The packed rows ``chunk * ROWS + 1`` and following; empty ones where there is nothing."""
    row = connection.execute("SELECT data FROM packs WHERE no = ?", (chunk,)).fetchone()
    return _EMPTY if row is None else bytes(row[0])


def _next_stamp(connection: Connection) -> int:
    """In two steps: one with RETURNING may have to be taken back by itself, so it makes the search index write out what
    it gathered, in a piece of its own."""
    connection.execute("UPDATE store_state SET stamp = stamp + 1 WHERE id = 1")
    return int(connection.execute("SELECT stamp FROM store_state WHERE id = 1").fetchone()[0])
