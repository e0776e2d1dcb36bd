"""Room for files at the hub: photos never take that of the cases, nor one desk's that of all others."""

from __future__ import annotations

import hashlib
import time
from pathlib import Path
from typing import Any

import pytest

from gridclient.domain.errors import StoreUnavailable
from gridclient.domain.events import EventKey, Record
from gridclient.hub.access import Access
from gridclient.hub.audit import DISK_FULL, MUCH_TODAY, detail_of, word_of
from gridclient.hub.file_room import FileRoom
from gridclient.hub.rights import grants_for
from gridclient.services.enrolment import Grant
from gridclient.services.error_text import sentence_of
from gridclient.services.sync_port import RoundEnd
from gridclient.store.sync_rounds import SqliteSyncQueries
from gridclient.sync.moving import move
from gridclient.sync.wire import PushStatus
from gridclient.syncing import fault_of
from tests.fakes import lined_desk
from tests.fakes.hub_databases import opened
from tests.fakes.hub_desk import HubDesk
from tests.fakes.running_hub import HubLine, hub_on_thread
from tests.fakes.toy_desk import ToyDesk
from tests.integration.test_sync_notes import NAME, PHOTO, attach

STREAM = "t:371002001"
EVERYTHING = 1 << 60
DAY_S = 86_400
MIDNIGHT = 1_795_017_600.0  # 2026-11-19 00:00 in China


def photos(desk: HubDesk, count: int) -> list[bytes]:
    """Invented ones, each named by an event of the desk."""
    found = [f"{desk.device} {number}".encode() * 20 for number in range(count)]
    for seq, photo in enumerate(found, len(desk.records) + 1):
        text = f'{{"name":"a.png","sha256":"{hashlib.sha256(photo).hexdigest()}","size":{len(photo)}}}'
        key = EventKey(STREAM, desk.device, 1, seq)
        desk.records.append(Record(key, seq << 16, "attachment_added", 1, "c" * 32, 0, "operator", text))
    return found


def asked(line: HubLine, desk: HubDesk, photo: bytes) -> int:
    return line.ask("HEAD", f"/v1/files/{hashlib.sha256(photo).hexdigest()}", token=desk.token).status


def brought(line: HubLine, desk: HubDesk, photo: bytes) -> int:
    headers = {"Upload-Offset": "0", "Upload-Length": str(len(photo))}
    path = f"/v1/files/{hashlib.sha256(photo).hexdigest()}"
    return line.ask("PUT", path, photo, token=desk.token, headers=headers).status


def enrolled(access: Access, device: str, grants: tuple[Grant, ...] = grants_for("371002001")) -> HubDesk:
    desk = HubDesk(device, STREAM)
    desk.enrol(access, grants)
    return desk


def lying(folder: Path) -> int:
    return sum(path.is_file() for path in folder.rglob("*"))


def test_on_a_disk_that_is_nearly_full_cases_come_and_photos_wait(tmp_path: Path) -> None:
    with opened("sqlite", tmp_path) as backend:
        access = Access(backend, time.time)
        desk, reader = enrolled(access, "desk-0001"), enrolled(access, "desk-0002", (Grant(STREAM),))
        first, second = photos(desk, 2)
        with hub_on_thread(backend, tmp_path) as line:
            desk.round(line.sync, [desk.push(1, 2)])
            assert (asked(line, desk, first), brought(line, desk, first)) == (200, 200)
    with opened("sqlite", tmp_path) as backend:
        access = Access(backend, time.time)
        with hub_on_thread(backend, tmp_path, kept_free=EVERYTHING) as line:
            assert (asked(line, desk, second), brought(line, desk, second)) == (507, 507)
            assert asked(line, reader, second) == 200, "it brings none"
            assert (asked(line, desk, first), brought(line, desk, first)) == (200, 200), "it needs no room any more"
            path = f"/v1/files/{hashlib.sha256(first).hexdigest()}"
            assert line.ask("GET", path, token=reader.token).data == first
            photos(desk, 1)
            assert desk.round(line.sync, [desk.push(3, 1)]).results[0].status is PushStatus.APPLIED
    assert lying(tmp_path / "files") == 1
    with opened("sqlite", tmp_path) as backend:
        (left,) = [note for note in Access(backend, time.time).notes(20) if note.kind == "files_left"]
    assert (word_of(left.kind), detail_of(left)) == ("附件没有收", "磁盘快满了")
    assert (left.device, left.times) == (desk.device, 2)


def test_a_desk_that_brings_photos_without_end_leaves_the_others_theirs(tmp_path: Path) -> None:
    with opened("sqlite", tmp_path) as backend:
        access = Access(backend, time.time)
        broken, other = enrolled(access, "desk-0001"), enrolled(access, "desk-0002")
        many, (one,) = photos(broken, 3), photos(other, 1)
        with hub_on_thread(backend, tmp_path, files_a_day=2 * len(many[0])) as line:
            broken.round(line.sync, [broken.push(1, 3)])
            other.round(line.sync, [other.push(1, 1)])
            assert [brought(line, broken, photo) for photo in many] == [200, 200, 507]
            assert asked(line, broken, many[2]) == 507
            assert (asked(line, other, one), brought(line, other, one)) == (200, 200)
    assert lying(tmp_path / "files") == 3


def test_what_a_desk_may_bring_in_a_day_it_may_bring_again_after_midnight_in_china(tmp_path: Path) -> None:
    now = MIDNIGHT
    room = FileRoom(tmp_path, lambda: now, kept_free=0, most_a_day=100)
    room.took("desk-0001", 99)
    assert room.lack("desk-0001") == ""
    now = MIDNIGHT + DAY_S - 1
    room.took("desk-0001", 1)
    assert (room.lack("desk-0001"), room.lack("desk-0002")) == (MUCH_TODAY, "")
    now = MIDNIGHT + DAY_S
    assert room.lack("desk-0001") == ""


def test_a_full_disk_is_named_before_the_desks_own_share(tmp_path: Path) -> None:
    room = FileRoom(tmp_path, time.time, kept_free=EVERYTHING, most_a_day=0)
    assert room.lack("desk-0001") == DISK_FULL


def test_a_disk_that_does_not_answer_is_the_stores_fault(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match=r"hub\.store_failed"):
        FileRoom(tmp_path / "unmounted", time.time).lack("desk-0001")


@pytest.mark.parametrize("limits", [{"kept_free": EVERYTHING}, {"files_a_day": 0}])
def test_a_desk_is_told_why_its_photo_stays_and_brings_it_once_there_is_room(
    desk: ToyDesk, tmp_path: Path, limits: dict[str, Any]
) -> None:
    attach(desk, tmp_path)
    with lined_desk.running_hub(tmp_path / "hub", **limits) as hub:
        lined_desk.enrolled(desk, hub)
        report = lined_desk.synced(desk)
        assert (report.end, report.error) == (RoundEnd.DONE, "sync.files_full")
        assert report.pushed == 2, "cases go all the same"
        assert "不再收附件" in sentence_of(fault_of(report))
        assert SqliteSyncQueries(desk.profile.database).pending()[2] == 1
    with lined_desk.running_hub(tmp_path / "hub") as hub:
        move(desk.sync, hub.url)
        assert lined_desk.synced(desk).error == ""
        assert hub.file(NAME).read_bytes() == PHOTO
        assert SqliteSyncQueries(desk.profile.database).pending()[2] == 0
