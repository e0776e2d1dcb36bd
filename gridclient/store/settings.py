"""What one desk keeps for itself and never sends: drafts, saved views, values. On disk at once."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from gridclient.services.kept_filter import as_kept, from_kept
from gridclient.services.rows import SavedView
from gridclient.store.driver import Connection, Database

KEEP_VALUE: Final = "INSERT INTO desk_values(name, value) VALUES (?1, ?2) ON CONFLICT(name) DO UPDATE SET value = ?2"
_CHOSEN: Final = (
    "SELECT name, value FROM desk_values WHERE name GLOB 'desk.*' OR name GLOB 'import.columns.*' "
    "OR name IN ('sync.offline', 'sync.proxy')"
)
_KEEP: Final = {
    "drafts": "INSERT INTO drafts(name, text) VALUES (?1, ?2) ON CONFLICT(name) DO UPDATE SET text = ?2",
    "views": "INSERT INTO views(name, body) VALUES (?1, ?2) ON CONFLICT(name) DO UPDATE SET body = ?2",
    "desk_values": KEEP_VALUE,
}


class SqliteDeskSettings:
    """``services.ports.DeskSettings``. Each call is one transaction, on disk when it returns. Keeping "" deletes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep_draft(self, name: str, text: str) -> None:
        self._keep("drafts", name, text)

    def keep_view(self, view: SavedView) -> None:
        self._keep("views", view.name, json.dumps(as_kept(view.filter, view.sort), ensure_ascii=False))

    def drop_view(self, name: str) -> None:
        self._keep("views", name, "")

    def value(self, name: str) -> str:
        with self._database.reader() as connection:
            return read_value(connection, name)

    def keep_value(self, name: str, value: str) -> None:
        self._keep("desk_values", name, value)

    def _keep(self, table: str, name: str, text: str) -> None:
        with self._database.writer() as connection:
            if text:
                connection.execute(_KEEP[table], (name, text))
            else:
                connection.execute(f"DELETE FROM {table} WHERE name = ?", (name,))


def read_value(connection: Connection, name: str) -> str:
    """The desk's value of this name, or ""."""
    row = connection.execute("SELECT value FROM desk_values WHERE name = ?", (name,)).fetchone()
    return "" if row is None else str(row[0])


def read_chosen(connection: Connection) -> dict[str, str]:
    """The values that people set, by name, without the program's own notes."""
    return dict(connection.execute(_CHOSEN).fetchall())


def read_draft(connection: Connection, name: str) -> str:
    """The draft kept under this name, or ""."""
    row = connection.execute("SELECT text FROM drafts WHERE name = ?", (name,)).fetchone()
    return "" if row is None else str(row[0])


def read_views(connection: Connection) -> Sequence[SavedView]:
    """All saved views by name, without those that another version wrote and this one cannot read."""
    views = []
    for name, body in connection.execute("SELECT name, body FROM views ORDER BY name"):
        with suppress(KeyError, TypeError, ValueError):
            views.append(SavedView(name, *from_kept(json.loads(body))))
    return tuple(views)
