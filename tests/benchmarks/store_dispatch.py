"""What one dispatch costs the store, beside a raw transaction of SQLite that writes the same rows.

    python -m tests.benchmarks.store_dispatch [--cases N] [--folder DIR] [--rounds N] [--json]

The raw transaction is recorded while the desk dispatches (every INSERT, UPDATE and DELETE with its values) and carried
out again on a copy of the store, over the same driver, with ``synchronous=FULL``. Both begin from the same file.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

from gridclient.domain.events import EventDraft, EventKind
from gridclient.services.rows import Box, CaseFilter, Sort
from gridclient.store.columns import Columns
from gridclient.store.driver import Connection, Cursor, Database
from gridclient.store.profile import Profile, open_profile
from gridclient.store.queries import SqliteQueries
from gridclient.store.reference import SqliteReference
from gridclient.store.unit_of_work import SqliteWork
from tests.benchmarks.build_store import NOW, build
from tests.fakes.set_clock import SetClock

Statement = tuple[str, list[Sequence[Any]]]


@dataclass
class Recorder:
    """A connection that remembers what was written through it."""

    connection: Connection
    written: list[Statement] = field(default_factory=list)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.connection, name)

    def execute(self, sql: str, parameters: Sequence[Any] = (), /) -> Cursor:
        if not sql.startswith(("SELECT", "BEGIN", "COMMIT", "PRAGMA")):
            self.written.append((sql, [parameters]))
        return self.connection.execute(sql, parameters)

    def executemany(self, sql: str, parameters: Iterable[Sequence[Any]], /) -> Cursor:
        rows = list(parameters)
        if rows:
            self.written.append((sql, rows))
        return self.connection.executemany(sql, rows)


@contextmanager
def recorded(database: Database) -> Iterator[Recorder]:
    """What the database writes while the block lasts."""
    with database.writer():
        pass
    writer = database._writer
    assert writer is not None
    recorder = Recorder(writer)
    database._writer = cast("Connection", recorder)
    yield recorder
    database._writer = writer


def dispatch_of(case_id: str, stream: str, unit: str) -> EventDraft:
    """The event of a dispatch as the services write it."""
    now = int(NOW.timestamp())
    part = {"unit": unit, "role": "lead", "due": now + 86400, "limit": "1 work_day", "return_until": now + 172800}
    clocks = [
        {"stage": "sign", "limit": "1 work_hour", "due": now + 3600, "unit": unit},
        {"stage": "handle", "limit": "1 work_day", "due": now + 86400, "unit": unit},
    ]
    payload = {"assignments": [part], "clocks": clocks, "basis": "C-01-01-01", "against_list": False}
    return EventDraft(EventKind.DISPATCHED, case_id, stream, "operator", payload)


def measure(original: Path, rounds: int) -> dict[str, Any]:
    """Medians in milliseconds; a dispatch and its raw counterpart take turns, so that both meet the same machine."""
    with tempfile.TemporaryDirectory(dir=original.parent) as scratch:
        folders = [Path(scratch) / name for name in ("desk", "raw")]
        for folder in folders:
            shutil.copytree(original, folder)
        desk, raw, written = [], [], 0
        with open_profile(folders[0], now=NOW) as profile, open_profile(folders[1], now=NOW) as other:
            for seconds, statements in _dispatches(profile, rounds):
                desk.append(seconds)
                raw.append(_by_hand(other, statements))
                written = sum(len(rows) for _, rows in statements)
    return {
        "rounds": rounds,
        "statements": written,
        "desk_ms": _figures(desk),
        "raw_ms": _figures(raw),
        "ratio_p50": round(statistics.median(desk) / statistics.median(raw), 2),
    }


def _dispatches(profile: Profile, rounds: int) -> Iterator[tuple[float, list[Statement]]]:
    """Dispatches one waiting case after the other: seconds, and what was written."""
    database = profile.database
    reference = SqliteReference(database, NOW.date)
    queries = SqliteQueries(database, Columns(database), reference.areas, SetClock(NOW))
    rows = queries.page(CaseFilter(box=Box.FILED), Sort(), limit=rounds).rows
    units = [unit.code for unit in reference.units()]
    work = SqliteWork(database, profile.device, SetClock(NOW + timedelta(hours=1)))
    for place, row in enumerate(rows):
        draft = dispatch_of(row.id, queries.case(row.id).stream, units[place % len(units)])
        with recorded(database) as recorder:
            started = time.perf_counter()
            with work() as unit_of_work:
                unit_of_work.record(draft)
            seconds = time.perf_counter() - started
        yield seconds, recorder.written


def _by_hand(profile: Profile, statements: Sequence[Statement]) -> float:
    """Seconds for the same statements one by one in a transaction."""
    with profile.database.writer():
        pass
    started = time.perf_counter()
    with profile.database.writer() as connection:
        for sql, rows in statements:
            for row in rows:
                connection.execute(sql, row)
    return time.perf_counter() - started


def _figures(times: Sequence[float]) -> dict[str, float]:
    ordered = sorted(times)
    return {
        "p50": round(statistics.median(ordered) * 1000, 2),
        "p95": round(ordered[int(len(ordered) * 0.95)] * 1000, 2),
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=240_000)
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "gridclient-bench")
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    found = {"cases": asked.cases, **measure(build(asked.folder, asked.cases), asked.rounds)}
    print(json.dumps(found) if asked.json else "\n".join(f"{name}: {value}" for name, value in found.items()))


if __name__ == "__main__":
    main()
