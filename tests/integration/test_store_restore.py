"""Restoring: proved before anything is replaced, whole or not at all, and good on another machine."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, timedelta
from pathlib import Path

import pytest

from gridclient.domain.errors import Cancelled, Conflict, GridClientError, InvalidInput, StoreUnavailable
from gridclient.store import folding_again
from gridclient.store.attachments import AttachmentStore
from gridclient.store.backup import back_up, restore
from gridclient.store.driver import Database
from gridclient.store.profile import Profile, create_profile, open_profile
from gridclient.store.recovery import read_recovery_key, recovery_key
from gridclient.store.schema import VERSION, has_todays_rules, version_of
from gridclient.store.snapshots import finish_exchange
from gridclient.store.sync_store import SqliteSyncStore
from gridclient.store.unit_of_work import SqliteWork
from gridclient.store.verify import verify
from gridclient.sync.signing import head_is_signed
from tests.fakes.backed_up import NOW, is_the_owners_only, opened_store, register, titles
from tests.fakes.set_clock import SetClock
from tests.fakes.sync_hub import FakeHub
from tests.fakes.toy_desk import toy_desk

OLD = Path(__file__).resolve().parents[1] / "data" / "store-1.db"


@pytest.fixture
def profile(tmp_path: Path) -> Iterator[Profile]:
    with create_profile(tmp_path / "desk", now=NOW) as made:
        yield made


def test_restoring_brings_back_the_moment_and_keeps_the_old_store(profile: Profile, tmp_path: Path) -> None:
    register(profile, "甲")
    back_up(profile, tmp_path / "a.gridbackup")
    register(profile, "乙")
    aside = restore(profile, tmp_path / "a.gridbackup", now=NOW.astimezone(UTC))
    assert titles(profile.database) == ["甲"]
    assert aside is not None and aside.name == "replaced-20261120-140000.gridbackup"
    assert is_the_owners_only(profile.store_file)
    with opened_store(aside, profile.key) as old:
        assert titles(old) == ["甲", "乙"]
    assert profile.device.incarnation == 2
    register(profile, "丙")
    assert verify(profile.database).ok


def test_what_a_power_cut_left_of_a_restore_does_not_get_into_the_next_one(profile: Profile, tmp_path: Path) -> None:
    back_up(profile, tmp_path / "a.gridbackup")
    register(profile, "甲")
    back_up(profile, tmp_path / "b.gridbackup")
    left = profile.folder / "restoring.db-wal"
    shutil.copyfile(tmp_path / "a.gridbackup", tmp_path / "cut.db")
    with opened_store(tmp_path / "cut.db", profile.key) as cut, cut.writer() as connection:
        connection.execute("INSERT INTO counters(name, value) VALUES ('371002001-20261120', 900)")
        connection.execute("COMMIT")
        connection.execute("BEGIN")
        shutil.copyfile(tmp_path / "cut.db-wal", left)
    assert left.stat().st_size
    restore(profile, tmp_path / "b.gridbackup", now=NOW)
    with SqliteWork(profile.database, profile.device, SetClock(NOW))() as unit_of_work:
        assert unit_of_work.next_number("371002001", NOW.date()).endswith("0002")
    assert verify(profile.database).ok


@pytest.mark.parametrize("here", [1, 900])
def test_a_number_that_was_given_on_either_side_is_not_given_again(profile: Profile, tmp_path: Path, here: int) -> None:
    """A new machine may have begun to count before the backup of the old one came."""
    register(profile, "甲", "乙")
    back_up(profile, tmp_path / "a.gridbackup")
    with profile.database.writer() as connection:
        connection.execute("UPDATE counters SET value = ?", (here,))
    restore(profile, tmp_path / "a.gridbackup", now=NOW)
    with SqliteWork(profile.database, profile.device, SetClock(NOW))() as unit_of_work:
        assert unit_of_work.next_number("371002001", NOW.date()).endswith(f"{max(2, here) + 1:04}")


def test_a_number_of_a_day_that_the_backup_does_not_know_is_not_given_again(profile: Profile, tmp_path: Path) -> None:
    back_up(profile, tmp_path / "a.gridbackup")
    register(profile, "甲", "乙")
    restore(profile, tmp_path / "a.gridbackup", now=NOW)
    with SqliteWork(profile.database, profile.device, SetClock(NOW))() as unit_of_work:
        assert unit_of_work.next_number("371002001", NOW.date()).endswith("0003")


def test_photos_taken_along_to_desks_with_other_keys_are_readable_there(profile: Profile, tmp_path: Path) -> None:
    """Also on the machine after the next: its photos are sealed still as the first one sealed them."""
    photo = tmp_path / "a.png"
    photo.write_bytes(b"\x89PNG\r\n\x1a\n invented")
    kept = AttachmentStore(profile.attachments, profile.database).keep(photo, at=NOW)
    back_up(profile, tmp_path / "1.gridbackup")
    key = profile.key
    for machine in (1, 2):
        with create_profile(tmp_path / f"new{machine}", now=NOW) as new:
            restore(new, tmp_path / f"{machine}.gridbackup", now=NOW, key=key)
            shutil.copytree(profile.attachments, new.attachments, dirs_exist_ok=True)
            there = AttachmentStore(new.attachments, new.database)
            assert there.damaged() == [] and there.content(kept.sha256) == photo.read_bytes()
            back_up(new, tmp_path / f"{machine + 1}.gridbackup")
            key = new.key


def test_another_machine_restores_with_the_recovery_key(profile: Profile, tmp_path: Path) -> None:
    register(profile, "甲")
    back_up(profile, tmp_path / "a.gridbackup")
    text = recovery_key(profile.key)
    with create_profile(tmp_path / "new", now=NOW) as new:
        with pytest.raises(GridClientError, match=r"backup\.foreign"):
            restore(new, tmp_path / "a.gridbackup", now=NOW)
        restore(new, tmp_path / "a.gridbackup", now=NOW, key=read_recovery_key(text))
        assert titles(new.database) == ["甲"]
        register(new, "乙")
        assert verify(new.database).ok
        assert new.key != profile.key
    with opened_store(tmp_path / "new" / "store.db", new.key) as again:
        assert titles(again) == ["甲", "乙"]


def test_a_damaged_backup_replaces_nothing(profile: Profile, tmp_path: Path) -> None:
    register(profile, *(f"案件{n}" for n in range(300)))
    back_up(profile, tmp_path / "a.gridbackup")
    content = bytearray((tmp_path / "a.gridbackup").read_bytes())
    content[len(content) // 2] ^= 1
    (tmp_path / "a.gridbackup").write_bytes(content)
    register(profile, "之后")
    (tmp_path / "cut.gridbackup").write_bytes(content[: len(content) // 4096 // 2 * 4096])
    for name in ("a.gridbackup", "cut.gridbackup"):
        with pytest.raises(InvalidInput, match=r"backup\.damaged"):
            restore(profile, tmp_path / name, now=NOW)
    assert len(titles(profile.database)) == 301
    assert profile.device.incarnation == 1
    assert not (profile.folder / "restoring.db").exists()


def test_a_lost_store_comes_back_and_nothing_is_said_to_lie_aside(profile: Profile, tmp_path: Path) -> None:
    register(profile, "甲")
    back_up(profile, tmp_path / "a.gridbackup")
    profile.close()
    profile.store_file.unlink()
    with open_profile(profile.folder, now=NOW, damaged=True) as lost:
        assert restore(lost, tmp_path / "a.gridbackup", now=NOW, damaged=True) is None
        assert titles(lost.database) == ["甲"] and not list(lost.backups.iterdir())


def test_a_backup_by_an_older_program_is_brought_up_to_date(profile: Profile) -> None:
    restore(profile, OLD, now=NOW, key=bytes(range(32)))
    assert sorted(titles(profile.database)) == ["占道经营", "噪音扰民", "暴露垃圾", "路灯不亮"]
    with profile.database.reader() as connection:
        assert version_of(connection) == VERSION
    assert verify(profile.database).ok


@pytest.mark.parametrize("spoil", [lambda kept: kept.write_text('{"hub": "'), lambda kept: kept.mkdir()])
def test_a_registration_that_cannot_be_read_does_not_stop_a_restore_and_the_next_round_waits_to_be_confirmed(
    tmp_path: Path, spoil: Callable[[Path], object]
) -> None:
    hub, kept = FakeHub(), tmp_path / "1" / "keys" / "enrolment.json"
    with toy_desk(tmp_path / "1") as desk:
        desk.enrol()
        desk.stage.register("甲")
        desk.round(hub)
        back_up(desk.profile, tmp_path / "a.gridbackup")
        desk.stage.register("乙")
        kept.unlink(missing_ok=True)
        spoil(kept)
        restore(desk.profile, tmp_path / "a.gridbackup", now=NOW)
        assert titles(desk.profile.database) == ["甲"] and verify(desk.profile.database).ok
        assert SqliteSyncStore(desk.profile, SetClock(NOW), head_is_signed).in_doubt()


@pytest.mark.parametrize("doctored", ["UPDATE cases SET title = '改过'", "DROP TABLE audit", "DROP TABLE events"])
def test_a_backup_that_does_not_prove_right_is_refused(profile: Profile, tmp_path: Path, doctored: str) -> None:
    register(profile, "甲")
    back_up(profile, tmp_path / "a.gridbackup")
    with opened_store(tmp_path / "a.gridbackup", profile.key) as copy, copy.writer() as connection:
        connection.execute(doctored)
    with pytest.raises(InvalidInput, match=r"backup\.damaged"):
        restore(profile, tmp_path / "a.gridbackup", now=NOW)
    assert titles(profile.database) == ["甲"]


def by_older_rules(profile: Profile, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two cases as a program left them whose rules took every level for the second."""
    with monkeypatch.context() as older:
        older.setattr("gridclient.domain.steps_desk._level", lambda *_given: 2)
        register(profile, "甲", "乙")
    with profile.database.writer() as connection:
        connection.execute("DELETE FROM desk_values")
    assert not verify(profile.database).ok


def levels(database: Database) -> list[int]:
    with database.reader() as connection:
        return [level for (level,) in connection.execute("SELECT level FROM cases ORDER BY no")]


def test_a_store_that_older_rules_folded_is_folded_again_when_it_is_opened(
    profile: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_older_rules(profile, monkeypatch)
    profile.close()
    with open_profile(profile.folder, now=NOW) as opened:
        assert levels(opened.database) == [3, 3]
        assert verify(opened.database).ok


def test_folding_again_tells_how_far_it_is_and_goes_on_where_it_was_stopped(
    profile: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_older_rules(profile, monkeypatch)
    monkeypatch.setattr(folding_again, "_AT_ONCE", 1)
    told: list[tuple[int, int]] = []

    def stop(done: int, of: int) -> None:
        told.append((done, of))
        if done == 1:
            raise Cancelled

    with pytest.raises(Cancelled):
        folding_again.fold_again(profile.database, stop)
    assert levels(profile.database) == [3, 2]
    with pytest.raises(Cancelled):
        folding_again.fold_again(profile.database, stop)
    folding_again.fold_again(profile.database, lambda *far: told.append(far))
    assert told == [(0, 2), (1, 2), (1, 2), (1, 2)]
    assert levels(profile.database) == [3, 3] and verify(profile.database).ok
    with profile.database.reader() as connection:
        assert has_todays_rules(connection)


def test_a_backup_that_older_rules_folded_is_good(
    profile: Profile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_older_rules(profile, monkeypatch)
    back_up(profile, tmp_path / "a.gridbackup")
    restore(profile, tmp_path / "a.gridbackup", now=NOW)
    assert levels(profile.database) == [3, 3]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", r"backup\.damaged"),
        (b"none" * 4000, r"backup\.foreign"),
        (b"#!/bin/sh\n" * 500, r"backup\.foreign"),
    ],
)
def test_what_is_no_backup_is_refused(profile: Profile, tmp_path: Path, content: bytes, code: str) -> None:
    (tmp_path / "a.txt").write_bytes(content)
    with pytest.raises(GridClientError, match=code):
        restore(profile, tmp_path / "a.txt", now=NOW)
    for no_file in (tmp_path / "missing", tmp_path):
        with pytest.raises(InvalidInput, match=r"backup\.missing"):
            restore(profile, no_file, now=NOW)
    register(profile, "甲")
    assert titles(profile.database) == ["甲"]


def test_a_restore_that_fails_late_has_replaced_nothing(
    profile: Profile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    register(profile, "甲")
    back_up(profile, tmp_path / "a.gridbackup")
    register(profile, "乙")

    def full(*_given: object) -> None:
        raise StoreUnavailable("store.full")

    monkeypatch.setattr("gridclient.store.sync_store.begin_doubt", full)
    with pytest.raises(StoreUnavailable):
        restore(profile, tmp_path / "a.gridbackup", now=NOW)
    assert titles(profile.database) == ["甲", "乙"]
    register(profile, "丙")
    assert verify(profile.database).ok
    assert not list(profile.folder.glob("restoring*"))


@pytest.mark.skipif(sys.platform == "win32", reason="Windows moves no store that somebody has open")
@pytest.mark.parametrize("moves", range(5))
def test_a_restore_over_a_damaged_store_that_is_cut_off_leaves_the_old_one_whole_or_the_new_one(
    profile: Profile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moves: int
) -> None:
    register(profile, "甲")
    back_up(profile, tmp_path / "a.gridbackup")
    profile.reopen_database()
    register(profile, "乙")  # stands in the -wal alone
    left = shutil.copytree(profile.folder, tmp_path / "left", ignore=shutil.ignore_patterns("desk.lock"))
    with opened_store(left / "store.db", profile.key) as held, held.reader():  # nobody else's closing ends the -wal
        (left / "store.db").write_bytes(b"damaged " * ((left / "store.db").stat().st_size // 8))
        old = pair(left / "store.db")
        cut_off_after(monkeypatch, left, moves)
        with suppress(PowerCut), open_profile(left, now=NOW, damaged=True) as damaged:
            restore(damaged, tmp_path / "a.gridbackup", now=NOW, damaged=True)
        monkeypatch.undo()
        try:
            with open_profile(left, now=NOW + timedelta(days=1)) as opened:
                assert titles(opened.database) == ["甲"]
                assert verify(opened.database).ok
            assert pair(left / "backups" / f"damaged-{NOW:%Y%m%d-%H%M%S}.db") == old
        except StoreUnavailable as still:
            assert still.code == "store.damaged"
            assert pair(left / "store.db") == old
            assert moves < 4


def pair(main: Path) -> list[bytes]:
    return [main.read_bytes(), main.with_name(f"{main.name}-wal").read_bytes()]


class PowerCut(Exception):
    """The machine goes dark."""


def cut_off_after(monkeypatch: pytest.MonkeyPatch, folder: Path, moves: int) -> None:
    """From the next move of a store's file on nothing is moved, copied or removed any more, once so many were."""
    left, plain_replace, plain_link, plain_unlink = moves, Path.replace, os.link, Path.unlink

    def counted(source: Path) -> None:
        nonlocal left
        if source.parent == folder and source.name.startswith(("store.db", "restoring.db", "damaged")):
            if left <= 0:
                raise PowerCut
            left -= 1

    def replace(source: Path, target: Path) -> Path:
        counted(source)
        return plain_replace(source, target)

    def link(source: Path, target: Path) -> None:
        counted(source)
        plain_link(source, target)

    def unlink(path: Path, missing_ok: bool = False) -> None:
        if left > 0:
            plain_unlink(path, missing_ok=missing_ok)

    monkeypatch.setattr(Path, "replace", replace)
    monkeypatch.setattr(os, "link", link)
    monkeypatch.setattr(Path, "unlink", unlink)


def test_a_restore_that_is_finished_a_second_time_keeps_the_old_store_that_lies_aside(tmp_path: Path) -> None:
    store, aside = tmp_path / "store.db", tmp_path / "backups" / "damaged-1.db"
    aside.parent.mkdir()
    (tmp_path / "damaged-1.db.decided").write_bytes(b"new")
    for path, content in ((aside, b"old"), (Path(f"{aside}-wal"), b"old wal"), (store, b"since")):
        path.write_bytes(content)
    Path(f"{store}-wal").write_bytes(b"since wal")
    finish_exchange(store, aside.parent)
    assert pair(aside) == [b"old", b"old wal"]
    assert pair(aside.with_name("damaged-1-2.db")) == [b"since", b"since wal"]
    assert (store.read_bytes(), Path(f"{store}-wal").exists()) == (b"new", False)


def test_an_old_store_that_cannot_be_moved_stays(
    profile: Profile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    register(profile, "甲")
    back_up(profile, tmp_path / "a.gridbackup")
    register(profile, "乙")
    plain = Path.replace

    def held(source: Path, target: Path) -> Path:
        if source == profile.store_file:
            raise PermissionError(13, "somebody holds it")
        return plain(source, target)

    monkeypatch.setattr(Path, "replace", held)
    with pytest.raises(StoreUnavailable, match=r"store\.disk_failed"):
        restore(profile, tmp_path / "a.gridbackup", now=NOW)
    profile.close()
    monkeypatch.undo()
    with open_profile(profile.folder, now=NOW) as opened:
        assert titles(opened.database) == ["甲", "乙"]


def test_a_store_that_is_still_read_is_not_replaced(profile: Profile, tmp_path: Path) -> None:
    register(profile, "甲")
    back_up(profile, tmp_path / "a.gridbackup")
    register(profile, "乙")
    with opened_store(profile.store_file, profile.key) as elsewhere, elsewhere.reader() as connection:
        connection.execute("SELECT count(*) FROM cases").fetchone()
        with pytest.raises(Conflict, match=r"profile\.in_use"):
            restore(profile, tmp_path / "a.gridbackup", now=NOW)
    assert titles(profile.database) == ["甲", "乙"]
