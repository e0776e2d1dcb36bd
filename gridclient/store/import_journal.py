"""The rows of case imports that are decided or about to be: put aside first, then taken over into the log in turns.

``imports.state`` is ``staging`` until all rows are there, ``ready`` from the decision on, then ``done``. A start finds
``ready`` ones after a power cut and finishes them, and throws ``staging`` ones away.
"""

from __future__ import annotations

import json
import time
import zlib
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple, Protocol

from gridclient.store.driver import Connection, Database

_JSON: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
_QUICK: Final = 1  # of zlib: an eighth of the pages to encrypt, for a third of what that costs
_BATCH: Final = 100
_BUFFERED: Final = 20
"""Batches kept in memory before they are written: looking into a small file writes nothing."""
_TURN_S: Final = 0.04
"""How long a transaction should hold the store: the desk's own write waits about that long."""
_PAUSE_S: Final = 0.004
_MOST: Final = 20


class StagedCase(NamedTuple):
    """One row put aside: the case's key, what its number and its place depend on, and what the row says."""

    subject: str
    township: str
    day: str
    grid: str
    standard: str
    digest: str
    payload: dict[str, Any]


class CaseRecorder(Protocol):
    """Puts imported cases into the log and all tables, within the transaction that is open."""

    def __call__(self, connection: Connection, rows: Sequence[StagedCase], actor: str, now: datetime) -> int:
        """How many of the rows were new; cases that are known already stay as they are."""
        ...


class Journal:
    """The way of one import into the store; used once, by one thread."""

    def __init__(self, database: Database, record: CaseRecorder, *, file: str, actor: str, now: datetime) -> None:
        self._database = database
        self._record = record
        self._about = (file, actor, now.isoformat())
        self._import_id: int | None = None
        self._rows: list[str] = []
        self._batches: list[bytes] = []
        self._decided = False
        self.waiting = 0

    def put_aside(self, head: Sequence[str], payload: str) -> None:
        """Keeps one row: the texts of :class:`StagedCase` up to its payload, and the payload as JSON."""
        self._rows.append(f"[{_JSON.encode(head)[1:-1]},{payload}]")
        self.waiting += 1
        if len(self._rows) == _BATCH:
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
            connection.execute("update imports set state = 'ready' where id = ?", (import_id,))
        self._decided = True
        return _take_over(self._database, self._record, import_id, lambda done: advance(done, self.waiting))

    def throw_away(self) -> None:
        """Leaves nothing of an import that was not decided."""
        self._rows.clear()
        self._batches.clear()
        if self._import_id is not None and not self._decided:
            _forget(self._database, self._import_id)
            self._import_id = None

    def _close_batch(self) -> None:
        if self._rows:
            text = f"[{','.join(self._rows)}]"
            self._batches.append(zlib.compress(text.encode("utf-8", "surrogatepass"), _QUICK))
            self._rows.clear()

    def _flush(self, connection: Connection) -> int:
        if self._import_id is None:
            self._import_id = connection.execute(
                "insert into imports (kind, file, actor, started_at, state) values ('cases', ?, ?, ?, 'staging')",
                self._about,
            ).lastrowid
        import_id = self._import_id
        connection.executemany(
            "insert into import_batches (import_id, data) values (?, ?)", [(import_id, data) for data in self._batches]
        )
        self._batches.clear()
        return import_id


def finish_imports(database: Database, record: CaseRecorder) -> int:
    """At a start: carries out what was decided, throws away what was not. Gives the number of new cases."""
    with database.reader() as connection:
        left = connection.execute("select id, state from imports where state <> 'done' order by id").fetchall()
    new = 0
    for import_id, state in left:
        if state == "ready":
            new += _take_over(database, record, import_id, None)[0]
        else:
            _forget(database, import_id)
    return new


def _take_over(
    database: Database, record: CaseRecorder, import_id: int, advance: Callable[[int], None] | None
) -> tuple[int, int]:
    """Takes the rows over in short transactions, with a pause between them for the desk's own writes."""
    batches, done = 1, 0
    while True:
        with database.writer() as connection:
            started = time.perf_counter()
            count = _one_turn(connection, record, import_id, batches)
            if not count:
                return _close(connection, import_id)
        elapsed = time.perf_counter() - started
        batches = max(1, min(_MOST, 2 * batches, int(batches * _TURN_S / elapsed)))
        done += count
        if advance is not None:
            advance(done)
        time.sleep(_PAUSE_S)


def _one_turn(connection: Connection, record: CaseRecorder, import_id: int, batches: int) -> int:
    taken = connection.execute(
        "select position, data from import_batches where import_id = ? order by position limit ?", (import_id, batches)
    ).fetchall()
    if not taken:
        return 0
    actor, started_at = connection.execute(
        "select actor, started_at from imports where id = ?", (import_id,)
    ).fetchone()
    rows = [
        StagedCase(*row)
        for _, data in taken
        for row in json.loads(zlib.decompress(data).decode("utf-8", "surrogatepass"))
    ]
    new = record(connection, rows, actor, datetime.fromisoformat(started_at))
    connection.execute("delete from import_batches where import_id = ? and position <= ?", (import_id, taken[-1][0]))
    connection.execute(
        "update imports set imported = imported + ?, unchanged = unchanged + ? where id = ?",
        (new, len(rows) - new, import_id),
    )
    return len(rows)


def _close(connection: Connection, import_id: int) -> tuple[int, int]:
    connection.execute("update imports set state = 'done' where id = ?", (import_id,))
    row: Any = connection.execute("select imported, unchanged from imports where id = ?", (import_id,)).fetchone()
    return int(row[0]), int(row[1])


def _forget(database: Database, import_id: int) -> None:
    """Removes an undecided import."""
    with database.writer() as connection:
        connection.execute("delete from import_batches where import_id = ?", (import_id,))
        connection.execute("delete from imports where id = ?", (import_id,))
