"""The side of the import page that says which file it is."""

from __future__ import annotations

from pathlib import Path

from pytestqt.qtbot import QtBot

from gridclient.services.import_findings import ImportKind
from gridclient.services.import_order import Look
from gridclient.services.words import IMPORTS
from gridclient.ui.importing.file_panel import FilePanel


def test_the_list_of_standards_has_its_files_name_until_another_is_told(qtbot: QtBot) -> None:
    panel = FilePanel(kinds=IMPORTS)
    qtbot.addWidget(panel)
    panel.show_file(Path("运城 标准.xlsx"))
    panel.show_look(Look(ImportKind.STANDARDS, 1), "")
    assert (panel.list.text(), panel.chosen_list()) == ("运城 标准", "")
    assert panel.form.isRowVisible(panel.list)
    panel.list.setText("晋城@标准")
    panel.show_file(Path("运城 标准.xlsx"))  # a second look leaves what was told
    assert panel.chosen_list() == "晋城 标准"
    panel.show_look(Look(ImportKind.UNITS, 1), "")
    assert not panel.form.isRowVisible(panel.list)
