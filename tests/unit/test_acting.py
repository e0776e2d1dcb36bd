"""One use case for every action: role, version and rules are checked before anything is written."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gridclient.domain.case import CaseState
from gridclient.domain.errors import Conflict, NotFound, RuleViolation
from gridclient.domain.roles import AccountRole, Action, Actor
from tests.ui.fakes.invented_desk import LEAD, OTHER, UNITS, empty_desk


def test_an_action_changes_the_case_and_names_it() -> None:
    made = empty_desk()
    case_id = made.filed("噪音")
    changes = made.desk.act(Action.DISPATCH, case_id, {"lead": LEAD})
    assert changes.cases == {case_id}
    assert made.store.case(case_id).state is CaseState.DISPATCHED


def test_a_dispatch_that_names_nobody_takes_the_proposal() -> None:
    made = empty_desk()
    case_id = made.filed("噪音")
    made.desk.act(Action.DISPATCH, case_id)
    assert [part.unit for part in made.store.case(case_id).assignments] == [LEAD, OTHER]


def test_a_role_that_may_not_is_refused_before_anything_is_read() -> None:
    made = empty_desk()
    watcher = replace(made.desk, actor=Actor("li", AccountRole.SUPERVISOR))
    with pytest.raises(RuleViolation) as caught:
        watcher.act(Action.DISPATCH, made.filed("噪音"), {"lead": LEAD})
    assert caught.value.code == "role.not_allowed"


def test_an_older_version_is_a_conflict() -> None:
    made = empty_desk()
    case_id = made.filed("噪音")
    seen = made.store.case(case_id).version
    made.desk.act(Action.NOTE, case_id, {"text": "已电话联系"})
    with pytest.raises(Conflict) as caught:
        made.desk.act(Action.DISPATCH, case_id, {"lead": LEAD}, base=seen)
    assert caught.value.code == "case.changed_meanwhile"


def test_a_refused_action_leaves_nothing() -> None:
    made = empty_desk()
    case_id = made.register("噪音")
    before = made.store.case(case_id)
    with pytest.raises(RuleViolation):
        made.desk.act(Action.DISPATCH, case_id, {"lead": LEAD})
    assert made.store.case(case_id) == before


def test_an_unknown_case_is_not_found() -> None:
    with pytest.raises(NotFound):
        empty_desk().desk.act(Action.NOTE, "0" * 32, {"text": "x"})


def test_against_the_list_needs_a_reason() -> None:
    made = empty_desk()
    case_id = made.filed("噪音")
    with pytest.raises(RuleViolation) as caught:
        made.desk.act(Action.DISPATCH, case_id, {"lead": UNITS[2].code})
    assert caught.value.code == "dispatch.reason_missing"


def test_in_a_batch_the_rest_goes_on_where_a_rule_forbids_one() -> None:
    made = empty_desk()
    ready, not_ready = made.filed("噪音"), made.register("积水")
    changes, outcomes = made.desk.act_on_many(Action.DISPATCH, [not_ready, ready])
    assert changes.cases == {ready}
    assert [outcome.error is None for outcome in outcomes] == [False, True]


def test_what_nobody_acted_on_can_be_taken_back() -> None:
    made = empty_desk()
    case_id = made.filed("噪音")
    made.desk.act(Action.DISPATCH, case_id)
    made.desk.act(Action.UNDO, case_id)
    assert made.store.case(case_id).state is CaseState.FILED
