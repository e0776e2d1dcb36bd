"""Cases of other systems: every field found, every rest kept, the same row known again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import pytest

from gridclient.domain.calendar import CHINA_TIME
from gridclient.domain.coordinates import Crs
from gridclient.exchange.case_rows import SeenCases
from gridclient.exchange.cases import CaseReader
from gridclient.exchange.cells import Cell
from gridclient.exchange.fields import Fields, RowProblem
from gridclient.exchange.mapping import guess
from gridclient.exchange.points import PointReader
from gridclient.services.import_findings import ImportKind, RefusedRow
from gridclient.services.import_records import ImportedCase
from gridclient.services.registering import LONGEST_TITLE
from tests.fakes.case_record import CaseRecord, imported_case

TITLES = (
    *("编号", "标题", "描述", "上报时间", "来源", "层级", "紧急程度", "网格编码"),
    *("经度", "纬度", "状态", "结案时间", "联系电话", "点赞数"),
)


def reader(titles: Sequence[str] = TITLES, crs: Crs | None = Crs.WGS84) -> CaseReader:
    fields = Fields(titles, guess(ImportKind.CASES, titles).columns)
    return CaseReader("案件", fields, PointReader(fields, crs))


def row(**cells: Cell) -> list[Cell]:
    return [cells.get(title) for title in TITLES]


def record(made: CaseReader, number: int, cells: Sequence[Cell]) -> CaseRecord:
    return CaseRecord(**made.values(number, cells))


def read(**cells: Cell) -> CaseRecord:
    return record(reader(), 2, row(**cells))


def refusal(**cells: Cell) -> tuple[str, str]:
    with pytest.raises(RowProblem) as refused:
        read(**cells)
    return refused.value.column, refused.value.problem.code


def test_a_full_row_fills_its_fields() -> None:
    found = read(
        编号="T-1", 标题=" 施工噪音 ", 描述="\n\t\t连续三晚", 上报时间="2026/1/5 22:40", 来源="网格员上报", 层级="三级",
        紧急程度="2", 经度="122.1", 纬度="37.5", 状态="已办结", 结案时间="2026-01-06", 联系电话=13800000000, 点赞数=3,
    )  # fmt: skip
    assert (found.title, found.description) == ("施工噪音", "连续三晚")
    assert (found.channel, found.level, found.urgency, found.state) == ("grid_worker", 3, "紧急", "closed")
    assert found.reported_at == datetime(2026, 1, 5, 22, 40, tzinfo=CHINA_TIME)
    assert (found.identity, found.reporter_phone, found.extra) == (
        "n:编号:T-1@202601052240",
        "13800000000",
        {"点赞数": "3"},
    )


@pytest.mark.parametrize("told", ["3", 3, "三级", "第三级", "L3", "level 3"])
def test_a_level_is_understood_as_people_write_it(told: Cell) -> None:
    assert read(标题="甲", 层级=told).level == 3


def test_unknown_words_stay_beside_an_empty_identifier() -> None:
    found = read(标题="甲", 来源="Constituent Call", 状态="流转中")
    assert (found.channel, found.channel_text) == ("", "Constituent Call")
    assert (found.state, found.state_text) == ("", "流转中")


@pytest.mark.parametrize(
    ("cells", "column", "code"),
    [
        ({"描述": " "}, "标题", "case.title_missing"),
        ({"标题": "甲", "上报时间": "昨天"}, "上报时间", "cell.not_date"),
        ({"标题": "甲", "层级": "五"}, "层级", "case.level_unknown"),
        ({"标题": "甲", "编号": 3.71e14}, "编号", "cell.number_spoilt"),
        ({"标题": "甲", "网格编码": 371002002003001}, "网格编码", "code.not_text"),
        ({"标题": "甲", "网格编码": "3.71E+14"}, "网格编码", "code.not_text"),
        ({"标题": "甲", "经度": "122.1"}, "纬度", "point.half"),
        ({"标题": "甲", "经度": 37.5, "纬度": 122.1}, "经度", "point.swapped"),
        ({"标题": "甲", "经度": "东经", "纬度": "1"}, "经度", "cell.not_number"),
    ],
)
def test_a_cell_that_cannot_be_read_refuses_its_row(cells: dict[str, Cell], column: str, code: str) -> None:
    assert refusal(**cells) == (column, code)


def test_a_case_without_a_title_takes_its_first_sentence() -> None:
    assert read(描述="路口井盖缺失。已有人跌倒。").title == "路口井盖缺失"
    assert read(描述="长" * 100).title == "长" * 40 + "…"
    assert read(描述="长" * 40).title == "长" * 40
    assert read(描述="路口井盖缺失 。").title == "路口井盖缺失"
    assert read(描述="路口井盖缺失\n已有人跌倒").title == "路口井盖缺失"


def test_a_text_in_the_place_of_a_title_is_kept_whole() -> None:
    text = "井盖" * LONGEST_TITLE
    found = read(标题=text, 描述="补充")
    assert len(found.title) < LONGEST_TITLE
    assert found.description == f"{text}\n补充"
    assert read(标题=text).description == text
    longest = text[:LONGEST_TITLE]
    assert (read(标题=longest).title, read(标题=longest).description) == (longest, "")


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("37100200200301", "37100200200301"),
        (" WG-0317 ", "WG-0317"),
        ("鲸园第一网格", "鲸园第一网格"),
        ("371002002003001", "371002002003001"),
        (" ", ""),
    ],
)
def test_another_systems_grid_is_kept_as_it_is_told(told: str, kept: str) -> None:
    assert read(标题="甲", 网格编码=told).grid_code == kept


@pytest.mark.parametrize(
    ("told", "identifier"),
    [("1", "一般"), ("2", "紧急"), ("3", "特急"), ("4", "4"), ("特急", "特急")],
)
def test_an_urgency_told_by_its_number_has_its_word(told: str, identifier: str) -> None:
    assert read(标题="甲", 紧急程度=told).urgency == identifier


def test_words_are_known_with_blanks_around_them_and_in_any_case() -> None:
    found = read(标题="甲", 来源=" 网格员上报 ", 状态=" Closed ")
    assert (found.channel, found.channel_text, found.state) == ("grid_worker", "网格员上报", "closed")


def test_zero_zero_means_no_point() -> None:
    found = read(标题="甲", 经度="0", 纬度="0.0")
    assert (found.lon, found.lat, found.source_crs) == (None, None, "")
    assert [notice.code for notice in found.notices] == ["case.point_zero"]
    assert not read(标题="甲").notices


def test_a_point_is_brought_to_wgs84_and_its_own_numbers_stay() -> None:
    found = record(reader(crs=Crs.BD09), 2, row(标题="甲", 经度="122.1195", 纬度="37.5212"))
    assert (found.source_crs, found.source_lon, found.source_lat) == ("bd09", 122.1195, 37.5212)
    assert found.lon is not None
    assert found.lat is not None
    assert 0.003 < abs(found.lon - 122.1195) < 0.02


def test_without_a_told_system_only_points_outside_china_are_sure() -> None:
    unsure = reader(crs=None)
    assert record(unsure, 2, row(标题="甲", 经度="-71.06", 纬度="42.36")).source_crs == "wgs84"
    with pytest.raises(RowProblem) as refused:
        record(unsure, 3, row(标题="甲", 经度="122.1", 纬度="37.5"))
    assert refused.value.problem.code == "point.crs_needed"


def test_equal_rows_without_a_number_are_told_apart_and_known_again() -> None:
    same = row(标题="甲", 描述="乙")
    seen = SeenCases()
    first, second = (seen.judged(imported_case(record(reader(), number, same)), same) for number in (2, 3))
    assert isinstance(first, ImportedCase)
    assert isinstance(second, ImportedCase)
    assert second.identity == f"{first.identity}:2"
    assert record(reader(), 7, [*same, None, " "]).identity == first.identity
    assert record(reader(), 7, row(标题="甲", 描述="丙")).identity != first.identity


def test_a_number_that_stands_twice_with_other_contents_names_the_row_where_it_stood_first() -> None:
    seen = SeenCases()
    rows = [row(编号="2026010500012", 标题="甲"), row(编号="2026010500012", 标题="乙")]
    first, refused, again = (
        seen.judged(imported_case(record(reader(), number, cells)), cells)
        for number, cells in ((2, rows[0]), (3, rows[1]), (4, rows[0]))
    )
    assert isinstance(first, ImportedCase)
    assert isinstance(again, ImportedCase), "the same row twice is harmless"
    assert isinstance(refused, RefusedRow)
    assert (refused.sheet, refused.row, refused.column, refused.code) == ("案件", 3, "", "case.number_twice")
    assert refused.params == {"number": "2026010500012", "first": 2}


@pytest.mark.parametrize(("lon", "lat"), [("37.5", "122.1"), ("39.5", "76.0")])
def test_numbers_that_changed_places_are_refused_where_only_so_they_lie_in_china(lon: str, lat: str) -> None:
    assert refusal(标题="甲", 经度=lon, 纬度=lat) == ("经度", "point.swapped")


@pytest.mark.parametrize(("lon", "lat"), [("181", "37.5"), ("-181", "37.5"), ("122.1", "91"), ("122.1", "-91")])
def test_a_point_that_is_nowhere_is_refused(lon: str, lat: str) -> None:
    assert refusal(标题="甲", 经度=lon, 纬度=lat) == ("经度", "point.out_of_range")


def test_a_longitude_alone_is_no_point_where_another_column_has_both() -> None:
    for alone in ("经度", "纬度"):
        found = record(reader(("标题", alone, "坐标")), 2, ("甲", None, "122.1,37.5"))
        assert (found.lon, found.lat) == (122.1, 37.5)


PAIR_TITLES = ("标题", "坐标")


@pytest.mark.parametrize("written", ["122.1,37.5", " 122.1 37.5 ", "[122.1, 37.5]", "(122.1、37.5)", "122.1;37.5"])
def test_a_point_in_one_cell_is_read_as_maps_copy_it(written: str) -> None:
    found = record(reader(PAIR_TITLES), 2, ("甲", written))
    assert (found.lon, found.lat) == (122.1, 37.5)


def test_an_empty_cell_of_points_is_no_point() -> None:
    assert record(reader(PAIR_TITLES), 2, ("甲", " ")).lon is None
    assert record(reader(PAIR_TITLES), 2, ("甲",)).lon is None


@pytest.mark.parametrize("written", ["122.1", "122.1,37.5,8", "见附件", "东,西", 122.1])
def test_what_is_no_pair_is_refused(written: Cell) -> None:
    with pytest.raises(RowProblem) as refused:
        record(reader(PAIR_TITLES), 2, ("甲", written))
    assert refused.value.column == "坐标"
    assert refused.value.problem.code in {"point.not_a_pair", "cell.not_number"}


def test_a_row_of_zeros_is_a_row() -> None:
    found = record(reader(("标题", "点赞数")), 2, (0, 0))
    assert (found.title, found.extra) == ("0", {"点赞数": "0"})
    assert found.identity.startswith("h:")


def test_short_numbers_of_two_offices_are_not_taken_for_the_same_case() -> None:
    here = read(编号="12", 标题="甲", 上报时间="2026-01-05 08:00:00")
    there = read(编号=12, 标题="乙", 上报时间="2026-02-07 09:00:00")
    again = read(编号=12, 标题="甲", 上报时间="2026/1/5 8:00", 状态="已办结")
    assert here.identity != there.identity
    assert here.identity == again.identity


def test_a_long_number_is_the_same_case_whatever_else_changed() -> None:
    first = read(编号="2026010500012", 标题="甲", 上报时间="2026-01-05")
    assert first.identity == read(编号=2026010500012, 标题="甲(改)", 上报时间="2026-01-06").identity


def test_a_row_longer_than_an_event_may_be_is_refused_because_the_hub_would_take_nothing_behind_it() -> None:
    assert refusal(标题="井盖缺失", 描述="长" * 60_000, 状态="长" * 60_000) == ("", "row.too_long")
    assert read(标题="井盖缺失", 描述="长" * 60_000).title == "井盖缺失"
