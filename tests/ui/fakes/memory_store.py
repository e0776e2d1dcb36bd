"""The desk's ports in memory, for screens: reference data, a clock, and the store of the contract with some more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from gridclient.domain.calendar import WorkCalendar
from gridclient.domain.case import Case
from gridclient.domain.events import Event, EventKey, next_hlc
from gridclient.domain.replacing import replace
from gridclient.services.rows import (
    CaseFilter,
    CasePage,
    CaseRow,
    ContentionSide,
    ContentionView,
    GridRow,
    GridsAt,
    Likeness,
    NewCase,
    Sort,
    StandardRow,
    TimelineEntry,
    UnitRow,
)
from gridclient.store.settings_defaults import DEFAULT_SETTINGS
from tests.contract.fakes import MemoryDesk

SETTINGS = {**DEFAULT_SETTINGS, "township": "371002002", "name": "鲸园街道综合信息指挥室"}


@dataclass
class CountedIds:
    """Keys in a row."""

    count: int = 0

    def new_id(self) -> str:
        self.count += 1
        return f"{self.count:032x}"


@dataclass
class MemoryReference:
    """Implements ``Reference``."""

    grid_rows: Sequence[GridRow]
    unit_rows: Sequence[UnitRow]
    standard_rows: Sequence[StandardRow]
    settings: Mapping[str, str] = field(default_factory=lambda: dict(SETTINGS))
    by_code: dict[str, GridRow] = field(init=False)
    units_by_code: dict[str, UnitRow] = field(init=False)

    def __post_init__(self) -> None:
        self.by_code = {row.code: row for row in self.grid_rows}
        self.units_by_code = {row.code: row for row in self.unit_rows}

    def grid(self, code: str) -> GridRow | None:
        return self.by_code.get(code)

    def grids(self) -> Sequence[GridRow]:
        return self.grid_rows

    def grids_at(self, lon: float, lat: float) -> GridsAt:
        del lon, lat  # it has no boundaries
        return GridsAt(None, None, None)

    def unit(self, code: str) -> UnitRow | None:
        return self.units_by_code.get(code)

    def units(self) -> Sequence[UnitRow]:
        return self.unit_rows

    def standard(self, code: str) -> StandardRow | None:
        return next((row for row in self.standard_rows if row.code == code), None)

    def standard_of(self, code: str, version: str) -> StandardRow | None:
        named = (row for row in self.standard_rows if (row.code, row.version) == (code, version))
        return next(named, self.standard(code))

    def standards(self) -> Sequence[StandardRow]:
        return self.standard_rows

    def calendar(self) -> WorkCalendar:
        return WorkCalendar()

    def setting(self, name: str) -> str:
        return self.settings.get(name, "")


@dataclass
class MemoryStore(MemoryDesk):
    """The desk that the contract measures the real store by, and what only screens ask: sides of a contention, what
    was sent, the past."""

    device: str = "A1"
    sent: set[str] = field(default_factory=set)
    conflicts: set[str] = field(default_factory=set)
    pages_asked: int = 0
    still: dict[str, datetime] = field(default_factory=dict)

    @property
    def events(self) -> Mapping[str, list[Event]]:
        """What happened to each case."""
        return {case_id: self._events(case_id) for case_id in self.cases}

    def next_hlc(self) -> int:
        return next_hlc(0, self.clock.now())  # tests register the past, too

    def next_number(self, township: str, day: date) -> str:
        return f"{township}-{day:%Y%m%d}-A1{len(self.cases) + 1:04d}"

    def page(self, chosen: CaseFilter, sort: Sort, *, limit: int = 200, after: str | None = None) -> CasePage:
        self.pages_asked += 1
        return super().page(chosen, sort, limit=limit, after=after)

    def timeline(self, case_id: str) -> Sequence[TimelineEntry]:
        return [replace(entry, pending=case_id not in self.sent) for entry in super().timeline(case_id)]

    def stands_since(self, case_id: str) -> datetime | None:
        return self.still.get(case_id)

    def is_own(self, key: EventKey) -> bool:
        return key.device == self.device

    def likely_duplicates(self, _new: NewCase) -> Sequence[Likeness]:
        return []

    def contentions(self, case_id: str) -> Sequence[ContentionView]:
        entries = {entry.key: entry for entry in self.timeline(case_id)}

        def side(stands: Case, keys: Sequence[EventKey]) -> ContentionSide:
            own = any(key.device == self.device for key in keys)
            return ContentionSide(stands, tuple(entries[key] for key in keys), own)

        case = self.cases[case_id]
        return [
            ContentionView(c.key, c.base, side(case, c.against), side(c.branch, c.events)) for c in case.contentions
        ]

    def _row(self, no: int, case: Case) -> CaseRow:
        clash = case.id in self.conflicts or bool(case.contentions)
        return replace(super()._row(no, case), conflict=clash, pending=case.id not in self.sent)
