"""One use case for every action: role, version and rules are checked before anything is written."""

from __future__ import annotations

from dataclasses import replace
from typing import NoReturn

import pytest

from gridclient.domain.case import CaseState
from gridclient.domain.errors import Conflict, NotFound, RuleViolation
from gridclient.domain.roles import AccountRole, Action, Actor, may_undo
from gridclient.services.error_text import sentence_of
from tests.ui.fakes.invented_desk import LEAD, OTHER, STANDARDS, UNITS, empty_desk


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
    case_id = made.filed("噪音")

    def no_work() -> NoReturn:
        raise AssertionError("it was read")

    watcher = replace(made.desk, actor=Actor("li", AccountRole.SUPERVISOR), work=no_work)
    with pytest.raises(RuleViolation) as caught:
        watcher.act(Action.DISPATCH, case_id, {"lead": LEAD})
    assert caught.value.code == "role.not_allowed"
    assert sentence_of(caught.value) == "“网格督导”不能办理“派遣”，请由值班长、受理派遣员办理。"


@pytest.mark.parametrize(
    ("actor", "allowed"),
    [
        (Actor("li", AccountRole.SUPERVISOR), False),
        (Actor("team", AccountRole.UNIT, LEAD), False),
        (Actor("zhao", AccountRole.OPERATOR), True),
        (Actor("chen", AccountRole.SHIFT_LEADER), True),
    ],
)
def test_who_could_not_have_dispatched_takes_no_dispatch_back(actor: Actor, allowed: bool) -> None:
    made = empty_desk()
    case_id = made.dispatched("噪音")
    other = replace(made.desk, actor=actor)
    if allowed:
        other.act(Action.UNDO, case_id)
    else:
        with pytest.raises(RuleViolation, match=r"role\.not_allowed"):
            other.act(Action.UNDO, case_id)
    assert made.store.case(case_id).state is (CaseState.FILED if allowed else CaseState.DISPATCHED)


def test_a_unit_takes_back_its_own_step_and_no_other_units() -> None:
    made = empty_desk()
    case_id = made.dispatched("噪音", cooperating=(OTHER,))
    own, other = (replace(made.desk, actor=Actor(unit, AccountRole.UNIT, unit)) for unit in (LEAD, OTHER))
    own.act(Action.SIGN, case_id)
    with pytest.raises(RuleViolation, match=r"role\.other_units_step"):
        other.act(Action.UNDO, case_id)
    own.act(Action.UNDO, case_id)
    assert made.store.case(case_id).state is CaseState.DISPATCHED


def test_a_unit_writes_nothing_into_a_case_that_was_never_given_to_it() -> None:
    made = empty_desk()
    case_id = made.dispatched("噪音", cooperating=(OTHER,))
    stranger, fellow = (replace(made.desk, actor=Actor(u, AccountRole.UNIT, u)) for u in (UNITS[2].code, OTHER))
    for desk_case in (case_id, made.filed("占道")):
        with pytest.raises(RuleViolation, match=r"case\.unit_not_assigned"):
            stranger.act(Action.NOTE, desk_case, {"text": "不是我们的"})
    fellow.act(Action.NOTE, case_id, {"text": "已到场"})


def test_who_did_it_takes_it_back() -> None:
    made = empty_desk()
    case_id = made.filed("噪音")
    watcher = replace(made.desk, actor=Actor("li", AccountRole.SUPERVISOR))
    watcher.act(Action.URGE, case_id, {"text": "请尽快"})
    watcher.act(Action.UNDO, case_id)
    assert made.store.case(case_id).urges == 0


def test_a_refusal_names_the_unit_and_where_it_stands() -> None:
    made = empty_desk()
    case_id = made.handling("噪音", cooperating=(OTHER,))
    with pytest.raises(RuleViolation) as caught:
        made.desk.act(Action.SIGN, case_id)
    assert sentence_of(caught.value) == f"综合行政执法中队（{LEAD}）现为“处置中”，只有待签收的可以签收。"
    made.act(Action.FEED_BACK, case_id, result="已清理")
    made.act(Action.VERIFY, case_id)
    with pytest.raises(RuleViolation) as caught:
        made.desk.act(Action.CLOSE, case_id, {"closing_condition_met": True})
    assert f"鲸园派出所（{OTHER}）" in sentence_of(caught.value)
    with pytest.raises(RuleViolation) as caught:
        made.desk.act(Action.VERIFY, made.filed("占道"))
    assert "案件现为“待派遣”" in sentence_of(caught.value)


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


def test_a_unit_takes_back_what_an_account_of_its_own_did_and_no_others() -> None:
    made = empty_desk()
    case_id = made.dispatched("噪音")
    made.act(Action.SIGN, case_id)
    signed = made.store.events[case_id][-1]
    assert may_undo(Actor("one of it", AccountRole.UNIT, LEAD), signed)
    assert not may_undo(Actor("another", AccountRole.UNIT, OTHER), signed)


def test_whoever_wrote_a_note_takes_it_back_and_no_other_account_of_the_unit() -> None:
    made = empty_desk()
    case_id = made.dispatched("噪音")
    wu, yu = (Actor(name, AccountRole.UNIT, LEAD) for name in ("wu", "yu"))
    replace(made.desk, actor=wu).act(Action.NOTE, case_id, {"text": "已到现场"})
    noted = made.store.case(case_id).last_event
    assert noted is not None
    assert (may_undo(wu, noted), may_undo(yu, noted)) == (True, False)


def test_a_refusal_names_the_unit_and_one_that_is_on_no_list_by_its_code() -> None:
    made = empty_desk()
    case_id = made.dispatched("噪音")
    for unit, told in ((OTHER, f"鲸园派出所（{OTHER}）"), ("371002002-Z99", "371002002-Z99")):
        with pytest.raises(RuleViolation) as caught:
            made.desk.act(Action.SIGN, case_id, {"unit": unit})
        assert caught.value.params["unit"] == told


def test_a_case_counts_among_those_of_the_township_of_its_grid() -> None:
    made = empty_desk()
    numbers = [made.store.case(made.register("噪音", grid=grid)).number for grid in ("371002003001001", "")]
    assert [number.partition("-")[0] for number in numbers] == ["371002003", "371002002"]


@pytest.mark.parametrize(("lon", "lat"), [(122.12, None), (None, 37.51), (None, None)])
def test_half_a_point_places_no_case(lon: float | None, lat: float | None) -> None:
    made = empty_desk()
    assert made.store.case(made.register("噪音", grid="", lon=lon, lat=lat)).facts.grid == ""


def test_a_case_registered_under_a_condition_has_its_class_and_one_of_no_list_is_refused() -> None:
    made = empty_desk()
    facts = made.store.case(made.register("噪音", standard="C-01-02-01")).facts
    assert facts.case_class == STANDARDS[0].case_class
    assert facts.standard == STANDARDS[0].key
    with pytest.raises(NotFound) as unknown:
        made.register("噪音", standard="C-99")
    assert (unknown.value.code, unknown.value.params) == ("standard.unknown", {"standard": "C-99"})
