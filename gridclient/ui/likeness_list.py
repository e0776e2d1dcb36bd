"""A list of cases that may be the same as another, each with the reason, as the panel and the intake form show them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QListView, QWidget

from gridclient.services.rows import Likeness
from gridclient.ui.chooser import EntryDelegate, entry_list
from gridclient.ui.key_button import ENTER
from gridclient.ui.matching import Entry
from gridclient.ui.present import joined, likeness_words, short_number, state_word
from gridclient.ui.value_list import VALUE


def likeness_entry(likeness: Likeness, now: datetime) -> Entry:
    """The case's title; in the second line the reason, the state and the number: ``距 38 m · 同电话 · 昨 22:40``."""
    row = likeness.row
    state = state_word(row.state, returned=row.returned, escalated=row.escalated)
    return Entry(row.id, row.title, joined((likeness_words(likeness, now), state, short_number(row.number))))


class LikenessList(QListView):
    """The likeliest case comes first; Enter or a click opens one. Which one that is, is seen while it has the keyboard.

    Signals:
        open_wanted(str): the case to show.
    """

    open_wanted = Signal(str)

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("可能重复的案件"))
        self.setToolTip(self.tr("单击或按 Enter 打开"))
        self.entries = entry_list(self)
        self.setModel(self.entries)
        self.setItemDelegate(EntryDelegate(self))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.clicked.connect(self._open)

    def show_likenesses(self, likenesses: Sequence[Likeness], now: datetime) -> None:
        """Other cases, in their order."""
        self.entries.show_values([likeness_entry(likeness, now) for likeness in likenesses])

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.setCurrentIndex(self.currentIndex())

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.clearSelection()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Accepts Enter, because otherwise it would also act on the case that it opens."""
        if event.key() in ENTER and self.currentIndex().isValid():
            self._open(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def _open(self, index: QModelIndex) -> None:
        entry: Entry = index.data(VALUE)
        self.open_wanted.emit(entry.value)
