"""Forged pages, which nothing shows at once, and true ones that contradict: what they prove wrong gives way."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from pathlib import Path

from gridclient.domain.case import CaseState
from gridclient.domain.events import EventKey, EventKind, link_after
from gridclient.services.enrolment import Grant
from gridclient.services.rows import CaseFilter, Changes, Sort
from gridclient.services.sync_port import FeedPage, FeedState, OriginKey, RoundEnd
from gridclient.sync.bundle import StickPage
from gridclient.sync.round import RoundPorts, run_round
from gridclient.sync.stick import import_bundle
from gridclient.sync.transport import Pacing
from tests.contract.stage import NOW, OTHER_TOWNSHIP, STREAM
from tests.fakes.sync_hub import FakeHub, FakeLine
from tests.fakes.toy_desk import (
    Desks,
    ToyDesk,
    code_of,
    hub_stick,
    log_of,
    pending,
    proved,
    round_of,
    same_tables,
    some_desks,
)

OTHER = f"t:{OTHER_TOWNSHIP}"


def by_somebody(page: FeedPage, place: int) -> FeedPage:
    """The page with one event in another person's name."""
    foreign = list(page.foreign)
    foreign[place] = foreign[place]._replace(record=foreign[place].record._replace(actor="mallory"))
    return replace(page, foreign=tuple(foreign))


def last_of(desk: ToyDesk) -> EventKey:
    """The key of the newest event that waits on the desk or was sent from it."""
    with desk.profile.database.reader() as connection:
        (seq,) = connection.execute("SELECT max(seq) FROM events").fetchone()
    return EventKey(STREAM, desk.device, 1, seq)


def noted(desk: ToyDesk) -> int:
    """How many lines the desk's record of what was done to its store has."""
    with desk.profile.database.reader() as connection:
        return int(connection.execute("SELECT count(*) FROM audit").fetchone()[0])


def test_what_no_signature_proves_gives_way_and_the_feed_is_read_again(desks: Desks, hub: FakeHub) -> None:
    one, two = desks
    case_id = one.stage.dispatched()
    one.round(hub)
    two.sync.take(by_somebody(hub.page(FeedState(STREAM, 0, 0, 0), two.device, 2), 1))
    assert code_of(lambda: two.pull(hub)) == "sync.signature"
    assert two.sync.withdraw_unproven(last_of(one)).cases == {case_id}
    assert log_of(two) == [] and two.stage.ids(CaseFilter()) == []
    assert two.sync.feeds() == [FeedState(STREAM, 0, 0, 0, repairing=True)]
    two.pull(hub)
    assert same_tables(desks) and proved(*desks)


def test_what_is_signed_stays_with_all_that_leads_to_it(desks: Desks, hub: FakeHub) -> None:
    one, two = desks
    one.stage.dispatched("早")
    one.round(hub)
    two.round(hub)
    signed = log_of(two)
    late = one.stage.dispatched("晚")
    one.round(hub)
    two.sync.take(by_somebody(hub.page(two.sync.feeds()[0], two.device, 2), 0))
    assert two.sync.withdraw_unproven(last_of(one)).cases == {late}
    assert log_of(two) == signed
    two.pull(hub)
    assert same_tables(desks) and proved(*desks)


def test_a_case_that_goes_on_without_what_was_forged_is_shown_as_the_log_has_it(desks: Desks, hub: FakeHub) -> None:
    one, two = desks
    case_id = one.stage.register()
    one.round(hub)
    two.round(hub)
    one.stage.file(case_id)
    one.stage.dispatch(case_id)
    assert one.push(hub)
    two.sync.take(by_somebody(hub.page(two.sync.feeds()[0], two.device, 1), 0))
    two.stage.record(EventKind.NOTED, case_id, {"text": "已电话告知"})
    assert two.sync.withdraw_unproven(last_of(one)).cases == {case_id}
    (row,) = two.stage.pages(CaseFilter(), Sort(), limit=9)
    assert (row.state, pending(two)) == (CaseState.REPORTED, (1, 1))
    assert proved(two)


def test_what_a_stick_brought_signed_behind_a_forged_page_stays_too(desks: Desks, hub: FakeHub) -> None:
    one, two = desks
    one.stage.dispatched("早")
    assert one.push(hub)
    two.sync.take(by_somebody(hub.page(FeedState(STREAM, 0, 0, 0), two.device, 2), 1))
    one.pull(hub)
    late = one.stage.dispatched("晚")
    two.sync.take_unplaced(one.stick())
    two.sync.withdraw_unproven(last_of(one))
    assert two.stage.ids(CaseFilter()) == [late]
    two.pull(hub)
    one.round(hub)
    two.pull(hub)
    assert same_tables(desks) and proved(*desks)


def test_only_the_stream_that_was_forged_is_read_again(desks: Desks, hub: FakeHub) -> None:
    one, two = desks
    two.enrol(Grant(OTHER, writes=True), Grant(STREAM, writes=True))
    two.pull(hub)
    one.stage.dispatched()
    assert one.push(hub)
    two.sync.take(by_somebody(hub.page(two.sync.feeds()[1], two.device, 2), 1))
    two.sync.withdraw_unproven(last_of(one))
    assert [(feed.feed, feed.repairing) for feed in two.sync.feeds()] == [(OTHER, False), (STREAM, True)]


def test_what_the_hub_placed_stays_when_it_refuses_what_follows(desks: Desks, hub: FakeHub) -> None:
    one, two = desks
    placed = one.stage.dispatched("早")
    one.round(hub)
    two.round(hub)
    late = one.stage.dispatched("晚")
    two.sync.take_unplaced(one.stick())
    origin = OriginKey(STREAM, one.device, 1)
    assert two.sync.withdraw(origin, 1).cases == {late}
    assert two.stage.ids(CaseFilter()) == [placed] and proved(two)


def test_what_is_withdrawn_behind_a_forged_page_proves_nothing_of_what_stays(desks: Desks, hub: FakeHub) -> None:
    one, two = desks
    case_id = one.stage.dispatched()
    one.round(hub)
    two.sync.take(by_somebody(hub.page(FeedState(STREAM, 0, 0, 0), two.device, 2), 1))
    assert two.sync.withdraw(OriginKey(STREAM, one.device, 1), 3) == Changes()
    assert two.sync.withdraw_unproven(last_of(one)).cases == {case_id}


def test_a_desk_that_reads_a_whole_stream_gives_nothing_up_for_a_page_that_no_chain_shows(
    desks: Desks, hub: FakeHub
) -> None:
    one, two = desks
    one.stage.dispatched()
    two.sync.take_unplaced(one.stick({OriginKey(STREAM, one.device, 1): 2}))
    assert one.push(hub)
    page = by_somebody(hub.page(FeedState(STREAM, 0, 0, 0, repairing=True), two.device, 9), 1)
    assert two.sync.withdraw_unshown(page, last_of(one)) == Changes()


def test_own_events_and_those_of_an_unknown_desk_are_not_touched(desks: Desks, hub: FakeHub) -> None:
    one, two = desks
    one.stage.dispatched()
    one.round(hub)
    before = log_of(one), one.sync.feeds(), noted(one)
    proof = hub.page(FeedState(STREAM, 0, 0, 0), two.device, 9)
    for event in (last_of(one), EventKey(STREAM, two.device, 1, 1)):
        assert one.sync.withdraw_unproven(event) == Changes()
        assert one.sync.withdraw_forked(proof, event) == Changes()
    assert (log_of(one), one.sync.feeds(), noted(one)) == before


def test_one_round_is_enough_after_a_forged_page(desks: Desks) -> None:
    one, two = desks
    hub = FakeHub(page_size=2)
    forged = hub.copy()
    one.stage.dispatched()
    for each in (hub, forged):
        assert one.push(each)
    page, invented = forged.page(FeedState(STREAM, 0, 0, 0), two.device, 2), "ab" * 16
    foreign = tuple(placed._replace(record=placed.record._replace(subject=invented)) for placed in page.foreign)
    two.sync.take(replace(page, foreign=foreign))
    assert two.stage.ids(CaseFilter()) == [invented]
    told: list[Changes] = []
    report = run_round(two.sync, FakeLine(hub, two.device), RoundPorts(now=lambda: NOW, changed=told.append), Pacing())
    assert (report.end, report.error) == (RoundEnd.DONE, "")
    assert told[0].cases == {invented}, "the desk must not go on showing what it no longer believes"
    one.pull(hub)
    assert same_tables(desks) and proved(*desks)


def test_a_hub_that_forges_in_every_page_ends_the_round_with_a_word(desks: Desks) -> None:
    one, two = desks
    hub = FakeHub(page_size=1)
    one.stage.dispatched()
    assert one.push(hub)
    (stream,) = hub.books.streams.values()
    link = bytes(32)
    for place, (record, _) in enumerate(stream.events):
        forged = record._replace(actor="mallory")
        link = link_after(link, forged.canonical())
        stream.events[place] = forged, link
    requests = count(1)

    def ask() -> None:
        assert next(requests) < 100, "the round never ends"

    report = run_round(two.sync, FakeLine(hub, two.device, ask), RoundPorts(now=lambda: NOW), Pacing())
    assert report.error == "sync.signature"


def test_one_round_is_enough_whoever_a_forged_page_named(tmp_path: Path) -> None:
    hub = FakeHub(page_size=100)
    with some_desks(tmp_path, 4) as (*writers, reader):
        for one in writers:
            one.stage.dispatched()
            assert one.push(hub)
        page = hub.page(FeedState(STREAM, 0, 0, 0), reader.device, 100)
        forged = [placed._replace(record=placed.record._replace(actor="mallory")) for placed in page.foreign]
        reader.sync.take(replace(page, foreign=tuple(forged), heads=(), complete=False))
        report = round_of(reader, hub)
        assert (report.end, report.error) == (RoundEnd.DONE, "")
        writers[0].round(hub)
        assert same_tables((writers[0], reader)) and proved(reader)


def test_a_hub_that_lost_half_of_what_was_read_of_a_batch_fails_no_round(desks: Desks) -> None:
    one, two = desks
    hub = FakeHub(page_size=2)
    one.stage.dispatched("早")
    one.round(hub)
    two.round(hub)
    backup = hub.copy()
    one.stage.dispatched("晚")
    assert one.push(hub)
    two.sync.take(hub.page(two.sync.feeds()[0], two.device, 2))
    report = round_of(two, backup)
    assert (report.end, report.error) == (RoundEnd.DONE, "")
    for desk in (one, two):
        round_of(desk, backup)
    assert same_tables(desks) and proved(*desks)


def test_a_page_of_a_desk_whose_name_is_none_ends_the_round_with_a_word(desks: Desks) -> None:
    one, two = desks
    hub = FakeHub()
    one.stage.dispatched()
    assert one.push(hub)
    (stream,) = hub.books.streams.values()
    record, link = stream.events[-1]
    stream.events[-1] = record._replace(key=record.key._replace(device="a/b")), link
    assert round_of(two, hub).error == "sync.chain_broken"


def test_the_hubs_stick_puts_right_what_a_forged_page_brought(desks: Desks, hub: FakeHub, tmp_path: Path) -> None:
    one, two = desks
    case_id = one.stage.dispatched()
    one.round(hub)
    start = FeedState(STREAM, 0, 0, 0)
    two.sync.take(by_somebody(hub.page(start, two.device, 2), 1))
    stretches = (StickPage(0, hub.page(start, two.device, 2)), StickPage(2, hub.page(replace(start, cursor=2), "", 9)))
    file = hub_stick(tmp_path / "a.gridbundle", two, *stretches)
    assert import_bundle(two.sync, file, now=lambda: NOW).changes.cases == {case_id}
    assert same_tables(desks) and proved(*desks)


def test_one_reading_of_the_hubs_stick_is_enough_whoever_a_forged_page_named(tmp_path: Path, hub: FakeHub) -> None:
    start = FeedState(STREAM, 0, 0, 0)
    with some_desks(tmp_path, 4) as (*writers, reader):
        for one in writers:
            one.stage.dispatched()
            assert one.push(hub)
        page = hub.page(start, reader.device, 100)
        forged = [placed._replace(record=placed.record._replace(actor="mallory")) for placed in page.foreign]
        reader.sync.take(replace(page, foreign=tuple(forged), heads=(), complete=False, cursor=page.cursor - 1))
        import_bundle(reader.sync, hub_stick(tmp_path / "a.gridbundle", reader, StickPage(0, page)), now=lambda: NOW)
        writers[0].round(hub)
        assert same_tables((writers[0], reader)) and proved(reader)
