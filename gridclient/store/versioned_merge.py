"""Merges imported rows that are valid for a period: grids, whose boundaries change by date, and filing conditions.

A grid row with a later first day ends the period before and begins a new one; without a first day it corrects the
latest period. A condition that changed becomes a new version from today; the old one stays, because it justified what
was done under it (DOMAIN: Responsibility lists).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final

from gridclient.services.import_records import GridRecord, StandardRecord
from gridclient.services.initials import initials
from gridclient.store.driver import Connection
from gridclient.store.grid_checks import Known, parent_of
from gridclient.store.reference_merge import Plan, Values, as_told, boundary_values, extra_text, overlaid, stored
from gridclient.store.reference_rows import ALWAYS

_MEMBER_TABLES: Final = {"zone": "zone_communities", "community": "grid_communities"}
_STANDARD_TOLD: Final = (
    "code kind big_code big_name small_code small_name filing_condition closing_condition limit_text handling_unit "
    "supervising_unit"
)
_STANDARD_COLUMNS: Final = (*_STANDARD_TOLD.split(), "limit_code", "extra")


def _grid_values(record: GridRecord, parent: str) -> Values:
    name = "" if record.name == record.code else record.name  # which stands for a name that the file does not say
    return {
        **as_told(record, "code tier worker phone external_code"),
        "name": name,
        "initials": initials(name),
        "valid_from": record.valid_from.isoformat() if record.valid_from else "",
        "valid_to": record.valid_to.isoformat() if record.valid_to else None,
        "parent": parent,
        "special": None if record.special is None else int(record.special),
        **boundary_values(record.boundary, record.extra),
        "extra": extra_text(record.extra),
    }


def plan_grids(connection: Connection, records: Sequence[GridRecord], known: Known) -> Plan:
    """Merges grids by code and first day; ``known`` gives parents that no cell names."""
    plan = Plan()
    if not records:
        return plan
    columns = ("id", *_grid_values(records[0], ""))
    latest = _latest(stored(connection, "grids", columns, (record.code for record in records)))
    members = {table: _stored_members(connection, table) for table in _MEMBER_TABLES.values()}
    next_id = int(connection.execute("select coalesce(max(id), 0) + 1 from grids").fetchone()[0])
    rows: list[Values] = []
    held_by: list[tuple[str, int, frozenset[str]]] = []
    for record in records:
        before = latest.get(record.code)
        given = _grid_values(record, parent_of(record, known))
        table = _MEMBER_TABLES.get(record.tier, "")
        held = members[table].get(before["id"]) if table and before is not None else None
        told = frozenset(record.members) if table and record.members else held
        if before is None or given["valid_from"] > before["valid_from"]:
            row = _new_period(plan, before, given, next_id)
            next_id += 1
            held = None
        else:
            row = overlaid(before, given)
            if row == before and told == held:
                plan.unchanged += 1
                continue
        plan.imported += 1
        rows.append(row)
        if told is not None and told != held:
            held_by.append((table, row["id"], told))
    plan.upsert("grids", rows, key="id")
    for table, grid_id, communities in held_by:
        plan.add(f"delete from {table} where grid = ?", [(grid_id,)])
        plan.add(f"insert into {table} (grid, community) values (?, ?)", [(grid_id, c) for c in sorted(communities)])
    return plan


def _latest(rows: Iterable[Values]) -> dict[str, Values]:
    """The period of each grid that began last."""
    found: dict[str, Values] = {}
    for row in rows:
        held = found.get(row["code"])
        if held is None or row["valid_from"] > held["valid_from"]:
            found[row["code"]] = row
    return found


def _new_period(plan: Plan, before: Values | None, given: Values, grid_id: int) -> Values:
    if before is not None and (before["valid_to"] is None or before["valid_to"] > given["valid_from"]):
        plan.add("update grids set valid_to = ? where id = ?", [(given["valid_from"], before["id"])])
    row = overlaid(before, given)
    first = given["valid_from"] or ALWAYS
    name = row["name"] or given["code"]
    return {**row, "id": grid_id, "name": name, "valid_from": first, "valid_to": given["valid_to"]}


def _stored_members(connection: Connection, table: str) -> dict[int, frozenset[str]]:
    found: dict[int, set[str]] = {}
    for grid, community in connection.execute(f"select grid, community from {table}"):
        found.setdefault(grid, set()).add(community)
    return {grid: frozenset(communities) for grid, communities in found.items()}


def _standard_values(record: StandardRecord) -> Values:
    cooperating = {"cooperating": record.cooperating_unit} if record.cooperating_unit else {}
    return {
        **as_told(record, _STANDARD_TOLD),
        "limit_code": record.limit,
        "extra": extra_text({**record.extra, **cooperating}),
    }


def plan_standards(
    connection: Connection, records: Sequence[StandardRecord], today: date, list_name: str, *, told: bool
) -> Plan:
    """Merges the conditions of a list by code; those that the file does not name stay in force.

    ``told``: whether somebody chose ``list_name``. If not, and some list has all these conditions already, that list is
    used.
    """
    plan = Plan()
    if not records:
        return plan
    if not told:
        list_name = _list_that_has(connection, records) or list_name
    in_force = _in_force(connection, list_name)
    day = today.isoformat()
    ended, new = [], []
    for record in records:
        given = _standard_values(record)
        version, before = in_force.get(record.code, (0, None))
        if before == given:
            plan.unchanged += 1
            continue
        plan.imported += 1
        if before is not None:
            ended.append((day, list_name, record.code))
        new.append((*given.values(), version + 1, day if before is not None else ALWAYS, list_name))
    plan.add("update standards set valid_to = ? where list = ? and code = ? and valid_to is null", ended)
    if new:
        names = (*_STANDARD_COLUMNS, "version", "valid_from", "list")
        plan.add("insert or ignore into standard_lists (name, in_force) values (?, 1)", [(list_name,)])
        plan.add(f"insert into standards ({', '.join(names)}) values ({', '.join('?' * len(names))})", new)
    return plan


def _list_that_has(connection: Connection, records: Sequence[StandardRecord]) -> str | None:
    """The list that has all these conditions unchanged: the same table may come as a workbook and as a flat file."""
    given = [_standard_values(record) for record in records]
    for (name,) in connection.execute("select name from standard_lists order by name"):
        known = _in_force(connection, name)
        if all(known.get(values["code"], (0, None))[1] == values for values in given):
            return str(name)
    return None


def _in_force(connection: Connection, list_name: str) -> dict[str, tuple[int, Values]]:
    """The newest version of every condition of a list: its number and its values."""
    rows = connection.execute(
        f"select version, {', '.join(_STANDARD_COLUMNS)} from standards where list = ? and valid_to is null"
        " order by code, version",
        (list_name,),
    )
    return {row[1]: (int(row[0]), dict(zip(_STANDARD_COLUMNS, row[1:], strict=True))) for row in rows}
