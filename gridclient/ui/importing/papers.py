"""What the import page hands out: the template of a kind, and the report of what came of a file."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from gridclient.services.import_findings import ImportOutcome
from gridclient.ui.importing.dialogs import ask_for_report, ask_for_template
from gridclient.ui.importing.templates import save_template
from gridclient.ui.inline_note import InlineNote
from gridclient.ui.jobs import Jobs

SaveReport = Callable[..., None]
"""``(report, path, outcome)``, for the worker process."""


class Papers(QObject):
    """Asks where to, saves there, and says so in ``note``."""

    def __init__(
        self, *, jobs: Jobs, note: InlineNote, templates: Path, save_report: SaveReport, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._jobs, self._note, self._page = jobs, note, parent
        self._templates, self._save_report = templates, save_report

    def template(self, kind: str) -> None:
        """The workbook that people fill in for this kind."""
        target = ask_for_template(self._page, kind)
        if target is not None:
            self._jobs.read(
                self,
                partial(save_template, self._templates, kind, target),
                lambda saved: self._note.say(self.tr("模板已保存：{file}").format(file=saved)),
                self._note.say_error,
            )

    def report(self, outcome: ImportOutcome) -> None:
        """Row by row what did not go in."""
        target = ask_for_report(self._page, outcome)
        if target is not None:
            self._jobs.in_process(
                self,
                self._save_report,
                target,
                outcome,
                done=lambda _none: self._note.say(self.tr("报告已保存：{file}").format(file=target)),
                failed=self._note.say_error,
            )
