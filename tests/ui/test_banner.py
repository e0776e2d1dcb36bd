"""The banner of the desk: what it tells, and where it lies."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gridclient.domain.errors import StoreUnavailable
from gridclient.ui.main_window import MainWindow
from tests.ui.conftest import press


def test_a_failing_store_is_told_in_the_banner_and_nothing_pops_up(window: MainWindow, qtbot: QtBot) -> None:
    window._jobs.failed.emit(StoreUnavailable("store.disk_full"))
    assert window.banner.isVisible()
    assert window.banner.words.text()
    assert QApplication.activeModalWidget() is None


def test_the_banner_stays_over_the_map_when_the_intake_form_takes_room(window: MainWindow, qtbot: QtBot) -> None:
    window.resize(1366, 768)
    window._places.across.setSizes([190, 876, 300])
    window.banner.tell("不能写入", "bad")
    before = window.map.width()
    press(window, Qt.Key.Key_F3)
    qtbot.waitUntil(lambda: window.map.width() < before)

    def lies_over_the_map() -> bool:
        left = window.map.mapFromGlobal(window.banner.mapToGlobal(QPoint(0, 0))).x()
        return 0 < left < window.map.width() - window.banner.width()

    qtbot.waitUntil(lies_over_the_map)
