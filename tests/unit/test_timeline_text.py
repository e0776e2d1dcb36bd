"""The timeline in words."""

from __future__ import annotations

import re
from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any

import pytest

from gridclient.domain.calendar import CHINA_TIME
from gridclient.domain.case import CaseFacts
from gridclient.domain.handing import WITHHELD
from gridclient.domain.replacing import replace
from gridclient.domain.roles import AccountRole, Action
from gridclient.services.rows import TimelineEntry
from gridclient.services.timeline_text import line_of, lines_of, who, word_taken_back
from gridclient.services.words import EVENTS
from tests.ui.fakes.invented_desk import GRIDS, LEAD, NOW, OTHER, STANDARDS, UNITS, InventedDesk, empty_desk
from tests.ui.fakes.memory_store import MemoryReference


def lines(made: InventedDesk, case_id: str) -> list[str]:
    return lines_of(made.store.timeline(case_id), made.desk.reference)


def test_registering_names_channel_and_grid() -> None:
    made = empty_desk()
    assert lines(made, made.register("噪音", channel="12345")) == ["登记 · 12345 · 第三网格(基础)"]


def test_a_dispatch_names_units_and_deadline() -> None:
    made = empty_desk()
    line = lines(made, made.dispatched("噪音"))[-1]
    assert line.startswith("派遣 · 主办 综合行政执法中队 · 时限至 11-20 16:32")


def test_a_dispatch_to_several_tells_the_deadline_before_those_who_cooperate() -> None:
    made = empty_desk()
    case_id = made.dispatched("噪音", cooperating=["371002002-B01", "371002002-A02"])
    told = "派遣 · 主办 综合行政执法中队 · 时限至 11-20 16:32 · 协办 鲸园派出所、司法所 · 熟悉情况"
    assert lines(made, case_id)[-1] == told


def test_a_case_is_told_from_beginning_to_end_with_who_did_what_and_why() -> None:
    made = empty_desk(role=AccountRole.SHIFT_LEADER)
    case_id = made.filed("噪音", channel="110", reporter_name="张某某", reporter_phone="13800001234")
    third = "371002002-A02"
    for action, args in (
        (Action.DISPATCH, {"lead": LEAD, "cooperating": [OTHER, third], "reason": "请到场", "contact": True}),
        (Action.URGE, {"text": "请尽快"}),
        (Action.SIGN, {}),
        (Action.ESCALATE, {"reason": "需县里协调"}),
        (Action.DELEGATE, {"reason": "县里已答复"}),
        (Action.AMEND, {"address": "海港路 8 号", "sensitive": True}),
        (Action.FEED_BACK, {"result": "已劝停", "contacted": True}),
        (Action.REWORK, {"unit": LEAD, "reason": "照片看不清"}),
        (Action.FEED_BACK, {"result": "已停工"}),
        (Action.VERIFY, {"unit": LEAD, "reason": "现场已看"}),
        (Action.VERIFY, {"unit": OTHER, "release": True, "reason": "不必到场"}),
        (Action.VERIFY, {"unit": third, "release": True, "reason": "无需调解"}),
        (Action.CLOSE, {"closing_condition_met": True, "note": "反映人在场"}),
        (Action.RATE, {"rating": "fair", "text": "慢了些"}),
        (Action.REOPEN, {"reason": "夜里又施工"}),
        (Action.VOID, {"reason": "重复登记"}),
    ):
        made.act(action, case_id, **args)
    assert lines(made, case_id) == [
        "登记 · 民生110 · 第三网格(基础)",
        "立案 · 施工扰民 · 夜间施工噪音扰民 · 2紧急工作时",
        "派遣 · 主办 综合行政执法中队 · 时限至 11-20 16:32 · 协办 鲸园派出所、司法所 · 已提供联系方式 · 请到场",
        "催办 · 请尽快",
        "签收（代） · 综合行政执法中队",
        "上报上级 · 时限至 11-27 14:32 · 需县里协调",
        "下派 · 时限至 11-20 16:32 · 县里已答复",
        "修改 · 地址、敏感",
        "处置反馈（代） · 综合行政执法中队 · 已劝停 · 已联系反映人",
        "返工 · 综合行政执法中队 · 照片看不清",
        "处置反馈（代） · 综合行政执法中队 · 已停工",
        "核查通过 · 综合行政执法中队 · 现场已看",
        "协办免办 · 鲸园派出所 · 不必到场",
        "协办免办 · 司法所 · 无需调解",
        "结案 · 反映人在场",
        "评价 · 基本满意 · 慢了些",
        "重开 · 夜里又施工",
        "作废 · 重复登记",
    ]


@pytest.mark.parametrize(
    ("kind", "payload", "told"),
    [
        ("case_declined", {"reason_code": "duplicate", "reason": "见前一件"}, "不予受理 · 重复反映 · 见前一件"),
        ("case_imported", {"facts": {"channel": "visit"}}, "导入 · 来访 · 网格待定"),
        ("case_registered", {"facts": {"channel": "of a later version"}}, "登记 · 网格待定"),
        ("case_reassigned", {"assignments": [{"role": "cooperating", "unit": OTHER}]}, "改派 · 协办 鲸园派出所"),
        ("attachment_added", {"name": "近景.jpg"}, "附件 · 近景.jpg"),
        ("conflict_resolved", {"choice": "take"}, "冲突处理 · 改按后到的操作"),
        (
            "deadline_recomputed",
            {"dues": [{"stage": "handle", "unit": LEAD, "due": 0}, {"stage": "sign", "unit": OTHER, "due": 0}]},
            "时限重算 · 综合行政执法中队 时限至 1970-01-01 08:00",
        ),
        ("case_amended", {"facts": {}, WITHHELD: {"reporter_phone": "token"}}, "修改 · 电话"),
    ],
)
def test_what_the_desk_s_own_steps_do_not_show_is_told_too(kind: str, payload: dict[str, object], told: str) -> None:
    assert line_of(TimelineEntry(NOW, kind, "wang", payload, False), empty_desk().desk.reference) == told


def test_a_unit_that_its_condition_does_not_list_is_told_with_the_dispatch() -> None:
    made = empty_desk()
    assert " · 清单外 · " in lines(made, made.dispatched("噪音", unit=OTHER))[-1]


def test_a_filing_is_told_by_the_condition_of_its_day_and_by_its_code_where_nobody_knows_it() -> None:
    made = empty_desk()
    case_id = made.register("噪音", standard="C-02-01-01")
    made.act(Action.FILE, case_id)
    now = replace(STANDARDS[1], version="2", filing_condition="占道超过一小时")
    later = MemoryReference(GRIDS, UNITS, (now, *STANDARDS))
    assert lines_of(made.store.timeline(case_id), later)[-1] == "立案 · 占道经营 · 占道经营 · 1工作日"
    unknown = TimelineEntry(NOW, "case_filed", "wang", {"facts": {"standard": "C-99"}, "basis": {}}, False)
    assert line_of(unknown, later) == "立案 · C-99"


def test_a_return_names_unit_reason_and_text() -> None:
    made = empty_desk()
    case_id = made.dispatched("噪音", ago=timedelta(minutes=5))
    made.act(Action.RETURN, case_id, reason_code="not_ours", reason="属城管")
    assert lines(made, case_id)[-1] == "退回（代） · 综合行政执法中队 · 非本单位职责 · 属城管"


def test_what_was_taken_back_is_marked_and_what_took_it_back_names_it() -> None:
    made = empty_desk()
    case_id = made.dispatched("噪音", ago=timedelta(minutes=5))
    made.act(Action.RETURN, case_id, reason_code="not_ours", reason="属城管")
    made.act(Action.UNDO, case_id)
    assert lines(made, case_id)[-2:] == [
        "退回（代）（已撤销） · 综合行政执法中队 · 非本单位职责 · 属城管",
        "撤销“退回”",
    ]
    assert word_taken_back(made.store.timeline(case_id)) == "退回"
    made.act(Action.NOTE, case_id, text="已电话联系")  # somebody was quicker than the line that tells of it
    assert word_taken_back(made.store.timeline(case_id)) == "退回"


@pytest.mark.parametrize(
    "name", sorted({fact.name for fact in fields(CaseFacts)} - {"lat", "case_class", "source_point", "extra"})
)
def test_a_correction_names_what_it_changed(name: str) -> None:
    """All that a person enters; a latitude goes with its longitude."""
    entry = TimelineEntry(NOW, "case_amended", "wang", {"facts": {name: "x"}}, False)
    assert line_of(entry, empty_desk().desk.reference).startswith("修改 · ")


def test_a_correction_of_the_level_says_so() -> None:
    entry = TimelineEntry(NOW, "case_amended", "wang", {"facts": {"title": "x"}, "level": 2}, False)
    assert line_of(entry, empty_desk().desk.reference) == "修改 · 标题、层级"


def test_an_event_of_a_later_version_says_what_to_do() -> None:
    made = empty_desk()
    entry = TimelineEntry(NOW, "case_teleported", "wang", {}, False)
    assert "更新程序" in line_of(entry, made.desk.reference)


def test_a_refused_event_says_so() -> None:
    made = empty_desk()
    entry = TimelineEntry(NOW, "case_noted", "wang", {"text": "已电话联系"}, False, refused=True)
    assert line_of(entry, made.desk.reference) == "备注（未生效：与另一席位的操作冲突） · 已电话联系"


@pytest.mark.parametrize(
    ("kind", "payload"),
    [
        ("case_filed", {"facts": 7}),
        ("case_registered", {"facts": {"grid": [], "channel": {}}}),
        ("case_dispatched", {"assignments": [{"role": "lead", "due": 1e300}]}),
        ("case_dispatched", {"assignments": [{"role": "lead", "due": float("nan")}]}),
    ],
)
def test_what_cannot_be_read_still_has_its_line(kind: str, payload: dict[str, object]) -> None:
    made = empty_desk()
    assert line_of(TimelineEntry(NOW, kind, "wang", payload, False), made.desk.reference) == EVENTS[kind]


@pytest.mark.parametrize("target", [5, None, "371002001", [[]], [{}], {"seq": 1}])
def test_an_undoing_that_names_no_event_takes_nothing_back_and_the_case_is_still_told(target: object) -> None:
    made = empty_desk()
    case_id = made.register("噪音", channel="12345")
    bad = TimelineEntry(NOW, "action_undone", "wang", {"target": target}, False)
    told = lines_of([*made.store.timeline(case_id), bad], made.desk.reference)
    assert told == ["登记 · 12345 · 第三网格(基础)", "撤销"]
    assert word_taken_back([bad]) == ""


def test_every_kind_of_event_has_a_line_even_without_a_payload() -> None:
    made = empty_desk()
    for kind, word in EVENTS.items():
        told = line_of(TimelineEntry(NOW, kind, "wang", {}, False), made.desk.reference)
        assert told.removesuffix(" · 网格待定") == word


def test_who_acted_is_named_and_not_coded() -> None:
    reference = empty_desk().desk.reference
    assert [who(code, reference) for code in ("leader", LEAD, "wang", "")] == ["值班长", "综合行政执法中队", "wang", ""]


def test_two_filings_that_differ_in_their_level_only_are_told_apart() -> None:
    made = empty_desk()
    told = []
    for level in (2, 3):
        case_id = made.register("噪音")
        made.act(Action.FILE, case_id, standard="C-01-02-01", level=level)
        told.append(lines(made, case_id)[-1])
    assert [line.rpartition(" · ")[2] for line in told] == ["2级", "3级"]


def test_a_deadline_at_the_end_of_a_day_reads_as_on_the_rest_of_the_desk() -> None:
    end = int(datetime(2026, 11, 20, 23, 59, 59, tzinfo=CHINA_TIME).timestamp())
    dispatched: Any = {"assignments": [{"role": "lead", "unit": LEAD, "due": end}]}
    recomputed: Any = {"dues": [{"stage": "handle", "unit": LEAD, "due": end}]}
    told = {
        "case_dispatched": dispatched,
        "case_delegated": {"clocks": [{"due": end}]},
        "deadline_recomputed": recomputed,
    }
    reference = empty_desk().desk.reference
    for kind, payload in told.items():
        assert "11-20 24:00" in line_of(TimelineEntry(NOW, kind, "wang", payload, False), reference)


def test_a_filing_after_a_change_of_level_tells_no_limit_that_is_not_used() -> None:
    made = empty_desk()
    case_id = made.register("积水", standard="C-02-01-01")
    made.act(Action.DELEGATE, case_id, reason="村里能办")
    made.act(Action.FILE, case_id)
    assert lines(made, case_id)[-1] == "立案 · 占道经营 · 占道经营 · 时限按层级"
    made.act(Action.UNDO, case_id)
    made.act(Action.ESCALATE, case_id, reason="村里办不了")
    made.act(Action.FILE, case_id)
    assert lines(made, case_id)[-1] == "立案 · 占道经营 · 占道经营 · 1工作日"


def test_a_change_of_level_tells_the_deadline_of_the_unit_that_has_the_case_in_hand() -> None:
    made = empty_desk()
    case_id = made.handling("积水")
    made.act(Action.DELEGATE, case_id, reason="村里能办")
    assert re.fullmatch(r"下派 · 时限至 \d\d-\d\d \d\d:\d\d · 村里能办", lines(made, case_id)[-1])
