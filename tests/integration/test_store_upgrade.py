"""A store of the first version opens with everything that is in it and goes on, also with a hub.

``tests/data/store-1.db`` was written by the program of that version: four cases of ``tests.contract.stage``.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from sqlite_utils.migrations import Migrations

from gridclient.services.rows import CaseFilter, SavedView, Sort
from gridclient.services.sync_port import OriginKey
from gridclient.store import migrations
from gridclient.store import profile as profiles
from gridclient.store.driver import UNFIT_VALUES, Connection, Use, open_connection, schema_tool
from gridclient.store.places import misplaced
from gridclient.store.profile import open_profile
from gridclient.store.schema import VERSION, version_of
from gridclient.store.sync_carrying import carried_origins, signed_end
from gridclient.store.sync_lost import lost_places, next_lost
from gridclient.store.verify import verify
from tests.contract.stage import DEVICE, NOW, UNITS, opened
from tests.fakes.sync_hub import FakeHub
from tests.fakes.toy_desk import desk_on, make_profile, same_tables, toy_desk

OLD = Path(__file__).resolve().parents[1] / "data" / "store-1.db"


def test_a_store_of_the_first_version_opens_whole_and_is_synchronised(tmp_path: Path) -> None:
    folder, hub = tmp_path / "old", FakeHub()
    make_profile(folder, 1)
    profiles._write_identity(
        folder / "profile.json",
        profiles._Identity(DEVICE.id, DEVICE.short, 1, profiles._key_check(bytes(range(32))), NOW.isoformat()),
    )
    shutil.copyfile(OLD, folder / "store.db")
    with open_profile(folder, now=NOW) as profile, toy_desk(tmp_path / "new", 2) as other:
        with profile.database.reader() as connection:
            assert version_of(connection) == VERSION
        desk = desk_on(profile, 4)
        assert verify(profile.database).problems == ()
        assert sorted(desk.stage.titles(CaseFilter())) == ["占道经营", "噪音扰民", "暴露垃圾", "路灯不亮"]
        desk.stage.give_back(desk.stage.ids(CaseFilter(text="占道"))[0], UNITS[0])
        desk.stage.dispatched("新的", UNITS[2])
        for player in (desk, other):
            player.enrol()
            player.round(hub)
        assert not desk.sync.unsent_origins()
        assert same_tables([desk, other]) and verify(profile.database).ok and verify(other.profile.database).ok
    assert next(path.name for path in (folder / "backups").iterdir()).startswith("before-upgrade-")


def older_store(file: Path, version: int) -> Connection:
    """A store as the program of this version made it."""
    older = Migrations("gridclient.store")
    for step in sorted(name for name in vars(migrations) if name.startswith("m00"))[:version]:
        older(name=step)(getattr(migrations, step))
    connection = open_connection(file, bytes(32), Use.WRITING)
    older.apply(schema_tool(connection))
    return connection


def test_signatures_that_were_kept_under_their_names_are_found_after_an_upgrade(tmp_path: Path) -> None:
    connection = older_store(tmp_path / "old.db", 4)
    connection.execute("INSERT INTO subjects VALUES (1, x'01')")
    for no, own in ((1, 1), (2, 0)):
        columns, row = "no, stream, device, incarnation, own, seq, hlc, hash", (no, "t:1", f"desk{no}", own)
        connection.execute(f"INSERT INTO origins({columns}) VALUES (?, ?, ?, 0, ?, 3, 9, x'')", row)
        for seq in (1, 2, 3):
            connection.execute(
                "INSERT INTO events VALUES (?, ?, ?, ?, 'noted', 1, 1, 0, 'a', '{}', x'', NULL)",
                (10 * no + seq, no, seq, 100 * no + seq),
            )
    kept = {
        "head/2/0000000000000003": "aa03",
        "stick/2/2": "bb02",
        "lost/13": "40",
        "lost/23": "41",
        "lostat/t:1/0000000000000041/23": "23",
        "sync.file.abc": "7",
        "desk.name": "席位",
    }
    connection.executemany("INSERT INTO desk_values VALUES (?, ?)", kept.items())
    migrations.upgrade(connection)
    assert carried_origins(connection) == [(OriginKey("t:1", "desk2", 0), 1)]
    assert (signed_end(connection, 2, 1), signed_end(connection, 2, 3)) == ((2, b"\xbb\x02"), None)
    assert (lost_places(connection, 1, 1, 3), lost_places(connection, 2, 1, 3)) == ({3: 40}, {3: 41})
    assert (next_lost(connection, "t:1", 0), next_lost(connection, "t:1", 41)) == (41, None)
    assert connection.execute("SELECT * FROM heads").fetchall() == [(2, 3, b"\xaa\x03")]
    assert connection.execute("SELECT * FROM desk_values").fetchall() == [("desk.name", "席位")]
    connection.close()


def test_an_area_that_was_kept_with_its_box_keeps_all_else_after_an_upgrade(tmp_path: Path) -> None:
    connection = older_store(tmp_path / "old.db", 6)
    for table in ("divisions", "grids"):
        connection.execute(
            f"INSERT INTO {table}(code, name, initials, geometry, west, south, east, north, source_crs, schematic) "
            "VALUES ('371002001', '鲸园', 'jy', x'01', 122.0, 37.4, 122.2, 37.6, 'gcj02', 1)"
        )
    migrations.upgrade(connection)
    for table in ("divisions", "grids"):
        kept = connection.execute(f"SELECT code, name, initials, geometry, source_crs, schematic FROM {table}")
        assert kept.fetchall() == [("371002001", "鲸园", "jy", b"\x01", "gcj02", 1)]
    connection.close()


def test_places_that_stood_in_the_log_stand_beside_it_after_an_upgrade(tmp_path: Path) -> None:
    connection = older_store(tmp_path / "old.db", 8)
    row = "INSERT INTO events VALUES (?, ?, ?, ?, 'noted', 1, 1, 0, 'a', '{}', x'', ?)"
    connection.executemany(row, [(1, 1, 1, 7, 40), (2, 2, 5, 8, None), (3, 1, 2, 9, 41), (4, 1, 3, 9, None)])
    migrations.upgrade(connection)
    assert connection.execute("SELECT * FROM places ORDER BY pos").fetchall() == [(1, 40), (3, 41)]
    assert connection.execute("SELECT * FROM waiting").fetchall() == [(1, 3, 9, 4), (2, 5, 8, 2)]
    assert misplaced(connection) == []
    connection.close()


def test_a_view_that_another_version_saved_hides_no_other(tmp_path: Path) -> None:
    with opened("sqlite", tmp_path) as stage:
        for name in ("夜班", "早班"):
            stage.settings.keep_view(SavedView(name, CaseFilter(level=1), Sort()))
        with stage.database.writer() as connection:
            connection.execute("UPDATE views SET body = replace(body, 'level', 'mood') WHERE name = '夜班'")
        assert [view.name for view in stage.queries.views()] == ["早班"]


@pytest.mark.parametrize(
    "written",
    [
        "UPDATE cases SET level = '第三级'",
        "UPDATE events SET seq = 1",
        "UPDATE parts SET case_no = 999",
    ],
    ids=["words for a number", "another event of the same number", "a part of no case"],
)
def test_the_file_itself_refuses_what_no_program_may_write(tmp_path: Path, written: str) -> None:
    with opened("sqlite", tmp_path) as stage:
        stage.dispatched()
        with pytest.raises(UNFIT_VALUES), stage.database.writer() as connection:
            connection.execute(written)
