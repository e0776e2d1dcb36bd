"""What a page leaves out, of whose cases it is, and when rights are told: many small pushes, a name used twice."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from gridclient.domain.errors import SyncFault
from gridclient.domain.events import Record, place_mark
from gridclient.domain.handing import units_handed
from gridclient.hub import feeds
from gridclient.hub.backend import Backend
from gridclient.hub.file_rights import file_rights
from gridclient.hub.rights import grants_for
from gridclient.hub.service import HubService
from gridclient.services.sync_port import FeedPage
from gridclient.sync.wire import FeedAsk, PushStatus
from tests.fakes.hub_desk import HubDesk
from tests.fakes.invented_events import invented_events

STREAM, NEXT = "t:371002001", "t:371002002"
UNIT = "371002001-B20"
PHOTO = "ab" * 32


def page_of(service: HubService, desk: HubDesk, feed: str, cursor: int = 0, *, whole: bool = False) -> FeedPage:
    (page,) = desk.round(service.sync, feeds=[FeedAsk(feed, cursor, whole)]).pages
    assert isinstance(page, FeedPage)
    return page


def handed(records: Sequence[Record]) -> str:
    return min(r.subject for r in records if UNIT in units_handed(r.kind, r.event().payload))


def unit_desk(service: HubService, township: str = "371002001") -> HubDesk:
    desk = HubDesk("unit-0001", STREAM)
    desk.enrol(service.access, grants_for(township, unit=UNIT), township)
    return desk


def noted(desk: HubDesk, like: Record, subject: str, count: int) -> list[Record]:
    key = like.key._replace(stream=desk.stream, device=desk.device)
    record = like._replace(subject=subject, kind="case_noted", actor="u", text='{"text":"已到现场"}')
    return [record._replace(key=key._replace(seq=seq)) for seq in range(1, count + 1)]


def test_of_more_pushes_than_are_read_at_once_no_place_is_left_out_or_told_twice(
    service: HubService, desk: HubDesk, other: HubDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feeds, "MOST_PUSHES", 5)
    for one, two in zip(desk.pushes(1, 30, 2), other.pushes(1, 30, 2), strict=True):
        desk.round(service.sync, [one])
        other.round(service.sync, [two])
    places: list[int] = []
    cursor, complete = 0, False
    while not complete:
        page = page_of(service, desk, STREAM, cursor)
        places += [run.position + more for run in page.own for more in range(run.length)]
        places += [placed.position for placed in page.foreign]
        cursor, complete = page.cursor, page.complete
    assert sorted(places) == list(range(1, 61)), "each once"


def test_a_case_comes_to_a_unit_with_all_that_befell_it_however_small_the_page(
    service: HubService, desk: HubDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feeds, "_LEAST_BYTES", 300)
    before = noted(desk, desk.records[0], desk.records[0].subject, 3)
    told = f'{{"assignments":[{{"unit":"{UNIT}"}}]}}'
    long = [record._replace(text=f'{{"text":"{"长" * 2000}"}}') for record in before]
    desk.records = [*long[:2], long[2]._replace(kind="case_dispatched", text=told)]
    desk.round(service.sync, [desk.push(1, 3)])
    unit = unit_desk(service)
    (page,) = unit.round(service.sync, feeds=[FeedAsk(f"d:{UNIT}@{STREAM}", 0, False)], wish=0).pages
    assert isinstance(page, FeedPage)
    assert [placed.position for placed in page.foreign] == [1, 2, 3]
    assert (page.complete, page.cursor, page.count) == (True, 3, 3)


def test_a_unit_that_lost_its_store_gets_what_it_wrote_with_its_contents(service: HubService, desk: HubDesk) -> None:
    desk.records = list(invented_events(desk.origin, 300, seed=5))
    desk.round(service.sync, [desk.push(1, 300)])
    unit = unit_desk(service)
    unit.records = noted(unit, desk.records[0], handed(desk.records), 3)
    unit.round(service.sync, [unit.push(1, 3)])
    page = page_of(service, unit, f"d:{UNIT}@{STREAM}", 300, whole=True)
    assert [(placed.position, placed.record) for placed in page.foreign] == list(enumerate(unit.records, 301))
    assert [placed.link for placed in page.foreign] == [unit.link(seq) for seq in (1, 2, 3)]
    assert not page.own


def test_a_case_handed_over_in_one_township_opens_none_of_that_name_in_another(
    service: HubService, backend: Backend, desk: HubDesk
) -> None:
    desk.records = list(invented_events(desk.origin, 300, seed=5))
    desk.round(service.sync, [desk.push(1, 300)])
    subject = handed(desk.records)
    neighbour = HubDesk("desk-0009", NEXT)
    neighbour.enrol(service.access, grants_for("371002002"), "371002002")
    neighbour.records = noted(neighbour, desk.records[0], subject, 300)
    named = neighbour.records[1]._replace(kind="attachment_added", text=f'{{"sha256":"{PHOTO}","size":9}}')
    neighbour.records[1] = named
    neighbour.round(service.sync, [neighbour.push(1, 300)])
    unit = unit_desk(service, "")
    for cursor in range(0, 300, 10):  # what was handed over is read from before and from behind it
        page = page_of(service, unit, f"d:{UNIT}@{NEXT}", cursor)
        assert (page.complete, page.count, page.total, page.foreign) == (True, 0, 0, ())
    assert page_of(service, unit, f"d:{UNIT}@{STREAM}").count
    there = replace(unit, stream=NEXT, records=[])
    there.records = noted(there, desk.records[0], subject, 1)
    (result,) = there.round(service.sync, [there.push(1, 1)]).results
    assert result.status is PushStatus.FORBIDDEN
    grants = service.access.grants_of(service.device_of(unit.token))
    assert not file_rights(backend, grants, PHOTO).reads
    assert file_rights(backend, service.access.grants_of(service.device_of(neighbour.token)), PHOTO).reads


def test_who_does_not_ask_for_what_it_may_read_or_writes_what_it_may_not_is_told_its_rights_again(
    service: HubService, desk: HubDesk
) -> None:
    asked = [FeedAsk(STREAM, 0, False), FeedAsk("ref", 0, False)]
    desk.round(service.sync, feeds=asked)
    assert desk.round(service.sync, feeds=asked).grants is None
    assert desk.round(service.sync, feeds=asked[:1]).grants == grants_for("371002001")
    elsewhere = replace(desk, stream=NEXT, records=[])
    elsewhere.records = noted(elsewhere, desk.records[0], desk.records[0].subject, 1)
    reply = desk.round(service.sync, [elsewhere.push(1, 1)], asked)
    assert [result.status for result in reply.results] == [PushStatus.FORBIDDEN]
    assert reply.grants == grants_for("371002001")


def _in_two_lines(record: Record) -> Record:
    return record._replace(text='{"text":\n"x"}')


def _named_in_two_lines(record: Record) -> Record:
    return record._replace(kind="case_noted\n")


def _for_a_unit_in_two_lines(record: Record) -> Record:
    return record._replace(kind="case_dispatched", text='{"assignments":[{"unit":"a\\nb"}]}')


def _of_nothing(record: Record) -> Record:
    return record._replace(subject="")


def _of_no_kind(record: Record) -> Record:
    return record._replace(kind="")


def _of_a_long_name(record: Record) -> Record:
    return record._replace(actor="u" * 201)


def _longer_than_any_text(record: Record) -> Record:
    return record._replace(text='{"text":"' + "x" * (256 * 1024) + '"}')


def _of_a_version_that_no_column_holds(record: Record) -> Record:
    return record._replace(version=2**31)


def _upon_a_version_that_no_column_holds(record: Record) -> Record:
    return record._replace(base=2**31)


@pytest.mark.parametrize(
    "spoilt",
    [
        _in_two_lines,
        _named_in_two_lines,
        _for_a_unit_in_two_lines,
        _of_nothing,
        _of_no_kind,
        _of_a_long_name,
        _longer_than_any_text,
        _of_a_version_that_no_column_holds,
        _upon_a_version_that_no_column_holds,
    ],
)
def test_what_no_log_could_hold_is_refused_and_the_stream_goes_on(
    service: HubService, desk: HubDesk, spoilt: Callable[[Record], Record]
) -> None:
    right = desk.records[3]
    desk.records[3] = spoilt(right)
    (result,) = desk.round(service.sync, [desk.push(1, 20)]).results
    assert result.status is PushStatus.REFUSED
    desk.records[3] = right
    (result,) = desk.round(service.sync, [desk.push(1, 20)]).results
    assert result.status is PushStatus.APPLIED


def test_who_carries_for_a_device_that_can_have_no_such_name_is_refused(service: HubService, desk: HubDesk) -> None:
    """A zero is nothing that PostgreSQL can be asked about."""
    sent = desk.push(1, 5)
    for name in ("desk\0", "\0", "a\nb", "x" * 201):
        carried = sent._replace(origin=sent.origin._replace(device=name), carried=True)
        with pytest.raises(SyncFault, match=r"sync\.refused"):
            desk.round(service.sync, [carried])
    assert [(note.kind, note.times) for note in service.refusals.taken()] == [("sync.refused", 4)]


def test_a_push_that_hands_its_cases_to_more_units_than_there_can_be_is_refused(
    service: HubService, desk: HubDesk
) -> None:
    told = handing(*map(str, range(9_000)))
    desk.records = [record._replace(kind="case_dispatched", text=told) for record in desk.records]
    refused, taken = desk.round(service.sync, [desk.push(1, 12), desk.push(1, 11)]).results
    assert (refused.status, taken.status) == (PushStatus.REFUSED, PushStatus.APPLIED)


def test_every_units_feed_counts_what_befell_its_cases_whenever_they_came_to_it(
    service: HubService, backend: Backend, desk: HubDesk
) -> None:
    """Before the hand-over, with it, between two of one push, and in pushes after it."""
    steps = [(0, ""), (1, ""), (0, "ab"), (0, ""), (1, "b"), (0, "bc"), (1, ""), (0, "cad"), (0, ""), (1, "d")]
    plain = noted(desk, desk.records[0], "", len(steps))
    desk.records = [
        record._replace(subject=str(case), kind="case_dispatched" if units else record.kind, text=handing(*units))
        for record, (case, units) in zip(plain, steps, strict=True)
    ]
    for first, count in ((1, 2), (3, 5), (8, 3)):
        (result,) = desk.round(service.sync, [desk.push(first, count)]).results
        assert result.status is PushStatus.APPLIED
    for unit in "abcd":
        cases = {case for case, units in steps if unit in units}
        places = [place for place, (case, _) in enumerate(steps, 1) if case in cases]
        with backend.reading() as ledger:
            _, *sums = ledger.feed_sum(STREAM, unit)
        assert sums == [len(places), sum(place_mark(place, desk.link(place)) for place in places) % 2**64]


def handing(*units: str) -> str:
    """The payload of an event that hands its case to these units."""
    return json.dumps({"assignments": [{"unit": unit} for unit in units]})
