"""The buttons of what can be done now: the likeliest first, the rest behind 更多."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final

from PySide6.QtCore import QPoint, Signal
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QWidget

from gridclient.domain.roles import Action
from gridclient.ui.casework.offers import Offer
from gridclient.ui.key_button import KeyButton

_MOST: Final = 3


class ActionBar(QWidget):
    """Three buttons and a menu.

    Signals:
        chosen(Action): what the operator wants to do.
    """

    chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(6)
        self.offers: tuple[Offer, ...] = ()
        self._shown: tuple[object, ...] = ()
        self.buttons: dict[Action, QPushButton] = {}

    def show_offers(
        self, offers: Sequence[Offer], *, primary: bool = True, most: int = _MOST, kept: Sequence[str] = ()
    ) -> None:
        """Other actions; the same ones again leave the buttons, and the focus on them, alone. ``kept`` are the words of
        what somebody else may do."""
        asked = (*offers, primary, *kept)
        if asked == self._shown:
            return
        self.offers, self._shown = tuple(offers), asked
        self._clear()
        for number, offer in enumerate(offers[:most]):
            self._row.addWidget(self._make(offer, primary=primary and number == 0))
        if offers[most:] or kept:
            self._row.addWidget(self._more(offers[most:], kept))
        self._row.addStretch()

    def _make(self, offer: Offer, *, primary: bool) -> QPushButton:
        button = KeyButton(offer.word, key=offer.key, kind="primary" if primary else "plain", parent=self)
        button.clicked.connect(lambda: self.chosen.emit(offer.action))
        self.buttons[offer.action] = button
        return button

    def _more(self, offers: Sequence[Offer], kept: Sequence[str]) -> QPushButton:
        button = KeyButton(self.tr("更多"), parent=self)
        menu = QMenu(button)
        for offer in offers:
            entry = menu.addAction(f"{offer.word}\t{offer.key}" if offer.key else offer.word)
            entry.triggered.connect(partial(self._choose, offer.action))
        for words in kept:
            menu.addAction(words).setEnabled(False)
        button.clicked.connect(lambda: menu.popup(button.mapToGlobal(QPoint(0, -menu.sizeHint().height()))))
        return button

    def _choose(self, action: Action, *_checked: bool) -> None:
        self.chosen.emit(action)

    def _clear(self) -> None:
        self.buttons = {}
        while (item := self._row.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
