"""The Qt application: made once per process, with the map's address space, the words of its language and its look."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from PySide6.QtCore import (
    QCoreApplication,
    QLibraryInfo,
    QMessageLogContext,
    QtMsgType,
    QTranslator,
    qInstallMessageHandler,
)
from PySide6.QtWidgets import QApplication

from gridclient import __version__
from gridclient.mapview.scheme import is_drawn_by_software, prepare_environment, register_scheme

RESOURCES: Final = Path(getattr(sys, "_MEIPASS", Path(__file__).resolve().parents[1])) / "resources"
LANGUAGE_VARIABLE: Final = "GRIDCLIENT_LANGUAGE"
_ENVIRONMENT_FAILED: Final = 4
"""The exit status that the command line gives to faults of the environment."""


def make_application(*, begun: Callable[[], None] = lambda: None) -> QApplication:
    """The Qt application, made once per process, with the scheme of the map and the words of its language.

    ``begun`` is called when the map's engine can be started: look and words are imported after it.
    """
    running = QApplication.instance()
    if isinstance(running, QApplication):
        return running
    prepare_environment()
    register_scheme()
    if not is_drawn_by_software():
        from PySide6.QtCore import Qt  # 20 ms, which the engine would wait for

        QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_ShareOpenGLContexts)
    with _told_without_screen():
        application = QApplication(sys.argv[:1])
    application.setApplicationName("gridclient")
    application.setApplicationVersion(__version__)
    begun()
    from gridclient.ui.theme import LIGHT, apply_theme

    install_words(application)
    apply_theme(application, LIGHT)
    return application


@contextmanager
def _told_without_screen() -> Iterator[None]:
    """Where Qt cannot reach the screen it aborts the process; before that, what there is to do is said."""
    before = qInstallMessageHandler(_on_qt_message)
    try:
        yield
    finally:
        qInstallMessageHandler(before)


def _on_qt_message(kind: QtMsgType, _context: QMessageLogContext, message: str) -> None:
    print(message, file=sys.stderr)
    if kind is QtMsgType.QtFatalMsg:
        from gridclient.services.error_text import sentence

        print(sentence("environment.screen_failed"), file=sys.stderr, flush=True)
        os._exit(_ENVIRONMENT_FAILED)


def is_english(wanted: str) -> bool:
    """Whether the desk speaks English: only when it is asked for, because the field's own words stay Chinese."""
    return wanted.lower().startswith("en")


def install_words(application: QApplication) -> None:
    """The desk's words are Chinese and Qt's English: each needs a translation when the desk speaks the other."""
    own, of_qt = str(RESOURCES / "translations"), QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    english = is_english(os.environ.get(LANGUAGE_VARIABLE, ""))
    for name, folder in (("gridclient_en", own),) if english else (("qt_zh_CN", own), ("qtbase_zh_CN", of_qt)):
        words = QTranslator(application)
        if words.load(name, folder):
            application.installTranslator(words)
