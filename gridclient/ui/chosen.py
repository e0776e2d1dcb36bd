"""The chosen cases: the panel shows them, and actions on them go to the panel or to the batch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from PySide6.QtCore import QObject, Signal

from gridclient.domain.roles import Action
from gridclient.services.ports import DeskQueries
from gridclient.services.rows import CaseRow, Changes
from gridclient.ui.actions import TOGETHER, DeskActions, word_of
from gridclient.ui.batch import Batch
from gridclient.ui.case_pane import CasePane
from gridclient.ui.jobs import Jobs

_MOST_AT_ONCE: Final = 10


class ChosenCases(QObject):
    """One case is handled in its panel. For several cases the panel asks what has to be asked, then the batch writes.

    Signals:
        row_read(CaseRow | None): the present case as the list shows it.
        told(str, str): a sentence for the banner, and its kind.
    """

    row_read = Signal(object)
    told = Signal(str, str)

    def __init__(
        self, *, queries: DeskQueries, jobs: Jobs, actions: DeskActions, batch: Batch, pane: CasePane, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._queries, self._jobs = queries, jobs
        self._actions, self._batch, self._pane = actions, batch, pane
        self._ids: tuple[str, ...] = ()

    def show(self, case_ids: tuple[str, ...]) -> None:
        """Other cases are chosen; the present one comes first."""
        self._ids = case_ids
        self._pane.show_cases(case_ids)
        self._read()

    def refresh(self, changes: Changes) -> None:
        """Reads the cases again if they have changed, because other actions may be possible."""
        if changes.cases & set(self._ids):
            self._read()

    def do(self, action: Action, args: Mapping[str, Any] | None = None, case_ids: Sequence[str] = ()) -> None:
        """Begins an action on the chosen cases. ``args`` is what was asked for several cases, ``case_ids`` those that
        it is for (none: all)."""
        if action is Action.DISPATCH:
            self._pane.panel.focus_dispatch()
        elif (
            len(self._ids) < 2
            or action is Action.FILE
            or (action is Action.CLOSE and not args)
            or (args is None and action in TOGETHER and len(self._ids) > _MOST_AT_ONCE)
        ):
            self._pane.panel.start_action(action)
        elif action in TOGETHER:
            if self._batch.act(action, case_ids or self._ids, args) and case_ids:
                self._pane.panel.on_asked_begun()
        else:
            words = self.tr("{action}要逐件办理，请只选一件。")
            self.told.emit(words.format(action=word_of(action)), "info")

    def _read(self) -> None:
        ids, rows = self._ids, self._queries.rows
        self._jobs.read(self, lambda: rows(ids), self._show_rows, name="rows")

    def _show_rows(self, rows: Sequence[CaseRow]) -> None:
        self._actions.allow_for(rows)
        self.row_read.emit(rows[0] if rows else None)
