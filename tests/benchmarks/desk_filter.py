"""From a change of filter or order to the painted list, on the real window over a profile; and how the GUI stalls.

Run: ``python -m tests.benchmarks.desk_filter PROFILE [--changes N] [--json]``. Told are median, 95th percentile and
worst in ms; a stall is the longest time in which the GUI thread took no timer.
"""

from __future__ import annotations

import argparse
import compileall
import json
import os
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from itertools import cycle, islice
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QT_QUICK_BACKEND", "software")

import psutil
from PySide6.QtCore import QElapsedTimer, QEventLoop, QObject, QTimer

import gridclient
from gridclient.app import App, build_app
from gridclient.composition import FIRST_ACCOUNTS
from gridclient.domain.calendar import CHINA_TIME
from gridclient.services.rows import Box, Sort, SortKey
from gridclient.store.accounts import keep_accounts
from gridclient.store.profile import open_profile
from gridclient.ui.garbage import GarbageCollector

SIZE = (1366, 768)
_TICK_MS = 2
_SETTLED_S = 3
_REST_S = 0.4


class StallWatch(QObject):
    """The longest time between two ticks."""

    def __init__(self) -> None:
        super().__init__()
        self._clock = QElapsedTimer()
        self._timer = QTimer(self, interval=_TICK_MS)
        self._timer.timeout.connect(self._on_tick)
        self.worst = 0.0

    def start(self) -> None:
        self.worst = 0.0
        self._clock.start()
        self._timer.start()

    def _on_tick(self) -> None:
        self.worst = max(self.worst, self._clock.nsecsElapsed() / 1e6)
        self._clock.restart()


def rest(seconds: float) -> None:
    """Lets the GUI live for so long."""
    loop = QEventLoop()
    QTimer.singleShot(round(seconds * 1000), loop.quit)
    loop.exec()


def until(signal: Any, begin: Callable[[], object], *, seconds: int = 10) -> None:
    """Begins something and waits for the signal that tells its end, for so long."""
    loop = QEventLoop()
    signal.connect(loop.quit)
    QTimer.singleShot(seconds * 1000, loop.quit)
    begin()
    loop.exec()
    signal.disconnect(loop.quit)


def give_accounts(folder: Path) -> None:
    """A store that was built for measuring has nobody who could open it."""
    with open_profile(folder, now=datetime.now(CHINA_TIME)) as profile, profile.database.writer() as connection:
        keep_accounts(connection, FIRST_ACCOUNTS)


@contextmanager
def settled_desk(profile: Path) -> Iterator[App]:
    """The window as it stands a while after the start: compiled as it is installed, and with garbage collected as
    :mod:`gridclient.start` has it."""
    compileall.compile_dir(Path(gridclient.__file__).parent, quiet=1)
    give_accounts(profile)
    garbage = GarbageCollector()
    app = build_app(profile)
    try:
        app.window.resize(*SIZE)
        until(app.window.cases.rows_shown, app.window.show)
        rest(_SETTLED_S)
        app.window.state.narrow(grid="")  # a desk reopens with the area where it was left
        garbage.begin()
        yield app
    finally:
        app.close()
        garbage.end()


def changes(app: App) -> dict[str, list[Callable[[], object]]]:
    """What an operator does to the list, by kind."""
    state = app.window.state
    grids = [row.code for row in app.opened.desk.reference.grids()]
    some = grids[:: max(1, len(grids) // 40)]
    boxes = (Box.FILED, Box.OVERDUE, Box.DISPATCHED, Box.DUE_SOON, Box.HANDLED, Box.PENDING)
    orders = (SortKey.NUMBER, SortKey.TITLE, SortKey.UNIT, SortKey.REGISTERED, SortKey.DUE)
    return {
        "box": [partial(state.toggle_box, box) for box in boxes],
        "grid": [partial(state.choose_grid, code) for code in some],
        "order": [partial(state.order_by, key) for key in orders],
        "all": [lambda: state.narrow(only_open=False, box=None, grid=""), state.clear],
        "text": [partial(state.search, words) for words in ("噪音", "路灯", "12345", "")],
        "sign": [partial(state.search, words) for words in ("a", "区", "s", "的", "")],
    }


def measure(profile: Path, count: int) -> dict[str, Any]:
    """Times of every kind of change, the worst stall and the memory of all processes."""
    with settled_desk(profile) as app:
        return measured(app, count)


def measured(app: App, count: int) -> dict[str, Any]:
    """The same over a desk that stands."""
    window, watch = app.window, StallWatch()
    told: dict[str, Any] = {"cases": app.opened.desk.queries.total(window.state.filter)}
    worst = 0.0
    for kind, doings in changes(app).items():
        window.state.narrow(grid="")
        window.state.clear()
        window.state.order_by(Sort().key, Sort().descending)  # it, too, is kept from the last time
        rest(_REST_S)
        times = []
        for doing in islice(cycle(doings), count):
            watch.start()
            begun = time.perf_counter()
            until(window.cases.rows_shown, doing)  # they have been painted
            times.append((time.perf_counter() - begun) * 1000)
            rest(_REST_S)
            worst = max(worst, watch.worst)
        times.sort()
        told[kind] = {
            "median": statistics.median(times),
            "p95": times[min(len(times) - 1, round(len(times) * 0.95))],
            "worst": times[-1],
        }
    own = psutil.Process()
    told["stall"] = worst
    told["memory_mb"] = sum(_private(one) for one in (own, *own.children(recursive=True))) / 1e6
    return told


def _private(process: psutil.Process) -> float:
    return float(process.memory_full_info().pss)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("profile", type=Path)
    parser.add_argument("--changes", type=int, default=20)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    told = measure(given.profile, given.changes)
    if given.json:
        print(json.dumps(told))
        return
    for name, value in told.items():
        shown = " ".join(f"{key} {ms:.0f}" for key, ms in value.items()) if isinstance(value, dict) else f"{value:.0f}"
        print(f"{name}: {shown}")


if __name__ == "__main__":
    main()
