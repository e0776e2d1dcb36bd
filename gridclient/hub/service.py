"""Answers one request of a desk's round, from bytes to bytes. Blocking; knows no HTTP."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Final, NamedTuple, NoReturn, TypeVar

from gridclient.domain.errors import GridClientError, StoreUnavailable, SyncFault
from gridclient.hub.access import Access
from gridclient.hub.audit import Refusals
from gridclient.hub.backend import Backend, Ledger
from gridclient.hub.feeds import Reader, read_page, unchanged
from gridclient.hub.metrics import Metrics
from gridclient.hub.parts import PartsShelf
from gridclient.hub.pushing import Checked, check, place_together
from gridclient.hub.rights import readable
from gridclient.hub.rows import Device, Holding, StreamRow
from gridclient.hub.work import Outcome, Rest
from gridclient.services.enrolment import Grant, Membership
from gridclient.services.sync_port import FeedPage
from gridclient.sync.pages import SealedPage
from gridclient.sync.proofs import stamp_of
from gridclient.sync.terms import SPOKEN, WITHHOLDING, Versions, no_common, read_held, write_held
from gridclient.sync.wire import (
    FeedAsk,
    Push,
    PushResult,
    PushStatus,
    SyncReply,
    SyncRequest,
    decode_request,
    encode_reply,
)

_MOST_WISH: Final = 2 << 20
_MOST_FEEDS: Final = 1000
_MOST_PUSHES: Final = 1000
_LIGHT_EVENTS, _LIGHT_SIGNS = 2000, 256 << 10
"""Of a request that is worked on together with others: a few bytes can stand for many events, and for long ones."""
_LATE_S: Final = 10
Page = FeedPage | SealedPage
_Result = TypeVar("_Result")


class Answer(NamedTuple):
    """The reply's bytes, the stamp of the device's rights, and the device."""

    body: bytes
    stamp: str
    device: str


@dataclass(slots=True)
class _Round:
    """A request being answered. ``asks``: the feeds asked for that may be read, each with its unit or ""."""

    device: Device
    request: SyncRequest
    grants: tuple[Grant, ...]
    protocol: int
    checked: Sequence[Checked | PushResult]
    results: tuple[PushResult, ...] = ()

    @property
    def asks(self) -> list[tuple[FeedAsk, str]]:
        allowed = readable(self.grants)
        return [(ask, allowed[ask.feed].unit) for ask in self.request.feeds if ask.feed in allowed]


class HubService:
    """Takes pushes, gives pages. Safe to use from several threads. ``clock`` gives seconds since 1970."""

    def __init__(self, backend: Backend, clock: Callable[[], float], *, versions: Versions = SPOKEN) -> None:
        self._backend = backend
        self._clock = clock
        self._parts = PartsShelf(backend)
        self._lock = threading.Lock()
        self._seen: dict[str, int] = {}
        self._kept: dict[str, int] = {}
        self._held: dict[str, Holding] = {}
        self._told: dict[str, tuple[Grant, ...]] = {}
        self._stamps: dict[str, tuple[tuple[Grant, ...], str]] = {}
        self.versions = versions
        self.metrics = Metrics()
        self.metrics.count("events", by=0)  # 0 from the start, so that a rate can be computed
        self.refusals = Refusals()
        self.access = Access(backend, clock)
        self.hub = self.access.hub_id()

    def device_of(self, token: str) -> Device:
        """The device with this token.

        Raises:
            SyncFault: ``sync.revoked``: the token is unknown or its device was revoked.
        """
        return self._welcome(_again(lambda: self.access.devices_of([token]))[0])

    def _welcome(self, device: Device | None) -> Device:
        if device is None or device.revoked_at is not None:
            raise SyncFault("sync.revoked")
        with self._lock:
            self._seen[device.device] = int(self._clock())
        return device

    def sync(self, token: str, body: bytes) -> bytes:
        """The reply to one request; see :meth:`answer`."""
        return self.answer(token, body)[0]

    def answer(self, token: str, body: bytes) -> Answer:
        """The reply to one request, in its protocol version, and the stamp of the device's rights.

        Raises:
            SyncFault: ``sync.revoked``; ``sync.refused``, ``sync.update_due``, ``sync.hub_old``
                (:func:`decode_request`); ``sync.hub_changed``: the request is for another hub.
            StoreUnavailable: the database failed twice; what was placed stays, and the request may come again.
        """
        outcome = self.answer_alone((token, body), True)
        while isinstance(outcome, Rest):
            outcome = outcome.job()
        if isinstance(outcome, GridClientError):
            raise outcome
        return outcome

    def answer_alone(self, ask: tuple[str, bytes], heavy: bool) -> Outcome[Answer]:
        """The reply to one request, or what :meth:`answer` raises. Without leave to be ``heavy`` a request that brings
        much is a :class:`Rest`."""
        (outcome,) = self._answers([ask], self._push, heavy=heavy)
        return outcome.job() if isinstance(outcome, Rest) and not outcome.heavy else outcome

    def answer_all(self, asked: Sequence[tuple[str, bytes]]) -> list[Outcome[Answer]]:
        """The replies to requests, each with its token, that came together: their pushes share transactions and
        queries.

        A reply that needs pages from the database is returned as :class:`Rest`, to be done separately; so is that to a
        request that brings much.

        Raises:
            StoreUnavailable: the pushes failed or a stream was locked: then answer each request alone, so that one
                locked stream does not hold up the others. Or the database failed twice.
        """
        return self._answers(asked, partial(self._push, together=True))

    def _answers(
        self, asked: Sequence[tuple[str, bytes]], push: Callable[[Sequence[_Round]], None], *, heavy: bool = False
    ) -> list[Outcome[Answer]]:
        devices = _again(lambda: self.access.devices_of([token for token, _ in asked]))
        opened = [self._opened(device, ask, heavy) for device, ask in zip(devices, asked, strict=True)]
        rounds = [found for found in opened if isinstance(found, _Round)]
        push(rounds)
        heads = _again(lambda: self._heads(rounds))
        return [self._closed(found, heads) if isinstance(found, _Round) else found for found in opened]

    def _opened(
        self, device: Device | None, ask: tuple[str, bytes], heavy: bool
    ) -> _Round | Rest[Answer] | GridClientError:
        try:
            welcome = self._welcome(device)
            request = self._read(welcome, ask[1])
            if not heavy and _is_heavy(request):
                return Rest(partial(self.answer_alone, ask, True), heavy=True)
            return self._open(welcome, request, ask[1][0])
        except GridClientError as fault:
            return fault

    def _open(self, device: Device, request: SyncRequest, protocol: int) -> _Round:
        if request.hub and request.hub != self.hub:
            raise SyncFault("sync.hub_changed")
        grants = _again(lambda: self.access.grants_of(device))
        checked = [self._check(device, grants, push) for push in request.pushes]
        found = _Round(device, request, grants, protocol, checked)
        if found.protocol < WITHHOLDING and any(unit for _, unit in found.asks):
            self._refused("sync.update_due", device)
            raise no_common(Versions(found.protocol, found.protocol), Versions(WITHHOLDING, WITHHOLDING))
        return found

    def _closed(self, found: _Round, heads: Mapping[str, StreamRow]) -> Outcome[Answer]:
        """The reply if the device has everything it asks for, else the :class:`Rest` that reads pages."""
        pages = [unchanged(ask, heads.get(ask.feed)) for ask, _ in found.asks]
        known = tuple([page for page in pages if page is not None])
        if len(known) < len(pages):
            return Rest(partial(self._with_pages, found))
        return self._reply(found, known, ())

    def _with_pages(self, found: _Round) -> Answer:
        return self._reply(found, *_again(lambda: self._pull(found)))

    def _reply(self, found: _Round, pages: tuple[Page, ...], behind: tuple[str, ...]) -> Answer:
        reply = SyncReply(
            hub=self.hub,
            hub_ms=int(self._clock() * 1000),
            results=found.results,
            pages=pages,
            behind=behind,
            grants=self._news(found.device, found.grants, found.request.feeds, found.results),
        )
        body = encode_reply(reply, protocol=found.protocol)
        return Answer(body, self._stamp(found.device, found.grants), found.device.device)

    def _read(self, device: Device, body: bytes) -> SyncRequest:
        try:
            request = decode_request(body, device.device, self.versions)
            if len(request.feeds) > _MOST_FEEDS or len(request.pushes) > _MOST_PUSHES or _asks_twice(request):
                raise SyncFault("sync.refused", why="too many")
        except SyncFault as fault:
            self._refused(fault.code, device)
            raise
        return request

    def refuse(self, token: str, why: str) -> NoReturn:
        """Refuses what a desk sends beside its messages. Raises ``SyncFault``: ``sync.refused``, or ``sync.revoked``
        for strangers."""
        self._refused("sync.refused", self.device_of(token))
        raise SyncFault("sync.refused", why=why)

    def _refused(self, code: str, device: Device) -> None:
        self.refusals.request(code, device.device, int(self._clock()))

    def membership(self, device: Device) -> tuple[Membership, str]:
        """The device's rights and keys, and their stamp, by which a desk notices a change."""
        told = _again(lambda: self.access.membership(device))
        stamp = stamp_of(told)
        with self._lock:
            self._stamps[device.device] = (told.grants, stamp)
        return told, stamp

    def _stamp(self, device: Device, grants: tuple[Grant, ...]) -> str:
        """The stamp of these rights; cached, as a stream's keys never change while a hub runs."""
        with self._lock:
            known = self._stamps.get(device.device)
        return known[1] if known is not None and known[0] == grants else self.membership(device)[1]

    def holds(self, device: str, told: str) -> None:
        """A device told what it has that the hub does not take; "" for nothing."""
        text = write_held(read_held(told)) if told else ""
        with self._lock:
            self._held[device] = Holding(int(self._clock() * 1000), text)

    def keep(self, *, rest_s: int = 0) -> None:
        """Stores which devices were seen, what they hold and what was refused since the last call. A device that was
        stored as seen in the last ``rest_s`` seconds waits: in a county of thousands each comes several times a minute.

        Raises:
            StoreUnavailable: the database failed; the next call will store it.
        """
        rested = int(self._clock()) - rest_s
        with self._lock:
            seen = {device: at for device, at in self._seen.items() if self._kept.get(device, 0) <= rested}
            self._seen = {device: at for device, at in self._seen.items() if device not in seen}
            held = dict(self._held)
        refused = self.refusals.taken()
        try:
            self.access.keep(seen, refused, held)
        except StoreUnavailable:
            with self._lock:
                self._seen = seen | self._seen
            self.refusals.put_back(refused)
            raise
        self._kept |= seen
        late = int((self._clock() - _LATE_S) * 1000)  # until then another process may store what it heard before
        with self._lock:
            self._held = {
                device: told for device, told in self._held.items() if told.at > late or told != held.get(device)
            }

    def close(self) -> None:
        """Ends the thread that seals parts."""
        self._parts.close()

    def _push(self, rounds: Sequence[_Round], *, together: bool = False) -> None:
        """Places all pushes of the rounds and sets ``results``."""
        given = [checked for found in rounds for checked in found.checked]
        place = partial(place_together, self._backend, given, at=int(self._clock()))
        results = iter(place(hurried=True) if together else _again(place))
        for found in rounds:
            found.results = tuple(islice(results, len(found.checked)))
            for push, result in zip(found.request.pushes, found.results, strict=True):
                self.metrics.count("pushes", f'status="{result.status.value}"')
                if result.status is PushStatus.APPLIED:
                    self.metrics.count("events", by=len(push.records))
                self.refusals.push(result.status, found.device.device, push.origin.stream, int(self._clock()))

    def _check(self, device: Device, grants: tuple[Grant, ...], push: Push) -> Checked | PushResult:
        """Checks a push: the device's own, or one carried for another device, which must have the right to write it."""
        if not push.carried:
            return check(device, grants, push)
        author = _again(lambda: self.access.device(push.origin.device))
        reads = any(grant.reads and grant.stream == push.origin.stream for grant in grants)
        if author is None or author.revoked_at is not None or not reads:
            return PushResult(PushStatus.FORBIDDEN, push.first)
        return check(author, _again(lambda: self.access.grants_of(author)), push)

    def _heads(self, rounds: Iterable[_Round]) -> Mapping[str, StreamRow]:
        """The rows of those streams that are asked for as a whole."""
        whole = {ask.feed for found in rounds for ask, unit in found.asks if not unit}
        if not whole:
            return {}
        with self._backend.reading() as ledger:
            return {row.stream: row for row in ledger.streams(whole)}

    def _pull(self, found: _Round) -> tuple[tuple[Page, ...], tuple[str, ...]]:
        """Pages of the feeds asked for, and the feeds whose cursor is beyond the hub's (restored from a backup)."""
        pages: list[Page] = []
        behind: list[str] = []
        room = min(found.request.wish, _MOST_WISH)
        heads = self._heads([found])
        with self._backend.reading() as ledger:
            for ask, unit in found.asks:
                page: Page | None = unchanged(ask, heads.get(ask.feed))
                if page is None:
                    page = self._page(ledger, ask, unit, Reader(found.device.device, room, found.protocol))
                if page is None:
                    behind.append(ask.feed)
                else:
                    room -= _size(page)
                    pages.append(page)
        return tuple(pages), tuple(behind)

    def _page(self, ledger: Ledger, ask: FeedAsk, unit: str, reader: Reader) -> Page | None:
        sealed = None if unit else self._parts.page(ledger, ask, reader)
        return sealed or read_page(ledger, ask, unit, reader)

    def _news(
        self,
        device: Device,
        grants: tuple[Grant, ...],
        asked: Iterable[FeedAsk],
        results: Iterable[PushResult],
    ) -> tuple[Grant, ...] | None:
        """The device's rights, or ``None`` if the desk knows them: told before, and it asks for exactly its feeds."""
        with self._lock:
            known = self._told.get(device.device) == grants
            self._told[device.device] = grants
        same = {ask.feed for ask in asked} == set(readable(grants))
        forbidden = any(result.status is PushStatus.FORBIDDEN for result in results)
        return None if known and same and not forbidden else grants


def _asks_twice(request: SyncRequest) -> bool:
    """Whether it asks for a feed more than once: each time takes as long and as much memory as the first."""
    return len({ask.feed for ask in request.feeds}) < len(request.feeds)


def _is_heavy(request: SyncRequest) -> bool:
    events = sum(len(push.records) for push in request.pushes)
    return events > _LIGHT_EVENTS or sum(len(r.text) for push in request.pushes for r in push.records) > _LIGHT_SIGNS


def _size(page: Page) -> int:
    if isinstance(page, SealedPage):
        return len(page.contents)
    return sum(len(placed.record.text) + 40 for placed in page.foreign) // 5


def _again(attempt: Callable[[], _Result]) -> _Result:
    """Tries twice, as the database may just have been restarted. Pushes placed the first time are then ``known``."""
    try:
        return attempt()
    except StoreUnavailable:
        return attempt()
