"""The tab 时间线: what happened to the case, the newest line first, with dots on a vertical line."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from gridclient.domain.calendar import CHINA_TIME
from gridclient.ui.casework.case_view import TimelineLine
from gridclient.ui.focus_mark import FocusMark
from gridclient.ui.present import moment_words
from gridclient.ui.theme import SMALL_PX, base_font, tokens
from gridclient.ui.value_list import VALUE, Index, ValueList

_LEFT, _CENTRE, _GAP, _DOT, _PAD, _MOST_LINES = 19, 8, 8, 8, 4, 3
_STEP_PX: Final = 60
_WRAP: Final = Qt.TextFlag.TextWordWrap


class TimelineDelegate(QStyledItemDelegate):
    """Paints a dot on the line, the time, and the words over at most three lines; the present line is whole."""

    def __init__(self, *, parent: QWidget) -> None:
        super().__init__(parent)
        self.now = datetime.min.replace(tzinfo=CHINA_TIME)
        self.times = 40
        self._kept: dict[tuple[str, int, bool], tuple[str, int]] = {}

    def measure(self, lines: Sequence[TimelineLine], now: datetime) -> None:
        """Measures the width that the times of these lines need."""
        metrics = QFontMetrics(base_font(SMALL_PX))
        self._kept.clear()
        self.now = now
        self.times = max((metrics.horizontalAdvance(moment_words(line.at, now)) for line in lines), default=40)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        _words, height = self._fitting(index)
        return QSize(option.rect.width(), max(height, QFontMetrics(base_font()).lineSpacing()) + _PAD)

    def _fitting(self, index: Index) -> tuple[str, int]:
        """The words of a line as they are painted, and their height. They are kept, because every step to another line
        asks for those of all lines."""
        view: Any = self.parent()
        room = max(view.viewport().width() - _LEFT - self.times - 2 * _GAP, 40)
        key = (index.data(VALUE).text, room, index.row() == view.currentIndex().row())
        if key not in self._kept:
            self._kept[key] = _fitted(*key)
        return self._kept[key]

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        line: TimelineLine = index.data(VALUE)
        place: QRect = option.rect
        theme = tokens()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & QStyle.StateFlag.State_Selected and option.state & QStyle.StateFlag.State_HasFocus:
            painter.fillRect(place, QColor(theme.selection))
        centre = place.left() + _CENTRE
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
        painter.drawText(words.adjusted(self.times + _GAP, 0, 0, 0), top | _WRAP, self._fitting(index)[0])
        painter.restore()


class TimelineList(QListView):
    """Object name ``caseTimeline``. Arrow keys go through a line that is higher than the list."""

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
        FocusMark(self)

    def show_lines(self, lines: Sequence[TimelineLine], now: datetime) -> None:
        """Shows the lines of a case, the newest first. The line that is read stays, if the case still has it."""
        here, place = self.currentIndex().data(VALUE), self.verticalScrollBar().value()
        self._delegate.measure(lines, now)
        self.lines.show_values(lines)
        same = [row for row, line in enumerate(lines) if here and (line.at, line.text) == (here.at, here.text)]
        if same and not self.currentIndex().isValid():
            self.setCurrentIndex(self.lines.index(same[0]))
            self.verticalScrollBar().setValue(place)

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        self.scheduleDelayedItemsLayout()
        self.executeDelayedItemsLayout()
        self.scrollTo(current, QListView.ScrollHint.EnsureVisible)
        if self.visualRect(current).height() > self.viewport().height():
            self.scrollTo(current, QListView.ScrollHint.PositionAtTop)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        place, bar = self.visualRect(self.currentIndex()), self.verticalScrollBar()
        page = self.viewport().height() - _PAD
        by = {Qt.Key.Key_Down: _STEP_PX, Qt.Key.Key_Up: -_STEP_PX, Qt.Key.Key_PageDown: page, Qt.Key.Key_PageUp: -page}
        step = by.get(Qt.Key(event.key()), 0)
        left = place.bottom() - self.viewport().height() if step > 0 else -place.top()
        if step and left > 0 and place.height() > self.viewport().height():
            bar.setValue(bar.value() + step)
        else:
            super().keyPressEvent(event)

    def _told(self, line: TimelineLine) -> str:
        told = [line.text, self.tr("{at} · {actor}").format(at=f"{line.at:%Y-%m-%d %H:%M:%S}", actor=line.actor)]
        if line.aside:
            told.append(self.tr("已搁置：只在本机，没有上报"))
        elif line.unsent:
            told.append(self.tr("未上报：还只在本机"))
        if line.refused:
            told.append(self.tr("未生效：与另一席位的操作冲突"))
        return "\n".join(told)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.scheduleDelayedItemsLayout()


def _fitted(words: str, width: int, whole: bool) -> tuple[str, int]:
    """The words over at most three lines, with dots where their end is left out, or the ``whole``; and their height."""
    metrics = QFontMetrics(base_font())

    def height() -> int:
        return metrics.boundingRect(QRect(0, 0, width, 0), _WRAP, words).height()

    if whole:
        return words, height()
    if len(words) > _MOST_LINES * width:  # at a pixel each; longer ones take long to measure
        words = f"{words[: _MOST_LINES * width]}…"
    most = _MOST_LINES * metrics.lineSpacing()
    if height() > most:
        room = _MOST_LINES * (width - 2 * metrics.averageCharWidth())
        words = metrics.elidedText(words, Qt.TextElideMode.ElideRight, room)
        while height() > most:  # it has line breaks of its own
            words = f"{words[:-2].rstrip()}…"
    return words, height()


def _words(line: TimelineLine) -> str:
    return f"{line.at:%H:%M} {line.text}"
