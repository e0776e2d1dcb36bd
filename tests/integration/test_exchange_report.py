"""What the import page shows before and hands back after: a preview, a mapping to keep, a report."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from openpyxl import load_workbook

from gridclient.domain.errors import InvalidInput, StoreUnavailable
from gridclient.exchange.mapping import ColumnMapping, read_mapping
from gridclient.exchange.preview import preview
from gridclient.exchange.reading import read_kind
from gridclient.exchange.report import write_report
from gridclient.services.import_findings import ImportKind, ImportOutcome, ImportSummary, RefusedRow, RowFinding
from gridclient.services.rows import Changes
from tests.fakes.exchange_files import (
    CASE_TITLES,
    SQUARE,
    csv_bytes,
    feature,
    geojson_bytes,
    standards_workbook,
    workbook_bytes,
)

SUMMARY = ImportSummary("a.csv", ImportKind.CASES, rows=4, imported=2, unchanged=0, refused=2, seconds=0.5)
MALICE = ("=HYPERLINK(1)", "+1+1", "-1", "@SUM(A1)", "\t=1", "=1\x07")


def outcome(
    refused: Sequence[RefusedRow], notices: Sequence[RowFinding] = (), *, dry_run: bool = False
) -> ImportOutcome:
    return ImportOutcome(SUMMARY, tuple(refused), tuple(notices), Changes(), dry_run)


def test_a_preview_shows_rows_guesses_and_points(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(csv_bytes())
    asked = preview(path, ImportKind.CASES)
    assert (asked.titles, asked.header_row) == (CASE_TITLES, 1)
    assert asked.rows[0][0] == 2
    assert {guess.field: guess.column for guess in asked.columns}["title"] == "标题"
    assert asked.crs_needed
    assert asked.points == ((122.1195, 37.5212), (122.1201, 37.522))


def test_a_preview_of_a_workbook_names_its_sheets_and_fills_classes_down(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(standards_workbook())
    found = preview(path, ImportKind.STANDARDS)
    assert (found.sheet, found.sheets, found.header_row) == ("部件", ("部件",), 2)
    assert found.rows[1][1][3] == "上水井盖"


def test_a_preview_refuses_no_row_and_shows_what_stands_there(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(workbook_bytes([("标题", "经度", "纬度"), ("=A9", "东经", 1), ("甲", 999, 999)]))
    found = preview(path, ImportKind.CASES)
    assert [cells for _, cells in found.rows] == [("=A9", "东经", "1"), ("甲", "999", "999")]


def test_a_preview_says_that_there_are_titles_only(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("标题,地址\n", encoding="utf-8")
    assert [notice.code for notice in preview(path, ImportKind.CASES).file_notices] == ["file.only_titles"]


def test_a_preview_of_boundaries_names_the_damaged_title(tmp_path: Path) -> None:
    path = tmp_path / "a.geojson"
    damaged = {"网格名\ufffd": "第一网格"}
    path.write_bytes(geojson_bytes([feature(damaged, [SQUARE]), feature(damaged, SQUARE, "LineString")]))
    found = preview(path, ImportKind.GRIDS)
    assert found.crs_needed
    assert [(notice.column, notice.code) for notice in found.file_notices] == [
        ("网格名\ufffd", "grid.property_name_damaged")
    ]


def test_a_mapping_is_read_whatever_the_titles(tmp_path: Path) -> None:
    path = tmp_path / "m.toml"
    path.write_text('header_row = 3\n[columns]\ntitle = "说\\"明"\nresult = ""\n', encoding="utf-8")
    assert read_mapping(path, ImportKind.CASES) == ColumnMapping(ImportKind.CASES, {"title": '说"明', "result": ""}, 3)


@pytest.mark.parametrize(
    "content",
    [
        b"\xff\xfe",
        b"title = ",
        b'columns = "x"',
        b"[columns]\ntitle = 1",
        b'kind = "ships"',
        b"header_row = -1",
        b"header_row = 'a'",
        b'title = "\xe8\xaf\xb4\xe6\x98\x8e"',  # a field outside of [columns]
    ],
)
def test_a_mapping_file_that_is_none_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "m.toml"
    path.write_bytes(content)
    with pytest.raises(InvalidInput) as refused:
        read_mapping(path, ImportKind.CASES)
    assert refused.value.code == "mapping.unreadable"


def test_a_report_names_each_refused_row_in_a_sentence(tmp_path: Path) -> None:
    source = tmp_path / "a.csv"
    source.write_bytes("标题,上报时间\n井盖,昨天\n路灯,2026-01-05\n".encode())
    refused = [row for row in read_kind(ImportKind.CASES, source) if isinstance(row, RefusedRow)]
    path = tmp_path / "报告.xlsx"
    write_report(path, outcome(refused))
    workbook = load_workbook(path)
    assert list(workbook["未导入的行"].values)[1:] == [
        (None, 2, "上报时间", "“昨天”不是日期，请写成 2026-01-31 或 2026-01-31 08:30。", "cell.not_date")
    ]
    assert ("未导入", 2) in list(workbook["结果"].values)


def test_the_report_of_a_check_does_not_read_as_if_rows_had_gone_in(tmp_path: Path) -> None:
    path = tmp_path / "报告.xlsx"
    write_report(path, outcome([RefusedRow("", 2, "标题", "case.title_missing")], dry_run=True))
    workbook = load_workbook(path)
    assert workbook.sheetnames == ["结果", "不能导入的行", "可导入的提示"]
    told = {row[0]: row[1] for row in workbook["结果"].values}
    assert told["说明"] == "只做了检查，没有写入任何数据"
    assert (told["可导入"], told["不能导入"]) == (2, 2)
    assert not {"导入", "未导入"} & set(told)


def test_no_cell_of_a_report_is_taken_for_a_formula(tmp_path: Path) -> None:
    path = tmp_path / "报告.xlsx"
    lines = [RefusedRow(text, 2, text, "cell.not_number", {"text": text}) for text in MALICE]
    write_report(path, outcome(lines, lines))
    workbook = load_workbook(path)
    cells = [cell for sheet in workbook for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert len(cells) > 2 * 5 * len(MALICE)
    assert {cell.data_type for cell in cells} == {"s", "n"}
    assert all(cell.quotePrefix for cell in cells if cell.data_type == "s")


def test_a_report_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable) as refused:
        write_report(tmp_path, outcome([]))
    assert refused.value.code == "report.not_written"


def test_the_own_report_reads_as_a_table(tmp_path: Path) -> None:
    """A workbook that the program wrote passes its own guards."""
    path = tmp_path / "报告.xlsx"
    write_report(path, outcome([RefusedRow("", 2, "标题", "case.title_missing")]))
    assert preview(path, ImportKind.CASES, sheet="未导入的行").titles[:3] == ("工作表", "行", "列")
