"""The lists from which forms choose: filing conditions and grids. They are read once and kept until they change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QObject, Signal

from gridclient.domain.frozen import frozen
from gridclient.services.intake import ClassGuesser
from gridclient.services.ports import Reference
from gridclient.services.rows import Changes, GridRow, StandardRow
from gridclient.ui.initials import NameInitials
from gridclient.ui.jobs import Jobs
from gridclient.ui.matching import Entry, grid_entries, standard_entries


@frozen
class Lists:
    """What can be chosen. ``guesser`` ranks conditions by a text; ``None`` until the lists were read."""

    standards: tuple[StandardRow, ...] = ()
    grids: tuple[GridRow, ...] = ()
    standard_entries: tuple[Entry, ...] = ()
    grid_entries: tuple[Entry, ...] = ()
    guesser: ClassGuesser | None = None


class ChoiceLists(QObject):
    """Reads the lists in the background when they are first wanted.

    Signals:
        ready(Lists): they were read, or their pinyin initials are known now.
    """

    ready = Signal(object)

    def __init__(self, *, reference: Reference, jobs: Jobs, initials: NameInitials, parent: QObject) -> None:
        super().__init__(parent)
        self._reference = reference
        self._jobs = jobs
        self._initials = initials
        self._wanted = False
        self.now = Lists()
        initials.learnt.connect(self._on_learnt)

    def want(self) -> None:
        """Reads the lists unless they are here already; ``ready`` follows in both cases."""
        if self._wanted:
            if self.now.guesser is not None:
                self.ready.emit(self.now)
            return
        self._wanted = True
        known = dict(self._initials.known)
        self._jobs.read(self, lambda: read_lists(self._reference, known), self._on_read, name="lists")

    def refresh(self, changes: Changes) -> None:
        """Reads the lists again if grids or conditions have changed."""
        if self._wanted and changes.kinds & {"grids", "standards"}:
            self._wanted = False
            self.want()

    def _on_read(self, lists: Lists) -> None:
        self.now = lists
        self.ready.emit(lists)
        self._initials.ask(_names(lists))

    def _on_learnt(self, known: Mapping[str, str]) -> None:
        if self.now.guesser is None:
            return
        self.now = _lists(self.now.standards, self.now.grids, known, self.now.guesser)
        self.ready.emit(self.now)


def read_lists(reference: Reference, initials: Mapping[str, str]) -> Lists:
    """Reads all grids and conditions in force. To be called on a pool thread."""
    standards = reference.standards()
    return _lists(standards, reference.grids(), initials, ClassGuesser(standards))


def _lists(
    standards: Sequence[StandardRow], grids: Sequence[GridRow], initials: Mapping[str, str], guesser: ClassGuesser
) -> Lists:
    return Lists(
        tuple(standards),
        tuple(grids),
        tuple(standard_entries(standards, initials)),
        tuple(grid_entries(grids)),
        guesser,
    )


def _names(lists: Lists) -> set[str]:
    return {name for row in lists.standards for name in (row.small_class, row.filing_condition) if name}
