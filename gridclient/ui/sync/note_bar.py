"""What was just done, with its way back, or what went wrong; one line under the head of a page."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from gridclient.ui.key_button import KeyButton
from gridclient.ui.laid_out import across, label
from gridclient.ui.theme import restyle

Kind = Literal["bad", "warn", "info"]


class NoteBar(QWidget):
    """Its button ``undo`` is the page's."""

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("banner")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.words = label(wraps=True, parent=self)
        self.undo = KeyButton(self.tr("撤销"), key="Ctrl+Z", parent=self)
        self.undo.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        across((self.words, 1), self.undo, on=self, edges=(12, 4, 6, 4), gap=6)
        self.hide()

    def tell(self, words: str, kind: Kind, *, undo: bool = False) -> None:
        """Shows a sentence; ``undo`` where it can be taken back."""
        sign = "" if kind == "info" else "▲ "
        self.words.setText(f"{sign}{words}")
        self.setAccessibleName(words)
        self.undo.setVisible(undo)
        self.setProperty("kind", kind)
        restyle(self)
        self.show()
