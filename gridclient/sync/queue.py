"""What is pushed next: own events in the order of their numbers, as many as the line takes at once.

A number is pushed at most as often as the hub asks for it; an event is done only when its place came back. What other
desks wrote and a stick brought goes along, everything in the order of its clocks: an event must not come to the hub
before one that its author had seen.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from typing import Final, NamedTuple

from gridclient.domain.errors import SyncFault
from gridclient.services.rows import Changes
from gridclient.services.sync_port import OriginKey, SyncStore, Unsent
from gridclient.sync.signing import sign_head
from gridclient.sync.wire import Push, PushResult, PushStatus

_LOG: Final = logging.getLogger(__name__)
_MOST_TEXT: Final = 12 << 20
_MOST_PUSHES: Final = 100
_MOST_GAPS: Final = 3


class Run(NamedTuple):
    """A push under way; ``ends``: nothing of its origin follows."""

    push: Push
    ends: bool


Batch = tuple[Run, ...]
"""What one round-trip carries."""


class PushQueue:
    """Own events that wait, for one round. ``rejected`` counts those that the hub would not take; ``withdrawn``: the
    cases of those that a stick brought and that it would not take."""

    def __init__(self, store: SyncStore) -> None:
        self._store = store
        self._key = b""
        self._next: dict[OriginKey, int] = {}
        self._gaps: dict[OriginKey, int] = {}
        self._shut: dict[OriginKey, PushStatus] = {}
        self._pushed: dict[OriginKey, int] = {}
        self._carried: set[OriginKey] = set()
        self._behind_gap: set[OriginKey] = set()
        self.withdrawn = Changes()
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
        carried = self._store.carried_origins()
        self._carried |= {origin for origin, _ in carried}
        for origin, first in (*self._store.unsent_origins(), *carried):
            if origin not in self._shut:
                self._next[origin] = min(first, self._next.get(origin, first))

    def next_batch(self, room: int, before: Batch = ()) -> Batch:
        """Signed pushes of ``room`` events for one round-trip; ``before`` is under way and taken for granted."""
        left = self._left(before)
        found: list[Run] = []
        texts = 0
        while left and room > 0 and len(found) < _MOST_PUSHES and texts < _MOST_TEXT:
            unsent = self._earliest(left, room)
            if unsent is None or (found and unsent.signature and len(unsent.records) > room):
                break
            ends = not unsent.more and len(unsent.records) < room
            found.append(Run(self._signed(unsent), ends))
            if ends:
                del left[unsent.origin]
            else:
                left[unsent.origin] = unsent.first + len(unsent.records)
            room -= len(unsent.records)
            texts += _length(unsent)
        return tuple(found)

    def follows(self, batch: Batch) -> bool:
        """Whether there may be more to push when all of the batch is taken."""
        return bool(self._left(batch))

    def answered(self, batch: Batch, results: Sequence[PushResult], *, ahead: bool = False) -> bool:
        """Takes the hub's word for each push of a batch; gives whether it took them all. ``ahead``: it was sent before
        the one before it was answered, so the hub may have met them in the other order.

        Raises:
            SyncFault: ``sync.fork``, ``sync.gap``.
        """
        stopped: set[OriginKey] = set()
        for run, result in zip(batch, results, strict=True):
            if run.push.origin in stopped:
                continue  # it followed one that was not taken
            if result.status not in (PushStatus.APPLIED, PushStatus.KNOWN):
                stopped.add(run.push.origin)
                if ahead and result.status is PushStatus.GAP:
                    continue  # it comes again
            if run.push.carried:
                self._carried_answered(run.push, result)
            else:
                self._answered(run, result)
        return not stopped

    def _left(self, batch: Batch) -> dict[OriginKey, int]:
        """The next number of each origin that has more than the batch."""
        left = dict(self._next)
        for push, ends in batch:
            if ends:
                left.pop(push.origin, None)
            elif push.origin in left:
                left[push.origin] = push.first + len(push.records)
        return left

    def require_placed(self) -> None:
        """Raises ``SyncFault`` when the hub did not take everything, or took it and gave no places."""
        if any(s is PushStatus.REFUSED and origin not in self._carried for origin, s in self._shut.items()):
            raise SyncFault("sync.push_refused", count=self.rejected)
        waiting = dict(self._store.unsent_origins())
        for origin, last in self._pushed.items():
            if origin not in self._shut and waiting.get(origin, last + 1) <= last:
                raise SyncFault("sync.unplaced", retryable=True, stream=origin.stream)

    def _earliest(self, left: dict[OriginKey, int], room: int) -> Unsent | None:
        """The run that ended first before the hub lost it, then the one that ends first by the clocks; without events
        of other desks simply the next origin's."""
        found: Unsent | None = None
        for origin in list(left):
            unsent = self._read(origin, left[origin], room)
            if not unsent.records:
                if left.pop(origin) == self._next.get(origin):
                    del self._next[origin]
                continue
            if found is None or _order(unsent) < _order(found):
                found = unsent
            if not self._carried:
                break
        return found

    def _read(self, origin: OriginKey, first: int, room: int) -> Unsent:
        """As many events as fit, both in number and in length; one at least, whatever its length. Where the one before
        is missing (a stick brought these back to a restored desk) nothing at first: what is read now may bring it."""
        try:
            unsent = self._store.unsent(origin, first, room)
        except SyncFault as fault:
            if fault.code != "sync.gap" or origin in self._behind_gap:
                raise
            self._behind_gap.add(origin)
            return Unsent(origin, first, (), b"", b"")
        while not unsent.signature and len(unsent.records) > 1 and _length(unsent) > _MOST_TEXT:
            unsent = replace(self._store.unsent(origin, first, len(unsent.records) // 2), more=True)
        return unsent

    def _signed(self, unsent: Unsent) -> Push:
        last = unsent.first + len(unsent.records) - 1
        signature = unsent.signature or sign_head(self._key, unsent.origin, last, unsent.link_after)
        return Push(unsent.origin, unsent.first, unsent.records, unsent.link_after, signature, bool(unsent.signature))

    def _carried_answered(self, push: Push, result: PushResult) -> None:
        """What the hub says of another desk's events; whatever it is, the own ones go on."""
        if result.status in (PushStatus.APPLIED, PushStatus.KNOWN):
            self.applied += len(push.records)
            self._next[push.origin] = push.first + len(push.records)
            return
        _LOG.warning("%s: carried events from %d of %s", result.status, push.first, push.origin)
        self._shut[push.origin] = result.status
        self._next.pop(push.origin, None)
        if result.status is not PushStatus.GAP:  # a gap may be filled by another stick
            forked = result.status is PushStatus.FORK
            self.withdrawn |= self._store.withdraw(push.origin, push.first, forked=forked)

    def _answered(self, run: Run, result: PushResult) -> None:
        push = run.push
        origin, after = push.origin, push.first + len(push.records)
        match result.status:
            case PushStatus.APPLIED | PushStatus.KNOWN:
                self.applied += len(push.records)
                self._pushed[origin] = after - 1
                if run.ends:  # what is written meanwhile goes with the next round
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


def _order(unsent: Unsent) -> tuple[bool, int]:
    return not unsent.stood, unsent.stood or unsent.records[-1].hlc


def _length(unsent: Unsent) -> int:
    return sum(len(record.text) for record in unsent.records)
