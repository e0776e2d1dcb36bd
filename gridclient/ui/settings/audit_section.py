"""The section 操作记录: the audit log as a list that can be filtered and saved as a workbook."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QLineEdit

from gridclient.services.care import AuditRow, Care
from gridclient.services.words import AUDITED
from gridclient.ui.file_dialogs import ask_where_to_save
from gridclient.ui.jobs import Jobs
from gridclient.ui.key_button import KeyButton
from gridclient.ui.laid_out import label
from gridclient.ui.lines_table import Line, LinesTable
from gridclient.ui.settings.section import Section

translate = QCoreApplication.translate


class AuditSection(Section):
    """What was done with data about people and with the desk. What was done with cases is in their timelines."""

    def __init__(self, *, care: Care, jobs: Jobs) -> None:
        super().__init__(
            translate("AuditSection", "操作记录"),
            translate(
                "AuditSection",
                "谁在什么时候查看了反映人信息、导入了文件、改了清单；只能增加，不能修改。"
                "审计员和值班长看全部，其他账号看自己的。案件怎样办的，看案件的时间线。",
            ),
        )
        self._care, self._jobs = care, jobs
        self._rows: tuple[AuditRow, ...] = ()
        self.filter = QLineEdit(self)
        self.filter.setPlaceholderText(self.tr("按日期、账号、操作或对象筛选，空格隔开"))
        self.filter.setAccessibleName(self.filter.placeholderText())
        self.filter.setClearButtonEnabled(True)
        self.filter.setFixedWidth(320)
        self.count = label(role="muted", parent=self)
        titles = (self.tr("时间"), self.tr("账号"), self.tr("操作"), self.tr("对象"))
        self.table = LinesTable(titles, widths=(160, 110, 180), parent=self)
        self.save = KeyButton(self.tr("导出表格…"), icon="save", parent=self)
        self.add_row(self.filter, self.count)
        self.line.addWidget(self.table, 1)
        self.line.addWidget(self.note)
        self.add_row(self.save)
        self.filter.textChanged.connect(self._show)
        self.save.clicked.connect(self._on_save)

    @property
    def shown(self) -> tuple[AuditRow, ...]:
        """The lines that hold every word of the filter."""
        words = self.filter.text().lower().split()
        return tuple(row for row in self._rows if all(word in " ".join(_texts(row)).lower() for word in words))

    def refresh(self) -> None:
        self._jobs.read(self, self._care.audit_lines, self._on_rows, self.note.say_error, name="audit")

    def _on_rows(self, rows: Sequence[AuditRow]) -> None:
        self._rows = tuple(rows)
        self._show()

    def _show(self) -> None:
        shown = self.shown
        empty = self.tr("没有符合筛选的记录。") if self._rows else self.tr("还没有记录。")
        self.table.show_lines([Line(str(row.no), _texts(row)) for row in shown], empty=empty)
        self.count.setText(self.tr("{count} 条").format(count=f"{len(shown):,}"))
        self.save.setEnabled(bool(shown))

    def _on_save(self) -> None:
        proposed, kinds = self.tr("操作记录.xlsx"), self.tr("工作簿 (*.xlsx)")
        target = ask_where_to_save(self, self.tr("导出操作记录"), proposed, kinds)
        if target is not None:
            task = partial(self._care.save_audit, target, self.shown)
            self._jobs.write(self, task, lambda _none: self._on_saved(target), self.note.say_error)

    def _on_saved(self, target: Path) -> None:
        self.note.say(self.tr("已导出：{file}").format(file=target))
        self.refresh()


def _texts(row: AuditRow) -> tuple[str, ...]:
    return (f"{row.at:%Y-%m-%d %H:%M:%S}", row.actor, AUDITED.get(row.what, row.what), row.subject)
