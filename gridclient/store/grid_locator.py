"""Which areas lie at a point: a tree of boxes over all boundaries, for one point or a whole file of them at once.

Works on numbers: areas are given and answered by their position in the sequence they came in.
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
    """Boundaries of one tier, each with the days of its validity. Safe to use from several threads.

    Where two areas share a point (an edge), the one that was given first has it, everywhere and always.
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
        """The area at each point on its day, ``NOWHERE`` where there is none; NaN is nowhere."""
        found = np.full(len(lons), NOWHERE, dtype=np.intp)
        west, south, east, north = self._bounds  # a file from another town costs nothing
        inside = np.flatnonzero((lons >= west) & (lons <= east) & (lats >= south) & (lats <= north))
        if not len(inside):
            return found
        points, areas = self._tree.query(shapely.points(lons[inside], lats[inside]))
        points = inside[points]
        valid = (self._from[areas] <= days[points]) & (days[points] < self._to[areas])
        points, areas = points[valid], areas[valid]
        hit = shapely.intersects_xy(self._areas[areas], lons[points], lats[points])
        points, areas = points[hit], areas[hit]
        first = np.argsort(areas, kind="stable")[::-1]  # the smallest index is written last and stays
        found[points[first]] = areas[first]
        return found
