"""How an import takes turns: steps stay in order whoever prepares them, and turns are short once it is asked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Generic

import pytest

from gridclient.services.aside import IN_PLACE, Aside, Claim, Given, Made
from gridclient.store import import_pace
from gridclient.store.import_ahead import Ahead
from gridclient.store.import_pace import Pace

STEPS = 23


class Promise(Generic[Made]):
    """A claim that is kept when it is asked for."""

    def __init__(self, work: Callable[[], Made]) -> None:
        self._work = work

    def is_there(self) -> bool:
        return False

    def result(self) -> Made:
        return self._work()


class Helper:
    """Has room for so many pieces, and does them only when somebody waits."""

    def __init__(self, room: int) -> None:
        self.room = room
        self.handed: list[object] = []

    def is_free(self) -> bool:
        return len(self.handed) < self.room

    def hand_over(self, work: Callable[[Given], Made], given: Given) -> Claim[Made]:
        self.handed.append(given)
        return Promise(lambda: work(given))


class Batches:
    """So many steps, and which of them were prepared."""

    def __init__(self) -> None:
        self.left = list(range(1, STEPS + 1))
        self.prepared: list[int] = []

    def fetch(self) -> tuple[int, Sequence[bytes]] | None:
        if not self.left:
            return None
        number = self.left.pop(0)
        return number, [bytes([number])]

    def prepare(self, batches: Sequence[bytes]) -> Sequence[int]:
        self.prepared += list(batches[0])
        return list(batches[0])


@pytest.mark.parametrize("aside", [IN_PLACE, Helper(0), Helper(2), Helper(9), Helper(1000)])
@pytest.mark.parametrize("count", [1, 3, 12])
def test_steps_come_in_their_order_and_once_whoever_prepares_them(aside: Aside, count: int) -> None:
    if isinstance(aside, Helper):
        aside = Helper(aside.room)
    batches = Batches()
    ahead = Ahead(batches.fetch, batches.prepare, aside)
    taken = []
    while ready := ahead.have(count):
        for _ in range(max(1, ready - 1)):  # a turn may end early
            taken.append(ahead.take())
            ahead.feed()
    assert taken == [(number, [number]) for number in range(1, STEPS + 1)]
    assert sorted(batches.prepared) == list(range(1, STEPS + 1))


def test_what_a_busy_helper_did_not_get_is_prepared_here() -> None:
    batches, helper = Batches(), Helper(2)
    ahead = Ahead(batches.fetch, batches.prepare, helper)
    assert ahead.have(5) == 5
    assert helper.handed == [[b"\x01"], [b"\x02"]]
    assert batches.prepared == [3, 4, 5, 1, 2]


class Store:
    """Somebody wants it, or not."""

    def __init__(self) -> None:
        self.wanted = False

    def asked_for(self, since: int, /) -> bool:
        assert since > 0
        return self.wanted


def turns(pace: Pace, count: int) -> None:
    for _ in range(count):
        steps = pace.steps
        pace.rest()
        pace.begin()
        pace.end(steps)


def test_turns_grow_while_nobody_asks_and_shrink_at_once_when_somebody_does(monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store()
    pace = Pace(store.asked_for)
    assert pace.steps == 1
    turns(pace, 40)
    assert pace.steps == import_pace._MOST
    monkeypatch.setattr(import_pace, "_SHORT_TURN_S", 0.0)
    store.wanted = True
    turns(pace, 1)
    assert pace.steps == 1
    store.wanted = False
    turns(pace, 5)
    assert pace.steps == 1, "who asked will ask again"
    monkeypatch.setattr(import_pace, "_LATELY_S", 0.0)
    turns(pace, 40)
    assert pace.steps == import_pace._MOST


def test_a_turn_is_told_that_somebody_waits() -> None:
    store = Store()
    pace = Pace(store.asked_for)
    pace.begin()
    assert not pace.is_asked()
    store.wanted = True
    assert pace.is_asked()
