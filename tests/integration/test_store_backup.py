"""Backups: whole while others write, rotating, and only after changes."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from datetime import UTC, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlcipher3 import dbapi2

from gridclient.domain.errors import InvalidInput, StoreUnavailable
from gridclient.store.audit import append_line
from gridclient.store.backup import back_up, back_up_if_due, restore, to_drop
from gridclient.store.driver import Connection, Database
from gridclient.store.log import Device
from gridclient.store.packs import mark_pending
from gridclient.store.profile import Profile, create_profile
from gridclient.store.reference import touch_reference
from gridclient.store.reference_exchange import record_changes
from gridclient.store.verify import verify
from tests.fakes.backed_up import NOW, is_the_owners_only, opened_store, register, titles


@pytest.fixture
def profile(tmp_path: Path) -> Iterator[Profile]:
    with create_profile(tmp_path / "desk", now=NOW) as made:
        yield made


def test_a_backup_is_the_store_of_its_moment(profile: Profile, tmp_path: Path) -> None:
    register(profile, "甲", "乙")
    back_up(profile, tmp_path / "a.gridbackup")
    register(profile, "丙")
    with opened_store(tmp_path / "a.gridbackup", profile.key) as copy:
        assert titles(copy) == ["甲", "乙"]
        assert verify(copy).ok
    assert is_the_owners_only(tmp_path / "a.gridbackup")
    assert b"case_registered" not in (tmp_path / "a.gridbackup").read_bytes()


def test_a_backup_takes_the_place_of_a_store_that_lost_a_table(profile: Profile, tmp_path: Path) -> None:
    register(profile, "甲")
    back_up(profile, tmp_path / "a.gridbackup")
    with profile.database.writer() as connection:
        connection.execute("DROP TABLE counters")
    restore(profile, tmp_path / "a.gridbackup", now=NOW)
    assert titles(profile.database) == ["甲"]


class _WorkGoesOn:
    """A connection during whose backup somebody writes."""

    def __init__(self, connection: Any, work: Callable[[], None]) -> None:
        self._connection = connection
        self._work = work

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)

    def backup(self, target: object) -> None:
        self._work()
        self._connection.backup(target)


def test_writers_go_on_while_a_backup_is_made(
    profile: Profile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    register(profile, "甲")
    source = _WorkGoesOn(profile.database.separate_connection(), lambda: register(profile, "其间"))
    monkeypatch.setattr(profile.database, "separate_connection", lambda: source)
    back_up(profile, tmp_path / "a.gridbackup")
    with opened_store(tmp_path / "a.gridbackup", profile.key) as copy:
        assert titles(copy) == ["甲"] and len(titles(profile.database)) == 2
        assert verify(copy).ok


def test_a_backup_overwrites_nothing(profile: Profile, tmp_path: Path) -> None:
    (tmp_path / "a.gridbackup").write_text("mine")
    with pytest.raises(InvalidInput, match=r"backup\.exists"):
        back_up(profile, tmp_path / "a.gridbackup")
    assert (tmp_path / "a.gridbackup").read_text() == "mine"


def test_what_a_power_cut_left_of_a_backup_does_not_keep_the_next_one_out(profile: Profile, tmp_path: Path) -> None:
    """It may as well be somebody's own file of that name, so it stays."""
    (tmp_path / "a.gridbackup.part").write_text("mine")
    back_up(profile, tmp_path / "a.gridbackup")
    assert sorted(path.name for path in tmp_path.glob("a.*")) == ["a.gridbackup", "a.gridbackup.part"]
    assert (tmp_path / "a.gridbackup.part").read_text() == "mine"


def test_a_stick_that_is_not_there_becomes_no_folder(profile: Profile, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"backup\.no_folder"):
        back_up(profile, tmp_path / "stick" / "a.gridbackup")
    assert not (tmp_path / "stick").exists()


@pytest.mark.parametrize(
    ("text", "code"), [("database or disk is full", "store.disk_full"), ("disk I/O error", "store.disk_failed")]
)
def test_a_full_disk_under_a_backup_is_the_disks_fault_and_leaves_nothing(
    profile: Profile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, code: str
) -> None:
    """A copy that SQLite gives up comes without the number of its error: raised here as it is for a stick of 2 MB."""

    class Full:
        def backup(self, _target: Any) -> None:
            raise dbapi2.OperationalError(text)

        def execute(self, _sql: str) -> Full:
            return self

        def fetchone(self) -> None: ...
        def close(self) -> None: ...

    monkeypatch.setattr(Database, "separate_connection", lambda _self: Full())
    with pytest.raises(StoreUnavailable, match=code.replace(".", r"\.")):
        back_up(profile, tmp_path / "a.gridbackup")
    assert not list(tmp_path.glob("a.*"))


@pytest.mark.skipif(sys.platform == "win32", reason="limits of file sizes are a matter of POSIX")
def test_a_disk_that_ends_while_a_foreign_backup_gets_this_desks_key_is_the_disks_fault(
    profile: Profile, tmp_path: Path
) -> None:
    import resource

    register(profile, "甲")
    back_up(profile, tmp_path / "a.gridbackup")
    size = (tmp_path / "a.gridbackup").stat().st_size
    copy = Database(tmp_path / "a.gridbackup", profile.key)
    before, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size // 2, most))
    try:
        with pytest.raises(StoreUnavailable, match=r"store\.disk_full"):
            copy.change_key(bytes(32))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (before, most))


def test_automatic_backups_come_every_half_hour_and_only_after_changes(profile: Profile) -> None:
    register(profile, "甲")
    first = back_up_if_due(profile, NOW)
    assert first is not None
    register(profile, "乙")
    assert back_up_if_due(profile, NOW + timedelta(minutes=29)) is None
    second = back_up_if_due(profile, NOW + timedelta(minutes=30))
    assert second is not None
    assert back_up_if_due(profile, NOW + timedelta(hours=5)) is None
    assert sorted(profile.backups.glob("*.gridbackup")) == [first, second]


@pytest.mark.parametrize(
    "change",
    [
        lambda connection, _device: append_line(connection, at=NOW, actor="yin", what="exported", subject="x"),
        lambda connection, _device: touch_reference(connection),
        lambda connection, device: record_changes(connection, device, actor="system", now=NOW),
        lambda connection, _device: mark_pending(connection, [(1, False)]),
    ],
    ids=["a line of the record", "a list", "an event of no case", "the hub has a case"],
)
def test_whatever_is_written_stands_in_the_next_automatic_backup(
    profile: Profile, change: Callable[[Connection, Device], object]
) -> None:
    register(profile, "甲")
    with profile.database.writer() as connection:
        connection.execute("INSERT INTO calendar_days(day, working, name) VALUES ('2027-01-01', 0, '元旦')")
    back_up_if_due(profile, NOW)
    with profile.database.writer() as connection:
        change(connection, profile.device)
    assert back_up_if_due(profile, NOW + timedelta(hours=1)) is not None


@pytest.mark.parametrize("left", ["", "nonsense", "7", "[7, 7]", '["soon", ""]'])
def test_a_note_of_the_last_backup_that_cannot_be_read_does_not_stop_the_next_one(profile: Profile, left: str) -> None:
    (profile.backups / "last.json").write_text(left)
    assert back_up_if_due(profile, NOW) is not None
    assert back_up_if_due(profile, NOW + timedelta(hours=1)) is None


def test_an_automatic_backup_is_named_by_chinas_clock_and_drops_what_need_not_be_kept(profile: Profile) -> None:
    for name in ("auto-20200101-0000", "manual-20200101-0000"):
        (profile.backups / f"{name}.gridbackup").touch()
    made = back_up_if_due(profile, NOW.astimezone(UTC))
    assert made is not None and made.name == "auto-20261120-1400.gridbackup"
    assert {path.stem for path in profile.backups.glob("*.gridbackup")} == {made.stem, "manual-20200101-0000"}


def test_what_power_cuts_left_of_automatic_backups_does_not_fill_the_disk(profile: Profile) -> None:
    for name in ("auto-20261120-1330.gridbackup.0a1b2c3d.part", "auto-20261120-1330.gridbackup.0a1b2c3d.part-journal"):
        (profile.backups / name).touch()
    made = back_up_if_due(profile, NOW)
    assert made is not None
    assert {path.name for path in profile.backups.iterdir()} == {made.name, "last.json"}


def test_a_clock_that_was_ahead_does_not_stop_automatic_backups(profile: Profile) -> None:
    register(profile, "甲")
    back_up_if_due(profile, NOW + timedelta(days=400))
    register(profile, "乙")
    assert back_up_if_due(profile, NOW) is not None


def test_rotation_keeps_today_fourteen_days_and_eight_weeks() -> None:
    at = [NOW - timedelta(minutes=30) * n for n in range(48 * 100)]
    files = [Path(f"auto-{taken:%Y%m%d-%H%M}.gridbackup") for taken in at]
    dropped = set(to_drop([*files, Path("auto-20269999-9999.gridbackup"), Path("mine.gridbackup")], NOW))
    kept = sorted(path.name[5:18] for path in files if path not in dropped)
    today = [name for name in kept if name.startswith("20261120")]
    days = [name for name in kept if "20261106" <= name[:8] < "20261120"]
    weeks = [name for name in kept if name[:8] < "20261106"]
    assert len(today) == 29
    assert len(days) == 14 and {name[-4:] for name in days} == {"2330"}
    assert len(weeks) == 6 and weeks[0] >= "20260925"  # the last two weeks have their days
    assert Path("mine.gridbackup") not in dropped


def test_backups_of_a_clock_that_was_ahead_and_of_the_last_day_of_the_eighth_week_are_kept() -> None:
    days = [NOW + timedelta(days=1), NOW - timedelta(weeks=8), NOW - timedelta(weeks=8, days=7)]
    ahead, last, older = ([Path(f"auto-{day:%Y%m%d}-{hour}.gridbackup") for hour in ("0800", "0900")] for day in days)
    assert set(to_drop([*ahead, *last, *older], NOW)) == {last[0], *older}


def test_a_backup_of_a_store_that_was_edited_by_hand_comes_back_and_says_so(profile: Profile, tmp_path: Path) -> None:
    """There may be no other backup, and the store that stands is no better."""
    register(profile, "甲")
    hand = profile.database.separate_connection()
    hand.execute("PRAGMA query_only = OFF")
    hand.execute("INSERT INTO units(code, name) VALUES ('x', '手工加的')")
    hand.close()
    back_up(profile, tmp_path / "a.gridbackup")
    restore(profile, tmp_path / "a.gridbackup", now=NOW)
    assert titles(profile.database) == ["甲"]
    assert verify(profile.database).problems == ("seal units",)
