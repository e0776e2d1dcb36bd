"""What Qt itself shows is Chinese."""

from __future__ import annotations

import re
from pathlib import Path

from PySide6.QtCore import QTranslator
from PySide6.QtWidgets import QAbstractButton, QApplication, QFileDialog, QLabel, QTreeView
from pytestqt.qtbot import QtBot

from gridclient.application import install_words


def test_the_dialog_for_files_has_no_english_word(qapp: QApplication, qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "收件").mkdir()
    install_words(qapp)
    try:
        dialog = QFileDialog(directory=str(tmp_path))
        qtbot.addWidget(dialog)
        dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
        dialog.show()
        files = dialog.findChildren(QTreeView)[0]
        qtbot.waitUntil(lambda: files.model().rowCount(files.rootIndex()) == 1)
        first = [files.model().index(0, column, files.rootIndex()).data() for column in range(3)]
        words = [label.text() for label in dialog.findChildren(QLabel)]
        words += [button.text() for button in dialog.findChildren(QAbstractButton)]
    finally:
        for translator in qapp.findChildren(QTranslator):
            qapp.removeTranslator(translator)
            translator.deleteLater()
    assert first[0] == "收件"
    assert words and not [word for word in (*words, *first) if re.search("[A-Za-z]{2}", word or "")]
