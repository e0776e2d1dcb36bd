"""One part of the settings page: a title, a sentence, and what belongs to it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from gridclient.ui.inline_note import InlineNote


class Section(QWidget):
    """``line`` takes the parts below the sentence; ``note`` says what became of them."""

    def __init__(self, title: str, sentence: str = "", *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("panel", "true")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.title = title
        self.note = InlineNote(parent=self)
        self.line = QVBoxLayout(self)
        self.line.setContentsMargins(20, 16, 20, 12)
        self.line.setSpacing(8)
        head = QLabel(title, self)
        head.setProperty("role", "title")
        self.line.addWidget(head)
        if sentence:
            words = QLabel(sentence, self)
            words.setProperty("role", "muted")
            words.setWordWrap(True)
            self.line.addWidget(words)

    def add_row(self, *parts: QWidget) -> None:
        """Widgets side by side, from the left."""
        row = QHBoxLayout()
        row.setSpacing(8)
        for part in parts:
            row.addWidget(part)
        row.addStretch(1)
        self.line.addLayout(row)

    def add_heading(self, text: str) -> None:
        """A small title within the part."""
        label = QLabel(text, self)
        label.setProperty("role", "header")
        self.line.addSpacing(6)
        self.line.addWidget(label)
