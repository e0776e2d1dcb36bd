"""Starts Chromium, which every page waits for."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QHideEvent
from PySide6.QtWebEngineWidgets import QWebEngineView


def start_engine() -> None:
    """Starts Chromium without holding Python's lock (GIL).

    WORKAROUND for PySide6 6.x: creating a profile or page starts Chromium too, but holds the lock until Chromium's
    first process has answered. A view that is hidden also creates its page, and its event handlers run without the
    lock.
    """
    QCoreApplication.sendEvent(QWebEngineView(), QHideEvent())
