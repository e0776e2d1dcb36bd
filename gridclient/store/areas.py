"""The tree of areas that counts are summed up in: all areas above a grid, also of a grid that is no longer in force.

A case keeps the grid of its date. If that grid is not in force today, its first 12 digits name the community.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gridclient.domain.codes import Tier, community_of, county_of, township_of
from gridclient.domain.frozen import frozen
from gridclient.services.rows import UNPLACED, GridRow, UnitRow

_WITHIN: Final = 3
"""From so many letters on, initials are looked for within names."""


@frozen
class Nesting:
    """For every area above every grid a pair of indexes: ``grids[below[i]]`` lies in ``areas[above[i]]``."""

    grids: tuple[str, ...]
    areas: tuple[str, ...]
    above: NDArray[np.intp]
    below: NDArray[np.intp]


class Areas:
    """The grids and units of one moment. Safe to use from several threads."""

    def __init__(self, grids: Mapping[str, GridRow], units: Mapping[str, UnitRow]) -> None:
        self._rows = grids
        self._listed = {code for code, row in grids.items() if row.tier != Tier.COUNTY}
        self._units = units
        self._holder = {c: row.code for row in self._rows.values() if row.tier == "community" for c in row.communities}
        self._above: dict[str, frozenset[str]] = {}
        self._nesting: Nesting | None = None

    def above(self, code: str) -> frozenset[str]:
        """The codes of the area and of everything it lies in: grids of all tiers, township, county and ``""`` (the
        whole store). ``UNPLACED`` is added if none of them is in force below the county (未落格)."""
        known = self._above.get(code)
        if known is None:
            found = frozenset(self._climb(code))
            known = self._above[code] = found | {UNPLACED} if self._listed.isdisjoint(found) else found
        return known

    def nesting(self, grids: tuple[str, ...]) -> Nesting:
        """All areas above ``grids``, and all areas in force. The last result is kept for the same ``grids``."""
        kept = self._nesting
        if kept is None or kept.grids != grids:
            places = {code: place for place, code in enumerate(("", *self._rows))}
            pairs = [
                (places.setdefault(area, len(places)), below)
                for below, grid in enumerate(grids)
                for area in self.above(grid)
            ]
            above, below = np.array(pairs, dtype=np.intp).reshape(-1, 2).T
            kept = self._nesting = Nesting(grids, tuple(places), above, below)
        return kept

    def grid_name(self, code: str) -> str:
        """The name of an area in force; "" for other codes."""
        row = self._rows.get(code)
        return row.name if row is not None else ""

    def unit_name(self, code: str) -> str:
        """The name of a unit; "" for an unknown code."""
        row = self._units.get(code)
        return row.name if row is not None else ""

    def named(self, letters: str) -> tuple[frozenset[str], frozenset[str]]:
        """The codes of the units, and of the areas in force, whose pinyin initials contain these letters. Two letters
        must stand at the beginning of a name or alias, because too many names contain them."""
        begin = len(letters) < _WITHIN

        def fits(row: UnitRow | GridRow) -> bool:
            return f" {letters}" in f" {row.initials}" if begin else letters in row.initials

        units = frozenset(code for code, unit in self._units.items() if fits(unit))
        return units, frozenset(code for code, area in self._rows.items() if fits(area))

    def unit_order(self, code: str) -> tuple[str, str]:
        """What units are ordered by: pinyin initials, then code."""
        row = self._units.get(code)
        return (row.initials if row is not None else "", code)

    def _climb(self, code: str) -> Iterable[str]:
        yield ""
        if not code:
            return
        yield code
        step = self._start(code)
        seen: set[str] = set()
        while step and step not in seen:
            seen.add(step)
            yield step
            row = self._rows.get(step)
            step = row.parent if row is not None else ""
        if code.isdigit() and (township := township_of(code)):
            yield township
            yield county_of(township)

    def _start(self, code: str) -> str:
        """The lowest area in force that holds ``code``, "" if there is none."""
        if code in self._rows:
            return code
        community = community_of(code)
        return community if community in self._rows else self._holder.get(community, "")
