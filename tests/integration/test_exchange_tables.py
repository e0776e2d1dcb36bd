"""Tables of every writing are read alike: rows numbered as people see them, cells typed, titles found."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from gridclient.domain.calendar import CHINA_TIME
from gridclient.domain.errors import InvalidInput
from gridclient.exchange.cells import ErrorCell, FormulaCell, Table
from gridclient.exchange.mapping import ColumnMapping
from gridclient.exchange.reading import read_kind
from gridclient.exchange.tables import open_table, sheets
from gridclient.exchange.values import identifier, moment, text
from gridclient.services.import_findings import ImportKind, RefusedRow
from gridclient.services.import_records import ImportedCase
from tests.fakes.case_record import facts_of
from tests.fakes.exchange_files import (
    CASE_ROWS,
    CASE_TITLES,
    cases_workbook,
    csv_bytes,
    standards_workbook,
    with_part,
    with_shared_texts,
    workbook_bytes,
    zip_bytes,
)

SHEET = "xl/worksheets/sheet1.xml"


def opened(path: Path, content: bytes, **options: Any) -> Table:
    path.write_bytes(content)
    return open_table(path, **options)


def cells_of(table: Table) -> list[list[Any]]:
    return [list(cells) for _, cells in table.rows()]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|", "^", "\uff0c", "\uff1b", "、"])
def test_a_csv_is_the_same_in_every_encoding_and_with_every_separator(
    tmp_path: Path, encoding: str, separator: str
) -> None:
    table = opened(tmp_path / "a.csv", csv_bytes(encoding=encoding, separator=separator))
    assert table.titles == CASE_TITLES
    assert cells_of(table) == [list(row) for row in CASE_ROWS]


@pytest.mark.parametrize(
    "content",
    [
        "标题;描述,内容\n井盖;缺失\n路灯;不亮\n",
        "\n  \n标题;描述\n井盖,缺失,一,二;缺失\n路灯,不亮;不亮\n",
        '"标题,一,二";描述\n"井盖,缺失";缺失\n路灯;"不亮,很,久"\n',
        "标题;描述\n井盖;缺失、破损、移位\n路灯;不亮、闪烁\n",
    ],
)
def test_the_separator_is_what_stands_equally_often_outside_quotation_marks(tmp_path: Path, content: str) -> None:
    table = opened(tmp_path / "a.csv", content.encode())
    assert len(table.titles) == 2
    assert [len(cells) for cells in cells_of(table)] == [2, 2]


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_a_sign_that_lies_across_two_pieces_is_read_whole(tmp_path: Path, encoding: str) -> None:
    for shift in ("", "a", "aa"):
        text = f"标题,来源\n{shift}{'井' * 60_000},12345\n{'盖' * 60_000},视频\n"
        found = cells_of(opened(tmp_path / "a.csv", text.encode(encoding)))
        assert [len(cells[0]) for cells in found] == [60_000 + len(shift), 60_000]


def test_a_text_that_breaks_off_within_a_sign_is_told_so_by_its_last_row(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as refused:
        opened(tmp_path / "a.csv", "标题,来源\n井盖,12345\n路灯,视频".encode()[:-1])
    assert (refused.value.code, refused.value.params) == ("file.encoding_mixed", {"file": "a.csv", "row": 3})


def test_the_row_from_which_another_encoding_goes_on_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as refused:
        opened(tmp_path / "a.csv", "标题,来源\n井盖,12345\n".encode() + "路灯,视频\n".encode("gb18030"))
    assert (refused.value.code, refused.value.params) == ("file.encoding_mixed", {"file": "a.csv", "row": 3})


def test_a_csv_in_a_zip_is_opened_as_it_is_sent(tmp_path: Path) -> None:
    table = opened(tmp_path / "a.zip", zip_bytes({"案件.csv": csv_bytes(encoding="gb18030")}))
    assert (table.titles, table.expected) == (CASE_TITLES, 4)
    assert len(cells_of(table)) == len(CASE_ROWS)


@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
def test_the_progress_expects_neither_the_header_nor_a_row_after_the_last_line_end(tmp_path: Path, end: str) -> None:
    table = opened(tmp_path / "a.csv", f"标题,来源\n井盖,12345\n路灯,视频{end}".encode())
    assert table.expected == 2


def test_rows_count_as_a_spreadsheet_counts_them(tmp_path: Path) -> None:
    table = opened(tmp_path / "a.csv", '标题,备注\r\n"一\n行",甲\r\n\r\n , \r\n二,乙\r\n'.encode())
    assert [(number, cells[0]) for number, cells in table.rows()] == [(2, "一\n行"), (5, "二")]


def test_a_cell_that_is_forced_to_be_text_loses_only_the_force(tmp_path: Path) -> None:
    table = opened(tmp_path / "a.csv", '网格编码,名称\n="371002002003001",="一"格\n'.encode())
    assert cells_of(table) == [["371002002003001", '="一"格']]


def test_cells_of_a_workbook_keep_their_types(tmp_path: Path) -> None:
    def change(sheet: Any) -> None:
        sheet["A2"].number_format = "000"
        sheet["E2"].data_type = "e"
        sheet["G2"].number_format = '[$-804]yyyy"年"m"月"d"日"'

    moment = datetime(2026, 1, 8, 9, 3)
    rows = [tuple("甲乙丙丁戊己庚"), (7, 3.5, moment, "=1+1", "#N/A", True, 46030)]
    table = opened(tmp_path / "a.xlsx", workbook_bytes(rows, change=change))
    assert cells_of(table) == [["007", 3.5, moment, FormulaCell("1+1"), ErrorCell("#N/A"), True, datetime(2026, 1, 8)]]


def test_dates_count_from_1904_where_the_workbook_says_so(tmp_path: Path) -> None:
    content = workbook_bytes([("日期", "注"), (datetime(2026, 1, 8), "甲")])
    content = with_part(
        content, "xl/workbook.xml", lambda part: part.replace(b"<workbookPr ", b'<workbookPr date1904="1" ')
    )
    assert cells_of(opened(tmp_path / "a.xlsx", content))[0][0] == datetime(2030, 1, 9)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (44568, datetime(2026, 1, 8, tzinfo=CHINA_TIME)),
        (44568.375, datetime(2026, 1, 8, 9, tzinfo=CHINA_TIME)),
        (20260108, datetime(2026, 1, 8, tzinfo=CHINA_TIME)),
    ],
)
def test_a_day_number_without_a_style_counts_from_1904_too(tmp_path: Path, written: float, meant: datetime) -> None:
    content = workbook_bytes([("日期", "注"), (written, 7)])
    content = with_part(
        content, "xl/workbook.xml", lambda part: part.replace(b"<workbookPr ", b'<workbookPr date1904="1" ')
    )
    ((cell, seven),) = cells_of(opened(tmp_path / "a.xlsx", content))
    assert moment(cell) == meant
    assert (text(cell), identifier(seven)) == (str(written), "7")


def test_shared_texts_leave_out_phonetic_guides_and_resolve_escapes(tmp_path: Path) -> None:
    content = with_shared_texts(workbook_bytes([("标题", "备注"), ("甲", "乙")]))
    content = with_part(
        content,
        "xl/sharedStrings.xml",
        lambda part: part.replace("甲</t>".encode(), "夜间_x000D_</t><rPh><t>ye</t></rPh><r><t>施工</t></r>".encode()),
    )
    assert cells_of(opened(tmp_path / "a.xlsx", content)) == [["夜间\r施工", "乙"]]


def test_a_sheet_that_understates_its_size_is_read_whole(tmp_path: Path) -> None:
    content = with_part(cases_workbook(), SHEET, lambda part: part.replace(b'ref="A1:H5"', b'ref="A1:A1"'))
    assert [len(cells) for cells in cells_of(opened(tmp_path / "a.xlsx", content))] == [8, 8, 8, 8]


def test_rows_and_cells_without_places_are_counted_on(tmp_path: Path) -> None:
    titles = b"<row><c t='str'><v>a</v></c><c t='str'><v>b</v></c></row>"
    numbers = b"<row><c><v>1</v></c><c><v>2</v></c></row>"
    sheet = b"<x:worksheet xmlns:x='y'><sheetData>" + titles + numbers + b"</sheetData></x:worksheet>"
    table = opened(tmp_path / "a.xlsx", with_part(cases_workbook(), SHEET, lambda _: sheet))
    assert (table.titles, list(table.rows())) == (("a", "b"), [(2, [1, 2])])


def test_the_header_is_found_under_a_title_and_told_rows_win(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    table = opened(path, standards_workbook(), fill_merged=True)
    assert (table.header_row, table.titles[0], table.sheet) == (2, "大类代码", "部件")
    with pytest.raises(InvalidInput) as refused:
        open_table(path, header_row=9)
    assert refused.value.code == "file.no_header"


def test_merged_cells_are_filled_only_where_asked(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    filled = cells_of(opened(path, standards_workbook(), fill_merged=True))
    assert filled[1] == [1, "公用设施", 1, "上水井盖", "供水公司", "城管局", "破损", "更换", "4小时"]
    assert cells_of(open_table(path))[1][:6] == [None] * 6


def test_titles_are_made_unique_and_blank_ones_named_by_their_column(tmp_path: Path) -> None:
    table = opened(tmp_path / "a.csv", "名称,名称,,电 话\n1,2,3,4\n".encode())
    assert table.titles == ("名称", "名称 (2)", "C", "电 话")
    table = opened(tmp_path / "a.csv", "名称,名称,名称,C,,\n1,2,3,4,5,6\n".encode())
    assert table.titles == ("名称", "名称 (2)", "名称 (3)", "C", "E", "F")
    table = opened(tmp_path / "a.csv", "B,,注\n1,2,3\n".encode())
    assert table.titles == ("B", "B (2)", "注")


def test_sheets_are_listed_chosen_and_missed(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(cases_workbook())
    assert sheets(path) == ("Sheet1",)
    with pytest.raises(InvalidInput) as refused:
        open_table(path, sheet="别的")
    assert refused.value.code == "file.unknown_sheet"


def test_a_formula_refuses_its_row_and_names_its_cell(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(workbook_bytes([("标题", "序号"), ("井盖", "=ROW()-1"), ("路灯", 2)]))
    refused, good = read_kind(ImportKind.CASES, path)
    assert isinstance(refused, RefusedRow)
    assert (refused.sheet, refused.row, refused.column, refused.code) == ("Sheet1", 2, "序号", "cell.formula")
    assert refused.params == {"text": "=ROW()-1"}
    assert isinstance(good, ImportedCase)
    assert (good.row, good.title, facts_of(good)["extra"]) == (3, "路灯", {"序号": "2"})


def test_a_short_row_is_read_and_a_long_one_of_a_csv_is_refused(tmp_path: Path) -> None:
    """A comma that was not quoted shifts everything behind it."""
    path = tmp_path / "a.csv"
    path.write_bytes("标题,备注,来源\n井盖\n路灯,坏,12345,多余\n".encode())
    first, second = read_kind(ImportKind.CASES, path)
    assert isinstance(first, ImportedCase)
    assert facts_of(first) == {"title": "井盖", "channel": "other", "urgency": 1, "grid": ""}
    assert isinstance(second, RefusedRow)
    assert (second.row, second.column, second.code) == (3, "", "row.too_many_cells")


def test_commas_behind_the_last_cell_of_a_csv_row_are_no_cells(tmp_path: Path) -> None:
    """So ends every row of a sheet that had more columns once."""
    path = tmp_path / "a.csv"
    path.write_bytes("标题,来源\n井盖,12345,,\n路灯,视频,,\n".encode())
    assert [getattr(row, "title", "") for row in read_kind(ImportKind.CASES, path)] == ["井盖", "路灯"]


def test_a_remark_beside_a_sheet_is_kept_under_its_column(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(workbook_bytes([("标题", "来源"), *[("井盖", "12345")] * 20, ("路灯", "视频", None, "见照片")]))
    *_, last = read_kind(ImportKind.CASES, path)
    assert isinstance(last, ImportedCase)
    assert facts_of(last)["extra"]["D"] == "见照片"


def test_a_row_whose_commas_nobody_quoted_does_not_pass_for_the_header(tmp_path: Path) -> None:
    content = "案件表\n标题,描述\n井盖,缺失\n噪音,白天,夜里,一直\n路灯,不亮\n"
    table = opened(tmp_path / "a.csv", content.encode())
    assert (table.header_row, table.titles) == (2, ("标题", "描述"))
    records = list(read_kind(ImportKind.CASES, tmp_path / "a.csv"))
    refused = [record for record in records if isinstance(record, RefusedRow)]
    assert [(row.row, row.code) for row in refused] == [(4, "row.too_many_cells")]


@pytest.mark.parametrize(
    "content", ["案件表,,,,\n标题,描述,,,\n井盖,缺失,,,\n", "案件表\n填报：某街道\n标题,描述,地址\n井盖,缺失\n"]
)
def test_blank_columns_and_remarks_decide_nothing_about_the_header(tmp_path: Path, content: str) -> None:
    assert opened(tmp_path / "a.csv", content.encode()).titles[:2] == ("标题", "描述")


def test_a_mapping_says_where_the_header_stands(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("编,事由,说明\n表头,在,下面\n号码,事项,说法\n1,井盖,缺失\n".encode())
    mapping = ColumnMapping(ImportKind.CASES, {"title": "事项", "external_number": "号码"}, header_row=3)
    (record,) = read_kind(ImportKind.CASES, path, mapping=mapping)
    assert isinstance(record, ImportedCase)
    assert (record.row, record.title, record.identity) == (4, "井盖", "n:号码:1")
