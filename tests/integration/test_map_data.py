"""The store keeps the contract of the map's data, and answers any filter of the desk."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from datetime import timedelta
from itertools import accumulate
from typing import Any

import pytest
import shapely

from gridclient.domain.events import EventDraft, EventKind, to_seconds
from gridclient.services.import_findings import ImportKind
from gridclient.services.map_port import MAX_CELLS, Bounds
from gridclient.services.rows import Box, CaseFilter, GridRow
from gridclient.store import counts
from gridclient.store.map_data import SqliteMapData
from gridclient.store.outlines import collection
from gridclient.store.standing import Standing
from tests.contract.map_data import check_cells, check_figures, check_outlines, check_units
from tests.fakes.import_store import ImportStore
from tests.fakes.invented_areas import (
    NOW,
    SIDE,
    SOUTH,
    TOWNSHIP,
    WEST,
    all_areas,
    basics,
    columns,
    redrawn,
    unit,
)

BOX = Bounds(WEST, SOUTH, WEST + 8 * SIDE, SOUTH + 8 * SIDE)
CASES = 300


@pytest.fixture
def store(store: ImportStore) -> ImportStore:
    store.bring(all_areas())
    return store


@pytest.fixture
def data(store: ImportStore) -> SqliteMapData:
    """The map's data of a township with open cases all over it, every ninth overdue, and one closed case."""
    chance = random.Random(7)
    drafts = []
    for number in range(CASES):
        lon, lat = WEST + 8 * SIDE * chance.random(), SOUTH + 8 * SIDE * chance.random()
        drafts.append(case_at(store, number, lon, lat, hours=-1 if number % 9 == 0 else 5))
    drafts.append(case_at(store, CASES, WEST + SIDE / 2, SOUTH + SIDE / 2, closed=True))
    with store.work() as work:
        for draft in drafts:
            work.record(draft)
    return map_of(store)


def map_of(store: ImportStore) -> SqliteMapData:
    return SqliteMapData(store.columns, store.reference, store.clock)


def add_case(store: ImportStore, number: int, lon: float, lat: float) -> str:
    """One open case at a place."""
    with store.work() as work:
        return work.record(case_at(store, number, lon, lat)).subject


def case_at(
    store: ImportStore, number: int, lon: float, lat: float, *, hours: int = 5, closed: bool = False
) -> EventDraft:
    """The event of a case at a place, with so many hours left."""
    case_id = f"{number:032x}"
    at = NOW - timedelta(days=1)
    grid = store.reference.grids_at(lon, lat).basic or ""
    payload = {
        "facts": {"title": f"噪音扰民 {number}", "lon": lon, "lat": lat, "grid": grid, "channel": "12345"},
        "level": 1 + number % 4,
        "number": f"{TOWNSHIP}-20260301-01{number:04d}",
        "registered_at": to_seconds(at),
        "clocks": [
            {"stage": "imported", "limit": "1 natural_day", "due": to_seconds(NOW + timedelta(hours=hours)), "unit": ""}
        ],
    }
    if closed:
        payload["closed_at"] = to_seconds(at)
    return EventDraft(EventKind.IMPORTED, case_id, f"t:{TOWNSHIP}", "op1", payload)


def counted(data: SqliteMapData, chosen: CaseFilter, zoom: int = 12) -> int:
    return sum(cell[0] for cell in data.cells(BOX, zoom, chosen))


def test_outlines_are_as_promised(data: SqliteMapData) -> None:
    assert len(check_outlines(data)) == 15


def test_figures_are_as_promised(data: SqliteMapData) -> None:
    check_figures(data)
    assert data.figures()[TOWNSHIP] == (CASES, len(range(0, CASES, 9)))


def test_the_map_carries_on_the_counts_of_the_list(
    data: SqliteMapData, store: ImportStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[Standing] = []

    class Noted(Standing):
        def __init__(self, *given: Any) -> None:
            super().__init__(*given)
            made.append(self)

    monkeypatch.setattr(counts, "Standing", Noted)
    for _ in range(3):
        store.queries.figures()
        data.figures()
    assert len(made) == 1


def test_cells_are_as_promised(data: SqliteMapData) -> None:
    check_cells(data, BOX, CASES)


def test_the_place_of_a_single_case_is_its_own_to_half_a_metre(store: ImportStore) -> None:
    case_id = add_case(store, 1, 122.01234, 37.41234)
    ((count, lon, lat, overdue, found),) = map_of(store).cells(BOX, 18, CaseFilter())
    assert (count, overdue, found) == (1, 0, case_id)
    assert (lon, lat) == pytest.approx((122.01234, 37.41234), abs=5e-6)


def test_cases_at_one_spot_stay_one_cell_however_near_the_map_is(store: ImportStore) -> None:
    for number in range(3):
        add_case(store, number, 122.01234, 37.41234)
    (cell,) = map_of(store).cells(Bounds(122.012, 37.412, 122.013, 37.413), 19, CaseFilter())
    assert (cell[0], cell[4]) == (3, None)


def test_the_map_shows_the_cases_of_every_box(store: ImportStore) -> None:
    with store.work() as work:
        for number, hours in enumerate((-1, 1, 3, 3, 40)):
            work.record(case_at(store, number, 122.01234, 37.41234, hours=hours))
    shown = {box: counted(map_of(store), CaseFilter(box=box)) for box in Box}
    assert shown == dict(store.queries.box_counts())
    assert (shown[Box.OVERDUE], shown[Box.DUE_SOON]) == (1, 3)


def test_from_zoom_17_few_cases_are_shown_one_by_one(store: ImportStore) -> None:
    near = Bounds(122.0120, 37.4120, 122.0125, 37.4125)
    for number in range(20):
        add_case(store, number, 122.0121 + number * 1e-5, 37.4121)
    assert len(map_of(store).cells(near, 17, CaseFilter())) == 20


def test_many_cases_never_make_more_than_the_allowed_cells(data: SqliteMapData) -> None:
    for zoom in range(8, 20):
        assert len(data.cells(BOX, zoom, CaseFilter())) <= MAX_CELLS


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        (CaseFilter(level=2), CASES // 4),
        (CaseFilter(channel="12345"), CASES),
        (CaseFilter(channel="110"), 0),
        (CaseFilter(states=frozenset({"closed"})), 0),
        (CaseFilter(states=frozenset({"reported"})), CASES),
        (CaseFilter(grid=TOWNSHIP), CASES),
        (CaseFilter(text="噪音"), CASES),
        (CaseFilter(text="噪音 17"), len([n for n in range(CASES) if "17" in f" {n}" and f"{n}".startswith("17")])),
        (CaseFilter(bounds=(0.0, 0.0, 1.0, 1.0)), 0),
    ],
)
def test_cells_follow_the_filter_of_the_desk(data: SqliteMapData, chosen: CaseFilter, expected: int) -> None:
    assert counted(data, chosen) == expected


def test_a_box_drawn_by_hand_narrows_what_is_seen(data: SqliteMapData) -> None:
    half = (WEST, SOUTH, WEST + 4 * SIDE, SOUTH + 8 * SIDE)
    assert counted(data, CaseFilter(bounds=half)) == counted(data, CaseFilter(grid=f"{TOWNSHIP}601"))


def test_units_are_as_promised_and_those_on_duty_come_first(store: ImportStore) -> None:
    store.bring(
        [
            unit(2, "U1", "司法所", lon=122.01, lat=37.41, status="inactive"),
            unit(3, "U2", "文化站", lon=122.02, lat=37.42),
            unit(4, "U3", "派出所", lon=100.0, lat=30.0),
            unit(5, "U4", "税务分局"),
        ],
        ImportKind.UNITS,
    )
    data = map_of(store)
    check_units(data, BOX)
    assert [mark[0] for mark in data.units(BOX)] == ["U2", "U1"]


def test_outlines_change_when_a_grid_does_and_only_then(store: ImportStore) -> None:
    data = map_of(store)
    before = data.outlines()
    add_case(store, 1, 122.01, 37.41)
    assert data.outlines() is before
    store.bring([redrawn(replace(basics()[0], name="海滨网格"), columns(0, 1))])
    names = [area["name"] for area in json.loads(data.outlines())["areas"]]
    assert "海滨网格" in names


def test_the_worker_of_a_grid_is_masked(data: SqliteMapData) -> None:
    areas = json.loads(data.outlines())["areas"]
    assert {area["worker"] for area in areas if area["tier"] == "basic"} == {"丁*"}


def test_an_area_of_two_parts_with_a_hole_comes_as_its_three_rings() -> None:
    hole = [(122.01, 37.41), (122.01, 37.42), (122.02, 37.42), (122.01, 37.41)]
    land = shapely.Polygon(shapely.box(122.0, 37.4, 122.1, 37.5).exterior, [hole])
    shape = shapely.MultiPolygon([land, shapely.box(121.9, 37.3, 121.95, 37.35)])
    row = GridRow("371002001", "甲镇", "township", "")
    [area] = json.loads(collection({row.code: row}, {row.code: shapely.to_wkb(shape)}))["areas"]
    assert area["box"] == [121.9, 37.3, 122.1, 37.5]
    found = []
    for ring in area["rings"]:
        numbers = [int(number) for number in ring.split(" ")]
        found.append(
            [(lon / 1e6, lat / 1e6) for lon, lat in zip(*map(accumulate, (numbers[::2], numbers[1::2])), strict=True)]
        )
    assert found == [list(ring.coords) for part in shape.geoms for ring in (part.exterior, *part.interiors)]


def test_a_desk_is_at_home_in_its_township_until_it_has_cases_of_another(store: ImportStore) -> None:
    data = map_of(store)
    assert data.home() == ""
    store.set_township()
    add_case(store, 1, 122.01, 37.41)
    assert data.home() == TOWNSHIP
    store.set("township", "371002009")
    assert data.home() == ""
