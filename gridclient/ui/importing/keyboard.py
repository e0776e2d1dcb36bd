"""The import page without a mouse: the way of Tab through it, its keys, and what is to be done next."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QPushButton, QWidget

from gridclient.services.import_order import Look
from gridclient.ui.importing.columns_panel import ColumnsPanel
from gridclient.ui.importing.look_panel import LookPanel


def put_in_order(way: Iterable[QWidget]) -> None:
    """Tab goes this way."""
    for before, after in pairwise(way):
        QWidget.setTabOrder(before, after)


def press_by(key: str, button: QPushButton, page: QWidget) -> None:
    """The key presses the button wherever the keyboard is on the page, while the button can be pressed."""

    def press() -> None:
        if button.isVisible() and button.isEnabled():
            button.click()

    shortcut = QShortcut(QKeySequence(key), page, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
    shortcut.activated.connect(press)


def first_open(columns: ColumnsPanel, panel: LookPanel, look: Look) -> QWidget | None:
    """What a look at a file leaves to be chosen: a column that must be there, then the coordinate system."""
    missing = columns.first_missing() if look.preview is not None else None
    if missing is None and look.asks_crs and not panel.crs.value():
        return next(iter(panel.crs.choices.values()))
    return missing
