"""What a desk makes of a hub that expects, takes or places something else than it pushed: it loses nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from gridclient.domain.errors import SyncFault
from gridclient.services.rows import Changes
from gridclient.services.sync_port import FeedPage, FeedState, OriginKey, RoundEnd, Unsent
from gridclient.sync import queue
from gridclient.sync.queue import Batch, PushQueue
from gridclient.sync.signing import SIGNATURE_BYTES, new_key
from gridclient.sync.wire import Push, PushResult, PushStatus, decode_reply, decode_request, encode_reply
from tests.fakes.round_desk import TOWN, Desk
from tests.fakes.sync_hub import FakeHub, FakeLine
from tests.fakes.sync_store import FakeSyncStore


def all_there(hub: FakeHub, desk: Desk) -> bool:
    return desk.store.events(TOWN) == list(enumerate(hub.records(TOWN), 1)) and not desk.store.unsent_origins()


def test_a_hub_put_back_to_an_old_backup_gets_what_it_lost_before_what_is_new() -> None:
    hub = FakeHub()
    desk = Desk(hub, "one")
    desk.write(3)
    desk.round()
    old = hub.copy()
    desk.write(3)
    desk.round()
    desk.line = FakeLine(old, "one")
    desk.write(2)
    report = desk.round()
    assert (report.end, report.error) == (RoundEnd.DONE, "")
    assert len(old.records(TOWN)) == 8
    assert all_there(old, desk)


class AskingHub(FakeHub):
    """Never has what it is given: it expects an event so many numbers further on."""

    def __init__(self, further: int) -> None:
        super().__init__()
        self.further = further

    def push(self, push: Push) -> PushResult:
        return PushResult(PushStatus.GAP, push.first + self.further)


@pytest.mark.parametrize(("further", "most"), [(-1, 4), (0, 1), (5, 1)])
def test_a_hub_that_always_expects_another_number_ends_the_round(further: int, most: int) -> None:
    desk = Desk(AskingHub(further), "one")
    desk.write(3)
    report = desk.round()
    assert (report.end, report.error, report.pushed) == (RoundEnd.FAILED, "sync.gap", 0)
    assert len(desk.line.requests) == most
    assert desk.store.unsent_origins(), "nothing of it counts as sent"


class SilentHub(FakeHub):
    """Says that it took everything, and gives no place."""

    def page(self, feed: FeedState, device: str, limit: int) -> FeedPage:
        told = super().page(feed, device, limit)
        return replace(told, cursor=feed.cursor, complete=True, count=0, total=0, foreign=(), own=(), heads=())


def test_what_was_taken_and_got_no_place_still_waits() -> None:
    hub = SilentHub()
    desk = Desk(hub, "one")
    desk.write(3)
    report = desk.round()
    assert (report.end, report.error) == (RoundEnd.FAILED, "sync.unplaced")
    assert desk.store.unsent_origins()
    honest = FakeHub()
    honest.books, honest.keys = hub.books, hub.keys
    desk.line = FakeLine(honest, "one")
    assert desk.round().end is RoundEnd.DONE
    assert all_there(honest, desk)


class ForgetfulLine(FakeLine):
    """Its answers say nothing of what was pushed."""

    def sync(self, body: bytes) -> bytes:
        return encode_reply(replace(decode_reply(super().sync(body), self._device), results=()))


def test_an_answer_that_says_nothing_of_a_push_is_no_answer() -> None:
    hub = FakeHub()
    desk = Desk(hub, "one")
    desk.line = ForgetfulLine(hub, "one")
    desk.write(3)
    report = desk.round()
    assert (report.end, report.error, report.pushed) == (RoundEnd.FAILED, "sync.refused", 0)
    assert desk.store.unsent_origins()


def test_long_texts_go_in_more_and_smaller_pushes_of_the_same_round(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "_MOST_TEXT", 1000)
    hub = FakeHub(page_size=100)
    desk = Desk(hub, "one")
    desk.write(7, text="长" * 300)
    desk.write(1, text="长" * 1200)
    report = desk.round()
    assert (report.end, report.pushed) == (RoundEnd.DONE, 8)
    pushes = [push for body in desk.line.requests for push in decode_request(body, "one").pushes]
    assert all(len(p.records) == 1 or sum(len(r.text) for r in p.records) <= 1000 for p in pushes)
    assert len(desk.line.requests) > 1, "no request grows without end"
    assert all_there(hub, desk)


NEXT_TOWN, LAST_TOWN = "t:371002002", "t:371002003"


def waiting(*streams: str, text: str = "") -> tuple[FakeSyncStore, PushQueue]:
    """Two events that wait in each stream, of eight signs and their text, and the queue of a round that begins."""
    store = FakeSyncStore("one", (), None)
    for stream in (*streams, *streams):
        store.write(stream, t=text)
    pushes = PushQueue(store)
    pushes.begin(new_key())
    return store, pushes


def told(batch: Batch) -> list[tuple[str, int, int]]:
    """Stream, first number and length of each push."""
    return [(run.push.origin.stream, run.push.first, len(run.push.records)) for run in batch]


def test_a_batch_takes_one_stream_after_the_other_as_far_as_there_is_room() -> None:
    _, pushes = waiting(TOWN, NEXT_TOWN, LAST_TOWN)
    first = pushes.next_batch(3)
    assert told(first) == [(TOWN, 1, 2), (NEXT_TOWN, 1, 1)]
    second = pushes.next_batch(4, first)
    assert told(second) == [(NEXT_TOWN, 2, 1), (LAST_TOWN, 1, 2)]
    assert pushes.answered(first, [PushResult(PushStatus.APPLIED, 0)] * 2)
    assert not pushes.next_batch(4, second)


def test_a_batch_that_is_full_to_the_last_event_leaves_the_others_for_the_next() -> None:
    _, pushes = waiting(TOWN, NEXT_TOWN)
    first = pushes.next_batch(2)
    assert told(first) == [(TOWN, 1, 2)]
    assert told(pushes.next_batch(2, first)) == [(NEXT_TOWN, 1, 2)]


def test_a_batch_has_so_many_pushes_and_so_much_text(monkeypatch: pytest.MonkeyPatch) -> None:
    streams = (TOWN, NEXT_TOWN, LAST_TOWN)
    monkeypatch.setattr(queue, "_MOST_PUSHES", 2)
    assert told(waiting(*streams)[1].next_batch(9)) == [(TOWN, 1, 2), (NEXT_TOWN, 1, 2)]
    monkeypatch.setattr(queue, "_MOST_TEXT", 16)
    assert told(waiting(*streams)[1].next_batch(9)) == [(TOWN, 1, 2)]
    assert told(waiting(*streams, text="长" * 3)[1].next_batch(9)) == [(TOWN, 1, 1), (TOWN, 2, 1)]


def test_what_the_hub_asked_for_again_is_sent_again_although_it_has_its_place_here() -> None:
    store, pushes = waiting(TOWN)
    store.state.chains[OriginKey(TOWN, "one", 1)].places[1] = 1
    pushes = PushQueue(store)
    pushes.begin(new_key())
    batch = pushes.next_batch(9)
    assert told(batch) == [(TOWN, 2, 1)]
    assert not pushes.answered(batch, [PushResult(PushStatus.GAP, 1)])
    pushes.look_again()
    assert told(pushes.next_batch(9)) == [(TOWN, 1, 2)]


def test_a_round_whose_last_event_alone_got_no_place_is_to_be_done_again() -> None:
    store, pushes = waiting(TOWN)
    assert pushes.answered(pushes.next_batch(9), [PushResult(PushStatus.APPLIED, 0)])
    places = store.state.chains[OriginKey(TOWN, "one", 1)].places
    places[1] = 1
    with pytest.raises(SyncFault, match=r"sync\.unplaced") as caught:
        pushes.require_placed()
    assert caught.value.retryable
    places[2] = 2
    store.write(TOWN)
    pushes.require_placed()  # what was written meanwhile goes with the next round


def test_what_the_hub_refuses_is_counted_and_what_went_before_it_waits_for_no_place() -> None:
    _, pushes = waiting(TOWN)
    assert pushes.answered(pushes.next_batch(1), [PushResult(PushStatus.APPLIED, 0)])
    assert not pushes.answered(pushes.next_batch(9), [PushResult(PushStatus.REFUSED, 0)])
    with pytest.raises(SyncFault, match=r"sync\.push_refused") as caught:
        pushes.require_placed()
    assert caught.value.params == {"count": 1}


def test_what_may_not_be_sent_any_more_when_its_turn_comes_ends_the_queue() -> None:
    store, pushes = waiting(TOWN)
    store.state.chains[OriginKey(TOWN, "one", 1)].records.clear()
    assert pushes.next_batch(9) == ()
    assert pushes.is_empty


class CarryingStore(FakeSyncStore):
    """Has three events of another desk from a stick, signed at their end."""

    def __init__(self) -> None:
        super().__init__("one", (), None)
        other = FakeSyncStore("two", (), None)
        for _ in range(3):
            other.write(TOWN)
        self._other = other

        self.withdrawn: list[tuple[OriginKey, int, bool]] = []

    def withdraw(self, origin: OriginKey, first: int, *, forked: bool = False) -> Changes:
        self.withdrawn.append((origin, first, forked))
        return Changes()

    def carried_origins(self) -> Sequence[tuple[OriginKey, int]]:
        return self._other.unsent_origins()

    def unsent(self, origin: OriginKey, first: int, limit: int) -> Unsent:
        if origin.device == self.device:
            return super().unsent(origin, first, limit)
        return replace(self._other.unsent(origin, first, 3), signature=bytes(SIGNATURE_BYTES))


def test_what_is_carried_goes_whole_when_there_is_room_for_it_or_nothing_else_goes() -> None:
    store = CarryingStore()
    for _ in range(2):
        store.write(TOWN)
    pushes = PushQueue(store)
    pushes.begin(new_key())
    own = pushes.next_batch(4)
    assert told(own) == [(TOWN, 1, 2)], "by the clocks it comes first"
    assert told(pushes.next_batch(5)) == [(TOWN, 1, 2), (TOWN, 1, 3)]
    carried = pushes.next_batch(2, own)
    assert told(carried) == [(TOWN, 1, 3)] and carried[0].push.carried


@pytest.mark.parametrize(
    ("status", "withdrawn"),
    [
        (PushStatus.FORK, [(OriginKey(TOWN, "two", 1), 1, True)]),
        (PushStatus.REFUSED, [(OriginKey(TOWN, "two", 1), 1, False)]),
        (PushStatus.GAP, []),  # another stick may fill it
    ],
)
def test_of_what_is_carried_the_store_hears_whether_the_hub_has_other_events_or_does_not_want_these(
    status: PushStatus, withdrawn: list[tuple[OriginKey, int, bool]]
) -> None:
    store = CarryingStore()
    pushes = PushQueue(store)
    pushes.begin(new_key())
    assert not pushes.answered(pushes.next_batch(9), [PushResult(status, 1)])
    assert store.withdrawn == withdrawn
    pushes.look_again()
    assert pushes.is_empty, "in this round it is not pushed again"


class LackingStore(FakeSyncStore):
    """Cannot read the events that wait, for this reason."""

    fault = ""

    def unsent(self, origin: OriginKey, first: int, limit: int) -> Unsent:
        raise SyncFault(self.fault, event=f"{origin.stream}/{first}/{limit}")


def test_a_gap_in_the_own_log_may_be_filled_by_what_is_read_now_and_is_told_if_it_is_not() -> None:
    store = LackingStore("one", (), None)
    store.write(TOWN)
    store.fault = "sync.gap"
    pushes = PushQueue(store)
    pushes.begin(new_key())
    assert pushes.next_batch(9) == ()
    pushes.look_again()
    with pytest.raises(SyncFault, match=r"sync\.gap"):
        pushes.next_batch(9)


def test_any_other_fault_of_the_log_is_told_at_once() -> None:
    store = LackingStore("one", (), None)
    store.write(TOWN)
    store.fault = "sync.chain_broken"
    pushes = PushQueue(store)
    pushes.begin(new_key())
    with pytest.raises(SyncFault, match=r"sync\.chain_broken"):
        pushes.next_batch(9)
