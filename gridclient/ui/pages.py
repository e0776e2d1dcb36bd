"""What is opened from the desk and left again: the intake form beside the list, and the pages that cover the desk.

Each is made by the composition when it is first wanted, so that the first paint waits for none of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field
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
    """What the composition gives the window.

    ``pages`` make the pages (``help``, ``import``, ``settings``, ``sync``, ``conflicts``); a name that is missing is
    not offered. ``sync`` is the desk's synchronisation, ``None`` for a desk that is alone. ``intake`` makes the form.
    ``map_view`` is a map whose page is loading already; ``meanwhile`` lets it go on, in the midst of making the window.
    """

    pages: Mapping[str, Callable[[], QWidget]] = field(default_factory=dict)
    intake: Callable[[], IntakeForm] | None = None
    base_maps: BaseMaps | None = None
    sync: SyncControl | None = None
    map_view: MapView | None = None
    meanwhile: Callable[[], object] = lambda: None


class Pages(QObject):
    """The stack of the desk and what covers it.

    Signals:
        covered(bool): a page covers the desk, or the desk is back.
        changes(Changes): something was written on a page.
        progressed(str): how far an import is; empty when none runs.
        theme_chosen(str), base_map_chosen(str): from the settings.
        restore_wanted(Path, str): from the settings: open the desk again on this backup.
    """

    covered = Signal(bool)
    changes = Signal(object)
    progressed = Signal(str)
    theme_chosen = Signal(str)
    base_map_chosen = Signal(str)
    restore_wanted = Signal(object, str)

    def __init__(self, *, parts: PageParts, clock: Clock, parent: QObject) -> None:
        super().__init__(parent)
        self._makers = parts.pages
        self.sync = DeskSync(control=parts.sync, clock=clock, parent=self)
        self.sync.page_wanted.connect(self.show)
        self.stack = QStackedWidget()
        self._made: dict[str, QWidget] = {}

    def page(self, name: str) -> QWidget | None:
        """A page that was opened before."""
        return self._made.get(name)

    def show(self, name: str) -> None:
        """Covers the desk with a page, where there is such a page."""
        if name in self._makers:
            self.make(name)
            self.stack.setCurrentWidget(self._made[name])
            self._made[name].setFocus()
            self.covered.emit(True)

    def make(self, name: str) -> None:
        """Makes a page, once."""
        if name not in self._made:
            self._made[name] = self._makers[name]()
            self._hear(self._made[name])
            self.stack.addWidget(self._made[name])

    def back(self) -> None:
        """The desk again."""
        if self.stack.currentIndex():
            self.stack.setCurrentIndex(0)
            self.covered.emit(False)

    def focus(self, desk: QWidget) -> None:
        """The keyboard goes to the page that covers the desk, else to this part of it; back there, to that part."""
        desk.setFocus()
        if (page := self.stack.currentWidget()) is not None and self.stack.currentIndex():
            page.setFocus()

    def link_sync(
        self,
        state: DeskState,
        actions: DeskActions,
        batch: Batch,
        *,
        written: SignalInstance,
        mode: QLabel,
    ) -> None:
        """Connects the synchronisation with the desk.

        Args:
            written: tells of everything that changed.
            mode: shows the state in words.
        """
        sync = self.sync
        sync.case_wanted.connect(self.back)
        sync.case_wanted.connect(state.choose_case)
        sync.box_wanted.connect(self.back)
        sync.box_wanted.connect(state.show_box)
        sync.acted.connect(batch.remember)
        sync.said.connect(mode.setText)
        sync.switchable.connect(actions.allow_offline)
        actions.desk["refresh"].triggered.connect(sync.now)
        written.connect(sync.on_changed)
        sync.show()

    def open_box(self, chosen: Box) -> None:
        """The box 冲突 is there to be emptied: it opens the page where somebody chooses."""
        if chosen is Box.CONFLICT and self.sync.view.conflicts:
            self.show("conflicts")

    def _hear(self, page: QWidget) -> None:
        """Connects what the page has to say."""
        told: dict[str, Hears] = {
            "closed": self.back,
            "imported": self.changes,
            "changed": self.changes,
            "progressed": self.progressed,
            "theme_chosen": self.theme_chosen,
            "base_map_chosen": self.base_map_chosen,
            "restore_wanted": self.restore_wanted,
        }
        for name, hears in told.items():
            signal = getattr(page, name, None)
            if isinstance(signal, SignalInstance):
                signal.connect(hears)


class IntakeSide(QObject):
    """F3: the intake form, at the right end of the desk, takes the place of the case's panel until it is left. A point
    that is picked on the map is for the one of the two that is seen.

    Signals:
        registered(str, Changes): a new case.
        open_wanted(str): the operator wants to see a likely duplicate.
        left(): the panel is back.
    """

    registered = Signal(str, object)
    open_wanted = Signal(str)
    left = Signal()

    def __init__(
        self,
        *,
        make: Callable[[], IntakeForm] | None,
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
        """The form instead of the case."""
        self.make()
        if self.form is not None:
            self._detail.hide()
            self.form.show()

    def make(self, *, hidden: bool = False) -> None:
        """Makes the form, once."""
        if self.form is None and self._make is not None:
            self.form = self._make()
            self._hear(self.form)
            self._splitter.addWidget(self.form)
            self._splitter.setCollapsible(self._splitter.indexOf(self.form), False)
            self.form.setHidden(hidden)

    def close(self) -> None:
        """The case instead of the form; what was typed is kept."""
        if self.form is not None and self.form.isVisible():
            self._map.pick_point(wanted=False)
            self.form.hide()
            self._detail.show()
            self.left.emit()

    def refresh(self, changes: Changes) -> None:
        """Lists that were imported meanwhile."""
        if self.form is not None:
            self.form.refresh(changes)

    def _hear(self, form: IntakeForm) -> None:
        form.closed.connect(self.close)
        form.registered.connect(self.registered)
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
