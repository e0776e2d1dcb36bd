"""Several chosen cases in the panel: what new ones lack is asked once, then they are filed and dispatched."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Final

from PySide6.QtCore import QObject, Signal

from gridclient.domain.case import CaseState
from gridclient.domain.errors import RuleViolation
from gridclient.domain.frozen import frozen
from gridclient.domain.roles import Action, may
from gridclient.services.desk import Desk
from gridclient.services.rows import CaseRow, Changes
from gridclient.ui.actions import TOGETHER, word_of
from gridclient.ui.case_news import CaseNews
from gridclient.ui.casework.foot import Foot
from gridclient.ui.casework.form_spec import FormSpec, spec_of_closing, spec_of_several
from gridclient.ui.casework.offers import offers_together
from gridclient.ui.choice_lists import ChoiceLists, Lists
from gridclient.ui.jobs import Jobs
from gridclient.ui.portions import BatchResult, Portions, words_of
from gridclient.ui.present import undoable

_BEFORE_UNIT: Final = (CaseState.REPORTED, CaseState.FILED)
_READ_FOR_GUESS: Final = 20


@frozen
class Several:
    """Chosen cases, and how many new ones lack a condition or a grid. ``words`` are the texts from which a condition is
    guessed."""

    rows: tuple[CaseRow, ...] = ()
    without_standard: int = 0
    without_grid: int = 0
    words: str = ""

    @property
    def new(self) -> tuple[str, ...]:
        return tuple(row.id for row in self.rows if row.state == CaseState.REPORTED)

    @property
    def ready(self) -> tuple[str, ...]:
        """The cases that wait for a unit, also those that have to be filed first."""
        return tuple(row.id for row in self.rows if row.state in _BEFORE_UNIT)


def load_several(desk: Desk, case_ids: Sequence[str]) -> Several:
    """Reads the cases. To be called on a pool thread."""
    rows = tuple(desk.queries.rows(case_ids))
    new = [desk.queries.case(row.id) for row in rows if row.state == CaseState.REPORTED]
    return Several(
        rows,
        sum(not case.facts.standard for case in new),
        sum(not case.facts.grid for case in new),
        "\n".join(f"{case.facts.title}\n{case.facts.description}" for case in new[:_READ_FOR_GUESS]),
    )


class SeveralCases(QObject):
    """Fills the panel's foot for several cases. ``ids`` are the cases, empty if the panel shows one.

    Signals:
        shown(tuple[CaseRow, ...]): the rows, for the head of the panel.
        ready(): the possible actions are shown.
    """

    shown = Signal(object)
    ready = Signal()

    def __init__(
        self, *, desk: Desk, jobs: Jobs, foot: Foot, lists: ChoiceLists, news: CaseNews, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._desk, self._jobs, self._foot, self._lists, self._news = desk, jobs, foot, lists, news
        self.ids: tuple[str, ...] = ()
        self._now = Several()
        self._begun: tuple[str, ...] = ()  # the cases that were shown when they were filed
        self._typed: Mapping[str, Any] = {}
        self._said = ""  # what the form says when it is shown again after a refusal
        self._dispatching = False  # they were filed so that they can be dispatched
        self._portions = Portions(desk=desk, jobs=jobs, short=news.short, parent=self)
        self._portions.progressed.connect(self._on_progressed)
        self._portions.finished.connect(self._on_filed)
        lists.ready.connect(self._on_lists)

    def show(self, case_ids: Sequence[str]) -> None:
        """Shows other cases; what was typed in the form stays in it."""
        self.ids = tuple(case_ids)
        self._dispatching, self._said = False, ""
        self._read()

    def refresh(self, changes: Changes) -> None:
        """Reads the cases again if they have changed."""
        if changes.cases & set(self.ids) and not self._portions.running:
            self._dispatching = False
            self._read()

    def leave(self) -> None:
        """One case is shown, or none."""
        self.ids, self._now, self._typed = (), Several(), {}

    def start(self, action: Action) -> None:
        """Asks what an action on all cases needs; puts the cursor into the form."""
        form = self._foot.form
        if action is Action.CLOSE and not self.asks_once:
            self._ask_closing()
        elif action in TOGETHER and not self.asks_once:
            self._ask(action)
        elif action is Action.FILE and form is None and self._now.new and may(self._desk.actor.role, Action.FILE):
            self._open_form()
        if self._foot.form is not None:
            self._foot.form.start()

    def cancel(self) -> None:
        """Esc: closes the form or stops the filing, and offers the dispatch of all."""
        if self.asks_once:
            self._foot.close_form()
            self._read()
        elif self._portions.running:
            self._portions.stop()
        else:
            self._foot.show_batch(self._now.ready)

    @property
    def asks_once(self) -> bool:
        """Whether a form other than that of filing is open."""
        return self._foot.form is not None and self._foot.form.spec.action is not Action.FILE

    def _read(self) -> None:
        ids = self.ids
        self._jobs.read(self, partial(load_several, self._desk, ids), partial(self._on_read, ids), name="several")

    def _on_read(self, ids: tuple[str, ...], several: Several) -> None:
        if ids != self.ids or self._portions.running:
            return
        self._now = several
        self.shown.emit(several.rows)
        if not self.asks_once:  # else what is typed there would be lost
            self._offer(several)
        if self._said:
            self._foot.note.say(self._said, "warn")
        self.ready.emit()

    def _offer(self, several: Several) -> None:
        role = self._desk.actor.role
        if (several.without_standard or several.without_grid) and not self._dispatching and may(role, Action.FILE):
            self._open_form()
        elif several.ready and may(role, Action.DISPATCH):
            filed = tuple(row.id for row in several.rows if row.state == CaseState.FILED)
            self._foot.show_batch(filed if self._dispatching else several.ready)
            if self._dispatching:
                self._foot.take_focus()
        else:
            self._foot.show_together(offers_together((row.state for row in several.rows), self._desk.actor))

    def _open_form(self) -> None:
        now = self._now
        lacking = {"lacking_standard": now.without_standard, "lacking_grid": now.without_grid}
        spec = spec_of_several(total=len(now.new), **lacking)
        form = self._foot.open_form(spec, self._lists.now)
        form.fill(self._typed)
        form.edited.connect(self._keep)
        form.cancelled.connect(self.cancel)
        form.submitted.connect(self._submit)
        self._lists.want()

    def _ask_closing(self) -> None:
        handled = tuple(row.id for row in self._now.rows if row.state == CaseState.HANDLED)
        form = self._foot.open_form(spec_of_closing(len(handled)), self._lists.now)
        form.cancelled.connect(self.cancel)
        form.submitted.connect(partial(self._close, handled))

    def _ask(self, action: Action) -> None:
        """Asks whether all of these many cases are meant."""
        states = TOGETHER[action]
        case_ids = tuple(row.id for row in self._now.rows if row.state in states)
        words = self.tr("{action} {count} 件").format(action=word_of(action), count=len(case_ids))
        form = self._foot.open_form(FormSpec(action, words, (), words), self._lists.now)
        form.cancelled.connect(self.cancel)
        form.submitted.connect(lambda _values: self._news.together_wanted.emit(action, {}, case_ids))
        form.submitted.connect(lambda _values: form.ready())

    def _close(self, case_ids: tuple[str, ...], values: Mapping[str, Any]) -> None:
        """Closes the cases that were counted. The form stays open until that has begun, so that what was typed is not
        lost."""
        if not values.get("closing_condition_met"):
            self._foot.refuse(RuleViolation("case.closing_condition_open"))
            return
        self._news.together_wanted.emit(Action.CLOSE, values, case_ids)
        if self._foot.form is not None:
            self._foot.form.ready()

    def _keep(self, values: Mapping[str, Any]) -> None:
        self._typed = {**self._typed, **values}

    def _on_lists(self, lists: Lists) -> None:
        form = self._foot.form
        if not self.ids or form is None or form.spec.action is not Action.FILE:
            return
        form.set_lists(lists)
        if lists.guesser is not None:
            form.show_guesses(lists.guesser.guess(self._now.words))

    def _submit(self, values: Mapping[str, Any]) -> None:
        given = {name: str(values.get(name, "")) for name in ("standard", "grid")}
        self._begun = self.ids
        self._portions.run(self._now.new, partial(self._desk.file_many, **given))

    def _on_progressed(self, done: int, total: int) -> None:
        if self._foot.form is not None:
            words = self.tr("正在立案 {done}/{total}，按 Esc 停止")
            self._foot.form.note.say(words.format(done=done, total=total))

    def _on_filed(self, result: BatchResult) -> None:
        shown = self.ids == self._begun
        sentence = words_of(result, word_of(Action.FILE))
        if not (shown and result.undone):
            self._typed = {}  # it was typed for these cases
        if not result.undone:
            self._news.told.emit(undoable(sentence))
        elif not shown:
            self._news.some_refused.emit(sentence, result.undone)
        if shown and result.done:
            self._news.staying.emit(self.ids[0])
        if result.changes.cases:
            self._news.changes.emit(result.changes)
            self._news.done.emit(result.done)
        if shown:
            self._said = sentence if result.undone else ""
            self._dispatching = bool(result.done)
        if self.ids:
            self._read()
