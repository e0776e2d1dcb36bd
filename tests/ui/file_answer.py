"""What a person answers to the dialogs that ask for a file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit, QMessageBox


def answer_files(monkeypatch: pytest.MonkeyPatch, path: Path | None) -> None:
    """Every dialog answers with this file; ``None``: with none."""
    monkeypatch.setattr(QFileDialog, "exec", lambda _dialog: int(path is not None))
    monkeypatch.setattr(QFileDialog, "selectedFiles", lambda _dialog: [str(path)])


def type_file(path: Path) -> None:
    """Types a name into the dialog that opens next, and Enter."""

    def type_name() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, QFileDialog)
        line = dialog.findChild(QLineEdit)
        assert isinstance(line, QLineEdit)
        line.setText(str(path))
        dialog.accept()

    QTimer.singleShot(0, type_name)


def refuse_to_replace(told: Callable[[str], None]) -> None:
    """Says no to the question that comes after the name, and lets the dialog go."""

    def say_no() -> None:
        question = QApplication.activeModalWidget()
        assert isinstance(question, QMessageBox)
        told(question.text())
        dialog = question.parentWidget()
        assert dialog is not None
        QTimer.singleShot(0, dialog.close)
        question.button(QMessageBox.StandardButton.No).click()

    QTimer.singleShot(0, lambda: QTimer.singleShot(0, say_no))
