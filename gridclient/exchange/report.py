"""The report of an import as a workbook: its figures, and a line for each refused row and each remark."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from io import BytesIO
from pathlib import Path

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell, WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.worksheet._write_only import WriteOnlyWorksheet
from openpyxl.worksheet.dimensions import ColumnDimension, DimensionHolder

from gridclient.domain.errors import StoreUnavailable, reason_of
from gridclient.services.error_text import sentence
from gridclient.services.import_findings import ImportOutcome, RowFinding
from gridclient.services.words import IMPORTS

_HEADER_FILL = PatternFill("solid", fgColor="FFE8EDF3")
_HEADER_FONT = Font(bold=True)
_WRAPPED = Alignment(wrap_text=True, vertical="top")
_LONGEST = 32_000
_ROW_TITLES = ("工作表", "行", "列", "问题", "代码")


def write_report(path: Path, outcome: ImportOutcome) -> None:
    """Writes the report of an import or of a mere check. A file of that name is replaced.

    All cells are text that no spreadsheet program takes for a formula, whatever the imported file held.

    Raises ``StoreUnavailable("report.not_written")`` if the disk refuses.
    """
    workbook = Workbook(write_only=True)
    _write_sheet(workbook.create_sheet("结果"), ("项目", "内容"), (16, 60), _summary_lines(outcome))
    good, bad = ("可导入", "不能导入") if outcome.dry_run else ("已导入", "未导入")
    for name, lines in ((f"{bad}的行", outcome.refused), (f"{good}的提示", outcome.notices)):
        _write_sheet(workbook.create_sheet(name), _ROW_TITLES, (18, 8, 18, 80, 30), map(_line, lines))
    _save(workbook, path)


def write_table(
    path: Path, name: str, titles: Sequence[str], widths: Sequence[int], lines: Iterable[Sequence[object]]
) -> None:
    """Writes a workbook of one sheet with at most five columns. A file of that name is replaced.

    Raises ``StoreUnavailable("report.not_written")`` if the disk refuses.
    """
    workbook = Workbook(write_only=True)
    _write_sheet(workbook.create_sheet(name), titles, widths, lines)
    _save(workbook, path)


def _save(workbook: Workbook, path: Path) -> None:
    content = BytesIO()
    workbook.save(content)
    try:
        path.write_bytes(content.getvalue())
    except OSError as problem:
        raise StoreUnavailable("report.not_written", file=path.name, reason=reason_of(problem)) from problem


def _summary_lines(outcome: ImportOutcome) -> list[Sequence[object]]:
    summary = outcome.summary
    good, bad = ("可导入", "不能导入") if outcome.dry_run else ("导入", "未导入")
    lines: list[Sequence[object]] = [
        ("文件", summary.file),
        ("内容", IMPORTS[str(summary.kind)]),
        ("总行数", summary.rows),
        (good, summary.imported),
        ("已有", summary.unchanged),
        (bad, summary.refused),
        ("用时（秒）", summary.seconds),
    ]
    return [("说明", "只做了检查，没有写入任何数据"), *lines] if outcome.dry_run else lines


def _line(found: RowFinding) -> Sequence[object]:
    return found.sheet, found.row or "整个文件", found.column, sentence(found.code, **found.params), found.code


def _write_sheet(
    sheet: WriteOnlyWorksheet, titles: Sequence[str], widths: Sequence[int], lines: Iterable[Sequence[object]]
) -> None:
    sheet.freeze_panes = "A2"
    dimensions: DimensionHolder[str, ColumnDimension] = sheet.column_dimensions  # type: ignore[attr-defined] # stub gap
    for letter, width in zip("ABCDE", widths, strict=False):
        dimensions[letter].width = width
    header = [_text_cell(sheet, title) for title in titles]
    for cell in header:
        cell.font = _HEADER_FONT
        cell.fill = _HEADER_FILL
    sheet.append(header)
    for line in lines:
        sheet.append([_cell(sheet, value) for value in line])


def _cell(sheet: WriteOnlyWorksheet, value: object) -> Cell:
    if isinstance(value, int | float):
        return WriteOnlyCell(sheet, value)
    return _text_cell(sheet, str(value))


def _text_cell(sheet: WriteOnlyWorksheet, value: str) -> Cell:
    cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", value)[:_LONGEST])
    cell.data_type = "s"  # "=…" is a text here, never a formula
    cell.quotePrefix = True  # and stays text when the report is saved as csv or the cell is edited
    cell.alignment = _WRAPPED
    return cell
