"""The frame of a page that covers the desk: name and way back above; its parts in a list, where it has such."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import QStringListModel, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QAbstractButton, QListView, QWidget

from gridclient.ui.focus_mark import FocusMark
from gridclient.ui.key_button import KeyButton
from gridclient.ui.laid_out import Part, across, down, label, panel

_LIST_PX: Final = 220
_LIST_STYLE: Final = "QListView::item { height: 32px; padding: 0 12px; }"


class CoverPage(QWidget):
    """Puts itself together by :meth:`frame`; ``first`` is what has the keyboard when the page is opened.

    Signals:
        closed(): the operator is done here.
    """

    closed = Signal()

    def __init__(self, *, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        panel(self, "window")
        self.leave = KeyButton(self.tr("返回"), key="Esc", parent=self)
        self.leave.clicked.connect(self.closed)
        self.first: QWidget = self.leave
        self.on_key("Esc", self.escape)

    def frame(self, title: str, *below: Part, head: Sequence[Part] = (1,)) -> None:
        """Lays the page out: ``head`` stands between the title and the way back."""
        bar = panel(QWidget())
        across(label(title, "title"), *head, self.leave, on=bar, edges=(12, 7, 12, 7), gap=12)
        down(bar, *below, on=self, gap=1)

    def on_key(self, key: str, act: Callable[[], object]) -> None:
        """A key that means something on this page only."""
        shortcut = QShortcut(QKeySequence(key), self, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(act)

    def press_by(self, key: str, button: QAbstractButton) -> None:
        """The key presses the button while it is there; a button that is not enabled does nothing."""
        self.on_key(key, lambda: button.click() if button.isVisible() else None)

    def escape(self) -> None:
        """Esc."""
        self.closed.emit()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """No focus proxy: Tab would go there wherever it meets the page, and pass by what lies before."""
        super().focusInEvent(event)
        self.first.setFocus(Qt.FocusReason.OtherFocusReason)


class ListedPage(CoverPage):
    """A page whose parts stand in a list beside the present one; it hears :meth:`on_part`."""

    def __init__(self, *, name: str, titles: QStringListModel) -> None:
        super().__init__(name=name)
        self.titles = titles
        titles.setParent(self)
        self.list = QListView(self)
        self.list.setFixedWidth(_LIST_PX)
        self.list.setStyleSheet(_LIST_STYLE)
        self.list.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.list.setModel(titles)
        FocusMark(self.list)
        self.first = self.list  # whoever opens the page walks its parts by arrow keys at once
        self.list.selectionModel().currentChanged.connect(lambda index, _before: self.on_part(index.row()))

    def show_part(self, place: int) -> None:
        """Opens one part by its place in the list."""
        self.list.setCurrentIndex(self.titles.index(place))

    def on_part(self, place: int) -> None:
        """Another part was chosen; -1 is none."""
