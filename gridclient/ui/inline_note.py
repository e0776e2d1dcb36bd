"""A sentence where it belongs: what went wrong in this form, what was filled in, what a key will do."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from gridclient.domain.errors import Cancelled, GridClientError
from gridclient.services.error_text import sentence_of
from gridclient.ui.theme import restyle

Tone = Literal["muted", "warn", "bad"]


class InlineNote(QLabel):
    """Takes no room while it has nothing to say. ``bad`` is said with a sign, for colour is never the only one."""

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWordWrap(True)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.clear()

    def say(self, text: str, tone: Tone = "muted") -> None:
        """Shows a sentence; an empty one clears."""
        self.setText(f"▲ {text}" if text and tone == "bad" else text)
        self.setAccessibleName(text)
        self.setVisible(bool(text))
        restyle(self, role=tone)

    def say_error(self, error: GridClientError) -> None:
        """Shows what an error means; a cancel is none."""
        self.say("" if isinstance(error, Cancelled) else sentence_of(error), "bad")

    def clear(self) -> None:
        super().clear()
        self.setVisible(False)
