"""Walks through the demo by itself, with real key and mouse events on the real window, and takes pictures."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt

from gridclient.app import build_app
from gridclient.demo.building import make_demo
from gridclient.demo.running import demo_running
from gridclient.tour.desk import walk_desk
from gridclient.tour.hands import Hands
from gridclient.tour.line import walk_line

CASES: Final = 3000
SIZES: Final = ((1366, 768), (1920, 1080))


def walk(profile: Path | None, out: Path) -> list[Path]:
    """Walks through the demo and returns the pictures. Without a profile the demo is made in a temporary folder.

    Raises:
        GridClientError: the profile cannot be opened.
        StoreUnavailable: a stop was not reached in time (``tour.stuck``), or the folder cannot be written.
    """
    out.mkdir(parents=True, exist_ok=True)
    with _profile(profile) as folder:
        make_demo(folder, cases=CASES)
        with demo_running(folder):
            app = build_app(folder)
            try:
                hands = Hands(app, out)
                _walk(hands, folder)
                return hands.pictures
            finally:
                app.close()


@contextmanager
def _profile(given: Path | None) -> Iterator[Path]:
    if given is not None:
        yield given
        return
    with tempfile.TemporaryDirectory(prefix="gridclient-tour-", ignore_cleanup_errors=True) as folder:
        yield Path(folder) / "demo"


def _walk(hands: Hands, folder: Path) -> None:
    """All stops: one desk, two desks, then the dark theme and a large screen."""
    window = hands.window
    window.resize(*SIZES[0])
    window.show()
    window.activateWindow()
    hands.until("map", lambda: window.map.view is not None and window.map.view.is_ready)
    hands.until("list", lambda: window.cases.table.model().rowCount() > 0)
    hands.picture("desk")
    walk_desk(hands)
    walk_line(hands, folder)
    hands.key(Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier, on=window)
    hands.picture("dark")
    hands.key(Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier, on=window)
    window.resize(*SIZES[1])
    hands.picture("desk-1920")
