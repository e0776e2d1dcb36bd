"""Stages the rows of a case import in ``import_batches``, then writes them into the log in short transactions.

``imports.state`` is ``staging`` until all rows are there, ``ready`` from the decision on, then ``done``. A start finds
``ready`` ones after a power cut and finishes them, and throws ``staging`` ones away. One whose rows cannot be read any
more (another version staged them, or the disk damaged them) is ``given_up``: what it had taken over stays.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

import msgpack
import zstandard

from gridclient.domain.errors import InvalidInput, StoreUnavailable
from gridclient.services.aside import IN_PLACE, Aside
from gridclient.services.rows import FinishedImport, Runs, in_runs
from gridclient.store.audit import append_line
from gridclient.store.case_recorder import BulkRecorder
from gridclient.store.driver import Connection, Database
from gridclient.store.import_ahead import Ahead
from gridclient.store.import_pace import Pace
from gridclient.store.tables import count_on
from gridclient.store.unfinished import unfinished_imports

_LOG: Final = logging.getLogger(__name__)
_QUICK: Final = 1  # zstd level: compressing costs less than encrypting the eight times larger text
_BATCH: Final = 100
_BUFFERED: Final = 20
"""Batches kept in memory before they are written."""
_STEP: Final = 2
"""Batches in one step, which nobody can interrupt: about ten milliseconds, and the commit."""
_FORGOTTEN_AT_ONCE: Final = 200
_NEWEST_IMPORTED: Final = (
    "select e.subject from events e join origins o on o.no = e.origin "
    "where e.kind = 'case_imported' and o.own = 1 order by e.pos desc limit ?"
)


def note_import(connection: Connection, import_id: int, actor: str, now: datetime) -> None:
    """Writes the audit line of an import; ``import_id`` is its number in ``imports``."""
    append_line(connection, at=now, actor=actor, what="imported", subject=str(import_id))


class Journal:
    """One import of cases, from staging to the log; used once, by one thread."""

    def __init__(
        self,
        database: Database,
        recorder: BulkRecorder,
        *,
        file: str,
        actor: str,
        now: datetime,
        aside: Aside,
        dry_run: bool = False,
    ) -> None:
        self.recorder = recorder
        self._database = database
        self._aside = aside
        self._file = file
        self._actor = actor
        self._now = now
        self._dry_run = dry_run
        self._import_id: int | None = None
        self._rows: list[Sequence[Any]] = []
        self._batches: list[bytes] = []
        self._counts: dict[str, int] = {}
        self._decided = False
        self.waiting = 0

    def put_aside(self, subject: str, name: str, *rest: Any) -> None:
        """Stages one case: its key, the name of :func:`number_name`, and the other fields of ``StagedCase`` after
        ``place``.

        A dry run only counts it.
        """
        self.waiting += 1
        if self._dry_run:
            return
        place = self._counts[name] = self._counts.get(name, 0) + 1
        self._rows.append((subject, name, place, *rest))
        if len(self._rows) == _BATCH:
            self._close_batch()
        if len(self._batches) == _BUFFERED:
            with self._database.writer() as connection:
                self._flush(connection)

    def carry_out(self, advance: Callable[[int, int], None]) -> tuple[Runs, int]:
        """Decides the import, then writes all rows into the log. Returns the new cases and how many the log had.

        Raises ``StoreUnavailable("import.cut_off")`` after a failure past the decision: the next start does the rest.
        """
        if not self.waiting:
            return (), 0
        self._close_batch()
        with self._database.writer() as connection:
            import_id = self._flush(connection)
            first = {name: count_on(connection, name, count) for name, count in self._counts.items()}
            connection.executemany(
                "insert into import_numbers (import_id, name, first) values (?, ?, ?)",
                [(import_id, name, value) for name, value in first.items()],
            )
            connection.execute("update imports set state = 'ready' where id = ?", (import_id,))
            note_import(connection, import_id, self._actor, self._now)
        self._decided = True
        taking = _TakingOver(self._database, self.recorder, import_id, self._aside)
        try:
            return taking.to_the_end(lambda done: advance(done, self.waiting))
        except StoreUnavailable as fault:
            raise StoreUnavailable("import.cut_off", file=self._file, detail=fault.code) from fault

    def throw_away(self) -> None:
        """Removes everything staged by an import that was not decided."""
        self._rows.clear()
        self._batches.clear()
        if self._import_id is not None and not self._decided:
            _forget(self._database, self._import_id)
            self._import_id = None

    def _close_batch(self) -> None:
        if self._rows:
            self._batches.append(zstandard.compress(msgpack.packb(self._rows), _QUICK))
            self._rows.clear()

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


class Ended(NamedTuple):
    """What a start did with imports that were cut off: those it finished, those it had to give up."""

    finished: Sequence[FinishedImport]
    given_up: Sequence[InvalidInput]


def finish_imports(database: Database, recorder: BulkRecorder) -> Ended:
    """Called at a start: finishes ``ready`` imports, gives up those it cannot read, removes ``staging`` ones."""
    finished, given_up = [], []
    for import_id, state in unfinished_imports(database):
        if state != "ready":
            _forget(database, import_id)
            continue
        try:
            _TakingOver(database, recorder, import_id).to_the_end(None)
        except InvalidInput as damage:
            _LOG.warning("import %d is given up: %s", import_id, damage)
            given_up.append(_give_up(database, import_id, recorder.clock.now()))
        else:
            finished.append(_told(database, import_id))
    return Ended(finished, given_up)


def _told(database: Database, import_id: int) -> FinishedImport:
    """A finished import: no other one can have run since it began, so its cases are the newest ones imported here."""
    with database.reader() as connection:
        file, count = connection.execute("select file, imported from imports where id = ?", (import_id,)).fetchone()
        rows = connection.execute(_NEWEST_IMPORTED, (count,)).fetchall()
    return FinishedImport(file, in_runs(no for (no,) in rows))


class _TakingOver:
    """Writes the rows of a decided import into the log in short transactions, and prepares rows between them."""

    def __init__(self, database: Database, recorder: BulkRecorder, import_id: int, aside: Aside = IN_PLACE) -> None:
        self._database = database
        self._recorder = recorder
        self._import_id = import_id
        with database.reader() as connection:
            self._actor = connection.execute("select actor from imports where id = ?", (import_id,)).fetchone()[0]
            numbers = connection.execute("select name, first from import_numbers where import_id = ?", (import_id,))
            prepare = recorder.preparing(dict(numbers.fetchall()))
        self._ahead = Ahead(self._fetch, prepare, aside)
        self._new: list[tuple[int, int]] = []
        self._fetched = 0
        self._pace = Pace(database.asked_for)

    def to_the_end(self, advance: Callable[[int], None] | None) -> tuple[Runs, int]:
        """Writes all rows; returns the cases that are new since it began, and how many were there already."""
        done = 0
        while ready := self._ahead.have(self._pace.steps):
            self._pace.rest()
            done += self._turn(ready)
            if advance is not None:
                advance(done)
        return tuple(self._new), self._close()

    def _fetch(self) -> tuple[int, list[bytes]] | None:
        with self._database.reader() as connection:
            taken = connection.execute(
                "select position, data from import_batches where import_id = ? and position > ?"
                " order by position limit ?",
                (self._import_id, self._fetched, _STEP),
            ).fetchall()
        if not taken:
            return None
        self._fetched = taken[-1][0]
        return self._fetched, [data for _, data in taken]

    def _turn(self, ready: int) -> int:
        """One transaction: writes prepared steps and deletes their batches, until somebody else wants to write. Returns
        the number of rows."""
        steps = rows = new = last = 0
        with self._database.writer() as connection:
            self._pace.begin()
            while steps < ready and not (steps and self._pace.is_asked()):
                last, step = self._ahead.take()
                taken, fresh = self._recorder.write(connection, step, self._actor)
                steps, rows, new = steps + 1, rows + taken, new + len(fresh)
                self._note_new(fresh)
                self._ahead.feed()
            connection.execute(
                "delete from import_batches where import_id = ? and position <= ?", (self._import_id, last)
            )
            connection.execute(
                "update imports set imported = imported + ?, unchanged = unchanged + ? where id = ?",
                (new, rows - new, self._import_id),
            )
        self._pace.end(steps)
        return rows

    def _note_new(self, numbers: Sequence[int]) -> None:
        """Other cases come in between two steps only, so a step's numbers follow one another."""
        if numbers:
            first, last = numbers[0], numbers[-1]
            if self._new and self._new[-1][1] == first - 1:
                first = self._new.pop()[0]
            self._new.append((first, last))

    def _close(self) -> int:
        with self._database.writer() as connection:
            connection.execute("delete from import_numbers where import_id = ?", (self._import_id,))
            connection.execute(
                "update imports set state = 'done', finished_at = ? where id = ?",
                (self._recorder.clock.now().isoformat(), self._import_id),
            )
            unchanged = connection.execute("select unchanged from imports where id = ?", (self._import_id,))
            return int(unchanged.fetchone()[0])


def _give_up(database: Database, import_id: int, now: datetime) -> InvalidInput:
    """Ends an import whose rows cannot be read (``given_up``): what was written stays, the rest is deleted."""
    with database.writer() as connection:
        connection.execute("delete from import_batches where import_id = ?", (import_id,))
        connection.execute("delete from import_numbers where import_id = ?", (import_id,))
        connection.execute(
            "update imports set state = 'given_up', finished_at = ? where id = ?", (now.isoformat(), import_id)
        )
        file, actor, taken = connection.execute(
            "select file, actor, imported + unchanged from imports where id = ?", (import_id,)
        ).fetchone()
        append_line(connection, at=now, actor=actor, what="import_given_up", subject=str(import_id))
    return InvalidInput("import.given_up", file=file, count=taken)


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
