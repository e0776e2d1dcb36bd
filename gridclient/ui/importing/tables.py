"""Item models of the import page: the file's first rows, and the rows that did not go in with what was remarked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QObject, Qt

from gridclient.services.error_text import sentence
from gridclient.services.import_findings import RefusedRow, RowFinding
from gridclient.ui.importing.present import place_text
from gridclient.ui.lines_table import Line, LinesModel
from gridclient.ui.value_list import NO_INDEX, Index

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

    def rowCount(self, parent: Index = NO_INDEX) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = NO_INDEX) -> int:
        return 0 if parent.isValid() else len(self._titles)

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


class FindingsModel(LinesModel):
    """Rows that did not go in, then remarks on rows that did: place, column, sentence."""

    def __init__(self) -> None:
        super().__init__()
        self.titles = (self.tr("结果"), self.tr("位置"), self.tr("列"), self.tr("问题与改法"))
        self._bad = ""

    def show_findings(self, findings: Sequence[RowFinding], *, dry_run: bool) -> None:
        self._bad = self.tr("▲ 不能导入") if dry_run else self.tr("▲ 未导入")
        self.show_lines(findings)

    def line(self, value: RowFinding) -> Line:
        refused, said = isinstance(value, RefusedRow), sentence(value.code, **value.params)
        texts = (self._bad if refused else self.tr("提示"), place_text(value), value.column, said)
        return Line("", texts, said, (0, "bad_text" if refused else "muted"))
