"""The base map that ships: land that meets the demo county's outline, small, listed with its licence."""

from __future__ import annotations

import json

import pytest
import shapely

from gridclient.demo.places import ROOT
from maps.drawing.coast import BASE_MAPS, base_map, fitted_land, read_layer
from maps.drawing.grids import read_outline

COUNTY = shapely.box(120.0, 36.0, 120.5, 36.5)


def test_a_strip_seaward_of_the_county_is_taken_away() -> None:
    coarse = shapely.box(119.0, 35.0, 121.0, 36.505)
    fitted = fitted_land(coarse, COUNTY)
    assert not fitted.contains(shapely.Point(120.25, 36.503))
    assert fitted.contains(shapely.Point(119.5, 36.2))


def test_a_county_that_stands_out_into_the_coarse_sea_is_land() -> None:
    coarse = shapely.box(119.0, 35.0, 121.0, 36.3)
    assert fitted_land(coarse, COUNTY).contains(shapely.Point(120.25, 36.45))


def test_an_island_off_the_county_stays() -> None:
    island = shapely.box(120.2, 36.52, 120.22, 36.53)
    fitted = fitted_land(shapely.union(shapely.box(119.0, 35.0, 121.0, 36.3), island), COUNTY)
    assert fitted.contains(shapely.Point(120.21, 36.525))


def test_the_frame_is_not_drawn_as_a_coast() -> None:
    layers = base_map(shapely.box(110.0, 30.0, 121.0, 45.0), shapely.Polygon(), COUNTY)
    assert layers["coast"].bounds[0] == pytest.approx(121.0)
    assert layers["coast"].bounds[2] == pytest.approx(121.0)


def test_shipped_land_holds_the_whole_demo_county() -> None:
    land = read_layer(BASE_MAPS / "land.geojson")
    assert land.is_valid
    assert land.buffer(2e-5).contains(read_outline())
    assert not any(part.interiors for part in shapely.get_parts(land))


def test_no_line_of_the_shipped_coast_runs_through_the_land() -> None:
    land = read_layer(BASE_MAPS / "land.geojson")
    coast = read_layer(BASE_MAPS / "coast.geojson")
    assert land.buffer(-1e-4).intersection(coast).is_empty


def test_the_base_map_is_small() -> None:
    assert sum(path.stat().st_size for path in BASE_MAPS.glob("*.geojson")) < 200_000


def test_every_listed_map_exists_with_its_licence_and_bounds() -> None:
    maps = json.loads((ROOT / "maps" / "index.json").read_text(encoding="utf-8"))["maps"]
    files = {path.relative_to(ROOT / "maps").as_posix() for path in (ROOT / "maps").rglob("*.geojson")}
    assert {item["file"] for item in maps} == files
    for item in maps:
        assert (ROOT / "maps" / item["licence_file"]).is_file()
        assert item["title"] and item["attribution"] and item["licence"]
        west, south, east, north = item["bounds"]
        found = shapely.box(west, south, east, north).buffer(1e-5)
        assert found.contains(shapely.box(*read_layer(ROOT / "maps" / item["file"]).bounds)), item["id"]
