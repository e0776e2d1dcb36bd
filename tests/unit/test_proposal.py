"""Whom a case is proposed to, and why."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from gridclient.domain.case import Case, Role
from gridclient.domain.errors import RuleViolation
from gridclient.services.grounds import answers_for
from gridclient.services.proposal import Proposal, area_codes, propose, proposed_lead
from gridclient.services.proposal_text import distance_text, reason_of
from gridclient.services.rows import UnitRow
from tests.ui.fakes.invented_desk import GRIDS, LEAD, OTHER, STANDARDS, UNITS, empty_desk
from tests.ui.fakes.memory_store import MemoryReference


def a_case(**facts: Any) -> Case:
    made = empty_desk()
    return made.store.case(made.filed("噪音", **facts))


def proposed(case: Case, *units: UnitRow, **known: dict[str, int]) -> Proposal:
    reference = MemoryReference(GRIDS, units or UNITS, STANDARDS)
    return propose(case, reference=reference, loads=known.get("loads", {}), recent=known.get("recent", {}))


def test_the_list_decides_lead_and_cooperating_units() -> None:
    proposal = proposed(a_case())
    assert proposal.lead is not None
    assert proposal.lead.unit.code == LEAD
    assert [c.unit.code for c in proposal.cooperating] == [OTHER]
    assert proposal.lead.listed is Role.LEAD


def test_the_list_weighs_more_than_any_load() -> None:
    lead = proposed(a_case(), loads={LEAD: 200}).lead
    assert lead is not None
    assert lead.unit.code == LEAD


def test_a_unit_out_of_use_is_not_proposed() -> None:
    units = (replace(UNITS[0], status="inactive"), *UNITS[1:])
    assert LEAD not in {c.unit.code for c in proposed(a_case(), *units).candidates}


def test_a_unit_that_serves_another_place_is_not_proposed() -> None:
    units = (replace(UNITS[0], serves=("371002003",)), *UNITS[1:])
    assert LEAD not in {c.unit.code for c in proposed(a_case(), *units).candidates}


def test_of_two_alike_the_one_with_less_in_hand_leads() -> None:
    twin = replace(UNITS[0], code="371002002-A09")
    lead = proposed(a_case(), UNITS[0], twin, loads={UNITS[0].code: 4}).lead
    assert lead is not None
    assert lead.unit.code == twin.code


def test_of_two_alike_the_one_with_practice_leads() -> None:
    twin = replace(UNITS[0], code="371002002-A09")
    lead = proposed(a_case(), UNITS[0], twin, recent={twin.code: 3}).lead
    assert lead is not None
    assert lead.unit.code == twin.code


def test_nobody_serves_the_place_is_said_with_a_code() -> None:
    nobody = proposed(a_case(), replace(UNITS[0], serves=("371003",)))
    with pytest.raises(RuleViolation) as caught:
        proposed_lead(nobody)
    assert caught.value.code == "dispatch.no_proposal"


def test_a_list_may_name_a_unit_by_code_name_alias_or_field() -> None:
    unit = replace(UNITS[0], aliases=("执法队",))
    for word in (unit.code, unit.name, "执法队", "市容"):
        assert answers_for(unit, (word,))
    assert not answers_for(unit, ("消防",))


def test_a_grid_brings_the_codes_of_all_areas_above_it() -> None:
    reference = MemoryReference(GRIDS, UNITS, STANDARDS)
    assert area_codes("371002002001003", reference) == {
        "371002002001003", "371002002001", "371002002601", "371002002", "371002",
    }  # fmt: skip


def test_the_reason_names_list_place_duty_distance_and_load() -> None:
    lead = proposed(a_case(), loads={LEAD: 6}).lead
    assert lead is not None
    assert reason_of(lead) == "清单主体责任 · 管辖本网格 · 在岗 · 1.4 km · 在手 6"


def test_short_distances_are_in_metres() -> None:
    assert (distance_text(38.4), distance_text(1240)) == ("38 m", "1.2 km")


def reasons(case: Case, *units: UnitRow, **known: dict[str, int]) -> dict[str, str]:
    return {c.unit.code: reason_of(c).partition(" · ")[0] for c in proposed(case, *units, **known).candidates}


def test_a_unit_that_only_serves_the_place_is_no_alternative() -> None:
    tax = replace(UNITS[3], code="371002-T01", name="税务分局", kind="stationed_b", fields=("税收征管",))
    assert tax.code not in reasons(a_case(), *UNITS, tax)


def test_an_alternative_says_what_makes_it_plausible() -> None:
    org = replace(UNITS[3], code="371002002001-V", kind="community_org", fields=("网格巡查",))
    found = reasons(a_case(), *UNITS, org, recent={UNITS[2].code: 2})
    assert found == {
        LEAD: "清单主体责任",
        OTHER: "清单配合责任",
        UNITS[2].code: "清单外，办过同类",
        "371002-D01": "清单外，主管施工噪音",
        org.code: "清单外，属地村社区",
    }


def test_units_that_the_list_names_in_the_same_class_are_alternatives() -> None:
    beside = replace(STANDARDS[0], code="C-01-02-02", units=("调解",))
    reference = MemoryReference(GRIDS, UNITS, (*STANDARDS, beside))
    found = propose(a_case(), reference=reference, loads={}, recent={})
    assert {c.unit.code: c.ground.value for c in found.candidates}["371002002-A02"] == "small_class"


def test_another_countys_list_with_the_same_classes_makes_nobody_plausible() -> None:
    beside = replace(STANDARDS[0], code="C-01-02-02", units=("调解",), list="外县")
    reference = MemoryReference(GRIDS, UNITS, (*STANDARDS, beside))
    found = propose(a_case(), reference=reference, loads={}, recent={})
    assert "371002002-A02" not in {c.unit.code for c in found.candidates}
