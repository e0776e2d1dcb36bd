"""The side of the import page that says which file it is."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gridclient.services.import_findings import ImportKind
from gridclient.services.import_order import ColumnGuess, Look
from gridclient.services.words import IMPORTS
from gridclient.ui.importing.columns_panel import ColumnsPanel
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


def test_a_file_with_fewer_fields_than_the_one_before_leaves_no_list_without_entries(qtbot: QtBot) -> None:
    panel = ColumnsPanel()
    qtbot.addWidget(panel)
    panel.show()
    guesses = [ColumnGuess(f"f{at}", f"c{at}", required=False) for at in range(8)]
    titles = [guess.column for guess in guesses]
    panel.show_columns(guesses, titles, {})
    combos = list(panel.fields.values())
    panel.show_columns(guesses[:2], titles[:2], {})
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert [combo.count() for combo in combos] == [3] * 8
