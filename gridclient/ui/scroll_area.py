"""A scroll area that is switched to another theme without measuring what it holds."""

from __future__ import annotations

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QAbstractScrollArea, QScrollArea


class ScrollArea(QScrollArea):
    """Under a new style Qt's own lays out all that it holds at once, long before its neighbours have the style: that
    was three quarters of a switch of theme. What changes its size asks for a layout by itself."""

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.StyleChange:
            return QAbstractScrollArea.event(self, event)
        return super().event(event)
