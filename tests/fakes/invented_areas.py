"""A township of invented areas as import records: two zones, four communities, eight basic grids, all squares."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any

import shapely

from gridclient.domain.calendar import CHINA_TIME
from gridclient.services.import_records import (
    Boundary,
    CalendarRecord,
    DivisionRecord,
    GridRecord,
    StandardRecord,
    UnitRecord,
)

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=CHINA_TIME)
TOWNSHIP = "371002001"
WEST, SOUTH, SIDE = 122.0, 37.4, 0.01


def area(west: float, south: float, east: float, north: float) -> Boundary:
    """A rectangle in degrees."""
    shape = shapely.multipolygons([shapely.box(west, south, east, north)])
    return Boundary(shapely.to_wkb(shape), "wgs84")


def columns(first: int, count: int) -> Boundary:
    """The part of the township from column ``first``, ``count`` columns wide; there are eight columns."""
    return area(WEST + first * SIDE, SOUTH, WEST + (first + count) * SIDE, SOUTH + 8 * SIDE)


def middle(column: int) -> tuple[float, float]:
    """A point inside the basic grid of this column."""
    return WEST + (column + 0.5) * SIDE, SOUTH + 0.5 * SIDE


def grid(row: int, code: str, tier: str, parent: str, boundary: Boundary | None, **rest: Any) -> GridRecord:
    name = f"网格{code[-3:]}"
    return GridRecord("网格", row, f"grid {code} {row}", code, name, tier, parent, boundary=boundary, **rest)


def community_code(number: int) -> str:
    return f"{TOWNSHIP}{number:03}"


def township() -> DivisionRecord:
    return DivisionRecord("", 1, "township", TOWNSHIP, "环翠楼街道", "township", "371002", boundary=columns(0, 8))


def zones() -> list[GridRecord]:
    return [grid(2 + n, f"{TOWNSHIP}60{n + 1}", "zone", TOWNSHIP, columns(4 * n, 4)) for n in range(2)]


def communities() -> list[GridRecord]:
    return [
        grid(4 + n, community_code(n + 1), "community", f"{TOWNSHIP}60{n // 2 + 1}", columns(2 * n, 2))
        for n in range(4)
    ]


def basics() -> list[GridRecord]:
    codes = [(community_code(n // 2 + 1), n % 2 + 1) for n in range(8)]
    return [
        grid(8 + n, f"{community}{number:03}", "basic", community, columns(n, 1), worker="丁一")
        for n, (community, number) in enumerate(codes)
    ]


def all_areas() -> list[DivisionRecord | GridRecord]:
    return [township(), *zones(), *communities(), *basics()]


def redrawn(record: GridRecord, boundary: Boundary, valid_from: date | None = None) -> GridRecord:
    return replace(record, boundary=boundary, valid_from=valid_from, identity=f"{record.identity} again")


def unit(row: int, code: str, name: str, **rest: Any) -> UnitRecord:
    return UnitRecord("单位", row, f"unit {code} {row}", code, name, "stationed_a", **rest)


def standard(row: int, code: str = "C-01-02-01", limit: str = "2 work_day", **rest: Any) -> StandardRecord:
    given: dict[str, Any] = {
        "kind": "component",
        "big_code": "01",
        "big_name": "公用设施",
        "small_code": "02",
        "small_name": "污水井盖",
        "filing_condition": "缺失、移位",
        "closing_condition": "恢复",
        "limit_text": "2工作日",
        "handling_unit": "综合行政执法中队、各产权单位",
    }
    return StandardRecord("部件", row, f"standard {code} {limit}", code, limit=limit, **(given | rest))


def day(row: int, when: date, *, working: bool, name: str = "") -> CalendarRecord:
    return CalendarRecord("", row, f"day {when} {working}", when, working, name)
