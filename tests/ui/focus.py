"""Where the keyboard is and whether that is seen."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget


def focused() -> QWidget:
    """What has the keyboard."""
    found = QApplication.focusWidget()
    assert found is not None
    return found


def tab_round(start: QWidget) -> list[QWidget]:
    """What Tab reaches from here until it comes back to something, by pressing it."""
    start.setFocus()
    passed: list[QWidget] = []
    while (here := QApplication.focusWidget()) is not None and here not in passed:
        passed.append(here)
        QTest.keyClick(here, Qt.Key.Key_Tab)
    return passed


def shows_the_keyboard(part: QWidget) -> bool:
    """Whether it looks otherwise while it has the keyboard."""
    part.setFocus()
    with_it = part.grab().toImage()
    part.clearFocus()
    return with_it != part.grab().toImage()
