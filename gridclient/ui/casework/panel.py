"""The panel 案件详情 of the chosen case: its head, its tabs and the forms of its actions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

from PySide6.QtCore import QTimer
from PySide6.QtGui import QHideEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from gridclient.domain.case import WITH_UNIT, Case, CaseState
from gridclient.domain.errors import Conflict, GridClientError
from gridclient.domain.roles import Action
from gridclient.services.desk import Desk
from gridclient.services.error_text import sentence_of
from gridclient.services.rows import Changes, Likeness
from gridclient.ui.beat import Beat
from gridclient.ui.case_news import CaseNews
from gridclient.ui.casework.acting import CaseActing, leave_trace
from gridclient.ui.casework.case_view import CaseView, load_likenesses, load_view
from gridclient.ui.casework.foot import DispatchPlace, Foot
from gridclient.ui.casework.several import SeveralCases
from gridclient.ui.casework.top import CaseTop
from gridclient.ui.choice_lists import ChoiceLists
from gridclient.ui.focus_mark import FocusMark
from gridclient.ui.initials import NameInitials
from gridclient.ui.jobs import Jobs
from gridclient.ui.key_button import ENTER
from gridclient.ui.laid_out import down
from gridclient.ui.portions import BatchResult
from gridclient.ui.present import undoable

_ALIKE_MS: Final = 120  # after painting, and not for a case that is passed by
_SHOWN_KINDS: Final = frozenset({"grids", "units", "standards", "calendar"})


class CasePanel(QWidget):
    """Object name ``caseDetail``. ``view`` is what it shows now."""

    def __init__(
        self, *, desk: Desk, jobs: Jobs, dispatch: DispatchPlace, initials: NameInitials, news: CaseNews
    ) -> None:
        super().__init__()
        self.setObjectName("caseDetail")
        self.setAccessibleName(self.tr("案件详情"))
        self.setProperty("panel", "true")
        self._desk = desk
        self._jobs = jobs
        self.news = news
        self._wanted: str | None = None
        self.view: CaseView | None = None
        self._going_on: str | None = None  # the case that is being filed so that it can be dispatched
        self._coming = False  # the wanted case or cases are still being read
        self._awaited: Callable[[], None] | None = None  # what a key asked for meanwhile
        self._lists = ChoiceLists(reference=desk.reference, jobs=jobs, initials=initials, parent=self)
        self.top = CaseTop(desk=desk, jobs=jobs, news=self.news)
        self.foot = Foot(dispatch=dispatch)
        foot, lists = self.foot, self._lists
        self.acting = CaseActing(desk=desk, jobs=jobs, foot=foot, lists=lists, news=self.news, parent=self)
        self.several = SeveralCases(desk=desk, jobs=jobs, foot=foot, lists=lists, news=self.news, parent=self)
        self._beat = Beat(desk.clock, parent=self)
        down((self.top, 1), self.foot, on=self, gap=0)
        FocusMark(self)
        self._connect()

    def show_case(self, case_id: str | None) -> None:
        """Shows another case. The present one stays until the new one is read; an answer for another case is
        ignored."""
        self.acting.keep()
        self.several.leave()
        self._wanted, self._coming, self._awaited = case_id, False, None
        if case_id is None:
            self.view = None
            self.acting.leave()
            self.top.show_nothing()
            self.foot.clear()
        elif self.view is None or self.view.case.id != case_id:
            self._coming = True
            if self.view is None:
                self.top.message.clear()  # a case is chosen
            self._read(case_id)

    def show_batch(self, case_ids: Sequence[str]) -> None:
        """Shows several cases: what new ones lack, their dispatch, or what can be done to all of them."""
        self.acting.leave()
        self._wanted, self.view, self._coming, self._awaited = None, None, True, None
        self.foot.close_form()
        self.several.show(case_ids)

    def refresh(self, changes: Changes) -> None:
        """Shows what was written, if it concerns this case or lists that it uses."""
        self._lists.refresh(changes)
        self.foot.dispatch.refresh(changes)
        self.several.refresh(changes)
        if self._wanted is not None and (self._wanted in changes.cases or changes.kinds & _SHOWN_KINDS):
            self._read(self._wanted)

    def refresh_files(self) -> None:
        """A round is over: reads again which files are at the hub and whether this desk may still read the case."""
        if not self._coming and self.view is not None:  # a case that is being read comes with these
            self._read(self.view.case.id)

    def focus_dispatch(self) -> None:
        """F2: puts the cursor into the list of units. A new case is filed first; a dispatched one is reassigned."""
        if self._coming:
            self._awaited = self.focus_dispatch
            return
        if self.view is None:
            self.foot.take_focus()
            return
        self._going_on = self.view.case.id if self.view.case.state is CaseState.REPORTED else None
        self.start_action(Action.FILE if self._going_on else _giving_out(self.view.case))

    def start_action(self, action: Action) -> None:
        """Opens the form of an action, or carries it out if nothing is to be asked. Waits for a case that is being
        read."""
        if self._coming:
            self._awaited = partial(self.start_action, action)
            return
        view = self.view
        if view is None:
            if self.several.ids:
                self.several.start(action)
            return
        self.acting.start(view, action)

    def on_asked_begun(self) -> None:
        """What was asked for several cases has begun: closes its form."""
        if self.several.asks_once:
            self.setFocus()
            self.several.cancel()

    def take_point(self, lon: float, lat: float) -> None:
        """Gives the grid at this point of the map to the form that asked for it."""
        form = self.foot.form
        if form is not None:
            read = partial(self._desk.reference.grids_at, lon, lat)
            self._jobs.read(form, read, lambda at: form.take_grid(at.basic or at.community or ""), name="point")

    def stop_picking(self) -> None:
        """Esc was pressed on the map."""
        if self.foot.form is not None:
            self.foot.form.stop_picking()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._beat.start()
        self._tick()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in ENTER and self.hasFocus():
            self._awaited = self.foot.take_focus  # the second Enter acts
            if not self._coming:
                self._do_awaited()
        else:
            super().keyPressEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._beat.stop()
        self.acting.keep()

    def _connect(self) -> None:
        self._beat.struck.connect(self._tick)
        self.acting.done.connect(self._on_done)
        self.acting.refused.connect(self._on_refused)
        self.acting.left.connect(self.setFocus)
        for button in (self.top.details.show_button, self.top.show_numbers):
            button.clicked.connect(self._reveal)
        self.top.attachments.attached.connect(self._on_attached)
        self.top.attachments.refused.connect(self._on_refused)
        self.foot.pick_requested.connect(self.news.pick_wanted)
        self.foot.bar.chosen.connect(self._on_bar_chosen)
        self.foot.dispatch.done.connect(self._on_dispatched)
        self.foot.dispatch.cancelled.connect(self.acting.cancel)
        self.foot.dispatch.several_done.connect(self._on_several_dispatched)
        self.foot.dispatch.refused.connect(self._on_refused)
        self.several.shown.connect(self.top.show_several)
        self.several.ready.connect(self._on_several_ready)

    # -- reading ----------------------------------------------------------------------------------------------------

    def _read(self, case_id: str) -> None:
        self._jobs.read(self, partial(load_view, self._desk, case_id), self._on_view, self._on_unreadable, name="case")

    def _on_view(self, view: CaseView) -> None:
        if view.case.id != self._wanted:
            return
        before, self.view, self._coming = self.view, view, False
        other = before is None or before.case.id != view.case.id
        now = self._beat.now()
        if other:
            self.top.show_likenesses((), now)
            self.foot.note.clear()
        self.top.show_view(view, now)
        self.acting.show(view, other=other)
        if view.case.id == self._going_on and view.case.state is CaseState.FILED:
            self._going_on = None
            self.foot.take_focus()
        self._do_awaited()
        if before is None or before.case != view.case:
            QTimer.singleShot(_ALIKE_MS, self, lambda: self._ask_likenesses(view))

    def _on_several_ready(self) -> None:
        self._coming = False
        self._do_awaited()

    def _do_awaited(self) -> None:
        awaited, self._awaited = self._awaited, None
        if awaited is not None:
            awaited()

    def _ask_likenesses(self, view: CaseView) -> None:
        if view is self.view and not self._coming:
            read = partial(load_likenesses, self._desk, view.case)
            self._jobs.read(self, read, partial(self._on_likenesses, view.case.id), name="alike")

    def _on_likenesses(self, case_id: str, likenesses: Sequence[Likeness]) -> None:
        if self.view is not None and self.view.case.id == case_id:
            self.top.show_likenesses(likenesses, self._desk.clock.now())

    def _on_unreadable(self, error: GridClientError) -> None:
        self.acting.leave()
        self.view, self._coming, self._awaited = None, False, None
        self.top.say(sentence_of(error))
        self.foot.clear()

    def _tick(self) -> None:
        if self.view is not None:
            self.top.header.show_time(self.view, self._beat.now())

    # -- acting -----------------------------------------------------------------------------------------------------

    def _on_done(self, case_id: str, action: Action, changes: Changes) -> None:
        if case_id == self._going_on:
            self.news.staying.emit(case_id)
        self._on_changes(changes)
        (self.news.taken_back if action is Action.UNDO else self.news.done).emit((case_id,))

    def _on_attached(self, case: Case, changes: Changes, count: int) -> None:
        self._on_changes(changes)
        self.news.done.emit((case.id,) * count)
        words = self.tr("已添加 {count} 份附件 {number}（Ctrl+Z 撤销）")
        self.news.told.emit(words.format(count=count, number=self.news.short(case.number)))

    def _on_changes(self, changes: Changes) -> None:
        if self._wanted in changes.cases:
            self._read(str(self._wanted))
        self.news.changes.emit(changes)

    def _on_dispatched(self, changes: Changes) -> None:
        shown = self.several.ids if self.view is None else (self.view.case.id,)
        if changes.cases and changes.cases <= set(shown):  # otherwise other cases are shown by now
            self.setFocus()  # before the list of units is hidden and the focus jumps elsewhere
            if self.view is not None:
                self.acting.tell_done(self.view.case, _giving_out(self.view.case))
        self._on_changes(changes)
        self.news.done.emit(tuple(sorted(changes.cases)))

    def _on_several_dispatched(self, result: BatchResult, sentence: str) -> None:
        """Says what became of several dispatched cases where it stays, because the list goes on to the next case."""
        if result.undone:
            self.news.some_refused.emit(sentence, result.undone)
        else:
            self.news.told.emit(undoable(sentence))

    def _on_refused(self, case: Case, error: GridClientError) -> None:
        """Shows what somebody else did to the case. For another case than the shown one, the window says what was
        refused."""
        if case.id == self._wanted:
            if isinstance(error, Conflict):
                self._read(case.id)
        else:
            self.news.some_refused.emit(f"{self.news.short(case.number)} {sentence_of(error)}", (case.id,))

    def _on_bar_chosen(self, action: Action) -> None:
        if self.view is None:
            self.news.together_wanted.emit(action, {}, ())
        else:
            self.start_action(action)

    def _reveal(self) -> None:
        if self.view is not None:
            case_id = self.view.case.id
            trace = partial(leave_trace, self._desk, case_id)
            self._jobs.write(self, trace, lambda _: self._on_traced(case_id), self.foot.note.say_error)

    def _on_traced(self, case_id: str) -> None:
        if self.view is not None and self.view.case.id == case_id:
            self.top.reveal(self.view, self._desk.clock.now())


def _giving_out(case: Case) -> Action:
    return Action.REASSIGN if case.state in WITH_UNIT else Action.DISPATCH
