"""The conflict page by real keys and clicks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from gridclient.domain.roles import AccountRole, Action
from gridclient.services.rows import CaseFilter, Changes, Sort, SortKey
from gridclient.ui.jobs import Jobs
from gridclient.ui.sync.conflict_page import ConflictPage
from gridclient.ui.sync.desk_sync import DeskSync
from gridclient.ui.theme import tokens
from tests.fakes.fake_sync import FakeSync
from tests.ui.fakes.invented_desk import LEAD, OTHER, InventedDesk, empty_desk, with_locked_store
from tests.ui.sync.conftest import CTRL, click, show
from tests.ui.sync.contended_desk import dispatched_twice

OpenPage = Callable[[InventedDesk], ConflictPage]


@pytest.fixture
def open_page(qtbot: QtBot, look: None, jobs: Jobs, sync: DeskSync) -> Iterator[OpenPage]:
    made: list[ConflictPage] = []

    def open_one(invented: InventedDesk) -> ConflictPage:
        page = ConflictPage(desk=invented.desk, jobs=jobs, sync=sync)
        made.append(page)
        show(qtbot, page, jobs)
        return page

    yield open_one
    for page in made:
        page.close()


@pytest.fixture
def page(open_page: OpenPage, contended: InventedDesk) -> ConflictPage:
    return open_page(contended)


@pytest.fixture
def settle(qtbot: QtBot, jobs: Jobs) -> Callable[[], None]:
    return lambda: qtbot.waitUntil(lambda: not jobs.busy)


def titles(page: ConflictPage) -> list[str]:
    return [row.title for row in page.list.cases.values]


def lead_of(invented: InventedDesk, case_id: str) -> str:
    lead = invented.store.cases[case_id].lead
    return lead.unit if lead is not None else ""


def choose_case(page: ConflictPage, title: str, settle: Callable[[], None]) -> str:
    page.list.setCurrentIndex(page.list.cases.index(titles(page).index(title)))
    settle()
    assert page.sheet is not None and page.sheet.title == title
    return page.sheet.case_id


def test_a_page_without_cases_is_a_sheet_like_others(open_page: OpenPage) -> None:
    page = open_page(empty_desk())
    assert "没有等待选择" in page.empty.text()
    assert page.empty.grab().toImage().pixelColor(4, 4).name().upper() == tokens().panel.upper()


def test_it_is_said_that_first_is_who_arrived_first(page: ConflictPage) -> None:
    """The later one can have the earlier time of day."""
    assert any("不看钟点" in label.text() for label in page.findChildren(QLabel))


def test_the_page_opens_on_the_first_case_with_both_sides(page: ConflictPage) -> None:
    assert page.objectName() == "conflictPage"
    assert page.count.text() == "3 件等待选择"
    assert page.sheet is not None and page.title.text() == titles(page)[0] == page.sheet.title
    words = {label.text() for label in page.sides.findChildren(QLabel)}
    assert {"双方共知", "先到的（现在有效）", "后到的（待定）", "本席位", "对方席位"} <= words
    assert "≠ 主办单位" in words and "层级" in words
    assert page.list.hasFocus()


def test_cases_of_several_townships_are_told_apart_by_their_numbers(
    page: ConflictPage, contended: InventedDesk
) -> None:
    assert page.facts.text() == contended.store.cases[page.list.current].number, (
        "where one case stands alone its number is whole"
    )
    row = contended.desk.queries.page(CaseFilter(), Sort(SortKey.NUMBER), limit=1).rows[0]
    alike = [replace(row, id=code, number=f"{code}-20261120-A10047") for code in ("371002001", "371002002")]
    page.list.show_rows(alike)
    assert [entry.detail.split(" · ")[0] for entry in page.list.cases.values] == [
        "001-261120-A10047",
        "002-261120-A10047",
    ]


def test_the_buttons_say_in_plain_words_what_they_do(page: ConflictPage, settle: Callable[[], None]) -> None:
    choose_case(page, "夜间施工噪音扰民", settle)
    assert page.keep.text() == "保持派遣给“综合行政执法中队”（先到）"
    assert page.take.text() == "改为派遣给“鲸园派出所”（后到）"
    choose_case(page, "窨井盖缺失", settle)
    assert page.keep.text() == "保持派遣给“鲸园派出所”（先到）"
    choose_case(page, "占道经营", settle)
    assert page.take.text() == "改为要求“综合行政执法中队”返工（后到）"


@pytest.mark.parametrize(("key", "unit"), [(Qt.Key.Key_1, LEAD), (Qt.Key.Key_2, OTHER)])
def test_a_digit_marks_and_enter_carries_out(
    page: ConflictPage, contended: InventedDesk, settle: Callable[[], None], key: Qt.Key, unit: str
) -> None:
    case_id = choose_case(page, "夜间施工噪音扰民", settle)
    QTest.keyClick(page.list, key)
    assert (page.keep.isChecked(), page.take.isChecked()) == (unit == LEAD, unit == OTHER)
    assert contended.store.cases[case_id].contentions
    QTest.keyClick(page.list, Qt.Key.Key_Return)
    settle()
    assert contended.store.cases[case_id].contentions == ()
    assert lead_of(contended, case_id) == unit


def test_after_a_choice_the_next_case_follows_unmarked(
    page: ConflictPage, qtbot: QtBot, settle: Callable[[], None]
) -> None:
    before = titles(page)
    with qtbot.waitSignal(page.changed) as told:
        click(page.take)
    settle()
    assert titles(page) == before[1:]
    assert page.sheet is not None and page.sheet.title == before[1]
    assert page.sheet.case_id not in told.args[0].cases
    assert not page.keep.isChecked() and not page.take.isChecked()
    assert page.note.isVisible() and page.note.undo.isVisible()
    assert "已改为" in page.note.words.text()
    assert page.count.text() == "2 件等待选择"


@pytest.mark.parametrize("by_key", [True, False])
def test_a_choice_is_taken_back(
    page: ConflictPage, contended: InventedDesk, settle: Callable[[], None], by_key: bool
) -> None:
    case_id = choose_case(page, "窨井盖缺失", settle)
    click(page.take)
    settle()
    assert lead_of(contended, case_id) == LEAD
    if by_key:
        QTest.keyClick(page.list, Qt.Key.Key_Z, CTRL)
    else:
        click(page.note.undo)
    settle()
    assert lead_of(contended, case_id) == OTHER
    assert page.sheet is not None and page.sheet.case_id == case_id
    assert len(titles(page)) == 3 and not page.note.undo.isVisible()


def test_what_the_store_could_not_take_back_can_be_asked_for_again(
    open_page: OpenPage, contended: InventedDesk, settle: Callable[[], None]
) -> None:
    locked: list[str] = []
    page = open_page(with_locked_store(contended, locked))
    click(page.keep)
    settle()
    locked.append("store.locked")
    QTest.keyClick(page.list, Qt.Key.Key_Z, CTRL)
    settle()
    assert len(titles(page)) == 2
    locked.clear()
    QTest.keyClick(page.list, Qt.Key.Key_Z, CTRL)
    settle()
    assert len(titles(page)) == 3


def test_nothing_is_taken_back_where_nothing_was_chosen(
    page: ConflictPage, contended: InventedDesk, settle: Callable[[], None]
) -> None:
    versions = {case_id: case.version for case_id, case in contended.store.cases.items()}
    QTest.keyClick(page.list, Qt.Key.Key_Z, CTRL)
    settle()
    assert versions == {case_id: case.version for case_id, case in contended.store.cases.items()}


def test_when_all_is_chosen_the_page_says_so(page: ConflictPage, settle: Callable[[], None]) -> None:
    for _ in range(3):
        QTest.keyClick(page, Qt.Key.Key_1)
        QTest.keyClick(page, Qt.Key.Key_Return)
        settle()
    assert titles(page) == [] and not page.list.isVisible()
    assert "没有等待选择的案件" in page.empty.text() and page.empty.isVisible()
    assert page.count.text() == ""
    QTest.keyClick(page, Qt.Key.Key_Z, CTRL)
    settle()
    assert len(titles(page)) == 1 and page.list.isVisible()


def test_a_desk_without_conflicts_explains_what_would_stand_here(open_page: OpenPage) -> None:
    page = open_page(empty_desk())
    assert page.empty.isVisible() and "自动合并" in page.empty.text()


def test_enter_without_a_mark_asks_for_one(
    page: ConflictPage, contended: InventedDesk, settle: Callable[[], None]
) -> None:
    QTest.keyClick(page.list, Qt.Key.Key_Return)
    settle()
    assert page.note.isVisible() and "先按 1 或 2" in page.note.words.text()
    assert sum(bool(case.contentions) for case in contended.store.cases.values()) == 3


def test_what_asked_for_a_mark_goes_with_it(page: ConflictPage, settle: Callable[[], None]) -> None:
    QTest.keyClick(page.list, Qt.Key.Key_Return)
    assert page.note.isVisible()
    QTest.keyClick(page.list, Qt.Key.Key_1)
    assert not page.note.isVisible()


def test_a_mark_does_not_go_over_to_another_case(page: ConflictPage, settle: Callable[[], None]) -> None:
    QTest.keyClick(page.list, Qt.Key.Key_2)
    QTest.keyClick(page.list, Qt.Key.Key_Down)
    settle()
    assert not page.take.isChecked()


def test_keys_that_come_before_the_next_case_is_shown_choose_nothing_for_the_one_before(
    page: ConflictPage, contended: InventedDesk, settle: Callable[[], None]
) -> None:
    """The list stands on the next one already, and its two sides are still being read."""
    QTest.keyClick(page.list, Qt.Key.Key_Down)
    QTest.keyClick(page.list, Qt.Key.Key_1)
    QTest.keyClick(page.list, Qt.Key.Key_Return)
    settle()
    assert sum(bool(case.contentions) for case in contended.store.cases.values()) == 3
    assert page.sheet is not None and page.sheet.case_id == page.list.current
    assert not page.keep.isChecked()


def test_what_somebody_else_chose_meanwhile_is_not_chosen_again(
    page: ConflictPage, contended: InventedDesk, settle: Callable[[], None]
) -> None:
    assert page.sheet is not None
    case_id = page.sheet.case_id
    contended.act(Action.RESOLVE, case_id, choice="keep", target=page.sheet.target)
    version = contended.store.cases[case_id].version
    click(page.take)
    settle()
    assert contended.store.cases[case_id].version == version
    assert "刚被他人更新" in page.note.words.text()
    assert len(titles(page)) == 2 and page.sheet is not None and page.sheet.case_id != case_id


def test_what_comes_in_is_shown(page: ConflictPage, contended: InventedDesk, fake: FakeSync, qtbot: QtBot) -> None:
    case_id = dispatched_twice(contended, "新来的冲突")
    fake.tell_from_a_thread(fake.shown, changes=Changes(frozenset({case_id})))
    qtbot.waitUntil(lambda: "新来的冲突" in titles(page))


def test_several_contentions_of_one_case_follow_each_other(open_page: OpenPage, settle: Callable[[], None]) -> None:
    invented = empty_desk()
    case_id = dispatched_twice(invented, "噪音")
    (waiting,) = invented.store.cases[case_id].contentions
    again = replace(waiting, events=(waiting.events[0]._replace(seq=99),), against=waiting.against)
    invented.store.log.append(replace(invented.store.log[-1], key=again.key))
    invented.store.cases[case_id] = replace(invented.store.cases[case_id], contentions=(waiting, again))
    page = open_page(invented)
    assert page.facts.text().endswith("第 1 处，共 2 处")
    click(page.keep)
    settle()
    assert page.sheet is not None and page.sheet.target == str(again.key)
    assert "共 2 处" not in page.facts.text()


def test_who_may_not_choose_only_looks(open_page: OpenPage, contended: InventedDesk) -> None:
    actor = replace(contended.desk.actor, role=AccountRole.SUPERVISOR)
    page = open_page(replace(contended, desk=replace(contended.desk, actor=actor)))
    assert not page.keep.isEnabled() and not page.take.isEnabled()
    assert "只能查看" in page.note.words.text()
    QTest.keyClick(page.list, Qt.Key.Key_1)
    QTest.keyClick(page.list, Qt.Key.Key_Return)
    assert len(titles(page)) == 3


def test_a_case_that_was_asked_for_is_the_one_that_opens(
    open_page: OpenPage, contended: InventedDesk, sync: DeskSync
) -> None:
    last = [case_id for case_id, case in contended.store.cases.items() if case.contentions][-1]
    sync.open_conflict(last)
    page = open_page(contended)
    assert page.sheet is not None and page.sheet.case_id == last


def test_the_case_can_be_seen_on_the_desk(page: ConflictPage, sync: DeskSync, qtbot: QtBot) -> None:
    assert page.sheet is not None
    with qtbot.waitSignal(sync.case_wanted) as wanted:
        click(page.open)
    assert wanted.args == [page.sheet.case_id]


def test_what_can_still_be_taken_back_is_handed_to_the_desk(
    page: ConflictPage, sync: DeskSync, qtbot: QtBot, settle: Callable[[], None]
) -> None:
    assert page.sheet is not None
    case_id = page.sheet.case_id
    click(page.keep)
    settle()
    with qtbot.waitSignal(sync.acted) as handed:
        page.hide()
    assert handed.args == [(case_id,)]


def test_a_minimised_window_keeps_what_can_be_taken_back_here(page: ConflictPage, settle: Callable[[], None]) -> None:
    click(page.keep)
    settle()
    page.showMinimized()
    page.showNormal()
    settle()
    assert page.note.undo.isVisible()
    QTest.keyClick(page.list, Qt.Key.Key_Z, CTRL)
    settle()
    assert len(titles(page)) == 3


def test_f5_reads_again_and_asks_for_a_round_and_escape_leaves(
    page: ConflictPage, fake: FakeSync, contended: InventedDesk, qtbot: QtBot, settle: Callable[[], None]
) -> None:
    dispatched_twice(contended, "新来的冲突")
    QTest.keyClick(page.list, Qt.Key.Key_F5)
    settle()
    assert "新来的冲突" in titles(page) and ("sync_now",) in fake.asked
    with qtbot.waitSignal(page.closed):
        QTest.keyClick(page.list, Qt.Key.Key_Escape)
