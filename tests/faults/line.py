"""The hub of the fault suite, which can be restarted and whose database fails when told to, and lines that go wrong."""

from __future__ import annotations

import shutil
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, field, replace
from enum import StrEnum
from hashlib import sha256
from typing import ClassVar

from gridclient.domain.errors import GridClientError, StoreUnavailable, SyncFault
from gridclient.domain.handing import stream_of
from gridclient.hub.backend import Backend, Ledger
from gridclient.hub.opening import open_backend, sqlite_file
from gridclient.hub.service import HubService
from gridclient.services.sync_port import FeedPage, PlacedRecord
from gridclient.sync.transport import MessagesOnly
from gridclient.sync.wire import SyncReply, decode_reply, decode_request, encode_reply, encode_request
from tests.faults.tally import injected
from tests.ui.fakes.invented_desk import NOW


class Killed(BaseException):
    """The process is gone: nothing may catch this."""


class Fault(StrEnum):
    """What happens to one request."""

    REQUEST_LOST = "line: request lost"
    REPLY_LOST = "line: reply lost after it was applied"
    REQUEST_CUT = "line: request cut after n bytes"
    REPLY_CUT = "line: reply cut after n bytes"
    REPLY_DAMAGED = "line: reply damaged"
    REQUEST_DAMAGED = "line: request damaged"
    TWICE = "line: request came twice"
    OLD_AGAIN = "line: an old request came again"
    OLD_ANSWER = "line: the answer of an older request"
    LATE = "line: request came after other desks' requests"
    FORGED_TEXT = "forged: page with another text"
    FORGED_GAP = "forged: page without one of its events"
    FORGED_TAIL = "forged: page without its last events and their signature"
    FORGED_MORE = "forged: page with one event more, in the name of a known desk"
    PUSH_DROPPED = "forged: batch without one of its events"
    FORGED_ORDER = "forged: page with two places exchanged"
    LATER_VERSION = "version: hub speaks a later protocol"
    HUB_RESTARTED = "hub: restarted between two requests"
    HUB_ROLLED_BACK = "hub: database write failed mid-push"
    HUB_FAILED_TWICE = "hub: database write failed twice mid-push"
    HUB_FAILED_AFTER = "hub: database broke off right after the commit"
    DATABASE_KILLED = "hub: PostgreSQL killed in a transaction"
    KILLED_BEFORE = "worker: killed before the answer"
    KILLED_AFTER = "worker: killed between two pages"


@dataclass
class FailingBackend:
    """A database that fails in the middle of what it writes, when told to."""

    real: Backend
    plan: deque[str] = field(default_factory=deque)
    injury: Callable[[], None] = lambda: None

    @contextmanager
    def writing(self) -> Iterator[Ledger]:
        fate = self.plan.popleft() if self.plan else ""
        with self.real.writing() as ledger:
            yield ledger
            if fate == "injure":
                self.injury()
            if fate == "before":
                raise StoreUnavailable("hub.store_failed", detail="told to")
        if fate == "after":
            raise StoreUnavailable("hub.store_failed", detail="told to")

    def reading(self) -> AbstractContextManager[Ledger]:
        return self.real.reading()

    def describe(self) -> str:
        return self.real.describe()

    def close(self) -> None:
        self.real.close()


class HubHost:
    """The hub's machine."""

    def __init__(self, url: str) -> None:
        self._url = url
        self.late: list[tuple[str, bytes]] = []
        self.start()

    def start(self) -> None:
        self.backend = FailingBackend(open_backend(self._url))
        self.service = HubService(self.backend, NOW.timestamp)

    def stop(self) -> None:
        self.service.close()
        self.backend.close()

    def restart(self) -> None:
        self.stop()
        self.start()

    def back_up(self) -> None:
        """A copy of the database, which has to be a file."""
        self.stop()
        file = sqlite_file(self._url)
        assert file is not None
        shutil.copy(file, file.with_suffix(".copy"))
        self.start()

    def put_back(self) -> bool:
        """The copy takes the database's place; whether there was one."""
        file = sqlite_file(self._url)
        assert file is not None
        copy = file.with_suffix(".copy")
        if not copy.exists():
            return False
        self.stop()
        for name in (file, file.with_name(f"{file.name}-wal"), file.with_name(f"{file.name}-shm")):
            name.unlink(missing_ok=True)
        shutil.copy(copy, file)
        self.start()
        return True

    def sync(self, token: str, body: bytes) -> bytes:
        """One request, after those that came late."""
        waiting, self.late = self.late, []
        for theirs, old in waiting:
            with suppress(GridClientError):
                self.service.sync(theirs, old)
        return self.answered(token, body)

    def answered(self, token: str, body: bytes) -> bytes:
        try:
            return self.service.sync(token, body)
        except StoreUnavailable as error:
            raise SyncFault("sync.busy", retryable=True, retry_after=5) from error


class Line(MessagesOnly):
    """A ``Transport`` of one desk. ``faults`` are used up one a request, each with a number that says how; then all
    goes well. Attachments have tests of their own."""

    def __init__(self, host: HubHost, token: str, device: str) -> None:
        self._host = host
        self._token = token
        self._device = device
        self.faults: deque[tuple[Fault, int]] = deque()
        self.requests: list[bytes] = []
        self.answers: list[bytes] = []
        self.bytes_sent = 0
        self.bytes_received = 0

    def sync(self, body: bytes) -> bytes:
        fault, how = self.faults.popleft() if self.faults else (None, 0)
        if fault is None:
            answer = self._host.sync(self._token, body)
        else:
            answer = self._FATES[fault](self, body, how)
            injected(fault.value)
        self.requests.append(body)
        self.answers.append(answer)
        self.bytes_sent += len(body)
        self.bytes_received += len(answer)
        return answer

    def _broken(self, fault: Fault, code: str) -> SyncFault:
        injected(fault.value)
        return SyncFault(code, retryable=True)

    def _request_lost(self, _body: bytes, _how: int) -> bytes:
        raise self._broken(Fault.REQUEST_LOST, "sync.unreachable")

    def _reply_lost(self, body: bytes, _how: int) -> bytes:
        self._host.sync(self._token, body)
        raise self._broken(Fault.REPLY_LOST, "sync.timeout")

    def _request_cut(self, body: bytes, how: int) -> bytes:
        with suppress(SyncFault):
            self._host.sync(self._token, body[: how % len(body)])
            raise AssertionError("half a request was taken for a whole one")
        raise self._broken(Fault.REQUEST_CUT, "sync.unreachable")

    def _request_damaged(self, body: bytes, how: int) -> bytes:
        with suppress(SyncFault):
            self._host.sync(self._token, _flipped(body, how))
            raise AssertionError("a damaged request was taken")
        raise self._broken(Fault.REQUEST_DAMAGED, "sync.refused")

    def _reply_cut(self, body: bytes, how: int) -> bytes:
        answer = self._host.sync(self._token, body)
        return answer[: how % len(answer)]

    def _reply_damaged(self, body: bytes, how: int) -> bytes:
        return _flipped(self._host.sync(self._token, body), how)

    def _twice(self, body: bytes, _how: int) -> bytes:
        self._host.sync(self._token, body)
        return self._host.sync(self._token, body)

    def _old_again(self, body: bytes, how: int) -> bytes:
        if self.requests:
            self._host.sync(self._token, self.requests[how % len(self.requests)])
        return self._host.sync(self._token, body)

    def _old_answer(self, body: bytes, how: int) -> bytes:
        answer = self._host.sync(self._token, body)
        return self.answers[how % len(self.answers)] if self.answers else answer

    def _late(self, body: bytes, _how: int) -> bytes:
        self._host.late.append((self._token, body))
        raise self._broken(Fault.LATE, "sync.timeout")

    def _restarted(self, body: bytes, _how: int) -> bytes:
        self._host.restart()
        return self._host.sync(self._token, body)

    def _write_fails(self, *plan: str) -> Callable[[bytes, int], bytes]:
        def fate(body: bytes, _how: int) -> bytes:
            self._host.backend.plan.extend(plan)
            try:
                return self._host.sync(self._token, body)
            finally:
                self._host.backend.plan.clear()

        return fate

    def _killed_before(self, body: bytes, _how: int) -> bytes:
        self._host.sync(self._token, body)
        injected(Fault.KILLED_BEFORE.value)
        raise Killed

    def _killed_after(self, _body: bytes, _how: int) -> bytes:
        injected(Fault.KILLED_AFTER.value)
        raise Killed

    def _later_version(self, body: bytes, _how: int) -> bytes:
        answer = self._host.sync(self._token, body)
        return bytes((answer[0] + 1,)) + answer[1:]

    def _push_dropped(self, body: bytes, how: int) -> bytes:
        """The first batch loses an event; those behind it move up."""
        request = decode_request(body, self._device)
        if not request.pushes or len(request.pushes[0].records) < 2:
            raise self._broken(Fault.REQUEST_LOST, "sync.unreachable")
        push = request.pushes[0]
        place = how % (len(push.records) - 1)
        left = push.records[:place] + push.records[place + 1 :]
        given = replace(request, pushes=(push._replace(records=left), *request.pushes[1:]))
        return self._host.sync(self._token, encode_request(given))

    def _forged(self, change: Callable[[FeedPage, int], FeedPage]) -> Callable[[bytes, int], bytes]:
        def fate(body: bytes, how: int) -> bytes:
            reply: SyncReply = decode_reply(self._host.sync(self._token, body), self._device)
            pages = tuple(change(page, how) if isinstance(page, FeedPage) else page for page in reply.pages)
            if pages == reply.pages:
                raise self._broken(Fault.REPLY_LOST, "sync.timeout")  # there was nothing to forge
            return encode_reply(replace(reply, pages=pages))

        return fate

    _FATES: ClassVar[dict[Fault, Callable[[Line, bytes, int], bytes]]] = {
        Fault.REQUEST_LOST: _request_lost,
        Fault.REPLY_LOST: _reply_lost,
        Fault.REQUEST_CUT: _request_cut,
        Fault.REQUEST_DAMAGED: _request_damaged,
        Fault.REPLY_CUT: _reply_cut,
        Fault.REPLY_DAMAGED: _reply_damaged,
        Fault.TWICE: _twice,
        Fault.OLD_AGAIN: _old_again,
        Fault.OLD_ANSWER: _old_answer,
        Fault.LATE: _late,
        Fault.HUB_RESTARTED: _restarted,
        Fault.HUB_ROLLED_BACK: lambda line, *given: line._write_fails("before")(*given),
        Fault.HUB_FAILED_TWICE: lambda line, *given: line._write_fails("before", "before")(*given),
        Fault.HUB_FAILED_AFTER: lambda line, *given: line._write_fails("after", "after")(*given),
        Fault.DATABASE_KILLED: lambda line, *given: line._write_fails("injure")(*given),
        Fault.KILLED_BEFORE: _killed_before,
        Fault.KILLED_AFTER: _killed_after,
        Fault.LATER_VERSION: _later_version,
        Fault.PUSH_DROPPED: _push_dropped,
        Fault.FORGED_TEXT: lambda line, *given: line._forged(_another_text)(*given),
        Fault.FORGED_GAP: lambda line, *given: line._forged(_without_one)(*given),
        Fault.FORGED_TAIL: lambda line, *given: line._forged(_without_tail)(*given),
        Fault.FORGED_MORE: lambda line, *given: line._forged(_with_one_more)(*given),
        Fault.FORGED_ORDER: lambda line, *given: line._forged(_exchanged)(*given),
    }


def _flipped(data: bytes, how: int) -> bytes:
    place, bit = (how // 8) % len(data), how % 8
    return data[:place] + bytes((data[place] ^ (1 << bit),)) + data[place + 1 :]


def _another_text(page: FeedPage, how: int) -> FeedPage:
    if not page.foreign or page.feed != stream_of(page.feed):
        return page  # a unit knows an event only by one that it has of the number before
    foreign, place = list(page.foreign), how % len(page.foreign)
    record = foreign[place].record
    foreign[place] = foreign[place]._replace(record=record._replace(actor=f"{record.actor}!"))
    return replace(page, foreign=tuple(foreign))


def _without_one(page: FeedPage, how: int) -> FeedPage:
    if not page.foreign:
        return page
    place = how % len(page.foreign)
    return replace(page, foreign=page.foreign[:place] + page.foreign[place + 1 :])


def _without_tail(page: FeedPage, how: int) -> FeedPage:
    """The events of the last signature of one origin, and the signature: no chain shows that they are missing."""
    if not page.heads:
        return page
    origin = page.heads[how % len(page.heads)].origin
    heads = sorted(head.seq for head in page.heads if head.origin == origin)
    upto = heads[-2] if len(heads) > 1 else 0
    keep = [placed for placed in page.foreign if placed.record.key[:3] != origin or placed.record.key.seq <= upto]
    left = [head for head in page.heads if head.origin != origin or head.seq <= upto]
    return replace(page, foreign=tuple(keep), heads=tuple(left))


def _with_one_more(page: FeedPage, how: int) -> FeedPage:
    """Behind the last event of one desk, or of one a step further, as if other pages followed; by ``how`` it stands
    behind the page's end or in the place of the page's last event."""
    if not page.foreign or page.feed != stream_of(page.feed):
        return page  # of a part nothing proves to a unit what the hub left out or changed
    copied = page.foreign[how % len(page.foreign)].record
    last = max(placed.record.key.seq for placed in page.foreign if placed.record.key[:3] == copied.key[:3])
    key = copied.key._replace(seq=last + 1 + how // 2 % 2)
    link = sha256(page.foreign[-1].link).digest() if how // 2 % 2 else b""
    forged = PlacedRecord(page.cursor + how % 2, copied._replace(key=key, hlc=copied.hlc + 1, actor="mallory"), link)
    kept = page.foreign if how % 2 else page.foreign[:-1]
    return replace(page, cursor=page.cursor + how % 2, complete=False, foreign=(*kept, forged))


def _exchanged(page: FeedPage, how: int) -> FeedPage:
    if len(page.foreign) < 2:
        return page
    foreign, place = list(page.foreign), how % (len(page.foreign) - 1)
    one, two = foreign[place], foreign[place + 1]
    foreign[place : place + 2] = [
        one._replace(record=two.record, link=two.link),
        two._replace(record=one.record, link=one.link),
    ]
    return replace(page, foreign=tuple(foreign))
