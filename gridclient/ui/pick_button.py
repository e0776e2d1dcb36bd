"""图上选点: the button that makes the next click on the map a place."""

from __future__ import annotations

from PySide6.QtWidgets import QPushButton, QWidget

from gridclient.ui.icons import give_icon


class PickButton(QPushButton):
    """Down while the click is awaited. Where a field has little room it is ``small``: its sign alone."""

    def __init__(self, *, small: bool = False, parent: QWidget) -> None:
        super().__init__(parent)
        words = self.tr("图上选点")
        self.setText("" if small else words)
        self.setToolTip(words if small else "")
        self.setAccessibleName(words)
        self.setCheckable(True)
        give_icon(self, "grid")
