"""Bytes on the line: a first push of 10,000 events, 100 changes, a round without news; beside zstd-19 over columns.

    python -m tests.benchmarks.sync_wire

Three work sets of 10,000 events: invented cases with about 300 bytes of Chinese text each, the demo's cases as their
desk would push them, and (where ../shared/data is) real messages cut to 100 characters, of which no two are alike.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from gridclient.domain.events import EventKey, Record, payload_text
from gridclient.services.sync_port import FeedPage, PlacedRun
from gridclient.sync.signing import new_key, sign_head
from gridclient.sync.wire import (
    FeedAsk,
    Push,
    PushResult,
    PushStatus,
    SyncReply,
    SyncRequest,
    encode_reply,
    encode_request,
)
from tests.benchmarks.sync_work import (
    CHANGES,
    EVENTS,
    MESSAGES,
    ORIGIN,
    as_written,
    floor,
    invented_work,
    real_texts,
)
from tests.benchmarks.train_sync_dictionary import demo_events

BATCH: Final = 2_000
_DAY_MS: Final = 86_400_000


def pushed(records: Sequence[Record], batch: int, level: int, *, swiftly: bool = False) -> int:
    """The bytes of the requests that carry the events, a batch each."""
    private = new_key()
    sent = 0
    for start in range(0, len(records), batch):
        part = tuple(records[start : start + batch])
        link = bytes(32)
        push = Push(ORIGIN, part[0].key.seq, part, link, sign_head(private, ORIGIN, part[-1].key.seq, link))
        feeds = (FeedAsk(ORIGIN.stream, start, False), FeedAsk("ref", 7, False))
        request = SyncRequest("h" * 16, 1, 1_790_000_000_000, (push,), feeds, 1 << 18)
        sent += len(encode_request(request, level=level, swiftly=swiftly))
    return sent


def idle_round() -> tuple[int, int]:
    """Both ways of a round in which nobody has news."""
    feeds = (FeedAsk(ORIGIN.stream, 123_456, False), FeedAsk("ref", 789, False))
    up = encode_request(SyncRequest("h" * 16, 1, 1_790_000_000_000, (), feeds, 1 << 18))
    pages = tuple(FeedPage(ask.feed, ask.cursor, True, ask.cursor, 2**63 + 12345, (), (), ()) for ask in feeds)
    return len(up), len(encode_reply(SyncReply("h" * 16, 1_790_000_000_000, (), pages, (), None)))


def answer_to(changes: int) -> int:
    """The way down after a push of so many: their places and the state of the feed."""
    page = FeedPage(
        ORIGIN.stream, 10_100, True, 10_100, 2**63 + 99, (), (PlacedRun(10_001, ORIGIN, 10_001, changes),), ()
    )
    result = PushResult(PushStatus.APPLIED, 10_001 + changes)
    return len(encode_reply(SyncReply("h" * 16, 1_790_000_000_000, (result,), (page,), (), None)))


def demo_work() -> list[Record]:
    """The demo's events, renumbered as if one desk had written them all."""
    with tempfile.TemporaryDirectory() as folder:
        found = demo_events(Path(folder) / "demo", 1500, seed=2)
    return [record._replace(key=EventKey(*ORIGIN, seq)) for seq, record in enumerate(found, 1)]


def real_work() -> list[Record]:
    """Events with a piece of a real message each."""
    return [
        record._replace(text=payload_text({"text": text}))
        for record, text in zip(invented_work(), real_texts(100), strict=False)
    ]


def measure(name: str, records: Sequence[Record]) -> None:
    work, changes = records[:EVENTS], records[EVENTS : EVENTS + CHANGES]
    raw = sum(len(record.text.encode()) for record in work)
    print(f"{name}: {len(work)} events, {raw / len(work):.0f} bytes of payload each, {raw / 1000:.0f} kB")
    print(f"  floor, plain columns under zstd-19     {floor(work) / 1000:8.1f} kB")
    for line, level, swiftly in (("slow", 17, False), ("fast", 3, True)):
        began = time.process_time()
        size = pushed(work, BATCH, level, swiftly=swiftly)
        print(
            f"  first push as on a {line} line            {size / 1000:8.1f} kB in {time.process_time() - began:.2f} s"
        )
    print(f"  {len(changes)} changes in one push               {pushed(changes, CHANGES, 19) / 1000:8.2f} kB")
    print(f"  one change                             {pushed(changes[:1], 1, 19):8} bytes")


def main() -> None:
    measure("invented cases", as_written(invented_work()))
    measure("cases of the demo", demo_work())
    if MESSAGES.is_file():
        measure("real messages", as_written(real_work()))
    up, down = idle_round()
    print(f"round without news: {up} bytes up, {down} down; answer to {CHANGES} changes: {answer_to(CHANGES)} bytes")


if __name__ == "__main__":
    main()
