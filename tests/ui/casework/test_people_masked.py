"""Whose numbers a case's panel shows: masked everywhere until who handles the case asks, as on the command line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from gridclient.cli.shapes import case_json, timeline_json
from gridclient.domain.roles import AccountRole, Action
from gridclient.ui.casework.case_view import load_view
from gridclient.ui.casework.panel import CasePanel
from tests.ui.casework.panel_keys import MakePanel, Show, focused, form_of
from tests.ui.fakes.invented_desk import NOW, InventedDesk
from tests.ui.fakes.memory_files import InMemoryFiles, photo

PHONE, CARD, OTHER_PHONE = "13800001234", "371002199001011234", "13900005678"
NUMBERS = (PHONE, CARD, OTHER_PHONE)


@pytest.fixture
def made(made: InventedDesk, tmp_path: Path) -> InventedDesk:
    return replace(made, desk=replace(made.desk, files=InMemoryFiles(tmp_path)))


def told_everywhere(made: InventedDesk) -> str:
    """A case with somebody's numbers in a note, an urging, a result, a column of a file and the name of a photo."""
    case_id = made.handling("积水", people=f"李某 {CARD}", extra={"备用电话": OTHER_PHONE})
    made.act(Action.NOTE, case_id, text=f"已联系{PHONE}")
    made.act(Action.URGE, case_id, text=f"请回电{OTHER_PHONE}")
    files = made.desk.files
    assert isinstance(files, InMemoryFiles)
    kept = files.keep(photo(files.folder, f"{PHONE}.png"), at=NOW)
    made.act(Action.ATTACH, case_id, sha256=kept.sha256, name=kept.name, kind="近景", size=kept.size)
    made.act(Action.FEED_BACK, case_id, result=f"已找到{CARD}本人")
    return case_id


def shown(panel: CasePanel) -> str:
    """All words of the case in the panel."""
    lines = panel.top.timeline.lines
    files = panel.top.attachments.files
    models = ((lines, len(lines.values)), (files, len(files.values)))
    told = [str(model.index(row).data(role)) for model, count in models for row in range(count) for role in TOLD]
    return "\n".join([*told, *(line.text for line in lines.values), panel.top.details.facts.words])


TOLD = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole)


def test_numbers_that_somebody_typed_are_masked_until_asked_which_leaves_a_trace(
    panel: CasePanel, made: InventedDesk, show: Show, qtbot: QtBot
) -> None:
    case_id = told_everywhere(made)
    show(case_id)
    assert [number for number in NUMBERS if number in shown(panel)] == []
    for masked in ("已联系138****1234", "请回电139****5678", "已找到3710**********1234本人", "备用电话 139****5678"):
        assert masked in shown(panel)
    assert made.store.audited == []
    QTest.mouseClick(panel.top.show_numbers, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: f"已联系{PHONE}" in shown(panel))
    assert focused(panel) is panel.top.timeline
    assert [number for number in NUMBERS if number not in shown(panel)] == []
    assert f"近景 {PHONE}.png" in shown(panel)
    assert made.store.audited == [("wang", "reporter_shown", case_id)]
    assert not panel.top.show_numbers.isVisible() and not panel.top.details.show_button.isVisible()
    show(made.register("别的"))
    show(case_id)
    assert [number for number in NUMBERS if number in shown(panel)] == []


def test_numbers_are_masked_again_when_somebody_comes_back_to_the_case_from_none(
    panel: CasePanel, made: InventedDesk, show: Show, qtbot: QtBot
) -> None:
    case_id = told_everywhere(made)
    show(case_id)
    QTest.mouseClick(panel.top.show_numbers, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: PHONE in shown(panel))
    panel.show_case(None)
    show(case_id)
    assert [number for number in NUMBERS if number in shown(panel)] == []


def test_a_correction_of_words_with_a_number_leaves_a_trace_too(
    panel: CasePanel, made: InventedDesk, show: Show, settle: Callable[[], None]
) -> None:
    """It shows them as they are, or they could not be corrected."""
    show(made.register("别的", description="井盖缺失"))
    form_of(panel, Action.AMEND)
    settle()
    assert made.store.audited == []
    case_id = made.register("积水", description=f"请回电{PHONE}")
    show(case_id)
    assert form_of(panel, Action.AMEND).values["description"] == f"请回电{PHONE}"
    settle()
    assert made.store.audited == [("wang", "reporter_shown", case_id)]


def test_the_button_promises_no_reporter_where_there_is_none_to_show(
    panel: CasePanel, made: InventedDesk, show: Show
) -> None:
    show(told_everywhere(made))
    assert panel.top.details.show_button.text() == "显示号码"
    show(made.register("积水", reporter_name="王小丽"))
    assert panel.top.details.show_button.text() == "显示反映人"


def test_where_nothing_is_masked_nothing_is_offered(panel: CasePanel, made: InventedDesk, show: Show) -> None:
    show(made.handling("积水"))
    assert not panel.top.show_numbers.isVisible() and panel.top.details.show_button.isHidden()


@pytest.mark.parametrize(
    ("role", "asks"),
    [
        (AccountRole.OPERATOR, True),
        (AccountRole.UNIT, True),
        (AccountRole.SUPERVISOR, False),
        (AccountRole.WATCHER, False),
        (AccountRole.ADMIN, False),
    ],
)
def test_who_only_watches_or_administers_has_no_plain_numbers(
    made: InventedDesk, make_panel: MakePanel, qtbot: QtBot, role: AccountRole, asks: bool
) -> None:
    case_id = told_everywhere(made)
    panel = make_panel(replace(made, desk=replace(made.desk, actor=replace(made.desk.actor, role=role))))
    panel.show_case(case_id)
    qtbot.waitUntil(lambda: panel.view is not None)
    assert panel.top.show_numbers.isVisible() is asks
    assert panel.top.details.show_button.isHidden() is not asks
    assert [number for number in NUMBERS if number in shown(panel)] == []


def test_panel_and_command_line_tell_the_same(panel: CasePanel, made: InventedDesk, show: Show) -> None:
    case_id = told_everywhere(made)
    desk = made.desk
    view = load_view(desk, case_id)
    timeline = timeline_json(desk.queries.timeline(case_id), desk.reference)
    assert [line.text for line in view.lines][::-1] == [entry["text"] for entry in timeline]
    printed = case_json(view.case, NOW, desk.reference)
    show(case_id)
    assert f"备用电话 {printed['extra']['备用电话']}" in panel.top.details.facts.words
    assert printed["assignments"][0]["result"] in panel.top.details.facts.words
    assert [number for number in NUMBERS if number in f"{timeline}{printed}"] == []
