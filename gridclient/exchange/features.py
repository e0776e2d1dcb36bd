"""A GeoJSON file as rows: one for each feature, its properties as cells, its geometry beside them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from gridclient.domain.errors import InvalidInput
from gridclient.domain.frozen import frozen
from gridclient.exchange.areas import Shape
from gridclient.exchange.cells import Cell
from gridclient.exchange.opening import Source

MAX_BYTES = 50 << 20
MAX_FEATURES = 100_000
MAX_PROPERTIES = 200
_DEGREES = frozenset({"4326", "4490", "4979", "84", "CRS84"})
_LAST_WORD = re.compile(r"([A-Za-z]*\d+)\D*$")


@frozen
class Feature:
    """One feature: its place in the file, counted from 1, its cells in the order of the titles, its geometry. ``shape``
    is ``None`` for an entry that is no feature."""

    row: int
    cells: tuple[Cell, ...]
    shape: Shape | None


@frozen
class FeatureFile:
    """All features of a file. ``declared`` is the coordinate system that the file claims; it is often wrong."""

    file: str
    titles: tuple[str, ...]
    features: tuple[Feature, ...]
    declared: str


def read_features(source: Source) -> FeatureFile:
    """Reads the whole file.

    Raises ``InvalidInput`` with ``file``: ``geojson.not_json``, ``geojson.too_large``, ``geojson.topology``,
    ``geojson.no_features``, ``geojson.projected``, ``file.encoding``, ``file.too_many_rows``,
    ``file.too_many_columns``.
    """
    content = _parsed(source)
    found = _feature_list(source.name, content)
    if len(found) > MAX_FEATURES:
        raise InvalidInput("file.too_many_rows", file=source.name, sheet="", rows=len(found), most=MAX_FEATURES)
    titles = _titles(source.name, found)
    features = tuple(_feature(row, feature, titles) for row, feature in enumerate(found, start=1))
    return FeatureFile(source.name, titles, features, _declared(source, content))


def _parsed(source: Source) -> Mapping[str, Any]:
    with source.stream() as stream:
        raw = stream.read(MAX_BYTES + 1)
    if len(raw) > MAX_BYTES:
        raise InvalidInput("geojson.too_large", file=source.name, most=MAX_BYTES >> 20)
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = raw.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise InvalidInput("file.encoding", file=source.name)
    try:
        content: Mapping[str, Any] = json.loads(text)  # it begins with a brace, so it is an object
    except json.JSONDecodeError as problem:
        raise InvalidInput("geojson.not_json", file=source.name, line=problem.lineno) from problem
    except (ValueError, RecursionError) as problem:
        raise InvalidInput("geojson.not_json", file=source.name, line=1) from problem
    return content


def _feature_list(file: str, content: Mapping[str, Any]) -> list[Any]:
    kind = content.get("type")
    if kind == "Topology":
        raise InvalidInput("geojson.topology", file=file)
    if kind == "Feature":
        return [content]
    features = content.get("features")
    if kind != "FeatureCollection" or not isinstance(features, list) or not features:
        raise InvalidInput("geojson.no_features", file=file)
    return features


def _titles(file: str, features: list[Any]) -> tuple[str, ...]:
    titles: dict[str, None] = {}
    for feature in features:
        titles.update(dict.fromkeys(_properties(feature)))
        if len(titles) > MAX_PROPERTIES:
            raise InvalidInput("file.too_many_columns", file=file, sheet="", most=MAX_PROPERTIES)
    return tuple(titles)


def _properties(member: object) -> Mapping[str, Any]:
    properties = member.get("properties") if isinstance(member, dict) else None
    return properties if isinstance(properties, dict) else {}


def _feature(row: int, feature: object, titles: tuple[str, ...]) -> Feature:
    properties = _properties(feature)
    cells = tuple(_cell(properties.get(title)) for title in titles)
    if not isinstance(feature, dict) or feature.get("type") != "Feature":
        return Feature(row, cells, None)
    return Feature(row, cells, Shape(feature.get("geometry")))


def _cell(value: object) -> Cell:
    """A property as a cell. Whole numbers become text: JSON writes them with all digits, so a code that is written as a
    number is still complete."""
    if value is None or isinstance(value, str | bool | float):
        return value
    if isinstance(value, int):
        return str(value) if value.bit_length() < 256 else "?"
    return json.dumps(value, ensure_ascii=False)


def _declared(source: Source, content: Mapping[str, Any]) -> str:
    """The system that the old member ``crs`` names, or that member as it is written; "" without one. Raises
    ``geojson.projected`` for systems in metres, which cannot be converted here."""
    crs = content.get("crs")
    named = _properties(crs)
    name = named.get("name", named.get("code"))
    if not isinstance(name, str | int):
        return json.dumps(crs, ensure_ascii=False)[:80] if crs else ""
    name = str(name)
    found = _LAST_WORD.search(name[-80:])
    if found and found[1] not in _DEGREES:
        raise InvalidInput("geojson.projected", file=source.name, name=name[:80])
    return name[:80]
