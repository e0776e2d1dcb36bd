"""Which database a command of the hub works on, and opening it."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gridclient.hub.backend import Backend


def add_database(parser: Any, run: Callable[[argparse.Namespace], object]) -> None:
    """``--db``, and what the command does."""
    parser.add_argument("--db", default="", metavar="数据库", help="sqlite:///文件 或 postgresql://…")
    parser.set_defaults(run=run)


def database_url(args: argparse.Namespace) -> str:
    """The database meant; without one, the file in the profile's folder of the hub."""
    return str(args.db or f"sqlite:///{args.profile / 'hub' / 'hub.db'}")


@contextmanager
def opened_database(args: argparse.Namespace) -> Iterator[Backend]:
    """The database, until the command is done."""
    from gridclient.hub.opening import open_backend

    backend = open_backend(database_url(args))
    try:
        yield backend
    finally:
        backend.close()
