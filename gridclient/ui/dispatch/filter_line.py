"""The line above the units: letters filter, while digits, arrows, Space and Enter act on the list."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

_SIGNS: Final = ("!！", "@", "#", "$￥", "%", "^", "&", "*", "(（")
_SHIFTED: Final = {sign: digit for digit, signs in enumerate(_SIGNS, 1) for sign in signs}


class FilterLine(QLineEdit):
    """Gives every key to ``on_key`` first; what that does not want is typed."""

    def __init__(self, *, on_key: Callable[[QKeyEvent], bool], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._on_key = on_key
        self.setClearButtonEnabled(True)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self._on_key(event):
            super().keyPressEvent(event)


def digit_of(event: QKeyEvent) -> tuple[int, bool] | None:
    """The digit of a key and whether Shift was held, by whatever sign the layout then gives; else ``None``."""
    blocking = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier
    if event.modifiers() & blocking:
        return None
    shifted = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
    digit = event.key() - Qt.Key.Key_0
    if 1 <= digit <= 9:
        return digit, shifted
    return (_SHIFTED[event.text()], True) if shifted and event.text() in _SHIFTED else None
