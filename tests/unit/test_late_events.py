"""Events whose authors had seen more than stands before them: a hub from a backup lost some, and got them back late."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gridclient.domain.case import CaseState
from gridclient.domain.events import EventKind
from gridclient.domain.fold import fold_all
from tests.fakes.case_history import LEAD, filed
from tests.fakes.two_desks import UNIT, Two, given_to


@pytest.fixture
def two() -> Two:
    return Two()


def lose(two: Two, *places: int) -> None:
    """Neither hub nor desk has these events any more."""
    two.hub.events[:] = [event for place, event in enumerate(two.hub.events) if place not in places]
    two.meet()


def test_what_is_placed_before_something_that_its_author_had_seen_waits_for_it(two: Two) -> None:
    two.a.do(EventKind.DISPATCHED, **given_to(UNIT))
    two.meet()
    two.b.do(EventKind.SIGNED, unit=UNIT)
    two.b.do(EventKind.FED_BACK, unit=UNIT, result="已处理")
    case = two.meet()
    two.hub.events.append(two.hub.events.pop(2))  # a hub from a backup lost the dispatch, and got it back as the last
    assert two.a.case == case


def test_a_step_holds_where_something_that_its_author_had_not_seen_either_came_meanwhile(two: Two) -> None:
    two.b.do(EventKind.DISPATCHED, **given_to(UNIT))
    two.meet()
    signed = two.b.do(EventKind.SIGNED, unit=UNIT)
    two.meet()
    filed_and_dispatched = two.hub.events[1:3]
    lose(two, 1, 2)
    note = two.a.do(EventKind.NOTED, text="记")
    two.a.mine[-1] = replace(note, hlc=signed.hlc + 1)
    two.meet()
    two.hub.events += filed_and_dispatched
    assert (two.meet().state, two.a.case.refused) == (CaseState.HANDLING, ())


def test_a_step_follows_the_one_that_it_was_done_after_where_what_that_one_had_seen_never_comes(two: Two) -> None:
    two.a.do(EventKind.NOTED, text="一")
    two.a.do(EventKind.NOTED, text="二")
    two.meet()
    two.b.do(EventKind.DISPATCHED, **given_to(UNIT))
    two.meet()
    lose(two, 2, 3)
    two.a.do(EventKind.SIGNED, unit=UNIT)  # by a clock that is behind the other desk's
    assert two.a.case.state is CaseState.HANDLING
    two.b.do(EventKind.NOTED, text="三")
    assert two.meet().state is CaseState.HANDLING


def test_of_several_that_wait_each_comes_when_as_many_stand_before_it_as_its_author_had_seen() -> None:
    history = filed()
    history.do(EventKind.NOTED, text="记")
    history.do(EventKind.DISPATCHED, **given_to(LEAD))
    case = history.do(EventKind.SIGNED, unit=LEAD)
    first, filing, note, given, signed = history.events
    assert fold_all([first, note, signed, filing, given]) == case
