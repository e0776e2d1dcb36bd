"""The demo county's areas: as many as published, official codes, no gaps, no overlaps, each inside its parent."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

import pytest
import shapely

from gridclient.demo.places import GRIDS
from gridclient.demo.shapes import DemoGrid, read_geojson
from maps.drawing.divisions import MERGED, read_townships
from maps.drawing.grids import draw_county, read_outline
from maps.drawing.layout import CountyPlan

TIERS = ("township", "zone", "community", "basic")
NOTHING = 1e-9
ROUNDING = 1e-6


@pytest.fixture(scope="module", params=[707, 1401])
def grids(request: pytest.FixtureRequest) -> tuple[DemoGrid, ...]:
    """The shipped county, and a larger one drawn on demand."""
    return read_geojson() if request.param == 707 else draw_county(CountyPlan(basics=request.param))


@pytest.fixture(scope="module")
def children(grids: Sequence[DemoGrid]) -> Mapping[str, list[DemoGrid]]:
    found: dict[str, list[DemoGrid]] = defaultdict(list)
    for grid in grids:
        found[grid.parent].append(grid)
    return found


def of_tier(grids: Sequence[DemoGrid], tier: str) -> list[DemoGrid]:
    return [grid for grid in grids if grid.tier == tier]


def test_shipped_county_has_the_published_numbers() -> None:
    count = Counter(grid.tier for grid in read_geojson())
    assert count == {"township": 9, "zone": 55, "community": 204, "basic": 707}


def test_larger_county_keeps_the_tiers_above(grids: Sequence[DemoGrid]) -> None:
    count = Counter(grid.tier for grid in grids)
    assert (count["township"], count["zone"], count["community"]) == (9, 55, 204)
    assert count["basic"] in (707, 1401)


def test_codes_are_unique(grids: Sequence[DemoGrid]) -> None:
    assert len({grid.code for grid in grids}) == len(grids)


def test_all_218_official_communities_are_in_a_community_grid(grids: Sequence[DemoGrid]) -> None:
    official = {item.code: item.name for township in read_townships() for item in township.communities}
    own = {grid.code: grid.name for grid in of_tier(grids, "community")}
    taken_in = dict(second for grid in grids for second in grid.takes_in)
    assert len(official) == 218
    assert len(taken_in) == 14
    assert own | taken_in == official


def test_merged_communities_lie_in_one_township() -> None:
    assert all(main[:9] == second[:9] and main < second for main, second in MERGED.items())


def test_codes_follow_the_rule_of_their_tier(grids: Sequence[DemoGrid]) -> None:
    lengths = {"township": 9, "zone": 12, "community": 12, "basic": 15}
    assert all(grid.code.isdigit() and len(grid.code) == lengths[grid.tier] for grid in grids)
    assert all(grid.code.startswith("371002") for grid in grids)
    assert all(601 <= int(grid.code[9:]) <= 699 and grid.code[:9] == grid.parent for grid in of_tier(grids, "zone"))
    assert all(grid.code[:12] == grid.parent for grid in of_tier(grids, "basic"))
    assert all(grid.code[:9] == grid.parent[:9] for grid in of_tier(grids, "community"))


def test_basic_grids_of_a_community_are_numbered_without_a_gap(
    grids: Sequence[DemoGrid], children: Mapping[str, list[DemoGrid]]
) -> None:
    for community in of_tier(grids, "community"):
        numbers = [int(grid.code[12:]) for grid in children[community.code]]
        assert numbers == list(range(1, len(numbers) + 1))


def test_special_grids_say_so_in_their_name(grids: Sequence[DemoGrid]) -> None:
    basics = of_tier(grids, "basic")
    assert sum(grid.kind == "special" for grid in basics) == CountyPlan().specials
    assert all(grid.name.endswith({"special": "(专属)", "basic": "(基础)"}[grid.kind]) for grid in basics)
    assert all(grid.kind == "" for grid in grids if grid.tier != "basic")


@pytest.mark.parametrize("tier", TIERS)
def test_a_tier_has_no_overlaps(grids: Sequence[DemoGrid], tier: str) -> None:
    areas = [grid.geometry for grid in of_tier(grids, tier)]
    pairs = shapely.STRtree(areas).query(areas, predicate="intersects").T
    shared = sum(areas[one].intersection(areas[other]).area for one, other in pairs if one < other)
    assert shared < NOTHING


def test_an_area_is_exactly_its_children_together(
    grids: Sequence[DemoGrid], children: Mapping[str, list[DemoGrid]]
) -> None:
    for grid in grids:
        if grid.tier != "basic":
            together = shapely.union_all([child.geometry for child in children[grid.code]])
            assert grid.geometry.symmetric_difference(together).area < NOTHING, grid.code


@pytest.mark.parametrize("tier", TIERS)
def test_a_tier_covers_the_outline_and_nothing_outside(grids: Sequence[DemoGrid], tier: str) -> None:
    outline = read_outline()
    areas = [grid.geometry for grid in of_tier(grids, tier)]
    wider = outline.buffer(ROUNDING)
    assert all(wider.contains(area) for area in areas)
    assert shapely.union_all(areas).contains(outline.buffer(-ROUNDING))


def test_every_area_is_one_valid_piece(grids: Sequence[DemoGrid]) -> None:
    assert all(grid.geometry.geom_type == "Polygon" and grid.geometry.is_valid for grid in grids)


def test_town_grids_are_small_and_country_grids_large() -> None:
    basics = of_tier(read_geojson(), "basic")

    def middle(township: str) -> float:
        areas = sorted(grid.geometry.area for grid in basics if grid.code.startswith(township))
        return areas[len(areas) // 2]

    assert middle("371002109") > 8 * middle("371002002")


def test_every_basic_grid_has_a_worker_with_an_invented_number() -> None:
    basics = of_tier(read_geojson(), "basic")
    assert all(grid.worker and grid.phone.startswith("1380000") and len(grid.phone) == 11 for grid in basics)


def test_shipped_file_is_marked_schematic_and_small() -> None:
    lines = GRIDS.read_text(encoding="utf-8").splitlines()
    features = [line for line in lines if line.startswith('{"type":"Feature","properties"')]
    assert len(features) == 975
    assert all('"schematic":true' in line for line in features)
    assert sum(len(line.encode()) for line in features if '"tier":"basic"' in line) < 400_000


def test_the_same_seed_draws_the_same_county() -> None:
    plan = CountyPlan(basics=260, specials=5, seed=7)
    assert draw_county(plan) == draw_county(plan)
