"""One box: its word at the left, its live count at the right, a frame when it is the chosen one."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QWidget

from gridclient.services.rows import Box
from gridclient.ui.theme import Tokens, base_font, tokens

HEIGHT: Final = 27
_EDGE: Final = 9
_PRESSING: Final = {
    Box.DUE_SOON: "warn_text",
    Box.RETURNED: "warn_text",
    Box.OVERDUE: "bad_text",
    Box.CONFLICT: "bad_text",
}


def count_colour(box: Box, count: int, theme: Tokens) -> str:
    """The colour of a count: only what needs acting on is coloured, and nothing is muted."""
    if not count:
        return theme.muted
    return str(getattr(theme, _PRESSING.get(box, "text")))


class BoxButton(QAbstractButton):
    """A box that can be chosen with the mouse, Space or its key."""

    def __init__(self, box: Box, word: str, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.box = box
        self._count: int | None = None
        self.setText(word)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setFixedHeight(HEIGHT)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    @property
    def count(self) -> int | None:
        return self._count

    def set_count(self, count: int | None) -> None:
        """Shows another count; ``None`` while it is not known."""
        if count != self._count:
            self._count = count
            words = "" if count is None else self.tr("{word} {count} 件").format(word=self.text(), count=count)
            self.setAccessibleName(words)
            self.update()

    def nextCheckState(self) -> None:
        """Which box is chosen is decided by the desk's state, not by the click."""

    def sizeHint(self) -> QSize:
        return QSize(104, HEIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = tokens()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_ground(painter, theme)
        place = self.rect().adjusted(_EDGE, 0, -_EDGE, 0)
        centre = Qt.AlignmentFlag.AlignVCenter
        painter.setPen(QColor(theme.text))
        painter.drawText(place, centre | Qt.AlignmentFlag.AlignLeft, self.text())
        if self._count is not None:
            painter.setFont(base_font(weight=QFont.Weight.DemiBold if self._count else QFont.Weight.Normal))
            painter.setPen(QColor(count_colour(self.box, self._count, theme)))
            painter.drawText(place, centre | Qt.AlignmentFlag.AlignRight, f"{self._count:,}")

    def _paint_ground(self, painter: QPainter, theme: Tokens) -> None:
        ground = theme.accent_ground if self.isChecked() else theme.hover if self.underMouse() else theme.alternate
        framed = self.isChecked() or self.hasFocus()
        painter.setBrush(QColor(ground))
        painter.setPen(QPen(QColor(theme.accent), 1) if framed else Qt.PenStyle.NoPen)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 5, 5)
