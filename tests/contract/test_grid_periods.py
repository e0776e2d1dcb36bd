"""A grid is stored by periods: what ends or corrects one, its communities, and what a file leaves as it was."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from gridclient.services.import_records import GridRecord
from gridclient.store.reference import touch_reference
from tests.fakes.import_store import ImportStore
from tests.fakes.invented_areas import all_areas, basics, community_code, grid, zones

MARCH = date(2026, 3, 1)


@pytest.fixture
def drawn(store: ImportStore) -> ImportStore:
    """A store with the invented township."""
    store.bring(all_areas())
    return store


def ninth(**told: Any) -> GridRecord:
    """One more basic grid, not drawn yet."""
    return grid(50, f"{community_code(1)}009", "basic", community_code(1), None, **told)


def periods(store: ImportStore, code: str) -> list[tuple[str, str, str | None]]:
    """First day, name and end of every period of a grid."""
    with store.database.reader() as connection:
        return connection.execute(
            "select valid_from, name, valid_to from grids where code = ? order by valid_from", (code,)
        ).fetchall()


def members(store: ImportStore, code: str) -> list[tuple[str, str]]:
    """The communities of a zone's periods, each with the period's first day."""
    with store.database.reader() as connection:
        return connection.execute(
            "select valid_from, community from zone_communities join grids on id = grid where code = ? order by 1, 2",
            (code,),
        ).fetchall()


def test_a_period_that_is_told_again_is_corrected_and_not_begun_twice(drawn: ImportStore) -> None:
    told = ninth(valid_from=MARCH)
    drawn.bring([told])
    assert drawn.bring([told]).summary.unchanged == 1
    assert drawn.bring([replace(told, name="海滨网格")]).summary.imported == 1
    assert periods(drawn, told.code) == [("2026-03-01", "海滨网格", None)]


@pytest.mark.parametrize(
    ("ends", "then"), [(None, "2026-03-01"), (date(2026, 6, 1), "2026-03-01"), (date(2026, 2, 1), "2026-02-01")]
)
def test_a_new_period_goes_on_and_the_one_before_ends_by_then(drawn: ImportStore, ends: date | None, then: str) -> None:
    drawn.bring([ninth(valid_from=date(2026, 1, 1), valid_to=ends)])
    drawn.bring([ninth(valid_from=MARCH)])
    assert periods(drawn, ninth().code) == [("2026-01-01", "网格009", then), ("2026-03-01", "网格009", None)]


def test_a_row_without_a_first_day_corrects_the_latest_period_alone(drawn: ImportStore) -> None:
    for first in (date(2025, 1, 1), date(2026, 1, 1), MARCH):
        drawn.bring([ninth(valid_from=first)])
    drawn.bring([replace(ninth(), name="海滨网格")])
    assert [name for _, name, _ in periods(drawn, ninth().code)] == ["网格009", "网格009", "海滨网格"]


def test_the_communities_of_a_zone_are_those_of_the_last_file_that_names_any_also_in_a_new_period(
    store: ImportStore,
) -> None:
    zone = replace(zones()[0], members=(community_code(1), community_code(2)))
    store.bring([*all_areas()[:1], zone, *all_areas()[2:]])
    fewer = replace(zone, members=(community_code(1),))
    assert [store.bring([fewer]).summary.imported for _ in range(2)] == [1, 0]
    assert members(store, zone.code) == [("0001-01-01", community_code(1))]
    store.bring([replace(zone, members=(), valid_from=MARCH)])
    assert members(store, zone.code) == [("0001-01-01", community_code(1)), ("2026-03-01", community_code(1))]


def test_a_basic_grid_holds_no_communities_whatever_its_row_says(drawn: ImportStore) -> None:
    told = ninth(members=(community_code(1),))
    assert [drawn.bring([told]).summary.imported for _ in range(2)] == [1, 0]


def test_a_grid_that_comes_after_another_is_gone_takes_nobodys_place(drawn: ImportStore) -> None:
    gone, before = basics()[0], drawn.count("grids")
    with drawn.database.writer() as connection:
        connection.execute("delete from grids where code = ?", (gone.code,))
        touch_reference(connection)
    drawn.bring([gone])
    assert drawn.count("grids") == before
    assert len(drawn.reference.grids()) == 15


@pytest.mark.parametrize("special", [None, False])
def test_a_list_of_workers_leaves_the_grids_their_names_and_what_they_are(
    drawn: ImportStore, special: bool | None
) -> None:
    drawn.bring([ninth(special=True)])
    drawn.bring([replace(ninth(special=special, worker="丁九"), name=ninth().code)])
    row = drawn.reference.grid(ninth().code)
    assert row is not None
    assert (row.name, row.worker, row.special) == ("网格009", "丁九", special is None)


def test_a_grid_that_nobody_named_has_its_code_for_a_name_and_is_an_ordinary_one(drawn: ImportStore) -> None:
    drawn.bring([replace(ninth(), name=ninth().code)])
    row = drawn.reference.grid(ninth().code)
    assert row is not None
    assert (row.name, row.special) == (ninth().code, False)
