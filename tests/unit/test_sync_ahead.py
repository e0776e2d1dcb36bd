"""A desk on a quick line: it asks for places before it knows where they begin."""

from __future__ import annotations

from itertools import accumulate

from hypothesis import given, settings
from hypothesis import strategies as st

from gridclient.domain.errors import SyncFault
from gridclient.services.sync_port import FeedPage, OriginKey, RoundEnd, Taken, Unsent
from gridclient.sync.round import RoundPorts
from gridclient.sync.transport import LEAST_BYTES
from gridclient.sync.wire import SyncRequest, decode_request
from tests.fakes.round_desk import LISTS, NOW, TOWN, Desk, all_agree, quick_desk
from tests.fakes.sync_hub import FakeHub, FakeLine, Fault
from tests.fakes.sync_store import FakeSyncStore


def requests_of(desk: Desk) -> list[SyncRequest]:
    return [decode_request(body, desk.store.device) for body in desk.line.requests]


def asked_from(desk: Desk, feed: str = TOWN) -> list[list[int]]:
    """For each request, from where on it asks for a feed."""
    return [[ask.cursor for ask in request.feeds if ask.feed == feed] for request in requests_of(desk)]


def test_each_request_asks_for_the_places_behind_those_of_the_one_before() -> None:
    hub = FakeHub(page_size=1000)
    desk = quick_desk(hub)
    desk.write(900)
    report = desk.round()
    pushed = [sum(len(push.records) for push in request.pushes) for request in requests_of(desk)]
    assert (report.end, report.pushed, sum(pushed), len(pushed) > 2) == (RoundEnd.DONE, 900, 900, True)
    assert asked_from(desk) == [[cursor] for cursor in accumulate(pushed[:-1], initial=0)]
    assert asked_from(desk, LISTS) == [[0], *([] for _ in pushed[1:])]
    assert all_agree(hub, desk)


def test_while_much_is_to_come_a_request_waits_with_its_ask_for_the_page_before() -> None:
    hub = FakeHub(page_size=30)
    other, desk = Desk(hub, "two"), quick_desk(hub)
    other.write(600)
    other.round()
    desk.write(2400)
    assert desk.round().end is RoundEnd.DONE
    assert asked_from(desk)[2:5] == [[], [30], []]
    assert all_agree(hub, desk)


def test_what_others_wrote_between_two_requests_is_taken_too() -> None:
    hub = FakeHub(page_size=1000)
    other, desk = Desk(hub, "two"), quick_desk(hub)

    def write_elsewhere() -> None:
        other.write(3)
        other.round()

    desk.write(900)
    desk.line = FakeLine(hub, "one", before=write_elsewhere)
    report = desk.round()
    assert (report.end, report.pushed, report.pulled) == (RoundEnd.DONE, 900, 3 * len(desk.line.requests))
    assert desk.round().end is RoundEnd.DONE and other.round().end is RoundEnd.DONE
    assert all_agree(hub, desk, other)


def test_what_the_hub_had_already_is_no_reason_to_read_a_feed_again() -> None:
    hub = FakeHub(page_size=1000)
    desk = quick_desk(hub)
    desk.write(300)
    lost = desk.round(Fault.ANSWER_LOST)
    desk.pacing.rate, desk.pacing.up.size = 1e9, LEAST_BYTES // 4
    assert (lost.end, len(hub.records(TOWN)) > 100) == (RoundEnd.FAILED, True)
    stages: list[str] = []
    desk.round(around=RoundPorts(now=lambda: NOW, progress=lambda stage, _done, _all: stages.append(stage)))
    assert "check" not in stages
    assert all_agree(hub, desk)


class NotingStore(FakeSyncStore):
    """Notes in which order events are read and pages taken; ``faults`` keep it from taking a page each."""

    def __init__(self, like: FakeSyncStore, *faults: SyncFault) -> None:
        super().__init__(like.device, [TOWN], like.enrolment())
        self.steps: list[str] = []
        self._faults = list(faults)

    def unsent(self, origin: OriginKey, first: int, limit: int) -> Unsent:
        self.steps.append("read")
        return super().unsent(origin, first, limit)

    def take(self, page: FeedPage) -> Taken:
        self.steps.append("take")
        if self._faults:
            raise self._faults.pop()
        return super().take(page)


def steps_of_a_round(*faults: SyncFault) -> list[str]:
    hub = FakeHub(page_size=1000)
    desk = quick_desk(hub)
    desk.store = store = NotingStore(desk.store, *faults)
    desk.write(900)
    assert desk.round().end is RoundEnd.DONE and all_agree(hub, desk)
    return store.steps


def test_events_are_read_before_the_places_of_those_before_are_taken() -> None:
    assert steps_of_a_round()[:6] == ["read", "read", "read", "take", "read", "take"]


def test_where_a_feed_is_read_again_events_are_read_after_it_changed() -> None:
    steps = steps_of_a_round(SyncFault("sync.gap"))
    assert steps[:6] == ["read", "read", "read", "take", "read", "read"]


ACTIONS = st.one_of(
    st.tuples(st.just("write"), st.integers(0, 1), st.integers(20, 300)),
    st.tuples(st.just("round"), st.integers(0, 1), st.lists(st.sampled_from(Fault), max_size=4)),
    st.tuples(st.just("restore"), st.just(0), st.just(0)),
)


@settings(max_examples=40)
@given(st.lists(ACTIONS, max_size=10), st.integers(1, 400))
def test_whatever_the_line_and_the_hub_do_all_agree_in_the_end(
    actions: list[tuple[str, int, object]], page: int
) -> None:
    hub = FakeHub(page)
    desks = [quick_desk(hub, name) for name in ("one", "two")]
    old, written = hub.copy(), 0
    for action, place, how in actions:
        desk = desks[place]
        if action == "write":
            assert isinstance(how, int)
            desk.write(how)
            written += how
        elif action == "restore":
            hub.books, old = old.books, hub.copy()
        else:
            assert isinstance(how, list)
            desk.pacing.rate, desk.pacing.up.size = 1e9, LEAST_BYTES
            desk.round(*how)
    for desk in desks * 3:
        assert desk.round().end is RoundEnd.DONE
    assert len(hub.records(TOWN)) == written
    assert all_agree(hub, *desks)
