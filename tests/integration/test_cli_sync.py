"""``gridclient hub|enrol|sync|conflicts|bundle``: two desks and a hub as an administrator's script sees them."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from gridclient.composition import open_desk
from gridclient.domain.roles import Action
from gridclient.self_check import Finding, check_hub
from gridclient.system import SystemClock
from tests.fakes.command_line import CommandLine, Ran, copied, made_demo, new_case
from tests.fakes.running_hub import hub_process

COUNTY, TOWNSHIP, OTHER_TOWNSHIP = "371002", "371002001", "371002002"


@dataclass(frozen=True)
class Hub:
    """A hub in a process of its own, on a port that was free."""

    database: str
    url: str
    process: subprocess.Popen[bytes]

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(20)


@contextmanager
def serving(folder: Path) -> Iterator[Hub]:
    """``folder`` may hold the database of a hub that ran before."""
    database = f"sqlite:///{folder / 'hub.db'}"
    with hub_process(database, folder) as (process, url):
        yield Hub(database, url, process)


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    with serving(tmp_path / "hub") as running:
        yield running


class Desks:
    """Desks of one county, each enrolled where it says so."""

    def __init__(self, folder: Path, hub: Hub, captured: pytest.CaptureFixture[str]) -> None:
        self._folder, self._hub, self._captured = folder, hub, captured
        self._office = CommandLine(folder / "office", captured)

    def hub(self, *words: object) -> Ran:
        """What the hub's administrator does."""
        return self._office.json("hub", *words, "--db", self._hub.database)

    def device(self, name: str) -> str:
        """The number by which the hub knows the desk of this name."""
        return str(next(row["device"] for row in self.hub("devices").json if row["name"] == name))

    def code(self, *role: str) -> str:
        issued = self.hub("enrol", *role).json
        assert issued["url"] == self._hub.url
        return str(issued["code"])

    def make(self, name: str, *role: str, township: str = TOWNSHIP) -> CommandLine:
        desk = CommandLine(self._folder / name, self._captured)
        assert desk.json("init", "--county", COUNTY, "--township", township, "--name", name).status == 0
        if role:
            assert desk.json("enrol", self._hub.url, self.code(*role)).status == 0
        return desk


@pytest.fixture
def desks(tmp_path: Path, hub: Hub, capsys: pytest.CaptureFixture[str]) -> Desks:
    return Desks(tmp_path, hub, capsys)


def titles(desk: CommandLine) -> set[str]:
    return {case["title"] for case in desk.json("cases", "list").json["cases"]}


def test_a_round_answers_in_the_form_that_scripts_rely_on(desks: Desks) -> None:
    one, two = desks.make("a", "--township", TOWNSHIP), desks.make("b", "--township", TOWNSHIP)
    new_case(one, "路灯不亮")
    ran = one.json("sync")
    keys = "pushed pulled pending conflicts rejected refused aside withdrawn bytes_sent bytes_received seconds hub_time"
    assert (ran.status, set(ran.json)) == (0, set(keys.split()))
    assert (ran.json["pushed"], ran.json["pending"]) == (1, 0)
    assert two.json("sync").json["pulled"] == 1
    assert titles(two) == {"路灯不亮"}
    assert two.json("verify").json["ok"]


@pytest.mark.parametrize(("days", "said"), [(1, "快 1天"), (-1, "慢 1天"), (0, "")])
def test_a_round_says_that_this_machines_clock_is_a_day_off(
    desks: Desks, monkeypatch: pytest.MonkeyPatch, days: int, said: str
) -> None:
    one = desks.make("a", "--township", TOWNSHIP)
    now = SystemClock.now
    monkeypatch.setattr(SystemClock, "now", lambda clock: now(clock) + timedelta(days=days))
    new_case(one, "路灯不亮")
    ran = one("sync")
    assert (ran.status, ran.err.count("时钟")) == (0, abs(days)) and said in ran.err, ran
    clock = next(line for line in one("self-check").out.splitlines() if "时钟：" in line)
    assert clock.startswith("！" if days else "✓") and said in clock, clock


def test_a_round_says_that_a_large_photo_is_still_only_here(desks: Desks, tmp_path: Path) -> None:
    one = desks.make("a", "--township", TOWNSHIP)
    case_id = new_case(one, "路灯不亮")
    photo = tmp_path / "photo.jpg"
    photo.write_bytes(b"\xff\xd8\xff\xe0" + bytes(600 << 10))
    with open_desk(tmp_path / "a") as opened:
        desk = opened.desk
        assert desk.files is not None
        kept = desk.files.keep(photo, at=desk.clock.now())
        named = {"sha256": kept.sha256, "name": kept.name, "kind": "photo", "size": kept.size}
        desk.act(Action.ATTACH, case_id, named)
    said = "1 个附件"
    parts = tmp_path / "hub" / "files" / "parts"
    parts.rename(parts.with_name("unplugged"))
    without_room = one("sync")
    assert without_room.status == 0 and said in without_room.err and "磁盘出错" in without_room.err
    parts.with_name("unplugged").rename(parts)
    told = [said in (ran := one("sync")).out + ran.err for _ in range(4)]
    assert told[0] and not told[-1]


def test_the_self_check_asks_the_hub_what_the_desk_is_to_it(desks: Desks, hub: Hub) -> None:
    def found(desk: CommandLine) -> Finding:
        with open_desk(desk.profile, read_only=True) as opened:
            return check_hub(opened)

    one, alone = desks.make("a", "--township", TOWNSHIP), desks.make("b")
    assert (found(one).ok, found(one).sentence) == (True, f"已接入 {hub.url}，能连上。")
    assert (found(alone).ok, "还没有接入" in found(alone).sentence) == (True, True)
    devices = one.json("hub", "devices", "--db", hub.database).json
    assert devices[0]["role"] == "township" and devices[0]["enrolled_at"].endswith("+08:00")
    assert "镇街席位" in one("hub", "devices", "--db", hub.database).out
    one.json("hub", "revoke", devices[0]["device"], "--db", hub.database)
    assert not found(one).ok
    hub.stop()
    assert (found(one).ok, found(one).remark, "连不上" in found(one).sentence) == (True, True, True)
    assert "！联机同步：连不上" in one("self-check").out


def decided_twice(one: CommandLine, two: CommandLine, text: str) -> str:
    """A case that both desks have, declined at the one and declared void at the other."""
    case = new_case(one, text)
    one.json("sync")
    two.json("sync")
    one.act(case, "decline", reason_code="out_of_scope", reason="不属本辖区")
    two.act(case, "void", "leader", reason="误报")
    return case


def test_two_desks_that_act_at_once_leave_a_choice_to_a_person(desks: Desks) -> None:
    one, two = desks.make("a", "--township", TOWNSHIP), desks.make("b", "--township", TOWNSHIP)
    case = decided_twice(one, two, "路灯不亮，回电13800001234")
    assert one.json("sync").status == 0
    ran = two.json("sync")
    assert (ran.status, ran.json["conflicts"]) == (3, 1)
    assert one.json("sync").status == 3
    told, watched = one("sync"), desks.make("s", "--supervisor")("sync")
    assert (
        (told.status, "请在“冲突”中选择" in told.err) == (watched.status, "等镇街席位选择" in watched.err) == (3, True)
    )
    listed = one("conflicts", "list").out
    assert listed.splitlines()[0].endswith("  路灯不亮，回电138****1234")
    assert "13800001234" not in listed + one.json("conflicts", "list").out
    (mine,), (theirs,) = (desk.json("conflicts", "list").json["conflicts"] for desk in (two, one))
    assert (mine["first"]["mine"], mine["later"]["mine"]) == (False, True)
    assert (theirs["first"]["mine"], theirs["later"]["mine"]) == (True, False)
    assert mine["choices"]["take"] == "改按后到的操作，“不予受理”随之撤回"
    assert two.json("conflicts", "resolve", case, "take", "--key", mine["key"]).json["state"] == "void"
    two.json("sync")
    assert one.json("sync").status == 0
    assert one.json("cases", "show", case).json["state"] == "void"
    assert one.json("conflicts", "resolve", case, "keep").code == "conflict.unknown"


def test_the_choice_between_two_sides_is_an_action_like_others(desks: Desks) -> None:
    one, two = desks.make("a", "--township", TOWNSHIP), desks.make("b", "--township", TOWNSHIP)
    case = decided_twice(one, two, "路灯不亮")
    one.json("sync")
    two.json("sync")
    (found,) = two.json("conflicts", "list").json["conflicts"]
    assert two.act(case, "resolve").code == "conflict.no_choice"
    assert two.act(case, "resolve", choice="take", target="none").code == "conflict.unknown"
    assert two.act(case, "resolve", choice="take", target=found["key"]).json["state"] == "void"


def test_what_one_desk_may_not_read_never_reaches_it(desks: Desks) -> None:
    one = desks.make("a", "--township", TOWNSHIP)
    other = desks.make("b", "--township", OTHER_TOWNSHIP, township=OTHER_TOWNSHIP)
    supervisor = desks.make("s", "--supervisor")
    new_case(one, "路灯不亮")
    for desk in (one, other, supervisor):
        desk.json("sync")
    assert (titles(other), titles(supervisor)) == (set(), {"路灯不亮"})


def test_a_desk_that_may_write_no_case_does_nothing_that_the_hub_would_refuse_for_ever(desks: Desks) -> None:
    one, supervisor = desks.make("a", "--township", TOWNSHIP), desks.make("s", "--supervisor")
    case = new_case(one, "路灯不亮")
    for desk in (one, supervisor):
        desk.json("sync")
    for action, facts in (("note", {"text": "请尽快"}), ("urge", {}), ("file", {})):
        assert supervisor.act(case, action, **facts).code == "role.not_allowed"
        for account in ("operator", "leader", "值班长"):
            assert supervisor.act(case, action, account, **facts).code == "account.not_of_desk"
    assert supervisor.act(case, "urge", "supervisor").code == "role.not_allowed"
    for account, code in (("", "role.not_allowed"), ("operator", "account.not_of_desk")):
        who = ("--as", account) if account else ()
        assert supervisor.json("cases", "new", *who, "--json-args", '{"title": "井盖"}').code == code
    assert supervisor.json("sync").json["pending"] == 0


def test_a_department_answers_what_was_handed_to_it_and_a_township_reports_what_lies_beyond_its_border(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, capsys: pytest.CaptureFixture[str]
) -> None:
    demo = copied(made_demo(tmp_path_factory.getbasetemp()), tmp_path / "demo")
    with serving(demo / "hub") as hub:
        desks = Desks(tmp_path, hub, capsys)
        first = CommandLine(demo, capsys)
        dispatched = first.json("cases", "list", "--state", "dispatched", "--limit", 1).json["cases"][0]
        case, unit, township = dispatched["id"], dispatched["unit"], f"371002{dispatched['grid'][6:9]}"
        department = desks.make("d", "--unit", unit, township=township)
        assert department.json("sync").json["pulled"] > 0
        seen = department.json("cases", "list", "--limit", 500).json
        assert case in {row["id"] for row in seen["cases"]}
        assert 0 < seen["total"] < first.json("cases", "list").json["total"]
        department.act(case, "sign", unit)
        department.act(case, "feed_back", result="已清理完毕")
        assert department.act(case, "urge", "operator").code == "account.not_of_desk"
        second = next(row["unit"] for row in seen["cases"] if row["unit"] not in (None, unit))
        added = ("--unit", second, "--township", township, "--add")
        assert desks.hub("rights", desks.device("d"), *added).code == "hub.one_identity"
        assert department.json("sync").json["pushed"] == 2
        for account in ("", unit):
            assert department.act(case, "close", account).code == "role.not_allowed"
        assert department.json("sync").json["pending"] == 0
        township_desk = desks.make("t", "--township", township, township=township)
        township_desk.json("sync")
        shown = township_desk.json("cases", "show", case).json
        assert (shown["state"], shown["assignments"][0]["result"]) == ("handled", "已清理完毕")
        cases = first.json("cases", "list", "--limit", 500).json["cases"]
        beyond = next(row["grid"] for row in cases if row["grid"] and row["grid"][:9] != township)
        told = json.dumps({"title": "界桥那头路灯不亮", "grid": beyond})
        registered = township_desk.json("cases", "new", "--json-args", told).json
        assert (registered["number"][:9], registered["grid"]) == (township, beyond)
        file = tmp_path / "beyond.csv"
        file.write_text(f"编号,标题,网格编码\n1,护栏松动,{beyond}\n", encoding="utf-8")
        assert township_desk.json("import", "cases", file).json["imported"] == 1
        assert (went := township_desk.json("sync").json)["pushed"] == 2 and not went["pending"], went
        assert all(desk.json("verify").json["ok"] for desk in (department, township_desk))


def test_a_number_that_a_copied_machine_gave_as_well_names_neither_case(desks: Desks, tmp_path: Path) -> None:
    one, two = desks.make("a", "--township", TOWNSHIP), desks.make("b", "--township", TOWNSHIP)
    twin = CommandLine(copied(one.profile, tmp_path / "twin"), one.captured)
    keys = [new_case(desk, title) for desk, title in ((one, "路灯不亮"), (twin, "井盖缺失"))]
    one.json("sync")
    assert twin.json("sync").code == "sync.fork"
    assert twin.json("sync", "--confirm").json["pushed"] == 1
    two.json("sync")
    (number,) = {two.json("cases", "show", key).json["number"] for key in keys}
    ran = two.act(number, "note", text="看过")
    assert (ran.status, ran.code) == (1, "case.number_of_two")
    assert all(key in ran.err for key in keys), ran
    assert two.json("sync").json["pushed"] == 0


def test_what_a_stick_brought_of_a_revoked_desk_is_not_withdrawn_without_a_word(
    desks: Desks, hub: Hub, tmp_path: Path
) -> None:
    one = desks.make("a", "--township", TOWNSHIP)
    device = one.json("hub", "devices", "--db", hub.database).json[0]["device"]
    two = desks.make("b", "--township", TOWNSHIP)
    for title in ("路灯不亮", "井盖缺失"):
        new_case(one, title)
    stick = tmp_path / "u.gridbundle"
    one.json("bundle", "export", stick)
    one.json("hub", "revoke", device, "--db", hub.database)
    assert two.json("bundle", "import", stick).json["cases"] == 2
    ran = two("sync")
    assert (ran.status, "2 件案件同步中心没有收下，已从本机撤下" in ran.err, titles(two)) == (3, True, set()), ran
    two.json("bundle", "import", stick)
    assert two.json("sync").json["withdrawn"] == 2
    assert two.json("sync").json["withdrawn"] == 0


def test_a_code_of_another_township_is_not_taken_by_a_desk_whose_cases_the_hub_would_never_have(
    desks: Desks, hub: Hub
) -> None:
    one = desks.make("a")
    new_case(one, "路灯不亮")
    wrong = one("enrol", hub.url, desks.code("--township", OTHER_TOWNSHIP))
    assert wrong.status == 1 and f"镇街 {TOWNSHIP} 的案件" in wrong.err and f"只管 {OTHER_TOWNSHIP}，" in wrong.err
    assert one.json("sync").code == "sync.not_enrolled"
    assert one.json("enrol", hub.url, desks.code("--township", TOWNSHIP)).status == 0
    assert one.json("sync").json["pushed"] == 1


def test_a_code_with_which_no_case_is_registered_is_not_taken_by_a_desk_with_cases(desks: Desks, hub: Hub) -> None:
    one = desks.make("a")
    new_case(one, "路灯不亮")
    for number, words in enumerate((["--supervisor"], ["--county"], ["--unit", "unit.city", "--township", TOWNSHIP])):
        wrong = one("enrol", hub.url, desks.code(*words))
        assert wrong.status == 1 and f"镇街 {TOWNSHIP} 的案件" in wrong.err and "不能上报新案件" in wrong.err, wrong
        desks.make(f"without cases {number}", *words)
    assert one.json("enrol", hub.url, desks.code("--township", TOWNSHIP)).status == 0


def test_what_the_hub_did_not_take_is_said_in_words(desks: Desks) -> None:
    one = desks.make("a", "--township", TOWNSHIP)
    new_case(one, "路灯不亮")
    desks.hub("rights", desks.device("a"), "--township", OTHER_TOWNSHIP)
    ran = one("sync")
    assert (ran.status, "没有收下 1 条，仍保存在本机" in ran.err) == (3, True), ran


def test_a_hub_that_is_gone_is_the_environments_fault(desks: Desks, hub: Hub) -> None:
    one = desks.make("a", "--township", TOWNSHIP)
    new_case(one, "路灯不亮")
    hub.stop()
    ran = one.json("sync")
    assert (ran.status, ran.code) == (4, "sync.unreachable")
    assert one.json("cases", "list", "--box", "pending").json["total"] == 1


def test_a_copied_desk_is_noticed_and_goes_on_under_new_numbers_when_confirmed(desks: Desks, tmp_path: Path) -> None:
    one = desks.make("a", "--township", TOWNSHIP)
    new_case(one, "路灯不亮")
    one.json("sync")
    twin = CommandLine(copied(one.profile, tmp_path / "twin"), one.captured)
    new_case(one, "井盖松动")
    new_case(twin, "积水")
    one.json("sync")
    ran = twin.json("sync")
    assert (ran.status, ran.code) == (1, "sync.fork")
    assert twin.json("sync", "--confirm").json["pending"] == 0
    one.json("sync")
    assert titles(one) == titles(twin) == {"路灯不亮", "井盖松动", "积水"}
    assert all(desk.json("verify").json["ok"] for desk in (one, twin))


def test_a_restored_desk_gets_back_what_it_sent_after_the_backup(desks: Desks, tmp_path: Path) -> None:
    one = desks.make("a", "--township", TOWNSHIP)
    new_case(one, "路灯不亮")
    one.json("backup", tmp_path / "b.gridbackup")
    new_case(one, "井盖松动")
    one.json("sync")
    assert one.json("restore", tmp_path / "b.gridbackup").status == 0
    assert titles(one) == {"路灯不亮"}
    ran = one.json("sync")
    assert (ran.status, ran.json["pending"]) == (0, 0)
    assert "恢复过备份" in ran.err and "另存在 backups 文件夹" in ran.err
    assert titles(one) == {"路灯不亮", "井盖松动"}
    assert "恢复过备份" not in one.json("sync").err


def test_a_device_gets_other_rights_without_enrolling_again(desks: Desks) -> None:
    one = desks.make("a", "--township", TOWNSHIP)
    device = desks.device("a")
    told = desks.hub("rights", device, "--add", "--township", OTHER_TOWNSHIP).json
    assert (told["device"], told["feeds"]) == (device, [f"t:{TOWNSHIP}", "ref", f"t:{OTHER_TOWNSHIP}"])
    one.json("sync")
    kept = json.loads((one.profile / "keys" / "enrolment.json").read_text("utf-8"))
    assert [grant[0] for grant in kept["grants"]] == told["feeds"]
    assert set(kept["bundle_keys"]) == set(told["feeds"]), "the keys of sticks come too"
    assert desks.hub("rights", "nobody", "--county").code == "hub.device_unknown"


def test_a_hub_that_moved_is_followed_and_a_stranger_is_not(desks: Desks, hub: Hub, tmp_path: Path) -> None:
    one = desks.make("a", "--township", TOWNSHIP)
    new_case(one, "路灯不亮")
    hub.stop()
    with serving(tmp_path / "hub") as moved, serving(tmp_path / "other") as stranger:
        ran = one.json("sync", "--url", stranger.url)
        assert (ran.status, ran.code) == (1, "sync.hub_other")
        assert one.json("sync").code == "sync.unreachable", "it is still at the old address"
        assert one.json("sync", "--url", moved.url).json["pushed"] == 1
        assert one.json("sync", "--proxy", "ftp://x").code == "sync.proxy"
        assert one.json("sync", "--proxy", "direct").status == 0
        assert one.json("sync", "--proxy", "system").status == 0
