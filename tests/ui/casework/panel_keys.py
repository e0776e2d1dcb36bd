"""What an operator does to a case's panel, by real key events."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from gridclient.domain.roles import Action
from gridclient.ui.casework.action_form import ActionForm
from gridclient.ui.casework.panel import CasePanel
from tests.ui.fakes.invented_desk import InventedDesk

MakePanel = Callable[[InventedDesk], CasePanel]
Show = Callable[[str], None]


def form_of(panel: CasePanel, action: Action) -> ActionForm:
    panel.start_action(action)
    form = panel.foot.form
    assert form is not None
    return form


def press(widget: QWidget, key: Qt.Key = Qt.Key.Key_Return) -> None:
    QTest.keyClick(widget, key)


def keys(widget: QWidget, text: str) -> None:
    QTest.keyClicks(widget, text)


def focused(panel: CasePanel) -> QWidget:
    """What has the keyboard in the panel's window, also while the display has no active window."""
    widget = panel.window().focusWidget()
    assert widget is not None
    return widget


def submit(panel: CasePanel, form: ActionForm, field: str, qtbot: QtBot) -> None:
    with qtbot.waitSignal(panel.news.changes):
        press(form.widget_of(field))


def write(form: ActionForm, name: str, text: str) -> None:
    """Types Chinese as an input method would: as text, heard like an edit."""
    form.fill({name: text})
    form.edited.emit(form.values)


def offered(panel: CasePanel) -> list[Action]:
    return [offer.action for offer in panel.foot.bar.offers]
