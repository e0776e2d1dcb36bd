"""What a page contradicts and no signature proves gives way to the hub's, so that reading again is of use."""

from __future__ import annotations

from collections.abc import Callable

from gridclient.domain.errors import SyncFault
from gridclient.domain.events import EventKey
from gridclient.services.rows import Changes
from gridclient.services.sync_port import OriginKey, SyncStore


def contradicted(fault: SyncFault) -> EventKey | None:
    """The event that the fault of a page names; ``None`` if it names none."""
    try:
        return EventKey.parse(str(fault.params.get("event", "")))
    except ValueError:
        return None


class GivingWay:
    """For one round, in which each origin gives way once: a hub that forges would go on for ever. ``changed`` gets what
    that touched."""

    def __init__(self, store: SyncStore, changed: Callable[[Changes], None]) -> None:
        self._store = store
        self._changed = changed
        self._done: set[OriginKey] = set()

    def after(self, fault: SyncFault) -> bool:
        """Withdraws what is unproven of the origin that the fault names; whether there was anything."""
        event = contradicted(fault)
        if event is None or (origin := OriginKey(*event[:3])) in self._done:
            return False
        self._done.add(origin)
        gone = self._store.withdraw_unproven(event)
        self._changed(gone)
        return bool(gone)
