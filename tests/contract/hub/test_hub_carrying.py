"""Sticks at the hub: batches as pushes of who wrote them, places for whoever reads a feed; twice is once."""

from __future__ import annotations

import json

import pytest

from gridclient.domain.errors import SyncFault
from gridclient.domain.events import link_after, place_mark
from gridclient.domain.handing import units_handed
from gridclient.hub.backend import Backend
from gridclient.hub.carrying import Carried, carry
from gridclient.hub.rights import grants_for
from gridclient.hub.service import HubService
from gridclient.services.sync_port import StickBatch
from gridclient.sync.bundle import StickPage, read_bundle, with_frames
from gridclient.sync.signing import new_key, public_key
from tests.fakes.hub_desk import HubDesk
from tests.fakes.invented_events import invented_events

NOW = 1_795_000_000


def batch(desk: HubDesk, first: int, count: int) -> StickBatch:
    push = desk.push(first, count)
    return StickBatch(
        push.origin,
        first,
        push.records,
        desk.link(first - 1),
        push.link_after,
        public_key(desk.signing_key),
        push.signature,
    )


def keys_of(backend: Backend) -> dict[str, bytes]:
    with backend.reading() as ledger:
        return {row.stream: row.key for row in ledger.streams()}


def stick(backend: Backend, *batches: StickBatch) -> bytes:
    return with_frames(b"", [(b.origin.stream, (b,)) for b in batches], keys_of(backend), new_key())


def counts(carried: Carried) -> tuple[int, int, int]:
    return carried.events, carried.known, carried.refused


def test_places_follow_what_was_taken_and_add_up(backend: Backend, desk: HubDesk, other: HubDesk) -> None:
    carried = carry(backend, stick(backend, batch(desk, 1, 60), batch(other, 1, 40)), at=NOW)
    assert (counts(carried), carried.added) == ((100, 0, 0), 100)
    pages = [page for page in read_bundle(carried.file, keys_of(backend)).pages if page.page.feed == desk.stream]
    placed = [placed for page in pages for placed in page.page.foreign]
    assert [one.position for one in placed] == list(range(1, 101))
    links: dict[str, bytes] = {}
    total = 0
    for one in placed:
        device = one.record.key.device
        links[device] = link_after(links.get(device, bytes(32)), one.record.canonical())
        total += place_mark(one.position, links[device])
    last = pages[-1].page
    assert (last.complete, last.count, last.total, pages[-1].at) == (True, 100, total % 2**64, NOW)


def test_second_time_nothing_is_taken_and_nothing_is_added(backend: Backend, desk: HubDesk) -> None:
    carried = carry(backend, stick(backend, batch(desk, 1, 60)), at=NOW)
    again = carry(backend, carried.file, at=NOW + 60)
    assert (counts(again), again.pages, again.file) == ((0, 60, 0), 0, carried.file)


def test_stick_that_goes_round_grows_by_what_is_new(backend: Backend, desk: HubDesk, other: HubDesk) -> None:
    first = carry(backend, stick(backend, batch(desk, 1, 60)), at=NOW)
    with_more = with_frames(first.file, [(other.stream, (batch(other, 1, 40),))], keys_of(backend), new_key())
    second = carry(backend, with_more, at=NOW + 60)
    assert (counts(second), second.added) == ((40, 60, 0), 40)
    assert second.file.startswith(first.file)
    starts = [page.start for page in read_bundle(second.file, keys_of(backend)).pages]
    assert starts == [0, 60]


def test_whoever_the_stick_once_had_news_for_gets_more_when_it_comes_again(
    backend: Backend, service: HubService, desk: HubDesk, other: HubDesk
) -> None:
    """It comes back from a department that wrote nothing, and goes there again."""
    code = next(unit for record in other.records for unit in units_handed(record.kind, json.loads(record.text)))
    unit = HubDesk("desk-0003", desk.stream)
    unit.enrol(service.access, grants_for("371002001", unit=code))
    feed = f"d:{code}@{desk.stream}"
    carry(backend, stick(backend, batch(desk, 1, 60)), at=NOW)
    first = carry(backend, b"", township="371002001", at=NOW)
    carry(backend, stick(backend, batch(other, 1, 40)), at=NOW)
    second = carry(backend, first.file, at=NOW + 60)
    pages = [(page.page.feed, page.start) for page in read_bundle(second.file, keys_of(backend)).pages]
    assert sorted(pages) == [(feed, 0), (feed, 60), (desk.stream, 0), (desk.stream, 60)]
    assert other.device in {device for device, _ in placed(second, backend, feed)}


def test_order_within_a_file_does_not_matter_and_what_overlaps_counts_once(backend: Backend, desk: HubDesk) -> None:
    file = stick(backend, batch(desk, 31, 30), batch(desk, 1, 20), batch(desk, 11, 25))
    assert counts(carry(backend, file, at=NOW)) == (60, 15, 0)


def placed(carried: Carried, backend: Backend, feed: str) -> list[tuple[str, int]]:
    """Who wrote what stands at the places of a feed, in their order."""
    pages = [page.page for page in read_bundle(carried.file, keys_of(backend)).pages if page.page.feed == feed]
    return [(one.record.key.device, one.record.key.seq) for page in pages for one in page.foreign]


@pytest.mark.parametrize("lying", [(0, 1, 2, 3), (3, 2, 1, 0), (2, 3, 0, 1)])
def test_who_acted_on_what_another_had_done_stands_behind_it(
    backend: Backend, desk: HubDesk, other: HubDesk, lying: tuple[int, ...]
) -> None:
    """Two desks on one stick, by turns: however their batches lie on it, they are taken in the order of the clocks."""
    turns = [(other, 1), (desk, 1), (other, 2), (desk, 2)]
    for hour, (one, half) in enumerate(turns):
        begun = 20 * (half - 1)
        for place in range(begun, begun + 20):
            one.records[place] = one.records[place]._replace(hlc=((hour << 32) + place) << 16)
    batches = [batch(one, 20 * half - 19, 20) for one, half in turns]
    carried = carry(backend, stick(backend, *(batches[place] for place in lying)), at=NOW)
    order = [device for device, _ in placed(carried, backend, desk.stream)]
    assert order == [one.device for one, _ in turns for _ in range(20)]


def test_gap_is_told_with_the_numbers_that_are_missing(backend: Backend, desk: HubDesk) -> None:
    carried = carry(backend, stick(backend, batch(desk, 31, 30), batch(desk, 1, 20)), at=NOW)
    assert counts(carried) == (20, 0, 30)
    (problem,) = carried.problems
    assert (problem.code, problem.params["first"], problem.params["last"]) == ("carry.gap", 21, 30)
    assert problem.params["device"] == desk.device, "it has no name"


def test_whose_events_were_not_taken_is_told_by_the_desks_name(backend: Backend, service: HubService) -> None:
    named = HubDesk("desk-0004", "t:371002001")
    access = service.access
    code = access.issue_code(grants_for("371002001"), township="371002001", name="二号席")
    access.enrol(code, named.applicant)
    named.records = list(invented_events(named.origin, 5))
    (problem,) = carry(backend, stick(backend, batch(named, 3, 3)), at=NOW).problems
    assert problem.params["device"] == "二号席"


def test_strangers_and_twins_are_not_taken(backend: Backend, desk: HubDesk, other: HubDesk) -> None:
    stranger = HubDesk("desk-9999", desk.stream)
    twin = HubDesk(desk.device, desk.stream, signing_key=desk.signing_key)
    impostor = HubDesk(other.device, desk.stream)
    for one in (stranger, twin, impostor):
        one.records = list(invented_events(one.origin, 5, seed=9))
    carry(backend, stick(backend, batch(desk, 1, 10)), at=NOW)
    made = [batch(one, 1, 5) for one in (stranger, twin, impostor)]
    carried = carry(backend, stick(backend, *made), at=NOW)
    assert counts(carried) == (0, 0, 15)
    assert {problem.code for problem in carried.problems} == {"carry.device_unknown", "carry.fork", "carry.refused"}


def test_a_townships_stick_has_no_neighbours_events(backend: Backend, service: HubService, desk: HubDesk) -> None:
    neighbour = HubDesk("desk-0009", "t:371002002")
    neighbour.enrol(service.access, grants_for("371002002"), "371002002")
    neighbour.records = list(invented_events(neighbour.origin, 5, seed=2))
    carry(backend, stick(backend, batch(desk, 1, 5), batch(neighbour, 1, 5)), at=NOW)
    file = carry(backend, b"", township="371002001", at=NOW).file
    assert {page.page.feed for page in read_bundle(file, keys_of(backend)).pages} == {desk.origin.stream}


def test_a_supervisor_of_the_county_brings_no_neighbours_events_onto_a_townships_stick(
    backend: Backend, service: HubService, desk: HubDesk
) -> None:
    """He reads all townships, but the stick goes to one."""
    supervisor = HubDesk("desk-0010", "")
    supervisor.enrol(service.access, grants_for("", supervisor=True), "")
    neighbour = HubDesk("desk-0009", "t:371002002")
    neighbour.enrol(service.access, grants_for("371002002"), "371002002")
    neighbour.records = list(invented_events(neighbour.origin, 5, seed=2))
    carry(backend, stick(backend, batch(neighbour, 1, 5)), at=NOW)
    file = carry(backend, stick(backend, batch(desk, 1, 5)), at=NOW).file
    assert {page.page.feed for page in read_bundle(file, keys_of(backend)).pages} == {desk.origin.stream}


def test_of_a_revoked_desk_only_what_came_whole_before_is_known(
    backend: Backend, service: HubService, desk: HubDesk
) -> None:
    carry(backend, stick(backend, batch(desk, 1, 5)), at=NOW)
    service.access.revoke(desk.device)
    carried = carry(backend, stick(backend, batch(desk, 1, 5), batch(desk, 1, 10)), at=NOW)
    assert counts(carried) == (0, 5, 10)
    assert [problem.code for problem in carried.problems] == ["carry.device_revoked"]
    assert carried.pages == 0, "it has the streams' keys still"


def test_what_came_while_the_desk_might_write_stays_known_without_the_right(
    backend: Backend, service: HubService, desk: HubDesk
) -> None:
    carry(backend, stick(backend, batch(desk, 1, 5)), at=NOW)
    service.access.change_rights(desk.device, grants_for("", supervisor=True), township="")
    carried = carry(backend, stick(backend, batch(desk, 1, 5), batch(desk, 6, 4)), at=NOW)
    assert counts(carried) == (0, 5, 4)
    assert [problem.code for problem in carried.problems] == ["carry.forbidden"]


def test_without_the_right_another_event_under_a_known_number_is_not_known(
    backend: Backend, service: HubService, desk: HubDesk
) -> None:
    carry(backend, stick(backend, batch(desk, 1, 5)), at=NOW)
    service.access.change_rights(desk.device, grants_for("", supervisor=True), township="")
    twin = HubDesk(desk.device, desk.stream, signing_key=desk.signing_key)
    twin.records = list(invented_events(twin.origin, 5, seed=9))
    assert counts(carry(backend, stick(backend, batch(twin, 1, 5)), at=NOW)) == (0, 0, 5)


def test_pages_that_others_wrote_count_for_nothing(backend: Backend, desk: HubDesk) -> None:
    real = carry(backend, stick(backend, batch(desk, 1, 60)), at=NOW)
    (page,) = (page for page in read_bundle(real.file, keys_of(backend)).pages if page.page.feed == desk.stream)
    forged = with_frames(b"", [(desk.stream, (StickPage(0, page.page),))], keys_of(backend), new_key())
    carried = carry(backend, forged, township="371002001", at=NOW)
    assert (carried.pages, carried.added) == (1, 60)


def test_file_of_another_hub_is_refused_whole(backend: Backend, desk: HubDesk) -> None:
    file = with_frames(b"", [(desk.stream, (batch(desk, 1, 5),))], {desk.stream: bytes(32)}, new_key())
    with pytest.raises(SyncFault, match=r"bundle\.other_hub"):
        carry(backend, file, at=NOW)


def test_file_of_another_hubs_townships_is_told_as_such(backend: Backend, desk: HubDesk) -> None:
    elsewhere = HubDesk("desk-0001", "t:110101001")
    elsewhere.records = list(invented_events(elsewhere.origin, 5))
    file = with_frames(b"", [(elsewhere.stream, (batch(elsewhere, 1, 5),))], {elsewhere.stream: bytes(32)}, new_key())
    with pytest.raises(SyncFault, match=r"bundle\.other_hub"):
        carry(backend, file, at=NOW)
