"""The migrations from an empty or older store to this version; loaded only when one is due.

Codes are text, instants are whole seconds since 1970 (UTC), every table is strict. ``no`` is a number of this store
only: ``subjects.no`` stands for a subject's key, ``labels.no`` for a code in the packed columns. In reference tables
``valid_from`` is the first day and ``valid_to`` the first day after (NULL: still valid).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from gridclient.store import schema
from gridclient.store.driver import Connection, schema_steps, schema_tool
from gridclient.store.schema import APPLICATION_ID, TALLY_COLUMNS
from gridclient.store.seals import resealed

if TYPE_CHECKING:
    from gridclient.store.driver import SchemaTool

_TYPES: Final = {"": str, "str": str, "int": int, "float": float, "bytes": bytes}
_BOUNDARY: Final = (
    "geometry:bytes? west:float? south:float? east:float? north:float? source_crs source_geometry:bytes? schematic:int"
)
migrations = schema_steps("gridclient.store")


def upgrade(connection: Connection) -> None:
    """Brings an empty or older store to the newest version, in the transaction that is open."""
    with resealed(connection):
        migrations.apply(schema_tool(connection))
    connection.execute(f"PRAGMA user_version = {schema.VERSION}")
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")


def _table(
    db: SchemaTool,
    name: str,
    columns: str,
    *,
    pk: str | tuple[str, ...] | None = None,
    foreign: tuple[str, str, str] | None = None,
    defaults: bool = False,
) -> None:
    """Creates a strict table. ``columns`` lists ``name`` (text), ``count:int`` or, if NULL is allowed, ``due:int?``.

    The key is the first column unless ``pk`` names another. ``defaults`` gives the columns empty text or 0 as default.
    """
    told = {column: kind for column, _, kind in (said.partition(":") for said in columns.split())}
    types = {column: _TYPES[kind.removesuffix("?")] for column, kind in told.items()}
    pk = pk or next(iter(told))
    keys = (pk,) if isinstance(pk, str) else pk
    required = [column for column, kind in told.items() if not kind.endswith("?") and column not in keys]
    db.table(name).create(
        types,
        pk=pk,
        not_null=required,
        defaults={c: types[c]() for c in required if types[c] in (str, int)} if defaults else {},
        foreign_keys=[foreign] if foreign else [],
        strict=True,
    )


@migrations()
def m0001_first(db: SchemaTool) -> None:
    """The first version: log, cases, tallies, search, what a desk keeps for itself, reference tables."""
    _create_log(db)
    _create_cases(db)
    _create_search(db)
    _create_tallies(db)
    _create_desk(db)
    _create_areas(db)
    _create_units(db)
    _create_lists(db)
    _create_imports(db)


def _create_log(db: SchemaTool) -> None:
    _table(db, "subjects", "no:int id:bytes")
    db.table("subjects").create_index(["id"], unique=True)
    _table(db, "origins", "no:int stream device incarnation:int own:int seq:int acked_seq:int hlc:int hash:bytes")
    db.table("origins").create_index(["stream", "device", "incarnation"], unique=True)
    _table(  # acked: the position from the hub; NULL: none yet (未上报)
        db,
        "events",
        "pos:int origin:int seq:int hlc:int kind version:int subject:int base:int actor payload hash:bytes acked:int?",
    )
    db.table("events").create_index(["origin", "seq"], unique=True)
    db.table("events").create_index(["subject"])


def _create_cases(db: SchemaTool) -> None:
    """``unit`` is the lead unit, "" if there is none; ``pending`` counts own events without a position."""
    _table(
        db,
        "cases",
        "no:int id:bytes number number_key:int title state is_open:int level:int urgency:int channel standard grid "
        "unit cooperating:int due:int? registered_at:int dispatched_at:int? closed_at:int? returned:int escalated:int "
        "consultation:int conflict:int pending:int phone lon:float? lat:float?",
        foreign=("no", "subjects", "no"),
    )
    db.table("cases").create_index(["number_key"])
    db.table("cases").create_index(["title"])
    for name, columns, where in (
        ("cases_phone", "phone, registered_at", "phone <> ''"),
        ("cases_standard", "standard, dispatched_at, unit", "unit <> ''"),
    ):
        db.execute(f"CREATE INDEX {name} ON cases({columns}) WHERE {where}")
    _table(
        db,
        "parts",
        "case_no:int unit role state in_hand:int",
        pk=("case_no", "unit"),
        foreign=("case_no", "cases", "no"),
    )
    db.table("parts").create_index(["unit", "role", "case_no"])


def _create_search(db: SchemaTool) -> None:
    """Two full-text indexes without stored texts; their merges are delayed because an import commits so often."""
    for name, column, detail in (("search", "words", "full"), ("search_signs", "signs", "none")):
        db.execute(
            f"CREATE VIRTUAL TABLE {name} USING fts5"
            f"({column}, content='', contentless_delete=1, tokenize='ascii', detail={detail})"
        )
        db.execute(f"INSERT INTO {name}({name}, rank) VALUES ('hashsize', 4194304)")
        db.execute(f"INSERT INTO {name}({name}, rank) VALUES ('automerge', 8)")


def _create_tallies(db: SchemaTool) -> None:
    _table(db, "tallies", " ".join(("grid", *(f"{column}:int" for column in TALLY_COLUMNS))))
    _table(db, "unit_tallies", "unit in_hand:int")
    _table(db, "labels", "no:int kind code")
    db.table("labels").create_index(["kind", "code"], unique=True)
    _table(db, "packs", "no:int stamp:int data:bytes")
    db.table("packs").create_index(["stamp"])


def _create_desk(db: SchemaTool) -> None:
    _table(db, "store_state", "id:int stamp:int")
    db.table("store_state").insert({"id": 1, "stamp": 0})
    _table(db, "counters", "name value:int")
    _table(db, "audit", "no:int at:int actor what subject hash:bytes")
    _table(db, "desk_values", "name value")
    _table(db, "drafts", "name text")
    _table(db, "views", "name body")


def _create_areas(db: SchemaTool) -> None:
    _table(db, "divisions", f"code name initials level parent {_BOUNDARY} extra", defaults=True)
    db.table("divisions").create_index(["parent"])
    _table(
        db,
        "grids",
        "id:int code valid_from valid_to:str? name initials tier parent special:int worker phone external_code "
        f"{_BOUNDARY} extra",
        defaults=True,
    )
    db.table("grids").create_index(["code", "valid_from"], unique=True)
    db.table("grids").create_index(["parent"])
    for name in ("grid_communities", "zone_communities"):
        _table(db, name, "grid:int community", pk=("grid", "community"), foreign=("grid", "grids", "id"))


def _create_units(db: SchemaTool) -> None:
    _table(
        db,
        "units",
        "code name initials kind status parent township leader phone on_duty address lon:float? lat:float? "
        "source_crs source_lon:float? source_lat:float? extra",
        defaults=True,
    )
    for name, column in (("aliases", "alias"), ("people", "name"), ("fields", "field"), ("areas", "area")):
        _table(
            db,
            f"unit_{name}",
            f"unit position:int {column}",
            pk=("unit", "position"),
            foreign=("unit", "units", "code"),
            defaults=True,
        )


def _create_lists(db: SchemaTool) -> None:
    _table(
        db,
        "standards",
        "id:int code version:int valid_from valid_to:str? kind big_code big_name small_code small_name "
        "filing_condition closing_condition limit_code limit_text handling_unit supervising_unit extra",
        defaults=True,
    )
    db.table("standards").create_index(["code", "version"], unique=True)
    _table(db, "calendar_days", "day working:int name", defaults=True)
    _table(db, "business_settings", "name value", defaults=True)
    _table(db, "accounts", "code name role unit", defaults=True)
    _table(db, "attachment_files", "sha256 size:int media_type name added_at", defaults=True)
    _table(db, "reference_state", "id:int version:int changed_at", defaults=True)
    db.table("reference_state").insert({"id": 1, "version": 1, "changed_at": ""})


def _create_imports(db: SchemaTool) -> None:
    _table(
        db,
        "imports",
        "id:int kind file source actor state started_at finished_at imported:int unchanged:int",
        defaults=True,
    )
    of_import = ("import_id", "imports", "id")
    _table(db, "import_batches", "position:int import_id:int data:bytes", foreign=of_import, defaults=True)
    _table(
        db, "import_numbers", "import_id:int name first:int", pk=("import_id", "name"), foreign=of_import, defaults=True
    )


@migrations()
def m0002_sync(db: SchemaTool) -> None:
    """Tables of synchronisation. The desk's registration with a hub is not here: it never lies in the store."""
    db.execute("ALTER TABLE origins DROP COLUMN acked_seq")
    for column in (
        "whole INTEGER NOT NULL DEFAULT 1",  # 0: events after number ``seq`` are known, with something missing before
        "signed INTEGER NOT NULL DEFAULT 0",  # up to which number a signature of the device was seen
    ):
        db.execute(f"ALTER TABLE origins ADD COLUMN {column}")
    for name, columns, where in (
        ("events_waiting", "origin, seq, hlc", "acked IS NULL"),
        ("events_placed", "acked", "acked IS NOT NULL"),
        ("events_files", "pos", "kind = 'attachment_added'"),
    ):
        db.execute(f"CREATE INDEX {name} ON events({columns}) WHERE {where}")
    db.execute("CREATE INDEX cases_conflict ON cases(no) WHERE conflict <> 0")
    _create_feeds(db)
    _create_sync_notes(db)


def _create_feeds(db: SchemaTool) -> None:
    _table(db, "feeds", "feed cursor:int count:int total:int repairing:int")  # total: 64 bits, as signed
    db.execute(  # which positions belong to a feed that is not a whole stream
        "CREATE TABLE feed_places(feed TEXT NOT NULL, position INTEGER NOT NULL, PRIMARY KEY (feed, position)) "
        "STRICT, WITHOUT ROWID"
    )


def _create_sync_notes(db: SchemaTool) -> None:
    """``writers``: the incarnation and characters with which a device writes now.

    ``file_queue``: files that events name. ``incoming``: 0 an own event names it, 1 only others' do, 2 received and of
    a kind that is not kept.
    """
    _table(db, "writers", "device incarnation:int short")
    _table(db, "device_keys", "device incarnation:int public_key:bytes", pk=("device", "incarnation"))
    _table(db, "rounds", "no:int ended hub_time:int? body")
    _table(db, "file_queue", "sha256 size:int sent:int incoming:int")


@migrations()
def m0003_told(db: SchemaTool) -> None:
    """``told``: the hash of each reference entity as last exchanged (:mod:`gridclient.store.reference_exchange`)."""
    _table(db, "told", "kind key hash:bytes", pk=("kind", "key"))


@migrations()
def m0004_standard_lists(db: SchemaTool) -> None:
    """Filing conditions belong to named lists: the same code in two lists means two conditions.

    Conditions imported before are in the list without a name, where cases and events find them by code alone.
    """
    db.execute("ALTER TABLE standards ADD COLUMN list TEXT NOT NULL DEFAULT ''")
    db.execute("DROP INDEX idx_standards_code_version")
    db.table("standards").create_index(["list", "code", "version"], unique=True)
    _table(db, "standard_lists", "name in_force:int")
    db.execute("INSERT INTO standard_lists SELECT DISTINCT list, 1 FROM standards")
    db.execute("DELETE FROM told WHERE kind = 'standards'")  # now kept under other keys


@migrations()
def m0005_signatures(db: SchemaTool) -> None:
    """Own tables for other desks' signatures and for lost events, which were rows of the desk's values before.

    ``heads``: the newest signatures that came with positions. ``carried``: those over events without a position, which
    this desk carries to the hub. Each signs the link of event ``seq`` of its origin. ``lost``: the ``position`` that
    the hub had given to the event at ``pos`` before it lost it.
    """
    for name in ("heads", "carried"):
        _table(db, name, "origin:int seq:int signature:bytes", pk=("origin", "seq"))
    _table(db, "lost", "pos:int stream own:int position:int")
    db.execute("CREATE INDEX lost_of_others ON lost(stream, position) WHERE own = 0")
    for prefix, table in (("head/", "heads"), ("stick/", "carried")):
        for name, value in db.execute(
            "SELECT name, value FROM desk_values WHERE name GLOB ?", [f"{prefix}*"]
        ).fetchall():
            _, origin, seq = name.split("/")
            db.execute(f"INSERT INTO {table} VALUES (?, ?, ?)", [int(origin), int(seq), bytes.fromhex(value)])
    db.execute(
        "INSERT INTO lost SELECT e.pos, o.stream, o.own, CAST(v.value AS INTEGER) FROM desk_values v "
        "JOIN events e ON e.pos = CAST(substr(v.name, 6) AS INTEGER) JOIN origins o ON o.no = e.origin "
        "WHERE v.name GLOB 'lost/*'"
    )
    for prefix in ("head/", "stick/", "lost/", "lostat/", "sync.file."):  # the last kind: unread for several versions
        db.execute("DELETE FROM desk_values WHERE name GLOB ?", [f"{prefix}*"])


@migrations()
def m0006_open_cases(db: SchemaTool) -> None:
    """Which packs have an open case: a desk that opens reads no others (:mod:`gridclient.store.columns`)."""
    db.execute("CREATE INDEX cases_open ON cases(no) WHERE is_open = 1")


@migrations()
def m0007_unread_columns(db: SchemaTool) -> None:
    """Drops columns that nobody reads. Where an area lies is told by its geometry."""
    for table in ("divisions", "grids"):
        for column in ("west", "south", "east", "north"):
            db.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
    db.execute("ALTER TABLE imports DROP COLUMN source")
    db.execute("ALTER TABLE reference_state DROP COLUMN changed_at")


@migrations()
def m0008_seals(db: SchemaTool) -> None:
    """How many rows a table has and the sum of their marks (:mod:`gridclient.store.seals`)."""
    _table(db, "seals", "name count:int total:int")


@migrations()
def m0009_places(db: SchemaTool) -> None:
    """Positions stand beside the log (:mod:`gridclient.store.places`)."""
    db.execute("CREATE TABLE places(pos INTEGER PRIMARY KEY, acked INTEGER NOT NULL) STRICT")
    db.execute(
        "CREATE TABLE waiting(origin INTEGER NOT NULL, seq INTEGER NOT NULL, hlc INTEGER NOT NULL, "
        "pos INTEGER NOT NULL, PRIMARY KEY (origin, seq)) STRICT, WITHOUT ROWID"
    )
    db.execute("INSERT INTO places SELECT pos, acked FROM events WHERE acked IS NOT NULL")
    db.execute("INSERT INTO waiting SELECT origin, seq, hlc, pos FROM events WHERE acked IS NULL ORDER BY origin, seq")
    for index in ("events_waiting", "events_placed"):
        db.execute(f"DROP INDEX {index}")
    db.execute("ALTER TABLE events DROP COLUMN acked")
    db.execute("CREATE INDEX places_acked ON places(acked)")
