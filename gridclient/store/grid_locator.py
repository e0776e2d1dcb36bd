"""Finds the area at a point, or at all points of a file at once, with a spatial index (R-tree) over the boundaries.

Areas are given and answered by their index in the sequence passed in.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, TypeAlias

import numpy as np
import shapely
from numpy.typing import NDArray

Numbers: TypeAlias = NDArray[np.float64]
Indexes: TypeAlias = NDArray[np.intp]
Days: TypeAlias = NDArray[np.int64]

NOWHERE: Final = -1


class AreaLocator:
    """The boundaries of one tier, each with its days of validity. Safe to use from several threads.

    Where two areas share a point (an edge), the one given first always has it.
    """

    def __init__(self, geometries: Sequence[bytes], valid_from: Sequence[int], valid_to: Sequence[int]) -> None:
        """
        Args:
            geometries: WKB in degrees, longitude first.
            valid_from, valid_to: first day and first day after, as proleptic ordinals.
        """
        self._areas = shapely.from_wkb(np.array(geometries, dtype=object))
        shapely.prepare(self._areas)
        self._tree = shapely.STRtree(self._areas)
        self._bounds = shapely.total_bounds(self._areas) if len(self._areas) else (np.nan,) * 4
        self._from: Days = np.asarray(valid_from, dtype=np.int64)
        self._to: Days = np.asarray(valid_to, dtype=np.int64)

    def at(self, lons: Numbers, lats: Numbers, days: Days) -> Indexes:
        """The index of the area at each point on its day; ``NOWHERE`` if there is none, or for NaN."""
        found = np.full(len(lons), NOWHERE, dtype=np.intp)
        west, south, east, north = self._bounds  # most points of another town lie outside
        inside = np.flatnonzero((lons >= west) & (lons <= east) & (lats >= south) & (lats <= north))
        if not len(inside):
            return found
        points, areas = self._tree.query(shapely.points(lons[inside], lats[inside]))
        points = inside[points]
        valid = (self._from[areas] <= days[points]) & (days[points] < self._to[areas])
        points, areas = points[valid], areas[valid]
        hit = shapely.intersects_xy(self._areas[areas], lons[points], lats[points])
        points, areas = points[hit], areas[hit]
        first = np.argsort(areas, kind="stable")[::-1]  # written last, so the smallest index wins
        found[points[first]] = areas[first]
        return found
