"""A store of the first version opens with everything that is in it and goes on, also with a hub.

``tests/data/store-1.db`` was written by the program of that version: four cases of ``tests.contract.stage``.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from gridclient.services.rows import CaseFilter
from gridclient.store import profile as profiles
from gridclient.store.profile import open_profile
from gridclient.store.schema import VERSION, version_of
from gridclient.store.verify import verify
from tests.contract.stage import DEVICE, NOW, UNITS
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
