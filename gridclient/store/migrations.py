"""How an empty or older store becomes this version, step by step; loaded only when there is something to do.

Codes are text, instants are whole seconds since 1970 (UTC), every table is strict. ``no`` is a number of this store
only: ``subjects.no`` stands for a subject's key, ``labels.no`` for a code in the packed columns.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlite_utils.migrations import Migrations

from gridclient.store import schema
from gridclient.store.driver import Connection, schema_tool
from gridclient.store.reference_schema import create_reference
from gridclient.store.schema import APPLICATION_ID, TALLY_COLUMNS

if TYPE_CHECKING:
    from gridclient.store.driver import SchemaTool

migrations = Migrations("gridclient.store")


def upgrade(connection: Connection) -> None:
    """Brings an empty or older store to the newest version, in the transaction that is open."""
    migrations.apply(schema_tool(connection))
    connection.execute(f"PRAGMA user_version = {schema.VERSION}")
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")


@migrations()
def m0001_first(db: SchemaTool) -> None:
    """The first version: log, cases, tallies, search, what a desk keeps for itself, reference tables."""
    _create_log(db)
    _create_cases(db)
    _create_tallies(db)
    _create_desk(db)
    create_reference(db)


def _create_log(db: SchemaTool) -> None:
    db.table("subjects").create({"no": int, "id": bytes}, pk="no", not_null=["id"], strict=True)
    db.table("subjects").create_index(["id"], unique=True)
    db.table("origins").create(
        {
            "no": int,
            "stream": str,
            "device": str,
            "incarnation": int,
            "own": int,
            "seq": int,
            "acked_seq": int,
            "hlc": int,
            "hash": bytes,
        },
        pk="no",
        not_null=["stream", "device", "incarnation", "own", "seq", "acked_seq", "hlc", "hash"],
        strict=True,
    )
    db.table("origins").create_index(["stream", "device", "incarnation"], unique=True)
    db.table("events").create(
        {
            "pos": int,
            "origin": int,
            "seq": int,
            "hlc": int,
            "kind": str,
            "version": int,
            "subject": int,
            "base": int,
            "actor": str,
            "payload": str,
            "hash": bytes,
            "acked": int,  # the hub's position; NULL: 未上报
        },
        pk="pos",
        not_null=["origin", "seq", "hlc", "kind", "version", "subject", "base", "actor", "payload", "hash"],
        strict=True,
    )
    db.table("events").create_index(["origin", "seq"], unique=True)
    db.table("events").create_index(["subject"])


def _create_cases(db: SchemaTool) -> None:
    db.table("cases").create(
        {
            "no": int,
            "id": bytes,
            "number": str,
            "number_key": int,
            "title": str,
            "state": str,
            "is_open": int,
            "level": int,
            "urgency": int,
            "channel": str,
            "standard": str,
            "grid": str,
            "unit": str,  # of the lead, "" while nobody leads
            "cooperating": int,
            "due": int,
            "registered_at": int,
            "dispatched_at": int,
            "closed_at": int,
            "returned": int,
            "escalated": int,
            "consultation": int,
            "conflict": int,
            "pending": int,  # events that the hub has not applied
            "phone": str,
            "lon": float,
            "lat": float,
        },
        pk="no",
        not_null=[
            "id", "number", "number_key", "title", "state", "is_open", "level", "urgency", "channel", "standard",
            "grid", "unit", "cooperating", "registered_at", "returned", "escalated", "consultation", "conflict",
            "pending", "phone",
        ],
        foreign_keys=[("no", "subjects", "no")],
        strict=True,
    )  # fmt: skip
    db.table("cases").create_index(["number_key"])
    db.table("cases").create_index(["title"])
    for name, columns, where in (
        ("cases_phone", "phone, registered_at", "phone <> ''"),
        ("cases_standard", "standard, dispatched_at, unit", "unit <> ''"),
    ):
        db.execute(f"CREATE INDEX {name} ON cases({columns}) WHERE {where}")
    db.table("parts").create(
        {"case_no": int, "unit": str, "role": str, "state": str, "in_hand": int},
        pk=("case_no", "unit"),
        not_null=["role", "state", "in_hand"],
        foreign_keys=[("case_no", "cases", "no")],
        strict=True,
    )
    db.table("parts").create_index(["unit", "role", "case_no"])
    _create_search(db)


def _create_search(db: SchemaTool) -> None:
    """Two indexes without texts; merges come later than by default, for the many small transactions of an import."""
    for name, column, detail in (("search", "words", "full"), ("search_signs", "signs", "none")):
        db.execute(
            f"CREATE VIRTUAL TABLE {name} USING fts5"
            f"({column}, content='', contentless_delete=1, tokenize='ascii', detail={detail})"
        )
        db.execute(f"INSERT INTO {name}({name}, rank) VALUES ('hashsize', 4194304)")
        db.execute(f"INSERT INTO {name}({name}, rank) VALUES ('automerge', 8)")


def _create_tallies(db: SchemaTool) -> None:
    db.table("tallies").create(
        {"grid": str, **dict.fromkeys(TALLY_COLUMNS, int)}, pk="grid", not_null=TALLY_COLUMNS, strict=True
    )
    db.table("unit_tallies").create({"unit": str, "in_hand": int}, pk="unit", not_null=["in_hand"], strict=True)
    db.table("labels").create({"no": int, "kind": str, "code": str}, pk="no", not_null=["kind", "code"], strict=True)
    db.table("labels").create_index(["kind", "code"], unique=True)
    db.table("packs").create({"no": int, "stamp": int, "data": bytes}, pk="no", not_null=["stamp", "data"], strict=True)
    db.table("packs").create_index(["stamp"])


def _create_desk(db: SchemaTool) -> None:
    db.table("store_state").create({"id": int, "stamp": int}, pk="id", not_null=["stamp"], strict=True)
    db.table("store_state").insert({"id": 1, "stamp": 0})
    db.table("counters").create({"name": str, "value": int}, pk="name", not_null=["value"], strict=True)
    db.table("audit").create(
        {"no": int, "at": int, "actor": str, "what": str, "subject": str, "hash": bytes},
        pk="no",
        not_null=["at", "actor", "what", "subject", "hash"],
        strict=True,
    )
    db.table("desk_values").create({"name": str, "value": str}, pk="name", not_null=["value"], strict=True)
    db.table("drafts").create({"name": str, "text": str}, pk="name", not_null=["text"], strict=True)
    db.table("views").create({"name": str, "body": str}, pk="name", not_null=["body"], strict=True)


@migrations()
def m0002_sync(db: SchemaTool) -> None:
    """What synchronisation keeps. Nothing here says who this desk is to a hub: that never lies in the store."""
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
    db.table("feeds").create(
        {"feed": str, "cursor": int, "count": int, "total": int, "repairing": int},  # total: 64 bits, as signed
        pk="feed",
        not_null=["cursor", "count", "total", "repairing"],
        strict=True,
    )
    db.execute(  # which positions belong to a feed that is not a whole stream
        "CREATE TABLE feed_places(feed TEXT NOT NULL, position INTEGER NOT NULL, PRIMARY KEY (feed, position)) "
        "STRICT, WITHOUT ROWID"
    )


def _create_sync_notes(db: SchemaTool) -> None:
    db.table("writers").create(  # under which number of incarnation and characters a device writes from now on
        {"device": str, "incarnation": int, "short": str},
        pk="device",
        not_null=["incarnation", "short"],
        strict=True,
    )
    db.table("device_keys").create(
        {"device": str, "incarnation": int, "public_key": bytes},
        pk=("device", "incarnation"),
        not_null=["public_key"],
        strict=True,
    )
    db.table("rounds").create(
        {"no": int, "ended": str, "hub_time": int, "body": str}, pk="no", not_null=["ended", "body"], strict=True
    )
    db.table("file_queue").create(  # files that events name; ``incoming``: only events of others
        {"sha256": str, "size": int, "sent": int, "incoming": int},
        pk="sha256",
        not_null=["size", "sent", "incoming"],
        strict=True,
    )


@migrations()
def m0003_told(db: SchemaTool) -> None:
    """What of the reference data was told last (:mod:`gridclient.store.reference_exchange`)."""
    db.table("told").create(
        {"kind": str, "key": str, "hash": bytes}, pk=("kind", "key"), not_null=["hash"], strict=True
    )


@migrations()
def m0004_standard_lists(db: SchemaTool) -> None:
    """A filing condition belongs to a list with a name: the same code in two lists means two conditions.

    What was brought in before stays in the list without a name, where cases and events find it by its code alone.
    """
    db.execute("ALTER TABLE standards ADD COLUMN list TEXT NOT NULL DEFAULT ''")
    db.execute("DROP INDEX idx_standards_code_version")
    db.table("standards").create_index(["list", "code", "version"], unique=True)
    db.table("standard_lists").create({"name": str, "in_force": int}, pk="name", not_null=["in_force"], strict=True)
    db.execute("INSERT INTO standard_lists SELECT DISTINCT list, 1 FROM standards")
    db.execute("DELETE FROM told WHERE kind = 'standards'")  # under other keys from now on
