"""How long until the desk's list and map are painted, beside an empty window with a web engine view, in turns.

Run: ``python -m tests.benchmarks.desk_start PROFILE [--runs N] [--json]``. Each run is its own process. Told are the
medians in seconds from the start of the process and from the moment when everything is imported.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
SIZE = (1366, 768)
_TWO_FRAMES = "window.seen_ = 0; requestAnimationFrame(() => requestAnimationFrame(() => { window.seen_ = 1; })); 0"
_PATIENCE_MS = 60_000


def _since_start() -> float:
    """Seconds since this process was started."""
    import psutil

    return time.time() - psutil.Process().create_time()


def _when_painted(view: Any, done: Callable[[], None]) -> None:
    """Calls ``done`` when the page has drawn two frames."""
    from PySide6.QtCore import QTimer

    def look() -> None:
        view.page().runJavaScript("window.seen_", lambda seen: done() if seen else QTimer.singleShot(2, look))

    view.page().runJavaScript(_TWO_FRAMES, lambda _: look())


def empty_window() -> dict[str, float]:
    """The floor: a window with a table and a page of one line."""
    from PySide6.QtCore import QStringListModel, QTimer
    from PySide6.QtWebEngineWidgets import QWebEngineView
    from PySide6.QtWidgets import QApplication, QListView, QMainWindow, QSplitter

    from gridclient.mapview.scheme import prepare_environment

    prepare_environment()
    imported = _since_start()
    application = QApplication(sys.argv[:1])
    window, splitter, view, rows = QMainWindow(), QSplitter(), QWebEngineView(), QListView()
    rows.setModel(QStringListModel(["one"]))
    splitter.addWidget(rows)
    splitter.addWidget(view)
    window.setCentralWidget(splitter)
    window.resize(*SIZE)
    window.show()
    times = {"imported": imported}
    QTimer.singleShot(0, lambda: times.setdefault("list", _since_start()))

    def finish() -> None:
        times["map"] = _since_start()
        application.quit()

    view.loadFinished.connect(lambda _: _when_painted(view, finish))
    view.setHtml("<p>one")
    QTimer.singleShot(_PATIENCE_MS, application.quit)
    application.exec()
    view.setPage(None)  # type: ignore[arg-type]
    return times


def desk(profile: Path) -> dict[str, float]:
    """The desk on a profile: its first page painted, its map drawn."""
    from gridclient.app import build_app, make_application

    imported = _since_start()
    application = make_application()
    app = build_app(profile)
    window = app.window
    window.resize(*SIZE)
    times = {"imported": imported}

    def painted() -> None:
        window.cases.table.viewport().repaint()
        times.setdefault("list", _since_start())

    def finish() -> None:
        times["map"] = _since_start()
        application.quit()

    window.cases.first_shown.connect(painted)
    window.map.made.connect(lambda view: view.bridge.page_ready.connect(lambda: _when_painted(view, finish)))
    window.show()
    times["shown"] = _since_start()
    from PySide6.QtCore import QTimer

    QTimer.singleShot(_PATIENCE_MS, application.quit)
    application.exec()
    app.close()
    return times


def _run(*arguments: str) -> dict[str, float]:
    environment = {"QT_QPA_PLATFORM": "offscreen", "QT_QUICK_BACKEND": "software", **os.environ}
    command = [sys.executable, "-m", "tests.benchmarks.desk_start", *arguments]
    ended = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    told: dict[str, float] = json.loads(ended.stdout.strip().splitlines()[-1])
    return told


def measure(profile: Path, runs: int) -> dict[str, Any]:
    """Medians of both, in turns, and the ratios that the README promises."""
    floors, desks = [], []
    _run("--one", "desk", str(profile))  # files come into the page cache
    for _ in range(runs):
        floors.append(_run("--one", "empty", str(profile)))
        desks.append(_run("--one", "desk", str(profile)))

    def median(found: list[dict[str, float]], name: str, since: str | None = None) -> float:
        return statistics.median(one[name] - (one[since] if since else 0) for one in found)

    told: dict[str, Any] = {"runs": runs}
    for name, found in (("empty", floors), ("desk", desks)):
        told[name] = {
            "imported": median(found, "imported"),
            "list": median(found, "list"),
            "map": median(found, "map"),
            "map_after_import": median(found, "map", "imported"),
        }
    told["ratio"] = told["desk"]["map"] / told["empty"]["map"]
    told["ratio_after_import"] = told["desk"]["map_after_import"] / told["empty"]["map_after_import"]
    return told


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("profile", type=Path)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--one", choices=["empty", "desk"])
    given = parser.parse_args()
    if given.one:
        print(json.dumps(empty_window() if given.one == "empty" else desk(given.profile)))
        return
    told = measure(given.profile, given.runs)
    if given.json:
        print(json.dumps(told))
        return
    for name in ("empty", "desk"):
        print(name, " ".join(f"{key} {value:.2f} s" for key, value in told[name].items()))
    print(f"ratio {told['ratio']:.2f}, after import {told['ratio_after_import']:.2f}")


if __name__ == "__main__":
    main()
