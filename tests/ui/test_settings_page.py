"""The settings page over an invented profile, by real clicks and keys."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gridclient.services.rows import Changes
from gridclient.ui.jobs import Jobs
from gridclient.ui.settings.licences import licences
from gridclient.ui.settings.limits_section import value_text
from gridclient.ui.settings.page import SettingsPage
from gridclient.ui.theme import LIGHT, apply_theme
from tests.ui.fakes.invented_care import KEY, InventedCare
from tests.ui.fakes.invented_desk import InventedDesk, empty_desk
from tests.ui.file_answer import answer_files, refuse_to_replace, type_file
from tests.ui.focus import shows_the_keyboard, tab_round

ROOT = Path(__file__).resolve().parents[2]
LOOK, LIMITS, LISTS, BACKUPS, BASE_MAPS, AUDIT, ABOUT = range(7)


@pytest.fixture
def care() -> InventedCare:
    return InventedCare()


@pytest.fixture
def invented() -> InventedDesk:
    return empty_desk()


@pytest.fixture
def page(
    qtbot: QtBot, qapp: QApplication, jobs: Jobs, care: InventedCare, invented: InventedDesk
) -> Iterator[SettingsPage]:
    apply_theme(qapp, LIGHT)
    roots, base = (ROOT / "resources/page/vendor",), ["offline"]
    made = SettingsPage(desk=invented.desk, jobs=jobs, care=care, base_in_use=lambda: base[-1], licence_roots=roots)
    made.base_map_chosen.connect(base.append)
    qtbot.addWidget(made)
    made.resize(1000, 640)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    yield made
    made.close()


def test_the_limits_in_force_stand_in_words(page: SettingsPage, qtbot: QtBot) -> None:
    page.show_part(LIMITS)
    model = page.limits.table.lines
    qtbot.waitUntil(lambda: model.rowCount() > 0)
    shown = {model.index(row, 0).data(): model.index(row, 1).data() for row in range(model.rowCount())}
    assert shown["受理时限"] == "15分钟"
    assert shown["三级处置时限"] == "5自然日"


def test_a_township_is_told_where_the_desk_works_for_one(
    page: SettingsPage, invented: InventedDesk, qtbot: QtBot
) -> None:
    lines = page.limits.table.lines
    page.show_part(LIMITS)
    qtbot.waitUntil(lambda: lines.place_of("county") >= 0)
    assert lines.place_of("township") < 0, "the map tells of no home"
    invented.map_data.township = "371002002"
    page.limits.refresh()
    qtbot.waitUntil(lambda: lines.place_of("township") > 0)


def test_values_that_nobody_set_or_nobody_knows_are_shown_as_such() -> None:
    assert value_text("township", "") == "（未设置）"
    assert value_text("start_rule", "next_day") == "收到当日不计，次日起算"
    assert value_text("limit.accept", "soon") == "soon"


def test_the_theme_is_chosen(page: SettingsPage, qtbot: QtBot) -> None:
    with qtbot.waitSignal(page.theme_chosen) as told:
        page.look.themes["dark"].click()
    assert told.args == ["dark"]


def test_what_stood_before_a_restore_is_told_from_other_backups(page: SettingsPage, qtbot: QtBot) -> None:
    page.show_part(BACKUPS)
    model = page.backups.table.lines
    qtbot.waitUntil(lambda: model.rowCount() == 5)
    assert [model.index(row, 1).data() for row in range(5)] == ["自动", "自动", "恢复前", "升级前", "已损坏"]


def test_a_store_that_could_not_be_opened_is_listed_and_cannot_be_restored(page: SettingsPage, qtbot: QtBot) -> None:
    page.show_part(BACKUPS)
    qtbot.waitUntil(lambda: page.backups.table.lines.rowCount() == 5)
    page.backups.table.selectRow(3)
    assert page.backups.restore.isEnabled()
    page.backups.table.selectRow(4)
    assert not page.backups.restore.isEnabled()


def test_one_more_backup_is_made_and_listed(page: SettingsPage, care: InventedCare, qtbot: QtBot) -> None:
    page.show_part(BACKUPS)
    qtbot.waitUntil(lambda: page.backups.table.lines.rowCount() == 5)
    QTest.mouseClick(page.backups.now, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.backups.table.lines.rowCount() == 6)
    assert care.made == [None]
    assert "已备份" in page.backups.note.text()
    assert page.backups.now.isEnabled()


def test_a_restore_is_asked_about_in_place_before_it_is_wanted(page: SettingsPage, qtbot: QtBot) -> None:
    page.show_part(BACKUPS)
    qtbot.waitUntil(lambda: page.backups.table.lines.rowCount() == 5)
    assert not page.backups.restore.isEnabled()
    page.backups.table.selectRow(1)
    page.backups.restore.click()
    confirm = page.backups.confirm
    assert confirm.isVisible()
    assert "auto-2.gridbackup" in confirm.words.text()
    assert confirm.no.hasFocus()
    with qtbot.waitSignal(page.restore_wanted) as told:
        confirm.yes.click()
    assert told.args == [Path("/p/auto-2.gridbackup"), ""]


def test_a_wrong_recovery_key_is_told_before_the_desk_closes_and_can_be_mended(
    page: SettingsPage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    page.show_part(BACKUPS)
    answer_files(monkeypatch, Path("/stick/old.gridbackup"))
    QTest.mouseClick(page.backups.from_file, Qt.MouseButton.LeftButton)
    confirm = page.backups.confirm
    assert confirm.key.hasFocus()
    with qtbot.assertNotEmitted(page.restore_wanted):
        QTest.keyClicks(confirm.key, "1A2B-1A2C")
        QTest.keyClick(confirm.key, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: "恢复码不正确" in confirm.note.text())
    assert confirm.key.text() == "1A2B-1A2C"
    confirm.key.setText(KEY)
    with qtbot.waitSignal(page.restore_wanted) as told:
        QTest.keyClick(confirm.key, Qt.Key.Key_Return)
    assert told.args == [Path("/stick/old.gridbackup"), KEY]


@pytest.mark.parametrize("key", [Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_Home])
def test_the_first_step_among_the_backups_chooses_the_newest(page: SettingsPage, qtbot: QtBot, key: Qt.Key) -> None:
    page.show_part(BACKUPS)
    table = page.backups.table
    qtbot.waitUntil(lambda: len(table.lines.values) > 1)
    table.setFocus()
    assert not table.key()
    QTest.keyClick(table, key)
    assert table.currentIndex().row() == 0 and table.key()
    QTest.keyClick(table, Qt.Key.Key_Down)
    assert table.currentIndex().row() == 1


def test_escape_answers_the_question_about_a_restore_with_no_and_then_leaves(page: SettingsPage, qtbot: QtBot) -> None:
    page.show_part(BACKUPS)
    page.backups.confirm.ask(Path("/p/auto-2.gridbackup"), foreign=False)
    with qtbot.assertNotEmitted(page.closed):
        QTest.keyClick(page.backups.confirm.no, Qt.Key.Key_Escape)
    assert not page.backups.confirm.isVisible()
    assert page.backups.table.hasFocus()  # not a widget of the line above the page
    with qtbot.waitSignal(page.closed):
        QTest.keyClick(page.backups.table, Qt.Key.Key_Escape)


def test_a_backup_to_a_file_gets_its_ending(
    page: SettingsPage, care: InventedCare, qtbot: QtBot, tmp_path: Path
) -> None:
    page.show_part(BACKUPS)
    type_file(tmp_path / "friday")
    QTest.mouseClick(page.backups.to_file, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: care.made == [tmp_path / "friday.gridbackup"])


def test_an_earlier_backup_is_not_replaced_unasked_where_its_name_is_typed_without_an_ending(
    page: SettingsPage, care: InventedCare, tmp_path: Path
) -> None:
    (tmp_path / "friday.gridbackup").write_bytes(b"of last week")
    asked: list[str] = []
    page.show_part(BACKUPS)
    type_file(tmp_path / "friday")
    refuse_to_replace(asked.append)
    QTest.mouseClick(page.backups.to_file, Qt.MouseButton.LeftButton)
    assert len(asked) == 1 and "friday.gridbackup" in asked[0]
    assert care.made == []


def test_the_recovery_key_is_shown_on_demand_and_never_left_on_the_screen(page: SettingsPage, qtbot: QtBot) -> None:
    page.show_part(BACKUPS)
    assert not page.backups.key.isVisible()
    page.backups.show_key.click()
    qtbot.waitUntil(page.backups.key.isVisible)
    assert page.backups.key.text() == KEY
    page.show_part(LOOK)
    assert page.backups.key.text() == ""


def used(page: SettingsPage) -> list[str]:
    lines = page.base_maps.table.lines
    return [lines.index(row, 1).data() for row in range(lines.rowCount())]


def test_a_base_map_is_chosen(page: SettingsPage, qtbot: QtBot) -> None:
    page.show_part(BASE_MAPS)
    qtbot.waitUntil(lambda: page.base_maps.table.lines.rowCount() == 3)
    page.base_maps.table.choose("abc")
    with qtbot.waitSignal(page.base_map_chosen) as told:
        assert used(page) == ["✓ 使用中", "", ""]
        page.base_maps.use.click()
    assert told.args == ["abc"]
    qtbot.waitUntil(lambda: used(page) == ["", "", "✓ 使用中"])
    assert page.base_maps.table.hasFocus() and page.base_maps.table.key() == "abc"


def test_a_base_map_that_the_map_could_not_draw_is_not_told_as_used(page: SettingsPage, qtbot: QtBot) -> None:
    page.show_part(BASE_MAPS)
    section = page.base_maps
    qtbot.waitUntil(lambda: section.table.lines.rowCount() == 3)
    section.table.choose("abc")
    section.use.click()
    qtbot.waitUntil(lambda: used(page) == ["", "", "✓ 使用中"])
    assert section.note.text() == "已换用这份底图。"
    page.base_map_chosen.emit("offline")  # as the map went back to it
    section.show_in_use()
    assert used(page) == ["✓ 使用中", "", ""]
    assert not section.note.text()


def test_the_own_base_map_is_in_use_where_the_chosen_one_is_gone(page: SettingsPage, qtbot: QtBot) -> None:
    page.base_map_chosen.emit("gone")
    page.show_part(BASE_MAPS)
    qtbot.waitUntil(lambda: page.base_maps.table.lines.rowCount() == 3)
    assert used(page) == ["✓ 使用中", "", ""]


def test_a_base_map_is_deleted_when_asked_twice_and_the_own_ones_never(
    page: SettingsPage, care: InventedCare, qtbot: QtBot
) -> None:
    page.show_part(BASE_MAPS)
    section = page.base_maps
    qtbot.waitUntil(lambda: section.table.lines.rowCount() == 3)
    section.table.choose("offline")
    assert not section.remove.isEnabled()
    section.table.choose("abc")
    section.remove.click()
    assert care.layers == ["abc"]
    assert section.sure.hasFocus()
    with qtbot.waitSignal(page.changed) as told:
        section.sure.click()
    assert told.args == [Changes(kinds=frozenset({"basemaps"}))]
    assert section.table.hasFocus()
    assert care.layers == []


def test_the_licences_of_packages_and_of_vendored_files_are_there() -> None:
    found = {each.name: each for each in licences((ROOT / "resources" / "page" / "vendor",))}
    needed = {
        "PySide6",
        "shiboken6",
        "psycopg",
        "psycopg-binary",
        "cryptography",
        "branca",
        "Jinja2",
        "starlette",
        "uvicorn",
        "zstandard",
    }
    assert needed <= found.keys() and "gridclient" not in found and "pytest" not in found
    assert found["PySide6"].version
    assert any("leaflet" in name for name in found)
    assert all(each.kind for name, each in found.items() if "/" not in name)


def test_the_licence_of_a_package_that_brings_no_text_is_read_nevertheless() -> None:
    found = {each.name: each for each in licences((ROOT / "resources",))}
    assert "Version 3, 29 June 2007" in found["PySide6"].text
    assert all(name in found["shiboken6"].text for name in ("LESSER GENERAL PUBLIC LICENSE", "TERMS AND CONDITIONS"))
    assert "GNU" not in found["uvicorn"].text


def test_a_program_that_came_without_its_own_metadata_lists_what_it_has(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gridclient.ui.settings.licences._OWN", "no-such-package")
    assert any("leaflet" in each.name for each in licences((ROOT / "resources" / "page" / "vendor",)))


def test_the_text_of_a_licence_is_read_in_place(page: SettingsPage, qtbot: QtBot) -> None:
    page.show_part(ABOUT)
    qtbot.waitUntil(lambda: page.about.table.lines.rowCount() > 0)
    page.about.table.choose("vendor/leaflet/LICENSE")
    assert "Redistribution" in page.about.text.toPlainText()


def test_escape_leaves(page: SettingsPage, qtbot: QtBot) -> None:
    with qtbot.waitSignal(page.closed):
        QTest.keyClick(page.list, Qt.Key.Key_Escape)


def test_a_list_of_conditions_is_put_out_of_force_and_back(
    page: SettingsPage, care: InventedCare, qtbot: QtBot
) -> None:
    page.show_part(LISTS)
    section = page.standards
    qtbot.waitUntil(lambda: section.table.lines.rowCount() == 2)
    section.table.selectRow(1)
    with qtbot.waitSignal(page.changed) as told:
        section.turn.click()
    assert care.lists == {"运城标准": True, "": False}
    assert told.args[0].kinds == {"standards"}
    qtbot.waitUntil(lambda: section.turn.text() == "启用")
    assert section.table.lines.index(1, 0).data() == "原有清单（未命名）"
    with qtbot.waitSignal(page.changed):
        section.turn.click()
    assert care.lists[""]


def test_a_list_without_lines_says_why(
    page: SettingsPage, care: InventedCare, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(care, "backups", list)
    page.show_part(BACKUPS)
    qtbot.waitUntil(page.backups.table.note.isVisible)
    assert "还没有备份" in page.backups.table.note.words.text()
    page.show_part(AUDIT)
    qtbot.waitUntil(lambda: page.audit.table.lines.rowCount() == 2)
    assert not page.audit.table.note.isVisible()
    QTest.keyClicks(page.audit.filter, "nobody")
    assert page.audit.table.note.words.text() == "没有符合筛选的记录。"


def test_the_audit_log_is_searched_and_what_is_shown_is_written(
    page: SettingsPage, care: InventedCare, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page.show_part(AUDIT)
    lines = page.audit.table.lines
    qtbot.waitUntil(lambda: lines.rowCount() == 2)
    assert [lines.index(0, column).data() for column in range(4)] == [
        "2026-11-21 12:00:00", "wang", "查看反映人信息", "371002002-20261121-A10047",
    ]  # fmt: skip
    QTest.keyClicks(page.audit.filter, "LI 11-20")
    assert [lines.index(row, 1).data() for row in range(lines.rowCount())] == ["li"]
    assert page.audit.count.text() == "1 条"
    answer_files(monkeypatch, tmp_path / "lines.xlsx")
    page.audit.save.click()
    qtbot.waitUntil(lambda: care.saved == [(tmp_path / "lines.xlsx", (1,))])
    page.audit.filter.clear()
    QTest.keyClicks(page.audit.filter, "nobody")
    assert lines.rowCount() == 0 and not page.audit.save.isEnabled()


def test_whoever_opens_the_page_walks_its_parts_by_arrow_keys(page: SettingsPage, qtbot: QtBot) -> None:
    page.setFocus()  # as the desk does it
    focused = QApplication.focusWidget()
    assert focused is page.list
    QTest.keyClick(focused, Qt.Key.Key_Down)
    assert page.stack.currentWidget() is page.limits


def test_tab_goes_through_a_part_as_it_is_read_and_what_has_the_keyboard_shows_it(
    page: SettingsPage, jobs: Jobs, qtbot: QtBot
) -> None:
    for part, section in enumerate(page.sections):
        page.show_part(part)
        qtbot.waitUntil(lambda: not jobs.busy)
        passed = [stop for stop in tab_round(page.list) if section.isAncestorOf(stop)]
        places = [stop.mapTo(section, stop.rect().topLeft()) for stop in passed]
        assert places == sorted(places, key=lambda at: (at.y(), at.x())), section.title
        unseen = [stop for stop in (page.list, *passed) if not shows_the_keyboard(stop)]
        assert not unseen, (section.title, unseen)


def test_a_button_that_rests_while_it_works_does_not_hand_the_keyboard_to_another_one(
    page: SettingsPage, jobs: Jobs, qtbot: QtBot
) -> None:
    page.show_part(BACKUPS)
    qtbot.waitUntil(lambda: not jobs.busy)
    page.backups.now.setFocus()
    QTest.keyClick(page.backups.now, Qt.Key.Key_Return)
    assert page.backups.table.hasFocus()
    qtbot.waitUntil(page.backups.now.hasFocus)
    page.show_part(LISTS)
    qtbot.waitUntil(lambda: not jobs.busy)
    page.standards.table.selectRow(0)
    page.standards.turn.setFocus()
    QTest.keyClick(page.standards.turn, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not jobs.busy and page.standards.turn.isEnabled())
    assert page.standards.table.hasFocus()
