"""The fake of the map's data keeps the contract that the store keeps."""

from __future__ import annotations

import random

from gridclient.services.map_port import Bounds
from tests.contract.map_data import check_cells, check_figures, check_outlines, check_units
from tests.fakes.map_data import SIDE, SOUTH, WEST, FakeCase, InMemoryMapData, grid_code

BOX = Bounds(WEST, SOUTH, WEST + SIDE, SOUTH + SIDE)


def filled(cases: int = 300) -> InMemoryMapData:
    chance = random.Random(7)
    data = InMemoryMapData()
    for number in range(cases):
        lon, lat = WEST + SIDE * chance.random(), SOUTH + SIDE * chance.random()
        data.cases.append(FakeCase(f"case-{number}", lon, lat, grid_code("basic", 0, 0), overdue=number % 9 == 0))
    data.counts = {grid_code("zone", 0, 0): (12, 3), grid_code("basic", 1, 1): (2, 0)}
    data.unit_marks = [("u1", WEST + 0.01, SOUTH + 0.01, "甲所", "stationed_b", "on_duty")]
    return data


def test_fake_outlines_are_as_promised() -> None:
    assert len(check_outlines(filled())) == 1 + 4 + 16 + 64


def test_fake_figures_are_as_promised() -> None:
    check_figures(filled())


def test_fake_cells_are_as_promised() -> None:
    check_cells(filled(), BOX, 300)


def test_fake_units_are_as_promised() -> None:
    check_units(filled(), BOX)
