"""Paints the cells of the list. It must be fast: a full repaint is some two hundred cells."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Final

from PySide6.QtCore import QObject, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPixmap
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from gridclient.services.rows import CaseRow, SortKey
from gridclient.ui.cases.columns import COLUMNS
from gridclient.ui.cases.model import CaseModel
from gridclient.ui.icons import icon
from gridclient.ui.present import Pressure
from gridclient.ui.tag import paint_tag, tag_width
from gridclient.ui.theme import ROW_PX, base_font, fixed_font, state_colour, tokens
from gridclient.ui.value_list import Index

_EDGE: Final = 8
_DOT: Final = 8
_MARK: Final = 14
_GAP: Final = 6
_MOST_REMEMBERED: Final = 4_000
_MUTED: Final = frozenset({SortKey.CHANNEL, SortKey.REGISTERED, SortKey.GRID})


@lru_cache(maxsize=64)
def _colour(name: str) -> QColor:
    return QColor(name)


class CaseDelegate(QStyledItemDelegate):
    """Paints the cells of :class:`CaseModel`. What is the same for all cells of a paint is set by :meth:`begin`."""

    def __init__(self, *, model: CaseModel, parent: QObject) -> None:
        super().__init__(parent)
        self._model = model
        self._plain = _Pen(base_font())
        self._strong = _Pen(base_font(weight=QFont.Weight.DemiBold))
        self._number = _Pen(fixed_font())
        self._keys = [column.key for column in COLUMNS]
        self._theme = tokens()
        self._chosen: frozenset[int] = frozenset()
        self._pending = self._aside = QPixmap()
        self._special: dict[SortKey, Callable[[QPainter, QRect, CaseRow, bool], None]] = {
            SortKey.NUMBER: self._paint_number,
            SortKey.TITLE: self._paint_title,
            SortKey.STATE: self._paint_state,
            SortKey.UNIT: self._paint_unit,
            SortKey.DUE: self._paint_due,
        }

    def begin(self, *, chosen: frozenset[int], ratio: float) -> None:
        """A paint begins: the chosen lines, and the device pixel ratio of the screen."""
        theme = tokens()
        if theme is not self._theme or self._pending.isNull() or self._pending.devicePixelRatio() != ratio:
            size = QSize(_MARK, _MARK)
            self._pending = icon("pending", theme.muted).pixmap(size, ratio)
            self._aside = icon("stopped", theme.muted).pixmap(size, ratio)
        self._theme, self._chosen = theme, chosen

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        return QSize(60, ROW_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        line = index.row()
        row = self._model.row_at(line)
        place: QRect = option.rect
        chosen = line in self._chosen
        if chosen:
            painter.fillRect(place, _colour(self._theme.selection))
        key = self._keys[index.column()]
        special = self._special.get(key)
        if special is not None:
            special(painter, place, row, chosen)
        else:
            ink = self._theme.muted if key in _MUTED and not chosen else self._theme.text
            room = place.width() - 2 * _EDGE
            self._plain.write(painter, place, self._model.words(row, key), ink, left=_EDGE, room=room)

    def number_width(self, number: str) -> int:
        """The width of a cell in which the number is not shortened."""
        return self._number.width(number) + _EDGE + 4

    def conflict_mark(self, place: QRect, row: CaseRow) -> QRect:
        """Where the mark of a case in conflict stands in the cell of its title."""
        width = tag_width(self.tr("冲突"))
        room = place.width() - 2 * _EDGE - (_MARK + 4 if row.only_here else 0) - width - _GAP
        left = place.left() + _EDGE + self._plain.width(self._plain.fitted(row.title, room)) + _GAP
        return QRect(left, place.center().y() - 8, width, 17)

    def _paint_number(self, painter: QPainter, place: QRect, row: CaseRow, chosen: bool) -> None:
        ink = self._theme.text if chosen else self._theme.muted
        words = self._model.words(row, SortKey.NUMBER)
        self._number.write(painter, place, words, ink, left=_EDGE, room=place.width() - _EDGE - 4)

    def _paint_title(self, painter: QPainter, place: QRect, row: CaseRow, _chosen: bool) -> None:
        room = place.width() - 2 * _EDGE
        if row.only_here:
            room -= _MARK
            cloud = self._pending if row.pending else self._aside
            painter.drawPixmap(place.left() + _EDGE + room, place.center().y() - _MARK // 2 + 1, cloud)
            room -= 4
        if not row.conflict:
            self._plain.write(painter, place, row.title, self._theme.text, left=_EDGE, room=room)
            return
        mark = self.conflict_mark(place, row)
        self._plain.write(painter, place, row.title, self._theme.text, left=_EDGE, room=room - mark.width() - _GAP)
        paint_tag(painter, mark, self.tr("冲突"), ink=self._theme.bad_text, frame=self._theme.bad_text)

    def _paint_state(self, painter: QPainter, place: QRect, row: CaseRow, _chosen: bool) -> None:
        colour = state_colour(self._theme, row.state, returned=row.returned, escalated=row.escalated)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(_colour(colour))
        painter.drawEllipse(place.left() + _EDGE, place.center().y() - _DOT // 2 + 1, _DOT, _DOT)
        left = _EDGE + _DOT + 6
        words = self._model.words(row, SortKey.STATE)
        self._plain.write(painter, place, words, self._theme.text, left=left, room=place.width() - left - 4)

    def _paint_unit(self, painter: QPainter, place: QRect, row: CaseRow, _chosen: bool) -> None:
        name, sign, count = self._model.words(row, SortKey.UNIT).partition(" +")
        room = place.width() - 2 * _EDGE
        self._plain.write(painter, place, name, self._theme.text, left=_EDGE, room=room, tail=sign + count)

    def _paint_due(self, painter: QPainter, place: QRect, row: CaseRow, chosen: bool) -> None:
        cell = self._model.due_of(row)
        inks = {Pressure.SOON: self._theme.warn_text, Pressure.RED: self._theme.bad_text}
        ink = inks.get(cell.pressure, self._theme.text if row.due or chosen else self._theme.muted)
        pen = self._plain if cell.pressure is Pressure.NONE else self._strong
        pen.write(painter, place, cell.shown, ink, left=_EDGE, room=place.width() - _EDGE - 4)


class _Pen:
    """Writes a line of text in one font, vertically centred. Shortened texts are cached."""

    def __init__(self, font: QFont) -> None:
        self._font = font
        self._metrics = QFontMetrics(font)
        self.fitted = lru_cache(_MOST_REMEMBERED)(self._fitted)

    def write(
        self, painter: QPainter, place: QRect, words: str, ink: str, *, left: int, room: int, tail: str = ""
    ) -> None:
        """Draws the words ``left`` pixels from the place's edge in ``room`` pixels; longer words end in dots, before
        the ``tail``."""
        painter.setFont(self._font)
        painter.setPen(_colour(ink))
        line = place.top() + (place.height() + self._metrics.ascent() - self._metrics.descent()) // 2
        painter.drawText(place.left() + left, line, self.fitted(words, room - self.width(tail)) + tail)

    def _fitted(self, words: str, room: int) -> str:
        return self._metrics.elidedText(words, Qt.TextElideMode.ElideRight, room)

    def width(self, words: str) -> int:
        """The width of the words in pixels."""
        return self._metrics.horizontalAdvance(words)
