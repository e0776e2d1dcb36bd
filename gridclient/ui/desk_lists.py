"""Lists and figures that several panels show and that are read once for all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from gridclient.domain.frozen import frozen
from gridclient.domain.steps_desk import HIGHEST_LEVEL
from gridclient.services.desk import Desk
from gridclient.services.ports import DeskQueries
from gridclient.services.rows import UNPLACED, CaseFilter, Changes, GridRow
from gridclient.ui.jobs import Jobs

_MINUTE_MS: Final = 60_000


@frozen
class Totals:
    """The numbers of all cases on this machine, of the closed ones, and of those that were closed at the county's
    level."""

    cases: int
    closed: int
    closed_above: int


def count_totals(queries: DeskQueries) -> Totals:
    """Counts them. To be called on a pool thread."""
    closed = CaseFilter(states=frozenset({"closed"}))
    return Totals(
        queries.total(CaseFilter()), queries.total(closed), queries.total(replace(closed, level=HIGHEST_LEVEL))
    )


class DeskLists(QObject):
    """Reads in the background.

    Attributes:
        home: the township on which the desk opens, "" for a desk of several; known with the areas.

    Signals:
        room_read(tuple[str, str]): the room's name and its township.
        grids_read(Sequence[GridRow]), units_read(Sequence[UnitRow]): those in force; 未落格 follows the grids.
        figures_read(Mapping[str, GridFigures]): the figures of every area.
        total_read(Totals): the numbers of cases on this machine.
        minute_passed(Changes): no changes, but deadlines have come nearer, so figures are to be read again.
    """

    room_read = Signal(object)
    grids_read = Signal(object)
    units_read = Signal(object)
    figures_read = Signal(object)
    total_read = Signal(object)
    minute_passed = Signal(object)

    def __init__(self, *, desk: Desk, jobs: Jobs, parent: QObject) -> None:
        super().__init__(parent)
        self._desk, self._jobs = desk, jobs
        self._unplaced = GridRow(UNPLACED, self.tr("未落格"), UNPLACED, "", initials="wlg")
        self._names = {UNPLACED: self._unplaced.name}
        self.home = ""
        self.minute = QTimer(self, interval=_MINUTE_MS)
        self.minute.timeout.connect(self.read_figures)
        self.minute.timeout.connect(lambda: self.minute_passed.emit(Changes()))
        self.minute.start()

    def area_name(self, code: str) -> str:
        """The name of an area; "" is the whole store."""
        return self._names.get(code, code) or self.tr("全部网格")

    def read_lists(self) -> None:
        """Reads what changes with an import, but not with a case."""
        reference, map_data = self._desk.reference, self._desk.map_data
        self._jobs.read(
            self, lambda: (reference.setting("name"), reference.setting("township")), self.room_read.emit, name="room"
        )
        self._jobs.read(self, lambda: (map_data.home(), reference.grids()), self._on_grids_read, name="grids")
        self._jobs.read(self, reference.units, self.units_read.emit, name="units")

    def read_figures(self) -> None:
        """Reads what changes with a case."""
        queries = self._desk.queries
        self._jobs.read(self, queries.figures, self.figures_read.emit, name="figures")
        self._jobs.read(self, lambda: count_totals(queries), self.total_read.emit, name="total")

    def _on_grids_read(self, read: tuple[str, Sequence[GridRow]]) -> None:
        self.home, grids = read[0], (*read[1], self._unplaced)
        self._names = {row.code: row.name for row in grids}
        self.grids_read.emit(grids)
