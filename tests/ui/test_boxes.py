"""今日必办: live counts, colour only for what presses, reached without the mouse."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from gridclient.services.rows import Box, CaseFilter
from gridclient.ui.boxes.panel import TodayBoxes, count_colour
from gridclient.ui.jobs import Jobs
from gridclient.ui.theme import LIGHT
from tests.ui.conftest import press
from tests.ui.fakes.invented_desk import InventedDesk


@pytest.fixture
def boxes(qtbot: QtBot, jobs: Jobs, invented: InventedDesk, look: None) -> TodayBoxes:
    made = TodayBoxes(queries=invented.desk.queries, jobs=jobs)
    qtbot.addWidget(made)
    made.show()
    made.refresh()
    qtbot.waitUntil(lambda: not jobs.busy)
    return made


def test_every_box_shows_its_count_in_the_order_of_the_field(boxes: TodayBoxes) -> None:
    assert [button.text() for button in boxes.buttons.values()] == [
        "待受理", "待派遣", "待签收", "将到期", "已超期", "被退回", "待核查", "待会商", "冲突", "未上报",
    ]  # fmt: skip
    assert {box: button.count for box, button in boxes.buttons.items()} == {
        Box.REPORTED: 1,
        Box.FILED: 3,
        Box.DISPATCHED: 1,
        Box.DUE_SOON: 4,
        Box.OVERDUE: 3,
        Box.RETURNED: 1,
        Box.HANDLED: 1,
        Box.CONSULTATION: 0,
        Box.CONFLICT: 1,
        Box.PENDING: 5,
    }


def test_counts_follow_the_chosen_grid(boxes: TodayBoxes, jobs: Jobs, qtbot: QtBot) -> None:
    boxes.show_place(CaseFilter(grid="371002002602"))
    qtbot.waitUntil(lambda: boxes.buttons[Box.FILED].count == 1)
    assert boxes.buttons[Box.HANDLED].count == 0


def test_a_click_chooses_and_the_desk_decides_what_is_framed(boxes: TodayBoxes, qtbot: QtBot) -> None:
    with qtbot.waitSignal(boxes.box_chosen) as chosen:
        QTest.mouseClick(boxes.buttons[Box.OVERDUE], Qt.MouseButton.LeftButton)
    assert chosen.args == [Box.OVERDUE]
    assert not boxes.buttons[Box.OVERDUE].isChecked()
    boxes.show_chosen(Box.OVERDUE)
    assert [box for box, button in boxes.buttons.items() if button.isChecked()] == [Box.OVERDUE]


def test_arrow_keys_walk_the_two_columns_and_space_chooses(boxes: TodayBoxes, qtbot: QtBot) -> None:
    first = boxes.buttons[Box.REPORTED]
    first.setFocus()
    press(first, Qt.Key.Key_Down)
    assert boxes.buttons[Box.DISPATCHED].hasFocus()
    press(boxes.buttons[Box.DISPATCHED], Qt.Key.Key_Right)
    assert boxes.buttons[Box.DUE_SOON].hasFocus()
    press(boxes.buttons[Box.DUE_SOON], Qt.Key.Key_Up)
    assert boxes.buttons[Box.FILED].hasFocus()
    with qtbot.waitSignal(boxes.box_chosen) as chosen:
        press(boxes.buttons[Box.FILED], Qt.Key.Key_Space)
    assert chosen.args == [Box.FILED]


def test_alt_zero_is_the_tenth_box(boxes: TodayBoxes, qtbot: QtBot) -> None:
    with qtbot.waitSignal(boxes.box_chosen) as chosen:
        press(boxes, Qt.Key.Key_0, Qt.KeyboardModifier.AltModifier)
    assert chosen.args == [Box.PENDING]


def test_only_what_needs_acting_on_is_coloured() -> None:
    assert count_colour(Box.OVERDUE, 2, LIGHT) == LIGHT.bad_text
    assert count_colour(Box.DUE_SOON, 2, LIGHT) == LIGHT.warn_text
    assert count_colour(Box.FILED, 2, LIGHT) == LIGHT.text
    assert count_colour(Box.OVERDUE, 0, LIGHT) == LIGHT.muted


def test_a_count_is_spoken_with_its_word(boxes: TodayBoxes) -> None:
    assert boxes.buttons[Box.FILED].accessibleName() == "待派遣 3 件"


def test_a_rectangle_counts_what_the_list_would_show(
    boxes: TodayBoxes, invented: InventedDesk, jobs: Jobs, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[CaseFilter] = []
    total = invented.desk.queries.total

    def counted(where: CaseFilter) -> int:
        asked.append(where)
        return total(where)

    monkeypatch.setattr(invented.desk.queries, "total", counted)
    boxes.show_place(CaseFilter(bounds=(0, 0, 1, 1)))
    assert {button.count for button in boxes.buttons.values()} == {None}, "not the figures of another place"
    qtbot.waitUntil(lambda: len(asked) == len(Box) and not jobs.busy)
    assert {one.box for one in asked if not one.only_open} == {Box.PENDING, Box.CONFLICT}


@pytest.mark.parametrize("count", [45, 4_362, 14_328, 240_000])
def test_in_a_narrow_panel_a_large_count_leaves_the_word_its_room(boxes: TodayBoxes, qtbot: QtBot, count: int) -> None:
    boxes.setFixedWidth(190)
    button = boxes.buttons[Box.OVERDUE]
    qtbot.waitUntil(lambda: button.width() < 90)
    button.set_count(count)
    seen = button.grab().toImage()
    inks = [(x, seen.pixelColor(x, y)) for x in range(seen.width()) for y in range(seen.height())]
    word = [x for x, ink in inks if ink.lightness() < 110 and ink.saturation() < 110]
    figure = [x for x, ink in inks if ink.red() - ink.blue() > 100]
    assert word and figure
    assert max(word) < min(figure)
