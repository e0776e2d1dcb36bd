"""Likely duplicates: near in place and time, from the same telephone, alike in words, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from gridclient.domain.events import EventKind
from gridclient.services.rows import Likeness, NewCase
from gridclient.store import duplicates
from gridclient.store.columns import Columns
from gridclient.store.duplicates import surroundings
from tests.contract.stage import Stage

LON, LAT = 122.12, 37.51
PHONE = "138-0000-1111"


def asked(stage: Stage, **told: Any) -> Sequence[Likeness]:
    return stage.queries.likely_duplicates(replace(NewCase("", "", "", None, None, stage.clock.now()), **told))


def test_the_same_report_is_found_with_its_reasons(stage: Stage) -> None:
    case_id = stage.register(
        "夜间施工噪音扰民", description="凌晨仍在打桩", lon=LON, lat=LAT, reporter_phone="13800001111"
    )
    stage.register("河道漂浮垃圾", lon=LON + 0.2, lat=LAT)
    stage.clock.advance(hours=2)
    (found,) = asked(stage, title="施工噪音扰民", description="夜间打桩", phone=PHONE, lon=LON + 0.001, lat=LAT)
    assert found.row.id == case_id
    assert found.same_phone
    assert found.metres == pytest.approx(88, abs=2)
    assert 0.2 < found.text < 1
    assert found.score > 0.6
    (by_another,) = asked(stage, title="施工噪音扰民", phone="13900002222", lon=LON + 0.001, lat=LAT)
    assert not by_another.same_phone


def test_alike_words_alone_are_enough(stage: Stage) -> None:
    case_id = stage.register("青岛路路灯整夜不亮")
    stage.register("小区物业收费争议")
    stage.clock.advance(hours=1)
    assert [found.row.id for found in asked(stage, title="青岛路路灯整夜不亮啊")] == [case_id]


def test_the_same_house_is_a_reason_where_nobody_gave_a_point(stage: Stage) -> None:
    """As a second caller tells it: in other words, from another telephone."""
    case_id = stage.register("金鸡路195号门前音响噪音扰民", description="店铺音响从早响到晚，多次劝说无效。希望处理。")
    stage.register("金鸡路19号门前音响噪音扰民", description="店铺音响从早响到晚，多次劝说无效。希望处理。")
    stage.clock.advance(hours=5)
    (found,) = asked(stage, title="金鸡路１９５号门前音响太吵", description="金鸡路１９５号门前音响太吵，影响休息")
    assert (found.row.id, found.same_house, found.metres) == (case_id, True, None)
    stage.clock.advance(days=26)
    assert not asked(stage, title="金鸡路195号", description="金鸡路195号下水道堵了，厕所返水，要求疏通")


def test_an_order_that_comes_a_second_time_is_known_by_its_number_above_however_old_and_far(stage: Stage) -> None:
    case_id = stage.register("路灯不亮", lon=LON, lat=LAT, upper_number="12345-2026-0017")
    stage.register("井盖缺失", description="工单 12345-2026-0017 的续报", upper_number="12345-2026-00171")
    stage.clock.advance(days=60)
    (found,) = asked(stage, title="噪音", upper_number=" 12345-2026-0017", lon=LON + 0.1, lat=LAT)
    assert (found.row.id, found.same_number, found.score) == (case_id, True, 1.0)
    assert not asked(stage, title="噪音", upper_number="12345-2026-001")
    stage.record(EventKind.AMENDED, case_id, {"facts": {"upper_number": "12345-2026-0018"}})
    assert not asked(stage, title="噪音", upper_number="12345-2026-0017")
    assert asked(stage, title="噪音", upper_number="12345-2026-0018")


def test_the_same_telephone_counts_within_a_week(stage: Stage) -> None:
    case_id = stage.register("漏水", reporter_phone="13800001111")
    stage.clock.advance(days=6)
    (found,) = asked(stage, title="停电", phone=PHONE)
    assert (found.row.id, found.same_phone) == (case_id, True)
    stage.clock.advance(days=2)
    assert not asked(stage, title="停电", phone=PHONE)


def test_what_is_far_or_old_is_no_duplicate(stage: Stage) -> None:
    stage.register("井盖缺失", lon=LON, lat=LAT)
    stage.clock.advance(hours=1)
    assert asked(stage, title="井盖丢失", lon=LON, lat=LAT)
    assert not asked(stage, title="停车", lon=LON + 0.01, lat=LAT)
    stage.clock.advance(days=31)
    assert not asked(stage, title="井盖缺失", lon=LON, lat=LAT)


def test_an_amended_title_is_compared_as_it_reads_now(stage: Stage) -> None:
    case_id = stage.register("无标题")
    stage.file(case_id, title="幸福路占道经营严重")
    stage.clock.advance(hours=1)
    assert asked(stage, title="幸福路占道经营严重")[0].text == pytest.approx(1.0)


def test_the_likeliest_come_first_and_at_most_ten(stage: Stage) -> None:
    for place in range(15):
        stage.register("路口积水严重", lon=LON + place * 0.0002, lat=LAT)
    stage.clock.advance(minutes=10)
    found = asked(stage, title="路口积水严重", lon=LON, lat=LAT)
    assert len(found) == 10
    assert [likeness.score for likeness in found] == sorted((likeness.score for likeness in found), reverse=True)
    assert found[0].metres == pytest.approx(0, abs=0.5)


def test_nothing_told_finds_nothing(stage: Stage) -> None:
    stage.register("甲")
    stage.clock.advance(hours=1)
    assert not asked(stage)
    assert not asked(stage, title="！！", phone="-")


def test_who_reported_from_elsewhere_by_the_same_telephone_is_told_and_others_there_are_not(stage: Stage) -> None:
    same = stage.register("漏水", lon=LON, lat=LAT, reporter_phone="13800001111")
    stage.register("漏水", lon=LON, lat=LAT, reporter_phone="13800002222")
    stage.clock.advance(hours=1)
    (found,) = asked(stage, title="漏水", phone=PHONE, lon=LON + 0.05, lat=LAT)
    assert (found.row.id, found.same_phone) == (same, True)
    assert found.metres == pytest.approx(4400, rel=0.01)


def test_an_imported_case_and_an_amended_one_are_compared_by_what_they_say(stage: Stage) -> None:
    imported, amended = stage.new_id(), stage.register("无标题")
    facts = {"title": "反映噪音", "description": "ＫＴＶ整夜唱歌"}
    payload = {"number": "x", "registered_at": int(stage.clock.now().timestamp()), "facts": facts}
    stage.record(EventKind.IMPORTED, imported, payload)
    stage.record(EventKind.AMENDED, amended, {"facts": facts})
    stage.clock.advance(hours=1)
    found = asked(stage, title="反映噪音", description="ktv整夜唱歌")
    assert {likeness.row.id for likeness in found} == {imported, amended}
    assert [likeness.text for likeness in found] == pytest.approx([1.0, 1.0])


@pytest.mark.parametrize("facts", [5, {"description": 5}, {"reporter_phone": 5}])
def test_facts_of_another_desk_that_are_none_keep_nobody_from_finding_the_case(stage: Stage, facts: Any) -> None:
    case_id = stage.register("路灯不亮", reporter_phone="13800001111")
    stage.record(EventKind.AMENDED, case_id, {"facts": {"address": "青岛路"}})
    with stage.database.writer() as connection:
        wrong = (json.dumps({"facts": facts}), EventKind.AMENDED)
        connection.execute("UPDATE events SET payload = ? WHERE kind = ?", wrong)
    stage.clock.advance(hours=1)
    (found,) = asked(stage, title="路灯不亮", phone=PHONE)
    assert (found.row.id, found.same_phone, found.text) == (case_id, True, 1.0)


def test_of_the_same_report_at_the_same_place_no_more_than_certainty_is_said(stage: Stage) -> None:
    stage.register("青岛路路灯整夜不亮", lon=LON, lat=LAT, reporter_phone="13800001111")
    (found,) = asked(stage, title="青岛路路灯整夜不亮", phone=PHONE, lon=LON, lat=LAT)
    assert found.score == 1.0


@pytest.mark.parametrize("phone", ["无", "不详", "-"])
def test_two_reports_without_a_telephone_are_not_from_the_same_one(stage: Stage, phone: str) -> None:
    stage.register("路灯不亮", description="青岛路中段整夜不亮")
    stage.clock.advance(hours=1)
    (found,) = asked(stage, title="路灯不亮", description="青岛路中段", phone=phone)
    assert not found.same_phone


def test_the_same_words_count_within_two_kilometres_and_further_away_they_do_not(stage: Stage) -> None:
    case_id = stage.register("井盖缺失", lon=LON, lat=LAT)
    stage.clock.advance(hours=1)
    assert [found.row.id for found in asked(stage, title="井盖缺失", lon=LON + 0.02, lat=LAT)] == [case_id]
    assert not asked(stage, title="井盖缺失", lon=LON + 0.025, lat=LAT)


def test_what_happened_beside_it_and_is_another_matter_is_not_told(stage: Stage) -> None:
    stage.register("河道漂浮垃圾", lon=LON, lat=LAT)
    stage.clock.advance(hours=1)
    assert not asked(stage, title="垃圾桶破损无人更换", lon=LON + 0.003, lat=LAT)


def test_of_two_that_are_alike_the_newer_is_the_likelier(stage: Stage) -> None:
    older = stage.register("路灯不亮")
    stage.clock.advance(days=20)
    newer = stage.register("路灯不亮")
    stage.clock.advance(hours=1)
    assert [found.row.id for found in asked(stage, title="路灯不亮")] == [newer, older]


def test_words_are_compared_with_the_newest_cases_only(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(duplicates, "_NEWEST", 2)
    cases = [stage.register("路灯不亮") for _ in range(4)]
    stage.clock.advance(hours=1)
    assert {found.row.id for found in asked(stage, title="路灯不亮")} == set(cases[2:])


def test_looked_at_are_the_cases_in_the_square_of_five_hundred_metres_the_nearest_first(stage: Stage) -> None:
    north, east = 1 / 111_195, 1 / 88_200  # one metre there
    places = ((-480, 0), (520, 0), (0, 470), (0, -520), (-520, 0), (10, -20), (0, 520), (450, 0))  # to the east, north
    for metres_east, metres_north in places:
        stage.register(lon=LON + metres_east * east, lat=LAT + metres_north * north)
    stage.register(lon=None, lat=None)
    new = NewCase("", "", "", LON, LAT, stage.clock.now())
    with Columns(stage.database).at() as (_, table):
        assert surroundings(table, new).near == [6, 8, 3, 1]
