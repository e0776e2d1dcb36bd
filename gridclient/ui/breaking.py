"""Text whose long runs of letters may be broken anywhere, and labels from which it is copied as it was written."""

from __future__ import annotations

import re
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QLabel, QMenu

_BREAK: Final = "\u200b"
_LONGEST: Final = 24
_AS_WRITTEN: Final = str.maketrans(
    {_BREAK: ""} | dict.fromkeys("\ufdd0\ufdd1\u2028\u2029", "\n")
)  # Qt's separators of cells and lines


def breakable(text: str, *, longest: int = _LONGEST) -> str:
    """The text with invisible break points in runs of Latin letters that are longer than ``longest``."""
    return re.sub(rf"[!-~]{{{longest + 1},}}", lambda run: _BREAK.join(run[0]), text)


class CopiedLabel(QLabel):
    """A label of :func:`breakable` text. It copies the selected part without the break points, or the whole text if
    nothing is selected."""

    @property
    def words(self) -> str:
        """The whole text as it was written."""
        return self.text()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self._copy()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(self.tr("复制"), self._copy)
        menu.popup(event.globalPos())

    def _copy(self) -> None:
        marked = self.selectedText().translate(_AS_WRITTEN).strip()
        all_seen = marked == self.text().translate(_AS_WRITTEN)  # the shown text may lack its end
        QGuiApplication.clipboard().setText(marked if marked and not all_seen else self.words)
