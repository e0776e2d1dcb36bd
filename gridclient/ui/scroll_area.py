"""Scroll areas that are switched to another theme without measuring what they hold."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QAbstractScrollArea, QScrollArea, QWidget


class ScrollArea(QScrollArea):
    """Under a new style Qt's own lays out all that it holds at once, long before its neighbours have the style: that
    was three quarters of a switch of theme. What changes its size asks for a layout by itself."""

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.StyleChange:
            return QAbstractScrollArea.event(self, event)
        return super().event(event)


class ScrolledColumn(ScrollArea):
    """``inner``, as wide as this, goes up and down; it follows what has the keyboard and has none itself."""

    def __init__(self, inner: QWidget | None = None, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        if inner is not None:
            self.setWidget(inner)
