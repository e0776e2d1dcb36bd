"""The self-check finds what is wrong and says it in a sentence."""

from __future__ import annotations

import ast
import json
import os
import shutil
import subprocess
import sys
import unicodedata
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

import gridclient
from gridclient.domain.calendar import CHINA_TIME, WorkCalendar
from gridclient.domain.errors import NotFound, StoreUnavailable
from gridclient.self_check import SIGNS, check, check_calendar, check_clock, check_disk, check_fonts
from tests.fakes.command_line import CommandLine, copied, made_demo

NOW = datetime(2026, 11, 20, 14, 32, tzinfo=CHINA_TIME)


@pytest.fixture
def desk(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    """The demo's desk without its hub, at whose address another one may run."""
    profile = copied(made_demo(tmp_path_factory.getbasetemp()), tmp_path / "desk")
    (profile / "keys" / "enrolment.json").unlink()
    return CommandLine(profile, capsys)


def test_a_sound_desk_passes_and_its_map_renders(desk: CommandLine, qtbot: QtBot) -> None:
    ran = desk.json("self-check")
    answer = ran.json
    assert (ran.status, answer["ok"]) == (0, True), answer
    assert [c["name"] for c in answer["checks"]] == ["store", "map", "fonts", "calendar", "disk", "clock", "hub"]
    assert all(set(c) == {"name", "title", "ok", "sentence", "remark"} for c in answer["checks"])


def test_it_works_where_there_is_no_profile(tmp_path: Path, qtbot: QtBot) -> None:
    findings = check(tmp_path / "none")
    assert all(finding.ok for finding in findings)
    assert "没有席位数据" in findings[0].sentence
    assert not (tmp_path / "none").exists()


def test_a_program_whose_files_lie_elsewhere_says_which_and_blames_no_driver(tmp_path: Path) -> None:
    package = Path(gridclient.__file__).parent
    shutil.copytree(package, tmp_path / package.name, ignore=shutil.ignore_patterns("__pycache__"))
    ran = subprocess.run(
        [sys.executable, "-m", package.name, "self-check", "--json", "--profile", tmp_path / "none"],
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        cwd=tmp_path,
        capture_output=True,
        check=False,
    )
    found = {c["name"]: c for c in json.loads(ran.stdout)["checks"]}
    assert (ran.returncode, found["map"]["ok"]) == (4, False)
    assert f"缺少 {tmp_path / 'resources'}" in found["map"]["sentence"]
    assert "重新安装" in found["map"]["sentence"] and "显卡" not in found["map"]["sentence"]


def test_a_sign_that_no_font_has_is_named(qapp: QApplication) -> None:
    never_drawn = "\U0010abcd"  # the icons that another test loads have the signs of the plane before
    remark = check_fonts(f"案{never_drawn}▲")
    assert remark.ok and remark.remark
    assert f"缺 {never_drawn} 的字形" in remark.sentence and "fonts-dejavu" in remark.sentence


def test_every_sign_of_the_screens_is_looked_for() -> None:
    package = Path(gridclient.__file__).parent
    page = "".join(path.read_text("utf-8") for path in (package.parent / "resources" / "page").glob("*.js"))
    sources = (path for room in ("ui", "services", "mapview") for path in (package / room).rglob("*.py"))
    words = (node for path in sources for node in ast.walk(ast.parse(path.read_text("utf-8"))))
    drawn = page + "".join(str(n.value) for n in words if isinstance(n, ast.Constant) and isinstance(n.value, str))
    signs = {sign for sign in drawn if unicodedata.category(sign) in ("So", "Sm") and "\xff" < sign < "\u3000"}
    assert signs == set(SIGNS)


def test_a_damaged_store_is_the_environments_fault(desk: CommandLine, qtbot: QtBot) -> None:
    (desk.profile / "store.db").write_bytes(b"rubbish" * 3000)
    ran = desk.json("self-check")
    assert (ran.status, ran.json["ok"]) == (4, False)
    assert [c["name"] for c in ran.json["checks"] if not c["ok"]] == ["store"]
    assert "hub" not in [c["name"] for c in ran.json["checks"]], "the store would tell whether there is one"


def test_only_a_place_without_a_desk_is_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def without_account(*_: object, **__: object) -> None:
        raise NotFound("account.unknown", account="operator")

    monkeypatch.setattr("gridclient.self_check._check_screen", tuple)
    monkeypatch.setattr("gridclient.self_check.open_desk", without_account)
    assert not check(tmp_path)[0].ok


def test_a_place_without_a_desk_is_remarked_upon(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("gridclient.self_check._check_screen", tuple)
    store = check(tmp_path)[0]
    assert store.ok and store.remark and "没有席位数据" in store.sentence and str(tmp_path) in store.sentence


def test_a_hub_that_cannot_be_asked_is_no_fault_of_the_store(
    desk: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreadable(_: object) -> str:
        raise StoreUnavailable("enrolment.damaged", file="enrolment.json")

    monkeypatch.setattr("gridclient.self_check._check_screen", tuple)
    monkeypatch.setattr("gridclient.self_check.DeskLine.meet", unreadable)
    assert [finding.name for finding in check(desk.profile) if not finding.ok] == ["hub"]


def test_a_clock_behind_what_happened_is_wrong() -> None:
    assert check_clock(NOW, NOW - timedelta(days=1)).ok
    assert check_clock(NOW, None).ok
    assert check_clock(NOW, NOW + timedelta(minutes=2)).ok
    assert not check_clock(NOW, NOW + timedelta(hours=1)).ok
    assert not check_clock(NOW.replace(year=1970), None).ok


def test_a_year_without_holidays_is_wrong_and_the_next_one_a_remark() -> None:
    def calendar(*years: int) -> WorkCalendar:
        return WorkCalendar({}, frozenset(years))

    assert not check_calendar(calendar(2025), NOW).ok
    remark = check_calendar(calendar(2026), NOW)
    assert remark.ok and "2027" in remark.sentence
    assert "注意" not in check_calendar(calendar(2026, 2027), NOW).sentence


def test_a_full_disk_is_wrong(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert check_disk(tmp_path / "not" / "yet").title == "磁盘"
    monkeypatch.setattr("gridclient.self_check.LEAST_FREE_BYTES", 1 << 60)
    finding = check_disk(tmp_path)
    assert not finding.ok and "清理" in finding.sentence


@pytest.mark.skipif(sys.platform != "linux", reason="a folder that not even root may write")
def test_a_folder_that_cannot_be_written_is_a_fault_of_the_disk() -> None:
    finding = check_disk(Path("/proc/self"))
    assert (finding.ok, "不能写入" in finding.sentence) == (False, True), finding
