"""The packed rows of all cases: the 44 bytes of each case that lists, counts and maps need, 88 cases (``ROWS``) to a
blob.

A reader loads a million cases from here in a fraction of a second and then only the blobs that changed
(:mod:`gridclient.store.columns`). Grid, unit and channel are stored as the numbers of their labels.
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
"""States as packed, in the order of :class:`CaseState`; 0 means that there is no case with this number."""
FORMAT: Final = struct.Struct("<BBBBHHHxxIIIIqq")
FIELDS: Final = (
    ("state", "u1"), ("level", "u1"), ("flags", "u1"), ("urgency", "u1"),
    ("grid", "<u2"), ("unit", "<u2"), ("channel", "<u2"), ("spare", "<u2"),
    ("due", "<u4"), ("registered", "<u4"), ("x", "<u4"), ("y", "<u4"),
    ("number", "<i8"), ("title", "<i8"),
)  # fmt: skip
"""``FORMAT`` for numpy. ``due`` 0: none; ``x``/``y``: column and row of web mercator at level 28."""
_LABELS: Final = struct.Struct("<HHH")
_LABELS_AT: Final = 4
_FLAGS_AT: Final = 2
_EMPTY: Final = bytes(FORMAT.size * ROWS)
_LARGEST: Final = 0xFFFFFFFF - 1
_SIGN_BITS: Final = 21
_SIGNS: Final = 3


class Flag(IntFlag):
    """The flags of a packed row."""

    OPEN = 1
    RETURNED = 2
    ESCALATED = 4
    CONSULTATION = 8
    CONFLICT = 16
    PENDING = 32


_PENDING: Final = int(Flag.PENDING)


class LabelKind(StrEnum):
    """The kinds of codes that have labels."""

    GRID = "grid"
    UNIT = "unit"
    CHANNEL = "channel"


LabelNumber = Callable[[LabelKind, str], int]
"""Gives a code its number; number 0 is the empty code."""


class Labels:
    """Numbers of codes (table ``labels``). A new code gets the next number; with ``new=False`` unknown codes give 0."""

    def __init__(self, connection: Connection, *, new: bool = True) -> None:
        self._connection = connection
        self._new = new
        self._known: dict[tuple[str, str], int] = {}

    def number(self, kind: LabelKind, code: str) -> int:
        """The number of ``code``; 0 for ""."""
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
    """The first three characters of a title as an integer that sorts like them."""
    key = 0
    for sign in title[:_SIGNS].ljust(_SIGNS, "\0"):
        key = key << _SIGN_BITS | ord(sign)
    return key


def title_start(key: int) -> str:
    """The inverse of :func:`title_key`: the first three characters."""
    signs = (key >> shift & (1 << _SIGN_BITS) - 1 for shift in range((_SIGNS - 1) * _SIGN_BITS, -1, -_SIGN_BITS))
    return "".join(map(chr, signs)).rstrip("\0")


def flags_of(row: CaseTableRow) -> int:
    """The flags of a row, as bits of :class:`Flag`."""
    return (
        row.is_open
        | row.returned << 1
        | row.escalated << 2
        | row.consultation << 3
        | row.conflict << 4
        | (row.pending > 0) << 5
    )


def packed(row: CaseTableRow, number: LabelNumber) -> bytes:
    """The packed form of a row."""
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
    """Seconds since 1970 in 32 bits: 0 for ``None``, times before 1970 or after 2106 are clamped."""
    return 0 if seconds is None else min(_LARGEST, max(1, seconds))


def label_bytes(*, grid: int, unit: int, channel: int) -> bytes:
    """The three label numbers as bytes of a packed row."""
    return _LABELS.pack(grid, unit, channel)


def labelled(record: bytes, labels: bytes) -> bytes:
    """The packed row with these labels. Rows are packed before the numbers of their labels are known."""
    return record[:_LABELS_AT] + labels + record[_LABELS_AT + _LABELS.size :]


def write_packs(connection: Connection, records: Iterable[tuple[int, bytes]]) -> None:
    """Writes packed rows, given by case number, under a new stamp."""
    chunks = _Chunks(connection)
    for no, record in records:
        data, start = chunks.place(no)
        data[start : start + FORMAT.size] = record
    chunks.write()


def mark_pending(connection: Connection, marks: Iterable[tuple[int, bool]]) -> None:
    """Sets or clears ``Flag.PENDING`` of the packed rows of these cases."""
    chunks = _Chunks(connection)
    for no, waits in marks:
        data, start = chunks.place(no)
        flags = data[start + _FLAGS_AT]
        data[start + _FLAGS_AT] = flags | _PENDING if waits else flags & ~_PENDING
    chunks.write()


class _Chunks:
    """The blobs that one transaction changes, in memory until :meth:`write`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._read: dict[int, bytearray] = {}

    def place(self, no: int) -> tuple[bytearray, int]:
        """The blob of a case, and the offset of its packed row in it."""
        chunk, place = divmod(no - 1, ROWS)
        if chunk not in self._read:
            self._read[chunk] = bytearray(read_pack(self._connection, chunk))
        return self._read[chunk], place * FORMAT.size

    def write(self) -> None:
        """Writes the blobs under a new stamp."""
        if not self._read:
            return
        stamp = _next_stamp(self._connection)
        self._connection.executemany(
            "INSERT INTO packs(no, stamp, data) VALUES (?, ?, ?) "
            "ON CONFLICT(no) DO UPDATE SET stamp = excluded.stamp, data = excluded.data",
            [(chunk, stamp, bytes(data)) for chunk, data in self._read.items()],
        )


def read_pack(connection: Connection, chunk: int) -> bytes:
    """The blob ``chunk``: the packed rows of the cases from ``chunk * ROWS + 1`` on; zeros if there is none yet."""
    row = connection.execute("SELECT data FROM packs WHERE no = ?", (chunk,)).fetchone()
    return _EMPTY if row is None else bytes(row[0])


def packed_count(connection: Connection) -> int:
    """How many cases are packed; -1 if a blob has another length, or a stamp above the store's: a desk that reads what
    changed since would miss the next change."""
    (stamp,) = connection.execute("SELECT max(stamp) FROM store_state WHERE id = 1").fetchone()
    cases = 0
    for own, data in connection.execute("SELECT stamp, data FROM packs"):
        if own > (stamp or 0) or len(data) != len(_EMPTY):
            return -1
        cases += ROWS - data[:: FORMAT.size].count(0)
    return cases


def _next_stamp(connection: Connection) -> int:
    """Raises the stamp. Not with RETURNING: SQLite would open a savepoint, at which the search index writes out what it
    gathered, as a segment of its own."""
    connection.execute("UPDATE store_state SET stamp = stamp + 1 WHERE id = 1")
    return int(connection.execute("SELECT stamp FROM store_state WHERE id = 1").fetchone()[0])
