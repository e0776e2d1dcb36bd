"""How a cell of the list is drawn: cheap, because a full repaint is some two hundred cells."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Final

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from gridclient.services.rows import CaseRow, SortKey
from gridclient.ui.cases.columns import COLUMNS
from gridclient.ui.cases.due import Pressure
from gridclient.ui.cases.model import CaseModel
from gridclient.ui.icons import icon
from gridclient.ui.theme import ROW_PX, Tokens, base_font, fixed_font, state_colour, tokens

_EDGE: Final = 8
_DOT: Final = 8
_MARK: Final = 14
_FOCUS: Final = 3
_MIDDLE: Final = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
_CENTRE: Final = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextSingleLine
_MUTED: Final = frozenset({SortKey.CHANNEL, SortKey.REGISTERED, SortKey.GRID})


@lru_cache(maxsize=64)
def _colour(name: str) -> QColor:
    return QColor(name)


class CaseDelegate(QStyledItemDelegate):
    """Paints the cells of :class:`CaseModel`."""

    def __init__(self, *, model: CaseModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._plain = base_font()
        self._strong = base_font(weight=QFont.Weight.DemiBold)
        self._number = fixed_font()
        self._chip = base_font(11, weight=QFont.Weight.Medium)
        self._metrics = {id(font): QFontMetrics(font) for font in (self._plain, self._strong, self._number, self._chip)}
        self._elided: dict[tuple[int, str, int], str] = {}
        self._keys = [column.key for column in COLUMNS]
        self._special: dict[SortKey, Callable[[QPainter, QRect, CaseRow, Tokens, bool], None]] = {
            SortKey.NUMBER: self._paint_number,
            SortKey.TITLE: self._paint_title,
            SortKey.STATE: self._paint_state,
            SortKey.DUE: self._paint_due,
        }

    def sizeHint(self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(60, ROW_PX)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        theme = tokens()
        row = self._model.row_at(index.row())
        place: QRect = option.rect
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        if chosen:
            painter.fillRect(place, _colour(theme.selection))
        key = self._keys[index.column()]
        special = self._special.get(key)
        if special is not None:
            special(painter, place, row, theme, chosen)
        else:
            ink = theme.muted if key in _MUTED and not chosen else theme.text
            self._write(painter, place.adjusted(_EDGE, 0, -_EDGE, 0), self._model.words(row, key), self._plain, ink)

    def paint_focus(self, painter: QPainter, place: QRect) -> None:
        """The bar at the left of the present line while the list has the keyboard."""
        painter.fillRect(QRect(place.left(), place.top(), _FOCUS, place.height()), _colour(tokens().accent))

    def _paint_number(self, painter: QPainter, place: QRect, row: CaseRow, theme: Tokens, chosen: bool) -> None:
        words = self._model.words(row, SortKey.NUMBER)
        ink = theme.text if chosen else theme.muted
        self._write(painter, place.adjusted(_EDGE, 0, -4, 0), words, self._number, ink)

    def _paint_title(self, painter: QPainter, place: QRect, row: CaseRow, theme: Tokens, _chosen: bool) -> None:
        right = place.right() - _EDGE
        if row.pending:
            right -= _MARK
            icon("pending", theme.muted).paint(painter, right, place.center().y() - _MARK // 2 + 1, _MARK, _MARK)
            right -= 4
        left = place.left() + _EDGE
        chip = self.tr("冲突") if row.conflict else ""
        chip_px = self._width(self._chip, chip) + 10 if chip else 0
        room = right - left - (chip_px + 6 if chip else 0)
        shown = self._write(painter, QRect(left, place.top(), room, place.height()), row.title, self._plain, theme.text)
        if chip:
            start = left + min(room, self._width(self._plain, shown)) + 6
            self._paint_chip(painter, QRect(start, place.center().y() - 8, chip_px, 17), chip, theme.bad_text)

    def _paint_chip(self, painter: QPainter, place: QRect, words: str, ink: str) -> None:
        painter.setPen(QPen(_colour(ink), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(QRectF(place).adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
        painter.setFont(self._chip)
        painter.drawText(place, _CENTRE, words)

    def _paint_state(self, painter: QPainter, place: QRect, row: CaseRow, theme: Tokens, _chosen: bool) -> None:
        colour = state_colour(theme, row.state, returned=row.returned, escalated=row.escalated)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(_colour(colour))
        painter.drawEllipse(QRectF(place.left() + _EDGE, place.center().y() - _DOT / 2 + 0.5, _DOT, _DOT))
        words = self._model.words(row, SortKey.STATE)
        self._write(painter, place.adjusted(_EDGE + _DOT + 6, 0, -4, 0), words, self._plain, theme.text)

    def _paint_due(self, painter: QPainter, place: QRect, row: CaseRow, theme: Tokens, _chosen: bool) -> None:
        cell = self._model.due_of(row)
        pressing = cell.pressure is not Pressure.NONE
        ink = {Pressure.SOON: theme.warn_text, Pressure.RED: theme.bad_text}.get(cell.pressure, theme.text)
        font = self._strong if pressing else self._plain
        self._write(painter, place.adjusted(_EDGE, 0, -4, 0), cell.shown, font, ink)

    def _write(self, painter: QPainter, place: QRect, words: str, font: QFont, ink: str) -> str:
        """Draws the words, shortened with dots where they do not fit; gives what was drawn."""
        shown = self._fitting(font, words, place.width())
        painter.setFont(font)
        painter.setPen(_colour(ink))
        painter.drawText(place, _MIDDLE, shown)
        return shown

    def _fitting(self, font: QFont, words: str, width: int) -> str:
        key = (id(font), words, width)
        found = self._elided.get(key)
        if found is None:
            if len(self._elided) > 4000:
                self._elided.clear()
            found = self._metrics[id(font)].elidedText(words, Qt.TextElideMode.ElideRight, width)
            self._elided[key] = found
        return found

    def _width(self, font: QFont, words: str) -> int:
        return self._metrics[id(font)].horizontalAdvance(words)
