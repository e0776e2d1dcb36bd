"""Finds and opens the database that a command of the hub works on. A fresh one is never made by mistake."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from gridclient.cli.output import say
from gridclient.domain.errors import NotFound

if TYPE_CHECKING:
    from gridclient.hub.backend import Backend


def add_database(parser: Any, run: Callable[[argparse.Namespace], object]) -> None:
    """Adds the option ``--db`` and sets what the command runs."""
    parser.add_argument("--db", default="", metavar="数据库", help="sqlite:///文件 或 postgresql://…")
    parser.set_defaults(run=run)


def database_url(args: argparse.Namespace) -> str:
    """The database that was named; without a name, ``hub/hub.db`` in the profile."""
    return str(args.db or f"sqlite:///{args.profile / 'hub' / 'hub.db'}")


@contextmanager
def opened_database(args: argparse.Namespace, *, makes: bool = False) -> Iterator[Backend]:
    """Opens the database until the command is done. With ``makes``, an SQLite file that was named and is missing is
    made.

    Raises:
        NotFound: ``hub.no_database``; ``hub.on_server``: the hub has a database server, which must be named.
        Conflict: ``hub.moved``: this hub was moved to another database.
    """
    from gridclient.hub.opening import check_not_moved, open_backend, runs_on_server, sqlite_file

    url = database_url(args)
    file = sqlite_file(url)
    if not args.db and runs_on_server(args.profile / "hub"):
        raise NotFound("hub.on_server")
    is_new = file is not None and not file.exists()
    if is_new and not (makes and args.db):
        raise NotFound("hub.no_database", file=str(file))
    backend = open_backend(url)
    if is_new:
        say(f"新建了同步中心的数据库 {file}；同步中心早已建立的，请核对 --db 是否写错。")
    try:
        with backend.reading() as ledger:
            check_not_moved(ledger)
        yield backend
    finally:
        backend.close()
