"""What the hub asks of a database: a backend, implemented in ``sqlite`` and ``postgres``, and its ledger for each
transaction.

Every call blocks; none may be made on the event loop.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Protocol

from gridclient.hub.access_ledger import Ledger
from gridclient.hub.ledger import OrderLedger

__all__ = ["Backend", "Ledger", "OrderLedger"]


class Backend(Protocol):
    """A database of a hub. Safe to use from several threads.

    Raises:
        StoreUnavailable: it cannot be reached, is full or broke off (``hub.store_failed``); nothing of the
            transaction stays, and the same call may be made again.
    """

    def writing(self) -> AbstractContextManager[Ledger]:
        """One transaction, durable once the block has ended."""
        ...

    def reading(self) -> AbstractContextManager[Ledger]:
        """For statements that change nothing; each sees what was committed before it."""
        ...

    def describe(self) -> str:
        """Type and place of the database, for people, without its password."""
        ...

    def close(self) -> None: ...
