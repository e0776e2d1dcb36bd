"""What is chosen is what is seen, and what is offered for it can be done."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QPushButton
from pytestqt.qtbot import QtBot

from gridclient.domain.roles import AccountRole, Action
from gridclient.services.rows import Box, Changes
from gridclient.ui.casework.action_form import ActionForm
from gridclient.ui.main_window import MainWindow
from tests.ui.conftest import OpenWindow, press, settle
from tests.ui.fakes.invented_desk import LEAD, InventedDesk, busy_desk, empty_desk

CTRL, ALT, SHIFT = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.ShiftModifier,
)


def test_a_case_is_not_acted_on_where_the_list_shows_none(
    window: MainWindow, invented: InventedDesk, qtbot: QtBot
) -> None:
    press(window.cases.table, Qt.Key.Key_Home, CTRL)
    settle(qtbot, window)
    assert window.state.current is not None
    window.state.choose_grid("371002002001004")  # nothing was reported there
    settle(qtbot, window)
    assert window.cases.model.rowCount() == 0
    assert window.state.current is None and window.detail.view is None
    press(window, Qt.Key.Key_F7)
    settle(qtbot, window)
    assert not any(case.urges for case in invented.store.cases.values())
    window.state.choose_grid("")
    settle(qtbot, window)
    assert window.state.current == window.cases.model.row_at(0).id


def test_a_case_opened_by_its_number_stays_though_the_list_has_none(window: MainWindow, qtbot: QtBot) -> None:
    wanted = window.cases.model.row_at(0).id
    window.state.choose_grid("371002002001004")
    settle(qtbot, window)
    window.state.choose_case(wanted)
    settle(qtbot, window)
    assert window.state.current == wanted and window.detail.view is not None


def test_the_menu_of_several_cases_offers_only_what_can_be_done_to_several(window: MainWindow, qtbot: QtBot) -> None:
    held = [row.id for row in window.cases.model.rows if row.state == "handling"]
    window.state.select(held[:1])
    settle(qtbot, window)
    assert window.actions_.case[Action.RETURN] in window.actions_.menu().actions()
    window.state.select(held)
    settle(qtbot, window)
    offered = window.actions_.menu().actions()
    assert window.actions_.case[Action.URGE] in offered
    assert window.actions_.case[Action.RETURN] not in offered and window.actions_.case[Action.NOTE] not in offered
    press(window.cases.table, Qt.Key.Key_F4)  # its key answers all the same
    qtbot.waitUntil(window.banner.isVisible)
    assert window.banner.words.text() == "退回要逐件办理，请只选一件。"


def test_what_the_shift_leader_alone_may_do_is_shown_with_who_does_it(
    window: MainWindow, invented: InventedDesk, qtbot: QtBot
) -> None:
    closed = invented.handled("积水")
    invented.act(Action.VERIFY, closed)
    invented.act(Action.CLOSE, closed, closing_condition_met=True)
    for case_id, words in ((closed, "重开（由值班长办理）"), (invented.handling("噪音"), "作废（由值班长办理）")):
        window.state.select((case_id,))
        settle(qtbot, window)
        entry = next(entry for entry in window.actions_.menu().actions() if entry.text() == words)
        assert not entry.isEnabled()
        more = next(button for button in window.detail.foot.bar.findChildren(QPushButton) if button.text() == "更多")
        QTest.mouseClick(more, Qt.MouseButton.LeftButton)
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu)
        assert [one.text() for one in menu.actions() if not one.isEnabled()] == [words]
        menu.close()
    window.actions_.trigger("void")
    assert window.detail.foot.note.text() == "▲ “受理派遣员”不能办理“作废”，请由值班长办理。"


def test_who_only_watches_is_not_shown_what_others_may_do(open_window: OpenWindow, qtbot: QtBot) -> None:
    window = open_window(busy_desk(role=AccountRole.SUPERVISOR))
    assert not [entry for entry in window.actions_.menu().actions() if "值班长" in entry.text()]


def test_enter_on_the_panel_goes_to_what_comes_next_and_enter_there_does_it(
    window: MainWindow, invented: InventedDesk, qtbot: QtBot
) -> None:
    case_id = next(row.id for row in window.cases.model.rows if row.state == "dispatched")
    window.state.select((case_id,))
    settle(qtbot, window)
    press(window.cases.table, Qt.Key.Key_4, CTRL)
    for _ in range(2):
        focused = QApplication.focusWidget()
        assert focused is not None
        assert invented.store.cases[case_id].state == "dispatched"
        press(focused, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: invented.store.cases[case_id].state == "handling")


def test_a_case_that_is_opened_again_after_its_dispatch_stays_when_it_is_signed(
    window: MainWindow, invented: InventedDesk, qtbot: QtBot
) -> None:
    press(window, Qt.Key.Key_1, Qt.KeyboardModifier.AltModifier)
    settle(qtbot, window)
    assert {row.state for row in window.cases.model.rows} == {"reported"}
    invented.register("又一件", ago=timedelta(minutes=3))
    press(window, Qt.Key.Key_F5)
    settle(qtbot, window)
    case_id, other = (window.cases.model.row_at(line).id for line in (0, 1))
    window.state.select((case_id,))
    settle(qtbot, window)
    window.cases.stay_with(case_id)
    invented.act(Action.FILE, case_id, standard="C-01-02-01")
    window.announce(Changes(frozenset({case_id})))
    settle(qtbot, window)
    invented.act(Action.DISPATCH, case_id, lead=LEAD, reason="熟悉")
    window.announce(Changes(frozenset({case_id})))
    settle(qtbot, window)
    assert window.state.current == other  # the list went on
    window.state.choose_case(case_id)
    settle(qtbot, window)
    invented.act(Action.SIGN, case_id)
    window.announce(Changes(frozenset({case_id})))
    settle(qtbot, window)
    assert window.state.current == case_id


def closing_form(window: MainWindow, qtbot: QtBot, chosen: Sequence[str]) -> ActionForm:
    window.announce(Changes(frozenset(chosen)))
    settle(qtbot, window)
    window.state.select(chosen)
    settle(qtbot, window)
    press(window.cases.table, Qt.Key.Key_F9)
    qtbot.waitUntil(lambda: window.detail.foot.form is not None)
    form = window.detail.foot.form
    assert form is not None
    return form


def test_several_cases_are_closed_when_their_condition_was_said_once_to_be_met(
    window: MainWindow, invented: InventedDesk, qtbot: QtBot
) -> None:
    checked = [invented.handled(title) for title in ("积水", "路灯不亮")]
    for case_id in checked:
        invented.act(Action.VERIFY, case_id)
    chosen = [*checked, invented.handling("噪音")]
    form = closing_form(window, qtbot, chosen)
    assert form.spec.title == "结案 2 件"
    press(form.widget_of("note"), Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "结案条件还没有确认" in form.note.text())
    assert {invented.store.cases[case_id].state for case_id in checked} == {"handled"}
    press(form.widget_of("closing_condition_met"), Qt.Key.Key_Space)
    press(form.widget_of("note"), Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.status.told.text() == "已结案 2 件（Ctrl+Z 撤销）")
    assert {invented.store.cases[case_id].state for case_id in checked} == {"closed"}
    settle(qtbot, window)
    assert window.detail.foot.form is None


def test_a_closing_that_is_asked_for_while_others_are_worked_on_keeps_what_was_typed(
    window: MainWindow, invented: InventedDesk, qtbot: QtBot
) -> None:
    checked = [invented.handled(title) for title in ("积水", "路灯不亮")]
    for case_id in checked:
        invented.act(Action.VERIFY, case_id)
    form = closing_form(window, qtbot, checked)
    press(form.widget_of("closing_condition_met"), Qt.Key.Key_Space)
    form.fill({"note": "已回访"})
    window.batch.act(Action.URGE, [invented.dispatched("噪音")])
    press(form.widget_of("note"), Qt.Key.Key_Return)
    assert window.banner.words.text() == "正在催办，请办完再试。"
    settle(qtbot, window)
    assert window.detail.foot.form is form
    assert form.values["note"] == "已回访"
    press(form.widget_of("note"), Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.status.told.text() == "已结案 2 件（Ctrl+Z 撤销）")


def test_esc_leaves_the_closing_of_several(window: MainWindow, invented: InventedDesk, qtbot: QtBot) -> None:
    checked = [invented.handled(title) for title in ("积水", "路灯不亮")]
    form = closing_form(window, qtbot, checked)
    press(form.widget_of("note"), Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: window.detail.foot.form is None)
    qtbot.waitUntil(lambda: Action.CLOSE in window.detail.foot.bar.buttons)


def test_the_cases_that_a_banner_names_are_shown_where_a_page_covers_the_desk(window: MainWindow, qtbot: QtBot) -> None:
    refused = tuple(row.id for row in window.cases.model.rows[2:4])
    press(window, Qt.Key.Key_F1)
    window.banner.tell_refused("没有办成", refused)
    QTest.mouseClick(window.banner.button, Qt.MouseButton.LeftButton)
    settle(qtbot, window)
    assert window.pages.stack.currentIndex() == 0
    assert window.cases.table.chosen() == refused


def test_another_action_leaves_the_closing_that_is_being_typed(
    window: MainWindow, invented: InventedDesk, qtbot: QtBot
) -> None:
    chosen = [invented.handled("积水"), invented.handling("噪音")]
    form = closing_form(window, qtbot, chosen)
    form.fill({"note": "已回访"})
    press(form.widget_of("note"), Qt.Key.Key_F7)
    qtbot.waitUntil(lambda: invented.store.cases[chosen[1]].urges == 1)
    settle(qtbot, window)
    assert window.detail.foot.form is form
    assert form.values["note"] == "已回访"


def test_a_key_for_many_cases_asks_once_and_enter_does_it(open_window: OpenWindow, qtbot: QtBot) -> None:
    made = empty_desk()
    many = [made.filed(f"路灯 {number}") for number in range(11)]
    window = open_window(made)
    window.state.select(many)
    settle(qtbot, window)
    press(window.cases.table, Qt.Key.Key_F7)
    settle(qtbot, window)
    form = window.detail.foot.form
    assert form is not None and form.spec.title == "催办 11 件"
    assert not any(case.urges for case in made.store.cases.values())
    press(form.submit_button, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: all(case.urges == 1 for case in made.store.cases.values()))
    settle(qtbot, window)
    assert window.detail.foot.form is None


def test_when_a_case_leaves_the_list_the_next_one_is_chosen(
    window: MainWindow, invented: InventedDesk, qtbot: QtBot
) -> None:
    press(window, Qt.Key.Key_2, ALT)
    settle(qtbot, window)
    first, second = (window.cases.model.row_at(line).id for line in (0, 1))
    window.state.select((first,))
    invented.act(Action.DISPATCH, first, lead=LEAD, reason="熟悉情况")
    window.announce(Changes(frozenset({first})))
    settle(qtbot, window)
    assert window.state.current == second
    assert window.boxes.buttons[Box.FILED].count == 2


def test_after_several_are_dispatched_the_one_that_followed_them_is_chosen(
    open_window: OpenWindow, qtbot: QtBot
) -> None:
    invented = empty_desk()
    for number in range(6):
        invented.filed(f"路灯 {number}")
    window = open_window(invented)
    press(window, Qt.Key.Key_2, ALT)
    settle(qtbot, window)
    *done, following = (window.cases.model.row_at(line).id for line in range(3))
    press(window.cases.table, Qt.Key.Key_Home, CTRL)
    press(window.cases.table, Qt.Key.Key_Down, SHIFT)
    settle(qtbot, window)
    for case_id in done:
        invented.act(Action.DISPATCH, case_id, lead=LEAD, reason="熟悉情况")
    window.announce(Changes(frozenset(done)))
    settle(qtbot, window)
    assert window.state.selected == (following,)


def test_a_dispatched_case_that_stays_in_the_list_gives_way_to_the_next(
    window: MainWindow, invented: InventedDesk, qtbot: QtBot
) -> None:
    places = [line for line, row in enumerate(window.cases.model.rows) if row.state == "filed"]
    case_id = window.cases.model.row_at(places[0]).id
    following = window.cases.model.row_at(places[0] + 1).id
    window.cases.table.go_to(places[0])
    invented.act(Action.DISPATCH, case_id, lead=LEAD, reason="熟悉情况")
    window.announce(Changes(frozenset({case_id})))
    settle(qtbot, window)
    assert window.state.current == following


def test_what_can_be_done_follows_what_somebody_did_to_the_chosen_case(
    window: MainWindow, invented: InventedDesk, qtbot: QtBot
) -> None:
    case_id = invented.dispatched("路灯不亮")
    window.announce(Changes(frozenset({case_id})))
    window.state.choose_case(case_id)
    settle(qtbot, window)
    assert not window.actions_.case[Action.FEED_BACK].isEnabled()
    invented.act(Action.SIGN, case_id)
    window.announce(Changes(frozenset({case_id})))
    settle(qtbot, window)
    assert window.actions_.case[Action.FEED_BACK].isEnabled()
