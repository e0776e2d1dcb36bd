"""What the import page shows before anything is imported: the first rows, the guessed columns, the points."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import islice
from pathlib import Path

from gridclient.domain.coordinates import parse_crs
from gridclient.domain.errors import InvalidInput
from gridclient.exchange.areas import damaged_titles
from gridclient.exchange.cells import Cell, Table
from gridclient.exchange.features import FeatureFile, read_features
from gridclient.exchange.fields import Fields, RowProblem
from gridclient.exchange.headings import HEADINGS
from gridclient.exchange.mapping import ColumnMapping, completed, fingerprint
from gridclient.exchange.opening import Form, Source, identify
from gridclient.exchange.points import PointReader
from gridclient.exchange.reading import LOOKED_AT, needs_crs, tables_to_read, unread_sheets
from gridclient.exchange.tables import sheets
from gridclient.exchange.values import as_shown
from gridclient.services.import_findings import ImportKind, Notice
from gridclient.services.import_order import ColumnGuess, ImportPreview

_ROWS = 50
_POINTS = 200
_SHOWN = 200
_CRS_TITLES = frozenset({"crs", "坐标系", "坐标系统"})


def preview(
    path: Path | Source, kind: ImportKind, *, sheet: str | None = None, mapping: ColumnMapping | None = None
) -> ImportPreview:
    """Looks into the file. Wrong rows are no problem here; they are refused by the import itself.

    Raises ``InvalidInput``: ``file.…``, ``geojson.…``, ``mapping.…``.
    """
    source = identify(path)
    if source.form is Form.GEOJSON:
        return _of_features(read_features(source), kind, mapping)
    tables = tables_to_read(kind, source, sheet, mapping)
    table = tables[0]
    columns = completed(mapping, kind, table.titles, file=table.file)
    fields = Fields(table.titles, columns.columns)
    points = PointReader(fields, None)
    rows = list(islice(table.rows(), _ROWS))
    places = list(_places(table, points)) if points.is_there else []
    unread = () if sheet else unread_sheets(source, tables)
    named, declared = _crs_named(table.titles, [cells for _, cells in rows])
    return ImportPreview(
        sheet=table.sheet,
        sheets=sheets(source),
        header_row=table.header_row,
        titles=table.titles,
        fingerprint=fingerprint(kind, table.titles),
        columns=_guesses(kind, columns),
        rows=tuple((number, _shown(cells, len(table.titles))) for number, cells in rows),
        points=tuple(places[:_POINTS]),
        crs_needed=needs_crs(table, fields, points),
        crs_declared=declared,
        crs_named=named,
        file_notices=(
            *(() if rows else (Notice("", "file.only_titles"),)),
            *((Notice("", "file.sheets_unread", {"sheets": unread}),) if unread else ()),
            *_damaged(table.titles),
            *_heaps(places),
        ),
    )


def _of_features(content: FeatureFile, kind: ImportKind, mapping: ColumnMapping | None) -> ImportPreview:
    named, declared = _crs_named(content.titles, [each.cells for each in content.features])
    return ImportPreview(
        sheet="",
        sheets=("",),
        header_row=0,
        titles=content.titles,
        fingerprint=fingerprint(kind, content.titles),
        columns=_guesses(kind, completed(mapping, kind, content.titles, file=content.file)),
        rows=tuple((each.row, _shown(each.cells, len(content.titles))) for each in content.features[:_ROWS]),
        crs_needed=True,
        crs_declared=declared or content.declared,
        crs_named=named,
        file_notices=_damaged(content.titles),
    )


def _places(table: Table, points: PointReader) -> Iterator[tuple[float, float]]:
    for _, cells in islice(table.rows(), LOOKED_AT):
        with suppress(RowProblem):
            found = points.numbers(cells)
            if found:
                yield found


def _crs_named(titles: Sequence[str], rows: Sequence[Sequence[Cell]]) -> tuple[str, str]:
    """The coordinate system that a column of the file gives for every row, and as it is written there; "" for none.
    Other than the member ``crs`` of a GeoJSON file, no export software writes this by itself."""
    for place, title in enumerate(titles):
        if title.strip().casefold() in _CRS_TITLES:
            told = {as_shown(cells[place]).strip() if place < len(cells) else "" for cells in rows}
            with suppress(InvalidInput):
                systems = {parse_crs(text) for text in told}
                if len(systems) == 1:
                    return systems.pop().value, min(told)
    return "", ""


def _guesses(kind: ImportKind, columns: ColumnMapping) -> tuple[ColumnGuess, ...]:
    return tuple(ColumnGuess(each.field, columns.columns.get(each.field, ""), each.required) for each in HEADINGS[kind])


def _shown(cells: Sequence[Cell], width: int) -> tuple[str, ...]:
    padded = [*cells[:width], *[None] * (width - len(cells))]
    return tuple(as_shown(cell)[:_SHOWN] for cell in padded)


def _damaged(titles: Sequence[str]) -> tuple[Notice, ...]:
    return tuple(Notice(title, "grid.property_name_damaged", {"title": title}) for title in damaged_titles(titles))


def _heaps(places: Sequence[tuple[float, float]]) -> tuple[Notice, ...]:
    """A remark if one point holds at least 20 cases and a twentieth of all: it is probably a system's default for "no
    place", and all these cases would land in one grid."""
    (most, count), *_ = Counter(places).most_common(1) or [((0.0, 0.0), 0)]
    if count < 20 or count * 20 < len(places):
        return ()
    return (Notice("", "point.heap", {"count": count, "lon": most[0], "lat": most[1], "rows": len(places)}),)
