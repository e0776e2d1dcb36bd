"""Scroll areas that do not lay out their contents at a switch of theme."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtWidgets import QAbstractScrollArea, QScrollArea, QSizePolicy, QWidget

_LEAST_FIELDS_PX: Final = 112  # three fields and what is between


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


class ScrolledFields(ScrolledColumn):
    """As high as ``inner`` where there is room for that, else it scrolls and shows the one of ``fields`` that has the
    keyboard."""

    def __init__(self, inner: QWidget, fields: Iterable[QWidget], *, parent: QWidget | None = None) -> None:
        self._inner = inner
        super().__init__(inner, parent=parent)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        for field in fields:
            field.installEventFilter(self)

    def sizeHint(self) -> QSize:
        return self._inner.sizeHint()

    def minimumSizeHint(self) -> QSize:
        least = self._inner.minimumSizeHint()
        return QSize(least.width(), min(least.height(), _LEAST_FIELDS_PX))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FocusIn and isinstance(watched, QWidget):
            self.ensureWidgetVisible(watched, 0, 6)
        elif event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return super().eventFilter(watched, event)
