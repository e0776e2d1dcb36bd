"""What administrators do and see: the right database, codes for units there are, the record, old uploads, proxies."""

from __future__ import annotations

import errno
import json
import os
import time
from contextlib import closing
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
import sqlcipher3

from gridclient.domain.errors import StoreUnavailable
from gridclient.domain.events import EventKey, Record
from gridclient.hub.access import Access
from gridclient.hub.answers import _STATUS
from gridclient.hub.audit import KEPT_S, Refusals, detail_of
from gridclient.hub.backend import Backend
from gridclient.hub.opening import held, note_database, open_backend
from gridclient.hub.rights import grants_for
from gridclient.hub.rows import Note
from gridclient.hub.service import HubService
from gridclient.hub.sqlite import SqliteBackend
from gridclient.sync.wire import PushStatus
from tests.fakes.command_line import CommandLine
from tests.fakes.hub_databases import opened
from tests.fakes.hub_desk import HubDesk
from tests.fakes.invented_events import invented_events
from tests.fakes.patience import eventually
from tests.fakes.running_hub import HubLine, hub_on_thread

TOWNSHIP = "371002001"
STREAM = f"t:{TOWNSHIP}"
NOBODY = "postgresql://nobody@127.0.0.1:1/hub"


def made(office: CommandLine) -> Path:
    """The database of the office's own hub, as ``hub serve`` leaves it."""
    file = office.profile / "hub" / "hub.db"
    open_backend(f"sqlite:///{file}").close()
    return file


@pytest.mark.parametrize(
    "words",
    [
        ("enrol", "--township", TOWNSHIP),
        ("devices",),
        ("revoke", "desk-0001"),
        ("status",),
        ("log",),
    ],
)
def test_without_a_hub_here_a_command_refuses_and_makes_none(office: CommandLine, words: tuple[str, ...]) -> None:
    ran = office.json("hub", *words)
    assert (ran.status, ran.code) == (1, "hub.no_database")
    assert "--db" in ran.json["error"]["message"]
    assert not (office.profile / "hub").exists()


@pytest.mark.parametrize("words", [("devices",), ("revoke", "desk-0001"), ("status",), ("log",)])
def test_a_named_file_that_is_not_there_is_not_made_by_looking_into_it(
    office: CommandLine, tmp_path: Path, words: tuple[str, ...]
) -> None:
    ran = office.json("hub", *words, "--db", f"sqlite:///{tmp_path / 'mistyped.db'}")
    assert ran.code == "hub.no_database"
    assert not (tmp_path / "mistyped.db").exists()


def test_codes_may_be_given_out_before_a_named_hub_is_served(office: CommandLine, tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path / 'hub.db'}"
    first, second = (office.json("hub", "enrol", "--township", TOWNSHIP, "--db", database) for _ in range(2))
    assert (first.status, second.status) == (0, 0)
    made_now = f"新建了同步中心的数据库 {tmp_path / 'hub.db'}"
    assert made_now in first.err, "a mistyped name looks the same"
    assert made_now not in second.err
    assert office.json("hub", "devices", "--db", database).json == []


def test_what_is_wrong_with_a_database_is_said_in_chinese(
    office: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = tmp_path / "text.db"
    text.write_text("invented\n" * 200)
    for database, words in {f"sqlite:///{text}": "不是同步中心的数据库", NOBODY: "连不上数据库服务器"}.items():
        assert words in office.json("hub", "status", "--db", database).err

    def write_protected(file: Path, mode: int) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(file), mode)

    monkeypatch.setattr(Path, "touch", write_protected)
    assert "（写保护）" in office.json("hub", "status", "--db", f"sqlite:///{text}").err


def test_with_a_hub_here_commands_find_its_file(office: CommandLine) -> None:
    made(office)
    assert office.json("hub", "enrol", "--township", TOWNSHIP).status == 0
    assert office.json("hub", "devices").json == []


def test_a_folder_whose_hub_runs_on_a_server_wants_its_address(office: CommandLine) -> None:
    """A file that lies there all the same is not the hub's."""
    folder = made(office).parent
    note_database(folder, "postgresql://hub@127.0.0.1/hub")
    assert office.json("hub", "enrol", "--township", TOWNSHIP).code == "hub.on_server"
    note_database(folder, f"sqlite:///{folder / 'hub.db'}")
    assert office.json("hub", "enrol", "--township", TOWNSHIP).status == 0


def test_a_hubs_file_is_opened_by_the_sqlite_of_the_desks_and_not_by_the_systems(tmp_path: Path) -> None:
    with closing(SqliteBackend(tmp_path / "hub.db")) as backend, backend.reading() as ledger:
        assert ledger.rows("SELECT sqlite_version()") == [(sqlcipher3.dbapi2.sqlite_version,)]


def test_one_file_is_served_once(office: CommandLine) -> None:
    file = made(office)
    with held(f"sqlite:///{file}"):
        assert office.json("hub", "serve", "--listen", "127.0.0.1:0").code == "hub.running"


def tell_units(file: Path, *payloads: object) -> None:
    """What the county's desk says of units, in the reference data of the hub."""
    backend = open_backend(f"sqlite:///{file}")
    service = HubService(backend, time.time)
    county = HubDesk("county-0001", "ref")
    county.enrol(service.access, grants_for("", county=True), "")
    for seq, payload in enumerate(payloads, 1):
        text = json.dumps(payload, ensure_ascii=False)
        key = EventKey("ref", county.device, 1, seq)
        county.records.append(Record(key, seq << 16, "reference_changed", 1, "ref:units", 0, "county", text))
    (result,) = county.round(service.sync, [county.push(1, len(payloads))]).results
    assert result.status is PushStatus.APPLIED
    service.close()
    backend.close()


def units(*named: tuple[str, str], gone: tuple[str, ...] = ()) -> object:
    documents = [{"code": code, "name": name} for code, name in named]
    return {"kind": "units", "documents": documents, "gone": [[code] for code in gone]}


def test_a_code_for_a_unit_that_is_not_in_the_list_is_refused_with_what_is_like_it(office: CommandLine) -> None:
    tell_units(
        made(office), units(("CG01", "城市管理局"), ("ZJ01", "住建局")), units(("SW09", "水务局"), gone=("ZJ01",))
    )
    for typed, near in (
        ("CG10", "CG01 城市管理局"),
        ("城管局", "CG01 城市管理局"),
        ("水务局", "SW09 水务局"),
        ("zz", "CG01"),
    ):
        ran = office.json("hub", "enrol", "--unit", typed, "--township", TOWNSHIP)
        assert ran.code == "hub.unit_unknown"
        assert near in ran.json["error"]["message"]
        assert "ZJ01" not in ran.json["error"]["message"]
    assert office.json("hub", "enrol", "--unit", "ZJ01").code == "hub.unit_unknown", "it is gone"
    ran = office.json("hub", "enrol", "--unit", "SW09")
    assert ran.status == 0
    assert "单位表" not in ran.err


def test_of_a_list_of_units_that_makes_no_sense_what_does_counts(office: CommandLine) -> None:
    broken = {"documents": ["CG01", {"code": 5}, {"code": "SW09", "name": None}], "gone": ["SW09", [], 5]}
    tell_units(made(office), broken, {"documents": None, "gone": {}})
    assert "SW09。" in office.json("hub", "enrol", "--unit", "CG01").json["error"]["message"]


def test_while_no_units_came_a_units_code_is_given_out_with_a_word_about_it(office: CommandLine) -> None:
    made(office)
    ran = office.json("hub", "enrol", "--unit", "CG01", "--url", "http://hub")
    assert ran.status == 0
    assert "还没有单位表" in ran.err


def test_the_record_tells_codes_desks_and_who_was_turned_away(office: CommandLine) -> None:
    database = made(office)
    backend = open_backend(f"sqlite:///{database}")
    service = HubService(backend, time.time)
    desk = HubDesk("desk-0001", STREAM)
    desk.enrol(service.access, grants_for(TOWNSHIP))
    desk.records = list(invented_events(desk.origin, 5))
    forged = desk.push(1, 5)._replace(signature=bytes(64))
    desk.round(service.sync, [forged, forged, desk.push(2, 4), desk.push(1, 5)])
    service.refusals.enrolment("enrol.code_unknown", "203.0.113.9", int(time.time()))
    service.keep()
    service.keep()
    service.close()
    backend.close()
    assert office.json("hub", "revoke", desk.device).status == 0
    lines = office.json("hub", "log").json
    assert sorted((line["kind"], line["device"], line["times"]) for line in lines) == [
        ("code_issued", "", 1),
        ("enrol_refused", "", 1),
        ("enrolled", "desk-0001", 1),
        ("push_refused", "desk-0001", 2),
        ("revoked", "desk-0001", 1),
    ]
    assert all(datetime.fromisoformat(line["at"]).utcoffset() == timedelta(hours=8) for line in lines)
    assert [line["at"] for line in lines] == sorted((line["at"] for line in lines), reverse=True)
    shown = office("hub", "log", "--last", "5").out
    assert all(word in shown for word in ("发注册码", "注册被拒", "吊销", "拒收", "没有这个注册码 203.0.113.9"))
    assert "enrol." not in shown
    assert len(office.json("hub", "log", "--last", "2").json) == 2


def test_a_desk_that_is_refused_all_day_is_one_line_and_old_lines_are_forgotten(backend: Backend) -> None:
    refusals, access = Refusals(), Access(backend, time.time)
    at = int(time.time()) // 86_400 * 86_400
    for minute in range(600):
        refusals.push(PushStatus.FORBIDDEN, "desk-0001", STREAM, at + minute * 60)
        if minute % 7 == 0:
            access.keep({}, refusals.taken())
    access.keep({}, refusals.taken())
    (line,) = access.notes(10)
    assert (line.times, line.at, line.stream) == (600, at + 599 * 60, STREAM)
    refusals.push(PushStatus.GAP, "desk-0001", STREAM, at)
    assert not refusals.taken()
    issued, refused = ("code_issued", STREAM, "镇街席位"), ("push_forbidden", STREAM, "")
    for late, kept in ((0, [issued, refused]), (86_400, [issued, issued])):
        Access(backend, partial(int, at + KEPT_S + late)).issue_code(grants_for(TOWNSHIP), township=TOWNSHIP, name="")
        assert [(line.kind, line.stream, line.detail) for line in access.notes(10)] == kept


def test_what_the_database_would_not_take_is_written_down_the_next_time(
    backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    times = iter(range(1_900_000_000, 1_900_001_000, 10))
    service = HubService(backend, lambda: next(times))
    desk = HubDesk("desk-0001", STREAM)
    desk.enrol(service.access, grants_for(TOWNSHIP))

    def come(held: str = "") -> int:
        service.device_of(desk.token)
        service.holds(desk.device, held)
        service.refusals.request("sync.update_due", desk.device, at := next(times))
        return at

    come()
    with monkeypatch.context() as broken:
        broken.setattr(service.access, "keep", out_of_order)
        with pytest.raises(StoreUnavailable):
            service.keep()
    last = come()
    service.keep()
    (line,) = [line for line in service.access.notes(10) if line.kind == "sync.update_due"]
    assert (line.times, line.at) == (2, last)
    come(held=f"{STREAM}=1/0")
    with monkeypatch.context() as broken:
        broken.setattr(service.access, "keep", out_of_order)
        with pytest.raises(StoreUnavailable):
            service.keep()
    service.keep()
    (seen,) = [device.seen_at for device in service.access.devices()]
    assert seen is not None and seen > last
    with backend.reading() as ledger:
        assert [told.text for told in ledger.held().values()] == [f"{STREAM}=1/0"]
    service.close()


def test_a_desk_that_comes_stands_on_the_list_at_once_and_is_written_down_once_a_minute(backend: Backend) -> None:
    now = began = 1_900_000_000
    service = HubService(backend, lambda: now)
    desk = HubDesk("desk-0001", STREAM)
    desk.enrol(service.access, grants_for(TOWNSHIP))

    def told() -> int | None:
        service.keep(rest_s=60)
        (device,) = service.access.devices()
        return device.seen_at

    service.device_of(desk.token)
    assert told() == began
    now += 30
    service.device_of(desk.token)
    assert told() == began
    now += 30
    assert told() == began + 30, "it did not come again, and its last visit counts"
    service.device_of(desk.token)
    service.keep()
    assert told() == began + 60, "a hub that ends leaves nothing for the next minute"
    service.close()


def test_who_has_just_synchronised_is_seen_in_the_list_of_devices(line: HubLine, backend: Backend) -> None:
    """The administrator has the operator on the telephone: did it come?"""
    access = Access(backend, time.time)
    desk = HubDesk("desk-0001", STREAM)
    desk.enrol(access, grants_for(TOWNSHIP))
    desk.round(line.sync)
    eventually(lambda: any(device.seen_at for device in access.devices()))


def out_of_order(*_what: object) -> None:
    raise StoreUnavailable("hub.store_failed")


def test_every_reason_for_not_letting_somebody_in_has_its_words() -> None:
    refused = [code for code in _STATUS if code.startswith("enrol.")]
    assert refused
    told = [detail_of(Note(0, "enrol_refused", detail=f"{code} 203.0.113.9")) for code in refused]
    assert not [words for words in told if "enrol" in words or not words.endswith(" 203.0.113.9")]


def test_places_of_one_file_are_never_told_in_two_pages(backend: Backend) -> None:
    """A page ends behind a file: what is asked for next begins with the next one."""
    named = [*[("a" * 64, n) for n in range(2)], *[("b" * 64, n) for n in range(4)], ("c" * 64, 0)]
    desk = HubDesk("desk-0001", STREAM)
    desk.enrol(Access(backend, time.time), grants_for(TOWNSHIP))
    for seq, (name, case) in enumerate(named, 1):
        text = f'{{"name":"a.png","sha256":"{name}","size":10}}'
        key = EventKey(STREAM, desk.device, 1, seq)
        desk.records.append(Record(key, seq, "attachment_added", 1, f"{case:032x}", 0, "operator", text))
    service = HubService(backend, time.time)
    desk.round(service.sync, [desk.push(1, len(named))])
    service.close()
    after, pages = "", []
    with backend.reading() as ledger:
        while rows := ledger.files_named([STREAM], after, 3):
            pages.append("".join(sorted(row[0][0] for row in rows)))
            after = rows[-1][0]
    assert pages == ["aabbbb", "c"]


def test_every_process_of_a_hub_writes_what_it_refused_in_the_same_order() -> None:
    desks = [f"desk-{number:04}" for number in range(5)]
    orders = []
    for begun in (desks, desks[::-1]):
        refusals = Refusals()
        for at, desk in enumerate(begun):
            refusals.push(PushStatus.FORK, desk, STREAM, at)
            refusals.request("sync.update_due", desk, at)
        orders.append([line[1:5] for line in refusals.taken()])
    assert orders[0] == orders[1]
    assert len(orders[0]) == 2 * len(desks)


def test_the_status_page_shows_the_record(line: HubLine, backend: Backend) -> None:
    Access(backend, time.time).issue_code(grants_for(TOWNSHIP), township=TOWNSHIP, name="<b>")
    page = line.ask("GET", "/").data.decode()
    assert "发注册码" in page
    assert "&lt;b&gt;" in page


def test_begun_uploads_that_nobody_goes_on_with_are_dropped_while_the_hub_runs(tmp_path: Path) -> None:
    parts = tmp_path / "files" / "parts"
    parts.mkdir(parents=True)
    old, fresh = parts / ("a" * 64), parts / ("b" * 64)
    for part in (old, fresh):
        part.write_bytes(b"begun")
    long_ago = time.time() - 15 * 86_400
    os.utime(old, (long_ago, long_ago))
    with opened("sqlite", tmp_path) as backend, hub_on_thread(backend, tmp_path):
        eventually(lambda: not old.exists())
    assert fresh.exists()


WRONG = {"code": "0000-0000-0000-0000", "device": "desk-0009", "name": "", "public_key": "11" * 32}


def wrong_tries(line: HubLine, address: str, count: int) -> list[int]:
    body = json.dumps(WRONG).encode()
    headers = {"X-Forwarded-For": address}
    return [line.ask("POST", "/v1/enrol", body, headers=headers).status for _ in range(count)]


def test_behind_a_named_proxy_each_address_has_its_own_tries(tmp_path: Path) -> None:
    with opened("sqlite", tmp_path) as backend, hub_on_thread(backend, tmp_path, behind=("127.0.0.1",)) as line:
        assert wrong_tries(line, "203.0.113.7", 11) == [403] * 10 + [429]
        assert wrong_tries(line, "203.0.113.8", 1) == [403]
        assert wrong_tries(line, "198.51.100.1, 203.0.113.7", 1) == [429], "what a client adds itself does not count"
        assert line.ask("GET", "/").status == 401, "nobody behind a proxy is at this machine"


@pytest.mark.parametrize("behind", [(), ("192.0.2.1",), ("10.0.0.0/8",)])
def test_nobody_else_is_believed_about_the_address(tmp_path: Path, behind: tuple[str, ...]) -> None:
    with opened("sqlite", tmp_path) as backend, hub_on_thread(backend, tmp_path, behind=behind) as line:
        assert wrong_tries(line, "203.0.113.7", 10) == [403] * 10
        assert wrong_tries(line, "203.0.113.8", 1) == [429]


def test_a_proxy_is_named_by_an_address(office: CommandLine) -> None:
    assert office.json("hub", "serve", "--behind", "nginx.example").code == "hub.behind"
    assert office.json("hub", "serve", "--behind", "*").code == "hub.behind"
