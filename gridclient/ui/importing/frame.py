"""How the import page is laid out: a line above, the file's side, what is shown of it, a line of buttons below."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from gridclient.ui.importing.present import kinds

translate = QCoreApplication.translate
_LEFT_PX: Final = 316


def head_line(leave: QWidget) -> QWidget:
    """What this page is, and the way out."""
    title, hint = QLabel(translate("ImportPage", "导入")), QLabel()
    title.setProperty("role", "title")
    hint.setText(translate("ImportPage", "先看、再查、后导；同一文件导两次不会重复"))
    hint.setProperty("role", "muted")
    bar, line = _bar()
    line.addWidget(title)
    line.addWidget(hint)
    line.addStretch(1)
    line.addWidget(leave)
    return bar


def foot_line(note: QWidget, progress: QWidget, *buttons: QWidget) -> QWidget:
    """What is to say, how far it is, and the buttons at the right."""
    bar, line = _bar()
    bar.setMinimumHeight(44)
    line.addWidget(note, 1)
    line.addWidget(progress, 1)
    line.addStretch(0)
    for button in buttons:
        line.addWidget(button)
    return bar


def left_side(files: QWidget, columns: QWidget) -> QWidget:
    """The file and its columns."""
    left = QWidget()
    left.setProperty("panel", "true")
    left.setFixedWidth(_LEFT_PX)
    line = QVBoxLayout(left)
    line.setContentsMargins(12, 12, 12, 8)
    line.setSpacing(12)
    line.addWidget(files)
    line.addWidget(columns, 1)
    line.addStretch(0)
    return left


def empty_side(parent: QWidget) -> QWidget:
    """Before there is a file."""
    empty = QWidget(parent)
    empty.setProperty("panel", "true")
    words = QLabel(empty)
    words.setText(
        translate("ImportPage", "把要导入的文件拖到这里，或按 Ctrl+O 选择。") + "\n\n" + " · ".join(kinds().values())
    )
    words.setProperty("role", "muted")
    words.setAlignment(Qt.AlignmentFlag.AlignCenter)
    line = QVBoxLayout(empty)
    line.addWidget(words)
    return empty


def _bar() -> tuple[QWidget, QHBoxLayout]:
    bar = QWidget()
    bar.setProperty("panel", "true")
    line = QHBoxLayout(bar)
    line.setContentsMargins(12, 7, 12, 7)
    line.setSpacing(10)
    return bar, line
