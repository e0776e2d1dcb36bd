"""The desk's one window: puts the panels side by side and carries what one says to the others.

What is shown is :class:`DeskState`'s; what was changed goes round once as ``Changes``; no panel knows another.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Final

from PySide6.QtCore import QEvent, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QShowEvent
from PySide6.QtWidgets import QMainWindow, QWidget

from gridclient.domain.roles import Action
from gridclient.services.desk import Desk
from gridclient.services.map_port import BaseMaps
from gridclient.services.rows import Box, CaseRow, Changes, GridFigures, GridRow
from gridclient.ui.actions import DeskActions, word_of
from gridclient.ui.arrangement import Arrangement
from gridclient.ui.banner import Banner
from gridclient.ui.batch import TOGETHER, Batch
from gridclient.ui.boxes.panel import TodayBoxes
from gridclient.ui.cases.page import CaseList
from gridclient.ui.casework.panel import CasePanel
from gridclient.ui.command.bar import CommandBar
from gridclient.ui.command.offers import CommandWord, Kind, Offer, names_to_learn
from gridclient.ui.desk_lists import DeskLists
from gridclient.ui.dispatch.panel import DispatchPanel
from gridclient.ui.grids.tree import GridTree
from gridclient.ui.help_window import HelpWindow
from gridclient.ui.icons import recolour
from gridclient.ui.initials import NameInitials
from gridclient.ui.jobs import Jobs
from gridclient.ui.map_pane import MapPane
from gridclient.ui.state import DeskState, Question
from gridclient.ui.status import StatusLine
from gridclient.ui.theme import show_theme, toggle_theme, tokens
from gridclient.ui.top_bar import TopBar
from gridclient.ui.window_memory import WindowMemory

_MAP_AT_THE_LATEST_MS: Final = 600


class MainWindow(QMainWindow):
    """Object name ``mainWindow``.

    Signals:
        changed(Changes): something was written; every panel refreshes itself.
    """

    changed = Signal(object)

    def __init__(
        self, *, desk: Desk, jobs: Jobs, help_page: Path | None = None, base_maps: BaseMaps | None = None
    ) -> None:
        super().__init__()
        self.setObjectName("mainWindow")
        self.setWindowTitle(self.tr("综合信息指挥室"))
        self._desk, self._jobs, self._help_page = desk, jobs, help_page
        self._names: dict[str, str] = {}
        self._loaded = False
        self.memory = WindowMemory(settings=desk.settings, jobs=jobs, parent=self)
        show_theme(self.memory.part("theme", lambda: tokens().name))
        self.state = DeskState(self)
        self.actions_ = DeskActions(role=desk.actor.role, parent=self)
        self.batch = Batch(desk=desk, jobs=jobs, parent=self)
        self.initials = NameInitials(settings=desk.settings, jobs=jobs, parent=self)
        self.lists = DeskLists(desk=desk, jobs=jobs, parent=self)
        self.command = CommandBar(queries=desk.queries, jobs=jobs)
        self.top = TopBar(
            command=self.command,
            register=self.actions_.desk["register"],
            bring_in=self.actions_.desk["import"],
            actor=desk.actor,
        )
        self.boxes = TodayBoxes(queries=desk.queries, jobs=jobs)
        self.tree = GridTree()
        self.map = MapPane(data=desk.map_data, base_maps=base_maps)
        self.banner = Banner()
        self.cases = CaseList(desk=desk, jobs=jobs)
        self.detail = CasePanel(
            desk=desk, jobs=jobs, dispatch=DispatchPanel(desk=desk, jobs=jobs), initials=self.initials
        )
        self.status = StatusLine()
        self._places = self._arrange()
        self._connect()
        self._recall()

    # -- putting together -------------------------------------------------------------------------------------------

    def _arrange(self) -> Arrangement:
        made = Arrangement(
            self,
            top=self.top,
            left=(self.boxes, self.tree),
            middle=(self.banner, self.map, self.cases),
            right=self.detail,
            bottom=self.status,
        )
        order = (self.command, *self.boxes.buttons.values(), self.tree, self.cases.table, self.detail)
        for before, after in pairwise(order):
            QWidget.setTabOrder(before, after)
        return made

    def _connect(self) -> None:
        state, cases = self.state, self.cases
        state.question_changed.connect(self._on_question_changed)
        state.selection_changed.connect(self._on_selection_changed)
        self.boxes.box_chosen.connect(state.toggle_box)
        self.tree.grid_chosen.connect(state.choose_grid)
        self.map.grid_chosen.connect(state.choose_grid)
        self.map.case_chosen.connect(state.choose_case)
        self.map.unit_chosen.connect(state.choose_unit)
        self.map.box_selected.connect(state.choose_bounds)
        cases.cases_chosen.connect(state.select)
        cases.narrowed.connect(state.narrow_by)
        cases.ordered.connect(state.order_by)
        cases.view_chosen.connect(state.show_view)
        cases.cleared.connect(state.clear)
        cases.menu_wanted.connect(self._on_menu_wanted)
        cases.columns_changed.connect(self.memory.touch)
        cases.first_shown.connect(lambda: QTimer.singleShot(0, self.map, self.map.make))
        self.tree.expanded.connect(self.memory.touch)
        self.tree.collapsed.connect(self.memory.touch)
        self.command.offer_taken.connect(self._on_offer_taken)
        self.command.left.connect(cases.table.setFocus)
        self.initials.learnt.connect(self.tree.learn_initials)
        self.initials.learnt.connect(self.command.learn_initials)
        self.batch.done.connect(self.announce)
        self.batch.told.connect(self.banner.tell)
        self.batch.undo_possible.connect(lambda possible: self.actions_.allow_undo(possible=possible))
        self.actions_.desk_wanted.connect(self._on_desk_wanted)
        self.actions_.case_wanted.connect(self._on_case_wanted)
        self.lists.room_read.connect(self._show_room)
        self.lists.grids_read.connect(self._show_grids)
        self.lists.units_read.connect(self.command.set_units)
        self.lists.figures_read.connect(self._show_figures)
        self.lists.total_read.connect(self.status.show_total)
        self.detail.changes.connect(self._on_detail_changes)
        self.detail.open_wanted.connect(state.choose_case)
        self._jobs.failed.connect(self.banner.tell_error)

    def _recall(self) -> None:
        """The desk as it was left."""
        part = self.memory.part
        self.state.restore(part("state", self.state.as_text))
        self.cases.table.restore_columns(part("columns", self.cases.table.columns_as_text))
        self.tree.restore(part("tree", self.tree.as_text))
        self.map.restore(part("map", self.map.as_text))
        self._places.remember_in(self.memory)
        self.state.question_changed.connect(self.memory.touch)
        self.state.selection_changed.connect(self.memory.touch)

    # -- loading and refreshing -------------------------------------------------------------------------------------

    def load(self) -> None:
        """Asks for everything the window shows; the answers come when they are there."""
        self._on_question_changed(self.state.question)
        self._on_selection_changed(self.state.selected)
        self.cases.load()
        self.lists.read_lists()
        self.lists.read_figures()
        self.boxes.refresh()

    def announce(self, changes: Changes) -> None:
        """Carries what a write touched to every panel, once."""
        if changes.kinds:
            self.lists.read_lists()
        self.lists.read_figures()
        self.boxes.refresh()
        for panel in (self.cases, self.map, self.detail):
            panel.refresh(changes)
        self.changed.emit(changes)

    def _show_room(self, kept: tuple[str, str]) -> None:
        name, township = kept
        self.top.show_room(name or self.tr("综合信息指挥室"))
        self.setWindowTitle(name or self.tr("综合信息指挥室"))
        self.command.set_township(township)

    def _show_grids(self, grids: Sequence[GridRow]) -> None:
        self._names = {row.code: row.name for row in grids}
        self.tree.show_grids(grids)
        self.tree.show_chosen(self.state.filter.grid)
        self.command.set_grids(grids)
        known = self.actions_.known()
        words = [CommandWord(one.name, one.title, one.key) for one in known if one.name != "command_bar"]
        self.command.set_commands(words)
        self.initials.ask(names_to_learn(self.command.sources))
        question = self.state.question
        self.cases.bar.show_filter(question.filter, question.sort, grid_name=self._area_name())

    def _show_figures(self, figures: Mapping[str, GridFigures]) -> None:
        self.tree.show_figures(figures)
        self.status.show_figures(figures)
        whole = figures.get("")
        self.top.lamp.show_pending(whole.boxes.get(Box.PENDING, 0) if whole is not None else 0)

    def _area_name(self) -> str:
        code = self.state.filter.grid
        return self._names.get(code, code) or self.tr("全部网格")

    # -- what the panels say ----------------------------------------------------------------------------------------

    def _on_question_changed(self, question: Question) -> None:
        self.boxes.show_chosen(question.filter.box)
        self.boxes.show_grid(question.filter.grid)
        self.tree.show_chosen(question.filter.grid)
        self.map.show_filter(question.filter)
        self.cases.show_question(question, grid_name=self._area_name())

    def _on_selection_changed(self, case_ids: tuple[str, ...]) -> None:
        self.cases.show_selected(case_ids)
        if len(case_ids) > 1:
            self.detail.show_batch(case_ids)
        else:
            self.detail.show_case(self.state.current)
        rows = self._desk.queries.rows
        self._jobs.read(self, lambda: rows(case_ids), self._show_chosen_rows, name="selected")

    def _show_chosen_rows(self, rows: Sequence[CaseRow]) -> None:
        self.actions_.allow_for(rows)
        self.map.show_case(rows[0] if rows else None)

    def _on_menu_wanted(self, place: QPoint) -> None:
        self.actions_.menu(self).popup(place)

    def _on_offer_taken(self, offer: Offer) -> None:
        taken: dict[Kind, Callable[[str], object]] = {
            Kind.COMMAND: self.actions_.trigger,
            Kind.CASE: self.state.choose_case,
            Kind.GRID: self.state.choose_grid,
            Kind.UNIT: self.state.choose_unit,
            Kind.BOX: lambda box: self.state.toggle_box(Box(box)),
            Kind.STATE: self.state.choose_state,
            Kind.SEARCH: self.state.search,
        }
        taken[offer.kind](offer.value)

    def _on_case_wanted(self, action: Action) -> None:
        several = len(self.state.selected) > 1
        if action is Action.DISPATCH:
            self.detail.focus_dispatch()
        elif several and action in TOGETHER:
            self.batch.act(action, self.state.selected)
        elif several:
            self.banner.tell(self.tr("{action}要逐件办理，请只选一件。").format(action=word_of(action)), "warn")
        else:
            self.detail.start_action(action)

    def _on_detail_changes(self, changes: Changes) -> None:
        self.batch.remember(changes)
        self.announce(changes)

    def _on_desk_wanted(self, name: str) -> None:
        wanted: dict[str, Callable[[], object]] = {
            "help": self._show_help,
            "refresh": self.load,
            "undo": self.batch.undo,
            "command_bar": lambda: self.command.setFocus(Qt.FocusReason.ShortcutFocusReason),
            "search": lambda: self.cases.bar.search.setFocus(Qt.FocusReason.ShortcutFocusReason),
            "clear": self.state.clear,
            "pane_grids": self.tree.setFocus,
            "pane_map": self.map.setFocus,
            "pane_cases": self.cases.table.setFocus,
            "pane_detail": self.detail.setFocus,
            "theme": toggle_theme,
            "quit": self.close,
        }
        if name in wanted:
            wanted[name]()

    def _show_help(self) -> None:
        read = self._help_page.read_text if self._help_page is not None else str
        keys = self.actions_.known()
        self._jobs.read(self, read, lambda page: HelpWindow(keys=keys, page=page, parent=self).show(), name="help")

    # -- life -------------------------------------------------------------------------------------------------------

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "map"):
            recolour(self)
            self.map.follow_theme()
            self.memory.touch()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._loaded:
            self._loaded = True
            QTimer.singleShot(0, self, self.load)
            QTimer.singleShot(_MAP_AT_THE_LATEST_MS, self.map, self.map.make)
            self.cases.table.setFocus()

    def closeEvent(self, event: QCloseEvent) -> None:
        self.memory.write()
        self.map.shutdown()
        super().closeEvent(event)
