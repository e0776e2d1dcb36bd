"""The inputs of forms. All have a value that is read, set and heard in the same way; setting a value is no edit."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from PySide6.QtCore import QMimeData, QSignalBlocker, Signal, SignalInstance
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QPlainTextEdit, QPushButton, QWidget

from gridclient.domain.frozen import frozen
from gridclient.services.registering import LONGEST_TEXT
from gridclient.ui.chooser import Chooser
from gridclient.ui.icons import give_icon

Heard = SignalInstance | Callable[..., object]
"""Is called, or emitted, at every edit."""


@frozen
class Input:
    """A widget, and how its value is read and set."""

    widget: QWidget
    read: Callable[[], Any]
    write: Callable[[Any], object]


class LongText(QPlainTextEdit):
    """A field for a case's text. Pasted text is cut at the length that such a text may have.

    Signals:
        pasted(str): a text was pasted and is in the field.
        shortened(str): a pasted text was cut; a sentence that says so.
    """

    pasted = Signal(str)
    shortened = Signal(str)

    def insertFromMimeData(self, source: QMimeData) -> None:
        if not source.hasText():
            return
        text, cursor = source.text(), self.textCursor()
        kept = self.document().characterCount() - 1 - (cursor.selectionEnd() - cursor.selectionStart())
        taken = text[: max(LONGEST_TEXT - kept, 0)]
        self.insertPlainText(taken)
        self.pasted.emit(taken)
        if len(taken) < len(text):
            self.shortened.emit(self.tr("文字太长，只留下了前 {most} 个字。").format(most=f"{LONGEST_TEXT:,}"))


class PickButton(QPushButton):
    """图上选点: while it is down, the next click on the map chooses a place. A ``small`` one shows its icon only."""

    def __init__(self, *, small: bool = False, parent: QWidget) -> None:
        super().__init__(parent)
        words = self.tr("图上选点")
        self.setText("" if small else words)
        self.setToolTip(words if small else "")
        self.setAccessibleName(words)
        self.setCheckable(True)
        give_icon(self, "grid")


def line_input(line: QLineEdit, heard: Heard) -> Input:
    """A line of text; a value that was set is shown from its beginning."""
    line.textEdited.connect(heard)

    def write(text: str) -> None:
        line.setText(text)
        line.setCursorPosition(0)

    return Input(line, line.text, write)


def text_input(text: QPlainTextEdit, heard: Heard) -> Input:
    """Several lines of text."""
    text.textChanged.connect(heard)

    def write(words: str) -> None:
        with QSignalBlocker(text):
            text.setPlainText(words)

    return Input(text, text.toPlainText, write)


def choice_input(box: QComboBox, choices: Iterable[tuple[Any, str]], heard: Heard) -> Input:
    """One of some values, which are given with their words. An unknown value shows the first one."""
    for value, word in choices:
        box.addItem(word, value)
    box.activated.connect(heard)
    return Input(box, box.currentData, lambda value: box.setCurrentIndex(max(box.findData(value), 0)))


def tick_input(box: QCheckBox, heard: Heard) -> Input:
    """Yes or no."""
    box.clicked.connect(heard)
    return Input(box, box.isChecked, lambda value: box.setChecked(bool(value)))


def chooser_input(line: Chooser, heard: Heard) -> Input:
    """One of many entries."""
    line.chosen.connect(heard)
    return Input(line, lambda: line.value, line.set_value)
