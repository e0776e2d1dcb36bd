"""A plain table: lines under titles. Each line is worked out from its value when it is painted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QObject, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from gridclient.domain.frozen import frozen
from gridclient.ui.empty_note import EmptyNote
from gridclient.ui.focus_mark import FocusMark
from gridclient.ui.laid_out import tip
from gridclient.ui.theme import HEADER_PX, ROW_PX, give_viewport, tokens
from gridclient.ui.value_list import NO_INDEX, Index

KEY: Final = Qt.ItemDataRole.UserRole
_ROLE = Qt.ItemDataRole
_LEFT: Final = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT: Final = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_STEPS: Final = (Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_Home)
_STYLE: Final = "QTableView::item { padding: 0 5px; } QHeaderView::section:vertical { border: none; }"
"""Aligns cells with their titles. Row numbers have no line below them, as titles have."""


@frozen
class Line:
    """The texts of the columns, and the key of what they stand for. ``ink`` is the one column that has another colour
    than text, and the name of that colour; column -1 is none."""

    key: str
    texts: tuple[str, ...]
    tip: str = ""
    ink: tuple[int, str] = (-1, "")


class LinesModel(QAbstractTableModel):
    """Shows lines, or values from which a subclass makes lines in :meth:`line`. The columns ``numbers`` are aligned
    right."""

    numbers: frozenset[int] = frozenset()

    def __init__(self, titles: Sequence[str] = (), parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.titles = tuple(titles)
        self.values: Sequence[Any] = ()

    def show_lines(self, values: Sequence[Any]) -> None:
        """Other lines or values."""
        self.beginResetModel()
        self.values = tuple(values)
        self.endResetModel()

    def line(self, value: Any) -> Line:
        """The line of a value."""
        found: Line = value
        return found

    def place_of(self, key: str) -> int:
        """The row of a key, -1 if it is not there."""
        return next((place for place, value in enumerate(self.values) if self.line(value).key == key), -1)

    def rowCount(self, parent: Index = NO_INDEX) -> int:
        return 0 if parent.isValid() else len(self.values)

    def columnCount(self, parent: Index = NO_INDEX) -> int:
        return 0 if parent.isValid() else len(self.titles)

    def data(self, index: Index, role: int = _ROLE.DisplayRole) -> Any:
        if not index.isValid():
            return None
        column = index.column()
        if role == _ROLE.TextAlignmentRole:
            return _RIGHT if column in self.numbers else _LEFT
        if role not in (_ROLE.DisplayRole, _ROLE.ToolTipRole, _ROLE.ForegroundRole, KEY):
            return None
        line = self.line(self.values[index.row()])
        if role == _ROLE.DisplayRole:
            return line.texts[column]
        if role == _ROLE.ForegroundRole:
            return QColor(str(getattr(tokens(), line.ink[1]))) if column == line.ink[0] else None
        return line.key if role == KEY else tip(line.tip) or None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _ROLE.DisplayRole) -> Any:
        if orientation is Qt.Orientation.Horizontal and role == _ROLE.DisplayRole:
            return self.titles[section]
        if orientation is Qt.Orientation.Horizontal and role == _ROLE.TextAlignmentRole:
            return _RIGHT if section in self.numbers else _LEFT
        return None


class LinesTable(QTableView):
    """The table of a :class:`LinesModel`. One line can be chosen at a time; a table without lines says why.

    Signals:
        chosen(str): the key of the chosen line; "" when none is chosen.
    """

    chosen = Signal(str)

    def __init__(
        self,
        titles: Sequence[str] = (),
        *,
        model: LinesModel | None = None,
        widths: Sequence[int] = (),
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self.lines = LinesModel(titles, self) if model is None else model
        self.lines.setParent(self)
        give_viewport(self)  # the note needs the viewport
        self.note = EmptyNote(self)
        self.note.hide()
        self.setModel(self.lines)
        dress(self)
        FocusMark(self)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.verticalHeader().hide()
        for section, width in enumerate(widths):
            self.setColumnWidth(section, width)
        self.horizontalHeader().setSectionResizeMode(len(self.lines.titles) - 1, QHeaderView.ResizeMode.Stretch)
        self.selectionModel().selectionChanged.connect(lambda *_: self.chosen.emit(self.key()))
        self.lines.modelReset.connect(lambda: self.chosen.emit(""))

    def show_lines(self, lines: Sequence[Any], *, empty: str = "") -> None:
        """Other lines; ``empty`` is shown when there are none."""
        self.lines.show_lines(lines)
        if lines or not empty:
            self.note.hide()
        else:
            self.note.tell(empty)

    def key(self) -> str:
        """The key of the chosen line; "" if none is chosen."""
        rows = self.selectionModel().selectedRows()
        return str(rows[0].data(KEY)) if rows else ""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Where no line is chosen yet, the first step chooses the first one: Qt stands on it already, and would step
        over it."""
        if event.key() in _STEPS and self.lines.values and not self.key():
            self.selectRow(0)
        else:
            super().keyPressEvent(event)

    def choose(self, key: str) -> None:
        """Chooses the line with this key, if there is one."""
        place = self.lines.place_of(key)
        if place >= 0:
            self.selectRow(place)


def dress(table: QTableView) -> None:
    """Gives a table the look of all plain tables."""
    table.setStyleSheet(_STYLE)
    table.setShowGrid(False)
    table.setAlternatingRowColors(True)
    table.setTabKeyNavigation(False)
    table.verticalHeader().setDefaultSectionSize(ROW_PX)
    header = table.horizontalHeader()
    header.setFixedHeight(HEADER_PX)
    header.setHighlightSections(False)
    header.setDefaultAlignment(_LEFT)
