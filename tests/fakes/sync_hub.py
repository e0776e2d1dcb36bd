"""A hub that lives in memory, and a line to it that does to messages what bad lines do."""

from __future__ import annotations

import copy
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256

from gridclient.domain.errors import SyncFault
from gridclient.domain.events import Record, link_after, place_mark
from gridclient.services.enrolment import Grant
from gridclient.services.sync_port import FeedPage, OriginKey, PlacedRecord, PlacedRun, SignedHead
from gridclient.sync.signing import head_is_signed
from gridclient.sync.transport import FilePlace, Untold
from gridclient.sync.wire import (
    FeedAsk,
    Push,
    PushResult,
    PushStatus,
    SyncReply,
    decode_request,
    encode_reply,
)

HUB = "hub-1"


@dataclass
class _Origin:
    links: list[bytes] = field(default_factory=list)
    heads: list[SignedHead] = field(default_factory=list)


@dataclass
class _Books:
    streams: dict[str, list[Record]] = field(default_factory=dict)
    origins: dict[OriginKey, _Origin] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)


class FakeHub:
    """Orders what devices push; ``keys`` are their public keys, ``page`` the most events of one answer's page."""

    def __init__(self, page: int = 5) -> None:
        self.keys: dict[str, bytes] = {}
        self.revoked: set[str] = set()
        self.forbidden: set[str] = set()
        self.page = page
        self.name = HUB
        self.grants: tuple[Grant, ...] | None = None
        self.books = _Books()

    def backup(self) -> _Books:
        return copy.deepcopy(self.books)

    def sync(self, body: bytes, device: str) -> bytes:
        if device in self.revoked:
            raise SyncFault("sync.revoked")
        request = decode_request(body, device)
        results = tuple(self._push(push) for push in request.pushes)
        behind = tuple(ask.feed for ask in request.feeds if ask.cursor > len(self.books.streams.get(ask.feed, ())))
        pages = tuple(self._page(ask, device) for ask in request.feeds if ask.feed not in behind)
        return encode_reply(SyncReply(self.name, 1_790_000_000_000, results, pages, behind, self.grants))

    def _push(self, push: Push) -> PushResult:
        origin = self.books.origins.setdefault(push.origin, _Origin())
        head = len(origin.links)
        if push.origin.stream in self.forbidden or push.first > head + 1:
            forbidden = push.origin.stream in self.forbidden
            return PushResult(PushStatus.FORBIDDEN if forbidden else PushStatus.GAP, head + 1)
        links = origin.links[: push.first - 1]
        for record in push.records:
            links.append(link_after(links[-1] if links else bytes(32), record.canonical()))
        last = push.first + len(push.records) - 1
        known = min(head, last)
        if not push.records or links[-1] != push.link_after or links[:known] != origin.links[:known]:
            return PushResult(PushStatus.FORK if head else PushStatus.REFUSED, head + 1)
        if not head_is_signed(self.keys[push.origin.device], push.origin, last, push.link_after, push.signature):
            return PushResult(PushStatus.REFUSED, head + 1)
        if last <= head:
            return PushResult(PushStatus.KNOWN, head + 1)
        origin.links = links
        origin.heads.append(SignedHead(push.origin, last, self.keys[push.origin.device], push.signature))
        self.books.streams.setdefault(push.origin.stream, []).extend(push.records[head + 1 - push.first :])
        return PushResult(PushStatus.APPLIED, last + 1)

    def link(self, record: Record) -> bytes:
        return self.books.origins[OriginKey(*record.key[:3])].links[record.key.seq - 1]

    def _page(self, ask: FeedAsk, device: str) -> FeedPage:
        events = self.books.streams.get(ask.feed, [])
        part = list(enumerate(events, 1))[ask.cursor : ask.cursor + self.page]
        cursor = part[-1][0] if part else ask.cursor
        complete = cursor == len(events)
        total = sum(place_mark(p, self.link(record)) for p, record in enumerate(events, 1)) % 2**64
        foreign, own = [], []
        for position, record in part:
            origin = OriginKey(*record.key[:3])
            if record.key.device == device and not ask.whole:
                own.append(PlacedRun(position, origin, record.key.seq, 1))
            else:
                foreign.append(PlacedRecord(position, record, self.link(record) if ask.whole else b""))
        told = {OriginKey(*placed.record.key[:3]): placed.record.key.seq for placed in foreign}
        heads = [head for origin, seq in told.items() for head in self.books.origins[origin].heads if head.seq <= seq]
        count = (len(events), total) if complete else (0, 0)
        return FeedPage(ask.feed, cursor, complete, *count, tuple(foreign), tuple(own), tuple(heads))


class Fault(StrEnum):
    """What happens to one request."""

    NONE = "none"
    NOT_SENT = "not sent"
    ANSWER_LOST = "answer lost"
    TWICE = "twice"
    ANSWER_CUT = "answer cut"
    OLD_ONE_AGAIN = "old one again"


class FakeLine(Untold):
    """A line of one device to a hub. ``faults`` are used up one a request; then all goes well."""

    def __init__(self, hub: FakeHub, device: str, before: Callable[[], None] = lambda: None) -> None:
        self._hub = hub
        self._device = device
        self._before = before
        self.faults: deque[Fault] = deque()
        self.requests: list[bytes] = []
        self.bytes_sent = 0
        self.bytes_received = 0

    def sync(self, body: bytes) -> bytes:
        self._before()
        fault = self.faults.popleft() if self.faults else Fault.NONE
        if fault is Fault.NOT_SENT:
            raise SyncFault("sync.unreachable", retryable=True)
        if fault is Fault.OLD_ONE_AGAIN and self.requests:
            self._hub.sync(self.requests[0], self._device)
        self.requests.append(body)
        self.bytes_sent += len(body)
        if fault is Fault.TWICE:
            self._hub.sync(body, self._device)
        answer = self._hub.sync(body, self._device)
        if fault is Fault.ANSWER_LOST:
            raise SyncFault("sync.timeout", retryable=True)
        self.bytes_received += len(answer)
        return answer[: len(answer) // 2] if fault is Fault.ANSWER_CUT else answer

    def file_place(self, sha256: str) -> FilePlace:
        here = self._hub.books.files.get(sha256, b"")
        return FilePlace(len(here), _is(here, sha256))

    def put_file(self, sha256: str, offset: int, piece: bytes, *, size: int) -> FilePlace:
        fault = self.faults.popleft() if self.faults else Fault.NONE
        if fault is Fault.NOT_SENT:
            raise SyncFault("sync.unreachable", retryable=True)
        here = self._hub.books.files.get(sha256, b"")
        if offset == len(here):
            here += piece
        if len(here) >= size and not _is(here, sha256):
            here = b""
        self._hub.books.files[sha256] = here
        if fault is Fault.ANSWER_LOST:
            raise SyncFault("sync.timeout", retryable=True)
        return FilePlace(len(here), _is(here, sha256))

    def get_file(self, sha256: str, offset: int, length: int) -> bytes:
        return self._hub.books.files.get(sha256, b"")[offset : offset + length]

    def close(self) -> None:
        pass


def _is(content: bytes, name: str) -> bool:
    return sha256(content).hexdigest() == name
