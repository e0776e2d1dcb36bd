"""Copies of the store as of one moment, encrypted with its key, made while work goes on; and replacing the store by
one."""

from __future__ import annotations

import os
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Final

from gridclient.services.put_in_place import put_in_place
from gridclient.store.driver import Connection, Database, environment_faults
from gridclient.store.file_faults import file_faults, sync_folder

_PARTS: Final = ("", "-wal", "-shm", "-journal")
_DECIDED: Final = ".decided"


def has_store(file: Path) -> bool:
    """Whether the file exists and is not empty."""
    return file.is_file() and file.stat().st_size > 0


def copy_store(database: Database, target: Path) -> None:
    """Copies the store to ``target``, which appears only when it is complete.

    The copy is of the moment of the call: it holds a read transaction, so writers go on and never make it start again.

    Raises:
        StoreUnavailable: no room, or the store cannot be read.
    """
    fresh = target.with_name(f"{target.name}.{os.urandom(4).hex()}.part")
    with file_faults():
        target.parent.mkdir(parents=True, exist_ok=True)
    try:
        source = database.separate_connection()
        try:
            _copy(source, database, fresh)
        finally:
            source.close()
        with file_faults():
            fresh.chmod(0o600)
            _make_durable(fresh, target)
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


def exchange_store(fresh: Path, store: Path, aside: Path) -> None:
    """Puts ``fresh`` in the store's place and moves the old store, with SQLite's side files, to ``aside``.

    ``fresh`` is first renamed to ``*.decided``, on disk and complete; after a power cut :func:`finish_exchange` does
    the rest.

    Raises:
        OSError: the old store could not be moved; nothing was changed.
    """
    decided = store.with_name(f"{aside.name}{_DECIDED}")
    _make_durable(fresh, decided)
    try:
        finish_exchange(store, aside.parent)
    except OSError:
        if store.is_file():
            decided.unlink(missing_ok=True)
        raise


def finish_exchange(store: Path, kept: Path) -> None:
    """Moves the old store to the folder ``kept``, main file first, and the ``*.decided`` one into its place.

    If an earlier run had already moved the old store, a store found in its place is a later one and is kept under
    another name.
    """
    for decided in store.parent.glob(f"*{_DECIDED}"):
        aside = kept / decided.name.removesuffix(_DECIDED)
        if store.is_file() and aside.exists():
            named = (aside.with_name(f"{aside.stem}-{number}{aside.suffix}") for number in count(2))
            aside = next(name for name in named if not name.exists())
        for suffix in _PARTS:
            with suppress(FileNotFoundError):
                put_in_place(store.with_name(store.name + suffix), aside.with_name(aside.name + suffix))
        put_in_place(decided, store)
        sync_folder(kept)
        sync_folder(store.parent)


def is_exchange_decided(folder: Path) -> bool:
    """Whether a power cut interrupted an exchange: the folder has a ``*.decided`` store."""
    return next(folder.glob(f"*{_DECIDED}"), None) is not None


def _make_durable(fresh: Path, target: Path) -> None:
    with fresh.open("rb+") as file:
        os.fsync(file.fileno())
    put_in_place(fresh, target)
    sync_folder(target.parent)


def remove_store(file: Path) -> None:
    """Deletes a store or copy with SQLite's side files."""
    for suffix in _PARTS:
        file.with_name(file.name + suffix).unlink(missing_ok=True)
