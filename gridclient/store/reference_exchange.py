"""Reference data as events of the stream ``ref``: sends what changed here since the last time, applies what comes in.

An entity (a grid with its members, a unit with its names …) travels whole, under its natural key and without this
store's own numbers. Only the county's desk sends; of several changes the last one counts. Accounts and this desk's own
settings are never sent.
"""

from __future__ import annotations

import base64
import hashlib
import json
import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from gridclient.domain.events import EventDraft, EventKind, payload_text
from gridclient.domain.frozen import frozen
from gridclient.services.enrolment import REFERENCE
from gridclient.store.driver import UNFIT_VALUES, Connection
from gridclient.store.log import Appender, Device, subject_no
from gridclient.store.reference import touch_reference
from gridclient.store.reference_rows import UNIT_LISTS, check_readable

_LOG: Final = logging.getLogger(__name__)
Document = dict[str, Any]
_BYTES_AT_ONCE: Final = 200_000
_OWN_SETTINGS: Final = ("county", "township", "name")
_BINARY: Final = "base64:"


@frozen
class _Children:
    """A table of rows that belong to an entity, ordered by its key. They travel without the column ``owner``."""

    table: str
    owner: str


@frozen
class _Kind:
    """A table of entities. ``number`` ("": none) is the column with this store's own number, for child tables."""

    table: str
    key: tuple[str, ...]
    number: str = ""
    children: tuple[_Children, ...] = ()


_KINDS: Final = (
    _Kind("divisions", ("code",)),
    _Kind(
        "grids",
        ("code", "valid_from"),
        "id",
        (_Children("grid_communities", "grid"), _Children("zone_communities", "grid")),
    ),
    _Kind(
        "units",
        ("code",),
        children=tuple(_Children(f"unit_{name}", "unit") for name in UNIT_LISTS),
    ),
    _Kind("standards", ("list", "code", "version"), "id"),
    _Kind("standard_lists", ("name",)),
    _Kind("calendar_days", ("day",)),
    _Kind("business_settings", ("name",)),
)
_SCREEN_KINDS: Final = {
    "divisions": "grids",
    "standard_lists": "standards",
    "calendar_days": "calendar",
    "business_settings": "settings",
}
_VERSION: Final = ("", "version")  # the row of ``told`` with the reference version last compared
_TELL: Final = "INSERT OR REPLACE INTO told(kind, key, hash) VALUES (?, ?, ?)"
_BY_TABLE: Final = {kind.table: kind for kind in _KINDS}


def _drafts_of_changes(connection: Connection, actor: str) -> Iterator[EventDraft]:
    """Drafts of events for all entities added, changed or removed since the last exchange; updates ``told``."""
    for kind in _KINDS:
        told = connection.execute("SELECT key, hash FROM told WHERE kind = ?", (kind.table,)).fetchall()
        known = {str(key): bytes(digest) for key, digest in told}
        changed: list[Document] = []
        fresh: list[tuple[str, str, bytes]] = []
        for key, document in _documents(connection, kind):
            digest = _digest(document)
            if known.pop(key, None) != digest:
                changed.append(document)
                fresh.append((kind.table, key, digest))
        gone = [json.loads(key) for key in known]
        connection.executemany(_TELL, fresh)
        connection.executemany("DELETE FROM told WHERE kind = ? AND key = ?", [(kind.table, key) for key in known])
        for part in _parts(changed):
            yield _draft(kind, actor, part, [])
        if gone:
            yield _draft(kind, actor, [], gone)


def record_changes(connection: Connection, device: Device, *, actor: str, now: datetime) -> int:
    """Appends events for what changed since the last time, in the open transaction; returns how many."""
    version = str(connection.execute("SELECT version FROM reference_state").fetchone()[0]).encode()
    looked = connection.execute("SELECT hash FROM told WHERE kind = ? AND key = ?", _VERSION).fetchone()
    if looked is not None and looked[0] == version:
        return 0
    connection.execute(_TELL, (*_VERSION, version))
    appender = Appender(connection, device)
    numbers: dict[str, int] = {}
    count = 0
    for draft in _drafts_of_changes(connection, actor):
        no = numbers.get(draft.subject)
        if no is None:
            no = subject_no(connection, draft.subject)
            no = numbers[draft.subject] = appender.add_subject(draft.subject) if no is None else no
        appender.append(appender.next_event(draft, now), no)
        count += 1
    appender.flush()
    return count


def apply_change(connection: Connection, payload: Mapping[str, Any]) -> str:
    """Applies one event of ``ref`` to the tables; returns the kind that screens must refresh, "" if none.

    Unknown columns are ignored, missing ones get their defaults. An event that the tables cannot hold is skipped and
    logged: the hub has placed it for good, so failing on it would fail every round.
    """
    kind = _BY_TABLE.get(str(payload.get("kind")))
    if kind is None:
        return ""
    connection.execute("SAVEPOINT change")
    try:
        _apply(connection, kind, payload)
    except (*UNFIT_VALUES, TypeError, LookupError) as error:
        connection.execute("ROLLBACK TO change")
        _LOG.warning("a change of %s was passed over: %s", kind.table, type(error).__name__)
        return ""
    connection.execute("RELEASE change")
    touch_reference(connection)
    return _SCREEN_KINDS.get(kind.table, kind.table)


def _apply(connection: Connection, kind: _Kind, payload: Mapping[str, Any]) -> None:
    columns = _columns(connection, kind.table)
    for document in _each(payload.get("documents", []), dict):
        _put(connection, kind, document, columns)
        connection.execute(_TELL, (kind.table, _key(kind, document), _digest(document)))
    for key in _each(payload.get("gone", []), list):
        _remove(connection, kind, key)
        connection.execute("DELETE FROM told WHERE kind = ? AND key = ?", (kind.table, _key_text(key)))


def _each(values: Any, shape: type) -> list[Any]:
    if isinstance(values, list) and all(isinstance(value, shape) for value in values):
        return values
    raise TypeError(shape)


def _draft(kind: _Kind, actor: str, documents: Sequence[Document], gone: Sequence[Any]) -> EventDraft:
    payload = {"kind": kind.table, "documents": list(documents), "gone": list(gone)}
    return EventDraft(EventKind.REFERENCE, f"ref:{kind.table}", REFERENCE, actor, payload)


def _parts(documents: Iterable[Document]) -> Iterator[list[Document]]:
    part: list[Document] = []
    size = 0
    for document in documents:
        part.append(document)
        size += len(payload_text(document))
        if size > _BYTES_AT_ONCE:
            yield part
            part, size = [], 0
    if part:
        yield part


def _columns(connection: Connection, table: str) -> dict[str, bool]:
    """The columns of a table, each with whether it may be NULL."""
    rows = connection.execute(f"PRAGMA table_info({table})").fetchall()
    return {str(name): not required and not key for _no, name, _type, required, _default, key in rows}


def _documents(connection: Connection, kind: _Kind) -> Iterator[tuple[str, Document]]:
    """Every entity of a kind with its key, without what concerns only this desk."""
    columns = _columns(connection, kind.table)
    members = {child.table: _members(connection, child) for child in kind.children}
    for row in connection.execute(f"SELECT {', '.join(columns)} FROM {kind.table}").fetchall():
        values = dict(zip(columns, row, strict=True))
        if kind.table == "business_settings" and values["name"] in _OWN_SETTINGS:
            continue
        owner = values[kind.number or kind.key[0]]
        values.pop(kind.number, None)
        document: Document = {name: _plain(value) for name, value in values.items() if value is not None}
        for table, by_owner in members.items():
            if rows := by_owner.get(owner):
                document[table] = rows
        yield _key(kind, document), document


def _members(connection: Connection, child: _Children) -> dict[Any, list[list[Any]]]:
    columns = [name for name in _columns(connection, child.table) if name != child.owner]
    names = ", ".join(columns)
    found: dict[Any, list[list[Any]]] = {}
    for owner, *values in connection.execute(f"SELECT {child.owner}, {names} FROM {child.table} ORDER BY {names}"):
        found.setdefault(owner, []).append(values)
    return found


def _put(connection: Connection, kind: _Kind, document: Document, columns: Mapping[str, bool]) -> None:
    values = {name: _stored(document[name]) for name in columns if name != kind.number and name in document}
    check_readable(values, columns)
    where = " AND ".join(f"{name} = ?" for name in kind.key)
    key = [document[name] for name in kind.key]
    found = connection.execute(f"SELECT {kind.number or kind.key[0]} FROM {kind.table} WHERE {where}", key).fetchone()
    if found is None:
        names, marks = ", ".join(values), ", ".join("?" * len(values))
        sql = f"INSERT INTO {kind.table}({names}) VALUES ({marks})"
        number = connection.execute(sql, list(values.values())).lastrowid
        owner = number if kind.number else key[0]
    else:
        owner = found[0]
        nothing = [name for name, may_be_null in columns.items() if may_be_null and name not in values]
        sets = ", ".join([*(f"{name} = ?" for name in values), *(f"{name} = NULL" for name in nothing)])
        connection.execute(f"UPDATE {kind.table} SET {sets} WHERE {where}", [*values.values(), *key])
    for child in kind.children:
        _put_members(connection, child, owner, _each(document.get(child.table, []), list))


def _put_members(connection: Connection, child: _Children, owner: Any, rows: Iterable[Sequence[Any]]) -> None:
    columns = [name for name in _columns(connection, child.table) if name != child.owner]
    connection.execute(f"DELETE FROM {child.table} WHERE {child.owner} = ?", (owner,))
    marks = ", ".join("?" * (len(columns) + 1))
    sql = f"INSERT INTO {child.table}({child.owner}, {', '.join(columns)}) VALUES ({marks})"
    connection.executemany(sql, [(owner, *row) for row in rows])


def _remove(connection: Connection, kind: _Kind, key: Sequence[Any]) -> None:
    where = " AND ".join(f"{name} = ?" for name in kind.key)
    sql = f"SELECT {kind.number or kind.key[0]} FROM {kind.table} WHERE {where}"
    for (owner,) in connection.execute(sql, key).fetchall():
        for child in kind.children:
            connection.execute(f"DELETE FROM {child.table} WHERE {child.owner} = ?", (owner,))
        connection.execute(f"DELETE FROM {kind.table} WHERE {where}", key)


def _key(kind: _Kind, document: Document) -> str:
    return _key_text([document[name] for name in kind.key])


def _key_text(values: Sequence[Any]) -> str:
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"))


def _digest(document: Document) -> bytes:
    return hashlib.sha256(payload_text(document).encode()).digest()


def _plain(value: Any) -> Any:
    return _BINARY + base64.b64encode(value).decode() if isinstance(value, bytes) else value


def _stored(value: Any) -> Any:
    return base64.b64decode(value[len(_BINARY) :]) if isinstance(value, str) and value.startswith(_BINARY) else value
