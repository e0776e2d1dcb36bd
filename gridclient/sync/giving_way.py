"""What a page contradicts gives way to what the hub has, where signatures allow it, so that reading again is of use."""

from __future__ import annotations

from collections.abc import Callable

from gridclient.domain.errors import SyncFault
from gridclient.domain.events import EventKey
from gridclient.services.rows import Changes
from gridclient.services.sync_port import FeedPage, OriginKey, SyncStore


def contradicted(fault: SyncFault) -> EventKey | None:
    """The event that the fault of a page names; ``None`` if it names none."""
    try:
        return EventKey.parse(str(fault.params.get("event", "")))
    except ValueError:
        return None


def given_up(store: SyncStore, page: FeedPage, event: EventKey) -> Changes:
    """Withdraws of an event's origin what no chain shows here; if there is none, what no signature proves; if all is
    proven, what its device signed otherwise."""
    return store.withdraw_unshown(page, event) or store.withdraw_unproven(event) or store.withdraw_forked(page, event)


class GivingWay:
    """For one round, in which each origin gives way once: a hub that forges would go on for ever. ``changed`` gets what
    that touched."""

    def __init__(self, store: SyncStore, changed: Callable[[Changes], None]) -> None:
        self._store = store
        self._changed = changed
        self._done: set[OriginKey] = set()

    def after(self, fault: SyncFault, page: FeedPage) -> bool:
        """Withdraws what the page contradicts of the origin that the fault names; whether there was anything."""
        event = contradicted(fault)
        if event is None or (origin := OriginKey(*event[:3])) in self._done:
            return False
        self._done.add(origin)
        gone = given_up(self._store, page, event)
        self._changed(gone)
        return bool(gone)
