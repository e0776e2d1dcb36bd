"""A contention in words: what was done, whose it is, what differs, what the buttons say; no widgets."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from gridclient.domain.calendar import CHINA_TIME
from gridclient.domain.events import to_seconds
from gridclient.domain.roles import Action
from gridclient.services.rows import Box, CaseFilter, Sort, TimelineEntry
from gridclient.ui.sync.contended import KEEP, TAKE, FieldLine, Sheet, load
from gridclient.ui.sync.deeds import deed_words
from tests.ui.fakes.invented_desk import LEAD, NOW, OTHER, UNITS, InventedDesk, empty_desk
from tests.ui.sync.contended_desk import arrives, contended_desk, dispatched_twice, given_to


def only_sheet(invented: InventedDesk, case_id: str) -> Sheet:
    (sheet,) = load(invented.desk, case_id)
    return sheet


def line(sheet: Sheet, name: str) -> FieldLine:
    return next(field for field in sheet.fields if field.name == name)


def entry(kind: str, **payload: Any) -> TimelineEntry:
    return TimelineEntry(NOW, kind, "wang", payload, False)


def test_the_invented_contentions_are_in_their_box() -> None:
    rows = contended_desk().desk.queries.page(CaseFilter(box=Box.CONFLICT), Sort()).rows
    assert {row.title for row in rows} == {"夜间施工噪音扰民", "窨井盖缺失", "占道经营"}


def test_two_dispatches_read_as_two_units() -> None:
    invented = empty_desk()
    sheet = only_sheet(invented, dispatched_twice(invented, "噪音"))
    assert sheet.first.choice == "保持派遣给“综合行政执法中队”"
    assert sheet.later.choice == "改为派遣给“鲸园派出所”"
    assert (sheet.side(KEEP), sheet.side(TAKE)) == (sheet.first, sheet.later)
    assert sheet.first.outcome == "案件为：待签收 · 综合行政执法中队 · 时限 今日 16:27"
    assert sheet.later.outcome == "案件为：待签收 · 鲸园派出所"  # its payload names no clock


def test_two_choices_that_leave_state_unit_and_deadline_alike_say_what_else_is_different() -> None:
    invented = empty_desk()
    case_id = invented.filed("公厕脏污", ago=timedelta(minutes=20))
    payload = invented.store.events[case_id][-1].payload
    arrives(invented, case_id, "case_filed", {**payload, "level": 2}, first=False)
    sheet = only_sheet(invented, case_id)
    same = sheet.first.outcome.removesuffix(" · 层级 3级")
    assert (sheet.first.outcome, sheet.later.outcome) == (f"{same} · 层级 3级", f"{same} · 层级 2级")


@pytest.mark.parametrize(("first", "owners"), [(False, ("本席位", "对方席位")), (True, ("对方席位", "本席位"))])
def test_each_side_says_whose_it_is(first: bool, owners: tuple[str, str]) -> None:
    invented = empty_desk()
    sheet = only_sheet(invented, dispatched_twice(invented, "噪音", first=first))
    assert (sheet.first.owner, sheet.later.owner) == owners
    assert sheet.first.mine is not sheet.later.mine


def test_what_was_done_by_whom_and_when() -> None:
    invented = empty_desk()
    sheet = only_sheet(invented, dispatched_twice(invented, "噪音"))
    assert [deed.text.split(" · ")[0] for deed in sheet.base.deeds] == ["登记", "立案"]
    (first,), (later,) = sheet.first.deeds, sheet.later.deeds
    assert (first.when, first.actor) == ("14:27", "wang")
    assert (later.when, later.actor) == ("14:29", "li")
    assert "综合行政执法中队" in first.text and "鲸园派出所" in later.text


def test_a_unit_that_only_returned_the_case_does_not_cooperate() -> None:
    invented = empty_desk()
    case_id = invented.dispatched("噪音", ago=timedelta(minutes=30), unit=LEAD)
    invented.act(Action.RETURN, case_id, ago=timedelta(minutes=20), reason_code="not_ours", reason="不属本中队")
    invented.act(Action.DISPATCH, case_id, ago=timedelta(minutes=5), lead=OTHER, reason="熟悉情况")
    arrives(invented, case_id, "case_dispatched", given_to(UNITS[2].code), first=False)
    together = line(only_sheet(invented, case_id), "协办单位")
    assert (together.base, together.first, together.later) == ("—", "—", "—")


def test_an_account_of_a_unit_is_shown_by_the_units_name() -> None:
    invented = empty_desk()
    case_id = invented.dispatched("噪音", unit=LEAD)
    invented.act(Action.RETURN, case_id, reason_code="not_ours", reason="不属本中队")
    arrives(invented, case_id, "case_signed", {"unit": LEAD}, first=False, actor=LEAD)
    assert only_sheet(invented, case_id).later.deeds[0].actor == "综合行政执法中队"


def test_a_first_account_is_shown_by_its_name() -> None:
    invented = empty_desk()
    case_id = invented.dispatched("噪音", unit=LEAD)
    invented.act(Action.RETURN, case_id, reason_code="not_ours", reason="不属本中队")
    arrives(invented, case_id, "case_signed", {"unit": LEAD}, first=False, actor="operator")
    assert only_sheet(invented, case_id).later.deeds[0].actor == "受理派遣员"


def test_fields_that_differ_are_told_apart_from_those_that_agree() -> None:
    invented = empty_desk()
    sheet = only_sheet(invented, dispatched_twice(invented, "噪音"))
    assert [field.name for field in sheet.fields] == ["状态", "主办单位", "协办单位", "层级", "时限"]
    assert {field.name for field in sheet.fields if field.differs} == {"主办单位", "时限"}
    assert line(sheet, "主办单位") == FieldLine("主办单位", "—", "综合行政执法中队（待签收）", "鲸园派出所（待签收）")
    assert line(sheet, "状态").base == "待派遣"


def test_facts_that_differ_are_shown_and_people_are_masked() -> None:
    invented = empty_desk()
    case_id = invented.filed("路灯", reporter_phone="13800001234")
    invented.act(Action.AMEND, case_id, title="路灯半亮", reporter_phone="13900005678")
    arrives(invented, case_id, "case_amended", {"facts": {"title": "路灯全灭"}}, first=False)
    sheet = only_sheet(invented, case_id)
    assert line(sheet, "标题") == FieldLine("标题", "路灯", "路灯半亮", "路灯全灭")
    assert line(sheet, "电话").first == "139****5678"
    assert sheet.later.choice == "改为标题写作“路灯全灭”"
    assert sheet.first.choice == "保持修改后的标题、电话"
    assert not [field for field in sheet.fields if field.name == "描述"]


def test_when_it_happened_is_told_as_a_time() -> None:
    invented = empty_desk()
    case_id = invented.filed("路灯")
    at = [to_seconds(datetime(2026, 11, 20, hour, 30, tzinfo=CHINA_TIME)) for hour in (8, 9)]
    invented.act(Action.AMEND, case_id, happened_at=at[0])
    arrives(invented, case_id, "case_amended", {"facts": {"happened_at": at[1]}}, first=False)
    sheet = only_sheet(invented, case_id)
    assert line(sheet, "发生时间") == FieldLine("发生时间", "—", "2026-11-20 08:30", "2026-11-20 09:30")
    assert sheet.later.choice == "改为发生时间写作“2026-11-20 09:30”"


def test_numbers_of_people_in_words_are_masked_as_elsewhere() -> None:
    """Titles, descriptions and results are typed from what people say; the case itself shows them on demand."""
    invented = empty_desk()
    told = "张家院墙倒塌，找13800001234"
    case_id = invented.dispatched(told, unit=LEAD, description=told)
    invented.act(Action.AMEND, case_id, title="院墙，13900005678")
    arrives(invented, case_id, "case_amended", {"facts": {"title": told, "description": "李13700009999"}}, first=False)
    arrives(invented, case_id, "case_noted", {"text": "已告知13600008888"}, first=False, missed=2)
    shown = repr(only_sheet(invented, case_id))
    for number in ("13800001234", "13900005678", "13700009999", "13600008888"):
        assert number not in shown and f"{number[:3]}****{number[-4:]}" in shown


def test_a_choice_that_brings_a_void_case_back_says_so() -> None:
    invented = empty_desk()
    case_id = invented.filed("路灯")
    invented.act(Action.AMEND, case_id, title="路灯全灭")
    arrives(invented, case_id, "case_voided", {"reason": "误报"}, first=True)
    assert only_sheet(invented, case_id).later.choice == "改为标题写作“路灯全灭”，“作废”随之撤回"


def test_a_case_that_somebody_chose_meanwhile_has_no_sheet() -> None:
    invented = empty_desk()
    case_id = dispatched_twice(invented, "噪音")
    invented.act(Action.RESOLVE, case_id, choice=KEEP, target=only_sheet(invented, case_id).target)
    assert load(invented.desk, case_id) == ()


@pytest.mark.parametrize(
    ("entries", "words"),
    [
        ([entry("case_reassigned", **given_to(OTHER))], "派给“鲸园派出所”（改派）"),
        ([entry("case_signed", unit=LEAD)], "“综合行政执法中队”签收"),
        (
            [entry("case_signed", unit=LEAD), entry("case_fed_back", unit=LEAD, result="好")],
            "“综合行政执法中队”签收、反馈处置结果",
        ),
        (
            [entry("case_signed", unit=LEAD), entry("case_signed", unit=OTHER)],
            "“综合行政执法中队”签收、“鲸园派出所”签收",
        ),
        ([entry("case_verified"), entry("case_closed"), entry("case_rated", rating="satisfied")], "核查通过、结案等"),
        ([entry("case_closed"), entry("case_noted", text="已电话告知")], "结案"),
        ([entry("case_voided", reason="误报")], "作废"),
        ([entry("case_amended", facts={"urgency": 3})], "紧急程度写作“特急”"),
        ([entry("case_amended", facts={"grid": "371002002001003"})], "网格写作“第三网格(基础)”"),
        ([entry("case_amended", facts={}, level=2)], "修改后的层级"),
        ([entry("conflict_resolved", choice="take")], "上次冲突里选的“改按后到的操作”"),
        ([entry("case_of_a_newer_version")], "case_of_a_newer_version"),
    ],
)
def test_buttons_say_what_was_done(entries: list[TimelineEntry], words: str) -> None:
    assert deed_words(entries, empty_desk().desk.reference, {}) == words


def test_what_was_done_and_taken_back_is_said_to_be_as_it_was() -> None:
    """An undo waits for a choice where another deed came and went."""
    invented = empty_desk()
    case_id = invented.filed("噪音")
    arrives(invented, case_id, "case_dispatched", given_to(OTHER), first=False, missed=0)
    dispatch = invented.store.log[-1].key
    invented.act(Action.SIGN, case_id, unit=OTHER)
    invented.desk.act(Action.UNDO, case_id)
    arrives(invented, case_id, "action_undone", {"target": list(dispatch)}, first=False, missed=2)
    (sheet,) = load(invented.desk, case_id)
    assert sheet.first.choice == "保持原样（所做的已撤销）"
    assert sheet.later.choice.startswith("改为")


def test_a_side_that_undid_several_steps_names_them() -> None:
    invented = empty_desk()
    case_id = invented.dispatched("噪音")
    invented.act(Action.NOTE, case_id, text="已电话通知")
    for _ in range(2):
        invented.desk.act(Action.UNDO, case_id)
    arrives(invented, case_id, "case_signed", {"unit": LEAD}, first=False, missed=2)
    sheet = only_sheet(invented, case_id)
    assert [deed.text for deed in sheet.first.deeds] == ["撤销“备注”", "撤销“派遣”"]
    assert sheet.first.choice == "保持撤销“备注”、撤销“派遣”"


def test_every_sheet_can_be_read_at_any_time_of_day() -> None:
    invented = contended_desk()
    invented.clock.at = (NOW + timedelta(days=40)).astimezone(CHINA_TIME)
    rows = invented.desk.queries.page(CaseFilter(box=Box.CONFLICT), Sort()).rows
    assert rows
    for row in rows:
        for sheet in load(invented.desk, row.id):
            assert sheet.first.choice.startswith("保持") and sheet.later.choice.startswith("改为")
            assert any(field.differs for field in sheet.fields)
