"""A hub that was restored from an old backup gets back what it lost: all of it, in the order in which it stood."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import rule

from gridclient.services.rows import CaseFilter, Sort
from gridclient.services.sync_port import RoundEnd
from tests.faults.county import County
from tests.faults.desk import DEEDS, FULL
from tests.faults.line import Fault
from tests.faults.machine import CountyMachine, any_place, run
from tests.faults.proof import case_tables, hub_events
from tests.faults.tally import injected

_bad = st.lists(
    st.tuples(st.sampled_from((Fault.REPLY_LOST, Fault.REQUEST_LOST, Fault.TWICE, Fault.KILLED_AFTER)), st.just(1)),
    min_size=1,
    max_size=3,
)


class RestoredHubMachine(CountyMachine):
    """Work at several desks, a line that fails, and now and then the hub's backup takes its place."""

    def begun(self) -> None:
        self.here.hub.back_up()

    @rule(place=any_place, plan=_bad)
    def sync_badly(self, place: int, plan: list[tuple[Fault, int]]) -> None:
        self.here.round(self.at(place), plan)

    @rule()
    def back_up_the_hub(self) -> None:
        self.here.hub.back_up()

    @rule(place=any_place)
    def restore_the_hub(self, place: int) -> None:
        if self.here.hub.put_back():
            injected("hub: restored from an old backup")
            self.here.round(self.at(place))


@pytest.mark.slow
def test_whatever_a_restored_hub_lost_is_there_in_the_end(is_full: bool) -> None:
    examples = int(os.environ.get("GRIDCLIENT_FAULT_RUNS", "300" if is_full else "8"))
    run(RestoredHubMachine, examples=examples, steps=40 if is_full else 25)


@pytest.fixture
def county(quick_folder: Path) -> Iterator[County]:
    """Two desks at which a case was registered, filed and seen by both; then the hub is backed up."""
    county = County(quick_folder, (FULL, FULL, FULL), page=1 << 20)
    county.register(0)
    county.act(0, 0, 0)
    for place in (0, 1, 2):
        county.round(place)
    county.hub.back_up()
    yield county
    county.close()


def done(county: County, places: Sequence[int]) -> None:
    for place in places:
        report = county.round(place)
        assert report is not None and report.end is RoundEnd.DONE, report


def order(county: County) -> list[bytes]:
    return [placed.link for _, placed in sorted(hub_events(county).items())]


DISPATCH_ONE, DISPATCH_TWO, SIGN, KEEP = 2, 3, 7, len(DEEDS) - 2


@pytest.mark.parametrize("comes_first", [0, 1, 2])
def test_a_settled_conflict_stays_settled_whoever_comes_first(county: County, comes_first: int) -> None:
    """The second desk dispatched earlier by the clock and reported later; the first one's stands, and stays."""
    county.act(1, 0, DISPATCH_ONE)
    county.desks[0].tick(timedelta(hours=1))
    county.act(0, 0, DISPATCH_TWO)
    done(county, (0, 1, 0))
    assert county.desks[1].lamps.conflicts()
    county.act(1, 0, KEEP)
    done(county, (1, 0, 2))
    before, tables = order(county), case_tables(county.desks[2].database)
    assert not any(desk.lamps.conflicts() for desk in county.desks)
    assert county.hub.put_back()
    assert len(order(county)) < len(before)
    done(county, (comes_first, 0, 1, 2, 0, 1, 2))
    assert order(county) == before
    for desk in county.desks:
        assert not desk.lamps.conflicts()
        assert case_tables(desk.database) == tables


def test_a_step_that_comes_to_the_hub_before_the_lost_one_it_follows_holds(county: County) -> None:
    county.act(0, 0, DISPATCH_ONE)
    done(county, (0, 1))
    assert county.hub.put_back()
    county.act(1, 0, SIGN)
    done(county, (1, 0, 1, 2, 0, 1, 2))
    for desk in county.desks:
        assert [row.state for row in desk.queries.page(CaseFilter(), Sort()).rows] == ["handling"]


def test_what_a_desk_that_is_gone_had_reported_comes_back_through_the_others(county: County) -> None:
    for place in (0, 1, 0, 1):
        county.act(place, 0, 15)
        done(county, (place, 2))
    before = order(county)
    assert county.hub.put_back()
    done(county, (2,))
    assert order(county) == before
    injected("hub: restored while the writers are gone")


def test_what_a_revoked_desk_had_reported_stays_at_the_others(county: County) -> None:
    county.act(1, 0, 15)
    done(county, (1, 0, 2))
    there = county.desks[0].accounts("1")
    county.hub.put_back()
    county.hub.service.access.revoke(county.desks[1].sync.device)
    done(county, (0, 0))
    assert county.desks[0].accounts("1") == there, "what the hub will not have was thrown away"
    assert county.desks[0].lamps.pending()[0] == 0
    assert not county.desks[0].sync.carried_origins(), "it would be offered in every round"
