"""The common state and both sides of a conflict in three columns: whose it is, what was done, and the fields that
differ."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from gridclient.ui.laid_out import across, down, label
from gridclient.ui.scroll_area import ScrolledColumn
from gridclient.ui.sync.contended import DeedLine, FieldLine, Sheet, SideSheet
from gridclient.ui.theme import ROW_PX

_NAMES_PX: Final = 84


class SidesView(ScrolledColumn):
    """Object name ``conflictSides``. The widgets are made again for each conflict, because each has other lines."""

    def __init__(self, *, parent: QWidget) -> None:
        super().__init__(parent=parent)
        self.setObjectName("conflictSides")

    def show_sheet(self, sheet: Sheet) -> None:
        """Shows a conflict."""
        inner = QWidget()
        inner.setProperty("panel", "true")
        grid = QGridLayout(inner)
        grid.setContentsMargins(12, 4, 12, 12)
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(1)
        grid.setColumnMinimumWidth(0, _NAMES_PX)
        sides = (sheet.base, sheet.first, sheet.later)
        grid.addWidget(_name(self.tr("做了什么")), 1, 0, Qt.AlignmentFlag.AlignTop)
        for column, side in enumerate(sides, start=1):
            grid.setColumnStretch(column, 1)
            grid.addWidget(_head(side), 0, column)
            grid.addWidget(_deeds(side.deeds, self.tr("没有更早的记录")), 1, column, Qt.AlignmentFlag.AlignTop)
        for line, field in enumerate(sheet.fields, start=2):
            self._add_field(grid, line, field)
        grid.setRowStretch(len(sheet.fields) + 2, 1)
        self.setWidget(inner)

    def clear(self) -> None:
        """Shows nothing."""
        self.setWidget(QWidget())

    def _add_field(self, grid: QGridLayout, line: int, field: FieldLine) -> None:
        grid.addWidget(_name(self.tr("≠ {name}").format(name=field.name) if field.differs else field.name), line, 0)
        for column, value in enumerate((field.base, field.first, field.later), start=1):
            cell = label(value, wraps=True)
            cell.setMinimumHeight(ROW_PX)
            cell.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            cell.setProperty("cell", "true")
            cell.setProperty("side", "differs" if field.differs and column > 1 else "same")
            grid.addWidget(cell, line, column)


def _head(side: SideSheet) -> QWidget:
    made = QWidget()
    owner = label(side.owner)
    owner.setProperty("owner", "mine" if side.mine else "other")
    across(label(side.heading, "strong"), owner, 1, on=made, edges=(13, 8, 10, 6))
    return made


def _deeds(deeds: tuple[DeedLine, ...], nothing: str) -> QWidget:
    made = QWidget()
    lines = [(label(f"{deed.when} · {deed.actor}", "muted"), label(deed.text, wraps=True)) for deed in deeds]
    words = [line for both in lines for line in both] or [label(nothing, "muted")]
    down(*words, on=made, edges=(13, 2, 10, 8), gap=2)
    return made


def _name(words: str) -> QLabel:
    made = label(words, "muted")
    made.setMinimumHeight(ROW_PX)
    return made
