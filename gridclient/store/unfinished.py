"""Whether an import was cut off. Every start asks this, so this module loads nothing of the import code."""

from __future__ import annotations

from typing import Final

from gridclient.store.driver import Database

_UNFINISHED: Final = "select id, state from imports where state not in ('done', 'given_up') order by id"


def unfinished_imports(database: Database) -> list[tuple[int, str]]:
    """Number and state (``staging`` or ``ready``) of unfinished imports, oldest first.

    :func:`gridclient.store.import_journal.finish_imports` ends them.
    """
    with database.reader() as connection:
        return connection.execute(_UNFINISHED).fetchall()
