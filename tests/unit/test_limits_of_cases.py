"""Which limit a case has, and by whose calendar, hours and start rule it is counted."""

from __future__ import annotations

from datetime import timedelta

import pytest

from gridclient.domain.calendar import CHINA_TIME
from gridclient.domain.case import Case
from gridclient.domain.errors import InvalidInput
from gridclient.domain.replacing import replace
from gridclient.services.clocks import deadline_of, handling_limit, parse_hours, remaining_seconds, resumed_limit
from tests.ui.fakes.invented_desk import GRIDS, NOW, STANDARDS, UNITS, empty_desk
from tests.ui.fakes.memory_store import MemoryReference


def township(**settings: str) -> MemoryReference:
    reference = MemoryReference(GRIDS, UNITS, STANDARDS)
    reference.settings = {**reference.settings, **settings}
    return reference


def a_case() -> Case:
    made = empty_desk()
    return made.store.case(made.filed("噪音"))


def due(limit: str, **settings: str) -> str:
    """When a limit that starts on Friday at 14:32 is due."""
    return f"{deadline_of(limit, NOW, township(**settings)).due.astimezone(CHINA_TIME):%m-%d %H:%M}"


def test_the_limit_hangs_on_the_condition_else_on_the_level() -> None:
    case, reference = a_case(), township()
    assert handling_limit(case, reference) == "2 urgent_hour"
    without = MemoryReference(GRIDS, UNITS, (replace(STANDARDS[0], limit=""),))
    assert handling_limit(case, without) == reference.settings["limit.level.3"]
    assert handling_limit(replace(case, facts=replace(case.facts, standard="X")), reference) == handling_limit(
        case, without
    )


def test_a_case_that_went_up_has_its_levels_limit_where_the_level_has_one() -> None:
    up = replace(a_case(), level=4, moved=1)
    assert handling_limit(up, township()) == township().settings["limit.level.4"]
    assert handling_limit(up, township(**{"limit.level.4": ""})) == "2 urgent_hour"


def test_the_township_says_whether_the_day_of_receipt_counts() -> None:
    assert (due("1 work_day"), due("1 work_day", start_rule="next_day")) == ("11-23 14:32", "11-23 23:59")
    assert due("2 work_hour", start_rule="next_day") == due("2 work_hour") == "11-20 16:32"


def test_the_township_says_at_which_hours_it_works() -> None:
    assert due("4 work_hour", working_hours="08:30-12:00, 13:30-17:30") == "11-23 09:32"


def test_a_room_that_is_manned_round_the_clock_works_to_the_hour() -> None:
    round_the_clock = {"working_hours": "00:00-24:00"}
    assert parse_hours("00:00-24:00").seconds_per_day == 86400
    assert due("9 work_hour", **round_the_clock) == "11-20 23:32"
    assert due("10 work_hour", **round_the_clock) == "11-23 00:32", "Friday's last and Monday's first half hour"
    assert due("1 work_day", **round_the_clock) == "11-23 14:32"


@pytest.mark.parametrize("limit", ["1 work_day", "10 work_hour"])
def test_a_shift_to_midnight_ends_with_its_own_day(limit: str) -> None:
    """24:00 is written 23:59:59: what Saturday has until Friday's closing is due on Monday, not on Tuesday at 0:00."""
    until_midnight = township(working_hours="14:00-24:00")
    begin = NOW + timedelta(days=1) if limit == "1 work_day" else NOW.replace(hour=14, minute=0)
    day = "11-23" if limit == "1 work_day" else "11-20"
    assert f"{deadline_of(limit, begin, until_midnight).due.astimezone(CHINA_TIME):%m-%d %H:%M:%S}" == f"{day} 23:59:59"


@pytest.mark.parametrize(
    "text", ["", "08:00", "08:00-12:00-18:00", "acht-12:00", "08:00+08:00-12:00", "24:00-24:00", "08:00-24:30"]
)
def test_hours_that_are_no_periods_are_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match=r"hours\.unreadable"):
        parse_hours(text)


@pytest.mark.parametrize(
    ("limit", "left"),
    [("1 work_day", 8 * 3600), ("1 natural_day", 3 * 86400), ("尽快", 3 * 86400)],
)
def test_what_is_left_is_counted_as_the_limit_is(limit: str, left: int) -> None:
    """From Friday to Monday; what another desk wrote and nobody can count is natural time."""
    assert remaining_seconds(NOW + timedelta(days=3), limit, NOW, township()) == left
    assert remaining_seconds(NOW, limit, NOW, township()) == 0


def test_who_goes_on_has_what_was_left_in_the_limits_own_time() -> None:
    assert resumed_limit(5400, "1 work_day") == "1.5 work_hour"
    assert resumed_limit(5400, "1 natural_day") == "1.5 urgent_hour"
