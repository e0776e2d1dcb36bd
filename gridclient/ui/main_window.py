"""The desk's window: creates the panels and connects them.

:class:`DeskState` knows what is shown. ``Changes`` tell every panel once what was written. No panel knows another.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QCloseEvent, QShowEvent
from PySide6.QtWidgets import QMainWindow

from gridclient.services.desk import Desk
from gridclient.services.rows import Changes, GridRow
from gridclient.ui.actions import DeskActions
from gridclient.ui.arrangement import Arrangement
from gridclient.ui.banner import Banner
from gridclient.ui.batch import Batch
from gridclient.ui.boxes.panel import TodayBoxes
from gridclient.ui.case_pane import CasePane
from gridclient.ui.cases.page import CaseList
from gridclient.ui.chosen import ChosenCases
from gridclient.ui.command.bar import CommandBar, take_offer
from gridclient.ui.command.offers import names_to_learn
from gridclient.ui.desk_lists import DeskLists
from gridclient.ui.first_paint import FirstPaint
from gridclient.ui.grids.tree import GridTree
from gridclient.ui.icons import recolour
from gridclient.ui.initials import NameInitials
from gridclient.ui.jobs import Jobs
from gridclient.ui.laid_out import tab_order
from gridclient.ui.map_pane import MapPane
from gridclient.ui.pages import IntakeSide, PageParts, Pages
from gridclient.ui.state import DeskState, Question
from gridclient.ui.status import StatusLine
from gridclient.ui.theme import show_theme, toggle_theme, tokens, without_style_sheet
from gridclient.ui.top_bar import TopBar
from gridclient.ui.window_memory import WindowMemory

if TYPE_CHECKING:
    from gridclient.ui.casework.panel import CasePanel


class MainWindow(QMainWindow):
    """Object name ``mainWindow``.

    Signals:
        changed(Changes): something was written; every panel refreshes itself.
        restore_wanted(Path, str): the desk is to be opened again on a backup, with its recovery key.
        closed(): the window is closing.
    """

    changed = Signal(object)
    restore_wanted = Signal(object, str)
    closed = Signal()

    def __init__(self, *, desk: Desk, jobs: Jobs, parts: PageParts) -> None:
        super().__init__()
        self.setObjectName("mainWindow")
        self.setWindowTitle(self.tr("综合信息指挥室"))
        self._theme, self._jobs, self._loaded = "", jobs, False
        self.memory = WindowMemory(settings=desk.settings, jobs=jobs, parent=self)
        show_theme(self.memory.part("theme", lambda: tokens().name))
        self._theme = tokens().name
        self.state = DeskState(self)
        self.actions_ = DeskActions(role=desk.actor.role, parent=self)
        self.initials = NameInitials(settings=desk.settings, jobs=jobs, parent=self)
        self.lists = DeskLists(desk=desk, jobs=jobs, parent=self)
        self.command = CommandBar(queries=desk.queries, jobs=jobs)
        self.pages = Pages(parts=parts, clock=desk.clock, parent=self)
        self.top = TopBar(command=self.command, lamp=self.pages.sync.lamp, actions=self.actions_.desk, actor=desk.actor)
        self.command.learn(commands=[one for one in self.actions_.known() if one.name != "command_bar"])
        self.boxes = TodayBoxes(queries=desk.queries, jobs=jobs)
        self.tree = GridTree()
        self.map = MapPane(data=desk.map_data, base_maps=parts.base_maps, early=parts.map_view)
        self._first = FirstPaint(map_pane=self.map, parent=self)
        self.banner = Banner()
        parts.meanwhile()
        self.cases = CaseList(desk=desk, jobs=jobs)
        parts.meanwhile()
        self.batch = Batch(desk=desk, jobs=jobs, short=self.cases.model.short, parent=self)
        self.pane = CasePane(desk=desk, jobs=jobs, initials=self.initials, short=self.cases.model.short)
        parts.meanwhile()
        self.chosen = ChosenCases(
            queries=desk.queries, jobs=jobs, actions=self.actions_, batch=self.batch, pane=self.pane, parent=self
        )
        self.status = StatusLine()
        parts.meanwhile()
        self._places = self._arrange()
        parts.meanwhile()
        self.side = IntakeSide(make=parts.intake, map_pane=self.map, detail=self.pane, into=self._places.across)
        self._recall()  # before anything is connected; ``showEvent`` asks for the rows
        self._connect()
        self._connect_parts()
        parts.meanwhile()
        self.map.take_early()

    @property
    def detail(self) -> CasePanel:
        """The case's panel; it is made now if it is missing."""
        return self.pane.panel

    @without_style_sheet()
    def _arrange(self) -> Arrangement:
        made = Arrangement(
            self,
            top=self.top,
            left=(self.boxes, self.tree),
            middle=(self.banner, self.map, self.cases),
            right=self.pane,
            bottom=self.status,
            stack=self.pages.stack,
        )
        left = (*self.boxes.buttons.values(), self.tree)
        tab_order(self.command, *self.top.stops(), *left, *self.cases.bar.stops(), self.cases.table)  # then the case
        return made

    def _connect(self) -> None:
        state, cases = self.state, self.cases
        state.question_changed.connect(self._on_question_changed)
        state.selection_changed.connect(cases.show_selected)
        state.selection_changed.connect(self.chosen.show)
        self.boxes.box_chosen.connect(state.toggle_box)
        self.tree.grid_chosen.connect(state.choose_grid)
        self.map.grid_chosen.connect(state.choose_grid)
        self.map.unit_chosen.connect(state.choose_unit)
        self.map.box_selected.connect(state.choose_bounds)
        cases.bar.narrowed.connect(lambda parts: state.narrow(**parts))
        cases.ordered.connect(state.order_by)
        cases.view_chosen.connect(state.show_view)
        cases.views_read.connect(lambda views: self.command.learn(views=views))
        cases.views_read.connect(lambda views: self.initials.ask(view.name for view in views))
        cases.cleared.connect(state.clear)
        cases.menu_wanted.connect(self.actions_.show_menu)
        cases.rows_shown.connect(lambda: self.boxes.show_place(state.filter))  # the rows come first
        cases.rows_shown.connect(lambda: self.map.show_filter(state.filter))
        moved = (state.question_changed, state.selection_changed, self.tree.expanded, self.tree.collapsed)
        for rearranged in (*moved, cases.table.columns_changed):
            rearranged.connect(self.memory.touch)
        for left in (self.command.offer_taken, self.banner.cases_wanted, self._places.centre.left):
            left.connect(self.pages.back)
        self.command.offer_taken.connect(lambda offer: take_offer(offer, state, self.actions_, self.command.sources))
        self.command.left.connect(lambda: self.pages.focus(cases.table))
        self.initials.learnt.connect(lambda initials: self.command.learn(initials=initials))
        self.chosen.row_read.connect(self.map.show_case)
        for teller in (self.chosen, self.batch, self.actions_, self.map, cases):
            teller.told.connect(self.banner.answer)
        for wanted in (cases.cases_chosen, self.batch.undone, self.banner.cases_wanted):
            wanted.connect(state.select)
        self.banner.escaped.connect(self.batch.stop)
        for said in (self.batch.said, self.pane.news.told):
            said.connect(self.status.tell)
            said.connect(self.banner.pass_by)
        cases.views_changed.connect(self.batch.remember_way_back)
        self.batch.undo_possible.connect(self.actions_.allow_undo)
        self.actions_.desk_wanted.connect(self._on_desk_wanted)
        self.actions_.case_wanted.connect(lambda _action: self.side.close())
        self.actions_.case_wanted.connect(self.chosen.do)
        self._jobs.failed.connect(self.banner.tell_error)

    def _connect_parts(self) -> None:
        self.lists.room_read.connect(self._show_room)
        self.lists.grids_read.connect(self._show_grids)
        self.lists.units_read.connect(lambda units: self.command.learn(units=units))
        self.lists.units_read.connect(self.cases.bar.set_units)
        for figures in (self.tree, self.status, self.pages.sync):
            self.lists.figures_read.connect(figures.show_figures)
        self.lists.total_read.connect(self.status.show_total)
        for panel in (self.boxes, self.cases, self.map):
            self.lists.minute_passed.connect(panel.refresh)
        news = self.pane.news
        news.done.connect(self.batch.remember)
        self.pages.sync.changed.connect(lambda changes: self.cases.stay_by(changes.cases))  # before it is shown
        for written in (self.batch.done, news.changes, self.pages.changes, self.pages.sync.changed):
            written.connect(self.announce)
        news.taken_back.connect(self.batch.forget)
        for taken_back in (news.taken_back, self.batch.undone):
            taken_back.connect(self.cases.stay_by)
        self.pages.sync.round_ended.connect(self.pane.refresh_files)
        for opened in (self.map.case_chosen, news.open_wanted, self.side.open_wanted):
            opened.connect(self.state.choose_case)
        news.together_wanted.connect(self.chosen.do)
        news.staying.connect(self.cases.stay_with)
        news.some_refused.connect(self.banner.tell_refused)
        for read in (self.cases.load, self.lists.read_lists, self.lists.read_figures, self.boxes.refresh):
            self._first.rest_due.connect(read)
        self._first.seen.connect(self.pane.make_soon)
        self.side.registered.connect(self.batch.remember_registration)
        self.side.registered.connect(self.state.choose_case)
        self.side.left.connect(self.cases.table.setFocus)
        self.pages.covered.connect(self.actions_.rest)
        self.pages.covered.connect(lambda _covered: self.status.told.clear())  # its Ctrl+Z is the desk's
        self.pages.progressed.connect(self.status.work.setText)
        self.pages.theme_chosen.connect(show_theme)
        self.pages.base_map_chosen.connect(self.map.show_base)
        self.pages.restore_wanted.connect(self.restore_wanted)
        self.boxes.box_chosen.connect(self.pages.open_box)
        for contended in (news, self.cases.table):
            contended.conflict_wanted.connect(self.pages.sync.open_conflict)
        self.pages.link(self.state, self.actions_, self.batch, written=self.changed, mode=self.status.mode)

    def _recall(self) -> None:
        """Restores the desk as it was left."""
        part = self.memory.part
        self.state.restore(part("state", self.state.as_text))
        self.cases.recall(part)
        self.tree.restore(part("tree", self.tree.as_text))
        self.map.restore(part("map", self.map.as_text))
        self.map.show_filter(self.state.filter)  # so that its page asks for the right cases at once
        self._places.remember_in(self.memory)

    def load(self) -> None:
        """Asks for everything that the window shows."""
        self._load_rows()
        self._first.read_rest()

    def _load_rows(self) -> None:
        self._on_question_changed(self.state.question)
        self._jobs.hold()  # the rows come first
        self.cases.show_selected(self.state.selected)
        self.chosen.show(self.state.selected)

    def announce(self, changes: Changes) -> None:
        """Tells every panel once what was written."""
        if changes.kinds:
            self.lists.read_lists()
        self.lists.read_figures()
        self.boxes.refresh()
        for panel in (self.cases, self.map, self.pane, self.side, self.chosen):
            panel.refresh(changes)
        self.changed.emit(changes)

    def _show_room(self, kept: tuple[str, str]) -> None:
        name = kept[0] or self.tr("综合信息指挥室")
        self.top.room.setText(name)
        self.setWindowTitle(name)
        self.command.learn(township=kept[1], short=self.cases.model.short)

    def _show_grids(self, grids: Sequence[GridRow]) -> None:
        self.tree.show_grids(grids, self.lists.home)
        self.tree.show_chosen(self.state.filter.grid)
        self.command.learn(grids=grids)
        self.initials.ask(names_to_learn(self.command.sources))
        self.cases.bar.show_area(self.lists.area_name(self.state.filter.grid), grids)

    def _on_question_changed(self, question: Question) -> None:
        self.cases.show_question(question, grid_name=self.lists.area_name(question.filter.grid))
        self.boxes.show_chosen(question.filter.box)
        self.tree.show_chosen(question.filter.grid)

    def _register(self) -> None:
        self.pages.back()
        self.side.open()

    def _on_desk_wanted(self, name: str) -> None:
        wanted: dict[str, Callable[[], object]] = {
            **{name: partial(self.pages.show, name) for name in ("help", "import", "settings", "sync")},
            "register": self._register,
            "refresh": self.load,
            "conflicts": lambda: self.pages.sync.open_conflict(self.state.current or ""),
            "offline": self.pages.sync.toggle_offline,
            "undo": self.batch.undo,
            "command_bar": lambda: self.command.setFocus(Qt.FocusReason.ShortcutFocusReason),
            "search": lambda: self.cases.bar.search.setFocus(Qt.FocusReason.ShortcutFocusReason),
            "clear": self.state.clear,
            "pane_grids": self.tree.setFocus,
            "pane_map": self.map.take_keyboard,
            "pane_cases": self.cases.table.setFocus,
            "pane_detail": self.pane.setFocus,
            "theme": toggle_theme,
            "quit": self.close,
        }
        wanted[name]()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self._theme not in ("", tokens().name):
            self._theme = tokens().name
            recolour(self)
            self.map.follow_theme()
            self.memory.touch()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._loaded:
            self._loaded = True
            self._load_rows()
            self._first.begin()
            self.cases.table.setFocus()

    def closeEvent(self, event: QCloseEvent) -> None:
        self.memory.write()
        self.map.shutdown()
        super().closeEvent(event)
        self.closed.emit()
