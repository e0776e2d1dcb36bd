"""Distances and the web mercator grid."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridclient.domain.geometry import MERCATOR_BITS, MERCATOR_LATITUDE, distance, mercator_cell

lons = st.floats(-180, 180)
lats = st.floats(-85, 85)
points = st.tuples(lons, lats)


def tile_of(lon: float, lat: float, zoom: int) -> tuple[int, int]:
    """The usual formula of web maps."""
    n = 1 << zoom
    y = (1 - math.log(math.tan(math.radians(lat)) + 1 / math.cos(math.radians(lat))) / math.pi) / 2
    return int((lon + 180) / 360 * n), int(y * n)


def test_weihai_is_in_the_tile_that_slippy_maps_give_it() -> None:
    x, y = mercator_cell(122.12, 37.51)
    assert (x >> (MERCATOR_BITS - 12), y >> (MERCATOR_BITS - 12)) == tile_of(122.12, 37.51, 12)


def test_the_edges_of_the_world_are_in_its_last_cells() -> None:
    last = (1 << MERCATOR_BITS) - 1
    assert mercator_cell(-180, MERCATOR_LATITUDE) == mercator_cell(-180, 90) == (0, 0)
    assert mercator_cell(180, -MERCATOR_LATITUDE) == mercator_cell(180, -90) == (last, last)
    assert mercator_cell(0, 0) == (last // 2 + 1, last // 2 + 1)


def test_a_degree_of_latitude_is_111_kilometres() -> None:
    assert distance(122, 37, 122, 38) == pytest.approx(111_195, abs=1)


def test_half_around_the_world_is_half_its_circumference() -> None:
    assert distance(0, 90, 0, -90) == pytest.approx(math.pi * 6371008.8)


@given(points, points, points)
def test_distances_are_symmetric_and_a_detour_is_never_shorter(
    one: tuple[float, float], other: tuple[float, float], via: tuple[float, float]
) -> None:
    straight = distance(*one, *other)
    assert straight == pytest.approx(distance(*other, *one))
    assert straight <= distance(*one, *via) + distance(*via, *other) + 0.01
