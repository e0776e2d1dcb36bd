"""Desks, hub, sticks and everything that goes wrong between them, in any order; in the end all are equal.

Every run ends with the faults healed and everybody's rounds until nothing moves; then :mod:`tests.faults.proof` holds
all stores and the hub against each other.
"""

from __future__ import annotations

import os
from collections.abc import Collection
from contextlib import ExitStack
from datetime import timedelta
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from tests.fakes.quick_disk import quick_folder
from tests.faults.county import County
from tests.faults.desk import FULL, READER, department
from tests.faults.line import Fault
from tests.faults.proof import assert_all_agree
from tests.faults.tally import injected, proved

_places = st.integers(0, 4)
_anything = st.integers(0, 10**6)
_kinds = [fault for fault in Fault if fault is not Fault.DATABASE_KILLED]
_faults = st.lists(st.tuples(st.sampled_from(_kinds), _anything), min_size=1, max_size=4)


class FaultMachine(RuleBasedStateMachine):
    """The rules. ``hub_url`` names the hub's database where it is not a file of the run."""

    hub_url: ClassVar[str] = ""

    def __init__(self) -> None:
        super().__init__()
        self._stack = ExitStack()
        self._folder = self._stack.enter_context(quick_folder())
        self.county: County | None = None

    @initialize(desks=st.sampled_from(((FULL, FULL), (FULL, FULL, department(1)), (FULL, FULL, READER), (FULL,) * 3)))
    def begin(self, desks: Any) -> None:
        self.county = County(self._folder, desks, hub_url=self.new_hub())
        for deed in (0, 2, 3, 7):
            self.county.register(0)
            for step in (0, deed)[:deed]:
                self.county.act(0, 0, step)
        for place in (*range(len(desks)), 0):
            self.county.round(place)

    def new_hub(self) -> str:
        return self.hub_url

    @property
    def here(self) -> County:
        assert self.county is not None
        return self.county

    def at(self, place: int) -> int:
        return place % len(self.here.desks)

    @rule(place=_places)
    def register(self, place: int) -> None:
        self.here.register(self.at(place))

    @rule(place=_places, deeds=st.lists(st.tuples(st.integers(0, 3), st.integers(0, 21)), min_size=1, max_size=4))
    def act(self, place: int, deeds: list[tuple[int, int]]) -> None:
        for case, deed in deeds:
            self.here.act(self.at(place), case, deed)

    @rule(place=_places, deeds=st.lists(st.tuples(st.integers(0, 3), st.integers(0, 21)), min_size=1, max_size=4))
    def act_and_sync(self, place: int, deeds: list[tuple[int, int]]) -> None:
        self.act(place, deeds)
        self.here.round(self.at(place))

    @rule(place=_places)
    def sync(self, place: int) -> None:
        self.here.round(self.at(place))

    @rule(place=_places, plan=_faults)
    def sync_badly(self, place: int, plan: list[tuple[Fault, int]]) -> None:
        self.here.round(self.at(place), plan)

    @rule(place=_places, plan=_faults)
    def sync_badly_again(self, place: int, plan: list[tuple[Fault, int]]) -> None:
        self.here.round(self.at(place), plan)

    @rule(place=_places, page=st.integers(0, 3), case=st.integers(0, 3), deed=st.integers(0, 21))
    def fill_the_disk(self, place: int, page: int, case: int, deed: int) -> None:
        self.here.act(self.at(place + 1), case, deed)
        self.here.round(self.at(place + 1))
        self.here.round(self.at(place), full_from=page)

    @rule(place=_places)
    def confirm(self, place: int) -> None:
        self.here.confirm(self.at(place))

    @rule(place=_places, stick=st.integers(0, 2))
    def export(self, place: int, stick: int) -> None:
        self.here.export(self.at(place), stick)

    @rule(place=_places, stick=_places)
    def carry(self, place: int, stick: int) -> None:
        self.here.carry(self.at(place), stick)

    @rule(giver=_places, taker=_places, deeds=st.lists(st.tuples(st.integers(0, 3), st.integers(0, 21)), max_size=3))
    def exchange(self, giver: int, taker: int, deeds: list[tuple[int, int]]) -> None:
        """A stick is carried at once, and the other goes on from what it brought."""
        self.act(giver, deeds)
        self.here.export(self.at(giver), 3)
        self.here.carry(self.at(taker), -1)
        self.act(taker, deeds[:1])

    @rule(place=_places, stick=_places, how=_anything)
    def carry_broken(self, place: int, stick: int, how: int) -> None:
        self.here.carry_broken(self.at(place), stick, how)

    @rule(place=_places, hours=st.sampled_from((-24, 24, -1, 1)))
    def set_the_clock(self, place: int, hours: int) -> None:
        self.here.desks[self.at(place)].tick(timedelta(hours=hours))
        injected("clock: a day or an hour off, stepping")

    @rule(place=_places)
    def back_up(self, place: int) -> None:
        self.here.back_up(self.at(place))

    @rule(place=_places)
    def restore(self, place: int) -> None:
        self.here.restore(self.at(place))

    @rule(place=_places, deeds=st.lists(st.tuples(st.integers(0, 3), st.integers(0, 21)), max_size=3))
    def regret(self, place: int, deeds: list[tuple[int, int]]) -> None:
        """A backup, some work that goes up or not, the backup again."""
        self.back_up(place)
        self.act_and_sync(place, deeds[:2])
        self.act(place, deeds[2:])
        self.restore(place)

    @rule(place=_places)
    def twin(self, place: int) -> None:
        self.here.twin(self.at(place))

    @rule(place=_places)
    def revoke(self, place: int) -> None:
        self.here.revoke(self.at(place))

    @rule(place=_places)
    def deprive(self, place: int) -> None:
        self.here.deprive(self.at(place))

    @rule(place=_places)
    def give_back(self, place: int) -> None:
        self.here.give_back(self.at(place))

    @rule(place=_places, case=st.integers(0, 3))
    def act_unknown(self, place: int, case: int) -> None:
        self.here.act_unknown(self.at(place), case)

    @rule(place=_places, how=_anything)
    def forge(self, place: int, how: int) -> None:
        self.here.forge(self.at(place), how)

    @rule(place=_places, how=_anything)
    def replay(self, place: int, how: int) -> None:
        self.here.replay(self.at(place), how)

    def teardown(self) -> None:
        try:
            if self.county is not None:
                try:
                    self.county.heal()
                    assert_all_agree(self.county)
                finally:
                    self.county.close()
            proved("runs of the model")
        finally:
            self._stack.close()


def run(
    machine: type[RuleBasedStateMachine], *, examples: int, steps: int, phases: Collection[Phase] = tuple(Phase)
) -> None:
    quiet = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    given = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        suppress_health_check=quiet,
        print_blob=True,
        phases=tuple(phases),
    )
    run_state_machine_as_test(machine, settings=given)


@pytest.mark.slow
def test_whatever_goes_wrong_all_are_equal_in_the_end(is_full: bool) -> None:
    examples = int(os.environ.get("GRIDCLIENT_FAULT_RUNS", "600" if is_full else "12"))
    run(FaultMachine, examples=examples, steps=50 if is_full else 25)
