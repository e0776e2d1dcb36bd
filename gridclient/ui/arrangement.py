"""The places of the panels in the window: three columns, the middle one split in two. Sizes are remembered. Source:
UX.md, main screen."""

from __future__ import annotations

from typing import Final, Protocol, cast

from PySide6.QtCore import QByteArray, QEvent, QObject, QPoint, QRect, QSize, Qt, QTimer, Signal, SignalInstance
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QApplication, QMainWindow, QSplitter, QStackedWidget, QTableView, QWidget

from gridclient.ui.banner import Banner
from gridclient.ui.empty_note import EmptyNote
from gridclient.ui.file_dialogs import LAST_FOLDER
from gridclient.ui.key_button import ENTER
from gridclient.ui.laid_out import down
from gridclient.ui.theme import LEFT_PX, RIGHT_PX
from gridclient.ui.window_memory import WindowMemory

WIDTH: Final = 1366
HEIGHT: Final = 768
_MAP_PX, _LIST_PX = 330, 370
_ASIDE_PX: Final = 36
_OTHER_STANDS_MS: Final = 5_000
_STEPS: Final = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)
_LEAST: Final = {"left": 190, "right": 300, "map": 120, "list": 150}
_LIST_NEEDS_PX: Final = 420


class ListPlace(Protocol):
    """What the keys need of the list of cases, which belongs to a feature and is handed in by the window."""

    table: QTableView
    note: EmptyNote
    cleared: SignalInstance
    menu_wanted: SignalInstance

    def go_on(self) -> None: ...


class Arrangement:
    """Puts the panels into the window's central widget, as the first page of ``stack``."""

    def __init__(
        self,
        window: QMainWindow,
        *,
        top: QWidget,
        left: tuple[QWidget, QWidget],
        middle: tuple[Banner, QWidget, QWidget],
        right: QWidget,
        bottom: QWidget,
        stack: QStackedWidget,
    ) -> None:
        self._window = window
        banner, self._map, cases = middle
        side = QWidget()
        down(left[0], (left[1], 1), on=side, gap=0)
        side.setProperty("panel", "true")
        self.upright = QSplitter(Qt.Orientation.Vertical)
        _fill(self.upright, self._map, cases)
        self.across = _Across(banner=banner, tree=left[1], cases=cases, case=right)
        _fill(self.across, side, self.upright, right)
        self.upright.setSizes([_MAP_PX, _LIST_PX])
        self.upright.setStretchFactor(0, _MAP_PX)
        self.upright.setStretchFactor(1, _LIST_PX)
        self.across.setStretchFactor(1, 1)
        self.across.setSizes([LEFT_PX, WIDTH - LEFT_PX - RIGHT_PX, RIGHT_PX])
        side.setMinimumWidth(_LEAST["left"])
        right.setMinimumWidth(_LEAST["right"])
        self._map.setMinimumHeight(_LEAST["map"])
        cases.setMinimumHeight(_LEAST["list"])
        stack.addWidget(self.across)
        self.centre = _Centre(top, stack, bottom, banner=banner, above=self._map)
        window.setCentralWidget(self.centre)
        window.resize(QSize(WIDTH, HEIGHT).boundedTo(window.screen().availableSize()))  # when it is no longer maximised

    def remember_in(self, memory: WindowMemory) -> None:
        """Restores the remembered sizes and has them remembered from now on."""
        self.across.restore(memory.part("across", self.across.as_text))
        self.upright.restoreState(_bytes(memory.part("upright", lambda: _hex(self.upright.saveState()))))
        geometry = memory.part("geometry", lambda: _hex(self._window.saveGeometry()))
        if not self._window.restoreGeometry(_bytes(geometry)):  # a new desk, or a screen that it does not know
            if memory.kept.get("beside"):
                self._lie_beside()
            else:
                self._window.setWindowState(Qt.WindowState.WindowMaximized)
        for splitter in (self.across, self.upright):
            splitter.splitterMoved.connect(memory.touch)
        folder = memory.part(LAST_FOLDER, lambda: str(self._window.property(LAST_FOLDER) or ""))
        self._window.setProperty(LAST_FOLDER, folder)

    def _lie_beside(self) -> None:
        """Places the window over another desk's one that fills the screen, so that the title and left edge of that stay
        visible."""
        free = self._window.screen().availableGeometry().adjusted(_ASIDE_PX, 2 * _ASIDE_PX, 0, 0)
        self._window.setGeometry(free)  # the frame is outside this geometry
        QTimer.singleShot(_OTHER_STANDS_MS, self._window, self._window.raise_)  # both desks start at the same time


class _Across(QSplitter):
    """The three columns, and the keys that no panel has taken.

    Esc goes to the form that stands in place of the case, and with none, in the list or the tree, removes conditions; a
    banner that is to be closed comes before both. Enter in the list goes to the case.
    An arrow key on the case goes on in the list. The list's context menu opens on the case, too.
    """

    def __init__(self, *, banner: Banner, tree: QWidget, cases: QWidget, case: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self._banner, self._tree, self._case = banner, tree, case
        self._cases = cast("ListPlace", cases)
        self._wished: tuple[int, int] | None = None  # the widths of both sides before they gave way
        self.splitterMoved.connect(self._on_moved)

    def as_text(self) -> str:
        """The widths, and those that the sides had before they gave way, for :meth:`restore`."""
        return " ".join((_hex(self.saveState()), *map(str, self._wished or ())))

    def restore(self, text: str) -> None:
        """Restores the widths that :meth:`as_text` gave."""
        state, *wished = text.split() or ("",)
        self.restoreState(_bytes(state))
        if wished:
            self._wished = (int(wished[0]), int(wished[1]))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a narrow window both sides give way to the list as far as they can; in a wide one they get their widths
        back."""
        before = self.sizes()  # ``super`` changes them
        super().resizeEvent(event)
        left, middle, right, *beside = sizes = self.sizes()
        if any(beside) or not right:
            return
        known = before if event.oldSize().isValid() else sizes
        wished = self._wished or (known[0], known[2])
        lacking = max(0, _LIST_NEEDS_PX - (left + middle + right - sum(wished)))
        shown = wished[1] - min(lacking, wished[1] - _LEAST["right"])
        first = max(_LEAST["left"], wished[0] - (lacking - (wished[1] - shown)))
        self._wished = wished if lacking else None
        if (first, shown) != (left, right):
            self.setSizes([first, left + middle + right - first - shown, shown, *beside])

    def _on_moved(self) -> None:
        self._wished = None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, table = event.key(), self._cases.table
        escaped = key == Qt.Key.Key_Escape and not self._banner.isVisible()
        last = self.widget(self.count() - 1)
        if escaped and self._case.isHidden() and last is not None:
            self._hand_over(event, last)
        elif escaped and (table.hasFocus() or self._tree.hasFocus()):
            self._cases.cleared.emit()
        elif key in ENTER and event.isAutoRepeat():
            event.accept()  # a held Enter acts once
        elif key in ENTER and table.hasFocus() and self._cases.note.button.isVisible():
            self._cases.note.button.click()
        elif key in ENTER and table.hasFocus() and self._case.isVisible():
            self._hand_over(event, self._case)
        elif self._case.hasFocus() and (
            event.matches(QKeySequence.StandardKey.SelectAll) or (key in _STEPS and table.currentIndex().isValid())
        ):
            self._hand_over(event, table)
        elif key in _STEPS and self._case.hasFocus():
            self._cases.go_on()  # which goes to the next line
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if self._case.isVisible() and self._case.geometry().contains(event.pos()):
            self._cases.menu_wanted.emit(event.globalPos())
        else:
            super().contextMenuEvent(event)

    def _hand_over(self, event: QKeyEvent, to: QWidget) -> None:
        """Gives the widget the keyboard and the key."""
        to.setFocus()
        QApplication.sendEvent(to.focusProxy() or to, event)


class _Centre(QWidget):
    """The top bar, the desk or the page that covers it, the status line, and the banner over them.

    The banner lies over the lower edge of the map, or of the page, where the page's lower buttons stay free. Esc that
    no one has taken closes the banner and stops what it tells of; the next Esc leaves the page.

    Signals:
        left(): Esc was pressed and there is no banner.
    """

    left = Signal()

    def __init__(self, top: QWidget, stack: QStackedWidget, bottom: QWidget, *, banner: Banner, above: QWidget) -> None:
        super().__init__()
        self._stack, self._banner, self._above = stack, banner, above
        down(top, (stack, 1), bottom, on=self, gap=0)
        banner.setParent(self)
        banner.resized.connect(self.place_banner)
        stack.currentChanged.connect(self.place_banner)
        above.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Moves the banner when the map moves or changes its size."""
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Move):
            self.place_banner()
        return super().eventFilter(watched, event)

    def event(self, event: QEvent) -> bool:
        if event.type() != QEvent.Type.ShortcutOverride or not isinstance(event, QKeyEvent):
            return super().event(event)
        event.setAccepted(event.key() == Qt.Key.Key_Escape and self._banner.isVisible())  # before the page's own Esc
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() != Qt.Key.Key_Escape:
            super().keyPressEvent(event)
        elif self._banner.isVisible():
            self._banner.hide()
            self._banner.escaped.emit()
        else:
            self.left.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.place_banner()

    def place_banner(self, *_page: int) -> None:
        if not self._banner.isVisible():
            return
        page = self._stack.currentWidget() if self._stack.currentIndex() else None
        below = page or self._above
        room = QRect(below.mapTo(self, QPoint(0, 0)), below.size())
        layout = None if page is None else page.layout()
        if layout is not None and (head := layout.itemAt(0)) is not None:
            room.setBottom(room.bottom() - head.sizeHint().height())
        self._banner.lie_in(room)


def _fill(splitter: QSplitter, *parts: QWidget) -> None:
    for part in parts:
        splitter.addWidget(part)
    splitter.setHandleWidth(1)
    splitter.setChildrenCollapsible(False)


def _hex(state: QByteArray) -> str:
    return bytes(state.toHex().data()).decode()


def _bytes(text: str) -> QByteArray:
    return QByteArray.fromHex(text.encode())
