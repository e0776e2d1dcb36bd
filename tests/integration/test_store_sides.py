"""Two desks acted on one case: each sees which side is its own, and which step does not count."""

from __future__ import annotations

from gridclient.domain.events import EventKind
from gridclient.store.histories import Histories
from tests.contract.stage import UNITS
from tests.fakes.sync_hub import FakeHub
from tests.fakes.toy_desk import Desks, ToyDesk


def sides(desk: ToyDesk, case_id: str) -> list[tuple[bool, bool]]:
    """Of each conflict of a case, whether the first side is the desk's own and whether the later one is."""
    with desk.profile.database.reader() as connection:
        return [
            (view.first.mine, view.later.mine) for view in Histories().contentions(connection, case_id, desk.device)
        ]


def test_each_desk_sees_which_side_is_its_own_and_which_step_waits(desks: Desks, hub: FakeHub) -> None:
    one, two = desks
    for desk in desks:
        desk.enrol()
    case_id = one.stage.register()
    one.stage.file(case_id)
    for desk in desks:
        desk.round(hub)
    one.stage.dispatch(case_id, UNITS[0])
    two.stage.dispatch(case_id, UNITS[1])
    for desk in (one, two, one):
        desk.round(hub)
    assert (sides(one, case_id), sides(two, case_id)) == ([(True, False)], [(False, True)])
    for desk in desks:
        assert [entry.refused for entry in desk.stage.queries.timeline(case_id)] == [False, False, False, True]


def test_a_photo_stays_with_the_case_when_taking_it_back_came_too_late(desks: Desks, hub: FakeHub) -> None:
    one, two = desks
    for desk in desks:
        desk.enrol()
    case_id = one.stage.register()
    one.stage.record(EventKind.ATTACHED, case_id, {"sha256": "a" * 64, "name": "近景.jpg"})
    for desk in desks:
        desk.round(hub)
    two.stage.record(EventKind.NOTED, case_id, {"text": "已到现场"})
    two.round(hub)
    one.stage.undo(case_id)
    one.round(hub)
    assert one.stage.case(case_id).attachments == 1
    assert [photo["name"] for photo in one.stage.queries.attachments(case_id)] == ["近景.jpg"]
