"""Under which area a grid hangs, which codes are areas, and in which time a row is judged by others."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
import shapely

from gridclient.services.import_records import Boundary, GridRecord
from gridclient.store.grid_checks import Known, check_grids, parent_of

TOWNSHIP = "371002002"
ZONE, COMMUNITY, JOINED, BASIC = f"{TOWNSHIP}601", f"{TOWNSHIP}003", f"{TOWNSHIP}004", f"{TOWNSHIP}004001"
ALWAYS = (date.min, date.max)
YEAR = (date(2026, 1, 1), date(2027, 1, 1))


def grid(
    code: str,
    parent: str = "",
    west: float | None = None,
    *,
    valid_from: date | None = None,
    valid_to: date | None = None,
) -> GridRecord:
    tier = "basic" if len(code) == 15 else "zone" if code[9] == "6" else "community"
    box = None if west is None else Boundary(shapely.to_wkb(shapely.box(west, 37.5, west + 0.01, 37.51)), "wgs84")
    return GridRecord("网格", 2, code, code, code, tier, parent, valid_from=valid_from, valid_to=valid_to, boundary=box)


def known(*areas: tuple[str, str, tuple[str, ...]]) -> Known:
    made = Known()
    for code, tier, members in areas:
        made.learn(code, tier, members, None, ALWAYS)
    return made


@pytest.mark.parametrize(
    ("code", "told", "parent"),
    [
        (ZONE, "", TOWNSHIP),
        (ZONE, "371002003", "371002003"),
        (COMMUNITY, "", ZONE),
        (JOINED, "", TOWNSHIP),
        (COMMUNITY, TOWNSHIP, TOWNSHIP),
        (f"{COMMUNITY}001", "", COMMUNITY),
        (BASIC, "", COMMUNITY),
        (BASIC, f"{TOWNSHIP}009", COMMUNITY),
        (f"{TOWNSHIP}008001", "", f"{TOWNSHIP}008"),
    ],
)
def test_a_grid_hangs_where_its_row_its_code_and_the_tables_tell(code: str, told: str, parent: str) -> None:
    """The zone holds one community; that one's grid has taken in two others."""
    there = known((ZONE, "zone", (COMMUNITY,)), (COMMUNITY, "community", (JOINED, f"{TOWNSHIP}009")))
    assert parent_of(grid(code, told), there) == parent


def test_a_township_or_county_is_an_area_where_one_of_its_own_is_known_and_a_community_only_by_itself() -> None:
    there = known((BASIC, "basic", ()))
    assert [there.has_area(code) for code in (BASIC, TOWNSHIP, "371002")] == [True, True, True]
    assert [there.has_area(code) for code in (JOINED, "371002009", "371003")] == [False, False, False]


@pytest.mark.parametrize(
    ("begins", "ends", "meets"),
    [
        (None, None, True),
        (date(2027, 1, 1), None, False),
        (date(2026, 12, 31), None, True),
        (None, date(2026, 1, 1), False),
        (None, date(2026, 1, 2), True),
    ],
)
def test_grids_overlap_only_in_the_time_that_they_share(begins: date | None, ends: date | None, meets: bool) -> None:
    there = known((COMMUNITY, "community", ()))
    there.learn(f"{COMMUNITY}001", "basic", (), None, YEAR)
    rows = [
        grid(f"{COMMUNITY}001", west=122.1),
        grid(f"{COMMUNITY}002", west=122.1, valid_from=begins, valid_to=ends),
    ]
    accepted, refused = check_grids(rows, there)
    assert [row.code for row in accepted] == [row.code for row in rows[: 2 - meets]]
    assert [(row.column, row.code, row.params["other"]) for row in refused] == [
        ("boundary", "grid.overlap", f"{COMMUNITY}001")
    ] * meets


def test_a_row_that_tells_no_time_keeps_what_is_known_of_its_grid() -> None:
    there = known((COMMUNITY, "community", ()))
    there.learn(f"{COMMUNITY}001", "basic", (), None, YEAR)
    check_grids([grid(f"{COMMUNITY}001"), grid(f"{COMMUNITY}002", valid_from=YEAR[0])], there)
    assert there.periods[f"{COMMUNITY}001"] == YEAR
    assert there.periods[f"{COMMUNITY}002"] == (YEAR[0], date.max)


def test_a_code_that_stands_twice_goes_in_once_and_names_the_row_where_it_stood_first() -> None:
    there = known((COMMUNITY, "community", ()))
    first = grid(f"{COMMUNITY}001")
    accepted, refused = check_grids([first, replace(first, row=7)], there)
    assert accepted == [first]
    assert [(row.row, row.column, row.code) for row in refused] == [(7, "code", "grid.code_twice")]
    assert refused[0].params == {"grid": first.code, "first": 2}


def test_what_hangs_under_a_refused_grid_is_refused_too() -> None:
    accepted, refused = check_grids([grid(BASIC), grid(JOINED, f"{TOWNSHIP}699")], Known())
    assert accepted == []
    assert [(row.column, row.code, row.params) for row in refused] == [
        ("parent", "grid.parent_unknown", {"grid": JOINED, "parent": f"{TOWNSHIP}699"}),
        ("parent", "grid.parent_unknown", {"grid": BASIC, "parent": JOINED}),
    ]


def test_a_row_that_was_refused_for_its_overlap_refuses_no_other() -> None:
    there = known((COMMUNITY, "community", ()))
    rows = [grid(f"{COMMUNITY}00{place}", west=west) for place, west in enumerate((122.1, 122.105, 122.112))]
    accepted, refused = check_grids(rows, there)
    assert [row.code[-1] for row in accepted] == ["0", "2"]
    assert [row.params for row in refused] == [
        {"grid": rows[1].code, "other": rows[0].code, "other_row": 2, "percent": 50.0}
    ]


def test_a_grid_that_lies_outside_the_one_above_is_refused_with_its_share() -> None:
    there = known((TOWNSHIP, "division", ()))
    rows = [grid(COMMUNITY, west=122.1), grid(f"{COMMUNITY}001", west=122.1004), grid(f"{COMMUNITY}002", west=122.106)]
    accepted, refused = check_grids(rows, there)
    assert [row.code for row in accepted] == [COMMUNITY, f"{COMMUNITY}001"]
    assert [(row.column, row.code, row.params) for row in refused] == [
        ("boundary", "grid.overlap", {"grid": rows[2].code, "other": rows[1].code, "other_row": 2, "percent": 44.0})
    ]
    accepted, refused = check_grids([rows[0], rows[2]], known((TOWNSHIP, "division", ())))
    assert [(row.column, row.code, row.params) for row in refused] == [
        ("boundary", "grid.outside_parent", {"grid": rows[2].code, "parent": COMMUNITY, "percent": 60.0})
    ]


def test_a_community_lies_in_no_zone_of_another_township() -> None:
    there = known(("371002003601", "zone", ()))
    _, refused = check_grids([grid(COMMUNITY, "371002003601")], there)
    assert [(row.column, row.code) for row in refused] == [("parent", "grid.code_not_in_parent")]
