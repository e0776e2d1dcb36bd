"""Bringing in from the page: what is told while it runs, what came of it, and what is handed out."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from gridclient.domain.errors import InvalidInput
from gridclient.services.import_findings import ImportKind, ImportOutcome, ImportPhase, ImportSummary, RefusedRow
from gridclient.services.rows import CaseFilter, Changes
from gridclient.ui.importing.page import cut_off
from gridclient.ui.importing.result_panel import FindingsModel
from tests.ui.file_answer import answer_files, type_file
from tests.ui.importing.import_stage import ROOT, Stage

REFUSED = (RefusedRow("", 3, "层级", "case.level_unknown", {"text": "九"}),)


def test_a_check_says_that_nothing_was_written(stage: Stage, plain: Path) -> None:
    stage.open(plain)
    stage.press(Qt.Key.Key_T)
    stage.until(lambda: bool(stage.importer.orders) and not stage.page.is_running)
    assert stage.importer.orders[0].dry_run
    assert "没有写入" in stage.page.result.headline.text()


def test_what_a_check_would_refuse_does_not_read_as_if_the_rest_had_gone_in(stage: Stage, plain: Path) -> None:
    stage.importer.refused = REFUSED
    stage.open(plain)
    stage.press(Qt.Key.Key_T)
    stage.until(lambda: bool(stage.importer.orders) and not stage.page.is_running)
    assert "已经导入" not in stage.page.result.hint.text()
    assert "也可以现在导入" in stage.page.result.hint.text()
    assert stage.page.result.findings.index(0, 0).data() == "▲ 不能导入"
    assert stage.has_keyboard(stage.page.go)


def test_a_check_that_leaves_nothing_to_bring_in_goes_to_its_report(stage: Stage, plain: Path) -> None:
    stage.importer.refused = REFUSED * 2
    stage.open(plain)
    stage.press(Qt.Key.Key_T)
    stage.until(lambda: bool(stage.importer.orders) and not stage.page.is_running)
    assert "没有能导入的行" in stage.page.result.hint.text()
    assert stage.has_keyboard(stage.page.result.save)


def test_enter_after_an_import_leads_to_the_cases_that_came_in(stage: Stage, plain: Path, qtbot: QtBot) -> None:
    stage.open(plain)
    stage.press(Qt.Key.Key_Return)
    stage.until(lambda: stage.has_keyboard(stage.page.result.cases))
    assert stage.page.result.cases.text() == "看这 2 件"
    with qtbot.waitSignal(stage.page.cases_wanted) as wanted:
        stage.press(Qt.Key.Key_Return, control=False)
    assert wanted.args == [CaseFilter(imported=((1, 2),))]


def test_what_is_done_is_no_longer_the_next_thing_to_do(stage: Stage, plain: Path) -> None:
    go = stage.page.go
    stage.open(plain)
    for key, kind in ((Qt.Key.Key_T, "primary"), (Qt.Key.Key_Return, "plain")):
        stage.press(key)
        stage.until(lambda: stage.page.result.isVisible() and not stage.page.is_running)
        assert (go.property("kind"), go.isEnabled()) == (kind, True)
    stage.choose("title", "说明")
    assert go.property("kind") == "primary"


def test_nothing_leads_to_cases_where_none_came_in(stage: Stage, plain: Path) -> None:
    stage.open(plain)
    stage.press(Qt.Key.Key_T)
    stage.until(lambda: stage.page.result.isVisible() and not stage.page.is_running)
    assert not stage.page.result.cases.isVisible()
    stage.importer.refused = REFUSED * 2
    stage.press(Qt.Key.Key_Return)
    stage.until(lambda: stage.page.result.headline.text().startswith("导入完成"))
    assert not stage.page.result.cases.isVisible()


def test_a_running_import_can_be_stopped(stage: Stage, plain: Path) -> None:
    stage.importer.go_on.clear()
    stage.open(plain)
    stage.page.go.click()
    stage.until(lambda: "读取" in stage.page.progress.words.text())
    assert not stage.page.files.isEnabled()
    stage.page.progress.stop.click()
    stage.until(lambda: not stage.page.is_running)
    assert stage.page.note.text() == "已取消，没有写入任何数据。"
    assert stage.page.go.isEnabled()


def test_what_is_being_written_is_written_whole(stage: Stage) -> None:
    line = stage.page.progress
    line.begin("cases")
    assert line.stop.isEnabled()
    line.advance(ImportPhase.WRITING.value, 10, 100)
    assert not line.stop.isEnabled() and "完整写完" in line.stop.toolTip()
    line.begin("cases")  # another file, which can be stopped again
    assert line.stop.isEnabled() and not line.stop.toolTip()


def test_refused_rows_are_told_with_place_and_sentence_and_saved_as_a_report(
    stage: Stage, plain: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.importer.refused = REFUSED
    report = tmp_path / "report.xlsx"
    answer_files(monkeypatch, report)
    stage.open(plain)
    stage.page.go.click()
    stage.until(lambda: stage.page.view.currentWidget() is stage.page.result)
    found: FindingsModel = stage.page.result.findings
    line = [found.index(0, column).data() for column in range(4)]
    assert line == ["▲ 未导入", "第 3 行", "层级", "“九”不是层级，请填 1 至 4。"]
    stage.press(Qt.Key.Key_S)
    assert "正在保存" in stage.page.note.text()  # the process that writes it may have to begin first
    stage.until(lambda: "报告已保存" in stage.page.note.text())
    assert report.is_file()


def test_a_second_import_shows_the_file_and_not_what_came_of_the_first(stage: Stage, plain: Path) -> None:
    stage.open(plain)
    stage.page.go.click()
    stage.until(lambda: stage.page.view.currentWidget() is stage.page.result)
    stage.importer.go_on.clear()
    stage.page.go.click()
    assert stage.page.view.currentWidget() is stage.page.look
    stage.page.progress.stop.click()
    stage.until(lambda: "已取消" in stage.page.note.text())
    assert stage.page.view.currentWidget() is stage.page.look


def checked(stage: Stage, plain: Path) -> None:
    stage.open(plain)
    stage.page.check.click()
    stage.until(stage.page.result.isVisible)
    stage.until(lambda: not stage.page.is_running)


def test_another_column_takes_away_what_came_of_the_one_before(stage: Stage, plain: Path) -> None:
    checked(stage, plain)
    stage.choose("title", "说明")
    assert stage.page.look.isVisible()
    assert not stage.page.result.isVisible()


def test_another_kind_takes_away_what_came_of_the_one_before(stage: Stage, plain: Path) -> None:
    checked(stage, plain)
    stage.page.files.kind.setFocus()
    QTest.keyClick(stage.page.files.kind, Qt.Key.Key_Down)
    assert not stage.page.result.isVisible()  # at once: its report could not be saved any more
    stage.until(stage.page.look.isVisible)


@pytest.mark.parametrize(("rows", "unchanged", "word"), [(0, 0, "只有表头"), (2, 2, "已经在本机"), (2, 1, "没有需要")])
def test_an_import_without_a_finding_says_why(stage: Stage, rows: int, unchanged: int, word: str) -> None:
    summary = ImportSummary("a.csv", ImportKind.CASES, rows, rows - unchanged, unchanged, 0, 0.1)
    stage.page.result.show_outcome(ImportOutcome(summary, (), (), Changes()))
    assert word in stage.page.result.hint.text()


@pytest.mark.parametrize(
    ("kind", "word"),
    [
        (ImportKind.GRIDS, "网格树和地图上"),
        (ImportKind.DIVISIONS, "网格树和地图上"),
        (ImportKind.UNITS, "勾选地图上的“单位”"),
        (ImportKind.STANDARDS, "立案标准清单"),
    ],
)
def test_it_is_said_where_areas_units_and_conditions_are_seen_once_they_are_in(
    stage: Stage, kind: ImportKind, word: str
) -> None:
    for dry_run, imported, is_said in ((False, 3, True), (True, 3, False), (False, 0, False)):
        summary = ImportSummary("a.xlsx", kind, 3, imported, 3 - imported, 0, 0.1)
        stage.page.result.show_outcome(ImportOutcome(summary, (), (), Changes(), dry_run))
        assert (word in stage.page.result.hint.text()) is is_said


def test_an_error_of_the_import_is_said_in_place_and_can_be_tried_again(stage: Stage, plain: Path) -> None:
    stage.importer.error = InvalidInput("file.damaged", file="plain.csv")
    stage.open(plain)
    stage.page.go.click()
    stage.until(lambda: "已损坏" in stage.page.note.text())
    assert stage.page.go.isEnabled()


def test_escape_leaves_the_page_and_the_import_goes_on(stage: Stage, plain: Path, qtbot: QtBot) -> None:
    stage.importer.go_on.clear()
    stage.open(plain)
    stage.page.go.click()
    stage.until(lambda: stage.page.is_running)
    stage.page.leave.setFocus()
    with qtbot.waitSignal(stage.page.closed):
        stage.press(Qt.Key.Key_Escape, control=False)
    stage.page.hide()
    told: list[str] = []
    stage.page.progressed.connect(told.append)
    stage.importer.go_on.set()
    stage.until(lambda: bool(told) and told[-1].startswith("导入完成："))  # who works elsewhere is told
    assert told[-1].endswith("按 Ctrl+I 查看。")


def test_a_template_is_saved_where_it_is_wanted(stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "units.xlsx"
    answer_files(monkeypatch, target)
    action = next(a for a in stage.page.files.templates.menu().actions() if "单位" in a.text())
    action.trigger()
    stage.until(lambda: "模板已保存" in stage.page.note.text())
    assert target.read_bytes() == (ROOT / "resources" / "templates" / "units.xlsx").read_bytes()


def test_a_report_whose_name_is_typed_without_a_suffix_gets_one(stage: Stage, plain: Path, tmp_path: Path) -> None:
    stage.open(plain)
    stage.page.go.click()
    stage.until(lambda: stage.page.view.currentWidget() is stage.page.result)
    type_file(tmp_path / "报告")
    stage.press(Qt.Key.Key_S)
    stage.until((tmp_path / "报告.xlsx").is_file)


def test_an_import_that_the_desk_was_closed_over_is_told_once_at_the_next_start(stage: Stage, plain: Path) -> None:
    settings = stage.desk.desk.settings
    stage.importer.go_on.clear()
    stage.open(plain)
    stage.press(Qt.Key.Key_Return)
    stage.until(lambda: "plain.csv" in cut_off(settings))
    after_restart = stage.another_page()
    stage.until(lambda: "plain.csv" in after_restart.note.text())
    stage.until(lambda: not cut_off(settings))


def test_an_import_that_ended_is_not_told_of_at_the_next_start(stage: Stage, plain: Path) -> None:
    stage.open(plain)
    stage.page.go.click()
    stage.until(lambda: bool(stage.importer.orders) and not stage.page.is_running)
    stage.until(lambda: not cut_off(stage.desk.desk.settings))
