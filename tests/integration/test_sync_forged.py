"""Forged pages, which nothing shows at once, and true ones that contradict: what they prove wrong gives way."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from gridclient.domain.events import EventKey
from gridclient.services.enrolment import Grant
from gridclient.services.rows import CaseFilter, Changes
from gridclient.services.sync_port import FeedPage, FeedState, OriginKey, RoundEnd, RoundReport
from gridclient.store.backup import back_up
from gridclient.store.profile import open_profile
from gridclient.sync.bundle import StickPage, with_frames
from gridclient.sync.restart import start_anew
from gridclient.sync.round import RoundPorts, run_round
from gridclient.sync.signing import new_key
from gridclient.sync.stick import import_bundle
from gridclient.sync.transport import Pacing
from tests.contract.stage import NOW, OTHER_TOWNSHIP, STREAM
from tests.fakes.sync_hub import FakeHub, FakeLine
from tests.fakes.toy_desk import Desks, ToyDesk, code_of, desk_on, log_of, make_profile, proved, same_tables, some_desks

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


def round_of(desk: ToyDesk, hub: FakeHub) -> RoundReport:
    """A round of the desk with the hub, over a line."""
    return run_round(desk.sync, FakeLine(hub, desk.device), RoundPorts(now=lambda: NOW), Pacing())


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


def test_own_events_and_those_of_an_unknown_desk_are_not_touched(desks: Desks, hub: FakeHub) -> None:
    one, two = desks
    one.stage.dispatched()
    one.round(hub)
    before = log_of(one), one.sync.feeds()
    for event in (last_of(one), EventKey(STREAM, two.device, 1, 1)):
        assert one.sync.withdraw_unproven(event) == Changes()
    assert (log_of(one), one.sync.feeds()) == before


def test_one_round_is_enough_after_a_forged_page(desks: Desks) -> None:
    one, two = desks
    hub = FakeHub(page_size=2)
    forged = hub.copy()
    case_id = one.stage.dispatched()
    for each in (hub, forged):
        assert one.push(each)
    two.sync.take(by_somebody(forged.page(FeedState(STREAM, 0, 0, 0), two.device, 2), 1))
    told: list[Changes] = []
    report = run_round(two.sync, FakeLine(hub, two.device), RoundPorts(now=lambda: NOW, changed=told.append), Pacing())
    assert (report.end, report.error) == (RoundEnd.DONE, "")
    assert told[0].cases == {case_id}, "the desk shows at once what it no longer believes"
    one.pull(hub)
    assert same_tables(desks) and proved(*desks)


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
    start, keys = FeedState(STREAM, 0, 0, 0), {STREAM: bytes(32)}
    two.sync.take(by_somebody(hub.page(start, two.device, 2), 1))
    enrolment = two.sync.enrolment()
    assert enrolment is not None
    two.sync.keep_enrolment(replace(enrolment, bundle_keys=keys))
    stretches = (StickPage(0, hub.page(start, two.device, 2)), StickPage(2, hub.page(replace(start, cursor=2), "", 9)))
    file = tmp_path / "a.gridbundle"
    file.write_bytes(with_frames(b"", [(STREAM, [stretch]) for stretch in stretches], keys, new_key()))
    assert import_bundle(two.sync, file, now=lambda: NOW).changes.cases == {case_id}
    assert same_tables(desks) and proved(*desks)


def test_what_a_copied_machine_wrote_gives_way_where_the_restored_hub_took_the_others(
    tmp_path: Path, hub: FakeHub
) -> None:
    """Both are signed by the device; who read the copy's before the hub was put back takes what the hub has now."""
    with some_desks(tmp_path, 3) as (one, two, late):
        one.stage.register("共同")
        one.round(hub)
        back_up(one.profile, tmp_path / "a.gridbackup")
        make_profile(tmp_path / "twin", 1)
        (tmp_path / "twin" / "store.db").write_bytes((tmp_path / "a.gridbackup").read_bytes())
        restored = hub.copy()
        with open_profile(tmp_path / "twin", now=NOW) as profile:
            twin = desk_on(profile, 7)
            twin.enrol(key=one.key)
            twin.stage.register("乙")
            twin.round(hub)
            two.round(hub)
            one.stage.register("甲")
            one.round(restored)
            assert round_of(two, restored).error == ""
            assert set(two.stage.titles(CaseFilter())) == {"共同", "甲"}
            assert round_of(twin, restored).error == "sync.fork"
            start_anew(twin.sync)
            for desk in (twin, one, two, late):
                assert round_of(desk, restored).error == ""
            assert set(late.stage.titles(CaseFilter())) == {"共同", "甲", "乙"}
            assert same_tables([one, two, late]) and proved(one, two, late, twin)
