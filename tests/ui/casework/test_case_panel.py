"""案件详情: one case shown and switched."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import cast

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gridclient.domain.events import payload_text
from gridclient.domain.fold import fold_all
from gridclient.domain.roles import AccountRole, Action, Actor
from gridclient.services.ports import FileState
from gridclient.services.rows import Changes, Likeness, NewCase
from gridclient.services.withholding import for_unit
from gridclient.ui.casework import panel as panel_module
from gridclient.ui.casework.case_view import AttachedFile, load_view
from gridclient.ui.casework.panel import CasePanel
from gridclient.ui.dispatch.panel import DispatchPanel
from gridclient.ui.jobs import Jobs
from tests.ui.casework.panel_keys import Show, offered, press
from tests.ui.fakes.invented_desk import LEAD, NOW, OTHER, UNITS, InventedDesk
from tests.ui.fakes.memory_store import MemoryStore


def test_without_a_case_it_says_what_to_do(panel: CasePanel) -> None:
    assert panel.top.currentWidget() is panel.top.message
    assert "F3" in panel.top.message.text()
    assert not panel.foot.bar.isVisible()


def test_while_the_first_case_is_on_its_way_it_does_not_say_that_none_is_chosen(
    panel: CasePanel, made: InventedDesk, qtbot: QtBot
) -> None:
    case_id = made.register("噪音")
    panel.show_case(case_id)
    assert panel.view is None
    assert not panel.top.message.text()
    qtbot.waitUntil(lambda: panel.view is not None)
    panel.show_case(None)
    assert "还没有选中案件" in panel.top.message.text()


def test_the_head_names_number_channel_grid_and_level(panel: CasePanel, made: InventedDesk, show: Show) -> None:
    show(made.filed("鲸园路夜间施工", channel="12345"))
    header = panel.top.header
    assert header.title.text() == "鲸园路夜间施工"
    assert header.facts.text() == "371002002-20261120-A10001 · 12345 · 古陌社区 第三网格(基础) · 3级"
    assert header.state.text == "待派遣"


def test_a_case_that_nobody_took_on_shows_what_was_reported_and_another_what_happened(
    panel: CasePanel, made: InventedDesk, show: Show, qtbot: QtBot
) -> None:
    """Each kind keeps the page that the operator looked at last; taking one on turns no page."""
    tabs = panel.top.tabs
    first, second = made.register("夜间施工", description="三号楼下，凌晨两点。"), made.register("路灯不亮")
    show(first)
    assert tabs.currentWidget() is panel.top.details
    assert panel.top.details.facts.words.startswith("描述 三号楼下，凌晨两点。\n编号 ")
    show(made.handling("积水"))
    assert tabs.tabText(tabs.currentIndex()) == "时间线"
    tabs.setCurrentWidget(panel.top.basis)
    show(second)
    assert tabs.currentWidget() is panel.top.details
    made.act(Action.FILE, second, standard="C-01-02-01")
    panel.refresh(Changes(cases=frozenset({second})))
    qtbot.waitUntil(lambda: panel.top.header.state.text == "待派遣")
    assert tabs.currentWidget() is panel.top.details
    show(made.handling("占道"))
    assert tabs.currentWidget() is panel.top.basis


def test_what_went_to_another_unit_is_told_as_that(
    panel: CasePanel, dispatch: DispatchPanel, made: InventedDesk, show: Show, qtbot: QtBot
) -> None:
    show(made.dispatched("积水"))
    panel.focus_dispatch()
    qtbot.waitUntil(lambda: bool(dispatch.list.units.values))
    QTest.keyClick(dispatch.filter, Qt.Key.Key_2)
    dispatch.reason.setText("职责不符")
    with qtbot.waitSignal(panel.news.told) as told:
        press(dispatch.reason)
    assert told.args[0].startswith("已改派 ")


def test_both_clocks_are_shown_with_how_the_deadline_came_about(
    panel: CasePanel, made: InventedDesk, show: Show
) -> None:
    show(made.handling("积水", ago=timedelta(minutes=110)))
    header = panel.top.header
    assert header.working.text == "▲ 工时剩余 00:10"
    assert header.natural.text == "▲ 自然剩余 10 分"
    assert header.working.tone == "bad"
    assert "处置时限 2紧急工作时" in header.working.toolTip()
    assert "起算：" in header.working.toolTip()


def test_a_closed_case_shows_no_clock(panel: CasePanel, made: InventedDesk, show: Show) -> None:
    case_id = made.handled("积水")
    made.act(Action.VERIFY, case_id)
    made.act(Action.CLOSE, case_id, closing_condition_met=True)
    show(case_id)
    assert not panel.top.header.working.isVisible()
    assert offered(panel)[:2] == [Action.RATE, Action.REOPEN]


def test_once_the_lead_is_verified_it_names_whose_result_still_waits_with_the_clock_of_its_check(
    panel: CasePanel, made: InventedDesk, show: Show
) -> None:
    case_id = made.handled("积水", cooperating=(OTHER,))
    made.act(Action.VERIFY, case_id)
    made.act(Action.SIGN, case_id, unit=OTHER)
    show(case_id)
    assert panel.top.header.state.text == "待核查 · 协办鲸园派出所处置中"
    made.act(Action.FEED_BACK, case_id, unit=OTHER, result="已配合")
    panel.refresh(Changes(cases=frozenset({case_id})))
    show(case_id)
    header = panel.top.header
    assert header.state.text == "待核查 · 协办鲸园派出所已反馈"
    assert header.working.isVisible() and "核查时限 30分钟" in header.working.toolTip()
    made.act(Action.VERIFY, case_id, unit=OTHER)
    panel.refresh(Changes(cases=frozenset({case_id})))
    show(case_id)
    assert header.state.text == "待核查 · 可以结案" and not header.working.isVisible()


def test_what_the_line_of_the_state_has_no_room_for_is_told_where_somebody_points_at_it(
    panel: CasePanel, made: InventedDesk, show: Show
) -> None:
    case_id = made.handled("积水", cooperating=tuple(unit.code for unit in UNITS if unit.code != LEAD))
    made.act(Action.VERIFY, case_id)
    show(case_id)
    line = panel.top.header.state
    assert line.fontMetrics().horizontalAdvance(line.text) > line.width()
    assert line.toolTip() == line.text


def test_a_case_that_the_desk_may_not_read_any_more_says_since_when_it_stands_still(
    panel: CasePanel, made: InventedDesk, show: Show, qtbot: QtBot
) -> None:
    case_id, note = made.handling("积水"), panel.top.header.still
    show(case_id)
    assert not note.isVisible()
    made.store.still[case_id] = NOW - timedelta(days=1)
    panel.refresh_files()  # a round brought it
    qtbot.waitUntil(note.isVisible)
    assert note.text() == "停更：本席位已无权查看这件，内容停在 昨 14:32"
    del made.store.still[case_id]
    panel.refresh_files()
    qtbot.waitUntil(lambda: not note.isVisible())


def test_the_timeline_tells_the_newest_first(panel: CasePanel, made: InventedDesk, show: Show) -> None:
    show(made.dispatched("积水"))
    texts = [line.text for line in panel.top.timeline.lines.values]
    assert [text.split(" ")[0] for text in texts] == ["派遣", "立案", "登记"]
    assert all(line.unsent for line in panel.top.timeline.lines.values)


def test_a_title_without_a_space_is_broken_and_ends_in_dots(panel: CasePanel, made: InventedDesk, show: Show) -> None:
    show(made.dispatched("A" * 600))
    title = panel.top.header.title
    assert title.text().endswith("…") and title.toolTip() == "A" * 600
    assert title.minimumSizeHint().width() <= title.width()


def test_a_title_is_copied_as_it_was_written(panel: CasePanel, made: InventedDesk, show: Show) -> None:
    written = "故障代码" + "B" * 40
    show(made.filed(written))
    title = panel.top.header.title
    QTest.mouseClick(title, Qt.MouseButton.LeftButton, pos=title.rect().center())
    for start, length in ((0, len(title.text())), (0, 0)):
        title.setSelection(start, length)
        QTest.keyClick(title, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
        assert QApplication.clipboard().text() == written
    title.setSelection(2, 5)
    QTest.keyClick(title, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QApplication.clipboard().text() == "代码BB"


def test_the_timeline_names_who_acted(made: InventedDesk) -> None:
    case_id = made.dispatched("积水")
    unit = made.desk.queries.case(case_id).assignments[0].unit
    replace(made.desk, actor=Actor(unit, AccountRole.UNIT, unit)).act(Action.SIGN, case_id)
    assert load_view(made.desk, case_id).lines[0].actor == "综合行政执法中队"


def test_the_reporter_is_masked_until_asked_which_leaves_a_trace(
    panel: CasePanel, made: InventedDesk, show: Show, qtbot: QtBot
) -> None:
    case_id = made.register("积水", reporter_name="张某某", reporter_phone="13800001234", description="电13800001234")
    show(case_id)
    details = panel.top.details
    assert "张*" in details.facts.words
    assert "13800001234" not in details.facts.words
    assert made.store.audited == []
    details.show_button.click()
    qtbot.waitUntil(lambda: "张某某" in details.facts.words)
    assert made.store.audited == [("wang", "reporter_shown", case_id)]
    show(made.register("别的"))
    show(case_id)
    assert "张某某" not in details.facts.words


def test_a_telephone_in_title_and_address_is_masked_until_asked(
    panel: CasePanel, made: InventedDesk, show: Show, qtbot: QtBot
) -> None:
    show(made.register("回电13800001234", address="找13800001234"))
    details = panel.top.details
    assert "13800001234" not in details.facts.words + panel.top.header.title.text()
    details.show_button.click()
    qtbot.waitUntil(lambda: "标题 回电13800001234" in details.facts.words)
    assert "地址 找13800001234" in details.facts.words


def test_a_contact_given_with_the_dispatch_is_masked_until_asked_which_leaves_a_trace(
    panel: CasePanel, made: InventedDesk, show: Show, qtbot: QtBot
) -> None:
    case_id = made.filed("积水", reporter_name="张某某", reporter_phone="13800001234")
    made.act(Action.DISPATCH, case_id, lead=LEAD, contact=True)
    as_a_unit_has_it(made.store, case_id, LEAD)
    show(case_id)
    details = panel.top.details
    assert "联系群众 张* 138****1234" in details.facts.words
    assert "未随派遣" not in details.facts.words
    newest = load_view(made.desk, case_id).lines[0].text
    assert "已提供联系方式" in newest and "1234" not in newest
    details.show_button.click()
    qtbot.waitUntil(lambda: "联系群众 张某某 13800001234" in details.facts.words)
    assert made.store.audited == [("wang", "reporter_shown", case_id)]


def test_a_unit_that_did_not_get_the_reporter_is_told_so(panel: CasePanel, made: InventedDesk, show: Show) -> None:
    case_id = made.dispatched("积水", reporter_name="张某某", reporter_phone="13800001234")
    as_a_unit_has_it(made.store, case_id, LEAD)
    show(case_id)
    details = panel.top.details
    assert "反映人 来电人信息未随派遣提供" in details.facts.words
    assert "电话" not in details.facts.words
    assert not details.show_button.isVisible()


def as_a_unit_has_it(store: MemoryStore, case_id: str, unit: str) -> None:
    """The case becomes what the unit's desk folds."""
    texts = [for_unit(unit, e.kind, case_id, payload_text(e.payload), b"key") for e in store.events[case_id]]
    case = fold_all(replace(e, payload=json.loads(t)) for e, t in zip(store.events[case_id], texts, strict=True))
    assert case is not None
    store.cases[case_id] = case


def test_imported_extra_columns_and_the_original_point_are_shown(
    panel: CasePanel, made: InventedDesk, show: Show
) -> None:
    show(made.register("积水", extra={"受理坐席": "07"}, source_point="gcj02 122.1 37.5"))
    assert "受理坐席 07" in panel.top.details.facts.words
    assert "原始坐标 gcj02 122.1 37.5" in panel.top.details.facts.words


def test_what_an_import_kept_of_the_files_own_words_is_named_in_words(
    panel: CasePanel, made: InventedDesk, show: Show
) -> None:
    kept = {"big_class": "城乡建设", "channel_text": "微信", "state": "reported", "state_text": "办理中"}
    show(made.register("积水", extra=kept))
    told = panel.top.details.facts.words
    assert "大类 城乡建设\n来源原文 微信\n状态原文 办理中" in told
    assert "_" not in told and "reported" not in told


def test_the_basis_names_conditions_limit_units_and_version(panel: CasePanel, made: InventedDesk, show: Show) -> None:
    show(made.filed("积水"))
    text = panel.top.basis.facts.words
    for words in ("结案条件 停止施工", "处置时限 2紧急工作时", "主体责任 综合行政执法中队", "版本 1"):
        assert words in text


def test_likely_duplicates_are_counted_and_can_be_opened(
    panel: CasePanel, made: InventedDesk, show: Show, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = made.register("积水"), made.register("车库积水")
    rows = made.store.rows([first, second])
    alike = [Likeness(row, 38.0, True, 0.8, 0.9) for row in rows]
    monkeypatch.setattr(MemoryStore, "likely_duplicates", lambda *_asked: alike)
    show(second)
    qtbot.waitUntil(lambda: panel.top.tabs.tabText(3) == "关联 1")
    assert panel.top.alike.text().startswith("疑似重复 1 件：距 38 m · 同电话")
    related = panel.top.related.list
    related.setCurrentIndex(related.entries.index(0))
    with qtbot.waitSignal(panel.news.open_wanted) as wanted:
        press(related)
    assert wanted.args == [first]


def test_words_about_duplicates_that_have_no_room_end_with_a_sign(
    panel: CasePanel, made: InventedDesk, show: Show, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = made.register("积水"), made.register("车库积水")
    alike = [Likeness(row, 1_238.0, True, 0.8, 0.9) for row in made.store.rows([first])]
    monkeypatch.setattr(MemoryStore, "likely_duplicates", lambda *_asked: alike)
    panel.resize(230, 700)
    show(second)
    words = panel.top.alike
    qtbot.waitUntil(lambda: words.text().endswith("…"))
    assert words.text().startswith("疑似重复 1 件")
    assert words.fontMetrics().horizontalAdvance(words.text()) < words.width()
    assert words.toolTip().startswith("疑似重复 1 件：距 1.2 km · 同电话 · ")
    panel.resize(700, 700)
    qtbot.waitUntil(lambda: words.toolTip().startswith(words.text()))


def test_for_a_case_that_is_only_passed_by_no_duplicates_are_searched(
    panel: CasePanel, made: InventedDesk, show: Show, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    searched: list[object] = []

    def search(_store: MemoryStore, new: NewCase) -> tuple[Likeness, ...]:
        searched.append(new.title)
        return ()

    monkeypatch.setattr(MemoryStore, "likely_duplicates", search)
    monkeypatch.setattr(panel_module, "_ALIKE_MS", 800)
    for title in ("积水", "噪音", "路灯"):
        show(made.filed(title))
    qtbot.waitUntil(lambda: bool(searched))
    assert searched == ["路灯"]


def test_an_answer_for_a_case_left_meanwhile_is_dropped(
    panel: CasePanel, made: InventedDesk, jobs: Jobs, qtbot: QtBot
) -> None:
    first, second = made.filed("积水"), made.filed("噪音")
    panel.show_case(first)
    panel.show_case(second)
    panel.show_case(None)
    qtbot.waitUntil(lambda: not jobs.busy)
    assert panel.view is None
    assert panel.top.currentWidget() is panel.top.message


def test_a_key_is_for_the_case_that_is_on_its_way_and_not_for_the_one_before(
    panel: CasePanel, made: InventedDesk, show: Show, qtbot: QtBot
) -> None:
    before, wanted = made.dispatched("积水"), made.dispatched("噪音")
    show(before)
    panel.show_case(wanted)
    with qtbot.waitSignal(panel.news.changes) as told:
        panel.start_action(Action.SIGN)
    assert told.args is not None
    assert told.args[0].cases == {wanted}


def test_a_key_for_a_case_that_was_left_again_does_nothing(
    panel: CasePanel, made: InventedDesk, jobs: Jobs, show: Show, qtbot: QtBot
) -> None:
    before, wanted = made.dispatched("积水"), made.dispatched("噪音")
    show(before)
    heard: list[Changes] = []
    panel.news.changes.connect(heard.append)
    panel.show_case(wanted)
    panel.start_action(Action.SIGN)
    show(before)
    qtbot.waitUntil(lambda: not jobs.busy)
    assert heard == []


def test_a_round_that_ends_while_a_case_is_on_its_way_does_not_keep_the_one_before(
    panel: CasePanel, made: InventedDesk, jobs: Jobs, show: Show, qtbot: QtBot
) -> None:
    before, wanted = made.filed("积水"), made.filed("噪音")
    show(before)
    assert panel.view is not None
    here = cast("AttachedFile", SimpleNamespace(state=FileState.ONLY_HERE))
    panel.view = replace(panel.view, files=(here,))
    panel.show_case(wanted)
    panel.refresh_files()
    qtbot.waitUntil(lambda: not jobs.busy)
    assert panel.view.case.id == wanted


def test_a_change_made_elsewhere_is_shown(panel: CasePanel, made: InventedDesk, show: Show, qtbot: QtBot) -> None:
    case_id = made.filed("积水")
    show(case_id)
    made.act(Action.NOTE, case_id, text="已电话联系")
    panel.refresh(Changes(frozenset({case_id})))
    qtbot.waitUntil(lambda: "已电话联系" in panel.top.timeline.lines.values[0].text)


def test_the_clocks_move_on_by_themselves(panel: CasePanel, made: InventedDesk, show: Show) -> None:
    show(made.dispatched("积水"))
    made.clock.at = NOW + timedelta(minutes=30)
    panel._tick()
    assert panel.top.header.natural.text.endswith("1 时 30 分")
    made.clock.at = NOW
