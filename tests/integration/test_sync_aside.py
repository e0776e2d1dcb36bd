"""Work that the hub takes from this desk no more: it is named, and set aside without being lost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from gridclient.domain.case import CaseState
from gridclient.domain.events import EventDraft, EventKind
from gridclient.services.enrolment import REFERENCE, Grant
from gridclient.services.rows import CaseFilter, PutAside
from gridclient.services.sync_port import Refused
from gridclient.store.attachments import AttachmentStore
from gridclient.store.enrolment_file import write_enrolment
from gridclient.store.log import Appender
from gridclient.store.sync_rounds import SqliteSyncQueries
from gridclient.sync.bundle import SUFFIX
from gridclient.sync.stick import export_bundle
from tests.contract.stage import NOW, OTHER_TOWNSHIP, STREAM, TOWNSHIP, UNITS
from tests.fakes.sync_hub import FakeHub
from tests.fakes.toy_desk import ToyDesk, give_stick_key, pending, proved, same_tables, toy_desk

OTHER = f"t:{OTHER_TOWNSHIP}"
BOTH = (Grant(STREAM, writes=True), Grant(OTHER, writes=True))
PART = (Grant(STREAM, writes=True, unit=UNITS[0]),)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[ToyDesk]:
    with toy_desk(tmp_path / "desk") as made:
        yield made


@pytest.fixture
def neighbour(tmp_path: Path) -> Iterator[ToyDesk]:
    with toy_desk(tmp_path / "neighbour", 2) as made:
        made.enrol(*BOTH)
        yield made


@pytest.fixture
def hub() -> FakeHub:
    return FakeHub()


def lamps(desk: ToyDesk) -> SqliteSyncQueries:
    return SqliteSyncQueries(desk.profile.database, desk.sync.enrolment)


def of_neighbour(desk: ToyDesk, title: str = "井盖缺失") -> str:
    """A new case of the township that the desk does not report."""
    case_id = desk.stage.new_id()
    desk.stage.record(EventKind.REGISTERED, case_id, desk.stage.registration(title), stream=OTHER)
    return case_id


def step(desk: ToyDesk, case_id: str, words: str = "已电话告知") -> None:
    desk.stage.record(EventKind.NOTED, case_id, {"text": words}, stream=desk.stage.case(case_id).stream)


def test_a_case_of_a_township_that_the_desk_does_not_report_is_named_and_can_be_set_aside(
    desk: ToyDesk, hub: FakeHub
) -> None:
    mine, theirs = desk.stage.register("路灯不亮"), of_neighbour(desk)
    step(desk, theirs)
    desk.enrol()
    assert lamps(desk).refused() == [Refused(OTHER_TOWNSHIP, OTHER_TOWNSHIP, 2, 1)]
    assert desk.sync.set_aside().cases == {theirs}
    assert lamps(desk).set_aside().numbers == (desk.stage.case(theirs).number,)
    assert (lamps(desk).refused(), pending(desk), lamps(desk).set_aside()[:2]) == ([], (1, 1), (2, 1))
    desk.round(hub)
    assert (pending(desk), [record.subject for record in hub.records(STREAM)]) == ((0, 0), [mine])
    assert {*desk.stage.ids(CaseFilter())} == {mine, theirs} and proved(desk)


def test_what_was_set_aside_goes_when_the_right_comes(desk: ToyDesk, neighbour: ToyDesk, hub: FakeHub) -> None:
    theirs = of_neighbour(desk)
    step(desk, theirs)
    desk.enrol()
    desk.sync.set_aside()
    step(desk, theirs, "又来电")
    assert pending(desk) == (1, 1)
    desk.enrol(*BOTH)
    assert (pending(desk), lamps(desk).set_aside()[:2]) == ((3, 1), (0, 0))
    desk.round(hub)
    neighbour.round(hub)
    assert pending(desk) == (0, 0)
    assert same_tables((desk, neighbour)) and proved(desk, neighbour)


@pytest.mark.parametrize(
    ("back", "goes"),
    [
        ((Grant(STREAM, writes=True),), {STREAM: 4}),
        ((Grant(OTHER, writes=True),), {OTHER: 1}),
        (PART, {STREAM: 1}),
        ((*PART, Grant(OTHER, writes=True)), {STREAM: 1, OTHER: 1}),
        ((Grant(STREAM, writes=True), Grant(OTHER, writes=True, unit=UNITS[0])), {STREAM: 4}),
        ((Grant(STREAM), Grant(OTHER, writes=True)), {OTHER: 1}),
    ],
)
def test_when_half_of_the_rights_come_back_half_of_what_was_set_aside_goes_and_the_rest_later(
    desk: ToyDesk, neighbour: ToyDesk, hub: FakeHub, back: tuple[Grant, ...], goes: dict[str, int]
) -> None:
    """Two townships, of one of which it may be only what a unit does there."""
    handed = neighbour.stage.dispatched("路灯不亮", UNITS[0])
    neighbour.round(hub)
    desk.enrol(*BOTH)
    desk.pull(hub)
    mine = desk.stage.register("井盖缺失")
    theirs = of_neighbour(desk, "路面塌陷")
    step(desk, handed, "已到场")
    step(desk, mine)
    desk.enrol(Grant("t:371002009", writes=True))
    desk.sync.set_aside()
    step(desk, mine, "又来电")
    desk.sync.begin_round()
    assert (pending(desk)[0], lamps(desk).set_aside().events) == ((0, 5))

    def sent() -> dict[str, int]:
        found = {stream: [r for r in hub.records(stream) if r.key.device == desk.device] for stream in (STREAM, OTHER)}
        return {stream: len(records) for stream, records in found.items() if records}

    desk.enrol(*back)
    assert (pending(desk)[0], lamps(desk).set_aside().events) == (sum(goes.values()), 5 - sum(goes.values()))
    desk.round(hub)
    assert (sent(), pending(desk), lamps(desk).refused()) == (goes, (0, 0), []) and proved(desk)
    desk.enrol(*BOTH)
    desk.round(hub)
    neighbour.round(hub)
    assert (sent(), pending(desk), lamps(desk).set_aside().events) == ({STREAM: 4, OTHER: 1}, (0, 0), 0)
    assert {*desk.stage.ids(CaseFilter())} == {handed, mine, theirs}
    assert same_tables((desk, neighbour)) and proved(desk, neighbour)


def test_what_is_done_in_a_case_that_was_set_aside_follows_it_and_comes_behind_it(
    desk: ToyDesk, neighbour: ToyDesk, hub: FakeHub
) -> None:
    theirs = of_neighbour(desk)
    step(desk, theirs, "误记")
    desk.enrol()
    desk.sync.set_aside()
    last = desk.stage.case(theirs).last
    assert last is not None
    desk.stage.record(EventKind.UNDONE, theirs, {"target": list(last)}, stream=OTHER)
    of_neighbour(desk, "路面塌陷")
    step(desk, theirs, "又来电")
    assert pending(desk) == (3, 2)
    desk.sync.begin_round()
    assert (pending(desk), lamps(desk).set_aside()[:2]) == ((1, 1), (4, 1)), "the other case still waits for a decision"
    desk.enrol(*BOTH)
    desk.round(hub)
    neighbour.round(hub)
    kinds = [record.kind for record in hub.records(OTHER) if record.subject == theirs]
    assert kinds == [EventKind.REGISTERED, EventKind.NOTED, EventKind.UNDONE, EventKind.NOTED]
    assert neighbour.stage.case(theirs).refused == () == desk.stage.case(theirs).refused
    assert same_tables((desk, neighbour)) and proved(desk, neighbour)


def test_a_right_that_was_taken_away_leaves_steps_that_are_set_aside_and_what_came_before_stays(
    desk: ToyDesk, neighbour: ToyDesk, hub: FakeHub
) -> None:
    desk.enrol(*BOTH)
    theirs = of_neighbour(desk)
    desk.round(hub)
    step(desk, theirs)
    desk.enrol()
    assert desk.sync.set_aside().cases == {theirs}
    assert (pending(desk), lamps(desk).set_aside()[:2]) == ((0, 0), (1, 1))
    desk.enrol(*BOTH)
    desk.round(hub)
    neighbour.round(hub)
    assert same_tables((desk, neighbour)) and proved(desk, neighbour)


def test_a_townships_desk_that_becomes_a_units_goes_on_behind_what_only_a_township_may_do(
    desk: ToyDesk, hub: FakeHub
) -> None:
    """The hub takes a chain in its order: one step that is refused holds up all that the unit does from then on."""
    desk.enrol(*BOTH)
    handed = desk.stage.register("路灯不亮")
    desk.stage.file(handed)
    desk.stage.dispatch(handed, UNITS[0])
    desk.round(hub)
    desk.stage.register("没有上报的")
    desk.stage.record(EventKind.NOTED, handed, {"text": "已到场"})
    desk.enrol(*PART)
    desk.pull(hub)
    (found,) = lamps(desk).refused()
    assert (found.unit, found.events, found.cases) == (UNITS[0], 1, 1)
    desk.sync.set_aside()
    assert (pending(desk), lamps(desk).set_aside()[:2]) == ((1, 1), (1, 1))
    desk.round(hub)
    assert (pending(desk), len(hub.records(STREAM))) == ((0, 0), 4)
    assert proved(desk)


def test_a_units_step_that_was_set_aside_goes_when_the_unit_has_its_right_again(
    desk: ToyDesk, neighbour: ToyDesk, hub: FakeHub
) -> None:
    handed = neighbour.stage.dispatched("路灯不亮", UNITS[0])
    neighbour.round(hub)
    desk.enrol(*PART)
    desk.pull(hub)
    mine = desk.stage.register("不归单位登记的")
    desk.stage.record(EventKind.SIGNED, handed, {"unit": UNITS[0]})
    desk.enrol(Grant(OTHER, writes=True, unit=UNITS[0]))
    assert desk.sync.set_aside().cases == {mine, handed}
    desk.enrol(*PART)
    assert (pending(desk), lamps(desk).set_aside().events) == ((1, 1), 1)
    step(desk, mine)
    desk.sync.begin_round()
    assert (pending(desk), lamps(desk).set_aside().events) == ((1, 1), 2)
    desk.round(hub)
    neighbour.round(hub)
    assert neighbour.stage.case(handed).state == desk.stage.case(handed).state == CaseState.HANDLING
    assert proved(desk, neighbour)


def test_a_case_that_only_this_desk_handed_to_its_unit_waits_for_nothing_when_it_is_set_aside(
    desk: ToyDesk, hub: FakeHub
) -> None:
    """The hub does not know of the dispatch, so it refuses the unit's steps, and all behind them."""
    case_id = desk.stage.dispatched("没有上报的", UNITS[0])
    desk.enrol(*PART)
    desk.sync.set_aside()
    desk.stage.record(EventKind.SIGNED, case_id, {"unit": UNITS[0]})
    assert [found.events for found in lamps(desk).refused()] == [1]
    desk.sync.begin_round()
    assert (pending(desk), lamps(desk).set_aside().events) == ((0, 0), 4)
    desk.enrol()
    desk.round(hub)
    kinds = [record.kind for record in hub.records(STREAM)]
    assert kinds == [EventKind.REGISTERED, EventKind.FILED, EventKind.DISPATCHED, EventKind.SIGNED]
    assert proved(desk)


def test_reference_data_of_a_county_that_sends_none_any_more_waits_no_longer(desk: ToyDesk) -> None:
    desk.enrol(Grant(REFERENCE, writes=True))
    with desk.profile.database.writer() as connection:
        appender = Appender(connection, desk.profile.device)
        appender.append_new(EventDraft(EventKind.REFERENCE, "", REFERENCE, "admin", {}), [("ref:units", "{}")], NOW)
        appender.flush()
    assert pending(desk)[0] == 1
    desk.enrol(Grant(REFERENCE))
    assert [(found.code, found.events, found.cases) for found in lamps(desk).refused()] == [(REFERENCE, 1, 0)]
    assert lamps(desk).held_cases(aside=False) == ()
    desk.sync.set_aside()
    assert pending(desk)[0] == 0 and proved(desk)
    assert lamps(desk).set_aside() == PutAside(1), "a list is no case"


def test_the_photos_of_what_is_set_aside_wait_no_longer_and_go_with_it_later(desk: ToyDesk, tmp_path: Path) -> None:
    photo = tmp_path / "a.jpg"
    photo.write_bytes(b"\xff\xd8\xff\xe0" + bytes(200))
    kept = AttachmentStore(desk.profile.attachments, desk.profile.database).keep(photo, at=NOW)
    theirs = of_neighbour(desk)
    desk.stage.record(EventKind.ATTACHED, theirs, {"sha256": kept.sha256, "size": kept.size}, stream=OTHER)
    desk.enrol()
    assert lamps(desk).pending()[2] == len(desk.sync.waiting_files(9)) == 1
    desk.sync.set_aside()
    assert (lamps(desk).pending()[2], desk.sync.waiting_files(9)) == (0, [])
    desk.enrol(*BOTH)
    assert lamps(desk).pending()[2] == len(desk.sync.waiting_files(9)) == 1


def test_a_desk_whose_work_the_hub_takes_has_nothing_to_set_aside(desk: ToyDesk) -> None:
    desk.enrol()
    desk.stage.dispatched()
    before = pending(desk)
    assert (lamps(desk).refused(), bool(desk.sync.set_aside())) == ([], False)
    assert pending(desk) == before
    assert desk.sync.incarnation == 1, "no new chains for nothing"


def test_a_backup_in_which_work_was_set_aside_does_not_keep_it_from_going(desk: ToyDesk) -> None:
    """The registration lies outside the store: since the backup the right has come."""
    of_neighbour(desk)
    desk.enrol()
    desk.sync.set_aside()
    enrolment = desk.sync.enrolment()
    assert enrolment is not None
    write_enrolment(desk.profile.folder, desk.device, replace(enrolment, grants=BOTH))
    desk.sync.begin_round()
    assert (pending(desk), lamps(desk).set_aside()[:2]) == ((1, 1), (0, 0))


def test_a_number_that_the_hub_may_have_taken_is_not_written_again_after_its_event_was_set_aside(
    desk: ToyDesk, neighbour: ToyDesk, hub: FakeHub
) -> None:
    """The hub took it, the answer was lost, and the right was taken away before another round."""
    desk.enrol(*BOTH)
    lost = of_neighbour(desk)
    step(desk, lost)
    assert desk.push(hub)
    desk.enrol()
    desk.sync.set_aside()
    later = of_neighbour(desk, "路面塌陷")
    desk.enrol(*BOTH)
    desk.round(hub)
    neighbour.round(hub)
    assert [record.subject for record in hub.records(OTHER)] == [lost, lost, later], "each event once"
    assert pending(desk) == (0, 0)
    assert same_tables((desk, neighbour)) and proved(desk, neighbour)


def test_a_units_steps_go_on_after_work_was_set_aside_that_the_hub_took_unheard(
    desk: ToyDesk, neighbour: ToyDesk, hub: FakeHub
) -> None:
    """The desk of a township became a unit's, which reads nothing of what it had registered last."""
    handed = desk.stage.dispatched("路灯不亮", UNITS[0])
    desk.enrol()
    desk.round(hub)
    lost = desk.stage.register("没有听到回答的")
    assert desk.push(hub)
    desk.enrol(*PART)
    assert desk.sync.set_aside().cases == {lost}
    desk.stage.record(EventKind.SIGNED, handed, {"unit": UNITS[0]})
    desk.round(hub)
    assert (pending(desk), lamps(desk).set_aside().events) == ((0, 0), 1)
    desk.enrol()
    desk.round(hub)
    neighbour.round(hub)
    assert [record.subject for record in hub.records(STREAM)] == [handed] * 3 + [lost, handed], "each event once"
    assert pending(desk) == (0, 0)
    assert same_tables((desk, neighbour)) and proved(desk, neighbour)


def test_what_the_hub_never_takes_is_not_sent_and_what_was_done_before_it_goes(desk: ToyDesk, hub: FakeHub) -> None:
    """A batch is refused whole, and again in every round."""
    desk.enrol(*BOTH)
    handed = desk.stage.dispatched("路灯不亮", UNITS[0])
    desk.round(hub)
    step(desk, handed, "已到场")
    desk.stage.register("不归单位登记的")
    step(desk, handed, "已离场")
    of_neighbour(desk)
    desk.enrol(*PART)
    desk.round(hub)
    assert [record.kind for record in hub.records(STREAM)][3:] == [EventKind.NOTED]
    assert not hub.records(OTHER)
    desk.pull(hub)
    assert pending(desk)[0] == 3 and desk.sync.unsent_origins() == []
    assert [(found.code, found.events) for found in lamps(desk).refused()] == [(TOWNSHIP, 1), (OTHER_TOWNSHIP, 1)]
    desk.enrol()
    desk.round(hub)
    assert len(hub.records(STREAM)) == 6 and proved(desk)


def test_rights_that_came_while_a_round_was_on_its_way_count_at_once(desk: ToyDesk) -> None:
    desk.stage.register("路灯不亮")
    of_neighbour(desk)
    found = desk.sync.unsent_origins()
    for grants, sent in (((Grant(STREAM, writes=True),), {STREAM: 1, OTHER: 0}), (BOTH, {STREAM: 1, OTHER: 1})):
        desk.enrol(*grants)
        assert {origin.stream: len(desk.sync.unsent(origin, first, 9).records) for origin, first in found} == sent


def test_a_desk_without_a_line_sets_later_steps_aside_when_it_writes_them_to_a_stick(
    desk: ToyDesk, tmp_path: Path
) -> None:
    """No round comes there by itself."""
    theirs = of_neighbour(desk)
    desk.enrol()
    give_stick_key(desk)
    desk.sync.set_aside()
    step(desk, theirs)
    desk.stage.register("路灯不亮")
    assert pending(desk) == (2, 2)
    told = export_bundle(desk.sync, tmp_path / f"a{SUFFIX}", now=lambda: NOW)
    assert (told.events, pending(desk), lamps(desk).set_aside().events) == (1, (1, 1), 2)


def test_the_cases_of_what_waits_in_vain_and_of_what_was_set_aside_are_marked_and_can_be_listed(desk: ToyDesk) -> None:
    desk.enrol(*BOTH)
    desk.stage.register("路灯不亮")
    theirs = {of_neighbour(desk), of_neighbour(desk, "路面塌陷")}
    desk.enrol()

    def listed(*, aside: bool) -> set[str]:
        return {*desk.stage.ids(CaseFilter(held=lamps(desk).held_cases(aside=aside) or ((0, 0),)))}

    def marked() -> list[tuple[bool, bool]]:
        return sorted((row.pending, row.aside) for row in desk.stage.queries.rows(desk.stage.ids(CaseFilter())))

    assert (listed(aside=False), listed(aside=True)) == (theirs, set())
    assert marked() == [(True, False)] * 3
    desk.sync.set_aside()
    assert marked() == [(False, True), (False, True), (True, False)]
    step(desk, next(iter(theirs)))
    assert marked() == [(False, True), (True, False), (True, True)]
    assert (listed(aside=False), listed(aside=True)) == ({next(iter(theirs))}, theirs)
    desk.enrol(*BOTH)
    assert marked() == [(True, False)] * 3
    assert lamps(desk).held_cases(aside=False) == lamps(desk).held_cases(aside=True) == ()
