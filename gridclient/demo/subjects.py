"""What a case of the demo is about and where: a matter, a basic grid with such places, a spot and a point in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence, Set
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
    """What a case has in common with those that repeat it."""

    matter: Matter
    standard: DemoStandard
    scene: Scene
    spot: Spot
    lon: float
    lat: float
    assignees: Assignees


class Subjects:
    """Makes subjects. Some matters are more frequent than others, and some grids have far more cases than others."""

    def __init__(self, county: DemoCounty, phrases: Phrases, *, months: Set[int]) -> None:
        self._phrases = phrases
        self._standards = {standard.code: standard for standard in county.standards}
        self._directory = Directory(county.grids, county.units)
        matters = [matter for matter in read_matters() if matter.is_in_season(months)]
        self._matters = _Weighted(matters, lambda matter: matter.weight)
        everywhere = scenes(county.grids, phrases)
        kinds = sorted({kind for scene in everywhere for kind in scene.kinds})
        self._scenes = {kind: _Weighted([s for s in everywhere if kind in s.kinds], _busyness) for kind in kinds}
        for scene in everywhere:
            shapely.prepare(scene.grid.geometry)

    def make(self, random: Random) -> Subject:
        """A subject that some unit serves; others (a farming matter in the city) are dropped and drawn again."""
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
    """Draws items at random, each as often as its weight says."""

    def __init__(self, items: Sequence[Item], weight: Callable[[Item], float]) -> None:
        self._items = items
        self._sums = list(accumulate(map(weight, items)))

    def one(self, random: Random) -> Item:
        return random.choices(self._items, cum_weights=self._sums)[0]


def _busyness(scene: Scene) -> float:
    """How many cases the grid has, relative to others. It depends on the grid only, not on the seed."""
    return Random(scene.grid.code).lognormvariate(0, _UNEVENNESS) * (_LESS_IN_VILLAGES if scene.is_village else 1.0)


def _point_in(grid: DemoGrid, random: Random) -> tuple[float, float]:
    west, south, east, north = grid.geometry.bounds
    while True:
        lon, lat = round(random.uniform(west, east), 6), round(random.uniform(south, north), 6)
        if shapely.contains_xy(grid.geometry, lon, lat):
            return lon, lat
