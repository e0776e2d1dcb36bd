"""After a restore the banner says what the desk stands on, until somebody goes on working."""

from __future__ import annotations

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from gridclient.domain.roles import Action
from gridclient.ui.main_window import MainWindow
from tests.ui.conftest import press, settle


def test_what_a_restore_said_goes_with_the_next_deed(window: MainWindow, qtbot: QtBot) -> None:
    window.banner.tell("已用 a.gridbackup 恢复", "warn", passing=True)
    window.state.select([row.id for row in window.cases.model.rows if row.state == "handling"][:2])
    settle(qtbot, window)
    assert window.banner.isVisible()
    press(window, Qt.Key.Key_F7)
    qtbot.waitUntil(lambda: not window.banner.isVisible())


def test_what_the_next_deed_itself_says_stays(window: MainWindow, qtbot: QtBot) -> None:
    window.banner.tell("已用 a.gridbackup 恢复", "warn", passing=True)
    window.cases.table.selectAll()
    settle(qtbot, window)
    window.actions_.case[Action.SIGN].trigger()
    qtbot.waitUntil(lambda: "未办成" in window.banner.words.text())
    settle(qtbot, window)
    assert window.banner.isVisible()
