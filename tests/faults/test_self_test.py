"""A check that cannot fail is none: with the product's checks switched off and an event dropped, the suite must fail.

Where one of the product's checks is left that sees the loss, the product repairs it and the suite holds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import Phase

from tests.faults.checks_off import switch_off
from tests.faults.county import County
from tests.faults.desk import FULL
from tests.faults.line import Fault
from tests.faults.machine import run
from tests.faults.proof import assert_all_agree
from tests.faults.test_model import FaultMachine

_FILE, _DISPATCH, _NOTE = 0, 2, 15


@pytest.fixture
def county(quick_folder: Path) -> Iterator[County]:
    found = County(quick_folder, (FULL, FULL), page=1 << 16)  # all in one page: its end is the feed's
    yield found
    found.close()


def _lives(county: County) -> None:
    """Two signed batches of the first desk, each of several events, that the second has not seen."""
    for _ in range(2):
        county.register(0)
        for deed in (_FILE, _DISPATCH, _NOTE):
            county.act(0, 0, deed)
        county.round(0)


@pytest.mark.parametrize(
    ("fault", "off", "outcome"),
    [
        (Fault.FORGED_GAP, (), "repaired"),
        (Fault.FORGED_GAP, ("count",), "repaired"),
        (Fault.FORGED_GAP, ("chain",), "noticed"),  # by count and sum; the store's own links are wrong by then
        (Fault.FORGED_GAP, ("chain", "count"), "found by the suite"),
        (Fault.FORGED_TAIL, (), "repaired"),
        (Fault.FORGED_TAIL, ("chain",), "repaired"),
        (Fault.FORGED_TAIL, ("count",), "found by the suite"),  # a missing end breaks no chain
        (Fault.FORGED_TAIL, ("chain", "count"), "found by the suite"),
    ],
)
def test_an_event_that_was_dropped_is_repaired_noticed_or_found(
    county: County, monkeypatch: pytest.MonkeyPatch, fault: Fault, off: tuple[str, ...], outcome: str
) -> None:
    switch_off(monkeypatch, off)
    _lives(county)
    county.round(1, [(fault, 1)])
    if outcome == "repaired":
        county.heal()
        assert_all_agree(county)
        return
    with pytest.raises(AssertionError):
        county.heal()
        assert_all_agree(county)
    faults = {report.error for report in county.desks[1].lamps.rounds()}
    assert ("sync.differs" in faults) == (outcome == "noticed")


@pytest.mark.parametrize("how", range(4))
def test_an_event_that_nobody_signed_is_gone_when_the_stream_was_read_to_its_end(county: County, how: int) -> None:
    """Behind the last one or in its place, the next number of a known desk or a later one."""
    _lives(county)
    county.round(1, [(Fault.FORGED_MORE, how)])
    county.heal()
    assert_all_agree(county)


def test_an_event_that_was_dropped_on_the_way_up_is_refused_by_the_hub(county: County) -> None:
    _lives(county)
    county.act(0, 0, _NOTE)
    county.act(0, 1, _NOTE)
    report = county.round(0, [(Fault.PUSH_DROPPED, 0)])
    assert report is not None and report.rejected
    county.heal()
    assert_all_agree(county)


def test_without_checks_an_event_that_was_dropped_on_the_way_up_is_found(
    county: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    switch_off(monkeypatch, ("chain", "count"))
    _lives(county)
    county.act(0, 0, _NOTE)
    county.act(0, 1, _NOTE)
    county.round(0, [(Fault.PUSH_DROPPED, 0)])
    with pytest.raises(AssertionError):
        county.heal()
        assert_all_agree(county)


_LOST = re.compile("'events'|'tables'|is gone|folds to|chain")


class _DroppingMachine(FaultMachine):
    """Every bad line drops events from pages."""

    def spoilt(self, plan: Sequence[tuple[Fault, int]]) -> Sequence[tuple[Fault, int]]:
        return [(Fault.FORGED_TAIL if how % 2 else Fault.FORGED_GAP, how) for _, how in plan]


def test_the_model_finds_lost_events_when_nothing_else_does(monkeypatch: pytest.MonkeyPatch) -> None:
    switch_off(monkeypatch, ("chain", "count"))
    with pytest.raises((AssertionError, BaseExceptionGroup)) as caught:
        run(_DroppingMachine, examples=60, steps=20, phases=(Phase.generate,))
    found = caught.value.exceptions if isinstance(caught.value, BaseExceptionGroup) else (caught.value,)
    assert all(isinstance(one, AssertionError) and _LOST.search(str(one)) for one in found), found
