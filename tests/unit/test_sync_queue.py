"""What a desk makes of a hub that expects, takes or places something else than it pushed: it loses nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gridclient.services.sync_port import FeedPage, FeedState, RoundEnd
from gridclient.sync import queue
from gridclient.sync.wire import Push, PushResult, PushStatus, decode_reply, decode_request, encode_reply
from tests.fakes.round_desk import TOWN, Desk
from tests.fakes.sync_hub import FakeHub, FakeLine


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
    assert len(desk.line.requests) <= most
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
