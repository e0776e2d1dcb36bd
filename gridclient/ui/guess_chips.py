"""The likeliest filing conditions of a text as buttons, of which one click takes one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QPushButton, QWidget

from gridclient.services.intake import ClassGuess
from gridclient.ui.laid_out import down, literal, tip
from gridclient.ui.matching import standard_title

_WIDEST: Final = 280


class GuessChips(QWidget):
    """Up to three guesses, the best first. Without guesses it takes no room.

    Signals:
        taken(str): the key of the filing condition.
    """

    taken = Signal(str)

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows = down(on=self, gap=3)
        self.buttons: list[QPushButton] = []
        self.hide()

    def show_guesses(self, guesses: Sequence[ClassGuess]) -> None:
        """Other guesses; the words on which a guess is based are in its tooltip."""
        for old in self.buttons:
            self._rows.removeWidget(old)
            old.hide()
            old.deleteLater()
        self.buttons = [self._chip(guess) for guess in guesses]
        self.setVisible(bool(guesses))

    def _chip(self, guess: ClassGuess) -> QPushButton:
        chip = QPushButton(self)
        chip.setProperty("kind", "chip")
        title = standard_title(guess.standard)
        shown = QFontMetrics(chip.font()).elidedText(title, Qt.TextElideMode.ElideRight, _WIDEST)
        chip.setText(literal(shown))
        words = self.tr("依据：{words}").format(words="、".join(guess.words))
        chip.setToolTip(tip("\n".join(part for part in (title, guess.standard.limit_text, words) if part)))
        chip.setAccessibleName(title)
        chip.clicked.connect(lambda: self.taken.emit(guess.standard.key))
        self._rows.addWidget(chip)
        return chip
