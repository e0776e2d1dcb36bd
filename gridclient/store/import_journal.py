"""The rows of case imports that are decided or about to be: put aside first, then taken over into the log in turns.

``imports.state`` is ``staging`` until all rows are there, ``ready`` from the decision on, then ``done``. A start finds
``ready`` ones after a power cut and finishes them, and throws ``staging`` ones away.
"""

from __future__ import annotations

import json
import time
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Final, NamedTuple, Protocol

from gridclient.services.imported_case import numbered_text
from gridclient.store.audit import append_line
from gridclient.store.driver import Connection, Database

_JSON: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
_QUICK: Final = 1  # of zlib: an eighth of the pages to encrypt, for a third of what that costs
_BATCH: Final = 100
_BUFFERED: Final = 20
"""Batches kept in memory before they are written: looking into a small file writes nothing."""
_TURN_S: Final = 0.04
"""How long a transaction should hold the store: the desk's own write waits about that long."""
_MOST: Final = 20
_FORGOTTEN_AT_ONCE: Final = 200


class StagedCase(NamedTuple):
    """One row put aside: the case's key, its number, what the recorder wanted kept, the payload's text for the log."""

    subject: str
    number: str
    kept: Sequence[Any]
    text: str


class CaseRecorder(Protocol):
    """Puts imported cases into the log and all tables: ``prepare`` needs no lock, ``write`` is kept short."""

    def reserve(self, connection: Connection, counts: Mapping[str, int]) -> dict[str, int]:
        """Takes so many numbers of each name (township and day); gives the first of each."""
        ...

    def number(self, name: str, value: int) -> str:
        """A case number of this desk."""
        ...

    def now(self) -> datetime: ...

    def keep(self, payload: Mapping[str, Any]) -> Sequence[Any]:
        """What ``prepare`` will need of a payload beside its text, as JSON values: reading the text costs more."""
        ...

    def prepare(self, rows: Sequence[StagedCase], actor: str) -> Sequence[Any]:
        """What ``write`` takes."""
        ...

    def write(self, connection: Connection, prepared: Sequence[Any]) -> int:
        """How many of the cases were new; those that are known already stay as they are."""
        ...


@lru_cache(maxsize=4096)
def number_name(township: str, day: date) -> str:
    """What numbers are counted by."""
    return f"{township}-{day:%Y%m%d}"


def note_import(connection: Connection, import_id: int, actor: str, now: datetime) -> None:
    """A line in the audit log: who brought in what the list of imports has under this number."""
    append_line(connection, at=int(now.timestamp()), actor=actor, what="imported", subject=str(import_id))


class Journal:
    """The way of one import into the store; used once, by one thread."""

    def __init__(self, database: Database, recorder: CaseRecorder, *, file: str, actor: str, now: datetime) -> None:
        self._database = database
        self._recorder = recorder
        self._file = file
        self._actor = actor
        self._now = now
        self._import_id: int | None = None
        self._lines: list[str] = []
        self._batches: list[bytes] = []
        self._counts: dict[str, int] = {}
        self._decided = False
        self.waiting = 0

    def put_aside(self, subject: str, name: str, payload: Mapping[str, Any], text: str) -> None:
        """Keeps one case: its key, the name that its number is counted by, its event's payload and text without it."""
        place = self._counts[name] = self._counts.get(name, 0) + 1
        self._lines += (_JSON.encode((subject, name, place, self._recorder.keep(payload))), text)
        self.waiting += 1
        if len(self._lines) == 2 * _BATCH:
            self._close_batch()
        if len(self._batches) == _BUFFERED:
            with self._database.writer() as connection:
                self._flush(connection)

    def carry_out(self, advance: Callable[[int, int], None]) -> tuple[int, int]:
        """Decides, then takes all rows over. Gives how many were new and how many had come in meanwhile."""
        if not self.waiting:
            return 0, 0
        self._close_batch()
        with self._database.writer() as connection:
            import_id = self._flush(connection)
            first = self._recorder.reserve(connection, self._counts)
            connection.executemany(
                "insert into import_numbers (import_id, name, first) values (?, ?, ?)",
                [(import_id, name, value) for name, value in first.items()],
            )
            connection.execute("update imports set state = 'ready' where id = ?", (import_id,))
            note_import(connection, import_id, self._actor, self._now)
        self._decided = True
        taking = _TakingOver(self._database, self._recorder, import_id)
        return taking.to_the_end(lambda done: advance(done, self.waiting))

    def throw_away(self) -> None:
        """Leaves nothing of an import that was not decided."""
        self._lines.clear()
        self._batches.clear()
        if self._import_id is not None and not self._decided:
            _forget(self._database, self._import_id)
            self._import_id = None

    def _close_batch(self) -> None:
        if self._lines:
            self._batches.append(zlib.compress("\n".join(self._lines).encode(), _QUICK))
            self._lines.clear()

    def _flush(self, connection: Connection) -> int:
        if self._import_id is None:
            self._import_id = connection.execute(
                "insert into imports (kind, file, actor, started_at, state) values ('cases', ?, ?, ?, 'staging')",
                (self._file, self._actor, self._now.isoformat()),
            ).lastrowid
        import_id = self._import_id
        connection.executemany(
            "insert into import_batches (import_id, data) values (?, ?)", [(import_id, data) for data in self._batches]
        )
        self._batches.clear()
        return import_id


def finish_imports(database: Database, recorder: CaseRecorder) -> int:
    """At a start: carries out what was decided, throws away what was not. Gives the number of new cases."""
    with database.reader() as connection:
        left = connection.execute("select id, state from imports where state <> 'done' order by id").fetchall()
    new = 0
    for import_id, state in left:
        if state == "ready":
            new += _TakingOver(database, recorder, import_id).to_the_end(None)[0]
        else:
            _forget(database, import_id)
    return new


class _TakingOver:
    """Takes the rows of a decided import over in short transactions; what can be done between them is."""

    def __init__(self, database: Database, recorder: CaseRecorder, import_id: int) -> None:
        self._database = database
        self._recorder = recorder
        self._import_id = import_id
        with database.reader() as connection:
            self._actor = connection.execute("select actor from imports where id = ?", (import_id,)).fetchone()[0]
            numbers = connection.execute("select name, first from import_numbers where import_id = ?", (import_id,))
            self._first = dict(numbers.fetchall())

    def to_the_end(self, advance: Callable[[int], None] | None) -> tuple[int, int]:
        """Gives how many cases were new and how many were there already."""
        batches, done = 1, 0
        while True:
            taken = self._next(batches)
            if not taken:
                return self._close()
            rows = [row for _, data in taken for row in self._rows(data)]
            held = self._turn(rows, taken[-1][0])
            batches = max(1, min(_MOST, 2 * batches, int(batches * _TURN_S / held)))
            done += len(rows)
            if advance is not None:
                advance(done)

    def _next(self, batches: int) -> list[tuple[int, bytes]]:
        with self._database.reader() as connection:
            return connection.execute(
                "select position, data from import_batches where import_id = ? order by position limit ?",
                (self._import_id, batches),
            ).fetchall()

    def _rows(self, data: bytes) -> Iterator[StagedCase]:
        lines = zlib.decompress(data).decode().split("\n")
        for head, text in zip(lines[::2], lines[1::2], strict=True):
            subject, name, place, kept = json.loads(head)
            number = self._recorder.number(name, self._first[name] + place - 1)
            yield StagedCase(subject, number, kept, numbered_text(text, number))

    def _turn(self, rows: Sequence[StagedCase], last: int) -> float:
        """Writes the rows and forgets that they were put aside; gives the seconds for which the store was held."""
        prepared = self._recorder.prepare(rows, self._actor)
        with self._database.writer() as connection:
            started = time.perf_counter()
            new = self._recorder.write(connection, prepared)
            connection.execute(
                "delete from import_batches where import_id = ? and position <= ?", (self._import_id, last)
            )
            connection.execute(
                "update imports set imported = imported + ?, unchanged = unchanged + ? where id = ?",
                (new, len(rows) - new, self._import_id),
            )
        return time.perf_counter() - started

    def _close(self) -> tuple[int, int]:
        with self._database.writer() as connection:
            connection.execute("delete from import_numbers where import_id = ?", (self._import_id,))
            connection.execute(
                "update imports set state = 'done', finished_at = ? where id = ?",
                (self._recorder.now().isoformat(), self._import_id),
            )
            imported, unchanged = connection.execute(
                "select imported, unchanged from imports where id = ?", (self._import_id,)
            ).fetchone()
        return imported, unchanged


def _forget(database: Database, import_id: int) -> None:
    """Removes an undecided import, in short transactions."""
    left = True
    while left:
        with database.writer() as connection:
            gone = connection.execute(
                "delete from import_batches where position in"
                " (select position from import_batches where import_id = ? order by position limit ?)",
                (import_id, _FORGOTTEN_AT_ONCE),
            ).rowcount
            left = gone == _FORGOTTEN_AT_ONCE
            if not left:
                connection.execute("delete from imports where id = ?", (import_id,))
