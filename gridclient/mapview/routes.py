"""What the page may ask for, and the bytes that answer it. No Qt: called on pool threads, several at a time.

page/…                      the page and its scripts
maps/…                      the base map that comes with the program
data/outlines               all boundaries, see services.map_port
data/figures                {code: [open, overdue]}
data/cases?b=w,s,e,n&z=13   [[cases, lon, lat, overdue, id|null], …]
data/units?b=w,s,e,n        [[code, lon, lat, name, kind, status], …]
data/words                  the words on the page
data/base                   the base maps to choose from
data/place                  {place: [lon, lat, zoom]|null where the map looks first, home: code of its area, "": all}
data/preview                what an import would bring
tiles/<base map>/z/x/y      a tile
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from gridclient.domain.errors import GridClientError, InvalidInput, NotFound
from gridclient.mapview.assets import (
    in_one_piece,
    maps_root,
    page_root,
    read_asset,
    refuse_external_assets,
    with_answers,
)
from gridclient.services.map_port import BaseLayer, BaseMaps, Bounds, MapData
from gridclient.services.rows import CaseFilter
from gridclient.services.tile_formats import MVT, media_type, safe_text

logger = logging.getLogger(__name__)

JSON = "application/json"
GEOJSON = "application/geo+json"
_FIRST = ("words", "place", "outlines", "base", "figures")
EMPTY_COLLECTION = b'{"type":"FeatureCollection","features":[]}'

Reply = tuple[str, bytes]
"""Media type and body."""
Place = tuple[float, float, float]
"""Where the map looks: longitude, latitude, zoom."""


@dataclass
class Routes:
    """Answers the page's addresses from the ports. Set ``cases`` and ``preview`` to show another filter or import.

    Without ``data`` (the store is not open yet) only words and preview can be answered.
    """

    data: MapData | None = None
    base_maps: BaseMaps | None = None
    page: Path = field(default_factory=page_root)
    maps: Path = field(default_factory=maps_root)
    cases: CaseFilter = field(default_factory=lambda: CaseFilter(only_open=True))
    preview: bytes = EMPTY_COLLECTION
    place: Place | None = None
    words: Mapping[str, str] = field(default_factory=dict)
    scripts: Mapping[str, bytes] = field(default_factory=dict)

    def answer(self, path: str, query: str = "") -> Reply:
        """Answers one address. Raises NotFound for unknown ones, InvalidInput for malformed ones, and what ports
        raise."""
        room, _, rest = path.lstrip("/").partition("/")
        if room == "page":
            return self._page(rest)
        if room == "maps":
            return read_asset(self.maps, rest)
        if room == "tiles":
            return self._tile(rest)
        answers: dict[str, Callable[[], Reply]] = {
            "base": lambda: _json(self._base()),
            "words": lambda: _json(self.words),
            "preview": lambda: (GEOJSON, self.preview),
        }
        if self.data is not None:
            answers |= self._of_store(self.data, query)
        if room == "data" and rest in answers:
            return answers[rest]()
        raise NotFound("map.address", address=path)

    def _of_store(self, data: MapData, query: str) -> dict[str, Callable[[], Reply]]:
        return {
            "outlines": lambda: (JSON, data.outlines()),
            "figures": lambda: _json(data.figures()),
            "place": lambda: _json({"place": self.place, "home": data.home()}),
            "cases": lambda: _json(data.cells(_bounds(query), round(_number(_value(query, "z"))), self.cases)),
            "units": lambda: _json(data.units(_bounds(query))),
        }

    def _page(self, rest: str) -> Reply:
        media_type, body = read_asset(self.page, rest)
        if rest == "index.html":
            html = body.decode("utf-8")
            refuse_external_assets(html)
            body = with_answers(in_one_piece(html, self._part), self._first_answers()).encode()
        return media_type, body

    def _part(self, address: str) -> bytes:
        """A script or style sheet of the page; those of Qt come from ``scripts``."""
        return self.scripts.get(address) or read_asset(self.page, address.removeprefix("grid://app/page/"))[1]

    def _first_answers(self) -> dict[str, bytes]:
        """The answers to embed in the page, if the store is open; the page asks for the others."""
        if self.data is None:
            return {}
        found = {}
        for name in _FIRST:
            with suppress(GridClientError):
                found[f"/data/{name}"] = self.answer(f"data/{name}")[1]
        for address in _offline(self.maps)["parts"].values():
            with suppress(NotFound):
                found[address] = self.answer(address)[1]
        return found

    def _base(self) -> dict[str, Any]:
        layers = self.base_maps.base_layers() if self.base_maps else ()
        return {"offline": _offline(self.maps), "layers": [_layer(layer) for layer in layers]}

    def _tile(self, rest: str) -> Reply:
        layer_id, _, place = rest.partition("/")
        if self.base_maps is None or place.count("/") != 2:
            raise NotFound("map.address", address=rest)
        try:
            z, x, y = (int(part) for part in place.split("/"))
        except ValueError as error:
            raise InvalidInput("map.address", address=rest) from error
        body = self.base_maps.tile(layer_id, z, x, y)
        return (media_type(body) or MVT, body) if body else (MVT, b"")


def _json(value: object) -> Reply:
    return JSON, json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _value(query: str, name: str) -> str:
    return parse_qs(query).get(name, [""])[0]


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError as error:
        raise InvalidInput("map.address", address=text) from error


def _bounds(query: str) -> Bounds:
    parts = _value(query, "b").split(",")
    if len(parts) != 4:
        raise InvalidInput("map.address", address=query)
    return Bounds(*(_number(part) for part in parts))


def _layer(layer: BaseLayer) -> dict[str, Any]:
    about = layer.metadata
    return {
        "id": layer.layer_id,
        "title": about.title,
        "kind": about.kind,
        "minZoom": about.min_zoom,
        "maxZoom": about.max_zoom,
        "bounds": [about.bounds.west, about.bounds.south, about.bounds.east, about.bounds.north],
        "attribution": about.attribution,
        "vectorLayers": list(about.vector_layers),
    }


def _offline(root: Path) -> dict[str, Any]:
    """The base map that comes with the program: the addresses of its parts by role, and the box it covers."""
    try:
        maps = json.loads((root / "index.json").read_text(encoding="utf-8"))["maps"]
    except (OSError, ValueError, KeyError) as error:
        logger.warning("no base map comes with the program: %s", error)
        maps = []
    parts = [part for part in maps if part["kind"] == "base" and part["format"] == "geojson"]
    return {
        "parts": {part["id"]: f"/maps/{part['file']}" for part in parts},
        "bounds": parts[0]["bounds"] if parts else None,
        "attribution": safe_text(parts[0]["attribution"]) if parts else "",
    }
