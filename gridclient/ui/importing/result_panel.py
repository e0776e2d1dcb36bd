"""The result of an import: figures, the rows that were refused with what to do about them, and the report to save."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from gridclient.services.error_text import sentence
from gridclient.services.import_findings import ImportOutcome, RefusedRow, RowFinding
from gridclient.services.import_order import BASE_MAP
from gridclient.ui.importing.present import place_text, summary_text, where_text
from gridclient.ui.key_button import KeyButton
from gridclient.ui.laid_out import across, down, label, panel
from gridclient.ui.lines_table import Line, LinesModel, LinesTable

_WIDTHS = (98, 150, 130)


class FindingsModel(LinesModel):
    """Refused rows, then remarks on other rows: place, column, sentence."""

    def __init__(self) -> None:
        super().__init__()
        self.titles = (self.tr("结果"), self.tr("位置"), self.tr("列"), self.tr("问题与改法"))
        self._bad = ""

    def show_findings(self, findings: Sequence[RowFinding], *, dry_run: bool) -> None:
        self._bad = self.tr("▲ 不能导入") if dry_run else self.tr("▲ 未导入")
        self.show_lines(findings)

    def line(self, value: RowFinding) -> Line:
        refused, said = isinstance(value, RefusedRow), sentence(value.code, **value.params)
        texts = (self._bad if refused else self.tr("提示"), place_text(value), value.column, said)
        return Line("", texts, said, (0, "bad_text" if refused else "muted"))


class ResultPanel(QWidget):
    """The button ``cases`` leads to the cases that came in, ``save`` is for the report, ``next`` for another file."""

    def __init__(self, *, parent: QWidget) -> None:
        super().__init__(parent)
        panel(self)
        self.headline = label(role="title", wraps=True, parent=self)
        self.hint = label(role="muted", wraps=True, parent=self)
        self.cases = KeyButton("", kind="primary", parent=self)
        self.save = KeyButton(self.tr("保存报告…"), key="Ctrl+S", icon="save", parent=self)
        self.next = KeyButton(self.tr("换一个文件…"), parent=self)
        self.findings = FindingsModel()
        self.table = LinesTable(model=self.findings, widths=_WIDTHS, parent=self)
        self.table.setObjectName("importFindings")
        buttons = across(self.cases, self.save, self.next, 1)
        head = down(self.headline, self.hint, buttons, edges=(8, 12, 8, 8), gap=6)  # over the titles of the table
        down(head, (self.table, 1), 0, on=self, gap=0)

    def way(self) -> tuple[QWidget, ...]:
        """The widgets in the order of Tab."""
        return (self.cases, self.save, self.next, self.table)

    def show_outcome(self, outcome: ImportOutcome) -> None:
        """Shows the figures and all findings."""
        self.headline.setText(summary_text(outcome))
        self.headline.setAccessibleName(self.headline.text())
        self.cases.setText(self.tr("看这 {count} 件").format(count=f"{outcome.summary.imported:,}"))
        self.cases.setVisible(bool(outcome.cases))
        lines: list[RowFinding] = [*outcome.refused, *outcome.notices]
        self.findings.show_findings(lines, dry_run=outcome.dry_run)
        self.table.setVisible(bool(lines))
        is_base_map = outcome.summary.kind == BASE_MAP
        self.hint.setText("" if is_base_map else self._hint(outcome) + where_text(outcome))
        self.hint.setVisible(not is_base_map)

    def _hint(self, outcome: ImportOutcome) -> str:
        if outcome.refused and outcome.dry_run:
            some = self.tr("下面每一行都说明了在哪里、怎么改；可以改好文件再导入，也可以现在导入其余的行。")
            return (
                some if outcome.summary.imported else self.tr("下面每一行都说明了在哪里、怎么改；现在没有能导入的行。")
            )
        if outcome.refused:
            return self.tr("下面每一行都说明了在哪里、怎么改；改好后再导入同一文件，已经导入的不会重复。")
        if outcome.notices:
            return self.tr("全部行都没有问题，下面是值得看一眼的提示。")
        if not outcome.summary.rows:
            return self.tr("文件里只有表头，没有数据。")
        if outcome.summary.unchanged == outcome.summary.rows:
            return self.tr("文件里的内容都已经在本机了，不会重复导入。")
        return self.tr("没有需要处理的行。")
