"""The desk's one window: puts the panels side by side and carries what one says to the others.

What is shown is :class:`DeskState`'s; what was changed goes round once as ``Changes``; no panel knows another.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Final, TypeVar

from PySide6.QtCore import QByteArray, QEvent, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QMainWindow, QSplitter, QVBoxLayout, QWidget

from gridclient.domain.roles import Action
from gridclient.services.desk import Desk
from gridclient.services.map_port import BaseMaps
from gridclient.services.rows import Box, CaseFilter, CaseRow, Changes, GridFigures, GridRow
from gridclient.ui.actions import DeskActions
from gridclient.ui.banner import Banner
from gridclient.ui.batch import TOGETHER, Batch
from gridclient.ui.boxes.panel import TodayBoxes
from gridclient.ui.cases.filter_words import with_state
from gridclient.ui.cases.page import CaseList
from gridclient.ui.command.bar import CommandBar
from gridclient.ui.command.offers import CommandWord, Kind, Offer, names_to_learn
from gridclient.ui.grids.tree import GridTree
from gridclient.ui.help_window import HelpWindow
from gridclient.ui.icons import recolour
from gridclient.ui.initials import NameInitials
from gridclient.ui.jobs import Jobs
from gridclient.ui.map_pane import MapPane
from gridclient.ui.state import DeskState, Question
from gridclient.ui.status import StatusLine
from gridclient.ui.theme import DARK, LEFT_PX, LIGHT, RIGHT_PX, THEMES, apply_theme, tokens
from gridclient.ui.top_bar import TopBar
from gridclient.ui.window_memory import WindowMemory

T = TypeVar("T")
_MAP_AT_THE_LATEST_MS: Final = 600
_MAP_PX, _LIST_PX = 330, 370


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
        self._follow_theme(self.memory.part("theme", lambda: tokens().name))
        self.state = DeskState(self)
        self.actions_ = DeskActions(role=desk.actor.role, parent=self)
        self.batch = Batch(desk=desk, jobs=jobs, parent=self)
        self.initials = NameInitials(settings=desk.settings, jobs=jobs, parent=self)
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
        self.detail = QWidget()
        self.detail.setObjectName("caseDetail")
        self.detail.setProperty("panel", "true")
        self.status = StatusLine()
        self._arrange()
        self._connect()
        self._recall()

    # -- arranging --------------------------------------------------------------------------------------------------

    def _arrange(self) -> None:
        left = _column(self.boxes, self.tree)
        left.setProperty("panel", "true")
        self._upright = QSplitter(Qt.Orientation.Vertical)
        self._upright.addWidget(self.map)
        self._upright.addWidget(self.cases)
        self._upright.setSizes([_MAP_PX, _LIST_PX])
        self._across = QSplitter(Qt.Orientation.Horizontal)
        for part in (left, _column(self.banner, self._upright), self.detail):
            self._across.addWidget(part)
        for splitter, stretched in ((self._upright, 1), (self._across, 1)):
            splitter.setHandleWidth(1)
            splitter.setChildrenCollapsible(False)
            splitter.setStretchFactor(stretched, 1)
            splitter.splitterMoved.connect(self.memory.touch)
        left.setMinimumWidth(190)
        self.detail.setMinimumWidth(300)
        self.map.setMinimumHeight(120)
        self.cases.setMinimumHeight(150)
        self._across.setSizes([LEFT_PX, 1366 - LEFT_PX - RIGHT_PX, RIGHT_PX])
        self.setCentralWidget(_column(self.top, self._across, self.status))
        self.resize(1366, 768)
        order = (self.command, *self.boxes.buttons.values(), self.tree, self.cases.table, self.detail)
        for before, after in pairwise(order):
            QWidget.setTabOrder(before, after)

    def _connect(self) -> None:
        state, cases = self.state, self.cases
        state.question_changed.connect(self._on_question_changed)
        state.selection_changed.connect(self._on_selection_changed)
        self.boxes.box_chosen.connect(state.toggle_box)
        self.tree.grid_chosen.connect(state.choose_grid)
        self.map.grid_chosen.connect(state.choose_grid)
        self.map.case_chosen.connect(lambda case_id: state.select((case_id,)))
        self.map.unit_chosen.connect(lambda code: state.narrow(unit=code))
        self.map.box_selected.connect(lambda bounds: state.narrow(bounds=bounds))
        cases.cases_chosen.connect(state.select)
        cases.narrowed.connect(lambda parts: state.narrow(**parts))
        cases.ordered.connect(lambda key, descending: state.order_by(key, descending=descending))
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
        self._jobs.failed.connect(self.banner.tell_error)

    def _recall(self) -> None:
        """The desk as it was left."""
        part = self.memory.part
        self.state.restore(part("state", self.state.as_text))
        self.cases.table.restore_columns(part("columns", self.cases.table.columns_as_text))
        self.tree.restore(part("tree", self.tree.as_text))
        self.map.restore(part("map", self.map.as_text))
        self._across.restoreState(_bytes(part("across", lambda: _hex(self._across.saveState()))))
        self._upright.restoreState(_bytes(part("upright", lambda: _hex(self._upright.saveState()))))
        self.restoreGeometry(_bytes(part("geometry", lambda: _hex(self.saveGeometry()))))
        self.state.question_changed.connect(self.memory.touch)
        self.state.selection_changed.connect(self.memory.touch)

    # -- loading and refreshing -------------------------------------------------------------------------------------

    def load(self) -> None:
        """Asks for everything the window shows; the answers come when they are there."""
        self._on_question_changed(self.state.question)
        self.cases.show_selected(self.state.selected)
        reference = self._desk.reference
        self._read("name", lambda: (reference.setting("name"), reference.setting("township")), self._show_room)
        self.cases.load()
        self._load_lists()
        self._load_figures()
        self.boxes.refresh()

    def announce(self, changes: Changes) -> None:
        """Carries what a write touched to every panel, once."""
        if changes.kinds:
            self._load_lists()
        self.cases.refresh(changes)
        self.boxes.refresh()
        self._load_figures()
        self.map.refresh(changes)
        self.changed.emit(changes)

    def _load_lists(self) -> None:
        self._read("grids", self._desk.reference.grids, self._show_grids)
        self._read("units", self._desk.reference.units, self.command.set_units)

    def _load_figures(self) -> None:
        self._read("figures", self._desk.queries.figures, self._show_figures)
        self._read("total", lambda: self._desk.queries.total(CaseFilter()), self.status.show_total)

    def _read(self, name: str, task: Callable[[], T], show: Callable[[T], None]) -> None:
        self._jobs.read(self, task, show, name=name)

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
        self.command.set_commands([CommandWord(one.name, one.title, one.key) for one in known])
        self.initials.ask(names_to_learn(self.command.sources))
        self._show_area()

    def _show_figures(self, figures: Mapping[str, GridFigures]) -> None:
        self.tree.show_figures(figures)
        self.status.show_figures(figures)
        whole = figures.get("")
        self.top.lamp.show_pending(whole.boxes.get(Box.PENDING, 0) if whole is not None else 0)

    def _show_area(self) -> None:
        question = self.state.question
        self.cases.bar.show_filter(question.filter, question.sort, grid_name=self._area_name())

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
        self._read("selected", lambda: self._desk.queries.rows(case_ids), self._show_chosen_rows)

    def _show_chosen_rows(self, rows: Sequence[CaseRow]) -> None:
        self.actions_.allow_for(rows)
        self.map.show_case(rows[0] if rows else None)

    def _on_menu_wanted(self, place: QPoint) -> None:
        self.actions_.menu(self).popup(place)

    def _on_offer_taken(self, offer: Offer) -> None:
        taken: dict[Kind, Callable[[str], object]] = {
            Kind.COMMAND: self.actions_.trigger,
            Kind.CASE: lambda case_id: self.state.select((case_id,)),
            Kind.GRID: self.state.choose_grid,
            Kind.UNIT: lambda code: self.state.narrow(unit=code),
            Kind.BOX: lambda box: self.state.toggle_box(Box(box)),
            Kind.STATE: lambda name: self.state.narrow(**with_state(name)),
            Kind.SEARCH: lambda text: self.state.narrow(text=text),
        }
        taken[offer.kind](offer.value)

    def _on_case_wanted(self, action: Action) -> None:
        if len(self.state.selected) > 1 and action in TOGETHER:
            self.batch.act(action, self.state.selected)

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
            "theme": lambda: self._follow_theme(DARK.name if tokens() is LIGHT else LIGHT.name),
            "quit": self.close,
        }
        if name in wanted:
            wanted[name]()

    def _show_help(self) -> None:
        page = self._help_page
        read = page.read_text if page is not None else str
        self._read("help", read, lambda text: HelpWindow(keys=self.actions_.known(), page=text, parent=self).show())

    def _follow_theme(self, name: str) -> None:
        application = QApplication.instance()
        if isinstance(application, QApplication):
            apply_theme(application, THEMES.get(name, LIGHT))
        self.memory.touch()

    # -- life -------------------------------------------------------------------------------------------------------

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "map"):
            recolour(self)
            self.map.follow_theme()

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


def _column(*parts: QWidget) -> QWidget:
    """Widgets under each other without gaps; the last but one of three takes what is left."""
    column = QWidget()
    line = QVBoxLayout(column)
    line.setContentsMargins(0, 0, 0, 0)
    line.setSpacing(0)
    for part in parts:
        line.addWidget(part)
    line.setStretch(len(parts) - 1 if len(parts) == 2 else 1, 1)
    return column


def _hex(state: QByteArray) -> str:
    return bytes(state.toHex().data()).decode()


def _bytes(text: str) -> QByteArray:
    return QByteArray.fromHex(text.encode())
