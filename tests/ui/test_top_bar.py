"""The window's upper edge: who is at the desk."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from gridclient.domain.roles import AccountRole, Actor
from gridclient.ui.actions import DeskActions
from gridclient.ui.laid_out import tip
from gridclient.ui.main_window import MainWindow
from gridclient.ui.top_bar import TopBar


@pytest.mark.parametrize(
    ("actor", "words"),
    [
        (Actor("operator", AccountRole.OPERATOR, name="受理派遣员"), "受理派遣员"),
        (Actor("wang", AccountRole.OPERATOR, name="王某"), "受理派遣员 · 王某"),
        (Actor("wang", AccountRole.OPERATOR), "受理派遣员 · wang"),
        (Actor("371002002-A01", AccountRole.UNIT, "371002002-A01", "综合行政执法中队"), "综合行政执法中队"),
    ],
)
def test_who_is_at_the_desk_stands_by_name(qtbot: QtBot, look: None, actor: Actor, words: str) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    actions = DeskActions(role=actor.role, parent=window)
    bar = TopBar(command=QWidget(), lamp=QWidget(), actions=actions.desk, actor=actor)
    bar.setParent(window)
    assert bar.account.text() == words


def test_a_long_name_of_the_room_gives_way_to_the_command_bar(window: MainWindow, qtbot: QtBot) -> None:
    window.resize(1366, 768)
    qtbot.waitUntil(lambda: window.top.width() == 1366)
    room, command = window.top.room, window.command
    name = "环翠楼街道综合信息指挥室（社会治理综合服务中心、矛盾纠纷多元化解分中心、应急值守点）"
    room.setText(name)
    qtbot.waitUntil(lambda: room.toolTip() == tip(name))
    assert command.placeholderText(), "there is room for its hint, and so for what is typed"
    room.setText("环翠楼街道综合信息指挥室")
    qtbot.waitUntil(lambda: not room.toolTip())


def test_where_the_command_bar_s_hint_has_no_room_its_beginning_is_shown(window: MainWindow, qtbot: QtBot) -> None:
    window.resize(1366, 768)
    qtbot.waitUntil(lambda: window.command.placeholderText() != "")
    command, whole = window.command, window.command.placeholderText()
    wide = command.fontMetrics().horizontalAdvance(whole)
    command.resize(wide + 50, command.height())  # the key takes more than that
    shown = command.placeholderText()
    assert shown != whole and shown.startswith(whole[:4])
    assert command.fontMetrics().horizontalAdvance(shown) < wide


@pytest.mark.parametrize("width", [910, 1000, 1100])
def test_on_a_screen_of_1366_by_768_at_150_percent_the_room_s_name_gives_way_to_the_command_bar(
    window: MainWindow, qtbot: QtBot, width: int
) -> None:
    window.setWindowState(Qt.WindowState.WindowNoState)
    window.resize(width, 499)
    window.top.room.setText("环翠楼街道综合信息指挥室（演示）")
    window.top.account.setText("受理派遣员 · 一位欧阳同志（夜班）")
    qtbot.waitUntil(lambda: window.top.width() == width and window.command.placeholderText() != "")
