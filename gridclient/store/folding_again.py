"""Folds all cases again after an update whose rules (``schema.RULES``) make other cases of the same events."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from gridclient.store.driver import Connection, Database
from gridclient.store.refolding import Refolding
from gridclient.store.schema import RULES, RULES_VALUE
from gridclient.store.settings import KEEP_VALUE, read_value

_AT_ONCE: Final = 1000
Told = Callable[[int, int], None]
"""Called before each transaction with cases done and cases in all; stops the work by raising."""


def fold_again(database: Database, told: Told = lambda _done, _of: None) -> None:
    """Folds all cases again and rewrites their rows, parts and counts, 1,000 cases a transaction. Does nothing if the
    rules are today's; goes on where an earlier run was cut off.

    The search index is not changed.
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
