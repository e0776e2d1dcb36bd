"""Whom a case is proposed to, and why."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from gridclient.domain.case import Case, Role
from gridclient.domain.errors import RuleViolation
from gridclient.services.grounds import Ground, answers_for
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
    place = "在岗 · 1.4 km"
    assert reason_of(lead) == f"清单主体责任 · 管辖本网格 · {place} · 在手 6"
    assert reason_of(replace(lead, recent=3)) == f"清单主体责任 · 管辖本网格 · {place} · 同类近 90 天 3 件 · 在手 6"
    of_the_place = replace(lead, ground=Ground.COMMUNITY)
    assert reason_of(of_the_place) == f"清单外，属地村社区 · {place} · 在手 6", "it serves the grid by what it is"


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


def codes(proposal: Proposal) -> list[str]:
    return [candidate.unit.code for candidate in proposal.candidates]


TWIN = replace(UNITS[0], code="371002002-A00")
"""As the unit that the list names; where nothing else decides, its code comes first."""


@pytest.mark.parametrize("status", ["out", "off_duty"])
def test_of_two_alike_the_one_on_duty_leads(status: str) -> None:
    lead = proposed(a_case(), UNITS[0], replace(TWIN, status=status)).lead
    assert lead is not None and lead.unit.code == LEAD


def test_who_is_out_comes_before_who_is_off_duty() -> None:
    found = proposed(a_case(), replace(UNITS[0], status="out"), replace(TWIN, status="off_duty"))
    assert codes(found) == [LEAD, TWIN.code]


def test_of_two_alike_the_nearer_leads_and_a_unit_without_a_place_counts_as_near() -> None:
    far = replace(TWIN, lon=122.4)
    lead = proposed(a_case(), UNITS[0], far).lead
    assert lead is not None and lead.unit.code == LEAD
    assert (lead.metres or 0) < 2000
    nowhere = proposed(a_case(), UNITS[0], replace(TWIN, lon=None)).lead
    assert nowhere is not None and (nowhere.unit.code, nowhere.metres) == (TWIN.code, None)


@pytest.mark.parametrize("place", [{"lon": None}, {"lat": None}, {"lon": None, "lat": None}])
def test_a_case_without_a_point_is_near_nobody(place: dict[str, Any]) -> None:
    case = a_case()
    lead = proposed(replace(case, facts=replace(case.facts, **place))).lead
    assert lead is not None and lead.metres is None


def test_of_two_alike_in_all_the_code_decides() -> None:
    assert codes(proposed(a_case(), UNITS[0], TWIN)) == [TWIN.code, LEAD]


def test_duty_load_practice_and_distance_lift_no_weaker_ground_over_a_stronger_one() -> None:
    listed = replace(UNITS[0], status="off_duty", lon=123.1)
    beside = replace(UNITS[1], fields=())
    found = proposed(a_case(), listed, beside, loads={LEAD: 5000}, recent={OTHER: 500})
    assert codes(found) == [LEAD, OTHER]


def test_one_unit_cooperates_for_each_entry_of_the_list_and_the_lead_is_none_of_them() -> None:
    two = replace(UNITS[1], code="371002002-B02")
    standard = replace(STANDARDS[0], cooperating=("鲸园派出所", "治安", UNITS[0].name, "司法所"))
    reference = MemoryReference(GRIDS, (*UNITS, two), (standard,))
    found = propose(a_case(), reference=reference, loads={OTHER: 8}, recent={})
    assert found.lead is not None and found.lead.unit.code == LEAD
    assert [c.unit.code for c in found.cooperating] == [two.code, UNITS[2].code]
    assert codes(found)[:4] == [LEAD, two.code, UNITS[2].code, OTHER]


def test_at_most_four_others_are_shown_and_of_the_big_class_alone_two() -> None:
    beside = replace(STANDARDS[0], code="C-01-03-01", small_class="扬尘", units=("调解", "应急"))
    distant = tuple(replace(UNITS[3], code=f"371002002-O0{n}") for n in range(2, 5))
    reference = MemoryReference(GRIDS, (UNITS[0], *UNITS[2:4], *distant), (STANDARDS[0], beside))
    found = propose(a_case(), reference=reference, loads={}, recent={})
    assert [c.ground.value for c in found.candidates] == ["listed_lead", "big_class", "big_class"]
    practised = {unit.code: 1 for unit in (*UNITS[2:4], *distant)}
    assert len(propose(a_case(), reference=reference, loads={}, recent=practised).candidates) == 5


@pytest.mark.parametrize("serves", [(), ("371002",), ("371002002601", "371009")])
def test_a_unit_serves_what_lies_in_one_of_its_areas_and_without_areas_all(serves: tuple[str, ...]) -> None:
    assert LEAD in codes(proposed(a_case(), replace(UNITS[0], serves=serves)))


def test_a_case_without_a_grid_may_go_to_every_unit() -> None:
    case = a_case()
    case = replace(case, facts=replace(case.facts, grid=""))
    assert area_codes("", MemoryReference(GRIDS, UNITS, STANDARDS)) == frozenset()
    assert LEAD in codes(proposed(case, replace(UNITS[0], serves=("371009",))))


def test_a_grid_that_is_gone_still_lies_in_its_township_and_county() -> None:
    reference = MemoryReference(GRIDS, UNITS, STANDARDS)
    assert area_codes("371002002009009", reference) == {"371002002", "371002"}


def test_a_case_of_a_grid_that_is_gone_may_go_to_those_who_serve_its_community() -> None:
    case = a_case()
    case = replace(case, facts=replace(case.facts, grid="371002002001099"))
    assert LEAD in codes(proposed(case, replace(UNITS[0], serves=("371002002001",))))
    assert LEAD in codes(proposed(case, replace(UNITS[0], serves=("371002002601",))))


def test_a_field_of_work_speaks_for_a_unit_where_two_thirds_of_its_words_are_the_cases() -> None:
    other = replace(UNITS[3], code="371002-X01", fields=("施工扰管",))  # of three pairs 施工 and 工扰
    assert reasons(a_case(), *UNITS[:1], other)[other.code] == "清单外，主管施工扰管"
    assert "371002-X02" not in reasons(a_case(), *UNITS[:1], replace(other, code="371002-X02", fields=("施工许可",)))
    assert "371002-X03" not in reasons(a_case(), *UNITS[:1], replace(other, code="371002-X03", fields=("夜",)))


def test_a_village_is_plausible_for_its_own_ground_only() -> None:
    village = replace(UNITS[3], code="371002002001-V", kind="community_org", serves=())
    assert village.code not in reasons(a_case(), *UNITS, village)
