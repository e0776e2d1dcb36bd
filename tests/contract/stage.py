"""A small county with a desk on it, in memory or in a real store, and the events that tests record there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal, cast

from gridclient.domain.calendar import CHINA_TIME
from gridclient.domain.case import Case
from gridclient.domain.events import Event, EventDraft, EventKind, to_seconds
from gridclient.services.ports import DeskQueries, DeskSettings, Work
from gridclient.services.rows import CaseFilter, CaseRow, GridRow, Sort, UnitRow
from gridclient.store.audit import newest_lines
from gridclient.store.columns import Columns
from gridclient.store.driver import Database
from gridclient.store.log import Device
from gridclient.store.migrations import upgrade
from gridclient.store.queries import SqliteQueries
from gridclient.store.settings import SqliteDeskSettings
from gridclient.store.unit_of_work import SqliteWork
from tests.contract.fakes import KnownAreas, MemoryDesk
from tests.fakes.set_clock import SetClock

NOW = datetime(2026, 11, 20, 14, 0, tzinfo=CHINA_TIME)
TOWNSHIP, OTHER_TOWNSHIP = "371002001", "371002002"
ZONE = f"{TOWNSHIP}601"
COMMUNITY, OTHER_COMMUNITY = f"{TOWNSHIP}001", f"{TOWNSHIP}002"
GRIDS = (f"{COMMUNITY}001", f"{COMMUNITY}002", f"{OTHER_COMMUNITY}001", f"{OTHER_TOWNSHIP}001001")
UNITS = ("U-3", "U-1", "U-2")
STANDARD = "C-01-01-01"
STREAM = f"t:{TOWNSHIP}"
KEY = bytes(range(32))
DEVICE = Device("0123456789abcdef", 1, "A7")
Kind = Literal["memory", "sqlite"]


def known_areas() -> KnownAreas:
    """Two townships; the first has a zone of two communities with three basic grids."""
    rows = [
        GridRow("371002", "环翠区", "county", ""),
        GridRow(TOWNSHIP, "鲸园街道", "township", "371002"),
        GridRow(ZONE, "第一片区", "zone", TOWNSHIP),
        GridRow(COMMUNITY, "古陌社区", "community", ZONE, communities=(COMMUNITY,), initials="gmsq"),
        GridRow(OTHER_COMMUNITY, "北山社区", "community", ZONE, communities=(OTHER_COMMUNITY,)),
        GridRow(OTHER_TOWNSHIP, "竹岛街道", "township", "371002"),
        GridRow(f"{OTHER_TOWNSHIP}601", "第一片区", "zone", OTHER_TOWNSHIP),
        GridRow(f"{OTHER_TOWNSHIP}001", "竹岛社区", "community", f"{OTHER_TOWNSHIP}601"),
        *(GridRow(code, f"网格{code[-3:]}", "basic", code[:12]) for code in GRIDS),
    ]
    units = [
        UnitRow(code, name, "stationed_a", (), initials, TOWNSHIP, None, None, (), (), "", "on_duty")
        for code, name, initials in zip(UNITS, ("执法中队", "派出所", "司法所"), ("zfzd", "pcs", "sfs"), strict=True)
    ]
    return KnownAreas({row.code: row for row in rows}, {unit.code: unit for unit in units})


@dataclass
class Stage:
    """A desk and short ways to say what befalls its cases. Each step is a transaction of its own."""

    work: Work
    queries: DeskQueries
    settings: DeskSettings
    clock: SetClock
    known: KnownAreas
    store: Database | None = None
    _ids: Iterator[int] = field(default_factory=lambda: count(1))
    """Goes on where an opened store's cases end."""

    @property
    def database(self) -> Database:
        """The real store; the fake has none."""
        assert self.store is not None
        return self.store

    def audited(self) -> list[tuple[str, str, str]]:
        """Who did what that leaves a line, and to what."""
        if isinstance(self.queries, MemoryDesk):
            return self.queries.audited
        with self.database.reader() as connection:
            return [line[2:] for line in newest_lines(connection, actor="", limit=100)]

    def new_id(self) -> str:
        return f"{next(self._ids) * 0x9E3779B97F4A7C15F39CC0605CEDC835 % (1 << 128):032x}"

    def record(self, kind: EventKind, case_id: str, payload: dict[str, Any], *, stream: str = STREAM) -> Event:
        with self.work() as unit_of_work:
            return unit_of_work.record(EventDraft(kind, case_id, stream, "tester", payload))

    def register(
        self,
        title: str = "路灯不亮",
        *,
        grid: str = GRIDS[0],
        due: timedelta | None = None,
        level: int = 3,
        **facts: Any,
    ) -> str:
        """A new case; ``due``: its accepting clock ends so long from now."""
        case_id = self.new_id()
        self.record(EventKind.REGISTERED, case_id, self.registration(title, grid=grid, due=due, level=level, **facts))
        return case_id

    def registration(
        self, title: str, *, grid: str = GRIDS[0], due: timedelta | None = None, level: int = 3, **facts: Any
    ) -> dict[str, Any]:
        """The payload of a registration with the next number."""
        township = grid[:9] or TOWNSHIP
        with self.work() as unit_of_work:
            number = unit_of_work.next_number(township, self.clock.now().date())
        payload: dict[str, Any] = {"number": number, "level": level, "facts": {"title": title, "grid": grid, **facts}}
        if due is not None:
            payload["clocks"] = [self.clock_of("accept", due)]
        return payload

    def clock_of(self, stage: str, due: timedelta, unit: str = "") -> dict[str, Any]:
        return {"stage": stage, "limit": "1 work_day", "due": to_seconds(self.clock.now() + due), "unit": unit}

    def file(self, case_id: str, **facts: Any) -> None:
        self.record(EventKind.FILED, case_id, {"facts": {"standard": STANDARD, **facts}})

    def dispatch(
        self,
        case_id: str,
        *units: str,
        due: timedelta = timedelta(days=1),
        kind: EventKind = EventKind.DISPATCHED,
        **said: Any,
    ) -> None:
        """To the first unit as lead, the others cooperating; ``said``: what else the event says."""
        units = units or (UNITS[0],)
        until = to_seconds(self.clock.now() + timedelta(days=2))
        parts = [
            {
                "unit": unit,
                "role": "cooperating" if place else "lead",
                "due": to_seconds(self.clock.now() + due),
                "limit": "1 work_day",
                "return_until": until,
            }
            for place, unit in enumerate(units)
        ]
        clocks = [self.clock_of("handle", due, units[0])]
        self.record(kind, case_id, {"assignments": parts, "clocks": clocks, "reason": "改派", **said})

    def sign(self, case_id: str, unit: str = "") -> None:
        self.record(EventKind.SIGNED, case_id, {"unit": unit})

    def give_back(self, case_id: str, unit: str = "") -> None:
        self.record(EventKind.RETURNED, case_id, {"unit": unit, "reason_code": "not_ours", "reason": "不属本单位"})

    def close(self, case_id: str) -> None:
        """From handling to the end."""
        self.record(EventKind.FED_BACK, case_id, {"result": "已处理"})
        self.record(EventKind.VERIFIED, case_id, {})
        self.record(EventKind.CLOSED, case_id, {"closing_condition_met": True})

    def dispatched(self, title: str = "占道经营", *units: str, **rest: Any) -> str:
        """A case on its way to these units."""
        due = rest.pop("due", timedelta(days=1))
        case_id = self.register(title, **rest)
        self.file(case_id)
        self.dispatch(case_id, *units, due=due)
        return case_id

    def undo(self, case_id: str) -> None:
        last = self.case(case_id).last
        assert last is not None
        self.record(EventKind.UNDONE, case_id, {"target": list(last)})

    def case(self, case_id: str) -> Case:
        return self.queries.case(case_id)

    def ids(self, chosen: CaseFilter, sort: Sort | None = None, *, limit: int = 200) -> list[str]:
        """All cases of a filter in their order, gathered page by page."""
        return [row.id for row in self.pages(chosen, sort or Sort(), limit=limit)]

    def pages(self, chosen: CaseFilter, sort: Sort, *, limit: int) -> list[CaseRow]:
        rows: list[CaseRow] = []
        after: str | None = None
        while True:
            page = self.queries.page(chosen, sort, limit=limit, after=after)
            rows += page.rows
            after = page.next
            if after is None:
                return rows
            assert len(page.rows) == limit

    def titles(self, chosen: CaseFilter, sort: Sort | None = None) -> list[str]:
        return [row.title for row in self.pages(chosen, sort or Sort(), limit=200)]


@contextmanager
def opened(kind: Kind, folder: Path, *, file: str = "store.db") -> Iterator[Stage]:
    """A stage of this kind; a store file that is there already is gone on with."""
    clock, known = SetClock(NOW), known_areas()
    if kind == "memory":
        desk = MemoryDesk(known, clock)
        yield Stage(desk, cast("DeskQueries", desk), desk, clock, known)  # no search for duplicates, no contentions
        return
    database = open_store(folder / file)
    try:
        queries = SqliteQueries(database, Columns(database), lambda: known.areas, clock)
        work, settings = SqliteWork(database, DEVICE, clock), SqliteDeskSettings(database)
        stage = Stage(work, queries, settings, clock, known, database)
        stage._ids = count(1 + queries.total(CaseFilter()))
        yield stage
    finally:
        database.close()


def open_store(file: Path) -> Database:
    """A store with its tables."""
    if not file.exists():
        file.write_bytes(_empty_store())
    return Database(file, KEY)


@cache
def _empty_store() -> bytes:
    """The file of an empty store, made once."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "store.db"
        database = Database(file, KEY)
        with database.writer() as connection:
            upgrade(connection)
        database.close()
        return file.read_bytes()
