"""The desk's ports in memory: a log that folds, and the questions that screens ask of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from gridclient.domain.calendar import WorkCalendar
from gridclient.domain.case import Case, CaseFacts, Role
from gridclient.domain.errors import NotFound
from gridclient.domain.events import Event, EventDraft, EventKey, EventKind, next_hlc
from gridclient.domain.fold import fold
from gridclient.services.rows import (
    Box,
    CaseFilter,
    CasePage,
    CaseRow,
    Changes,
    ContentionSide,
    ContentionView,
    GridFigures,
    GridRow,
    GridsAt,
    Likeness,
    SavedView,
    Sort,
    SortKey,
    StandardRow,
    TimelineEntry,
    UnitRow,
)

DEVICE = "A1"
SOON = timedelta(hours=4)
SETTINGS = {
    "limit.accept": "15 minute",
    "limit.dispatch": "15 minute",
    "limit.sign": "1 work_hour",
    "limit.verify": "30 minute",
    "limit.return": "2 work_day",
    "limit.level.1": "1 natural_day",
    "limit.level.2": "3 natural_day",
    "limit.level.3": "5 natural_day",
    "limit.level.4": "7 natural_day",
    "start_rule": "immediate",
    "working_hours": "08:00-12:00,14:00-18:00",
    "township": "371002002",
    "name": "鲸园街道综合信息指挥室",
}


@dataclass
class SetClock:
    """A clock that stands until it is set."""

    at: datetime

    def now(self) -> datetime:
        return self.at


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

    def __post_init__(self) -> None:
        self.by_code = {row.code: row for row in self.grid_rows}

    def grid(self, code: str) -> GridRow | None:
        return self.by_code.get(code)

    def grids(self) -> Sequence[GridRow]:
        return self.grid_rows

    def grids_at(self, lon: float, lat: float) -> GridsAt:
        del lon, lat  # it has no boundaries
        return GridsAt(None, None, None)

    def unit(self, code: str) -> UnitRow | None:
        return next((row for row in self.unit_rows if row.code == code), None)

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

    def areas_of(self, grid: str) -> list[str]:
        """A grid's code and those above it."""
        found = []
        row = self.by_code.get(grid)
        while row is not None:
            found.append(row.code)
            row = self.by_code.get(row.parent)
        return found


@dataclass
class MemoryStore:
    """Implements ``Work``, ``DeskQueries`` and ``DeskSettings`` over one log."""

    reference: MemoryReference
    clock: SetClock
    cases: dict[str, Case] = field(default_factory=dict)
    events: dict[str, list[Event]] = field(default_factory=lambda: defaultdict(list))
    sent: set[str] = field(default_factory=set)
    conflicts: set[str] = field(default_factory=set)
    kept: dict[str, str] = field(default_factory=dict)
    saved_views: dict[str, SavedView] = field(default_factory=dict)
    audited: list[tuple[str, str, str]] = field(default_factory=list)
    pages_asked: int = 0
    changes: Changes = field(default_factory=Changes)
    _hlc: int = 0

    # -- Work -------------------------------------------------------------------------------------------------------

    @contextmanager
    def __call__(self) -> Iterator[MemoryStore]:
        before = dict(self.cases)
        self.changes = Changes()
        try:
            yield self
        except BaseException:
            self.cases = before
            raise

    def case(self, case_ref: str) -> Case:
        found = self.cases.get(case_ref) or next(
            (case for case in self.cases.values() if case.number.endswith(case_ref)), None
        )
        if found is None:
            raise NotFound("case.unknown", case=case_ref)
        return found

    def record(self, draft: EventDraft) -> Event:
        self._hlc = next_hlc(0, self.clock.now())  # tests register the past, too
        sequence = sum(len(events) for events in self.events.values()) + 1
        event = Event(
            EventKey(draft.stream, DEVICE, 1, sequence),
            self._hlc,
            draft.kind,
            draft.subject,
            draft.base,
            draft.actor,
            draft.payload,
        )
        self.cases[draft.subject] = fold(self.cases.get(draft.subject), event)
        self.events[draft.subject].append(event)
        self.changes |= Changes(frozenset({draft.subject}))
        return event

    def next_number(self, township: str, day: date) -> str:
        return f"{township}-{day:%Y%m%d}-A1{len(self.cases) + 1:04d}"

    def audit(self, actor: str, what: str, subject: str) -> None:
        self.audited.append((actor, what, subject))

    # -- DeskQueries ------------------------------------------------------------------------------------------------

    def page(self, chosen: CaseFilter, sort: Sort, *, limit: int = 200, after: str | None = None) -> CasePage:
        self.pages_asked += 1
        rows = sorted(self._matching(chosen), key=lambda row: _order(row, sort.key), reverse=sort.descending)
        start = int(after or 0)
        end = start + limit
        return CasePage(tuple(rows[start:end]), str(end) if end < len(rows) else None)

    def total(self, chosen: CaseFilter) -> int:
        return len(self._matching(chosen))

    def rows(self, case_ids: Iterable[str]) -> Sequence[CaseRow]:
        return [self._row(self.cases[case_id]) for case_id in case_ids if case_id in self.cases]

    def figures(self) -> Mapping[str, GridFigures]:
        gathered: dict[str, list[CaseRow]] = defaultdict(list)
        for case in self.cases.values():
            row = self._row(case)
            for code in ("", *self.reference.areas_of(row.grid)):
                gathered[code].append(row)
        return {code: self._figures(rows) for code, rows in gathered.items()}

    def box_counts(self, grid: str = "") -> Mapping[Box, int]:
        return self._figures(self._matching(CaseFilter(grid=grid))).boxes

    def timeline(self, case_id: str) -> Sequence[TimelineEntry]:
        return [
            TimelineEntry(event.at, event.kind, event.actor, event.payload, case_id not in self.sent, key=event.key)
            for event in self.events[case_id]
        ]

    def likely_duplicates(self, **_facts: object) -> Sequence[Likeness]:
        return []

    def recent_units(self, standard: str, *, days: int = 90) -> Mapping[str, int]:
        del standard, days
        return {}

    def unit_loads(self) -> Mapping[str, int]:
        loads: dict[str, int] = defaultdict(int)
        for case in self.cases.values():
            for part in case.assignments:
                loads[part.unit] += case.is_open
        return loads

    def attachments(self, case_id: str) -> Sequence[Mapping[str, Any]]:
        return [event.payload for event in self.events[case_id] if event.kind == EventKind.ATTACHED]

    def read_ahead(self) -> bool:
        return False

    def views(self) -> Sequence[SavedView]:
        return list(self.saved_views.values())

    def draft(self, name: str) -> str:
        return self.kept.get(f"draft.{name}", "")

    def contentions(self, case_id: str) -> Sequence[ContentionView]:
        entries = dict(zip((event.key for event in self.events[case_id]), self.timeline(case_id), strict=True))

        def side(stands: Case, keys: Sequence[EventKey]) -> ContentionSide:
            return ContentionSide(stands, tuple(entries[key] for key in keys), any(k.device == DEVICE for k in keys))

        case = self.cases[case_id]
        return [
            ContentionView(c.key, c.base, side(case, c.against), side(c.branch, c.events)) for c in case.contentions
        ]

    def last_event(self, case_id: str) -> EventKey | None:
        return self.cases[case_id].last

    # -- DeskSettings -----------------------------------------------------------------------------------------------

    def keep_draft(self, name: str, text: str) -> None:
        self.kept[f"draft.{name}"] = text

    def keep_view(self, view: SavedView) -> None:
        self.saved_views[view.name] = view

    def drop_view(self, name: str) -> None:
        self.saved_views.pop(name, None)

    def value(self, name: str) -> str:
        return self.kept.get(name, "")

    def keep_value(self, name: str, value: str) -> None:
        self.kept[name] = value

    # -- rows -------------------------------------------------------------------------------------------------------

    def _matching(self, chosen: CaseFilter) -> list[CaseRow]:
        return [row for case in self.cases.values() if self._matches(case, row := self._row(case), chosen)]

    def _matches(self, case: Case, row: CaseRow, chosen: CaseFilter) -> bool:
        facts = case.facts
        text = f"{facts.title} {facts.description} {facts.address} {case.number} {facts.upper_number}"
        return all(
            (
                not chosen.grid or chosen.grid in self.reference.areas_of(row.grid),
                chosen.box is None or self._in_box(row, chosen.box),
                not chosen.states or row.state in chosen.states,
                not chosen.only_open or case.is_open,
                not chosen.unit or row.unit == chosen.unit,
                chosen.level is None or row.level == chosen.level,
                not chosen.channel or row.channel == chosen.channel,
                chosen.bounds is None or _inside(facts, *chosen.bounds),
                all(word in text for word in chosen.text.split()),
            )
        )

    def _in_box(self, row: CaseRow, box: Box) -> bool:
        left = row.due - self.clock.now() if row.due is not None else None
        tests = {
            Box.DUE_SOON: left is not None and timedelta() < left < SOON,
            Box.OVERDUE: left is not None and left <= timedelta(),
            Box.RETURNED: row.returned,
            Box.CONSULTATION: self.cases[row.id].returns > 1,
            Box.CONFLICT: row.conflict,
            Box.PENDING: row.pending,
        }
        return tests.get(box, row.state == box)

    def _figures(self, rows: Iterable[CaseRow]) -> GridFigures:
        rows = list(rows)
        boxes = {box: sum(self._in_box(row, box) for row in rows) for box in Box}
        return GridFigures(sum(self.cases[row.id].is_open for row in rows), boxes[Box.OVERDUE], boxes)

    def _row(self, case: Case) -> CaseRow:
        lead = case.lead
        unit = self.reference.unit(lead.unit) if lead is not None else None
        grid = self.reference.grid(case.facts.grid)
        return CaseRow(
            rowid=int(case.id, 16),
            id=case.id,
            number=case.number,
            title=case.facts.title,
            state=case.state,
            level=case.level,
            grid=case.facts.grid,
            grid_name=grid.name if grid is not None else "",
            unit=unit.code if unit is not None else "",
            unit_name=unit.name if unit is not None else "",
            cooperating=sum(part.role is Role.COOPERATING for part in case.assignments),
            due=case.due,
            channel=case.facts.channel,
            urgency=case.facts.urgency,
            registered_at=case.registered_at,
            returned=case.waits_after_return,
            escalated=case.escalated,
            conflict=case.id in self.conflicts or bool(case.contentions),
            pending=case.id not in self.sent,
            lon=case.facts.lon,
            lat=case.facts.lat,
        )


def _order(row: CaseRow, key: SortKey) -> Any:
    values = {
        SortKey.NUMBER: row.number,
        SortKey.TITLE: row.title,
        SortKey.LEVEL: row.level,
        SortKey.STATE: row.state,
        SortKey.UNIT: row.unit_name,
        SortKey.GRID: row.grid,
        SortKey.DUE: row.due.timestamp() if row.due is not None else float("inf"),
        SortKey.CHANNEL: row.channel,
        SortKey.REGISTERED: row.registered_at.timestamp(),
    }
    return values[key], row.rowid


def _inside(facts: CaseFacts, west: float, south: float, east: float, north: float) -> bool:
    lon, lat = facts.lon, facts.lat
    return lon is not None and lat is not None and west <= lon <= east and south <= lat <= north
