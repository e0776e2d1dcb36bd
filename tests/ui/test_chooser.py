"""A line that finds one of many."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from gridclient.ui.chooser import Chooser
from gridclient.ui.matching import Entry
from gridclient.ui.theme import LIGHT, apply_theme

ENTRIES = [Entry("1", "施工扰民", "2紧急工作时", "", "sgrm"), Entry("2", "占道经营", "1工作日", "", "zdjy")]


@pytest.fixture
def line(qtbot: QtBot) -> Iterator[Chooser]:
    window = QWidget()
    qtbot.addWidget(window)
    chooser = Chooser(hint="输入", parent=window)
    other = QLineEdit(window)
    rows = QVBoxLayout(window)
    rows.addWidget(chooser)
    rows.addWidget(other)
    chooser.set_entries(ENTRIES)
    window.show()
    chooser.setFocus()
    yield chooser
    window.close()


def test_initials_and_enter_choose(line: Chooser, qtbot: QtBot) -> None:
    with qtbot.waitSignal(line.chosen) as chosen:
        QTest.keyClicks(line, "zd")
        QTest.keyClick(line, Qt.Key.Key_Return)
    assert chosen.args == ["2"]
    assert (line.value, line.text()) == ("2", "占道经营")


def test_the_arrow_and_enter_choose_from_the_list(line: Chooser, qtbot: QtBot) -> None:
    QTest.keyClick(line, Qt.Key.Key_Down)
    popup = line.completer().popup()
    assert popup is not None
    qtbot.waitUntil(popup.isVisible)
    QTest.keyClick(popup, Qt.Key.Key_Down)
    QTest.keyClick(popup, Qt.Key.Key_Down)
    with qtbot.waitSignal(line.chosen) as chosen:
        QTest.keyClick(popup, Qt.Key.Key_Return)
    assert chosen.args == ["2"]
    assert line.value == "2"


def test_the_list_has_an_edge_on_what_it_lies_on(line: Chooser, qapp: QApplication, qtbot: QtBot) -> None:
    apply_theme(qapp, LIGHT)
    QTest.keyClick(line, Qt.Key.Key_Down)
    popup = line.completer().popup()
    assert popup is not None
    qtbot.waitUntil(popup.isVisible)
    picture = popup.grab().toImage()
    edge, middle = (picture.pixelColor(x, picture.height() // 2).name() for x in (0, picture.width() - 8))
    assert (edge.upper(), middle.upper()) == (LIGHT.line, LIGHT.panel)


def test_changing_the_words_gives_the_value_up(line: Chooser, qtbot: QtBot) -> None:
    line.set_value("1")
    assert line.text() == "施工扰民"
    with qtbot.waitSignal(line.chosen) as chosen:
        QTest.keyClick(line, Qt.Key.Key_Backspace)
        QTest.keyClick(line, Qt.Key.Key_Delete)
    assert chosen.args == [""]
    assert line.value == ""


def test_words_that_find_nothing_stay_and_are_marked(line: Chooser) -> None:
    QTest.keyClicks(line, "xyz")
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert (line.text(), line.value) == ("xyz", "")
    assert line.property("invalid")


def test_a_value_learns_its_words_when_the_entries_come(line: Chooser) -> None:
    line.set_entries([])
    line.clearFocus()
    line.set_value("2")
    assert line.text() == "2"
    line.set_entries(ENTRIES)
    assert line.text() == "占道经营"


def test_what_is_chosen_shows_its_words_as_soon_as_they_are_known_and_gives_way_to_typing(qtbot: QtBot) -> None:
    line = Chooser()
    qtbot.addWidget(line)
    line.show()
    line.activateWindow()
    line.set_value("E-01@清单")
    line.setFocus()
    qtbot.waitUntil(line.hasFocus)
    line.set_entries([Entry("E-01@清单", "占道经营"), Entry("E-02@清单", "乱扔垃圾")])
    assert line.text() == "占道经营"
    QTest.keyClicks(line, "E-02")
    assert line.text() == "E-02"


def test_marked_words_that_are_too_long_are_seen_from_their_beginning(line: Chooser) -> None:
    line.set_entries([Entry("1", "油烟扰民 · 餐饮单位油烟直排或净化设施停用，居民反映强烈" * 3, "", "", "")])
    line.set_value("1")
    line.clearFocus()
    line.setFocus(Qt.FocusReason.TabFocusReason)
    assert line.selectedText() == line.text()
    assert line.cursorPosition() == 0


def test_the_arrow_offers_all_there_is_where_nothing_has_the_words(line: Chooser, qtbot: QtBot) -> None:
    QTest.keyClicks(line, "qqqq")
    QTest.keyClick(line, Qt.Key.Key_Return)
    QTest.keyClick(line, Qt.Key.Key_Down)
    popup = line.completer().popup()
    assert popup is not None
    assert popup.isVisible()
    QTest.keyClick(popup, Qt.Key.Key_Down)
    with qtbot.waitSignal(line.chosen) as chosen:
        QTest.keyClick(popup, Qt.Key.Key_Return)
    assert chosen.args == ["1"]
