"""What every list promises: the filter's cases, all of them, once, in the order asked."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from gridclient.domain.errors import InvalidInput
from gridclient.domain.events import EventKind
from gridclient.services.rows import Box, CaseFilter, Sort, SortKey
from tests.contract.stage import (
    COMMUNITY,
    GRIDS,
    OTHER_COMMUNITY,
    OTHER_TOWNSHIP,
    TOWNSHIP,
    UNITS,
    ZONE,
    Stage,
    opened,
)

HOUR = timedelta(hours=1)


@pytest.fixture(params=["memory", "sqlite"])
def told(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Stage]:
    """A dozen cases in different states, areas and hands."""
    if request.param == "sqlite":
        (tmp_path / "store.db").write_bytes(_told_store())
    with opened(request.param, tmp_path) as stage:
        if request.param == "memory":
            tell(stage)
        stage.clock.advance(minutes=5)
        yield stage


@cache
def _told_store() -> bytes:
    """The store file after the telling, made once."""
    with TemporaryDirectory() as folder:
        with opened("sqlite", Path(folder)) as stage:
            tell(stage)
        return (Path(folder) / "store.db").read_bytes()


def tell(stage: Stage) -> None:
    stage.register("暴露垃圾", grid=GRIDS[0], due=HOUR, level=2, channel="12345", lon=122.10, lat=37.50)
    stage.register("占道经营", grid=GRIDS[1], due=-HOUR, channel="patrol", lon=122.20, lat=37.60)
    stage.register("没有网格", grid="", channel="video")
    stage.file(stage.register("路灯不亮", grid=GRIDS[2], level=4, description="夜间无法出行", lon=122.11, lat=37.51))
    stage.dispatched("噪音扰民", UNITS[0], grid=GRIDS[3], address="青岛路55号")
    stage.dispatched("违规停车", UNITS[1], UNITS[0], grid=GRIDS[0], due=-HOUR)
    signed = stage.dispatched("噪音扰民", UNITS[2], grid=GRIDS[1], due=3 * HOUR)
    stage.sign(signed)
    returned = stage.dispatched("管线破损", UNITS[0], grid=GRIDS[2])
    stage.give_back(returned)
    again = stage.dispatched("河道污染", UNITS[1], grid=GRIDS[0])
    stage.give_back(again)
    stage.dispatch(again, UNITS[2])
    stage.give_back(again)
    closed = stage.dispatched("井盖缺失", UNITS[0], grid=GRIDS[0])
    stage.sign(closed)
    stage.close(closed)
    stage.record(EventKind.VOIDED, stage.register("重复登记", grid=GRIDS[0]), {"reason": "重复"})


ALL = 11


@pytest.mark.parametrize(
    ("chosen", "titles"),
    [
        (CaseFilter(grid=GRIDS[1]), {"占道经营", "噪音扰民"}),
        (CaseFilter(grid=OTHER_COMMUNITY), {"路灯不亮", "管线破损"}),
        (CaseFilter(grid=OTHER_TOWNSHIP), {"噪音扰民"}),
        (CaseFilter(grid="371009"), set()),
        (CaseFilter(states=frozenset({"filed", "void"})), {"路灯不亮", "管线破损", "河道污染", "重复登记"}),
        (CaseFilter(level=4), {"路灯不亮"}),
        (CaseFilter(channel="video"), {"没有网格"}),
        (CaseFilter(channel="nowhere"), set()),
        (CaseFilter(unit=UNITS[0]), {"噪音扰民", "违规停车", "井盖缺失"}),
        (CaseFilter(unit="U-9"), set()),
        (CaseFilter(text="噪音"), {"噪音扰民"}),
        (CaseFilter(text="夜间 出行"), {"路灯不亮"}),
        (CaseFilter(text="青岛路"), {"噪音扰民"}),
        (CaseFilter(text="盖"), {"井盖缺失"}),
        (CaseFilter(text="没有这样的话"), set()),
        (CaseFilter(text="噪音", grid=GRIDS[1], unit=UNITS[2]), {"噪音扰民"}),
        (CaseFilter(bounds=(122.05, 37.45, 122.15, 37.55)), {"暴露垃圾", "路灯不亮"}),
        (CaseFilter(bounds=(120.0, 37.45, 121.0, 37.55)), set()),
        (CaseFilter(imported=((2, 3), (10, 10))), {"占道经营", "没有网格", "井盖缺失"}),
        (CaseFilter(imported=((2, 3), (10, 10)), only_open=True, grid=GRIDS[1]), {"占道经营"}),
        (CaseFilter(imported=((2, 3), (10, 10)), text="网格"), {"没有网格"}),
        (CaseFilter(box=Box.OVERDUE), {"占道经营", "违规停车"}),
        (CaseFilter(box=Box.DUE_SOON), {"暴露垃圾", "噪音扰民"}),
        (CaseFilter(box=Box.RETURNED), {"管线破损", "河道污染"}),
        (CaseFilter(box=Box.CONSULTATION), {"河道污染"}),
        (CaseFilter(box=Box.CONFLICT), set()),
        (CaseFilter(box=Box.REPORTED, only_open=True), {"暴露垃圾", "占道经营", "没有网格"}),
        (CaseFilter(box=Box.DISPATCHED), {"噪音扰民", "违规停车"}),
        (CaseFilter(text="没有网格", box=Box.OVERDUE), set()),
        (CaseFilter(text="井盖", only_open=True), set()),
    ],
)
def test_a_filter_lets_through_what_it_says(told: Stage, chosen: CaseFilter, titles: set[str]) -> None:
    assert set(told.titles(chosen)) == titles
    assert told.queries.total(chosen) == len(told.titles(chosen))


def test_an_empty_filter_lets_everything_through(told: Stage) -> None:
    assert told.queries.total(CaseFilter()) == ALL == len(set(told.ids(CaseFilter())))
    assert told.queries.total(CaseFilter(box=Box.PENDING)) == ALL
    assert told.queries.total(CaseFilter(only_open=True)) == ALL - 2


def test_a_title_in_a_list_hides_telephones_and_is_found_by_them(told: Stage) -> None:
    told.register("请回电 13800001234")
    (row,) = told.queries.page(CaseFilter(text="13800001234"), Sort(), limit=1).rows
    assert row.title == "请回电 138****1234"


def test_areas_of_every_tier_hold_the_cases_of_their_grids(told: Stage) -> None:
    counts = {area: told.queries.total(CaseFilter(grid=area)) for area in (COMMUNITY, ZONE, TOWNSHIP, "371002")}
    assert counts == {COMMUNITY: 7, ZONE: 9, TOWNSHIP: 9, "371002": 10}


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("key", list(SortKey))
def test_pages_follow_each_other_without_loss_or_repetition(told: Stage, key: SortKey, descending: bool) -> None:
    sort = Sort(key, descending)
    whole = told.ids(CaseFilter(), sort)
    assert len(set(whole)) == ALL
    for limit in (1, 3, 4):
        assert told.ids(CaseFilter(), sort, limit=limit) == whole


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize(
    ("key", "attribute"),
    [
        (SortKey.NUMBER, "number"),
        (SortKey.TITLE, "title"),
        (SortKey.LEVEL, "level"),
        (SortKey.GRID, "grid"),
        (SortKey.DUE, "due"),
        (SortKey.REGISTERED, "registered_at"),
    ],
)
def test_a_column_orders_with_missing_values_last(told: Stage, key: SortKey, attribute: str, descending: bool) -> None:
    values = [getattr(row, attribute) for row in told.pages(CaseFilter(), Sort(key, descending), limit=200)]
    present = [value for value in values if value]
    assert values[: len(present)] == present
    assert present == sorted(present, reverse=descending)


def test_states_stand_in_the_order_of_a_cases_life(told: Stage) -> None:
    states = [row.state for row in told.pages(CaseFilter(), Sort(SortKey.STATE), limit=200)]
    assert list(dict.fromkeys(states)) == ["reported", "filed", "dispatched", "handling", "closed", "void"]


def test_units_stand_by_their_initials_and_cases_without_one_last(told: Stage) -> None:
    units = [row.unit for row in told.pages(CaseFilter(), Sort(SortKey.UNIT), limit=200)]
    assert list(dict.fromkeys(units)) == ["U-1", "U-2", "U-3", ""]


def test_equal_values_stand_in_the_order_of_arrival(told: Stage) -> None:
    numbers = [row.rowid for row in told.pages(CaseFilter(level=3), Sort(SortKey.LEVEL), limit=200)]
    assert numbers == sorted(numbers)


def test_a_case_that_arrives_meanwhile_moves_no_page(told: Stage) -> None:
    sort = Sort(SortKey.TITLE)
    whole = told.ids(CaseFilter(), sort)
    first = told.queries.page(CaseFilter(), sort, limit=4)
    told.register("一早来的")
    second = told.queries.page(CaseFilter(), sort, limit=200, after=first.next)
    assert [row.id for row in (*first.rows, *second.rows)] == whole


def test_the_last_page_has_no_next_one(told: Stage) -> None:
    assert told.queries.page(CaseFilter(), Sort(), limit=ALL).next is None
    assert told.queries.page(CaseFilter(text="噪音"), Sort(), limit=2).next is None
    assert told.queries.page(CaseFilter(grid="371009"), Sort()).rows == ()


def test_a_cursor_of_another_order_is_refused(told: Stage) -> None:
    cursor = told.queries.page(CaseFilter(), Sort(SortKey.TITLE), limit=2).next
    with pytest.raises(InvalidInput, match=r"list\.cursor"):
        told.queries.page(CaseFilter(), Sort(SortKey.LEVEL), after=cursor)
    with pytest.raises(InvalidInput, match=r"list\.cursor"):
        told.queries.page(CaseFilter(), Sort(), after="nonsense")


def test_rows_come_in_the_order_asked_and_unknown_ones_are_left_out(told: Stage) -> None:
    first, second, third = told.ids(CaseFilter(), Sort(SortKey.NUMBER))[:3]
    assert [row.id for row in told.queries.rows([third, "f" * 32, first, second])] == [third, first, second]


def test_a_row_says_what_the_screen_shows(told: Stage) -> None:
    (row,) = told.queries.page(CaseFilter(box=Box.OVERDUE, unit=UNITS[1]), Sort()).rows
    assert (row.title, row.unit_name, row.grid_name, row.cooperating) == ("违规停车", "派出所", "网格001", 1)
    assert row.due is not None and row.due < told.clock.now()
    assert (row.pending, row.returned, row.conflict, row.lon) == (True, False, False, None)


def test_a_returned_case_is_in_nobodys_hands(told: Stage) -> None:
    (row,) = told.queries.page(CaseFilter(box=Box.CONSULTATION), Sort()).rows
    assert (row.unit, row.cooperating, row.state, row.returned) == ("", 0, "filed", True)


def test_what_a_cooperating_unit_gave_back_is_in_its_box_until_it_is_released(told: Stage) -> None:
    case_id = told.dispatched("一家退回的", UNITS[0], UNITS[1])
    told.give_back(case_id, UNITS[1])
    (row,) = told.queries.page(CaseFilter(box=Box.RETURNED, text="一家退回的"), Sort()).rows
    assert (row.unit, row.cooperating, row.state) == (UNITS[0], 0, "dispatched")
    told.record(EventKind.RELEASED, case_id, {"unit": UNITS[1], "reason": "不需协办"})
    assert told.ids(CaseFilter(box=Box.RETURNED, text="一家退回的")) == []


def test_an_amended_text_is_found_and_the_old_one_is_not(told: Stage) -> None:
    (case_id,) = told.ids(CaseFilter(text="暴露垃圾"))
    told.record(EventKind.AMENDED, case_id, {"facts": {"title": "堆放建筑垃圾"}})
    assert told.ids(CaseFilter(text="建筑垃圾")) == [case_id]
    assert told.ids(CaseFilter(text="暴露")) == []


def test_a_case_is_found_by_the_number_that_its_superior_gave_it(told: Stage) -> None:
    told.register("上级交办的", upper_number="GD2026-112000123")
    for typed in ("GD2026-112000123", "gd2026", "112000123"):
        assert told.titles(CaseFilter(text=typed)) == ["上级交办的"]
    assert told.titles(CaseFilter(text="GD2027")) == []


def test_letters_are_found_in_any_case_and_width(told: Stage) -> None:
    case_id = told.register("ＡＢＣ大厦 Wi-Fi 故障")
    for text in ("abc", "ABC", "wi", "ａｂ", "大厦"):
        assert told.ids(CaseFilter(text=text)) == [case_id]
