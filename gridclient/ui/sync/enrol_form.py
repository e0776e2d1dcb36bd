"""Enrols the desk with a hub, by address and one-time code or by USB stick.

A desk that was enrolled by stick is offered both again, folded away: it may get a line, or other rights.
"""

from __future__ import annotations

from functools import partial
from typing import Final
from urllib.parse import urlsplit

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFormLayout, QLineEdit, QWidget

from gridclient.domain.errors import GridClientError
from gridclient.services.error_text import sentence_of
from gridclient.services.sync_control import SyncControl, SyncView
from gridclient.ui.inline_note import InlineNote
from gridclient.ui.jobs import Jobs
from gridclient.ui.key_button import KeyButton
from gridclient.ui.laid_out import down, label
from gridclient.ui.sync.stick_enrolment import StickEnrolment
from gridclient.ui.theme import fixed_font, restyle

_CODE_PX: Final = 13
_OF_THE_CODE: Final = frozenset(
    {
        "enrol.code_mistyped",
        "enrol.code_unknown",
        "enrol.code_used",
        "enrol.code_expired",
        "enrol.other_township",
        "enrol.registers_nothing",
        "enrol.too_many",
    }
)


class EnrolForm(QWidget):
    """Object name ``enrolForm``.

    Signals:
        enrolled(): the desk is enrolled now.
    """

    enrolled = Signal()

    def __init__(self, *, control: SyncControl, jobs: Jobs, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("enrolForm")
        self._control, self._jobs = control, jobs
        self._unfolded = False
        self.line_came = KeyButton(self.tr("接通网络了？改用网址…"), icon="synced", parent=self)
        self.typed = QWidget(self)
        self.url, self.code = QLineEdit(self.typed), QLineEdit(self.typed)
        self.url.setPlaceholderText("https://hub.example.gov.cn:8700")
        self.code.setPlaceholderText(self.tr("如 ABCD-EFGH-JKLM-NPQR"))
        self.code.setFont(fixed_font(_CODE_PX))
        self.note = InlineNote(parent=self.typed)
        self.button = KeyButton(self.tr("注册"), key="Enter", kind="primary", parent=self.typed)
        self.without = KeyButton("", icon="stick", parent=self)
        self.by_stick = StickEnrolment(control=control, jobs=jobs, parent=self)
        words = self.tr("向县级管理员要网址和一次性注册码（7 天内有效，只能用一次）。")
        form = QFormLayout()
        form.setContentsMargins(0, 0, 0, 0)
        form.addRow(self.tr("网址"), self.url)
        form.addRow(self.tr("注册码"), self.code)
        down(label(words, "muted", wraps=True, parent=self.typed), form, self.note, self.button, on=self.typed)
        line_came, without = ((part, Qt.AlignmentFlag.AlignLeft) for part in (self.line_came, self.without))
        down(line_came, self.typed, without, self.by_stick, on=self)
        self.line_came.hide()
        self.by_stick.hide()
        self.line_came.clicked.connect(self._on_line_came)
        self.without.clicked.connect(self._on_without)
        self.by_stick.enrolled.connect(self._on_enrolled_by_stick)
        self.button.clicked.connect(self._submit)
        for field in (self.url, self.code):
            field.returnPressed.connect(self._submit)
            field.textEdited.connect(partial(self._mark, field, wrong=False))

    def show_view(self, view: SyncView) -> None:
        """Shows what this desk can do. A desk that was turned away has the address and needs a code only."""
        if not self.url.text():
            self.url.setText(view.hub_url)
        folded = view.by_stick and not self._unfolded
        self.typed.setHidden(folded)
        self.line_came.setVisible(folded)
        again, first = self.tr("权限变了？用U盘重办…"), self.tr("没有网络？用U盘注册…")
        self.without.setText(again if view.by_stick else first)

    @property
    def first_empty(self) -> QLineEdit | None:
        """The first field to fill in; ``None`` if there is none."""
        if self.typed.isHidden():
            return None
        return self.code if self.url.text() else self.url

    def _on_line_came(self) -> None:
        self._unfolded = True
        self.line_came.hide()
        self.typed.show()
        self.url.setFocus()

    def _on_without(self) -> None:
        self.without.hide()
        self.by_stick.show()
        self.by_stick.ask.setFocus()

    def _on_enrolled_by_stick(self) -> None:
        self.by_stick.hide()
        self.without.show()
        self.enrolled.emit()

    def _submit(self) -> None:
        for field in (self.url, self.code):
            self._mark(field, wrong=False)
        url, code = self.url.text().strip().rstrip("/"), self.code.text().strip()
        if not self.button.isEnabled() or not self._is_filled(url, code):
            return
        self._ask(True)
        self.note.say(self.tr("正在注册…"))
        self._jobs.read(self, partial(self._control.enrol, url, code), self._on_enrolled, self._on_refused)

    def _is_filled(self, url: str, code: str) -> bool:
        if not url:
            self._complain(self.url, self.tr("请填写同步中心的网址。"))
            return False
        if not _is_address(url):
            self._complain(self.url, self.tr("网址应以 http:// 或 https:// 开头，如 https://192.168.1.20:8700。"))
            return False
        if not code:
            self._complain(self.code, self.tr("请填写一次性注册码。"))
            return False
        return True

    def _ask(self, asking: bool) -> None:
        """Locks the fields while the hub is asked, so that its answer fits what is in them."""
        self.button.setEnabled(not asking)
        for field in (self.url, self.code):
            field.setReadOnly(asking)

    def _on_enrolled(self, _none: object) -> None:
        self._ask(False)
        self._unfolded = False
        self.code.clear()  # a code works once
        self.note.clear()
        self.enrolled.emit()

    def _on_refused(self, error: GridClientError) -> None:
        self._ask(False)
        self._complain(self.code if error.code in _OF_THE_CODE else self.url, self._why(error))

    def _why(self, error: GridClientError) -> str:
        """The sentence of an error. A dead line is not tried again by itself here, so the sentence asks for the
        button."""
        if error.code in ("sync.unreachable", "sync.timeout"):
            return self.tr("连不上 {url}。请核对网址，检查网络，再按“注册”。").format(url=self.url.text().strip())
        return sentence_of(error)

    def _complain(self, field: QLineEdit, words: str) -> None:
        self._mark(field, wrong=True)
        field.setFocus()
        field.selectAll()
        self.note.say(words, "bad")

    def _mark(self, field: QLineEdit, *_typed: str, wrong: bool) -> None:
        restyle(field, invalid=wrong)
        if not wrong:
            self.note.clear()


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
