"""Going on after a fork: the desk's numbers were used twice (a restored backup, a cloned machine)."""

from __future__ import annotations

import secrets
from typing import Final

from gridclient.services.sync_port import SyncStore

_SPREAD: Final = 1 << 16


def start_anew(store: SyncStore) -> int:
    """What the hub never placed is numbered anew, under a number of a start that no twin takes too; gives how many
    events that were. Somebody has confirmed it before.

    Raises:
        StoreUnavailable: nothing was changed.
    """
    return store.begin_incarnation(store.incarnation + 1 + secrets.randbelow(_SPREAD))
