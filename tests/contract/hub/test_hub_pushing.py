"""What the hub does with pushes, on both databases."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace

import pytest

from gridclient.domain.events import place_mark
from gridclient.hub.backend import Backend
from gridclient.hub.rights import grants_for
from gridclient.hub.service import HubService
from gridclient.services.sync_port import OriginKey
from gridclient.sync.signing import new_key, sign_head
from gridclient.sync.wire import Push, PushResult, PushStatus
from tests.fakes.hub_desk import HubDesk
from tests.fakes.invented_events import invented_events

STREAM = "t:371002001"


def push(service: HubService, desk: HubDesk, *pushes: Push) -> list[PushResult]:
    return list(desk.round(service.sync, pushes).results)


def stored(backend: Backend) -> list[tuple[int, str, int]]:
    """Positions, devices and numbers of what is in the stream."""
    with backend.reading() as ledger:
        names = {origin.no: origin.device for origin in ledger.origins(STREAM)}
        return [(row.position, names[row.origin], row.seq) for row in ledger.events(STREAM, 0, 10**9, 10**6, ())]


def test_pushes_get_dense_places_and_the_sum_of_their_marks(
    service: HubService, backend: Backend, desk: HubDesk, other: HubDesk
) -> None:
    assert push(service, desk, desk.push(1, 20)) == [PushResult(PushStatus.APPLIED, 21)]
    assert push(service, other, other.push(1, 7)) == [PushResult(PushStatus.APPLIED, 8)]
    assert push(service, desk, *desk.pushes(21, 20, 10)) == [
        PushResult(PushStatus.APPLIED, 31),
        PushResult(PushStatus.APPLIED, 41),
    ]
    own = [("desk-0001", seq) for seq in range(1, 21)] + [("desk-0002", seq) for seq in range(1, 8)]
    own += [("desk-0001", seq) for seq in range(21, 41)]
    assert stored(backend) == [(place + 1, *key) for place, key in enumerate(own)]
    links = [desk.link(seq) if device == "desk-0001" else other.link(seq) for device, seq in own]
    with backend.reading() as ledger:
        (row,) = ledger.streams([STREAM])
        kept = [event.link for event in ledger.events(STREAM, 0, 10**9, 10**6, ())]
    assert kept == links
    assert (row.head, row.total) == (47, sum(place_mark(i + 1, link) for i, link in enumerate(links)) % 2**64)


def test_the_same_push_again_changes_nothing(service: HubService, backend: Backend, desk: HubDesk) -> None:
    push(service, desk, *desk.pushes(1, 40, 20))
    before = stored(backend)
    assert push(service, desk, desk.push(1, 20), desk.push(21, 20), desk.push(5, 9)) == [
        PushResult(PushStatus.KNOWN, 41),
        PushResult(PushStatus.KNOWN, 41),
        PushResult(PushStatus.KNOWN, 41),
    ]
    assert stored(backend) == before


def test_a_push_that_is_known_in_part_adds_the_rest(service: HubService, backend: Backend, desk: HubDesk) -> None:
    push(service, desk, desk.push(1, 20))
    assert push(service, desk, desk.push(11, 30)) == [PushResult(PushStatus.APPLIED, 41)]
    assert push(service, desk, desk.push(41, 10), desk.push(46, 15)) == [
        PushResult(PushStatus.APPLIED, 51),
        PushResult(PushStatus.APPLIED, 61),
    ]
    assert [seq for _, _, seq in stored(backend)] == list(range(1, 61))


def test_a_gap_names_what_is_expected(service: HubService, backend: Backend, desk: HubDesk) -> None:
    assert push(service, desk, desk.push(2, 5)) == [PushResult(PushStatus.GAP, 1)]
    push(service, desk, desk.push(1, 20))
    assert push(service, desk, desk.push(31, 5)) == [PushResult(PushStatus.GAP, 21)]
    assert len(stored(backend)) == 20


@pytest.mark.parametrize("first", [1, 11, 16])
def test_other_events_under_known_numbers_are_a_fork(
    service: HubService, backend: Backend, desk: HubDesk, first: int
) -> None:
    push(service, desk, desk.push(1, 20))
    twin = replace(desk, records=[*desk.records[:15], *(r._replace(actor="twin") for r in desk.records[15:])])
    assert push(service, twin, twin.push(first, 21 - first + 5)) == [PushResult(PushStatus.FORK, 21)]
    assert len(stored(backend)) == 20


def test_a_new_incarnation_begins_at_one_and_is_an_origin_of_its_own(service: HubService, desk: HubDesk) -> None:
    push(service, desk, desk.push(1, 20))
    again = [r._replace(key=r.key._replace(incarnation=2)) for r in desk.records]
    fresh = replace(desk, incarnation=2, records=again)
    assert push(service, fresh, fresh.push(1, 5)) == [PushResult(PushStatus.APPLIED, 6)]
    assert push(service, desk, desk.push(21, 5)) == [PushResult(PushStatus.APPLIED, 26)]


def test_who_comes_new_is_nobody_else_though_the_first_one_pushed_last(
    service: HubService, backend: Backend, desk: HubDesk, other: HubDesk
) -> None:
    late = HubDesk("desk-0003", STREAM)
    late.enrol(service.access, grants_for("371002001"))
    late.records = list(invented_events(late.origin, 5, seed=3))
    for one, first in ((desk, 1), (other, 1), (desk, 6), (late, 1), (other, 6)):
        assert push(service, one, one.push(first, 5))[0].status is PushStatus.APPLIED
    names = ["desk-0001", "desk-0002", "desk-0001", "desk-0003", "desk-0002"]
    assert [device for _, device, _ in stored(backend)][::5] == names


def forged_signature(desk: HubDesk) -> Push:
    return desk.push(1, 20)._replace(signature=bytes(64))


def strangers_signature(desk: HubDesk) -> Push:
    return replace(desk, signing_key=new_key()).push(1, 20)


def altered_event(desk: HubDesk) -> Push:
    given = desk.push(1, 20)
    return given._replace(records=(*given.records[:-1], given.records[-1]._replace(actor="nobody")))


def cut_off(desk: HubDesk) -> Push:
    given = desk.push(1, 20)
    return given._replace(records=given.records[:-1])


def of_another_stream(desk: HubDesk) -> Push:
    origin = OriginKey("t:371002002", desk.device, 1)
    given = desk.push(1, 20)
    return given._replace(signature=sign_head(desk.signing_key, origin, 20, given.link_after))


def without_events(desk: HubDesk) -> Push:
    return Push(desk.origin, 1, (), bytes(32), bytes(64))


def no_json(desk: HubDesk) -> Push:
    desk.records[3] = desk.records[3]._replace(text='{"text":NaN}')
    return desk.push(1, 20)


def no_object(desk: HubDesk) -> Push:
    desk.records[3] = desk.records[3]._replace(text="[1]")
    return desk.push(1, 20)


def more_than_an_object(desk: HubDesk) -> Push:
    desk.records[3] = desk.records[3]._replace(text="{}{}")
    return desk.push(1, 20)


def deep(desk: HubDesk) -> Push:
    """A desk that has less room on its stack than the hub could not read it, nor anything behind it."""
    desk.records[3] = desk.records[3]._replace(text='{"text":' + "[" * 200 + "]" * 200 + "}")
    return desk.push(1, 20)


def zero_sign(desk: HubDesk) -> Push:
    desk.records[3] = desk.records[3]._replace(actor="a\0b")
    return desk.push(1, 20)


@pytest.mark.parametrize(
    "make",
    [
        forged_signature,
        strangers_signature,
        altered_event,
        cut_off,
        of_another_stream,
        without_events,
        no_json,
        no_object,
        more_than_an_object,
        deep,
        zero_sign,
    ],
)
def test_what_is_forged_cut_off_or_no_event_is_refused_whole(
    service: HubService, backend: Backend, desk: HubDesk, make: Callable[[HubDesk], Push]
) -> None:
    (result,) = push(service, desk, make(desk))
    assert result.status is PushStatus.REFUSED
    assert stored(backend) == []
    with backend.reading() as ledger:
        assert ledger.origins(STREAM) == []


def test_a_refused_push_does_not_keep_back_the_others(service: HubService, desk: HubDesk) -> None:
    given = [forged_signature(desk), desk.push(1, 20), desk.push(21, 20)]
    statuses = [result.status for result in push(service, desk, *given)]
    assert statuses == [PushStatus.REFUSED, PushStatus.APPLIED, PushStatus.APPLIED]


def test_a_stream_without_a_right_to_write_is_forbidden(service: HubService, desk: HubDesk) -> None:
    elsewhere = replace(desk, stream="t:371002002")
    elsewhere.records = [r._replace(key=r.key._replace(stream="t:371002002")) for r in desk.records]
    (result,) = push(service, elsewhere, elsewhere.push(1, 5))
    assert result.status is PushStatus.FORBIDDEN


def test_what_another_carries_is_taken_of_who_reads_the_stream_while_the_author_may_write_it(
    service: HubService, desk: HubDesk, other: HubDesk
) -> None:
    first, second = (sent._replace(carried=True) for sent in desk.pushes(1, 10, 5))
    stranger = HubDesk("desk-0003", "t:371002002")
    stranger.enrol(service.access, grants_for("371002002"), township="371002002")
    assert push(service, stranger, first) == [PushResult(PushStatus.FORBIDDEN, 1)]
    assert push(service, other, first) == [PushResult(PushStatus.APPLIED, 6)]
    service.access.revoke(desk.device)
    assert push(service, other, second) == [PushResult(PushStatus.FORBIDDEN, 6)]


def test_pushes_that_race_for_one_stream_all_get_places_and_each_only_one(
    service: HubService, backend: Backend, desk: HubDesk, other: HubDesk
) -> None:
    """Both desks push at once, and each sends every push twice from two threads."""
    results: list[PushStatus] = []

    def send(who: HubDesk, given: list[Push]) -> None:
        for one in given:
            results.append(push(service, who, one)[0].status)

    jobs = [(desk, desk.pushes(1, 60, 5)), (other, other.pushes(1, 40, 5))] * 2
    threads = [threading.Thread(target=send, args=job) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = stored(backend)
    assert [position for position, _, _ in found] == list(range(1, 101))
    for who, count in ((desk, 60), (other, 40)):
        assert [seq for _, device, seq in found if device == who.device] == list(range(1, count + 1))
    assert set(results) <= {PushStatus.APPLIED, PushStatus.KNOWN, PushStatus.GAP}
    assert results.count(PushStatus.APPLIED) == 20
