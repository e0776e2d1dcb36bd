"""What the desk shows: the filter and the order of the list, and the chosen cases.

Panels tell the window what was clicked, the window tells this object, and every panel hears its signals. It can be kept
as text, so that the desk opens where it was.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import field, replace
from typing import Any

from PySide6.QtCore import QObject, Signal

from gridclient.domain.case import OPEN_STATES
from gridclient.domain.frozen import frozen
from gridclient.services.kept_filter import as_kept, from_kept
from gridclient.services.rows import Box, CaseFilter, SavedView, Sort, SortKey


@frozen
class Question:
    """Which cases are shown, in which order."""

    filter: CaseFilter = field(default_factory=lambda: CaseFilter(only_open=True))
    sort: Sort = field(default_factory=Sort)


class DeskState(QObject):
    """The filter, the order and the chosen cases.

    Signals:
        question_changed(Question): the list is to change; once for each change.
        selection_changed(tuple[str, ...]): the chosen cases, the present one first.
    """

    question_changed = Signal(object)
    selection_changed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._question = Question()
        self._selected: tuple[str, ...] = ()

    @property
    def question(self) -> Question:
        return self._question

    @property
    def filter(self) -> CaseFilter:
        return self._question.filter

    @property
    def sort(self) -> Sort:
        return self._question.sort

    @property
    def selected(self) -> tuple[str, ...]:
        return self._selected

    @property
    def current(self) -> str | None:
        """The case that the panel shows."""
        return self._selected[0] if self._selected else None

    def choose_grid(self, code: str) -> None:
        """Shows an area; "" is the whole store. A rectangle of the map is dropped."""
        self.narrow(grid=code, bounds=None)

    def choose_case(self, case_id: str) -> None:
        """Chooses one case, whether the list has it or not."""
        self.select((case_id,))

    def choose_unit(self, code: str) -> None:
        """Shows the cases that this unit leads."""
        self.narrow(unit=code)

    def choose_bounds(self, bounds: tuple[float, float, float, float]) -> None:
        """Shows the cases in a rectangle: west, south, east, north. It replaces the chosen area, because it is drawn
        over what is visible."""
        self.narrow(bounds=bounds, grid="")

    def search(self, text: str) -> None:
        """Shows the cases that hold these words."""
        self.narrow(text=text)

    def toggle_box(self, box: Box) -> None:
        """Shows a box; if it is shown already, removes it."""
        chosen = None if self.filter.box is box else box
        only_open = not self.filter.is_listed if chosen is None else chosen.only_open
        self.narrow(box=chosen, states=frozenset(), only_open=only_open)

    def show_box(self, box: Box) -> None:
        """Shows a box."""
        if self.filter.box is not box:
            self.toggle_box(box)

    def narrow(self, **parts: Any) -> None:
        """Changes fields of the filter."""
        self._ask(replace(self._question, filter=replace(self.filter, **parts)))

    def clear(self) -> None:
        """Shows all open cases of the chosen area; if they are shown already, those of the whole store."""
        here = CaseFilter(grid=self.filter.grid, only_open=True)
        chosen = here if self.filter != here else CaseFilter(only_open=True)
        self._ask(replace(self._question, filter=chosen))

    def order_by(self, key: SortKey, descending: bool = False) -> None:
        """Sorts the list."""
        self._ask(replace(self._question, sort=Sort(key, descending)))

    def show_view(self, view: SavedView) -> None:
        """Shows a saved view."""
        self._ask(Question(view.filter, view.sort), anew=True)

    def show_cases(self, chosen: CaseFilter) -> None:
        """Shows the cases of this filter, in the present order."""
        self._ask(Question(chosen, self.sort), anew=True)

    def select(self, case_ids: Iterable[str]) -> None:
        """Chooses cases; the present one comes first."""
        chosen = tuple(case_ids)
        if chosen != self._selected:
            self._selected = chosen
            self.selection_changed.emit(chosen)

    def as_text(self) -> str:
        """The state for :meth:`restore`, with the search text."""
        return json.dumps(as_kept(self.filter, self.sort) | {"selected": self._selected[:1]}, ensure_ascii=False)

    def restore(self, text: str) -> None:
        """Takes over what :meth:`as_text` gave; a text of another version is ignored."""
        if not text:
            return
        try:
            kept = json.loads(text)
            question = Question(*from_kept(kept))
            selected = tuple(str(case_id) for case_id in kept["selected"])
        except (ValueError, KeyError, TypeError):
            return
        self._ask(question)
        self.select(selected)

    def _ask(self, question: Question, *, anew: bool = False) -> None:
        """Changes the question. For another box or area, or ``anew``, only the present case stays chosen, because the
        others were not chosen in this list."""
        before, now = self.filter, question.filter
        if question != self._question:
            self._question = question
            if anew or (before.box, before.grid) != (now.box, now.grid):
                self.select(self._selected[:1])
            self.question_changed.emit(question)


def with_state(state: str) -> dict[str, Any]:
    """The fields of a filter that show one state. The filter shows ended cases if the state is one of those."""
    return {"states": frozenset({state}), "box": None, "only_open": state in OPEN_STATES}
