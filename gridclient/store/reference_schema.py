"""Tables of the reference data: areas, grids, units, standards, calendar, settings, accounts, imports, photos.

Codes are text in strict tables. Validity: ``valid_from`` is the first day, ``valid_to`` the first day on which it is
valid no more (NULL: still valid); what never had a date is valid since ``ALWAYS``.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from gridclient.store.driver import SchemaTool

ALWAYS: Final = "0001-01-01"

_BOUNDARY: Final = {
    "geometry": bytes,
    "west": float,
    "south": float,
    "east": float,
    "north": float,
    "source_crs": str,
    "source_geometry": bytes,
    "schematic": int,
}


def create_reference(db: SchemaTool) -> None:
    """Creates the tables of this module in an empty store; part of the store's first migration."""
    _create_areas(db)
    _create_units(db)
    _create_lists(db)
    _create_administration(db)
    _create_imports(db)
    db.table("reference_state").insert({"id": 1, "version": 1, "changed_at": ""})


def _table(
    db: SchemaTool,
    name: str,
    columns: dict[str, type],
    *,
    pk: str | tuple[str, ...],
    optional: Iterable[str] = (),
    foreign: Iterable[tuple[str, str, str]] = (),
) -> None:
    """A strict table whose columns are all NOT NULL but the ``optional`` ones; empty text and 0 are the defaults."""
    keys = {pk} if isinstance(pk, str) else set(pk)
    required = [column for column in columns if column not in {*keys, *optional}]
    defaults = {column: "" if columns[column] is str else 0 for column in required if columns[column] in (str, int)}
    db.table(name).create(
        columns,
        pk=pk,
        not_null=required,
        defaults=defaults,
        foreign_keys=list(foreign),
        strict=True,
    )


def _create_areas(db: SchemaTool) -> None:
    _table(
        db,
        "divisions",
        {"code": str, "name": str, "initials": str, "level": str, "parent": str, **_BOUNDARY, "extra": str},
        pk="code",
        optional=("geometry", "west", "south", "east", "north", "source_geometry"),
    )
    db.table("divisions").create_index(["parent"])
    _table(
        db,
        "grids",
        {
            "id": int,
            "code": str,
            "valid_from": str,
            "valid_to": str,
            "name": str,
            "initials": str,
            "tier": str,
            "parent": str,
            "special": int,
            "worker": str,
            "phone": str,
            "external_code": str,
            **_BOUNDARY,
            "extra": str,
        },
        pk="id",
        optional=("valid_to", "geometry", "west", "south", "east", "north", "source_geometry"),
    )
    db.table("grids").create_index(["code", "valid_from"], unique=True)
    db.table("grids").create_index(["parent"])
    for name in ("grid_communities", "zone_communities"):
        _table(db, name, {"grid": int, "community": str}, pk=("grid", "community"), foreign=[("grid", "grids", "id")])


def _create_units(db: SchemaTool) -> None:
    _table(
        db,
        "units",
        {
            "code": str,
            "name": str,
            "initials": str,
            "kind": str,
            "status": str,
            "parent": str,
            "township": str,
            "leader": str,
            "phone": str,
            "on_duty": str,
            "address": str,
            "lon": float,
            "lat": float,
            "source_crs": str,
            "source_lon": float,
            "source_lat": float,
            "extra": str,
        },
        pk="code",
        optional=("lon", "lat", "source_lon", "source_lat"),
    )
    for name, column in (("aliases", "alias"), ("people", "name"), ("fields", "field"), ("areas", "area")):
        _table(
            db,
            f"unit_{name}",
            {"unit": str, "position": int, column: str},
            pk=("unit", "position"),
            foreign=[("unit", "units", "code")],
        )


def _create_lists(db: SchemaTool) -> None:
    _table(
        db,
        "standards",
        {
            "id": int,
            "code": str,
            "version": int,
            "valid_from": str,
            "valid_to": str,
            "kind": str,
            "big_code": str,
            "big_name": str,
            "small_code": str,
            "small_name": str,
            "filing_condition": str,
            "closing_condition": str,
            "limit_code": str,
            "limit_text": str,
            "handling_unit": str,
            "supervising_unit": str,
            "extra": str,
        },
        pk="id",
        optional=("valid_to",),
    )
    db.table("standards").create_index(["code", "version"], unique=True)
    _table(db, "calendar_days", {"day": str, "working": int, "name": str}, pk="day")


def _create_administration(db: SchemaTool) -> None:
    _table(db, "business_settings", {"name": str, "value": str}, pk="name")
    _table(db, "accounts", {"code": str, "name": str, "role": str, "unit": str}, pk="code")
    _table(
        db,
        "attachment_files",
        {"sha256": str, "size": int, "media_type": str, "name": str, "added_at": str},
        pk="sha256",
    )
    _table(db, "reference_state", {"id": int, "version": int, "changed_at": str}, pk="id")


def _create_imports(db: SchemaTool) -> None:
    _table(
        db,
        "imports",
        {
            "id": int,
            "kind": str,
            "file": str,
            "source": str,
            "actor": str,
            "state": str,
            "started_at": str,
            "finished_at": str,
            "imported": int,
            "unchanged": int,
        },
        pk="id",
    )
    _table(
        db,
        "import_batches",
        {"position": int, "import_id": int, "data": bytes},
        pk="position",
        foreign=[("import_id", "imports", "id")],
    )
    _table(
        db,
        "import_numbers",
        {"import_id": int, "name": str, "first": int},
        pk=("import_id", "name"),
        foreign=[("import_id", "imports", "id")],
    )
