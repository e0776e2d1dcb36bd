"""A hub that lives in memory, and a line to it that does to messages what bad lines do."""

from __future__ import annotations

import copy
import json
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from hashlib import sha256

from gridclient.domain.errors import SyncFault
from gridclient.domain.events import Record, link_after, place_mark
from gridclient.domain.handing import stream_of, units_handed
from gridclient.services.enrolment import Grant
from gridclient.services.sync_port import FeedPage, FeedState, OriginKey, PlacedRecord, PlacedRun, SignedHead
from gridclient.services.withholding import for_unit
from gridclient.store.sync_feeds import is_part
from gridclient.sync.signing import head_is_signed
from gridclient.sync.terms import FilePlace
from gridclient.sync.transport import MessagesOnly
from gridclient.sync.wire import Push, PushResult, PushStatus, SyncReply, decode_request, encode_reply

HUB = "hub-1"
_KEY = b"key of the hub's streams"


@dataclass
class _Stream:
    """Events in their order, each with its link, and what was signed of them."""

    events: list[tuple[Record, bytes]] = field(default_factory=list)
    heads: list[SignedHead] = field(default_factory=list)


@dataclass
class _Books:
    streams: dict[str, _Stream] = field(default_factory=dict)
    links: dict[OriginKey, list[bytes]] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)


class FakeHub:
    """Orders what devices push. ``keys``: their public keys; ``page_size``: the most events of one answer's page;
    ``answered``: what was said of the last push that came without a line."""

    def __init__(self, page_size: int = 5) -> None:
        self.keys: dict[str, bytes] = {}
        self.revoked: set[str] = set()
        self.forbidden: set[str] = set()
        self.page_size = page_size
        self.name = HUB
        self.grants: tuple[Grant, ...] | None = None
        self.answered = PushResult(PushStatus.KNOWN, 1)
        self.books = _Books()

    def copy(self) -> FakeHub:
        """A backup of it."""
        return copy.deepcopy(self)

    def records(self, stream: str) -> list[Record]:
        """The events of a stream in their order."""
        return [record for record, _ in self.books.streams.get(stream, _Stream()).events]

    def sync(self, body: bytes, device: str) -> bytes:
        if device in self.revoked:
            raise SyncFault("sync.revoked")
        request = decode_request(body, device)
        results = tuple(map(self.push, request.pushes))
        behind = tuple(ask.feed for ask in request.feeds if ask.cursor > len(self.records(ask.feed)))
        pages = tuple(
            self.page(FeedState(ask.feed, ask.cursor, 0, 0, ask.whole), device, self.page_size)
            for ask in request.feeds
            if ask.feed not in behind
        )
        return encode_reply(SyncReply(self.name, 1_790_000_000_000, results, pages, behind, self.grants))

    def push(self, push: Push) -> PushResult:
        """Puts the events at the end of their stream; known ones are compared."""
        known = self.books.links.get(push.origin, [])
        head = len(known)
        if push.origin.stream in self.forbidden or push.first > head + 1:
            forbidden = push.origin.stream in self.forbidden
            return PushResult(PushStatus.FORBIDDEN if forbidden else PushStatus.GAP, head + 1)
        links = known[: push.first - 1]
        for record in push.records:
            links.append(link_after(links[-1] if links else bytes(32), record.canonical()))
        last = push.first + len(push.records) - 1
        if not push.records or links[-1] != push.link_after or links[:head] != known[: len(links)]:
            return PushResult(PushStatus.FORK if head else PushStatus.REFUSED, head + 1)
        key = self.keys[push.origin.device]
        if not head_is_signed(key, push.origin, last, push.link_after, push.signature):
            return PushResult(PushStatus.REFUSED, head + 1)
        if last <= head:
            return PushResult(PushStatus.KNOWN, head + 1)
        stream = self.books.streams.setdefault(push.origin.stream, _Stream())
        fresh = zip(push.records[head + 1 - push.first :], links[head:], strict=True)
        stream.events.extend(fresh)
        stream.heads.append(SignedHead(push.origin, last, key, push.signature))
        self.books.links[push.origin] = links
        return PushResult(PushStatus.APPLIED, last + 1)

    def page(self, feed: FeedState, device: str, limit: int) -> FeedPage:
        """The next stretch of a feed, of so many positions."""
        stream = self.books.streams.get(stream_of(feed.feed), _Stream())
        cursor = min(len(stream.events), feed.cursor + limit)
        if is_part(feed.feed):
            belongs = _of_unit(stream, feed.feed.partition("@")[0][2:])
            chosen = sorted(p for p, since in belongs.items() if feed.cursor < max(p, since) <= cursor)
            counted = [p for p, since in belongs.items() if max(p, since) <= cursor]
        else:
            chosen, counted = list(range(feed.cursor + 1, cursor + 1)), list(range(1, cursor + 1))
        foreign = tuple(_foreign(stream, chosen, feed, device))
        there = {placed.record.key for placed in foreign}
        return FeedPage(
            feed.feed,
            cursor,
            cursor == len(stream.events),
            len(counted),
            sum(place_mark(p, stream.events[p - 1][1]) for p in counted) % 2**64,
            foreign,
            tuple(_own(stream, chosen, feed, device)),
            tuple({head.origin: head for head in stream.heads if (*head.origin, head.seq) in there}.values()),
        )


def _foreign(stream: _Stream, chosen: list[int], feed: FeedState, device: str) -> Iterator[PlacedRecord]:
    linked = feed.repairing or is_part(feed.feed)
    for position in chosen:
        record, link = stream.events[position - 1]
        if record.key.device != device or feed.repairing:
            given = record
            if is_part(feed.feed) and record.key.device != device:
                unit = feed.feed.partition("@")[0][2:]
                case = partial(_texts_of, stream, record.subject)
                text = for_unit(unit, record.kind, record.subject, record.text, _KEY, case=case)
                given = record._replace(text=text)
            yield PlacedRecord(position, given, link if linked else b"")


def _texts_of(stream: _Stream, subject: str) -> list[str]:
    return [record.text for record, _ in stream.events if record.subject == subject]


def _own(stream: _Stream, chosen: list[int], feed: FeedState, device: str) -> Iterator[PlacedRun]:
    for position in chosen:
        key = stream.events[position - 1][0].key
        if key.device == device and not feed.repairing:
            yield PlacedRun(position, OriginKey(*key[:3]), key.seq, 1)


def _of_unit(stream: _Stream, unit: str) -> dict[int, int]:
    """The positions of the unit's cases, each with the position since when it has the case."""
    since: dict[str, int] = {}
    for position, (record, _) in enumerate(stream.events, 1):
        if unit in units_handed(record.kind, json.loads(record.text)):
            since.setdefault(record.subject, position)
    return {
        position: since[record.subject]
        for position, (record, _) in enumerate(stream.events, 1)
        if record.subject in since
    }


class Fault(StrEnum):
    """What happens to one request."""

    NONE = "none"
    NOT_SENT = "not sent"
    ANSWER_LOST = "answer lost"
    TWICE = "twice"
    ANSWER_CUT = "answer cut"
    OLD_ONE_AGAIN = "old one again"


class FakeLine(MessagesOnly):
    """A line of one device to a hub. ``faults`` are used up one a request; then all goes well."""

    def __init__(self, hub: FakeHub, device: str, before: Callable[[], None] = lambda: None) -> None:
        self._hub = hub
        self._device = device
        self._before = before
        self.faults: deque[Fault] = deque()
        self.requests: list[bytes] = []
        self.closings = 0
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
        if len(here) >= size and not _is(here, sha256):
            here = b""
        if offset == len(here):
            here += piece
        if len(here) >= size and not _is(here, sha256):
            here = b""
        self._hub.books.files[sha256] = here
        if fault is Fault.ANSWER_LOST:
            raise SyncFault("sync.timeout", retryable=True)
        return FilePlace(len(here), _is(here, sha256))

    def get_file(self, sha256: str, offset: int, length: int) -> tuple[bytes, int]:
        here = self._hub.books.files.get(sha256, b"")
        return (here[offset : offset + length], len(here)) if _is(here, sha256) else (b"", 0)

    def close(self) -> None:
        self.closings += 1


def _is(content: bytes, name: str) -> bool:
    return sha256(content).hexdigest() == name
