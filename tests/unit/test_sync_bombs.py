"""A few bytes on the line that stand for gigabytes: whoever is let in, and a hub, may send anything."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable

import pytest

from gridclient.domain.errors import SyncFault
from gridclient.domain.events import EventKey, Record
from gridclient.services.sync_port import FeedPage, OriginKey, PlacedRecord
from gridclient.sync import payloads, wire
from gridclient.sync.columns import pack_rows, unpack_rows
from gridclient.sync.frame import seal
from gridclient.sync.wire import MOST_EVENTS, Push, SyncReply, SyncRequest, decode_reply, decode_request, encode_reply

DEVICE = "0123456789abcdef"
ORIGIN = OriginKey("t:371002001", DEVICE, 1)
READERS = (decode_request, decode_reply)


def events(count: int, text: str = "{}") -> tuple[Record, ...]:
    return tuple(Record(EventKey(*ORIGIN, n + 1), 1 << 16, "k", 1, "ab" * 16, n, "a", text) for n in range(count))


def push(records: tuple[Record, ...]) -> Push:
    return Push(ORIGIN, 1, records, bytes(32), bytes(64))


def request(*pushes: Push) -> bytes:
    return wire.encode_request(SyncRequest("", 1, 1, pushes, (), 1), level=3)


def reply(*pages: tuple[Record, ...]) -> bytes:
    found = [
        FeedPage(f"t:{n}", 1, True, 1, 1, tuple(PlacedRecord(r.key.seq, r, b"") for r in records), (), ())
        for n, records in enumerate(pages)
    ]
    return encode_reply(SyncReply("h", 1, (), tuple(found), (), None))


@pytest.mark.parametrize("part", [b"\x90", b"\x91\xc0", b"\x80", b"\xa2ab"], ids=["list", "one", "map", "text"])
@pytest.mark.parametrize("read", READERS)
def test_a_body_of_countless_parts_is_refused_before_they_are_made(
    read: Callable[[bytes, str], object], part: bytes
) -> None:
    some = b"\xdd" + (100_000).to_bytes(4, "big") + part * 100_000
    body = b"\x96\xa0\x00\x00" + b"\xdd" + (60).to_bytes(4, "big") + some * 60 + b"\x90\x00"
    packed = seal(body, 1)
    assert len(packed) < 8 << 10
    tracemalloc.start()
    with pytest.raises(SyncFault):
        read(packed, DEVICE)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 180 << 20


def test_a_request_brings_no_more_events_than_one_desk_sends_at_once() -> None:
    half = push(events(MOST_EVENTS // 2))
    assert len(decode_request(request(half, half), DEVICE).pushes) == 2
    with pytest.raises(SyncFault):
        decode_request(request(half, half, push(events(1))), DEVICE)


def test_texts_of_all_parts_of_a_message_count_together(monkeypatch: pytest.MonkeyPatch) -> None:
    long = events(10, '{"text":"' + "好" * 1000 + '"}')
    monkeypatch.setattr(wire, "_MOST_SIGNS", 25_000)
    assert decode_request(request(push(long), push(long)), DEVICE).pushes[0].records == long
    with pytest.raises(SyncFault):
        decode_request(request(push(long), push(long), push(long)), DEVICE)
    monkeypatch.setattr(wire, "_MOST_SIGNS_DOWN", 25_000)
    assert len(decode_reply(reply(long, long), DEVICE).pages) == 2
    with pytest.raises(SyncFault):
        decode_reply(reply(long, long, long), DEVICE)


def test_a_reply_brings_no_more_events_than_a_hub_sends_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "_MOST_EVENTS_DOWN", 20)
    assert len(decode_reply(reply(events(10), events(10)), DEVICE).pages) == 2
    with pytest.raises(SyncFault):
        decode_reply(reply(events(10), events(10), events(1)), DEVICE)


def test_more_values_than_anybody_writes_are_not_taken_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    parts = pack_rows(events(10, '{"a":1,"b":2,"c":3}'))
    monkeypatch.setattr(payloads, "MOST_PARTS", 29)
    with pytest.raises(ValueError, match="values"):
        unpack_rows(parts)


def test_lines_that_belong_to_nothing_are_not_taken_apart() -> None:
    parts = pack_rows(events(1, '{"a":1}'))
    parts[-1] = b"\n" * (8 << 20)
    tracemalloc.start()
    with pytest.raises(ValueError, match="values"):
        unpack_rows(parts)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 32 << 20
