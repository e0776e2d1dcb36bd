"""The dialogs that ask for a file, and a file that is dropped."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QFileDialog, QWidget

from gridclient.services.import_findings import ImportOutcome
from gridclient.ui.importing.present import kind_word

translate = QCoreApplication.translate


def ask_for_file(parent: QWidget, last: Path | None) -> Path | None:
    """A file to bring in."""
    types = translate(
        "ImportPage", "可导入的文件 (*.xlsx *.csv *.txt *.zip *.geojson *.json *.mbtiles *.pmtiles);;所有文件 (*)"
    )
    start = str(last.parent if last is not None else Path.home())
    chosen, _ = QFileDialog.getOpenFileName(parent, translate("ImportPage", "选择要导入的文件"), start, types)
    return Path(chosen) if chosen else None


def ask_for_template(parent: QWidget, kind: str) -> Path | None:
    """Where the template of a kind goes."""
    proposed = translate("ImportPage", "{kind}导入模板.xlsx").format(kind=kind_word(kind))
    return _place(parent, translate("ImportPage", "模板保存到"), proposed)


def ask_for_report(parent: QWidget, outcome: ImportOutcome) -> Path | None:
    """Where the report about a file goes."""
    checked, done = translate("ImportPage", "{file} 检查报告.xlsx"), translate("ImportPage", "{file} 导入报告.xlsx")
    proposed = (checked if outcome.dry_run else done).format(file=Path(outcome.summary.file).stem)
    return _place(parent, translate("ImportPage", "报告保存到"), proposed)


def dropped(event: QDropEvent) -> Path | None:
    """The one file that is dragged."""
    urls = event.mimeData().urls()
    return Path(urls[0].toLocalFile()) if len(urls) == 1 and urls[0].isLocalFile() else None


def _place(parent: QWidget, title: str, proposed: str) -> Path | None:
    """A name without a suffix gets one, before the dialog asks whether such a file is to be replaced."""
    dialog = QFileDialog(parent, title, "", "xlsx (*.xlsx)")
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix("xlsx")
    dialog.selectFile(proposed)
    chosen = Path(dialog.selectedFiles()[0]) if dialog.exec() else None
    dialog.deleteLater()
    return chosen
