"""A township that a desk may not read any more: its cases stay, and it is known how fresh they are."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import pytest

from gridclient.composition import open_desk
from gridclient.services.rows import CaseFilter, GridRow, Sort
from gridclient.store.profile import open_profile
from gridclient.store.sync_rounds import SqliteSyncQueries
from gridclient.system import SystemClock
from tests.fakes.command_line import CommandLine, copied, made_demo, new_case
from tests.integration.test_cli_sync import OTHER_TOWNSHIP, TOWNSHIP, Desks, desks, hub, serving, titles

__all__ = ["desks", "hub"]


def known(desk: CommandLine) -> tuple[Sequence[tuple[str, datetime]], datetime | None]:
    """What stands still at a desk, and how fresh the rest is."""
    profile = open_profile(desk.profile, now=SystemClock().now(), lock=False)
    try:
        queries = SqliteSyncQueries(profile.database)
        return queries.closed(), queries.fresh_as_of()
    finally:
        profile.close()


def areas(desk: CommandLine) -> Sequence[GridRow]:
    with open_desk(desk.profile, read_only=True) as opened:
        return opened.desk.reference.grids()


def still(desk: CommandLine) -> dict[str, datetime | None]:
    """Since when each case stands still, by its title."""
    with open_desk(desk.profile, read_only=True) as opened:
        queries = opened.desk.queries
        shown = queries.page(CaseFilter(), Sort(), limit=1000).rows
        return {row.title: queries.stands_since(row.id) for row in shown}


def test_a_right_that_is_taken_away_leaves_the_moment_until_it_comes_back(desks: Desks) -> None:
    town, watcher = desks.make("a", "--township", TOWNSHIP), desks.make("b", "--supervisor")
    device = desks.device("b")
    new_case(town, "路灯不亮")
    for desk in (town, watcher):
        assert desk.json("sync").status == 0
    none, fresh = known(watcher)
    assert not none
    assert desks.hub("rights", device, "--unit", "公安", "--township", OTHER_TOWNSHIP).status == 0
    new_case(town, "井盖缺失")
    for desk in (town, watcher, watcher):
        assert desk.json("sync").status == 0
    assert known(watcher)[0] == [(TOWNSHIP, fresh)]
    assert titles(watcher) == {"路灯不亮"}
    assert still(watcher) == {"路灯不亮": fresh}
    assert still(town) == {"路灯不亮": None, "井盖缺失": None}
    assert desks.hub("rights", device, "--supervisor").status == 0
    assert watcher.json("sync").status == 0
    assert not known(watcher)[0]
    assert titles(watcher) == {"路灯不亮", "井盖缺失"}
    assert set(still(watcher).values()) == {None}


def test_a_case_that_only_this_desk_has_can_be_worked_on_when_it_was_set_aside(desks: Desks) -> None:
    """Nobody else does anything in it, so it does not stand still."""
    town = desks.make("a", "--township", TOWNSHIP)
    assert town.json("sync").status == 0
    case = new_case(town, "路灯不亮")
    assert desks.hub("rights", desks.device("a"), "--township", OTHER_TOWNSHIP).status == 0
    assert town.json("sync").status == 3
    assert town.act(case, "note", text="又来电").status != 0
    assert town.json("sync", "--aside").status == 0
    assert still(town) == {"路灯不亮": None}
    assert town.act(case, "note", text="又来电").status == 0
    assert town.json("sync").json["aside"] == 2


def test_what_was_given_to_a_department_goes_on_when_it_may_not_read_the_rest_any_more(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, capsys: pytest.CaptureFixture[str]
) -> None:
    demo = copied(made_demo(tmp_path_factory.getbasetemp()), tmp_path / "demo")
    with serving(demo / "hub") as hub:
        first = CommandLine(demo, capsys)
        dispatched = first.json("cases", "list", "--state", "dispatched", "--limit", 1).json["cases"][0]
        unit, township = dispatched["unit"], f"371002{dispatched['grid'][6:9]}"
        desks = Desks(tmp_path, hub, capsys)
        desk = desks.make("b", "--township", township, township=township)
        assert desk.json("sync").status == 0
        given = {case["title"] for case in desk.json("cases", "list", "--unit", unit, "--limit", 500).json["cases"]}
        assert desks.hub("rights", desks.device("b"), "--unit", unit, "--township", township).status == 0
        assert all(desk.json("sync").status == 0 for _ in range(2))
        ((name, fresh),) = known(desk)[0]
        assert name == next(area.name for area in areas(desk) if area.code == township)
        found = still(desk)
        assert {found[title] for title in given} == {None}
        assert {at for title, at in found.items() if title not in given} == {fresh}


def test_a_right_that_showed_nothing_leaves_no_township_that_stands_still_when_it_ends(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, capsys: pytest.CaptureFixture[str]
) -> None:
    demo = copied(made_demo(tmp_path_factory.getbasetemp()), tmp_path / "demo")
    with serving(demo / "hub") as hub:
        first = CommandLine(demo, capsys)
        cases = first.json("cases", "list", "--state", "dispatched", "--limit", 100).json["cases"]
        unit, township = cases[0]["unit"], f"371002{cases[0]['grid'][6:9]}"
        stranger = next(case["unit"] for case in cases if case["unit"][:9] not in (township, unit[:9]))
        desks = Desks(tmp_path, hub, capsys)
        desk = desks.make("b", "--unit", unit, "--township", township, township=township)
        assert desk.json("sync").status == 0
        device = desks.device("b")
        stood = []
        for now in (stranger, unit):
            assert desks.hub("rights", device, "--township", township, "--unit", now).status == 0
            assert all(desk.json("sync").status == 0 for _ in range(2))
            stood.append((len(known(desk)[0]), sum(at is not None for at in still(desk).values())))
        assert stood == [(1, len(still(desk))), (0, 0)]
