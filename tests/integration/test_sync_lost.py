"""What stood where before a hub was restored: kept for the event that stood there, and found without reading it all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gridclient.domain.events import EventDraft, EventKind
from gridclient.services.sync_port import OriginKey
from gridclient.store.driver import Connection
from gridclient.store.sync_lost import lost_places, next_lost
from tests.contract.stage import STREAM, TOWNSHIP
from tests.fakes.sync_hub import FakeHub
from tests.fakes.toy_desk import Desks, ToyDesk, proved

_MANY, _AT_ONCE = 1000, 10


def test_what_is_written_where_a_withdrawn_event_stood_did_not_stand_there(desks: Desks) -> None:
    one, two = desks
    hub, restored = FakeHub(), FakeHub()
    one.stage.register("丢")
    one.round(hub)
    two.round(hub)
    two.sync.restart_feed(STREAM)
    two.pull(restored)
    with two.profile.database.reader() as connection:
        assert next_lost(connection, STREAM, 0) == 1
    (gone,) = positions(two)
    two.sync.withdraw(OriginKey(STREAM, one.device, 1), 1, forked=True)
    two.stage.register("新")
    assert positions(two) == [gone], "the place in the log was not used again: this proves nothing"
    ((origin, first),) = two.sync.unsent_origins()
    assert two.sync.unsent(origin, first, 10).stood == 0
    with two.profile.database.reader() as connection:
        assert next_lost(connection, STREAM, 0) is None
    assert proved(two)


def test_the_next_lost_event_is_that_of_another_desk_behind_the_position_that_has_no_place_yet(desks: Desks) -> None:
    one, two = desks
    hub, restored = FakeHub(), FakeHub()
    for number, desk in enumerate((one, two, one, two, one)):
        desk.stage.register(f"第{number}件")
        desk.round(hub)
    two.pull(hub)
    two.sync.restart_feed(STREAM)
    two.pull(restored)
    with two.profile.database.reader() as connection:
        assert [next_lost(connection, STREAM, position) for position in range(6)] == [1, 3, 3, 5, 5, None]
        assert next_lost(connection, "another", 0) is None
    one.sync.restart_feed(STREAM)
    one.pull(restored)
    assert one.push(restored)
    two.pull(restored)
    with two.profile.database.reader() as connection:
        assert next_lost(connection, STREAM, 0) is None, "they all have their places again"


def test_looking_up_a_few_lost_events_does_not_read_them_all(desks: Desks) -> None:
    one, two = desks
    hub, restored = FakeHub(), FakeHub()
    with one.stage.work() as unit_of_work:
        for number in range(_MANY):
            payload = {"number": f"{TOWNSHIP}-20261120-01{number:04d}", "facts": {"title": f"第{number}件"}}
            unit_of_work.record(EventDraft(EventKind.REGISTERED, one.stage.new_id(), STREAM, "t", payload))
    one.round(hub)
    two.pull(hub)
    two.sync.restart_feed(STREAM)
    two.pull(restored)
    with two.profile.database.reader() as connection:
        no = connection.execute("SELECT no FROM origins WHERE own = 0").fetchone()[0]
    assert lost(two, lambda connection: next_lost(connection, STREAM, 5)) == (6, True)
    assert lost(two, lambda connection: lost_places(connection, no, 3, 5)) == ({3: 3, 4: 4, 5: 5}, True)


def lost(desk: ToyDesk, look: Callable[[Connection], object]) -> tuple[object, bool]:
    """What was found, and whether with fewer steps of the database's machine than there are lost events."""
    steps = [0]

    def count() -> None:
        steps[0] += _AT_ONCE

    with desk.profile.database.reader() as reader:
        connection: Any = reader
        connection.set_progress_handler(count, _AT_ONCE)
        try:
            found = look(connection)
        finally:
            connection.set_progress_handler(None, 0)
    return found, steps[0] < _MANY


def positions(desk: ToyDesk) -> list[int]:
    with desk.profile.database.reader() as connection:
        return [row[0] for row in connection.execute("SELECT pos FROM events ORDER BY pos")]
