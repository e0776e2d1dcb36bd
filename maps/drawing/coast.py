"""Cuts the base map that ships out of Natural Earth's land and lakes: ``python -m maps.drawing.coast LAND LAKES``.

The demo county's outline is finer than the 1:10m coast, so the land is made to meet it: the county counts as land, and
strips of the coarse land that would lie seaward of it are taken away. No line of any country or province is drawn.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import shapely
from shapely.geometry import mapping, shape
from shapely.geometry.base import BaseGeometry

from gridclient.demo.places import ROOT
from maps.drawing.grids import read_outline

BASE_MAPS: Final = ROOT / "maps" / "base"
REGION: Final = (116.5, 34.0, 124.0, 40.0)
"""West, south, east, north: the Shandong peninsula and the sea around it."""
_GRID: Final = 1e-5
_STRIP_WIDTH: Final = 0.012
_NEAR: Final = 0.05


def fitted_land(land: BaseGeometry, county: BaseGeometry) -> BaseGeometry:
    """The land with the county's own coast instead of the coarse one; islands that do not touch it stay."""
    beside = land.difference(county)
    wide = beside.buffer(-_STRIP_WIDTH / 2).buffer(_STRIP_WIDTH / 2 * 1.05)
    shore = land.boundary
    narrow = [part for part in _parts(beside.difference(wide)) if _is_seaward(part, county, shore)]
    kept = beside.difference(shapely.union_all(narrow)) if narrow else beside
    reach = county.buffer(_GRID)
    return shapely.union_all([county, *(part for part in _parts(kept) if _is_mainland_or_island(part, reach))])


def base_map(land: BaseGeometry, lakes: BaseGeometry, county: BaseGeometry) -> dict[str, BaseGeometry]:
    """The three layers of the shipped map by file stem: land, coast (its edge without the frame), lakes."""
    frame = shapely.box(*REGION)
    fitted = shapely.set_precision(fitted_land(land.intersection(frame), county), _GRID)
    inner = frame.buffer(-2 * _GRID)
    return {
        "land": fitted,
        "coast": shapely.line_merge(fitted.boundary.intersection(inner)),
        "lakes": shapely.set_precision(lakes.intersection(frame), _GRID),
    }


def read_layer(path: Path) -> BaseGeometry:
    """All features of a GeoJSON file as one geometry."""
    features = json.loads(path.read_text(encoding="utf-8"))["features"]
    return shapely.union_all([shapely.make_valid(shape(feature["geometry"])) for feature in features])


def write_layer(name: str, geometry: BaseGeometry, folder: Path) -> None:
    """One part a line; property ``layer`` names what it is."""
    lines = [
        json.dumps(
            {"type": "Feature", "properties": {"layer": name}, "geometry": _rounded(mapping(part))},
            separators=(",", ":"),
        )
        for part in _parts(geometry)
    ]
    text = '{"type":"FeatureCollection","features":[\n' + ",\n".join(lines) + "\n]}\n"
    (folder / f"{name}.geojson").write_text(text, encoding="utf-8", newline="\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Write land, coast and lakes into the folder of base maps."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("land", type=Path)
    parser.add_argument("lakes", type=Path)
    parser.add_argument("--out", type=Path, default=BASE_MAPS)
    options = parser.parse_args(arguments)
    layers = base_map(read_layer(options.land), read_layer(options.lakes), read_outline())
    for name, geometry in layers.items():
        write_layer(name, geometry, options.out)
    return 0


def _parts(geometry: BaseGeometry) -> list[BaseGeometry]:
    return [part for part in getattr(geometry, "geoms", [geometry]) if not part.is_empty]


def _is_seaward(part: BaseGeometry, county: BaseGeometry, shore: BaseGeometry) -> bool:
    """A narrow bit between the county's edge and the coarse shore, all of it near."""
    touches_both = max(part.distance(county), part.distance(shore)) < _GRID
    return touches_both and county.buffer(_NEAR).contains(part)


def _is_mainland_or_island(part: BaseGeometry, reach: BaseGeometry) -> bool:
    """Drops the crumbs that are left between the two coasts; what does not touch the county is an island."""
    return part.area > _STRIP_WIDTH or not part.intersects(reach)


def _rounded(value: object) -> object:
    if isinstance(value, float):
        return round(value, 5)
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(item) for item in value]
    return value


if __name__ == "__main__":
    raise SystemExit(main())
