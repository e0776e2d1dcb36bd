"""A section of the settings page: title, sentence, content."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from gridclient.ui.inline_note import InlineNote
from gridclient.ui.laid_out import across, down, label, panel


class Section(QWidget):
    """The subclass adds its content to ``line``, below the sentence. ``note`` says what was done."""

    def __init__(self, title: str, sentence: str) -> None:
        super().__init__()
        panel(self)
        self.title = title
        self.note = InlineNote(parent=self)
        words = label(sentence, "muted", wraps=True, parent=self)
        self.line = down(label(title, "title"), words, on=self, edges=(20, 16, 20, 12))

    def refresh(self) -> None:
        """Asks for what it shows, whenever it is opened."""

    def add_row(self, *parts: QWidget) -> None:
        """Widgets side by side, from the left."""
        self.line.addLayout(across(*parts, 1))
