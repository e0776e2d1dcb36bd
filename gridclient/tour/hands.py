"""The tour's hands and eyes: sends keys to the real window, waits as an operator would, takes pictures."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from PySide6.QtCore import QElapsedTimer, QEventLoop, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from gridclient.app import App
from gridclient.domain.errors import StoreUnavailable

_PATIENCE_MS: Final = 30_000
_STEP_MS: Final = 50
_SETTLED_MS: Final = 900


class Hands:
    """Works one desk and takes pictures of it into ``out``, numbered in order."""

    def __init__(self, app: App, out: Path) -> None:
        self.app, self.window, self._out = app, app.window, out
        self.pictures: list[Path] = []

    def clear(self) -> None:
        """Shows the whole list again."""
        self.window.state.choose_grid("")
        self.window.state.clear()
        self.settle()

    @property
    def focus(self) -> QWidget:
        """The widget that gets keys."""
        focused = self.window.focusWidget()
        return self.window if focused is None else focused

    def key(
        self,
        key: Qt.Key,
        modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
        *,
        on: QWidget | None = None,
    ) -> None:
        """Presses a key where the focus is, or on a widget."""
        QTest.keyClick(on or self.focus, key, modifier)

    def click(self, widget: QWidget) -> None:
        """The left button, in the middle."""
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton)

    def until(self, what: str, reached: Callable[[], bool]) -> None:
        """Waits; raises ``StoreUnavailable("tour.stuck")`` after half a minute."""
        clock = QElapsedTimer()
        clock.start()
        while not reached():
            if clock.hasExpired(_PATIENCE_MS):
                raise StoreUnavailable("tour.stuck", stop=what)
            _wait(_STEP_MS)

    def settle(self) -> None:
        """Until nothing is read or painted any more."""
        self.until("jobs", lambda: not self.app.jobs.busy)
        _wait(_SETTLED_MS)

    def picture(self, name: str) -> None:
        """Takes one; raises ``StoreUnavailable("tour.not_saved")``."""
        self.settle()
        path = self._out / f"{len(self.pictures) + 1:02d}-{name}.png"
        if not self.window.grab().save(str(path)):
            raise StoreUnavailable("tour.not_saved", file=path.name)
        self.pictures.append(path)


def _wait(milliseconds: int) -> None:
    """Lets the desk go on; ``QTest.qWait`` would keep Python's lock from its threads meanwhile."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()
