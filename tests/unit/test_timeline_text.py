"""The timeline in words."""

from __future__ import annotations

from dataclasses import fields
from datetime import timedelta

import pytest

from gridclient.domain.case import CaseFacts
from gridclient.domain.roles import Action
from gridclient.services.rows import TimelineEntry
from gridclient.services.timeline_text import line_of, lines_of, who, word_taken_back
from gridclient.services.words import EVENTS
from tests.ui.fakes.invented_desk import LEAD, NOW, InventedDesk, empty_desk


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
        assert line_of(TimelineEntry(NOW, kind, "wang", {}, False), made.desk.reference).startswith(word)


def test_who_acted_is_named_and_not_coded() -> None:
    reference = empty_desk().desk.reference
    assert [who(code, reference) for code in ("leader", LEAD, "wang", "")] == ["值班长", "综合行政执法中队", "wang", ""]
