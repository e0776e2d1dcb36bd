"""When rounds come: soon after a commit, regularly when idle, ever later and scattered while they fail."""

from __future__ import annotations

from functools import partial

from hypothesis import given
from hypothesis import strategies as st

from gridclient.sync.pace import AFTER_COMMIT_S, IDLE_S, JITTER, LONGEST_WAIT_S, Pace
from gridclient.sync.terms import TELLING
from gridclient.sync.transport import FIRST_BYTES, LEAST_BYTES, MOST_BYTES, Measure, Pacing

SHARES = st.floats(0, 1, exclude_max=True)
TIMES = st.floats(0, 1e9)


@given(SHARES, TIMES)
def test_idle_rounds_come_about_every_half_minute(share: float, now: float) -> None:
    pace = Pace(lambda: share)
    pace.went(now)
    assert IDLE_S * (1 - JITTER) - 1e-3 <= pace.wait(now) <= IDLE_S * (1 + JITTER) + 1e-3


@given(SHARES, TIMES)
def test_round_follows_a_commit_within_two_seconds_and_never_later_than_planned(share: float, now: float) -> None:
    pace = Pace(lambda: share)
    pace.went(now)
    planned = pace.next_at
    pace.committed(now)
    assert pace.next_at <= min(planned, now + AFTER_COMMIT_S)


@given(st.lists(SHARES, min_size=1, max_size=40), TIMES)
def test_failing_waits_stay_within_a_bound_that_doubles_to_five_minutes(shares: list[float], now: float) -> None:
    rolls = iter(shares)
    pace = Pace(lambda: next(rolls))
    bound = 1.0
    for _ in shares:
        pace.failed(now)
        assert 0 <= pace.wait(now) <= min(bound, LONGEST_WAIT_S) + 1e-3
        bound *= 2


@given(SHARES, st.integers(1, 50), st.floats(0, 1000))
def test_hub_that_asks_for_patience_gets_it_up_to_five_minutes(share: float, failures: int, least: float) -> None:
    pace = Pace(lambda: share)
    for _ in range(failures):
        pace.failed(0.0, least)
    assert min(least, LONGEST_WAIT_S) <= pace.wait(0.0) <= LONGEST_WAIT_S


@given(SHARES, st.integers(1, 20))
def test_commits_do_not_defeat_the_waiting_but_a_person_does(share: float, failures: int) -> None:
    pace = Pace(lambda: share)
    for _ in range(failures):
        pace.failed(100.0)
    before = pace.next_at
    pace.committed(100.0)
    assert pace.next_at == before
    pace.asked(100.0)
    assert pace.wait(100.0) == 0
    pace.failed(100.0)
    assert pace.wait(100.0) <= 1


def test_thousand_desks_do_not_come_back_all_at_once() -> None:
    """With full jitter the calls of desks whose hub was away for long are spread over the whole bound."""
    waits = []
    for desk in range(1000):
        pace = Pace(partial(float, desk / 1000))
        for _ in range(12):
            pace.failed(0.0)
        waits.append(pace.wait(0.0))
    busiest = max(sum(1 for wait in waits if second <= wait < second + 10) for second in range(300))
    assert busiest <= 40


def test_little_that_went_says_nothing_of_the_line() -> None:
    pacing = Pacing()
    pacing.carried(100_000, 10.0)
    pacing.carried(200, 0.0001)
    assert not pacing.is_quick
    pacing.carried(100_000, 0.5)
    pacing.carried(200, 30.0)
    assert pacing.is_quick


def test_line_is_taken_for_slow_until_it_showed_otherwise() -> None:
    pacing = Pacing()
    assert not pacing.is_quick and not pacing.is_fast
    before = pacing.events
    pacing.carried(20_000, 0.01)
    assert pacing.is_quick and pacing.is_fast and pacing.events > before


def test_what_two_machines_take_to_wake_up_makes_no_slow_line() -> None:
    pacing = Pacing()
    pacing.carried(9_000, 0.045)
    assert pacing.is_fast
    pacing = Pacing()
    pacing.carried(9_000, 1.2)
    assert not pacing.is_quick


def test_first_few_of_many_are_enough_to_tell_whatever_an_event_costs() -> None:
    pacing = Pacing()
    for cost in (10, 40, 200):
        for _ in range(6):
            pacing.learnt(pacing.probing_events, cost * pacing.probing_events, swiftly=True)
        assert TELLING <= cost * pacing.probing_events < 2 * TELLING


def test_guess_of_a_fast_line_makes_no_request_that_the_hub_would_not_read() -> None:
    pacing = Pacing()
    assert pacing.guessed_events == 1000
    pacing.learnt(200, 200 * 8_000, swiftly=True)
    assert pacing.guessed_events * 8_000 <= 1 << 20


def test_line_that_seemed_less_than_fast_once_is_looked_at_again_before_all_is_packed_for_it() -> None:
    pacing = Pacing()
    pacing.carried(9_000, 0.1)
    assert (pacing.is_quick, pacing.is_fast, pacing.events) == (True, False, 2000)


def test_what_a_fast_line_carries_at_once_leaves_work_for_both_sides_at_a_time() -> None:
    pacing = Pacing()
    pacing.carried(1 << 20, 0.1)
    assert (pacing.up.size, pacing.down.size, pacing.events) == (MOST_BYTES, FIRST_BYTES, 2000)


def test_what_goes_at_once_doubles_while_answers_come_soon_and_halves_where_none_came() -> None:
    measure, sizes = Measure(), []
    for seconds in (0.1, 2.5, 0.1):
        measure.went(seconds)
        sizes.append(measure.size // FIRST_BYTES)
    measure.failed()
    assert (sizes, measure.size) == ([2, 2, 4], 2 * FIRST_BYTES)
    for _ in range(20):
        measure.went(0.1)
    assert measure.size == MOST_BYTES
    for _ in range(20):
        measure.failed()
    assert measure.size == LEAST_BYTES


def test_one_answer_that_was_late_makes_no_slow_line_and_several_do() -> None:
    pacing = Pacing()
    pacing.carried(1 << 20, 0.1)
    size, quick = pacing.up.size, []
    for _ in range(6):
        pacing.carried(20_000, 10.0)
        quick.append(pacing.is_quick)
    assert (quick[0], quick[-1]) == (True, False)
    assert pacing.up.size == size, "what goes at once shrinks after a time-out only"


def test_an_event_that_costs_more_than_a_request_should_goes_all_the_same() -> None:
    pacing = Pacing()
    pacing.learnt(1, 1 << 20, swiftly=False)
    assert (pacing.events, pacing.probing_events, pacing.guessed_events) == (1, 1, 1)


def test_to_measure_a_line_that_lost_much_no_more_is_sent_than_it_carries() -> None:
    pacing = Pacing()
    for _ in range(20):
        pacing.up.failed()
    assert pacing.probing_events == pacing.events < TELLING / pacing.cost


def test_what_events_cost_is_learnt_from_what_was_sent_at_once_upwards_and_by_halves_downwards() -> None:
    pacing, costs = Pacing(), []
    for events, size, swiftly in ((100, 5_000, False), (100, 3_000, False), (100, 16_000, True), (0, 90, False)):
        pacing.learnt(events, size, swiftly=swiftly)
        costs.append(pacing.cost)
    assert costs == [50, 40, 80, 80]


def test_on_a_slow_line_a_request_is_not_shared_between_both_sides() -> None:
    pacing = Pacing()
    pacing.up.size = MOST_BYTES
    assert pacing.events > 2000 and not pacing.is_quick
