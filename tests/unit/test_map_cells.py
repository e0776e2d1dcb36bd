"""How coarsely the map gathers cases."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridclient.domain.errors import InvalidInput
from gridclient.domain.geometry import MERCATOR_BITS, mercator_cell
from gridclient.services.map_cells import cell_level
from gridclient.services.map_port import MAX_CELLS, Bounds

longitudes = st.floats(-180, 180)
latitudes = st.floats(-85, 85)


@st.composite
def boxes(draw: st.DrawFn) -> Bounds:
    west, east = sorted((draw(longitudes), draw(longitudes)))
    south, north = sorted((draw(latitudes), draw(latitudes)))
    return Bounds(west, south, east, north)


@given(boxes(), st.integers(0, 22))
def test_a_viewport_never_holds_more_cells_than_allowed(box: Bounds, zoom: int) -> None:
    level = cell_level(box, zoom)
    down = MERCATOR_BITS - level
    left, top = mercator_cell(box.west, box.north)
    right, bottom = mercator_cell(box.east, box.south)
    assert ((right >> down) - (left >> down) + 1) * ((bottom >> down) - (top >> down) + 1) <= MAX_CELLS
    assert level <= zoom + 2


def test_a_desk_viewport_gets_cells_of_64_pixels() -> None:
    degrees_a_pixel = 360 / (256 << 13)
    box = Bounds(122.0, 37.4, 122.0 + 790 * degrees_a_pixel, 37.4 + 330 * degrees_a_pixel * 0.8)
    assert cell_level(box, 13) == 15


@pytest.mark.parametrize("edges", [(10, 0, 5, 1), (0, 5, 1, 4), (-181, 0, 0, 1), (0, 0, float("nan"), 1)])
def test_a_box_that_is_none_is_refused(edges: tuple[float, float, float, float]) -> None:
    with pytest.raises(InvalidInput) as refusal:
        Bounds(*edges)
    assert refusal.value.code == "map.bounds"
