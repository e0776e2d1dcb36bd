"""What the desk shows: the question that every panel answers, and the cases that are chosen.

Panels tell the window what was clicked, the window tells this object, and every panel hears the one signal. It can be
kept as text, so that the desk reopens where it was.
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
    """Which cases in which order."""

    filter: CaseFilter = field(default_factory=lambda: CaseFilter(only_open=True))
    sort: Sort = field(default_factory=Sort)


class DeskState(QObject):
    """The chosen grid, box, filter, text and order, and the chosen cases.

    Signals:
        question_changed(Question): anything that changes the list; once for each change.
        selection_changed(tuple[str, ...]): the keys of the chosen cases, the present one first.
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
        """The case that the right panel shows."""
        return self._selected[0] if self._selected else None

    def choose_grid(self, code: str) -> None:
        """Everything of this area; empty is the whole store. A rectangle drawn on the map is given up."""
        self.narrow(grid=code, bounds=None)

    def choose_case(self, case_id: str) -> None:
        """One case, whether it is in the list or not."""
        self.select((case_id,))

    def choose_unit(self, code: str) -> None:
        """What this unit leads."""
        self.narrow(unit=code)

    def choose_bounds(self, bounds: tuple[float, float, float, float]) -> None:
        """What lies in a rectangle: west, south, east, north. It is drawn over what is seen, so it takes the place of
        the chosen grid."""
        self.narrow(bounds=bounds, grid="")

    def search(self, text: str) -> None:
        """What holds these words."""
        self.narrow(text=text)

    def toggle_box(self, box: Box) -> None:
        """The box alone, or none when it is the chosen one."""
        chosen = None if self.filter.box is box else box
        self.narrow(box=chosen, states=frozenset(), only_open=chosen is None or chosen.only_open)

    def show_box(self, box: Box) -> None:
        """The box alone, also when it is the chosen one."""
        if self.filter.box is not box:
            self.toggle_box(box)

    def narrow(self, **parts: Any) -> None:
        """Changes fields of the filter."""
        self._ask(replace(self._question, filter=replace(self.filter, **parts)))

    def clear(self) -> None:
        """All open cases of the chosen grid; of the whole store, where that is what is shown already."""
        here = CaseFilter(grid=self.filter.grid, only_open=True)
        chosen = here if self.filter != here else CaseFilter(only_open=True)
        self._ask(replace(self._question, filter=chosen))

    def order_by(self, key: SortKey, descending: bool = False) -> None:
        """Sorts the list."""
        self._ask(replace(self._question, sort=Sort(key, descending)))

    def show_view(self, view: SavedView) -> None:
        """A saved view's filter and order."""
        self._ask(Question(view.filter, view.sort), anew=True)

    def select(self, case_ids: Iterable[str]) -> None:
        """Chooses cases, the present one first."""
        chosen = tuple(case_ids)
        if chosen != self._selected:
            self._selected = chosen
            self.selection_changed.emit(chosen)

    def as_text(self) -> str:
        """The state for :meth:`restore`. A search text is kept too: the operator finds what was on the screen."""
        return json.dumps(as_kept(self.filter, self.sort) | {"selected": self._selected[:1]}, ensure_ascii=False)

    def restore(self, text: str) -> None:
        """Takes up what :meth:`as_text` gave; text of another version is passed over."""
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
        """Of several chosen cases a new list (another box or grid) keeps the present one: the others were not chosen
        for it."""
        before, now = self.filter, question.filter
        if question != self._question:
            self._question = question
            if anew or (before.box, before.grid) != (now.box, now.grid):
                self.select(self._selected[:1])
            self.question_changed.emit(question)


def with_state(state: str) -> dict[str, Any]:
    """The fields of a filter that show one state; an ended one lifts the rule that only open cases are shown."""
    return {"states": frozenset({state}), "box": None, "only_open": state in OPEN_STATES}
