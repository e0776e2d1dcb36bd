"""Which sheets of a workbook an import reads, and which columns it cannot do without."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from gridclient.domain.errors import InvalidInput
from gridclient.exchange.cells import ErrorCell
from gridclient.exchange.reading import Reading, read_kind
from gridclient.exchange.sheet_rows import MAX_CELL_TEXT
from gridclient.exchange.tables import open_table, sheets
from gridclient.services.import_findings import ImportKind, RefusedRow
from gridclient.services.import_records import StandardRecord
from tests.fakes.exchange_files import (
    COMMUNITY,
    STANDARD_TITLES,
    cases_workbook,
    with_part,
    with_shared_texts,
    workbook_bytes,
)

CONDITION = ("01", "公用设施", "01", "上水井盖", "供水公司", "城管局", "缺失", "恢复", "1天")
UNIT_TITLES = ("单位编码", "单位名称", "类型")


def of_titles(tmp_path: Path, kind: ImportKind, titles: str, row: str) -> Reading:
    path = tmp_path / "a.csv"
    path.write_text(f"{titles}\n{row}\n", encoding="utf-8")
    return read_kind(kind, path, crs="wgs84")


def workbook(path: Path, **sheets: tuple[tuple[str, ...], ...]) -> Path:
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


@pytest.mark.parametrize(
    ("kind", "titles", "missing"),
    [
        (ImportKind.CASES, "编号,地址", "标题"),
        (ImportKind.DIVISIONS, "名称,省", "区划代码"),
        (ImportKind.GRIDS, "网格员,层级", "网格编码"),
        (ImportKind.CALENDAR, "日期,节日", "类型"),
        (ImportKind.CALENDAR, "类型,节日", "日期"),
        (ImportKind.UNITS, "单位编码,地址", "单位名称、单位类型"),
        (ImportKind.STANDARDS, "大类代码,大类名称,小类代码,小类名称,立案条件", "处置时限"),
    ],
)
def test_a_file_without_a_column_that_is_needed_is_told_which(
    tmp_path: Path, kind: ImportKind, titles: str, missing: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        of_titles(tmp_path, kind, titles, "1,2")
    assert refused.value.code == "file.columns_missing"
    assert refused.value.params == {"file": "a.csv", "sheet": "", "columns": missing}


@pytest.mark.parametrize(
    ("kind", "titles", "row"),
    [
        (ImportKind.CASES, "标题,地址", "井盖,文化路"),
        (ImportKind.CASES, "描述,地址", "井盖缺失,文化路"),
        (ImportKind.DIVISIONS, "县代码,县", "371002,环翠区"),
        (ImportKind.GRIDS, "网格编码,网格员", f"{COMMUNITY}001,王丽云"),
        (ImportKind.CALENDAR, "日期,类型", "2026-02-14,班"),
        (ImportKind.CALENDAR, "日期,是否节假日", "2026-02-14,否"),
    ],
)
def test_one_of_the_columns_that_say_the_same_is_enough(
    tmp_path: Path, kind: ImportKind, titles: str, row: str
) -> None:
    (record,) = of_titles(tmp_path, kind, titles, row)
    assert not isinstance(record, RefusedRow)


@pytest.mark.parametrize("titles", ["网格名称,网格员", "边界坐标,网格员"])
def test_grids_without_a_code_are_refused_row_by_row(tmp_path: Path, titles: str) -> None:
    """Their file is one of grids: the operator can tell which column holds the code."""
    (refused,) = of_titles(tmp_path, ImportKind.GRIDS, titles, ",王丽云")
    assert isinstance(refused, RefusedRow)
    assert (refused.row, refused.code) == (2, "grid.no_code")


def test_standards_are_read_from_every_sheet_that_has_their_columns(tmp_path: Path) -> None:
    remark = (("填表说明", "请填"), ("甲", "乙"))
    both = (STANDARD_TITLES, CONDITION)
    reading = read_kind(ImportKind.STANDARDS, workbook(tmp_path / "a.xlsx", 说明=remark, 部件=both, 事件=both))
    assert (reading.sheets, reading.expected, reading.unread) == (("部件", "事件"), 2, ("说明",))
    found = [(row.sheet, row.row, row.code) for row in reading if isinstance(row, StandardRecord)]
    assert found == [("部件", 2, "C-01-01-01"), ("事件", 2, "E-01-01-01")]


def test_of_other_kinds_the_first_sheet_with_their_columns_is_read_and_the_others_are_named(tmp_path: Path) -> None:
    rows = (UNIT_TITLES, ("A01", "派出所", "部门"))
    path = workbook(tmp_path / "a.xlsx", 说明=(("填表说明", "请填"), ("甲", "乙")), 一=rows, 二=rows, 空=())
    reading = read_kind(ImportKind.UNITS, path)
    assert (reading.sheets, reading.unread) == (("一",), ("说明", "二"))
    chosen = read_kind(ImportKind.UNITS, path, sheet="二")
    assert (chosen.sheets, chosen.unread) == (("二",), ())


def test_a_hidden_sheet_is_read_only_where_it_is_told_or_there_is_no_other(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    for hidden, seen, first in (("一",), ("二", "三"), "二"), (("一", "二"), ("三",), "三"):
        book = Workbook()
        book.remove(book.worksheets[0])
        for name in ("一", "二", "三"):
            sheet = book.create_sheet(name)
            sheet.append(UNIT_TITLES)
            sheet.append((f"D-{name}", f"{name}队", "部门"))
            sheet.sheet_state = "hidden" if name in hidden else "visible"
        book.save(path)
        assert sheets(path) == seen
        assert open_table(path).sheet == first
        assert read_kind(ImportKind.UNITS, path).unread == tuple(name for name in seen if name != first)
        assert open_table(path, sheet=" 一 ").sheet == "一"
    path.write_bytes(with_part(path.read_bytes(), "xl/workbook.xml", lambda part: part.replace(b"visible", b"hidden")))
    assert sheets(path) == ("一", "二", "三")


def test_a_sheet_that_is_not_there_is_told_with_those_that_are(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", 一=(UNIT_TITLES,), 二=(UNIT_TITLES,))
    with pytest.raises(InvalidInput) as refused:
        open_table(path, sheet="三")
    assert refused.value.code == "file.unknown_sheet"
    assert refused.value.params == {"file": "a.xlsx", "sheet": "三", "sheets": "一、二"}


def test_a_workbook_in_which_no_sheet_fits_is_judged_by_its_first(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", 一=(("编号", "名称"), ("1", "2")), 二=(("甲", "乙"), ("1", "2")))
    with pytest.raises(InvalidInput) as refused:
        read_kind(ImportKind.UNITS, path)
    assert (refused.value.code, refused.value.params["sheet"]) == ("file.columns_missing", "一")


def cells_of(path: Path, rows: str) -> list[list[object]]:
    """The rows of a sheet that some other program wrote so, below a line of eight titles."""
    titles = "".join(f'<c t="str"><v>{title}</v></c>' for title in "甲乙丙丁戊己庚辛")
    sheet = f'<worksheet><sheetData><row r="1">{titles}</row>{rows}</sheetData></worksheet>'
    path.write_bytes(with_part(cases_workbook(), "xl/worksheets/sheet1.xml", lambda _: sheet.encode()))
    return [list(cells) for _, cells in open_table(path).rows()]


def test_cells_are_what_their_kind_says(tmp_path: Path) -> None:
    kinds = '<c t="b"><v>1</v></c><c t="b"><v>true</v></c><c t="b"><v>0</v></c><c t="d"><v>2026-01-08T09:00:00Z</v></c>'
    spoilt = '<c t="d"><v>gestern</v></c><c t="s"><v>99999</v></c><c><v>keine</v></c><c t="e"><v>#REF!</v></c>'
    ((*good, day, no_day, no_text, no_number, error),) = cells_of(tmp_path / "a.xlsx", f"<row>{kinds}{spoilt}</row>")
    assert (good, str(day)) == ([True, True, False], "2026-01-08 09:00:00")
    assert [no_day, no_text, no_number, error] == [ErrorCell(t) for t in ("gestern", "99999", "keine", "#REF!")]


def test_a_number_keeps_the_zeros_that_its_format_shows_and_no_digits_that_it_never_had(tmp_path: Path) -> None:
    def show(sheet: Any) -> None:
        for place in ("A2", "B2", "C2"):
            sheet[place].number_format = "000"

    path = tmp_path / "a.xlsx"
    path.write_bytes(workbook_bytes([tuple("甲乙丙丁"), (7, 0, -7, 371002001001001000)], change=show))
    ((*shown, long),) = (cells for _, cells in open_table(path).rows())
    assert shown == ["007", "000", -7]
    assert (type(long), str(long)) == (float, "3.71002001001001e+17")


def test_shared_texts_are_found_by_their_numbers(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(with_shared_texts(workbook_bytes([("标题", "备注"), ("甲", "乙"), ("乙", "甲")])))
    assert [list(cells) for _, cells in open_table(path).rows()] == [["甲", "乙"], ["乙", "甲"]]


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="3"><c><v>1</v></c></row><row r="3"><c><v>2</v></c></row>',
        '<row r="3"><c><v>1</v></c></row><row r="2"><c><v>2</v></c></row>',
        '<row r="2"><c r="a2"><v>1</v></c></row>',
        '<row r="2"><c r="Ä2"><v>1</v></c></row>',
        f'<row r="2"><c t="str"><v>{"长" * (MAX_CELL_TEXT + 1)}</v></c></row>',
    ],
)
def test_rows_that_come_twice_and_places_that_are_none_are_damage(tmp_path: Path, rows: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        cells_of(tmp_path / "a.xlsx", rows)
    assert refused.value.code == "file.damaged"


def test_a_merged_area_fills_its_own_cells_and_no_others(tmp_path: Path) -> None:
    def merge(sheet: Any) -> None:
        sheet.merge_cells("A2:B3")
        sheet.merge_cells("D2:D3")

    rows = [tuple("甲乙丙丁"), ("一", None, "丙", None), (None, None, "三", None), (None, None, "四", "末")]
    path = tmp_path / "a.xlsx"
    path.write_bytes(workbook_bytes(rows, change=merge))
    filled = [list(cells) for _, cells in open_table(path, fill_merged=True).rows()]
    assert [row[:3] for row in filled] == [["一", "一", "丙"], ["一", "一", "三"], [None, None, "四"]]
    assert [row[3:] for row in filled] == [[None], [None], ["末"]]
