"""One round-trip of a desk, from the bytes of its request to the bytes of the answer. Blocking; knows no HTTP."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterable
from functools import partial
from typing import Final, TypeVar

from gridclient.domain.errors import StoreUnavailable, SyncFault
from gridclient.hub.access import Access
from gridclient.hub.audit import Refusals
from gridclient.hub.backend import Backend, OrderLedger
from gridclient.hub.feeds import Reader, read_page, unchanged
from gridclient.hub.metrics import Metrics
from gridclient.hub.parts import PartsShelf
from gridclient.hub.pushing import take_push
from gridclient.hub.rights import readable
from gridclient.hub.rows import Device
from gridclient.services.sync_port import FeedPage, Grant, Membership
from gridclient.sync.proofs import stamp_of
from gridclient.sync.terms import SPOKEN, Versions
from gridclient.sync.wire import (
    FeedAsk,
    Push,
    PushResult,
    PushStatus,
    SealedPage,
    SyncReply,
    SyncRequest,
    decode_request,
    encode_reply,
)

_MOST_WISH: Final = 2 << 20
_MOST_FEEDS: Final = 1000
_MOST_PUSHES: Final = 1000
_Result = TypeVar("_Result")


class HubService:
    """Pushes in, pages out. Safe to use from several threads. ``clock`` gives seconds since 1970."""

    def __init__(
        self,
        backend: Backend,
        clock: Callable[[], float],
        metrics: Metrics | None = None,
        *,
        versions: Versions = SPOKEN,
    ) -> None:
        self._backend = backend
        self._clock = clock
        self._parts = PartsShelf(backend)
        self._lock = threading.Lock()
        self._seen: dict[str, int] = {}
        self._told: dict[str, tuple[Grant, ...]] = {}
        self._stamps: dict[str, tuple[tuple[Grant, ...], str]] = {}
        self.versions = versions
        self.metrics = metrics or Metrics()
        self.refusals = Refusals()
        self.access = Access(backend, clock)
        self.hub = self.access.hub_id()

    def device_of(self, token: str) -> Device:
        """The device that comes.

        Raises:
            SyncFault: ``sync.revoked``: nobody has this token, or its device may not come any more.
        """
        device = _again(lambda: self.access.device_of(token)) if token else None
        if device is None or device.revoked_at is not None:
            raise SyncFault("sync.revoked")
        with self._lock:
            self._seen[device.device] = int(self._clock())
        return device

    def sync(self, token: str, body: bytes) -> bytes:
        """The answer to one request; see :meth:`answer`."""
        return self.answer(token, body)[0]

    def answer(self, token: str, body: bytes) -> tuple[bytes, str]:
        """The answer to one request, in the version in which it was asked, and the stamp of the device's rights.

        Raises:
            SyncFault: ``sync.revoked``; ``sync.refused``, ``sync.update_due``, ``sync.hub_old``
                (:func:`decode_request`); ``sync.hub_changed``: it is meant for another hub.
            StoreUnavailable: the database failed twice; what was answered for is kept, the request may come again.
        """
        device = self.device_of(token)
        request = self._read(device, body)
        if request.hub and request.hub != self.hub:
            raise SyncFault("sync.hub_changed")
        if len(request.feeds) > _MOST_FEEDS or len(request.pushes) > _MOST_PUSHES:
            raise SyncFault("sync.refused", why="too many")
        grants = _again(lambda: self.access.grants_of(device))
        results = self._push(device, grants, request)
        pages, behind = _again(lambda: self._pull(device, grants, request, body[0]))
        reply = SyncReply(
            hub=self.hub,
            hub_ms=int(self._clock() * 1000),
            results=results,
            pages=pages,
            behind=behind,
            grants=self._news(device, grants, request.feeds, results),
        )
        return encode_reply(reply, protocol=body[0]), self._stamp(device, grants)

    def _read(self, device: Device, body: bytes) -> SyncRequest:
        try:
            return decode_request(body, device.device, self.versions)
        except SyncFault as fault:
            if fault.code in ("sync.update_due", "sync.hub_old"):
                self.refusals.version(fault.code, device.device, int(self._clock()))
            raise

    def membership(self, device: Device) -> tuple[Membership, str]:
        """What the device may do now, with the stamp that tells of a change."""
        told = _again(lambda: self.access.membership(device))
        stamp = stamp_of(told)
        with self._lock:
            self._stamps[device.device] = (told.grants, stamp)
        return told, stamp

    def _stamp(self, device: Device, grants: tuple[Grant, ...]) -> str:
        """The stamp that goes with these rights; keys of streams never change while a hub runs."""
        with self._lock:
            known = self._stamps.get(device.device)
        return known[1] if known is not None and known[0] == grants else self.membership(device)[1]

    def keep(self) -> None:
        """Writes down who was here and what was refused since the last time.

        Raises:
            StoreUnavailable: the database failed; it is written down the next time.
        """
        with self._lock:
            seen, self._seen = self._seen, {}
        refused = self.refusals.taken()
        try:
            self.access.keep(seen, refused)
        except StoreUnavailable:
            with self._lock:
                self._seen = seen | self._seen
            self.refusals.put_back(refused)
            raise

    def close(self) -> None:
        """Ends what runs beside."""
        self._parts.close()

    def _push(self, device: Device, grants: tuple[Grant, ...], request: SyncRequest) -> tuple[PushResult, ...]:
        results = []
        for push in request.pushes:
            result = _again(partial(self._take, device, grants, push))
            self.metrics.count("pushes", f'status="{result.status.value}"')
            if result.status is PushStatus.APPLIED:
                self.metrics.count("events", by=len(push.records))
            self.refusals.push(result.status, device.device, push.origin.stream, int(self._clock()))
            results.append(result)
        return tuple(results)

    def _take(self, device: Device, grants: tuple[Grant, ...], push: Push) -> PushResult:
        """A push of the device itself, or one that it carries for another that wrote it and may write it."""
        if not push.carried:
            return take_push(self._backend, device, grants, push, at=int(self._clock()))
        author = self.access.device(push.origin.device)
        reads = any(grant.reads and grant.stream == push.origin.stream for grant in grants)
        if author is None or author.revoked_at is not None or not reads:
            return PushResult(PushStatus.FORBIDDEN, push.first)
        return take_push(self._backend, author, self.access.grants_of(author), push, at=int(self._clock()))

    def _pull(
        self, device: Device, grants: Collection[Grant], request: SyncRequest, protocol: int
    ) -> tuple[tuple[FeedPage | SealedPage, ...], tuple[str, ...]]:
        """Pages of the feeds that may be read, and those feeds of which the desk knows more than the hub."""
        allowed = readable(grants)
        asked = [ask for ask in request.feeds if ask.feed in allowed]
        pages: list[FeedPage | SealedPage] = []
        behind: list[str] = []
        room = min(request.wish, _MOST_WISH)
        if not asked:
            return (), ()
        whole = [ask.feed for ask in asked if not allowed[ask.feed].unit]
        with self._backend.reading() as ledger:
            heads = {row.stream: row for row in ledger.streams(whole)} if whole else {}
            for ask in asked:
                page: FeedPage | SealedPage | None = unchanged(ask, heads.get(ask.feed))
                if page is None:
                    page = self._page(ledger, ask, allowed[ask.feed].unit, Reader(device.device, room, protocol))
                if page is None:
                    behind.append(ask.feed)
                else:
                    room -= _size(page)
                    pages.append(page)
        return tuple(pages), tuple(behind)

    def _page(self, ledger: OrderLedger, ask: FeedAsk, unit: str, reader: Reader) -> FeedPage | SealedPage | None:
        sealed = None if unit else self._parts.page(ledger, ask, reader)
        return sealed or read_page(ledger, ask, unit, reader)

    def _news(
        self,
        device: Device,
        grants: tuple[Grant, ...],
        asked: Iterable[FeedAsk],
        results: Iterable[PushResult],
    ) -> tuple[Grant, ...] | None:
        """The rights, unless the desk shows that it knows them: it asks for all its feeds, and for no other."""
        with self._lock:
            known = self._told.get(device.device) == grants
            self._told[device.device] = grants
        same = {ask.feed for ask in asked} == set(readable(grants))
        forbidden = any(result.status is PushStatus.FORBIDDEN for result in results)
        return None if known and same and not forbidden else grants


def _size(page: FeedPage | SealedPage) -> int:
    if isinstance(page, SealedPage):
        return len(page.contents)
    return sum(len(placed.record.text) + 40 for placed in page.foreign) // 5


def _again(attempt: Callable[[], _Result]) -> _Result:
    """Tries once more when the database broke off: it may have been restarted, and what was taken is known again."""
    try:
        return attempt()
    except StoreUnavailable:
        return attempt()
