"""The two lamps in the top bar: is it safe to switch off, and how fresh is what is seen. A click opens the sync page.
Source: UX.md, 同步灯."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QEnterEvent, QFontMetrics, QPainter, QPaintEvent

from gridclient.services.sync_control import SyncView
from gridclient.ui.icons import icon
from gridclient.ui.key_button import PaintedButton
from gridclient.ui.sync.present import Face, Tone, fresh_face, pending_face
from gridclient.ui.theme import BUTTON_PX, base_font, tokens

_ICON: Final = 16
_GAP, _BETWEEN, _EDGE = 5, 14, 6


class SyncLamp(PaintedButton):
    """Object name ``syncLamp``. Icon, word and colour say the state, the tooltip says it in sentences."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("syncLamp")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setFont(base_font())
        self.faces: tuple[Face, ...] = ()

    @property
    def words(self) -> str:
        """The words of both lamps."""
        return "  ".join(face.words for face in self.faces)

    def show_view(self, view: SyncView, now: datetime) -> None:
        """Shows a state as it is at ``now``."""
        faces = (pending_face(view), fresh_face(view, now))
        if faces == self.faces:
            return
        before, self.faces = self.sizeHint(), faces
        self.setAccessibleName(self.words)
        self.setAccessibleDescription(" ".join(face.told for face in faces))
        self.setToolTip("\n".join((*(f"{face.words}\n{face.told}" for face in faces), self.tr("点击打开同步页"))))
        if self.sizeHint() != before:
            self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(self.font())
        text = sum(_ICON + _GAP + metrics.horizontalAdvance(_widest(face.words)) for face in self.faces)
        return QSize(2 * _EDGE + text + _BETWEEN * max(0, len(self.faces) - 1), BUTTON_PX)

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = tokens()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.underMouse() or self.hasFocus():
            painter.setPen(QColor(theme.on_top if self.hasFocus() else theme.top_button))
            painter.setBrush(QColor(theme.top_button))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        colours = {Tone.CALM: theme.top_muted, Tone.OK: theme.lamp_ok, Tone.WARN: theme.lamp_warn}
        metrics, left = QFontMetrics(self.font()), _EDGE
        for face in self.faces:
            colour = colours.get(face.tone, theme.lamp_bad)
            icon(face.icon, colour).paint(painter, left, (self.height() - _ICON) // 2, _ICON, _ICON)
            left += _ICON + _GAP
            width = metrics.horizontalAdvance(_widest(face.words))
            painter.setPen(QColor(theme.on_top if face.tone in (Tone.CALM, Tone.OK) else colour))
            painter.drawText(QRect(left, 0, width + 1, self.height()), Qt.AlignmentFlag.AlignVCenter, face.words)
            left += width + _BETWEEN

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self.update()


def _widest(words: str) -> str:
    """The words with 0 for every digit, so that a countdown does not change the width of the bar."""
    return "".join("0" if sign.isdigit() else sign for sign in words)
