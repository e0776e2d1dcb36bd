"""What a pasted text does not say for sure is left to the operator: a wrong time or place is worse than none."""

from __future__ import annotations

from datetime import datetime

import pytest

from gridclient.domain.calendar import CHINA_TIME
from gridclient.services.intake import headline, parse_text

NOW = datetime(2026, 11, 23, 20, 10, tzinfo=CHINA_TIME)


@pytest.mark.parametrize(
    "told",
    [
        "昨晚1点",
        "昨天夜里2点",
        "3月2号晚上1点50",
        "昨天晚上0点",
        "3月15日凌晨12点",
        "大前天下午3点",
        "小区门前早上6点就有人跳舞",
        "三天前早上8点",
        "如今早上5点就施工",
        "去年3月5日8点",
        "去年的3月5日8点",
        "1998年3月5日8点",
        "25年11月20日8点",
        "（17年）1月2日19时许",
        "每年10月1日8点",
        "农历10月1日8点",
        "1312月3日5点",
        "昨天",
        "昨晚12点",
        "11月22日",
        "今天22点",
        "2027年1月1日8点",
        "2月30日8点",
        "第3次",
        "3月12",
        "昨天晚上12点",
        "12月3日上午9点",
        "2026年11月20日下午三点",
        "2026/11/20 十点半",
        "2026年11月20日上午",
    ],
)
def test_what_may_be_any_moment_or_is_to_come_is_none(told: str) -> None:
    assert parse_text(f"{told}，居民反映路灯不亮", NOW).happened_at is None


@pytest.mark.parametrize(
    ("told", "moment"),
    [
        ("昨天8点20多人围观", (11, 22, 8, 0)),
        ("今早7点12号楼停水", (11, 23, 7, 0)),
        ("昨天8点5个人", (11, 22, 8, 0)),
        ("昨晚8:30路灯不亮", (11, 22, 20, 30)),
        ("昨天8点5分", (11, 22, 8, 5)),
        ("前晚8点", (11, 21, 20, 0)),
        ("今年2月19日凌晨2时许", (2, 19, 2, 0)),
        ("昨天中午10点", (11, 22, 10, 0)),
        ("2026年 11月20日8点", (11, 20, 8, 0)),
        ("2026/11/20 下午3時20分", (11, 20, 15, 20)),
    ],
)
def test_a_number_that_follows_the_hour_is_not_always_its_minutes(told: str, moment: tuple[int, int, int, int]) -> None:
    month, day, hour, minute = moment
    assert parse_text(told, NOW).happened_at == datetime(2026, month, day, hour, minute, tzinfo=CHINA_TIME)


@pytest.mark.parametrize("text", ["物业公司在小区长期不清运垃圾", "直接到小区开展延长工期", "人民路5号线工地噪音"])
def test_what_only_sounds_like_an_address_is_none(text: str) -> None:
    assert parse_text(text, NOW).address == ""


@pytest.mark.parametrize("text", ["15063110987", "0110-2231", "统一路110号", "长度110米", "1381234512345", "12345678"])
def test_digits_of_another_number_are_no_channel(text: str) -> None:
    assert parse_text(f"联系 {text}，路灯不亮", NOW).channel == ""


@pytest.mark.parametrize(("text", "channel"), [("民生110转来", "110"), ("12345工单", "12345")])
def test_a_channel_is_found_beside_other_words(text: str, channel: str) -> None:
    assert parse_text(f"{text}，路灯不亮", NOW).channel == channel


@pytest.mark.parametrize("before", ["我是", "我们是", "本人家住", "有人在", "现在", "住在"])
def test_what_leads_to_an_address_is_no_part_of_it(before: str) -> None:
    assert parse_text(f"{before}海滨北路12号，路灯不亮", NOW).address == "海滨北路12号"
    assert parse_text("自在花园3号楼路灯不亮", NOW).address == "自在花园3号楼"


def test_what_happened_stays_in_the_title_and_its_place_is_found_although_a_report_follows() -> None:
    told = "昨天在海滨北路12号打架，投诉无人处理"
    assert (headline(told), parse_text(told, NOW).address) == (told, "海滨北路12号")


@pytest.mark.parametrize("gap", [" ", "，"])
@pytest.mark.parametrize("first", ["灯", "市民", "昨天，市民", "电话"])
def test_a_long_gap_in_a_text_is_read_at_once(first: str, gap: str) -> None:
    text = f"{first}{gap * 20_000}13800001234不亮"  # as out of a table; it took hours
    assert parse_text(text, NOW).reporter_phone == "13800001234"
