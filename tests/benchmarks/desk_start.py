"""How long until the desk's list and map are painted, beside an empty window with a web engine view, in turns.

Run: ``python -m tests.benchmarks.desk_start PROFILE [--runs N] [--screen] [--json]``. Each run is its own process, the
desk's the whole command line ``gridclient --profile PROFILE``. Told are the medians in seconds since the process was
asked for: when the desk has its window (``made``), when its first page of rows is painted (``list``), and when the map
has its areas and its cases, and two frames after them (``map``). The ``empty`` window is one as PySide's examples open
it; the ``bare`` one has the desk's environment as well (no graphics card, no OpenGL, Chromium's switches), and is the
floor of what a start with PySide can take. All find their byte code written, as on any machine where they were open
before. With ``--screen`` they open on a (virtual) X11 screen, as desks do, which takes ``xvfb-run``; else without one.
"""

from __future__ import annotations

import argparse
import functools
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
SIZE = (1366, 768)
WINDOWS = ("bare", "empty", "desk")
_BORN = "GRIDCLIENT_BENCH_BORN"
_TWO_FRAMES = """window.seen_ = 0;
    const drawn_ = () => requestAnimationFrame(() => requestAnimationFrame(() => { window.seen_ = 1; }));
    const look_ = () => !window.gridmap || gridmap.state().cases ? drawn_() : setTimeout(look_, 2);
    look_(); 0"""
_SHOWN = "JSON.stringify(gridmap.state())"
_PATIENCE_MS = 60_000


def _since_start() -> float:
    """Seconds since the parent asked for this process (the clock is the machine's, not the process's)."""
    return time.monotonic() - float(os.environ[_BORN])


def _when_painted(view: Any, done: Callable[[], None]) -> None:
    """Calls ``done`` when the page has what it shows, and has drawn two frames since."""
    from PySide6.QtCore import QTimer

    def look() -> None:
        view.page().runJavaScript("window.seen_", lambda seen: done() if seen else QTimer.singleShot(2, look))

    view.page().runJavaScript(_TWO_FRAMES, lambda _: look())


def empty_window(*, bare: bool) -> dict[str, float]:
    """A window with a table and a page of one line; ``bare``: in the desk's environment."""
    from PySide6.QtCore import QStringListModel, QTimer
    from PySide6.QtWebEngineWidgets import QWebEngineView
    from PySide6.QtWidgets import QApplication, QListView, QMainWindow, QSplitter

    if bare:
        from gridclient.mapview.scheme import prepare_environment

        prepare_environment()
    application = QApplication(sys.argv[:1])
    window, splitter, view, rows = QMainWindow(), QSplitter(), QWebEngineView(), QListView()
    rows.setModel(QStringListModel(["one"]))
    splitter.addWidget(rows)
    splitter.addWidget(view)
    window.setCentralWidget(splitter)
    window.resize(*SIZE)
    times = {"made": _since_start()}
    window.show()
    QTimer.singleShot(0, lambda: times.setdefault("list", _since_start()))

    def finish() -> None:
        times["map"] = _since_start()
        application.quit()

    view.loadFinished.connect(lambda _: _when_painted(view, finish))
    view.setHtml("<p>one")
    QTimer.singleShot(_PATIENCE_MS, application.quit)
    application.exec()
    view.setPage(None)  # type: ignore[arg-type]  # Qt takes a null pointer here
    return times


class _Watch:
    """Sees the desk's list and map painted, looks whether they show what they should, and closes the window."""

    def __init__(self) -> None:
        self.times: dict[str, float] = {}
        self.shown: dict[str, Any] = {}

    def hear(self, app: Any) -> None:
        """Before the window is shown."""
        from PySide6.QtCore import QTimer

        self.times["made"] = _since_start()
        self._window = window = app.window
        window.resize(*SIZE)
        window.cases.table.painted.connect(self._on_table_painted)
        self._on_view(window.map.view)
        QTimer.singleShot(_PATIENCE_MS, window.close)

    def _on_table_painted(self) -> None:
        """What the window paints with it, and what brings both to the screen, belong to it."""
        from PySide6.QtCore import QTimer

        rows = self._window.cases.table.model().rowCount()
        if rows and "rows" not in self.shown:
            self.shown["rows"] = rows
            QTimer.singleShot(0, lambda: self.times.setdefault("list", _since_start()))

    def _on_view(self, view: Any) -> None:
        bridge = view.bridge
        if view.is_ready:
            _when_painted(view, self._on_map)
        else:
            bridge.page_ready.connect(lambda: _when_painted(view, self._on_map))

    def _on_map(self) -> None:
        self.times["map"] = _since_start()
        self._window.map.view.page().runJavaScript(_SHOWN, self._on_told)

    def _on_told(self, told: str) -> None:
        self.shown |= json.loads(told)
        self._window.close()


def desk(profile: Path) -> dict[str, float]:
    """The desk on a profile: its first page painted, its map drawn."""
    from gridclient import __main__ as program
    from gridclient import qt_loading

    watch, load = _Watch(), qt_loading.load_qt

    def load_and_watch() -> None:
        """Qt is loaded here, and not before."""
        load()
        from gridclient import start

        start.run = functools.partial(start.run, made=watch.hear)

    qt_loading.load_qt = load_and_watch
    sys.argv = ["gridclient", "--profile", str(profile)]
    if program.main() or not all(watch.shown.get(name) for name in ("rows", "grids", "cases")):
        raise SystemExit(f"the desk shows {watch.shown}")
    return watch.times


def _run(window: str, profile: Path, byte_code: str) -> dict[str, float]:
    environment = {"QT_QPA_PLATFORM": "offscreen", "QTWEBENGINE_DISABLE_SANDBOX": "1", **os.environ}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    environment |= {"PYTHONPYCACHEPREFIX": byte_code, _BORN: str(time.monotonic())}
    command = [sys.executable, "-m", "tests.benchmarks.desk_start", "--one", window, str(profile)]
    ended = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if ended.returncode:
        raise SystemExit(ended.stderr[-2000:])
    told: dict[str, float] = json.loads(ended.stdout.strip().splitlines()[-1])
    return told


def measure(profile: Path, runs: int) -> dict[str, Any]:
    """Medians of each window, in turns, and how many times as long as the others the desk takes."""
    found: dict[str, list[dict[str, float]]] = {window: [] for window in WINDOWS}
    with tempfile.TemporaryDirectory(prefix="gridclient-bench-") as byte_code:
        for window in WINDOWS:
            _run(window, profile, byte_code)  # files come into the page cache, byte code is written
        for _ in range(runs):
            for window in WINDOWS:
                found[window].append(_run(window, profile, byte_code))
    told: dict[str, Any] = {"runs": runs}
    for window in WINDOWS:
        told[window] = {name: statistics.median(one[name] for one in found[window]) for name in ("made", "list", "map")}
    desk = max(told["desk"]["map"], told["desk"]["list"])
    return told | {"ratio": desk / told["empty"]["map"], "bare ratio": desk / told["bare"]["map"]}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("profile", type=Path)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--screen", action="store_true")
    parser.add_argument("--one", choices=WINDOWS)
    given = parser.parse_args()
    if given.one:
        print(json.dumps(desk(given.profile) if given.one == "desk" else empty_window(bare=given.one == "bare")))
        return
    if given.screen:
        size = "{}x{}x24".format(*SIZE)
        again = [
            sys.executable,
            "-m",
            "tests.benchmarks.desk_start",
            *(one for one in sys.argv[1:] if one != "--screen"),
        ]
        os.environ["QT_QPA_PLATFORM"] = "xcb"
        os.execvp("xvfb-run", ["xvfb-run", "-a", "-s", f"-screen 0 {size}", *again])
    told = measure(given.profile, given.runs)
    if given.json:
        print(json.dumps(told))
        return
    for name in WINDOWS:
        print(name, " ".join(f"{key} {value:.2f} s" for key, value in told[name].items()))
    print(f"ratio {told['ratio']:.2f}, to the bare window {told['bare ratio']:.2f}")


if __name__ == "__main__":
    main()
