"""Chromium's start, which every page waits for."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QHideEvent
from PySide6.QtWebEngineWidgets import QWebEngineView


def start_engine() -> None:
    """Starts it without holding Python's lock.

    WORKAROUND for PySide6 6.x: making a profile or a page, which starts Chromium too, holds the lock until Chromium's
    first process has answered, though it does nothing itself for most of that time. A view that hears that it is
    hidden makes its page as well, and its events are handled without the lock.
    """
    QCoreApplication.sendEvent(QWebEngineView(), QHideEvent())
