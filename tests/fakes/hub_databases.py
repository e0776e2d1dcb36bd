"""Databases for a hub under test, by name: ``sqlite`` (a file) and ``postgres`` (a real server)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from gridclient.hub.backend import Backend
from gridclient.hub.opening import open_backend
from tests.fakes.postgres import drop_database, new_database

KINDS: Final = ("sqlite", "postgres")


@contextmanager
def database(kind: str, folder: Path) -> Iterator[str]:
    """The address of an empty database."""
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'hub.db'}"
        return
    url = new_database()
    try:
        yield url
    finally:
        drop_database(url)


@contextmanager
def opened(kind: str, folder: Path) -> Iterator[Backend]:
    """An empty hub's database, open."""
    with database(kind, folder) as url:
        backend = open_backend(url)
        try:
            yield backend
        finally:
            backend.close()
