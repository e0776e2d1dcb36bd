"""详情: what files bring has names and words of any length, and all of it is read without scrolling sideways."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextDocument
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from gridclient.domain.events import EventDraft, EventKind
from gridclient.domain.roles import Action
from gridclient.ui.casework.fact_tabs import RelatedTab
from gridclient.ui.casework.panel import CasePanel
from tests.ui.casework.panel_keys import Show
from tests.ui.fakes.invented_desk import LEAD, NOW, OTHER, InventedDesk

LINK = "https://example.test/" + "a" * 90


@pytest.mark.parametrize(
    "facts",
    [
        {"extra": {"neighborhood_services_district": "11"}},
        {"extra": {"是否涉及未成年人以及监护人联系方式说明": "否"}},
        {"description": f"视频见{LINK}，三号楼下。"},
    ],
    ids=["a long name", "a long Chinese name", "a long link"],
)
def test_every_fact_is_seen_whole_in_the_width_of_the_panel(
    panel: CasePanel, made: InventedDesk, show: Show, facts: dict[str, Any]
) -> None:
    show(made.register("积水", **facts))
    details = panel.top.details
    panel.top.tabs.setCurrentWidget(details)
    assert details.horizontalScrollBar().maximum() == 0


def test_a_unit_that_gave_the_case_back_is_not_listed_as_cooperating_with_the_next(
    panel: CasePanel, made: InventedDesk, show: Show
) -> None:
    case_id = made.dispatched("积水")
    made.act(Action.RETURN, case_id, unit=LEAD, reason_code="not_ours", reason="不属本中队")
    made.act(Action.DISPATCH, case_id, lead=OTHER, reason="已商定")
    show(case_id)
    words = panel.top.details.facts.words
    assert "主办" in words and "协办" not in words


def test_a_limit_that_another_desk_wrote_is_told_at_the_clocks_as_it_is(
    panel: CasePanel, made: InventedDesk, show: Show
) -> None:
    show(made.dispatched("积水"))
    assert panel.view is not None
    strange = '时限“<img src="//192.0.2.1/x.png">”不是可计算的时限'
    panel.top.header.show_time(replace(panel.view, explanation=(strange,)), NOW)
    page = QTextDocument()
    page.setHtml(panel.top.header.working.toolTip())
    assert page.toPlainText().endswith(strange)


def test_a_basis_that_is_none_keeps_nobody_from_seeing_the_case(
    panel: CasePanel, made: InventedDesk, show: Show
) -> None:
    case_id = made.filed("积水")
    event = {"facts": {"title": "路面积水"}, "basis": 5}
    made.store.record(EventDraft(EventKind.AMENDED, case_id, "t:371002001", "li", event))
    show(case_id)
    assert "路面积水" in panel.top.header.title.words


def test_a_fact_is_copied_as_it_was_written(panel: CasePanel, made: InventedDesk, show: Show) -> None:
    show(made.register("积水", description=f"视频见{LINK}，三号楼下。"))
    panel.top.tabs.setCurrentWidget(panel.top.details)
    facts = panel.top.details.facts
    facts.setFocus()
    QTest.keyClick(facts, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(facts, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    copied = QApplication.clipboard().text()
    assert LINK in copied and "描述\n视频见" in copied
    facts.setSelection(0, 0)
    QTest.keyClick(facts, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QApplication.clipboard().text() == facts.words


def test_that_nothing_alike_was_found_stands_where_the_other_tabs_begin(qtbot: QtBot) -> None:
    tab = RelatedTab()
    qtbot.addWidget(tab)
    tab.resize(344, 500)
    tab.show_likenesses((), NOW)
    tab.grab()
    words = tab.findChild(QLabel)
    assert isinstance(words, QLabel)
    assert words.geometry().bottom() < 100
    assert words.mapTo(tab, words.contentsRect().topLeft()).x() == 12
