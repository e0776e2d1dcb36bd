"""The view of the grid tree. Areas are chosen by mouse, arrow keys or typed initials; a refresh keeps what is open and
chosen."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Mapping
from typing import Final

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QObject, QPointF, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFocusEvent,
    QFont,
    QFontMetrics,
    QGuiApplication,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPolygonF,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QMenu,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeView,
)

from gridclient.services.rows import UNPLACED, GridFigures, GridRow
from gridclient.ui.focus_mark import paint_focus_bar
from gridclient.ui.grids.model import Column, GridModel
from gridclient.ui.theme import HEADER_PX, TREE_ROW_PX, base_font, give_viewport, tokens
from gridclient.ui.value_list import NO_INDEX, Index

_INDENT_PX: Final = 11
_COUNT_PX: Final = 30
_TYPING_S: Final = 1.0
_EDGE_PX: Final = 10
_NAME_EDGE_PX: Final = 11


class GridDelegate(QStyledItemDelegate):
    """Paints the cells; the view paints the background of a line."""

    def __init__(self, *, model: GridModel, parent: QObject) -> None:
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
            name = self._metrics.elidedText(row.name, Qt.TextElideMode.ElideRight, place.width() - _NAME_EDGE_PX - 2)
            painter.drawText(place.adjusted(_NAME_EDGE_PX, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, name)
            return
        count = self._model.counts(row.code)[column - 1]
        overdue = column == Column.OVERDUE
        if not count and overdue:
            return
        painter.setFont(self._pressing if overdue else self._counted)
        painter.setPen(QColor(theme.bad_text if overdue else theme.text if count else theme.muted))
        right = place.adjusted(0, 0, -_EDGE_PX if overdue else 0, 0)
        painter.drawText(right, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, f"{count:,}")


class GridTree(QTreeView):
    """Object name ``gridTree``.

    Signals:
        grid_chosen(str): the operator chose this area.
    """

    grid_chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        give_viewport(self)
        self.setObjectName("gridTree")
        self.setAccessibleName(self.tr("网格树"))
        self.grids = GridModel(self)
        self._typed, self._typed_at = "", 0.0
        self._arriving = False
        self._unseen: str | None = None  # kept branches, to be opened when the areas are there
        self._told = ""
        self._read = False  # before that it is not known whether there are areas
        self.setModel(self.grids)
        self.setItemDelegate(GridDelegate(model=self.grids, parent=self))
        self.setUniformRowHeights(True)
        self.setIndentation(_INDENT_PX)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFrameShape(QTreeView.Shape.NoFrame)
        self._arrange_header()
        self.selectionModel().currentChanged.connect(self._on_current_changed)

    # -- content ----------------------------------------------------------------------------------------------------

    def show_grids(self, rows: Iterable[GridRow], home: str = "") -> None:
        """Other areas. What was open and chosen stays so where it still exists. A new desk opens on ``home``."""
        opened, chosen = set(self.opened()), self._told
        self._read = True
        self.viewport().update()
        if not self.grids.set_grids(rows):
            return
        if not opened and self.grids.nodes():
            first = self.grids.index_of(home)
            first = first if first.isValid() else self.grids.index(0, 0)
            self.open_areas({self.grids.node(first).row.code})
            self.scrollTo(first, QAbstractItemView.ScrollHint.PositionAtTop)
        else:
            self.open_areas(opened)
        if self._unseen is not None:
            self.restore(self._unseen)
            self._unseen = None
        self.show_chosen(chosen)
        self._widen()

    def show_figures(self, figures: Mapping[str, GridFigures]) -> None:
        """Other figures."""
        if self.grids.set_figures(figures):
            self.viewport().update()
        self._show_unplaced()
        self._widen()

    def show_chosen(self, code: str) -> None:
        """Marks the chosen area and scrolls to it; "" marks none."""
        self._told = code
        self._show_unplaced()
        index = self.grids.index_of(code)
        if index.isValid() and index != self.currentIndex():
            self.selectionModel().setCurrentIndex(
                index, QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
            )
            self.scrollTo(index)
        elif not index.isValid():
            self.selectionModel().clear()

    # -- open branches ----------------------------------------------------------------------------------------------

    def opened(self) -> list[str]:
        """The codes of the open branches."""
        return [
            node.row.code for node in self.grids.nodes() if node.children and self.isExpanded(self._index(node.row))
        ]

    def open_areas(self, codes: Iterable[str]) -> None:
        """Opens these branches and closes all others."""
        wanted = set(codes)
        for node in self.grids.nodes():
            if node.children:
                self.setExpanded(self._index(node.row), node.row.code in wanted)

    def as_text(self) -> str:
        """The open branches, for :meth:`restore`."""
        return json.dumps(self.opened())

    def restore(self, text: str) -> None:
        """Opens the branches that :meth:`as_text` named, as soon as the areas are there."""
        if not self.grids.nodes():
            self._unseen = text
        elif text:
            self.open_areas(json.loads(text))
            self.show_chosen(self._told)

    # -- keys and drawing -------------------------------------------------------------------------------------------

    def keyboardSearch(self, search: str) -> None:
        now = time.monotonic()
        going_on = now - self._typed_at < _TYPING_S
        self._typed = self._typed + search if going_on else search
        self._typed_at = now
        here = self.grids.node(self.currentIndex()).number if self.currentIndex().isValid() else -1
        found = self.grids.find(self._typed, after=here - going_on)
        index = NO_INDEX if found is None else self._index(found.row)
        if index.isValid() and not self.isRowHidden(index.row(), index.parent()):
            self.setCurrentIndex(index)
            self.scrollTo(index)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Keeps Qt from choosing the first area when the tree gets the keyboard; an arrow key does that."""
        nowhere = not self.currentIndex().isValid()
        self._arriving = nowhere
        super().focusInEvent(event)
        if nowhere:
            self.selectionModel().clear()
        self._arriving = False

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Handles clicks on the arrow, which is painted a little to the right of where Qt looks for it."""
        index = self.indexAt(event.position().toPoint())
        if index.isValid() and index.column() == Column.NAME and self.grids.rowCount(index):
            left = self.visualRect(index).left()
            if left - _INDENT_PX <= event.position().x() < left + _NAME_EDGE_PX:
                self.setExpanded(index, not self.isExpanded(index))
                return
        super().mousePressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = self.menu(self.grids.node(self.currentIndex()).row if self.currentIndex().isValid() else None)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(event.globalPos())

    def menu(self, area: GridRow | None) -> QMenu:
        """The context menu of the chosen area; ``None`` stands for all areas."""
        menu = QMenu(self)
        menu.addAction(self.tr("全部网格"), lambda: self.grid_chosen.emit("")).setEnabled(area is not None)
        menu.addSeparator()
        if area is not None:
            menu.addAction(self.tr("展开全部下级"), lambda: self.expandRecursively(self._index(area)))
            menu.addAction(self.tr("收起"), lambda: self.collapse(self._index(area)))
            menu.addSeparator()
        if area is not None and area.code != UNPLACED:
            menu.addAction(
                self.tr("复制编码 {code}").format(code=area.code),
                lambda: QGuiApplication.clipboard().setText(area.code),
            )
        elif area is None:
            menu.addAction(self.tr("全部收起"), self.collapseAll)
        return menu

    def drawRow(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        if self.selectionModel().isSelected(index):
            painter.fillRect(option.rect, QColor(tokens().selection))
        super().drawRow(painter, option, index)
        if self.hasFocus() and index == self.currentIndex().siblingAtColumn(Column.NAME):
            paint_focus_bar(painter, option.rect)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self.viewport())
        if self.hasFocus() and not self.currentIndex().isValid():
            paint_focus_bar(painter, self.viewport().rect())  # the tree has the keyboard and no current area
        if self._read and all(node.row.code == UNPLACED for node in self.grids.nodes()):
            painter.setPen(QColor(tokens().muted))
            words = self.tr("还没有网格。\n按 Ctrl+I 导入区划和网格。")
            line = self.visualRect(self.grids.index_of(UNPLACED))  # empty while it is hidden
            place = self.viewport().rect().adjusted(12, 12 + line.height(), -12, 0)
            painter.drawText(place, Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap, words)

    def drawBranches(self, painter: QPainter, rect: QRect, index: Index) -> None:
        if not self.grids.rowCount(index):
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens().muted))
        x, y = rect.right() + 1 - _INDENT_PX / 2 + _NAME_EDGE_PX / 2, rect.center().y() + 0.5
        down = self.isExpanded(index)
        corners = [(-3.5, -2), (3.5, -2), (0, 2.5)] if down else [(-2, -3.5), (-2, 3.5), (2.5, 0)]
        painter.drawPolygon(QPolygonF([QPointF(x + dx, y + dy) for dx, dy in corners]))

    def _arrange_header(self) -> None:
        header = self.header()
        header.setStretchLastSection(False)
        header.setMinimumSectionSize(20)
        header.setFixedHeight(HEADER_PX)
        header.setSectionsClickable(False)
        header.setSectionsMovable(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setSectionResizeMode(Column.NAME, QHeaderView.ResizeMode.Stretch)
        self._widen()

    def _widen(self) -> None:
        """Makes the columns of figures as wide as their widest figure, with room between them."""
        most_open, most_overdue = (
            max((counts[place] for counts in self.grids.all_counts()), default=0) for place in (0, 1)
        )
        figure = QFontMetrics(base_font(weight=QFont.Weight.DemiBold)).horizontalAdvance
        self.header().resizeSection(Column.OPEN, max(_COUNT_PX, figure(f"{most_open:,}") + 4))
        self.header().resizeSection(Column.OVERDUE, max(_COUNT_PX, figure(f"{most_overdue:,}") + _EDGE_PX) + _EDGE_PX)

    def _show_unplaced(self) -> None:
        """Shows the line 未落格 while it has cases or is chosen."""
        index = self.grids.index_of(UNPLACED)
        if index.isValid():
            empty = not self.grids.counts(UNPLACED)[0]
            self.setRowHidden(index.row(), NO_INDEX, empty and self._told != UNPLACED)

    def _index(self, row: GridRow) -> QModelIndex:
        return self.grids.index_of(row.code)

    def _on_current_changed(self, current: QModelIndex, _previous: QModelIndex) -> None:
        code = self.grids.node(current).row.code if current.isValid() and not self._arriving else ""
        if code and code != self._told:
            self._told = code
            self.grid_chosen.emit(code)
