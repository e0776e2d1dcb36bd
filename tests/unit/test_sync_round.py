"""Rounds on a line that loses, cuts and repeats: nothing is lost, nothing stands twice, all agree in the end."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime
from secrets import token_hex
from threading import get_ident
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridclient.services.enrolment import Grant
from gridclient.services.sync_port import OriginKey, RoundEnd
from gridclient.sync.restart import start_anew
from gridclient.sync.round import RoundPorts
from gridclient.sync.transport import FIRST_BYTES, LEAST_BYTES
from gridclient.sync.wire import decode_request
from tests.fakes.round_desk import NOW, TOWN, Desk, all_agree, quick_desk
from tests.fakes.sync_hub import FakeHub, FakeLine, Fault


@pytest.fixture
def hub() -> FakeHub:
    return FakeHub()


def test_events_of_two_desks_stand_in_one_order_on_both(hub: FakeHub) -> None:
    one, two = Desk(hub, "one"), Desk(hub, "two")
    one.write(7)
    two.write(8)
    reports = [one.round(), two.round(), one.round()]
    assert [report.end for report in reports] == [RoundEnd.DONE] * 3
    assert [(report.pushed, report.pulled) for report in reports] == [(7, 0), (8, 7), (0, 8)]
    assert all_agree(hub, one, two)


def test_what_was_packed_ahead_of_a_refusal_is_not_sent(hub: FakeHub) -> None:
    desk = quick_desk(hub)
    desk.write(300)
    hub.forbidden.add(TOWN)
    report = desk.round()
    pushed = [len(push.records) for body in desk.line.requests for push in decode_request(body, "one").pushes]
    assert pushed == [report.rejected]
    hub.forbidden.clear()
    desk.round()
    assert all_agree(hub, desk)


@pytest.mark.parametrize(("line_s", "fast"), [(0.0, True), (60.0, False)])
def test_of_many_a_few_go_first_and_tell_how_the_others_are_sent(hub: FakeHub, line_s: float, fast: bool) -> None:
    desk, line = Desk(hub, "one"), Counter[int]()
    for _ in range(1200):
        desk.write(text=token_hex(64))

    def watch() -> float:
        line[get_ident()] += 1
        return line_s * line[get_ident()]

    report = desk.round(around=RoundPorts(now=lambda: NOW, monotonic=watch, waiting=lambda: 1200))
    few, second, *_ = [sum(len(push.records) for push in decode_request(b, "one").pushes) for b in desk.line.requests]
    assert (report.end, report.pushed, few < 300, few + second == 1200) == (RoundEnd.DONE, 1200, True, fast)
    assert all_agree(hub, desk)


def test_small_change_needs_one_round_trip(hub: FakeHub) -> None:
    desk = Desk(hub, "one")
    desk.write(3)
    desk.round()
    assert len(desk.line.requests) == 1
    desk.round()
    assert len(desk.line.requests) == 2


def test_second_round_without_news_is_small(hub: FakeHub) -> None:
    desk = Desk(hub, "one")
    desk.write(3)
    desk.round()
    report = desk.round()
    assert report.bytes_sent + report.bytes_received < 300


FAULTS = st.sampled_from(Fault)
ACTIONS = st.one_of(
    st.tuples(st.just("write"), st.integers(0, 2), st.integers(1, 12)),
    st.tuples(st.just("round"), st.integers(0, 2), st.lists(FAULTS, max_size=4)),
)


@settings(max_examples=60)
@given(st.lists(ACTIONS, max_size=14), st.integers(1, 9), st.booleans())
def test_whatever_the_line_does_all_agree_in_the_end(
    actions: list[tuple[str, int, object]], page: int, small: bool
) -> None:
    hub = FakeHub(page)
    desks = [Desk(hub, name) for name in ("one", "two", "three")]
    written = 0
    for desk in desks:
        desk.pacing.cost = FIRST_BYTES / 2 if small else desk.pacing.cost
    for action, place, how in actions:
        if action == "write":
            assert isinstance(how, int)
            desks[place].write(how)
            written += how
        else:
            assert isinstance(how, list)
            report = desks[place].round(*how)
            assert report.end is RoundEnd.DONE or report.error in {"sync.unreachable", "sync.timeout", "sync.refused"}
            assert report.end is RoundEnd.FAILED or not desks[place].store.unsent_origins()
    for desk in desks + desks:
        assert desk.round().end is RoundEnd.DONE
    assert len(hub.records(TOWN)) == written
    assert all_agree(hub, *desks)


def test_lost_acknowledgement_is_made_good_without_a_second_place(hub: FakeHub) -> None:
    desk = Desk(hub, "one")
    desk.write(4)
    lost = desk.round(Fault.ANSWER_LOST)
    assert (lost.end, lost.error) == (RoundEnd.FAILED, "sync.timeout")
    assert desk.store.unsent_origins()
    assert desk.round().end is RoundEnd.DONE
    assert len(hub.records(TOWN)) == 4
    assert all_agree(hub, desk)


def test_full_disk_ends_the_round_before_anything_is_pushed(hub: FakeHub) -> None:
    desk = Desk(hub, "one")
    desk.write(4)
    desk.store.disk_is_full = True
    report = desk.round()
    assert (report.end, report.error) == (RoundEnd.FAILED, "store.disk_full")
    assert not desk.line.requests
    assert not hub.books.streams


@pytest.mark.parametrize(("rate", "under_way"), [(1.0, 1), (1e9, 2)], ids=["slow line", "quick line"])
def test_disk_that_fills_up_in_the_middle_ends_the_round_at_once(hub: FakeHub, rate: float, under_way: int) -> None:
    desk = Desk(hub, "one")
    desk.write(30)
    desk.pacing.cost, desk.pacing.rate = FIRST_BYTES / 3, rate
    desk.line = FakeLine(hub, "one", before=lambda: setattr(desk.store, "disk_is_full", True))
    report = desk.round()
    assert (report.end, report.error, len(desk.line.requests)) == (RoundEnd.FAILED, "store.disk_full", under_way)
    desk.store.disk_is_full = False
    desk.line = FakeLine(hub, "one")
    assert desk.round().end is RoundEnd.DONE
    assert all_agree(hub, desk)


def test_hub_restored_from_an_old_backup_gets_again_what_it_lost(hub: FakeHub) -> None:
    one, two = Desk(hub, "one"), Desk(hub, "two")
    one.write(6)
    one.round()
    old = hub.copy()
    one.write(6)
    two.write(3)
    for desk in (one, two, one):
        desk.round()
    hub.books = old.books
    for desk in (one, two, one, two):
        assert desk.round().end is RoundEnd.DONE
    assert len(hub.records(TOWN)) == 15
    assert all_agree(hub, one, two)


def test_desk_restored_from_an_old_backup_reads_its_own_events_again(hub: FakeHub) -> None:
    one, two = Desk(hub, "one"), Desk(hub, "two")
    one.write(6)
    one.round()
    old = one.store.backup()
    one.write(6)
    one.round()
    two.write(2)
    two.round()
    one.store.state = old
    assert one.round().end is RoundEnd.DONE
    assert all_agree(hub, one, two)


def test_feed_in_doubt_is_read_on_with_own_events_whole_and_not_from_the_start(hub: FakeHub) -> None:
    desk = Desk(hub, "one")
    desk.write(6)
    desk.round()
    old = desk.store.backup()
    desk.write(3)
    desk.round()
    desk.store.state = old
    desk.store.state.feeds[TOWN] = replace(desk.store.state.feeds[TOWN], repairing=True)
    before = len(desk.line.requests)
    assert desk.round().end is RoundEnd.DONE
    asked = [ask for body in desk.line.requests[before:] for ask in decode_request(body, "one").feeds]
    assert {(ask.cursor >= 6, ask.whole) for ask in asked if ask.feed == TOWN} == {(True, True)}
    assert all_agree(hub, desk)


def test_place_that_is_a_twins_is_found_when_reading_again_did_not_help(hub: FakeHub) -> None:
    """The hub has another event under an own number; a run of places alone does not show that."""
    desk, twin = Desk(hub, "one"), Desk(FakeHub(), "one")
    twin.line = FakeLine(hub, "one")
    desk.write(2)
    desk.round()
    twin.store.state = desk.store.backup()
    twin.write(1, text="there")
    assert twin.round().end is RoundEnd.DONE
    desk.write(1, text="here")
    mine = OriginKey(TOWN, "one", 1)
    hub_has = hub.books.links[mine][2]
    assert desk.store.state.chains[mine].links[2] != hub_has
    desk.store.state.chains[mine].places[3] = 3  # placed by a run before anybody noticed
    before = len(desk.line.requests)
    report = desk.round()
    assert (report.end, report.error) == (RoundEnd.FAILED, "sync.fork")
    asked = [ask for body in desk.line.requests[before:] for ask in decode_request(body, "one").feeds]
    whole = [ask.whole for ask in asked if ask.feed == TOWN]
    assert whole[:2] == [False, False] and whole[-1]


def test_what_a_feed_in_doubt_sets_free_goes_in_the_same_round(hub: FakeHub) -> None:
    """A desk that enrols with another hub reads its feeds again: only then it is known what that hub does not have."""
    desk = Desk(hub, "one")
    desk.write(6)
    desk.round()
    hub.books = FakeHub().books
    desk.store.restart_feed(TOWN)
    report = desk.round()
    assert (report.end, report.pushed) == (RoundEnd.DONE, 6)
    assert all_agree(hub, desk)


def test_restored_desk_that_writes_before_it_asks_is_a_fork_and_loses_nothing(hub: FakeHub) -> None:
    desk = Desk(hub, "one")
    desk.write(3)
    desk.round()
    old = desk.store.backup()
    desk.write(3, text="gone with the disk, but the hub has it")
    desk.round()
    desk.store.state = old
    desk.write(2, text="new under old numbers")
    report = desk.round()
    assert (report.end, report.error) == (RoundEnd.FAILED, "sync.fork")
    start_anew(desk.store)
    assert desk.round().end is RoundEnd.DONE
    assert len(hub.records(TOWN)) == 8
    assert all_agree(hub, desk)


def test_twin_that_starts_anew_writes_beside_the_first(hub: FakeHub) -> None:
    one = Desk(hub, "one")
    one.write(3)
    one.round()
    twin = Desk(FakeHub(), "one")
    twin.line = FakeLine(hub, "one")
    twin.store.state = one.store.backup()
    one.write(1, text="here")
    twin.write(1, text="there")
    assert one.round().end is RoundEnd.DONE
    assert twin.round().error == "sync.fork"
    start_anew(twin.store)
    assert twin.round().end is RoundEnd.DONE
    assert one.round().end is RoundEnd.DONE
    assert all_agree(hub, one, twin)
    assert len(hub.records(TOWN)) == 5


def test_revoked_desk_keeps_what_it_did_not_send(hub: FakeHub) -> None:
    desk = Desk(hub, "one")
    desk.write(3)
    hub.revoked.add("one")
    assert desk.round().error == "sync.revoked"
    assert desk.store.unsent_origins()


def test_forbidden_events_stay_and_the_rest_goes_on(hub: FakeHub) -> None:
    desk, other = Desk(hub, "one"), Desk(hub, "two")
    other.write(2)
    other.round()
    desk.write(3)
    hub.forbidden.add(TOWN)
    report = desk.round()
    assert (report.end, report.rejected, report.pulled) == (RoundEnd.DONE, 3, 2)
    assert desk.store.unsent_origins()


def test_push_that_the_hub_refuses_fails_the_round(hub: FakeHub) -> None:
    desk = Desk(hub, "one")
    desk.write(3)
    hub.keys["one"] = bytes(32)
    assert desk.round().error == "sync.push_refused"
    assert desk.store.unsent_origins()


def test_another_hub_under_the_same_address_is_noticed(hub: FakeHub) -> None:
    desk = Desk(hub, "one")
    desk.round()
    hub.name = "hub-2"
    assert desk.round().error == "sync.hub_changed"


def test_damaged_places_are_found_by_the_sum_and_read_again(hub: FakeHub) -> None:
    one, two = Desk(hub, "one"), Desk(hub, "two")
    one.write(6)
    one.round()
    two.round()
    two.store.state.marks[TOWN][3] ^= 1
    assert two.round().end is RoundEnd.DONE
    assert two.store.feeds()[0].total == one.store.feeds()[0].total


def test_cancelled_round_says_so_and_the_next_goes_on(hub: FakeHub) -> None:
    desk = Desk(hub, "one")
    desk.write(3)
    report = desk.round(around=RoundPorts(now=lambda: NOW, cancelled=lambda: True))
    assert report.end is RoundEnd.CANCELLED
    assert desk.store.rounds()[0] == report
    assert desk.round().end is RoundEnd.DONE


def test_batch_grows_on_a_quick_line_and_shrinks_after_silence(hub: FakeHub) -> None:
    desk = Desk(hub, "one")
    desk.write(600, text="长" * 300)
    desk.round()
    grown = desk.pacing.up.size
    desk.write(1)
    desk.round(Fault.ANSWER_LOST)
    assert desk.pacing.up.size == max(grown // 2, FIRST_BYTES // 2)


def test_desk_that_packs_slowly_does_not_take_its_line_for_a_slow_one(hub: FakeHub) -> None:
    desk, spent = quick_desk(hub), Counter[int]()
    for _ in range(1500):
        desk.write(text=uuid4().hex)

    def slowly() -> datetime:
        spent[get_ident()] += 60  # asked once for each request that is packed, on the thread that packs
        return NOW

    report = desk.round(around=RoundPorts(now=slowly, monotonic=lambda: spent[get_ident()]))
    assert report.pushed == 1500 and desk.pacing.is_quick and desk.pacing.up.size > 2 * LEAST_BYTES


def test_grants_that_changed_are_kept(hub: FakeHub) -> None:
    desk = Desk(hub, "one")
    hub.grants = (Grant(TOWN, writes=True), Grant("t:371002002"))
    desk.round()
    enrolment = desk.store.enrolment()
    assert enrolment is not None and enrolment.grants == hub.grants


def test_files_go_in_pieces_and_on_from_where_the_line_broke(hub: FakeHub) -> None:
    one, two = Desk(hub, "one"), Desk(hub, "two")
    content = bytes(range(256)) * 300
    name = one.store.attach(content)
    two.store.miss(content)
    one.round(Fault.NONE, Fault.NONE, Fault.ANSWER_LOST)
    assert 0 < len(hub.books.files[name]) < len(content)
    assert one.round().end is RoundEnd.DONE
    assert hub.books.files[name] == content and not one.store.waiting_files(9)
    two.round()
    assert two.store.state.files[name] == content


def test_files_leave_the_line_when_something_more_important_waits(hub: FakeHub) -> None:
    desk = Desk(hub, "one")
    name = desk.store.attach(bytes(100_000))
    desk.round(around=RoundPorts(now=lambda: NOW, hurried=lambda: True))
    assert name not in hub.books.files
