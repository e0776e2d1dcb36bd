"""Writes imported cases into the log and all tables: what the unit of work does for one case, for many at once.

Everything that needs no number from the log is prepared before the transaction, mostly in another process, so that the
store is locked for a fraction of the time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

import msgpack
import zstandard

from gridclient.domain.errors import InvalidInput
from gridclient.domain.events import EventDraft, EventKind
from gridclient.services.enrolment import CASES
from gridclient.services.import_records import ImportedCase
from gridclient.services.imported_case import event_text
from gridclient.services.ports import Clock
from gridclient.services.withholding import new_salts
from gridclient.store.driver import Connection
from gridclient.store.imported_rows import imported_row, imported_words
from gridclient.store.log import Appender, Device
from gridclient.store.packs import LabelKind, Labels, label_bytes, labelled, packed, write_packs
from gridclient.store.search import index_entry, insert_entries
from gridclient.store.tables import CaseTableRow, case_number, insert_rows
from gridclient.store.tally import TallyChanges


class StagedCase(NamedTuple):
    """One row of ``import_batches``: the case's key, the name that its number is counted by (:func:`number_name`) and
    its ``place`` in that count, grid, standard and class as found in the store (``case_class`` "": the row's own), the
    case."""

    subject: str
    name: str
    place: int
    grid: str
    standard: str
    case_class: str
    case: ImportedCase


class PreparedCases(NamedTuple):
    """Cases ready to be written, column by column (half the cost of passing them between processes row by row).

    ``rows`` are for ``cases``, ``packed`` for the packs, still without labels, ``entries`` for the search index.
    ``alike`` is the index in ``kinds`` of a row with the same grid, channel and state, which decide counts and labels.
    """

    kinds: Sequence[CaseTableRow]
    subjects: Sequence[str]
    streams: Sequence[str]
    texts: Sequence[str]
    rows: Sequence[Sequence[Any]]
    entries: Sequence[tuple[str, str]]
    packed: Sequence[bytes]
    alike: Sequence[int]

    def but(self, known: frozenset[bytes]) -> PreparedCases:
        """The cases whose keys are not in ``known``."""
        columns: list[Any] = [
            [value for value, row in zip(column, self.rows, strict=True) if row[0] not in known] for column in self[1:]
        ]
        return PreparedCases(self.kinds, *columns)


class BulkRecorder:
    """Writes imported cases into the log and all tables. Preparing needs no lock; ``write`` runs in a transaction."""

    def __init__(self, device: Device, clock: Clock) -> None:
        self._device = device
        self.clock = clock

    def preparing(self, first: Mapping[str, int]) -> Callable[[Sequence[bytes]], PreparedCases]:
        """The function that turns batches into what :meth:`write` takes; it can be pickled for another process."""
        return partial(prepared_cases, first, self._device.short)

    def write(self, connection: Connection, prepared: PreparedCases, actor: str) -> tuple[int, Sequence[int]]:
        """Writes the cases that the log does not have yet; returns how many were given, and the numbers of the new
        ones, ascending."""
        known = _known(connection, prepared)
        new = prepared.but(known) if known else prepared
        appender, now = Appender(connection, self._device), self.clock.now()
        numbers: list[int] = []
        for stream, cases in groupby(zip(new.streams, new.subjects, new.texts, strict=True), itemgetter(0)):
            draft = EventDraft(EventKind.IMPORTED, "", stream, actor, {})
            numbers += appender.append_new(draft, [(subject, text) for _, subject, text in cases], now)
        appender.flush()
        _project(connection, numbers, new)
        return len(prepared.rows), numbers


def prepared_cases(first: Mapping[str, int], short: str, batches: Sequence[bytes]) -> PreparedCases:
    """Turns batches of ``import_batches`` into what ``BulkRecorder.write`` takes.

    Args:
        first: the first case number of each name (township and day).
        short: the desk's two characters in case numbers.

    Raises:
        InvalidInput: ``import.batch_damaged``.
    """
    kinds: dict[tuple[str, ...], tuple[int, CaseTableRow]] = {}
    cases = []
    waiting = [staged for batch in batches for staged in _staged(batch)]
    for staged, salt in zip(waiting, new_salts(len(waiting)), strict=True):
        number = case_number(staged.name, short, first[staged.name] + staged.place - 1)
        row = imported_row(staged.subject, number, staged.case, grid=staged.grid, standard=staged.standard)
        kind, _ = kinds.setdefault((row.grid, row.channel, row.state), (len(kinds), row))
        cases.append((*_columns(staged, number, row, salt), kind))
    return PreparedCases([row for _, row in kinds.values()], *zip(*cases, strict=True))


def _columns(staged: StagedCase, number: str, row: CaseTableRow, salt: str) -> tuple[Any, ...]:
    case, grid, standard = staged.case, staged.grid, staged.standard
    return (
        staged.subject,
        f"{CASES}{staged.name.partition('-')[0]}",
        event_text(case, number=number, grid=grid, standard=standard, case_class=staged.case_class, salt=salt),
        tuple(row),
        index_entry(imported_words(case, number)),
        packed(row, lambda _kind, _code: 0),  # labels get their numbers in the transaction
    )


def _staged(batch: bytes) -> Sequence[StagedCase]:
    try:
        rows = msgpack.unpackb(zstandard.decompress(batch), use_list=False)
        return [StagedCase._make((*row[:-1], ImportedCase(*row[-1]))) for row in rows]
    except (zstandard.ZstdError, msgpack.UnpackException, ValueError, TypeError) as error:
        raise InvalidInput("import.batch_damaged", detail=type(error).__name__) from error


def _project(connection: Connection, numbers: Sequence[int], new: PreparedCases) -> None:
    """Writes rows, counts, packs and search entries of new cases, which no unit has yet (as ``Projection`` does)."""
    insert_rows(connection, zip(numbers, new.rows, strict=True))
    tallies, labels = TallyChanges(), Labels(connection)
    bytes_of = {}
    for kind, times in Counter(new.alike).items():
        row = new.kinds[kind]
        tallies.add(row, times)
        grid, channel = labels.number(LabelKind.GRID, row.grid), labels.number(LabelKind.CHANNEL, row.channel)
        bytes_of[kind] = label_bytes(grid=grid, unit=0, channel=channel)
    tallies.flush(connection)
    records = zip(numbers, new.packed, new.alike, strict=True)
    write_packs(connection, [(no, labelled(record, bytes_of[kind])) for no, record, kind in records])
    insert_entries(connection, list(zip(numbers, new.entries, strict=True)))


def _known(connection: Connection, prepared: PreparedCases) -> frozenset[bytes]:
    """The keys of those cases that are in the log already: they came in after the rows were staged."""
    marks = ",".join("?" * len(prepared.rows))
    rows = connection.execute(f"select id from subjects where id in ({marks})", [row[0] for row in prepared.rows])
    return frozenset(key for (key,) in rows)
