"""What a pasted text does not say for sure is left to the operator: a wrong time or place is worse than none."""

from __future__ import annotations

from datetime import datetime

import pytest

from gridclient.domain.calendar import CHINA_TIME
from gridclient.services.intake import headline, parse_text
from gridclient.services.rows import Likeness
from gridclient.ui.intake.lookup import look_up
from gridclient.ui.intake.values import IntakeValues
from tests.ui.fakes.invented_desk import empty_desk
from tests.ui.fakes.memory_store import MemoryStore

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
        "昨天3点",
        "昨天三点半",
        "长2.5-3.5 8:00",
        "2026年11月20日上午",
    ],
)
def test_what_may_be_any_moment_or_is_to_come_is_none(told: str) -> None:
    assert parse_text(f"{told}，居民反映路灯不亮", NOW).happened_at is None


@pytest.mark.parametrize(
    ("told", "moment"),
    [
        ("2026年11月20日下午三点", (11, 20, 15, 0)),
        ("2026/11/20 十点半", (11, 20, 10, 30)),
        ("昨晚十一点二十", (11, 22, 23, 20)),
        ("今天上午十点一刻", (11, 23, 10, 15)),
        ("11.22 10:20", (11, 22, 10, 20)),
        ("11.22早 8:05", (11, 22, 8, 5)),
        ("11/22 下午4点", (11, 22, 16, 0)),
        ("昨天3时10分", (11, 22, 3, 10)),
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


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("近年来一场官司给云顶小区6栋的业主带来烦恼", "云顶小区6栋"),
        ("请综合执法中队核实汪疃镇政府街22号违停", "汪疃镇政府街22号"),
        ("市民来电，称高区和兴路126号进水", "高区和兴路126号"),
        ("搅拌站紧邻轻苑小区21栋", "轻苑小区21栋"),
        ("2018年下半年我们小区门口就坏了", ""),
        ("俺村小卖部旁边陶家夼路9号地沟堵了", "陶家夼路9号"),
        ("小贩从巷子里搬到路口", ""),
        ("望海园农贸市场三号门积水", ""),
    ],
)
def test_words_of_a_sentence_are_no_part_of_a_place(text: str, place: str) -> None:
    assert parse_text(text, NOW).address == place


@pytest.mark.parametrize(
    "text",
    [
        "2026年9月1日签的合同，到今天还没有交房",
        "楼顶违建曾于2026-08-03投诉，至今未拆",
        "门口的路坏了，请领导看看。\n2026年11月22日",
    ],
)
def test_a_day_alone_in_a_story_is_not_when_it_happened(text: str) -> None:
    assert parse_text(text, NOW).happened_at is None
    labelled = parse_text(f"写信日期：2026-11-15\n内容：{text}", NOW)
    assert labelled.happened_at == datetime(2026, 11, 15, tzinfo=CHINA_TIME)


@pytest.mark.parametrize("text", ["15063110987", "0110-2231", "统一路110号", "长度110米", "1381234512345", "12345678"])
def test_digits_of_another_number_are_no_channel(text: str) -> None:
    assert parse_text(f"联系 {text}，路灯不亮", NOW).channel == ""


@pytest.mark.parametrize(("text", "channel"), [("民生110转来", "110"), ("12345工单", "12345")])
def test_a_channel_is_found_beside_other_words(text: str, channel: str) -> None:
    assert parse_text(f"{text}，路灯不亮", NOW).channel == channel


@pytest.mark.parametrize("before", ["家住", "13800001234，住", "我是", "我们是", "本人家住", "有人在", "现在", "住在"])
def test_what_leads_to_an_address_is_no_part_of_it(before: str) -> None:
    assert parse_text(f"{before}海滨北路12号，路灯不亮", NOW).address == "海滨北路12号"
    assert parse_text("自在花园3号楼路灯不亮", NOW).address == "自在花园3号楼"


def test_what_happened_stays_in_the_title_and_its_place_is_found_although_a_report_follows() -> None:
    told = "昨天在海滨北路12号打架，投诉无人处理"
    assert (headline(told), parse_text(told, NOW).address) == (told, "海滨北路12号")


def test_a_chat_of_a_grids_residents_is_no_grid_worker() -> None:
    assert parse_text("网格群转发：门口垃圾没人清", NOW).channel == "other"


@pytest.mark.parametrize("gap", [" ", "，"])
@pytest.mark.parametrize("first", ["灯", "市民", "昨天，市民", "电话"])
def test_a_long_gap_in_a_text_is_read_at_once(first: str, gap: str) -> None:
    text = f"{first}{gap * 20_000}13800001234不亮"  # as out of a table; it took hours
    assert parse_text(text, NOW).reporter_phone == "13800001234"


@pytest.mark.parametrize(
    "text",
    [
        "李主任您好，3号楼又停水了",
        "【转】刘师傅：您好，我家漏水",
        "【转发】沈书记：我们村的路坏了",
        "【业主群】高空抛物：3号楼又有人扔烟头",
        "居民于昨日反映路灯不亮",
        "居民连续多日反映路灯不亮",
        "居民时常反映路灯不亮",
        "我是高中生，放学路上没有路灯",
        "我是附近的游客，厕所没水",
        "被举报人张三，电话13800001234",
        "来电人：不愿透露",
        "联系人：女士",
        "姓名：王* 电话：138****1234",
        "投诉人：银杏家园9栋全体业主",
        "工单编号：20261122001 网格员：刘敏 内容：路灯不亮",
        "该女士反映路灯不亮",
    ],
)
def test_who_is_addressed_named_or_unnamed_is_no_caller(text: str) -> None:
    assert parse_text(text, NOW).reporter_name == ""


@pytest.mark.parametrize(
    "text",
    [
        "网格员说他管不了，路灯三天不亮",
        "路灯不亮，网格员也不来，打12345没用，又打了110",
        "视频监控坏了，门口车被刮了",
        "电话打不通，物业没人管",
        "小区外来访客乱停车",
        "上级领导，我是拆迁户",
        "群众反映路灯不亮",
        "张女士（电话13800001234）反映路灯不亮",
        "工单编号：20261122001 来源：电话 内容：路灯不亮",
        "来电人：王某 网格员：刘敏 内容：路灯不亮",
        "市民王某某来电反映：路灯不亮",
        "[视频]\n门口垃圾没人清",
        "张大爷到处反映路灯不亮",
    ],
)
def test_who_is_only_told_of_is_no_channel(text: str) -> None:
    assert parse_text(text, NOW).channel == ""


@pytest.mark.parametrize(
    "text",
    [
        "沟长122.512米、宽37.512米",
        "122.1, 37.5",
        "桩号12.1234, 15.2222",
        "从122.1234,37.1234挖到122.1299,37.1299",
        "版本122.1234.5,37.1234",
    ],
)
def test_numbers_that_are_no_one_place_are_no_point(text: str) -> None:
    assert (parse_text(text, NOW).point, parse_text(text, NOW).crs) == ("", "")


@pytest.mark.parametrize("named", ["", "GPS", "高德还是百度地图", "手机定位", "高德定位没发，坐标"])
def test_a_point_whose_system_is_not_said_or_said_twice_has_none(named: str) -> None:
    parsed = parse_text(f"井盖破损 {named} 37.509800,122.118200", NOW)
    assert (parsed.point, parsed.crs) == ("122.118200, 37.509800", "")


@pytest.mark.parametrize("text", ["老板电话13800001234不接", "物业（0631-5280000）不管", "店主王某手机：13800001234"])
def test_the_telephone_of_another_is_not_the_callers(text: str) -> None:
    assert parse_text(text, NOW).reporter_phone == ""


def test_a_greeting_is_no_title() -> None:
    assert headline("尊敬的领导您好！黎明街路灯坏了三天。") == "黎明街路灯坏了三天"
    assert headline("您好，黎明街路灯坏了三天") == "黎明街路灯坏了三天"
    assert headline("您好") == "您好"


def test_the_number_above_alone_is_enough_to_look_for_the_order_that_came_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = empty_desk()
    row = made.store.rows([made.register("路灯不亮")])[0]
    same = Likeness(row, None, False, 0.0, 1.0, same_number=True)
    known = {"RX20261120001": (same,)}
    monkeypatch.setattr(MemoryStore, "likely_duplicates", lambda _self, new: known.get(new.upper_number, ()))
    found = look_up(made.desk, IntakeValues(upper_number="RX20261120001"), (), None)
    assert found.likenesses == (same,)
