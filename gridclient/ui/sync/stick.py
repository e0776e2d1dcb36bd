"""Exporting to and importing from a file on a USB stick: for a township without a line, and between two desks."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from gridclient.domain.errors import Cancelled, GridClientError
from gridclient.services.rows import Changes
from gridclient.services.sync_control import BundleReport, SyncControl, SyncView
from gridclient.ui.file_dialogs import ask_where_to_save, ask_which_to_open
from gridclient.ui.inline_note import InlineNote
from gridclient.ui.jobs import Jobs
from gridclient.ui.key_button import KeyButton
from gridclient.ui.laid_out import across, down, label
from gridclient.ui.resting import Resting
from gridclient.ui.sync.round_words import bundle_words
from gridclient.ui.sync.state_card import RoundProgress

_STAGES = ("export", "import")


class StickPanel(QWidget):
    """Object name ``stickPanel``.

    Signals:
        changed(Changes): what came in with a file.
        finished(): a file was written or read.
        told(): the note says how that ended.
    """

    changed = Signal(object)
    finished = Signal()
    told = Signal()

    def __init__(self, *, control: SyncControl, jobs: Jobs, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("stickPanel")
        self._control, self._jobs = control, jobs
        self._running = self._stopping = False
        self.out = KeyButton(self.tr("导出到U盘…"), icon="stick", parent=self)
        self.into = KeyButton(self.tr("从U盘导入…"), icon="import", parent=self)
        self.stop = KeyButton(self.tr("取消"), parent=self)
        self._resting = Resting(self.out, self.into, passing=self.stop)
        self.progress = RoundProgress(parent=self)
        self.note = InlineNote(parent=self)
        self.choose = KeyButton(self.tr("逐件选择"), parent=self)
        words = self.tr(
            "文件已加密、签名：注册时领到本镇街数据密钥的席位才打得开，别人捡到U盘也读不了。"
            "可以反复导出到同一个文件，只补写新的；导入几次、先后都一样。"
        )
        down(
            label(words, "muted", wraps=True, parent=self),
            across(self.out, self.into, 1),
            across((self.progress, 1), self.stop, gap=6),
            self.note,
            self.choose,
            on=self,
        )
        self.stop.hide()
        self.choose.hide()
        self.out.clicked.connect(self._on_out)
        self.into.clicked.connect(self._on_into)
        self.stop.clicked.connect(self._on_stop)

    @property
    def running(self) -> bool:
        return self._running

    def show_view(self, view: SyncView) -> None:
        """How far a file is, where the synchronisation tells."""
        if self._running and view.stage in _STAGES and not self._stopping:
            self.progress.show_view(view)

    def export_to(self, file: Path) -> None:
        """Adds what the hub has not to this file."""
        self._begin(partial(self._control.export_bundle, file), out=True)

    def import_from(self, file: Path) -> None:
        """Takes this file in."""
        self._begin(partial(self._control.import_bundle, file), out=False)

    def _on_out(self) -> None:
        title, kinds = self.tr("导出到U盘：选已有的文件只补写新的"), self.tr("同步文件 (*.gridbundle)")
        target = ask_where_to_save(self, title, "desk.gridbundle", kinds, replaces=False)
        if target is not None:
            self.export_to(target)

    def _on_into(self) -> None:
        file = ask_which_to_open(self, self.tr("从U盘导入"), self.tr("同步文件 (*.gridbundle);;所有文件 (*)"))
        if file is not None:
            self.import_from(file)

    def _begin(self, task: Callable[[], BundleReport], *, out: bool) -> None:
        if self._running:
            return
        self.choose.hide()  # before Qt gives the keyboard to it
        self._show_running(True)
        self.note.clear()
        self.progress.show_view(SyncView(self._control.view().state, stage="export" if out else "import"))
        self._jobs.read(self, task, partial(self._on_done, out=out), self._on_failed)

    def _on_stop(self) -> None:
        self._stopping = True
        self.progress.words.setText(self.tr("正在取消…"))
        self._control.stop_bundle()

    def _on_done(self, report: BundleReport, *, out: bool) -> None:
        self._show_running(False)
        self.note.say(bundle_words(report, out=out))
        self.finished.emit()
        self.choose.setVisible(bool(report.conflicts))
        self.told.emit()
        if report.changes != Changes():
            self.changed.emit(report.changes)

    def _on_failed(self, error: GridClientError) -> None:
        self._show_running(False)
        if isinstance(error, Cancelled):
            self.note.say(self.tr("已取消；文件和本机的数据都没有损坏，再做一次会接着来。"))
        else:
            self.note.say_error(error)
        self.told.emit()

    def _show_running(self, running: bool) -> None:
        self._running, self._stopping = running, False
        self._resting.rest(running)
        self.stop.setVisible(running)
        if not running:
            self.progress.end()
