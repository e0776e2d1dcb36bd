"""The started desk in a process of its own, led by keys from within: ``python -m tests.e2e.desk_driver PROFILE WALK``.

A walk prints one JSON document when it has arrived. What waits to be killed sleeps after that.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QElapsedTimer, QEventLoop, Qt, QTimer
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPlainTextEdit, QWidget

from gridclient.app import App, build_app
from gridclient.services.rows import Box

PATIENCE_MS: Final = 40_000
START_MS: Final = 120_000  # beside other work the page's own processes alone may take a minute
DRAFT: Final = "seven lamps are dark"
REASON: Final = "known here"
LOOK: Final = os.environ.get("GRIDCLIENT_LOOK", "")
NOISE: Final = "噪音"
CONDITION, GRID = "shshzy", "bgksq"
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
        """Waits for the list, for the map and for the keyboard.

        Before the window is the active one, its shortcuts hear nothing, and a page that loads late may have asked for
        the keyboard meanwhile: a walk that began earlier pressed its first keys into nothing and waited in vain.
        """
        self.window.show()
        self.until("the list", lambda: self.window.cases.table.model().rowCount() > 0, START_MS)
        self.until("the map", lambda: self.window.map.view is not None and self.window.map.view.is_ready, START_MS)
        self.settle()
        self.until("the keyboard", self._has_keyboard, START_MS)

    def _has_keyboard(self) -> bool:
        """Asks for it again while it is not here: a window that is not exposed yet is refused without a word."""
        if not self.window.isActiveWindow():
            self.window.activateWindow()
            self.window.cases.table.setFocus()
            return False
        return QApplication.focusWidget() is not None

    def key(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """A key to whatever has the keyboard."""
        QTest.keyClick(self.focused(), key, modifier)
        self.settle()

    def type(self, text: str) -> None:
        """Letters to whatever has the keyboard."""
        QTest.keyClicks(self.focused(), text)
        self.settle()

    def commit(self, text: str) -> None:
        """Chinese words as an input method hands them over."""
        event = QInputMethodEvent()
        event.setCommitString(text)
        QApplication.sendEvent(self.focused(), event)
        self.settle()

    def look(self, name: str) -> None:
        """A picture, where one is wanted: for the eyes of whoever changes the walk."""
        if LOOK:
            self.settle()
            pause(400)
            self.photograph(name)

    def photograph(self, name: str) -> None:
        if LOOK:
            QApplication.primaryScreen().grabWindow(0).save(str(Path(LOOK) / f"{name}.png"))

    def words_of(self, case_id: str) -> str:
        facts = self.app.opened.desk.queries.case(case_id).facts
        return f"{facts.title}{facts.description}{facts.address}"

    def focused(self) -> QWidget:
        return QApplication.focusWidget() or self.window

    def until(self, what: str, reached: Callable[[], bool], patience: int = PATIENCE_MS) -> None:
        """Waits as an operator would; gives up in words and says what the desk was at."""
        clock = QElapsedTimer()
        clock.start()
        while not reached():
            if clock.hasExpired(patience):
                self.photograph("gave-up")
                at = f"keyboard in {self.focused().accessibleName()!r}, active {self.window.isActiveWindow()}"
                raise SystemExit(f"waited in vain for {what}: {at}, jobs busy {self.app.jobs.busy}")
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


def noise(operator: Operator) -> dict[str, Any]:
    """Ten of the messages that were imported without condition and grid: searched, filed and dispatched by keys."""
    window = operator.window
    operator.key(Qt.Key.Key_1, ALT)
    operator.until("the box", lambda: window.state.filter.box is Box.REPORTED)
    operator.key(Qt.Key.Key_F, CTRL)
    operator.commit(NOISE)
    operator.until("what was searched", lambda: window.state.filter.text == NOISE and bool(window.cases.model.rows))
    operator.until("the messages", lambda: all(NOISE in operator.words_of(row.id) for row in window.cases.model.rows))
    operator.key(Qt.Key.Key_3, CTRL)
    operator.key(Qt.Key.Key_End, CTRL)  # what was imported has no clock yet and stands last
    operator.key(Qt.Key.Key_Up)
    for _ in range(9):
        operator.key(Qt.Key.Key_Up, Qt.KeyboardModifier.ShiftModifier)
    chosen = window.state.selected
    operator.until("the form for all", lambda: window.detail.foot.form is not None)
    operator.look("1-form")
    operator.key(Qt.Key.Key_F2)
    operator.type(CONDITION)
    operator.look("2-condition")
    operator.key(Qt.Key.Key_Return)
    operator.type(GRID)
    operator.look("3-grid")
    operator.key(Qt.Key.Key_Return)
    operator.look("4-filled")
    operator.key(Qt.Key.Key_Return)
    operator.until("the filing", lambda: {operator.state_of(one) for one in chosen} == {"filed"})
    operator.until("the units", window.detail.foot.can_dispatch)
    operator.look("5-filed")
    operator.key(Qt.Key.Key_F2)
    operator.key(Qt.Key.Key_Return)
    operator.until("the dispatch", lambda: {operator.state_of(one) for one in chosen} == {"dispatched"})
    operator.look("6-dispatched")
    operator.key(Qt.Key.Key_Z, CTRL)
    operator.until("the way back", lambda: {operator.state_of(one) for one in chosen} == {"filed"})
    operator.look("7-undone")
    operator.key(Qt.Key.Key_F2)
    operator.key(Qt.Key.Key_Return)
    operator.until("the dispatch", lambda: {operator.state_of(one) for one in chosen} == {"dispatched"})
    cases = [operator.app.opened.desk.queries.case(one) for one in chosen]
    return {
        "chosen": chosen,
        "states": [str(case.state) for case in cases],
        "standards": sorted({case.facts.standard for case in cases}),
        "grids": sorted({case.facts.grid for case in cases}),
        "units": sorted({case.assignments[0].unit for case in cases}),
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
    operator.until("the case's panel", lambda: operator.window.detail.view is not None)
    seen = operator.seen()
    operator.key(Qt.Key.Key_F3)
    intake = operator.window.side.form
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


WALKS: Final = {"work": work, "look": look, "ten": ten, "noise": noise}


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
