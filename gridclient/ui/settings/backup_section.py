"""The section 备份与恢复: the list of backups, making one, restoring one, and the recovery key for another machine."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from gridclient.domain.errors import GridClientError
from gridclient.services.care import BackupKind, BackupRow, Care
from gridclient.ui.file_dialogs import ask_where_to_save, ask_which_to_open
from gridclient.ui.inline_note import InlineNote
from gridclient.ui.jobs import Jobs
from gridclient.ui.key_button import KeyButton
from gridclient.ui.laid_out import across, down, label, panel
from gridclient.ui.lines_table import Line, LinesTable
from gridclient.ui.present import size_words
from gridclient.ui.resting import Resting
from gridclient.ui.settings.section import Section
from gridclient.ui.theme import fixed_font

translate = QCoreApplication.translate
_KEY_PX = 14


class BackupSection(Section):
    """Signals:
    restore_wanted(Path, str): a backup is to take the store's place; the text is its recovery key, or empty when it
        is this desk's own. The desk closes, restores and opens again.
    """

    restore_wanted = Signal(object, str)

    def __init__(self, *, care: Care, jobs: Jobs) -> None:
        super().__init__(
            translate("BackupSection", "备份与恢复"),
            translate(
                "BackupSection",
                "有改动时每半小时自动备份一次并轮换：当天全留，两周内每天留一份，八周内每周留一份。备份是加密的。",
            ),
        )
        self._care, self._jobs = care, jobs
        self._damaged: frozenset[str] = frozenset()
        self.now = KeyButton(self.tr("立即备份"), kind="primary", icon="save", parent=self)
        self.to_file = KeyButton(self.tr("备份到文件…"), parent=self)
        self.from_file = KeyButton(self.tr("从文件恢复…"), parent=self)
        self._resting = Resting(self.now, self.to_file, self.from_file)
        self.table = LinesTable(
            (self.tr("时间"), self.tr("种类"), self.tr("大小"), self.tr("文件")), widths=(170, 80, 90), parent=self
        )
        self.restore = KeyButton(self.tr("恢复所选备份…"), parent=self)
        self.confirm = RestoreConfirmation(parent=self)
        self.show_key = KeyButton(self.tr("显示恢复码"), parent=self)
        self.key = label(wraps=True, parent=self)
        self.key.setFont(fixed_font(_KEY_PX))
        self.key.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.key.hide()

        self._arrange()
        self.now.clicked.connect(lambda: self._back_up(None))
        self.to_file.clicked.connect(self._on_to_file)
        self.restore.clicked.connect(lambda: self.confirm.ask(Path(self.table.key()), foreign=False))
        self.from_file.clicked.connect(self._on_from_file)
        self.show_key.clicked.connect(self._on_show_key)
        self.table.chosen.connect(lambda key: self.restore.setEnabled(bool(key) and key not in self._damaged))
        self.confirm.confirmed.connect(self._on_confirmed)
        self.confirm.no.clicked.connect(self._on_no)
        self.restore.setEnabled(False)

    def _arrange(self) -> None:
        self.add_row(self.now, self.to_file, self.from_file)
        self.line.addWidget(self.note)
        self.line.addWidget(self.table, 1)
        self.add_row(self.restore)
        self.line.addWidget(self.confirm)
        self.line.addSpacing(6)
        self.line.addWidget(label(self.tr("恢复码"), "header"))
        words = self.tr("换电脑或重装后恢复备份要用它。请抄在纸上，与电脑分开保管；谁有它谁就能打开备份。")
        self.line.addWidget(label(words, "muted", wraps=True))
        self.line.addWidget(self.key)
        self.add_row(self.show_key)

    def refresh(self) -> None:
        self._jobs.read(self, self._care.backups, self._show, self.note.say_error, name="backups")

    def hide_key(self) -> None:
        """Hides the recovery key."""
        self.key.clear()
        self.key.hide()
        self.show_key.setText(self.tr("显示恢复码"))

    def _show(self, rows: Sequence[BackupRow]) -> None:
        self._damaged = frozenset(str(row.path) for row in rows if row.kind is BackupKind.DAMAGED)
        empty = self.tr("还没有备份。有改动后半小时内自动备份，也可以现在点“立即备份”。")
        self.table.show_lines([_line(row) for row in rows], empty=empty)

    def _back_up(self, target: Path | None) -> None:
        self.note.say(self.tr("正在备份…"))
        task = partial(self._care.back_up, target)
        self._resting.while_read(self._jobs, self, task, self._on_backed_up, self.note.say_error)

    def _on_backed_up(self, path: Path) -> None:
        self.note.say(self.tr("已备份：{file}").format(file=path))
        self.refresh()

    def _on_to_file(self) -> None:
        target = ask_where_to_save(self, self.tr("备份到"), "desk.gridbackup", self.tr("备份 (*.gridbackup)"))
        if target is not None:
            self._back_up(target)

    def _on_from_file(self) -> None:
        kinds = self.tr("备份 (*.gridbackup);;所有文件 (*)")
        file = ask_which_to_open(self, self.tr("选择备份文件"), kinds)
        if file is not None:
            self.confirm.ask(file, foreign=True)

    def _on_no(self) -> None:
        self.table.setFocus()  # before the field that has the keyboard is hidden
        self.confirm.hide()

    def _on_confirmed(self, path: Path, key: str) -> None:
        """Checks the recovery key before the desk closes, so that a mistyped one is said here."""

        def restore(_checked: None = None) -> None:
            self.confirm.hide()
            self.restore_wanted.emit(path, key)

        if key:
            check = partial(self._care.check_recovery_key, key)
            self._jobs.read(self, check, restore, self.confirm.refuse, name="key")
        else:
            restore()

    def _on_show_key(self) -> None:
        if self.key.isVisible():
            self.hide_key()
        else:
            self._jobs.read(self, self._care.recovery_key, self._show_key, self.note.say_error)

    def _show_key(self, key: str) -> None:
        self.key.setText(key)
        self.key.show()
        self.show_key.setText(self.tr("隐藏恢复码"))


class RestoreConfirmation(QWidget):
    """Says what a restore does and asks for confirmation.

    Signals:
        confirmed(Path, str): restore this file with this recovery key.
    """

    confirmed = Signal(object, str)

    def __init__(self, *, parent: QWidget) -> None:
        super().__init__(parent)
        panel(self, "notice").setProperty("kind", "warn")
        self._path = Path()
        self.words = label(wraps=True, parent=self)
        self.key = QLineEdit(self)
        self.key.setPlaceholderText(self.tr("备份来自别的电脑时，输入它的恢复码；本机的备份留空"))
        self.note = InlineNote(parent=self)
        self.yes = KeyButton(self.tr("关闭席位并恢复"), kind="primary", parent=self)
        self.no = KeyButton(self.tr("不恢复"), parent=self)
        down(self.words, self.key, self.note, across(self.yes, self.no, 1), on=self, edges=(12, 10, 12, 10))
        self.yes.clicked.connect(lambda: self.confirmed.emit(self._path, self.key.text().strip()))
        self.key.returnPressed.connect(self.yes.click)
        self.hide()

    def ask(self, path: Path, *, foreign: bool) -> None:
        """Asks; a ``foreign`` backup, of another machine, may need a recovery key."""
        self._path = path
        self.words.setText(
            self.tr(
                "用 {file} 替换本机现在的数据。现在的数据会先另存一份，不会丢失；备份之后的登记和操作不在其中。"
                "席位会关闭，核对备份无误后替换，再重新打开。"
            ).format(file=path.name)
        )
        self.key.clear()
        self.key.setVisible(foreign)
        self.note.clear()
        self.show()
        (self.key if foreign else self.no).setFocus()

    def refuse(self, error: GridClientError) -> None:
        """Says what is wrong with the recovery key."""
        self.note.say_error(error)
        self.key.setFocus()


def _line(row: BackupRow) -> Line:
    kinds = {
        BackupKind.AUTOMATIC: translate("BackupSection", "自动"),
        BackupKind.BY_HAND: translate("BackupSection", "手动"),
        BackupKind.REPLACED: translate("BackupSection", "恢复前"),
        BackupKind.BEFORE_UPGRADE: translate("BackupSection", "升级前"),
        BackupKind.DAMAGED: translate("BackupSection", "已损坏"),
    }
    return Line(str(row.path), (f"{row.at:%Y-%m-%d %H:%M:%S}", kinds[row.kind], size_words(row.size), row.path.name))
