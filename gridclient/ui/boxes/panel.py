"""The boxes 今日必办: ten saved filters with their counts, in two columns, reached by Alt+1 … Alt+9 and Alt+0. Source:
UX.md, 今日必办."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Final

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QKeyEvent, QKeySequence, QPainter, QPaintEvent, QPen, QShortcut
from PySide6.QtWidgets import QAbstractButton, QGridLayout, QWidget

from gridclient.services.ports import DeskQueries
from gridclient.services.rows import Box, CaseFilter
from gridclient.services.words import BOXES
from gridclient.ui.jobs import Jobs
from gridclient.ui.laid_out import down, label
from gridclient.ui.theme import Tokens, base_font, tokens

_COLUMNS: Final = 2
_STEPS: Final = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: -_COLUMNS, Qt.Key.Key_Down: _COLUMNS}
_BOX_PX: Final = 27
_EDGE, _NARROW_EDGE, _GAP = 9, 4, 4
_TEN_THOUSAND: Final = 10_000
_PRESSING: Final = {
    Box.DUE_SOON: "warn_text",
    Box.RETURNED: "warn_text",
    Box.OVERDUE: "bad_text",
    Box.CONFLICT: "bad_text",
}


def count_colour(box: Box, count: int, theme: Tokens) -> str:
    """The colour of a count. Only counts that call for action are coloured."""
    if not count:
        return theme.muted
    return str(getattr(theme, _PRESSING.get(box, "text")))


def count_texts(count: int) -> tuple[str, ...]:
    """The texts of a count, the longest first. Counts below ten thousand are not rounded."""
    short = f"{count / _TEN_THOUSAND:.1f}".removesuffix(".0") + "万"
    return (f"{count:,}", str(count)) if count < _TEN_THOUSAND else (f"{count:,}", short)


class BoxButton(QAbstractButton):
    """A box. It is chosen by a click, by Space or by its key."""

    def __init__(self, box: Box, word: str, *, parent: QWidget) -> None:
        super().__init__(parent)
        self.box = box
        self.count: int | None = None
        self.setText(word)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setFixedHeight(_BOX_PX)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def set_count(self, count: int | None) -> None:
        """Shows a count; ``None`` while it is not known."""
        if count != self.count:
            self.count = count
            words = "" if count is None else self.tr("{word} {count} 件").format(word=self.text(), count=count)
            self.setAccessibleName(words)
            self.update()

    def nextCheckState(self) -> None:
        """Does nothing: the desk's state decides which box is chosen."""

    def sizeHint(self) -> QSize:
        return QSize(104, _BOX_PX)

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = tokens()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = theme.accent_ground if self.isChecked() else theme.hover if self.underMouse() else theme.alternate
        framed = self.isChecked() or self.hasFocus()
        painter.setBrush(QColor(ground))
        painter.setPen(QPen(QColor(theme.accent), 1) if framed else Qt.PenStyle.NoPen)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 5, 5)
        font = base_font(weight=QFont.Weight.DemiBold if self.count else QFont.Weight.Normal)
        edge, count = self._fitting(QFontMetrics(font))
        place = self.rect().adjusted(edge, 0, -edge, 0)
        centre = Qt.AlignmentFlag.AlignVCenter
        painter.setPen(QColor(theme.text))
        painter.drawText(place, centre | Qt.AlignmentFlag.AlignLeft, self.text())
        if self.count is not None:
            painter.setFont(font)
            painter.setPen(QColor(count_colour(self.box, self.count, theme)))
            painter.drawText(place, centre | Qt.AlignmentFlag.AlignRight, count)

    def _fitting(self, figures: QFontMetrics) -> tuple[int, str]:
        """The margin and the longest text of the count that leave room for the word."""
        texts = ("",) if self.count is None else count_texts(self.count)
        room = self.width() - self.fontMetrics().horizontalAdvance(self.text()) - _GAP
        tried = [(edge, text) for text in texts for edge in (_EDGE, _NARROW_EDGE)]
        return next((one for one in tried if figures.horizontalAdvance(one[1]) <= room - 2 * one[0]), tried[-1])


class TodayBoxes(QWidget):
    """Object name ``todayBoxes``.

    Signals:
        box_chosen(Box): a box was clicked or its key pressed; for the chosen box that removes it.
    """

    box_chosen = Signal(object)

    def __init__(self, *, queries: DeskQueries, jobs: Jobs) -> None:
        super().__init__()
        self.setObjectName("todayBoxes")
        self._queries = queries
        self._jobs = jobs
        self._where = CaseFilter()
        self.buttons: dict[Box, BoxButton] = {}
        heading = label(self.tr("今日必办"), "header")
        heading.setContentsMargins(2, 0, 0, 2)
        columns = QGridLayout()
        columns.setSpacing(4)
        down(heading, columns, on=self, edges=(8, 8, 8, 8), gap=4)
        for place, box in enumerate(Box):
            columns.addWidget(self._make(box, place), place // _COLUMNS, place % _COLUMNS)

    def show_place(self, asked: CaseFilter) -> None:
        """Counts for the area or rectangle of this filter; its other fields are ignored."""
        where = CaseFilter(grid=asked.grid, bounds=asked.bounds)
        if where != self._where:
            self._where = where
            if where.bounds is not None:  # counting takes a while, and figures of another place would be wrong
                self._show_counts({})
            self.refresh()

    def show_chosen(self, chosen: Box | None) -> None:
        """Frames the chosen box."""
        for box, button in self.buttons.items():
            button.setChecked(box is chosen)

    def refresh(self) -> None:
        """Counts again."""
        count = partial(_counted, self._queries, self._where)
        self._jobs.read(self, count, self._show_counts, name="counts")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrow keys go from box to box as they stand on the screen."""
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress or event.key() not in _STEPS:
            return super().eventFilter(watched, event)
        buttons = list(self.buttons.values())
        wanted = next(place for place, button in enumerate(buttons) if button is watched) + _STEPS[Qt.Key(event.key())]
        if 0 <= wanted < len(buttons):
            buttons[wanted].setFocus(Qt.FocusReason.TabFocusReason)
        return True

    def _make(self, box: Box, place: int) -> BoxButton:
        button = BoxButton(box, BOXES[box], parent=self)
        key = f"Alt+{(place + 1) % 10}"
        button.setToolTip(self.tr("{word}：只看这一类，再按一次看全部（{key}）").format(word=BOXES[box], key=key))
        button.clicked.connect(lambda: self.box_chosen.emit(box))
        button.installEventFilter(self)
        QShortcut(QKeySequence(key), self, lambda: self.box_chosen.emit(box))
        self.buttons[box] = button
        return button

    def _show_counts(self, counts: Mapping[Box, int]) -> None:
        for box, button in self.buttons.items():
            button.set_count(counts.get(box))


def _counted(queries: DeskQueries, where: CaseFilter) -> Mapping[Box, int]:
    """The count of each box. Those of areas are kept by the store; those of a rectangle are counted now, as the list
    counts. To be called on a pool thread."""
    if where.bounds is None:
        return queries.box_counts(where.grid)
    return {box: queries.total(replace(where, box=box, only_open=box.only_open)) for box in Box}
