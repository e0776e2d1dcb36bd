"""The list of cases in conflict, two lines for each."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QListView, QStyle, QStyleOptionViewItem, QWidget

from gridclient.services.rows import CaseRow
from gridclient.ui.chooser import EntryDelegate
from gridclient.ui.focus_mark import paint_focus_bar
from gridclient.ui.matching import Entry
from gridclient.ui.present import joined, short_number, state_word, township_in
from gridclient.ui.value_list import Index, ValueList

_LINE_PX = 46


class ConflictDelegate(EntryDelegate):
    """Paints the title, below it number, state and grid, and a bar at the shown case."""

    def sizeHint(self, option: QStyleOptionViewItem, _index: Index) -> QSize:
        return QSize(option.rect.width(), _LINE_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        super().paint(painter, option, index)
        if option.state & QStyle.StateFlag.State_Selected:
            paint_focus_bar(painter, option.rect)


class ConflictList(QListView):
    """Object name ``conflictList``.

    Signals:
        chosen(str): another case is the current one, by the operator or because the one before is resolved; "" for
            none.
    """

    chosen = Signal(str)

    def __init__(self, *, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("conflictList")
        self.setAccessibleName(self.tr("等待选择的案件"))
        self.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.cases = ValueList[Entry](
            lambda entry: f"{entry.title} {entry.search}", told=lambda entry: entry.title, parent=self
        )
        self.setModel(self.cases)
        self.setItemDelegate(ConflictDelegate(self))
        self._told = ""
        self.selectionModel().currentChanged.connect(lambda *_: self._tell())

    @property
    def current(self) -> str:
        """The current case; "" if there is none."""
        index = self.currentIndex()
        return self.cases.values[index.row()].value if index.isValid() else ""

    def show_rows(self, rows: Sequence[CaseRow], *, wanted: str = "") -> None:
        """Other cases. ``wanted``, else the current case, is the current one; if it is gone, the next one is."""
        ids = [row.id for row in rows]
        line = max(0, self.currentIndex().row())
        stays = next((case_id for case_id in (wanted, self.current) if case_id in ids), "")
        self.selectionModel().blockSignals(True)
        several = len({township_in(row.number) for row in rows}) > 1
        self.cases.show_values([_entry(row, several=several) for row in rows])
        place = ids.index(stays) if stays else min(line, len(ids) - 1)
        if place >= 0:
            self.setCurrentIndex(self.cases.index(place))
        self.selectionModel().blockSignals(False)
        self.viewport().update()
        self._tell()

    def _tell(self) -> None:
        if self.current != self._told:
            self._told = self.current
            self.chosen.emit(self._told)


def _entry(row: CaseRow, *, several: bool) -> Entry:
    state = state_word(row.state, returned=row.returned, escalated=row.escalated)
    return Entry(
        row.id, row.title, joined((short_number(row.number, several=several), state, row.grid_name)), row.number
    )
