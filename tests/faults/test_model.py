"""Desks, hub, sticks and everything that goes wrong between them, in any order; in the end all are equal."""

from __future__ import annotations

import os
from collections.abc import Sequence

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import rule

from tests.faults.line import Fault
from tests.faults.machine import CountyMachine, any_case, any_deed, any_place, run

_anything = st.integers(0, 10**6)
_kinds = [fault for fault in Fault if fault is not Fault.DATABASE_KILLED]
_faults = st.lists(st.tuples(st.sampled_from(_kinds), _anything), min_size=1, max_size=4)
_forgeries = st.lists(
    st.tuples(st.sampled_from([fault for fault in Fault if fault.name.startswith("FORGED")]), _anything),
    min_size=1,
    max_size=3,
)
_few_deeds = st.lists(st.tuples(any_case, any_deed), max_size=3)


class FaultMachine(CountyMachine):
    """Everything that can go wrong."""

    def spoilt(self, plan: Sequence[tuple[Fault, int]]) -> Sequence[tuple[Fault, int]]:
        """What becomes of a bad line."""
        return plan

    @rule(place=any_place, plan=_faults)
    def sync_badly(self, place: int, plan: list[tuple[Fault, int]]) -> None:
        self.here.round(self.at(place), self.spoilt(plan))

    @rule(place=any_place, plan=_faults)
    def sync_badly_again(self, place: int, plan: list[tuple[Fault, int]]) -> None:
        """Another rule, so that a bad line comes twice as often as each other fault."""
        self.sync_badly(place, plan)

    @rule(place=any_place, deeds=_few_deeds, plan=_forgeries)
    def lie(self, place: int, deeds: list[tuple[int, int]], plan: list[tuple[Fault, int]]) -> None:
        """What another desk did comes forged."""
        self.act_and_sync(place + 1, deeds)
        self.here.round(self.at(place), self.spoilt(plan))

    @rule(place=any_place, page=st.integers(0, 3), case=any_case, deed=any_deed)
    def fill_the_disk(self, place: int, page: int, case: int, deed: int) -> None:
        self.here.act(self.at(place + 1), case, deed)
        self.here.round(self.at(place + 1))
        self.here.round(self.at(place), full_from=page)

    @rule(place=any_place)
    def confirm(self, place: int) -> None:
        self.here.confirm(self.at(place))

    @rule(giver=any_place, taker=any_place, deeds=_few_deeds)
    def exchange(self, giver: int, taker: int, deeds: list[tuple[int, int]]) -> None:
        """A stick is carried at once, and the other goes on from what it brought."""
        self.act(giver, deeds)
        self.here.export(self.at(giver), 3)
        self.here.carry(self.at(taker), -1)
        self.act(taker, deeds[:1])

    @rule(place=any_place, stick=any_place, how=_anything)
    def carry_broken(self, place: int, stick: int, how: int) -> None:
        self.here.carry_broken(self.at(place), stick, how)

    @rule(place=any_place)
    def back_up(self, place: int) -> None:
        self.here.back_up(self.at(place))

    @rule(place=any_place)
    def restore(self, place: int) -> None:
        self.here.restore(self.at(place))

    @rule(place=any_place, deeds=_few_deeds)
    def regret(self, place: int, deeds: list[tuple[int, int]]) -> None:
        """A backup, some work that goes up or not, the backup again."""
        self.back_up(place)
        self.act_and_sync(place, deeds[:2])
        self.act(place, deeds[2:])
        self.restore(place)

    @rule(place=any_place)
    def twin(self, place: int) -> None:
        self.here.twin(self.at(place))

    @rule(place=any_place)
    def revoke(self, place: int) -> None:
        self.here.revoke(self.at(place))

    @rule(place=any_place)
    def deprive(self, place: int) -> None:
        self.here.deprive(self.at(place))

    @rule(place=any_place)
    def give_back(self, place: int) -> None:
        self.here.give_back(self.at(place))

    @rule(place=any_place)
    def set_aside(self, place: int) -> None:
        self.here.set_aside(self.at(place))

    @rule(place=any_place, deeds=_few_deeds)
    def deprive_and_set_aside(self, place: int, deeds: list[tuple[int, int]]) -> None:
        """What the desk wrote before it heard of the loss, and what it does afterwards."""
        self.act(place, deeds[1:])
        self.deprive(place)
        self.here.round(self.at(place))
        self.set_aside(place)
        self.act(place, deeds[:1])

    @rule(place=any_place, deeds=_few_deeds, back=st.booleans())
    def deprive_unheard(self, place: int, deeds: list[tuple[int, int]], back: bool) -> None:
        """The hub took the last work, and the right was taken away before the desk heard that."""
        self.act(place, deeds[1:])
        self.register(place)
        self.here.round(self.at(place), [(Fault.REPLY_LOST, 0)])
        self.deprive_and_set_aside(place, [])
        self.register(place)
        self.act(place, deeds[:1])
        if back:
            self.give_back(place)
            self.here.round(self.at(place))

    @rule(place=any_place, case=any_case)
    def act_unknown(self, place: int, case: int) -> None:
        self.here.act_unknown(self.at(place), case)

    @rule(place=any_place, how=_anything)
    def forge(self, place: int, how: int) -> None:
        self.here.forge(self.at(place), how)

    @rule(place=any_place, how=_anything)
    def replay(self, place: int, how: int) -> None:
        self.here.replay(self.at(place), how)


@pytest.mark.slow
def test_whatever_goes_wrong_all_are_equal_in_the_end(is_full: bool) -> None:
    examples = int(os.environ.get("GRIDCLIENT_FAULT_RUNS", "600" if is_full else "12"))
    run(FaultMachine, examples=examples, steps=50 if is_full else 25)
