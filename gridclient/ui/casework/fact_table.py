"""Facts as a table of words: a muted label and what is said, line by line."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QLabel

from gridclient.ui.theme import tokens

Fact = tuple[str, str]


class FactTable(QLabel):
    """Drawn anew in another theme; facts without words are left out."""

    def __init__(self) -> None:
        super().__init__()
        self._facts: list[Fact] = []
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setWordWrap(True)
        self.setAlignment(Qt.AlignmentFlag.AlignTop)
        by = Qt.TextInteractionFlag
        self.setTextInteractionFlags(by.TextSelectableByMouse | by.TextSelectableByKeyboard)

    @property
    def words(self) -> str:
        """What it says, without its look."""
        return "\n".join(f"{label} {words}" for label, words in self._facts)

    def show_facts(self, facts: Iterable[Fact]) -> None:
        self._facts = [(label, words) for label, words in facts if words]
        self._draw()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._draw()

    def _draw(self) -> None:
        rows = "".join(
            f'<tr><td style="color:{tokens().muted}; padding:2px 10px 2px 0; white-space:nowrap">{escape(label)}</td>'
            f'<td style="padding:2px 0">{escape(words).replace(chr(10), "<br>")}</td></tr>'
            for label, words in self._facts
        )
        self.setText(f"<table cellspacing=0>{rows}</table>")
