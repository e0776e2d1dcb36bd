"""What every model of a county does: its beginning, work, rounds and sticks, and the proof at the end.

Every run ends with the faults healed and everybody's rounds until nothing moves; then :mod:`tests.faults.proof` holds
all stores and the hub against each other.
"""

from __future__ import annotations

from collections.abc import Collection
from contextlib import ExitStack
from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from tests.fakes.quick_disk import quick_folder
from tests.faults.county import County
from tests.faults.desk import DEEDS, FULL, READER, department
from tests.faults.proof import assert_all_agree
from tests.faults.tally import injected, proved

any_place = st.integers(0, 4)
any_case = st.integers(0, 3)
any_deed = st.integers(0, len(DEEDS) - 1)
_some_deeds = st.lists(st.tuples(any_case, any_deed), min_size=1, max_size=4)


class CountyMachine(RuleBasedStateMachine):
    """Some desks with a few cases; what can go wrong are the rules of those that inherit."""

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
        self.begun()

    def new_hub(self) -> str:
        """Where the hub's database is; empty: a file of the run."""
        return ""

    def begun(self) -> None:
        """Comes before the first rule."""

    @property
    def here(self) -> County:
        assert self.county is not None
        return self.county

    def at(self, place: int) -> int:
        return place % len(self.here.desks)

    @rule(place=any_place)
    def register(self, place: int) -> None:
        self.here.register(self.at(place))

    @rule(place=any_place, deeds=_some_deeds)
    def act(self, place: int, deeds: list[tuple[int, int]]) -> None:
        for case, deed in deeds:
            self.here.act(self.at(place), case, deed)

    @rule(place=any_place, deeds=_some_deeds)
    def act_and_sync(self, place: int, deeds: list[tuple[int, int]]) -> None:
        self.act(place, deeds)
        self.here.round(self.at(place))

    @rule(place=any_place)
    def sync(self, place: int) -> None:
        self.here.round(self.at(place))

    @rule(place=any_place, stick=st.integers(0, 2))
    def export(self, place: int, stick: int) -> None:
        self.here.export(self.at(place), stick)

    @rule(place=any_place, stick=any_place)
    def carry(self, place: int, stick: int) -> None:
        self.here.carry(self.at(place), stick)

    @rule(place=any_place, hours=st.sampled_from((-24, 24, -1, 1)))
    def set_the_clock(self, place: int, hours: int) -> None:
        self.here.desks[self.at(place)].tick(timedelta(hours=hours))
        injected("clock: a day or an hour off, stepping")

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
