"""A look into a file before it goes in: its kind, its first rows, and where its places lie in each coordinate system.

Part of the composition: it joins the readers of ``exchange`` and ``mapview`` for the import page. Nothing is stored.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Any, Final

import numpy as np
import shapely

from gridclient.domain.coordinates import Crs, convert
from gridclient.domain.errors import InvalidInput
from gridclient.domain.geometry import distance
from gridclient.exchange.boundaries import boundary
from gridclient.exchange.features import read_features
from gridclient.exchange.headings import HEADINGS
from gridclient.exchange.mapping import ColumnMapping, guess
from gridclient.exchange.opening import Form, Source, identify
from gridclient.exchange.preview import preview
from gridclient.exchange.reading import AREA_KINDS, missing_columns, read_kind
from gridclient.exchange.tables import open_table, sheets
from gridclient.mapview.basemaps import inspect_archive, openers
from gridclient.services.import_findings import ImportKind
from gridclient.services.import_order import BASE_MAP, ColumnChoice, ImportPreview, Look, LookOrder
from gridclient.services.import_records import DivisionRecord, GridRecord
from gridclient.store.mbtiles import MBTilesArchive

_MOST_AREAS: Final = 300
_MOST_VERTICES: Final = 6_000
_LIKELIER_FIRST: Final = (
    ImportKind.STANDARDS,
    ImportKind.CALENDAR,
    ImportKind.CASES,
    ImportKind.UNITS,
    ImportKind.GRIDS,
    ImportKind.DIVISIONS,
)


def look_in_worker(_report: object, order: LookOrder) -> Look:
    """A look for the worker process; it is short and reports no progress."""
    return look(order)


def look(order: LookOrder) -> Look:
    """Looks into the file. Shapes that a row's other cells would refuse are shown all the same.

    Raises ``InvalidInput``: what ``exchange.preview`` and ``mapview.basemaps`` raise for the file as a whole.
    """
    size = order.file.stat().st_size if order.file.is_file() else 0
    if order.kind == BASE_MAP or (not order.kind and _is_archive(order.file)):
        info = inspect_archive(order.file, openers(MBTilesArchive))
        return Look(BASE_MAP, info.bytes, base_map=info.metadata)
    source = identify(order.file)
    kind = ImportKind(order.kind) if order.kind else guess_kind(source, order.sheet)
    mapping = column_mapping(kind, order.mapping)
    seen = preview(source, kind, sheet=order.sheet, mapping=mapping)
    places = _places(source, kind, mapping, seen)
    return Look(
        kind=kind.value,
        size=size,
        preview=seen,
        titles={heading.field: heading.titles[0] for heading in HEADINGS[kind]},
        places={crs.value: _collection(shapes) for crs, shapes in places.items()},
        apart=_apart(places),
        asks_crs=bool(places) or seen.crs_needed,
    )


def column_mapping(kind: ImportKind, chosen: ColumnChoice | None) -> ColumnMapping | None:
    """What an operator chose, as the readers take it."""
    return None if chosen is None else ColumnMapping(kind, chosen.columns)


def guess_kind(source: Source, sheet: str | None) -> ImportKind:
    """The kind whose fields take in most of the header, of the first sheet where any do; cases where nothing fits, for
    they take any column.

    Raises ``InvalidInput("file.…")``.
    """
    if source.form is Form.GEOJSON:
        titles: Sequence[str] = read_features(source).titles
        return ImportKind.DIVISIONS if _fit(ImportKind.DIVISIONS, titles) > 2 else ImportKind.GRIDS
    for name in sheets(source) if sheet is None else (sheet,):
        with suppress(InvalidInput):  # a sheet that cannot be read; the preview says why if no other can
            titles = open_table(source, sheet=name).titles
            best, _, kind = max((_fit(kind, titles), -place, kind) for place, kind in enumerate(_LIKELIER_FIRST))
            if best:
                return kind
    return ImportKind.CASES


def _fit(kind: ImportKind, titles: Sequence[str]) -> float:
    """How many fields find a column; 0 when one that must be there is missing. A name alone makes no grid."""
    found = guess(kind, titles)
    if missing_columns(kind, found) or (kind is ImportKind.GRIDS and not {"code", "boundary"} & set(found.columns)):
        return 0.0
    return len(found.columns) + (0.5 if any(heading.required for heading in HEADINGS[kind]) else 0.0)


def _is_archive(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(16).startswith(tuple(openers(MBTilesArchive)))
    except OSError:
        return False


def _places(
    source: Source, kind: ImportKind, mapping: ColumnMapping | None, seen: ImportPreview
) -> dict[Crs, list[Any]]:
    """The file's areas or points as shapes in WGS-84, one list for each system; empty when nobody has to be asked."""
    shapes = _areas(source, kind, mapping, seen) if kind in AREA_KINDS else []
    if not shapes and seen.crs_needed:
        shapes = [shapely.Point(point) for point in seen.points]
    return {crs: [_moved(shape, crs) for shape in shapes] for crs in Crs} if shapes else {}


def _areas(source: Source, kind: ImportKind, mapping: ColumnMapping | None, seen: ImportPreview) -> list[Any]:
    found: list[Any] = []
    if source.form is Form.GEOJSON:
        for feature in read_features(source).features[:_MOST_AREAS]:
            with suppress(InvalidInput):
                area, _ = boundary(feature.shape.geometry if feature.shape else None, Crs.WGS84)
                found.append(shapely.from_wkb(area.wkb))
        return _lighter(found)
    with suppress(InvalidInput):
        sheet = seen.sheet or None
        records = iter(read_kind(kind, source, sheet=sheet, mapping=mapping, crs=Crs.WGS84.value))
        for record in islice(records, _MOST_AREAS):
            if isinstance(record, DivisionRecord | GridRecord) and record.boundary is not None:
                found.append(shapely.from_wkb(record.boundary.wkb))
    return _lighter(found)


def _lighter(areas: list[Any]) -> list[Any]:
    """The same areas with as many corners as a sketch needs."""
    if not areas:
        return []
    west, south, east, north = shapely.total_bounds(areas)
    tolerance = max(east - west, north - south) / 1_500
    lighter = [area.simplify(tolerance) for area in areas]
    while sum(map(shapely.get_num_coordinates, lighter)) > _MOST_VERTICES:
        tolerance *= 2
        lighter = [area.simplify(tolerance) for area in lighter]
    return lighter


def _moved(shape: Any, crs: Crs) -> Any:
    return shapely.transform(shape, lambda corners: np.array([_converted(lon, lat, crs) for lon, lat in corners]))


def _converted(lon: float, lat: float, crs: Crs) -> tuple[float, float]:
    try:
        return convert(lon, lat, crs, Crs.WGS84)
    except InvalidInput:  # no place on earth: shown as it stands, refused row by row later
        return lon, lat


def _collection(shapes: Sequence[Any]) -> bytes:
    features = [
        {"type": "Feature", "properties": {}, "geometry": json.loads(shapely.to_geojson(shape))} for shape in shapes
    ]
    return json.dumps({"type": "FeatureCollection", "total": len(features), "features": features}).encode()


def _apart(places: Mapping[Crs, Sequence[Any]]) -> dict[tuple[str, str], float]:
    """The usual distance between what two systems make of the same numbers, in metres."""
    middles = {crs: [shape.centroid for shape in shapes] for crs, shapes in places.items()}
    return {
        (one.value, other.value): float(
            np.median([distance(a.x, a.y, b.x, b.y) for a, b in zip(ones, others, strict=True)])
        )
        for one, ones in middles.items()
        for other, others in middles.items()
        if one is not other
    }
