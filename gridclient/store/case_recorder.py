"""Imported cases from their rows put aside into the log and all tables: the way of the unit of work, for many at once.

What a unit of work does case by case in its transaction is done here before it, as far as it needs no place in the
log: the store is held for a fraction of the time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from itertools import groupby
from operator import attrgetter
from typing import Any, Final, NamedTuple

import msgpack
import zstandard

from gridclient.domain.errors import InvalidInput
from gridclient.domain.events import EventDraft, EventKind
from gridclient.services.import_records import ImportedCase
from gridclient.services.imported_case import numbered_text
from gridclient.services.ports import Clock
from gridclient.store.driver import Connection
from gridclient.store.imported_rows import imported_words, numbered_row, unnumbered_columns
from gridclient.store.log import Appender, Device
from gridclient.store.packs import LabelKind, Labels, label_bytes, labelled, packed, write_packs
from gridclient.store.schema import TALLY_FLAGS
from gridclient.store.search import index_entry, insert_entries
from gridclient.store.tables import CaseTableRow, insert_rows
from gridclient.store.tally import TallyChanges

_RESERVE: Final = (
    "insert into counters(name, value) values (?1, ?2)"
    " on conflict(name) do update set value = value + ?2 returning value"
)


class StagedCase(NamedTuple):
    """One row put aside: the case's key, what its number is counted by and its place there, what
    :meth:`BulkRecorder.keep` gave, the payload's text for the log, but for the number."""

    subject: str
    name: str
    place: int
    kept: Sequence[Any]
    text: str


class PreparedCase(NamedTuple):
    """A case that has all but its place in the log: its key, its event's stream and text, its table row, what the
    search index gets, its packed row without labels."""

    subject: str
    stream: str
    text: str
    row: CaseTableRow
    entry: tuple[str, str]
    packed: bytes


class BulkRecorder:
    """Puts imported cases into the log and all tables: preparing needs no lock, ``write`` is kept short."""

    def __init__(self, device: Device, clock: Clock) -> None:
        self._device = device
        self._clock = clock

    def reserve(self, connection: Connection, counts: Mapping[str, int]) -> dict[str, int]:
        """Takes so many numbers of each name (township and day); gives the first of each."""
        first = {}
        for name, count in counts.items():
            first[name] = connection.execute(_RESERVE, (name, count)).fetchone()[0] - count + 1
        return first

    def now(self) -> datetime:
        return self._clock.now()

    def keep(self, case: ImportedCase, *, grid: str, standard: str) -> Sequence[Any]:
        """What preparing will need beside the text, as JSON values: reading the text costs more."""
        return (case.description, case.address, *unnumbered_columns(case, grid=grid, standard=standard))

    def preparing(self, first: Mapping[str, int]) -> Callable[[Sequence[bytes]], list[PreparedCase]]:
        """What makes of batches what :meth:`write` takes; it can be pickled."""
        return partial(prepared_cases, first, self._device.short)

    def write(self, connection: Connection, prepared: Sequence[PreparedCase], actor: str) -> int:
        """How many of the cases were new; those that are known already stay as they are."""
        known = _known(connection, prepared)
        new = [case for case in prepared if case.row.id not in known] if known else prepared
        appender, now = Appender(connection, self._device), self._clock.now()
        numbers: list[int] = []
        for stream, cases in groupby(new, attrgetter("stream")):
            draft = EventDraft(EventKind.IMPORTED, "", stream, actor, {})
            numbers += appender.append_new(draft, [(case.subject, case.text) for case in cases], now)
        appender.flush()
        _project(connection, list(zip(numbers, new, strict=True)))
        return len(new)


def prepared_cases(first: Mapping[str, int], short: str, batches: Sequence[bytes]) -> list[PreparedCase]:
    """What ``BulkRecorder.write`` takes; ``first`` are the first numbers by name, ``short`` the desk's two signs.

    Raises:
        InvalidInput: ``import.batch_damaged``.
    """
    return [_prepared(case, first, short) for batch in batches for case in _staged(batch)]


def _staged(batch: bytes) -> Sequence[StagedCase]:
    try:
        return [StagedCase(*row) for row in msgpack.unpackb(zstandard.decompress(batch))]
    except (zstandard.ZstdError, msgpack.UnpackException, ValueError, TypeError) as error:
        raise InvalidInput("import.batch_damaged", detail=type(error).__name__) from error


def _prepared(case: StagedCase, first: Mapping[str, int], short: str) -> PreparedCase:
    number = f"{case.name}-{short}{first[case.name] + case.place - 1:04d}"
    description, address, *columns = case.kept
    row = numbered_row(case.subject, number, columns)
    return PreparedCase(
        case.subject,
        f"t:{case.name.partition('-')[0]}",
        numbered_text(case.text, number),
        row,
        index_entry(imported_words(row.title, description, address, number)),
        packed(row, lambda _kind, _code: 0),  # the transaction gives the labels their numbers
    )


_ALIKE: Final = attrgetter("grid", "channel", "state", *TALLY_FLAGS)
"""What counts and labels go by."""


def _project(connection: Connection, new: Sequence[tuple[int, PreparedCase]]) -> None:
    """What ``Projection`` writes for cases that nobody had before and no unit has."""
    insert_rows(connection, [(no, case.row) for no, case in new])
    tallies, labels = TallyChanges(), Labels(connection)
    alike: dict[tuple[Any, ...], list[tuple[int, PreparedCase]]] = {}
    for entry in new:
        alike.setdefault(_ALIKE(entry[1].row), []).append(entry)
    records = []
    for cases in alike.values():
        row = cases[0][1].row
        tallies.add(row, len(cases))
        grid, channel = labels.number(LabelKind.GRID, row.grid), labels.number(LabelKind.CHANNEL, row.channel)
        numbers = label_bytes(grid=grid, unit=0, channel=channel)
        records += [(no, labelled(case.packed, numbers)) for no, case in cases]
    tallies.flush(connection)
    write_packs(connection, records)
    insert_entries(connection, [(no, case.entry) for no, case in new])


def _known(connection: Connection, prepared: Sequence[PreparedCase]) -> frozenset[bytes]:
    """The cases among them that are in the log: they came in since the rows were put aside."""
    marks = ",".join("?" * len(prepared))
    rows = connection.execute(f"select id from subjects where id in ({marks})", [entry.row.id for entry in prepared])
    return frozenset(key for (key,) in rows)
