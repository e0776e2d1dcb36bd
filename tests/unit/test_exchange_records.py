"""Rows of standards, days, divisions and grids become records by the rules of their kind."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pytest

from gridclient.domain.coordinates import Crs
from gridclient.exchange.areas import AreaSource, Shape
from gridclient.exchange.cells import Cell
from gridclient.exchange.divisions import DivisionReader
from gridclient.exchange.fields import Fields, RowProblem
from gridclient.exchange.mapping import guess
from gridclient.exchange.reading import area_reader
from gridclient.exchange.standards import StandardReader
from gridclient.exchange.workdays import CalendarReader
from gridclient.services.import_findings import ImportKind
from gridclient.services.import_records import DivisionRecord, GridRecord, StandardRecord
from tests.fakes.exchange_files import COMMUNITY, SQUARE, STANDARD_TITLES

SHAPE = Shape({"type": "Polygon", "coordinates": [SQUARE]})
GRID_TITLES = ("网格编码", "网格名称", "网格层级", "网格类型", "上级编码", "启用日期", "停用日期", "包含社区")


def fields(kind: ImportKind, titles: Sequence[str]) -> Fields:
    return Fields(titles, guess(kind, titles).columns)


def grid(*cells: Cell, damaged: tuple[str, ...] = ()) -> GridRecord | DivisionRecord:
    source = AreaSource("网格", fields(ImportKind.GRIDS, GRID_TITLES), Crs.WGS84, damaged)
    record = area_reader(ImportKind.GRIDS, source).read(2, cells, SHAPE)
    assert isinstance(record, GridRecord | DivisionRecord)
    return record


def refused_grid(*cells: Cell) -> tuple[str, str]:
    with pytest.raises(RowProblem) as refused:
        grid(*cells)
    return refused.value.column, refused.value.problem.code


def test_the_three_tiers_are_told_by_their_codes() -> None:
    zone, community, basic = grid("371002002601"), grid(COMMUNITY), grid(f"{COMMUNITY}001", "第一网格")
    assert isinstance(zone, GridRecord)
    assert isinstance(community, GridRecord)
    assert isinstance(basic, GridRecord)
    assert (zone.tier, community.tier, basic.tier) == ("zone", "community", "basic")
    told = {"text": "371002002601"}
    assert [(each.column, each.code, each.params) for each in zone.notices] == [("网格名称", "grid.no_name", told)]
    assert basic.notices == ()


@pytest.mark.parametrize(
    ("name", "kind", "special"),
    [("市场网格(专属)", "", True), ("甲", "专属网格", True), ("甲", "基础", False), ("甲", "", None)],
)
def test_a_special_grid_is_a_basic_one_of_another_kind(name: str, kind: str, special: bool | None) -> None:
    found = grid(f"{COMMUNITY}001", name, "基础网格", kind)
    assert isinstance(found, GridRecord)
    assert (found.tier, found.special) == ("basic", special)


@pytest.mark.parametrize(("tier", "kind"), [("专属网格", ""), ("Special", ""), ("BASIC", "SPECIAL")])
def test_a_grid_is_special_whichever_column_says_so_in_whatever_case(tier: str, kind: str) -> None:
    found = grid(f"{COMMUNITY}001", "甲", tier, kind)
    assert isinstance(found, GridRecord)
    assert (found.tier, found.special) == ("basic", True)


@pytest.mark.parametrize(
    ("code", "parent"),
    [
        (f"{COMMUNITY}001", COMMUNITY),
        (f"{COMMUNITY}001", "371002002004"),
        (COMMUNITY, "371002002601"),
        (COMMUNITY, "371002002"),
        ("371002002601", "371002002"),
    ],
)
def test_a_grid_hangs_where_the_file_says_if_that_may_be_above_it(code: str, parent: str) -> None:
    found = grid(code, "甲", "", "", parent)
    assert isinstance(found, GridRecord)
    assert found.parent == parent


@pytest.mark.parametrize("days", [("2026-01-01", ""), ("", "2026-01-01"), ("2026-01-01", "2026-02-01")])
def test_a_grid_may_begin_may_end_and_may_do_both(days: tuple[str, str]) -> None:
    found = grid(f"{COMMUNITY}001", "甲", "", "", "", *days)
    assert isinstance(found, GridRecord)
    assert tuple(str(day or "") for day in (found.valid_from, found.valid_to)) == days


def test_a_grid_is_read_with_its_worker_and_its_name_elsewhere_and_another_of_either_is_another_row() -> None:
    columns = fields(ImportKind.GRIDS, ("网格编码", "网格名称", "网格员", "联系电话", "外部编码", "包含社区", "户数"))
    cells = (COMMUNITY, "甲", "王丽云", 13800000000, "37100200200301", "371002002004、371002002005", 310)

    def read(*row: Cell) -> GridRecord:
        found = area_reader(ImportKind.GRIDS, AreaSource("网格", columns, Crs.WGS84)).read(2, row, SHAPE)
        assert isinstance(found, GridRecord)
        return found

    found = read(*cells)
    assert (found.worker, found.phone, found.external_code) == ("王丽云", "13800000000", "37100200200301")
    assert (found.members, found.extra) == (("371002002004", "371002002005"), {"户数": "310"})
    others = [
        ("371002002009", "乙", "刘建国", 13900000000, "371002002003xx", "371002002004")[place] for place in range(6)
    ]
    identities = {read(*cells[:place], other, *cells[place + 1 :]).identity for place, other in enumerate(others)}
    assert len(identities | {found.identity}) == 7


@pytest.mark.parametrize(
    ("cells", "column", "code"),
    [
        ((371002002003001, "甲"), "网格编码", "code.not_text"),
        ((3.71e14, "甲"), "网格编码", "code.not_text"),
        (("3.71E+14", "甲"), "网格编码", "code.not_text"),
        (("37100200200300", "甲"), "网格编码", "grid.code_foreign"),
        (("", "甲"), "网格编码", "grid.no_code"),
        ((f"{COMMUNITY}001", "甲", "社区级"), "网格层级", "grid.tier_differs"),
        ((f"{COMMUNITY}001", "甲", "", "", "371002002"), "上级编码", "grid.parent_wrong_tier"),
        (("371002002601", "甲", "", "", "371002003"), "上级编码", "grid.parent_differs"),
        ((f"{COMMUNITY}001", "甲", "", "", "", "2026-02-01", "2026-01-01"), "停用日期", "grid.ends_before_it_begins"),
        ((f"{COMMUNITY}001", "甲", "", "", "", "01/02/2026"), "启用日期", "cell.date_unclear"),
        ((f"{COMMUNITY}001", "甲", "", "", "", "", "", "37100200200"), "包含社区", "code.wrong_length"),
    ],
)
def test_a_grid_that_breaks_a_rule_is_refused_by_its_cell(cells: tuple[Cell, ...], column: str, code: str) -> None:
    assert refused_grid(*cells) == (column, code)


def test_the_same_name_again_is_noticed_and_goes_in() -> None:
    source = AreaSource("", fields(ImportKind.GRIDS, GRID_TITLES), Crs.WGS84)
    reader = area_reader(ImportKind.GRIDS, source)
    reader.read(1, (f"{COMMUNITY}001", "网格"), SHAPE)
    again = reader.read(2, (f"{COMMUNITY}002", "网格"), SHAPE)
    told = {"name": "网格", "first": 1}
    assert [(each.column, each.code, each.params) for each in again.notices] == [("网格名称", "grid.same_name", told)]


def test_a_county_among_grids_becomes_a_division() -> None:
    found = grid("371002", "环翠区")
    assert isinstance(found, DivisionRecord)
    assert (found.level, found.parent) == ("county", "371000")


@pytest.mark.parametrize(
    ("written", "code", "level", "parent"),
    [
        ("37", "370000", "province", ""),
        ("3710", "371000", "city", "370000"),
        ("371000", "371000", "city", "370000"),
        ("371002", "371002", "county", "371000"),
        ("371002000000", "371002", "county", "371000"),
        ("371002002000", "371002002", "township", "371002"),
        (COMMUNITY, COMMUNITY, "community", "371002002"),
    ],
)
def test_codes_of_the_tree_come_to_their_usual_length(written: str, code: str, level: str, parent: str) -> None:
    source = AreaSource("", fields(ImportKind.DIVISIONS, ("区划代码", "名称")), None)
    found = DivisionReader(source).read(2, (written, "某地"))
    assert (found.code, found.level, found.parent) == (code, level, parent)


def test_a_division_is_the_deepest_level_of_its_row_and_names_those_above() -> None:
    titles = ("city_code4", "city", "county_code6", "county", "town_code9", "town")
    source = AreaSource("", fields(ImportKind.DIVISIONS, titles), None)
    found = DivisionReader(source).read(2, ("3710", "威海市", "371002", "环翠区", "371002002", "鲸园街道"))
    assert (found.code, found.name) == ("371002002", "鲸园街道")
    assert found.ancestors == (("371000", "威海市"), ("371002", "环翠区"))


@pytest.mark.parametrize(
    ("cells", "column", "code"),
    [
        (("", "", "", ""), "区划代码", "division.no_code"),
        (("", "", "371002", ""), "名称", "division.no_name"),
        (("371002002", "", "", ""), "名称", "division.no_name"),
        (("", "", "371002002", "鲸园街道"), "县代码", "division.other_level"),
        ((371002, "环翠区", "", ""), "区划代码", "code.not_text"),
        (("371002002003001", "某网格", "", ""), "区划代码", "code.wrong_length"),
        (("99", "某地", "", ""), "区划代码", "code.wrong_length"),
        (("3x", "某地", "", ""), "区划代码", "code.not_digits"),
    ],
)
def test_a_division_that_says_too_little_is_refused_by_its_cell(
    cells: tuple[Cell, ...], column: str, code: str
) -> None:
    source = AreaSource("", fields(ImportKind.DIVISIONS, ("区划代码", "名称", "县代码", "县")), None)
    with pytest.raises(RowProblem) as refused:
        DivisionReader(source).read(2, cells)
    assert (refused.value.column, refused.value.problem.code) == (column, code)


def test_a_division_without_a_name_of_its_own_has_that_of_its_level() -> None:
    source = AreaSource("", fields(ImportKind.DIVISIONS, ("区划代码", "名称", "县代码", "县")), None)
    found = DivisionReader(source).read(2, ("371002", "", "371002", "环翠区"))
    assert (found.code, found.name, found.ancestors) == ("371002", "环翠区", ())


def test_a_city_without_counties_stands_in_the_column_of_counties_too() -> None:
    titles = ("city_code", "city", "county_code", "county")
    source = AreaSource("", fields(ImportKind.DIVISIONS, titles), None)
    found = DivisionReader(source).read(2, ("4419", "东莞市", "441900", "东莞市"))
    assert (found.code, found.level, found.name) == ("441900", "city", "东莞市")


def standards(*rows: tuple[Cell, ...], sheet: str = "部件") -> list[StandardRecord]:
    reader = StandardReader(sheet, fields(ImportKind.STANDARDS, STANDARD_TITLES))
    return [reader.read(number, row) for number, row in enumerate(rows, start=2)]


def test_a_class_stands_for_the_rows_below_it() -> None:
    first, second, third = standards(
        ("01", "公用设施", "01", "上水井盖", "供水公司", "城管局", "缺失", "恢复", "2紧急工作时"),
        (None, None, None, None, None, None, "破损", "更换", "4小时"),
        (None, None, "02", "污水井盖", "排水公司", "城管局", "缺失", "恢复", "1天"),
    )
    assert (first.code, second.code, third.code) == ("C-01-01-01", "C-01-01-02", "C-01-02-01")
    assert (second.small_name, third.big_name) == ("上水井盖", "公用设施")
    assert (first.limit, second.limit, third.limit) == ("2 urgent_hour", "4 work_hour", "1 natural_day")


def test_a_condition_keeps_its_number_when_one_above_it_is_refused_or_stands_twice() -> None:
    rest = ("01", "公用设施", "01", "上水井盖", "供水公司", "城管局")
    reader = StandardReader("部件", fields(ImportKind.STANDARDS, STANDARD_TITLES))
    first = reader.read(2, (*rest, "缺失", "恢复", "1天"))
    with pytest.raises(RowProblem):
        reader.read(3, (*rest, "破损", "更换", "尽快"))
    again = reader.read(4, (*rest, "缺失", "恢复", "1天"))
    last = reader.read(5, (*rest, "移位", "复位", "1天"))
    assert (first.code, again.code, last.code) == ("C-01-01-01", "C-01-01-01", "C-01-01-03")
    assert first.identity == again.identity


def test_codes_as_numbers_and_as_text_are_the_same_standard() -> None:
    rest = ("上水井盖", "供水公司", "城管局", "缺失", "恢复", "1天")
    as_number, as_text = standards((1, "公用设施", 2, *rest))[0], standards(("01", "公用设施", "02", *rest))[0]
    assert as_number.identity == as_text.identity
    assert as_number.code == "C-01-02-01"


def test_words_behind_a_limit_are_kept_and_noticed() -> None:
    (found,) = standards(("01", "甲", "01", "乙", "", "", "违建", "拆除", "1紧急工作时制止"), sheet="事件")
    assert (found.kind, found.limit, found.limit_text) == ("event", "1 urgent_hour", "1紧急工作时制止")
    told = {"text": "1紧急工作时制止", "remark": "制止"}
    assert [(each.column, each.code, each.params) for each in found.notices] == [("处置时限", "limit.remark", told)]


@pytest.mark.parametrize(
    ("row", "sheet", "column", "code"),
    [
        ((None, None, None, None, "", "", "缺失", "恢复", "1天"), "部件", "大类代码", "standard.no_class"),
        (("01", "甲", "01", "乙", "", "", "", "恢复", "1天"), "部件", "立案条件", "standard.no_condition"),
        (("01", "甲", "01", "乙", "", "", "缺失", "恢复", "1天"), "Sheet1", "", "standard.kind_unknown"),
        ((1.5, "甲", "01", "乙", "", "", "缺失", "恢复", "1天"), "部件", "大类代码", "standard.code_unclear"),
        (("01", "甲", 100, "乙", "", "", "缺失", "恢复", "1天"), "部件", "小类代码", "standard.code_unclear"),
        (("01", "甲", "01", "乙", "", "", "缺失", "恢复", "立即"), "部件", "处置时限", "limit.no_amount"),
    ],
)
def test_a_standard_that_cannot_be_used_is_refused(row: tuple[Cell, ...], sheet: str, column: str, code: str) -> None:
    with pytest.raises(RowProblem) as refused:
        standards(row, sheet=sheet)
    assert (refused.value.column, refused.value.problem.code) == (column, code)


def test_a_new_big_class_does_not_inherit_the_small_class_above() -> None:
    rest = ("供水公司", "城管局", "缺失", "恢复", "1天")
    with pytest.raises(RowProblem) as refused:
        standards(("01", "公用设施", "01", "上水井盖", *rest), ("02", "道路", None, None, *rest))
    assert (refused.value.column, refused.value.problem.code) == ("小类代码", "standard.no_class")


def test_a_new_small_class_does_not_inherit_the_name_of_the_one_above() -> None:
    rest = ("供水公司", "城管局", "缺失", "恢复", "1天")
    with pytest.raises(RowProblem) as refused:
        standards(("01", "公用设施", "01", "上水井盖", *rest), (None, None, "02", None, *rest))
    assert (refused.value.column, refused.value.problem.code) == ("小类名称", "standard.no_class")


def test_a_standard_is_read_with_who_handles_helps_and_watches() -> None:
    titles = (*STANDARD_TITLES, "配合单位", "备注")
    row = ("01", "公用设施", "02", "上水井盖", "供水公司", "城管局", "缺失", "恢复", "4小时", "街道办", "夜间")
    found = StandardReader("部件", fields(ImportKind.STANDARDS, titles)).read(2, row)
    assert (found.big_code, found.big_name, found.small_code, found.small_name) == ("01", "公用设施", "02", "上水井盖")
    assert (found.filing_condition, found.closing_condition, found.limit_text) == ("缺失", "恢复", "4小时")
    assert (found.handling_unit, found.cooperating_unit, found.supervising_unit) == ("供水公司", "街道办", "城管局")
    assert (found.sheet, found.row, found.extra) == ("部件", 2, {"备注": "夜间"})


def test_one_sheet_of_both_kinds_says_in_a_column_which_a_row_is() -> None:
    reader = StandardReader("Sheet1", fields(ImportKind.STANDARDS, ("类别", *STANDARD_TITLES)))
    rest = ("甲", "01", "乙", "", "", "缺失", "恢复", "1天")
    rows = [("部件", "01", *rest), (None, "02", *rest), ("Event", "03", *rest)]
    codes = [reader.read(number, row).code for number, row in enumerate(rows, start=2)]
    assert codes == ["C-01-01-01", "C-02-01-01", "E-03-01-01"]
    with pytest.raises(RowProblem) as refused:
        reader.read(5, ("其他", "01", *rest))
    assert (refused.value.column, refused.value.problem.params) == ("类别", {"text": "其他"})


@pytest.mark.parametrize(
    ("title", "told", "working"),
    [
        ("kind", "workday", True),
        ("kind", "holiday", False),
        ("kind", "Holiday", False),
        ("is_off_day", True, False),
        ("is_off_day", "FALSE", True),
        ("类型", "调休上班", True),
        ("类型", "法定节假日", False),
        ("是否工作日", "否", False),
        ("是否工作日", 1, True),
        ("是否节假日", "是", False),
        ("是否节假日", 0, True),
        ("是否节假日", "班", True),
    ],
)
def test_a_day_is_worked_or_not_however_it_is_told(title: str, told: Cell, working: bool) -> None:
    reader = CalendarReader("", fields(ImportKind.CALENDAR, ("日期", title)))
    found = reader.read(2, ("2026-02-14", told))
    assert (found.day, found.working) == (date(2026, 2, 14), working)


@pytest.mark.parametrize(
    ("cells", "column", "code"),
    [
        ((None, "班"), "日期", "calendar.no_day"),
        (("2026-02-14", "?"), "类型", "calendar.kind_unknown"),
        (("2026-02-14",), "类型", "calendar.kind_unknown"),
        (("14.02.2026", "班"), "日期", "cell.date_unclear"),
    ],
)
def test_a_day_that_says_too_little_is_refused(cells: tuple[Cell, ...], column: str, code: str) -> None:
    with pytest.raises(RowProblem) as refused:
        CalendarReader("", fields(ImportKind.CALENDAR, ("日期", "类型"))).read(2, cells)
    assert (refused.value.column, refused.value.problem.code) == (column, code)


def test_a_day_keeps_its_feast_and_is_another_row_when_that_changes() -> None:
    reader = CalendarReader("日历", fields(ImportKind.CALENDAR, ("日期", "类型", "节日")))
    rows = [
        ("2026-02-17", "休", "春节"),
        ("2026-02-17", "休", ""),
        ("2026-02-17", "班", "春节"),
        ("2026-02-18", "休", "春节"),
    ]
    found = [reader.read(number, row) for number, row in enumerate(rows, start=2)]
    assert (found[0].sheet, found[0].row, found[0].name) == ("日历", 2, "春节")
    assert len({each.identity for each in found}) == 4
