"""时间线 by keyboard: where one is is seen, and the longest note is read to its end."""

from __future__ import annotations

from datetime import timedelta

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from gridclient.domain.events import EventKey, EventKind
from gridclient.domain.handing import ASIDE
from gridclient.domain.roles import Action
from gridclient.services.rows import Changes, TimelineEntry
from gridclient.ui.casework.case_view import timeline_lines
from gridclient.ui.casework.panel import CasePanel
from gridclient.ui.casework.timeline import TimelineList
from gridclient.ui.theme import tokens
from gridclient.ui.value_list import VALUE
from tests.ui.casework.panel_keys import Show, press
from tests.ui.fakes.invented_desk import NOW, InventedDesk
from tests.ui.focus import shows_the_keyboard

LONG = "楼上夜里拖动家具，多次沟通无果。" * 180


def shown(panel: CasePanel, case_id: str, show: Show) -> TimelineList:
    show(case_id)
    panel.top.tabs.setCurrentIndex(0)
    panel.top.timeline.setFocus()
    return panel.top.timeline


def test_the_timeline_shows_that_it_has_the_keyboard(panel: CasePanel, made: InventedDesk, show: Show) -> None:
    assert shows_the_keyboard(shown(panel, made.dispatched("积水"), show))


def test_the_bar_that_shows_the_keyboard_does_not_touch_the_dots(
    panel: CasePanel, made: InventedDesk, show: Show
) -> None:
    timeline = shown(panel, made.dispatched("积水"), show)
    picture = timeline.grab().toImage()
    beside = {picture.pixelColor(3, y).name() for y in range(timeline.visualRect(timeline.lines.index(2)).bottom())}
    assert picture.pixelColor(2, 5).name() == tokens().accent.lower()
    assert tokens().accent.lower() not in beside
    assert len(beside) <= 2  # grounds, no edge of a dot


def test_the_longest_note_is_read_to_its_end_by_arrows_which_then_go_on(
    panel: CasePanel, made: InventedDesk, show: Show
) -> None:
    case_id = made.dispatched("积水")
    made.act(Action.NOTE, case_id, text="先有的")
    made.act(Action.NOTE, case_id, text=LONG)
    show(case_id)
    assert panel.top.timeline.visualRect(panel.top.timeline.lines.index(0)).height() < 80
    timeline = shown(panel, case_id, show)
    here, room = timeline.lines.index(0), timeline.viewport().height()
    assert timeline.currentIndex() == here
    assert timeline.visualRect(here).height() > room
    pressed = 0
    while timeline.visualRect(here).bottom() > room:
        press(timeline, Qt.Key.Key_Down)
        assert timeline.currentIndex() == here
        pressed += 1
    assert pressed > 5
    press(timeline, Qt.Key.Key_Down)
    assert "先有的" in timeline.currentIndex().data(VALUE).text
    assert timeline.visualRect(here).height() < 80


def test_whoever_reads_a_line_stays_there_when_a_round_has_taken_it_to_the_hub(
    panel: CasePanel, made: InventedDesk, show: Show, qtbot: QtBot
) -> None:
    case_id = made.dispatched("积水")
    timeline = shown(panel, case_id, show)
    press(timeline, Qt.Key.Key_End)
    last = timeline.currentIndex().row()
    assert last == 2
    made.store.sent.add(case_id)
    panel.refresh(Changes(cases=frozenset({case_id})))
    qtbot.waitUntil(lambda: not timeline.lines.values[0].unsent)
    assert timeline.currentIndex().row() == last


def test_a_step_that_was_set_aside_is_not_shown_as_one_that_others_have(made: InventedDesk, qtbot: QtBot) -> None:
    timeline = TimelineList()
    qtbot.addWidget(timeline)
    sent, kept = (EventKey(f"{of}t:371002001", "a" * 16, 1, 1) for of in ("", ASIDE))
    entries = [
        TimelineEntry(NOW, EventKind.NOTED, "a", {"text": "来电"}, pending=False, key=key) for key in (sent, kept)
    ]
    timeline.show_lines(timeline_lines(entries, made.desk.reference), NOW)
    told = [timeline.lines.index(row).data(Qt.ItemDataRole.ToolTipRole) for row in (0, 1)]
    assert ["已搁置：只在本机，没有上报" in words for words in told] == [True, False]
    assert not any("未上报" in words for words in told)


def test_files_that_somebody_added_in_one_minute_stand_in_one_line(made: InventedDesk) -> None:
    names = ["远景.jpg", "近景.jpg", "门牌.jpg", "误传.jpg", "次日.jpg", "别人的.jpg"]
    keys = [EventKey("t:371002001", "a" * 16, 1, number) for number in range(1, 8)]
    later = (0, 0, 1, 2, 86_400, 86_400)
    entries = [
        TimelineEntry(NOW + timedelta(seconds=after), EventKind.ATTACHED, actor, {"name": name}, pending=False, key=key)
        for name, after, actor, key in zip(names, later, "aaaaab", keys[:6], strict=True)
    ]
    entries.append(TimelineEntry(NOW, EventKind.UNDONE, "a", {"target": list(keys[3])}, pending=False, key=keys[6]))
    told = [line.text for line in timeline_lines(entries, made.desk.reference)]
    assert told == [
        "撤销“附件”",
        "附件 · 别人的.jpg",
        "附件 · 次日.jpg",
        "附件（已撤销） · 误传.jpg",
        "附件 3 个 · 远景.jpg、近景.jpg、门牌.jpg",
    ]
