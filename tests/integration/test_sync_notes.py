"""What the store keeps for synchronisation beside the log: the queue of files, the last rounds, what screens ask."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from gridclient.domain.errors import NotFound
from gridclient.domain.events import EventKind
from gridclient.services.ports import FileState
from gridclient.services.sync_port import RoundEnd, RoundReport, WaitingFile
from gridclient.store.attachments import AttachmentStore
from gridclient.store.sync_rounds import SqliteSyncQueries
from tests.contract.stage import NOW
from tests.fakes.sync_hub import FakeHub
from tests.fakes.toy_desk import ToyDesk, toy_desk

PHOTO = b"\xff\xd8\xff" + bytes(range(256)) * 20
NAME = hashlib.sha256(PHOTO).hexdigest()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[ToyDesk]:
    with toy_desk(tmp_path / "1", 1) as made:
        made.enrol()
        yield made


@pytest.fixture
def queries(desk: ToyDesk) -> SqliteSyncQueries:
    return SqliteSyncQueries(desk.profile.database)


def attach(desk: ToyDesk, folder: Path, photo: bytes = PHOTO) -> str:
    source = folder / "photo.jpg"
    source.write_bytes(photo)
    kept = AttachmentStore(desk.profile.attachments, desk.profile.database).keep(source, at=NOW)
    case_id = desk.stage.register()
    payload = {"sha256": kept.sha256, "name": kept.name, "kind": "photo", "size": kept.size}
    desk.stage.record(EventKind.ATTACHED, case_id, payload)
    return case_id


def test_a_photo_waits_until_the_hub_has_it(desk: ToyDesk, queries: SqliteSyncQueries, tmp_path: Path) -> None:
    attach(desk, tmp_path)
    assert queries.pending() == (2, 1, 1)
    assert desk.sync.waiting_files(5) == [WaitingFile(NAME, len(PHOTO), 0)]
    assert queries.pending()[2] == 1
    assert desk.sync.read_file(NAME, 3, 4) == PHOTO[3:7]
    desk.sync.file_sent(NAME, 100)
    assert desk.sync.waiting_files(5) == [WaitingFile(NAME, len(PHOTO), 100)]
    desk.sync.file_sent(NAME, len(PHOTO))
    assert not desk.sync.waiting_files(5) and queries.pending()[2] == 0
    with pytest.raises(NotFound):
        desk.sync.read_file("0" * 64, 0, 10)


def test_a_photo_that_the_hub_never_takes_does_not_hold_up_the_others(desk: ToyDesk, tmp_path: Path) -> None:
    attach(desk, tmp_path)
    attach(desk, tmp_path, PHOTO + b"another")
    assert {desk.sync.waiting_files(1)[0].size for _ in range(100)} == {len(PHOTO), len(PHOTO) + len(b"another")}
    desk.sync.file_sent(NAME, 100)
    assert {desk.sync.waiting_files(1)[0].size for _ in range(100)} == {len(PHOTO)}, "what was begun is ended first"


def test_a_file_of_another_desk_comes_in_pieces(desk: ToyDesk, queries: SqliteSyncQueries, tmp_path: Path) -> None:
    hub = FakeHub()
    with toy_desk(tmp_path / "2", 2) as other:
        other.enrol()
        attach(other, tmp_path)
        other.round(hub)
    desk.round(hub)
    assert desk.sync.missing_files(5) == [WaitingFile(NAME, len(PHOTO), 0)]
    assert not desk.sync.waiting_files(5) and queries.pending()[2] == 0
    size = len(PHOTO)
    assert desk.sync.add_to_file(NAME, 0, PHOTO[:1000], size=size) == 1000
    assert desk.sync.add_to_file(NAME, 0, PHOTO[:1000], size=size) == 1000  # came twice
    assert desk.sync.add_to_file(NAME, 1000, PHOTO, size=size) == 1000  # more than there is
    assert desk.sync.missing_files(5) == [WaitingFile(NAME, size, 1000)]
    assert desk.sync.add_to_file(NAME, 1000, bytes(size - 1000), size=size) == 0  # another content: begins anew
    assert desk.sync.add_to_file(NAME, 0, PHOTO, size=size) == size
    assert not desk.sync.missing_files(5) and not desk.sync.waiting_files(5)
    assert desk.sync.read_file(NAME, 0, size) == PHOTO
    with pytest.raises(NotFound):
        desk.sync.add_to_file("../../etc/passwd", 0, b"x", size=1)


def test_a_file_of_a_kind_that_no_desk_attaches_is_fetched_once(desk: ToyDesk, tmp_path: Path) -> None:
    """Another program may name one; its sender has it, and no later round has to carry it again."""
    program = b"MZ a program"
    name, hub = hashlib.sha256(program).hexdigest(), FakeHub()
    with toy_desk(tmp_path / "2", 2) as other:
        other.enrol()
        attach(other, tmp_path)
        named = {"sha256": name, "name": "x.exe", "size": len(program)}
        other.stage.record(EventKind.ATTACHED, other.stage.register(), named)
        other.round(hub)
    desk.round(hub)
    assert len(desk.sync.missing_files(5)) == 2
    assert desk.sync.add_to_file(name, 0, program, size=len(program)) == 0
    assert [file.sha256 for file in desk.sync.missing_files(5)] == [NAME]
    assert not desk.sync.waiting_files(5)


def test_each_desk_knows_where_a_photo_is(desk: ToyDesk, tmp_path: Path) -> None:
    hub, size = FakeHub(), len(PHOTO)

    def states(of: ToyDesk) -> FileState:
        return AttachmentStore(of.profile.attachments, of.profile.database).states([NAME])[NAME]

    with toy_desk(tmp_path / "2", 2) as other:
        assert states(other) is FileState.NOT_HERE
        attach(other, tmp_path)
        assert states(other) is FileState.SHARED, "there is nobody to share it with"
        other.enrol()
        assert states(other) is FileState.ONLY_HERE, "it was just attached"
        assert other.sync.waiting_files(5)
        assert states(other) is FileState.ONLY_HERE
        other.sync.file_sent(NAME, size)
        assert states(other) is FileState.SHARED
        other.round(hub)
    desk.round(hub)
    assert desk.sync.missing_files(5) and states(desk) is FileState.NOT_HERE
    desk.sync.add_to_file(NAME, 0, PHOTO, size=size)
    assert states(desk) is FileState.SHARED


def test_events_that_name_no_file_stop_nothing(desk: ToyDesk) -> None:
    case_id = desk.stage.register()
    for payload in ({"sha256": 7}, {"sha256": "../x"}, {"sha256": "A" * 64, "size": "big"}, {"sha256": ["f" * 64]}):
        desk.stage.record(EventKind.ATTACHED, case_id, {**payload, "name": "x"})
    assert not desk.sync.missing_files(5) and not desk.sync.waiting_files(5)


def test_rounds_are_kept_newest_first_and_how_fresh_the_last_good_one_was(
    desk: ToyDesk, queries: SqliteSyncQueries
) -> None:
    assert queries.fresh_as_of() is None and not queries.rounds()
    good = RoundReport(NOW, RoundEnd.DONE, pushed=3, pulled=2, seconds=0.5, hub_time=NOW - timedelta(seconds=3))
    bad = RoundReport(NOW, RoundEnd.FAILED, error="sync.timeout", params={"host": "hub", "at": NOW})
    desk.sync.begin_round()
    desk.sync.keep_round(good)
    desk.sync.keep_round(bad)
    assert queries.rounds() == [replace(bad, params={"host": "hub", "at": str(NOW)}), good]
    assert queries.rounds(1)[0].error == "sync.timeout"
    for _ in range(600):
        desk.sync.keep_round(bad)
    assert queries.fresh_as_of() == NOW - timedelta(seconds=3)
    assert len(queries.rounds(1000)) == 501
