"""The frame of a page that covers the desk: title and way back at the top, below it the page's parts."""

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
    """The subclass calls :meth:`frame`. ``first`` gets the keyboard when the page is opened.

    Signals:
        closed(): the operator leaves the page.
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
        """Lays the page out; ``head`` stands between the title and the way back."""
        bar = panel(QWidget())
        across(label(title, "title"), *head, self.leave, on=bar, edges=(12, 7, 12, 7), gap=12)
        down(bar, *below, on=self, gap=1)

    def on_key(self, key: str, act: Callable[[], object]) -> None:
        """Binds a key that works on this page only."""
        shortcut = QShortcut(QKeySequence(key), self, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(act)

    def press_by(self, key: str, button: QAbstractButton) -> None:
        """Binds a key that clicks the button while that is visible."""
        self.on_key(key, lambda: button.click() if button.isVisible() else None)

    def escape(self) -> None:
        """Esc was pressed."""
        self.closed.emit()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Hands the keyboard to ``first``. A focus proxy would not do: Tab would jump there from anywhere before the
        page."""
        super().focusInEvent(event)
        self.first.setFocus(Qt.FocusReason.OtherFocusReason)


class ListedPage(CoverPage):
    """A page with a list of its parts at the left. The subclass shows them in :meth:`on_part`."""

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
        self.first = self.list  # so that arrow keys walk the parts as soon as the page is open
        self.list.selectionModel().currentChanged.connect(lambda index, _before: self.on_part(index.row()))

    def show_part(self, place: int) -> None:
        """Opens the part at this place of the list."""
        self.list.setCurrentIndex(self.titles.index(place))

    def on_part(self, place: int) -> None:
        """Called when another part was chosen; -1 stands for none."""
