"""A desk with an invented evening's cases, made by the real use cases over the memory store."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from gridclient.domain.calendar import CHINA_TIME
from gridclient.domain.case import CaseFacts
from gridclient.domain.errors import StoreUnavailable
from gridclient.domain.roles import AccountRole, Action, Actor
from gridclient.services.desk import Desk
from gridclient.services.ports import UnitOfWork
from gridclient.services.rows import GridRow, StandardRow, UnitRow
from tests.contract.fakes import KnownAreas
from tests.fakes.map_data import InMemoryMapData
from tests.fakes.set_clock import SetClock
from tests.ui.fakes.memory_files import InMemoryFiles
from tests.ui.fakes.memory_store import CountedIds, MemoryReference, MemoryStore

NOW: Final = datetime(2026, 11, 20, 14, 32, tzinfo=CHINA_TIME)  # a Friday
TOWNSHIP: Final = "371002002"
GRIDS: Final = (
    GridRow("371002", "环翠区", "county", "", initials="hcq"),
    GridRow("371002002", "鲸园街道", "township", "371002", initials="jyjd"),
    GridRow("371002002601", "第一片区", "zone", "371002002", initials="dypq"),
    GridRow("371002002001", "古陌社区", "community", "371002002601", initials="gmsq"),
    GridRow("371002002001001", "第一网格(基础)", "basic", "371002002001", worker="张*", initials="dywgjc"),
    GridRow("371002002001002", "第二网格(基础)", "basic", "371002002001", worker="王*", initials="dewgjc"),
    GridRow("371002002001003", "第三网格(基础)", "basic", "371002002001", worker="李*", initials="dswgjc"),
    GridRow("371002002001004", "实验小学(专属)", "basic", "371002002001", special=True, initials="syxxzs"),
    GridRow("371002002002", "北山社区", "community", "371002002601", initials="bssq"),
    GridRow("371002002002001", "第一网格(基础)", "basic", "371002002002", initials="dywgjc"),
    GridRow("371002002602", "第二片区", "zone", "371002002", initials="depq"),
    GridRow("371002002003", "东北村社区", "community", "371002002602", initials="dbcsq"),
    GridRow("371002002003001", "第一网格(基础)", "basic", "371002002003", initials="dywgjc"),
    GridRow("371002003", "竹岛街道", "township", "371002", initials="zdjd"),
    GridRow("371002003601", "第一片区", "zone", "371002003", initials="dypq"),
    GridRow("371002003001", "竹岛社区", "community", "371002003601", initials="zdsq"),
    GridRow("371002003001001", "第一网格(基础)", "basic", "371002003001", initials="dywgjc"),
)


def _unit(code: str, name: str, kind: str, initials: str, *fields: str) -> UnitRow:
    return UnitRow(code, name, kind, (), initials, TOWNSHIP, 122.11, 37.5, (TOWNSHIP,), fields, "", "on_duty")


UNITS: Final = (
    _unit("371002002-A01", "综合行政执法中队", "stationed_a", "zhxzzfzd", "市容"),
    _unit("371002002-B01", "鲸园派出所", "stationed_b", "jypcs", "治安"),
    _unit("371002002-A02", "司法所", "stationed_a", "sfs", "调解"),
    _unit("371002002-O01", "应急管理办公室", "office", "yjglbgs", "应急"),
    _unit("371002-D01", "生态环境分局", "department", "sthjfj", "环保", "施工噪音"),
)
STANDARDS: Final = (
    StandardRow(
        "C-01-02-01",
        "施工管理",
        "施工扰民",
        "夜间施工噪音扰民",
        "停止施工",
        "2 urgent_hour",
        "2紧急工作时",
        ("综合行政执法中队",),
        ("鲸园派出所",),
        "1",
    ),
    StandardRow("C-02-01-01", "市容环境", "占道经营", "占道经营", "清理", "1 work_day", "1工作日", ("市容",), (), "1"),
    StandardRow("C-03-01-01", "纠纷调处", "邻里纠纷", "邻里纠纷", "调解", "3 work_day", "3工作日", ("调解",), (), "1"),
)
LEAD, OTHER = UNITS[0].code, UNITS[1].code


@dataclass(frozen=True)
class InventedDesk:
    """The desk and what stands behind it."""

    desk: Desk
    store: MemoryStore
    clock: SetClock
    map_data: InMemoryMapData

    def register(
        self, title: str, *, ago: timedelta = timedelta(), grid: str = "371002002001003", level: int = 3, **facts: Any
    ) -> str:
        """A case reported ``ago``; gives its key."""
        self.clock.at = NOW - ago
        given: dict[str, Any] = {"title": title, "grid": grid, "lon": 122.12, "lat": 37.51} | facts
        made = self.desk.register(CaseFacts(**given), level=level)
        self.clock.at = NOW
        return made.case_id

    def act(self, action: Action, case_id: str, *, ago: timedelta = timedelta(), **args: Any) -> None:
        """An action done ``ago``."""
        self.clock.at = NOW - ago
        self.desk.act(action, case_id, args)
        self.clock.at = NOW

    def filed(self, title: str, *, ago: timedelta = timedelta(), standard: str = "C-01-02-01", **rest: Any) -> str:
        """A case that waits for its dispatch."""
        case_id = self.register(title, ago=ago, **rest)
        self.act(Action.FILE, case_id, ago=ago, standard=standard)
        return case_id

    def dispatched(self, title: str, *, ago: timedelta = timedelta(), unit: str = LEAD, **rest: Any) -> str:
        """A case that a unit has not signed."""
        together = rest.pop("cooperating", ())
        case_id = self.filed(title, ago=ago, **rest)
        self.act(Action.DISPATCH, case_id, ago=ago, lead=unit, cooperating=list(together), reason="熟悉情况")
        return case_id

    def handling(self, title: str, *, ago: timedelta = timedelta(), **rest: Any) -> str:
        """A case that a unit has in hand."""
        case_id = self.dispatched(title, ago=ago, **rest)
        self.act(Action.SIGN, case_id, ago=ago)
        return case_id

    def handled(self, title: str, *, ago: timedelta = timedelta(), **rest: Any) -> str:
        """A case that waits for its check."""
        case_id = self.handling(title, ago=ago, **rest)
        self.act(Action.FEED_BACK, case_id, ago=ago, result="已清理")
        return case_id


def empty_desk(*, role: AccountRole = AccountRole.OPERATOR, grids: tuple[GridRow, ...] = GRIDS) -> InventedDesk:
    """A desk without cases."""
    clock = SetClock(NOW)
    reference = MemoryReference(grids, UNITS, STANDARDS)
    known = KnownAreas(reference.by_code, reference.units_by_code)
    store = MemoryStore(known, clock)
    map_data = InMemoryMapData()
    files = InMemoryFiles(Path("nowhere"))  # whoever keeps some gives it a folder
    desk = Desk(store, store, reference, store, map_data, clock, CountedIds(), Actor("wang", role), files)
    return InventedDesk(desk, store, clock, map_data)


def with_locked_store(made: InventedDesk, locked: list[str]) -> InventedDesk:
    """While ``locked`` holds a code, the store refuses to write with it."""

    def work() -> AbstractContextManager[UnitOfWork, bool | None]:
        if locked:
            raise StoreUnavailable(locked[0])
        return made.desk.work()

    return replace(made, desk=replace(made.desk, work=work))


def busy_desk(*, role: AccountRole = AccountRole.OPERATOR, grids: tuple[GridRow, ...] = GRIDS) -> InventedDesk:
    """A desk in the middle of a shift: a dozen cases in every state that the list shows."""
    made = empty_desk(role=AccountRole.SHIFT_LEADER, grids=grids)
    hours, minutes, days = timedelta(hours=1), timedelta(minutes=1), timedelta(days=1)
    made.register("小区消防通道被私家车占用", ago=8 * minutes, channel="grid_worker", level=2)
    made.filed("鲸园路夜间施工噪音扰民，持续至凌晨", ago=6 * minutes, channel="12345")
    made.filed("海港路与新威路口窨井盖缺失", ago=20 * minutes, channel="grid_worker", grid="371002002003001")
    made.dispatched("校园周边食品摊点无证经营", ago=30 * minutes, channel="superior", standard="C-02-01-01")
    made.handling("古陌社区地下车库积水，车辆被困", ago=100 * minutes, channel="110", unit=UNITS[3].code)
    made.handling("北山小区三期邻里纠纷，需联合调处", ago=1 * days, channel="grid_worker", unit=UNITS[2].code,
                  cooperating=(OTHER,), standard="C-03-01-01", level=2, grid="371002002002001")  # fmt: skip
    late = made.handling("河道边堆放建筑垃圾约 3 立方米", ago=4 * days, channel="patrol", standard="C-02-01-01")
    made.handled("菜市场占道经营，影响学生上下学", ago=5 * hours, channel="digital_city", standard="C-02-01-01")
    clash = made.handling("某餐饮店油烟直排，多次反映", ago=4 * hours, channel="12345", standard="C-03-01-01", level=4)
    back = made.dispatched("公交站台广告牌松动", ago=3 * hours, channel="digital_city", grid="371002003001001")
    made.act(Action.RETURN, back, ago=9 * minutes, reason_code="not_ours", reason="不属本中队")
    made.store.sent |= {late, clash, *list(made.store.cases)[3:6]}
    made.store.conflicts.add(clash)
    desk = replace(made.desk, actor=Actor("wang", role))
    return replace(made, desk=desk)


def many_grids(communities: int = 100, basic_each: int = 14) -> tuple[GridRow, ...]:
    """A county of ``communities × basic_each`` basic grids in ten townships."""
    rows = [GridRow("371302", "兰山区", "county", "")]
    for number in range(communities):
        township = f"371302{number % 10 + 1:03d}"
        zone = f"{township}{601 + number // 10 % 3}"
        community = f"{township}{number + 1:03d}"
        if number < 10:
            rows.append(GridRow(township, f"第{number + 1}镇", "township", "371302"))
        if number < 30 and not any(row.code == zone for row in rows):
            rows.append(GridRow(zone, f"第{zone[-1]}片区", "zone", township))
        rows.append(GridRow(community, f"第{number + 1}社区", "community", zone))
        rows += [
            GridRow(f"{community}{n:03d}", f"第{n}网格(基础)", "basic", community) for n in range(1, basic_each + 1)
        ]
    return tuple(rows)
