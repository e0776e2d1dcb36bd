"""A profile: one folder, one key, one desk at a time, never opened by a program that does not understand it."""

from __future__ import annotations

import errno
import json
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
import sqlite_utils
from filelock import FileLock
from sqlite_utils.migrations import Migrations

from gridclient.domain.calendar import CHINA_TIME
from gridclient.domain.errors import Conflict, GridClientError, InvalidInput, NotFound, StoreUnavailable
from gridclient.store import migrations, schema
from gridclient.store import profile as profiles
from gridclient.store.driver import Use, open_connection, schema_tool
from gridclient.store.profile import create_profile, open_profile, put_key_back
from gridclient.store.profile_lock import profile_exists, take_lock
from gridclient.store.recovery import read_recovery_key, recovery_key
from gridclient.store.sync_rewriting import keep_writer
from tests.fakes.backed_up import is_the_owners_only, register, titles

NOW = datetime(2026, 11, 20, 14, 0, tzinfo=CHINA_TIME)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "desk"
    create_profile(made, now=NOW).close()
    return made


def code_of_opening(folder: Path, *, read_only: bool = False) -> str:
    with pytest.raises(GridClientError) as caught:
        open_profile(folder, now=NOW, read_only=read_only)
    return caught.value.code


def test_a_new_profile_has_its_rooms_and_its_own_device(tmp_path: Path) -> None:
    with create_profile(tmp_path / "a", now=NOW) as first, create_profile(tmp_path / "b", now=NOW) as second:
        assert first.device.id != second.device.id
        assert len(first.device.short) == 2
        assert first.device.incarnation == 1
        assert all(path.is_dir() for path in (first.attachments, first.basemaps, first.backups))


def test_a_desks_signs_are_none_that_a_telephone_takes_for_a_digit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    offered: list[str] = []

    def last(signs: str) -> str:
        offered.append(signs)
        return signs[-1]

    monkeypatch.setattr("gridclient.store.profile.secrets.choice", last)
    create_profile(tmp_path / "desk", now=NOW).close()
    assert offered
    assert not any({"I", "O"} & set(signs) for signs in offered)


def test_keys_and_store_are_the_owners_only(folder: Path) -> None:
    made = ("", "keys", "keys/store.key", "store.db", "profile.json")
    assert [name for name in made if not is_the_owners_only(folder / name)] == []


def test_a_lost_key_is_put_back_for_its_owner_only_and_no_other_one(folder: Path) -> None:
    key = bytes.fromhex((folder / "keys" / "store.key").read_text("ascii"))
    shutil.rmtree(folder / "keys")
    with pytest.raises(InvalidInput, match=r"recovery\.key"):
        put_key_back(folder, bytes(32))
    assert code_of_opening(folder) == "store.key_missing"
    put_key_back(folder, key)
    assert is_the_owners_only(folder / "keys")
    open_profile(folder, now=NOW).close()


def test_a_profile_is_the_same_device_when_opened_again(folder: Path) -> None:
    with open_profile(folder, now=NOW) as first:
        device = first.device
    with open_profile(folder, now=NOW) as second:
        assert second.device == device


def test_a_second_desk_is_refused_and_a_reader_is_not(folder: Path) -> None:
    with open_profile(folder, now=NOW):
        with pytest.raises(Conflict, match=r"profile\.in_use"):
            open_profile(folder, now=NOW)
        with open_profile(folder, now=NOW, read_only=True) as reader, reader.database.reader() as connection:
            assert schema.version_of(connection) == schema.VERSION
    open_profile(folder, now=NOW).close()


def test_the_desks_own_helper_process_takes_no_lock(folder: Path) -> None:
    with (
        open_profile(folder, now=NOW),
        open_profile(folder, now=NOW, lock=False) as helper,
        helper.database.writer() as connection,
    ):
        connection.execute("INSERT INTO counters(name, value) VALUES ('x', 1)")


def test_a_failed_opening_lets_the_next_desk_in(folder: Path) -> None:
    key = folder / "keys" / "store.key"
    content = key.read_text()
    key.write_text("no key")
    assert code_of_opening(folder) == "store.wrong_key"
    key.write_text(content)
    open_profile(folder, now=NOW).close()


def test_a_lock_that_was_taken_before_stays_taken_when_the_opening_fails(folder: Path) -> None:
    held = take_lock(folder)
    (folder / "profile.json").write_text("{}")
    with pytest.raises(StoreUnavailable, match=r"profile\.damaged"):
        open_profile(folder, now=NOW, held=held)
    with pytest.raises(Conflict, match=r"profile\.in_use"):
        take_lock(folder)
    held.release()


def test_a_lock_that_one_thread_took_is_given_back_by_another(folder: Path) -> None:
    with ThreadPoolExecutor(1) as pool:
        held = pool.submit(take_lock, folder).result()
    held.release()
    take_lock(folder).release()


def test_a_profile_is_not_made_twice(folder: Path) -> None:
    with pytest.raises(InvalidInput, match=r"profile\.exists"):
        create_profile(folder, now=NOW)


def test_a_profile_that_another_process_made_meanwhile_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def late(folder: Path) -> FileLock:
        monkeypatch.undo()
        with create_profile(folder, now=NOW) as made:
            register(made, "甲")
        return take_lock(folder)

    monkeypatch.setattr(profiles, "take_lock", late)
    with pytest.raises(InvalidInput, match=r"profile\.exists"):
        create_profile(tmp_path / "desk", now=NOW)
    with open_profile(tmp_path / "desk", now=NOW) as kept:
        assert titles(kept.database) == ["甲"]


def test_a_start_of_the_numbers_that_a_power_cut_left_noted_in_the_store_alone_is_not_begun_again(folder: Path) -> None:
    with open_profile(folder, now=NOW) as cut, cut.database.writer() as connection:
        keep_writer(connection, replace(cut.device, incarnation=7))
    with open_profile(folder, now=NOW) as opened:
        assert opened.device.incarnation == 7
        opened.begin_incarnation()
        assert opened.device.incarnation == 8


def test_desk_and_worker_go_on_from_what_the_other_began(folder: Path) -> None:
    """Each has read the profile when it started; a start of the numbers that is begun twice forks them."""
    with open_profile(folder, now=NOW) as desk, open_profile(folder, now=NOW, lock=False) as worker:
        worker.take_short("ZZ")
        worker.begin_incarnation()
        desk.begin_incarnation()
        assert (desk.device.incarnation, desk.device.short) == (3, "ZZ")
        worker.take_short("YY")
        assert (worker.device.incarnation, worker.device.short) == (3, "YY")
        desk.begin_incarnation(1)
        assert (desk.device.incarnation, desk.device.short) == (3, "YY")


def test_a_store_in_which_nothing_was_ever_made_is_none_and_no_empty_desk(folder: Path) -> None:
    key = bytes.fromhex((folder / "keys" / "store.key").read_text("ascii"))
    (folder / "store.db").unlink()
    made = open_connection(folder / "store.db", key, Use.WRITING)
    made.execute("CREATE TABLE other(x)")
    made.close()
    assert code_of_opening(folder) == "store.missing"
    assert not list((folder / "backups").iterdir())


def test_a_folder_without_a_profile_is_not_opened(tmp_path: Path) -> None:
    assert not profile_exists(tmp_path)
    with pytest.raises(NotFound, match=r"profile\.missing"):
        open_profile(tmp_path, now=NOW)


def test_a_key_of_another_profile_is_told_from_a_damaged_store(folder: Path, tmp_path: Path) -> None:
    create_profile(tmp_path / "other", now=NOW).close()
    key = folder / "keys" / "store.key"
    own = key.read_bytes()
    key.write_bytes((tmp_path / "other" / "keys" / "store.key").read_bytes())
    assert code_of_opening(folder) == "store.wrong_key"
    key.write_bytes(own)
    store = folder / "store.db"
    store.write_bytes(b"\0" * 4096 + store.read_bytes()[4096:])
    assert code_of_opening(folder) == "store.damaged"


def test_a_missing_key_is_named(folder: Path) -> None:
    (folder / "keys" / "store.key").unlink()
    assert code_of_opening(folder) == "store.key_missing"


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"device": 1'])
def test_a_broken_identity_is_damage_not_a_traceback(folder: Path, text: str) -> None:
    (folder / "profile.json").write_text(text)
    assert code_of_opening(folder) == "profile.damaged"


@pytest.mark.parametrize("left", [None, b""])
def test_a_lost_or_empty_store_is_said_to_be_that_and_none_is_made(folder: Path, left: bytes | None) -> None:
    store = folder / "store.db"
    store.unlink()
    if left is not None:
        store.write_bytes(left)
    for read_only in (True, False):
        assert code_of_opening(folder, read_only=read_only) == "store.missing"
    assert (store.read_bytes() if store.exists() else None) == left


def test_a_profile_is_made_where_a_window_without_one_stood_and_a_power_cut_came(tmp_path: Path) -> None:
    for name in ("QtWebEngine", "logs", "hub"):
        (tmp_path / name).mkdir()
    (tmp_path / "profile.begun.0a1b2c3d.new").touch()
    create_profile(tmp_path, now=NOW).close()


@pytest.mark.parametrize("name", ["notes.txt", "store.db"])
def test_no_profile_is_made_among_other_files(tmp_path: Path, name: str) -> None:
    tmp_path.chmod(0o755)
    (tmp_path / name).write_text("somebody's")
    with pytest.raises(InvalidInput, match=r"profile\.folder_not_empty"):
        create_profile(tmp_path, now=NOW)
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert tmp_path.stat().st_mode & 0o055


def test_a_profile_that_could_not_be_made_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_room(*_given: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    (tmp_path / "there" / "hub").mkdir(parents=True)
    (tmp_path / "there" / "hub" / "photo").touch()
    with monkeypatch.context() as full:
        full.setattr("gridclient.store.profile.upgrade_store", no_room)
        for name in ("there", "new"):
            with pytest.raises(OSError, match="No space"):
                create_profile(tmp_path / name, now=NOW)
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["hub", "photo", "there"]
    create_profile(tmp_path / "there", now=NOW).close()


def test_a_profile_is_made_beside_a_hub_on_a_servers_database(tmp_path: Path) -> None:
    (tmp_path / "hub" / "files").mkdir(parents=True)
    create_profile(tmp_path, now=NOW).close()
    assert (tmp_path / "hub" / "files").is_dir()


@pytest.mark.parametrize("cut", ["_key_file", "upgrade_store"])
def test_a_profile_that_a_power_cut_left_unfinished_is_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cut: str
) -> None:
    def dark(*_given: object) -> None:
        raise InterruptedError

    (tmp_path / "there").mkdir()
    for folder in (tmp_path / "there", tmp_path / "new"):
        with monkeypatch.context() as power:
            power.setattr("gridclient.store.profile._remove_begun", lambda *_given: None)
            power.setattr(f"gridclient.store.profile.{cut}", dark)
            with pytest.raises((InterruptedError, StoreUnavailable)):
                create_profile(folder, now=NOW)
        assert not profile_exists(folder)
        create_profile(folder, now=NOW).close()
        assert not (folder / "profile.begun").exists()


def test_a_store_with_cases_is_no_unfinished_profile_and_stays(folder: Path) -> None:
    with open_profile(folder, now=NOW) as profile, profile.database.writer() as connection:
        connection.execute("INSERT INTO subjects (no, id) VALUES (1, x'00')")
    (folder / "profile.json").rename(folder / "profile.begun")
    with pytest.raises(InvalidInput, match=r"profile\.folder_not_empty"):
        create_profile(folder, now=NOW)
    (folder / "profile.begun").rename(folder / "profile.json")
    open_profile(folder, now=NOW).close()


def test_an_unfinished_profile_whose_store_ends_within_a_page_is_made_anew(folder: Path) -> None:
    (folder / "profile.json").rename(folder / "profile.begun")
    (folder / "store.db").write_bytes((folder / "store.db").read_bytes()[:5000])
    create_profile(folder, now=NOW).close()


def test_who_only_reads_leaves_a_restore_that_was_cut_off_to_the_next_desk(folder: Path) -> None:
    decided = folder / "replaced-1.gridbackup.decided"
    decided.write_bytes((folder / "store.db").read_bytes())
    assert code_of_opening(folder, read_only=True) == "store.locked"
    assert decided.exists()
    open_profile(folder, now=NOW).close()
    assert not decided.exists() and (folder / "backups" / "replaced-1.gridbackup").exists()


def test_a_newer_store_is_left_alone(folder: Path) -> None:
    with open_profile(folder, now=NOW) as opened, opened.database.writer() as connection:
        connection.execute("PRAGMA user_version = 99")
    assert code_of_opening(folder) == "store.newer"
    assert code_of_opening(folder, read_only=True) == "store.newer"


def test_a_store_of_another_program_is_left_alone(folder: Path) -> None:
    with open_profile(folder, now=NOW) as opened, opened.database.writer() as connection:
        connection.execute("PRAGMA application_id = 7")
    assert code_of_opening(folder) == "store.foreign"


def test_a_folder_that_cannot_be_written_is_a_failing_disk(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreUnavailable, match=r"store\.disk_failed"):
        create_profile(tmp_path / "file" / "desk", now=NOW)


def with_one_more(step: Callable[[sqlite_utils.Database], None]) -> Migrations:
    """The migrations of a later program."""
    later = Migrations("gridclient.store")
    later(name="m0001_first")(migrations.m0001_first)
    later(name="m0002_sync")(migrations.m0002_sync)
    later()(step)
    return later


def test_an_older_store_is_upgraded_after_a_backup_of_it(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def m9999_more(db: sqlite_utils.Database) -> None:
        db.table("later").create({"no": int}, pk="no", strict=True)

    monkeypatch.setattr(migrations, "migrations", with_one_more(m9999_more))
    monkeypatch.setattr(schema, "VERSION", schema.VERSION + 1)
    with pytest.raises(StoreUnavailable, match=r"store\.older"):
        open_profile(folder, now=NOW, read_only=True)
    with open_profile(folder, now=NOW) as opened, opened.database.reader() as connection:
        assert schema.version_of(connection) == schema.VERSION
        assert connection.execute("SELECT count(*) FROM later").fetchone()[0] == 0
    (kept,) = (folder / "backups").iterdir()
    assert kept.name.startswith("before-upgrade-20261120")
    open_profile(folder, now=NOW).close()
    assert len(list((folder / "backups").iterdir())) == 1


def test_a_failing_upgrade_leaves_the_store_as_it_was(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def m9999_broken(db: sqlite_utils.Database) -> None:
        db.table("later").create({"no": int}, pk="no")
        raise RuntimeError

    with monkeypatch.context() as newer:
        newer.setattr(migrations, "migrations", with_one_more(m9999_broken))
        newer.setattr(schema, "VERSION", schema.VERSION + 1)
        with pytest.raises(RuntimeError):
            open_profile(folder, now=NOW)
    with open_profile(folder, now=NOW) as opened, opened.database.reader() as connection:
        assert connection.execute("SELECT count(*) FROM sqlite_master WHERE name = 'later'").fetchone()[0] == 0


def test_the_constant_version_counts_the_migrations(tmp_path: Path) -> None:
    connection = open_connection(tmp_path / "empty.db", bytes(32), Use.WRITING)
    assert len(migrations.migrations.pending(schema_tool(connection))) == schema.VERSION
    connection.close()


def test_a_new_incarnation_is_remembered(folder: Path) -> None:
    with open_profile(folder, now=NOW) as opened:
        opened.begin_incarnation()
    with open_profile(folder, now=NOW) as again:
        assert again.device.incarnation == 2
    assert json.loads((folder / "profile.json").read_text())["incarnation"] == 2


def test_a_recovery_key_is_read_as_people_type_it() -> None:
    key = bytes(range(32))
    text = recovery_key(key)
    assert [len(group) for group in text.split("-")] == [4] * 17 and text == text.upper()
    assert read_recovery_key(text) == key
    assert read_recovery_key(f"  {text.lower().replace('-', ' ')}\n") == key
    for sign in "–—－_.\u3000":
        assert read_recovery_key(text.replace("-", sign)) == key


@pytest.mark.parametrize(
    "change", [lambda t: t[:-1], lambda t: f"{t}00", lambda t: t.replace("0", "1", 1), lambda _t: "", lambda _t: "密钥"]
)
def test_a_mistyped_recovery_key_is_refused(change: Callable[[str], str]) -> None:
    with pytest.raises(InvalidInput, match=r"recovery\.key"):
        read_recovery_key(change(recovery_key(bytes(range(32)))))
