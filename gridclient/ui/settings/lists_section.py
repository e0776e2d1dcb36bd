"""The section 立案标准清单: which lists of filing conditions are offered when a case is filed."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, Signal

from gridclient.services.care import Care
from gridclient.services.rows import Changes, StandardListRow
from gridclient.ui.jobs import Jobs
from gridclient.ui.key_button import KeyButton
from gridclient.ui.lines_table import Line, LinesTable
from gridclient.ui.settings.section import Section

translate = QCoreApplication.translate
_UNNAMED = "@"  # no list can have this name


class ListsSection(Section):
    """Signals:
    changed(Changes): other conditions are offered from now on.
    """

    changed = Signal(object)

    def __init__(self, *, care: Care, jobs: Jobs) -> None:
        super().__init__(
            translate("ListsSection", "立案标准清单"),
            translate(
                "ListsSection",
                "立案时从启用的清单里选立案条件。停用的清单不再列出，已按它立案的案件和时限不变。在“导入”页导入新清单。",
            ),
        )
        self._care, self._jobs = care, jobs
        self._rows: dict[str, StandardListRow] = {}
        self.table = LinesTable((self.tr("名称"), self.tr("立案条件"), self.tr("状态")), widths=(320, 100), parent=self)
        self.turn = KeyButton(self.tr("停用"), parent=self)
        self.line.addWidget(self.table, 1)
        self.line.addWidget(self.note)
        self.add_row(self.turn)
        self.turn.clicked.connect(self._on_turn)
        self.table.chosen.connect(self._on_chosen)
        self._on_chosen("")

    def refresh(self) -> None:
        self._jobs.read(self, self._care.standard_lists, self._show, self.note.say_error, name="lists")

    def _show(self, rows: Sequence[StandardListRow]) -> None:
        chosen = self.table.key()
        self._rows = {row.name or _UNNAMED: row for row in rows}
        self.table.show_lines([self._line(key, row) for key, row in self._rows.items()])
        self.table.choose(chosen)

    def _line(self, key: str, row: StandardListRow) -> Line:
        state = self.tr("启用") if row.in_force else self.tr("停用")
        return Line(key, (row.name or self.tr("原有清单（未命名）"), f"{row.standards:,}", state))

    def _on_chosen(self, key: str) -> None:
        row = self._rows.get(key)
        self.turn.setEnabled(row is not None)
        self.turn.setText(self.tr("停用") if row is None or row.in_force else self.tr("启用"))

    def _on_turn(self) -> None:
        row = self._rows.get(self.table.key())
        if row is not None:
            self.table.setFocus()  # before the button that has the keyboard is disabled
            name, in_force = row.name, not row.in_force
            self._jobs.write(
                self, lambda: self._care.use_list(name, in_force=in_force), self._on_turned, self.note.say_error
            )

    def _on_turned(self, _none: object) -> None:
        self.refresh()
        self.changed.emit(Changes(kinds=frozenset({"standards"})))
