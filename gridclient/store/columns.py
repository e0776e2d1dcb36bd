"""The packed columns of all cases in memory, which lists, counts, duplicates and the map filter and order by.

A million cases take 44 MB, load in about 0.2 s and answer any filter in any order within milliseconds, which indexes in
the file cannot do. The file stays the truth: :meth:`Columns.at` first reads the blobs that changed, within the caller's
read transaction. Whoever asks only for open cases at first, as a desk that opens does, waits for a tenth of that: few
blobs hold any, because what is open is recent.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from gridclient.store.answers import Answer, Answers
from gridclient.store.driver import Connection, Database
from gridclient.store.packs import FIELDS, ROWS, Flag, LabelKind
from gridclient.store.search import Numbers, TextQuery, numbers_of_text

T = TypeVar("T")
Column = NDArray[Any]
Mask = NDArray[np.bool_]
Places = NDArray[np.intp]
"""Positions in the columns, ascending; a case's position is its number less one."""

_RECORD: Final = np.dtype(list(FIELDS))
_STRETCH: Final = 4096
_SPARE_CHUNKS: Final = 64

_OF_STRETCH: Final = "SELECT no, data FROM packs WHERE no >= ? AND no < ? ORDER BY no"
_OF_OPEN: Final = (
    f"SELECT no, data FROM packs WHERE no IN (SELECT DISTINCT (no - 1) / {ROWS} FROM cases INDEXED BY cases_open "
    f"WHERE is_open = 1 AND no > ? * {ROWS} AND no <= ? * {ROWS}) ORDER BY no"
)
_CHANGED: Final = "SELECT no, data FROM packs INDEXED BY idx_packs_stamp WHERE stamp > ? ORDER BY no"
"""Left to itself SQLite reads every blob, to have them in order without sorting: a fifth of a second of a million
cases, after every write."""


class Table:
    """The columns as one read transaction sees them. To be used only inside the block of :meth:`Columns.at`."""

    state: Column
    level: Column
    flags: Column
    grid: Column
    unit: Column
    channel: Column
    due: Column
    registered: Column
    x: Column
    y: Column
    number: Column
    title: Column

    def __init__(self) -> None:
        self.size = 0
        self.stamp = -1
        self._whole = True
        self._kept: dict[Hashable, Any] = {}
        self.carried: dict[str, Any] = {}
        """Derived values that outlive a write; their owner brings them up to date with ``answers.chunks_since``."""
        self.answers = Answers()
        self.codes: list[str] = [""]
        self._labels: dict[str, dict[str, int]] = {}
        self._room: dict[str, Column] = {name: np.empty(0, _RECORD[name]) for name in _NAMES}

    def load(self, connection: Connection, *, only_open: bool) -> None:
        """Reads the blobs that changed since the last call; the first time all, or those that have an open case."""
        stamp = int(connection.execute("SELECT stamp FROM store_state WHERE id = 1").fetchone()[0])
        if not self._whole and (not only_open or stamp != self.stamp):  # a write may be among what was not read
            self.stamp = -1
            self.carried.clear()
        if stamp == self.stamp:
            return
        self._kept.clear()
        only_open = only_open and not self.size  # what was read before, also until it broke off, is old
        last = connection.execute("SELECT max(no) FROM packs").fetchone()[0]
        chunks = 0 if last is None else last + 1
        self._grow(chunks)
        if self.stamp < 0:
            self.answers.begin(stamp)
            self._whole = not only_open
            for first in range(0, chunks, _STRETCH):
                self._take(connection, _OF_OPEN if only_open else _OF_STRETCH, (first, first + _STRETCH))
        else:
            self.answers.note_change(stamp, self._take(connection, _CHANGED, (self.stamp,)))
        self._load_labels(connection)
        self.stamp = stamp

    def _grow(self, chunks: int) -> None:
        size = chunks * ROWS
        held = len(self._room["state"])
        if size > held:
            room = (chunks + max(chunks // 16, _SPARE_CHUNKS)) * ROWS
            for name, old in self._room.items():
                new = np.zeros(room, old.dtype)
                new[:held] = old
                self._room[name] = new
        self.size = size
        for name, column in self._room.items():
            setattr(self, name, column[:size])

    def _take(self, connection: Connection, which: str, values: Sequence[int]) -> Numbers:
        """Reads the blobs that the query ``which`` selects; returns their numbers. They come as one value, because
        reading row by row waits for Python's lock each time."""
        text, joined = connection.execute(
            f"SELECT group_concat(no), CAST(group_concat(data, '') AS BLOB) FROM ({which})", values
        ).fetchone()
        chunks = numbers_of_text(text)
        records = np.frombuffer(joined or b"", _RECORD).reshape(-1, ROWS)
        for name, column in self._room.items():
            column.reshape(-1, ROWS)[chunks] = records[name]
        return chunks

    def _load_labels(self, connection: Connection) -> None:
        rows = connection.execute("SELECT no, kind, code FROM labels WHERE no >= ? ORDER BY no", (len(self.codes),))
        for no, kind, code in rows:
            self.codes += [""] * (no - len(self.codes)) + [code]
            self._labels.setdefault(kind, {})[code] = no

    def labels(self, kind: LabelKind) -> list[tuple[int, str]]:
        """The codes of one kind with their numbers."""
        return [(no, code) for code, no in self._labels.get(kind.value, {}).items()]

    def label(self, kind: LabelKind, code: str) -> int | None:
        """The number of a code; ``None`` when no case ever had it."""
        return self._labels.get(kind.value, {}).get(code)

    def once(self, key: Hashable, make: Callable[[], T]) -> T:
        """The result of ``make``, computed once per state of the store."""
        if key not in self._kept:
            self._kept[key] = make()
        kept: T = self._kept[key]
        return kept

    def with_due(self) -> Places:
        """Places of the cases that have a deadline, which are open ones."""
        return self.once("with_due", lambda: np.flatnonzero(self.due != 0))

    def open_places(self) -> Places:
        """Places of the open cases."""
        return self.once("open", lambda: np.flatnonzero(self.flagged(Flag.OPEN)))

    def flagged(self, flag: Flag) -> Mask:
        """Which cases have the flag."""
        mask: Mask = (self.flags & np.uint8(flag)) != 0
        return mask


_NAMES: Final = tuple(name for name, _ in FIELDS if name not in ("urgency", "spare"))  # unused here


class Columns:
    """Keeps one :class:`Table` up to date. Safe to use from any thread; only one thread at a time is let in."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.RLock()
        self._table = Table()

    @contextmanager
    def at(self, *, only_open: bool = False) -> Iterator[tuple[Connection, Table]]:
        """Gives a read connection and the columns in the state that it sees.

        With ``only_open`` ended cases may be missing, as if there were none. The lock is taken before the transaction
        begins, so that states come in order. It is held while the block lasts, which should be milliseconds.
        """
        with self._lock, self._database.reader() as connection:
            self._table.load(connection, only_open=only_open)
            yield connection, self._table

    def knows_answer(self, query: TextQuery) -> bool:
        """Whether the result of a search is cached."""
        with self._lock:
            return self._table.answers.knows(query)

    def keep_answer(self, query: TextQuery, answer: Answer) -> None:
        """Caches the result of a search made outside :meth:`at`, unless it is of a newer state than the columns."""
        with self._lock:
            if answer.stamp <= self._table.stamp:
                self._table.answers.keep(query, answer)
