"""Goes on after a fork: a desk's event numbers were used twice (a restored backup, a copied machine)."""

from __future__ import annotations

import secrets
from typing import Final

from gridclient.services.sync_port import SyncStore

_SPREAD: Final = 1 << 16


def start_anew(store: SyncStore) -> int:
    """Begins a new incarnation and numbers the events anew that the hub never placed; returns how many these are.

    The incarnation is chosen at random, so that a copied machine does not choose the same. To be called only after a
    person confirmed it.

    Raises:
        StoreUnavailable: nothing was changed.
    """
    return store.begin_incarnation(store.incarnation + 1 + secrets.randbelow(_SPREAD))
