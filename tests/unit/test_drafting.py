"""What the event of each action says."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from gridclient.domain.errors import NotFound, RuleViolation
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


def test_an_amendment_without_a_change_is_refused() -> None:
    made = empty_desk()
    with pytest.raises(RuleViolation) as caught:
        drafted(made, made.register("噪音"), Action.AMEND)
    assert caught.value.code == "case.nothing_changed"


@pytest.mark.parametrize(
    ("args", "kind"),
    [
        ({}, EventKind.VERIFIED),
        ({"passed": False, "reason": "未清净"}, EventKind.REWORKED),
        ({"release": True, "unit": OTHER, "reason": "不再需要"}, EventKind.RELEASED),
    ],
)
def test_a_check_has_three_ends(args: dict[str, Any], kind: EventKind) -> None:
    made = empty_desk()
    assert drafted(made, made.handled("噪音"), Action.VERIFY, **args)[0] is kind


def test_every_action_has_a_draft() -> None:
    made = empty_desk()
    case_id = made.dispatched("噪音")
    for action in set(Action) - {Action.AMEND, Action.DISPATCH, Action.REASSIGN}:
        kind, _ = drafted(made, case_id, action)
        assert kind in EventKind
