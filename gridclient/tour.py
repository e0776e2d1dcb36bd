"""The demo walked by itself with real key and mouse events on the real window, with a picture at every stop."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from PySide6.QtCore import QElapsedTimer, QEventLoop, Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from gridclient.app import App, build_app
from gridclient.demo.building import make_demo
from gridclient.domain.errors import StoreUnavailable
from gridclient.services.rows import Box

CASES: Final = 3000
SIZES: Final = ((1366, 768), (1920, 1080))
_PATIENCE_MS: Final = 30_000
_STEP_MS: Final = 50
_SETTLED_MS: Final = 900
_TEXT: Final = (
    "工单编号：RX20261121900001\n来电人：张某某 联系电话：13800000001\n事发地址：鲸园街道海滨路12号院\n"
    "诉求内容：市民反映该处工地夜间施工噪音扰民，持续至凌晨，希望尽快处理。"
)


def walk(profile: Path | None, out: Path) -> list[Path]:
    """Walks the demo and gives the pictures. Without a profile the demo is made in a folder of its own and thrown away.

    Raises:
        GridClientError: the profile cannot be opened.
        StoreUnavailable: a stop of the tour was not reached in time (``tour.stuck``), or the folder cannot be written.
    """
    out.mkdir(parents=True, exist_ok=True)
    with _profile(profile) as folder:
        make_demo(folder, cases=CASES)
        app = build_app(folder)
        try:
            guide = _Guide(app, out)
            guide.walk()
            return guide.pictures
        finally:
            app.close()


@contextmanager
def _profile(given: Path | None) -> Iterator[Path]:
    if given is not None:
        yield given
        return
    with tempfile.TemporaryDirectory(prefix="gridclient-tour-", ignore_cleanup_errors=True) as folder:
        yield Path(folder) / "demo"


def _wait(milliseconds: int) -> None:
    """Lets the desk go on; ``QTest.qWait`` would keep Python's lock from its threads meanwhile."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


class _Guide:
    """Leads through the stops; every stop waits for what the operator would wait for, then takes its picture."""

    def __init__(self, app: App, out: Path) -> None:
        self._app, self._window, self._out = app, app.window, out
        self.pictures: list[Path] = []

    def walk(self) -> None:
        """All stops, in the order of a first minute at the desk."""
        window = self._window
        window.resize(*SIZES[0])
        window.show()
        window.activateWindow()
        self._until("map", lambda: window.map.view is not None and window.map.view.is_ready)
        self._until("list", lambda: window.cases.table.model().rowCount() > 0)
        self._picture("desk")
        for stop in (self._choose_grid, self._dispatch, self._register, self._search, self._command, self._bring_in):
            stop()
        self._key(window, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
        self._picture("dark")
        self._key(window, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
        window.resize(*SIZES[1])
        self._picture("desk-1920")

    def _choose_grid(self) -> None:
        tree = self._window.tree
        tree.setFocus()
        for key in (Qt.Key.Key_Home, Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Return):
            self._key(tree, key)
        self._until("grid", lambda: bool(self._window.state.filter.grid))
        self._picture("grid")
        self._clear()

    def _dispatch(self) -> None:
        window, table = self._window, self._window.cases.table
        QTest.mouseClick(window.boxes.buttons[Box.FILED], Qt.MouseButton.LeftButton)
        self._until("filed", lambda: window.state.filter.box is Box.FILED and table.model().rowCount() > 0)
        table.setFocus()
        self._key(table, Qt.Key.Key_Home)
        self._until("case", lambda: bool(window.state.selected))
        self._settle()
        chosen = window.state.selected[0]
        self._key(window, Qt.Key.Key_F2)
        self._picture("dispatch")
        self._key(self._focus(), Qt.Key.Key_Return)
        self._until("dispatched", lambda: self._state_of(chosen) != "filed")
        self._picture("dispatched")
        self._clear()

    def _register(self) -> None:
        self._key(self._window, Qt.Key.Key_F3)
        self._until("intake", lambda: self._window.intake is not None and self._window.intake.isVisible())
        QGuiApplication.clipboard().setText(_TEXT)
        self._key(self._focus(), Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
        self._settle()
        self._picture("intake")
        self._key(self._focus(), Qt.Key.Key_Escape)

    def _search(self) -> None:
        self._key(self._window, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
        QTest.keyClicks(self._focus(), "")
        QGuiApplication.clipboard().setText("噪音")
        self._key(self._focus(), Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
        self._key(self._focus(), Qt.Key.Key_Return)
        self._until("search", lambda: self._window.state.filter.text == "噪音")
        self._picture("search")
        self._clear()

    def _command(self) -> None:
        self._key(self._window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
        QTest.keyClicks(self._focus(), "zhzf")
        self._settle()
        self._picture("command")
        self._key(self._focus(), Qt.Key.Key_Escape)

    def _bring_in(self) -> None:
        self._window.actions_.trigger("import")
        self._until("import", lambda: (page := self._window.pages.page("import")) is not None and page.isVisible())
        self._picture("import")
        self._key(self._focus(), Qt.Key.Key_Escape)

    # -- the guide's hands and eyes ---------------------------------------------------------------------------------

    def _clear(self) -> None:
        self._window.state.clear()
        self._settle()

    def _focus(self) -> QWidget:
        focused = self._window.focusWidget()
        return self._window if focused is None else focused

    def _key(
        self, widget: QWidget, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
    ) -> None:
        QTest.keyClick(widget, key, modifier)

    def _state_of(self, case_id: str) -> str:
        return self._app.opened.desk.queries.case(case_id).state.value

    def _until(self, what: str, reached: Callable[[], bool]) -> None:
        clock = QElapsedTimer()
        clock.start()
        while not reached():
            if clock.hasExpired(_PATIENCE_MS):
                raise StoreUnavailable("tour.stuck", stop=what)
            _wait(_STEP_MS)

    def _settle(self) -> None:
        self._until("jobs", lambda: not self._app.jobs.busy)
        _wait(_SETTLED_MS)

    def _picture(self, name: str) -> None:
        self._settle()
        path = self._out / f"{len(self.pictures) + 1:02d}-{name}.png"
        if not self._window.grab().save(str(path)):
            raise StoreUnavailable("tour.not_saved", file=path.name)
        self.pictures.append(path)
