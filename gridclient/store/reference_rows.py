"""Reference tables as the rows that use cases read, in the versions in force on a day."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from math import isfinite
from typing import Any, Final

import shapely

from gridclient.domain.codes import GRID_TIERS, community_of, county_of, split_standard_key, township_of
from gridclient.domain.frozen import frozen
from gridclient.services.rows import GridRow, StandardListRow, StandardRow, UnitRow
from gridclient.store.driver import Connection

ALWAYS: Final = "0001-01-01"
"""``valid_from`` of rows without a first day."""
FOR_EVER: Final = date.max.toordinal()
UNIT_LISTS: Final = {"aliases": "alias", "people": "name", "fields": "field", "areas": "area"}
"""What a unit has several of, each in a table of its own (``unit_aliases`` …), with the column that holds it."""
_BETWEEN_UNITS: Final = re.compile(r"[、，,;；/\s]+")
_DAYS: Final = frozenset({"day", "valid_from"})
_STANDARD: Final = (
    "code, big_name, small_name, filing_condition, closing_condition, limit_code, limit_text, handling_unit, "
    "extra, version, valid_from, list"
)
IN_FORCE: Final = "valid_from <= ?1 and (valid_to is null or valid_to > ?1)"
"""On the day that is the first parameter."""


@frozen
class Outline:
    """An area's boundary in one period, from the day ``valid_from`` to before ``valid_to`` (ordinals)."""

    code: str
    tier: str
    wkb: bytes
    valid_from: int
    valid_to: int


def read_grids(connection: Connection, day: date) -> dict[str, GridRow]:
    """Grids of all tiers in force, with the townships and counties above them; by code, parents first."""
    members = read_members(connection)
    grids = [
        _grid(row, members)
        for row in connection.execute(
            f"select id, code, name, tier, parent, special, worker, schematic, initials from grids where {IN_FORCE}"
            " order by length(code), code",
            (day.isoformat(),),
        )
    ]
    return {row.code: row for row in (*_above(connection, grids), *_with_zones(grids))}


def read_members(connection: Connection) -> Mapping[int, Sequence[str]]:
    """The communities in each grid, by its number in this store."""
    found: defaultdict[int, list[str]] = defaultdict(list)
    for table in ("grid_communities", "zone_communities"):
        for grid, community in connection.execute(f"select grid, community from {table} order by grid, community"):
            found[grid].append(community)
    return found


def _grid(row: Sequence[Any], members: Mapping[int, Sequence[str]]) -> GridRow:
    grid_id, code, name, tier, parent, special, worker, schematic, initials = row
    own = {"zone": (), "community": (code,), "basic": (community_of(code),)}[tier]
    return GridRow(
        code=code,
        name=name,
        tier=tier,
        parent=parent,
        special=bool(special),
        worker=worker,
        communities=(*own, *(c for c in members.get(grid_id, ()) if c not in own)),
        schematic=bool(schematic),
        initials=initials,
    )


def _with_zones(grids: Sequence[GridRow]) -> Iterator[GridRow]:
    """Adds to each zone the communities of those community grids that name it as parent."""
    below: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for row in grids:
        if row.tier == "community":
            below[row.parent].update(dict.fromkeys(row.communities))
    for row in grids:
        if row.tier == "zone":
            yield replace(row, communities=tuple(sorted({*row.communities, *below[row.code]})))
        else:
            yield row


def _above(connection: Connection, grids: Iterable[GridRow]) -> list[GridRow]:
    """The townships and counties that have grids, and this desk's own, as areas of the tree."""
    townships = {township_of(row.code) for row in grids}
    own = dict(connection.execute("select name, value from business_settings where name in ('county', 'township')"))
    codes = {*townships, *own.values(), *map(county_of, townships)} - {""}
    marks = ",".join("?" * len(codes))
    rows = connection.execute(
        f"select code, name, level, parent, schematic, initials from divisions where code in ({marks})"
        " order by length(code), code",
        tuple(sorted(codes)),
    )
    return [
        GridRow(code, name, level, parent if parent in codes else "", schematic=bool(schematic), initials=initials)
        for code, name, level, parent, schematic, initials in rows
    ]


def read_outlines(connection: Connection) -> list[Outline]:
    """All boundaries of all periods, ordered by code."""
    rows = connection.execute(
        "select code, tier, geometry, valid_from, valid_to from grids where geometry is not null"
        " union all select code, level, geometry, ?, null from divisions where geometry is not null"
        " and level = 'township' order by 1, 4",
        (ALWAYS,),
    )
    return [
        Outline(
            code,
            tier,
            wkb,
            date.fromisoformat(first).toordinal(),
            date.fromisoformat(after).toordinal() if after else FOR_EVER,
        )
        for code, tier, wkb, first, after in rows
    ]


def read_units(connection: Connection) -> dict[str, UnitRow]:
    """All units by code."""
    aliases, fields, areas = (unit_list(connection, name) for name in ("aliases", "fields", "areas"))
    rows = connection.execute(
        "select code, name, kind, initials, township, lon, lat, phone, status from units order by code"
    )
    return {
        code: UnitRow(
            code=code,
            name=name,
            kind=kind,
            aliases=aliases.get(code, ()),
            initials=initials,
            township=township,
            lon=lon,
            lat=lat,
            serves=areas.get(code, ()),
            fields=fields.get(code, ()),
            telephone=phone,
            status=status,
        )
        for code, name, kind, initials, township, lon, lat, phone, status in rows
    }


def unit_list(connection: Connection, name: str) -> Mapping[str, tuple[str, ...]]:
    """One of :data:`UNIT_LISTS`: the values in order, by unit."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    rows = connection.execute(f"select unit, {UNIT_LISTS[name]} from unit_{name} order by unit, position")
    for unit, value in rows:
        found[unit].append(value)
    return {unit: tuple(values) for unit, values in found.items()}


def read_standards(connection: Connection, day: date) -> dict[str, StandardRow]:
    """Filing conditions in force today in all lists, by key."""
    rows = connection.execute(
        f"select {_STANDARD} from standards where {IN_FORCE} order by list, code, version", (day.isoformat(),)
    )
    return {row.key: row for row in map(_standard, rows)}


def read_standard(connection: Connection, key: str, version: str) -> StandardRow | None:
    """One filing condition in one of its versions, in force or not."""
    code, list_name = split_standard_key(key)
    row = connection.execute(
        f"select {_STANDARD} from standards where list = ? and code = ? and version = cast(? as integer)",
        (list_name, code, version),
    ).fetchone()
    return None if row is None else _standard(row)


def read_standard_lists(connection: Connection) -> list[StandardListRow]:
    """All lists by name, with how many conditions they have today."""
    rows = connection.execute(
        "select name, (select count(*) from standards where list = name and valid_to is null), in_force"
        " from standard_lists order by name"
    )
    return [StandardListRow(name, standards, bool(in_force)) for name, standards, in_force in rows]


def _standard(row: Sequence[Any]) -> StandardRow:
    code, big, small, filing, closing, limit, limit_text, handling, extra, version, valid_from, in_list = row
    return StandardRow(
        code=code,
        big_class=big,
        small_class=small,
        filing_condition=filing,
        closing_condition=closing,
        limit=limit,
        limit_text=limit_text,
        units=_split(handling),
        cooperating=_split(json.loads(extra).get("cooperating", "") if extra else ""),
        version=str(version),
        valid_from=None if valid_from == ALWAYS else date.fromisoformat(valid_from),
        list=in_list,
    )


def _split(text: str) -> tuple[str, ...]:
    return tuple(part for part in _BETWEEN_UNITS.split(text) if part)


def read_days(connection: Connection) -> dict[date, bool]:
    """The county's own days of the legal calendar: whether each is worked."""
    rows = connection.execute("select day, working from calendar_days")
    return {date.fromisoformat(day): bool(working) for day, working in rows}


def read_settings(connection: Connection) -> dict[str, str]:
    """The business settings that were set here; an empty one is not set."""
    return dict(connection.execute("select name, value from business_settings where value <> ''").fetchall())


def check_readable(values: Mapping[str, Any], columns: Collection[str]) -> None:
    """Checks that this module can read a row from elsewhere. Raises ``ValueError``, ``TypeError``, ``KeyError``."""
    for name in _DAYS.intersection(columns):
        date.fromisoformat(values[name])
    date.fromisoformat(values.get("valid_to") or ALWAYS)
    if "tier" in columns and values["tier"] not in GRID_TIERS:
        raise ValueError("tier")
    if not all(isfinite(value) for value in values.values() if isinstance(value, float)):
        raise ValueError("number")
    extra = json.loads(values.get("extra") or "{}")
    if not isinstance(extra, dict) or not all(isinstance(text, str) for text in extra.values()):
        raise ValueError("extra")
    if (wkb := values.get("geometry")) is not None and shapely.from_wkb(wkb, on_invalid="ignore") is None:
        raise ValueError("geometry")
