"""Lost places, lost events, numbers used twice, restored stores: the next rounds put them right and lose nothing."""

from __future__ import annotations

import json
import stat
from dataclasses import replace
from pathlib import Path

from gridclient.domain.case import CaseState
from gridclient.domain.events import EventKind, link_after
from gridclient.services.enrolment import Grant
from gridclient.services.rows import CaseFilter
from gridclient.services.sync_port import FeedState, OriginKey
from gridclient.store.backup import back_up, restore
from gridclient.store.profile import open_profile
from gridclient.store.verify import verify
from gridclient.sync.signing import new_key
from gridclient.sync.wire import PushStatus
from tests.contract.stage import NOW, OTHER_TOWNSHIP, STREAM, UNITS
from tests.fakes.acknowledgement import acknowledge_all
from tests.fakes.sync_hub import HUB, FakeHub
from tests.fakes.toy_desk import (
    Desks,
    code_of,
    desk_on,
    pending,
    proved,
    same_tables,
    signed,
    toy_desk,
)


def test_a_hub_from_an_old_backup_gets_everything_again(desks: Desks, hub: FakeHub) -> None:
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


def test_a_feed_that_disagrees_says_so(desks: Desks, hub: FakeHub) -> None:
    one, two = desks
    one.stage.dispatched()
    one.round(hub)
    page = hub.page(FeedState(STREAM, 0, 0, 0), two.device, 10)
    assert not two.sync.take(replace(page, total=page.total ^ 1)).agrees
    two.sync.restart_feed(STREAM)
    assert two.sync.feeds()[0].repairing
    assert two.sync.take(page).agrees
    assert two.sync.feeds() == [FeedState(STREAM, 3, 3, page.total)]
    with two.profile.database.writer() as connection:
        connection.execute("UPDATE feeds SET count = count + 1")
    assert verify(two.profile.database).problems == (f"feed {STREAM}",)


def test_places_that_the_hub_gave_to_another_are_taken_back(desks: Desks, hub: FakeHub) -> None:
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


def dispatched_to_a_unit(desks: Desks, hub: FakeHub) -> str:
    """A case of the first desk; the second is the unit's, and has it."""
    one, two = desks
    two.enrol(Grant(STREAM, writes=True, unit=UNITS[0]))
    case_id = one.stage.dispatched("甲", UNITS[0])
    one.round(hub)
    two.round(hub)
    return case_id


def test_a_part_that_grows_to_its_stream_keeps_no_place_that_the_hub_lost_meanwhile(desks: Desks, hub: FakeHub) -> None:
    one, two = desks
    case_id = dispatched_to_a_unit(desks, hub)
    old = hub.copy()
    one.stage.register("乙")
    one.stage.give_back(case_id, UNITS[0])
    one.round(hub)
    two.round(hub)
    two.enrol(Grant(STREAM, writes=True))
    two.round(old)
    two.stage.dispatch(case_id, UNITS[1])
    two.round(old)
    assert pending(two) == (0, 0) and proved(two)
    one.sync.restart_feed(STREAM)
    for desk in (one, two, one, two):
        desk.round(old)
    assert pending(one) == pending(two) == (0, 0)
    assert same_tables(desks) and proved(*desks)


def test_what_a_unit_did_comes_again_where_the_hub_lost_it_and_gave_its_place_away(desks: Desks, hub: FakeHub) -> None:
    one, two = desks
    case_id = dispatched_to_a_unit(desks, hub)
    old = hub.copy()
    two.stage.give_back(case_id, UNITS[0])
    two.round(hub)
    one.stage.record(EventKind.NOTED, case_id, {"text": "已电话联系"})
    one.round(old)
    two.round(old)
    assert pending(two) == (1, 1), "the hub has another event in its place, and not this one"
    for desk in (two, one):
        desk.round(old)
    assert len(old.records(STREAM)) == 5
    assert same_tables(desks) and proved(*desks)


def test_a_new_incarnation_writes_again_what_the_hub_never_had(desks: Desks, hub: FakeHub) -> None:
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


def test_own_events_under_which_the_hub_has_others_wait_again(desks: Desks, hub: FakeHub) -> None:
    """Their numbers were a twin's at the hub: a run of places came for them before anybody noticed."""
    one, _ = desks
    one.stage.register("共同")
    one.round(hub)
    mine = one.stage.register("我的")
    origin = OriginKey(STREAM, one.device, 1)
    ours = one.sync.unsent(origin, 2, 1)
    theirs = ours.records[0]._replace(text='{"number":"x","facts":{"title":"孪生"}}', subject="e" * 32)
    link = link_after(ours.link_before, theirs.canonical())
    assert hub.push(signed(replace(ours, records=(theirs,), link_after=link), one.key)).status is PushStatus.APPLIED
    assert not one.sync.take(hub.page(one.sync.feeds()[0], one.device, 10)).agrees
    assert pending(one) == (0, 0)
    one.sync.restart_feed(STREAM)
    page = hub.page(one.sync.feeds()[0], one.device, 10)
    assert code_of(lambda: one.sync.take(page)) == "sync.fork"
    assert pending(one) == (1, 1)
    assert one.sync.begin_incarnation(2) == 1
    one.round(hub)
    assert one.stage.case(mine).facts.title == "我的" and len(one.stage.titles(CaseFilter())) == 3
    assert pending(one) == (0, 0) and proved(one)


def test_places_that_a_fork_takes_back_are_not_counted_any_more(desks: Desks, hub: FakeHub) -> None:
    """Found by the fault suite: a desk that was revoked right after a fork had a feed that did not prove right."""
    one, _ = desks
    one.stage.register("共同")
    one.round(hub)
    old = hub.copy()
    one.stage.register("我的")
    one.round(hub)
    origin = OriginKey(STREAM, one.device, 1)
    ours = one.sync.unsent(origin, 2, 1)
    theirs = ours.records[0]._replace(text='{"number":"x","facts":{"title":"孪生"}}', subject="e" * 32)
    link = link_after(ours.link_before, theirs.canonical())
    assert old.push(signed(replace(ours, records=(theirs,), link_after=link), one.key)).status is PushStatus.APPLIED
    page = old.page(FeedState(STREAM, 0, 0, 0, repairing=True), one.device, 10)
    assert code_of(lambda: one.sync.take(page)) == "sync.fork"
    assert pending(one) == (1, 1) and proved(one)
    assert [(feed.cursor, feed.repairing) for feed in one.sync.feeds()] == [(0, True)]


def test_a_backup_of_a_time_with_other_rights_leaves_no_feed_that_nobody_reads(desks: Desks, tmp_path: Path) -> None:
    """Found by the fault suite: the lamp would have said for ever that more may come."""
    one, _ = desks
    one.enrol(Grant("ref"))
    one.sync.restart_feed("ref")
    back_up(one.profile, tmp_path / "a.gridbackup")
    one.enrol(Grant(STREAM, writes=True))
    one.round(FakeHub())
    restore(one.profile, tmp_path / "a.gridbackup", now=NOW)
    again = desk_on(one.profile, 5)
    again.key = one.key
    again.round(FakeHub())
    assert [(feed.feed, feed.repairing) for feed in again.sync.feeds()] == [(STREAM, False)]


def test_a_restored_desk_gets_back_what_it_had_sent(desks: Desks, hub: FakeHub, tmp_path: Path) -> None:
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


def test_a_backup_on_another_machine_is_another_device(desks: Desks, hub: FakeHub, tmp_path: Path) -> None:
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


def test_another_signing_key_begins_another_incarnation(desks: Desks, hub: FakeHub) -> None:
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


def test_feeds_are_what_is_granted(desks: Desks, hub: FakeHub) -> None:
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
