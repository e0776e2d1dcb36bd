"""The reference data in the store: what goes in, what is refused, and what desks are told of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest
import shapely

from gridclient.domain.calendar import CHINA_TIME
from gridclient.domain.errors import Cancelled
from gridclient.services.import_findings import ImportKind, ImportPhase
from gridclient.services.import_records import Record
from gridclient.services.importing import import_records
from gridclient.services.rows import GridsAt
from gridclient.store.driver import Connection, Database
from gridclient.store.import_sink import ReferenceSink
from gridclient.store.reference import SqliteReference
from tests.contract.stage import KEY
from tests.fakes.import_store import ImportStore
from tests.fakes.invented_areas import (
    NOW,
    SIDE,
    SOUTH,
    TOWNSHIP,
    WEST,
    all_areas,
    area,
    basics,
    columns,
    communities,
    community_code,
    day,
    grid,
    middle,
    redrawn,
    standard,
    unit,
    zones,
)


@pytest.fixture
def drawn(store: ImportStore) -> ImportStore:
    """A store with the invented township."""
    store.bring(all_areas())
    return store


def test_areas_of_all_tiers_go_in_and_stand_in_the_tree(store: ImportStore) -> None:
    outcome = store.bring(all_areas())
    assert (outcome.summary.imported, outcome.summary.unchanged, outcome.summary.refused) == (15, 0, 0)
    assert outcome.changes.kinds == {"grids"}
    rows = {row.code: row for row in store.reference.grids()}
    assert len(rows) == 15
    assert rows[f"{TOWNSHIP}601"].communities == (community_code(1), community_code(2))
    assert rows[community_code(1)].parent == f"{TOWNSHIP}601"
    assert rows[f"{community_code(1)}001"].worker == "丁一"


def test_the_same_file_twice_adds_nothing(drawn: ImportStore) -> None:
    outcome = drawn.bring(all_areas())
    assert (outcome.summary.imported, outcome.summary.unchanged) == (0, 15)
    assert not outcome.changes.kinds


def test_a_dry_run_says_what_would_happen_and_stores_nothing(store: ImportStore) -> None:
    outcome = store.bring(all_areas(), dry_run=True)
    assert outcome.summary.imported == 15
    assert not store.reference.grids()


def test_an_import_that_fails_after_its_rows_are_written_leaves_nothing(
    store: ImportStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = []

    def fail(connection: Connection) -> None:
        written.append(connection.execute("select count(*) from grids").fetchone()[0])
        raise OSError("the stick was pulled")

    monkeypatch.setattr("gridclient.store.import_sink.touch_reference", fail)
    with pytest.raises(OSError, match="stick"):
        store.bring(all_areas())
    assert written[0] > 0
    assert not store.reference.grids()
    with store.database.reader() as connection:
        assert connection.execute("select count(*) from imports").fetchone() == (0,)


def test_an_import_that_is_cancelled_before_it_writes_leaves_nothing(store: ImportStore) -> None:
    sink = ReferenceSink(store.database, NOW)
    told: list[ImportPhase] = []

    def stop(phase: ImportPhase, _done: int, _total: int | None) -> None:
        told.append(phase)
        if len(told) == 3:
            raise Cancelled

    with pytest.raises(Cancelled):
        import_records(all_areas(), file="f", kind=ImportKind.GRIDS, sink=sink, clock=store.clock, progress=stop)
    assert told[-1] is ImportPhase.CHECKING
    assert not store.reference.grids()


def test_a_file_that_breaks_off_is_not_written(store: ImportStore) -> None:
    def broken() -> Iterator[Record]:
        yield from all_areas()
        raise OSError("the stick was pulled")

    sink = ReferenceSink(store.database, NOW)
    with pytest.raises(OSError, match="stick"):
        import_records(broken(), file="f", kind=ImportKind.GRIDS, sink=sink, clock=store.clock)
    assert not store.reference.grids()


def test_a_point_is_found_in_all_tiers(drawn: ImportStore) -> None:
    lon, lat = middle(3)
    assert drawn.reference.grids_at(lon, lat) == GridsAt(
        f"{community_code(2)}002", community_code(2), f"{TOWNSHIP}601", TOWNSHIP
    )
    assert drawn.reference.grids_at(0.0, 0.0) == GridsAt(None, None, None, None)


def test_a_point_on_an_edge_lies_in_one_grid_only_and_always_in_the_same(drawn: ImportStore) -> None:
    found = {drawn.reference.grids_at(WEST + SIDE, SOUTH + SIDE / 2).basic for _ in range(5)}
    assert found == {f"{community_code(1)}001"}


def test_a_grid_goes_under_the_community_grid_that_took_its_community_in(store: ImportStore) -> None:
    first = replace(communities()[0], members=(community_code(1), community_code(9)))
    taken_in = grid(30, f"{community_code(9)}001", "basic", community_code(9), columns(1, 1))
    store.bring([zones()[0], first, taken_in])
    row = store.reference.grid(taken_in.code)
    assert row is not None
    assert row.parent == community_code(1)


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        (grid(40, f"{community_code(7)}001", "basic", community_code(7), None), "grid.parent_unknown"),
        (grid(41, f"{community_code(1)}009", "basic", community_code(2), None), "grid.code_not_in_parent"),
        (grid(42, community_code(8), "community", "371002009601", None), "grid.parent_unknown"),
        (grid(43, f"{community_code(1)}001", "basic", community_code(1), columns(0, 1)), "grid.code_twice"),
        (grid(44, f"{community_code(1)}003", "basic", community_code(1), columns(0, 2)), "grid.overlap"),
        (
            grid(45, f"{community_code(4)}003", "basic", community_code(4), area(123, 37, 123.1, 38)),
            "grid.outside_parent",
        ),
    ],
)
def test_a_row_that_does_not_fit_is_refused_and_the_others_go_in(store: ImportStore, wrong: Record, code: str) -> None:
    outcome = store.bring([*all_areas(), wrong])
    assert [(row.row, row.code) for row in outcome.refused] == [(wrong.row, code)]
    assert outcome.summary.imported == 15


def test_an_overlap_names_both_rows(store: ImportStore) -> None:
    wrong = grid(44, f"{community_code(1)}003", "basic", community_code(1), columns(0, 2))
    (refused,) = store.bring([*all_areas(), wrong]).refused
    assert refused.params["other"] == f"{community_code(1)}001"
    assert refused.params["other_row"] == 8
    assert refused.params["percent"] == 100.0


def test_an_overlap_with_a_grid_of_the_store_says_so(drawn: ImportStore) -> None:
    wrong = grid(44, f"{community_code(1)}003", "basic", community_code(1), columns(0, 1))
    assert drawn.refused([wrong]) == [(44, "grid.overlap_stored")]


def test_hand_drawn_edges_that_overlap_a_little_are_no_overlap(store: ImportStore) -> None:
    careless = area(WEST, SOUTH, WEST + SIDE * 1.01, SOUTH + 8 * SIDE)
    assert store.refused([*all_areas()[:-8], redrawn(basics()[0], careless), *basics()[1:]]) == []


def test_grids_below_a_refused_one_are_refused_too(store: ImportStore) -> None:
    orphan = replace(communities()[0], parent="371002001666")
    assert store.refused([*zones(), orphan, *basics()[:2]]) == [
        (4, "grid.parent_unknown"),
        (8, "grid.parent_unknown"),
        (9, "grid.parent_unknown"),
    ]


def test_redrawn_grids_keep_their_old_boundary_for_the_time_before(drawn: ImportStore) -> None:
    first, second = basics()[:2]
    new_day = date(2026, 3, 1)
    drawn.bring([redrawn(first, columns(1, 1), new_day), redrawn(second, columns(0, 1), new_day)])
    lon, lat = middle(0)
    assert drawn.reference.grids_at(lon, lat).basic == second.code
    drawn.clock.at = datetime(2026, 2, 27, 9, 0, tzinfo=CHINA_TIME)
    assert drawn.reference.grids_at(lon, lat).basic == first.code


def test_two_grids_are_merged_into_one_from_a_day_on(drawn: ImportStore) -> None:
    day_of_merger = date(2026, 3, 1)
    first, second = basics()[:2]
    merged = grid(60, f"{community_code(1)}003", "basic", community_code(1), columns(0, 2), valid_from=day_of_merger)
    ended = [replace(first, valid_to=day_of_merger), replace(second, valid_to=day_of_merger, boundary=None)]
    assert drawn.refused([*ended, merged]) == []
    lon, lat = middle(1)
    assert drawn.reference.grids_at(lon, lat).basic == merged.code
    assert drawn.reference.grid(first.code) is None
    drawn.clock.at = datetime(2026, 2, 27, 9, 0, tzinfo=CHINA_TIME)
    assert drawn.reference.grids_at(lon, lat).basic == second.code


def test_a_merger_that_does_not_end_the_old_grids_is_an_overlap(drawn: ImportStore) -> None:
    merged = grid(60, f"{community_code(1)}003", "basic", community_code(1), columns(0, 2), valid_from=date(2026, 3, 1))
    assert drawn.refused([merged]) == [(60, "grid.overlap_stored")]


def test_a_boundary_without_a_new_day_is_a_correction(drawn: ImportStore) -> None:
    first = basics()[0]
    narrow = area(WEST, SOUTH, WEST + SIDE / 4, SOUTH + 8 * SIDE)
    drawn.bring([redrawn(first, narrow)])
    lon, lat = middle(0)
    assert drawn.reference.grids_at(lon, lat).basic is None
    with drawn.database.reader() as connection:
        (count,) = connection.execute("select count(*) from grids where code = ?", (first.code,)).fetchone()
    assert count == 1


def test_a_row_takes_nothing_away_that_it_does_not_give(drawn: ImportStore) -> None:
    renamed = replace(basics()[0], name="海滨网格", worker="", boundary=None)
    drawn.bring([renamed])
    row = drawn.reference.grid(renamed.code)
    assert row is not None
    assert (row.name, row.worker) == ("海滨网格", "丁一")
    lon, lat = middle(0)
    assert drawn.reference.grids_at(lon, lat).basic == renamed.code


def test_units_are_read_with_their_lists_and_initials(drawn: ImportStore) -> None:
    records = [
        unit(
            2, "U01", "综合行政执法中队", aliases=("执法队",), grids=(TOWNSHIP,), fields=("市容",), phone="0631-5000000"
        ),
        unit(3, "U02", "执法一组", parent="综合行政执法中队", people=("丁一", "丁二")),
    ]
    outcome = drawn.bring(records, ImportKind.UNITS)
    assert outcome.changes.kinds == {"units"}
    first, _ = drawn.reference.units()
    assert (first.initials, first.aliases, first.serves, first.fields) == (
        "zhxzzfzd zfd",
        ("执法队",),
        (TOWNSHIP,),
        ("市容",),
    )
    with drawn.database.reader() as connection:
        assert connection.execute("select parent from units").fetchall() == [("",), ("U01",)]
    assert drawn.bring(records, ImportKind.UNITS).summary.unchanged == 2
    drawn.bring([unit(2, "U01", "行政执法中队")], ImportKind.UNITS)
    assert drawn.reference.units()[0].initials == "xzzfzd zfd", "its alias is not told again, and stays"


@pytest.mark.parametrize("area", ["371002099", "竹岛街道", "999"])
def test_a_unit_for_an_unknown_area_goes_in_with_a_remark(drawn: ImportStore, area: str) -> None:
    outcome = drawn.bring([unit(2, "U01", "司法所", grids=("371002", area))], ImportKind.UNITS)
    assert [notice.code for notice in outcome.notices] == ["unit.area_unknown"]
    assert outcome.summary.imported == 1


def test_a_unit_that_stands_above_itself_is_refused_and_a_missing_one_above_remarked(store: ImportStore) -> None:
    store.bring([unit(2, "U00", "住建局", parent="U05")], ImportKind.UNITS)
    outcome = store.bring(
        [
            unit(2, "U01", "司法所", parent="司法所"),
            unit(3, "U02", "执法队", parent="U03"),
            unit(4, "U03", "执法组", parent="执法队"),
            unit(5, "U04", "文化站", parent="U03"),
            unit(6, "U05", "环卫所", parent="住建局"),
            unit(7, "U06", "供水站", parent="U00"),
        ],
        ImportKind.UNITS,
    )
    assert [(row.row, row.column, row.code) for row in outcome.refused] == [
        (row, "parent", "unit.parent_ring") for row in (2, 3, 4, 6)
    ]
    assert [(row.row, row.column, row.code) for row in outcome.notices] == [(5, "parent", "unit.parent_unknown")]
    assert {row.code for row in store.reference.units()} == {"U00", "U04", "U06"}


def test_a_code_that_two_rows_use_differently_is_refused_the_second_time(store: ImportStore) -> None:
    records = [unit(2, "U01", "司法所"), unit(3, "U01", "文化站")]
    assert store.refused(records) == [(3, "import.code_twice")]


def test_a_row_that_stands_twice_in_a_file_goes_in_once(store: ImportStore) -> None:
    record = unit(2, "U01", "司法所")
    outcome = store.bring([record, replace(record, row=3)])
    assert (outcome.summary.imported, outcome.summary.unchanged, outcome.summary.refused) == (1, 1, 0)


def test_a_standard_that_reads_differently_becomes_a_new_version_and_the_old_one_stays(store: ImportStore) -> None:
    store.bring([standard(2)], ImportKind.STANDARDS)
    store.bring([standard(2, limit="5 work_day")], ImportKind.STANDARDS)
    row = store.reference.standard("C-01-02-01")
    assert row is not None
    assert (row.limit, row.version, row.units) == ("5 work_day", "2", ("综合行政执法中队", "各产权单位"))
    store.clock.at = datetime(2026, 3, 1, 9, 0, tzinfo=CHINA_TIME)
    before = store.reference.standard("C-01-02-01")
    assert before is not None
    assert (before.limit, before.version) == ("2 work_day", "1")


def test_an_event_is_shown_by_the_version_that_justified_it(store: ImportStore) -> None:
    store.bring([standard(2)], ImportKind.STANDARDS)
    store.bring([standard(2, limit="5 work_day")], ImportKind.STANDARDS)

    def limit_of(version: str) -> str | None:
        row = store.reference.standard_of("C-01-02-01", version)
        return row.limit if row is not None else None

    assert [limit_of(version) for version in ("1", "2", "", "3")] == ["2 work_day", "5 work_day", "5 work_day", None]


def test_days_of_the_county_lie_over_the_legal_calendar(store: ImportStore) -> None:
    feast = date(2026, 3, 4)
    assert store.reference.calendar().is_working(feast)
    store.bring([day(2, feast, working=False, name="渔民节")], ImportKind.CALENDAR)
    assert not store.reference.calendar().is_working(feast)


def test_settings_have_defaults_until_the_county_sets_its_own(store: ImportStore) -> None:
    assert store.reference.setting("limit.accept") == "15 minute"
    store.set("limit.accept", "30 minute")
    assert store.reference.setting("limit.accept") == "30 minute"
    store.set("limit.accept", "")
    assert store.reference.setting("limit.accept") == "15 minute"


def test_another_connection_sees_a_change_at_once(drawn: ImportStore, tmp_path: Path) -> None:
    other = Database(tmp_path / "store.db", KEY)
    reader = SqliteReference(other, NOW.date)
    assert reader.unit("U01") is None
    drawn.bring([unit(2, "U01", "司法所")], ImportKind.UNITS)
    assert reader.unit("U01") is not None
    other.close()


def test_what_was_not_changed_is_not_read_again(drawn: ImportStore) -> None:
    assert drawn.reference.snapshot() is drawn.reference.snapshot()


def test_the_original_of_a_converted_boundary_is_kept(store: ImportStore) -> None:
    source = shapely.to_wkb(shapely.multipolygons([shapely.box(122.005, 37.401, 122.085, 37.481)]))
    converted = replace(columns(0, 4), source_crs="gcj02", source_wkb=source)
    store.bring([redrawn(zones()[0], converted)])
    with store.database.reader() as connection:
        row = connection.execute("select source_crs, source_geometry from grids").fetchone()
    assert tuple(row) == ("gcj02", source)


def test_an_import_is_on_the_list_and_in_the_audit_log_once(store: ImportStore) -> None:
    for _ in range(2):
        sink = ReferenceSink(store.database, NOW, file="网格.geojson", actor="admin")
        import_records(all_areas(), file="f", kind=ImportKind.GRIDS, sink=sink, clock=store.clock)
    with store.database.reader() as connection:
        listed = connection.execute("select id, kind, file, actor, state, imported from imports").fetchall()
        audited = connection.execute("select actor, what, subject from audit").fetchall()
    assert [tuple(row) for row in listed] == [(1, "grids", "网格.geojson", "admin", "done", 15)]
    assert [tuple(row) for row in audited] == [("admin", "imported", "1")]
