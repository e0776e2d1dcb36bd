"""The started desk in a process of its own, led by keys from within: ``python -m tests.e2e.desk_driver PROFILE WALK``.

A walk prints one JSON document when it has arrived. What waits to be killed sleeps after that.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QElapsedTimer, QEventLoop, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPlainTextEdit, QWidget

from gridclient.app import App, build_app
from gridclient.services.rows import Box

PATIENCE_MS: Final = 40_000
DRAFT: Final = "seven lamps are dark"
REASON: Final = "known here"
CTRL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier


def pause(milliseconds: int) -> None:
    """Lets the desk run. ``QTest.qWait`` keeps Python's lock all the while, so that no pool thread gets on."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


class Operator:
    """Hands and eyes at one desk."""

    def __init__(self, app: App) -> None:
        self.app, self.window = app, app.window

    def open(self) -> None:
        """Waits for the list and for the map."""
        self.window.show()
        self.window.activateWindow()
        self.until("the list", lambda: self.window.cases.table.model().rowCount() > 0)
        self.until("the map", lambda: self.window.map.view is not None and self.window.map.view.is_ready)
        self.settle()

    def key(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """A key to whatever has the keyboard."""
        QTest.keyClick(self.focused(), key, modifier)
        self.settle()

    def type(self, text: str) -> None:
        """Letters to whatever has the keyboard."""
        QTest.keyClicks(self.focused(), text)
        self.settle()

    def focused(self) -> QWidget:
        return QApplication.focusWidget() or self.window

    def until(self, what: str, reached: Callable[[], bool]) -> None:
        """Waits as an operator would; gives up in words."""
        clock = QElapsedTimer()
        clock.start()
        while not reached():
            if clock.hasExpired(PATIENCE_MS):
                raise SystemExit(f"waited in vain for {what}, the keyboard in {self.focused().accessibleName()!r}")
            pause(20)

    def settle(self) -> None:
        pause(30)
        self.until("the jobs", lambda: not self.app.jobs.busy)
        pause(30)

    def state_of(self, case_id: str) -> str:
        return str(self.app.opened.desk.queries.case(case_id).state)

    def choose_box_of_what_waits(self) -> None:
        self.key(Qt.Key.Key_2, ALT)
        self.until("the box", lambda: self.window.state.filter.box is Box.FILED)
        self.until("its cases", lambda: {row.state for row in self.window.cases.model.rows} == {"filed"})
        self.key(Qt.Key.Key_3, CTRL)
        self.key(Qt.Key.Key_Home, CTRL)

    def dispatch(self) -> str:
        """F2 and Enter, with a reason where the list asks for one; gives the case."""
        case_id = self.window.state.current
        assert case_id is not None
        self.key(Qt.Key.Key_F2)
        self.key(Qt.Key.Key_Return)
        if self.state_of(case_id) == "filed":
            self.type(REASON)
            self.key(Qt.Key.Key_Return)
        self.until("the dispatch", lambda: self.state_of(case_id) == "dispatched")
        self.until("the next case", lambda: self.window.state.current != case_id)
        return case_id

    def seen(self) -> dict[str, Any]:
        """What stands on the desk now, and what the map's page was refused."""
        state, view = self.window.state, self.window.map.view
        assert view is not None
        return {
            "grid": state.filter.grid,
            "box": state.filter.box,
            "case": state.current,
            "shown": self.window.detail.view.case.id if self.window.detail.view is not None else None,
            "blocked": list(view.guard.blocked),
            "page_errors": view.page_errors,
        }


def work(operator: Operator) -> dict[str, Any]:
    """A grid is chosen, a case dispatched, a text begun; then the power goes."""
    operator.key(Qt.Key.Key_1, CTRL)
    operator.key(Qt.Key.Key_Home)
    waiting = operator.window.boxes.buttons[Box.FILED]
    operator.until("the grid", lambda: bool(operator.window.state.filter.grid))
    for _ in range(20):
        if (waiting.count or 0) >= 3:
            break
        operator.key(Qt.Key.Key_Down)
    operator.choose_box_of_what_waits()
    dispatched = operator.dispatch()
    operator.settle()
    seen = operator.seen()
    operator.key(Qt.Key.Key_F3)
    operator.type(DRAFT)
    pause(1500)  # longer than any pause after which a draft or the window's memory is written
    return {**seen, "dispatched": dispatched}


def look(operator: Operator) -> dict[str, Any]:
    """What a desk shows that is opened again, and the draft behind F3."""
    seen = operator.seen()
    operator.key(Qt.Key.Key_F3)
    intake = operator.window.intake
    assert intake is not None
    operator.until("the draft", lambda: bool(intake.findChildren(QPlainTextEdit)[0].toPlainText()))
    return {**seen, "draft": intake.findChildren(QPlainTextEdit)[0].toPlainText()}


def ten(operator: Operator) -> dict[str, Any]:
    """Ten cases go to their units by keys alone; then every other place where the desk could call out is visited."""
    operator.choose_box_of_what_waits()
    dispatched = [operator.dispatch() for _ in range(10)]
    states = [operator.state_of(case_id) for case_id in dispatched]
    for key, modifier in ((Qt.Key.Key_F1, None), (Qt.Key.Key_I, CTRL), (Qt.Key.Key_Comma, CTRL), (Qt.Key.Key_D, CTRL)):
        operator.key(key, modifier or Qt.KeyboardModifier.NoModifier)
        operator.key(Qt.Key.Key_Escape)
    return {**operator.seen(), "dispatched": dispatched, "states": states}


WALKS: Final = {"work": work, "look": look, "ten": ten}


def main(profile: str, walk: str) -> None:
    app = build_app(Path(profile))
    try:
        operator = Operator(app)
        operator.open()
        print(json.dumps(WALKS[walk](operator)), flush=True)
        if walk == "work":
            pause(PATIENCE_MS)
    finally:
        app.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
