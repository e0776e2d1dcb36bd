"""What it costs the store to take in changed cases, and to take a whole stream in for the first time.

    python -m tests.benchmarks.sync_pull [--cases N] [--changed N] [--page N] [--first N] [--folder DIR] [--json]

Another desk's events on cases of a store of ``--cases`` come in pages of ``--page`` events, each one transaction. The
first load takes ``--first`` events of a stream that the store never saw. Other writers come in between two pages: the
longest page is how long the desk's own write may wait.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from gridclient.domain.events import CHAIN_START, EventKey, EventKind, Record, link_after, next_hlc, payload_text
from gridclient.services.sync_port import FeedPage, FeedState, OriginKey, PlacedRecord, SignedHead
from gridclient.store.log import subject_text
from gridclient.store.places import LOGGED
from gridclient.store.profile import Profile, open_profile
from gridclient.store.sync_feeds import keep_feed
from gridclient.store.sync_store import SqliteSyncStore
from gridclient.sync.signing import head_is_signed, new_key, public_key, sign_head
from tests.benchmarks.build_store import NOW, build
from tests.fakes.acknowledgement import acknowledge_all
from tests.fakes.set_clock import SetClock

_DEVICE = "f" * 16
_NEW_STREAM = "t:371002999"
_UNIT = "U-BENCH"


class Others:
    """Another desk's events of one stream as a hub would send them, from ``position`` on."""

    def __init__(self, stream: str, position: int, key: bytes) -> None:
        self._origin = OriginKey(stream, _DEVICE, 1)
        self._position = position
        self._seq, self._link = 0, CHAIN_START
        self._hlc = next_hlc(0, NOW)
        self._key = key

    def placed(self, kind: EventKind, subject: str, base: int, payload: dict[str, Any]) -> PlacedRecord:
        """The next event."""
        self._seq += 1
        self._hlc += 1
        key = EventKey(*self._origin, self._seq)
        record = Record(key, self._hlc, kind.value, 1, subject, base, "operator", payload_text(payload))
        self._link = link_after(self._link, record.canonical())
        self._position += 1
        return PlacedRecord(self._position, record, b"")

    def page(self, placed: Sequence[PlacedRecord]) -> FeedPage:
        """A page of the newest events, signed over the last."""
        signature = sign_head(self._key, self._origin, self._seq, self._link)
        head = SignedHead(self._origin, self._seq, public_key(self._key), signature)
        return FeedPage(self._origin.stream, self._position, False, 0, 0, tuple(placed), (), (head,))


def changes(others: Others, cases: Sequence[tuple[str, int]], size: int) -> Iterator[FeedPage]:
    """One event on each case, in pages; one in four changes how the case is found."""
    for start in range(0, len(cases), size):
        yield others.page(
            [
                others.placed(EventKind.URGED, case, base, {"text": "请尽快办理，居民再次来电反映。"})
                if place % 4
                else others.placed(EventKind.AMENDED, case, base, {"facts": {"urgency": 3, "title": f"改过{place}"}})
                for place, (case, base) in enumerate(cases[start : start + size])
            ]
        )


def first_load(others: Others, events: int, size: int) -> Iterator[FeedPage]:
    """Lives of new cases: five events each, told one after the other through all cases of a page."""
    now = int(NOW.timestamp())
    part = {"unit": _UNIT, "role": "lead", "due": now + 86400, "limit": "1 work_day", "return_until": now + 86400}
    steps: list[tuple[EventKind, dict[str, Any]]] = [
        (EventKind.FILED, {"facts": {"standard": "C-01-01-01"}}),
        (EventKind.DISPATCHED, {"assignments": [part], "clocks": []}),
        (EventKind.SIGNED, {"unit": _UNIT}),
        (EventKind.FED_BACK, {"unit": _UNIT, "result": "已清理完毕，现场已恢复整洁。"}),
    ]
    waiting: list[PlacedRecord] = []
    for block in range(0, events, 500):
        for step in range(5):
            for place in range(100):
                number = block // 5 + place
                subject = f"{number * 0x9E3779B97F4A7C15F39CC0605CEDC835 % (1 << 128):032x}"
                kind, payload = steps[step - 1] if step else (EventKind.REGISTERED, _registration(number))
                waiting.append(others.placed(kind, subject, step, payload))
                if len(waiting) == size:
                    yield others.page(waiting)
                    waiting = []
    if waiting:
        yield others.page(waiting)


def _registration(number: int) -> dict[str, Any]:
    facts = {
        "title": f"占道经营影响通行{number}",
        "description": "群众反映路口有流动摊贩占用人行道经营，早晚高峰行人只能走机动车道，存在安全隐患。",
        "channel": "12345",
        "grid": "371002999001001",
        "address": f"文化路{number % 500}号附近",
        "lon": 122.1,
        "lat": 37.5,
    }
    return {"number": f"371002999-20261120-F{number:05d}", "level": 3, "facts": facts}


def measure(original: Path, changed: int, size: int, first: int) -> dict[str, Any]:
    """Seconds of both, and the longest page."""
    with tempfile.TemporaryDirectory(dir=original.parent) as scratch:
        folder, key = Path(scratch) / "desk", new_key()
        shutil.copytree(original, folder)
        with open_profile(folder, now=NOW) as profile:
            stream, position, cases = placed(profile, changed)
        with open_profile(folder, now=NOW) as profile:
            store = SqliteSyncStore(profile, SetClock(NOW), head_is_signed)
            found = {"changed": _timed(store, list(changes(Others(stream, position, key), cases, size)))}
            if first:
                found["first"] = _timed(store, list(first_load(Others(_NEW_STREAM, 0, key), first, 4 * size)))
    return found


def placed(profile: Profile, changed: int) -> tuple[str, int, list[tuple[str, int]]]:
    """Marks all events as placed; gives the stream with most open cases, its end, and cases of it."""
    with profile.database.writer() as connection:
        acknowledge_all(connection)
        (stream,) = connection.execute(
            "SELECT o.stream FROM events e JOIN origins o ON o.no = e.origin GROUP BY 1 ORDER BY count(*) DESC LIMIT 1"
        ).fetchone()
        position = connection.execute(
            f"SELECT max(acked) FROM {LOGGED} JOIN origins o ON o.no = e.origin WHERE o.stream = ?", (stream,)
        ).fetchone()[0]
        keep_feed(connection, FeedState(stream, position, position, 0))
        rows = connection.execute(
            "SELECT s.id, count(*) FROM events e JOIN origins o ON o.no = e.origin JOIN subjects s ON s.no = e.subject "
            "WHERE o.stream = ? GROUP BY s.no ORDER BY count(*) DESC, s.id LIMIT ?",
            (stream, changed),
        ).fetchall()
    return stream, position, [(subject_text(key), base) for key, base in rows]


def _timed(store: SqliteSyncStore, pages: Sequence[FeedPage]) -> dict[str, Any]:
    seconds, cases = [], set[str]()
    for page in pages:
        started = time.perf_counter()
        taken = store.take(page)
        seconds.append(time.perf_counter() - started)
        cases |= taken.changes.cases
    events = sum(len(page.foreign) for page in pages)
    return {
        "events": events,
        "cases": len(cases),
        "pages": len(pages),
        "seconds": round(sum(seconds), 2),
        "events_per_second": round(events / sum(seconds)),
        "page_p50_ms": round(statistics.median(seconds) * 1000, 1),
        "page_max_ms": round(max(seconds) * 1000, 1),
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=240_000)
    parser.add_argument("--changed", type=int, default=1000)
    parser.add_argument("--page", type=int, default=250)
    parser.add_argument("--first", type=int, default=20_000)
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "gridclient-bench")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    original = build(asked.folder, asked.cases)
    found = {"store": asked.cases, **measure(original, asked.changed, asked.page, asked.first)}
    print(json.dumps(found) if asked.json else "\n".join(f"{name}: {value}" for name, value in found.items()))


if __name__ == "__main__":
    main()
