"""What the event of each action says."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from gridclient.domain.case import CaseState
from gridclient.domain.errors import InvalidInput, NotFound, RuleViolation
from gridclient.domain.events import EventKind, to_seconds
from gridclient.domain.roles import AccountRole, Action, Actor
from gridclient.services.drafting import Draft, Situation, draft_for
from tests.ui.fakes.invented_desk import LEAD, NOW, OTHER, UNITS, InventedDesk, empty_desk

WANG = Actor("wang", AccountRole.OPERATOR)


def drafted(made: InventedDesk, case_id: str, action: Action, *, actor: Actor = WANG, **args: Any) -> Draft:
    return draft_for(action, Situation(made.store.case(case_id), args, actor, NOW, made.desk.reference))


def test_a_dispatch_writes_deadlines_and_basis_into_the_event() -> None:
    made = empty_desk()
    kind, payload = drafted(made, made.filed("噪音"), Action.DISPATCH, lead=LEAD, cooperating=[OTHER])
    assert kind is EventKind.DISPATCHED
    assert [part["unit"] for part in payload["assignments"]] == [LEAD, OTHER]
    assert payload["assignments"][0]["due"] == to_seconds(NOW + timedelta(hours=2))
    assert payload["basis"] == {"standard": "C-01-02-01", "version": "1"}
    assert not payload["against_list"]


def test_a_lead_that_the_list_does_not_name_is_marked() -> None:
    made = empty_desk()
    _, payload = drafted(made, made.filed("噪音"), Action.DISPATCH, lead=UNITS[2].code, reason="熟悉")
    assert payload["against_list"]


def test_the_same_unit_again_goes_on_with_the_time_it_had_left() -> None:
    made = empty_desk()
    case_id = made.dispatched("噪音", ago=timedelta(minutes=90))
    made.act(Action.RETURN, case_id, ago=timedelta(minutes=30), reason_code="not_ours", reason="不属")
    _, again = drafted(made, case_id, Action.DISPATCH, lead=LEAD)
    _, other = drafted(made, case_id, Action.DISPATCH, lead=OTHER, reason="熟悉")
    assert again["assignments"][0]["due"] == to_seconds(NOW + timedelta(minutes=60))
    assert other["assignments"][0]["due"] == to_seconds(NOW + timedelta(hours=2))


@pytest.mark.parametrize("returned", [False, True])
def test_a_unit_whose_time_was_over_gets_none_by_being_given_the_case_again(returned: bool) -> None:
    made = empty_desk()
    case_id = made.dispatched("噪音", ago=timedelta(hours=5))
    due = made.store.case(case_id).assignments[0].due
    assert due == NOW - timedelta(hours=3)
    if returned:
        made.act(Action.RETURN, case_id, ago=timedelta(hours=1), reason_code="not_ours", reason="不属")
    action = Action.DISPATCH if returned else Action.REASSIGN
    _, again = drafted(made, case_id, action, lead=LEAD, reason="再办")
    assert again["assignments"][0]["due"] == to_seconds(due)
    handling = next(clock for clock in again["clocks"] if clock["stage"] == "handle")
    assert (handling["due"], handling["started"]) == (to_seconds(due), to_seconds(NOW - timedelta(hours=5)))
    made.act(action, case_id, lead=LEAD, reason="再办")
    assert made.store.case(case_id).assignments[-1].due == due
    _, other = drafted(made, case_id, Action.REASSIGN, lead=OTHER, reason="换人")
    assert other["assignments"][0]["due"] > to_seconds(NOW)


@pytest.mark.parametrize(
    ("args", "code"), [({"lead": "X"}, "unit.unknown"), ({"lead": LEAD, "cooperating": ["X"]}, "unit.unknown")]
)
def test_an_unknown_unit_is_refused(args: dict[str, Any], code: str) -> None:
    made = empty_desk()
    with pytest.raises(NotFound) as caught:
        drafted(made, made.filed("噪音"), Action.DISPATCH, **args)
    assert caught.value.code == code


def test_what_the_desk_does_for_a_unit_is_marked() -> None:
    made = empty_desk()
    case_id = made.dispatched("噪音")
    _, by_desk = drafted(made, case_id, Action.SIGN)
    _, by_unit = drafted(made, case_id, Action.SIGN, actor=Actor("team", AccountRole.UNIT, LEAD))
    assert (by_desk["unit"], by_desk.get("on_behalf")) == (LEAD, True)
    assert (by_unit["unit"], by_unit.get("on_behalf")) == (LEAD, None)


def test_a_unit_speaks_for_itself_only() -> None:
    made = empty_desk()
    with pytest.raises(RuleViolation) as caught:
        drafted(made, made.dispatched("噪音"), Action.SIGN, actor=Actor("team", AccountRole.UNIT, OTHER), unit=LEAD)
    assert caught.value.code == "role.other_unit"


def test_filing_takes_the_class_from_the_standard() -> None:
    made = empty_desk()
    _, payload = drafted(made, made.register("噪音"), Action.FILE, standard="C-01-02-01")
    assert payload["facts"]["case_class"] == "施工管理 施工扰民"


@pytest.mark.parametrize("args", [{"standard": "X"}, {"grid": "X"}])
def test_filing_under_what_does_not_exist_is_refused(args: dict[str, Any]) -> None:
    made = empty_desk()
    with pytest.raises(NotFound):
        drafted(made, made.register("噪音"), Action.FILE, **args)


def test_a_filing_names_a_grid_that_there_is() -> None:
    made = empty_desk()
    case_id, known = made.register("噪音"), "371002002001001"
    assert drafted(made, case_id, Action.FILE, grid=known)[1]["facts"] == {"grid": known}
    with pytest.raises(NotFound, match=r"grid\.unknown"):
        drafted(made, case_id, Action.FILE, grid="371002002009009")


def test_an_amendment_without_a_change_is_refused() -> None:
    made = empty_desk()
    with pytest.raises(RuleViolation) as caught:
        drafted(made, made.register("噪音"), Action.AMEND)
    assert caught.value.code == "case.nothing_changed"


@pytest.mark.parametrize(
    ("args", "kind"),
    [
        ({}, EventKind.VERIFIED),
        ({"release": True, "unit": OTHER, "reason": "不再需要"}, EventKind.RELEASED),
    ],
)
def test_a_check_verifies_or_releases(args: dict[str, Any], kind: EventKind) -> None:
    made = empty_desk()
    assert drafted(made, made.handled("噪音"), Action.VERIFY, **args)[0] is kind


@pytest.mark.parametrize("level", [0, 5, 9, -3, 300])
@pytest.mark.parametrize(("action", "stage"), [(Action.AMEND, "filed"), (Action.FILE, "register")])
def test_a_level_that_is_none_is_refused(action: Action, stage: str, level: int) -> None:
    made = empty_desk()
    case_id = getattr(made, stage)("噪音")
    before = made.store.case(case_id)
    with pytest.raises(RuleViolation, match=r"case\.no_such_level"):
        made.act(action, case_id, level=level, standard="C-01-02-01")
    assert made.store.case(case_id) == before


@pytest.mark.parametrize("action", [Action.AMEND, Action.FILE])
def test_a_title_is_not_taken_away(action: Action) -> None:
    made = empty_desk()
    with pytest.raises(RuleViolation, match=r"case\.title_missing"):
        drafted(made, made.register("噪音"), action, title="  ", standard="C-01-02-01")


@pytest.mark.parametrize(
    ("action", "name"), [(Action.DECLINE, "reason_code"), (Action.RETURN, "reason_code"), (Action.RATE, "rating")]
)
def test_a_code_that_is_on_no_list_is_refused_with_those_that_are(action: Action, name: str) -> None:
    made = empty_desk()
    with pytest.raises(InvalidInput) as caught:
        draft_with(made, action, name, "随便写")
    known = caught.value.params["known"]
    assert caught.value.code == "arguments.no_such_choice" and isinstance(known, list)
    for code in known:
        assert draft_with(made, action, name, code.partition("（")[0])


def draft_with(made: InventedDesk, action: Action, name: str, value: str) -> Draft:
    args: dict[str, Any] = {name: value, "reason": "x"}
    return drafted(made, made.dispatched("噪音"), action, **args)


def test_a_case_closes_only_when_its_condition_was_said_to_be_met() -> None:
    made = empty_desk()
    case_id = made.handled("噪音")
    made.act(Action.VERIFY, case_id)
    with pytest.raises(RuleViolation, match=r"case\.closing_condition_open"):
        made.act(Action.CLOSE, case_id)
    made.act(Action.CLOSE, case_id, closing_condition_met=True)
    assert made.store.case(case_id).state is CaseState.CLOSED


def dues(made: InventedDesk, case_id: str) -> list[timedelta]:
    """From now until the case, its lead's part and the cooperating unit's are due."""
    case = made.store.case(case_id)
    parts = [part.due for unit in (LEAD, OTHER) if (part := case.assignment_of(unit)) is not None]
    return [due - NOW for due in (case.due or NOW, *parts)]


def test_the_county_level_has_its_own_limit_and_back_again_the_conditions_holds() -> None:
    made = empty_desk()
    case_id = made.handling("噪音", ago=timedelta(hours=1), cooperating=(OTHER,))
    own, theirs = timedelta(hours=2), timedelta(hours=1)
    made.act(Action.ESCALATE, case_id, reason="需县级协调")
    assert dues(made, case_id) == [timedelta(days=7), timedelta(days=7), theirs]
    made.act(Action.DELEGATE, case_id, reason="县级已协调")
    assert dues(made, case_id) == [own, own, theirs]


def test_a_case_given_out_anew_keeps_its_levels_limit() -> None:
    made = empty_desk()
    case_id = made.handling("噪音", ago=timedelta(hours=1), cooperating=(OTHER,))
    made.act(Action.ESCALATE, case_id, reason="需县级协调")
    made.act(Action.RETURN, case_id, reason_code="not_ours", reason="不属")
    for lead in (LEAD, UNITS[2].code):
        _, payload = drafted(made, case_id, Action.DISPATCH, lead=lead, reason="熟悉")
        assert payload["assignments"][0]["due"] == to_seconds(NOW + timedelta(days=7))


def test_a_level_moved_at_the_desk_gives_the_unit_that_returned_the_case_the_levels_limit() -> None:
    made = empty_desk()
    case_id = made.handling("噪音", ago=timedelta(hours=1), cooperating=(OTHER,))
    made.act(Action.RETURN, case_id, unit=OTHER, reason_code="not_ours", reason="不属")
    made.act(Action.RETURN, case_id, unit=LEAD, reason_code="not_ours", reason="不属")
    made.act(Action.ESCALATE, case_id, reason="需县级协调")
    _, payload = drafted(made, case_id, Action.DISPATCH, lead=LEAD, cooperating=[OTHER])
    dues = [part["due"] for part in payload["assignments"]]
    assert dues == [to_seconds(NOW + timedelta(days=7)), to_seconds(NOW + timedelta(hours=1))]


KINDS = {
    Action.FILE: EventKind.FILED,
    Action.DECLINE: EventKind.DECLINED,
    Action.DISPATCH: EventKind.DISPATCHED,
    Action.SIGN: EventKind.SIGNED,
    Action.RETURN: EventKind.RETURNED,
    Action.REASSIGN: EventKind.REASSIGNED,
    Action.ESCALATE: EventKind.ESCALATED,
    Action.DELEGATE: EventKind.DELEGATED,
    Action.URGE: EventKind.URGED,
    Action.FEED_BACK: EventKind.FED_BACK,
    Action.VERIFY: EventKind.VERIFIED,
    Action.REWORK: EventKind.REWORKED,
    Action.CLOSE: EventKind.CLOSED,
    Action.REOPEN: EventKind.REOPENED,
    Action.VOID: EventKind.VOIDED,
    Action.RATE: EventKind.RATED,
    Action.AMEND: EventKind.AMENDED,
    Action.NOTE: EventKind.NOTED,
    Action.ATTACH: EventKind.ATTACHED,
    Action.UNDO: EventKind.UNDONE,
    Action.RESOLVE: EventKind.RESOLVED,
}


@pytest.mark.parametrize("action", Action)
def test_every_action_leaves_its_own_event(action: Action) -> None:
    made = empty_desk()
    kind, _ = drafted(made, made.dispatched("噪音"), action, lead=LEAD, title="噪音")
    assert kind is KINDS[action]


@pytest.mark.parametrize("action", [Action.DISPATCH, Action.REASSIGN])
@pytest.mark.parametrize("ticked", [True, False])
def test_the_contact_goes_along_only_where_it_is_ticked(action: Action, ticked: bool) -> None:
    made = empty_desk()
    reporter: dict[str, Any] = {"reporter_name": "钱某某", "reporter_phone": "13900005678"}
    case_id = made.filed("噪音", **reporter) if action is Action.DISPATCH else made.dispatched("噪音", **reporter)
    _, payload = drafted(made, case_id, action, lead=LEAD, reason="需上门", contact=ticked)
    assert payload.get("contact") == ({"name": "钱某某", "phone": "13900005678"} if ticked else None)


@pytest.mark.parametrize(
    ("reporter", "code"),
    [
        ({"reporter_phone": "13900005678", "keep_secret": True}, "dispatch.contact_secret"),
        ({"reporter_name": "钱某某"}, "dispatch.contact_missing"),
    ],
)
def test_no_contact_of_who_asked_for_secrecy_or_left_no_telephone(reporter: dict[str, Any], code: str) -> None:
    made = empty_desk()
    with pytest.raises(RuleViolation) as caught:
        drafted(made, made.filed("噪音", **reporter), Action.DISPATCH, lead=LEAD, contact=True)
    assert caught.value.code == code
