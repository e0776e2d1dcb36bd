"""Imported cases from their rows put aside into the log and all tables: the way of the unit of work, for many at once.

What a unit of work does case by case in its transaction is done here before it, as far as it needs no place in the
log: the store is held for a fraction of the time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from gridclient.domain.events import EventDraft, EventKind
from gridclient.services.ports import Clock
from gridclient.store.driver import Connection
from gridclient.store.import_journal import StagedCase
from gridclient.store.imported_rows import imported_words, numbered_row, unnumbered_columns
from gridclient.store.log import Appender, Device
from gridclient.store.packs import Labels, packed, write_packs
from gridclient.store.search import index_cases
from gridclient.store.tables import CaseTableRow, insert_rows
from gridclient.store.tally import TallyChanges

_RESERVE: Final = (
    "insert into counters(name, value) values (?1, ?2)"
    " on conflict(name) do update set value = value + ?2 returning value"
)


@dataclass(frozen=True, slots=True)
class PreparedCase:
    """A case and the event that makes it, which has no place in the log yet."""

    draft: EventDraft
    text: str
    row: CaseTableRow
    words: tuple[str, ...]


class BulkRecorder:
    """An ``import_journal.CaseRecorder``."""

    def __init__(self, device: Device, clock: Clock) -> None:
        self._device = device
        self._clock = clock

    def reserve(self, connection: Connection, counts: Mapping[str, int]) -> dict[str, int]:
        first = {}
        for name, count in counts.items():
            first[name] = connection.execute(_RESERVE, (name, count)).fetchone()[0] - count + 1
        return first

    def number(self, name: str, value: int) -> str:
        return f"{name}-{self._device.short}{value:04d}"

    def now(self) -> datetime:
        return self._clock.now()

    def keep(self, payload: Mapping[str, Any]) -> Sequence[Any]:
        facts = payload["facts"]
        return (facts.get("description", ""), facts.get("address", ""), *unnumbered_columns(payload))

    def prepare(self, rows: Sequence[StagedCase], actor: str) -> Sequence[PreparedCase]:
        return [_prepared(row, actor) for row in rows]

    def write(self, connection: Connection, prepared: Sequence[PreparedCase]) -> int:
        known = _known(connection, prepared)
        appender, now = Appender(connection, self._device), self._clock.now()
        new = []
        for entry in prepared:
            if entry.row.id not in known:
                no = appender.add_subject(entry.draft.subject)
                appender.append(appender.next_event(entry.draft, now), no, entry.text)
                new.append((no, entry))
        appender.flush()
        _project(connection, new)
        return len(new)


def _prepared(row: StagedCase, actor: str) -> PreparedCase:
    description, address, *columns = row.kept
    case = numbered_row(row.subject, row.number, columns)
    stream = f"t:{row.number.partition('-')[0]}"
    return PreparedCase(
        EventDraft(EventKind.IMPORTED, row.subject, stream, actor, {}),  # the payload goes into the log as its text
        row.text,
        case,
        imported_words(case.title, description, address, row.number),
    )


def _project(connection: Connection, new: Sequence[tuple[int, PreparedCase]]) -> None:
    """What ``Projection`` writes for cases that nobody had before."""
    insert_rows(connection, [(no, entry.row) for no, entry in new])
    tallies = TallyChanges()
    for _, entry in new:
        tallies.change(None, entry.row)
    tallies.flush(connection)
    labels = Labels(connection)
    write_packs(connection, [(no, packed(entry.row, labels)) for no, entry in new])
    index_cases(connection, [(no, entry.words) for no, entry in new])


def _known(connection: Connection, prepared: Sequence[PreparedCase]) -> frozenset[bytes]:
    """The cases among them that are in the log: they came in since the rows were put aside."""
    marks = ",".join("?" * len(prepared))
    rows = connection.execute(f"select id from subjects where id in ({marks})", [entry.row.id for entry in prepared])
    return frozenset(key for (key,) in rows)
