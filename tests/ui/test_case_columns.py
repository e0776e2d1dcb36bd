"""The list's columns and its line of conditions: which there is room for, and where the others are."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QImage, QPainter, QPixmap
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QStyleOptionViewItem
from pytestqt.qtbot import QtBot

from gridclient.services.rows import Box, CaseFilter, Sort, SortKey
from gridclient.ui.cases.columns import COLUMNS, NUMBER, TITLE, UNIT
from gridclient.ui.cases.filter_bar import ChipButton
from gridclient.ui.cases.table import CaseTable
from gridclient.ui.jobs import Jobs
from gridclient.ui.state import Question
from tests.ui.conftest import OpenList, press
from tests.ui.fakes.invented_desk import OTHER, InventedDesk

CHANNEL = next(place for place, column in enumerate(COLUMNS) if column.key is SortKey.CHANNEL)
LEVEL = next(place for place, column in enumerate(COLUMNS) if column.key is SortKey.LEVEL)


def test_every_head_has_room_for_its_word_and_its_arrow(open_list: OpenList, crowded: InventedDesk) -> None:
    page = open_list(crowded)
    heads = page.table.horizontalHeader()
    for place, column in enumerate(COLUMNS):
        page.model.set_order(Sort(column.key))
        word = str(page.model.headerData(place, Qt.Orientation.Horizontal))
        room = heads.sectionSize(place) - 2 * 8  # the style sheet
        assert heads.isSectionHidden(place) or room >= heads.fontMetrics().horizontalAdvance(word), word


def test_columns_are_chosen_and_come_back(open_list: OpenList, invented: InventedDesk, qtbot: QtBot) -> None:
    page = open_list(invented)
    entries = {entry.text(): entry for entry in page.table.column_menu().actions()}
    assert not entries["标题"].isEnabled()
    entries["网格"].trigger()
    entries["来源"].trigger()
    other = open_list(invented)
    other.table.restore_columns(page.table.columns_as_text())
    hidden = {COLUMNS[place].key for place in range(len(COLUMNS)) if other.table.isColumnHidden(place)}
    assert hidden == {SortKey.CHANNEL, SortKey.REGISTERED}


def test_the_menu_of_the_heads_is_gone_when_it_is_closed(
    open_list: OpenList, invented: InventedDesk, qtbot: QtBot
) -> None:
    page = open_list(invented)
    heads = page.table.horizontalHeader()
    where = heads.viewport().mapToGlobal(QPoint(200, 8))
    QApplication.sendEvent(heads.viewport(), QContextMenuEvent(QContextMenuEvent.Reason.Mouse, QPoint(200, 8), where))
    qtbot.waitUntil(lambda: QApplication.activePopupWidget() is not None)
    (menu,) = page.table.findChildren(QMenu)
    press(menu, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not page.table.findChildren(QMenu))


def test_units_are_written_out_where_the_title_has_room_unless_their_column_was_dragged(
    open_list: OpenList, crowded: InventedDesk, qtbot: QtBot
) -> None:
    page = open_list(crowded)
    table = page.table
    assert table.columnWidth(UNIT) == COLUMNS[UNIT].width
    page.resize(1342, 400)
    qtbot.waitUntil(lambda: table.columnWidth(UNIT) > 200 and table.columnWidth(TITLE) > 500)
    text = table.columns_as_text()
    page.resize(788, 400)
    qtbot.waitUntil(lambda: table.columnWidth(UNIT) == COLUMNS[UNIT].width)
    table.restore_columns(text)  # as it was left in a wider window
    assert table.columnWidth(UNIT) == COLUMNS[UNIT].width
    drag(table, UNIT, 30)
    dragged = table.columnWidth(UNIT)
    assert dragged > COLUMNS[UNIT].width
    other = open_list(crowded)
    other.table.restore_columns(table.columns_as_text())
    page.resize(1342, 400)
    other.resize(1342, 400)
    qtbot.waitUntil(lambda: min(one.table.columnWidth(TITLE) for one in (page, other)) > 500)
    assert {one.table.columnWidth(UNIT) for one in (page, other)} == {dragged}


def test_how_many_units_cooperate_is_seen_where_the_name_of_the_lead_is_shortened(
    open_list: OpenList, invented: InventedDesk
) -> None:
    alone, another, helped = (invented.dispatched("积水", cooperating=others) for others in ((), (), (OTHER,)))
    page = open_list(invented)
    indexes = {page.model.row_at(line).id: page.model.index(line, UNIT) for line in range(page.model.rowCount())}

    def painted(case_id: str) -> QImage:
        option, picture = QStyleOptionViewItem(), QPixmap(70, 28)
        option.rect = picture.rect()
        picture.fill(Qt.GlobalColor.white)
        painter = QPainter(picture)
        page.table.itemDelegate().paint(painter, option, indexes[case_id])
        painter.end()
        return picture.toImage()

    page.table.clearSelection()
    page.table.grab()
    assert painted(another) == painted(alone)
    assert painted(helped) != painted(alone)


def test_the_title_keeps_room_in_a_narrow_window(open_list: OpenList, crowded: InventedDesk, qtbot: QtBot) -> None:
    page = open_list(crowded)
    page.resize(300, 400)
    qtbot.waitUntil(lambda: page.table.columnWidth(TITLE) == 80)
    page.resize(340, 400)  # beside a registration, on a screen of 1920 × 1080 at 200 %
    qtbot.waitUntil(lambda: page.table.columnWidth(TITLE) > 80)
    assert page.table.horizontalScrollBar().maximum() == 0
    page.resize(1400, 400)
    qtbot.waitUntil(lambda: page.table.columnWidth(TITLE) > 400)
    page.resize(692, 400)  # beside a registration, in a window of 1366
    qtbot.waitUntil(lambda: 150 <= page.table.columnWidth(TITLE) < 400)
    assert page.table.horizontalScrollBar().maximum() == 0


def test_columns_give_way_in_a_narrow_list_and_come_back_as_the_operator_chose_them(
    open_list: OpenList, crowded: InventedDesk, qtbot: QtBot
) -> None:
    def shown(table: CaseTable) -> list[SortKey]:
        return [column.key for place, column in enumerate(COLUMNS) if not table.isColumnHidden(place)]

    page = open_list(crowded)
    wide = shown(page.table)
    page.resize(680, 400)
    qtbot.waitUntil(lambda: SortKey.CHANNEL not in shown(page.table))
    assert shown(page.table) == [key for key in wide if key is not SortKey.CHANNEL]
    assert page.table.horizontalScrollBar().maximum() == 0
    page.resize(480, 400)
    qtbot.waitUntil(lambda: shown(page.table) == [SortKey.NUMBER, SortKey.TITLE, SortKey.STATE, SortKey.DUE])
    assert page.table.horizontalScrollBar().maximum() == 0
    other = open_list(crowded)
    other.table.restore_columns(page.table.columns_as_text())
    assert shown(other.table) == wide
    entries = {entry.text(): entry for entry in page.table.column_menu().actions()}
    assert entries["来源（列表窄，暂不显示）"].isChecked()
    entries["级别（列表窄，暂不显示）"].trigger()
    page.resize(788, 400)
    qtbot.waitUntil(lambda: shown(page.table) == [key for key in wide if key is not SortKey.LEVEL])


def test_what_the_filter_line_has_no_room_for_is_behind_its_last_button(
    open_list: OpenList, crowded: InventedDesk, jobs: Jobs, qtbot: QtBot
) -> None:
    page = open_list(crowded)
    page.bar.set_units(crowded.desk.reference.units())
    asked = CaseFilter(level=3, channel="12345", box=Box.FILED)
    page.show_question(Question(asked), grid_name="全部网格")
    page.resize(1200, 400)
    qtbot.waitUntil(lambda: not page.bar.rest.isVisible())
    page.resize(360, 400)
    qtbot.waitUntil(page.bar.rest.isVisible)
    channel = page.bar.chip("channel")
    assert channel is not None and not channel.isVisible()
    QTest.mouseClick(page.bar.rest, Qt.MouseButton.LeftButton)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    assert page.bar.rest.accessibleName() == "更多筛选"
    words = [entry.text() for entry in menu.actions()]
    assert words[-3:] == ["12345 ×", "单位", "＋ 存为视图"]
    entries = menu.actions()
    units = entries[-2].menu()
    assert isinstance(units, QMenu) and not units.actions(), "no unit is listed before they are asked for"
    for _ in range(2):
        units.aboutToShow.emit()
        assert len(units.actions()) == len({unit.kind for unit in crowded.desk.reference.units()})
    with qtbot.waitSignal(page.bar.narrowed) as told:
        for _ in words[:-2]:
            press(menu, Qt.Key.Key_Down)
        press(menu, Qt.Key.Key_Return)
    assert told.args == [{"channel": ""}]


def test_a_chip_whose_menu_was_closed_by_esc_looks_as_if_nobody_points_at_it(
    open_list: OpenList, crowded: InventedDesk, qtbot: QtBot
) -> None:
    page = open_list(crowded)
    chip = page.bar.findChild(ChipButton, "menu_level")
    assert chip is not None
    for place, points in ((page.table, False), (chip, True)):
        QTest.mouseMove(chip)
        qtbot.waitUntil(chip.underMouse)
        QTest.mouseClick(chip, Qt.MouseButton.LeftButton)
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu)
        QTest.mouseMove(place)
        press(menu, Qt.Key.Key_Escape)
        assert (menu.isVisible(), chip.underMouse()) == (False, points)


def drag(table: CaseTable, place: int, by: int) -> None:
    heads = table.horizontalHeader()
    edge = heads.viewport().rect().center()
    edge.setX(heads.sectionViewportPosition(place) + heads.sectionSize(place) - 1)
    QTest.mousePress(heads.viewport(), Qt.MouseButton.LeftButton, pos=edge)
    QTest.mouseMove(heads.viewport(), edge + QPoint(by, 0))
    QTest.mouseRelease(heads.viewport(), Qt.MouseButton.LeftButton, pos=edge + QPoint(by, 0))


def test_columns_that_gave_way_to_a_dragged_one_come_back_when_it_is_dragged_back(
    open_list: OpenList, crowded: InventedDesk, qtbot: QtBot
) -> None:
    table = open_list(crowded).table
    drag(table, NUMBER, 320)
    qtbot.waitUntil(lambda: table.isColumnHidden(CHANNEL))
    drag(table, NUMBER, -320)
    qtbot.waitUntil(lambda: not table.isColumnHidden(CHANNEL))


def test_a_column_dragged_far_too_wide_stays_under_the_hand(
    open_list: OpenList, crowded: InventedDesk, qtbot: QtBot
) -> None:
    page = open_list(crowded)
    table = page.table
    drag(table, CHANNEL, 2000)
    qtbot.waitUntil(lambda: table.isColumnHidden(LEVEL))
    assert not table.isColumnHidden(CHANNEL)
    assert table.columnWidth(CHANNEL) > COLUMNS[CHANNEL].width
    assert table.columnWidth(TITLE) >= 100
    qtbot.waitUntil(lambda: table.horizontalScrollBar().maximum() == 0)
    other = open_list(crowded)
    other.table.restore_columns(table.columns_as_text())
    assert not other.table.isColumnHidden(CHANNEL)
