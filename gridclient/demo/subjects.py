"""What a demo case is about and where: a matter, a basic grid that knows such places, a spot and a point in it."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Sequence, Set
from itertools import accumulate
from random import Random
from typing import Final, Generic, TypeVar

import shapely

from gridclient.demo.county import DemoCounty
from gridclient.demo.dispatching import Assignees, Directory
from gridclient.demo.matters import Matter, read_matters
from gridclient.demo.scenery import Phrases, Scene, Spot, scenes, spot
from gridclient.demo.shapes import DemoGrid
from gridclient.demo.standards import DemoStandard
from gridclient.domain.frozen import frozen

Item = TypeVar("Item")

_UNEVENNESS: Final = 0.95
_LESS_IN_VILLAGES: Final = 0.45


@frozen
class Subject:
    """Shared by a case and those that repeat it."""

    matter: Matter
    standard: DemoStandard
    scene: Scene
    spot: Spot
    lon: float
    lat: float
    assignees: Assignees


class Subjects:
    """Makes subjects: some matters are met more often than others, some grids have far more cases than others."""

    def __init__(self, county: DemoCounty, phrases: Phrases, *, months: Set[int]) -> None:
        self._phrases = phrases
        self._standards = {standard.code: standard for standard in county.standards}
        self._directory = Directory(county.grids, county.units)
        matters = [matter for matter in read_matters() if matter.is_in_season(months)]
        self._matters = _Weighted(matters, [matter.weight for matter in matters])
        everywhere = scenes(county.grids, phrases)
        kinds = sorted({kind for scene in everywhere for kind in scene.kinds})
        self._scenes = {kind: _weighted_scenes([s for s in everywhere if kind in s.kinds]) for kind in kinds}
        for scene in everywhere:
            shapely.prepare(scene.grid.geometry)

    def make(self, random: Random) -> Subject:
        """One subject; asks again when nobody serves the place for such a matter (a farming matter in the city)."""
        while True:
            matter = self._matters.one(random)
            kind = random.choice(matter.kinds)
            scene = self._scenes[kind].one(random)
            standard = self._standards[matter.standard]
            assignees = self._directory.assignees(standard, scene.grid.code)
            if assignees is not None:
                place = spot(scene, kind, self._phrases, random)
                lon, lat = _point_in(scene.grid, random)
                return Subject(matter, standard, scene, place, lon, lat, assignees)


class _Weighted(Generic[Item]):
    def __init__(self, items: Sequence[Item], weights: Sequence[float]) -> None:
        self._items = items
        self._sums = list(accumulate(weights))

    def one(self, random: Random) -> Item:
        return self._items[bisect(self._sums, random.random() * self._sums[-1])]


def _weighted_scenes(found: Sequence[Scene]) -> _Weighted[Scene]:
    return _Weighted(found, [_busyness(scene) for scene in found])


def _busyness(scene: Scene) -> float:
    """How many cases the grid has beside others; a property of the grid, the same for every seed."""
    return Random(scene.grid.code).lognormvariate(0, _UNEVENNESS) * (_LESS_IN_VILLAGES if scene.is_village else 1.0)


def _point_in(grid: DemoGrid, random: Random) -> tuple[float, float]:
    west, south, east, north = grid.geometry.bounds
    while True:
        lon, lat = round(random.uniform(west, east), 6), round(random.uniform(south, north), 6)
        if shapely.contains_xy(grid.geometry, lon, lat):
            return lon, lat
