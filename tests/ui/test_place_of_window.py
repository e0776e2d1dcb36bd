"""Where a desk's window opens."""

from __future__ import annotations

import json

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.ui.conftest import OpenWindow
from tests.ui.fakes.invented_desk import busy_desk


@pytest.mark.parametrize("beside", [True, False])
def test_a_new_desk_fills_the_screen_unless_it_lies_beside_another(open_window: OpenWindow, *, beside: bool) -> None:
    desk = busy_desk()
    if beside:
        desk.store.kept["desk.window"] = json.dumps({"beside": "yes"})
    window = open_window(desk)
    free = window.screen().availableGeometry()
    assert window.isMaximized() is not beside
    if beside:
        assert window.geometry().left() > free.left()
        assert window.geometry().top() > free.top()


def test_a_window_that_no_longer_fills_the_screen_still_has_room_on_it(open_window: OpenWindow) -> None:
    window = open_window(busy_desk())
    free = window.screen().availableGeometry()
    assert window.normalGeometry().width() <= free.width()
    assert window.normalGeometry().height() <= free.height()


def test_sides_that_gave_way_come_back_when_the_desk_was_closed_meanwhile(
    open_window: OpenWindow, qtbot: QtBot
) -> None:
    desk = busy_desk()
    window = open_window(desk)
    window.setWindowState(Qt.WindowState.WindowNoState)
    window.resize(1400, 800)
    across = window._places.across
    qtbot.waitUntil(lambda: across.width() == 1400)
    across.setSizes([240, 798, 360])
    window.resize(910, 800)
    qtbot.waitUntil(lambda: across.sizes()[::2] == [190, 300])
    with qtbot.waitSignal(window.closed):
        window.close()
    qtbot.waitUntil(lambda: "across" in json.loads(desk.store.kept.get("desk.window", "{}")))
    again = open_window(desk)
    across = again._places.across
    again.setWindowState(Qt.WindowState.WindowNoState)
    again.resize(910, 800)
    qtbot.waitUntil(lambda: across.width() == 910 and across.sizes()[::2] == [190, 300])
    again.resize(1400, 800)
    qtbot.waitUntil(lambda: across.sizes()[::2] == [240, 360])
