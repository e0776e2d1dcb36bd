"""The files of the import page: choosing the one to import, saving a template, saving the report of a result."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtCore import QCoreApplication, QObject
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QWidget

from gridclient.domain.errors import StoreUnavailable, reason_of
from gridclient.services.import_findings import ImportKind, ImportOutcome
from gridclient.services.words import IMPORTS
from gridclient.ui.file_dialogs import ask_where_to_save, ask_which_to_open
from gridclient.ui.inline_note import InlineNote
from gridclient.ui.jobs import Jobs

translate = QCoreApplication.translate
WITH_TEMPLATE: Final = (ImportKind.CASES, ImportKind.UNITS, ImportKind.STANDARDS, ImportKind.GRIDS)
_WORKBOOKS: Final = "xlsx (*.xlsx)"
SaveReport = Callable[..., None]
"""``(report, path, outcome)``, for the worker process."""


class Papers(QObject):
    """Asks where to save templates and reports, saves them there, and says so in ``note``."""

    def __init__(
        self, *, jobs: Jobs, note: InlineNote, templates: Path, save_report: SaveReport, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._jobs, self._note, self._page = jobs, note, parent
        self._templates, self._save_report = templates, save_report

    def template(self, kind: str) -> None:
        """The workbook that people fill in for this kind."""
        proposed = translate("ImportPage", "{kind}导入模板.xlsx").format(kind=IMPORTS[kind])
        target = ask_where_to_save(self._page, translate("ImportPage", "模板保存到"), proposed, _WORKBOOKS)
        if target is not None:
            self._jobs.read(
                self,
                partial(save_template, self._templates, kind, target),
                lambda saved: self._note.say(self.tr("模板已保存：{file}").format(file=saved)),
                self._note.say_error,
            )

    def report(self, outcome: ImportOutcome) -> None:
        """Row by row what did not go in."""
        checked, done = translate("ImportPage", "{file} 检查报告.xlsx"), translate("ImportPage", "{file} 导入报告.xlsx")
        proposed = (checked if outcome.dry_run else done).format(file=Path(outcome.summary.file).stem)
        target = ask_where_to_save(self._page, translate("ImportPage", "报告保存到"), proposed, _WORKBOOKS)
        if target is not None:
            self._note.say(self.tr("正在保存报告…"))
            self._jobs.in_process(
                self,
                self._save_report,
                target,
                outcome,
                done=lambda _none: self._note.say(self.tr("报告已保存：{file}").format(file=target)),
                failed=self._note.say_error,
            )


def save_template(folder: Path, kind: str, target: Path) -> Path:
    """Copies the template of a kind. Blocking: call it from a pool thread.

    Raises ``StoreUnavailable("template.not_saved")``.
    """
    try:
        shutil.copyfile(folder / f"{kind}.xlsx", target)
    except OSError as problem:
        raise StoreUnavailable("template.not_saved", file=target.name, reason=reason_of(problem)) from problem
    return target


def ask_for_file(parent: QWidget) -> Path | None:
    """Asks for the file to import."""
    types = translate(
        "ImportPage", "可导入的文件 (*.xlsx *.csv *.txt *.zip *.geojson *.json *.mbtiles *.pmtiles);;所有文件 (*)"
    )
    return ask_which_to_open(parent, translate("ImportPage", "选择要导入的文件"), types)


def dropped(event: QDropEvent) -> Path | None:
    """The file that is dragged or dropped; ``None`` unless it is exactly one."""
    urls = event.mimeData().urls()
    return Path(urls[0].toLocalFile()) if len(urls) == 1 and urls[0].isLocalFile() else None
