"""Coordinate systems of Chinese data."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridclient.domain.coordinates import Crs, Point, convert, parse_crs
from gridclient.domain.errors import InvalidInput
from gridclient.domain.geometry import distance

systems = st.sampled_from(Crs)
chinese_lons = st.floats(73.5, 135.0)
chinese_lats = st.floats(18.0, 53.5)


def test_the_published_bd09_point_lands_on_its_gcj02_point() -> None:
    found = convert(117.04918347610868, 36.66600223072647, Crs.BD09, Crs.GCJ02)
    assert found == pytest.approx((117.04261569143314, 36.66021865082022), abs=1e-12)


def test_a_published_wgs84_point_lands_on_its_gcj02_point() -> None:
    found = convert(116.404, 39.915, Crs.WGS84, Crs.GCJ02)
    assert found == pytest.approx((116.41024449916938, 39.91640428150164), abs=1e-12)


@given(chinese_lons, chinese_lats, systems, systems)
def test_there_and_back_is_the_same_place(lon: float, lat: float, source: Crs, target: Crs) -> None:
    back = convert(*convert(lon, lat, source, target), target, source)
    assert back == pytest.approx((lon, lat), abs=1e-9)


@given(chinese_lons, chinese_lats, systems, systems, systems)
def test_a_detour_over_a_third_system_ends_at_the_same_place(
    lon: float, lat: float, source: Crs, between: Crs, target: Crs
) -> None:
    detour = convert(*convert(lon, lat, source, between), between, target)
    assert detour == pytest.approx(convert(lon, lat, source, target), abs=1e-9)


def test_a_wrong_guess_of_the_system_is_off_by_half_a_kilometre_in_weihai() -> None:
    lon, lat = convert(122.12, 37.51, Crs.WGS84, Crs.GCJ02)
    assert distance(122.12, 37.51, lon, 37.51) == pytest.approx(435, abs=20)
    assert distance(122.12, 37.51, 122.12, lat) == pytest.approx(99, abs=20)


@given(st.floats(-180, 180), st.floats(-90, 90), systems, systems)
def test_every_point_of_the_world_converts_to_a_point(lon: float, lat: float, source: Crs, target: Crs) -> None:
    assert all(math.isfinite(value) for value in convert(lon, lat, source, target))


@pytest.mark.parametrize(("lon", "lat"), [(2.35, 48.86), (-58.4, -34.6), (151.2, -33.87), (105.0, 56.0), (105.0, 0.5)])
def test_nothing_is_shifted_outside_china(lon: float, lat: float) -> None:
    for source in Crs:
        for target in Crs:
            assert convert(lon, lat, source, target) == (lon, lat)


@pytest.mark.parametrize(
    ("text", "crs"),
    [
        ("wgs84", Crs.WGS84),
        ("CGCS2000", Crs.WGS84),
        ("EPSG:4490", Crs.WGS84),
        ("GCJ-02", Crs.GCJ02),
        (" bd09 ", Crs.BD09),
    ],
)
def test_systems_are_known_by_their_usual_names(text: str, crs: Crs) -> None:
    assert parse_crs(text) is crs


def test_an_unknown_system_is_refused() -> None:
    with pytest.raises(InvalidInput, match=r"crs\.unknown"):
        parse_crs("beijing54")


@pytest.mark.parametrize(("lon", "lat"), [(180.0, 90.0), (-180.0, -90.0)])
def test_the_corners_of_the_world_are_points(lon: float, lat: float) -> None:
    assert convert(Point(lon, lat).lon, lat, Crs.WGS84, Crs.GCJ02) == (lon, lat)


@pytest.mark.parametrize(("lon", "lat"), [(181, 0), (0, 90.5), (float("nan"), 30), (120, float("inf")), (36.6, 117.0)])
def test_a_point_outside_the_world_is_refused(lon: float, lat: float) -> None:
    with pytest.raises(InvalidInput, match=r"point\.out_of_range"):
        Point(lon, lat)
    with pytest.raises(InvalidInput, match=r"point\.out_of_range"):
        convert(lon, lat, Crs.WGS84, Crs.GCJ02)
