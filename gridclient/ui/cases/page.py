"""The list with its filter bar. It reads in the background and keeps its place when it is refreshed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from typing import Final

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtWidgets import QWidget

from gridclient.domain.errors import GridClientError
from gridclient.domain.roles import Action, may
from gridclient.services.clocks import working_hours
from gridclient.services.desk import Desk
from gridclient.services.error_text import sentence_of
from gridclient.services.ports import DeskQueries, DeskSettings, Reference
from gridclient.services.rows import CaseFilter, CasePage, CaseRow, Changes, SavedView, SortKey
from gridclient.ui.beat import Beat
from gridclient.ui.cases.due import Yardstick
from gridclient.ui.cases.filter_bar import FilterBar
from gridclient.ui.cases.filter_menus import ViewChanges
from gridclient.ui.cases.model import CaseModel
from gridclient.ui.cases.reading_ahead import ReadingAhead
from gridclient.ui.cases.table import CaseTable
from gridclient.ui.empty_note import EmptyNote
from gridclient.ui.jobs import Jobs
from gridclient.ui.laid_out import down
from gridclient.ui.state import Question

PAGE: Final = 200
_MOST_CHOSEN: Final = 5_000
_UNSEEN_MS: Final = 80
_BEFORE_DISPATCH: Final = frozenset({"reported", "filed"})


_ViewChange = Callable[[DeskSettings], None]
_Place = tuple[CaseRow | None, int, tuple[str, ...]]
"""The present row, its line, and the chosen cases above it."""


class CaseList(QWidget):
    """Object name ``caseList``.

    Signals:
        cases_chosen(tuple[str, ...]): the chosen cases, the present one first.
        ordered(SortKey, bool): another order; the flag means descending.
        view_chosen(SavedView): a saved view is to be shown.
        views_read(Sequence[SavedView]): the saved views.
        views_changed(str, str, Callable): a saved view was made, renamed or deleted: the sentences about that and about
            the way back, and the function that goes it.
        cleared(): all conditions are to be removed.
        told(str, str): a sentence for the banner, and its kind.
        menu_wanted(QPoint): a context menu is wanted at this place of the screen.
        rows_shown(): the rows that were asked for last are in the list, and painted if the list is visible.
    """

    cases_chosen = Signal(object)
    ordered = Signal(object, bool)
    view_chosen = Signal(object)
    views_read = Signal(object)
    views_changed = Signal(str, str, object)
    cleared = Signal()
    told = Signal(str, str)
    menu_wanted = Signal(QPoint)
    rows_shown = Signal()

    def __init__(self, *, desk: Desk, jobs: Jobs) -> None:
        super().__init__()
        self.setObjectName("caseList")
        self.setProperty("panel", "true")
        self._desk, self._jobs = desk, jobs
        self._question = Question()
        self._next: str | None = None
        self._selected: tuple[str, ...] = ()
        self._then: Callable[[], None] | None = None  # Ctrl+A, End: what is to be done when all rows are there
        self._keeping = False  # the chosen case stays chosen even if the first page lacks it
        self._staying, self._line = "", 0  # a case that stays chosen though it leaves the list; its line
        self._unfinished: frozenset[str] = frozenset()  # see :meth:`stay_by`, until their change is shown
        self._resume = 0  # the line for :meth:`go_on`
        self._shown_once = False
        self._beat = Beat(desk.clock, parent=self)
        self.model = CaseModel(now=self._beat.now(), parent=self)
        views = ViewChanges(self.view_chosen.emit, self._save_view, self._drop_view, self._rename_view)
        self.bar = FilterBar(views=views)
        self.table = CaseTable(model=self.model, parent=self)
        self.note = EmptyNote(self.table, key="Enter")
        self.note.hide()
        down(self.bar, (self.table, 1), on=self, gap=0)
        self._beat.struck.connect(self.model.tick)
        self._beat.start()
        self._painting = QTimer(self, singleShot=True)  # runs while the new rows wait to be painted
        self._painting.timeout.connect(self._on_painted)
        self._ahead = ReadingAhead(step=desk.queries.read_ahead, jobs=jobs, parent=self)
        self._connect()

    # -- what is shown ----------------------------------------------------------------------------------------------

    def recall(self, part: Callable[[str, Callable[[], str]], str]) -> None:
        """Takes over the columns and the form of numbers as they were left; ``part`` is that of the window's memory."""
        self.table.restore_columns(part("columns", self.table.columns_as_text))
        self.model.several = bool(part("several", lambda: "1" if self.model.several else ""))

    def load(self) -> None:
        """Reads the calendar and the saved views."""
        self._jobs.read(self, partial(_yardstick, self._desk.reference), self.model.set_yardstick, name="yardstick")
        self._read_views()

    def show_question(self, question: Question, *, grid_name: str) -> None:
        """Another filter or order. The present rows stay until the new ones are there."""
        self._keeping = question == self._question or not self._shown_once
        self._then = None
        limit = max(PAGE, len(self._selected)) if question.filter == self._question.filter else PAGE
        self._question = question
        self.bar.show_filter(question.filter, question.sort, grid_name=grid_name)
        self.model.set_order(question.sort)
        self._ask(limit)

    def show_selected(self, case_ids: Sequence[str]) -> None:
        """Marks the chosen cases."""
        self._keeping = self._keeping or tuple(case_ids) != self._selected
        self._selected = tuple(case_ids)
        self.bar.show_chosen(len(self._selected))
        if self.table.chosen() != self._selected:
            self.table.choose(self._selected)

    def refresh(self, changes: Changes) -> None:
        """Shows what was written. The present line stays, or the next one takes its place. Without changes (a minute
        has passed) nothing moves, and a read that is under way is enough."""
        if not changes and self._jobs.has_asked(self):
            return
        if changes.kinds:
            self.load()
        here, limit = self._here(), _MOST_CHOSEN if self._then else max(PAGE, len(self.model.rows))
        asked, queries, read_page = self._question.filter, self._desk.queries, self._page(limit)
        worked_on = here[0].id if here[0] is not None else self._staying

        def read() -> tuple[CasePage, bool]:
            page = read_page()
            lost = worked_on in changes.cases and all(row.id != worked_on for row in page.rows)
            return page, lost and _is_asked_for(queries, asked, worked_on)

        def show(answer: tuple[CasePage, bool]) -> None:
            page, further_on = answer
            unfinished = worked_on in self._unfinished & changes.cases
            self._unfinished = frozenset()
            if further_on or (unfinished and all(row.id != worked_on for row in page.rows)):
                self.stay_with(worked_on)  # it stays chosen; :meth:`go_on` returns to its line
                self._resume = self._line
            self._show_refreshed(page, here, changes, stay=further_on or unfinished)

        self._jobs.read(self, read, show, self._tell_failure, name="page")

    def go_on(self) -> None:
        """Gives the keyboard to the list, on the line where the operator was."""
        self.table.setFocus()
        if self.model.rows:
            self.table.go_to(min(self._resume, len(self.model.rows) - 1))

    def stay_with(self, case_id: str) -> None:
        """The next change takes this case out of the list, but it stays the chosen one."""
        here = self.table.currentIndex().row()
        self._staying, self._line = case_id, here if here >= 0 else self._line

    def stay_by(self, case_ids: Iterable[str]) -> None:
        """These cases were undone, or changed by somebody else. If the operator is at one of them, it stays the chosen
        one."""
        self._unfinished |= frozenset(case_ids)

    # -- asking -----------------------------------------------------------------------------------------------------

    def _ask(self, limit: int) -> None:
        self._jobs.read(self, self._page(limit), self._show_answer, self._tell_failure, name="page")

    def _page(self, limit: int, *, after: str | None = None) -> Callable[[], CasePage]:
        asked = self._question
        return partial(self._desk.queries.page, asked.filter, asked.sort, limit=limit, after=after)

    def _on_more_wanted(self) -> None:
        cursor, name = self._next, f"more after {self._next}"
        if cursor is not None and not self._jobs.has_asked(self, name):
            show = partial(self._show_more, self._question, cursor)
            self._jobs.read(self, self._page(PAGE, after=cursor), show, name=name)

    def _show_answer(self, page: CasePage) -> None:
        self._resume = 0
        self._jobs.hold()  # the rows are painted before anything else is asked for
        self._next = page.next
        self.model.set_rows(page.rows, more=page.next is not None)
        if self._then is None:
            self.table.scrollToTop()
        if not self.table.choose(self._selected) and page.rows and not (self._keeping and self._selected):
            self.table.go_to(0)
        chosen = self.table.chosen()
        if not self._keeping and chosen != self._selected:  # a case outside the list must not be acted on unseen
            self._selected = chosen
            self.cases_chosen.emit(chosen)
        self._finish(page)

    def _show_refreshed(self, page: CasePage, here: _Place, changes: Changes, *, stay: bool) -> None:
        self._jobs.hold()
        self._next = page.next
        spot = self.table.spot()
        self.model.set_rows(page.rows, more=page.next is not None)
        self.table.return_to(spot)
        line = self._line_after(here, changes) if not stay else None
        if line is not None:
            self.table.go_to(line)
        else:
            self.table.choose(self._selected)
        if not changes:
            self.table.return_to(spot)
        self._finish(page)

    def _show_more(self, question: Question, after: str, page: CasePage) -> None:
        if (question, after) == (self._question, self._next):  # else the list is another, or ends elsewhere by now
            self._next = page.next
            self.model.append(page.rows, more=page.next is not None)
            self.table.fit_numbers()

    def _count(self) -> None:
        """Counts the cases after the rows are painted."""
        asked, queries = self._question.filter, self._desk.queries
        self._jobs.read(self, lambda: queries.total(asked), self.bar.show_total, name="total")

    def _finish(self, page: CasePage) -> None:
        self.table.fit_numbers()
        then, self._then = self._then, None
        if then is not None:
            then()
        if page.rows:
            self.note.hide()
        else:
            self._say_empty(self._question)
        self._shown_once = True
        self._painting.start(_UNSEEN_MS)

    def _say_empty(self, question: Question) -> None:
        words, everywhere = self.tr("没有符合这些条件的案件。"), CaseFilter(text=question.filter.text)
        if question.filter == CaseFilter(only_open=True):
            registers = may(self._desk.actor.role, Action.AMEND)
            here = self.tr("没有在办案件。按 F3 登记，或从“导入”带入已有案件。")
            comes = self.tr("没有在办案件。本席位不登记案件，派来或可看的案件随同步到来，按 F5 立即同步。")
            self.note.tell(here if registers else comes)
        elif everywhere.text and everywhere != question.filter:
            search = partial(self.view_chosen.emit, SavedView("", everywhere, question.sort))
            self.note.tell(words, self.tr("在全部案件中查找"), search)
        else:
            self.note.tell(words, self.tr("清除条件"), self.cleared.emit)

    def _tell_failure(self, error: GridClientError) -> None:
        self._then = None
        self.note.tell(sentence_of(error), self.tr("重试"), partial(self._ask, PAGE))

    # -- the line the operator is on --------------------------------------------------------------------------------

    def _here(self) -> _Place:
        current = self.table.currentIndex()
        places = {one: self.model.place_of(one) for one in self._selected}
        above = tuple(one for one, place in places.items() if place is not None and place < current.row())
        return (self.model.row_at(current.row()) if current.isValid() else None), current.row(), above

    def _line_after(self, here: _Place, changes: Changes) -> int | None:
        """The line to go to: that of the next case, if the present one is done with or has left the list. ``None`` if
        the line stays."""
        (row, line, above), last = here, len(self.model.rows) - 1
        if row is None or row.id not in changes.cases or last < 0:
            went_on = row is None and self._staying in changes.cases
            if not went_on or self.model.place_of(self._staying) is not None:
                return None
            self._staying = ""  # it counts once
            return min(self._line, last)
        now = self.model.place_of(row.id)
        gone = [place is None or place > line for place in map(self.model.place_of, changes.cases.intersection(above))]
        line -= sum(gone)  # cases above it that left the list in the same step
        if now is None:
            return min(line, last) if row.id != self._staying else None
        given_out = row.state in _BEFORE_DISPATCH and self.model.row_at(now).state == "dispatched"
        if not given_out or now == last:
            return None
        # The order has changed: the next case is on this line, unless this case is still on it.
        return line + 1 if now == line else min(line, last)

    # -- events -----------------------------------------------------------------------------------------------------

    def _connect(self) -> None:
        self.model.more_wanted.connect(self._on_more_wanted)
        self.table.painted.connect(self._on_table_painted)
        self.table.cases_chosen.connect(self._on_cases_chosen)
        self.table.all_wanted.connect(lambda: self._read_all(self.table.selectAll))
        self.table.end_wanted.connect(lambda held: self._read_all(partial(self._go_to_end, held)))
        self.table.order_wanted.connect(self._on_order_wanted)
        self.table.customContextMenuRequested.connect(
            lambda place: self.menu_wanted.emit(self.table.viewport().mapToGlobal(place))
        )
        self.bar.left.connect(self.table.setFocus)
        self.views_read.connect(self.bar.set_views)

    def _on_table_painted(self) -> None:
        if self._painting.isActive():
            self._painting.start(0)  # the signal is handled after the paint event

    def _on_painted(self) -> None:
        self._count()
        self._ahead.begin()
        self.rows_shown.emit()
        self._jobs.go_on()

    def _read_all(self, then: Callable[[], None]) -> None:
        """Ctrl+A and End mean all cases of the filter, not only those that were read to be shown."""
        self._then = then
        self._ask(max(_MOST_CHOSEN, len(self.model.rows)))

    def _go_to_end(self, held: Qt.KeyboardModifier) -> None:
        self.table.go_to_end(held)
        if self._next is not None:
            words = self.tr("这里读到第 {count} 件为止，后面还有。要看最后的，请点表头倒过来排，或加条件、查找。")
            self.told.emit(words.format(count=f"{len(self.model.rows):,}"), "info")

    def _on_cases_chosen(self, case_ids: tuple[str, ...]) -> None:
        self.bar.show_chosen(len(case_ids))
        if case_ids:
            self._selected = case_ids
            self.cases_chosen.emit(case_ids)

    def _on_order_wanted(self, key: SortKey) -> None:
        same = self._question.sort.key is key
        self.ordered.emit(key, same and not self._question.sort.descending)

    def _save_view(self, name: str) -> None:
        view = SavedView(name, self._question.filter, self._question.sort)
        saved, dropped = self.tr("已存为视图“{name}”"), self.tr("已删除视图“{name}”")
        words = (saved.format(name=name), dropped.format(name=name))
        self._change_views(lambda settings: settings.keep_view(view), lambda settings: settings.drop_view(name), words)

    def _drop_view(self, view: SavedView) -> None:
        dropped, back = self.tr("已删除视图“{name}”"), self.tr("视图“{name}”已恢复")
        words = (dropped.format(name=view.name), back.format(name=view.name))
        self._change_views(
            lambda settings: settings.drop_view(view.name), lambda settings: settings.keep_view(view), words
        )

    def _rename_view(self, view: SavedView, name: str) -> None:
        def rename(before: str, after: str, settings: DeskSettings) -> None:
            settings.keep_view(replace(view, name=after))
            settings.drop_view(before)

        renamed = self.tr("视图“{before}”已改名为“{after}”")
        words = (renamed.format(before=view.name, after=name), renamed.format(before=name, after=view.name))
        self._change_views(partial(rename, view.name, name), partial(rename, name, view.name), words)

    def _change_views(self, change: _ViewChange, way_back: _ViewChange, words: tuple[str, str]) -> None:
        self._write_views(change, lambda: self.views_changed.emit(*words, partial(self._write_views, way_back)))

    def _write_views(self, change: _ViewChange, done: Callable[[], None] = lambda: None) -> None:
        def written(_: None) -> None:
            self._read_views()
            done()

        self._jobs.write(self, lambda: change(self._desk.settings), written)

    def _read_views(self) -> None:
        self._jobs.read(self, self._desk.queries.views, self.views_read.emit, name="views")


def _yardstick(reference: Reference) -> Yardstick:
    return Yardstick(reference.calendar(), working_hours(reference))


def _is_asked_for(queries: DeskQueries, chosen: CaseFilter, case_id: str) -> bool:
    """Whether the filter holds the case, wherever it stands in the order."""
    number = next((row.number for row in queries.rows((case_id,))), "")
    return bool(number) and queries.total(replace(chosen, text=f"{chosen.text} {number}".strip())) > 0
