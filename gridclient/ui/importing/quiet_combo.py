"""A drop-down that the wheel leaves alone: in a long form it would change what nobody meant to change."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QComboBox, QWidget

from gridclient.ui.icons import icon
from gridclient.ui.theme import tokens

_ARROW, _EDGE = 16, 5


class QuietCombo(QComboBox):
    """Takes the width it is given; its list is as wide as its words."""

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(6)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The style sheet takes the arrow away with the frame; here it is again."""
        super().paintEvent(event)
        painter = QPainter(self)
        left = self.width() - _ARROW - _EDGE
        icon("menu", tokens().muted).paint(painter, left, (self.height() - _ARROW) // 2, _ARROW, _ARROW)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Left to the form, which scrolls."""
        event.ignore()
