"""The desk's store in memory, as plain as it can be: what the contract measures the real one by.

Every question goes through all cases; nothing is counted, packed or indexed.
"""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from gridclient.domain.case import Assignment, AssignmentState, Case, CaseState, Channel, Role
from gridclient.domain.errors import InvalidInput, NotFound, RuleViolation
from gridclient.domain.event_shapes import showable
from gridclient.domain.events import Event, EventDraft, EventKey, EventKind, next_hlc
from gridclient.domain.fold import fold
from gridclient.services.masking import mask_numbers
from gridclient.services.ports import Clock
from gridclient.services.rows import (
    UNPLACED,
    Box,
    CaseFilter,
    CasePage,
    CaseRow,
    Changes,
    GridFigures,
    GridRow,
    SavedView,
    Sort,
    SortKey,
    TimelineEntry,
    UnitRow,
)
from gridclient.store.areas import Areas

SOON = timedelta(hours=4)
_IN_HAND = (AssignmentState.DISPATCHED, AssignmentState.HANDLING)
_OPENERS = (EventKind.REGISTERED, EventKind.IMPORTED)


@dataclass
class KnownAreas:
    """The reference data of one moment, for the real store and the fake alike."""

    grids: Mapping[str, GridRow]
    units: Mapping[str, UnitRow]

    @cached_property
    def areas(self) -> Areas:
        return Areas(self.grids, self.units)

    def above(self, code: str) -> frozenset[str]:
        """The areas that a grid lies in; "" is the whole. Of a grid that is gone, the code names the community."""
        found, step = {"", code, code[:9], code[:6]}, code if code in self.grids else code[:12]
        while step in self.grids:
            found.add(step)
            step = self.grids[step].parent
        listed = [area for area in found if area in self.grids and self.grids[area].tier != "county"]
        return frozenset(found if listed else {*found, UNPLACED})


@dataclass
class MemoryDesk:
    """``Work``, ``UnitOfWork``, ``DeskQueries`` and ``DeskSettings`` over one list of events."""

    known: KnownAreas
    clock: Clock
    cases: dict[str, Case] = field(default_factory=dict)
    log: list[Event] = field(default_factory=list)
    numbers: Counter[str] = field(default_factory=Counter)
    audited: list[tuple[str, str, str]] = field(default_factory=list)
    drafts: dict[str, str] = field(default_factory=dict)
    kept: dict[str, str] = field(default_factory=dict)
    saved_views: dict[str, SavedView] = field(default_factory=dict)
    changes: Changes = field(default_factory=Changes)
    device: str = "memory"
    _refused: RuleViolation | None = None

    # -- work

    @contextmanager
    def __call__(self) -> Iterator[MemoryDesk]:
        before = (dict(self.cases), list(self.log), Counter(self.numbers), list(self.audited))
        unit_of_work = replace(self, changes=Changes(), _refused=None)
        try:
            yield unit_of_work
            if unit_of_work._refused is not None:
                raise unit_of_work._refused
        except BaseException:
            self.cases, self.log, self.numbers, self.audited = before
            raise

    def record(self, draft: EventDraft) -> Event:
        seq = 1 + sum(event.key.stream == draft.stream for event in self.log)
        key = EventKey(draft.stream, self.device, 1, seq)
        base = self.cases[draft.subject].version if draft.subject in self.cases else 0
        event = Event(key, self.next_hlc(), draft.kind.value, draft.subject, base, draft.actor, draft.payload)
        try:
            if draft.kind in _OPENERS and draft.subject in self.cases:
                raise RuleViolation("case.exists", case=draft.subject)
            self.cases[draft.subject] = fold(self.cases.get(draft.subject), event)
        except RuleViolation as refused:
            self._refused = refused
            raise
        self.log.append(event)
        self.changes |= Changes(frozenset({draft.subject}))
        return event

    def next_hlc(self) -> int:
        return next_hlc(self.log[-1].hlc if self.log else 0, self.clock.now())

    def next_number(self, township: str, day: date) -> str:
        name = f"{township}-{day:%Y%m%d}"
        self.numbers[name] += 1
        return f"{name}-M1{self.numbers[name]:04d}"

    def audit(self, actor: str, what: str, subject: str) -> None:
        self.audited.append((actor, what, subject))

    # -- one case

    def case(self, case_ref: str) -> Case:
        found = [case for case in self._all() if case_ref in (case.id, case.number, case.number[10:])]
        if not found:
            raise NotFound("case.unknown", case=case_ref)
        return found[0]

    def timeline(self, case_id: str) -> Sequence[TimelineEntry]:
        events = self._events(case_id)
        return tuple(TimelineEntry(e.at, e.kind, e.actor, showable(e.payload), True, key=e.key) for e in events)

    def attachments(self, case_id: str) -> Sequence[Mapping[str, Any]]:
        events = self._events(case_id)
        gone = [tuple(e.payload["target"]) for e in events if e.kind == EventKind.UNDONE]
        return tuple(e.payload for e in events if e.kind == EventKind.ATTACHED and e.key not in gone)

    def _events(self, case_id: str) -> list[Event]:
        self.case(case_id)
        return [event for event in self.log if event.subject == case_id]

    # -- lists

    def page(self, chosen: CaseFilter, sort: Sort, *, limit: int = 200, after: str | None = None) -> CasePage:
        ordered = sorted(self._matching(chosen), key=lambda row: self._order(row, sort))
        start = 0
        if after is not None:
            numbers = [row.rowid for row in ordered]
            key, _, no = after.partition("/")
            if key != sort.key.value or int(no) not in numbers:
                raise InvalidInput("list.cursor")
            start = numbers.index(int(no)) + 1
        rows = tuple(ordered[start : start + limit])
        more = start + limit < len(ordered)
        return CasePage(rows, f"{sort.key.value}/{rows[-1].rowid}" if more and rows else None)

    def total(self, chosen: CaseFilter) -> int:
        return len(self._matching(chosen))

    def rows(self, case_ids: Iterable[str]) -> Sequence[CaseRow]:
        by_id = {row.id: row for row in self._rows()}
        return [by_id[case_id] for case_id in case_ids if case_id in by_id]

    def _rows(self) -> list[CaseRow]:
        return [self._row(no, case) for no, case in enumerate(self._all(), start=1)]

    def _all(self) -> list[Case]:
        """The cases of one moment: tests write meanwhile, on another thread."""
        return list(self.cases.values())

    def _matching(self, chosen: CaseFilter) -> list[CaseRow]:
        return [row for row in self._rows() if self._passes(row, self.cases[row.id], chosen)]

    def _passes(self, row: CaseRow, case: Case, chosen: CaseFilter) -> bool:
        facts = case.facts
        told = (facts.title, facts.description, facts.address, case.number, facts.upper_number)
        texts = [plain(text) for text in told]
        tests = (
            not chosen.grid or chosen.grid in self.known.above(row.grid),
            chosen.box is None or self._in_box(row, case, chosen.box),
            not chosen.states or row.state in chosen.states,
            not chosen.only_open or case.is_open,
            not chosen.unit or any(part.unit == chosen.unit for part in _parts(case)),
            chosen.level is None or row.level == chosen.level,
            not chosen.channel or row.channel == chosen.channel,
            all(any(word in text for text in texts) for word in plain(chosen.text).split()),
            chosen.bounds is None or _within(row, chosen.bounds),
            not chosen.imported or any(first <= row.rowid <= last for first, last in chosen.imported),
        )
        return all(tests)

    def _in_box(self, row: CaseRow, case: Case, box: Box) -> bool:
        now, due = self.clock.now(), row.due
        marks = {
            Box.OVERDUE: due is not None and due < now,
            Box.DUE_SOON: due is not None and now <= due <= now + SOON,
            Box.RETURNED: row.returned,
            Box.CONSULTATION: case.is_open and case.returns >= 2,
            Box.CONFLICT: row.conflict,
            Box.PENDING: row.pending,
        }
        return marks.get(box, row.state == box.value)

    def _order(self, row: CaseRow, sort: Sort) -> tuple[Any, ...]:
        unit = self.known.units.get(row.unit)
        value, missing = {
            SortKey.NUMBER: (row.number, False),
            SortKey.TITLE: (row.title, False),
            SortKey.LEVEL: (row.level, False),
            SortKey.STATE: (list(CaseState).index(CaseState(row.state)), False),
            SortKey.UNIT: ((unit.initials if unit else "", row.unit), not row.unit),
            SortKey.GRID: (row.grid, not row.grid),
            SortKey.DUE: (row.due.timestamp() if row.due else 0, row.due is None),
            SortKey.CHANNEL: (list(Channel).index(Channel(row.channel)), False),
            SortKey.REGISTERED: (row.registered_at.timestamp(), False),
        }[sort.key]
        if sort.descending:
            return missing, Reversed((value, row.rowid))
        return missing, (value, row.rowid)

    def _row(self, no: int, case: Case) -> CaseRow:
        facts, lead = case.facts, case.lead
        unit = lead.unit if lead is not None and lead in _parts(case) else ""
        grid, known_unit = self.known.grids.get(facts.grid), self.known.units.get(unit)
        return CaseRow(
            rowid=no,
            id=case.id,
            number=case.number,
            title=mask_numbers(facts.title),
            state=case.state.value,
            level=case.level,
            grid=facts.grid,
            grid_name=grid.name if grid else "",
            unit=unit,
            unit_name=known_unit.name if known_unit else "",
            cooperating=sum(part.role is Role.COOPERATING for part in _parts(case)),
            due=case.due if case.is_open else None,
            channel=facts.channel,
            registered_at=case.registered_at.replace(microsecond=0),
            returned=case.waits_after_return and case.is_open,
            escalated=case.escalated,
            conflict=bool(case.refused),
            pending=True,
            lon=facts.lon,
            lat=facts.lat,
        )

    # -- counts

    def figures(self) -> Mapping[str, GridFigures]:
        gathered: dict[str, list[CaseRow]] = defaultdict(list)
        for row in self._rows():
            for area in self.known.above(row.grid):
                gathered[area].append(row)
        return {area: self._figures(gathered[area]) for area in {"", *self.known.grids, *gathered}}

    def box_counts(self, grid: str = "") -> Mapping[Box, int]:
        return self._figures(self._matching(CaseFilter(grid=grid))).boxes

    def _figures(self, rows: Sequence[CaseRow]) -> GridFigures:
        boxes = {box: sum(self._in_box(row, self.cases[row.id], box) for row in rows) for box in Box}
        return GridFigures(sum(self.cases[row.id].is_open for row in rows), boxes[Box.OVERDUE], boxes)

    def unit_loads(self) -> Mapping[str, int]:
        open_cases = [case for case in self._all() if case.is_open]
        return Counter(part.unit for case in open_cases for part in case.assignments if part.state in _IN_HAND)

    def recent_units(self, standard: str) -> Mapping[str, int]:
        since = self.clock.now() - timedelta(days=90)
        return Counter(
            row.unit
            for row in self._rows()
            if row.unit
            and self.cases[row.id].facts.standard == standard
            and (self.cases[row.id].dispatched_at or row.registered_at) >= since
        )

    # -- what the desk keeps

    def keep_draft(self, name: str, text: str) -> None:
        self.drafts[name] = text

    def draft(self, name: str) -> str:
        return self.drafts.get(name, "")

    def keep_view(self, view: SavedView) -> None:
        self.saved_views[view.name] = view

    def drop_view(self, name: str) -> None:
        self.saved_views.pop(name, None)

    def read_ahead(self) -> bool:
        return False

    def views(self) -> Sequence[SavedView]:
        return tuple(self.saved_views[name] for name in sorted(self.saved_views))

    def value(self, name: str) -> str:
        return self.kept.get(name, "")

    def keep_value(self, name: str, value: str) -> None:
        self.kept[name] = value


@dataclass(frozen=True)
class Reversed:
    """Turns an order round."""

    value: Any

    def __lt__(self, other: Reversed) -> bool:
        return bool(other.value < self.value)


def plain(text: str) -> str:
    """A text as it is searched: half width, small letters."""
    return unicodedata.normalize("NFKC", text).lower()


def _parts(case: Case) -> tuple[Assignment, ...]:
    """The parts of the units that have the case now."""
    return tuple(part for part in case.assignments if part.state is not AssignmentState.RETURNED)


def _within(row: CaseRow, bounds: tuple[float, float, float, float]) -> bool:
    west, south, east, north = bounds
    return row.lon is not None and row.lat is not None and west <= row.lon <= east and south <= row.lat <= north
