"""The sync page: the state in plain words, what is only on this desk, the last rounds, enrolment, the USB stick."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from gridclient.services.ports import Clock
from gridclient.services.rows import Box, CaseFilter, Runs
from gridclient.services.sync_control import SyncControl, SyncState, SyncView
from gridclient.services.sync_port import RoundReport
from gridclient.ui.cover_page import CoverPage
from gridclient.ui.inline_note import InlineNote
from gridclient.ui.jobs import Jobs
from gridclient.ui.key_button import KeyButton
from gridclient.ui.laid_out import across, down, label, panel, tab_order
from gridclient.ui.resting import Resting
from gridclient.ui.scroll_area import ScrolledColumn
from gridclient.ui.sync.desk_sync import DeskSync
from gridclient.ui.sync.enrol_form import EnrolForm
from gridclient.ui.sync.line_form import LineForm
from gridclient.ui.sync.rounds import RoundsTable
from gridclient.ui.sync.sign import OfflineSwitch
from gridclient.ui.sync.state_card import StateCard
from gridclient.ui.sync.stick import StickPanel

_LEFT_PX: Final = (336, 440)
_SECOND_MS: Final = 1_000
_ROUNDS: Final = 500  # all rounds that the store keeps
_TO_ENROL: Final = frozenset({SyncState.ALONE, SyncState.STOPPED})
_NO_SWITCH: Final = _TO_ENROL | {SyncState.BROKEN}
_ASKABLE: Final = frozenset({SyncState.IDLE, SyncState.RETRYING, SyncState.STOPPED})  # the hub may change its mind


class SyncPage(CoverPage):
    """Object name ``syncPage``.

    Signals:
        changed(Changes): what came in with a file on a stick.
        cases_wanted(CaseFilter): these cases are to be shown on the desk.
    """

    changed = Signal(object)
    cases_wanted = Signal(object)

    def __init__(self, *, sync: DeskSync, control: SyncControl, jobs: Jobs, clock: Clock) -> None:
        super().__init__(name="syncPage")
        self._sync, self._control, self._jobs, self._clock = sync, control, jobs, clock
        self._last: RoundReport | None = None
        self._second = QTimer(self, interval=_SECOND_MS)
        self.switch = OfflineSwitch(parent=self)
        self.now = KeyButton(self.tr("立即同步"), key="F5", kind="primary", icon="refresh", parent=self)
        self._now_resting = Resting(self.now)
        self.card = StateCard(parent=self)
        self._aside_resting = Resting(self.card.refusal.aside)
        self.told = InlineNote(parent=self)  # shown until the desk is closed
        self.enrol = EnrolForm(control=control, jobs=jobs, parent=self)
        self.line = LineForm(control=control, jobs=jobs, parent=self)
        self.stick = StickPanel(control=control, jobs=jobs, parent=self)
        self.rounds = RoundsTable(parent=self)
        self.empty = label(self.tr("还没有同步过。每次同步的时间、条数和结果会记在这里。"), "muted", parent=self)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._arrange()
        self._connect()
        self._show(sync.view)

    def _arrange(self) -> None:
        left = self._left()
        right = panel(QWidget())
        heading = label(self.tr("最近的同步"), "header")
        heading.setContentsMargins(8, 0, 8, 0)
        down(heading, (self.empty, 1), (self.rounds, 1), on=right, edges=(0, 10, 0, 0), gap=4)
        self.frame(self.tr("同步"), (across((left, 3), (right, 5), gap=1), 1), head=(1, self.switch, self.now))
        stops = (part for part in left.findChildren(QWidget) if part.focusPolicy() is not Qt.FocusPolicy.NoFocus)
        tab_order(self.switch, self.now, self.leave, *stops, self.rounds)

    def _left(self) -> QWidget:
        self._enrol_title = label(self.tr("注册到同步中心"), "header")
        by_stick = label(self.tr("用U盘交换"), "header")
        parts = (self.card, self.told, self._enrol_title, self.enrol, self.line, by_stick, self.stick)
        inner = panel(QWidget())
        down(*parts, 1, on=inner, edges=(20, 18, 20, 16), gap=10)
        scroll = ScrolledColumn(inner, parent=self)
        scroll.setMinimumWidth(_LEFT_PX[0])
        scroll.setMaximumWidth(_LEFT_PX[1])
        seen = partial(scroll.ensureWidgetVisible, self.stick)
        self.stick.told.connect(lambda: QTimer.singleShot(0, scroll, seen))  # the note is laid out only then
        return scroll

    def _connect(self) -> None:
        sync = self._sync
        sync.view_changed.connect(self._show)
        self._second.timeout.connect(lambda: self.card.show_view(sync.view, self._clock.now()))
        self.switch.clicked.connect(sync.set_offline)
        self.now.clicked.connect(self._on_now)
        self.card.confirmation.yes.clicked.connect(sync.confirm)
        self.card.confirmation.yes.clicked.connect(self.leave.setFocus)
        self.card.show_cases.clicked.connect(lambda: sync.box_wanted.emit(Box.PENDING))
        for choose in (self.card.show_conflicts, self.stick.choose):
            choose.clicked.connect(lambda: sync.page_wanted.emit("conflicts"))
        self.card.refusal.aside.clicked.connect(self._on_aside)
        self.card.refusal.cases.clicked.connect(lambda: self._want_held(aside=False))
        self.card.show_aside.clicked.connect(lambda: self._want_held(aside=True))
        self.enrol.enrolled.connect(self.leave.setFocus)
        again = self.tr("已注册。单位、督导、县级的席位请关闭后再打开一次，按新的身份办理。")
        self.enrol.enrolled.connect(lambda: self.told.say(again))
        self.stick.changed.connect(self.changed)
        self.stick.finished.connect(self._read_rounds)
        self.on_key("F5", self._on_now)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._second.start()
        self._show(self._sync.view)
        self._read_rounds()
        self.first = self._wanted()
        self.first.setFocus()

    def _wanted(self) -> QWidget:
        """The widget that the operator probably wants to use."""
        if self.enrol.isVisible() and self.enrol.first_empty is not None:
            return self.enrol.first_empty
        if self._sync.view.by_stick:
            return self.stick.out
        return self.now if self.now.isEnabled() else self.leave

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._second.stop()

    def escape(self) -> None:
        """Esc leaves the fields of the address first."""
        here = self.focusWidget()
        if here is None or not self.line.isAncestorOf(here) or not self.line.fold():
            super().escape()

    def _on_now(self) -> None:
        if self.now.isEnabled():
            self._sync.now()
            self._read_rounds()

    def _on_aside(self) -> None:
        self._aside_resting.while_read(
            self._jobs, self, self._control.set_aside, self._on_set_aside, self.told.say_error
        )

    def _on_set_aside(self, _none: None) -> None:
        self.told.clear()
        self.leave.setFocus()

    def _want_held(self, *, aside: bool) -> None:
        """Shows the cases that the hub does not take: those that wait, or those that were set aside."""
        self._jobs.read(self, partial(self._control.held_cases, aside=aside), self._on_held, name="held")

    def _on_held(self, cases: Runs) -> None:
        if cases:  # without any the filter were that of all cases
            self.cases_wanted.emit(CaseFilter(held=cases))

    def _show(self, view: SyncView) -> None:
        self.card.show_view(view, self._clock.now())
        self.switch.setChecked(view.state is SyncState.OFFLINE)
        self.switch.setEnabled(not view.by_stick and view.state not in _NO_SWITCH)
        self._now_resting.rest(view.by_stick or view.state not in _ASKABLE)
        alone = view.by_stick or view.state in _TO_ENROL
        self._enrol_title.setVisible(view.state in _TO_ENROL)
        self.enrol.setVisible(alone)
        self.enrol.show_view(view)
        self.line.show_view(view)
        self.stick.show_view(view)
        if view.last != self._last and self.isVisible():
            self._read_rounds()
        self._last = view.last

    def _read_rounds(self) -> None:
        self._jobs.read(self, partial(self._control.rounds, _ROUNDS), self._show_rounds, name="rounds")

    def _show_rounds(self, rounds: Sequence[RoundReport]) -> None:
        self.rounds.rounds.show_rounds(rounds, self._clock.now())
        self.rounds.setVisible(bool(rounds))
        self.empty.setVisible(not rounds)
