"""The ports of the use cases: what they need from outside. The store implements them; tests check fakes by the same
contract."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol

from gridclient.domain.calendar import WorkCalendar
from gridclient.domain.case import Case
from gridclient.domain.events import Event, EventDraft, EventKey
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
    NewCase,
    SavedView,
    Sort,
    StandardRow,
    TimelineEntry,
    UnitRow,
)


class Clock(Protocol):
    """The present time, aware and in China time."""

    def now(self) -> datetime: ...


class IdSource(Protocol):
    """New keys: 32 hexadecimal digits, never repeated."""

    def new_id(self) -> str: ...


class Reference(Protocol):
    """Grids, units, lists and settings in force. Small and read often; the implementation caches them.

    ``grid`` and ``standard`` return ``None`` for a code that is not in force, ``unit`` for an unknown one.
    """

    def grid(self, code: str) -> GridRow | None: ...
    def grids(self) -> Sequence[GridRow]:
        """All areas of all tiers, ordered by length of the code, then by code."""
        ...

    def grids_at(self, lon: float, lat: float) -> GridsAt:
        """The area of each tier at a point (degrees, WGS-84); ``None`` for a tier that has none there."""
        ...

    def unit(self, code: str) -> UnitRow | None: ...
    def units(self) -> Sequence[UnitRow]: ...
    def standard(self, code: str) -> StandardRow | None:
        """The filing condition with the key ``code@list``, or with this code if only one list has it; also of a list
        that was put out of force, as cases keep theirs."""
        ...

    def standard_of(self, code: str, version: str) -> StandardRow | None:
        """The version that an event names, even if it is no longer in force; without a version the one in force."""
        ...

    def standards(self) -> Sequence[StandardRow]:
        """The conditions that are offered: those of the lists in force."""
        ...

    def calendar(self) -> WorkCalendar: ...
    def setting(self, name: str) -> str:
        """A business setting such as ``limit.accept``, ``limit.level.3`` or ``township``, or its default."""
        ...


class UnitOfWork(Protocol):
    """One transaction: rule check, event, tables, counts and audit together, or nothing."""

    changes: Changes

    def case(self, case_id: str) -> Case:
        """The case folded from its events.

        Raises:
            NotFound: there is none (``case.unknown``).
        """
        ...

    def record(self, draft: EventDraft) -> Event:
        """Folds and appends the event, and updates the tables.

        Raises:
            RuleViolation: the state machine forbids it; nothing of the transaction stays.
        """
        ...

    def next_number(self, township: str, day: date) -> str:
        """The next case number ``<township 9>-<yyyymmdd>-<device 2><seq 4>``; never given twice."""
        ...

    def audit(self, actor: str, what: str, subject: str) -> None:
        """Appends a line to the hash-chained audit log (who looked at what)."""
        ...


class Work(Protocol):
    """Opens units of work. Leaving the block commits, an exception rolls back.

    Raises:
        StoreUnavailable: disk full, locked or damaged.
    """

    def __call__(self) -> AbstractContextManager[UnitOfWork]: ...


class DeskQueries(Protocol):
    """Everything that the desk reads. Safe to call from any thread; each call sees one state of the store.

    Methods for one case raise ``NotFound`` (``case.unknown``) if it does not exist.
    """

    def page(self, chosen: CaseFilter, sort: Sort, *, limit: int = 200, after: str | None = None) -> CasePage:
        """At most ``limit`` rows behind ``after``, the ``next`` of the page before.

        Raises:
            InvalidInput: ``after`` does not belong to this order (``list.cursor``).
        """
        ...

    def total(self, chosen: CaseFilter) -> int:
        """How many cases pass the filter."""
        ...

    def rows(self, case_ids: Iterable[str]) -> Sequence[CaseRow]:
        """The present rows of these cases, in the order asked; unknown keys are left out."""
        ...

    def figures(self) -> Mapping[str, GridFigures]:
        """Counts of every area of every tier, by code; ``""`` is the whole store, with cases outside any grid."""
        ...

    def box_counts(self, grid: str = "") -> Mapping[Box, int]:
        """Counts of the boxes of 今日必办, for one area or the whole store."""
        ...

    def case(self, case_ref: str) -> Case:
        """A case by its key, its number or its number without the township."""
        ...

    def contentions(self, case_id: str) -> Sequence[ContentionView]:
        """The case's conflicts that wait for a choice; mostly none."""
        ...

    def stands_since(self, case_id: str) -> datetime | None:
        """How fresh a case is that the desk may no longer read; ``None`` for cases that it may read."""
        ...

    def is_own(self, key: EventKey) -> bool:
        """Whether this desk wrote the event. Only a desk's own steps can be undone on it."""
        ...

    def timeline(self, case_id: str) -> Sequence[TimelineEntry]:
        """All events of a case, oldest first, those without effect included."""
        ...

    def likely_duplicates(self, new: NewCase) -> Sequence[Likeness]:
        """Recent cases that may report the same thing, the likeliest first; before them those of the same number of the
        platform above, however old."""
        ...

    def recent_units(self, standard: str) -> Mapping[str, int]:
        """How often each unit led a case of this condition in the last 90 days."""
        ...

    def unit_loads(self) -> Mapping[str, int]:
        """Open cases in hand per unit, leading or cooperating."""
        ...

    def attachments(self, case_id: str) -> Sequence[Mapping[str, Any]]:
        """The payloads of a case's attachments, oldest first."""
        ...

    def views(self) -> Sequence[SavedView]:
        """The saved views by name."""
        ...

    def draft(self, name: str) -> str:
        """The text kept under ``name`` by :meth:`DeskSettings.keep_draft`, or ""."""
        ...

    def read_ahead(self) -> bool:
        """Does one step of reading ahead, for idle moments; tells whether there are more."""
        ...


class DeskSettings(Protocol):
    """What one desk keeps for itself: never sent, never part of a case."""

    def keep_draft(self, name: str, text: str) -> None:
        """Keeps a text that is being written; "" deletes it."""
        ...

    def keep_view(self, view: SavedView) -> None:
        """Keeps a view under its name; one of the same name is replaced."""
        ...

    def drop_view(self, name: str) -> None: ...
    def value(self, name: str) -> str:
        """The value kept under ``name``, or ""."""
        ...

    def keep_value(self, name: str, value: str) -> None: ...


class FileState(StrEnum):
    """Where the content of an attachment is."""

    SHARED = "shared"  # here, and at the hub if there is one
    ONLY_HERE = "only_here"  # not completely at the hub yet
    NOT_HERE = "not_here"  # not received yet


@frozen
class KeptFile:
    """A stored file, named by its SHA-256 (hexadecimal); ``name`` is its original name, ``size`` in bytes."""

    sha256: str
    name: str
    size: int
    media_type: str


class AttachmentFiles(Protocol):
    """Photos and papers by their SHA-256. Blocking; safe to call from several threads."""

    def keep(self, source: Path, *, at: datetime) -> KeptFile:
        """Stores a copy of a file; afterwards a case may name it.

        Raises:
            InvalidInput: it is unreadable, empty, too big or no picture or PDF (``attachment.…``).
            StoreUnavailable: the copy cannot be written.
        """
        ...

    def content(self, sha256: str) -> bytes:
        """The whole content of a file.

        Raises:
            NotFound: it is not on this desk (``attachment.missing``).
            StoreUnavailable: it cannot be read.
        """
        ...

    def states(self, names: Collection[str]) -> Mapping[str, FileState]:
        """Where the files with these SHA-256 are."""
        ...
