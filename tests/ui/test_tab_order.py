"""Tab goes through the desk as it is read: the line above, boxes, areas, conditions, the list, the case."""

from __future__ import annotations

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from gridclient.ui.main_window import MainWindow
from gridclient.ui.map_pane import MapPane
from tests.fakes.map_data import InMemoryMapData
from tests.ui.conftest import press
from tests.ui.focus import focused

SHIFT = Qt.KeyboardModifier.ShiftModifier


def test_tab_goes_from_the_areas_over_one_chip_and_the_search_to_the_list_and_its_case(
    window: MainWindow, qtbot: QtBot
) -> None:
    window.resize(1366, 768)  # where every condition has room
    press(window, Qt.Key.Key_1, Qt.KeyboardModifier.AltModifier)  # a chip that is made now
    qtbot.waitUntil(lambda: not window._jobs.busy and window.detail.view is not None)
    chip = window.cases.bar.chip("box")
    window.tree.setFocus()
    for part in (chip, window.cases.bar.search, window.cases.table):
        press(focused(), Qt.Key.Key_Tab)
        assert focused() is part
    press(focused(), Qt.Key.Key_Tab)
    assert window.pane.isAncestorOf(focused())
    press(focused(), Qt.Key.Key_Tab, SHIFT)
    assert focused() is window.cases.table


def test_coming_to_the_areas_narrows_nothing_and_an_arrow_key_does(window: MainWindow, qtbot: QtBot) -> None:
    press(window, Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)
    assert focused() is window.tree
    assert not window.state.filter.grid
    press(focused(), Qt.Key.Key_Down)
    assert window.state.filter.grid == window.tree.grids.node(window.tree.grids.index(0, 0)).row.code


def test_escape_leaves_a_page_also_from_the_line_above_it(window: MainWindow, qtbot: QtBot) -> None:
    press(window, Qt.Key.Key_F1)
    page = window.pages.page("help")
    assert page is not None and page.isVisible()
    window.top.account.setFocus()
    press(focused(), Qt.Key.Key_Escape)
    assert not page.isVisible()


def test_escape_in_the_command_bar_gives_the_keyboard_back_to_the_page(window: MainWindow, qtbot: QtBot) -> None:
    press(window, Qt.Key.Key_F1)
    page = window.pages.page("help")
    assert page is not None
    press(window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    press(focused(), Qt.Key.Key_Escape)
    assert page.isAncestorOf(focused())
    press(focused(), Qt.Key.Key_Escape)
    assert focused() is window.cases.table


def test_tab_goes_from_the_address_to_the_button_beside_it(window: MainWindow) -> None:
    press(window, Qt.Key.Key_F3)
    form = window.side.form
    assert form is not None
    form.inputs.widget_of("address").setFocus()
    for part in (form.inputs.pick, form.inputs.widget_of("point")):
        press(focused(), Qt.Key.Key_Tab)
        assert focused() is part


def test_tab_passes_the_map_by(qtbot: QtBot) -> None:
    pane = MapPane(data=InMemoryMapData())
    qtbot.addWidget(pane)
    pane.show()
    with qtbot.waitSignal(pane.drawn):
        pane.make()
    keyboard = pane.view.focusProxy() if pane.view is not None else None
    assert keyboard is not None
    qtbot.waitUntil(lambda: keyboard.focusPolicy() is Qt.FocusPolicy.ClickFocus)
    pane.shutdown()
