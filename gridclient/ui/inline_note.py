"""A sentence beside what it is about: what is wrong in a form, what was filled in, what a key will do."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from gridclient.domain.errors import Cancelled, GridClientError
from gridclient.services.error_text import sentence_of
from gridclient.ui.theme import restyle

Tone = Literal["muted", "warn", "bad"]


class InlineNote(QLabel):
    """Takes no room without a sentence. A ``bad`` one begins with a sign, because colour must not be the only one."""

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent, wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.clear()

    def say(self, text: str, tone: Tone = "muted") -> None:
        """Shows a sentence; an empty one hides the note."""
        self.setText(f"▲ {text}" if text and tone == "bad" else text)
        self.setAccessibleName(text)
        self.setVisible(bool(text))
        restyle(self, role=tone)

    def say_error(self, error: GridClientError) -> None:
        """Shows the sentence of an error; a cancelled job is no error."""
        self.say("" if isinstance(error, Cancelled) else sentence_of(error), "bad")

    def clear(self) -> None:
        super().clear()
        self.setVisible(False)
