"""A small round button of the filter bar: an active part of the filter, or a menu that adds one."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu, QPushButton, QWidget


class ChipButton(QPushButton):
    """``on`` chips stand for what narrows the list and are taken away by a click; others do something or open a menu
    that ``fill`` fills each time."""

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
            menu.aboutToShow.connect(self._on_menu_about_to_show)
            self.setMenu(menu)

    def _on_menu_about_to_show(self) -> None:
        self.menu().clear()
        if self._fill is not None:
            self._fill(self.menu())
