"""What the use cases need from outside, by role. The store implements them; tests hold fakes to the same contract."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol

from gridclient.domain.calendar import WorkCalendar
from gridclient.domain.case import Case
from gridclient.domain.events import Event, EventDraft
from gridclient.domain.frozen import frozen
from gridclient.services.rows import (
    Box,
    CaseFilter,
    CasePage,
    CaseRow,
    Changes,
    ContentionView,
    GridFigures,
    GridRow,
    GridsAt,
    Likeness,
    SavedView,
    Sort,
    StandardRow,
    TimelineEntry,
    UnitRow,
)


class Clock(Protocol):
    """Now, aware and in China time."""

    def now(self) -> datetime: ...


class IdSource(Protocol):
    """New keys: 32 hexadecimal digits, never twice."""

    def new_id(self) -> str: ...


class Reference(Protocol):
    """Grids, units, lists and settings in force: small, read often, cached by the implementation.

    ``grid``, ``unit`` and ``standard`` give ``None`` for a code that is not in force.
    """

    def grid(self, code: str) -> GridRow | None: ...
    def grids(self) -> Sequence[GridRow]:
        """All areas of all tiers: the shortest codes first, then in their order."""
        ...

    def grids_at(self, lon: float, lat: float) -> GridsAt:
        """The areas of each tier in which a place lies (degrees, WGS 84); ``None`` for a tier that has none there."""
        ...

    def unit(self, code: str) -> UnitRow | None: ...
    def units(self) -> Sequence[UnitRow]: ...
    def standard(self, code: str) -> StandardRow | None:
        """The filing condition by its key ``code@list``, or by its code alone where one list only has it."""
        ...

    def standard_of(self, code: str, version: str) -> StandardRow | None:
        """The version that an event names, also when the list has changed since; without a version the one in force."""
        ...

    def standards(self) -> Sequence[StandardRow]: ...
    def calendar(self) -> WorkCalendar: ...
    def setting(self, name: str) -> str:
        """A business parameter such as ``limit.accept``, ``limit.level.3`` or ``township``; its default if unset."""
        ...


class UnitOfWork(Protocol):
    """One immediate transaction: guard, event, tables, counters and audit together or not at all."""

    changes: Changes

    def case(self, case_id: str) -> Case:
        """The case folded from its events.

        Raises:
            NotFound: there is none (``case.unknown``).
        """
        ...

    def record(self, draft: EventDraft) -> Event:
        """Appends the event, folds it and updates the tables.

        Raises:
            RuleViolation: the state machine forbids it; nothing of the transaction stays.
        """
        ...

    def next_number(self, township: str, day: date) -> str:
        """The next case number ``<township 9>-<yyyymmdd>-<device 2><seq 4>``; never given twice."""
        ...

    def audit(self, actor: str, what: str, subject: str) -> None:
        """One line in the hash-chained audit log (who looked at what)."""
        ...


class Work(Protocol):
    """Opens units of work; leaving the block commits, an exception rolls back.

    Raises:
        StoreUnavailable: disk full, locked or damaged.
    """

    def __call__(self) -> AbstractContextManager[UnitOfWork]: ...


class DeskQueries(Protocol):
    """All that the desk reads. Safe to call from any thread; each call sees one state of the store.

    What asks for one case raises ``NotFound`` (``case.unknown``) where there is none.
    """

    def page(self, chosen: CaseFilter, sort: Sort, *, limit: int = 200, after: str | None = None) -> CasePage:
        """``limit`` rows at most behind ``after``, which is the ``next`` of the page before.

        Raises:
            InvalidInput: ``after`` is none of this order's (``list.cursor``).
        """
        ...

    def total(self, chosen: CaseFilter) -> int:
        """How many cases the filter chooses."""
        ...

    def rows(self, case_ids: Iterable[str]) -> Sequence[CaseRow]:
        """The present rows of these cases, in the order asked; unknown ones are left out."""
        ...

    def figures(self) -> Mapping[str, GridFigures]:
        """Figures of every area of every tier by code; ``""`` holds the whole store with cases outside any grid."""
        ...

    def box_counts(self, grid: str = "") -> Mapping[Box, int]:
        """Cases in each of today's boxes, of one area or of the whole store."""
        ...

    def case(self, case_ref: str) -> Case:
        """By key, number or the number without its township."""
        ...

    def contentions(self, case_id: str) -> Sequence[ContentionView]:
        """What of a case waits for a choice between two sides; empty for most."""
        ...

    def stands_since(self, case_id: str) -> datetime | None:
        """How fresh a case stayed that the desk may not read any more; ``None`` while it may."""
        ...

    def timeline(self, case_id: str) -> Sequence[TimelineEntry]:
        """What happened to a case, the oldest first, with what was refused."""
        ...

    def likely_duplicates(
        self, *, title: str, description: str, phone: str, lon: float | None, lat: float | None, at: datetime
    ) -> Sequence[Likeness]:
        """Cases of lately that may be the one told of, the likeliest first."""
        ...

    def recent_units(self, standard: str) -> Mapping[str, int]:
        """How often each unit led a case of this standard in the last 90 days."""
        ...

    def unit_loads(self) -> Mapping[str, int]:
        """Open cases in hand by unit, leading or cooperating."""
        ...

    def attachments(self, case_id: str) -> Sequence[Mapping[str, Any]]:
        """The payloads of what is attached to a case, the oldest first."""
        ...

    def views(self) -> Sequence[SavedView]:
        """The saved views by name."""
        ...

    def draft(self, name: str) -> str:
        """The text kept under ``name`` by :meth:`DeskSettings.keep_draft`, or empty."""
        ...

    def read_ahead(self) -> bool:
        """Reads a little of what will be wanted, for a quiet moment; whether there is more to read."""
        ...


class DeskSettings(Protocol):
    """What one desk keeps for itself: never synced, never part of a case."""

    def keep_draft(self, name: str, text: str) -> None:
        """Keeps a text that is being written; an empty one forgets it."""
        ...

    def keep_view(self, view: SavedView) -> None:
        """Keeps a view under its name, in place of one of that name."""
        ...

    def drop_view(self, name: str) -> None: ...
    def value(self, name: str) -> str:
        """What is kept under ``name``, or empty."""
        ...

    def keep_value(self, name: str, value: str) -> None: ...


class FileState(StrEnum):
    """Where the content of an attachment is."""

    SHARED = "shared"  # here, and with the hub as far as there is one
    ONLY_HERE = "only_here"  # the hub does not have it whole
    NOT_HERE = "not_here"  # it was not received yet


@frozen
class KeptFile:
    """A file that is kept, named by its SHA-256 (hexadecimal); ``name`` is the one it came with, ``size`` in bytes."""

    sha256: str
    name: str
    size: int
    media_type: str


class AttachmentFiles(Protocol):
    """Photos and papers by their content. Blocking; safe to call from several threads."""

    def keep(self, source: Path, *, at: datetime) -> KeptFile:
        """Takes a copy of a file; a case may name it afterwards.

        Raises:
            InvalidInput: it is unreadable, empty, too big or no picture or PDF (``attachment.…``).
            StoreUnavailable: the copy cannot be written.
        """
        ...

    def content(self, sha256: str) -> bytes:
        """The whole of a file.

        Raises:
            NotFound: it is not on this desk (``attachment.missing``).
            StoreUnavailable: it cannot be read.
        """
        ...

    def states(self, names: Collection[str]) -> Mapping[str, FileState]:
        """Where the contents of these names (SHA-256) are."""
        ...
