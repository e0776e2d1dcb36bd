"""What several panels show and is read once for all of them: areas, units, figures, the room's name."""

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
    """All cases of this machine, how many of them are closed, and how many of those at the county's level."""

    cases: int
    closed: int
    closed_above: int


def count_totals(queries: DeskQueries) -> Totals:
    """On a pool thread."""
    closed = CaseFilter(states=frozenset({"closed"}))
    return Totals(
        queries.total(CaseFilter()), queries.total(closed), queries.total(replace(closed, level=HIGHEST_LEVEL))
    )


class DeskLists(QObject):
    """Reads in the background and tells.

    Attributes:
        home: the township that the desk opens on, empty for everything; known when the areas are.

    Signals:
        room_read(tuple[str, str]): the room's name and its township.
        grids_read(Sequence[GridRow]), units_read(Sequence[UnitRow]): what is in force, and 未落格 behind the grids.
        figures_read(Mapping[str, GridFigures]): the figures of every area.
        total_read(Totals): the cases of this machine.
        minute_passed(Changes): nothing was written, but deadlines have come nearer: what counts them counts again.
    """

    room_read = Signal(object)
    grids_read = Signal(object)
    units_read = Signal(object)
    figures_read = Signal(object)
    total_read = Signal(object)
    minute_passed = Signal(object)

    def __init__(self, *, desk: Desk, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk, self._jobs = desk, jobs
        self._unplaced = GridRow(UNPLACED, self.tr("未落格"), UNPLACED, "")
        self._names = {UNPLACED: self._unplaced.name}
        self.home = ""
        self.minute = QTimer(self, interval=_MINUTE_MS)
        self.minute.timeout.connect(self.read_figures)
        self.minute.timeout.connect(lambda: self.minute_passed.emit(Changes()))
        self.minute.start()

    def area_name(self, code: str) -> str:
        """The name of an area; empty is the whole store."""
        return self._names.get(code, code) or self.tr("全部网格")

    def read_lists(self) -> None:
        """Everything that changes with an import, not with a case."""
        reference, map_data = self._desk.reference, self._desk.map_data
        self._jobs.read(
            self, lambda: (reference.setting("name"), reference.setting("township")), self.room_read.emit, name="room"
        )
        self._jobs.read(self, lambda: (map_data.home(), reference.grids()), self._on_grids_read, name="grids")
        self._jobs.read(self, reference.units, self.units_read.emit, name="units")

    def read_figures(self) -> None:
        """Everything that changes with a case."""
        queries = self._desk.queries
        self._jobs.read(self, queries.figures, self.figures_read.emit, name="figures")
        self._jobs.read(self, lambda: count_totals(queries), self.total_read.emit, name="total")

    def _on_grids_read(self, read: tuple[str, Sequence[GridRow]]) -> None:
        self.home, grids = read[0], (*read[1], self._unplaced)
        self._names = {row.code: row.name for row in grids}
        self.grids_read.emit(grids)
