"""The demo's units and lists: one of each kind in every township, every name that a standard uses is somebody's."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Mapping, Sequence

import pytest
import shapely

from gridclient.demo.places import SEEDS
from gridclient.demo.shapes import DemoGrid, read_geojson
from gridclient.demo.standards import DemoStandard, read_lists, read_standards
from gridclient.demo.units import demo_units, read_unit_types
from gridclient.domain.limits import parse_limit
from gridclient.services import words
from gridclient.services.import_records import UnitRecord


@pytest.fixture(scope="module")
def grids() -> Mapping[str, DemoGrid]:
    return {grid.code: grid for grid in read_geojson()}


@pytest.fixture(scope="module")
def units(grids: Mapping[str, DemoGrid]) -> Sequence[UnitRecord]:
    return demo_units(tuple(grids.values()))


@pytest.fixture(scope="module")
def standards() -> Sequence[DemoStandard]:
    return read_standards()


def test_unit_codes_are_unique(units: Sequence[UnitRecord]) -> None:
    assert max(Counter(unit.code for unit in units).values()) == 1


def test_every_community_grid_has_its_organisation(grids: Mapping[str, DemoGrid], units: Sequence[UnitRecord]) -> None:
    served = {unit.grids for unit in units if unit.kind == "community_org"}
    assert served == {(grid.code,) for grid in grids.values() if grid.tier == "community"}


def test_every_township_has_units_of_all_stationed_kinds(
    grids: Mapping[str, DemoGrid], units: Sequence[UnitRecord]
) -> None:
    for grid in grids.values():
        if grid.tier == "township":
            own = Counter(unit.kind for unit in units if unit.township == grid.code)
            assert own["stationed_a"] >= 6
            assert own["stationed_b"] >= 9
            assert own["office"] == 6


def test_a_unit_of_a_township_stands_inside_it(grids: Mapping[str, DemoGrid], units: Sequence[UnitRecord]) -> None:
    for unit in units:
        if unit.township:
            assert shapely.contains_xy(grids[unit.township].geometry, unit.lon or 0, unit.lat or 0), unit.code


def test_units_serve_areas_that_exist(grids: Mapping[str, DemoGrid], units: Sequence[UnitRecord]) -> None:
    assert {code for unit in units for code in unit.grids} - set(grids) == {"371002"}


def test_two_police_stations_share_a_large_township_by_zones(
    grids: Mapping[str, DemoGrid], units: Sequence[UnitRecord]
) -> None:
    pair = [unit for unit in units if unit.township == "371002003" and "派出所" in unit.aliases]
    zones = [grid.code for grid in grids.values() if grid.tier == "zone" and grid.parent == "371002003"]
    assert [unit.name for unit in pair] == ["竹岛第一派出所", "竹岛第二派出所"]
    assert sorted(pair[0].grids + pair[1].grids) == zones


def test_parents_are_departments(units: Sequence[UnitRecord]) -> None:
    departments = {unit.code for unit in units if unit.kind == "department"}
    assert {unit.parent for unit in units if unit.parent} <= departments


def test_telephones_are_of_the_invented_rows(units: Sequence[UnitRecord]) -> None:
    assert all(re.fullmatch(r"0631-500\d{4}", unit.phone) for unit in units)
    assert all(unit.extra["on_duty"] in unit.people for unit in units)


def test_few_units_are_out_or_inactive_and_none_unknown(units: Sequence[UnitRecord]) -> None:
    count = Counter(unit.status for unit in units)
    assert set(count) == {"on_duty", "out", "inactive"}
    assert count["on_duty"] > 0.9 * len(units)


def test_kinds_are_those_the_program_knows() -> None:
    assert {item.kind for item in read_unit_types()} == set(words.UNIT_KINDS) - {"grid_worker"}


def test_every_unit_a_standard_names_answers_in_every_town(
    grids: Mapping[str, DemoGrid], units: Sequence[UnitRecord], standards: Sequence[DemoStandard]
) -> None:
    towns = [g.code for g in grids.values() if g.tier == "township" and g.name.endswith("镇")]
    for town in towns:
        answering = {name for unit in units if unit.township in (town, "") for name in (unit.name, *unit.aliases)}
        for standard in standards:
            assert set(standard.units + standard.cooperating) <= answering, standard.code


def test_there_are_at_least_sixty_conditions_with_limits_that_can_be_read(standards: Sequence[DemoStandard]) -> None:
    assert len(standards) >= 60
    assert len({standard.code for standard in standards}) == len(standards)
    records = [standard.record for standard in standards]
    assert {parse_limit(record.limit_text).kind for record in records} >= {
        "urgent_hour",
        "work_hour",
        "work_day",
    }
    assert {record.kind for record in records} == {"event", "component"}
    assert all(
        standard.record.filing_condition and standard.record.closing_condition and standard.units
        for standard in standards
    )


def test_a_code_is_made_of_kind_classes_and_number(standards: Sequence[DemoStandard]) -> None:
    assert all(re.fullmatch(r"[EC]-\d\d-\d\d-\d\d", standard.code) for standard in standards)
    records = [standard.record for standard in standards]
    names = {(r.kind, r.big_code, r.small_code): (r.big_name, r.small_name) for r in records}
    assert all(names[r.kind, r.big_code, r.small_code] == (r.big_name, r.small_name) for r in records)


def test_no_row_of_a_seed_has_a_cell_too_many() -> None:
    for name in ("standards.csv", "unit_types.csv"):
        rows = list(csv.reader((SEEDS / name).read_text(encoding="utf-8").splitlines()))
        assert {len(row) for row in rows} == {len(rows[0])}, name


def test_lists_use_the_codes_of_the_program() -> None:
    lists = read_lists()
    assert {item.code for item in lists.decline_reasons} == set(words.DECLINE_REASONS)
    assert {item.code for item in lists.return_reasons} == set(words.RETURN_REASONS)
    assert all(item.texts for item in (*lists.decline_reasons, *lists.return_reasons))


def test_every_big_class_has_results_and_no_result_is_of_an_unknown_class(standards: Sequence[DemoStandard]) -> None:
    big, small = {s.record.big_name for s in standards}, {s.record.small_name for s in standards}
    assert big <= set(read_lists().results) <= big | small
