"""The state in large plain words, the counts of what is only on this desk, and the question that has to be
confirmed."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QGridLayout, QProgressBar, QWidget

from gridclient.services.sync_control import SyncState, SyncView
from gridclient.ui.key_button import KeyButton
from gridclient.ui.laid_out import across, down, label, panel
from gridclient.ui.pace import Pace
from gridclient.ui.present import joined
from gridclient.ui.sync.present import headline, hub_words
from gridclient.ui.sync.question import question
from gridclient.ui.sync.refusal import RefusalNotice
from gridclient.ui.sync.round_words import stage_words
from gridclient.ui.sync.sign import Sign
from gridclient.ui.theme import base_font

_TITLE_PX: Final = 20
_LINE_PX: Final = 30
_ASIDE_LINE: Final = 4
_STEPS: Final = 1000


class RoundProgress(QWidget):
    """The progress of a round, and the time left."""

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._stage, self._pace = "", Pace()
        self.bar = QProgressBar(self)
        self.bar.setTextVisible(False)
        self.words = label(role="muted", parent=self)
        down(self.bar, self.words, on=self, edges=(0, 4, 0, 0), gap=4)
        self.hide()

    def show_view(self, view: SyncView) -> None:
        """Shows the progress of a stage; without a total the bar only moves."""
        if view.stage != self._stage:
            self._stage, self._pace = view.stage, Pace()
        known = view.all > 0
        self.bar.setRange(0, _STEPS if known else 0)
        if known:
            self.bar.setValue(_STEPS * min(view.done, view.all) // view.all)
        self.words.setText(joined((stage_words(view), self._pace.left(view.done, view.all))))
        self.show()

    def end(self) -> None:
        self._stage = ""
        self.hide()


class Confirmation(QWidget):
    """Says what happened, what is kept and what its button does."""

    def __init__(self, *, parent: QWidget) -> None:
        super().__init__(parent)
        panel(self, "notice").setProperty("kind", "warn")
        self.title = label(role="strong", wraps=True, parent=self)
        self.happened, self.kept, self.does = (label(wraps=True, parent=self) for _ in range(3))
        self.yes = KeyButton("", kind="primary", parent=self)
        self.yes.setObjectName("confirmSync")
        yes = (self.yes, Qt.AlignmentFlag.AlignLeft)
        down(self.title, self.happened, self.kept, self.does, yes, on=self, edges=(12, 10, 12, 10), gap=6)
        self.hide()

    def show_view(self, view: SyncView) -> None:
        asked = question(view)
        if asked is not None:
            self.title.setText(asked.title)
            self.happened.setText(self.tr("发生了什么：{words}").format(words=asked.happened))
            self.kept.setText(self.tr("保留什么：{words}").format(words=asked.kept))
            self.does.setText(asked.does)
            self.yes.setText(asked.button)
        self.setVisible(asked is not None)


class StateCard(QWidget):
    """The page handles its buttons: ``confirmation.yes``, ``refusal.aside`` and ``.cases``, ``show_cases``,
    ``show_aside`` and ``show_conflicts``."""

    def __init__(self, *, parent: QWidget) -> None:
        super().__init__(parent)
        self.sign = Sign(parent=self)
        self.title = label(wraps=True, parent=self)
        self.title.setFont(base_font(_TITLE_PX, weight=QFont.Weight.DemiBold))
        self.words = label(wraps=True, parent=self)
        self.hub = label(role="muted", wraps=True, parent=self)
        self.progress = RoundProgress(parent=self)
        self.confirmation = Confirmation(parent=self)
        figures = (label(role="strong", parent=self) for _ in range(5))
        self.events, self.cases, self.files, self.conflicts, self.aside = figures
        self.show_cases = KeyButton(self.tr("看这些案件"), parent=self)
        self.show_aside = KeyButton(self.tr("看这些案件"), parent=self)
        self.show_conflicts = KeyButton(self.tr("逐件选择"), parent=self)
        self.refusal = RefusalNotice(parent=self)
        self.show_cases.setObjectName("showPending")
        self.show_conflicts.setObjectName("showConflicts")
        self.show_aside.setObjectName("showAside")
        self._arrange()

    def show_view(self, view: SyncView, now: datetime) -> None:
        said = headline(view, now)
        self.sign.show_sign(said.icon, said.tone)
        self.title.setText(said.title)
        self.words.setText("\n".join(said.sentences))
        self.hub.setText(hub_words(view))
        self.hub.setVisible(bool(self.hub.text()))
        self.confirmation.show_view(view)
        self.refusal.show_view(view)
        if view.state is SyncState.RUNNING:
            self.progress.show_view(view)
        else:
            self.progress.end()
        uncounted = bool(view.pending_cases) and not view.pending_events  # as long as the desk is not registered
        self.events.setText("—" if uncounted else f"{view.pending_events:,}")
        self.cases.setText(f"{view.pending_cases:,}")
        self.files.setText("—" if uncounted and not view.pending_files else f"{view.pending_files:,}")
        self.conflicts.setText(f"{view.conflicts:,}")
        self.show_cases.setVisible(bool(view.pending_cases))
        self.show_conflicts.setVisible(bool(view.conflicts))
        self.aside.setText(f"{view.aside.cases:,}")
        self._show_line(_ASIDE_LINE, shown=bool(view.aside.cases))

    def _arrange(self) -> None:
        words = down(self.title, self.words, self.hub, gap=4)
        head = across((self.sign, Qt.AlignmentFlag.AlignTop), (words, 1), gap=12)
        self._grid = self._figures()
        down(head, self.progress, self.confirmation, self._grid, self.refusal, on=self)

    def _show_line(self, line: int, *, shown: bool) -> None:
        self._grid.setRowMinimumHeight(line, _LINE_PX if shown else 0)
        for column in range(3):
            item = self._grid.itemAtPosition(line, column)
            if item is not None and (widget := item.widget()) is not None:
                widget.setVisible(shown)

    def _figures(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(2)
        rows = (
            (self.tr("未上报的操作（条）"), self.events, None),
            (self.tr("涉及的案件（件）"), self.cases, self.show_cases),
            (self.tr("未上报的附件（个）"), self.files, None),
            (self.tr("待选择的冲突（件）"), self.conflicts, self.show_conflicts),
            (self.tr("已搁置的案件（件）"), self.aside, self.show_aside),
        )
        for line, (name, figure, button) in enumerate(rows):
            figure.setMinimumWidth(48)
            figure.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            grid.addWidget(label(name, "muted", parent=self), line, 0)
            grid.addWidget(figure, line, 1)
            grid.setRowMinimumHeight(line, _LINE_PX)
            if button is not None:
                grid.addWidget(button, line, 2)
        grid.setColumnStretch(3, 1)
        return grid
