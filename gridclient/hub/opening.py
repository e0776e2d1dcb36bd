"""Opens the database of an address: ``sqlite:///FILE`` or ``postgresql://…``; and notes which kind a hub's folder
belongs to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout

from gridclient.domain.errors import Conflict, InvalidInput, StoreUnavailable, reason_of
from gridclient.hub.backend import Backend, Ledger
from gridclient.hub.postgres import PostgresBackend
from gridclient.hub.serving_lock import served_once
from gridclient.hub.sqlite import SqliteBackend

MOVED_FACT: Final = "moved"
"""Fact that names the database the hub was moved to; this one must not be used any more."""
_NOTE: Final = "database"
_SQLITE: Final = "sqlite:///"
_POSTGRES: Final = ("postgresql://", "postgres://")


def sqlite_file(url: str) -> Path | None:
    """The file of an SQLite address (three slashes, then the path unchanged); ``None`` for other addresses."""
    if not url.startswith(_SQLITE) or url == _SQLITE:
        return None
    return Path(url.removeprefix(_SQLITE))


def open_backend(url: str, *, connections: int = 8) -> Backend:
    """The database at ``url``; its tables are created if missing.

    Raises:
        InvalidInput: ``hub.address_unknown``; ``hub.other_file``: the file holds something else.
        StoreUnavailable: it cannot be reached (``hub.store_failed``, ``hub.not_opened``) or belongs to a later version
            (``hub.newer``).
    """
    file = sqlite_file(url)
    if file is not None:
        return SqliteBackend(file)
    if url.startswith(_POSTGRES):
        return PostgresBackend(url, connections=connections)
    raise InvalidInput("hub.address_unknown", text=url.partition("://")[0])


def check_not_moved(ledger: Ledger) -> None:
    """Raises ``Conflict("hub.moved")`` if this hub was moved to another database."""
    moved = ledger.fact(MOVED_FACT)
    if moved is not None:
        raise Conflict("hub.moved", to=moved)


@contextmanager
def held(url: str, lost: Callable[[], object] = lambda: None) -> Iterator[None]:
    """Holds the lock of a database, so that nobody else serves it: a second hub would tell desks another address and
    certificate, and take photos that the first one does not find. On a server another hub can take it in the end
    (:func:`served_once`), which ``lost`` is told.

    Raises:
        Conflict: ``hub.running``; ``hub.taken``.
        InvalidInput: ``hub.pooled``.
        StoreUnavailable: ``hub.store_failed``, ``hub.not_opened``.
    """
    file = sqlite_file(url)
    if file is None:
        with served_once(url, lost):
            yield
        return
    lock = FileLock(f"{file}.serving", timeout=0, mode=0o600)
    try:
        lock.acquire()
    except Timeout:
        raise Conflict("hub.running", file=file.name) from None
    except OSError as error:
        raise StoreUnavailable("hub.store_failed", detail=reason_of(error)) from error
    try:
        yield
    finally:
        lock.release()


def note_database(folder: Path, url: str) -> None:
    """Writes the kind of database to the folder of the attachments."""
    try:
        (folder / _NOTE).write_text("sqlite\n" if sqlite_file(url) else "server\n", encoding="ascii")
    except OSError as error:
        raise StoreUnavailable("hub.store_failed", detail=reason_of(error)) from error


def runs_on_server(folder: Path) -> bool:
    """Whether the folder's hub was last served from a server, so that an SQLite file there is not its database."""
    try:
        return (folder / _NOTE).read_text(encoding="ascii").strip() == "server"
    except (OSError, ValueError):
        return False
