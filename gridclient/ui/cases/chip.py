"""A small round button of the filter bar: an active part of the filter, or a menu that adds one."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QMenu, QPushButton, QWidget


class ChipButton(QPushButton):
    """``on`` chips stand for what narrows the list and are taken away by a click; others do something or open a menu
    that ``fill`` fills each time. All chips of a bar are one stop of Tab, with the arrow keys from one to the next.

    Signals:
        step_wanted(int): to the chip so many places on.
        left(): down, to what the chips are about.
    """

    step_wanted = Signal(int)
    left = Signal()

    def __init__(
        self,
        words: str,
        *,
        on: bool = False,
        fill: Callable[[QMenu], None] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(words, parent)
        self.setProperty("kind", "chip")
        self.setProperty("on", on)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._fill = fill
        if fill is not None:
            menu = QMenu(self)
            self.fill_when_shown(menu)
            self.setMenu(menu)

    def fill_when_shown(self, menu: QMenu) -> None:
        """Whenever it opens, the menu is given what this chip offers."""
        menu.aboutToShow.connect(lambda: self._fill_anew(menu))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        if event.key() in steps:
            self.step_wanted.emit(steps[Qt.Key(event.key())])
        elif event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Escape):
            self.left.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def _fill_anew(self, menu: QMenu) -> None:
        for below in menu.findChildren(QMenu, options=Qt.FindChildOption.FindDirectChildrenOnly):
            below.deleteLater()  # clearing leaves them
        menu.clear()
        if self._fill is not None:
            self._fill(menu)
