"""A store that older rules folded: its cases are folded again by today's, so that log and tables agree."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from gridclient.store.driver import Connection, Database
from gridclient.store.refolding import Refolding
from gridclient.store.schema import RULES, RULES_VALUE
from gridclient.store.settings import KEEP_VALUE, read_value

_AT_ONCE: Final = 1000
Told = Callable[[int, int], None]
"""Told before each of the steps how many cases are behind, of how many; stops the work there by raising."""


def fold_again(database: Database, told: Told = lambda _done, _of: None) -> None:
    """Brings rows, parts and counts after today's rules where they are by others, a thousand cases a transaction; one
    cut off goes on.

    By which words a case is found is left as it stands.
    """
    with database.reader() as connection:
        last = connection.execute("SELECT max(no) FROM subjects").fetchone()[0] or 0
        rules, at, place = read_value(connection, RULES_VALUE).partition("@")
    if rules == str(RULES) and not at:
        return
    for first in range(int(place) if place and rules == str(RULES) else 1, last + 1, _AT_ONCE):
        told(first - 1, last)
        with database.writer() as connection:
            _fold_some(connection, first)
            connection.execute(KEEP_VALUE, (RULES_VALUE, f"{RULES}@{first + _AT_ONCE}"))
    with database.writer() as connection:
        connection.execute(KEEP_VALUE, (RULES_VALUE, str(RULES)))


def _fold_some(connection: Connection, first: int) -> None:
    refolding = Refolding(connection)
    numbers = connection.execute("SELECT no FROM cases WHERE no >= ? AND no < ?", (first, first + _AT_ONCE)).fetchall()
    for (no,) in numbers:
        refolding.touch(no)
    refolding.carry_out()
