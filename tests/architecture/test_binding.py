"""The Qt binding in use does not eat references (PySide6 6.12.0 on Python 3.11 does, and aborts)."""

from __future__ import annotations

import sys

from PySide6.QtWidgets import QApplication, QWidget


def test_binding_does_not_eat_references(qapp: QApplication) -> None:
    widget = QWidget()
    before = sys.getrefcount(None)
    for _ in range(500):
        widget.setWindowTitle("x")
    assert sys.getrefcount(None) > before - 100
