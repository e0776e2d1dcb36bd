"""What stands in the list when it has no lines: why, in words, and what to do about it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import QAbstractScrollArea, QLabel, QVBoxLayout, QWidget

from gridclient.ui.key_button import KeyButton


class EmptyNote(QWidget):
    """A sentence and at most one button, over the whole room for lines of the view that it is given to.

    Signals:
        wanted(): the button was pressed.
    """

    wanted = Signal()

    def __init__(self, view: QAbstractScrollArea, *, key: str = "") -> None:
        """``key`` is what presses the button, when the view sees to that."""
        super().__init__(view)
        self._room = view.viewport()
        self._room.installEventFilter(self)
        self.setObjectName("emptyNote")
        self.words = QLabel(self)
        self.words.setProperty("role", "muted")
        self.words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.words.setWordWrap(True)
        self.button = KeyButton("", key=key, parent=self)
        self.button.clicked.connect(self.wanted)
        line = QVBoxLayout(self)
        line.addStretch(2)
        line.addWidget(self.words)
        line.addSpacing(8)
        line.addWidget(self.button, 0, Qt.AlignmentFlag.AlignHCenter)
        line.addStretch(3)

    def tell(self, words: str, button: str = "") -> None:
        """Shows the sentence, with a button when it has a word."""
        self.words.setText(words)
        self.button.setText(button)
        self.button.setVisible(bool(button))
        self.setGeometry(self._room.geometry())
        self.show()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follows the room; keeps nothing from it."""
        if event.type() == QEvent.Type.Resize:
            self.setGeometry(self._room.geometry())
        return super().eventFilter(watched, event)
