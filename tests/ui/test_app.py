"""The desktop as it is put together on a real profile: backups by themselves, and back from one."""

from __future__ import annotations

import os
import re
import signal
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from gridclient import app as desktop
from gridclient import start
from gridclient.cli import main
from gridclient.composition import create_profile, open_desk
from gridclient.domain.case import CaseFacts
from gridclient.services.enrolment import Enrolment
from gridclient.services.sync_control import SyncState
from gridclient.store.enrolment_file import write_enrolment
from gridclient.system import SystemClock
from gridclient.ui import restoring as between_desks
from gridclient.ui.jobs import Jobs


@pytest.fixture
def profile(tmp_path: Path) -> Path:
    folder = tmp_path / "desk"
    create_profile(folder, county="371002", township="371002003", name="测试指挥室")
    return folder


def titles(profile: Path) -> list[str]:
    from gridclient.services.rows import CaseFilter, Sort

    with open_desk(profile, read_only=True) as opened:
        return [row.title for row in opened.desk.queries.page(CaseFilter(), Sort()).rows]


def test_every_part_is_found_by_its_name_though_nobody_has_seen_the_window(profile: Path, qtbot: QtBot) -> None:
    app = desktop.build_app(profile)
    try:
        names = "commandBar gridTree todayBoxes mapView caseTable caseDetail caseTimeline dispatchPanel unitList"
        for name in (*names.split(), "syncLamp", "offlineSwitch", "intakeForm", "conflictPage"):
            assert app.window.findChild(QWidget, name) is not None, name
        app.window.show()
        qtbot.waitUntil(lambda: not app.jobs.busy, timeout=10_000)
        assert app.window.pane.isVisible() and app.window.cases.isVisible()
        assert app.window.side.form is not None and not app.window.side.form.isVisible()
    finally:
        app.close()


def test_a_desk_backs_itself_up_when_something_changed(profile: Path, qtbot: QtBot) -> None:
    app = desktop.build_app(profile)
    try:
        app.opened.desk.register(CaseFacts(title="路灯不亮"))
        app.back_up_if_due()
        qtbot.waitUntil(lambda: bool(list(app.opened.profile.backups.glob("auto-*.gridbackup"))))
    finally:
        app.close()


def test_deadlines_follow_a_calendar_that_came_with_an_update(
    profile: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desktop, "_DEADLINES_MS", 0)
    app = desktop.build_app(profile)
    try:
        settings = app.opened.desk.settings
        qtbot.waitUntil(lambda: bool(settings.value("deadlines.calendar")))
    finally:
        app.close()


def test_a_desk_opens_over_an_import_that_cannot_be_finished_and_says_so_once(profile: Path, qtbot: QtBot) -> None:
    with open_desk(profile) as opened, opened.database.writer() as connection:
        connection.execute(
            "insert into imports (id, kind, file, actor, started_at, state) "
            "values (1, 'cases', '旧案件.xlsx', 'op1', '2026-11-20T10:00:00+08:00', 'ready')"
        )
        connection.execute("insert into import_batches (import_id, data) values (1, ?)", (b"of another version",))
    told = []
    for _ in range(2):
        app = desktop.build_app(profile)
        told.append("" if app.window.banner.isHidden() else app.window.banner.words.text())
        app.close()
    assert "旧案件.xlsx" in told[0] and "重新导入" in told[0]
    assert told[1] == ""


def test_an_import_that_this_start_finished_leads_to_what_came_in(
    profile: Path, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The power was cut behind its last row."""
    file = tmp_path / "旧案件.csv"
    file.write_text("编号,标题\n1,井盖缺失\n2,护栏松动\n", encoding="utf-8")
    assert main(["--profile", str(profile), "import", "cases", str(file)]) == 0
    with open_desk(profile) as opened:
        opened.desk.register(CaseFacts(title="路灯不亮"))
        opened.desk.settings.keep_value("import.under_way", file.name)
        with opened.database.writer() as connection:
            connection.execute("update imports set state = 'ready'")
    app = desktop.build_app(profile)
    try:
        app.window.show()
        banner = app.window.banner
        assert "旧案件.csv" in banner.words.text() and "2 件案件" in banner.words.text()
        qtbot.waitUntil(lambda: not app.jobs.busy, timeout=10_000)
        assert not app.opened.desk.settings.value("import.under_way"), "it is not said to be cut off as well"
        banner.button.click()
        qtbot.waitUntil(lambda: app.window.cases.model.rowCount() == 2, timeout=10_000)
    finally:
        app.close()


def test_the_import_page_is_imported_before_anybody_opens_it(
    profile: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    imported: list[str] = []
    monkeypatch.setattr(desktop, "_AHEAD_MS", 0)
    monkeypatch.setattr(desktop, "_BETWEEN_MS", 0)
    monkeypatch.setattr(desktop, "import_module", imported.append)
    app = desktop.build_app(profile)
    try:
        qtbot.waitUntil(lambda: "gridclient.ui.importing.page" in imported)
        assert len(imported) > 1  # not in one turn
        assert app.window.pages.page("import") is None
    finally:
        app.close()


@pytest.mark.parametrize("begun", [False, True])
def test_an_import_that_was_cut_off_is_told_and_one_that_was_just_begun_is_not(
    profile: Path, qtbot: QtBot, begun: bool
) -> None:
    told: list[str] = []
    app = desktop.build_app(profile)
    try:
        if begun:
            app.window.pages.show("import")
        qtbot.waitUntil(lambda: not app.jobs.busy)
        app.opened.desk.settings.keep_value("import.under_way", "甲.csv")
        app.window.pages.progressed.connect(told.append)
        app._import_ahead(iter(()))
        qtbot.waitUntil(lambda: not app.jobs.busy)
        assert any("甲.csv" in words for words in told) is not begun
    finally:
        app.close()


def test_the_offline_switch_stands_as_it_was_left(profile: Path, qtbot: QtBot) -> None:
    with open_desk(profile) as opened:
        device = opened.profile.device.id
    now = SystemClock().now()
    enrolment = Enrolment("hub-1", "http://127.0.0.1:9", "", "token", "A1", bytes(32), (), {}, now)
    write_enrolment(profile, device, enrolment)
    left = []
    for wanted in (True, False, False):
        app = desktop.build_app(profile)
        try:
            left.append(app.window.pages.sync.view.state)
            app.window.pages.sync.set_offline(wanted)
        finally:
            app.close()
    assert left == [SyncState.IDLE, SyncState.OFFLINE, SyncState.IDLE]


def test_a_desk_opens_again_on_the_backup_that_was_chosen(
    profile: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    backup = profile / "backups" / "by-hand.gridbackup"
    with open_desk(profile) as opened:
        opened.desk.register(CaseFacts(title="路灯不亮"))
        opened.backup(backup)
        opened.desk.register(CaseFacts(title="备份之后登记"))
    told: list[str] = []

    class Driven(desktop.App):
        """An operator who restores, then tries a file that is not there, then leaves."""

        starts = 0

        def __init__(self, folder: Path, begun: desktop.Begun | None = None) -> None:
            super().__init__(folder, begun)
            steps = [
                lambda: self.window.restore_wanted.emit(backup, ""),
                lambda: self.window.restore_wanted.emit(profile / "no-such.gridbackup", ""),
                self.window.close,
            ]
            step = steps[self.starts]
            Driven.starts += 1

            def go_on() -> None:
                told.append(self.window.banner.words.text())
                step()

            QTimer.singleShot(300, self.window, go_on)

    monkeypatch.setattr(desktop, "App", Driven)
    assert start.run(profile) == 0
    assert [re.split("[，：]", words)[0] for words in told] == ["", "已用 by-hand.gridbackup 恢复", "没有恢复"]
    assert titles(profile) == ["路灯不亮"]


@pytest.mark.parametrize(("owner", "name"), [(between_desks, "restored_from"), (Jobs, "close")])
def test_a_desk_that_is_asked_to_end_while_it_restores_or_closes_does_not_open_again(
    profile: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, owner: object, name: str
) -> None:
    work, opened, asked = getattr(owner, name), list[desktop.App](), list[str]()

    def asked_meanwhile(*args: Any) -> Any:
        if not asked:
            asked.append(name)
            os.kill(os.getpid(), signal.SIGTERM)
        return work(*args)

    def restoring(app: desktop.App) -> None:
        opened.append(app)
        QTimer.singleShot(0, app.window, lambda: app.window.restore_wanted.emit(profile / "none.gridbackup", ""))

    monkeypatch.setattr(owner, name, asked_meanwhile)
    before = signal.getsignal(signal.SIGTERM)
    assert start.run(profile, made=restoring) == 0
    assert (len(opened), asked) == (1, [name])
    assert signal.getsignal(signal.SIGTERM) == before


def test_a_fault_of_the_window_is_told_once_with_what_to_do_and_where_its_file_is(profile: Path, qtbot: QtBot) -> None:
    with qtbot.capture_exceptions() as faults:
        app = desktop.build_app(profile)
        try:
            banner, told = app.window.banner, list[str]()
            banner.resized.connect(lambda: told.append(banner.words.text()))
            app.window.show()
            app.window.cases.table.painted.connect(lambda: 1 // 0)  # with every paint
            qtbot.waitUntil(banner.isVisible)
            for _ in range(3):
                app.window.cases.table.viewport().repaint()
            qtbot.wait(1)
            assert len(faults) > 3 and len(told) == 1
            assert str(profile / "logs") in told[0] and "管理员" in told[0]
        finally:
            app.close()
