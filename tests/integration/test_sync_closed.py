"""A township that a desk may not read any more: its cases stay, and it is known how fresh they are."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from gridclient.store.profile import open_profile
from gridclient.store.sync_rounds import SqliteSyncQueries
from gridclient.system import SystemClock
from tests.fakes.command_line import CommandLine
from tests.integration.test_cli_sync import OTHER_TOWNSHIP, TOWNSHIP, Desks, Hub, desks, hub, new_case, titles

__all__ = ["desks", "hub"]


def known(desk: CommandLine) -> tuple[Sequence[tuple[str, datetime]], datetime | None]:
    """What stands still at a desk, and how fresh the rest is."""
    profile = open_profile(desk.profile, now=SystemClock().now(), lock=False)
    try:
        queries = SqliteSyncQueries(profile.database)
        return queries.closed(), queries.fresh_as_of()
    finally:
        profile.close()


def test_a_right_that_is_taken_away_leaves_the_moment_until_it_comes_back(desks: Desks, hub: Hub) -> None:
    town, watcher = desks.make("a", "--township", TOWNSHIP), desks.make("b", "--supervisor")
    device = next(d["device"] for d in town.json("hub", "devices", "--db", hub.database).json if d["name"] == "b")
    rights = ("hub", "rights", device, "--db", hub.database)
    new_case(town, "路灯不亮")
    for desk in (town, watcher):
        assert desk.json("sync").status == 0
    none, fresh = known(watcher)
    assert not none
    assert town.json(*rights, "--unit", "公安", "--township", OTHER_TOWNSHIP).status == 0
    new_case(town, "井盖缺失")
    for desk in (town, watcher, watcher):
        assert desk.json("sync").status == 0
    assert known(watcher)[0] == [(TOWNSHIP, fresh)]
    assert titles(watcher) == {"路灯不亮"}
    assert town.json(*rights, "--supervisor").status == 0
    assert watcher.json("sync").status == 0
    assert not known(watcher)[0]
    assert titles(watcher) == {"路灯不亮", "井盖缺失"}
