"""Proposes units for a case, with reasons: by the list, then practice and field of work, then duty, load and distance.

A unit that serves the place but has no ground (:mod:`gridclient.services.grounds`) is not proposed; it can be found by
typing.

Source: responsibility lists (属地管理责任清单): class → item → lead and cooperating units that serve the case's grid.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gridclient.domain.case import Case, Role
from gridclient.domain.codes import community_of, county_of, township_of
from gridclient.domain.errors import RuleViolation
from gridclient.domain.frozen import frozen
from gridclient.domain.geometry import distance
from gridclient.services.grounds import ROLES, WEIGHT, Ground, answers_for, grounds_for
from gridclient.services.ports import Reference
from gridclient.services.rows import GridRow, StandardRow, UnitRow

_ALTERNATIVES, _OF_THE_BIG_CLASS = 4, 2
_ON_DUTY, _OUT = 20.0, 10.0
_PER_RECENT, _PER_LOAD, _PER_KM = 2.0, 0.5, 1.0
_MOST_RECENT = 20
_MOST_LOAD = 800


@frozen
class Candidate:
    """A unit that could take the case, and the ground. ``listed`` is its role in the list, ``None`` if it is not in it.

    ``field`` is the matching field of work.
    """

    unit: UnitRow
    ground: Ground
    field: str
    listed: Role | None
    recent: int
    load: int
    metres: float | None
    score: float


@frozen
class Proposal:
    """Candidates, best first. ``cooperating`` are proposed besides the lead, by the condition ``standard``."""

    lead: Candidate | None
    cooperating: tuple[Candidate, ...]
    candidates: tuple[Candidate, ...]
    standard: StandardRow | None


def area_codes(grid: str, reference: Reference) -> frozenset[str]:
    """The codes of a grid and all areas above it, township and county included; of one that is no longer in force,
    those of its community."""
    codes: set[str] = set()
    row: GridRow | None = reference.grid(grid) or reference.grid(community_of(grid))
    while row is not None and row.code not in codes:
        codes.add(row.code)
        row = reference.grid(row.parent) if row.parent else None
    if grid:
        codes |= {township_of(grid), county_of(grid)} - {""}
    return frozenset(codes)


def propose(case: Case, *, reference: Reference, loads: Mapping[str, int], recent: Mapping[str, int]) -> Proposal:
    """Proposes units for a case.

    Args:
        loads: open cases in hand by unit.
        recent: how often each unit led a case of this standard lately.
    """
    standard = reference.standard(case.facts.standard)
    areas = area_codes(case.facts.grid, reference)
    grounds = grounds_for(standard, reference)
    found = []
    for unit in reference.units():
        if unit.status == "inactive" or not _serves(unit, areas):
            continue
        practice = recent.get(unit.code, 0)
        ground = grounds.of(unit, practice)
        if ground is not None:
            found.append(_candidate(case, unit, *ground, load=loads.get(unit.code, 0), recent=practice))
    ranked = sorted(found, key=lambda c: (-c.score, c.unit.code))
    lead = ranked[0] if ranked else None
    cooperating = _one_per_field(
        [c for c in ranked[1:] if c.listed is Role.COOPERATING], standard.cooperating if standard else ()
    )
    first = [c for c in (lead, *cooperating) if c is not None]
    rest = [c for c in ranked if c not in first]
    distant = [c for c in rest if c.ground is Ground.BIG_CLASS][_OF_THE_BIG_CLASS:]
    others = [c for c in rest if c not in distant][:_ALTERNATIVES]
    return Proposal(lead, tuple(cooperating), (*first, *others), standard)


def proposed_lead(proposal: Proposal) -> UnitRow:
    """The unit to dispatch to when nobody chose one.

    Raises:
        RuleViolation: nobody serves the place (``dispatch.no_proposal``).
    """
    if proposal.lead is None:
        raise RuleViolation("dispatch.no_proposal")
    return proposal.lead.unit


def _one_per_field(candidates: Sequence[Candidate], words: Sequence[str]) -> list[Candidate]:
    """For each cooperating entry of the list the best candidate, none twice."""
    chosen: list[Candidate] = []
    for word in words:
        best = next((c for c in candidates if answers_for(c.unit, (word,))), None)
        if best is not None and best not in chosen:
            chosen.append(best)
    return chosen


def _serves(unit: UnitRow, areas: frozenset[str]) -> bool:
    return not unit.serves or not areas or any(code in areas for code in unit.serves)


def _candidate(case: Case, unit: UnitRow, ground: Ground, field: str, *, load: int, recent: int) -> Candidate:
    metres = _metres(case, unit)
    score = (
        WEIGHT[ground]
        + {"on_duty": _ON_DUTY, "out": _OUT}.get(unit.status, 0.0)
        + _PER_RECENT * min(recent, _MOST_RECENT)
        - _PER_LOAD * min(load, _MOST_LOAD)
        - _PER_KM * (metres or 0.0) / 1000
    )
    return Candidate(unit, ground, field, ROLES.get(ground), recent, load, metres, score)


def _metres(case: Case, unit: UnitRow) -> float | None:
    facts = case.facts
    if facts.lon is None or facts.lat is None or unit.lon is None or unit.lat is None:
        return None
    return distance(facts.lon, facts.lat, unit.lon, unit.lat)
