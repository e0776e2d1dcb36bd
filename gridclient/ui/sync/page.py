"""The sync page: the state in big plain words, what is only here, the last rounds, enrolment and the stick."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import pairwise
from typing import Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from gridclient.services.ports import Clock
from gridclient.services.rows import Box
from gridclient.services.sync_control import SyncState, SyncView
from gridclient.services.sync_port import RoundReport
from gridclient.ui.inline_note import InlineNote
from gridclient.ui.jobs import Jobs
from gridclient.ui.key_button import KeyButton
from gridclient.ui.scroll_area import ScrollArea
from gridclient.ui.sync.desk_sync import DeskSync
from gridclient.ui.sync.enrol_form import EnrolForm
from gridclient.ui.sync.line_form import LineForm
from gridclient.ui.sync.rounds import RoundsTable
from gridclient.ui.sync.sign import OfflineSwitch
from gridclient.ui.sync.state_card import StateCard
from gridclient.ui.sync.stick import StickPanel

_LEFT_PX: Final = 440
_SECOND_MS: Final = 1_000
_ROUNDS: Final = 500  # all that are kept
_NO_SWITCH: Final = frozenset({SyncState.ALONE, SyncState.STOPPED})
_ASKABLE: Final = frozenset(
    {SyncState.IDLE, SyncState.RETRYING, SyncState.STOPPED}
)  # the hub may have changed its mind


class SyncPage(QWidget):
    """Object name ``syncPage``.

    Signals:
        closed(): the operator is done here.
        changed(Changes): what came in with a file on a stick.
    """

    closed = Signal()
    changed = Signal(object)

    def __init__(self, *, sync: DeskSync, jobs: Jobs, clock: Clock, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("syncPage")
        self.setProperty("panel", "window")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._sync, self._jobs, self._clock = sync, jobs, clock
        self._last: RoundReport | None = None
        self._second = QTimer(self, interval=_SECOND_MS)
        control = sync.control
        self.switch = OfflineSwitch(parent=self)
        self.now = KeyButton(self.tr("立即同步"), key="F5", kind="primary", icon="refresh", parent=self)
        self.leave = KeyButton(self.tr("返回"), key="Esc", parent=self)
        self.card = StateCard(parent=self)
        self.told = InlineNote(parent=self)  # stays until the desk is closed
        self.enrol = EnrolForm(control=control, jobs=jobs, parent=self) if control is not None else None
        self.line = LineForm(control=control, jobs=jobs, parent=self) if control is not None else None
        self.stick = StickPanel(control=control, jobs=jobs, parent=self) if control is not None else None
        self.rounds = RoundsTable(parent=self)
        self.empty = QLabel(self.tr("还没有同步过。每次同步的时间、条数和结果会记在这里。"), self)
        self._arrange()
        self._connect()
        self._show(sync.view)

    def _arrange(self) -> None:
        title = QLabel(self.tr("同步"), self)
        title.setProperty("role", "title")
        head = _panel()
        line = QHBoxLayout(head)
        line.setContentsMargins(12, 7, 12, 7)
        line.setSpacing(12)
        line.addWidget(title)
        line.addStretch(1)
        for part in (self.switch, self.now, self.leave):
            line.addWidget(part)
        middle = QHBoxLayout()
        middle.setSpacing(1)
        left = self._left()
        middle.addWidget(left)
        middle.addWidget(self._right(), 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(1)
        whole.addWidget(head)
        whole.addLayout(middle, 1)
        stops = (part for part in left.findChildren(QWidget) if part.focusPolicy() is not Qt.FocusPolicy.NoFocus)
        for before, after in pairwise((self.switch, self.now, self.leave, *stops, self.rounds)):
            QWidget.setTabOrder(before, after)

    def _left(self) -> QWidget:
        inner = _panel()
        rows = QVBoxLayout(inner)
        rows.setContentsMargins(20, 18, 20, 16)
        rows.setSpacing(10)
        rows.addWidget(self.card)
        rows.addWidget(self.told)
        self._enrol_title = _heading(self.tr("注册到同步中心"))
        parts: tuple[QWidget | None, ...] = (self._enrol_title, self.enrol, self.line)
        if self.stick is not None:
            parts = (*parts, _heading(self.tr("用U盘交换")), self.stick)
        for part in parts:
            if part is not None:
                rows.addWidget(part)
        rows.addStretch(1)
        scroll = ScrollArea(self)
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFixedWidth(_LEFT_PX)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(inner)
        return scroll

    def _right(self) -> QWidget:
        right = _panel()
        rows = QVBoxLayout(right)
        rows.setContentsMargins(0, 10, 0, 0)
        rows.setSpacing(4)
        heading = _heading(self.tr("最近的同步"))
        heading.setContentsMargins(8, 0, 8, 0)
        self.empty.setProperty("role", "muted")
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        rows.addWidget(heading)
        rows.addWidget(self.empty, 1)
        rows.addWidget(self.rounds, 1)
        return right

    def _connect(self) -> None:
        sync = self._sync
        sync.view_changed.connect(self._show)
        self._second.timeout.connect(lambda: self.card.show_view(sync.view, self._clock.now()))
        self.switch.clicked.connect(sync.set_offline)
        self.now.clicked.connect(self._on_now)
        self.leave.clicked.connect(self.closed)
        self.card.confirmed.connect(sync.confirm)
        self.card.cases_wanted.connect(lambda: sync.open_box(Box.PENDING))
        self.card.conflicts_wanted.connect(lambda: sync.open_page("conflicts"))
        if self.enrol is not None:
            self.enrol.enrolled.connect(self.leave.setFocus)
            again = self.tr("已注册。单位、督导、县级的席位请关闭后再打开一次，按新的身份办理。")
            self.enrol.enrolled.connect(lambda: self.told.say(again))
        if self.stick is not None:
            self.stick.changed.connect(self.changed)
            self.stick.finished.connect(self._read_rounds)
            self.stick.conflicts_wanted.connect(lambda: sync.open_page("conflicts"))
        for key, does in (("F5", self._on_now), ("Esc", self.closed.emit)):
            shortcut = QShortcut(QKeySequence(key), self, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(does)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._second.start()
        self._show(self._sync.view)
        self._read_rounds()
        first = self.enrol.first_empty if self.enrol is not None and self.enrol.isVisible() else self.now
        self.setFocusProxy(first)
        first.setFocus()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._second.stop()

    def _on_now(self) -> None:
        if self.now.isEnabled():
            self._sync.now()
            self._read_rounds()

    def _show(self, view: SyncView) -> None:
        here = self._sync.control is not None
        self.card.show_view(view, self._clock.now())
        self.switch.setChecked(view.state is SyncState.OFFLINE)
        self.switch.setEnabled(here and not view.by_stick and view.state not in _NO_SWITCH)
        self.now.setEnabled(here and not view.by_stick and view.state in _ASKABLE)
        alone = view.state is SyncState.ALONE or view.by_stick or (view.state is SyncState.STOPPED and here)
        self._enrol_title.setVisible(alone and self.enrol is not None)
        if self.enrol is not None:
            self.enrol.setVisible(alone)
            self.enrol.suggest(view.hub_url)
        if self.line is not None:
            self.line.show_view(view)
        if self.stick is not None:
            self.stick.show_view(view)
        if view.last != self._last and self.isVisible():
            self._read_rounds()
        self._last = view.last

    def _read_rounds(self) -> None:
        control = self._sync.control
        if control is None:
            self._show_rounds([])
        else:
            self._jobs.read(self, partial(control.rounds, _ROUNDS), self._show_rounds, name="rounds")

    def _show_rounds(self, rounds: Sequence[RoundReport]) -> None:
        self.rounds.rounds.show_rounds(rounds, self._clock.now())
        self.rounds.setVisible(bool(rounds))
        self.empty.setVisible(not rounds)


def _panel() -> QWidget:
    made = QWidget()
    made.setProperty("panel", "true")
    made.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    return made


def _heading(words: str) -> QLabel:
    made = QLabel(words)
    made.setProperty("role", "header")
    return made
