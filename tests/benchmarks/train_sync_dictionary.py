"""Trains the dictionary that every message of the line is compressed with, from the invented county of the demo.

    python -m tests.benchmarks.train_sync_dictionary [CASES]

Only for a new protocol: desks and hubs that have other bytes under the same number cannot read each other. So the
number (``DICTIONARY`` in gridclient/sync/frame.py) goes up with it, and the old file stays for as long as it is read.
"""

from __future__ import annotations

import random
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

import zstandard

from gridclient.composition import open_desk
from gridclient.demo.building import make_demo
from gridclient.domain.calendar import CHINA_TIME
from gridclient.domain.events import EventKey, Record
from gridclient.services.sync_port import FeedPage, OriginKey, PlacedRecord, PlacedRun, SignedHead
from gridclient.sync.frame import DICTIONARY, MOST_UNPACKED, unseal
from gridclient.sync.pages import encode_page
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

SIZE: Final = 64 << 10
TARGET: Final = Path(__file__).resolve().parents[2] / "resources" / "sync" / f"dictionary-{DICTIONARY}.zdict"
_NOW: Final = datetime(2026, 11, 20, 10, 0, tzinfo=CHINA_TIME)
_LENGTHS: Final = (1, 1, 1, 2, 3, 5, 8, 20)
_EVENTS: Final = (
    "SELECT o.stream, o.device, o.incarnation, e.seq, e.hlc, e.kind, e.version, s.id, e.base, e.actor, e.payload "
    "FROM events e JOIN origins o ON o.no = e.origin JOIN subjects s ON s.no = e.subject ORDER BY e.pos"
)


def demo_events(folder: Path, cases: int, seed: int = 1) -> list[Record]:
    """All events of a demo made for this, in order; its townships write as one device each."""
    make_demo(folder, cases=cases, seed=seed, now=_NOW)
    with open_desk(folder, read_only=True) as opened, opened.database.reader() as connection:
        rows = connection.execute(_EVENTS).fetchall()
    return [
        Record(EventKey(*row[:4]), row[4], row[5], row[6], bytes(row[7]).hex(), row[8], row[9], row[10]) for row in rows
    ]


def by_origin(records: Sequence[Record]) -> list[list[Record]]:
    """The events of each origin."""
    found: dict[EventKey, list[Record]] = defaultdict(list)
    for record in records:
        found[record.key._replace(seq=0)].append(record)
    return list(found.values())


def samples(records: Sequence[Record], rolls: random.Random) -> Iterator[bytes]:
    """Bodies of messages as they will be sent, before compression: short pushes and short pages."""
    for run in by_origin(records):
        origin = OriginKey(*run[0].key[:3])
        start = 0
        while start < len(run):
            part = tuple(run[start : start + rolls.choice(_LENGTHS)])
            start += len(part)
            yield unseal(encode_request(_request(origin, part, rolls)))
            page = _page(origin, part, rolls)
            yield unseal(encode_page(page), most=MOST_UNPACKED)
            yield unseal(encode_reply(_reply(origin, part, rolls)))


def _request(origin: OriginKey, part: tuple[Record, ...], rolls: random.Random) -> SyncRequest:
    push = Push(origin, part[0].key.seq, part, rolls.randbytes(32), rolls.randbytes(64))
    feeds = (FeedAsk(origin.stream, rolls.randrange(10**6), False), FeedAsk("ref", rolls.randrange(1000), False))
    return SyncRequest(rolls.randbytes(8).hex(), 1, rolls.randrange(2**40), (push,), feeds, 1 << 18)


def _page(origin: OriginKey, part: tuple[Record, ...], rolls: random.Random) -> FeedPage:
    first = rolls.randrange(1, 10**6)
    placed = tuple(PlacedRecord(first + row, record, b"") for row, record in enumerate(part))
    heads = (SignedHead(origin, part[-1].key.seq, rolls.randbytes(32), rolls.randbytes(64)),)
    return FeedPage(origin.stream, first + len(part) - 1, True, first, rolls.randrange(2**64), placed, (), heads)


def _reply(origin: OriginKey, part: tuple[Record, ...], rolls: random.Random) -> SyncReply:
    run = PlacedRun(rolls.randrange(1, 10**6), origin, part[0].key.seq, len(part))
    page = FeedPage(origin.stream, run.position, True, run.position, rolls.randrange(2**64), (), (run,), ())
    result = PushResult(PushStatus.APPLIED, part[-1].key.seq + 1)
    return SyncReply(rolls.randbytes(8).hex(), rolls.randrange(2**40), (result,), (page,), (), None)


def main() -> None:
    cases = int(sys.argv[1]) if len(sys.argv) > 1 else 3000
    with tempfile.TemporaryDirectory() as folder:
        records = demo_events(Path(folder) / "demo", cases)
    bodies: list[bytes | bytearray | memoryview[int]] = list(samples(records, random.Random(1)))
    trained = zstandard.train_dictionary(SIZE, bodies, level=19, d=8, steps=4, threads=2)
    TARGET.write_bytes(trained.as_bytes())
    print(f"{TARGET.name}: {TARGET.stat().st_size} bytes from {len(bodies)} messages of {len(records)} events")


if __name__ == "__main__":
    main()
