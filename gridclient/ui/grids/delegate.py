"""How a line of the grid tree is drawn: the name with its arrow, counts in columns, nothing where there is nothing."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QObject, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from gridclient.ui.grids.model import Column, GridModel
from gridclient.ui.theme import TREE_ROW_PX, base_font, tokens
from gridclient.ui.value_list import Index

EDGE_PX: Final = 10
NAME_EDGE_PX: Final = 11


class GridDelegate(QStyledItemDelegate):
    """Paints cells only; the ground of a line is the view's."""

    def __init__(self, *, model: GridModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._plain = base_font()
        self._counted = base_font(weight=QFont.Weight.Medium)
        self._pressing = base_font(weight=QFont.Weight.DemiBold)
        self._metrics = QFontMetrics(self._plain)

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        return QSize(40, TREE_ROW_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        theme = tokens()
        place = option.rect
        row = self._model.node(index).row
        column = index.column()
        if column == Column.NAME:
            painter.setFont(self._plain)
            painter.setPen(QColor(theme.text))
            name = self._metrics.elidedText(row.name, Qt.TextElideMode.ElideRight, place.width() - NAME_EDGE_PX - 2)
            painter.drawText(place.adjusted(NAME_EDGE_PX, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, name)
            return
        count = self._model.counts(row.code)[column - 1]
        overdue = column == Column.OVERDUE
        if not count and overdue:
            return
        painter.setFont(self._pressing if overdue else self._counted)
        painter.setPen(QColor(theme.bad_text if overdue else theme.text if count else theme.muted))
        right = place.adjusted(0, 0, -EDGE_PX if overdue else 0, 0)
        painter.drawText(right, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, f"{count:,}")
