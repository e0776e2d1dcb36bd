"""How smooth the map is under a real hand: mouse drags, zooms and hovering on the shown widget, without a GPU.

Run: ``python -m tests.benchmarks.map_drag [--basic N] [--cells N] [--json]``. It prints the intervals between painted
frames (median, 95th percentile, worst, in ms), the time until the page was ready and the memory of all processes.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QT_QUICK_BACKEND", "software")

import psutil
from PySide6.QtCore import QEventLoop, QPoint, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from gridclient.mapview.scheme import prepare_environment, register_scheme
from gridclient.mapview.view import MapView
from tests.fakes.map_data import SIDE, SOUTH, WEST, FakeCase, InMemoryMapData, checkerboard, grid_code

MOVES = 240
FRAME_S = 1 / 60
SIZE = (1200, 800)

_RECORD = """
window.frames_ = []; window.last_ = performance.now();
window.record_ = () => { const now = performance.now(); frames_.push(now - last_); last_ = now;
                         window.recording_ = requestAnimationFrame(record_); };
window.recording_ = requestAnimationFrame(record_); 0
"""
_STOP = "cancelAnimationFrame(recording_); JSON.stringify(frames_.slice(1))"


def _spin(seconds: float) -> None:
    loop = QEventLoop()
    QTimer.singleShot(max(1, round(seconds * 1000)), loop.quit)
    loop.exec()


def _ask(view: MapView, code: str) -> Any:
    answers: list[Any] = []
    view.page().runJavaScript(code, answers.append)
    while not answers:
        _spin(0.005)
    return answers[0]


def _data(basic: int, cases: int) -> InMemoryMapData:
    """A county of about ``basic`` squared grids in the checkerboard's place, cases in hot spots."""
    across = max(8, round(basic**0.5 / 4) * 4)
    chance = random.Random(5)
    data = InMemoryMapData(geojson=checkerboard(across))
    spots = [(chance.random(), chance.random()) for _ in range(60)]
    for number in range(cases):
        x, y = chance.choice(spots)
        lon = WEST + SIDE * min(1.0, max(0.0, chance.gauss(x, 0.04)))
        lat = SOUTH + SIDE * min(1.0, max(0.0, chance.gauss(y, 0.04)))
        data.cases.append(FakeCase(f"{number:032x}", lon, lat, grid_code("basic", 0, 0), overdue=number % 20 == 0))
    codes = [feature["properties"]["code"] for feature in json.loads(data.geojson)["features"]]
    data.counts = {code: (chance.randrange(14), 0) for code in codes}
    return data


def _hand(view: MapView, path: Callable[[int], QPoint], *, button: bool) -> None:
    """Move the mouse along a path at 60 moves a second, with the left button down or not."""
    target = view.focusProxy()
    assert target is not None
    if button:
        QTest.mousePress(target, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, path(0))
    started = time.perf_counter()
    for step in range(MOVES):
        QTest.mouseMove(target, path(step))
        _spin(started + (step + 1) * FRAME_S - time.perf_counter())
    if button:
        QTest.mouseRelease(target, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, path(MOVES))


def _measured(view: MapView, act: Callable[[], None]) -> dict[str, float]:
    _ask(view, _RECORD)
    started = time.perf_counter()
    act()
    wall = time.perf_counter() - started
    frames = sorted(json.loads(_ask(view, _STOP)))
    return {
        "median": round(statistics.median(frames), 1),
        "p95": round(frames[int(len(frames) * 0.95)], 1),
        "worst": round(frames[-1], 1),
        "frames": len(frames),
        "seconds": round(wall, 1),
    }


def _memory_mb() -> float:
    """Proportional memory of this process and WebEngine's."""
    own = psutil.Process()
    total = 0
    for process in (own, *own.children(recursive=True)):
        total += process.memory_full_info().pss
    return round(total / 2**20)


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--basic", type=int, default=1401)
    parser.add_argument("--cells", type=int, default=5000, help="open cases")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    prepare_environment()
    register_scheme()
    application = QApplication(sys.argv[:1])
    started = time.perf_counter()
    view = MapView(data=_data(asked.basic, asked.cells))
    view.resize(*SIZE)
    built = time.perf_counter()
    view.show()
    while not view.is_ready:
        _spin(0.01)
    figures: dict[str, Any] = {"ready_s": round(time.perf_counter() - built, 2), "data_s": round(built - started, 2)}
    _ask(view, f"gridmap.map.setView([{SOUTH + SIDE / 2}, {WEST + SIDE / 2}], 14); 0")
    _spin(1.0)
    figures["layer"] = json.loads(_ask(view, "JSON.stringify(gridmap.state())"))
    centre = QPoint(SIZE[0] // 2, SIZE[1] // 2)

    def drag(step: int) -> QPoint:
        swing = step % 120
        away = swing if swing < 60 else 120 - swing
        return centre + QPoint(5 * away - 150, 2 * away - 60)

    def sweep(step: int) -> QPoint:
        return QPoint(100 + step * 4, 100 + (step * 7) % 600)

    def zoom() -> None:
        for step in range(8):
            _ask(view, f"gridmap.map.setZoom({15 if step % 2 else 14}); 0")
            _spin(0.5)

    runs = [_measured(view, lambda: _hand(view, drag, button=True)) for _ in range(3)]
    figures["drag_ms"] = sorted(runs, key=lambda run: run["p95"])[1]
    figures["hover_ms"] = _measured(view, lambda: _hand(view, sweep, button=False))
    figures["zoom_ms"] = _measured(view, zoom)
    figures["memory_mb"] = _memory_mb()
    figures["blocked"] = len(view.guard.blocked)
    view.shutdown()
    view.deleteLater()
    application.processEvents()
    print(json.dumps(figures) if asked.json else "\n".join(f"{name}: {value}" for name, value in figures.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
