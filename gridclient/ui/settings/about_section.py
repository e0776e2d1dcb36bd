"""The section 关于与许可: the program, and the works of others that it contains, with their licences."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QPlainTextEdit, QSplitter

from gridclient import __version__
from gridclient.ui.jobs import Jobs
from gridclient.ui.lines_table import Line, LinesTable
from gridclient.ui.settings.licences import Licence, licences
from gridclient.ui.settings.section import Section
from gridclient.ui.theme import fixed_font

translate = QCoreApplication.translate


class AboutSection(Section):
    """The list of licences; below it the text of the chosen one."""

    def __init__(self, *, jobs: Jobs, roots: Sequence[Path]) -> None:
        super().__init__(
            translate("AboutSection", "关于与许可"),
            translate(
                "AboutSection", "gridclient {version} · MIT 许可。下面是随程序一起分发的他人作品及其许可。"
            ).format(version=__version__),
        )
        self._jobs, self._roots = jobs, tuple(roots)
        self._found: dict[str, Licence] = {}
        self.table = LinesTable((self.tr("名称"), self.tr("版本"), self.tr("许可")), widths=(300, 90), parent=self)
        self.text = QPlainTextEdit(self)
        self.text.setReadOnly(True)
        self.text.setFont(fixed_font())
        self.text.setPlaceholderText(self.tr("选一行，看许可全文。"))
        halves = QSplitter(Qt.Orientation.Vertical, self)
        halves.setHandleWidth(1)
        halves.addWidget(self.table)
        halves.addWidget(self.text)
        self.line.addWidget(halves, 1)
        self.table.chosen.connect(self._on_chosen)

    def refresh(self) -> None:
        """Reads the licences once."""
        if not self._found:
            self._jobs.read(self, partial(licences, self._roots), self._show, name="licences")

    def _show(self, found: Sequence[Licence]) -> None:
        self._found = {each.name: each for each in found}
        self.table.show_lines([Line(each.name, (each.name, each.version, each.kind)) for each in found])

    def _on_chosen(self, name: str) -> None:
        found = self._found.get(name)
        self.text.setPlainText(found.text or self.tr("许可文本见该软件包的发布页。") if found is not None else "")
