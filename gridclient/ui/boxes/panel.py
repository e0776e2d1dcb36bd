"""The ten boxes in two columns, counted for the chosen grid or rectangle; reached by Alt+1 … Alt+9, Alt+0."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from gridclient.services.ports import DeskQueries
from gridclient.services.rows import Box, CaseFilter
from gridclient.services.words import BOXES
from gridclient.ui.boxes.box_button import BoxButton
from gridclient.ui.jobs import Jobs

_COLUMNS: Final = 2
_STEPS: Final = {
    Qt.Key.Key_Left: -1,
    Qt.Key.Key_Right: 1,
    Qt.Key.Key_Up: -_COLUMNS,
    Qt.Key.Key_Down: _COLUMNS,
}


class TodayBoxes(QWidget):
    """Object name ``todayBoxes``.

    Signals:
        box_chosen(Box): the operator clicked a box or pressed its key; a second time gives it up.
    """

    box_chosen = Signal(object)

    def __init__(self, *, queries: DeskQueries, jobs: Jobs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("todayBoxes")
        self._queries = queries
        self._jobs = jobs
        self._where = CaseFilter()
        self.buttons: dict[Box, BoxButton] = {}
        outer = QVBoxLayout(self)
        outer.setContentsMargins(8, 8, 8, 8)
        outer.setSpacing(4)
        heading = QLabel(self.tr("今日必办"), self)
        heading.setProperty("role", "header")
        heading.setContentsMargins(2, 0, 0, 2)
        outer.addWidget(heading)
        columns = QGridLayout()
        columns.setSpacing(4)
        outer.addLayout(columns)
        for place, box in enumerate(Box):
            columns.addWidget(self._make(box, place), place // _COLUMNS, place % _COLUMNS)

    def show_place(self, asked: CaseFilter) -> None:
        """The counts of another area or rectangle; what else the filter says is passed over."""
        where = CaseFilter(grid=asked.grid, bounds=asked.bounds)
        if where != self._where:
            self._where = where
            if where.bounds is not None:  # which is counted for a while: no figure is better than another place's
                self._show_counts({})
            self.refresh()

    def show_chosen(self, chosen: Box | None) -> None:
        """Frames the chosen box."""
        for box, button in self.buttons.items():
            button.setChecked(box is chosen)

    def refresh(self) -> None:
        """Asks for the counts again."""
        count = partial(_counted, self._queries, self._where)
        self._jobs.read(self, count, self._show_counts, name="counts")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = _STEPS.get(Qt.Key(event.key()))
        buttons = list(self.buttons.values())
        focused = next((place for place, button in enumerate(buttons) if button.hasFocus()), None)
        if step is None or focused is None:
            super().keyPressEvent(event)
        elif 0 <= focused + step < len(buttons):
            buttons[focused + step].setFocus(Qt.FocusReason.TabFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrow keys walk the boxes as they stand, not the order of making."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and event.key() in _STEPS:
            self.keyPressEvent(event)
            return True
        return super().eventFilter(watched, event)

    def _make(self, box: Box, place: int) -> BoxButton:
        button = BoxButton(box, BOXES[box], parent=self)
        key = f"Alt+{(place + 1) % 10}"
        button.setToolTip(self.tr("{word}：只看这一类，再按一次看全部（{key}）").format(word=BOXES[box], key=key))
        button.clicked.connect(lambda: self.box_chosen.emit(box))
        button.installEventFilter(self)
        QShortcut(QKeySequence(key), self, lambda: self.box_chosen.emit(box))
        self.buttons[box] = button
        return button

    def _show_counts(self, counts: Mapping[Box, int]) -> None:
        for box, button in self.buttons.items():
            button.set_count(counts.get(box))


def _counted(queries: DeskQueries, where: CaseFilter) -> Mapping[Box, int]:
    """On a pool thread. Areas are counted all along, a rectangle is counted now: what the list would show."""
    if where.bounds is None:
        return queries.box_counts(where.grid)
    return {box: queries.total(replace(where, box=box, only_open=box.only_open)) for box in Box}
