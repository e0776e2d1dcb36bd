"""How a form on the sync page is laid out: its parts under each other, a sentence above, buttons in a row."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget


def stacked(owner: QWidget) -> QVBoxLayout:
    """The owner's layout; the page around it has the margins."""
    made = QVBoxLayout(owner)
    made.setContentsMargins(0, 0, 0, 0)
    made.setSpacing(8)
    return made


def explained(words: str, owner: QWidget) -> QLabel:
    """What the form is for, as wide as the owner."""
    made = QLabel(words, owner)
    made.setProperty("role", "muted")
    made.setWordWrap(True)
    return made


def in_a_row(*buttons: QWidget) -> QHBoxLayout:
    """Buttons, from the left."""
    made = QHBoxLayout()
    made.setSpacing(8)
    for button in buttons:
        made.addWidget(button)
    made.addStretch(1)
    return made
