"""Commands that make, fill, copy and check a profile."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from openpyxl import Workbook

from gridclient.composition import open_desk
from gridclient.demo.building import make_demo
from gridclient.domain.calendar import CHINA_TIME
from gridclient.domain.handing import SALT
from gridclient.domain.roles import Action
from gridclient.exchange.preview import preview
from gridclient.services.import_findings import ImportKind
from gridclient.services.rows import CaseFilter, SavedView, Sort, SortKey
from tests.fakes.command_line import CASES, SEED, CommandLine, Ran, copied, made_demo

INIT = ("--county", "371002", "--township", "371002003", "--name", "竹岛街道指挥室")


@pytest.fixture
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made_demo(tmp_path_factory.getbasetemp())


@pytest.fixture
def desk(demo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    """A demo of the test's own."""
    return CommandLine(copied(demo, tmp_path / "desk"), capsys)


@pytest.fixture
def nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    """A folder where no profile is yet."""
    return CommandLine(tmp_path / "new", capsys)


def case_file(folder: Path, rows: int = 3, *, spoilt: bool = False) -> Path:
    """A csv of invented messages; ``spoilt`` gives the second a date that is none."""
    lines = ["编号,标题,描述,登记时间"]
    for number in range(rows):
        at = "昨天" if spoilt and number == 1 else f"2026-10-0{number + 1} 09:30"
        lines.append(f"M{number},路灯不亮{number},晚上看不见路,{at}")
    path = folder / "cases.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_a_new_profile_is_empty_and_says_its_recovery_key(nothing: CommandLine) -> None:
    made = nothing.json("init", *INIT)
    assert (made.status, made.json["township"]) == (0, "371002003")
    assert len(made.json["recovery_key"].split("-")) == 17
    assert nothing.json("cases", "list").json == {"cases": [], "total": 0, "next": None}
    proof = {"ok": True, "events": 0, "cases": 0, "withheld": 0, "problems": [], "accepted": []}
    assert nothing.json("verify").json == proof


def test_a_profile_is_not_made_twice_nor_with_codes_that_do_not_fit(nothing: CommandLine, desk: CommandLine) -> None:
    assert (desk.json("init", *INIT).status, desk.json("init", *INIT).code) == (1, "profile.exists")
    wrong = nothing.json("init", "--county", "371003", *INIT[2:])
    assert (wrong.status, wrong.code) == (1, "profile.codes")
    assert nothing.json("init", "--county", "37", *INIT[2:]).status == 1
    assert nothing.json("init", *INIT[:-1], " ").code == "profile.no_name"
    assert not nothing.profile.exists()


def test_commands_without_a_profile_say_so(nothing: CommandLine) -> None:
    ran = nothing.json("cases", "list")
    assert (ran.status, ran.code) == (1, "profile.missing")
    assert not nothing.profile.exists()


def test_the_demo_is_the_county_and_is_made_once(desk: CommandLine) -> None:
    again = desk.json("demo", "--cases", 5, "--no-window")
    made = again.json
    assert "--cases 没有用上" in again.err
    assert made["grids"] == {"zone": 55, "community": 204, "basic": 707}
    assert (made["townships"], made["cases"]) == (9, CASES)


def test_the_demos_history_counts_as_reported_and_is_sound(desk: CommandLine) -> None:
    assert desk.json("cases", "list", "--box", "pending").json["total"] == 0
    report = desk.json("verify")
    assert (report.status, report.json["ok"], report.json["cases"]) == (0, True, CASES)


def test_what_is_done_after_the_demo_waits_for_its_report(desk: CommandLine) -> None:
    key = desk.first("filed")
    assert desk.act(key, "note", text="已电话告知").status == 0
    assert [c["id"] for c in desk.json("cases", "list", "--box", "pending").json["cases"]] == [key]
    assert desk.json("verify").json["ok"]


def test_the_same_seed_tells_the_same_story(demo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    again = CommandLine(tmp_path / "again", capsys)
    assert again.json("demo", "--cases", CASES, "--seed", SEED, "--no-window").status == 0
    one, other = ({c["id"] for c in CommandLine(p, capsys).json("cases", "list", "--limit", CASES).json["cases"]}
                  for p in (demo, again.profile))  # fmt: skip
    assert one == other


def test_a_demo_takes_the_place_of_nobodys_files(nothing: CommandLine) -> None:
    nothing.profile.mkdir()
    (store := nothing.profile / "store.db").write_bytes(b"somebody's")
    assert nothing.json("demo", "--cases", "1", "--no-window").code == "profile.folder_not_empty"
    assert store.read_bytes() == b"somebody's"


def test_half_a_demo_is_never_taken_for_one(tmp_path: Path) -> None:
    def interrupted(text: str) -> None:
        if "案件" in text:
            raise KeyboardInterrupt

    folder = tmp_path / "county"
    with pytest.raises(KeyboardInterrupt):
        make_demo(folder, cases=3, progress=interrupted)
    assert [path.name for path in tmp_path.iterdir()] == [], "what was begun would fill the disk that ended it"
    assert make_demo(folder, cases=3)["cases"] == 3
    assert [path.name for path in tmp_path.iterdir()] == ["county"]


MADE = datetime(2026, 11, 20, 9, 0, tzinfo=CHINA_TIME)


def registered(folder: Path) -> datetime:
    """When the newest case of a demo came in."""
    with open_desk(folder, read_only=True) as opened:
        rows = opened.desk.queries.page(CaseFilter(), Sort(SortKey.REGISTERED, descending=True), limit=1).rows
    return rows[0].registered_at


def test_a_demo_of_yesterday_in_which_nobody_worked_is_made_anew_and_keeps_the_desks_look(tmp_path: Path) -> None:
    folder = tmp_path / "county"
    make_demo(folder, cases=30, seed=3, now=MADE)
    with open_desk(folder) as opened:
        opened.desk.settings.keep_value("desk.window", "dark")
        hub = opened.desk.settings.value("sync.hub")
        opened.desk.settings.keep_value("sync.of_the_old_hub", "noted by the program")
        opened.desk.settings.keep_view(SavedView("我的", CaseFilter(unit="U"), Sort()))
    assert make_demo(folder, cases=5, now=MADE + timedelta(hours=3))["state"] == "kept"
    assert registered(folder) <= MADE
    made = make_demo(folder, cases=5, now=MADE + timedelta(hours=26))
    assert (made["state"], made["cases"]) == ("made", 30)
    assert registered(folder) > MADE + timedelta(hours=20)
    with open_desk(folder) as opened:
        assert opened.desk.settings.value("desk.window") == "dark"
        assert opened.desk.settings.value("sync.hub") != hub, "the new demo's own"
        assert not opened.desk.settings.value("sync.of_the_old_hub")
        assert [view.name for view in opened.desk.queries.views()] == ["我的"]
    assert [path.name for path in tmp_path.iterdir()] == ["county"]


def test_the_same_seed_makes_the_same_demo_but_for_the_desk_that_stands_in_its_numbers(tmp_path: Path) -> None:
    told = []
    for name in ("county", "again"):
        make_demo(tmp_path / name, cases=5, seed=3, now=MADE)
        with open_desk(tmp_path / name, read_only=True) as opened, opened.database.reader() as connection:
            texts = connection.execute("SELECT payload FROM events WHERE kind LIKE 'case_%' ORDER BY pos").fetchall()
            told.append([{**json.loads(text), "number": ""} for (text,) in texts])
    assert told[0] == told[1] and any(SALT in payload for payload in told[0])


def test_a_demo_in_which_somebody_worked_is_kept_however_old_it_is(tmp_path: Path) -> None:
    folder = tmp_path / "county"
    make_demo(folder, cases=30, seed=3, now=MADE)
    with open_desk(folder) as opened:
        case = opened.desk.queries.page(CaseFilter(), Sort(), limit=1).rows[0].id
        opened.desk.act(Action.NOTE, case, {"text": "已联系"})
    assert make_demo(folder, cases=30, now=MADE + timedelta(days=9))["state"] == "worked_in"
    with open_desk(folder, read_only=True) as opened:
        assert "已联系" in {entry.payload.get("text") for entry in opened.desk.queries.timeline(case)}


def test_an_import_or_a_text_begun_counts_as_work(tmp_path: Path) -> None:
    folder = tmp_path / "county"
    make_demo(folder, cases=5, seed=3, now=MADE)
    with open_desk(folder) as opened:
        opened.desk.settings.keep_draft("intake", "路灯不亮")
    assert make_demo(folder, cases=5, now=MADE + timedelta(days=9))["state"] == "worked_in"


def test_a_demo_that_a_desk_has_open_is_left_alone(tmp_path: Path) -> None:
    folder = tmp_path / "county"
    make_demo(folder, cases=5, seed=3, now=MADE)
    with open_desk(folder):
        assert make_demo(folder, cases=5, now=MADE + timedelta(days=9))["state"] == "kept"


def test_an_import_takes_rows_in_once(desk: CommandLine, tmp_path: Path) -> None:
    file = case_file(tmp_path)
    first = desk.json("import", "cases", file)
    assert first.status == 0
    assert {"kind", "rows", "imported", "unchanged", "refused", "seconds"} <= set(first.json)
    assert counts(first) == ("cases", 3, 3, 0)
    assert counts(desk.json("import", "cases", file)) == ("cases", 3, 0, 3)
    assert desk.json("cases", "list").json["total"] == CASES + 3
    assert desk.json("verify").json["ok"]


def counts(ran: Ran) -> tuple[str, int, int, int]:
    answer = ran.json
    return answer["kind"], answer["rows"], answer["imported"], answer["unchanged"]


def test_a_refused_row_is_named_as_the_spreadsheet_counts_it(desk: CommandLine, tmp_path: Path) -> None:
    ran = desk.json("import", "cases", case_file(tmp_path, spoilt=True))
    assert ran.status == 3
    assert counts(ran) == ("cases", 3, 2, 0)
    (refused,) = ran.json["refused"]
    assert (refused["row"], refused["column"], refused["code"]) == (3, "登记时间", "cell.not_date")
    assert "昨天" in refused["message"]
    assert "第 3 行" in desk("import", "cases", case_file(tmp_path, spoilt=True)).out


def test_a_code_that_stands_twice_is_a_refused_row_with_a_sentence(nothing: CommandLine, tmp_path: Path) -> None:
    nothing.json("init", *INIT)
    path = tmp_path / "units.csv"
    path.write_text("单位编码,单位名称,类型\nD-1,一队,部门\nD-1,二队,部门\n", encoding="utf-8")
    ran = nothing.json("import", "units", path)
    assert (ran.status, ran.json["imported"]) == (3, 1)
    assert [(row["row"], row["code"]) for row in ran.json["refused"]] == [(3, "import.code_twice")]
    assert ran.json["refused"][0]["message"].startswith("编码 D-1 与第 2 行")


def test_sheets_that_are_not_read_are_named(nothing: CommandLine, tmp_path: Path) -> None:
    nothing.json("init", *INIT)
    path, book = tmp_path / "units.xlsx", Workbook()
    for name in ("说明", "一", "二", "空"):
        if name != "空":
            book.create_sheet(name).append(["单位编码", "单位名称", "类型"] if name != "说明" else ["填表说明", "请填"])
    for name in ("一", "二"):
        book[name].append([f"D-{name}", f"{name}队", "部门"])
    book.save(path)
    (notice,) = nothing.json("import", "units", path, "--dry-run").json["notices"]
    assert (notice["code"], notice["row"]) == ("file.sheets_unread", 0)
    assert "：说明、二。" in notice["message"]
    assert preview(path, ImportKind.UNITS).file_notices[0].params == {"sheets": ("说明", "二")}
    assert nothing.json("import", "units", path, "--sheet", "二").json["notices"] == []
    text = tmp_path / "units.csv"
    text.write_text("单位编码,单位名称,类型\nD-1,一队,部门\n", encoding="utf-8")
    assert nothing.json("import", "units", text, "--sheet", "二").status == 2


def test_a_dry_run_says_what_would_come_in_and_changes_nothing(desk: CommandLine, tmp_path: Path) -> None:
    assert counts(desk.json("import", "cases", case_file(tmp_path), "--dry-run")) == ("cases", 3, 3, 0)
    assert "没有写入任何数据：共 3 行：可导入 3" in desk("import", "cases", case_file(tmp_path), "--dry-run").out
    assert desk.json("cases", "list").json["total"] == CASES


def test_an_import_goes_on_where_progress_cannot_be_told(
    desk: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stderr", None)  # closed, or a program with a window that has none
    assert desk("import", "cases", case_file(tmp_path)).status == 0


def test_a_dry_run_reads_beside_an_open_desk(nothing: CommandLine, tmp_path: Path) -> None:
    nothing.json("init", *INIT)
    files = {kind: tmp_path / f"{kind}.csv" for kind in ("cases", "units", "calendar")}
    files["cases"] = case_file(tmp_path)
    files["units"].write_text("单位编码,单位名称,类型\nD-1,一队,部门\n", encoding="utf-8")
    files["calendar"].write_text("日期,类型\n2027-01-01,休息日\n", encoding="utf-8")
    with open_desk(nothing.profile):
        for kind, file in files.items():
            ran = nothing.json("import", kind, file, "--dry-run")
            assert (ran.status, ran.json["refused"]) == (0, [])
        assert nothing.json("import", "units", files["units"]).code == "profile.in_use"


def test_a_dry_run_of_a_large_file_needs_no_writing(nothing: CommandLine, tmp_path: Path) -> None:
    nothing.json("init", *INIT)
    file = tmp_path / "many.csv"
    file.write_text("标题\n" + "".join(f"路灯不亮{number}\n" for number in range(2_100)), encoding="utf-8")
    assert counts(nothing.json("import", "cases", file, "--dry-run")) == ("cases", 2_100, 2_100, 0)


def test_a_mapping_names_the_columns(desk: CommandLine, tmp_path: Path) -> None:
    file = tmp_path / "odd.csv"
    file.write_text("甲,乙\n路灯不亮,晚上看不见路\n", encoding="utf-8")
    mapping = tmp_path / "odd.toml"
    mapping.write_text('kind = "cases"\n[columns]\ntitle = "甲"\ndescription = "乙"\n', encoding="utf-8")
    assert counts(desk.json("import", "cases", file, "--mapping", mapping)) == ("cases", 1, 1, 0)
    assert desk.json("import", "cases", file, "--mapping", tmp_path / "none.toml").code == "file.missing"


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("none.xlsx", None, "file.missing"),
        ("empty.csv", b"", "file.empty"),
        ("fake.xlsx", b"PK\x03\x04 nonsense", "file.damaged"),
    ],
)
def test_a_file_that_cannot_be_read_is_a_sentence(
    desk: CommandLine, tmp_path: Path, name: str, content: bytes | None, code: str
) -> None:
    file = tmp_path / name
    if content is not None:
        file.write_bytes(content)
    ran = desk.json("import", "cases", file)
    assert (ran.status, ran.code) == (1, code)


def test_kinds_that_come_later_are_refused_and_unknown_ones_are_wrong_use(desk: CommandLine, tmp_path: Path) -> None:
    file = case_file(tmp_path)
    assert desk.json("import", "duties", file).code == "import.not_available"
    assert desk.json("import", "dreams", file).status == 2


def test_a_backup_brings_back_what_was(desk: CommandLine, tmp_path: Path) -> None:
    file, key = tmp_path / "kept.gridbackup", desk.first("filed")
    assert desk.json("backup", file).json["bytes"] == file.stat().st_size
    assert desk.json("backup", file).code == "backup.exists"
    nowhere = desk.profile.parent / "no stick"
    assert desk.json("backup", nowhere / "a.gridbackup").code == "backup.no_folder" and not nowhere.exists()
    desk.act(key, "void", "leader", reason="误报")
    restored = desk.json("restore", file)
    assert restored.status == 0
    assert Path(restored.json["kept"]).is_file()
    assert desk.json("cases", "show", key).json["state"] == "filed"
    assert desk.json("verify").json["ok"]


def test_a_backup_opens_on_another_machine_with_the_recovery_key_only(
    desk: CommandLine, nothing: CommandLine, tmp_path: Path
) -> None:
    from gridclient.store.recovery import recovery_key

    with open_desk(desk.profile, read_only=True) as opened:
        key = recovery_key(opened.profile.key)
    file = tmp_path / "kept.gridbackup"
    desk.json("backup", file)
    assert nothing.json("restore", file).code == "backup.needs_key"
    assert nothing.json("restore", file, "--recovery-key", "ABCD").code == "recovery.key"
    assert not nothing.profile.exists()
    assert nothing.json("restore", file, "--recovery-key", key).status == 0
    assert nothing.json("cases", "list").json["total"] == CASES
    assert nothing.json("verify").json["ok"]


def test_a_backup_replaces_a_store_that_cannot_be_opened_any_more(desk: CommandLine, tmp_path: Path) -> None:
    file = tmp_path / "kept.gridbackup"
    desk.json("backup", file)
    (desk.profile / "store.db").write_bytes(b"rubbish" * 5000)
    assert (desk.json("cases", "list").status, desk.json("cases", "list").code) == (4, "store.damaged")
    restored = desk.json("restore", file)
    assert restored.status == 0
    assert Path(restored.json["kept"]).read_bytes() == b"rubbish" * 5000
    assert desk.json("cases", "list").json["total"] == CASES


def test_a_backup_takes_the_place_of_a_lost_store(desk: CommandLine, tmp_path: Path) -> None:
    assert desk.json("backup", tmp_path / "b").status == 0
    for emptied in (False, True):
        (desk.profile / "store.db").unlink()
        if emptied:
            (desk.profile / "store.db").touch()
        ran = desk.json("cases", "new", "--json-args", '{"title": "x"}')
        assert (ran.status, ran.code) == (4, "store.missing")
        assert desk.json("restore", tmp_path / "b").status == 0
        assert desk.json("verify").json["cases"] == CASES


def test_a_store_that_cannot_be_opened_stays_where_it_is_until_a_backup_has_proved_right(
    desk: CommandLine, tmp_path: Path
) -> None:
    file, store = tmp_path / "bad.gridbackup", desk.profile / "store.db"
    desk.json("backup", file)
    file.write_bytes(file.read_bytes()[:9000])
    store.write_bytes(b"rubbish" * 5000)
    store.with_name("store.db-wal").write_bytes(b"of the old one")
    assert desk.json("restore", tmp_path / "mistyped").code == "backup.missing"
    assert desk.json("restore", file).status in (1, 4)
    assert store.read_bytes() == b"rubbish" * 5000
    assert desk.json("cases", "list").code == "store.damaged"
    assert not list((desk.profile / "backups").glob("damaged-*"))


def test_a_spoilt_photo_does_not_verify(desk: CommandLine, tmp_path: Path) -> None:
    photo = tmp_path / "a.png"
    photo.write_bytes(b"\x89PNG\r\n\x1a\n invented")
    with open_desk(desk.profile) as opened:
        assert opened.desk.files is not None
        kept = opened.desk.files.keep(photo, at=opened.desk.clock.now())
    (place,) = (desk.profile / "attachments").rglob(kept.sha256)
    place.write_bytes(b"other")
    assert desk.json("verify").json["problems"] == [f"file {kept.sha256}"]


def test_a_spoilt_store_does_not_verify(desk: CommandLine) -> None:
    with open_desk(desk.profile) as opened, opened.database.writer() as connection:
        connection.execute("UPDATE events SET payload = '{}' WHERE pos = 10")
    ran = desk.json("verify")
    assert (ran.status, ran.json["ok"]) == (1, False)
    assert any(said.startswith("chain.broken ") for said in ran.json["problems"])
    assert "\n日志记录对不上：" in desk("verify").out
