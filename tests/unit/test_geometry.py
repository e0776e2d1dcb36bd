"""Morton keys, distances, boxes and points in polygons."""

from __future__ import annotations

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from gridclient.domain.errors import InvalidInput
from gridclient.domain.geometry import (
    MERCATOR_LATITUDE,
    MORTON_BITS,
    BoundingBox,
    Ring,
    box_of,
    distance,
    in_polygon,
    mercator_cell,
    morton_cell,
    morton_key,
    tile_at,
    tile_box,
    tile_range,
)

lons = st.floats(-180, 180)
lats = st.floats(-85, 85)
points = st.tuples(lons, lats)
zooms = st.integers(0, MORTON_BITS)
SQUARE: Ring = [(0, 0), (10, 0), (10, 10), (0, 10)]
HOLE: Ring = [(4, 4), (6, 4), (6, 6), (4, 6)]


@given(lons, lats)
def test_a_morton_key_holds_column_and_row(lon: float, lat: float) -> None:
    assert morton_cell(morton_key(lon, lat)) == mercator_cell(lon, lat)


@given(lons, lats, zooms)
def test_a_point_is_in_the_key_range_and_in_the_box_of_its_tile(lon: float, lat: float, z: int) -> None:
    x, y = tile_at(lon, lat, z)
    first, after = tile_range(z, x, y)
    assert first <= morton_key(lon, lat) < after
    box = tile_box(z, x, y)
    near = 1e-9
    assert box.west - near <= lon <= box.east + near
    assert box.south - near <= lat <= box.north + near


@given(lons, lats, st.integers(0, MORTON_BITS - 1))
def test_the_four_tiles_below_share_the_range_of_a_tile(lon: float, lat: float, z: int) -> None:
    x, y = tile_at(lon, lat, z)
    below = sorted(tile_range(z + 1, 2 * x + i, 2 * y + j) for i in (0, 1) for j in (0, 1))
    assert [below[0][0], *(after for _, after in below)] == [*(first for first, _ in below), below[-1][1]]
    assert (below[0][0], below[-1][1]) == tile_range(z, x, y)


@given(points, points, zooms)
def test_points_in_different_tiles_have_keys_in_different_ranges(
    one: tuple[float, float], other: tuple[float, float], z: int
) -> None:
    assume(tile_at(*one, z) != tile_at(*other, z))
    first, after = tile_range(z, *tile_at(*one, z))
    assert not first <= morton_key(*other) < after


def test_weihai_is_in_the_tile_that_slippy_maps_give_it() -> None:
    assert tile_at(122.1204, 37.5131, 10) == (859, 396)


@pytest.mark.parametrize(("lon", "lat"), [(180, 90), (-180, -90), (180, MERCATOR_LATITUDE), (0, 89.9)])
def test_the_edges_of_the_world_have_keys_too(lon: float, lat: float) -> None:
    assert 0 <= morton_key(lon, lat) < 1 << 2 * MORTON_BITS


@pytest.mark.parametrize(("z", "x", "y"), [(-1, 0, 0), (29, 0, 0), (3, 8, 0), (3, 0, -1)])
def test_a_tile_that_does_not_exist_is_refused(z: int, x: int, y: int) -> None:
    with pytest.raises(InvalidInput, match=r"tile\.out_of_range"):
        tile_range(z, x, y)


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


@pytest.mark.parametrize(
    ("lon", "lat", "inside"),
    [(5, 3, True), (5, 5, False), (11, 5, False), (0, 0, True), (10, 10, False), (-1, 0, False), (4, 5, False)],
)
def test_a_point_is_in_the_polygon_but_not_in_its_hole(lon: float, lat: float, inside: bool) -> None:
    assert in_polygon(lon, lat, [SQUARE, HOLE]) is inside


@given(st.floats(0, 20, exclude_max=True), st.floats(0, 10, exclude_max=True))
def test_two_polygons_that_share_an_edge_share_no_point_and_leave_none_out(lon: float, lat: float) -> None:
    beside = [(x + 10, y) for x, y in SQUARE]
    assert in_polygon(lon, lat, [SQUARE]) + in_polygon(lon, lat, [beside]) == 1


@given(points)
def test_neighbours_on_a_slanted_edge_share_no_point_whatever_the_rounding(point: tuple[float, float]) -> None:
    lon, lat = point[0] / 10, point[1] / 10
    west, east = [(0.0, 0.0), (7.0, 9.0), (0.0, 9.0)], [(0.0, 0.0), (7.0, 0.0), (7.0, 9.0)]
    in_box = 0 <= lon < 7 and 0 <= lat < 9
    assert in_polygon(lon, lat, [west]) + in_polygon(lon, lat, [east]) == in_box


@given(points)
def test_a_closed_ring_and_either_direction_are_the_same_polygon(point: tuple[float, float]) -> None:
    lon, lat = point[0] / 10, point[1] / 10
    triangle = [(0.0, 0.0), (9.0, 1.0), (4.0, 7.0)]
    expected = in_polygon(lon, lat, [triangle])
    assert in_polygon(lon, lat, [[*triangle, triangle[0]]]) is expected
    assert in_polygon(lon, lat, [triangle[::-1]]) is expected


def test_nothing_is_in_an_empty_polygon() -> None:
    assert not in_polygon(0, 0, [])
    assert not in_polygon(0, 0, [[]])


@given(st.lists(points, min_size=1), points)
def test_a_box_of_points_contains_them_and_grows_with_each(
    corners: list[tuple[float, float]], more: tuple[float, float]
) -> None:
    box = box_of(corners)
    assert all(box.contains(*corner) for corner in corners)
    assert box.union(box_of([more])) == box_of([*corners, more])
    assert box.contains(*more) == box.intersects(box_of([more]))


def test_a_box_of_nothing_is_refused() -> None:
    with pytest.raises(InvalidInput, match=r"shape\.empty"):
        box_of([])


def test_boxes_beside_each_other_do_not_meet() -> None:
    box = BoundingBox(0, 0, 1, 1)
    assert not box.intersects(BoundingBox(1.1, 0, 2, 1))
    assert not box.intersects(BoundingBox(0, 1.1, 1, 2))
    assert box.intersects(BoundingBox(1, 1, 2, 2))


def test_a_padded_box_grows_on_every_side_but_not_beyond_the_world() -> None:
    assert BoundingBox(0, 0, 4, 2).padded(0.25) == BoundingBox(-1, -0.5, 5, 2.5)
    assert BoundingBox(-180, -90, 180, 90).padded(0.25) == BoundingBox(-180, -90, 180, 90)
