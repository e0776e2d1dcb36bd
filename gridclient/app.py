"""The whole desktop on one profile, put together by hand: services, jobs, window. No global application object."""

from __future__ import annotations

import os
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from PySide6.QtCore import (
    QCoreApplication,
    QEvent,
    QEventLoop,
    QLibraryInfo,
    QLocale,
    QObject,
    Qt,
    QTimer,
    QTranslator,
    Signal,
)
from PySide6.QtWidgets import QApplication, QWidget

from gridclient import __version__
from gridclient.composition import OpenedDesk, open_desk, restore_profile
from gridclient.domain.errors import GridClientError
from gridclient.mapview.basemaps import BaseMapFolder, openers
from gridclient.mapview.scheme import prepare_environment, register_scheme
from gridclient.store.backup import AutomaticBackups
from gridclient.store.mbtiles import MBTilesArchive
from gridclient.ui.initials import NameInitials
from gridclient.ui.jobs import Jobs
from gridclient.ui.main_window import MainWindow
from gridclient.ui.pages import Keys, PageParts
from gridclient.ui.theme import LIGHT, apply_theme
from gridclient.ui.worker_process import NamedTask

_BACKUP_LOOK_MS: Final = 5 * 60 * 1000
RESOURCES: Final = Path(getattr(sys, "_MEIPASS", Path(__file__).resolve().parents[1])) / "resources"
LANGUAGE_VARIABLE: Final = "GRIDCLIENT_LANGUAGE"


class App:
    """A desk with its window.

    Attributes:
        window: the main window, not shown yet.
        opened: the profile and its services.
    """

    def __init__(self, profile: Path) -> None:
        self._stack = ExitStack()
        self.opened: OpenedDesk = self._stack.enter_context(open_desk(profile))
        self._profile = profile
        self._base_maps = base_maps = BaseMapFolder(self.opened.base_map_folder, openers(MBTilesArchive))
        self._stack.callback(base_maps.close)
        self.jobs = Jobs()
        self._stack.callback(self.jobs.close)
        self.window = MainWindow(
            desk=self.opened.desk,
            jobs=self.jobs,
            parts=PageParts(
                pages={"help": self._help, "import": self._import, "settings": self._settings},
                intake=self._intake,
                base_maps=base_maps,
            ),
        )
        self._stack.callback(self.window.deleteLater)
        self._stack.callback(self.window.close)
        self.restore_from: tuple[Path, str] | None = None
        self.window.restore_wanted.connect(self._on_restore_wanted)
        self._backups = AutomaticBackups(self.opened.profile)
        self._backup_time = QTimer(self.window, interval=_BACKUP_LOOK_MS)
        self._backup_time.timeout.connect(self.back_up_if_due)
        self._backup_time.start()

    def back_up_if_due(self) -> None:
        """Backs the store up in the background if the last backup is old and something changed since."""
        now = self.opened.desk.clock.now()
        self.jobs.read(self.window, lambda: self._backups.make_if_due(now), name="backup")

    def _on_restore_wanted(self, file: Path, key: str) -> None:
        """The store cannot be exchanged under an open window: it closes, and :func:`run` opens the desk again."""
        self.restore_from = (file, key)
        self.window.close()

    # Pages are imported when they are opened: the first paint waits for none of them.

    def _help(self, keys: Keys) -> QWidget:
        from gridclient.ui.help.page import HelpPage

        page = HelpPage(folder=RESOURCES / "help", jobs=self.jobs, keys=lambda: keys)
        page.load()
        return page

    def _import(self, _keys: Keys) -> QWidget:
        from gridclient.ui.importing.page import ImportPage

        return ImportPage(
            desk=self.opened.desk,
            jobs=self.jobs,
            run_import=NamedTask("gridclient.importing:import_in_worker", {"profile": self._profile}),
            read_preview=NamedTask("gridclient.importing:look_in_worker"),
            save_report=NamedTask("gridclient.importing:save_report_in_worker"),
            templates=RESOURCES / "templates",
            base_maps=self._base_maps,
        )

    def _settings(self, _keys: Keys) -> QWidget:
        from gridclient.care import ProfileCare
        from gridclient.ui.settings.page import SettingsPage

        care = ProfileCare(self.opened, self._base_maps)
        roots = (RESOURCES, RESOURCES.parent / "maps")
        return SettingsPage(desk=self.opened.desk, jobs=self.jobs, care=care, licence_roots=roots)

    def _intake(self, initials: NameInitials) -> QWidget:
        from gridclient.ui.intake.form import IntakeForm

        return IntakeForm(desk=self.opened.desk, jobs=self.jobs, initials=initials)

    def close(self) -> None:
        """Closes the window, lets what writes finish and gives the profile back. Safe to call twice."""
        self._stack.close()


def is_english(wanted: str) -> bool:
    """Whether the desk speaks English: only when it is asked for, because the field's own words stay Chinese."""
    return wanted.lower().startswith("en")


def make_application() -> QApplication:
    """The Qt application, made once per process, with the scheme of the map and the words of its language."""
    running = QApplication.instance()
    if isinstance(running, QApplication):
        return running
    prepare_environment()
    register_scheme()
    QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_ShareOpenGLContexts)
    application = QApplication(sys.argv[:1])
    application.setApplicationName("gridclient")
    application.setApplicationVersion(__version__)
    _install_words(application)
    apply_theme(application, LIGHT)
    return application


def _install_words(application: QApplication) -> None:
    """The desk's words are Chinese and Qt's English: each needs a translation when the desk speaks the other."""
    words = QTranslator(application)
    if is_english(os.environ.get(LANGUAGE_VARIABLE, "")):
        found = words.load("gridclient_en", str(RESOURCES / "translations"))
    else:
        qt_words = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
        found = words.load(QLocale("zh_CN"), "qtbase", "_", qt_words)
    if found:
        application.installTranslator(words)


def build_app(profile: Path) -> App:
    """The whole desktop on a profile, without entering the event loop.

    Raises:
        GridClientError: see :func:`gridclient.composition.open_desk`.
    """
    make_application()
    return App(profile)


def run(profile: Path) -> int:
    """Opens the desk and stays until its window closes, also over a restored backup; gives the exit status.

    A loop of its own, because leaving the application's would end the web engine for good.
    """
    application = make_application()
    application.setQuitOnLastWindowClosed(False)
    problem: GridClientError | None = None
    while True:
        app = App(profile)
        try:
            app.window.show()
            if problem is not None:
                app.window.banner.tell_error(problem)
            _until_closed(app.window)
        finally:
            app.close()
        if app.restore_from is None:
            return 0
        problem = _restored(profile, *app.restore_from)


def _until_closed(window: QWidget) -> None:
    loop = QEventLoop()
    watch = _CloseWatch(window)
    watch.closed.connect(loop.quit, Qt.ConnectionType.QueuedConnection)
    loop.exec()


class _CloseWatch(QObject):
    """Tells when its parent, a window, is closed.

    Signals:
        closed(): it was.
    """

    closed = Signal()

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Close:
            self.closed.emit()
        return super().eventFilter(watched, event)


def _restored(profile: Path, file: Path, key: str) -> GridClientError | None:
    """Puts the backup in the store's place; what went wrong is said on the desk that opens on the old one."""
    try:
        restore_profile(profile, file, key_text=key)
    except GridClientError as error:
        return error
    return None
