"""The bar at the left edge that shows that a panel, or the present line of a list, has the keyboard."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QObject, QRect, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from gridclient.ui.theme import tokens

_BAR_PX: Final = 3


def paint_focus_bar(painter: QPainter, place: QRect) -> None:
    """Paints a bar in the accent colour at the left edge of ``place``."""
    painter.fillRect(QRect(place.topLeft(), place.bottomLeft()).adjusted(0, 0, _BAR_PX - 1, 0), QColor(tokens().accent))


class FocusMark(QWidget):
    """The bar over the left edge of ``panel``, visible while the panel itself has the keyboard."""

    def __init__(self, panel: QWidget) -> None:
        super().__init__(panel)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()
        panel.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        panel = self.parentWidget()
        if watched is panel and event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut, QEvent.Type.Resize):
            self.setGeometry(0, 0, _BAR_PX, panel.height())
            self.setVisible(panel.hasFocus())
            self.raise_()
        return super().eventFilter(watched, event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        paint_focus_bar(QPainter(self), self.rect())
