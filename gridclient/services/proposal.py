"""Whom to dispatch a case to, and why: the list first, then who serves the place, is on duty, has least in hand.

Source: responsibility lists (属地管理责任清单): class → item → lead and cooperating units that serve the case's grid.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gridclient.domain.case import Case, Role
from gridclient.domain.errors import RuleViolation
from gridclient.domain.geometry import distance
from gridclient.services.ports import Reference
from gridclient.services.rows import GridRow, StandardRow, UnitRow

_MOST = 9
_LISTED_LEAD, _LISTED_COOPERATING, _ON_DUTY, _OUT = 1000.0, 500.0, 20.0, 10.0
_PER_RECENT, _PER_LOAD, _PER_KM = 2.0, 0.5, 1.0
_MOST_RECENT = 20


@dataclass(frozen=True, slots=True)
class Candidate:
    """A unit that could take the case. ``listed`` is its part on the list, ``None`` when it is not on it."""

    unit: UnitRow
    listed: Role | None
    serves: bool
    on_duty: bool
    recent: int
    load: int
    metres: float | None
    score: float


@dataclass(frozen=True, slots=True)
class Proposal:
    """Candidates, best first. ``cooperating`` are proposed beside the lead; ``standard`` is the basis."""

    lead: Candidate | None
    cooperating: tuple[Candidate, ...]
    candidates: tuple[Candidate, ...]
    standard: StandardRow | None


def answers_for(unit: UnitRow, words: Sequence[str]) -> bool:
    """Whether a list that names ``words`` (codes, names, aliases or fields of work) means this unit."""
    own = {unit.code, unit.name, *unit.aliases, *unit.fields}
    return any(word in own for word in words)


def area_codes(grid: str, reference: Reference) -> frozenset[str]:
    """The codes of a grid and of everything above it, its township's and county's too."""
    codes: set[str] = set()
    row: GridRow | None = reference.grid(grid) if grid else None
    while row is not None and row.code not in codes:
        codes.add(row.code)
        row = reference.grid(row.parent) if row.parent else None
    if grid:
        codes |= {grid[:9], grid[:6]}
    return frozenset(codes)


def propose(case: Case, *, reference: Reference, loads: Mapping[str, int], recent: Mapping[str, int]) -> Proposal:
    """Proposes units for a case.

    Args:
        loads: open cases in hand by unit.
        recent: how often each unit led a case of this standard lately.
    """
    standard = reference.standard(case.facts.standard)
    areas = area_codes(case.facts.grid, reference)
    found = [
        _candidate(case, unit, standard, areas, load=loads.get(unit.code, 0), recent=recent.get(unit.code, 0))
        for unit in reference.units()
        if unit.status != "inactive"
    ]
    serving = sorted((c for c in found if c.serves), key=lambda c: (-c.score, c.unit.code))
    lead = serving[0] if serving else None
    cooperating = _one_per_field(
        [c for c in serving[1:] if c.listed is Role.COOPERATING], standard.cooperating if standard else ()
    )
    first = [c for c in (lead, *cooperating) if c is not None]
    rest = [c for c in serving if c not in first]
    return Proposal(lead, tuple(cooperating), tuple((first + rest)[:_MOST]), standard)


def proposed_lead(proposal: Proposal) -> UnitRow:
    """The unit to dispatch to when nobody chose one.

    Raises:
        RuleViolation: nobody serves the place (``dispatch.no_proposal``).
    """
    if proposal.lead is None:
        raise RuleViolation("dispatch.no_proposal")
    return proposal.lead.unit


def _one_per_field(candidates: Sequence[Candidate], words: Sequence[str]) -> list[Candidate]:
    """The best candidate for each cooperating entry of the list, none twice."""
    chosen: list[Candidate] = []
    for word in words:
        best = next((c for c in candidates if answers_for(c.unit, (word,))), None)
        if best is not None and best not in chosen:
            chosen.append(best)
    return chosen


def _candidate(
    case: Case, unit: UnitRow, standard: StandardRow | None, areas: frozenset[str], *, load: int, recent: int
) -> Candidate:
    serves = not unit.serves or not areas or any(code in areas for code in unit.serves)
    listed = _listed(unit, standard)
    metres = _metres(case, unit)
    score = (
        {Role.LEAD: _LISTED_LEAD, Role.COOPERATING: _LISTED_COOPERATING, None: 0.0}[listed]
        + {"on_duty": _ON_DUTY, "out": _OUT}.get(unit.status, 0.0)
        + _PER_RECENT * min(recent, _MOST_RECENT)
        - _PER_LOAD * load
        - _PER_KM * (metres or 0.0) / 1000
    )
    return Candidate(unit, listed, serves, unit.status == "on_duty", recent, load, metres, score)


def _listed(unit: UnitRow, standard: StandardRow | None) -> Role | None:
    if standard is None:
        return None
    if answers_for(unit, standard.units):
        return Role.LEAD
    return Role.COOPERATING if answers_for(unit, standard.cooperating) else None


def _metres(case: Case, unit: UnitRow) -> float | None:
    facts = case.facts
    if facts.lon is None or facts.lat is None or unit.lon is None or unit.lat is None:
        return None
    return distance(facts.lon, facts.lat, unit.lon, unit.lat)
