"""The size of the cells in which the map gathers cases: about 64 pixels, larger if there would be too many."""

from __future__ import annotations

from gridclient.domain.geometry import MERCATOR_BITS, mercator_cell
from gridclient.services.map_port import MAX_CELLS, Bounds

_CELLS_A_TILE = 2  # a tile of 256 pixels has 4 × 4 cells of 64


def cell_level(bounds: Bounds, zoom: int) -> int:
    """The level whose cells are 64 pixels wide at ``zoom``, coarser where that would be more than MAX_CELLS.

    Level n divides the world into 2^n by 2^n cells.
    """
    level = max(0, min(MERCATOR_BITS, zoom + _CELLS_A_TILE))
    while level and _count(bounds, level) > MAX_CELLS:
        level -= 1
    return level


def _count(bounds: Bounds, level: int) -> int:
    left, top = mercator_cell(bounds.west, bounds.north)
    right, bottom = mercator_cell(bounds.east, bounds.south)
    down = MERCATOR_BITS - level
    return ((right >> down) - (left >> down) + 1) * ((bottom >> down) - (top >> down) + 1)
