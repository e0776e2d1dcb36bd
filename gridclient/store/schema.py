"""Which version of the store's tables this program speaks; the tables themselves stand in :mod:`.migrations`."""

from __future__ import annotations

from typing import Final

from gridclient.domain.case import CaseState
from gridclient.domain.errors import StoreUnavailable
from gridclient.store.driver import Connection
from gridclient.store.settings import read_value

APPLICATION_ID: Final = 0x67726964  # "grid"
VERSION: Final = 9
"""How many migrations there are; stands in ``PRAGMA user_version``."""
RULES: Final = 6
"""Version of the fold's rules: to be raised when :mod:`gridclient.domain.fold` makes other cases of the same events."""
RULES_VALUE: Final = "fold.rules"
"""Desk value with the rules that folded the cases; ``6@5001``: rules 6, so far only cases with numbers below 5001."""
TALLY_FLAGS: Final = ("returned", "consultation", "conflict", "pending")
TALLY_COLUMNS: Final = (*(state.value for state in CaseState), *TALLY_FLAGS)


def version_of(connection: Connection) -> int:
    """How many migrations this file has seen; 0 for an empty one."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def check_version(connection: Connection) -> bool:
    """Whether the store has this program's version; ``False`` when it is older and must be upgraded.

    Raises:
        StoreUnavailable: a newer program wrote it (``store.newer``), or another program did (``store.foreign``).
    """
    version = version_of(connection)
    if version > VERSION:
        raise StoreUnavailable("store.newer", version=version, known=VERSION)
    if version and connection.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
        raise StoreUnavailable("store.foreign")
    return version == VERSION


def has_todays_rules(connection: Connection) -> bool:
    """Whether this program's rules folded the cases; else :func:`gridclient.store.folding_again.fold_again` does."""
    return read_value(connection, RULES_VALUE) == str(RULES)
