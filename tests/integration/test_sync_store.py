"""The store takes in what others wrote: whole or not at all, in any cut, with every lost place found again."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from gridclient.domain.case import CaseState
from gridclient.domain.errors import SyncFault
from gridclient.domain.events import EventDraft, EventKey, EventKind, Record, link_after
from gridclient.services.rows import Box, CaseFilter, Sort
from gridclient.services.sync_port import FeedPage, FeedState, Grant, OriginKey, PlacedRecord, PlacedRun, Unsent
from gridclient.store.acknowledgement import acknowledge_all
from gridclient.store.backup import back_up, restore
from gridclient.store.log import CHAIN_START
from gridclient.store.profile import open_profile
from gridclient.store.sync_rounds import SqliteSyncQueries
from gridclient.store.verify import verify
from gridclient.sync.signing import new_key
from tests.contract.stage import NOW, OTHER_TOWNSHIP, STREAM, UNITS
from tests.fakes.toy_hub import HUB, ToyDesk, ToyHub, desk_on, make_profile, same_tables, toy_desk

Desks = tuple[ToyDesk, ToyDesk]


@pytest.fixture
def hub() -> ToyHub:
    return ToyHub()


@contextmanager
def some_desks(folder: Path, number: int) -> Iterator[list[ToyDesk]]:
    with ExitStack() as stack:
        desks = [stack.enter_context(toy_desk(folder / f"desk{n}", n)) for n in range(1, number + 1)]
        for desk in desks:
            desk.enrol()
        yield desks


@pytest.fixture
def desks(tmp_path: Path) -> Iterator[Desks]:
    with some_desks(tmp_path, 2) as (one, two):
        yield one, two


def proved(*desks: ToyDesk) -> bool:
    reports = [verify(desk.profile.database) for desk in desks]
    assert [report.problems for report in reports] == [()] * len(desks)
    return True


def pending(desk: ToyDesk) -> tuple[int, int]:
    return SqliteSyncQueries(desk.profile.database).pending()[:2]


def code_of(call: Callable[[], object]) -> str:
    with pytest.raises(SyncFault) as caught:
        call()
    return caught.value.code


def log_of(desk: ToyDesk) -> object:
    with desk.profile.database.reader() as connection:
        return connection.execute("SELECT hash, acked FROM events ORDER BY hash").fetchall()


def test_two_desks_see_each_others_cases(desks: Desks, hub: ToyHub) -> None:
    one, two = desks
    case_id = one.stage.dispatched("占道经营")
    assert pending(one) == (3, 1)
    assert one.stage.queries.page(CaseFilter(box=Box.PENDING), Sort()).rows[0].pending
    one.round(hub)
    assert pending(one) == (0, 0)
    assert not one.stage.queries.page(CaseFilter(box=Box.PENDING), Sort()).rows
    two.round(hub)
    assert two.stage.case(case_id).state is CaseState.DISPATCHED
    two.stage.sign(case_id, UNITS[0])
    two.round(hub)
    (taken,) = one.pull(hub)
    assert (set(taken.changes.cases), taken.new_events, taken.conflicts) == ({case_id}, 1, 0)
    assert one.stage.case(case_id).state is CaseState.HANDLING
    assert one.stage.titles(CaseFilter(text="占道")) == two.stage.titles(CaseFilter(text="占道")) == ["占道经营"]
    assert same_tables(desks) and proved(*desks)


def test_what_is_not_placed_stays_behind_what_is(desks: Desks, hub: ToyHub) -> None:
    """One closed its eyes to the line; what the other sent meanwhile stands before its own."""
    one, two = desks
    case_id = one.stage.dispatched("噪音扰民", UNITS[0])
    one.round(hub)
    two.round(hub)
    two.stage.record(EventKind.NOTED, case_id, {"text": "二号先记"})
    one.stage.record(EventKind.NOTED, case_id, {"text": "一号先送"})
    one.round(hub)
    two.pull(hub)
    texts = [e.payload.get("text") for e in two.stage.queries.timeline(case_id)][-2:]
    assert texts == ["一号先送", "二号先记"]
    assert proved(two) and pending(two) == (1, 1)
    two.round(hub)
    one.round(hub)
    assert same_tables(desks) and proved(*desks)


def test_both_acting_on_one_case_is_a_conflict_on_both(desks: Desks, hub: ToyHub) -> None:
    one, two = desks
    case_id = one.stage.register("暴露垃圾")
    one.stage.file(case_id)
    one.round(hub)
    two.round(hub)
    one.stage.dispatch(case_id, UNITS[0])
    two.stage.dispatch(case_id, UNITS[1])
    one.round(hub)
    assert two.push(hub)
    assert [taken.conflicts for taken in two.pull(hub)] == [1]
    one.round(hub)
    for desk in desks:
        assert SqliteSyncQueries(desk.profile.database).conflicts() == [case_id]
        assert desk.stage.case(case_id).lead is not None
    assert same_tables(desks) and proved(*desks)


def test_a_page_taken_twice_changes_nothing(desks: Desks, hub: ToyHub) -> None:
    one, two = desks
    one.stage.dispatched()
    one.round(hub)
    page = hub.page(FeedState(STREAM, 0, 0, 0), two.device, 10)
    assert two.sync.take(page).new_events == 3
    before = two.sync.feeds(), log_of(two)
    again = two.sync.take(page)
    assert (again.new_events, again.changes.cases, again.agrees) == (0, frozenset(), True)
    assert (two.sync.feeds(), log_of(two)) == before


def forged(page: FeedPage, place: int, **changes: Any) -> FeedPage:
    foreign = list(page.foreign)
    foreign[place] = foreign[place]._replace(record=foreign[place].record._replace(**changes))
    return replace(page, foreign=tuple(foreign))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda page: forged(page, 1, actor="mallory"), "sync.signature"),
        (lambda page: replace(page, foreign=page.foreign[1:]), "sync.chain_broken"),
        (
            lambda page: replace(page, foreign=(page.foreign[1], page.foreign[0], *page.foreign[2:])),
            "sync.chain_broken",
        ),
        (lambda page: replace(page, heads=()), "sync.signature"),
        (lambda page: replace(page, heads=(page.heads[0]._replace(signature=bytes(64)),)), "sync.signature"),
        (lambda page: forged(page, 0, text="[]"), "sync.chain_broken"),
        (lambda page: forged(page, 0, text="{"), "sync.chain_broken"),
        (lambda page: forged(page, 0, hlc=1 << 63), "sync.chain_broken"),
        (lambda page: replace(page, own=(PlacedRun(4, OriginKey(STREAM, f"{2:016x}", 1), 7, 1),)), "sync.gap"),
    ],
)
def test_a_forged_page_is_refused_whole(
    desks: Desks, hub: ToyHub, change: Callable[[FeedPage], FeedPage], code: str
) -> None:
    one, two = desks
    one.stage.dispatched()
    one.round(hub)
    page = hub.page(FeedState(STREAM, 0, 0, 0), two.device, 10)
    assert code_of(lambda: two.sync.take(change(page))) == code
    assert log_of(two) == [] and two.sync.feeds() == [FeedState(STREAM, 0, 0, 0)]
    assert two.sync.take(page).agrees
    assert proved(two)


def test_another_key_for_a_known_device_is_refused(desks: Desks, hub: ToyHub) -> None:
    one, two = desks
    one.stage.register()
    one.round(hub)
    two.round(hub)
    one.key = new_key()
    one.stage.register("第二件")
    assert one.push(hub)
    assert code_of(lambda: two.pull(hub)) == "sync.signature"


def test_another_text_under_a_known_number_is_refused(desks: Desks, hub: ToyHub) -> None:
    one, two = desks
    one.stage.dispatched()
    one.round(hub)
    two.round(hub)
    two.sync.restart_feed(STREAM)
    page = hub.page(FeedState(STREAM, 0, 0, 0), two.device, 10)
    assert code_of(lambda: two.sync.take(forged(page, 2, actor="mallory"))) == "sync.chain_broken"
    two.pull(hub)
    assert proved(two) and not two.sync.feeds()[0].repairing


def test_unknown_kinds_and_unreadable_events_are_kept_and_stop_nothing(desks: Desks, hub: ToyHub) -> None:
    one, two = desks
    case_id, lost = one.stage.register("路灯不亮"), "f" * 32
    origin = one.sync.unsent_origins()[0][0]
    unsent = one.sync.unsent(origin, 1, 10)
    records, link = list(unsent.records), unsent.link_after
    for kind, subject, text in (
        ("case_beamed_up", case_id, "{}"),
        ("case_filed", case_id, '{"facts":7}'),
        ("case_filed", case_id, '{"facts":{"nonsense":1}}'),
        ("case_noted", lost, '{"text":"没有登记"}'),
        ("case_registered", "not-a-case", '{"facts":{}}'),
        ("grid_changed", "371002001", '{"name":"新"}'),
    ):
        key = EventKey(*origin, records[-1].key.seq + 1)
        records.append(Record(key, records[-1].hlc + 1, kind, 1, subject, 1, "x", text))
        link = link_after(link, records[-1].canonical())
    assert hub.push(Unsent(origin, 1, tuple(records), CHAIN_START, link), one.key)
    two.round(hub)
    assert two.stage.case(case_id).state is CaseState.REPORTED
    assert proved(two)
    two.stage.record(EventKind.NOTED, case_id, {"text": "继续"})
    two.round(hub)
    assert pending(two) == (0, 0) and proved(two)


def test_a_department_gets_its_cases_with_their_past(tmp_path: Path, hub: ToyHub) -> None:
    with some_desks(tmp_path, 2) as (desk, department):
        department.enrol(Grant(STREAM, writes=True, unit=UNITS[1]), Grant(STREAM, writes=True, unit=UNITS[2]))
        first, second, third = desk.stage.dispatched("甲", UNITS[0]), desk.stage.dispatched("乙", UNITS[1]), ""
        desk.round(hub, cut=2)
        department.round(hub, cut=2)
        assert department.stage.titles(CaseFilter()) == ["乙"]
        department.stage.sign(second, UNITS[1])
        third = desk.stage.register("丙")
        desk.stage.give_back(first, UNITS[0])
        desk.stage.dispatch(first, UNITS[2], UNITS[1])
        department.round(hub, cut=3)
        desk.round(hub, cut=2)
        department.round(hub, cut=1)
        assert sorted(department.stage.titles(CaseFilter())) == ["乙", "甲"]
        assert department.stage.case(first).lead == desk.stage.case(first).lead
        assert pending(department) == (0, 0) and proved(desk, department)
        department.sync.restart_feed(f"d:{UNITS[1]}@{STREAM}")
        department.pull(hub, cut=2)
        assert pending(department) == (0, 0) and proved(department)
        department.enrol()  # now it may read all: gaps are filled, chains are walked
        department.round(hub, cut=2)
        assert third in department.stage.ids(CaseFilter())
        with department.profile.database.reader() as connection:
            assert connection.execute("SELECT min(whole) FROM origins").fetchone()[0] == 1
        assert same_tables([desk, department]) and proved(department)


def test_a_hub_from_an_old_backup_gets_everything_again(desks: Desks, hub: ToyHub) -> None:
    one, two = desks
    for desk in desks:
        desk.stage.dispatched("早")
        desk.round(hub)
    old = hub.copy()
    one.stage.dispatched("丢一")
    two.stage.dispatched("丢二")
    for desk in (one, two, one):
        desk.round(hub)
    assert pending(one) == pending(two) == (0, 0)
    two.stage.register("之后")
    two.sync.restart_feed(STREAM)
    two.round(old)
    two.round(old)
    assert pending(two) == (0, 0)
    one.sync.restart_feed(STREAM)
    one.pull(old, cut=4)
    assert pending(one) == (3, 1)
    for desk in (one, two, one):
        desk.round(old)
    assert pending(one) == pending(two) == (0, 0)
    assert same_tables(desks) and proved(*desks)
    assert len(one.stage.titles(CaseFilter())) == 5


def test_a_feed_that_disagrees_says_so(desks: Desks, hub: ToyHub) -> None:
    one, two = desks
    one.stage.dispatched()
    one.round(hub)
    page = hub.page(FeedState(STREAM, 0, 0, 0), two.device, 10)
    assert not two.sync.take(replace(page, total=page.total ^ 1)).agrees
    two.sync.restart_feed(STREAM)
    assert two.sync.feeds()[0].repairing and SqliteSyncQueries(two.profile.database).repairing()
    assert two.sync.take(page).agrees
    assert two.sync.feeds() == [FeedState(STREAM, 3, 3, page.total)]
    with two.profile.database.writer() as connection:
        connection.execute("UPDATE feeds SET count = count + 1")
    assert verify(two.profile.database).problems == (f"feed {STREAM}",)


def test_places_that_the_hub_gave_to_another_are_taken_back(desks: Desks, hub: ToyHub) -> None:
    """A demonstration marked its history as reported; no hub ever saw it."""
    one, two = desks
    two.stage.dispatched("真")
    two.round(hub)
    case_id = one.stage.dispatched("演示")
    with one.profile.database.writer() as connection:
        acknowledge_all(connection)
    assert pending(one) == (0, 0)
    one.enrol(hub="hub-2")
    one.pull(hub, cut=2)
    assert pending(one) == (3, 1)
    one.round(hub)
    two.round(hub)
    assert case_id in two.stage.ids(CaseFilter())
    assert same_tables(desks) and proved(*desks)


def test_a_new_incarnation_writes_again_what_the_hub_never_had(desks: Desks, hub: ToyHub) -> None:
    one, two = desks
    placed = one.stage.dispatched("旧")
    one.round(hub)
    fresh = one.stage.dispatched("新")
    one.stage.record(EventKind.NOTED, placed, {"text": "补记"})
    one.stage.undo(fresh)
    before = [(e.at, e.kind) for e in one.stage.queries.timeline(fresh)]
    assert one.sync.begin_incarnation(2) == 5
    assert [(e.at, e.kind) for e in one.stage.queries.timeline(fresh)] == before
    assert one.stage.case(fresh).state is CaseState.FILED and not one.stage.case(fresh).refused
    assert one.sync.incarnation == one.profile.device.incarnation == 2
    assert proved(one)
    one.stage.record(EventKind.NOTED, placed, {"text": "之后"})  # by a desk that was opened before
    assert [key.incarnation for key, _ in one.sync.unsent_origins()] == [2]
    one.round(hub)
    two.round(hub)
    assert pending(one) == (0, 0) and same_tables(desks) and proved(*desks)
    assert one.sync.begin_incarnation(2) == 0
    assert one.sync.incarnation == 3
    with open_profile(one.profile.folder, now=NOW, read_only=True) as again:
        assert again.device.incarnation == 3
        with again.database.reader() as connection:
            lines = connection.execute("SELECT what, subject FROM audit ORDER BY no").fetchall()
    assert lines == [("sync.incarnation", "2/5"), ("sync.incarnation", "3/0")]


def test_a_twin_is_noticed_and_nothing_of_either_is_lost(tmp_path: Path, hub: ToyHub) -> None:
    with some_desks(tmp_path, 1) as (one,):
        one.stage.register("共同")
        one.round(hub)
        back_up(one.profile, tmp_path / "a.gridbackup")
        make_profile(tmp_path / "twin", 1)
        (tmp_path / "twin" / "store.db").write_bytes((tmp_path / "a.gridbackup").read_bytes())
        with open_profile(tmp_path / "twin", now=NOW) as profile:
            twin = desk_on(profile, 7)
            twin.enrol(key=one.key)
            one.stage.register("甲")
            twin.stage.register("乙")
            twin.stage.register("丙")
            one.round(hub)
            assert not twin.push(hub) and hub.refused == "fork"
            assert twin.sync.begin_incarnation(2) == 2
            assert twin.push(hub)
            assert code_of(lambda: twin.pull(hub)) == "sync.gap"
            twin.sync.restart_feed(STREAM)
            twin.pull(hub)
            one.sync.restart_feed(STREAM)
            one.pull(hub)
            assert len(one.stage.titles(CaseFilter())) == 4
            assert pending(one) == pending(twin) == (0, 0)
            assert same_tables([one, twin]) and proved(one, twin)


def test_own_events_under_which_the_hub_has_others_wait_again(desks: Desks, hub: ToyHub) -> None:
    """Their numbers were a twin's at the hub: a run of places came for them before anybody noticed."""
    one, _ = desks
    one.stage.register("共同")
    one.round(hub)
    mine = one.stage.register("我的")
    origin = OriginKey(STREAM, one.device, 1)
    ours = one.sync.unsent(origin, 2, 1)
    theirs = ours.records[0]._replace(text='{"number":"x","facts":{"title":"孪生"}}', subject="e" * 32)
    link = link_after(ours.link_before, theirs.canonical())
    assert hub.push(replace(ours, records=(theirs,), link_after=link), one.key)
    page = hub.page(one.sync.feeds()[0], one.device, 10)
    assert code_of(lambda: one.sync.take(page)) == "sync.fork"
    assert pending(one) == (1, 1)
    assert not one.sync.take(replace(page, heads=())).agrees
    assert pending(one) == (0, 0)
    one.sync.restart_feed(STREAM)
    page = hub.page(one.sync.feeds()[0], one.device, 10)
    assert code_of(lambda: one.sync.take(page)) == "sync.fork"
    assert pending(one) == (1, 1)
    assert one.sync.begin_incarnation(2) == 1
    one.round(hub)
    assert one.stage.case(mine).facts.title == "我的" and len(one.stage.titles(CaseFilter())) == 3
    assert pending(one) == (0, 0) and proved(one)


def test_a_restored_desk_gets_back_what_it_had_sent(desks: Desks, hub: ToyHub, tmp_path: Path) -> None:
    one, two = desks
    one.stage.register("之前")
    one.round(hub)
    one.stage.register("备份时未报")
    back_up(one.profile, tmp_path / "a.gridbackup")
    one.stage.register("备份后")
    one.round(hub)
    two.round(hub)
    restore(one.profile, tmp_path / "a.gridbackup", now=NOW)
    again = desk_on(one.profile, 5)
    again.key = one.key
    assert again.sync.enrolment() == one.sync.enrolment() is not None
    assert again.stage.settings.value("sync.confirm") == "1"
    assert [state.repairing for state in again.sync.feeds()] == [True]
    assert again.sync.incarnation == 2
    again.stage.register("恢复后")
    again.round(hub)
    two.round(hub)
    assert sorted(again.stage.titles(CaseFilter())) == ["之前", "备份后", "备份时未报", "恢复后"]
    assert pending(again) == (0, 0) and same_tables([again, two]) and proved(again)
    assert not again.sync.feeds()[0].repairing


def test_a_backup_on_another_machine_is_another_device(desks: Desks, hub: ToyHub, tmp_path: Path) -> None:
    one, two = desks
    one.stage.register("已报")
    one.round(hub)
    lost = one.stage.dispatched("未报就坏了")
    back_up(one.profile, tmp_path / "a.gridbackup")
    with toy_desk(tmp_path / "new", 9) as fresh:
        restore(fresh.profile, tmp_path / "a.gridbackup", now=NOW)
        new = desk_on(fresh.profile, 9)
        assert new.sync.enrolment() is None and not list(new.sync.feeds())
        assert pending(new) == (3, 1) and not list(new.sync.unsent_origins())
        new.enrol()
        new.round(hub)
        assert pending(new) == (3, 1)  # now under its own name
        new.round(hub)
        assert pending(new) == (0, 0)
        two.round(hub)
        assert two.stage.case(lost).state is CaseState.DISPATCHED
        assert same_tables([new, two]) and proved(new, two)


def test_the_enrolment_is_the_owners_and_gives_the_numbers_their_characters(desks: Desks) -> None:
    one, _ = desks
    one.enrol(short="ZZ")
    file = one.profile.folder / "keys" / "enrolment.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    case_id = one.stage.register()  # by a desk that was opened before
    assert one.stage.case(case_id).number.partition("-")[2].split("-")[1].startswith("ZZ")
    found = one.sync.enrolment()
    assert found is not None and (found.hub, found.short, found.signing_key) == (HUB, "ZZ", one.key)
    with open_profile(one.profile.folder, now=NOW, lock=False) as again:
        assert again.device.short == "ZZ"
    kept = json.loads(file.read_text())
    file.write_text(json.dumps({**kept, "device": "somebody else"}))
    assert one.sync.enrolment() is None


def test_another_signing_key_begins_another_incarnation(desks: Desks, hub: ToyHub) -> None:
    one, two = desks
    one.stage.register("一")
    one.round(hub)
    two.round(hub)
    one.stage.register("二")
    one.enrol(key=new_key())
    assert one.sync.incarnation == 2
    one.round(hub)
    two.round(hub)
    assert same_tables(desks) and pending(one) == (0, 0) and proved(*desks)


def test_feeds_are_what_is_granted(desks: Desks, hub: ToyHub) -> None:
    one, _ = desks
    one.stage.register()
    one.round(hub)
    other = f"t:{OTHER_TOWNSHIP}"
    one.enrol(Grant(STREAM), Grant(other, reads=False, writes=True), Grant("ref"), Grant(STREAM, unit="U-1"))
    assert [(state.feed, state.cursor) for state in one.sync.feeds()] == [(STREAM, 1), ("ref", 0)]
    one.enrol(Grant("ref"))
    one.enrol(Grant(STREAM))
    assert [(state.feed, state.cursor) for state in one.sync.feeds()] == [(STREAM, 0)]
    one.round(hub)
    assert proved(one)


def test_clocks_that_differ_do_not_decide_but_keep_what_a_desk_saw_in_order(desks: Desks) -> None:
    one, two = desks
    one.stage.clock.advance(days=1)
    case_id = one.stage.dispatched()
    two.sync.take_unplaced(one.stick())
    two.stage.sign(case_id, UNITS[0])  # its clock is a day behind
    one.sync.take_unplaced(two.stick())
    for desk in desks:
        assert desk.stage.case(case_id).state is CaseState.HANDLING
        assert desk.stage.queries.timeline(case_id)[-1].kind == EventKind.SIGNED
    assert same_tables(desks) and proved(*desks)


def test_a_case_that_nobody_opened_here_can_be_opened_by_a_later_page(desks: Desks, hub: ToyHub) -> None:
    one, two = desks
    case_id = one.stage.new_id()
    payload = one.stage.registration("迟到")
    one.stage.record(EventKind.REGISTERED, case_id, payload)
    two.round(hub)
    origin = one.sync.unsent_origins()[0][0]
    one.stage.record(EventKind.NOTED, case_id, {"text": "记"})
    late = one.sync.unsent(origin, 2, 1)
    batch = one.stick({origin: 2})[0]
    assert late.records == batch.records
    assert two.sync.take_unplaced([batch]).new_events == 1
    assert proved(two) and not two.stage.ids(CaseFilter())
    assert two.sync.take_unplaced(one.stick()).new_events == 1
    assert two.stage.ids(CaseFilter()) == [case_id]
    assert same_tables(desks) and proved(two)


def test_many_events_of_one_transaction_are_placed_without_folding(desks: Desks, hub: ToyHub) -> None:
    one, two = desks
    with one.stage.work() as unit_of_work:
        for n in range(300):
            number = unit_of_work.next_number("371002001", NOW.date())
            payload = {"number": number, "facts": {"title": f"案件{n}"}}
            unit_of_work.record(EventDraft(EventKind.REGISTERED, one.stage.new_id(), STREAM, "t", payload))
    one.round(hub, cut=70)
    two.round(hub, cut=90)
    assert pending(one) == (0, 0) and same_tables(desks) and proved(*desks)


def test_time_of_events_is_not_taken_from_others_clocks(desks: Desks, hub: ToyHub) -> None:
    """A desk whose clock is a year ahead must not carry the others along once the hub has placed its events."""
    one, two = desks
    one.stage.clock.advance(days=365)
    one.stage.register()
    one.round(hub)
    two.round(hub)
    mine = two.stage.register("准时")
    assert two.stage.queries.timeline(mine)[0].at - NOW < timedelta(minutes=1)


def test_a_placed_record_has_its_own_link_checked(desks: Desks, hub: ToyHub) -> None:
    one, two = desks
    one.stage.dispatched("占道", UNITS[0])
    one.round(hub)
    two.sync.restart_feed(STREAM)
    page = hub.page(two.sync.feeds()[0], two.device, 10)
    wrong = tuple(PlacedRecord(p, record, bytes(32)) for p, record, _ in page.foreign)
    assert code_of(lambda: two.sync.take(replace(page, foreign=wrong))) == "sync.chain_broken"
