"""What probably fits a text, filing conditions or a grid, as buttons, of which one click takes one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QPushButton, QWidget

from gridclient.domain.frozen import frozen
from gridclient.services.intake import ClassGuess
from gridclient.ui.laid_out import down, literal, tip
from gridclient.ui.matching import standard_title

_WIDEST: Final = 280


@frozen
class Chip:
    """A guess: its value, its words, and what its tooltip tells."""

    value: str
    title: str
    told: str


class GuessChips(QWidget):
    """Up to three guesses, the best first. Without guesses it takes no room.

    Signals:
        taken(str): the value of the guess: the key of a filing condition, the code of a grid.
    """

    taken = Signal(str)

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows = down(on=self, gap=3)
        self.buttons: list[QPushButton] = []
        self.hide()

    def show_guesses(self, guesses: Sequence[ClassGuess]) -> None:
        """Filing conditions; the words on which a guess is based are in its tooltip."""
        self.show_chips([self._condition(guess) for guess in guesses])

    def show_chips(self, chips: Sequence[Chip]) -> None:
        """Other guesses."""
        for old in self.buttons:
            self._rows.removeWidget(old)
            old.hide()
            old.deleteLater()
        self.buttons = [self._button(chip) for chip in chips]
        self.setVisible(bool(chips))

    def _condition(self, guess: ClassGuess) -> Chip:
        title = standard_title(guess.standard)
        words = self.tr("依据：{words}").format(words="、".join(guess.words))
        told = "\n".join(part for part in (title, guess.standard.limit_text, words) if part)
        return Chip(guess.standard.key, title, told)

    def _button(self, chip: Chip) -> QPushButton:
        button = QPushButton(self)
        button.setProperty("kind", "chip")
        shown = QFontMetrics(button.font()).elidedText(chip.title, Qt.TextElideMode.ElideRight, _WIDEST)
        button.setText(literal(shown))
        button.setToolTip(tip(chip.told))
        button.setAccessibleName(chip.title)
        button.clicked.connect(lambda: self.taken.emit(chip.value))
        self._rows.addWidget(button)
        return button
