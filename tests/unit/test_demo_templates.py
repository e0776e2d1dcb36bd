"""The templates that operators fill in: titles that the import knows, an example row, codes as text, notes."""

from __future__ import annotations

import pytest
from openpyxl import load_workbook

from gridclient.demo.places import GRIDS, SEEDS
from gridclient.demo.standards import read_standards
from gridclient.domain.limits import read_limit
from gridclient.exchange.headings import HEADINGS, comparable
from gridclient.exchange.reading import read_kind
from gridclient.services.import_findings import ImportKind, RefusedRow
from gridclient.services.import_records import DivisionRecord, GridRecord, StandardRecord
from maps.drawing.divisions import DIVISIONS, read_townships
from resources.templates.write import NOTES, SHEETS, TEMPLATES, build_template, read_columns

KINDS = tuple(SHEETS)


@pytest.mark.parametrize("kind", KINDS)
def test_every_title_is_one_that_the_import_knows(kind: ImportKind) -> None:
    known = {comparable(title) for heading in HEADINGS[kind] for title in heading.titles}
    titles = [comparable(column.heading) for column in read_columns()[kind]]
    assert set(titles) <= known
    assert len(set(titles)) == len(titles)


@pytest.mark.parametrize("kind", KINDS)
def test_every_column_that_the_import_requires_is_there_and_marked(kind: ImportKind) -> None:
    marked = {column.title for column in read_columns()[kind] if column.required}
    assert {heading.titles[0] for heading in HEADINGS[kind] if heading.required} <= marked


@pytest.mark.parametrize("kind", KINDS)
def test_shipped_workbook_is_what_the_program_would_write(kind: ImportKind) -> None:
    built = build_template(kind, read_columns()[kind])
    shipped = load_workbook(TEMPLATES / f"{kind.value}.xlsx")
    assert shipped.sheetnames == built.sheetnames == [SHEETS[kind], NOTES]
    for name in shipped.sheetnames:
        assert list(shipped[name].iter_rows(values_only=True)) == list(built[name].iter_rows(values_only=True))


@pytest.mark.parametrize("kind", KINDS)
def test_the_example_row_fills_every_required_column_as_text(kind: ImportKind) -> None:
    sheet = load_workbook(TEMPLATES / f"{kind.value}.xlsx").worksheets[0]
    assert sheet.max_row == 2
    for index, column in enumerate(read_columns()[kind], start=1):
        cell = sheet.cell(2, index)
        assert cell.number_format == "@"
        assert cell.value is None or isinstance(cell.value, str)
        assert cell.value or not column.required


@pytest.mark.parametrize("kind", KINDS)
def test_an_example_is_one_of_the_choices(kind: ImportKind) -> None:
    for column in read_columns()[kind]:
        assert not column.choices or column.example in column.choices, column.title


def test_the_limits_that_the_notes_name_can_be_read() -> None:
    column = next(column for column in read_columns()[ImportKind.STANDARDS] if column.title == "处置时限")
    written = column.note.partition("：")[2].split("、")
    assert len(written) == 7
    assert all(read_limit(text).limit.amount > 0 for text in (*written, column.example))


@pytest.mark.parametrize("kind", KINDS)
def test_a_template_goes_in_as_it_is(kind: ImportKind) -> None:
    found = list(read_kind(kind, TEMPLATES / f"{kind.value}.xlsx", crs="wgs84"))
    assert len(found) == 1
    assert not [row for row in found if isinstance(row, RefusedRow)]


def test_the_demo_standards_go_in_with_the_codes_that_the_demo_uses() -> None:
    found = list(read_kind(ImportKind.STANDARDS, SEEDS / "standards.csv"))
    assert [row.code for row in found if isinstance(row, StandardRecord)] == [s.code for s in read_standards()]


def test_the_demo_grids_go_in_whole_with_the_communities_they_take_in() -> None:
    found = list(read_kind(ImportKind.GRIDS, GRIDS, crs="wgs84"))
    assert len(found) == 975
    assert not [row for row in found if isinstance(row, RefusedRow)]
    assert sum(len(row.members) == 2 for row in found if isinstance(row, GridRecord)) == 14


def test_the_demo_divisions_go_in_whole() -> None:
    found = list(read_kind(ImportKind.DIVISIONS, DIVISIONS))
    assert {row.code for row in found if isinstance(row, DivisionRecord)} >= {
        community.code for township in read_townships() for community in township.communities
    }
