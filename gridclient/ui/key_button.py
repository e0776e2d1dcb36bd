"""Buttons that show their keys beside their words, and the base of buttons that paint themselves."""

from __future__ import annotations

from typing import Final, Literal

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QIcon, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QPushButton, QSizePolicy, QStyle, QStyleOptionButton, QWidget

from gridclient.ui.icons import Colour, give_icon
from gridclient.ui.tag import faint, paint_tag, tag_width
from gridclient.ui.theme import BUTTON_PX, restyle, tokens

Kind = Literal["plain", "primary", "bar"]
ENTER: Final = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
"""The key Enter, of letters and of digits."""
_INK: Final[dict[str, Colour]] = {"plain": "text", "primary": "on_accent", "bar": "on_top"}
_GAP, _EDGE, _ICON = 7, 12, 16
_WITH: Final = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.ShiftModifier


def clicked_by(event: QKeyEvent, button: QAbstractButton) -> bool:
    """Whether the key is Enter without modifiers. It clicks the button; a held key does so once."""
    enter = event.key() in ENTER and not event.modifiers() & _WITH
    if enter and not event.isAutoRepeat():
        button.click()
    return enter


class PaintedButton(QAbstractButton):
    """A button of fixed size that a subclass paints. Enter clicks it."""

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not clicked_by(event, self):
            super().keyPressEvent(event)


class KeyButton(QPushButton):
    """``text`` with an icon before it and ``key`` in a small frame behind it. Enter clicks it, too. Where it may shrink
    it gives up the picture of its key."""

    def __init__(
        self, text: str, *, key: str = "", kind: Kind = "plain", icon: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(text, parent)
        self._key = key
        self._ink: Colour = _INK[kind]
        self.setProperty("kind", kind)
        self.setFixedHeight(BUTTON_PX)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        if icon:
            give_icon(self, icon, self._ink)
        if key:
            self.setAccessibleDescription(key)

    def set_kind(self, kind: Kind) -> None:
        """Makes it another kind of button: ``primary`` is what is to be done next."""
        self._ink = _INK[kind]
        restyle(self, kind=kind)

    def sizeHint(self) -> QSize:
        return self._size(*self._widths())

    def minimumSizeHint(self) -> QSize:
        return self._size(*self._widths()[:2])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not clicked_by(event, self):
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        option = QStyleOptionButton()
        self.initStyleOption(option)
        option.text = ""
        option.icon = option.icon.__class__()
        painter = QPainter(self)
        self.style().drawControl(QStyle.ControlElement.CE_PushButton, option, painter, self)
        pale = tokens().top_muted if self._ink == "on_top" else tokens().muted
        ink = QColor(getattr(tokens(), self._ink) if self.isEnabled() else pale)
        icon_px, text_px, key_px = self._widths()
        if self.width() < self.sizeHint().width():
            key_px = 0
        left = (self.width() - self._size(icon_px, text_px, key_px).width()) // 2 + _EDGE
        if icon_px:
            mode = QIcon.Mode.Normal if self.isEnabled() else QIcon.Mode.Disabled
            place = QRect(left, (self.height() - _ICON) // 2, _ICON, _ICON)
            self.icon().paint(painter, place, mode=mode)
            left += icon_px + _GAP
        painter.setPen(ink)
        painter.drawText(QRect(left, 0, text_px + 1, self.height()), Qt.AlignmentFlag.AlignVCenter, self.text())
        if key_px:
            place = QRect(left + text_px + _GAP, (self.height() - 18) // 2, key_px, 18)
            paint_tag(painter, place, self._key, ink=ink, frame=faint(ink))

    def _size(self, *parts: int) -> QSize:
        widths = [width for width in parts if width]
        return QSize(2 * _EDGE + sum(widths) + _GAP * (len(widths) - 1), BUTTON_PX)

    def _widths(self) -> tuple[int, int, int]:
        """The widths of icon, text and key; 0 for a missing one."""
        self.ensurePolished()
        text = QFontMetrics(self.font()).horizontalAdvance(self.text())
        key = tag_width(self._key) if self._key else 0
        return (0 if self.icon().isNull() else _ICON), text, key
