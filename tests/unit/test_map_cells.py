"""The Morton arithmetic behind the map's cells, held against plain geometry."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridclient.domain.errors import InvalidInput
from gridclient.services.map_cells import KEY_LEVEL, cell_level, key_ranges, key_shift, point_key
from gridclient.services.map_port import MAX_CELLS, Bounds

longitudes = st.floats(-180, 180)
latitudes = st.floats(-85, 85)


@st.composite
def boxes(draw: st.DrawFn) -> Bounds:
    west, east = sorted((draw(longitudes), draw(longitudes)))
    south, north = sorted((draw(latitudes), draw(latitudes)))
    return Bounds(west, south, east, north)


def tile_of(lon: float, lat: float, zoom: int) -> tuple[int, int]:
    """The usual formula of web maps."""
    n = 1 << zoom
    y = (1 - math.log(math.tan(math.radians(lat)) + 1 / math.cos(math.radians(lat))) / math.pi) / 2
    return int((lon + 180) / 360 * n), int(y * n)


def deinterleaved(key: int) -> tuple[int, int]:
    bits = f"{key:064b}"
    return int(bits[1::2], 2), int(bits[0::2], 2)


@given(st.floats(73, 135), st.floats(18, 54), st.integers(0, 20))
def test_key_shifted_to_a_level_is_the_tile_of_web_maps(lon: float, lat: float, zoom: int) -> None:
    assert deinterleaved(point_key(lon, lat) >> key_shift(zoom)) == tile_of(lon, lat, zoom)


@given(boxes(), st.integers(0, KEY_LEVEL), st.floats(0, 1), st.floats(0, 1))
def test_every_point_of_the_box_lies_in_one_range(box: Bounds, level: int, across: float, up: float) -> None:
    lon = min(box.east, box.west + across * (box.east - box.west))
    lat = min(box.north, box.south + up * (box.north - box.south))
    key = point_key(lon, lat)
    assert sum(low <= key < high for low, high in key_ranges(box, level)) == 1


@given(boxes(), st.integers(0, KEY_LEVEL))
def test_ranges_are_few_ascending_and_apart(box: Bounds, level: int) -> None:
    ranges = key_ranges(box, level)
    flat = [edge for pair in ranges for edge in pair]
    assert flat == sorted(set(flat))
    assert 1 <= len(ranges) <= 24


@given(boxes(), st.integers(0, 22))
def test_a_viewport_never_holds_more_cells_than_allowed(box: Bounds, zoom: int) -> None:
    level = cell_level(box, zoom)
    (west, north), (east, south) = (
        deinterleaved(point_key(lon, lat) >> key_shift(level))
        for lon, lat in ((box.west, box.north), (box.east, box.south))
    )
    assert (east - west + 1) * (south - north + 1) <= MAX_CELLS
    assert level <= zoom + 2


def test_a_desk_viewport_gets_cells_of_64_pixels() -> None:
    degrees_a_pixel = 360 / (256 << 13)
    box = Bounds(122.0, 37.4, 122.0 + 790 * degrees_a_pixel, 37.4 + 330 * degrees_a_pixel * 0.8)
    assert cell_level(box, 13) == 15


def test_a_small_box_is_not_scanned_from_far_away() -> None:
    box = Bounds(122.10, 37.50, 122.11, 37.51)
    scanned = sum(high - low for low, high in key_ranges(box, 17))
    corner = [point_key(lon, lat) >> key_shift(12) for lon, lat in ((box.west, box.north), (box.east, box.south))]
    assert scanned < 4 << key_shift(12), corner


@pytest.mark.parametrize("edges", [(10, 0, 5, 1), (0, 5, 1, 4), (-181, 0, 0, 1), (0, 0, float("nan"), 1)])
def test_a_box_that_is_none_is_refused(edges: tuple[float, float, float, float]) -> None:
    with pytest.raises(InvalidInput) as refusal:
        Bounds(*edges)
    assert refusal.value.code == "map.bounds"
