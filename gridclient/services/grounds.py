"""The reasons that make a unit a candidate for a case: the list, practice, its field of work, its place; no others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from itertools import pairwise
from typing import Final

from gridclient.domain.case import Role
from gridclient.domain.frozen import frozen
from gridclient.services.ports import Reference
from gridclient.services.rows import StandardRow, UnitRow

_ENOUGH_OF_A_FIELD: Final = 2 / 3


class Ground(StrEnum):
    """A reason why a unit could take a case, the strongest first."""

    LISTED_LEAD = "listed_lead"
    LISTED_COOPERATING = "listed_cooperating"
    PRACTICE = "practice"
    FIELD = "field"
    SMALL_CLASS = "small_class"
    BIG_CLASS = "big_class"
    COMMUNITY = "community"


WEIGHT: Final[Mapping[Ground, float]] = {
    Ground.LISTED_LEAD: 5000.0,
    Ground.LISTED_COOPERATING: 4000.0,
    Ground.PRACTICE: 3000.0,
    Ground.FIELD: 2500.0,
    Ground.SMALL_CLASS: 2000.0,
    Ground.BIG_CLASS: 1500.0,
    Ground.COMMUNITY: 1000.0,
}
"""So far apart that load and distance never outweigh a stronger ground."""
ROLES: Final = {Ground.LISTED_LEAD: Role.LEAD, Ground.LISTED_COOPERATING: Role.COOPERATING}


def answers_for(unit: UnitRow, words: Iterable[str]) -> bool:
    """Whether a list entry in ``words`` (codes, names, aliases or fields of work) means this unit."""
    own = {unit.code, unit.name, *unit.aliases, *unit.fields}
    return any(word in own for word in words)


@frozen
class Grounds:
    """What the lists say about one case, to be compared with each unit."""

    standard: StandardRow | None
    small_class: tuple[str, ...]
    big_class: tuple[str, ...]
    about: frozenset[str]

    def of(self, unit: UnitRow, recent: int) -> tuple[Ground, str] | None:
        """The unit's strongest ground, with the matching field of work for ``FIELD``; ``None`` if it has no ground."""
        standard = self.standard
        if standard is not None and answers_for(unit, standard.units):
            return Ground.LISTED_LEAD, ""
        if standard is not None and answers_for(unit, standard.cooperating):
            return Ground.LISTED_COOPERATING, ""
        if recent:
            return Ground.PRACTICE, ""
        field = next((field for field in unit.fields if self._is_about(field)), "")
        return (Ground.FIELD, field) if field else self._beside(unit)

    def _beside(self, unit: UnitRow) -> tuple[Ground, str] | None:
        """The ground from other conditions of the same class, or from being the local village or community (属地)."""
        if answers_for(unit, self.small_class):
            return Ground.SMALL_CLASS, ""
        if answers_for(unit, self.big_class):
            return Ground.BIG_CLASS, ""
        return (Ground.COMMUNITY, "") if unit.kind == "community_org" and unit.serves else None

    def _is_about(self, field: str) -> bool:
        words = _pairs(field)
        return bool(words) and len(words & self.about) >= _ENOUGH_OF_A_FIELD * len(words)


def grounds_for(standard: StandardRow | None, reference: Reference) -> Grounds:
    """The grounds from the condition, from the others of its classes, and from its words."""
    if standard is None:
        return Grounds(None, (), (), frozenset())
    beside = [row for row in reference.standards() if row.list == standard.list and row.key != standard.key]
    big = [row for row in beside if row.big_class == standard.big_class]
    small = [row for row in big if row.small_class == standard.small_class]
    about = frozenset().union(
        *(_pairs(text) for text in (standard.big_class, standard.small_class, standard.filing_condition))
    )
    return Grounds(standard, _units_of(small), _units_of(big), about)


def _units_of(rows: Sequence[StandardRow]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(unit for row in rows for unit in row.units))


def _pairs(text: str) -> frozenset[str]:
    return frozenset(a + b for a, b in pairwise(text))
