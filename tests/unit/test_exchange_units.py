"""Rows of units become records: all that is told, nothing that is not, and a refusal by the cell that is wrong."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from gridclient.domain.coordinates import Crs
from gridclient.exchange.cells import Cell
from gridclient.exchange.fields import Fields, RowProblem
from gridclient.exchange.mapping import guess
from gridclient.exchange.points import PointReader
from gridclient.exchange.units import UnitReader
from gridclient.services.import_findings import ImportKind
from gridclient.services.import_records import UnitRecord

UNIT_TITLES = ("单位编码*", "单位名称*", "单位类型*", "别名", "服务网格", "状态", "经度", "纬度", "楼层")


def columns_of(titles: Sequence[str]) -> Fields:
    return Fields(titles, guess(ImportKind.UNITS, titles).columns)


def test_a_unit_is_read_with_its_lists_and_what_no_field_takes() -> None:
    columns = columns_of(UNIT_TITLES)
    reader = UnitReader("单位", columns, PointReader(columns, Crs.WGS84))
    found = reader.read(
        2, ("A04", "执法中队", "A类派驻", "执法、城管", "371002002;371002003", "出动", 122.1, "37.5", "二楼")
    )
    assert (found.kind, found.status, found.aliases) == ("stationed_a", "out", ("执法", "城管"))
    assert (found.grids, found.lon, found.lat) == (("371002002", "371002003"), 122.1, 37.5)
    assert found.extra == {"楼层": "二楼"}


FULL_UNIT = (
    *(("单位编码", "B01"), ("单位名称", "派出所"), ("单位类型", "B类派驻"), ("别名", "警务室"), ("状态", "停用")),
    *(("上级部门", "区公安分局"), ("所属镇街代码", "371002001"), ("负责人", "王丽云"), ("联系电话", 13800000000)),
    *(("人员", "刘建国、王芳"), ("业务领域", "治安;户籍"), ("服务网格", "371002001001"), ("地址", "文化路 1 号")),
)


def unit(*cells: tuple[str, Cell], crs: Crs = Crs.WGS84) -> UnitRecord:
    columns = columns_of([title for title, _ in cells])
    return UnitReader("单位", columns, PointReader(columns, crs)).read(3, [cell for _, cell in cells])


def test_a_unit_is_read_with_all_that_its_row_tells() -> None:
    found = unit(*FULL_UNIT)
    assert (found.sheet, found.row, found.code, found.name) == ("单位", 3, "B01", "派出所")
    assert (found.kind, found.status, found.aliases) == ("stationed_b", "inactive", ("警务室",))
    assert (found.parent, found.township, found.leader) == ("区公安分局", "371002001", "王丽云")
    assert (found.phone, found.people, found.fields) == ("13800000000", ("刘建国", "王芳"), ("治安", "户籍"))
    assert (found.grids, found.address, found.extra) == (("371002001001",), "文化路 1 号", {})
    assert (found.lon, found.lat, found.source_crs, found.source_lon, found.source_lat) == (None, None, "", None, None)


def test_a_unit_needs_code_name_and_kind_and_says_nothing_else_by_itself() -> None:
    found = unit(*FULL_UNIT[:3])
    assert (found.status, found.parent, found.township, found.leader, found.phone) == ("", "", "", "", "")
    assert unit(*FULL_UNIT[:3], ("状态", "")).status == ""
    assert (found.aliases, found.people, found.fields, found.grids, found.address) == ((), (), (), (), "")


def test_a_unit_keeps_the_numbers_of_its_point_as_its_file_has_them() -> None:
    found = unit(*FULL_UNIT, ("经度", 122.1195), ("纬度", "37.5212"), crs=Crs.GCJ02)
    assert (found.source_crs, found.source_lon, found.source_lat) == ("gcj02", 122.1195, 37.5212)
    assert (found.lon, found.lat) == pytest.approx((122.1143, 37.5202), abs=0.001)


def test_whatever_changes_in_a_units_row_makes_it_another_row() -> None:
    cells = (*FULL_UNIT, ("经度", 122.1), ("纬度", 37.5), ("楼层", "二楼"))
    other: dict[str, Cell] = {"单位类型": "部门", "状态": "出动", "经度": 122.2, "纬度": 37.6}
    changed = [
        (*cells[:place], (title, other.get(title, "371002009")), *cells[place + 1 :])
        for place, (title, _) in enumerate(cells)
    ]
    assert len({unit(*each).identity for each in (cells, *changed)}) == len(cells) + 1


@pytest.mark.parametrize(
    ("cells", "column", "code"),
    [
        ((None, "执法中队", "A类派驻"), "单位编码*", "unit.no_code"),
        (("A04", " ", "A类派驻"), "单位名称*", "unit.no_name"),
        (("A04", "执法中队", "丙类"), "单位类型*", "unit.kind_unknown"),
        (("A04", "执法中队", "A类派驻", "", "", "睡觉"), "状态", "unit.status_unknown"),
        (("A04", "执法中队", "A类派驻", "", 371002002), "服务网格", "code.not_text"),
        (("A04", "执法中队", "A类派驻", "", "", "", 122.1), "纬度", "point.half"),
        (("A04", "执法中队", "A类派驻", "", "", "", None, 37.5), "经度", "point.half"),
        (("A04", "执法中队", "A类派驻", "", "", "", 37.5, 122.1), "经度", "point.swapped"),
        (("A04", "执法中队", "A类派驻", "", "", "", 222.1, 37.5), "经度", "point.out_of_range"),
    ],
)
def test_a_unit_that_is_incomplete_is_refused(cells: tuple[Cell, ...], column: str, code: str) -> None:
    columns = columns_of(UNIT_TITLES)
    with pytest.raises(RowProblem) as refused:
        UnitReader("单位", columns, PointReader(columns, Crs.WGS84)).read(2, cells)
    assert (refused.value.column, refused.value.problem.code) == (column, code)
