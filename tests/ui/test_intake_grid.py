"""登记: the grid of a place that is told by its estate or road, from earlier cases. It is offered, never chosen."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from gridclient.services.told_grid import places_in
from gridclient.ui.initials import NameInitials
from gridclient.ui.intake.form import IntakeForm
from gridclient.ui.jobs import Jobs
from tests.ui.fakes.invented_desk import InventedDesk, empty_desk

HERE, THERE, ELSEWHERE = "371002002001003", "371002002002001", "371002003001001"
TOWNSHIP = HERE[:9]


@pytest.fixture
def made() -> InventedDesk:
    return empty_desk()


@pytest.fixture
def form(made: InventedDesk, jobs: Jobs, initials: str, look: None, qtbot: QtBot) -> IntakeForm:
    made.store.kept["desk.initials"] = initials
    form = IntakeForm(
        desk=made.desk, jobs=jobs, initials=NameInitials(settings=made.desk.settings, jobs=jobs), short=lambda n: n
    )
    qtbot.addWidget(form)
    form.show()
    qtbot.waitUntil(lambda: not jobs.busy)
    return form


def tell(form: IntakeForm, jobs: Jobs, qtbot: QtBot, address: str) -> None:
    """An address is pasted, and the form has looked it up."""
    field = form.inputs.widget_of("address")
    assert isinstance(field, QLineEdit)
    QGuiApplication.clipboard().setText(address)
    field.setFocus()
    field.paste()
    assert form._pause.isActive()
    qtbot.waitUntil(lambda: not form._pause.isActive() and not jobs.busy)


def earlier(made: InventedDesk, *grids: str) -> None:
    for number, grid in enumerate(grids):
        made.register(f"第 {number} 件，华盛花园路灯不亮", grid=grid)


def test_where_nearly_all_cases_of_an_estate_lay_is_offered_and_taken_by_a_key(
    form: IntakeForm, made: InventedDesk, jobs: Jobs, qtbot: QtBot
) -> None:
    earlier(made, HERE, HERE, HERE, HERE, THERE, TOWNSHIP)
    tell(form, jobs, qtbot, "鲸园街道华盛花园11号楼")
    assert form.values.grid == TOWNSHIP, "what the words say stands until a person takes more"
    (chip,) = form.inputs.grid_chips.buttons
    assert "5 件中 4 件" in chip.accessibleName() and "华盛花园" in chip.toolTip()
    chip.setFocus()
    QTest.keyClick(chip, Qt.Key.Key_Space)
    assert form.values.grid == HERE
    assert form.inputs.grid.hasFocus(), "the chip that had the keyboard is gone"
    assert not form.inputs.grid_chips.isVisible() and not form.inputs.grid_note.isVisible()
    qtbot.waitUntil(lambda: not form._pause.isActive() and not jobs.busy)
    assert form.values.grid == HERE


@pytest.mark.parametrize("grids", [(HERE, HERE), (HERE, HERE, HERE, THERE), (TOWNSHIP,) * 5, ()])
def test_few_or_scattered_cases_say_nothing(
    form: IntakeForm, made: InventedDesk, jobs: Jobs, qtbot: QtBot, grids: tuple[str, ...]
) -> None:
    earlier(made, *grids)
    tell(form, jobs, qtbot, "华盛花园11号楼")
    assert not form.inputs.grid_chips.isVisible()


def test_an_estate_of_the_same_name_in_another_township_does_not_count(
    form: IntakeForm, made: InventedDesk, jobs: Jobs, qtbot: QtBot
) -> None:
    earlier(made, HERE, HERE, HERE, *[ELSEWHERE] * 5)
    tell(form, jobs, qtbot, "鲸园街道华盛花园11号楼")
    assert [chip.accessibleName()[-13:] for chip in form.inputs.grid_chips.buttons] == ["旧案 3 件中 3 件在此"]


def test_a_grid_that_the_words_name_is_not_doubted(
    form: IntakeForm, made: InventedDesk, jobs: Jobs, qtbot: QtBot
) -> None:
    earlier(made, HERE, HERE, HERE)
    tell(form, jobs, qtbot, "鲸园街道古陌社区第三网格，华盛花园3号楼")
    assert form.values.grid == HERE
    assert not form.inputs.grid_chips.isVisible()


def test_a_grid_that_somebody_chose_is_not_doubted(
    form: IntakeForm, made: InventedDesk, jobs: Jobs, qtbot: QtBot
) -> None:
    earlier(made, HERE, HERE, HERE)
    form.inputs.grid.setFocus()
    QTest.keyClicks(form.inputs.grid, THERE)
    QTest.keyClick(form.inputs.grid, Qt.Key.Key_Return)
    assert form.values.grid == THERE
    tell(form, jobs, qtbot, "华盛花园11号楼")
    assert not form.inputs.grid_chips.isVisible()


@pytest.mark.parametrize(
    ("address", "places"),
    [
        ("华盛公寓11号楼1单元", ["华盛公寓11号", "华盛公寓"]),
        ("山东省威海市环翠区竹岛街道华盛公寓", ["华盛公寓"]),
        ("康宁街与金鸡路路口东侧", ["康宁街 金鸡路"]),
        ("沈阳路阳光小区3号楼", ["沈阳路 阳光小区", "阳光小区3号", "阳光小区"]),
        ("镇江路5-1号", ["镇江路5-1号", "镇江路"]),
        ("沿河农贸市场3号摊位", ["沿河农贸市场3号", "沿河农贸市场"]),
        ("环翠楼街道", []),
        ("小区门口", []),
    ],
)
def test_the_most_exact_place_of_an_address_is_looked_for_first(address: str, places: list[str]) -> None:
    assert places_in(address) == places
