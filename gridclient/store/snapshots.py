"""Copies of the store as it is at one moment, encrypted with the same key, made without stopping anybody's work, and
the exchange of the store for such a copy."""

from __future__ import annotations

import os
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Final

from gridclient.store.driver import Connection, Database, environment_faults
from gridclient.store.file_faults import file_faults, sync_folder

_PARTS: Final = ("", "-wal", "-shm", "-journal")
_DECIDED: Final = ".decided"


def has_store(file: Path) -> bool:
    """Whether there is a file with anything in it."""
    return file.is_file() and file.stat().st_size > 0


def copy_store(database: Database, target: Path) -> None:
    """Copies the store to ``target``, which appears only when it is whole.

    The copy is of the moment of the call: it holds a read transaction, so writers go on and never make it start again.

    Raises:
        StoreUnavailable: no room, or the store cannot be read.
    """
    fresh = in_the_making(target)
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
            _make_durable(fresh, target)
    finally:
        remove_store(fresh)


def in_the_making(target: Path) -> Path:
    """Where a copy is written until it is whole."""
    return target.with_name(f"{target.name}.part")


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
    """Puts ``fresh`` in the store's place and the old one, with what SQLite wrote beside it, ``aside``.

    ``fresh`` stands whole and decided on before the old store goes; a power cut leaves :func:`finish_exchange` to do.

    Raises:
        OSError: where the old store did not let itself be moved, nothing was done.
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
    """Puts the old store into the folder ``kept`` and the decided one in its place, the old one's main file first.

    A store that stands there although a run that was cut off has moved the old one came into being since, and gets
    a name of its own.
    """
    for decided in store.parent.glob(f"*{_DECIDED}"):
        aside = kept / decided.name.removesuffix(_DECIDED)
        if store.is_file() and aside.exists():
            named = (aside.with_name(f"{aside.stem}-{number}{aside.suffix}") for number in count(2))
            aside = next(name for name in named if not name.exists())
        for suffix in _PARTS:
            with suppress(FileNotFoundError):
                store.with_name(store.name + suffix).replace(aside.with_name(aside.name + suffix))
        decided.replace(store)
        sync_folder(kept)
        sync_folder(store.parent)


def is_exchange_decided(folder: Path) -> bool:
    """Whether a power cut left a profile's folder between two stores."""
    return next(folder.glob(f"*{_DECIDED}"), None) is not None


def _make_durable(fresh: Path, target: Path) -> None:
    with fresh.open("rb+") as file:
        os.fsync(file.fileno())
    fresh.replace(target)
    sync_folder(target.parent)


def remove_store(file: Path) -> None:
    """Removes a copy, with what SQLite wrote beside it."""
    for suffix in _PARTS:
        file.with_name(file.name + suffix).unlink(missing_ok=True)
