"""A plain table of text lines, each with a key, for the lists of the settings page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from gridclient.domain.frozen import frozen
from gridclient.ui.empty_note import EmptyNote
from gridclient.ui.theme import HEADER_PX, ROW_PX

Index = QModelIndex | QPersistentModelIndex
KEY: Final = Qt.ItemDataRole.UserRole
_STYLE: Final = "QTableView::item { padding: 0 5px; }"


@frozen
class Line:
    """What stands in the columns, and what it stands for."""

    key: str
    texts: tuple[str, ...]


class LinesModel(QAbstractTableModel):
    """Lines under titles."""

    def __init__(self, titles: Sequence[str], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._titles = tuple(titles)
        self._lines: tuple[Line, ...] = ()

    def show_lines(self, lines: Sequence[Line]) -> None:
        self.beginResetModel()
        self._lines = tuple(lines)
        self.endResetModel()

    def place_of(self, key: str) -> int:
        """The row of a key, -1 if it is not there."""
        return next((place for place, line in enumerate(self._lines) if line.key == key), -1)

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._lines)

    def columnCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._titles)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        line = self._lines[index.row()]
        if role == KEY:
            return line.key
        return line.texts[index.column()] if role == Qt.ItemDataRole.DisplayRole else None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self._titles[section]
        return None


class LinesTable(QTableView):
    """The table of a :class:`LinesModel`; one line is chosen at a time, and a table without lines says why.

    Signals:
        chosen(str): the key of the chosen line, empty when none is.
    """

    chosen = Signal(str)

    def __init__(self, titles: Sequence[str], *, widths: Sequence[int] = (), parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.lines = LinesModel(titles, self)
        self.note = EmptyNote(self)
        self.note.hide()
        self.setModel(self.lines)
        self.setStyleSheet(_STYLE)
        self.setShowGrid(False)
        self.setAlternatingRowColors(True)
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(ROW_PX)
        header = self.horizontalHeader()
        header.setFixedHeight(HEADER_PX)
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for section, width in enumerate(widths):
            self.setColumnWidth(section, width)
        header.setSectionResizeMode(len(titles) - 1, QHeaderView.ResizeMode.Stretch)
        self.selectionModel().selectionChanged.connect(lambda *_: self.chosen.emit(self.key()))
        self.lines.modelReset.connect(lambda: self.chosen.emit(""))

    def show_lines(self, lines: Sequence[Line], *, empty: str) -> None:
        """Other lines; ``empty`` stands there when there are none."""
        self.lines.show_lines(lines)
        if lines:
            self.note.hide()
        else:
            self.note.tell(empty)

    def key(self) -> str:
        """The key of the chosen line, empty when none is."""
        rows = self.selectionModel().selectedRows()
        return str(rows[0].data(KEY)) if rows else ""

    def choose(self, key: str) -> None:
        """Chooses the line of this key."""
        place = self.lines.place_of(key)
        if place >= 0:
            self.selectRow(place)
