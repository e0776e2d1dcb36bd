"""Ctrl+V while 附件 is open: the picture comes to the shown case, wherever the keyboard is, except where one writes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from gridclient.domain.roles import Action
from gridclient.ui.main_window import MainWindow
from tests.ui.casework.panel_keys import form_of
from tests.ui.conftest import OpenWindow, press, settle
from tests.ui.fakes.invented_desk import InventedDesk, busy_desk
from tests.ui.fakes.memory_files import InMemoryFiles, photo

CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def made(tmp_path: Path) -> InventedDesk:
    invented = busy_desk()
    (tmp_path / "kept").mkdir()
    return replace(invented, desk=replace(invented.desk, files=InMemoryFiles(tmp_path / "kept")))


@pytest.fixture
def window(made: InventedDesk, open_window: OpenWindow, tmp_path: Path, qtbot: QtBot) -> MainWindow:
    """A window that shows a case, with a screenshot on the clipboard and the keyboard in the list."""
    window = open_window(made)
    window.state.choose_case(made.dispatched("噪音"))
    settle(qtbot, window)
    window.cases.table.setFocus()
    QGuiApplication.clipboard().setImage(QImage(str(photo(tmp_path))))
    return window


def click_on_tab(window: MainWindow, page: QWidget) -> None:
    tabs = window.detail.top.tabs
    middle = tabs.tabBar().tabRect(tabs.indexOf(page)).center()
    QTest.mouseClick(tabs.tabBar(), Qt.MouseButton.LeftButton, pos=middle)
    assert tabs.currentWidget() is page


def paste(window: MainWindow, made: InventedDesk, qtbot: QtBot) -> int:
    """How many files the shown case has after Ctrl+V."""
    focused = window.focusWidget()
    assert focused is not None and window.state.current is not None
    press(focused, Qt.Key.Key_V, CTRL)
    settle(qtbot, window)
    return made.store.cases[window.state.current].attachments


def list_of_cases(window: MainWindow) -> None:
    assert window.focusWidget() is window.cases.table


def panel(window: MainWindow) -> None:
    window.detail.setFocus()


def first_action(window: MainWindow) -> None:
    window.detail.foot.take_focus()


def files(window: MainWindow) -> None:
    window.detail.top.attachments.kind.setFocus()


@pytest.mark.parametrize("keyboard", [list_of_cases, panel, first_action, files])
def test_after_a_click_on_the_tab_a_screenshot_is_pasted_wherever_the_keyboard_is(
    window: MainWindow, made: InventedDesk, qtbot: QtBot, keyboard: Callable[[MainWindow], None]
) -> None:
    click_on_tab(window, window.detail.top.attachments)
    keyboard(window)
    assert paste(window, made, qtbot) == 1
    assert paste(window, made, qtbot) == 2


def test_where_one_writes_text_is_pasted_and_no_file_is_attached(
    window: MainWindow, made: InventedDesk, qtbot: QtBot
) -> None:
    click_on_tab(window, window.detail.top.attachments)
    form = form_of(window.detail, Action.NOTE)
    form.widget_of("text").setFocus()
    assert paste(window, made, qtbot) == 0
    QGuiApplication.clipboard().setText("已电话通知")
    assert paste(window, made, qtbot) == 0
    assert form.values["text"] == "已电话通知"


@pytest.mark.parametrize("where", ["timeline", "help", "several", "text"])
def test_nothing_is_attached_where_no_files_are_shown_or_no_picture_was_copied(
    window: MainWindow, made: InventedDesk, qtbot: QtBot, where: str
) -> None:
    click_on_tab(window, window.detail.top.attachments)
    if where == "timeline":
        window.detail.top.tabs.setCurrentIndex(0)
    elif where == "help":
        press(window, Qt.Key.Key_F1)
    elif where == "several":
        press(window.cases.table, Qt.Key.Key_A, CTRL)
        settle(qtbot, window)
    else:
        QGuiApplication.clipboard().setText("已电话通知")
    assert paste(window, made, qtbot) == 0
