"""The whole desktop on one profile, put together by hand: services, jobs, window. No global application object."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, Qt, QTranslator
from PySide6.QtWidgets import QApplication

from gridclient import __version__
from gridclient.care import ProfileCare
from gridclient.composition import OpenedDesk, open_desk
from gridclient.importing import import_in_worker, look_in_worker, save_report_in_worker
from gridclient.mapview.basemaps import BaseMapFolder, openers
from gridclient.mapview.scheme import prepare_environment, register_scheme
from gridclient.store.mbtiles import MBTilesArchive
from gridclient.ui.jobs import Jobs
from gridclient.ui.main_window import MainWindow
from gridclient.ui.pages import Importing, PageParts
from gridclient.ui.theme import LIGHT, apply_theme

RESOURCES: Final = Path(getattr(sys, "_MEIPASS", Path(__file__).resolve().parents[1])) / "resources"


class App:
    """A desk with its window.

    Attributes:
        window: the main window, not shown yet.
        opened: the profile and its services.
    """

    def __init__(self, profile: Path) -> None:
        self._stack = ExitStack()
        self.opened: OpenedDesk = self._stack.enter_context(open_desk(profile))
        base_maps = BaseMapFolder(self.opened.base_map_folder, openers(MBTilesArchive))
        self._stack.callback(base_maps.close)
        self.jobs = Jobs()
        self._stack.callback(self.jobs.close)
        self.window = MainWindow(
            desk=self.opened.desk,
            jobs=self.jobs,
            parts=PageParts(
                help_folder=RESOURCES / "help",
                importing=Importing(
                    run_import=partial(import_in_worker, profile=profile),
                    read_preview=look_in_worker,
                    save_report=save_report_in_worker,
                    templates=RESOURCES / "templates",
                ),
                care=ProfileCare(self.opened, base_maps),
                licence_roots=(RESOURCES, RESOURCES.parent / "maps"),
                base_maps=base_maps,
            ),
        )
        self._stack.callback(self.window.close)

    def close(self) -> None:
        """Closes the window, lets what writes finish and gives the profile back. Safe to call twice."""
        self._stack.close()


def make_application() -> QApplication:
    """The Qt application, made once per process, with the scheme of the map and the words of Qt in Chinese."""
    running = QApplication.instance()
    if isinstance(running, QApplication):
        return running
    prepare_environment()
    register_scheme()
    QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_ShareOpenGLContexts)
    application = QApplication(sys.argv[:1])
    application.setApplicationName("gridclient")
    application.setApplicationVersion(__version__)
    words = QTranslator(application)
    if words.load(QLocale("zh_CN"), "qtbase", "_", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
        application.installTranslator(words)
    apply_theme(application, LIGHT)
    return application


def build_app(profile: Path) -> App:
    """The whole desktop on a profile, without entering the event loop.

    Raises:
        GridClientError: see :func:`gridclient.composition.open_desk`.
    """
    make_application()
    return App(profile)


def run(profile: Path) -> int:
    """Opens the desk and stays until its window closes; gives the exit status."""
    application = make_application()
    app = App(profile)
    try:
        app.window.show()
        return application.exec()
    finally:
        app.close()
