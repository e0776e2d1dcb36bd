"""The areas of the demo county, which ship in ``maps/demo``; ``maps/drawing`` drew them."""

from __future__ import annotations

import json

from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from gridclient.demo.places import GRIDS
from gridclient.domain.frozen import frozen


@frozen
class DemoGrid:
    """An area. ``tier``: township, zone, community or basic. ``kind``: basic or special for a basic grid, else ""."""

    code: str
    name: str
    tier: str
    kind: str
    parent: str
    geometry: BaseGeometry
    takes_in: tuple[tuple[str, str], ...] = ()
    worker: str = ""
    phone: str = ""


def read_geojson() -> tuple[DemoGrid, ...]:
    """The shipped areas: townships first, basic grids last, each tier in the order of codes. Degrees in WGS-84."""
    features = json.loads(GRIDS.read_text(encoding="utf-8"))["features"]
    return tuple(_grid(feature) for feature in features)


def _grid(feature: dict[str, dict[str, object]]) -> DemoGrid:
    facts = feature["properties"]
    second = facts.get("takes_in", [])
    return DemoGrid(
        code=str(facts["code"]), name=str(facts["name"]), tier=str(facts["tier"]), kind=str(facts.get("kind", "")),
        parent=str(facts["parent"]), geometry=shape(feature["geometry"]),
        takes_in=tuple((item["code"], item["name"]) for item in second) if isinstance(second, list) else (),
        worker=str(facts.get("worker", "")), phone=str(facts.get("phone", "")),
    )  # fmt: skip
