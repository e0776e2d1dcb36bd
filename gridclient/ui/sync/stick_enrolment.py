"""Enrolment without a line, in two steps: the desk's request goes out on a stick, the county's admission comes back."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from gridclient.services.sync_control import SyncControl
from gridclient.ui.file_dialogs import ask_where_to_save, ask_which_to_open
from gridclient.ui.inline_note import InlineNote
from gridclient.ui.jobs import Jobs
from gridclient.ui.key_button import KeyButton
from gridclient.ui.laid_out import across, down, label
from gridclient.ui.resting import Resting


class StickEnrolment(QWidget):
    """Object name ``stickEnrolment``.

    Signals:
        enrolled(): the desk is enrolled now.
    """

    enrolled = Signal()

    def __init__(self, *, control: SyncControl, jobs: Jobs, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("stickEnrolment")
        self._control, self._jobs = control, jobs
        self.ask = KeyButton(self.tr("① 写出申请…"), icon="stick", parent=self)
        self.take = KeyButton(self.tr("② 取回批复…"), icon="import", parent=self)
        self._resting = Resting(self.ask, self.take)
        self.note = InlineNote(parent=self)
        words = self.tr(
            "不用联网，分两步：把申请写到U盘，带到县里由管理员批准；再把批复取回来。此后只用U盘与同步中心交换。"
        )
        down(label(words, "muted", wraps=True, parent=self), across(self.ask, self.take, 1), self.note, on=self)
        self.ask.clicked.connect(self._on_ask)
        self.take.clicked.connect(self._on_take)

    def write_to(self, file: Path) -> None:
        """Writes the request."""
        self._begin(partial(self._control.ask_by_file, file), partial(self._on_asked, file))

    def take_from(self, file: Path) -> None:
        """Takes the admission."""
        self._begin(partial(self._control.take_admission, file), self._on_taken)

    def _on_ask(self) -> None:
        kinds = self.tr("注册申请 (*.gridrequest)")
        target = ask_where_to_save(self, self.tr("写出注册申请"), "desk.gridrequest", kinds)
        if target is not None:
            self.write_to(target)

    def _on_take(self) -> None:
        file = ask_which_to_open(self, self.tr("取回批复"), self.tr("批复 (*.gridadmission);;所有文件 (*)"))
        if file is not None:
            self.take_from(file)

    def _begin(self, task: Callable[[], Any], done: Callable[[Any], None]) -> None:
        self.note.clear()
        self._resting.while_read(self._jobs, self, task, done, self.note.say_error)

    def _on_asked(self, file: Path, digits: str) -> None:
        words = self.tr("已写到 {file}，核对码 {digits}。请带到县里；管理员批准时会看到同样的核对码。")
        self.note.say(words.format(file=file, digits=digits))

    def _on_taken(self, _none: object) -> None:
        self.enrolled.emit()
