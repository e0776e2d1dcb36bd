"""The store takes in what others wrote: whole or not at all, in any cut, in the order of the hub."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from gridclient.domain.case import CaseState
from gridclient.domain.errors import StoreUnavailable
from gridclient.domain.events import CHAIN_START, EventDraft, EventKey, EventKind, Record, link_after
from gridclient.services.enrolment import Grant
from gridclient.services.rows import Box, CaseFilter, Sort
from gridclient.services.sync_port import (
    FeedPage,
    FeedState,
    OriginKey,
    PlacedRecord,
    PlacedRun,
    RoundEnd,
    RoundReport,
    Unsent,
)
from gridclient.store.driver import Connection, Database
from gridclient.store.sync_rounds import SqliteSyncQueries
from gridclient.sync.signing import new_key, public_key
from gridclient.sync.wire import PushStatus
from tests.contract.bad_shapes import BAD_FACTS, BAD_LEVELS, registration
from tests.contract.stage import NOW, STREAM, TOWNSHIP, UNITS
from tests.fakes.lined_desk import enrolled, running_hub, synced
from tests.fakes.sync_hub import FakeHub
from tests.fakes.toy_desk import (
    Desks,
    ToyDesk,
    code_of,
    log_of,
    pending,
    proved,
    same_tables,
    signed,
    some_desks,
)


def test_two_desks_see_each_others_cases(desks: Desks, hub: FakeHub) -> None:
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


def test_what_no_list_shows_comes_into_the_history_alone(desks: Desks, hub: FakeHub) -> None:
    one, two = desks
    case_id = one.stage.dispatched("占道经营", UNITS[0])
    one.round(hub)
    two.round(hub)
    before = state_of_lists(two)
    one.stage.record(EventKind.URGED, case_id, {"text": "请尽快办理"})
    one.round(hub)
    (taken,) = two.pull(hub)
    assert set(taken.changes.cases) == {case_id}
    assert two.stage.case(case_id) == one.stage.case(case_id)
    assert state_of_lists(two) == before
    one.stage.record(EventKind.AMENDED, case_id, {"facts": {"description": "路口有流动摊贩"}})
    one.round(hub)
    two.round(hub)
    assert state_of_lists(two) > before
    assert two.stage.titles(CaseFilter(text="流动摊贩")) == ["占道经营"]
    assert same_tables(desks) and proved(*desks)


def state_of_lists(desk: ToyDesk) -> int:
    """A number that grows when lists and counts become others."""
    with desk.stage.database.reader() as connection:
        return int(connection.execute("SELECT stamp FROM store_state").fetchone()[0])


def test_what_is_not_placed_stays_behind_what_is(desks: Desks, hub: FakeHub) -> None:
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


def test_what_a_stick_brought_stays_behind_own_events_that_the_hub_placed_first(desks: Desks, hub: FakeHub) -> None:
    one, two = desks
    case_id = one.stage.register("噪音扰民")
    one.stage.file(case_id)
    one.round(hub)
    two.round(hub)
    one.stage.dispatch(case_id, UNITS[0])
    two.stage.clock.advance(minutes=5)
    two.stage.dispatch(case_id, UNITS[1])
    assert two.push(hub)
    two.sync.take_unplaced(one.stick())
    assert [part.unit for part in two.stage.case(case_id).assignments] == [UNITS[0]]
    two.pull(hub)
    assert [part.unit for part in two.stage.case(case_id).assignments] == [UNITS[1]]
    assert pending(two) == (0, 0) and proved(two)


def test_both_acting_on_one_case_is_a_conflict_on_both(desks: Desks, hub: FakeHub) -> None:
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


def test_a_page_taken_twice_changes_nothing(desks: Desks, hub: FakeHub) -> None:
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
    desks: Desks, hub: FakeHub, change: Callable[[FeedPage], FeedPage], code: str
) -> None:
    one, two = desks
    one.stage.dispatched()
    one.round(hub)
    page = hub.page(FeedState(STREAM, 0, 0, 0), two.device, 10)
    assert code_of(lambda: two.sync.take(change(page))) == code
    assert log_of(two) == [] and two.sync.feeds() == [FeedState(STREAM, 0, 0, 0)]
    assert two.sync.take(page).agrees
    assert proved(two)


def test_another_key_for_a_known_device_is_refused(desks: Desks, hub: FakeHub) -> None:
    one, two = desks
    one.stage.register()
    one.round(hub)
    two.round(hub)
    one.key = new_key()
    one.stage.register("第二件")
    assert one.push(hub)
    assert code_of(lambda: two.pull(hub)) == "sync.signature"


def test_another_text_under_a_known_number_is_refused(desks: Desks, hub: FakeHub) -> None:
    one, two = desks
    one.stage.dispatched()
    one.round(hub)
    two.round(hub)
    two.sync.restart_feed(STREAM)
    page = hub.page(FeedState(STREAM, 0, 0, 0), two.device, 10)
    assert code_of(lambda: two.sync.take(forged(page, 2, actor="mallory"))) == "sync.chain_broken"
    two.pull(hub)
    assert proved(two) and not two.sync.feeds()[0].repairing


def test_unknown_kinds_and_unreadable_events_are_kept_and_stop_nothing(desks: Desks, hub: FakeHub) -> None:
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
        *(("case_amended", case_id, f'{{"facts":{facts}}}') for facts in BAD_FACTS),
        *(("case_amended", case_id, f'{{"level":{level}}}') for level in BAD_LEVELS),
        *(("case_registered", f"{n:032x}", registration("1", facts)) for n, facts in enumerate(BAD_FACTS, 1)),
        ("case_registered", "e" * 32, registration("7", '{"title":"x"}')),
        ("grid_changed", "371002001", '{"name":"新"}'),
    ):
        key = EventKey(*origin, records[-1].key.seq + 1)
        records.append(Record(key, records[-1].hlc + 1, kind, 1, subject, 1, "x", text))
        link = link_after(link, records[-1].canonical())
    hub.keys[one.device] = public_key(one.key)
    waiting = Unsent(origin, 1, tuple(records), CHAIN_START, link)
    assert hub.push(signed(waiting, one.key)).status is PushStatus.APPLIED
    two.round(hub)
    assert two.stage.case(case_id).state is CaseState.REPORTED
    assert two.stage.titles(CaseFilter()) == ["路灯不亮"]
    assert proved(two)
    two.stage.record(EventKind.NOTED, case_id, {"text": "继续"})
    two.round(hub)
    assert pending(two) == (0, 0) and proved(two)


def test_a_department_gets_its_cases_with_their_past(tmp_path: Path, hub: FakeHub) -> None:
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


def test_a_case_that_nobody_opened_here_can_be_opened_by_a_later_page(desks: Desks, hub: FakeHub) -> None:
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


def test_many_events_of_one_transaction_are_placed_without_folding(desks: Desks, hub: FakeHub) -> None:
    one, two = desks
    with one.stage.work() as unit_of_work:
        for n in range(300):
            number = unit_of_work.next_number("371002001", NOW.date())
            payload = {"number": number, "facts": {"title": f"案件{n}"}}
            unit_of_work.record(EventDraft(EventKind.REGISTERED, one.stage.new_id(), STREAM, "t", payload))
    one.round(hub, cut=70)
    two.round(hub, cut=90)
    assert pending(one) == (0, 0) and same_tables(desks) and proved(*desks)


def test_a_first_load_over_sealed_parts_of_a_real_hub_is_whole(desk: ToyDesk, second: ToyDesk, tmp_path: Path) -> None:
    with desk.stage.work() as unit_of_work:
        for n in range(5000):
            payload = {"number": f"{TOWNSHIP}-20261120-01{n:04d}", "facts": {"title": f"案件{n}"}}
            unit_of_work.record(EventDraft(EventKind.REGISTERED, desk.stage.new_id(), STREAM, "t", payload))
    with running_hub(tmp_path / "hub") as hub:
        for one in (desk, second):
            enrolled(one, hub)
            assert synced(one).end is RoundEnd.DONE
    assert pending(desk) == pending(second) == (0, 0) and second.stage.queries.total(CaseFilter()) == 5000
    assert same_tables((desk, second)) and proved(desk, second)


def test_time_of_events_is_not_taken_from_others_clocks(desks: Desks, hub: FakeHub) -> None:
    """A desk whose clock is a year ahead must not carry the others along once the hub has placed its events."""
    one, two = desks
    one.stage.clock.advance(days=365)
    one.stage.register()
    one.round(hub)
    two.round(hub)
    mine = two.stage.register("准时")
    assert two.stage.queries.timeline(mine)[0].at - NOW < timedelta(minutes=1)


def test_a_placed_record_has_its_own_link_checked(desks: Desks, hub: FakeHub) -> None:
    one, two = desks
    one.stage.dispatched("占道", UNITS[0])
    one.round(hub)
    two.sync.restart_feed(STREAM)
    page = hub.page(two.sync.feeds()[0], two.device, 10)
    wrong = tuple(PlacedRecord(p, record, bytes(32)) for p, record, _ in page.foreign)
    assert code_of(lambda: two.sync.take(replace(page, foreign=wrong))) == "sync.chain_broken"


def test_a_page_from_the_hub_alone_need_not_last(desks: Desks, hub: FakeHub, monkeypatch: pytest.MonkeyPatch) -> None:
    one, two = desks
    lasting: list[bool] = []
    writer = Database.writer

    def watched(database: Database, **given: bool) -> AbstractContextManager[Connection]:
        lasting.append(given.get("lasting", True))
        return writer(database, **given)

    monkeypatch.setattr(Database, "writer", watched)
    case_id = one.stage.dispatched("占道经营")
    assert set(lasting) == {True}
    one.round(hub)
    lasting.clear()
    (taken,) = two.pull(hub)
    assert case_id in taken.changes.cases and lasting == [False]
    lasting.clear()
    two.stage.sign(case_id, UNITS[0])
    assert set(lasting) == {True}


def test_index_that_cannot_be_tidied_leaves_the_round_a_good_one(desks: Desks, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_connection: object) -> bool:
        raise StoreUnavailable("store.disk_full")

    one, _ = desks
    monkeypatch.setattr("gridclient.store.sync_store.merge_a_little", full)
    report = RoundReport(NOW, RoundEnd.DONE, pulled=3)
    one.sync.keep_round(report)
    assert SqliteSyncQueries(one.profile.database).rounds() == [report]
