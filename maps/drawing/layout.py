"""Plans the demo county: where its townships lie, how many grids each community has, a seed point for each basic grid.

Source: the published figures of 环翠区, 55 zones, 204 community grids, 707 basic grids. Where things lie is made up.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from gridclient.demo.places import KM_EAST, KM_NORTH, TOWN_CENTRES
from maps.drawing.divisions import MERGED, Community, Township, grid_communities
from maps.drawing.partition import Points, balance, divide

ORIGIN: Final = (122.12, 37.40)
_SAMPLES_PER_BASIC: Final = 70


@dataclass(frozen=True, slots=True)
class TownPlan:
    """A township's share of the county's area, its number of zones, and how much denser its centre is."""

    area: float
    zones: int
    contrast: float


TOWNS: Final[Mapping[str, TownPlan]] = {
    "371002001": TownPlan(13, 5, 1.6),
    "371002002": TownPlan(13, 5, 1.6),
    "371002003": TownPlan(30, 8, 2.0),
    "371002011": TownPlan(17, 3, 1.6),
    "371002012": TownPlan(62, 4, 5.0),
    "371002100": TownPlan(105, 6, 7.0),
    "371002101": TownPlan(235, 7, 10.0),
    "371002102": TownPlan(225, 7, 10.0),
    "371002109": TownPlan(280, 10, 6.0),
}


@dataclass(frozen=True, slots=True)
class CountyPlan:
    """How many grids to draw, and how many of the basic ones are 专属 (a campus, a market, an estate, a hospital)."""

    basics: int = 707
    specials: int = 46
    seed: int = 371002


@dataclass(frozen=True, slots=True)
class Layout:
    """Seed points in km and, for each, the indexes of its community, zone (within the county) and township."""

    points: Points
    community: NDArray[np.intp]
    communities: tuple[Community, ...]
    zone_of: tuple[int, ...]
    zone_township: tuple[str, ...]


def to_km(geometry: BaseGeometry) -> BaseGeometry:
    """Degrees to km on a plane around the county's middle; good to the metre over 60 km for drawing."""
    scale = np.array([KM_EAST, KM_NORTH])
    return shapely.transform(geometry, lambda points: (points - np.array(ORIGIN)) * scale)


def basics_per_community(communities: Sequence[Community], total: int, random: np.random.Generator) -> list[int]:
    """Share out the basic grids: an urban community has about three times those of a village; each has one at least."""
    weights = np.array([_weight(item) for item in communities]) * random.uniform(0.6, 1.4, len(communities))
    exact = 1 + (total - len(communities)) * weights / weights.sum()
    counts = np.floor(exact).astype(int)
    for index in np.argsort(counts - exact, kind="stable")[: total - int(counts.sum())]:
        counts[index] += 1
    return [int(count) for count in counts]


def lay_out(outline_km: BaseGeometry, townships: Sequence[Township], plan: CountyPlan, *, attempt: int) -> Layout:
    """Place the seed points of all basic grids, township by township, zone by zone, community by community."""
    random = np.random.default_rng([plan.seed, attempt])
    townships_of_grids = [grid_communities(item) for item in townships]
    communities = tuple(item for group in townships_of_grids for item in group)
    counts = basics_per_community(communities, plan.basics, random)
    areas = _TownAreas(outline_km, townships, random)
    points: list[Points] = []
    labels: list[int] = []
    zone_of: list[int] = []
    zone_township: list[str] = []
    first = 0
    for index, township in enumerate(townships):
        group = townships_of_grids[index]
        town = TOWNS[township.code]
        own_counts = counts[first : first + len(group)]
        samples = areas.samples(index, sum(own_counts) * _SAMPLES_PER_BASIC, random)
        for zone in _split(samples, _even_runs(len(group), town.zones), own_counts, TOWN_CENTRES[township.code]):
            for offset, seeds in zone:
                points.append(seeds)
                labels += [first + offset] * len(seeds)
                zone_of.append(len(zone_township))
            zone_township.append(township.code)
        first += len(group)
    return Layout(
        np.concatenate(points), np.array(labels, dtype=np.intp), communities, tuple(zone_of), tuple(zone_township)
    )


def _weight(community: Community) -> float:
    if not community.is_village:
        return 3.4
    return 1.4 if community.code in MERGED else 0.5


def _split(
    samples: Points, zones: Sequence[range], counts: Sequence[int], town: tuple[float, float]
) -> list[list[tuple[int, Points]]]:
    """Cut a township's samples into zones, each into communities, each into basic grids: the middles of the last."""
    centre = _plane(town)

    def far_from_town(points: Points) -> NDArray[np.float64]:
        return np.asarray(np.hypot(*(points - centre).T), dtype=np.float64)

    in_zone = divide(samples, [sum(counts[i] for i in zone) for zone in zones], rank=far_from_town)
    result: list[list[tuple[int, Points]]] = []
    for number, zone in enumerate(zones):
        of_zone = samples[in_zone == number]
        in_community = divide(of_zone, [counts[i] for i in zone], rank=far_from_town)
        result.append([(i, _middles(of_zone[in_community == k], counts[i])) for k, i in enumerate(zone)])
    return result


def _middles(samples: Points, count: int) -> Points:
    labels = divide(samples, [1.0] * count, rank=lambda points: points[:, 0] - points[:, 1], rounds=12)
    return np.stack([samples[labels == index].mean(axis=0) for index in range(count)])


def _even_runs(items: int, parts: int) -> list[range]:
    cuts = [round(items * part / parts) for part in range(parts + 1)]
    return [range(low, high) for low, high in pairwise(cuts)]


def _plane(place: tuple[float, float]) -> Points:
    return np.array([(place[0] - ORIGIN[0]) * KM_EAST, (place[1] - ORIGIN[1]) * KM_NORTH])


class _TownAreas:
    """Which part of the county is which township's, and random places in it, denser around its town."""

    def __init__(self, outline: BaseGeometry, townships: Sequence[Township], random: np.random.Generator) -> None:
        self._outline = outline
        self._towns = [TOWNS[item.code] for item in townships]
        self._centres = np.stack([_plane(TOWN_CENTRES[item.code]) for item in townships])
        self._cloud = self._anywhere(24_000, outline.bounds, random)
        wanted = np.array([town.area for town in self._towns], dtype=np.float64)
        self._weights = np.zeros(len(wanted))
        for _ in range(20):
            labels, self._weights = balance(self._cloud, self._centres, wanted / wanted.sum(), self._weights)
        self._labels = labels

    def samples(self, town: int, count: int, random: np.random.Generator) -> Points:
        """``count`` places in the township."""
        own = self._cloud[self._labels == town]
        bounds = (*(own.min(axis=0) - 0.5), *(own.max(axis=0) + 0.5))
        found = np.empty((0, 2))
        while len(found) < count:
            places = self._anywhere(count * 2, bounds, random)
            squares = ((places[:, None, :] - self._centres[None, :, :]) ** 2).sum(axis=2)
            places = places[np.argmin(squares - self._weights, axis=1) == town]
            keep = random.random(len(places)) < self._density(town, places, len(own))
            found = np.concatenate([found, places[keep]])
        return found[:count]

    def _density(self, town: int, places: Points, cloud_size: int) -> NDArray[np.float64]:
        area = float(self._outline.area) * cloud_size / len(self._cloud)
        reach = 0.28 * math.sqrt(area)
        far = np.hypot(*(places - self._centres[town]).T)
        floor = 1 / self._towns[town].contrast
        return np.asarray(floor + (1 - floor) * np.exp(-((far / reach) ** 2)), dtype=np.float64)

    def _anywhere(self, count: int, bounds: tuple[float, ...], random: np.random.Generator) -> Points:
        places = random.uniform(bounds[:2], bounds[2:], (count, 2))
        return places[shapely.contains_xy(self._outline, places[:, 0], places[:, 1])]
