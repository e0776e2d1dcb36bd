"""Whether an import was cut off. Every start asks, nearly always in vain: so this imports nothing of an import's."""

from __future__ import annotations

from typing import Final

from gridclient.store.driver import Database

_UNFINISHED: Final = "select id, state from imports where state not in ('done', 'given_up') order by id"


def unfinished_imports(database: Database) -> list[tuple[int, str]]:
    """Number and state of those that are staged or decided and not taken over, the oldest first:
    :func:`gridclient.store.import_journal.finish_imports` ends them."""
    with database.reader() as connection:
        return connection.execute(_UNFINISHED).fetchall()
