"""Scroll areas that do not lay out their contents at a switch of theme."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QAbstractScrollArea, QScrollArea, QWidget


class ScrollArea(QScrollArea):
    """On a change of style Qt's own scroll area lays out all its contents at once, which was three quarters of a switch
    of theme. Widgets whose size changes ask for a layout by themselves."""

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.StyleChange:
            return QAbstractScrollArea.event(self, event)
        return super().event(event)


class ScrolledColumn(ScrollArea):
    """Scrolls ``inner`` vertically; ``inner`` is as wide as this. It follows the keyboard and does not take it."""

    def __init__(self, inner: QWidget | None = None, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        if inner is not None:
            self.setWidget(inner)
