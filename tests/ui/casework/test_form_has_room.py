"""A long form on a low screen: what lies above it gives way."""

from __future__ import annotations

from itertools import pairwise

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot

from gridclient.domain.roles import Action
from gridclient.services.rows import Likeness
from gridclient.ui.casework.panel import CasePanel
from gridclient.ui.key_button import KeyButton
from gridclient.ui.theme import LIGHT, apply_theme
from tests.ui.casework.panel_keys import Show, form_of, press
from tests.ui.fakes.invented_desk import InventedDesk
from tests.ui.fakes.memory_store import MemoryStore


@pytest.fixture(autouse=True)
def light(qapp: QApplication) -> None:
    apply_theme(qapp, LIGHT)


def edges(part: QWidget, panel: CasePanel) -> tuple[int, int]:
    """Where a part begins and ends on the panel, from above."""
    top = part.mapTo(panel, part.rect().topLeft()).y()
    return top, top + part.height() - 1


def least_height(panel: CasePanel, width: int) -> int:
    """The least height at which everything is whole, with the lines of a narrow panel."""
    layout = panel.layout()
    assert layout is not None
    return layout.minimumHeightForWidth(width)


def test_no_field_of_a_correction_lies_on_another_when_a_sentence_comes_under_them(
    panel: CasePanel, made: InventedDesk, show: Show, qtbot: QtBot
) -> None:
    """The room was halved between the form and the timeline, and the description lay under the address."""
    panel.resize(344, 680)
    show(made.handling("积水"))
    form = form_of(panel, Action.AMEND)
    grid = form.widget_of("grid")
    grid.setFocus()
    QTest.keyClicks(grid, "qqqq")
    press(grid)
    assert form.note.text()
    rows = [form.widget_of(name) for name in ("title", "description", "address", "grid", "urgency", "level")]
    parts = [*rows, form.note, form.submit_button]
    qtbot.waitUntil(lambda: all(edges(a, panel)[1] < edges(b, panel)[0] for a, b in pairwise(parts)))
    assert panel.rect().contains(form.submit_button.mapTo(panel, form.submit_button.rect().bottomRight()))


def test_the_word_before_a_long_text_stands_beside_its_first_line(
    panel: CasePanel, made: InventedDesk, show: Show
) -> None:
    show(made.handling("积水"))
    form = form_of(panel, Action.RETURN)
    text = form.widget_of("reason")
    assert isinstance(text, QPlainTextEdit)
    word = next(label for label in form.findChildren(QLabel) if label.buddy() is text)
    form.grab()
    of_word = word.mapTo(form, word.contentsRect().center()).y()
    of_line = text.viewport().mapTo(form, text.cursorRect().center()).y()
    assert abs(of_word - of_line) <= 2


def test_on_a_low_screen_a_text_gives_way_before_the_buttons_lie_on_it(
    panel: CasePanel, made: InventedDesk, show: Show, qtbot: QtBot
) -> None:
    show(made.handling("积水"))
    form = form_of(panel, Action.RETURN)
    text = form.widget_of("reason")
    high = text.height()
    panel.resize(344, least_height(panel, 344))
    qtbot.waitUntil(lambda: text.height() < high)
    assert edges(text, panel)[1] < edges(form.submit_button, panel)[0]
    assert panel.rect().contains(form.submit_button.mapTo(panel, form.submit_button.rect().bottomRight()))
    panel.resize(344, 700)
    qtbot.waitUntil(lambda: text.height() == high)


def test_a_form_that_is_higher_than_the_screen_scrolls_and_shows_the_field_that_has_the_cursor(
    panel: CasePanel, made: InventedDesk, show: Show, qtbot: QtBot
) -> None:
    """At 150 % the whole window became higher than a screen of 768 lines."""
    panel.resize(300, 420)
    show(made.handling("积水"))
    form = form_of(panel, Action.AMEND)
    title, level = form.widget_of("title"), form.widget_of("level")
    qtbot.waitUntil(lambda: not level.visibleRegion().contains(level.rect()))
    assert panel.height() == 420
    assert panel.rect().contains(form.submit_button.mapTo(panel, form.submit_button.rect().bottomRight()))
    level.setFocus()
    qtbot.waitUntil(lambda: level.visibleRegion().contains(level.rect()))
    title.setFocus()
    qtbot.waitUntil(lambda: title.visibleRegion().contains(title.rect()))


def test_on_a_low_screen_a_reassignment_has_the_room_of_the_timeline(
    panel: CasePanel, made: InventedDesk, show: Show, qtbot: QtBot
) -> None:
    """At 150 % the window became higher than a screen of 768 lines."""
    show(made.handling("积水"))
    panel.start_action(Action.REASSIGN)
    qtbot.waitUntil(panel.foot.can_dispatch)
    panel.resize(300, least_height(panel, 300))
    tabs = panel.top.tabs
    qtbot.waitUntil(lambda: tabs.currentWidget().height() < tabs.fontMetrics().height())  # not one line of it
    assert panel.rect().contains(panel.foot.rect().translated(panel.foot.pos()))


@pytest.mark.parametrize("key", ["F4", "Enter"])
def test_a_button_that_has_no_room_for_its_key_shows_its_whole_word_without_it(qtbot: QtBot, key: str) -> None:
    pictures = []
    for made in (KeyButton("退回", key=key), KeyButton("退回")):
        qtbot.addWidget(made)
        made.resize(KeyButton("退回").sizeHint())
        pictures.append(made.grab().toImage())
    assert pictures[0] == pictures[1]


def test_buttons_of_actions_give_up_their_keys_before_they_are_cut(
    panel: CasePanel, made: InventedDesk, show: Show, qtbot: QtBot
) -> None:
    show(made.handling("积水"))
    bar, button = panel.foot.bar, panel.foot.bar.buttons[Action.RETURN]
    qtbot.waitUntil(button.isVisible)
    least = bar.minimumSizeHint().width()
    assert least < bar.sizeHint().width()
    bar.resize(least, bar.height())
    assert button.width() >= KeyButton(button.text()).sizeHint().width()


def test_on_a_low_screen_no_half_line_of_a_likely_duplicate_is_seen(
    panel: CasePanel, made: InventedDesk, show: Show, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = made.store.rows([made.register("车库积水")])
    alike = [Likeness(row, 38.0, True, 0.8, 0.9) for row in rows]
    monkeypatch.setattr(MemoryStore, "likely_duplicates", lambda *_asked: alike)
    show(made.handling("积水"))
    words = panel.top.alike
    qtbot.waitUntil(words.isVisible)
    panel.start_action(Action.REASSIGN)
    qtbot.waitUntil(panel.foot.can_dispatch)
    panel.resize(344, least_height(panel, 344))
    qtbot.waitUntil(lambda: not words.isVisible())
    panel.resize(344, 900)
    qtbot.waitUntil(words.isVisible)
