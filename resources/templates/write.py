"""Workbooks to fill in and import: ``python -m resources.templates.write`` rewrites ``resources/templates``.

The titles are the first ones that the import knows for each field, so a filled template needs no column mapping.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from gridclient.demo.places import SEEDS
from gridclient.demo.standards import names
from gridclient.exchange.headings import HEADINGS
from gridclient.services.import_findings import ImportKind

SHEETS: Final[Mapping[ImportKind, str]] = {
    ImportKind.UNITS: "单位",
    ImportKind.GRIDS: "网格",
    ImportKind.STANDARDS: "立案结案条件",
    ImportKind.CASES: "案件",
}
NOTES: Final = "填写说明"
TEMPLATES: Final = Path(__file__).resolve().parent
_LAST_CHOICE_ROW: Final = 5000
_HEADER: Final = PatternFill("solid", start_color="FFE4EEF9")
_MUTED: Final = Font(color="FF66727F", italic=True)
_REMARKS: Final = (
    "第一行是列名，不要改动；第二行是示例，导入前请删去。",
    "带 * 的列必填，其余可留空或整列删去；列的先后不限，多出的列会原样保留。",
    "编码、电话一律为文本格式：显示成 3.71E+14 的编码会被拒收并指出单元格。",
    "同一文件导入两次不会重复；被拒收的行逐行列出原因，其余行照常导入。",
)
_WRITTEN: Final = datetime(2026, 1, 1)  # noqa: DTZ001 - a workbook's own dates carry no zone


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a template and what is said about it."""

    title: str
    required: bool
    note: str
    example: str
    choices: tuple[str, ...]

    @property
    def heading(self) -> str:
        return f"{self.title}*" if self.required else self.title


def read_columns() -> dict[ImportKind, tuple[Column, ...]]:
    """The columns of each template, in order."""
    with (SEEDS / "template_columns.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {kind: tuple(_column(kind, row) for row in rows if row["表"] == kind.value) for kind in SHEETS}


def build_template(kind: ImportKind, columns: Sequence[Column]) -> Workbook:
    """The workbook of one kind: a sheet to fill in with one example row, a sheet that explains every column."""
    book = Workbook()
    book.properties.creator = "gridclient"
    book.properties.created = book.properties.modified = _WRITTEN
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = SHEETS[kind]
    _fill_in(sheet, columns)
    _explain(book.create_sheet(NOTES), columns)
    return book


def main(arguments: Sequence[str] | None = None) -> int:
    """Write all templates."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=TEMPLATES)
    folder: Path = parser.parse_args(arguments).out
    folder.mkdir(parents=True, exist_ok=True)
    for kind, columns in read_columns().items():
        build_template(kind, columns).save(folder / f"{kind.value}.xlsx")
    return 0


def _column(kind: ImportKind, row: Mapping[str, str]) -> Column:
    titles = {heading.field: heading.titles[0] for heading in HEADINGS[kind]}
    return Column(titles[row["字段"]], row["必填"] == "是", row["说明"], row["示例"], names(row["选项"]))


def _fill_in(sheet: Worksheet, columns: Sequence[Column]) -> None:
    sheet.append([column.heading for column in columns])
    sheet.append([column.example or None for column in columns])
    sheet.freeze_panes = "A2"
    for index, column in enumerate(columns, start=1):
        letter = get_column_letter(index)
        sheet.column_dimensions[letter].width = min(
            40, max(10, 2.2 * len(column.heading) + 2, 1.3 * len(column.example))
        )
        sheet.column_dimensions[letter].number_format = "@"
        _dress_header(sheet, index)
        example = sheet.cell(2, index)
        example.font = _MUTED
        example.number_format = "@"
        if column.choices:
            _offer(sheet, letter, column.choices)


def _offer(sheet: Worksheet, letter: str, choices: Sequence[str]) -> None:
    """A drop-down list that allows other words: operators keep their platform's own."""
    rule = DataValidation(type="list", formula1=f'"{",".join(choices)}"', allow_blank=True, showErrorMessage=False)
    rule.add(f"{letter}2:{letter}{_LAST_CHOICE_ROW}")
    sheet.add_data_validation(rule)


def _explain(sheet: Worksheet, columns: Sequence[Column]) -> None:
    sheet.append(["列名", "必填", "怎么填", "示例", "可选"])
    for column in columns:
        cells = (
            column.title,
            "必填" if column.required else "",
            column.note,
            column.example,
            "、".join(column.choices),
        )
        sheet.append([cell or None for cell in cells])
    sheet.append([])
    for remark in _REMARKS:
        sheet.append([remark])
    for index, width in enumerate((16, 8, 60, 34, 50), start=1):
        sheet.column_dimensions[get_column_letter(index)].width = width
        _dress_header(sheet, index)
    for row in sheet.iter_rows(min_row=2, max_row=len(columns) + 1):
        for cell in row:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            cell.number_format = "@"
    sheet.freeze_panes = "A2"


def _dress_header(sheet: Worksheet, column: int) -> None:
    cell = sheet.cell(1, column)
    cell.font = Font(bold=True)
    cell.fill = _HEADER
    cell.alignment = Alignment(vertical="center")


if __name__ == "__main__":
    raise SystemExit(main())
