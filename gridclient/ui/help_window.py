"""F1: the operator's page and the keys as they are, beside the desk and not over it."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QDialog, QTextBrowser, QVBoxLayout, QWidget

from gridclient.ui.actions import Known


class HelpWindow(QDialog):
    """Object name ``helpWindow``; not modal, Esc closes it."""

    def __init__(self, *, keys: Iterable[Known], page: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("helpWindow")
        self.setWindowTitle(self.tr("帮助与快捷键"))
        self.setWindowFlag(Qt.WindowType.Tool)
        self.resize(640, 660)
        self.text = QTextBrowser(self)
        self.text.setFrameShape(QTextBrowser.Shape.NoFrame)
        self.text.setMarkdown(f"{page}\n\n{self._keys(keys)}")
        self.text.moveCursor(QTextCursor.MoveOperation.Start)
        line = QVBoxLayout(self)
        line.setContentsMargins(12, 8, 0, 0)
        line.addWidget(self.text)

    def _keys(self, keys: Iterable[Known]) -> str:
        lines = [self.tr("## 全部快捷键"), "", self.tr("| 键 | 作用 |"), "|---|---|"]
        lines += [f"| **{one.key}** | {one.title} |" for one in keys if one.key]
        lines.append(self.tr("| **Alt+1 … Alt+0** | 今日必办的十个箱子 |"))
        lines.append(self.tr("| **Shift/Ctrl + ↑ ↓** | 多选案件，然后一起办理 |"))
        return "\n".join(lines)
