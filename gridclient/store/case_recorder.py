"""Imported cases from their rows put aside into the log and all tables, in the transaction of one turn."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from gridclient.domain.events import EventDraft, EventKind
from gridclient.services.imported_case import whole_payload
from gridclient.services.ports import Clock
from gridclient.store.driver import Connection
from gridclient.store.import_journal import StagedCase
from gridclient.store.log import Device, Origins, subject_key
from gridclient.store.reference import SqliteReference
from gridclient.store.unit_of_work import SqliteUnitOfWork

_DIGEST: Final = "digest"


class BulkRecorder:
    """An ``import_journal.CaseRecorder``: numbers each case by its township and day and records it."""

    def __init__(self, device: Device, clock: Clock, reference: SqliteReference) -> None:
        self._device = device
        self._clock = clock
        self._reference = reference
        self._origins = Origins()

    def __call__(self, connection: Connection, rows: Sequence[StagedCase], actor: str, now: datetime) -> int:
        known = _known(connection, rows)
        standards = self._reference.snapshot().standards
        work = SqliteUnitOfWork(connection, self._device, self._clock, self._origins)
        new = 0
        for row in rows:
            if subject_key(row.subject) in known:
                continue
            payload = whole_payload(
                row.payload,
                number=work.next_number(row.township, date.fromisoformat(row.day)),
                grid=row.grid,
                standard=standards.get(row.standard),
                now=now,
            )
            payload[_DIGEST] = row.digest
            work.record(EventDraft(EventKind.IMPORTED, row.subject, f"t:{row.township}", actor, payload))
            new += 1
        work.flush()
        return new


def _known(connection: Connection, rows: Sequence[StagedCase]) -> frozenset[bytes]:
    """The cases among the rows that came in since they were put aside."""
    marks = ",".join("?" * len(rows))
    found = connection.execute(
        f"select id from subjects where id in ({marks})", [subject_key(row.subject) for row in rows]
    )
    return frozenset(key for (key,) in found)
