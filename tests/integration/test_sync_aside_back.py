"""Events that come back to the desk that set them aside: they are recognised, whatever was set aside beside them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from gridclient.domain.events import EventKind
from gridclient.services.enrolment import Grant
from gridclient.store.sync_rounds import SqliteSyncQueries
from tests.contract.stage import OTHER_TOWNSHIP, STREAM
from tests.fakes.sync_hub import FakeHub
from tests.fakes.toy_desk import ToyDesk, pending, proved, same_tables, toy_desk

READ = (Grant(STREAM),)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[ToyDesk]:
    with toy_desk(tmp_path / "desk") as made:
        made.enrol()
        yield made


@pytest.fixture
def neighbour(tmp_path: Path) -> Iterator[ToyDesk]:
    with toy_desk(tmp_path / "neighbour", 2) as made:
        made.enrol()
        yield made


def noted(desk: ToyDesk, case_id: str, words: str) -> None:
    desk.stage.record(EventKind.NOTED, case_id, {"text": words})


def aside(desk: ToyDesk) -> int:
    return SqliteSyncQueries(desk.profile.database, desk.sync.enrolment).set_aside().events


def words(hub: FakeHub) -> list[str]:
    return [json.loads(record.text)["text"] for record in hub.records(STREAM) if record.kind == EventKind.NOTED]


def test_the_desks_own_stick_brings_nothing_twice_that_was_set_aside(desk: ToyDesk, neighbour: ToyDesk) -> None:
    """The county brought it back when the desk had no right to its township any more."""
    hub = FakeHub()
    case_id = desk.stage.register("路灯不亮")
    desk.round(hub)
    noted(desk, case_id, "已到场")
    stick = desk.stick()
    noted(desk, case_id, "已离场")
    desk.enrol(Grant(f"t:{OTHER_TOWNSHIP}", writes=True))
    desk.sync.set_aside()
    for _ in range(2):
        assert desk.sync.take_unplaced(stick).acknowledged == 0
        assert (pending(desk), aside(desk)) == ((0, 0), 2)
    noted(desk, case_id, "搁置以后")
    desk.enrol()
    desk.round(hub)
    neighbour.round(hub)
    assert words(hub) == ["已到场", "已离场", "搁置以后"], "each event once"
    assert (pending(desk), aside(desk)) == ((0, 0), 0)
    assert same_tables((desk, neighbour)) and proved(desk, neighbour)


def test_what_the_hub_took_unheard_is_known_to_the_desk_that_may_only_read_now(
    desk: ToyDesk, neighbour: ToyDesk
) -> None:
    hub = FakeHub()
    case_id = desk.stage.register("路灯不亮")
    desk.round(hub)
    noted(desk, case_id, "已到场")
    assert desk.push(hub)
    noted(desk, case_id, "没有发出的")
    desk.enrol(*READ)
    desk.sync.set_aside()
    assert aside(desk) == 2
    desk.pull(hub)
    assert (pending(desk), aside(desk)) == ((0, 0), 1), "what the hub has is no longer set aside"
    desk.enrol()
    desk.round(hub)
    neighbour.round(hub)
    assert words(hub) == ["已到场", "没有发出的"], "each event once"
    assert same_tables((desk, neighbour)) and proved(desk, neighbour)
