"""Two requests under way: the next one is at the hub before it answered the one before, whichever it meets first."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterable
from itertools import count
from time import monotonic

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridclient.domain.errors import SyncFault
from gridclient.services.sync_port import RoundEnd
from gridclient.sync import transport
from gridclient.sync.lanes import Carried, Lanes
from gridclient.sync.terms import Terms
from gridclient.sync.transport import LEAST_BYTES, MessagesOnly, Transport
from tests.fakes.round_desk import TOWN, Desk, all_agree, quick_desk
from tests.fakes.sync_hub import FakeHub, FakeLine, Fault

_PATIENCE_S = 0.02


class Beside(MessagesOnly):
    """The second one of two lines."""

    bytes_sent = bytes_received = 0

    def __init__(self, line: FakeLine) -> None:
        self.sync = line.sync


class TwoLines(FakeLine):
    """Each request waits a little for the next one to be on its line; if told so it is ``overtaken`` by that one.
    ``most`` is how many were under way at once."""

    def __init__(self, hub: FakeHub, device: str, overtaken: Iterable[bool] = ()) -> None:
        super().__init__(hub, device)
        self.most = 0
        self._turn = threading.Condition()
        self._overtaken = deque(overtaken)
        self._begun = 0
        self._ended: set[int] = set()

    def beside(self) -> Transport:
        return Beside(self)

    def sync(self, body: bytes) -> bytes:
        with self._turn:
            self._begun += 1
            mine = self._begun
            self._turn.notify_all()
            self._turn.wait_for(lambda: self._begun > mine, _PATIENCE_S)
            self.most = max(self.most, self._begun - len(self._ended))
            if self._overtaken and self._overtaken.popleft():
                self._turn.wait_for(lambda: mine + 1 in self._ended, 5 * _PATIENCE_S)
            try:
                return super().sync(body)
            finally:
                self._ended.add(mine)
                self._turn.notify_all()


def two_line_desk(hub: FakeHub, device: str = "one", overtaken: Iterable[bool] = ()) -> Desk:
    desk = quick_desk(hub, device)
    desk.line = TwoLines(hub, device, overtaken)
    return desk


def most_of(desk: Desk) -> int:
    assert isinstance(desk.line, TwoLines)
    return desk.line.most


def test_the_next_request_is_on_its_line_before_the_hub_answered_the_one_before() -> None:
    hub = FakeHub(page_size=1000)
    desk = two_line_desk(hub)
    desk.write(900)
    report = desk.round()
    assert (report.end, report.pushed, most_of(desk)) == (RoundEnd.DONE, 900, 2)
    assert all_agree(hub, desk)


def test_however_often_the_hub_meets_a_request_before_the_one_before_it_all_is_placed_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(transport, "_SHARED", 60)
    hub = FakeHub(page_size=1000)
    desk = two_line_desk(hub, overtaken=[True, False] * 20)
    desk.write(900)
    report = desk.round()
    assert (report.end, report.pushed, report.rejected) == (RoundEnd.DONE, 900, 0)
    assert len(desk.line.requests) > 900 / 60 + 4  # some came too soon, and came again
    assert all_agree(hub, desk) and len(hub.records(TOWN)) == 900


def test_what_was_ahead_when_the_line_broke_is_known_when_it_comes_again() -> None:
    hub = FakeHub(page_size=1000)
    desk = two_line_desk(hub)
    desk.write(900)
    broken = desk.round(Fault.NONE, Fault.ANSWER_LOST)
    assert (broken.end, broken.error, most_of(desk)) == (RoundEnd.FAILED, "sync.timeout", 2)
    desk.pacing.rate, desk.pacing.up.size = 1e9, LEAST_BYTES
    assert desk.round().end is RoundEnd.DONE
    assert all_agree(hub, desk) and len(hub.records(TOWN)) == 900


@settings(max_examples=25)
@given(
    st.lists(st.booleans(), max_size=12),
    st.lists(st.lists(st.sampled_from(Fault), max_size=5), max_size=3),
    st.integers(50, 400),
)
def test_whatever_the_lines_do_all_agree_in_the_end(
    overtaken: list[bool], rounds: list[list[Fault]], page: int
) -> None:
    hub = FakeHub(page)
    desk, other = two_line_desk(hub, overtaken=overtaken), Desk(hub, "two")
    for faults in rounds:
        desk.write(250)
        other.write(3)
        desk.pacing.rate, desk.pacing.up.size = 1e9, LEAST_BYTES
        desk.round(*faults)
        other.round()
    for each in (desk, other) * 3:
        assert each.round().end is RoundEnd.DONE
    assert len(hub.records(TOWN)) == 253 * len(rounds)
    assert all_agree(hub, desk, other)


class Answering(MessagesOnly):
    """A line whose hub says how long it worked; it fails if told to."""

    bytes_sent = bytes_received = 0

    def __init__(self, worked: float, *, fails: bool = False, second: Transport | None = None) -> None:
        self._worked, self._fails, self._second = worked, fails, second

    @property
    def terms(self) -> Terms:
        return Terms(worked=self._worked)

    def sync(self, body: bytes) -> bytes:
        if self._fails:
            raise SyncFault("sync.unreachable", retryable=True)
        return body[::-1]

    def beside(self) -> Transport | None:
        return self._second


def test_each_answer_comes_with_what_its_own_line_says() -> None:
    lanes = Lanes(Answering(0.25, second=Answering(0.5)), count().__next__)
    with lanes:
        first = lanes.send(b"abc")
        assert first.result() == lanes.carry(b"abc") == Carried(b"cba", 1.0, 0.25)
        ahead = lanes.send_ahead(b"def")
        assert ahead is not None and ahead.result() == Carried(b"fed", 1.0, 0.5)
        again = lanes.send_ahead(b"ghi")
        assert again is not None and again.result() == Carried(b"ihg", 1.0, 0.25)


def test_where_there_is_one_line_nothing_goes_ahead() -> None:
    lanes = Lanes(Answering(0.0), monotonic)
    with lanes:
        assert lanes.send_ahead(b"abc") is None


def test_a_rest_takes_as_long_as_what_is_under_way_and_minds_no_failure() -> None:
    going = threading.Event()

    class Slow(Answering):
        def sync(self, body: bytes) -> bytes:
            going.wait(5)
            return super().sync(body)

    lanes = Lanes(Slow(0.0, fails=True), monotonic)
    with lanes:
        answer = lanes.send(b"abc")
        threading.Timer(0.05, going.set).start()
        lanes.rest()
        assert answer.done()
        with pytest.raises(SyncFault):
            answer.result()
        lanes.rest()
