"""A thousand changed cases come in while the desk's window is open: until they are painted, and how the GUI stalls.

    python -m tests.benchmarks.sync_desk [--cases 240000] [--changed 1000] [--page 250] [--folder DIR] [--json]

Another process takes the pages into the store, as the desk's worker does, and tells what each touched; the window
hears it as it hears its worker. The time runs from the first page to the last painted list.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import IO, Any, Final

from gridclient.app import App
from gridclient.services.rows import Changes
from gridclient.store.profile import open_profile
from gridclient.store.sync_store import SqliteSyncStore
from gridclient.sync.signing import head_is_signed, new_key
from tests.benchmarks.build_store import NOW, build
from tests.benchmarks.desk_filter import StallWatch, rest, settled_desk
from tests.benchmarks.sync_pull import Others, changes, placed
from tests.fakes.set_clock import SetClock

_CHECKOUT: Final = Path(__file__).parents[2]
_GOAL_S, _GOAL_STALL_MS = 2.0, 100.0
_QUIET_S: Final = 1.5


def take_pages(folder: Path, changed: int, size: int) -> None:
    """The worker's side: makes ready, waits for a line, takes the pages and tells the cases of each."""
    with open_profile(folder, now=NOW) as profile:
        stream, position, cases = placed(profile, changed)
    pages = list(changes(Others(stream, position, new_key()), cases, size))
    print(flush=True)
    sys.stdin.readline()
    with open_profile(folder, now=NOW, lock=False) as profile:
        store = SqliteSyncStore(profile, SetClock(NOW), head_is_signed)
        print(flush=True)
        sys.stdin.readline()
        for page in pages:
            print(json.dumps(sorted(store.take(page).changes.cases)), flush=True)


def measure(original: Path, changed: int, size: int) -> dict[str, Any]:
    """Seconds until all was painted, seconds of the store alone, and the longest stall in milliseconds."""
    with tempfile.TemporaryDirectory(dir=original.parent) as scratch:
        folder = Path(scratch) / "desk"
        shutil.copytree(original, folder)
        given = ["--worker", str(folder), "--changed", str(changed), "--page", str(size)]
        worker = subprocess.Popen(
            [sys.executable, "-m", "tests.benchmarks.sync_desk", *given],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=_CHECKOUT,
        )
        assert worker.stdin is not None and worker.stdout is not None
        worker.stdout.readline()
        with settled_desk(folder) as app:
            found = _measured(app, worker.stdin, worker.stdout)
        worker.wait(30)
        return found


def _measured(app: App, orders: IO[str], told: IO[str]) -> dict[str, Any]:
    window, watch = app.window, StallWatch()
    orders.write("\n")
    orders.flush()
    told.readline()  # it has opened the store
    painted: list[float] = []
    taken: list[float] = []
    touched: set[str] = set()
    window.cases.rows_shown.connect(lambda: painted.append(time.perf_counter()))

    def hear() -> None:
        sync = window.pages.sync
        for line in told:
            taken.append(time.perf_counter())
            cases = frozenset(json.loads(line))
            touched.update(cases)
            sync._on_told(sync.view, Changes(cases))

    ear = threading.Thread(target=hear)
    watch.start()
    began = time.perf_counter()
    ear.start()
    orders.write("\n")
    orders.flush()
    while ear.is_alive() or time.perf_counter() - max([began, *painted, *taken]) < _QUIET_S:
        rest(0.05)
    ear.join()
    return {
        "cases": len(touched),
        "repaints": len(painted),
        "taken_s": round(max(taken) - began, 2),
        "painted_s": round(max(painted, default=float("inf")) - began, 2),
        "stall_ms": round(watch.worst),
    }


def main() -> int:
    """Measures and tells; gives 1 when a goal is missed."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--cases", type=int, default=240_000)
    options.add_argument("--changed", type=int, default=1000)
    options.add_argument("--page", type=int, default=250)
    options.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "gridclient-bench")
    options.add_argument("--json", action="store_true")
    options.add_argument("--worker", type=Path, help=argparse.SUPPRESS)
    args = options.parse_args()
    if args.worker:
        take_pages(args.worker, args.changed, args.page)
        return 0
    found = {"store": args.cases, **measure(build(args.folder, args.cases), args.changed, args.page)}
    print(json.dumps(found) if args.json else "\n".join(f"{name}: {value}" for name, value in found.items()))
    met = found["painted_s"] <= _GOAL_S and found["stall_ms"] <= _GOAL_STALL_MS
    if not met:
        print(f"MISSED: goal {_GOAL_S:.0f} s, {_GOAL_STALL_MS:.0f} ms")
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
