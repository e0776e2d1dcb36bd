"""Two files about the same areas, units or days do not undo each other: what a file does not say stays."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from gridclient.services.import_findings import ImportKind
from gridclient.services.import_records import DivisionRecord
from tests.fakes.import_store import ImportStore
from tests.fakes.invented_areas import all_areas, basics, columns, day, unit

ABOVE = (("370000", "山东省"), ("371000", "威海市"), ("371002", "环翠区"), ("371002001", "环翠楼街道"))
COMMUNITY = DivisionRecord("", 2, "community", "371002001001", "古陌社区", "community", "371002001", ancestors=ABOVE)


def stored(store: ImportStore, sql: str) -> list[Any]:
    with store.database.reader() as connection:
        return connection.execute(sql).fetchall()


def test_a_list_of_telephones_leaves_the_units_their_state_and_a_new_one_is_on_duty(store: ImportStore) -> None:
    store.bring([unit(2, "U01", "司法所", status="out", extra={"on_duty": "丁一"})], ImportKind.UNITS)
    store.bring(
        [unit(n, f"U0{n}", name, phone="0631-5000000") for n, name in ((1, "司法所"), (2, "文化站"))], ImportKind.UNITS
    )
    units = stored(store, "select code, status, on_duty, phone from units order by code")
    assert units == [("U01", "out", "丁一", "0631-5000000"), ("U02", "on_duty", "", "0631-5000000")]


def test_a_unit_whose_lists_alone_changed_is_brought_in_anew(store: ImportStore) -> None:
    for aliases in (("执法队", "城管"), ("执法队",), ("执法队",)):
        outcome = store.bring([unit(2, "U01", "执法中队", aliases=aliases)], ImportKind.UNITS)
    assert outcome.summary.unchanged == 1
    assert stored(store, "select alias from unit_aliases") == [("执法队",)]


def test_the_unit_above_is_known_by_its_name_from_an_earlier_file(store: ImportStore) -> None:
    store.bring([unit(2, "U00", "住建局")], ImportKind.UNITS)
    store.bring([unit(2, "U01", "环卫所", parent="住建局")], ImportKind.UNITS)
    assert stored(store, "select parent from units where code = 'U01'") == [("U00",)]


def test_a_day_keeps_its_name_where_a_later_file_names_none(store: ImportStore) -> None:
    sunday = date(2026, 11, 22)
    told = day(2, sunday, working=True, name="补班")
    assert [store.bring([told], ImportKind.CALENDAR).summary.imported for _ in range(2)] == [1, 0]
    assert store.reference.calendar().is_working(sunday)
    store.bring([day(2, sunday, working=False)], ImportKind.CALENDAR)
    assert stored(store, "select working, name from calendar_days") == [(0, "补班")]


def test_areas_above_a_row_are_added_with_their_level_and_not_counted(store: ImportStore) -> None:
    assert store.bring([COMMUNITY], ImportKind.DIVISIONS).summary.imported == 1
    assert stored(store, "select code, name, level, parent from divisions order by length(code), code") == [
        ("370000", "山东省", "province", ""),
        ("371000", "威海市", "city", "370000"),
        ("371002", "环翠区", "county", "371000"),
        ("371002001", "环翠楼街道", "township", "371002"),
        ("371002001001", "古陌社区", "community", "371002001"),
    ]


def test_an_area_that_has_a_row_is_what_its_row_says_whatever_others_call_it(store: ImportStore) -> None:
    county = DivisionRecord("", 3, "county", "371002", "环翠区（本级）", "county", "371000", boundary=columns(0, 8))
    store.bring([county, COMMUNITY], ImportKind.DIVISIONS)
    other = replace(COMMUNITY, identity="other", code="371002001002", name="北山社区")
    store.bring([other], ImportKind.DIVISIONS)
    named = "select name, geometry is not null from divisions where code = '371002'"
    assert stored(store, named) == [("环翠区（本级）", 1)]


def test_other_columns_of_several_files_stand_side_by_side_and_the_last_word_counts(store: ImportStore) -> None:
    for extra in ({"传真": "1", "备注": "旧"}, {"备注": "新"}, {"备注": "新", "传真": "1"}):
        outcome = store.bring([unit(2, "U01", "司法所", extra=extra)], ImportKind.UNITS)
    assert outcome.summary.unchanged == 1
    assert stored(store, "select extra from units") == [('{"传真": "1", "备注": "新"}',)]


@pytest.mark.parametrize(
    ("said", "schematic"), [("TRUE", 1), ("1", 1), ("yes", 1), ("是", 1), ("示意", 1), ("no", 0), ("", 0)]
)
def test_a_boundary_that_is_only_sketched_is_marked_however_the_file_says_so(
    store: ImportStore, said: str, schematic: int
) -> None:
    sketched = replace(basics()[0], extra={"schematic": said}, identity="sketched")
    store.bring([*all_areas()[:7], sketched])
    assert stored(store, f"select schematic from grids where code = '{sketched.code}'") == [(schematic,)]
    store.bring([replace(sketched, extra={}, identity="drawn")])
    assert stored(store, f"select schematic from grids where code = '{sketched.code}'") == [(0,)]
