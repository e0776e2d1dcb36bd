"""Item models of the import page: the file's first rows, and the rows that did not go in with what was remarked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor

from gridclient.services.error_text import sentence
from gridclient.services.import_findings import RefusedRow, RowFinding
from gridclient.ui.importing.present import place_text
from gridclient.ui.theme import tokens

TABLE_STYLE: Final = "QTableView::item { padding: 0 5px; } QHeaderView::section:vertical { border: none; }"
"""Cells stand under their titles; the line below a title is for titles."""

Index = QModelIndex | QPersistentModelIndex
_ROLE = Qt.ItemDataRole
_LONGEST: Final = 120


class FirstRowsModel(QAbstractTableModel):
    """The first rows of a file as they stand there; the titles of columns that go somewhere say where."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._titles: tuple[str, ...] = ()
        self._rows: tuple[tuple[int, tuple[str, ...]], ...] = ()
        self._shown: list[list[str]] = []
        self._uses: dict[str, str] = {}

    def show_rows(self, titles: tuple[str, ...], rows: tuple[tuple[int, tuple[str, ...]], ...]) -> None:
        self.beginResetModel()
        self._titles, self._rows = titles, rows
        self._shown = [[" ".join(cell.split())[:_LONGEST] for cell in cells] for _, cells in rows]
        self.endResetModel()

    def show_uses(self, uses: dict[str, str]) -> None:
        """Which field each column serves, by title."""
        self._uses = uses
        if self._titles:
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(self._titles) - 1)

    def widest(self, column: int) -> str:
        """The text that takes the most room in this column, a Chinese sign counting twice."""
        texts = (cells[column] for cells in self._shown)
        return max(texts, key=lambda text: len(text.encode("gb18030", "replace")), default="")

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._titles)

    def data(self, index: Index, role: int = _ROLE.DisplayRole) -> Any:
        if not index.isValid():
            return None
        if role == _ROLE.DisplayRole:
            return self._shown[index.row()][index.column()]
        text = self._rows[index.row()][1][index.column()]
        return text if role == _ROLE.ToolTipRole and len(text) > 12 else None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _ROLE.DisplayRole) -> Any:
        if orientation is Qt.Orientation.Vertical:
            return self._rows[section][0] if role == _ROLE.DisplayRole else None
        if role != _ROLE.DisplayRole:
            return None
        title = self._titles[section]
        used = self._uses.get(title, "")
        if not used:
            return title
        return f"{title} ✓" if used == title.rstrip("*") else f"{title} → {used}"


class FindingsModel(QAbstractTableModel):
    """Rows that did not go in, then remarks on rows that did: place, column, sentence."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lines: Sequence[RowFinding] = ()
        self._bad = ""

    def show_lines(self, lines: Sequence[RowFinding], *, dry_run: bool) -> None:
        self.beginResetModel()
        self._lines = lines
        self._bad = self.tr("▲ 不能导入") if dry_run else self.tr("▲ 未导入")
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._lines)

    def columnCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else 4

    def data(self, index: Index, role: int = _ROLE.DisplayRole) -> Any:
        if not index.isValid():
            return None
        line = self._lines[index.row()]
        refused = isinstance(line, RefusedRow)
        if role == _ROLE.DisplayRole or (role == _ROLE.ToolTipRole and index.column() == 3):
            texts = (
                self._bad if refused else self.tr("提示"),
                place_text(line),
                line.column,
                sentence(line.code, **line.params),
            )
            return texts[index.column()]
        if role == _ROLE.ForegroundRole and index.column() == 0:
            return _colour("bad_text" if refused else "muted")
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _ROLE.DisplayRole) -> Any:
        if orientation is Qt.Orientation.Vertical or role != _ROLE.DisplayRole:
            return None
        return (self.tr("结果"), self.tr("位置"), self.tr("列"), self.tr("问题与改法"))[section]


def _colour(token: str) -> QColor:
    return QColor(str(getattr(tokens(), token)))
