"""Merges imported rows into the reference tables and tells new and changed rows from unchanged ones.

An empty cell or a missing column changes nothing, so that two files about the same areas do not undo each other. Lists
(aliases, members …) are replaced as a whole if the row gives one.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from gridclient.domain.codes import Tier
from gridclient.services.import_records import Boundary, CalendarRecord, DivisionRecord, UnitRecord
from gridclient.services.initials import initials
from gridclient.store.driver import Connection
from gridclient.store.reference_rows import UNIT_LISTS, unit_list

Values: TypeAlias = dict[str, Any]
_SCHEMATIC: Final = frozenset({"true", "1", "yes", "是", "示意"})
_USUAL: Final = {"schematic": 0, "special": 0, "status": "on_duty"}


@dataclass(slots=True)
class Plan:
    """The SQL statements of one import with their rows, in order, and how many records are imported or unchanged."""

    statements: list[tuple[str, list[tuple[Any, ...]]]] = field(default_factory=list)
    imported: int = 0
    unchanged: int = 0

    def add(self, sql: str, rows: Iterable[tuple[Any, ...]]) -> None:
        if kept := list(rows):
            self.statements.append((sql, kept))

    def upsert(self, table: str, rows: Sequence[Values], *, key: str) -> None:
        """Adds one statement for rows of the same columns: inserts them, or overwrites those with the same ``key``."""
        if not rows:
            return
        columns = list(rows[0])
        names, marks = ", ".join(columns), ", ".join("?" * len(columns))
        updates = ", ".join(f"{name} = excluded.{name}" for name in columns if name != key)
        self.add(
            f"insert into {table} ({names}) values ({marks}) on conflict ({key}) do update set {updates}",
            (tuple(row[name] for name in columns) for row in rows),
        )

    def write(self, connection: Connection) -> None:
        for sql, rows in self.statements:
            connection.executemany(sql, rows)


def stored(
    connection: Connection, table: str, columns: Iterable[str], codes: Iterable[str], key: str = "code"
) -> list[Values]:
    """The rows of a table whose ``key`` is among ``codes``, as dictionaries by column."""
    names = list(columns)
    rows = connection.execute(
        f"select {', '.join(names)} from {table} where {key} in (select value from json_each(?))",
        (json.dumps(sorted(set(codes))),),
    )
    return [dict(zip(names, row, strict=True)) for row in rows]


def overlaid(old: Values | None, given: Values) -> Values:
    """The old row overlaid with all given values that are not empty; equal to ``old`` if nothing changes. What a new
    row does not say is what is usual (``_USUAL``)."""
    if old is None:
        return {name: _USUAL.get(name, value) if value in (None, "") else value for name, value in given.items()}
    merged = {**old, **{name: value for name, value in given.items() if value not in (None, "")}}
    if old.get("extra") and given.get("extra"):
        merged["extra"] = extra_text({**json.loads(old["extra"]), **json.loads(given["extra"])})
    return merged


def extra_text(extra: Mapping[str, str]) -> str:
    """The values for which there is no column, as JSON ordered by name."""
    return json.dumps(dict(sorted(extra.items())), ensure_ascii=False) if extra else ""


def boundary_values(boundary: Boundary | None, extra: Mapping[str, str]) -> Values:
    """The columns of a boundary; all empty if there is none, so that they overlay nothing."""
    if boundary is None:
        return {"geometry": None, "source_geometry": None, "schematic": None, "source_crs": ""}
    return {
        "geometry": boundary.wkb,
        "source_geometry": boundary.source_wkb,
        "schematic": int(extra.get("schematic", "").lower() in _SCHEMATIC),
        "source_crs": boundary.source_crs,
    }


def as_told(record: object, names: str) -> Values:
    """The record's attributes of these names."""
    return {name: getattr(record, name) for name in names.split()}


def _division_values(record: DivisionRecord) -> Values:
    return {
        **as_told(record, "code name level parent"),
        "initials": initials(record.name) if record.level != Tier.COMMUNITY else "",  # there are many, which are grids
        **boundary_values(record.boundary, record.extra),
        "extra": extra_text(record.extra),
    }


def plan_divisions(connection: Connection, records: Sequence[DivisionRecord]) -> Plan:
    """Merges divisions by code. Areas above a row that have no row themselves are added by name and not counted."""
    plan = Plan()
    if not records:
        return plan
    rows: dict[str, Values] = {}
    above = _areas_above(records)
    wanted = {*above, *(record.code for record in records)}
    old = {row["code"]: row for row in stored(connection, "divisions", _division_values(records[0]), wanted)}
    for record in records:
        given = _division_values(record)
        before = rows.get(record.code) or old.get(record.code)
        merged = overlaid(before, given)
        if merged == before:
            plan.unchanged += 1
            continue
        plan.imported += 1
        rows[record.code] = merged
    for values in _unlisted_above(above, {*old, *rows}):
        rows[values["code"]] = values
    plan.upsert("divisions", list(rows.values()), key="code")
    return plan


def _areas_above(records: Iterable[DivisionRecord]) -> dict[str, tuple[str, str]]:
    """Name and parent, by code, of every area that a row names above itself."""
    found: dict[str, tuple[str, str]] = {}
    for record in records:
        parent = ""
        for code, name in record.ancestors:
            found.setdefault(code, (name, parent))
            parent = code
    return found


def _unlisted_above(areas: Mapping[str, tuple[str, str]], listed: set[str]) -> Iterable[Values]:
    for code, (name, parent) in areas.items():
        if code not in listed:
            given = {"code": code, "name": name, "level": _level_of(code), "parent": parent, "extra": ""}
            yield overlaid(None, {**given, "initials": initials(name), **boundary_values(None, {})})


def _level_of(code: str) -> str:
    if len(code) == 9:  # an area of 12 digits stands above none
        return "township"
    return "province" if code.endswith("0000") else "city" if code.endswith("00") else "county"


def _unit_values(record: UnitRecord, parents: Mapping[str, str]) -> Values:
    return {
        **as_told(
            record, "code name kind status township leader phone address lon lat source_crs source_lon source_lat"
        ),
        "parent": parents.get(record.parent, record.parent),
        "on_duty": record.extra.get("on_duty", ""),
        "extra": extra_text(record.extra),
    }


def plan_units(connection: Connection, records: Sequence[UnitRecord]) -> Plan:
    """Merges units by code, with their lists. A parent given by name is stored by its code if that is known."""
    plan = Plan()
    if not records:
        return plan
    by_name = dict(connection.execute("select name, code from units").fetchall())
    by_name |= {record.name: record.code for record in records}
    columns = (*_unit_values(records[0], {}), "initials")
    old = {row["code"]: row for row in stored(connection, "units", columns, (record.code for record in records))}
    lists = {name: unit_list(connection, name) for name in UNIT_LISTS}
    rows = []
    replaced: list[tuple[str, Mapping[str, Sequence[str]]]] = []
    for record in records:
        before = old.get(record.code)
        merged = overlaid(before, _unit_values(record, by_name))
        aliases = record.aliases or lists["aliases"].get(record.code, ())
        merged["initials"] = " ".join(dict.fromkeys(map(initials, (merged["name"], *aliases))))
        told = {"aliases": record.aliases, "people": record.people, "fields": record.fields, "areas": record.grids}
        new_lists = {name: given for name, given in told.items() if given not in ((), lists[name].get(record.code))}
        if merged == before and not new_lists:
            plan.unchanged += 1
            continue
        plan.imported += 1
        rows.append(merged)
        replaced.append((record.code, new_lists))
    plan.upsert("units", rows, key="code")
    for unit, told_anew in replaced:
        _replace_lists(plan, unit, told_anew)
    return plan


def _replace_lists(plan: Plan, unit: str, lists: Mapping[str, Sequence[str]]) -> None:
    for name, values in lists.items():
        plan.add(f"delete from unit_{name} where unit = ?", [(unit,)])
        plan.add(
            f"insert into unit_{name} (unit, position, {UNIT_LISTS[name]}) values (?, ?, ?)",
            [(unit, position, value) for position, value in enumerate(values)],
        )


def plan_days(connection: Connection, records: Sequence[CalendarRecord]) -> Plan:
    """Merges days of the legal calendar."""
    plan = Plan()
    days = (record.day.isoformat() for record in records)
    found = stored(connection, "calendar_days", ("day", "working", "name"), days, key="day")
    old = {row["day"]: row for row in found}
    rows = []
    for record in records:
        given: Values = {"day": record.day.isoformat(), "working": int(record.working), "name": record.name}
        before = old.get(given["day"])
        merged = overlaid(before, given)
        if merged == before:
            plan.unchanged += 1
            continue
        plan.imported += 1
        rows.append(merged)
    plan.upsert("calendar_days", rows, key="day")
    return plan
