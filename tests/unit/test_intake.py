"""A pasted text becomes fields, and the form's value becomes a case."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from gridclient.domain.calendar import CHINA_TIME
from gridclient.domain.errors import InvalidInput
from gridclient.services.intake import ClassGuesser, areas_named, headline, parse_text
from gridclient.services.registering import TITLE_FROM_TEXT
from gridclient.services.rows import GridRow, StandardRow
from gridclient.ui.intake.lookup import look_up
from gridclient.ui.intake.values import EMPTY, IntakeValues, facts_of, filled, moment_of, values_of, wgs_point
from tests.ui.fakes.invented_desk import GRIDS, STANDARDS, empty_desk

NOW = datetime(2026, 11, 23, 20, 10, tzinfo=CHINA_TIME)
ORDER = """工单编号：2026112000123
来电人：王某某
联系电话：13800001234
诉求时间：2026-11-19 22:40
事发地址：鲸园路与文化东路交叉口
诉求内容：市民来电反映工地夜间施工噪音扰民，持续至凌晨两点。"""


def test_a_work_order_is_read_by_its_labels() -> None:
    parsed = parse_text(ORDER, NOW)
    assert parsed.upper_number == "2026112000123"
    assert (parsed.reporter_name, parsed.reporter_phone) == ("王某某", "13800001234")
    assert parsed.address == "鲸园路与文化东路交叉口"
    assert parsed.happened_at == datetime(2026, 11, 19, 22, 40, tzinfo=CHINA_TIME)
    assert parsed.title == "工地夜间施工噪音扰民，持续至凌晨两点"


@pytest.mark.parametrize(
    "order",
    [
        "【工单编号】W1\n【来电人】陈国强\n【联系电话】13800001234\n【地址】统一路45号\n【诉求内容】楼上装修扰民",
        "【工單編號】W1\n【來電人】陈国强\n【聯繫電話】13800001234\n【地址】统一路45号\n【訴求內容】楼上装修扰民",
        "工單編號：W1\n來電人：陈国强\n聯絡電話：13800001234\n地址：统一路45号\n問題描述：楼上装修扰民",
    ],
)
def test_labels_may_stand_in_brackets_and_in_traditional_signs(order: str) -> None:
    parsed = parse_text(order, NOW)
    assert (parsed.upper_number, parsed.reporter_name, parsed.reporter_phone) == ("W1", "陈国强", "13800001234")
    assert (parsed.address, parsed.title) == ("统一路45号", "楼上装修扰民")


@pytest.mark.parametrize("told", ["138 0000 1234", "138-0000-1234"])
def test_a_telephone_told_in_groups_is_one_number_and_no_part_of_the_title(told: str) -> None:
    parsed = parse_text(f"老王电话{told}，桥头栏杆断了，要求今天回电话", NOW)
    assert (parsed.reporter_phone, parsed.title) == ("13800001234", "老王，桥头栏杆断了，要求今天回电话")
    assert parsed.wants_reply


def test_a_line_that_only_leads_to_the_text_is_not_its_title() -> None:
    assert headline("[微信转发] 孙大姐：\n黎明街路灯坏了三天\n2026-11-22") == "黎明街路灯坏了三天"
    parsed = parse_text("网格员上报：\n时间：2026年11月23日8时15分\n上报人：刘某 13800001234\n情况：鸡舍占用耕地", NOW)
    assert (parsed.title, parsed.reporter_name) == ("鸡舍占用耕地", "刘某")
    assert headline("路灯不亮：") == "路灯不亮"


def test_several_telephones_behind_a_name_leave_it_the_reporter() -> None:
    told = "来电人张先生(电话0631-5281234，手机13800001234，也可联系其爱人 13800005678)反映电梯困人"
    parsed = parse_text(told, NOW)
    assert (parsed.reporter_name, parsed.reporter_phone) == ("张先生", "0631-5281234")


@pytest.mark.parametrize(("answer", "wanted"), [("是", True), ("否", False)])
def test_a_work_order_says_whether_to_call_back(answer: str, wanted: bool) -> None:
    assert parse_text(f"诉求内容：路灯不亮\n是否回访：{answer}", NOW).wants_reply is wanted


def test_a_chat_message_gives_what_it_holds() -> None:
    parsed = parse_text("北山小区3号楼有人堆垃圾，打１３８００００１２３４联系", NOW)
    assert parsed.reporter_phone == "13800001234"
    assert parsed.address.startswith("北山小区3号楼")
    assert parsed.title


@pytest.mark.parametrize(
    ("opening", "name"),
    [
        ("【12345】张女士（13800001234）反映：", "张女士"),
        ("市民李先生来电反映，", "李先生"),
        ("业主王师傅(13800001234)称", "王师傅"),
        ("市民来电称", ""),
        ("【民生110】", ""),
    ],
)
def test_who_reports_in_the_opening_is_the_reporter_and_no_part_of_the_title(opening: str, name: str) -> None:
    parsed = parse_text(f"{opening}路口花坛破损，无人修理。", NOW)
    assert parsed.reporter_name == name
    assert parsed.title.removeprefix("【民生110】") == "路口花坛破损，无人修理"


@pytest.mark.parametrize("text", ["表示感谢", "小王师傅修的路灯又坏了", "居委会张老师反映人太多"])
def test_whoever_is_named_without_reporting_stays_in_the_title(text: str) -> None:
    assert (parse_text(text, NOW).title, parse_text(text, NOW).reporter_name) == (text, "")


def test_a_label_weighs_more_than_what_stands_elsewhere() -> None:
    parsed = parse_text("商户13800009999占道，打过12345\n来源：网格员\n联系电话：13800001234\n持续一周", NOW)
    assert (parsed.reporter_phone, parsed.channel) == ("13800001234", "grid_worker")
    assert parsed.title == "商户占道，打过12345"
    assert parse_text("路灯不亮", NOW).channel == ""


@pytest.mark.parametrize(
    "text",
    [
        "11月22日上午9点，居民反映黄山社区海滨北路12号门前路灯不亮三天了",
        "昨天晚上，群众来电反映：黄山社区海滨北路12号门前路灯不亮三天了",
        "李女士投诉，黄山社区海滨北路12号门前路灯不亮三天了",
        "2026年11月22日夜里，市民来电称黄山社区海滨北路12号门前路灯不亮三天了",
        "昨晚11点半，市民来电称黄山社区海滨北路12号门前路灯不亮三天了",
        "今早，居民反映黄山社区海滨北路12号门前路灯不亮三天了",
    ],
)
def test_when_it_was_said_and_by_whom_is_neither_title_nor_address(text: str) -> None:
    parsed = parse_text(text, NOW)
    assert parsed.title == "黄山社区海滨北路12号门前路灯不亮三天了"
    assert parsed.address == "黄山社区海滨北路12号"
    assert parse_text("有居民投诉黄山社区海滨北路12号门前路灯不亮", NOW).address == "黄山社区海滨北路12号"


@pytest.mark.parametrize(
    ("told", "moment"),
    [
        ("11月22日上午9点", (2026, 11, 22, 9, 0)),
        ("11月22日9:05", (2026, 11, 22, 9, 5)),
        ("1月3日下午17时52分许", (2026, 1, 3, 17, 52)),
        ("昨晚8点", (2026, 11, 22, 20, 0)),
        ("昨天晚上11点半", (2026, 11, 22, 23, 30)),
        ("前天中午1点", (2026, 11, 21, 13, 0)),
        ("今天中午12点", (2026, 11, 23, 12, 0)),
        ("今日凌晨2点", (2026, 11, 23, 2, 0)),
        ("2026年11月3日", (2026, 11, 3, 0, 0)),
        ("说11月30日8点停水，昨天8点就停了", (2026, 11, 22, 8, 0)),
    ],
)
def test_a_day_without_a_year_is_the_last_one(told: str, moment: tuple[int, int, int, int, int]) -> None:
    assert parse_text(f"{told}，居民反映路灯不亮", NOW).happened_at == datetime(*moment, tzinfo=CHINA_TIME)


def test_in_january_a_day_of_december_is_the_last_one() -> None:
    january = datetime(2027, 1, 4, 8, 0, tzinfo=CHINA_TIME)
    assert parse_text("12月28日9点路灯不亮", january).happened_at == datetime(2026, 12, 28, 9, 0, tzinfo=CHINA_TIME)
    leap = datetime(2028, 3, 1, 8, 0, tzinfo=CHINA_TIME)
    assert parse_text("2月29日9点路灯不亮", leap).happened_at == datetime(2028, 2, 29, 9, 0, tzinfo=CHINA_TIME)
    assert parse_text("2月28日9点路灯不亮", january).happened_at is None, "who tells of an older one says the year"


def test_a_sentence_behind_the_address_is_no_part_of_it_and_is_read() -> None:
    parsed = parse_text("事发地址：古陌社区3号楼。请先电话联系。要求回复\n诉求内容：路灯不亮", NOW)
    assert parsed.address == "古陌社区3号楼"
    assert parsed.title == "路灯不亮"
    assert parsed.wants_reply


@pytest.mark.parametrize(
    ("text", "wished"),
    [
        ("路灯不亮，要求回复。", True),
        ("路灯不亮，不要求回复", False),
        *(
            (f"路灯不亮，{wish}。", True)
            for wish in ("需要回复", "要求回电", "希望尽快答复", "请电话回复", "请求尽快处理并回复")
        ),
        *((f"路灯不亮，{none}。", False) for none in ("不需要回复", "没有要求回复", "无需回电", "未要求答复")),
        ("路灯不亮，要求尽快修复。", False),
        ("路灯不亮，要求处理后不回复。", False),
        ("路灯不亮\n是否需要回访", False),
        ("路灯不亮\n要求回复：否", False),
        ("路灯不亮", False),
    ],
)
def test_a_wish_is_read_wherever_it_stands(text: str, wished: bool) -> None:
    assert parse_text(text, NOW).wants_reply is wished


@pytest.mark.parametrize(
    ("text", "wished"),
    [
        ("要求保密", True),
        ("请求保密", True),
        ("希望匿名", True),
        ("无需保密", False),
        ("没有要求保密", False),
        ("涉嫌泄密", False),
    ],
)
def test_a_wish_for_secrecy_is_read_too(text: str, wished: bool) -> None:
    assert parse_text(f"楼上噪音，{text}。", NOW).keep_secret is wished


def test_an_impossible_date_is_no_date() -> None:
    assert parse_text("2026-13-45 反映噪音", NOW).happened_at is None


def test_the_guess_names_the_words_that_spoke_for_it() -> None:
    best = ClassGuesser(STANDARDS).guess("工地夜间施工噪音扰民")[0]
    assert best.standard.code == "C-01-02-01"
    assert "夜间" in best.words


def test_a_text_that_says_nothing_gets_no_guess() -> None:
    assert ClassGuesser(STANDARDS).guess("abc 123") == ()


def test_areas_are_found_by_name_the_narrowest_first() -> None:
    found = areas_named("鲸园街道第一片区古陌社区第三网格有积水", GRIDS)
    assert [row.code for row in found] == [
        "371002002001003",
        "371002002001",
        "371002002601",
        "371002003601",
        "371002002",
    ]


def test_of_two_areas_of_a_tier_the_longer_name_comes_first_and_one_sign_names_none() -> None:
    grids = (GridRow("371002002001", "古陌", "community", ""), GridRow("371002002002", "古陌北", "community", ""))
    found = areas_named(
        "古陌北有积水",
        (*grids, GridRow("371002002003", "水", "community", ""), GridRow("371002002001001", "水(专属)", "basic", "")),
    )
    assert [row.name for row in found] == ["古陌北", "古陌"]


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("登记 2026-11-18 08:00\n诉求时间：2026-11-19 22:40\n内容：路灯不亮", (19, 22, 40)),
        ("2026年11月18日 8时 路灯不亮", (18, 8, 0)),
        ("2026/11/18，路灯不亮", (18, 0, 0)),
    ],
)
def test_the_time_is_the_labelled_one_else_the_first_that_is_told(text: str, moment: tuple[int, int, int]) -> None:
    day, hour, minute = moment
    assert parse_text(text, NOW).happened_at == datetime(2026, 11, day, hour, minute, tzinfo=CHINA_TIME)


def test_a_title_is_the_labelled_one_and_every_value_but_the_description_ends_with_its_line() -> None:
    parsed = parse_text("标题：路灯不亮\n(急)\n内容：三盏灯\n都不亮\n来电人：王某 先生", NOW)
    assert (parsed.title, parsed.reporter_name) == ("路灯不亮", "王某")
    assert parse_text("(急)\n内容：三盏灯\n都不亮\n来电人：王某 先生", NOW).title == "三盏灯"
    assert parsed.urgency == 0


def standard(code: str, small_class: str, condition: str = "") -> StandardRow:
    return replace(STANDARDS[0], code=code, small_class=small_class, filing_condition=condition)


def test_the_likeliest_condition_comes_first_and_three_at_most() -> None:
    """A rare word weighs more than a common one, a word of the class more than one of its condition."""
    guesser = ClassGuesser(
        (
            standard("1", "路灯损坏"),
            standard("2", "其他", "路灯损坏"),
            standard("3", "井盖损坏"),
            standard("4", "护栏损坏"),
            standard("5", "护栏损坏"),
        )
    )
    assert [guess.standard.code for guess in guesser.guess("路灯损坏")] == ["1", "2", "3"]
    assert [guess.standard.code for guess in guesser.guess("护栏")] == ["4", "5"]


def test_of_two_conditions_with_the_same_words_the_one_that_says_less_else_is_likelier() -> None:
    guesser = ClassGuesser((standard("1", "路灯", "灯杆倾斜破损或缺失"), standard("2", "路灯", "不亮")))
    assert [guess.standard.code for guess in guesser.guess("路灯")] == ["2", "1"]


def test_pasting_fills_empty_fields_and_names_them() -> None:
    values, names = filled(IntakeValues(reporter_name="李某"), ORDER, {}, NOW)
    assert values.reporter_name == "李某"
    assert values.reporter_phone == "13800001234"
    assert values.happened_at == "2026-11-19 22:40"
    assert "reporter_name" not in names
    assert {"title", "address", "reporter_phone", "happened_at", "upper_number"} == set(names)


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        ("要求回复：是, 保密：是\n紧急程度：特急", (3, True, True)),
        ("是否回复：需要回复 是否保密：否\n紧急程度：紧急", (2, True, False)),
        ("是否要求回复：不需要\n是否保密：保密\n紧急程度：一般", (1, False, True)),
        ("要求回复：\n是否保密：不保密\n紧急程度：不明", (1, False, False)),
    ],
)
def test_an_order_says_how_urgent_it_is_and_what_its_caller_asks_for(
    labels: str, expected: tuple[int, bool, bool]
) -> None:
    values, names = filled(EMPTY, f"{ORDER}\n{labels}", {}, NOW)
    assert (values.urgency, values.wants_reply, values.keep_secret) == expected
    given = dict(zip(("urgency", "wants_reply", "keep_secret"), expected, strict=True))
    told = {name for name, value in given.items() if value != getattr(EMPTY, name)}
    assert {name for name in given if name in names} == told | ({"urgency"} if "：一般" in labels else set())
    chosen = IntakeValues(urgency=2, keep_secret=True)
    kept, _ = filled(chosen, f"{ORDER}\n{labels}", {}, NOW)
    assert (kept.urgency, kept.keep_secret) == (2, True), "what was chosen stays"


def test_what_a_text_filled_goes_with_it_when_another_takes_its_place() -> None:
    """Else a case would carry the telephone of the caller before."""
    first, names = filled(IntakeValues(description=ORDER, address="文化路1号"), ORDER, {}, NOW)
    before = {name: getattr(first, name) for name in names}
    added = replace(first, description=f"{ORDER}\n还漏水", reporter_name="李某")
    assert filled(added, "还漏水", before, NOW)[0] == added, "a text that was added takes nothing away"
    other, _ = filled(replace(added, description="路灯不亮"), "路灯不亮", before, NOW)
    assert other == IntakeValues("路灯不亮", other.title, address="文化路1号", reporter_name="李某")
    assert other.title != first.title


def test_of_two_communities_the_one_of_the_address_counts() -> None:
    made = empty_desk()
    grids = made.desk.reference.grids()
    told = IntakeValues(description="北山社区第三网格有人来电反映积水", address="古陌社区3号楼")
    assert look_up(made.desk, told, grids, None).grid == "371002002001"
    told = replace(told, address="古陌社区第三网格3号楼")
    assert look_up(made.desk, told, grids, None).grid == "371002002001003"
    assert look_up(made.desk, replace(told, address="古陌社区与北山社区之间"), grids, None).grid == ""
    told = IntakeValues(description="北山社区的人反映古陌社区第三网格积水")
    assert look_up(made.desk, told, grids, None).grid == ""


def test_a_draft_comes_back_as_it_was() -> None:
    values = IntakeValues(description="噪音", point="122.1, 37.5", crs="gcj02", sensitive=True)
    assert values_of(values.as_text()) == values


@pytest.mark.parametrize("text", ["", "{", "[1]", '{"urgency": "high", "unknown": 1}'])
def test_a_draft_that_cannot_be_read_is_an_empty_form(text: str) -> None:
    assert values_of(text) == EMPTY


def test_a_case_whose_source_nobody_said_does_not_count_as_one_of_the_hotline() -> None:
    values, _ = filled(EMPTY, "路灯不亮三天了，麻烦来修", {}, NOW)
    assert facts_of(values).channel == "other"


def test_choosing_a_channel_alone_keeps_no_draft() -> None:
    assert IntakeValues(channel="visit", urgency=2).as_text() == ""


def test_a_point_of_a_phone_is_moved_and_its_original_kept() -> None:
    values = IntakeValues(title="噪音", point="122.126055, 37.511142", crs="gcj02")
    point = wgs_point(values)
    assert point is not None
    assert 0.003 < 122.126055 - point[0] < 0.009
    assert facts_of(values).source_point == "gcj02 122.126055 37.511142"


@pytest.mark.parametrize(
    ("text", "crs", "code"),
    [
        ("在广场旁", "wgs84", "point.unreadable"),
        ("37.5, 222", "wgs84", "point.out_of_range"),
        ("122.1, 37.5", "", "crs.needed"),
    ],
)
def test_a_point_that_is_none_or_in_no_system_is_refused_with_a_code(text: str, crs: str, code: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        wgs_point(IntakeValues(point=text, crs=crs))
    assert caught.value.code == code


def test_a_moment_is_read_as_it_is_typed() -> None:
    assert moment_of("2026年11月19日 22:40") == datetime(2026, 11, 19, 22, 40, tzinfo=CHINA_TIME)
    assert moment_of("2026-11-19") == datetime(2026, 11, 19, tzinfo=CHINA_TIME)
    assert moment_of(" ") is None


def test_a_moment_that_is_none_is_refused_with_a_code() -> None:
    with pytest.raises(InvalidInput) as caught:
        moment_of("昨晚")
    assert caught.value.code == "time.unreadable"


def test_a_title_leaves_out_who_called_and_keeps_no_comma() -> None:
    assert headline("反映人称南苑家园楼下烧烤店夜间油烟扰民。") == "南苑家园楼下烧烤店夜间油烟扰民"
    assert headline("市民来电反映：路灯不亮") == "路灯不亮"
    assert headline("称重不准，短斤少两") == "称重不准，短斤少两"
    assert headline("反映人的车被拖走") == "反映人的车被拖走"
    for phone in ("电话13800001234", "联系电话：13800001234", "手机号是13800001234", "13800001234"):
        assert headline(f"居民反映路灯不亮，{phone}") == "路灯不亮"
    assert headline("公用电话亭玻璃破碎，电话打不通") == "公用电话亭玻璃破碎，电话打不通"
    assert headline("路" * (TITLE_FROM_TEXT - 1) + "，灯") == "路" * (TITLE_FROM_TEXT - 1)
