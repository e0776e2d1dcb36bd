"""What writing many cases, a backup and a verification cost, and how long others wait meanwhile.

    python -m tests.benchmarks.store_upkeep [--cases N] [--folder DIR] [--json]

The floor of bulk writing is SQLite's: the same log lines inserted with one executemany per transaction.
"""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from gridclient.demo.county import demo_county
from gridclient.store.profile import Profile, open_profile
from gridclient.store.snapshots import copy_store
from gridclient.store.unit_of_work import SqliteWork
from gridclient.store.verify import verify
from tests.benchmarks.build_store import NOW, CaseMaker, build
from tests.fakes.set_clock import SetClock

MORE = 10_000
TURN = 500


def write_more(profile: Profile, cases: int) -> dict[str, float]:
    """Closed cases on top of a large store, in transactions of ``TURN``, and the floor."""
    maker = CaseMaker(demo_county(), 10 * MORE, seed=99)
    work = SqliteWork(profile.database, profile.device, SetClock(NOW))
    with work() as unit_of_work:
        numbers = [unit_of_work.next_number("371002001", NOW.date()) for _ in range(cases)]
    drafts = [next(maker.drafts(place, numbers[place], maker.at(place))) for place in range(cases)]
    started = time.perf_counter()
    for start in range(0, cases, TURN):
        with work() as unit_of_work:
            for draft in drafts[start : start + TURN]:
                unit_of_work.record(draft)
    seconds = time.perf_counter() - started
    return {"cases_per_s": round(cases / seconds), "floor_events_per_s": round(cases / _floor(profile, cases))}


def _floor(profile: Profile, cases: int) -> float:
    """Seconds for the log lines alone, written a second time into a table without any index."""
    with profile.database.writer() as connection:
        rows = connection.execute("SELECT * FROM events ORDER BY pos DESC LIMIT ?", (cases,)).fetchall()
        connection.execute("CREATE TABLE floor AS SELECT * FROM events LIMIT 0")
    marks = ", ".join("?" * len(rows[0]))
    started = time.perf_counter()
    for start in range(0, cases, TURN):
        with profile.database.writer() as connection:
            connection.executemany(f"INSERT INTO floor VALUES ({marks})", rows[start : start + TURN])
    seconds = time.perf_counter() - started
    with profile.database.writer() as connection:
        connection.execute("DROP TABLE floor")
    return seconds


def back_up(profile: Profile, target: Path) -> dict[str, float]:
    """Seconds for a copy, and the longest that a small write took beside it."""
    done, waits = threading.Event(), [0.0]

    def write() -> None:
        while not done.is_set():
            started = time.perf_counter()
            with profile.database.writer() as connection:
                connection.execute("INSERT INTO counters(name, value) VALUES ('x', 1) ON CONFLICT DO NOTHING")
            waits.append(time.perf_counter() - started)
            time.sleep(0.01)

    writer = threading.Thread(target=write)
    writer.start()
    started = time.perf_counter()
    copy_store(profile.database, target)
    seconds = time.perf_counter() - started
    done.set()
    writer.join()
    size = target.stat().st_size / 1e6
    return {"seconds": round(seconds, 2), "megabytes": round(size), "longest_write_ms": round(max(waits) * 1000, 1)}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=240_000)
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "gridclient-bench")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    original = build(asked.folder, asked.cases)
    with tempfile.TemporaryDirectory(dir=original.parent) as scratch:
        shutil.copytree(original, Path(scratch) / "desk")
        with open_profile(Path(scratch) / "desk", now=NOW) as profile:
            found: dict[str, Any] = {"cases": asked.cases, "write": write_more(profile, MORE)}
            found["backup"] = back_up(profile, Path(scratch) / "a.gridbackup")
            started = time.perf_counter()
            report = verify(profile.database)
            seconds = time.perf_counter() - started
            found["verify"] = {
                "ok": report.ok,
                "seconds": round(seconds, 1),
                "events_per_s": round(report.events / seconds),
            }
    print(json.dumps(found) if asked.json else "\n".join(f"{name}: {value}" for name, value in found.items()))


if __name__ == "__main__":
    main()
