"""Paints a key or a short word in a small rounded frame, for buttons, cards and lists."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen

from gridclient.ui.theme import base_font

TAG_PX: Final = 11
_EDGE: Final = 5
_FAINT: Final = 0.45
Colour = QColor | str


def tag_width(words: str) -> int:
    """The width in pixels of a frame around the words."""
    return QFontMetrics(base_font(TAG_PX)).horizontalAdvance(words) + 2 * _EDGE


def faint(ink: Colour) -> QColor:
    """A paler colour, for a frame around words in ``ink``."""
    colour = QColor(ink)
    colour.setAlphaF(_FAINT)
    return colour


def paint_tag(
    painter: QPainter,
    place: QRect,
    words: str,
    *,
    ink: Colour,
    frame: Colour | None = None,
    ground: Colour | None = None,
    px: int = TAG_PX,
) -> None:
    """Paints the words in the middle of ``place``, with a frame and a background if given."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(frame), 1) if frame is not None else Qt.PenStyle.NoPen)
    painter.setBrush(QColor(ground) if ground is not None else Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(QRectF(place).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
    painter.setFont(base_font(px))
    painter.setPen(QColor(ink))
    painter.drawText(place, Qt.AlignmentFlag.AlignCenter, words)
