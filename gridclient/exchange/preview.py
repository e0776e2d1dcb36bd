"""What the import page shows before anything goes in: the first rows, the guessed columns, points before and after."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import islice
from pathlib import Path

import shapely

from gridclient.domain.coordinates import Crs, convert, parse_crs
from gridclient.domain.errors import InvalidInput
from gridclient.exchange.areas import is_damaged
from gridclient.exchange.boundaries import boundary
from gridclient.exchange.cells import Cell, ErrorCell, FormulaCell
from gridclient.exchange.features import FeatureFile, read_features
from gridclient.exchange.fields import Fields, RowProblem
from gridclient.exchange.headings import HEADINGS
from gridclient.exchange.mapping import ColumnMapping, completed, fingerprint
from gridclient.exchange.opening import Form, identify
from gridclient.exchange.points import PointReader, in_china
from gridclient.exchange.tables import open_table, sheets
from gridclient.exchange.values import text
from gridclient.services.import_findings import ImportKind, Notice
from gridclient.services.import_order import ColumnGuess, ImportPreview, SamplePoint

MOST_POINTS = 200
_LOOKED_THROUGH = 2_000
_SHOWN = 200


def preview(
    path: Path,
    kind: ImportKind,
    *,
    limit: int = 50,
    sheet: str | None = None,
    mapping: ColumnMapping | None = None,
    crs: str | None = None,
) -> ImportPreview:
    """Look into the file; nothing is refused for a row's sake. Without ``crs`` the points stand as the file has them.

    Raises ``InvalidInput``: ``file.…``, ``geojson.…``, ``mapping.…``, ``crs.unknown``.
    """
    source = identify(path)
    system = parse_crs(crs) if crs else None
    if source.form is Form.GEOJSON:
        return _of_features(read_features(source), kind, limit, mapping, system)
    fill = kind is ImportKind.STANDARDS
    header_row = mapping.header_row if mapping else 0
    table = open_table(path, sheet=sheet, header_row=header_row, fill_merged=fill)
    columns = completed(mapping, kind, table.titles, file=table.file)
    fields = Fields(table.titles, columns.columns)
    points = PointReader(fields, None)
    rows = list(islice(table.rows(), limit))
    samples = list(_points_of(islice(table.rows(), _LOOKED_THROUGH), fields, points)) if points.is_there else []
    return ImportPreview(
        file=table.file,
        kind=kind,
        sheet=table.sheet,
        sheets=sheets(path),
        header_row=table.header_row,
        titles=table.titles,
        fingerprint=fingerprint(kind, table.titles),
        columns=_guesses(kind, columns),
        rows=tuple((number, _shown(cells, len(table.titles))) for number, cells in rows),
        points=tuple(_converted(sample, system) for sample in samples[:MOST_POINTS]),
        crs_needed=system is None and any(in_china(each.source_lon, each.source_lat) for each in samples),
        file_notices=(*(() if rows else (Notice("", "file.only_titles"),)), *_damaged(table.titles), *_heaps(samples)),
    )


def _of_features(
    content: FeatureFile, kind: ImportKind, limit: int, mapping: ColumnMapping | None, system: Crs | None
) -> ImportPreview:
    columns = completed(mapping, kind, content.titles, file=content.file)
    name = Fields(content.titles, columns.columns)
    samples: list[SamplePoint] = []
    for feature in content.features[:MOST_POINTS]:
        with suppress(InvalidInput):
            area, _ = boundary(feature.shape.geometry if feature.shape else None, Crs.WGS84)
            place = shapely.point_on_surface(shapely.from_wkb(area.wkb))
            label = _label(name, feature.cells)
            samples.append(SamplePoint(feature.row, label, place.x, place.y, place.x, place.y))
    return ImportPreview(
        file=content.file,
        kind=kind,
        sheet="",
        sheets=("",),
        header_row=0,
        titles=content.titles,
        fingerprint=fingerprint(kind, content.titles),
        columns=_guesses(kind, columns),
        rows=tuple((each.row, _shown(each.cells, len(content.titles))) for each in content.features[:limit]),
        points=tuple(_converted(sample, system) for sample in samples),
        crs_needed=system is None,
        crs_declared=content.declared,
        file_notices=_damaged(content.titles),
    )


def _points_of(
    rows: Iterator[tuple[int, Sequence[Cell]]], fields: Fields, points: PointReader
) -> Iterator[SamplePoint]:
    for number, cells in rows:
        with suppress(RowProblem):
            found = points.numbers(cells)
            if found:
                yield SamplePoint(number, _label(fields, cells), *found, *found)


def _label(fields: Fields, cells: Sequence[Cell]) -> str:
    with suppress(RowProblem):
        return (fields.text(cells, "title") or fields.text(cells, "name"))[:40]
    return ""


def _converted(sample: SamplePoint, system: Crs | None) -> SamplePoint:
    """The sample with its place in WGS-84; as it stands where it is no place on earth."""
    if system is None:
        return sample
    with suppress(InvalidInput):
        lon, lat = convert(sample.source_lon, sample.source_lat, system, Crs.WGS84)
        return SamplePoint(sample.row, sample.label, sample.source_lon, sample.source_lat, lon, lat)
    return sample


def _guesses(kind: ImportKind, columns: ColumnMapping) -> tuple[ColumnGuess, ...]:
    return tuple(ColumnGuess(each.field, columns.columns.get(each.field, ""), each.required) for each in HEADINGS[kind])


def _shown(cells: Sequence[Cell], width: int) -> tuple[str, ...]:
    padded = [*cells[:width], *[None] * (width - len(cells))]
    return tuple(_cell_text(cell)[:_SHOWN] for cell in padded)


def _cell_text(cell: Cell) -> str:
    if isinstance(cell, FormulaCell):
        return f"={cell.text}"
    return cell.text if isinstance(cell, ErrorCell) else text(cell)


def _damaged(titles: Sequence[str]) -> tuple[Notice, ...]:
    return tuple(Notice(title, "grid.property_name_damaged", {"title": title}) for title in titles if is_damaged(title))


def _heaps(samples: Sequence[SamplePoint]) -> tuple[Notice, ...]:
    """Many cases on one point: a system's default for "no place", worth a look before they all land in one grid."""
    counts: dict[tuple[float, float], int] = {}
    for sample in samples:
        place = (sample.source_lon, sample.source_lat)
        counts[place] = counts.get(place, 0) + 1
    most, count = max(counts.items(), key=lambda item: item[1], default=((0.0, 0.0), 0))
    if count < 20 or count * 20 < len(samples):
        return ()
    return (Notice("", "point.heap", {"count": count, "lon": most[0], "lat": most[1], "rows": len(samples)}),)
