"""What an action's event carries besides its kind: what was typed, the clocks that it starts, and what is refused."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from gridclient.domain.case import Assignment, AssignmentState
from gridclient.domain.errors import NotFound, RuleViolation
from gridclient.domain.events import EventKey, to_seconds
from gridclient.domain.replacing import replace
from gridclient.domain.roles import AccountRole, Action, Actor
from gridclient.services.drafting import Situation, draft_for
from tests.ui.fakes.invented_desk import GRIDS, LEAD, NOW, OTHER, STANDARDS, UNITS, InventedDesk, empty_desk
from tests.ui.fakes.memory_store import MemoryReference

WANG = Actor("wang", AccountRole.OPERATOR)
HELPER = Actor("team", AccountRole.UNIT, OTHER)


def event_of(made: InventedDesk, case_id: str, action: Action, actor: Actor = WANG, **args: Any) -> dict[str, Any]:
    return draft_for(action, Situation(made.store.case(case_id), args, actor, NOW, made.desk.reference))[1]


def clocks(payload: dict[str, Any]) -> list[tuple[str, str, timedelta]]:
    """Stage, unit and time from now until due of each clock that the event starts."""
    now = to_seconds(NOW)
    return [(c["stage"], c["unit"], timedelta(seconds=c["due"] - now)) for c in payload.get("clocks", ())]


@pytest.mark.parametrize(
    ("action", "typed"),
    [
        (Action.DECLINE, {"reason_code": "out_of_scope", "reason": "在邻镇"}),
        (Action.RETURN, {"reason_code": "not_ours", "reason": "不属"}),
        (Action.ESCALATE, {"reason": "需县级协调"}),
        (Action.DELEGATE, {"reason": "县级已协调"}),
        (Action.URGE, {"text": "尽快", "unit": LEAD}),
        (Action.FEED_BACK, {"result": "已清理", "contacted": True, "public_reply": "已处理"}),
        (Action.FEED_BACK, {"result": "已清理", "contacted": False, "public_reply": ""}),
        (Action.VERIFY, {"unit": LEAD, "reason": "照片相符"}),
        (Action.REWORK, {"unit": LEAD, "reason": "照片不符"}),
        (Action.CLOSE, {"closing_condition_met": True, "note": "居民满意"}),
        (Action.REOPEN, {"reason": "复发"}),
        (Action.VOID, {"reason": "误报"}),
        (Action.RATE, {"rating": "satisfied", "text": "很快"}),
        (Action.NOTE, {"text": "已电话通知"}),
        (Action.ATTACH, {"sha256": "ab", "name": "处置前.jpg", "kind": "before", "size": 7}),
        (Action.RESOLVE, {"target": ["t:371002002", "b", 1, 9], "choice": "keep"}),
    ],
)
def test_what_was_typed_stands_in_the_event(action: Action, typed: dict[str, Any]) -> None:
    made = empty_desk()
    payload = event_of(made, made.dispatched("噪音"), action, **typed)
    assert typed.items() <= payload.items()


def test_a_filing_starts_the_clock_of_dispatch_and_names_the_condition_that_justified_it() -> None:
    made = empty_desk()
    payload = event_of(made, made.register("噪音"), Action.FILE, standard="C-01-02-01")
    assert clocks(payload) == [("dispatch", "", timedelta(minutes=15))]
    assert payload["basis"] == {"standard": "C-01-02-01", "version": "1"}


def test_a_dispatch_gives_each_unit_its_clocks_of_handling_and_signing() -> None:
    made = empty_desk()
    payload = event_of(made, made.filed("噪音"), Action.DISPATCH, lead=LEAD, cooperating=[OTHER])
    two_hours, one = timedelta(hours=2), timedelta(hours=1)
    assert clocks(payload) == [
        ("handle", LEAD, two_hours),
        ("handle", OTHER, two_hours),
        ("sign", LEAD, one),
        ("sign", OTHER, one),
    ]


@pytest.mark.parametrize(("missing", "stage"), [("", "dispatch"), ("grid", "accept"), ("standard", "accept")])
def test_a_reopened_case_waits_for_dispatch_or_where_it_was_never_filed_to_be_accepted(
    missing: str, stage: str
) -> None:
    made = empty_desk()
    case = made.store.case(made.handled("噪音"))
    if missing:
        case = replace(case, facts=replace(case.facts, **{missing: ""}))
    _, payload = draft_for(Action.REOPEN, Situation(case, {"reason": "复发"}, WANG, NOW, made.desk.reference))
    assert clocks(payload) == [(stage, "", timedelta(minutes=15))]


@pytest.mark.parametrize(("unit", "started"), [(LEAD, [("dispatch", "", timedelta(minutes=15))]), (OTHER, [])])
def test_only_the_leads_return_puts_the_case_back_under_the_clock_of_dispatch(unit: str, started: list[Any]) -> None:
    made = empty_desk()
    case_id = made.dispatched("噪音", cooperating=(OTHER,))
    assert clocks(event_of(made, case_id, Action.RETURN, unit=unit)) == started


def test_a_level_moved_while_the_case_is_at_the_desk_starts_no_units_clock() -> None:
    made = empty_desk()
    case_id = made.dispatched("噪音")
    assert [stage for stage, _, _ in clocks(event_of(made, case_id, Action.ESCALATE))] == ["handle"]
    made.act(Action.RETURN, case_id, reason_code="not_ours", reason="不属")
    assert clocks(event_of(made, case_id, Action.ESCALATE)) == []


def test_a_level_without_a_limit_of_its_own_leaves_the_units_clock() -> None:
    made = empty_desk()
    case_id = made.dispatched("噪音")
    reference = MemoryReference(GRIDS, UNITS, STANDARDS)
    reference.settings = {name: text for name, text in reference.settings.items() if name != "limit.level.4"}
    _, payload = draft_for(Action.ESCALATE, Situation(made.store.case(case_id), {}, WANG, NOW, reference))
    assert clocks(payload) == []


def test_a_unit_out_of_use_gets_no_case() -> None:
    made = empty_desk()
    case_id = made.filed("噪音")
    gone = MemoryReference(GRIDS, (replace(UNITS[0], status="inactive"), *UNITS[1:]), STANDARDS)
    with pytest.raises(RuleViolation, match=r"unit\.inactive"):
        draft_for(Action.DISPATCH, Situation(made.store.case(case_id), {"lead": LEAD}, WANG, NOW, gone))


def test_nothing_is_against_a_list_that_names_nobody() -> None:
    made = empty_desk()
    case_id = made.filed("噪音")
    silent = MemoryReference(GRIDS, UNITS, (replace(STANDARDS[0], units=()),))
    _, payload = draft_for(Action.DISPATCH, Situation(made.store.case(case_id), {"lead": OTHER}, WANG, NOW, silent))
    assert not payload["against_list"]


@pytest.mark.parametrize("state", [AssignmentState.VERIFIED, AssignmentState.RELEASED])
def test_a_cooperating_unit_that_was_done_begins_anew_when_it_is_named_again(state: AssignmentState) -> None:
    made = empty_desk()
    case = made.store.case(made.dispatched("噪音", ago=timedelta(minutes=90), cooperating=(OTHER,)))

    def done(part: Assignment) -> Assignment:
        return replace(part, state=state) if part.unit == OTHER else part

    case = replace(case, assignments=tuple(done(part) for part in case.assignments))
    args = {"lead": LEAD, "cooperating": [OTHER], "reason": "再派"}
    _, payload = draft_for(Action.REASSIGN, Situation(case, args, WANG, NOW, made.desk.reference))
    left = {part["unit"]: part["due"] - to_seconds(NOW) for part in payload["assignments"]}
    assert left == {LEAD: 30 * 60, OTHER: 2 * 3600}


def test_units_whose_time_was_over_keep_each_its_own_last_limit() -> None:
    made = empty_desk()
    case_id = made.dispatched("噪音", ago=timedelta(hours=9), cooperating=(OTHER,))
    made.act(Action.ESCALATE, case_id, ago=timedelta(hours=8), reason="需县级协调")
    made.act(Action.DELEGATE, case_id, ago=timedelta(hours=5), reason="县级已协调")
    payload = event_of(made, case_id, Action.REASSIGN, lead=LEAD, cooperating=[OTHER], reason="再派")
    left = {part["unit"]: timedelta(seconds=part["due"] - to_seconds(NOW)) for part in payload["assignments"]}
    assert left == {LEAD: -timedelta(hours=3), OTHER: -timedelta(hours=7)}


@pytest.mark.parametrize("action", [Action.AMEND, Action.FILE])
def test_what_happened_lies_not_ahead(action: Action) -> None:
    made = empty_desk()
    case_id = made.register("噪音")
    drift = to_seconds(NOW + timedelta(minutes=5))
    assert event_of(made, case_id, action, happened_at=drift)["facts"]["happened_at"] == drift, "clocks differ"
    with pytest.raises(RuleViolation, match=r"time\.ahead"):
        event_of(made, case_id, action, happened_at=drift + 1)


def test_a_level_alone_is_a_change() -> None:
    made = empty_desk()
    assert event_of(made, made.register("噪音"), Action.AMEND, level=2) == {"facts": {}, "level": 2}


def test_a_step_is_of_the_unit_whose_account_takes_it_and_of_the_lead_where_the_desk_names_none() -> None:
    made = empty_desk()
    case_id = made.dispatched("噪音", cooperating=(OTHER,))
    assert event_of(made, case_id, Action.SIGN, HELPER)["unit"] == OTHER
    assert event_of(made, case_id, Action.SIGN, unit="")["unit"] == LEAD


@pytest.mark.parametrize("action", [Action.NOTE, Action.ATTACH])
def test_a_unit_adds_nothing_to_a_case_that_it_was_not_given(action: Action) -> None:
    made = empty_desk()
    with pytest.raises(RuleViolation, match=r"case\.unit_not_assigned"):
        event_of(made, made.dispatched("噪音"), action, HELPER, text="记", sha256="ab")


def test_a_choice_may_name_its_contention_as_the_command_line_shows_it() -> None:
    made = empty_desk()
    case_id, key = made.filed("噪音"), EventKey("t:371002002", "b", 1, 9)
    assert event_of(made, case_id, Action.RESOLVE, target=str(key), choice="keep")["target"] == list(key)
    with pytest.raises(RuleViolation, match=r"conflict\.unknown"):
        event_of(made, case_id, Action.RESOLVE, target="9", choice="keep")


def test_a_grid_that_there_is_not_is_refused_and_no_grid_is_none() -> None:
    made = empty_desk()
    case_id = made.register("噪音")
    assert event_of(made, case_id, Action.AMEND, grid="")["facts"] == {"grid": ""}
    with pytest.raises(NotFound, match=r"grid\.unknown"):
        event_of(made, case_id, Action.AMEND, grid="371002002009009")
