"""Opens the desk and keeps it open. What takes its time at a start goes on side by side.

A process (:mod:`gridclient.forerunner`) opens the store while this one imports Qt; the window is imported while
Chromium starts; Chromium loads the map's page in processes of its own while the window is built.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEventLoop, QObject, QTimer, Signal
from PySide6.QtWidgets import QApplication

from gridclient.domain.errors import Cancelled
from gridclient.ui.garbage import GarbageCollector

if TYPE_CHECKING:
    from gridclient.app import App
    from gridclient.composition import OpenedDesk
    from gridclient.early_desk import EarlyDesk
    from gridclient.forerunner import Forerunner
    from gridclient.mapview.basemaps import BaseMapFolder
    from gridclient.mapview.view import MapView
    from gridclient.services.desk import Desk
    from gridclient.ui.banner import Kind
    from gridclient.ui.waiting import CatchingUp

_STARTED_MS: Final = 4_000
_SWITCH_INTERVAL_S: Final = 0.0005
_PAGE_MS: Final = 40
"""How long the window waits at the most for its map's page to be sent: of a million cases it is built before that."""
_MAP_SIZE: Final = (788, 330)
"""Of the map in a window that nobody has changed: a page that is shown in this size need not fit its areas again."""
_WINDOW: Final = (
    "gridclient.mapview.view",
    "gridclient.ui.theme",
    "gridclient.ui.map_pane",
    "gridclient.ui.window_memory",
    "gridclient.ui.present",
    "gridclient.ui.cases.filter_bar",
    "gridclient.ui.cases.table",
    "gridclient.ui.cases.page",
    "gridclient.ui.command.bar",
    "gridclient.ui.grids.tree",
    "gridclient.ui.sync.desk_sync",
    "gridclient.ui.pages",
    "gridclient.ui.main_window",
    "gridclient.app",
)
"""The window's modules in portions, so that nothing waits long for the end of one."""


def run(profile: Path, *, made: Callable[[App], None] = lambda _app: None, forerunner: Forerunner | None = None) -> int:
    """Opens the desk and stays until its window closes, also over a restored backup; gives the exit status.

    A loop of its own, because leaving the application's would end the web engine for good.

    Args:
        made: is told of every desk before its window is shown.
        forerunner: opens the profile already; it is closed here.

    Raises:
        GridClientError: see :func:`gridclient.composition.open_desk`.
    """
    garbage = GarbageCollector()  # nothing of what a start makes is garbage
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # numpy's linear algebra, which nobody here calls
    sys.setswitchinterval(_SWITCH_INTERVAL_S)
    try:
        app = open_app(profile, forerunner)
        QApplication.setQuitOnLastWindowClosed(False)
        QTimer.singleShot(_STARTED_MS, garbage, garbage.begin)
        return _stay(app, profile, made)
    finally:
        garbage.end()


def _stay(app: App, profile: Path, made: Callable[[App], None]) -> int:
    from PySide6.QtCore import Qt

    from gridclient.ui.ending import closed_when_asked

    restored: tuple[str, Kind] | None = None
    while True:
        with closed_when_asked(app.window.close) as asked:  # also while it closes: what writes goes to its end
            try:
                made(app)
                app.window.show()
                if restored is not None:
                    app.window.banner.tell(*restored, passing=True)  # until somebody goes on working
                loop = QEventLoop()
                app.window.closed.connect(loop.quit, Qt.ConnectionType.QueuedConnection)
                loop.exec()
            finally:
                app.close()
        if app.restore_from is None or asked:
            return 0
        from gridclient.app import App
        from gridclient.composition import restore_profile
        from gridclient.ui.restoring import restored_from

        file, key = app.restore_from
        with closed_when_asked(lambda: None) as asked:  # a restore that was begun goes to its end
            restored = restored_from(file, partial(restore_profile, profile, file, key_text=key))
        if asked:
            return 0
        app = App(profile)


def open_app(profile: Path, forerunner: Forerunner | None = None) -> App:
    """The desk with its window, as :func:`gridclient.app.build_app` makes it, in less time.

    Raises:
        GridClientError: see :func:`gridclient.composition.open_desk`.
    """
    opening = _Opening(profile, forerunner)
    if forerunner is None:
        opening.begin()  # before the web engine is imported: the page waits for it
    from gridclient.application import make_application

    window = iter(_WINDOW)

    def begin() -> None:
        opening.begin()  # not before, beside a forerunner: it would only take Python's lock away from what starts here
        _start_engine(window)

    application = make_application(begun=begin)
    from gridclient.mapview.view import MapView

    view = MapView(size=_MAP_SIZE)
    view.resize(*_MAP_SIZE)
    try:
        opened, base_maps = opening.wait()
        _begin_as_left(view, opened.desk, base_maps)
        _let_page_come(view)
        for part in window:
            import_module(part)
            application.processEvents()  # the page asks in between
        from gridclient.app import App, Begun

        return App(profile, Begun(opened, opening.closing, base_maps, view))
    except BaseException:
        opening.closing.close()
        view.shutdown()
        view.deleteLater()
        raise


def _start_engine(window: Iterator[str]) -> None:
    """Starts Chromium; as much of the window as there is time for is imported on another thread meanwhile.

    Beside no Python that uses Qt: PySide makes a type when it is first named, and two threads would make it twice.
    """
    from gridclient.mapview.engine import start_engine

    started = threading.Event()

    def import_meanwhile() -> None:
        while not started.is_set() and (part := next(window, "")):
            import_module(part)

    with ThreadPoolExecutor(1, thread_name_prefix="importing") as pool:
        importing = pool.submit(import_meanwhile)
        try:
            start_engine()
        finally:
            started.set()
    importing.result()


def _begin_as_left(view: MapView, desk: Desk, base_maps: BaseMapFolder) -> None:
    """The page gets its data, and looks where the operator looked: drawn elsewhere first it would be drawn twice."""
    from gridclient.ui.map_pane import place_in
    from gridclient.ui.state import DeskState
    from gridclient.ui.window_memory import kept_part

    state = DeskState()
    state.restore(kept_part(desk.settings, "state"))
    view.refresh_cases(state.filter)
    view.begin(desk.map_data, base_maps, place=place_in(kept_part(desk.settings, "map")))


def _let_page_come(view: MapView) -> None:
    """Until the page was sent: from then on its own process makes it ready, while the window is built here."""
    loop = QEventLoop()
    view.handler.answered.connect(loop.quit)
    QTimer.singleShot(_PAGE_MS, loop, loop.quit)
    loop.exec()


class _Opening(QObject):
    """Imports and opens the store on a thread of its own, which then reads what the first paint will ask for.

    Signals:
        ended(): the profile is open, or cannot be opened.
        told(int, int): so many cases of so many were brought after a newer program's rules.
    """

    ended = Signal()
    told = Signal(int, int)

    def __init__(self, profile: Path, forerunner: Forerunner | None) -> None:
        super().__init__()
        self._profile, self._forerunner = profile, forerunner
        self.closing = ExitStack()
        self._waiting: CatchingUp | None = None
        self._left = threading.Event()
        self.told.connect(self._show_told)  # from the other thread
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="opening")
        self._opening: Future[tuple[OpenedDesk | EarlyDesk, BaseMapFolder]] | None = None

    def begin(self) -> Future[tuple[OpenedDesk | EarlyDesk, BaseMapFolder]]:
        """Begins, once."""
        if self._opening is None:
            self._opening = self._pool.submit(self._open)
        return self._opening

    def wait(self) -> tuple[OpenedDesk | EarlyDesk, BaseMapFolder]:
        """Lets events go on until the profile is open; raises what is in its way, also that nobody waits for it."""
        from PySide6.QtCore import Qt

        opening, loop = self.begin(), QEventLoop()
        self.ended.connect(loop.quit, Qt.ConnectionType.QueuedConnection)
        opening.add_done_callback(lambda _: self.ended.emit())
        loop.exec()
        if self._waiting is not None:
            self._waiting.end()
        self.closing.callback(self._pool.shutdown)
        return opening.result()

    def _open(self) -> tuple[OpenedDesk | EarlyDesk, BaseMapFolder]:
        from gridclient.early_desk import base_maps_in

        return self._early() or self._opened(), base_maps_in(self._profile)

    def _early(self) -> EarlyDesk | None:
        """The desk that the forerunner answers for; without one, or where it gives up, there is none."""
        if self._forerunner is None:
            return None
        from gridclient.early_desk import EarlyDesk
        from gridclient.store.profile_lock import take_lock

        self.closing.callback(self._forerunner.close)
        ready = self._forerunner.ready()
        if ready is None:
            return None
        early = EarlyDesk(self._profile, self._forerunner, ready, take_lock(self._profile))
        self.closing.callback(early.close)
        return early

    def _opened(self) -> OpenedDesk:
        from gridclient.composition import open_desk

        opened = self.closing.enter_context(open_desk(self._profile, told=self._tell))
        self._pool.submit(opened.read_ahead)  # what is wrong with it is told to whoever asks next
        return opened

    def _tell(self, done: int, of: int) -> None:
        """On the opening thread. Raises ``Cancelled``."""
        if self._left.is_set():
            raise Cancelled
        self.told.emit(done, of)

    def _show_told(self, done: int, of: int) -> None:
        from gridclient.ui.waiting import CatchingUp

        if self._waiting is None:
            self._waiting = CatchingUp()
            self._waiting.left.connect(self._left.set)
        self._waiting.show_progress(done, of)
