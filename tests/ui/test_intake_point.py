"""登记: what a pasted text does not say is asked for or named: a point's coordinate system, the source."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox
from pytestqt.qtbot import QtBot

from gridclient.ui.initials import NameInitials
from gridclient.ui.intake.form import IntakeForm
from gridclient.ui.jobs import Jobs
from tests.ui.fakes.invented_desk import InventedDesk, empty_desk

CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def made() -> InventedDesk:
    return empty_desk()


@pytest.fixture
def form(made: InventedDesk, jobs: Jobs, initials: str, qtbot: QtBot) -> IntakeForm:
    made.store.kept["desk.initials"] = initials
    names = NameInitials(settings=made.desk.settings, jobs=jobs)
    form = IntakeForm(desk=made.desk, jobs=jobs, initials=names, short=str)
    names.setParent(form)
    qtbot.addWidget(form)
    form.show()
    qtbot.waitUntil(lambda: not jobs.busy)
    form.activateWindow()
    return form


def paste(form: IntakeForm, text: str) -> QComboBox:
    QGuiApplication.clipboard().setText(text)
    form.inputs.description.paste()
    system = form.inputs.widget_of("crs")
    assert isinstance(system, QComboBox)
    return system


def test_a_pasted_point_asks_for_its_system_before_the_case_is_registered(
    form: IntakeForm, made: InventedDesk, qtbot: QtBot
) -> None:
    system = paste(form, "井盖破损，位置37.509800,122.118200")
    assert (form.values.point, form.inputs.title_of("point")) == ("122.118200, 37.509800", "✓ 坐标")
    assert system.currentText() == "请选择" and form.inputs.point_note.isVisible()
    QTest.keyClick(form.inputs.description, Qt.Key.Key_Return, CTRL)
    qtbot.waitUntil(lambda: bool(form.error.text()))
    assert "哪种坐标系" in form.error.text() and form.window().focusWidget() is system and not made.store.cases
    QTest.keyClick(system, Qt.Key.Key_Down)
    QTest.keyClick(system, Qt.Key.Key_Down)
    assert not form.inputs.point_note.isVisible() and not form.error.text()
    with qtbot.waitSignal(form.registered) as registered:
        QTest.keyClick(system, Qt.Key.Key_Return, CTRL)
    assert made.store.case(registered.args[0]).facts.source_point == "gcj02 122.118200 37.509800"


def test_a_system_that_the_text_names_is_chosen_and_marked_and_goes_with_its_text(form: IntakeForm) -> None:
    system = paste(form, "井盖破损，高德定位122.118200,37.509800")
    assert (form.values.crs, form.inputs.title_of("crs")) == ("gcj02", "✓ 坐标系")
    assert not form.inputs.point_note.isVisible()
    form.inputs.description.selectAll()
    paste(form, "路灯不亮，位置122.118200,37.509800")
    assert form.values.crs == "" and system.currentText() == "请选择" and form.inputs.point_note.isVisible()


def test_a_typed_point_asks_too_and_one_picked_on_the_map_does_not(form: IntakeForm) -> None:
    QTest.keyClicks(form.inputs.widget_of("point"), "122.1, 37.5")
    assert form.inputs.point_note.isVisible()
    form.set_point(122.1, 37.5)
    assert form.values.crs == "wgs84" and not form.inputs.point_note.isVisible()


def test_a_system_that_was_chosen_for_one_point_is_not_the_next_ones(form: IntakeForm) -> None:
    system = paste(form, "井盖破损，位置37.509800,122.118200")
    system.setFocus()
    QTest.keyClick(system, Qt.Key.Key_Down)
    assert form.values.crs == "wgs84"
    paste(form, "，又在井盖旁发现裂缝")
    assert form.values.crs == "wgs84", "a text that was added takes nothing away"
    form.inputs.description.selectAll()
    paste(form, "路灯不亮")
    assert (form.values.point, form.values.crs) == ("", "")
    QTest.keyClick(system, Qt.Key.Key_Down)
    form.inputs.description.selectAll()
    paste(form, "路灯不亮，位置122.118200,37.509800")
    assert form.values.crs == "" and form.inputs.point_note.isVisible()


def test_a_source_that_the_text_says_is_marked_and_one_that_it_does_not_say_is_named(form: IntakeForm) -> None:
    paste(form, "【12345】市民来电反映路灯不亮")
    assert (form.values.channel, form.inputs.title_of("channel")) == ("12345", "✓ 来源")
    assert "来源" not in form.note.text()
    form.inputs.description.selectAll()
    paste(form, "路灯不亮三天了，麻烦来修")
    assert (form.values.channel, form.inputs.title_of("channel")) == ("", "来源")
    assert "没有说明来源" in form.note.text()
