"""The tree of areas: figures in columns, typing finds, refresh keeps what is open and chosen."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QFontMetrics
from PySide6.QtTest import QAbstractItemModelTester, QTest
from pytestqt.qtbot import QtBot

from gridclient.services.rows import GridFigures, GridRow
from gridclient.ui.grids.model import Column, GridModel
from gridclient.ui.grids.tree import GridTree
from gridclient.ui.theme import TREE_ROW_PX, base_font
from tests.ui.conftest import press
from tests.ui.fakes.invented_desk import GRIDS, many_grids

ZONE, COMMUNITY, BASIC = "371002002601", "371002002001", "371002002001003"


@pytest.fixture
def tree(qtbot: QtBot, look: None) -> GridTree:
    made = GridTree()
    qtbot.addWidget(made)
    made.resize(232, 500)
    made.show_grids(GRIDS)
    made.show()
    return made


def code_of(tree: GridTree) -> str:
    return tree.grids.node(tree.currentIndex()).row.code


def test_the_model_keeps_the_rules_of_item_models(qtbot: QtBot) -> None:
    model = GridModel()
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.set_grids(GRIDS)
    model.set_figures({BASIC: GridFigures(5, 1, {})})
    model.set_grids(GRIDS[:8])
    del tester


def test_that_there_are_no_grids_is_said_when_it_is_known(qtbot: QtBot, look: None) -> None:
    bare = GridTree()
    qtbot.addWidget(bare)
    bare.resize(232, 500)
    bare.show()
    unread = bare.viewport().grab().toImage()
    bare.show_grids(())
    assert bare.viewport().grab().toImage() != unread


def test_townships_stand_at_the_top_without_the_county(tree: GridTree) -> None:
    model = tree.grids
    tops = [model.index(row, 0).data() for row in range(model.rowCount())]
    assert tops == ["鲸园街道", "竹岛街道"]
    basic = model.index_of(BASIC)
    path = [basic, basic.parent(), basic.parent().parent(), basic.parent().parent().parent()]
    assert [index.data() for index in path] == ["第三网格(基础)", "古陌社区", "第一片区", "鲸园街道"]


def test_figures_stand_beside_their_area(tree: GridTree) -> None:
    tree.show_figures({BASIC: GridFigures(5, 1, {}), COMMUNITY: GridFigures(12, 2, {})})
    index = tree.grids.index_of(BASIC)
    counts = [index.siblingAtColumn(column).data() for column in (Column.OPEN, Column.OVERDUE)]
    assert counts == ["5", "1"]


def test_lines_are_as_high_as_the_design_says(tree: GridTree) -> None:
    assert tree.visualRect(tree.grids.index(0, 0)).height() == TREE_ROW_PX


def test_arrow_keys_choose(tree: GridTree, qtbot: QtBot) -> None:
    tree.setFocus()
    tree.show_chosen("371002002")
    with qtbot.waitSignal(tree.grid_chosen) as chosen:
        press(tree, Qt.Key.Key_Down)
    assert chosen.args == [ZONE]


def test_a_click_on_the_arrow_opens_and_chooses_nothing(tree: GridTree, qtbot: QtBot) -> None:
    index = tree.grids.index_of(ZONE)
    place = tree.visualRect(index)
    assert not tree.isExpanded(index)
    chosen: list[str] = []
    tree.grid_chosen.connect(chosen.append)
    at = place.center()
    at.setX(place.left() + 2)
    QTest.mouseClick(tree.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert tree.isExpanded(index)
    assert chosen == []


@pytest.mark.parametrize(("typed", "code"), [("gmsq", COMMUNITY), ("zd", "371002003"), ("bs", "371002002002")])
def test_typing_initials_goes_to_the_area_and_opens_the_way(
    tree: GridTree, qtbot: QtBot, typed: str, code: str
) -> None:
    tree.setFocus()
    QTest.keyClicks(tree, typed)
    assert code_of(tree) == code
    assert tree.visualRect(tree.currentIndex()).isValid()


def test_refresh_keeps_what_is_open_and_chosen(tree: GridTree) -> None:
    tree.open_areas(["371002002", ZONE, COMMUNITY])
    tree.show_chosen(BASIC)
    tree.show_grids([*GRIDS, GridRow("371002002001005", "第五网格(基础)", "basic", COMMUNITY)])
    assert set(tree.opened()) == {"371002002", ZONE, COMMUNITY}
    assert code_of(tree) == BASIC


def test_a_new_desk_opens_on_its_own_township(qtbot: QtBot, look: None) -> None:
    rows = many_grids()
    own = rows[-1].code[:9]
    made = GridTree()
    qtbot.addWidget(made)
    made.resize(232, 260)
    made.show()
    made.restore("")
    made.show_grids(rows, own)
    assert made.opened() == [own]
    zone = made.visualRect(made.grids.index(0, 0, made.grids.index_of(own)))
    assert zone.isValid() and zone.bottom() <= made.viewport().height()
    made.restore(GridTree.as_text(made))
    made.show_grids(rows, "371302001")
    assert made.opened() == [own], "what was remembered goes first"


def test_showing_a_choice_is_no_choosing(tree: GridTree) -> None:
    chosen: list[str] = []
    tree.grid_chosen.connect(chosen.append)
    tree.show_chosen(BASIC)
    tree.show_chosen("")
    assert chosen == []
    assert not tree.currentIndex().isValid()


def test_a_county_of_fourteen_hundred_grids_goes_in(tree: GridTree) -> None:
    rows = many_grids()
    tree.show_grids(rows)
    assert sum(row.tier == "basic" for row in rows) == 1400
    assert tree.grids.rowCount() == 10
    tree.show_chosen(rows[-1].code)
    assert code_of(tree) == rows[-1].code


def test_the_same_areas_again_change_nothing(tree: GridTree, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(tree.grids.modelReset):
        tree.show_grids(GRIDS)


def test_large_figures_stand_apart_from_each_other(tree: GridTree) -> None:
    tree.show_figures({BASIC: GridFigures(58_255, 53_449, {})})
    edge = 10  # at the right of the last column
    figure = QFontMetrics(base_font(weight=QFont.Weight.DemiBold)).horizontalAdvance("53,449")
    assert tree.header().sectionSize(Column.OVERDUE) - edge - figure >= 8


def test_large_figures_that_were_read_before_the_areas_have_room_too(qtbot: QtBot) -> None:
    tree = GridTree()
    qtbot.addWidget(tree)
    tree.show_figures({BASIC: GridFigures(58_255, 53_449, {})})
    tree.show_grids(GRIDS)
    wide = QFontMetrics(base_font(weight=QFont.Weight.DemiBold)).horizontalAdvance
    assert tree.header().sectionSize(Column.OPEN) > wide("58,255")
    assert tree.header().sectionSize(Column.OVERDUE) > wide("53,449")


def test_a_tooltip_names_worker_and_figures(tree: GridTree) -> None:
    tree.show_figures({BASIC: GridFigures(5, 1, {})})
    told = tree.grids.index_of(BASIC).data(Qt.ItemDataRole.ToolTipRole)
    assert told == "第三网格(基础) 371002002001003\n网格员 李*\n在办 5 件，超期 1 件"
