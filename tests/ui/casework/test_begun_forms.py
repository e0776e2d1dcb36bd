"""What is begun at one case stays with it, and nothing of it is left under the hands at the next one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from threading import Event

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from gridclient.domain.case import CaseState
from gridclient.domain.roles import Action
from gridclient.services.rows import Changes
from gridclient.ui.casework.panel import CasePanel
from gridclient.ui.chooser import Chooser
from gridclient.ui.dispatch.panel import DispatchPanel
from gridclient.ui.jobs import Jobs
from tests.ui.casework.panel_keys import Show, focused, form_of, keys, press, submit, write
from tests.ui.fakes.invented_desk import LEAD, InventedDesk


def test_a_form_that_was_put_away_does_not_come_back_with_its_case(
    panel: CasePanel, made: InventedDesk, show: Show
) -> None:
    first, second = made.handling("积水"), made.filed("噪音")
    show(first)
    form = form_of(panel, Action.NOTE)
    write(form, "text", "一半")
    press(form.widget_of("text"), Qt.Key.Key_Escape)
    show(second)
    show(first)
    assert panel.foot.form is None
    assert form_of(panel, Action.NOTE).values["text"] == "一半"


def test_whoever_walks_by_a_case_with_a_begun_form_keeps_the_keyboard(
    panel: CasePanel, made: InventedDesk, show: Show
) -> None:
    """Else the arrow keys of the list would end in the form, and what is typed next with them."""
    first, second = made.handling("积水"), made.filed("噪音")
    show(first)
    write(form_of(panel, Action.NOTE), "text", "一半")
    panel.setFocus()
    show(second)
    show(first)
    assert panel.foot.form is not None
    assert focused(panel) is panel


def test_the_list_of_units_takes_the_place_of_a_begun_form_for_good(
    panel: CasePanel, dispatch: DispatchPanel, made: InventedDesk, show: Show, settle: Callable[[], None]
) -> None:
    case_id = made.filed("积水")
    show(case_id)
    write(form_of(panel, Action.NOTE), "text", "一半")
    panel.focus_dispatch()
    assert dispatch.isVisible() and panel.foot.form is None
    panel.refresh_files()
    settle()
    assert dispatch.isVisible() and panel.foot.form is None


def test_esc_in_the_list_of_units_gives_the_keyboard_back_to_the_case(
    panel: CasePanel, dispatch: DispatchPanel, made: InventedDesk, show: Show
) -> None:
    show(made.filed("积水"))
    panel.focus_dispatch()
    assert focused(panel) is dispatch.filter
    press(dispatch.filter, Qt.Key.Key_Escape)
    assert focused(panel) is panel


def test_esc_in_the_list_of_units_for_several_does_not_bring_the_case_that_was_shown_before(
    panel: CasePanel, dispatch: DispatchPanel, made: InventedDesk, show: Show, settle: Callable[[], None]
) -> None:
    show(made.handling("积水"))
    panel.show_batch([made.filed("噪音"), made.filed("占道")])
    settle()
    press(dispatch.filter, Qt.Key.Key_Escape)
    assert dispatch.isVisible() and dispatch.button.text().startswith("派遣 2 件")
    assert not panel.foot.bar.isVisible()


def test_what_could_not_be_done_is_said_no_longer_once_something_else_was(
    panel: CasePanel, made: InventedDesk, show: Show, qtbot: QtBot
) -> None:
    show(made.dispatched("积水"))
    panel.start_action(Action.CLOSE)
    assert "现在不能结案" in panel.foot.note.text()
    with qtbot.waitSignal(panel.news.changes):
        panel.start_action(Action.SIGN)
    assert panel.foot.note.text() == ""


def test_two_forms_begun_at_one_case_keep_their_texts(panel: CasePanel, made: InventedDesk, show: Show) -> None:
    show(made.handling("积水"))
    write(form_of(panel, Action.NOTE), "text", "已联系")
    write(form_of(panel, Action.FEED_BACK), "result", "已抽干一半")
    assert form_of(panel, Action.NOTE).values["text"] == "已联系"
    assert form_of(panel, Action.FEED_BACK).values["result"] == "已抽干一半"


@pytest.mark.parametrize("cleared", [False, True], ids=["words", "cleared"])
def test_words_that_chose_no_grid_before_esc_leave_the_case_its_grid(
    panel: CasePanel, made: InventedDesk, show: Show, qtbot: QtBot, cleared: bool
) -> None:
    """Kept as an empty field, they emptied the case's grid with the next Enter in another field."""
    case_id = made.filed("积水")
    grid = made.store.case(case_id).facts.grid
    show(case_id)
    line = form_of(panel, Action.AMEND).widget_of("grid")
    assert isinstance(line, Chooser)
    line.selectAll()
    keys(line, "zz")
    if cleared:  # who empties the field means it
        line.selectAll()
        press(line, Qt.Key.Key_Backspace)
    press(line, Qt.Key.Key_Escape)
    show(made.filed("噪音"))
    show(case_id)
    form = form_of(panel, Action.AMEND)
    keys(form.widget_of("address"), "12")
    submit(panel, form, "address", qtbot)
    facts = made.store.case(case_id).facts
    assert (facts.address, facts.grid) == ("12", "" if cleared else grid)


def test_a_begun_form_is_there_again_after_what_was_done_beside_it(
    panel: CasePanel, made: InventedDesk, show: Show, qtbot: QtBot
) -> None:
    show(made.dispatched("积水"))
    write(form_of(panel, Action.NOTE), "text", "已联系")
    with qtbot.waitSignal(panel.news.changes):
        panel.start_action(Action.SIGN)
    qtbot.waitUntil(lambda: panel.foot.form is not None)
    assert panel.foot.form is not None and panel.foot.form.values == {"text": "已联系"}


def test_an_enter_too_many_does_not_do_it_again(panel: CasePanel, made: InventedDesk, show: Show, qtbot: QtBot) -> None:
    """The button goes when the case has been read again; until then the keyboard must not be on it."""
    show(made.dispatched("积水"))
    button = panel.foot.bar.buttons[Action.SIGN]
    qtbot.waitUntil(button.isVisible)
    button.setFocus()
    assert panel.window().focusWidget() is button
    at_the_end: list[QWidget | None] = []
    panel.news.told.connect(lambda _words: at_the_end.append(panel.window().focusWidget()))
    with qtbot.waitSignal(panel.news.told):
        press(button)
    assert at_the_end == [panel]


def test_what_a_key_asked_of_a_case_on_its_way_is_not_done_to_the_next_one(
    panel: CasePanel, made: InventedDesk, settle: Callable[[], None]
) -> None:
    cases = [made.dispatched(title) for title in ("积水", "噪音", "占道", "油烟")]
    panel.show_case(cases[0])
    panel.start_action(Action.SIGN)
    panel.show_case(cases[1])
    settle()
    panel.show_case(cases[0])
    panel.start_action(Action.SIGN)
    panel.show_batch(cases[2:])
    settle()
    assert {made.store.case(case_id).state for case_id in cases} == {CaseState.DISPATCHED}
    assert panel.foot.form is None


def test_several_that_were_chosen_before_do_not_come_back_when_they_change(
    panel: CasePanel, made: InventedDesk, show: Show, settle: Callable[[], None]
) -> None:
    several, one = [made.filed("噪音"), made.filed("占道")], made.handling("积水")
    panel.show_batch(several)
    settle()
    show(one)
    panel.refresh(Changes(frozenset(several)))
    settle()
    assert panel.top.currentWidget() is not panel.top.message
    assert panel.view is not None and panel.view.case.id == one


@pytest.mark.parametrize("refused", [False, True])
def test_the_end_of_what_was_done_to_a_case_leaves_the_next_one_alone(
    panel: CasePanel, made: InventedDesk, jobs: Jobs, qtbot: QtBot, refused: bool
) -> None:
    """The form that is open by then belongs to another case, and so do the words of the status line."""
    first, second = made.handling("积水"), made.handling("噪音")
    said: list[str] = []
    panel.news.told.connect(said.append)
    panel.show_case(first)
    qtbot.waitUntil(lambda: panel.view is not None)
    form = form_of(panel, Action.NOTE)
    write(form, "text", "已联系")
    if refused:
        made.act(Action.URGE, first)
    written = Event()
    jobs.write(panel, lambda: written.wait(30))
    press(form.widget_of("text"))
    panel.show_case(second)
    qtbot.waitUntil(lambda: panel.view is not None and panel.view.case.id == second)
    begun = form_of(panel, Action.NOTE)
    with qtbot.waitSignal(panel.news.some_refused if refused else panel.news.changes):
        written.set()
    assert panel.foot.form is begun and begun.isAncestorOf(focused(panel))
    assert not said and not begun.note.text()


def test_a_file_that_was_refused_is_told_of_its_case_and_not_of_the_one_that_is_shown_by_then(
    panel: CasePanel, made: InventedDesk, jobs: Jobs, tmp_path: Path, qtbot: QtBot
) -> None:
    first, second = made.handling("积水"), made.handling("噪音")
    (text := tmp_path / "readme.txt").write_text("x")
    panel.show_case(first)
    qtbot.waitUntil(lambda: panel.view is not None)
    written = Event()
    jobs.write(panel, lambda: written.wait(30))
    panel.top.attachments.attach([text])
    panel.show_case(second)
    qtbot.waitUntil(lambda: panel.view is not None and panel.view.case.id == second)
    with qtbot.waitSignal(panel.news.some_refused) as told:
        written.set()
    assert told.args[1] == (first,) and "readme.txt" in told.args[0]
    assert panel.top.attachments.note.text() == ""


def test_the_units_for_another_hand_stay_under_the_keys_while_a_round_ends(
    panel: CasePanel, dispatch: DispatchPanel, made: InventedDesk, show: Show, settle: Callable[[], None]
) -> None:
    """The list went, the keyboard went to the list of cases, and the next Enter was for another case."""
    case_id = made.handling("积水")
    show(case_id)
    panel.focus_dispatch()
    settle()
    press(focused(panel), Qt.Key.Key_2)
    chosen = dispatch.choice.lead
    panel.refresh_files()
    settle()
    assert dispatch.isVisible() and focused(panel) is dispatch.filter
    assert dispatch.choice.lead == chosen != LEAD
    press(focused(panel), Qt.Key.Key_Escape)
    panel.refresh_files()
    settle()
    assert not dispatch.isVisible()


def test_the_units_for_another_hand_go_when_the_case_cannot_be_given_out_any_more(
    panel: CasePanel, dispatch: DispatchPanel, made: InventedDesk, show: Show, settle: Callable[[], None]
) -> None:
    case_id = made.handling("积水")
    show(case_id)
    panel.focus_dispatch()
    made.act(Action.FEED_BACK, case_id, result="已抽干")
    panel.refresh(Changes(cases=frozenset({case_id})))
    settle()
    assert not dispatch.isVisible()
    assert focused(panel) is panel
