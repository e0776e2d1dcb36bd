"""Synchronisation for the desk's window: brings the news of the synchronisation's thread to the GUI thread, and the
operator's wishes to the synchronisation. Without a hub it says that the desk works alone."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import shiboken6
from PySide6.QtCore import QObject, Qt, QTimer, Signal

from gridclient.services.ports import Clock
from gridclient.services.rows import Box, Changes, GridFigures
from gridclient.services.sync_control import SyncControl, SyncState, SyncView
from gridclient.ui.sync.lamp import SyncLamp
from gridclient.ui.sync.present import status_words

_SECOND_MS: Final = 1_000
_MINUTE_MS: Final = 30_000
_TOGETHER_MS: Final = 120
_WITHOUT_CABLE: Final = frozenset({SyncState.ALONE, SyncState.STOPPED, SyncState.BROKEN})


class DeskSync(QObject):
    """Attributes:
        lamp: the two lamps, for the top bar.

    Signals:
        view_changed(SyncView): another state, or another second of one that counts down.
        changed(Changes): what came in; several arrivals in a short time are told once.
        round_ended(): a round is over, or some of the files were sent.
        said(str): the state for the status line.
        switchable(bool): whether there is a line that can be switched off.
        page_wanted(str): a page is to be opened: ``sync`` or ``conflicts``.
        case_wanted(str): a case is to be shown on the desk.
        box_wanted(Box): a box is to be shown on the desk.
        acted(tuple[str]): the case of a choice on the conflict page that can still be undone on the desk.
    """

    view_changed = Signal(object)
    changed = Signal(object)
    round_ended = Signal()
    said = Signal(str)
    switchable = Signal(bool)
    page_wanted = Signal(str)
    case_wanted = Signal(str)
    box_wanted = Signal(object)
    acted = Signal(object)
    _heard = Signal()

    def __init__(self, *, control: SyncControl, clock: Clock, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._control, self._clock = control, clock
        self.view = control.view()
        self.wanted_case = ""
        self._lock = threading.Lock()
        self._newest: SyncView | None = None
        self._arrived = Changes()
        self._telling = False
        self._boxes: Mapping[Box, int] | None = None  # the store's counts
        self.lamp = SyncLamp()
        self.lamp.clicked.connect(lambda: self.page_wanted.emit("sync"))
        self._together = QTimer(self, singleShot=True, interval=_TOGETHER_MS)
        self._together.timeout.connect(self._tell_changes)
        self._tick = QTimer(self)
        self._tick.timeout.connect(self.show)
        self._heard.connect(self._on_heard, Qt.ConnectionType.QueuedConnection)
        self.show()
        control.listen(self._on_told)

    # -- what the operator wants ------------------------------------------------------------------------------------

    def now(self) -> None:
        """F5: asks for a round at once. Does nothing where the desk is offline or alone."""
        self._control.sync_now()

    def on_changed(self) -> None:
        """Something changed on the desk. Unless it has just come in, it was written here and has to be sent."""
        if not self._telling:
            self._control.committed()

    def set_offline(self, offline: bool) -> None:
        """Switches the line off or on."""
        self._control.set_offline(offline)

    def toggle_offline(self) -> None:
        """Switches the line, if there is one."""
        if self._is_switchable():
            self.set_offline(self.view.state is not SyncState.OFFLINE)

    def confirm(self) -> None:
        """The operator confirmed the question on the page."""
        self._control.confirm()

    def open_conflict(self, case_id: str) -> None:
        """Opens the conflict page on this case."""
        self.wanted_case = case_id
        self.page_wanted.emit("conflicts")

    # -- what is shown ----------------------------------------------------------------------------------------------

    def show_figures(self, figures: Mapping[str, GridFigures]) -> None:
        """Takes over the store's counts: conflicts, and pending cases if nothing synchronises."""
        whole = figures.get("")
        self._boxes = whole.boxes if whole is not None else {}
        view = self._counted(self.view)
        if view != self.view:
            self.view = view
            self.show()

    def _on_told(self, view: SyncView, changes: Changes) -> None:
        """Called on a thread of the synchronisation: keeps the newest view and wakes the GUI thread once."""
        with self._lock:
            ringing = self._newest is not None
            self._newest, self._arrived = view, self._arrived | changes
        if not ringing and shiboken6.isValid(self):
            self._heard.emit()

    def _on_heard(self) -> None:
        with self._lock:
            view, self._newest = self._newest, None
            arrived = self._arrived != Changes()
        if view is not None:
            before, self.view = self.view, self._counted(view)
            self.show()
            if (before.last, before.pending_files) != (view.last, view.pending_files):
                self.round_ended.emit()
        if arrived and not self._together.isActive():
            self._together.start()

    def _tell_changes(self) -> None:
        with self._lock:
            changes, self._arrived = self._arrived, Changes()
        self._telling = True
        try:
            self.changed.emit(changes)
        finally:
            self._telling = False

    def show(self) -> None:
        """Emits the present state."""
        now = self._clock.now()
        self.lamp.show_view(self.view, now)
        self.said.emit(status_words(self.view, now))
        self.switchable.emit(self._is_switchable())
        self.view_changed.emit(self.view)
        counts_down = self.view.state is SyncState.RETRYING and self.view.next_at is not None
        self._tick.start(_SECOND_MS if counts_down else _MINUTE_MS)

    def _counted(self, view: SyncView) -> SyncView:
        """The view with the desk's own counts, because a worker that was never started counts nothing."""
        if self._boxes is None:
            return view
        uncounted = view.state is SyncState.ALONE and not view.pending_events
        pending = self._boxes.get(Box.PENDING, 0) if uncounted else view.pending_cases
        counted = view.counted or uncounted
        return replace(view, pending_cases=pending, conflicts=self._boxes.get(Box.CONFLICT, 0), counted=counted)

    def _is_switchable(self) -> bool:
        return not self.view.by_stick and self.view.state not in _WITHOUT_CABLE
