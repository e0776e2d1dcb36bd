"""The item model of the list over the rows that were read. It asks for more rows; it reads nothing itself."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QObject, Qt, Signal

from gridclient.domain.calendar import WorkCalendar, WorkingHours
from gridclient.services.rows import CaseRow, Sort, SortKey
from gridclient.ui.cases.columns import COLUMNS, PLACES, PLAIN
from gridclient.ui.cases.due import DueCell, Yardstick, due_cell, due_explained
from gridclient.ui.laid_out import tip
from gridclient.ui.present import moment_words, short_number, title_of, township_in
from gridclient.ui.value_list import NO_INDEX, Index

_TOO_MANY_STEPS: Final = 60


class CaseModel(QAbstractTableModel):
    """Rows of :class:`CaseRow` in the order of the store.

    Attributes:
        rows: the rows that were read.
        several: there were cases of several townships, so short numbers are not unique.
        longest: the longest number that there was.

    Signals:
        more_wanted(): the view came near the end of the rows, and there are more.
    """

    more_wanted = Signal()

    def __init__(self, *, now: datetime, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows: list[CaseRow] = []
        self._places: dict[str, int] = {}
        self._more = False
        self.several = False
        self.longest = ""
        self._order = Sort()
        self._now = now
        self._yardstick = Yardstick(WorkCalendar(), WorkingHours())
        self._cells: dict[tuple[datetime | None, str, bool], DueCell] = {}

    # -- content ----------------------------------------------------------------------------------------------------

    def row_at(self, place: int) -> CaseRow:
        """The row on a line."""
        return self.rows[place]

    def place_of(self, case_id: str) -> int | None:
        """The line of a case; ``None`` if it is not among the rows."""
        return self._places.get(case_id)

    def due_of(self, row: CaseRow) -> DueCell:
        """The cell 时限. It is worked out when it is first painted after a tick."""
        key = (row.due, row.state, row.returned)
        cell = self._cells.get(key)
        if cell is None:
            cell = due_cell(row.due, row.state, self._now, self._yardstick, returned=row.returned)
            self._cells[key] = cell
        return cell

    def set_rows(self, rows: Sequence[CaseRow], *, more: bool) -> None:
        """Shows these rows. A case that stays keeps its line, so that selection and scroll position stay."""
        self._more = more
        stay = {row.id for row in rows}
        gone = spans(place for place, row in enumerate(self.rows) if row.id not in stay)
        came = spans(place for place, row in enumerate(rows) if row.id not in self._places)
        if len(gone) + len(came) > _TOO_MANY_STEPS:
            self.beginResetModel()
            self._take(list(rows))
            self.endResetModel()
            return
        before = {row.id: row for row in self.rows}
        for first, last in reversed(gone):
            self.beginRemoveRows(NO_INDEX, first, last)
            self._take(self.rows[:first] + self.rows[last + 1 :])
            self.endRemoveRows()
        self._reorder([before[row.id] for row in rows if row.id in before])
        for first, last in came:
            self.beginInsertRows(NO_INDEX, first, last)
            self._take([*self.rows[:first], *rows[first : last + 1], *self.rows[first:]])
            self.endInsertRows()
        for place, row in enumerate(rows):
            if before.get(row.id, row) != row:
                self.rows[place] = row
                self.dataChanged.emit(self.index(place, 0), self.index(place, len(COLUMNS) - 1))

    def append(self, rows: Sequence[CaseRow], *, more: bool) -> None:
        """Adds the next page; cases that are there already (they moved meanwhile) are left out."""
        self._more = more
        new = [row for row in rows if row.id not in self._places]
        if new:
            first = len(self.rows)
            self.beginInsertRows(NO_INDEX, first, first + len(new) - 1)
            self._take([*self.rows, *new])
            self.endInsertRows()

    def set_order(self, order: Sort) -> None:
        """Marks the column by which the list is ordered."""
        self._order = order
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(COLUMNS) - 1)

    def set_yardstick(self, yardstick: Yardstick) -> None:
        """Another calendar or other working hours."""
        self._yardstick = yardstick
        self.tick(self._now)

    def tick(self, now: datetime) -> None:
        """Sets the time; cells 时限 are worked out again when they are painted."""
        self._now = now
        self._cells.clear()
        if self.rows:
            column = PLACES[SortKey.DUE]
            self.dataChanged.emit(self.index(0, column), self.index(len(self.rows) - 1, column))

    # -- QAbstractTableModel ----------------------------------------------------------------------------------------

    def rowCount(self, parent: Index = NO_INDEX) -> int:
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = NO_INDEX) -> int:
        return 0 if parent.isValid() else len(COLUMNS)

    def canFetchMore(self, parent: Index) -> bool:
        return self._more and not parent.isValid()

    def fetchMore(self, _parent: Index) -> None:
        self.more_wanted.emit()

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == 0:
            return self._head(COLUMNS[section].key)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: Index, role: int = 0) -> Any:
        row = self.rows[index.row()]
        if role == 0:
            return self.words(row, COLUMNS[index.column()].key)
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip(self._explained(row, COLUMNS[index.column()].key))
        return None

    def short(self, number: str) -> str:
        """A number as the list shows it."""
        return short_number(number, several=self.several)

    def words(self, row: CaseRow, key: SortKey) -> str:
        """The words of a cell."""
        if key is SortKey.DUE:
            return self.due_of(row).shown
        if key is SortKey.NUMBER:
            return self.short(row.number)
        if key is SortKey.REGISTERED:
            return moment_words(row.registered_at, self._now)
        return PLAIN[key](row)

    def _head(self, key: SortKey) -> str:
        if key is not self._order.key:
            return title_of(key)
        return f"{title_of(key)} {'↓' if self._order.descending else '↑'}"

    def _explained(self, row: CaseRow, key: SortKey) -> str:
        if key is SortKey.DUE:
            return due_explained(row.due, row.state, self._now, self._yardstick)
        if key is SortKey.NUMBER:
            return row.number
        if key is not SortKey.TITLE:
            return self.words(row, key)
        marks = [row.title]
        if row.conflict:
            marks.append(self.tr("冲突：两处同时办理，请核对"))
        if row.pending:
            marks.append(self.tr("未上报：只在本机，联网后上报"))
        if row.aside:
            marks.append(self.tr("已搁置：只在本机，没有上报"))
        return "\n".join(marks)

    # -- steps ------------------------------------------------------------------------------------------------------

    def _take(self, rows: list[CaseRow]) -> None:
        self.rows = rows
        self._places = {row.id: place for place, row in enumerate(rows)}
        self.longest = max((self.longest, *(row.number for row in rows)), key=len)
        self.several = self.several or len({township_in(row.number) for row in rows} - {""}) > 1

    def _reorder(self, rows: list[CaseRow]) -> None:
        if rows == self.rows:
            return
        self.layoutAboutToBeChanged.emit()
        before = self.rows
        self._take(rows)
        for index in self.persistentIndexList():
            place = self._places[before[index.row()].id]
            self.changePersistentIndex(index, self.index(place, index.column()))
        self.layoutChanged.emit()


def spans(places: Iterable[int]) -> tuple[tuple[int, int], ...]:
    """Joins ascending positions into runs: the first and the last position of each."""
    found: list[tuple[int, int]] = []
    for place in places:
        if found and found[-1][1] == place - 1:
            found[-1] = (found[-1][0], place)
        else:
            found.append((place, place))
    return tuple(found)
