"""The unit of work: rule check, events, tables, counts, packs, search index and audit in one transaction, or nothing.

Used for one dispatch and for fifty thousand cases alike: events are folded as they are recorded, and the tables are
written once per case when the block ends (or at :meth:`SqliteUnitOfWork.flush`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from typing import Final

from gridclient.domain.case import Case
from gridclient.domain.errors import GridClientError, RuleViolation
from gridclient.domain.events import Event, EventDraft, EventKind
from gridclient.domain.fold import fold
from gridclient.services.ports import Clock
from gridclient.services.rows import Changes
from gridclient.services.withholding import new_salt, salted
from gridclient.store.audit import append_line
from gridclient.store.driver import Connection, ConstraintBroken, Database
from gridclient.store.log import (
    Appender,
    Device,
    Origins,
    events_of,
    read_subject,
    require_subject,
)
from gridclient.store.projection import Projection, TouchedCase
from gridclient.store.refolding import folded
from gridclient.store.tables import case_number, count_on, number_name

_OPENERS: Final = frozenset({EventKind.REGISTERED, EventKind.IMPORTED})


class SqliteUnitOfWork:
    """``services.ports.UnitOfWork`` over one open transaction."""

    def __init__(
        self, connection: Connection, device: Device, clock: Clock, origins: Origins, salt: Callable[[], str]
    ) -> None:
        self.changes = Changes()
        self._salt = salt
        self._connection = connection
        self._clock = clock
        self._origins = origins
        self._appender = Appender(connection, device)
        self._projection = Projection(connection)
        self._touched: dict[str, TouchedCase] = {}
        self._refused: GridClientError | None = None

    def case(self, case_id: str) -> Case:
        touched = self._touched.get(case_id)
        if touched is None:
            touched = self._read(case_id, require_subject(self._connection, case_id))
        return touched.case

    def record(self, draft: EventDraft) -> Event:
        try:
            return self._record(draft)
        except RuleViolation as refused:
            self._refused = refused
            raise

    def _record(self, draft: EventDraft) -> Event:
        touched = self._touched.get(draft.subject)
        draft = replace(draft, payload=salted(draft.payload, self._salt))
        now = self._clock.now()
        if draft.kind in _OPENERS:
            return self._open(self._appender.next_event(draft, now))  # flush finds out if the log has it already
        if touched is None:
            touched = self._read(draft.subject, require_subject(self._connection, draft.subject))
        event = self._appender.next_event(draft, now, touched.case.version)
        touched.case = fold(touched.case, event)
        touched.events += 1
        self._appender.append(event, touched.no)
        return event

    def _open(self, event: Event) -> Event:
        """Records the first event of a new case."""
        case = fold(None, event)
        no = self._appender.add_subject(event.subject)
        self._touched[event.subject] = TouchedCase(no, case, before=None, events=1)
        self._appender.append(event, no)
        return event

    def _read(self, case_id: str, no: int) -> TouchedCase:
        case = folded(events_of(read_subject(self._connection, self._origins, no, case_id)))
        if case is None:
            raise RuleViolation("case.unknown", case=case_id)
        touched = self._touched[case_id] = TouchedCase(no, case, before=case, events=0)
        return touched

    def next_number(self, township: str, day: date) -> str:
        """See the port. The count of a day begins at 1 and gets more than four digits if needed."""
        name = number_name(township, day.toordinal())
        return case_number(name, self._appender.device.short, count_on(self._connection, name, 1))

    def audit(self, actor: str, what: str, subject: str) -> None:
        append_line(self._connection, at=self._clock.now(), actor=actor, what=what, subject=subject)

    def flush(self) -> None:
        """Writes everything recorded so far and forgets the cases in memory; the transaction stays open.

        Raises:
            RuleViolation: an event was refused before, or a new case is in the log already (``case.exists``); the
                transaction must not be committed.
        """
        if self._refused is not None:
            raise self._refused
        try:
            self._appender.flush()
        except ConstraintBroken as error:
            raise RuleViolation("case.exists") from error
        written = [touched for touched in self._touched.values() if touched.events]
        self._projection.write(written)
        self.changes |= Changes(frozenset(touched.case.id for touched in written))
        self._touched.clear()


class SqliteWork:
    """``services.ports.Work``: opens units of work, one at a time. ``salt`` gives the salts of what they write."""

    def __init__(self, database: Database, device: Device, clock: Clock, *, salt: Callable[[], str] = new_salt) -> None:
        self._database = database
        self._device = device
        self._clock = clock
        self._salt = salt
        self._origins = Origins()

    @contextmanager
    def __call__(self) -> Iterator[SqliteUnitOfWork]:
        """Opens a unit of work. Leaving the block commits, an exception rolls back. Raises ``StoreUnavailable``."""
        with self._database.writer() as connection:
            unit_of_work = SqliteUnitOfWork(connection, self._device, self._clock, self._origins, self._salt)
            yield unit_of_work
            unit_of_work.flush()
