"""The pages that cover the desk, and the intake form beside the list.

Each of them is made by the composition when it is first opened, so that the first paint does not wait for it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, SignalInstance
from PySide6.QtWidgets import QLabel, QSplitter, QStackedWidget, QWidget

from gridclient.domain.frozen import frozen
from gridclient.mapview.view import MapView
from gridclient.services.map_port import BaseMaps
from gridclient.services.ports import Clock
from gridclient.services.rows import Box, Changes
from gridclient.services.sync_control import SyncControl
from gridclient.ui.actions import DeskActions
from gridclient.ui.batch import Batch
from gridclient.ui.case_pane import CasePane
from gridclient.ui.map_pane import MapPane
from gridclient.ui.state import DeskState
from gridclient.ui.sync.desk_sync import DeskSync

if TYPE_CHECKING:
    from gridclient.ui.intake.form import IntakeForm

Hears = Callable[..., object] | SignalInstance


@frozen
class PageParts:
    """What the composition gives to the window.

    ``pages`` maps names (``help``, ``import``, ``settings``, ``sync``, ``conflicts``) to functions that make the pages;
    a missing page is not offered. ``intake`` makes the intake form. ``map_view`` is a map whose page is
    loading already; ``meanwhile`` lets it go on while the window is made: its first canvas waits for this thread.
    """

    pages: Mapping[str, Callable[[], QWidget]]
    intake: Callable[[], IntakeForm]
    sync: SyncControl
    base_maps: BaseMaps | None = None
    map_view: MapView | None = None
    meanwhile: Callable[[], object] = lambda: None


class Pages(QObject):
    """The stack of the desk and the pages that cover it.

    Signals:
        covered(bool): whether a page covers the desk now.
        changes(Changes): something was written on a page.
        progressed(str): how far an import is; "" when none runs.
        theme_chosen(str), base_map_chosen(str): chosen in the settings.
        restore_wanted(Path, str): chosen in the settings: open the desk again on this backup.
        cases_wanted(CaseFilter): these cases are to be shown.
    """

    covered = Signal(bool)
    changes = Signal(object)
    progressed = Signal(str)
    theme_chosen = Signal(str)
    base_map_chosen = Signal(str)
    restore_wanted = Signal(object, str)
    cases_wanted = Signal(object)

    def __init__(self, *, parts: PageParts, clock: Clock, parent: QObject) -> None:
        super().__init__(parent)
        self._makers = parts.pages
        self.sync = DeskSync(control=parts.sync, clock=clock, parent=self)
        self.sync.page_wanted.connect(self.show)
        self.stack = QStackedWidget()
        self._made: dict[str, QWidget] = {}

    def page(self, name: str) -> QWidget | None:
        """A page, if it was opened before."""
        return self._made.get(name)

    def show(self, name: str) -> None:
        """Opens a page, if there is one of this name; ``name/part`` opens that part of it."""
        name, _, part = name.partition("/")
        if name in self._makers:
            self.make(name)
            page = self._made[name]
            self.stack.setCurrentWidget(page)
            if part and (opens := getattr(page, "open_part", None)):
                opens(part)
            page.setFocus()
            self.covered.emit(True)

    def make(self, name: str) -> None:
        """Makes a page, unless it was made before."""
        if name not in self._made:
            self._made[name] = self._makers[name]()
            self._hear(self._made[name])
            self.stack.addWidget(self._made[name])

    def back(self) -> None:
        """Shows the desk again."""
        if self.stack.currentIndex():
            self.stack.setCurrentIndex(0)
            self.covered.emit(False)

    def focus(self, desk: QWidget) -> None:
        """Gives the keyboard to the page that covers the desk; without one, to this part of the desk."""
        desk.setFocus()
        if (page := self.stack.currentWidget()) is not None and self.stack.currentIndex():
            page.setFocus()

    def link(
        self,
        state: DeskState,
        actions: DeskActions,
        batch: Batch,
        *,
        written: SignalInstance,
        mode: QLabel,
    ) -> None:
        """Connects the pages and the synchronisation with the desk.

        Args:
            written: emitted with everything that changed.
            mode: the label that shows the state in words.
        """
        self.cases_wanted.connect(self.back)
        self.cases_wanted.connect(state.show_cases)
        self.cases_wanted.connect(lambda _cases: actions.desk["pane_cases"].trigger())
        sync = self.sync
        sync.case_wanted.connect(self.back)
        sync.case_wanted.connect(state.choose_case)
        sync.box_wanted.connect(self.back)
        sync.box_wanted.connect(state.show_box)
        sync.acted.connect(batch.remember)
        sync.said.connect(mode.setText)
        sync.switchable.connect(actions.allow_offline)
        actions.desk["refresh"].triggered.connect(sync.now)
        actions.page_wanted.connect(self.show)
        written.connect(sync.on_changed)
        sync.show()

    def open_box(self, chosen: Box) -> None:
        """Opens the page of conflicts when the box 冲突 was chosen and holds any."""
        if chosen is Box.CONFLICT and self.sync.view.conflicts:
            self.show("conflicts")

    def _hear(self, page: QWidget) -> None:
        """Connects the signals of the page that it has."""
        told: dict[str, Hears] = {
            "closed": self.back,
            "imported": self.changes,
            "changed": self.changes,
            "progressed": self.progressed,
            "theme_chosen": self.theme_chosen,
            "base_map_chosen": self.base_map_chosen,
            "restore_wanted": self.restore_wanted,
            "cases_wanted": self.cases_wanted,
        }
        for name, hears in told.items():
            signal = getattr(page, name, None)
            if isinstance(signal, SignalInstance):
                signal.connect(hears)


class IntakeSide(QObject):
    """F3: shows the intake form in the place of the case's panel. A point that is picked on the map goes to the visible
    one.

    Signals:
        registered(str): a case was registered; what was written came before, among the news of the panel.
        open_wanted(str): a likely duplicate is to be shown.
        left(): the panel is back.
    """

    registered = Signal(str)
    open_wanted = Signal(str)
    left = Signal()

    def __init__(
        self,
        *,
        make: Callable[[], IntakeForm],
        map_pane: MapPane,
        detail: CasePane,
        into: QSplitter,
    ) -> None:
        super().__init__(detail)
        detail.news.pick_wanted.connect(map_pane.pick_point)
        map_pane.point_picked.connect(self._on_point_picked)
        map_pane.picking_cancelled.connect(self._on_picking_cancelled)
        self._make = make
        self._map, self._detail, self._splitter = map_pane, detail, into
        self.form: IntakeForm | None = None

    def open(self) -> None:
        """Shows the form in place of the case; the cursor goes into its description, also where the form stood open."""
        form = self.make()
        self._detail.hide()
        form.show()
        form.inputs.description.setFocus()

    def make(self, *, hidden: bool = False) -> IntakeForm:
        """The form; makes it, unless it was made before."""
        if self.form is None:
            self.form = self._make()
            self._hear(self.form)
            self._splitter.addWidget(self.form)
            self._splitter.setCollapsible(self._splitter.indexOf(self.form), False)
            self.form.setHidden(hidden)
        return self.form

    def close(self) -> None:
        """Shows the case in place of the form; what was typed is kept."""
        if self.form is not None and self.form.isVisible():
            self._map.pick_point(wanted=False)
            self.form.hide()
            self._detail.show()
            self.left.emit()

    def refresh(self, changes: Changes) -> None:
        """Refreshes the lists of the form after an import."""
        if self.form is not None:
            self.form.refresh(changes)

    def _hear(self, form: IntakeForm) -> None:
        form.closed.connect(self.close)
        news = self._detail.news
        form.registered.connect(lambda _case_id, changes: news.changes.emit(changes))
        form.registered.connect(lambda case_id, _changes: self.registered.emit(case_id))
        form.filed.connect(lambda case_id: news.done.emit((case_id,)))
        form.open_wanted.connect(self._on_open_wanted)
        form.pick_requested.connect(self._map.pick_point)

    def _on_point_picked(self, lon: float, lat: float) -> None:
        if self.form is not None and self.form.isVisible():
            self.form.set_point(lon, lat)
        else:
            self._detail.panel.take_point(lon, lat)

    def _on_picking_cancelled(self) -> None:
        if self.form is not None and self.form.isVisible():
            self.form.stop_picking()
        else:
            self._detail.panel.stop_picking()

    def _on_open_wanted(self, case_id: str) -> None:
        self.close()
        self.open_wanted.emit(case_id)
