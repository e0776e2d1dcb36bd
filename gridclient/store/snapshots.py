"""Copies of the store as it is at one moment, encrypted with the same key, made without stopping anybody's work."""

from __future__ import annotations

import os
from pathlib import Path

from gridclient.store.driver import Connection, Database, environment_faults
from gridclient.store.file_faults import file_faults, sync_folder


def copy_store(database: Database, target: Path) -> None:
    """Copies the store to ``target``, which appears only when it is whole.

    The copy is of the moment of the call: it holds a read transaction, so writers go on and never make it start again.

    Raises:
        StoreUnavailable: no room, or the store cannot be read.
    """
    fresh = target.with_name(f"{target.name}.part")
    with file_faults():
        target.parent.mkdir(parents=True, exist_ok=True)
        fresh.unlink(missing_ok=True)
    try:
        source = database.separate_connection()
        try:
            _copy(source, database, fresh)
        finally:
            source.close()
        with file_faults():
            fresh.chmod(0o600)
            with fresh.open("rb+") as file:
                os.fsync(file.fileno())
            fresh.replace(target)
            sync_folder(target.parent)
    finally:
        remove_store(fresh)


def _copy(source: Connection, database: Database, fresh: Path) -> None:
    copy = database.copying_connection(fresh)
    try:
        with environment_faults():
            source.execute("BEGIN")
            source.execute("SELECT count(*) FROM sqlite_master").fetchone()
            source.backup(copy)
            source.execute("COMMIT")
    finally:
        copy.close()


def remove_store(file: Path) -> None:
    """Removes a copy, with what SQLite wrote beside it."""
    for suffix in ("", "-wal", "-shm", "-journal"):
        file.with_name(file.name + suffix).unlink(missing_ok=True)
