"""What synchronisation may expect of a store, played in memory and in a real one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import pytest

from gridclient.domain.errors import NotFound
from gridclient.services.enrolment import Enrolment, Grant
from gridclient.services.sync_port import FeedState, OriginKey, PlacedRun, StickBatch, SyncStore
from gridclient.sync.signing import new_key, public_key, sign_head
from tests.contract.stage import NOW, STREAM
from tests.fakes.sync_hub import HUB, FakeHub
from tests.fakes.sync_store import FakeSyncStore
from tests.fakes.toy_desk import code_of, pull_all, push_all, toy_desk


@dataclass
class Player:
    """A store and how its desk writes an event."""

    store: SyncStore
    key: bytes
    write: Callable[[], object]

    def round(self, hub: FakeHub, cut: int = 3) -> None:
        assert push_all(self.store, self.key, hub)
        pull_all(self.store, hub, cut=cut)

    @property
    def waiting(self) -> dict[OriginKey, int]:
        return dict(self.store.unsent_origins())


def enrolment(key: bytes) -> Enrolment:
    return Enrolment(HUB, "http://hub", "", "token", "A1", key, (Grant(STREAM, writes=True),), {}, NOW)


@pytest.fixture(params=["memory", "sqlite"])
def players(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Player, Player]]:
    if request.param == "memory":
        yield _in_memory("1" * 16), _in_memory("2" * 16)
        return
    with toy_desk(tmp_path / "1", 1) as one, toy_desk(tmp_path / "2", 2) as two:
        for desk in (one, two):
            desk.enrol()
        yield Player(one.sync, one.key, one.stage.register), Player(two.sync, two.key, two.stage.register)


def _in_memory(device: str) -> Player:
    key = new_key()
    store = FakeSyncStore(device, (STREAM,), enrolment(key))
    return Player(store, key, lambda: store.write(STREAM, text="记"))


def test_own_events_wait_until_their_places_come_back(players: tuple[Player, Player]) -> None:
    one, hub = players[0], FakeHub()
    assert not one.waiting
    one.write()
    one.write()
    (origin,) = one.waiting
    assert (origin.stream, origin.device, one.waiting[origin]) == (STREAM, one.store.device, 1)
    assert push_all(one.store, one.key, hub)
    assert one.waiting == {origin: 1}
    pull_all(one.store, hub, cut=1, pages=1)
    assert one.waiting == {origin: 2}
    pull_all(one.store, hub)
    assert not one.waiting


def test_unsent_events_are_chained_from_any_number(players: tuple[Player, Player]) -> None:
    one = players[0]
    for _ in range(4):
        one.write()
    (origin,) = one.waiting
    whole = one.store.unsent(origin, 1, 10)
    assert [record.key.seq for record in whole.records] == [1, 2, 3, 4]
    first, last = one.store.unsent(origin, 1, 2), one.store.unsent(origin, 3, 2)
    assert (first.link_before, first.link_after) == (bytes(32), last.link_before)
    assert (first.records + last.records, last.link_after) == (whole.records, whole.link_after)
    end = one.store.unsent(origin, 5, 2)
    assert (end.records, end.link_before, end.link_after) == ((), whole.link_after, whole.link_after)


def test_what_a_log_does_not_reach_is_told_from_what_follows_its_end(players: tuple[Player, Player]) -> None:
    one = players[0]
    one.write()
    (origin,) = one.waiting
    assert not one.store.unsent(origin, 2, 10).records
    assert code_of(lambda: one.store.unsent(origin, 3, 10)) == "sync.gap"


def test_feeds_of_two_desks_come_to_the_same_count_and_sum(players: tuple[Player, Player]) -> None:
    one, two = players
    hub = FakeHub()
    for player in (one, two, one, two, two):
        player.write()
        player.write()
        player.round(hub, cut=2)
    one.round(hub)
    (mine,), (other,) = one.store.feeds(), two.store.feeds()
    assert mine == other and (mine.cursor, mine.count, mine.repairing) == (10, 10, False)
    assert mine.total == hub.page(mine, "", 10).total


def test_a_page_again_adds_nothing(players: tuple[Player, Player]) -> None:
    one, two = players
    hub = FakeHub()
    one.write()
    one.round(hub)
    page = hub.page(FeedState(STREAM, 0, 0, 0), two.store.device, 5)
    assert (two.store.take(page).new_events, two.store.take(page).new_events) == (1, 0)


def test_a_page_tells_how_many_own_events_it_acknowledged_and_only_once(players: tuple[Player, Player]) -> None:
    one, two = players
    hub = FakeHub()
    for player in (one, two, one):
        player.write()
        assert push_all(player.store, player.key, hub)
    one.write()  # waits on
    page = hub.page(FeedState(STREAM, 0, 0, 0), one.store.device, 9)
    assert (one.store.take(page).acknowledged, one.store.take(page).acknowledged) == (2, 0)


def test_a_wrong_page_leaves_nothing(players: tuple[Player, Player]) -> None:
    one, two = players
    hub = FakeHub()
    for _ in range(3):
        one.write()
    one.round(hub)
    page = hub.page(FeedState(STREAM, 0, 0, 0), two.store.device, 5)
    signed = page.heads[0]._replace(signature=bytes(64))
    run = PlacedRun(4, OriginKey(STREAM, two.store.device, 1), 1, 1)
    for wrong, code in (
        (replace(page, foreign=page.foreign[1:]), "sync.chain_broken"),
        (replace(page, heads=(signed,)), "sync.signature"),
        (replace(page, own=(run,)), "sync.gap"),
    ):
        assert code_of(partial(two.store.take, wrong)) == code
        assert list(two.store.feeds()) == [FeedState(STREAM, 0, 0, 0)]
    assert two.store.take(page).new_events == 3


def test_a_feed_that_is_read_again_finds_what_the_hub_lost(players: tuple[Player, Player]) -> None:
    one, two = players
    hub = FakeHub()
    one.write()
    one.round(hub)
    old = hub.copy()
    one.write()
    one.write()
    one.round(hub)
    two.write()
    two.round(old)
    one.store.restart_feed(STREAM)
    assert one.store.feeds()[0] == FeedState(STREAM, 0, 0, 0, repairing=True)
    pull_all(one.store, old)
    assert list(one.waiting.values()) == [2]
    one.round(old)
    two.round(old)
    assert one.store.feeds() == two.store.feeds() and one.store.feeds()[0].count == 4


def test_a_new_incarnation_numbers_what_waits_anew(players: tuple[Player, Player]) -> None:
    one, two = players
    hub = FakeHub()
    one.write()
    one.round(hub)
    one.write()
    one.write()
    assert one.store.begin_incarnation(5) == 2
    assert one.store.incarnation == 5
    assert one.waiting == {OriginKey(STREAM, one.store.device, 5): 1}
    one.round(hub)
    two.round(hub)
    assert not one.waiting and two.store.feeds()[0].count == 3


def test_a_stick_brings_events_once(players: tuple[Player, Player]) -> None:
    one, two = players
    one.write()
    one.write()
    (origin,) = one.waiting
    unsent = one.store.unsent(origin, 1, 10)
    signature = sign_head(one.key, origin, 2, unsent.link_after)
    batch = StickBatch(origin, 1, unsent.records, unsent.link_before, unsent.link_after, public_key(one.key), signature)
    assert code_of(lambda: two.store.take_unplaced([batch._replace(signature=bytes(64))])) == "sync.signature"
    assert two.store.take_unplaced([batch]).new_events == 2
    assert two.store.take_unplaced([batch]).new_events == 0
    assert not two.waiting  # they are not its own
    hub = FakeHub()
    one.round(hub)
    two.round(hub)
    assert two.store.feeds()[0].count == 2


def test_who_the_desk_is_to_its_hub_is_kept(players: tuple[Player, Player]) -> None:
    one = players[0]
    again = replace(enrolment(one.key), token="other")
    one.store.keep_enrolment(again)
    assert one.store.enrolment() == again


def test_a_file_that_is_not_here_is_not_read(players: tuple[Player, Player]) -> None:
    with pytest.raises(NotFound):
        players[0].store.read_file("0" * 64, 0, 1)
