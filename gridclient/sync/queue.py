"""What is pushed next: own events in the order of their numbers, as many as the line takes at once.

A number is pushed at most as often as the hub asks for it; an event is done only when its place came back.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Final

from gridclient.domain.errors import SyncFault
from gridclient.services.sync_port import OriginKey, SyncStore, Unsent
from gridclient.sync.signing import sign_head
from gridclient.sync.transport import Pacing
from gridclient.sync.wire import MOST_EVENTS, Push, PushResult, PushStatus

_LOG: Final = logging.getLogger(__name__)
_MOST_TEXT: Final = 12 << 20
_MOST_PUSHES: Final = 100
_MOST_GAPS: Final = 3


class PushQueue:
    """Own events that wait, for one round. ``rejected`` counts those that the hub would not take."""

    def __init__(self, store: SyncStore, pacing: Pacing) -> None:
        self._store = store
        self._key = b""
        self._pacing = pacing
        self._next: dict[OriginKey, int] = {}
        self._gaps: dict[OriginKey, int] = {}
        self._shut: dict[OriginKey, PushStatus] = {}
        self._pushed: dict[OriginKey, int] = {}
        self._last: set[OriginKey] = set()
        self._under_way: tuple[Push, ...] = ()
        self.applied = 0
        self.rejected = 0

    def begin(self, signing_key: bytes) -> None:
        """Takes up all that waits; batches are signed with this key."""
        self._key = signing_key
        self.look_again()

    @property
    def is_empty(self) -> bool:
        """Whether all that could be pushed was pushed."""
        return not self._next

    def look_again(self) -> None:
        """Takes up what waits in the store now and was not pushed in this round."""
        for origin, first in self._store.unsent_origins():
            if origin not in self._shut:
                self._next[origin] = min(first, self._next.get(origin, first))

    def next_batch(self) -> tuple[Push, ...]:
        """Signed pushes for one round-trip."""
        room = min(self._pacing.events, MOST_EVENTS)
        self._last.clear()
        found: list[Push] = []
        for origin in list(self._next):
            if room < 1 or len(found) == _MOST_PUSHES:
                break
            unsent = self._read(origin, room)
            if not unsent.records:
                del self._next[origin]
                continue
            found.append(self._signed(unsent))
            if len(unsent.records) < room:
                self._last.add(origin)
            room -= len(unsent.records)
        self._under_way = tuple(found)
        return self._under_way

    def answered(self, results: Sequence[PushResult]) -> None:
        """Takes the hub's word for each push of the last batch.

        Raises:
            SyncFault: ``sync.fork``, ``sync.gap``.
        """
        for push, result in zip(self._under_way, results, strict=True):
            self._answered(push, result)
        self._under_way = ()

    def require_placed(self) -> None:
        """Raises ``SyncFault`` when the hub did not take everything, or took it and gave no places."""
        if PushStatus.REFUSED in self._shut.values():
            raise SyncFault("sync.push_refused", count=self.rejected)
        waiting = dict(self._store.unsent_origins())
        for origin, last in self._pushed.items():
            if origin not in self._shut and waiting.get(origin, last + 1) <= last:
                raise SyncFault("sync.unplaced", retryable=True, stream=origin.stream)

    def _read(self, origin: OriginKey, room: int) -> Unsent:
        """As many events as fit, both in number and in length."""
        while True:
            unsent = self._store.unsent(origin, self._next[origin], room)
            if sum(len(record.text) for record in unsent.records) <= _MOST_TEXT or len(unsent.records) < 2:
                return unsent
            room = len(unsent.records) // 2  # one record at least, whatever its length

    def _signed(self, unsent: Unsent) -> Push:
        last = unsent.first + len(unsent.records) - 1
        signature = sign_head(self._key, unsent.origin, last, unsent.link_after)
        return Push(unsent.origin, unsent.first, unsent.records, unsent.link_after, signature)

    def _answered(self, push: Push, result: PushResult) -> None:
        origin, after = push.origin, push.first + len(push.records)
        match result.status:
            case PushStatus.APPLIED | PushStatus.KNOWN:
                self.applied += len(push.records)
                self._pushed[origin] = after - 1
                if origin in self._last:  # what is written meanwhile goes with the next round
                    del self._next[origin]
                else:
                    self._next[origin] = after
            case PushStatus.GAP:
                self._gaps[origin] = self._gaps.get(origin, 0) + 1
                if result.expected >= push.first or self._gaps[origin] > _MOST_GAPS:
                    raise SyncFault("sync.gap", event=f"{origin.stream}/{origin.incarnation}/{result.expected}")
                self._next[origin] = max(1, result.expected)
            case PushStatus.FORK:
                raise SyncFault("sync.fork", stream=origin.stream)
            case _:
                _LOG.warning("%s: %d events from %d of %s", result.status, len(push.records), push.first, origin.stream)
                self.rejected += len(push.records)
                self._shut[origin] = result.status
                del self._next[origin]
