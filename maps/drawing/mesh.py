"""Turns seed points into polygons that share every vertex: cells without gaps or overlaps, with slightly crooked edges.

Works on a plane in km; knows nothing of codes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Final

import numpy as np
import shapely
from shapely.geometry import MultiPoint, MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from maps.drawing.partition import Points

Place = tuple[float, float]
Segment = tuple[Place, Place]

_EVERY_KM: Final = 0.7
_MOST_BENDS: Final = 2


def cells(points: Points, outline: BaseGeometry) -> list[Polygon]:
    """One cell per point: its Voronoi cell inside the outline; a piece that the coast cuts off goes to a neighbour."""
    seeds = MultiPoint(points)
    edges = shapely.voronoi_polygons(seeds, extend_to=outline, only_edges=True)
    lines = shapely.node(shapely.union_all([edges, outline.boundary]))
    faces = [face for face in shapely.polygonize([lines]).geoms if isinstance(face, Polygon)]
    faces = [face for face in faces if outline.contains(face.representative_point())]
    middles = [face.representative_point() for face in faces]
    owners = [int(index) for index in shapely.STRtree(list(seeds.geoms)).nearest(middles)]
    return [_single(group) for group in _gathered(faces, owners, points)]


def relaxed(points: Points, outline: BaseGeometry, rounds: int) -> Points:
    """Move each point to the middle of its cell: rounder cells."""
    for _ in range(rounds):
        moved = [
            cell.centroid if cell.contains(cell.centroid) else cell.representative_point()
            for cell in cells(points, outline)
        ]
        points = shapely.get_coordinates(moved)
    return points


def crooked(polygons: Sequence[Polygon], random: np.random.Generator, sway: float) -> list[Polygon]:
    """Bend each edge that two polygons share, the same way for both; the outer edge stays. Still without gaps."""
    uses = Counter(_undirected(edge) for polygon in polygons for edge in _edges(polygon))
    bends = {edge: _bent(edge, random, sway) for edge in sorted(uses) if uses[edge] > 1}
    while True:
        drawn = [_redrawn(polygon, bends) for polygon in polygons]
        faulty = {index for index, polygon in enumerate(drawn) if not polygon.is_valid} | _overlapping(drawn)
        stiff = {_undirected(edge) for index in faulty for edge in _edges(polygons[index])} & bends.keys()
        if not stiff:
            return drawn
        for edge in stiff:
            del bends[edge]


def neighbours(polygons: Sequence[BaseGeometry]) -> list[dict[int, float]]:
    """For each polygon those that share an edge with it, with the length shared."""
    tree = shapely.STRtree(polygons)
    result: list[dict[int, float]] = [{} for _ in polygons]
    for one, other in zip(*tree.query(polygons, predicate="intersects"), strict=True):
        if one < other:
            length = float(shapely.length(shapely.intersection(polygons[one].boundary, polygons[other].boundary)))
            if length > 0:
                result[one][int(other)] = result[other][int(one)] = length
    return result


def components(members: Iterable[int], near: Sequence[Mapping[int, float]]) -> list[set[int]]:
    """The connected parts of a set of polygons, the largest first."""
    left = set(members)
    parts: list[set[int]] = []
    while left:
        part: set[int] = set()
        border = {min(left)}
        while border:
            part |= border
            border = {other for index in border for other in near[index] if other in left} - part
        left -= part
        parts.append(part)
    return sorted(parts, key=lambda part: (-len(part), min(part)))


def _gathered(faces: Sequence[Polygon], owners: list[int], points: Points) -> list[list[Polygon]]:
    near = neighbours(faces)
    held: dict[int, int] = {}
    for index, (face, owner) in enumerate(zip(faces, owners, strict=True)):
        best = held.get(owner)
        if best is None or face.area > faces[best].area:
            held[owner] = index
    for index, owner in enumerate(owners):
        if held[owner] != index:
            settled = {other: length for other, length in near[index].items() if held[owners[other]] == other}
            owners[index] = owners[max(settled, key=lambda other: settled[other])]
    groups: list[list[Polygon]] = [[] for _ in points]
    for face, owner in zip(faces, owners, strict=True):
        groups[owner].append(face)
    return groups


def _single(faces: Sequence[Polygon]) -> Polygon:
    whole = shapely.coverage_union_all(faces)
    if isinstance(whole, MultiPolygon):
        if len(whole.geoms) != 1:
            raise ValueError("a cell fell apart")
        return whole.geoms[0]
    if not isinstance(whole, Polygon):
        raise ValueError("a cell has no area")
    return whole


def _overlapping(polygons: Sequence[Polygon]) -> set[int]:
    """Those whose inside another one enters."""
    return {int(index) for index in shapely.STRtree(polygons).query(polygons, predicate="overlaps")[0]}


def _edges(polygon: Polygon) -> Iterable[Segment]:
    ring = [(float(x), float(y)) for x, y in polygon.exterior.coords]
    return pairwise(ring)


def _undirected(edge: Segment) -> Segment:
    return (edge[0], edge[1]) if edge[0] <= edge[1] else (edge[1], edge[0])


def _bent(edge: Segment, random: np.random.Generator, sway: float) -> list[Place]:
    """The places between an edge's ends, thrown a little to its sides; long edges get more of them."""
    (x1, y1), (x2, y2) = edge
    length = float(np.hypot(x2 - x1, y2 - y1))
    bends = min(_MOST_BENDS, int(length / _EVERY_KM + 0.7))
    along = (np.arange(bends) + 1 + random.uniform(-0.2, 0.2, bends)) / (bends + 1)
    aside = sway * random.normal(0, 1, bends).clip(-1.6, 1.6) * np.minimum(1, 2.5 * along * (1 - along) + 0.35)
    aside = aside / (bends + 1)
    return [
        (x1 + t * (x2 - x1) - s * (y2 - y1), y1 + t * (y2 - y1) + s * (x2 - x1))
        for t, s in zip(along.tolist(), aside.tolist(), strict=True)
    ]


def _redrawn(polygon: Polygon, bends: Mapping[Segment, Sequence[Place]]) -> Polygon:
    ring: list[Place] = []
    for edge in _edges(polygon):
        between = bends.get(_undirected(edge), ())
        ring.append(edge[0])
        ring += between if edge == _undirected(edge) else between[::-1]
    return Polygon(ring)
