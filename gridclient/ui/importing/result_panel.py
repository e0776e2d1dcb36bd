"""What came of an import: figures, the rows that did not go in with what to do, and the report to hand back."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QHeaderView, QLabel, QTableView, QVBoxLayout, QWidget

from gridclient.services.import_findings import ImportOutcome, RowFinding
from gridclient.services.import_order import BASE_MAP
from gridclient.ui.importing.present import summary_text
from gridclient.ui.importing.tables import TABLE_STYLE, FindingsModel
from gridclient.ui.key_button import KeyButton
from gridclient.ui.theme import HEADER_PX, ROW_PX, restyle

_WIDTHS = (98, 150, 130)


class ResultPanel(QWidget):
    """Signals:
    report_wanted(): the report is to be saved.
    next_wanted(): another file.
    """

    report_wanted = Signal()
    next_wanted = Signal()

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("panel", "true")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.headline = QLabel(self)
        self.headline.setProperty("role", "title")
        self.headline.setWordWrap(True)
        self.hint = QLabel(self)
        self.hint.setProperty("role", "muted")
        self.save = KeyButton(self.tr("保存报告…"), key="Ctrl+S", icon="save", parent=self)
        self.next = KeyButton(self.tr("换一个文件…"), parent=self)
        self.save.clicked.connect(self.report_wanted)
        self.next.clicked.connect(self.next_wanted)
        self.findings = FindingsModel(self)
        self.table = QTableView(self)
        self._dress_table()
        head = QVBoxLayout()
        head.setContentsMargins(8, 12, 8, 8)  # over the titles of the table
        head.setSpacing(6)
        head.addWidget(self.headline)
        head.addWidget(self.hint)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.save)
        buttons.addWidget(self.next)
        buttons.addStretch(1)
        head.addLayout(buttons)
        line = QVBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(0)
        line.addLayout(head)
        line.addWidget(self.table, 1)
        line.addStretch(0)

    def _dress_table(self) -> None:
        self.table.setObjectName("importFindings")
        self.table.setModel(self.findings)
        self.table.setStyleSheet(TABLE_STYLE)
        self.table.setAlternatingRowColors(True)
        self.table.setShowGrid(False)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setTabKeyNavigation(False)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(ROW_PX)
        header = self.table.horizontalHeader()
        header.setFixedHeight(HEADER_PX)
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for section, width in enumerate(_WIDTHS):
            self.table.setColumnWidth(section, width)
        header.setSectionResizeMode(len(_WIDTHS), QHeaderView.ResizeMode.Stretch)

    def way(self) -> tuple[QWidget, ...]:
        """The way of Tab."""
        return (self.save, self.next, self.table)

    def show_outcome(self, outcome: ImportOutcome) -> None:
        """The figures and every line."""
        self.headline.setText(summary_text(outcome))
        self.headline.setAccessibleName(self.headline.text())
        lines: list[RowFinding] = [*outcome.refused, *outcome.notices]
        self.findings.show_lines(lines, dry_run=outcome.dry_run)
        self.table.setVisible(bool(lines))
        self.hint.setText(self._hint(outcome))
        self.hint.setVisible(outcome.summary.kind != BASE_MAP)
        restyle(self.hint)

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
