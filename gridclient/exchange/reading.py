"""Reads a file of a known kind into records and refused rows, one by one. Other rooms come in here.

Everything that concerns the file as a whole is checked when it is opened, so such errors come before the first row.
What is wrong with a row is a value in the stream, never an exception.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import TypeAlias

from gridclient.domain.coordinates import Crs, in_china, parse_crs
from gridclient.domain.errors import InvalidInput
from gridclient.domain.frozen import frozen
from gridclient.exchange.areas import AreaSource, damaged_titles
from gridclient.exchange.case_rows import cases_aside
from gridclient.exchange.cells import Cell, Table
from gridclient.exchange.divisions import DivisionReader
from gridclient.exchange.features import FeatureFile, read_features
from gridclient.exchange.fields import Fields, RowProblem, read_row
from gridclient.exchange.grids import GridReader
from gridclient.exchange.headings import HEADINGS
from gridclient.exchange.mapping import ColumnMapping, completed, guess
from gridclient.exchange.opening import Form, Source, identify
from gridclient.exchange.points import PointReader
from gridclient.exchange.standards import StandardReader
from gridclient.exchange.tables import filled_sheets, open_table, sheets
from gridclient.exchange.units import UnitReader
from gridclient.exchange.workdays import CalendarReader
from gridclient.services.aside import IN_PLACE, Aside
from gridclient.services.import_findings import ImportKind, RefusedRow
from gridclient.services.import_records import Record

RowReader: TypeAlias = Callable[[int, Sequence[Cell]], Record]
AREA_KINDS = frozenset({ImportKind.DIVISIONS, ImportKind.GRIDS})
LOOKED_AT = 2_000


@frozen
class Reading:
    """An opened file; iterating it gives its rows.

    ``expected`` is about how many rows there are, for a progress bar. ``titles`` are the titles of its columns, by
    field.
    """

    file: str
    sheets: tuple[str, ...]
    expected: int
    titles: Mapping[str, str]
    rows: Callable[[Aside], Iterator[Record | RefusedRow]]
    """All rows, in order; some cases are read in a second process."""
    unread: tuple[str, ...] = ()
    """The names of other sheets with rows, if nobody said which sheet to read."""

    def __iter__(self) -> Iterator[Record | RefusedRow]:
        return self.rows(IN_PLACE)


def read_kind(
    kind: ImportKind,
    path: Path | Source,
    *,
    sheet: str | None = None,
    mapping: ColumnMapping | None = None,
    crs: str | None = None,
) -> Reading:
    """Opens the file and checks it as a whole. The rows are read when the result is iterated.

    Args:
        sheet: the sheet's name. Without it the first sheet that has the kind's columns is read; of standards, all such.
        mapping: which column serves which field; other fields are guessed.
        crs: the coordinate system of the numbers; needed if any of them lie in China.

    Raises ``InvalidInput``: ``file.…``, ``geojson.…``, ``mapping.…``, ``crs.unknown``, ``file.columns_missing``,
    ``file.crs_needed``. Iterating may still raise ``file.damaged`` and ``file.quotes``.
    """
    system = parse_crs(crs) if crs else None
    source = identify(path)
    if source.form is Form.GEOJSON:
        return _read_geojson(kind, source, mapping, system)
    tables = tables_to_read(kind, source, sheet, mapping)
    opened = [_read_table(kind, table, mapping, system) for table in tables]
    return Reading(
        file=source.name,
        sheets=tuple(name for each in opened for name in each.sheets),
        expected=sum(each.expected for each in opened),
        titles=opened[0].titles,
        rows=lambda aside: (row for each in opened for row in each.rows(aside)),
        unread=() if sheet else unread_sheets(source, tables),
    )


def _open(kind: ImportKind, source: Source, sheet: str | None, mapping: ColumnMapping | None) -> Table:
    header_row = mapping.header_row if mapping else 0
    return open_table(source, sheet=sheet, header_row=header_row, fill_merged=kind is ImportKind.STANDARDS)


def tables_to_read(kind: ImportKind, source: Source, sheet: str | None, mapping: ColumnMapping | None) -> list[Table]:
    """The sheet of that name; without a name the first sheet that has the kind's columns (of standards all such
    sheets), else the first sheet, so that its columns can be judged.

    Raises ``InvalidInput``: ``file.no_sheets`` for a sheet's name and a file without sheets, ``file.…``, ``mapping.…``.
    """
    if sheet is not None and source.form is not Form.XLSX:
        raise InvalidInput("file.no_sheets", file=source.name)
    names = sheets(source) if sheet is None else ()
    found: list[Table] = []
    for name in names if len(names) > 1 else ():
        with suppress(InvalidInput):  # a sheet's problem is said if that sheet is read
            table = _open(kind, source, name, mapping)
            if not missing_columns(kind, completed(mapping, kind, table.titles, file=table.file)):
                found.append(table)
        if found and kind is not ImportKind.STANDARDS:
            break
    return found or [_open(kind, source, sheet, mapping)]


def unread_sheets(source: Source, tables: Sequence[Table]) -> tuple[str, ...]:
    """The names of the other visible sheets that have any row."""
    return filled_sheets(source, but={table.sheet for table in tables}) if source.form is Form.XLSX else ()


def missing_columns(kind: ImportKind, mapping: ColumnMapping) -> list[str]:
    """The titles of the needed fields that no column serves."""
    missing = [each.titles[0] for each in HEADINGS[kind] if each.required and each.field not in mapping.columns]
    if kind is ImportKind.CASES and not {"title", "description"} & set(mapping.columns):
        return ["标题"]
    if kind is ImportKind.CALENDAR and not {"working", "resting"} & set(mapping.columns):
        return ["类型"]
    if kind is ImportKind.DIVISIONS and not any(field.endswith("code") for field in mapping.columns):
        return ["区划代码"]
    if kind is ImportKind.GRIDS and not {"code", "name", "boundary"} & set(mapping.columns):
        return ["网格编码"]
    return missing


def _read_table(kind: ImportKind, table: Table, mapping: ColumnMapping | None, crs: Crs | None) -> Reading:
    columns = completed(mapping, kind, table.titles, file=table.file)
    missing = missing_columns(kind, columns)
    if missing:
        raise InvalidInput("file.columns_missing", file=table.file, sheet=table.sheet, columns="、".join(missing))
    fields = Fields(table.titles, columns.columns)
    points = PointReader(fields, crs)
    if crs is None and needs_crs(table, fields, points):
        raise InvalidInput("file.crs_needed", file=table.file, declared="")

    def rows(aside: Aside) -> Iterator[Record | RefusedRow]:
        if kind is ImportKind.CASES:
            return cases_aside(table, columns.columns, crs, aside)
        # Readers have a state, so each pass needs a new one.
        read = _row_reader(kind, table, fields, points)
        return (read_row(table.sheet, table.titles, row, read, typed=table.typed) for row in table.rows())

    return Reading(table.file, (table.sheet,), table.expected, columns.columns, rows)


def _row_reader(kind: ImportKind, table: Table, fields: Fields, points: PointReader) -> RowReader:
    if kind is ImportKind.UNITS:
        return UnitReader(table.sheet, fields, points).read
    if kind is ImportKind.STANDARDS:
        return StandardReader(table.sheet, fields).read
    if kind is ImportKind.CALENDAR:
        return CalendarReader(table.sheet, fields).read
    return area_reader(kind, AreaSource(table.sheet, fields, points.crs, damaged_titles(table.titles))).read


def area_reader(kind: ImportKind, source: AreaSource) -> DivisionReader | GridReader:
    """The reader of divisions or grids. Counties and townships among grids are read with the columns of divisions."""
    if kind is ImportKind.DIVISIONS:
        return DivisionReader(source)
    told = {field: source.fields.title(field) for field in ("code", "name") if source.fields.has(field)}
    own_fields = Fields(source.fields.titles, {**guess(ImportKind.DIVISIONS, source.fields.titles).columns, **told})
    return GridReader(source, DivisionReader(AreaSource(source.sheet, own_fields, source.crs, source.damaged)))


def needs_crs(table: Table, fields: Fields, points: PointReader) -> bool:
    """Whether one of the first rows has a boundary, or a point in China, where the coordinate systems differ."""
    if not points.is_there and not fields.has("boundary"):
        return False
    for _, cells in islice(table.rows(), LOOKED_AT):
        with suppress(RowProblem):
            if fields.text(cells, "boundary"):
                return True
            found = points.numbers(cells) if points.is_there else None
            if found and in_china(*found):
                return True
    return False


def _read_geojson(kind: ImportKind, source: Source, mapping: ColumnMapping | None, crs: Crs | None) -> Reading:
    if kind not in AREA_KINDS:
        raise InvalidInput("file.not_a_table", file=source.name)
    content = read_features(source)
    if crs is None:
        raise InvalidInput("file.crs_needed", file=source.name, declared=content.declared)
    columns = completed(mapping, kind, content.titles, file=source.name)
    fields = Fields(content.titles, columns.columns)
    areas = AreaSource("", fields, crs, damaged_titles(content.titles))

    def rows(_: Aside) -> Iterator[Record | RefusedRow]:
        return _features(content, area_reader(kind, areas))

    return Reading(source.name, ("",), len(content.features), columns.columns, rows)


def _features(content: FeatureFile, reader: DivisionReader | GridReader) -> Iterator[Record | RefusedRow]:
    for feature in content.features:
        if feature.shape is None:
            yield RefusedRow("", feature.row, "", "geojson.not_a_feature")
            continue
        try:
            yield reader.read(feature.row, feature.cells, feature.shape)
        except RowProblem as found:
            yield RefusedRow("", feature.row, found.column, found.problem.code, found.problem.params)
