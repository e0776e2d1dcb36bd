"""A button for a choice in plain words, with its key and what follows from it."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from gridclient.ui.laid_out import tip
from gridclient.ui.tag import paint_tag
from gridclient.ui.theme import SMALL_PX, base_font, tokens

_EDGE, _KEY_PX, _HEIGHT = 12, 22, 78
_WRAP: Final = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignTop


class ChoiceButton(QAbstractButton):
    """A checked button is the choice that Enter carries out; a click carries it out at once."""

    def __init__(self, *, key: str, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setCheckable(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._key, self._outcome = key, ""

    def show_choice(self, words: str, which: str, outcome: str) -> None:
        """``words`` say what is done, ``which`` whose it was, ``outcome`` how the case will be."""
        self.setText(self.tr("{words}（{which}）").format(words=words, which=which))
        self._outcome = outcome
        self.setAccessibleName(self.text())
        self.setAccessibleDescription(outcome)
        self.setToolTip(tip(f"{self.text()}\n{outcome}"))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(300, _HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(180, _HEIGHT)

    def nextCheckState(self) -> None:
        """Does nothing: the page marks the choice."""

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = tokens()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        marked = self.isChecked() or self.hasFocus()
        ground = theme.accent_ground if self.isChecked() else theme.hover if self.underMouse() else theme.panel
        painter.setPen(QPen(QColor(theme.accent if marked else theme.line), 2 if self.isChecked() else 1))
        painter.setBrush(QColor(ground))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 6, 6)
        key = QRect(_EDGE, 10, _KEY_PX, _KEY_PX)
        paint_tag(painter, key, self._key, ink=theme.muted, frame=theme.muted, ground=theme.panel, px=SMALL_PX)
        left = key.right() + 10
        width = self.width() - left - _EDGE
        font = base_font(weight=QFont.Weight.DemiBold)
        painter.setFont(font)
        painter.setPen(QColor(theme.text if self.isEnabled() else theme.muted))
        painter.drawText(QRect(left, 12, width, 40), _WRAP, self.text())
        words = painter.boundingRect(QRect(left, 12, width, 40), _WRAP, self.text())
        small = base_font(SMALL_PX)
        painter.setFont(small)
        painter.setPen(QColor(theme.muted))
        shown = QFontMetrics(small).elidedText(self._outcome, Qt.TextElideMode.ElideRight, width)
        painter.drawText(
            QRect(left, min(words.bottom() + 5, _HEIGHT - 24), width, 18), Qt.AlignmentFlag.AlignVCenter, shown
        )
