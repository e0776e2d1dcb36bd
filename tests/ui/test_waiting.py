"""While a backup is proved there is no desk: a small window says so."""

from __future__ import annotations

import threading

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gridclient.domain.errors import InvalidInput
from gridclient.ui.restoring import WaitingWindow, wait_for


def test_a_window_says_what_goes_on_and_cannot_be_closed_before_it_is_over(qtbot: QtBot, look: None) -> None:
    seen, over = list[tuple[str, bool]](), threading.Event()

    def look_and_close() -> None:
        window = next(w for w in QApplication.topLevelWidgets() if isinstance(w, WaitingWindow))
        window.close()
        seen.append((window.words.text(), window.isVisible()))
        over.set()

    QTimer.singleShot(50, look_and_close)
    assert wait_for(lambda: over.wait(5), title="正在恢复", words="正在核对")
    assert seen == [("正在核对", True)]
    assert not any(w.isVisible() for w in QApplication.topLevelWidgets() if isinstance(w, WaitingWindow))


def test_what_goes_wrong_is_raised(qtbot: QtBot, look: None) -> None:
    def fail() -> None:
        raise InvalidInput("backup.missing", file="x")

    with pytest.raises(InvalidInput, match=r"backup\.missing"):
        wait_for(fail, title="正在恢复", words="正在核对")
