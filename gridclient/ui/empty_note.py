"""Says in a list without lines why it is empty and what to do about it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QAbstractScrollArea, QWidget

from gridclient.ui.key_button import KeyButton
from gridclient.ui.laid_out import down, label, panel


class EmptyNote(QWidget):
    """A sentence and at most one button, over all the room for lines of the view that it is given."""

    def __init__(self, view: QAbstractScrollArea, *, key: str = "") -> None:
        """``key`` is the key that presses the button; the view has to forward it."""
        super().__init__(view)
        self._room = view.viewport()
        self._room.installEventFilter(self)
        self.setObjectName("emptyNote")
        panel(self)  # opaque: lines that could not be read again may lie under it
        self.words = label(role="muted", wraps=True, parent=self)
        self.words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._act: Callable[[], object] = lambda: None
        self.button = KeyButton("", key=key, parent=self)
        self.button.clicked.connect(self._on_button)
        button = (self.button, Qt.AlignmentFlag.AlignHCenter)
        down(2, self.words, button, 3, on=self, edges=(11, 11, 11, 11), gap=14)

    def tell(self, words: str, button: str = "", act: Callable[[], object] = lambda: None) -> None:
        """Shows the sentence, and the button if that has a word; ``act`` is what it does."""
        self._act = act
        self.words.setText(words)
        self.button.setText(button)
        self.button.setVisible(bool(button))
        self.setGeometry(self._room.geometry())
        self.show()

    def _on_button(self) -> None:
        self._act()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follows the size of the view."""
        if event.type() == QEvent.Type.Resize:
            self.setGeometry(self._room.geometry())
        return super().eventFilter(watched, event)
