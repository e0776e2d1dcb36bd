"""The tab 时间线: what happened to the case, the newest line first, with dots on a vertical line."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from gridclient.domain.calendar import CHINA_TIME
from gridclient.ui.casework.case_view import TimelineLine
from gridclient.ui.present import moment_words
from gridclient.ui.theme import SMALL_PX, base_font, tokens
from gridclient.ui.value_list import VALUE, Index, ValueList

_LEFT, _GAP, _DOT, _PAD, _MOST_LINES = 18, 8, 8, 4, 3
_WRAP: Final = Qt.TextFlag.TextWordWrap


class TimelineDelegate(QStyledItemDelegate):
    """Paints a dot on the line, the time, and the words over at most three lines."""

    def __init__(self, *, parent: QWidget) -> None:
        super().__init__(parent)
        self.now = datetime.min.replace(tzinfo=CHINA_TIME)
        self.times = 40

    def measure(self, lines: Sequence[TimelineLine], now: datetime) -> None:
        """Measures the width that the times need."""
        metrics = QFontMetrics(base_font(SMALL_PX))
        self.now = now
        self.times = max((metrics.horizontalAdvance(moment_words(line.at, now)) for line in lines), default=40)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        view: Any = self.parent()
        width = view.viewport().width() - _LEFT - self.times - 2 * _GAP
        metrics = QFontMetrics(base_font())
        text = metrics.boundingRect(QRect(0, 0, max(width, 40), 1000), _WRAP, index.data(VALUE).text)
        height = min(text.height(), _MOST_LINES * metrics.lineSpacing())
        return QSize(option.rect.width(), max(height, metrics.lineSpacing()) + _PAD)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        line: TimelineLine = index.data(VALUE)
        place: QRect = option.rect
        theme = tokens()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & QStyle.StateFlag.State_Selected and option.state & QStyle.StateFlag.State_HasFocus:
            painter.fillRect(place, QColor(theme.selection))
        centre = place.left() + 6
        middle = place.top() + _PAD // 2 + QFontMetrics(base_font()).lineSpacing() // 2
        painter.setPen(QPen(QColor(theme.line), 2))
        painter.drawLine(centre, place.top(), centre, place.bottom() + 1)
        ink = QColor(theme.bad if line.refused else theme.accent)
        painter.setPen(QPen(ink, 2))
        painter.setBrush(QColor(theme.panel) if line.unsent else ink)
        painter.drawEllipse(centre - _DOT // 2 + 1, middle - _DOT // 2 + 1, _DOT - 2, _DOT - 2)
        top = Qt.AlignmentFlag.AlignTop
        words = place.adjusted(_LEFT, _PAD // 2, -_GAP, -_PAD // 2)
        painter.setFont(base_font(SMALL_PX))
        painter.setPen(QColor(theme.muted))
        painter.drawText(words.adjusted(0, 1, 0, 0), top, moment_words(line.at, self.now))
        painter.setFont(base_font())
        painter.setPen(QColor(theme.bad_text if line.refused else theme.text))
        painter.drawText(words.adjusted(self.times + _GAP, 0, 0, 0), top | _WRAP, line.text)
        painter.restore()


class TimelineList(QListView):
    """Object name ``caseTimeline``."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("caseTimeline")
        self.setAccessibleName(self.tr("时间线"))
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.lines = ValueList(_words, told=self._told, parent=self)
        self._delegate = TimelineDelegate(parent=self)
        self.setModel(self.lines)
        self.setItemDelegate(self._delegate)

    def show_lines(self, lines: Sequence[TimelineLine], now: datetime) -> None:
        """Shows the lines of a case, the newest first."""
        self._delegate.measure(lines, now)
        self.lines.show_values(lines)

    def _told(self, line: TimelineLine) -> str:
        told = [line.text, self.tr("{at} · {actor}").format(at=f"{line.at:%Y-%m-%d %H:%M:%S}", actor=line.actor)]
        if line.unsent:
            told.append(self.tr("未上报：还只在本机"))
        if line.refused:
            told.append(self.tr("未生效：与另一席位的操作冲突"))
        return "\n".join(told)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.scheduleDelayedItemsLayout()


def _words(line: TimelineLine) -> str:
    return f"{line.at:%H:%M} {line.text}"
