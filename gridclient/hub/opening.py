"""From an address to a database: ``sqlite:///FILE`` or ``postgresql://…``."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from gridclient.domain.errors import InvalidInput
from gridclient.hub.backend import Backend
from gridclient.hub.postgres import PostgresBackend
from gridclient.hub.sqlite import SqliteBackend

_SQLITE: Final = "sqlite:///"
_POSTGRES: Final = ("postgresql://", "postgres://")


def sqlite_file(url: str) -> Path | None:
    """The file of an SQLite address (three slashes, then the path as it is), ``None`` for another database."""
    if not url.startswith(_SQLITE) or url == _SQLITE:
        return None
    return Path(url.removeprefix(_SQLITE))


def open_backend(url: str, *, connections: int = 8) -> Backend:
    """The database at ``url``, with its tables; made when it is new.

    Raises:
        InvalidInput: ``hub.address_unknown``.
        StoreUnavailable: it cannot be reached (``hub.store_failed``) or belongs to a later version (``hub.newer``).
    """
    file = sqlite_file(url)
    if file is not None:
        return SqliteBackend(file)
    if url.startswith(_POSTGRES):
        return PostgresBackend(url, connections=connections)
    raise InvalidInput("hub.address_unknown", text=url.partition("://")[0])
