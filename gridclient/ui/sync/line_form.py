"""The hub's address and the proxy. They can be changed without enrolling again; the form is folded away until it is
opened."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFormLayout, QLineEdit, QWidget

from gridclient.services.sync_control import SyncControl, SyncState, SyncView
from gridclient.ui.inline_note import InlineNote
from gridclient.ui.jobs import Jobs
from gridclient.ui.key_button import KeyButton
from gridclient.ui.laid_out import across, down
from gridclient.ui.resting import Resting


class LineForm(QWidget):
    """Object name ``lineForm``. Enter in a field saves that field, the button saves both."""

    def __init__(self, *, control: SyncControl, jobs: Jobs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("lineForm")
        self._control, self._jobs = control, jobs
        self._shown = ""  # the proxy that the field was set to last
        self.open = KeyButton(self.tr("网址和代理…"), parent=self)
        self.fields = QWidget(self)
        self._resting = Resting(self.fields)
        self.url, self.proxy = QLineEdit(self.fields), QLineEdit(self.fields)
        self.proxy.setPlaceholderText(self.tr("空着随系统；不用代理写 direct"))
        self.save = KeyButton(self.tr("保存"), parent=self.fields)
        self.note = InlineNote(parent=self)
        self._form = QFormLayout(self.fields)
        self._form.setContentsMargins(0, 0, 0, 0)
        self._form.addRow(self.tr("换成网址"), self.url)
        self._form.addRow(self.tr("代理"), self.proxy)
        self._form.addRow("", across(self.save, 1))
        down((self.open, Qt.AlignmentFlag.AlignLeft), self.fields, self.note, on=self)
        self.fields.hide()
        self.open.clicked.connect(self._on_open)
        self.url.returnPressed.connect(self._on_url)
        self.proxy.returnPressed.connect(self._on_proxy)
        self.save.clicked.connect(self._on_save)

    def show_view(self, view: SyncView) -> None:
        """A desk that is not enrolled has no address to change; one that works by stick has no line."""
        self.setVisible(not view.by_stick)
        self._form.setRowVisible(self.url, view.state is not SyncState.ALONE)
        self.url.setPlaceholderText(view.hub_url)
        if self.proxy.text().strip() == self._shown:  # nothing else is being typed
            self.proxy.setText(view.proxy)
            self._shown = view.proxy

    def fold(self) -> bool:
        """Folds the fields away, with what was typed and not saved; returns whether they were open."""
        if not self.fields.isVisible():
            return False
        self.url.clear()
        self.proxy.setText(self._shown)
        self.note.clear()
        self.fields.hide()
        self.open.show()
        self.open.setFocus()
        return True

    def _on_open(self) -> None:
        self.open.hide()
        self.fields.show()
        (self.proxy if self.url.isHidden() else self.url).setFocus()

    def _on_save(self) -> None:
        if self.proxy.text().strip() != self._shown:
            self._keep_proxy(then=self._on_url)  # the new address is checked through the new proxy
        elif self.url.text().strip():
            self._on_url()
        else:
            self.note.say(self.tr("没有改动。"))

    def _on_url(self) -> None:
        if url := self.url.text().strip():
            self._begin(partial(self._control.move, url), self.tr("正在核对…"), self._on_moved)

    def _on_proxy(self) -> None:
        if self.proxy.text().strip() != self._shown:
            self._keep_proxy()

    def _keep_proxy(self, then: Callable[[], None] = lambda: None) -> None:
        chosen = self.proxy.text().strip()
        done = partial(self._on_chosen, chosen, then)
        self._begin(partial(self._control.choose_proxy, chosen), self.tr("正在保存…"), done)

    def _begin(self, work: Callable[[], None], words: str, done: Callable[[None], None]) -> None:
        self.note.say(words)
        self._resting.while_read(self._jobs, self, work, done, self.note.say_error)

    def _on_moved(self, _none: None) -> None:
        self.url.clear()
        self.note.say(self.tr("已核对是原来的同步中心，改用这个网址。"))

    def _on_chosen(self, chosen: str, then: Callable[[], None], _none: None) -> None:
        self._shown = chosen  # the view replaces it by the text without a password
        self.show_view(self._control.view())
        self.note.say(self.tr("已记住代理。"))
        then()
