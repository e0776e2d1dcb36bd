"""The cases that wait for a choice, in a list of two lines each."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QPainter
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from gridclient.services.rows import CaseRow
from gridclient.ui.present import joined, short_number, state_word
from gridclient.ui.theme import SMALL_PX, base_font, tokens
from gridclient.ui.value_list import VALUE, Index, ValueList

_LINE_PX, _EDGE, _BAR = 46, 12, 3


class ConflictDelegate(QStyledItemDelegate):
    """Title, and under it number, state, grid."""

    def sizeHint(self, option: QStyleOptionViewItem, _index: Index) -> QSize:
        return QSize(option.rect.width(), _LINE_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row: CaseRow = index.data(VALUE)
        place: QRect = option.rect
        theme = tokens()
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(place, QColor(theme.selection))
            painter.fillRect(QRect(place.left(), place.top(), _BAR, place.height()), QColor(theme.accent))
        room = place.adjusted(_EDGE, 4, -_EDGE, -4)
        state = state_word(row.state, returned=row.returned, escalated=row.escalated)
        lines = (
            (base_font(), theme.text, row.title, 0),
            (base_font(SMALL_PX), theme.muted, joined((short_number(row.number), state, row.grid_name)), 20),
        )
        for font, ink, words, down in lines:
            painter.setFont(font)
            painter.setPen(QColor(ink))
            shown = QFontMetrics(font).elidedText(words, Qt.TextElideMode.ElideRight, room.width())
            painter.drawText(
                QRect(room.left(), room.top() + down, room.width(), 18), Qt.AlignmentFlag.AlignVCenter, shown
            )
        painter.restore()


class ConflictList(QListView):
    """Object name ``conflictList``.

    Signals:
        chosen(str): another case, by the operator or because the one before is done; empty when none is left.
    """

    chosen = Signal(str)

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("conflictList")
        self.setAccessibleName(self.tr("等待选择的案件"))
        self.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.cases = ValueList[CaseRow](_spoken, told=lambda row: row.title, parent=self)
        self.setModel(self.cases)
        self.setItemDelegate(ConflictDelegate(self))
        self._told = ""
        self.selectionModel().currentChanged.connect(lambda *_: self._tell())

    @property
    def current(self) -> str:
        """The chosen case, empty when none is."""
        index = self.currentIndex()
        return self.cases.values[index.row()].id if index.isValid() else ""

    def show_rows(self, rows: Sequence[CaseRow], *, wanted: str = "") -> None:
        """Other cases. The wanted one, else the present one stays chosen; when it is gone, the next takes its place."""
        ids = [row.id for row in rows]
        line = max(0, self.currentIndex().row())
        stays = next((case_id for case_id in (wanted, self.current) if case_id in ids), "")
        self.selectionModel().blockSignals(True)
        self.cases.show_values(rows)
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


def _spoken(row: CaseRow) -> str:
    return f"{row.title} {row.number}"
