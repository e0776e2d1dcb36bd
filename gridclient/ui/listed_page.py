"""The frame of a page that covers the desk: name and way back above, its parts in a list beside the present one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import QStringListModel, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QLabel, QListView, QVBoxLayout, QWidget

from gridclient.ui.key_button import KeyButton

_LIST_PX: Final = 220
_LIST_STYLE: Final = "QListView::item { height: 32px; padding: 0 12px; }"


class ListedPage(QWidget):
    """A page says its parts by :meth:`show_titles`, puts itself together by :meth:`frame` and hears :meth:`show_part`.

    Signals:
        closed(): the operator is done here.
    """

    closed = Signal()

    def __init__(self, *, name: str, titles: QStringListModel | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setProperty("panel", "window")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.leave = KeyButton(self.tr("返回"), key="Esc", parent=self)
        self.leave.clicked.connect(self.closed)
        self.titles = titles or QStringListModel(self)
        self.list = QListView(self)
        self.list.setFixedWidth(_LIST_PX)
        self.list.setStyleSheet(_LIST_STYLE)
        self.list.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.list.setModel(self.titles)
        self.setFocusProxy(self.list)  # whoever opens the page walks its parts by arrow keys at once
        self.list.selectionModel().currentChanged.connect(lambda index, _before: self.on_part(index.row()))
        self.on_key("Esc", self.escape)

    def frame(self, title: str, content: QWidget, *, beside_title: Sequence[QWidget] = ()) -> None:
        """Lays the page out."""
        words = QLabel(title, self)
        words.setProperty("role", "title")
        head = QWidget(self)
        head.setProperty("panel", "true")
        line = QHBoxLayout(head)
        line.setContentsMargins(12, 7, 12, 7)
        line.setSpacing(12)
        for part in (words, *beside_title):
            line.addWidget(part)
        line.addStretch(1)
        line.addWidget(self.leave)
        middle = QHBoxLayout()
        middle.setSpacing(1)
        middle.addWidget(self.list)
        middle.addWidget(content, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(1)
        whole.addWidget(head)
        whole.addLayout(middle, 1)

    def show_part(self, place: int) -> None:
        """Opens one part by its place in the list."""
        self.list.setCurrentIndex(self.titles.index(place))

    def on_part(self, place: int) -> None:
        """Another part was chosen; -1 is none."""

    def on_key(self, key: str, act: Callable[[], object]) -> None:
        """A key that means something on this page only."""
        shortcut = QShortcut(QKeySequence(key), self, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(act)

    def escape(self) -> None:
        """Esc."""
        self.closed.emit()
