"""The large icon of the state, and the switch of the line."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from gridclient.ui.icons import icon
from gridclient.ui.key_button import PaintedButton
from gridclient.ui.sync.present import Tone
from gridclient.ui.theme import BUTTON_PX, Tokens, base_font, tokens

_SIGN_PX: Final = 36
_TRACK: Final = QSize(34, 18)
_GAP: Final = 8


def ink_of(tone: Tone, theme: Tokens) -> str:
    """The colour of a tone on a panel."""
    return {Tone.OK: theme.green, Tone.WARN: theme.warn_text, Tone.BAD: theme.bad_text}.get(tone, theme.muted)


class Sign(QWidget):
    """An icon that follows the theme."""

    def __init__(self, *, parent: QWidget) -> None:
        super().__init__(parent)
        self._name, self._tone = "", Tone.CALM
        self.setFixedSize(_SIGN_PX, _SIGN_PX)

    def show_sign(self, name: str, tone: Tone) -> None:
        self._name, self._tone = name, tone
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._name:
            painter = QPainter(self)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            icon(self._name, ink_of(self._tone, tokens())).paint(painter, self.rect())


class OfflineSwitch(PaintedButton):
    """Object name ``offlineSwitch``. Checked means offline; the word and the knob's place say so, too."""

    def __init__(self, *, parent: QWidget) -> None:
        super().__init__(parent=parent)
        self.setObjectName("offlineSwitch")
        self.setCheckable(True)
        self._say()
        self.toggled.connect(self._say)

    @property
    def words(self) -> str:
        return self.tr("离线：开") if self.isChecked() else self.tr("离线：关")

    def sizeHint(self) -> QSize:
        width = QFontMetrics(base_font()).horizontalAdvance(self.tr("离线：开"))
        return QSize(width + _GAP + _TRACK.width() + 4, BUTTON_PX)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.EnabledChange:
            self._say()

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = tokens()
        faint = theme.muted if self.isEnabled() else theme.line
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(base_font())
        painter.setPen(QColor(theme.text if self.isEnabled() else theme.muted))
        right = self.width() - _TRACK.width() - 2
        painter.drawText(QRect(0, 0, right - _GAP, self.height()), Qt.AlignmentFlag.AlignVCenter, self.words)
        track = QRectF(right, (self.height() - _TRACK.height()) / 2, _TRACK.width(), _TRACK.height())
        painter.setPen(QPen(QColor(theme.accent), 2) if self.hasFocus() else QColor(faint))
        painter.setBrush(QColor(theme.warn if self.isChecked() else theme.alternate))
        painter.drawRoundedRect(track, track.height() / 2, track.height() / 2)
        knob = QRectF(0, 0, 12, 12)
        knob.moveCenter(track.center())
        knob.moveLeft(track.right() - 15 if self.isChecked() else track.left() + 3)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.panel if self.isChecked() else faint))
        painter.drawEllipse(knob)

    def _say(self) -> None:
        self.setAccessibleName(self.words)
        if self.isEnabled():
            self.setToolTip(self.tr("像拔掉网线一样：照常登记、派遣，先存在本机；恢复联网后自动上报。"))
        else:
            self.setToolTip(self.tr("现在没有可以断开的连接：本席位没有接入同步中心、用U盘交换，或者同步已停止。"))
        self.update()
