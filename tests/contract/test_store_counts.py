"""What the figures promise: what the lists would count, area by area, whatever happens to the cases."""

from __future__ import annotations

from datetime import timedelta

from gridclient.domain.events import EventKind
from gridclient.services.rows import UNPLACED, Box, CaseFilter, Sort
from tests.contract.stage import COMMUNITY, GRIDS, STANDARD, TOWNSHIP, UNITS, ZONE, Stage

HOUR = timedelta(hours=1)


def assert_figures_are_what_lists_count(stage: Stage) -> None:
    figures = stage.queries.figures()
    assert {"", *stage.known.grids} <= figures.keys()
    for area, found in figures.items():
        assert found.open == stage.queries.total(CaseFilter(grid=area, only_open=True)), area
        assert found.overdue == found.boxes[Box.OVERDUE]
        assert found.boxes == {box: stage.queries.total(CaseFilter(grid=area, box=box)) for box in Box}, area
        assert stage.queries.box_counts(area) == found.boxes


def test_an_empty_store_counts_nothing(stage: Stage) -> None:
    assert stage.queries.figures()[""].open == 0
    assert stage.queries.box_counts() == dict.fromkeys(Box, 0)
    assert stage.queries.unit_loads() == {}


def test_figures_of_all_tiers_add_up(stage: Stage) -> None:
    for place, grid in enumerate((*GRIDS, GRIDS[0], "")):
        stage.register(grid=grid, due=HOUR * (place - 2))
    figures = stage.queries.figures()
    assert [figures[area].open for area in (GRIDS[0], COMMUNITY, ZONE, "")] == [2, 3, 4, 6]
    assert_figures_are_what_lists_count(stage)


def test_figures_follow_a_case_through_its_life(stage: Stage) -> None:
    case_id = stage.dispatched(due=HOUR)
    stage.give_back(case_id)
    stage.clock.advance(minutes=1)
    stage.dispatch(case_id, UNITS[1])
    stage.give_back(case_id)
    assert stage.queries.box_counts(GRIDS[0])[Box.CONSULTATION] == 1
    assert_figures_are_what_lists_count(stage)
    stage.clock.advance(minutes=1)
    stage.dispatch(case_id, UNITS[2], due=-HOUR)
    stage.sign(case_id)
    stage.close(case_id)
    assert stage.queries.figures()[""].open == 0
    assert_figures_are_what_lists_count(stage)


def test_what_is_due_within_four_hours_is_due_soon_to_the_second_and_overdue_only_after_it(stage: Stage) -> None:
    for due in (-1, 0, 4 * 3600, 4 * 3600 + 1):
        stage.register(due=timedelta(seconds=due))
    counts = stage.queries.box_counts()
    assert (counts[Box.OVERDUE], counts[Box.DUE_SOON]) == (1, 2)
    assert_figures_are_what_lists_count(stage)


def test_an_area_that_no_list_and_no_case_knows_counts_nothing(stage: Stage) -> None:
    stage.register(due=-HOUR)
    assert stage.queries.box_counts("330602001") == dict.fromkeys(Box, 0)


def test_time_alone_makes_a_case_overdue(stage: Stage) -> None:
    stage.register(due=5 * HOUR)
    seen = []
    for _ in range(3):
        counts = stage.queries.box_counts()
        seen.append((counts[Box.DUE_SOON], counts[Box.OVERDUE]))
        stage.clock.advance(hours=3)
    assert seen == [(0, 0), (1, 0), (0, 1)]


def test_a_clock_that_goes_back_takes_the_overdue_with_it(stage: Stage) -> None:
    stage.register(due=HOUR)
    stage.clock.advance(hours=2)
    assert stage.queries.box_counts()[Box.OVERDUE] == 1
    stage.clock.advance(hours=-2)
    assert stage.queries.box_counts()[Box.OVERDUE] == 0


def test_a_case_that_moves_to_another_grid_is_counted_there(stage: Stage) -> None:
    case_id = stage.register(grid=GRIDS[0])
    stage.record(EventKind.AMENDED, case_id, {"facts": {"grid": GRIDS[3]}})
    figures = stage.queries.figures()
    assert (figures[GRIDS[0]].open, figures[GRIDS[3]].open) == (0, 1)


def test_a_grid_that_is_no_longer_on_the_list_counts_for_what_its_code_names(stage: Stage) -> None:
    stage.register(grid=f"{COMMUNITY}099")
    figures = stage.queries.figures()
    assert figures[f"{COMMUNITY}099"].open == 1
    assert [figures[area].open for area in (COMMUNITY, ZONE, COMMUNITY[:9], COMMUNITY[:6])] == [1, 1, 1, 1]


def test_cases_in_no_grid_of_the_list_are_an_area_of_their_own(stage: Stage) -> None:
    placed = [stage.register(grid=grid) for grid in (GRIDS[0], TOWNSHIP, f"{COMMUNITY}099")]
    lost = [stage.register(grid=grid) for grid in ("", TOWNSHIP[:6], "330602001001")]
    assert stage.queries.figures()[UNPLACED].open == len(lost)
    page = stage.queries.page(CaseFilter(grid=UNPLACED), Sort(), limit=10)
    assert {row.id for row in page.rows} == set(lost)
    assert_figures_are_what_lists_count(stage)
    stage.record(EventKind.AMENDED, lost[0], {"facts": {"grid": GRIDS[3]}})
    stage.record(EventKind.AMENDED, placed[0], {"facts": {"grid": ""}})
    assert stage.queries.figures()[UNPLACED].open == len(lost)
    assert_figures_are_what_lists_count(stage)


def test_units_have_in_hand_what_they_were_given_and_not_yet_handled(stage: Stage) -> None:
    first = stage.dispatched("甲", UNITS[0], UNITS[1])
    stage.dispatched("乙", UNITS[0])
    assert stage.queries.unit_loads() == {UNITS[0]: 2, UNITS[1]: 1}
    stage.sign(first)
    stage.record(EventKind.FED_BACK, first, {"result": "好了"})
    assert stage.queries.unit_loads() == {UNITS[0]: 1, UNITS[1]: 1}
    stage.record(EventKind.VOIDED, first, {"reason": "误报"})
    assert stage.queries.unit_loads() == {UNITS[0]: 1}


def test_recent_units_are_those_that_led_cases_of_the_standard_lately(stage: Stage) -> None:
    stage.dispatched("旧的", UNITS[2])
    stage.clock.advance(days=100)
    for unit in (UNITS[0], UNITS[0], UNITS[1]):
        stage.dispatched("新的", unit)
    stage.give_back(stage.dispatched("退了", UNITS[1]))
    assert stage.queries.recent_units(STANDARD) == {UNITS[0]: 2, UNITS[1]: 1}
    assert stage.queries.recent_units("C-99") == {}
