"""The command line itself: how it is written, what it prints where, its statuses, and commands that need no cases."""

from __future__ import annotations

import errno
import json
import sys
from pathlib import Path

import pytest

from gridclient.cli import main
from gridclient.cli.output import report_error
from gridclient.composition import open_desk
from gridclient.domain.errors import Conflict, GridClientError, InvalidInput, SyncFault
from tests.fakes.command_line import CommandLine, copied, made_demo


@pytest.fixture
def desk(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    """A demo of the test's own."""
    return CommandLine(copied(made_demo(tmp_path_factory.getbasetemp()), tmp_path / "desk"), capsys)


@pytest.fixture
def nowhere(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    """No profile at all."""
    return CommandLine(tmp_path / "none", capsys)


@pytest.mark.parametrize(
    ("start", "limit", "due"),
    [
        ("2026-02-13T10:30", "1工作日", "2026-02-14T10:30:00+08:00"),
        ("2026-11-20T09:00", "2紧急工作时", "2026-11-20T11:00:00+08:00"),
        ("2026-11-20T09:00", "4小时", "2026-11-20T15:00:00+08:00"),
        ("2026-11-20T09:00", "4工作时", "2026-11-20T15:00:00+08:00"),
        ("2026-11-20T09:00", "1天", "2026-11-21T09:00:00+08:00"),
        ("2026-11-20T09:00", "5自然日", "2026-11-25T09:00:00+08:00"),
        ("2026-11-20T09:00", "30分钟", "2026-11-20T09:30:00+08:00"),
        ("2026-11-20T01:00:00Z", "30分钟", "2026-11-20T09:30:00+08:00"),
    ],
)
def test_deadlines_are_worked_out_from_what_people_write(
    nowhere: CommandLine, start: str, limit: str, due: str
) -> None:
    answer = nowhere.json("deadline", "--from", start, "--limit", limit).json
    assert answer["due"] == due
    assert answer["steps"]


def test_the_first_day_that_a_calendar_has_is_explained_too(nowhere: CommandLine) -> None:
    answer = nowhere.json("deadline", "--from", "0001-01-01", "--limit", "1工作日").json
    assert answer["due"] == "0001-01-02T08:00:00+08:00"


def test_the_day_of_receipt_may_not_count(nowhere: CommandLine) -> None:
    words = ("deadline", "--from", "2026-11-19T09:00", "--limit", "1工作日", "--start", "next_day")
    assert nowhere.json(*words).json["due"] == "2026-11-20T23:59:59+08:00"
    assert nowhere.json(*words[:-1], "immediate").json["due"] == "2026-11-20T09:00:00+08:00"
    lines = nowhere(*words).out.splitlines()
    assert (lines[0], lines[-1]) == ("到期 2026-11-20 24:00（周五）", "到期：2026-11-20 24:00（周五）")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--from", "soon", "--limit", "1天"), "time.unreadable"),
        (("--from", "2026-11-20", "--limit", "立即"), "limit.no_amount"),
        (("--from", "2026-11-20", "--limit", "3"), "limit.no_unit"),
    ],
)
def test_a_limit_that_cannot_be_read_is_refused(nowhere: CommandLine, words: tuple[str, ...], code: str) -> None:
    ran = nowhere.json("deadline", *words)
    assert (ran.status, ran.code) == (1, code)


def test_a_point_whose_system_nobody_told_is_said_to_be_taken_as_wgs84(desk: CommandLine) -> None:
    untold = desk.json("cases", "new", "--json-args", '{"title": "井盖松动", "point": [122.11, 37.5]}')
    told = desk.json("cases", "new", "--json-args", '{"title": "路灯不亮", "point": [122.11, 37.5], "crs": "wgs84"}')
    moved = desk.act(told.json["id"], "amend", lon=122.12, lat=37.5)
    assert [(ran.status, "按 WGS-84" in ran.err) for ran in (untold, told, moved)] == [(0, True), (0, False), (0, True)]
    kept = [
        desk.json("cases", "show", ran.json["id"]).json["timeline"][0]["payload"]["facts"] for ran in (untold, told)
    ]
    assert [facts["source_point"] for facts in kept] == ["", "wgs84 122.11 37.5"]


def test_coordinates_are_converted_as_the_test_vector_says(nowhere: CommandLine) -> None:
    point = ("117.04918347610868", "36.66600223072647")
    answer = nowhere.json("convert", *point, "--from", "bd09", "--to", "gcj02").json
    assert (answer["lon"], answer["lat"]) == pytest.approx((117.04261569143314, 36.66021865082022), abs=1e-5)
    assert nowhere.json("convert", "222", "36", "--from", "bd09", "--to", "wgs84").code == "point.out_of_range"
    assert nowhere.json("convert", "117", "36", "--from", "mars", "--to", "wgs84").status == 2


def test_the_tree_holds_three_tiers_whose_figures_add_up(desk: CommandLine) -> None:
    (county,) = desk.json("grids", "tree").json
    assert {"code", "name", "tier", "parent", "open", "overdue", "children"} <= set(county)
    assert len(county["children"]) == 9
    zone = next(township["children"][0] for township in county["children"] if township["open"])
    community = zone["children"][0]
    assert [zone["tier"], community["tier"], community["children"][0]["tier"]] == ["zone", "community", "basic"]
    assert sum(child["open"] for child in zone["children"]) == zone["open"]


def test_a_point_is_found_in_all_three_tiers(desk: CommandLine) -> None:
    case = next(c for c in desk.json("cases", "list").json["cases"] if c["lon"] is not None)
    found = desk.json("grids", "at", case["lon"], case["lat"]).json
    assert set(found) == {"basic", "community", "zone"}
    assert found["basic"] == case["grid"]
    assert desk.json("grids", "at", "10", "10").json == {"basic": None, "community": None, "zone": None}


def test_the_profile_may_be_named_before_and_after_the_command(
    desk: CommandLine, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = str(desk.profile)
    given = ["--profile", folder]
    listing = ["cases", "list", "--json"]
    for words in (
        given + listing,
        listing + given,
        ["cases", *given, "list", "--json"],
        ["--json", "cases", "list", *given],
    ):
        capsys.readouterr()
        assert main(words) == 0
        assert json.loads(capsys.readouterr().out)["total"] > 0


@pytest.mark.parametrize(
    "words",
    [("fly",), ("cases",), ("cases", "list", "--limit", "many"), ("cases", "list", "--box", "x"), ("convert", "1"),
     ("deadline", "--from", "2026-11-20"), ("cases", "list", "--lim", "3"), ("demo", "--cases", "-1"),
     ("backup", ""), ("enrol", "--request="), ("import", "cases", "a.csv", "--mapping", ""),
     ("verify", "--profile", "")],
)  # fmt: skip
def test_wrong_use_is_status_two_and_told_in_chinese(nowhere: CommandLine, words: tuple[str, ...]) -> None:
    for_people = nowhere(*words)
    assert (for_people.status, for_people.out) == (2, "")
    assert "用法：" in for_people.err
    assert any("一" <= sign <= "鿿" for sign in for_people.err.splitlines()[0])
    assert (nowhere.json(*words).status, nowhere.json(*words).code) == (2, "command.wrong_use")


@pytest.mark.parametrize(
    ("words", "told"),
    [(("fly",), "参数 命令：没有“fly”，可选：grids、cases、"),
     (("import", "fly", "a.csv"), "参数 种类：没有“fly”，可选："),
     (("deadline", "--from", "2026-11-20", "--limit", "1天", "--start", "never"),
      "参数 --start：没有“never”，可选：immediate、next_day"),
     (("grids", "at", "x", "1"), "参数 经度：应为数字，不能是“x”")],
)  # fmt: skip
def test_a_word_that_does_not_fit_is_told_in_one_way(nowhere: CommandLine, words: tuple[str, ...], told: str) -> None:
    assert nowhere(*words).err.startswith(told)


def test_help_and_version_end_well(capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["--help"], ["cases", "act", "--help"], ["--version"]):
        with pytest.raises(SystemExit) as ended:
            main(words)
        assert ended.value.code == 0
    assert "gridclient" in capsys.readouterr().out


def test_beside_an_open_desk_one_may_read_and_not_write(desk: CommandLine) -> None:
    key = desk.first("filed")
    with open_desk(desk.profile):
        for words in (("cases", "list"), ("cases", "show", key), ("grids", "tree"), ("verify",),
                      ("backup", desk.profile.parent / "beside.gridbackup")):  # fmt: skip
            assert desk.json(*words).status == 0
        refused = desk.act(key, "note", text="x")
        assert (refused.status, refused.code) == (4, "profile.in_use")
        assert "正由另一个程序使用" in refused.err
    assert desk.act(key, "note", text="x").status == 0


def test_an_interrupted_command_gives_one_document_and_a_sentence(
    nowhere: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_given: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("gridclient.cli.tools.explain", interrupted)
    ran = nowhere.json("deadline", "--from", "2026-02-13T09:00:00", "--limit", "1工作日")
    assert (ran.status, ran.code) == (130, "command.interrupted")
    assert ran.err.startswith("已中断")


def test_a_profile_that_may_not_be_looked_into_is_the_environments_fault(
    nowhere: CommandLine, capsys: pytest.CaptureFixture[str]
) -> None:
    """As for whoever has no right to the folder: tests may run as root, whom nothing stops."""

    def forbidden(_folder: Path) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    assert main(["--profile", str(nowhere.profile), "cases", "list"], on_profile=forbidden) == 4
    assert "没有权限" in capsys.readouterr().err


def test_a_profile_below_a_file_is_told_in_chinese(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    line = CommandLine(tmp_path / "file" / "desk", capsys)
    ran = line("init", "--county", "371002", "--township", "371002001", "--name", "某街道")
    reason = "同名的文件已经存在" if sys.platform == "win32" else "上级不是文件夹"
    assert (ran.status, ran.err) == (4, f"磁盘读写失败（{reason}），请检查磁盘和权限。\n")


def test_what_is_wrong_with_the_unit_above_is_said_of_row_and_column(desk: CommandLine, tmp_path: Path) -> None:
    path = tmp_path / "units.csv"
    rows = ("单位编码,单位名称,类型,上级部门", "D-1,一队,部门,D-1", "D-2,二队,部门,D-9")
    path.write_text("\n".join(rows), encoding="utf-8")
    ran = desk.json("import", "units", path)
    (refused,), (remarked,) = ran.json["refused"], ran.json["notices"]
    assert (refused["row"], refused["column"]) == (2, "上级部门") and "“D-1”是本单位自己" in refused["message"]
    assert (remarked["row"], remarked["column"]) == (3, "上级部门") and "“D-9”还不在单位表" in remarked["message"]


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is always a screen")
@pytest.mark.parametrize("command", [("tour", "--out", "pictures"), ()])
def test_without_a_screen_a_window_is_refused_in_chinese(
    desk: CommandLine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, command: tuple[str, ...]
) -> None:
    def never(*_: object, **__: object) -> None:
        raise AssertionError("Qt would have ended the process")

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("gridclient.tour.walk", never)
    monkeypatch.setattr("gridclient.start.run", never)
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    ran = desk(*command)
    assert (ran.status, "没有图形界面" in ran.err) == (4, True), ran


@pytest.mark.parametrize(
    "error", [Conflict("hub.running"), InvalidInput("file.unreadable"), SyncFault("bundle.not_written")]
)
def test_a_lock_and_a_failing_disk_are_the_environments_fault(error: GridClientError) -> None:
    assert report_error(error, as_json=False) == 4
