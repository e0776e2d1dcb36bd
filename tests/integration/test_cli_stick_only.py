"""A township that never has a line: enrolled by files, worked by stick; the county's hub takes the stick and orders."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from gridclient.domain.errors import GridClientError
from gridclient.store.profile import open_profile
from gridclient.store.sync_rounds import SqliteSyncQueries
from gridclient.sync.control import ProcessSyncControl
from gridclient.system import SystemClock
from tests.fakes.command_line import CommandLine, Ran, copied, made_demo, new_case

COUNTY, TOWNSHIP, OTHER_TOWNSHIP = "371002", "371002001", "371002002"


class County:
    """A hub's database that nobody serves, and desks that come to it by stick."""

    def __init__(self, folder: Path, captured: pytest.CaptureFixture[str], database: Path | None = None) -> None:
        self.folder, self.database = folder, f"sqlite:///{database or folder / 'hub.db'}"
        self.office = CommandLine(folder / "office", captured)
        self._captured = captured

    def hub(self, *words: object) -> Ran:
        return self.office.json("hub", *words, "--db", self.database)

    def desk(self, name: str, township: str = TOWNSHIP) -> CommandLine:
        desk = CommandLine(self.folder / name, self._captured)
        assert desk.json("init", "--county", COUNTY, "--township", township, "--name", name).status == 0
        return desk

    def admitted(self, name: str, *role: str, township: str = TOWNSHIP) -> CommandLine:
        """A desk that went through request, admission and back."""
        desk = self.desk(name, township)
        request = self.folder / f"{name}.gridrequest"
        asked = desk.json("enrol", "--request", request)
        assert asked.status == 0
        told = self.hub("admit", request, *(role or ("--township", township)))
        assert (told.status, told.json["check"]) == (0, asked.json["check"])
        enrolled = desk.json("enrol", "--admission", told.json["file"])
        assert (enrolled.status, enrolled.json["url"]) == (0, "")
        return desk

    def carry(self, stick: Path, *words: object) -> Any:
        ran = self.hub("carry", stick, *words)
        assert ran.status in (0, 3)
        return ran.json


@pytest.fixture
def county(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> County:
    return County(tmp_path, capsys)


def titles(desk: CommandLine) -> list[str]:
    return sorted(case["title"] for case in desk.json("cases", "list").json["cases"])


def waiting(desk: CommandLine) -> int:
    return int(desk.json("cases", "list", "--box", "pending").json["total"])


def export(desk: CommandLine, stick: Path) -> None:
    assert desk.json("bundle", "export", stick).status == 0


def take(desk: CommandLine, stick: Path) -> Any:
    ran = desk.json("bundle", "import", stick)
    assert ran.status == 0, ran.out
    return ran.json


def shown(desk: CommandLine) -> list[Any]:
    """All cases in full, but for what says whose desk this is."""
    cases = desk.json("cases", "list").json["cases"]
    return [desk.json("cases", "show", case["id"]).json for case in sorted(cases, key=lambda case: case["id"])]


def assert_equal(desks: Sequence[CommandLine]) -> None:
    assert all(desk.json("verify").json["ok"] for desk in desks)
    assert [waiting(desk) for desk in desks] == [0] * len(desks)
    first, *others = (shown(desk) for desk in desks)
    assert all(other == first for other in others)


def test_two_desks_without_a_line_are_equal_after_one_stick_went_round(county: County, tmp_path: Path) -> None:
    one, two = county.admitted("a"), county.admitted("b")
    case = new_case(one, "路灯不亮")
    one.act(case, "decline", reason_code="out_of_scope", reason="不属本辖区")
    new_case(two, "井盖缺失")
    stick = tmp_path / "u.gridbundle"
    for desk in (one, two):
        export(desk, stick)
        assert waiting(desk) == 1
    carried = county.carry(stick)
    assert (carried["events"], carried["known"], carried["refused"], carried["added"]) == (3, 0, 0, 3)
    told = [take(desk, stick) for desk in (one, two, one)]
    assert [ran["acknowledged"] for ran in told] == [2, 1, 0]
    assert [(ran["events"], ran["known"]) for ran in told] == [(1, 2), (2, 1), (0, 3)]
    assert "同步中心已收下" not in two("bundle", "import", stick).out
    assert titles(one) == ["井盖缺失", "路灯不亮"]
    assert_equal((one, two))


def test_twice_in_any_order_and_partly_it_comes_to_the_same(county: County, tmp_path: Path) -> None:
    one, two = county.admitted("a"), county.admitted("b")
    first, second = tmp_path / "1.gridbundle", tmp_path / "2.gridbundle"
    new_case(one, "路灯不亮")
    export(one, first)
    half = first.read_bytes()
    take(two, first)  # before the county saw it
    new_case(two, "井盖缺失")
    export(two, second)
    carried = county.carry(second)
    assert (carried["events"], carried["refused"]) == (1, 0)
    again = second.read_bytes()
    carried = county.carry(second)
    assert (carried["events"], carried["pages"], second.read_bytes()) == (0, 0, again)
    take(one, second)
    new_case(one, "占道经营")
    export(one, first)
    assert first.read_bytes().startswith(half)
    assert county.carry(first)["events"] == 2
    for desk in (two, one, two, one):
        for stick in (first, second):
            take(desk, stick)
    county.carry(second)
    for desk in (one, two):
        take(desk, second)
    assert titles(two) == ["井盖缺失", "占道经营", "路灯不亮"]
    assert_equal((one, two))


def test_what_lacks_its_beginning_is_said_and_taken_with_it(county: County, tmp_path: Path) -> None:
    one = county.admitted("a")
    old, new = tmp_path / "old.gridbundle", tmp_path / "new.gridbundle"
    new_case(one, "一")
    export(one, old)
    new_case(one, "二")
    export(one, new)
    late = tmp_path / "late.gridbundle"
    late.write_bytes(without_first_batch(county, new, old))
    ran = county.hub("carry", late)
    assert (ran.status, ran.json["events"], ran.json["refused"]) == (3, 0, 1)
    assert [problem["code"] for problem in ran.json["problems"]] == ["carry.gap"]
    assert "第 1 至 1 条" in ran.json["problems"][0]["message"]
    county.carry(old)
    assert county.carry(late)["events"] == 1
    take(one, late)
    assert_equal((one,))


def without_first_batch(county: County, new: Path, old: Path) -> bytes:
    """The events that a desk wrote after ``old``, as on a stick of their own."""
    from gridclient.hub.opening import open_backend
    from gridclient.services.sync_port import StickBatch
    from gridclient.store.enrolment_file import read_enrolment
    from gridclient.sync.bundle import read_bundle, with_frames
    from gridclient.sync.signing import sign_head

    backend = open_backend(county.database)
    with backend.reading() as ledger:
        keys = {row.stream: row.key for row in ledger.streams()}
    backend.close()
    (whole,), (before,) = (read_bundle(file.read_bytes(), keys).batches for file in (new, old))
    enrolment = read_enrolment(county.folder / "a", whole.origin.device)
    assert enrolment is not None
    count = len(before.records)
    signature = sign_head(enrolment.signing_key, whole.origin, len(whole.records), whole.link_after)
    tail = StickBatch(
        whole.origin, count + 1, whole.records[count:], before.link_after, whole.link_after, whole.public_key, signature
    )
    return with_frames(b"", [(whole.origin.stream, (tail,))], keys, enrolment.signing_key)


def test_a_new_desk_gets_the_past_on_an_empty_stick(county: County, tmp_path: Path) -> None:
    one, stick = county.admitted("a"), tmp_path / "u.gridbundle"
    new_case(one, "路灯不亮")
    export(one, stick)
    county.carry(stick)
    two, empty = county.admitted("b"), tmp_path / "e.gridbundle"
    carried = county.carry(empty, "--township", TOWNSHIP)
    assert (carried["events"], carried["added"]) == (0, 1)
    assert take(two, empty)["events"] == 1
    take(one, stick)
    assert_equal((one, two))


def test_revoked_desks_events_are_not_taken_and_stay_with_it(county: County, tmp_path: Path) -> None:
    one, two = county.admitted("a"), county.admitted("b")
    stick = tmp_path / "u.gridbundle"
    new_case(one, "路灯不亮")
    export(one, stick)
    county.carry(stick)
    new_case(one, "井盖缺失")
    export(one, stick)
    new_case(two, "占道经营")
    export(two, stick)
    devices = {device["name"]: device["device"] for device in county.hub("devices").json}
    county.hub("revoke", devices["a"])
    ran = county.hub("carry", stick)
    assert (ran.status, ran.json["events"], ran.json["known"], ran.json["refused"]) == (3, 1, 1, 1)
    assert [problem["code"] for problem in ran.json["problems"]] == ["carry.device_revoked"]
    assert "同步中心已收下本机 1 条" in one("bundle", "import", stick).out
    take(two, stick)
    assert (waiting(one), waiting(two)) == (1, 0)
    assert all(desk.json("verify").json["ok"] for desk in (one, two))


def test_damaged_stick_is_refused_whole_and_left_as_it_was(county: County, tmp_path: Path) -> None:
    one, stick = county.admitted("a"), tmp_path / "u.gridbundle"
    new_case(one, "路灯不亮")
    export(one, stick)
    damaged = bytearray(stick.read_bytes())
    damaged[-20] ^= 1
    stick.write_bytes(damaged)
    ran = county.hub("carry", stick)
    assert (ran.status, ran.code) == (1, "bundle.broken")
    assert stick.read_bytes() == damaged
    assert county.hub("status").json["events"] == 0


def test_places_that_a_fellow_desk_made_up_are_refused(county: County, tmp_path: Path) -> None:
    from gridclient.services.sync_port import FeedPage
    from gridclient.store.enrolment_file import read_enrolment
    from gridclient.sync.bundle import StickPage, with_frames

    county.admitted("a")
    two = county.admitted("b")
    devices = {device["name"]: device["device"] for device in county.hub("devices").json}
    fellow = read_enrolment(county.folder / "a", devices["a"])
    assert fellow is not None
    stream, stick = f"t:{TOWNSHIP}", tmp_path / "u.gridbundle"
    page = StickPage(0, FeedPage(stream, 9, False, 0, 0, (), (), ()))
    stick.write_bytes(with_frames(b"", [(stream, (page,))], fellow.bundle_keys, fellow.signing_key))
    assert two.json("bundle", "import", stick).code == "bundle.forged"


def test_a_unit_gets_by_stick_what_was_handed_to_it_and_no_more(county: County, tmp_path: Path) -> None:
    town, stick = county.admitted("a"), tmp_path / "u.gridbundle"
    unit = county.admitted("d", "--unit", "公安", "--township", TOWNSHIP)
    new_case(town, "路灯不亮")
    export(town, stick)
    assert unit.json("bundle", "import", stick).code == "bundle.key_missing"
    export(unit, stick)  # nothing yet, but what others wrote is no hindrance
    county.carry(stick, "--township", TOWNSHIP)
    take(town, stick)
    take(unit, stick)
    assert (titles(town), titles(unit)) == (["路灯不亮"], [])
    assert all(desk.json("verify").json["ok"] for desk in (town, unit))


def test_other_rights_reach_a_desk_without_a_line_only_by_another_admission(county: County, tmp_path: Path) -> None:
    watcher = county.admitted("a")
    neighbour, stick = county.admitted("b", township=OTHER_TOWNSHIP), tmp_path / "u.gridbundle"
    new_case(neighbour, "路灯不亮")
    export(neighbour, stick)
    device = next(device["device"] for device in county.hub("devices").json if device["name"] == "a")
    told = county.office("hub", "rights", device, "--supervisor", "--db", county.database).out
    assert "连网的席位下一轮同步时生效" in told and "hub admit" in told
    county.carry(stick, "--township", TOWNSHIP)
    assert watcher.json("bundle", "import", stick).code == "bundle.key_missing"
    answer = county.hub("admit", tmp_path / "a.gridrequest", "--supervisor").json["file"]
    assert watcher.json("enrol", "--admission", answer).status == 0
    take(watcher, stick)
    assert titles(watcher) == ["路灯不亮"]


def test_a_desk_that_is_admitted_keeps_the_name_that_it_was_given_when_it_was_made(county: County) -> None:
    county.desk("一号席").json("enrol", "--request", county.folder / "a.gridrequest")
    admitted = county.hub("admit", county.folder / "a.gridrequest", "--township", TOWNSHIP, "--name", "别的")
    assert (admitted.json["name"], county.hub("devices").json[0]["name"]) == ("一号席", "一号席")


def test_a_desk_without_a_line_works_for_two_townships_when_the_second_is_added(county: County, tmp_path: Path) -> None:
    both, stick = county.admitted("a"), tmp_path / "u.gridbundle"
    neighbour, third = county.admitted("b", township=OTHER_TOWNSHIP), tmp_path / "v.gridbundle"
    request = tmp_path / "a.gridrequest"
    answer = county.hub("admit", request, "--township", OTHER_TOWNSHIP, "--add").json["file"]
    assert both.json("enrol", "--admission", answer).status == 0
    new_case(neighbour, "路灯不亮")
    export(neighbour, third)
    county.carry(third)
    take(both, third)
    new_case(both, "井盖缺失")
    export(both, stick)
    assert county.carry(stick)["refused"] == 0
    take(both, stick)
    assert (titles(both), waiting(both)) == (["井盖缺失", "路灯不亮"], 0)


def test_a_department_answers_by_stick_what_was_dispatched_to_it(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, capsys: pytest.CaptureFixture[str]
) -> None:
    demo = copied(made_demo(tmp_path_factory.getbasetemp()), tmp_path / "demo")
    first = CommandLine(demo, capsys)
    dispatched = first.json("cases", "list", "--state", "dispatched", "--limit", 1).json["cases"][0]
    case, unit, township = dispatched["id"], dispatched["unit"], f"371002{dispatched['grid'][6:9]}"
    county = County(tmp_path, capsys, database=demo / "hub" / "hub.db")
    department = county.admitted("d", "--unit", unit, "--township", township, township=township)
    town = county.admitted("t", township=township)
    stick = tmp_path / "u.gridbundle"
    assert county.carry(stick, "--township", township)["added"] > 0
    assert take(town, stick)["known"] == 0  # it also lies there as the department's part
    take(department, stick)
    assert case in {row["id"] for row in department.json("cases", "list", "--limit", 500).json["cases"]}
    assert len(titles(department)) < len(titles(town))
    department.act(case, "sign")
    department.act(case, "feed_back", result="已清理完毕")
    export(department, stick)
    assert county.carry(stick)["events"] == 2
    assert county.carry(stick)["pages"] == 0
    for desk in (town, department):
        take(desk, stick)
    told = town.json("cases", "show", case).json
    assert (told["state"], told["assignments"][0]["result"]) == ("handled", "已清理完毕")
    assert waiting(department) == 0
    assert all(desk.json("verify").json["ok"] for desk in (town, department))


def test_a_mistyped_path_of_a_sync_file_is_refused_as_an_imports_is(county: County, tmp_path: Path) -> None:
    one = county.desk("a")
    for words in (("enrol", "--admission"), ("hub", "carry", "--db", county.database), ("import", "cases")):
        ran = one.json(*words, tmp_path / "none.xlsx")
        assert (ran.status, ran.code) == (1, "file.missing"), words


def test_admission_is_for_one_desk(county: County, tmp_path: Path) -> None:
    one, two = county.desk("a"), county.desk("b")
    request = tmp_path / "a.gridrequest"
    one.json("enrol", "--request", request)
    assert county.hub("admit", request).code == "enrol.role_unclear"
    assert county.hub("admit", tmp_path / "a" / "profile.json", "--township", TOWNSHIP).code == "enrol.file_foreign"
    answer = tmp_path / "answer.gridadmission"
    assert county.hub("admit", request, "--township", TOWNSHIP, "--out", answer).status == 0
    assert two.json("enrol", "--admission", answer).code == "enrol.file_other"
    damaged = bytearray(answer.read_bytes())
    damaged[40] ^= 1
    broken = tmp_path / "broken.gridadmission"
    broken.write_bytes(damaged)
    assert one.json("enrol", "--admission", broken).code == "enrol.file_broken"
    assert county.hub("admit", answer, "--township", TOWNSHIP).code == "enrol.file_no_request"
    assert one.json("sync").code == "sync.not_enrolled"
    assert one.json("enrol", "--admission", answer).status == 0
    assert one.json("sync").code == "sync.no_line"
    assert one.json("enrol", "--admission", answer).status == 0  # twice is once
    assert county.hub("admit", request, "--township", TOWNSHIP).json["short"]


def test_the_desks_window_enrols_by_stick_through_its_worker(county: County, tmp_path: Path) -> None:
    one, stick = county.desk("a"), tmp_path / "u.gridbundle"
    new_case(one, "路灯不亮")
    profile = open_profile(one.profile, now=SystemClock().now(), lock=False)
    queries = SqliteSyncQueries(profile.database)
    control = ProcessSyncControl("gridclient.syncing:open_for_worker", (one.profile,), queries)
    told = threading.Event()
    control.listen(lambda view, _changes: told.set() if view.by_stick else None)
    try:
        digits = control.ask_by_file(tmp_path / "a.gridrequest")
        answer = county.hub("admit", tmp_path / "a.gridrequest", "--township", TOWNSHIP).json
        assert answer["check"] == digits
        with pytest.raises(GridClientError, match=r"enrol\.file_no_admission"):
            control.take_admission(tmp_path / "a.gridrequest")
        control.take_admission(Path(answer["file"]))
        assert told.wait(20) and not control.view().hub_url
        assert control.export_bundle(stick).events == 1
        assert county.carry(stick)["events"] == 1
        report = control.import_bundle(stick)
        assert (report.events, report.acknowledged) == (0, 1)  # its own work has arrived
        assert control.import_bundle(stick).acknowledged == 0
    finally:
        control.close()
        profile.close()
    assert_equal((one,))


def test_enrolment_says_how_it_is_written(county: County) -> None:
    one = county.desk("a")
    for words in ((), ("http://127.0.0.1:1",), ("http://127.0.0.1:1", "CODE", "--request", "x")):
        assert one.json("enrol", *words).status == 2
