"""Finds the filing condition that a person, a file or an old event names."""

from __future__ import annotations

from collections.abc import Iterable

from gridclient.domain.errors import NotFound, RuleViolation
from gridclient.services.ports import Reference
from gridclient.services.rows import StandardRow


def by_own_name(named: Iterable[tuple[str, StandardRow]]) -> dict[str, StandardRow]:
    """The conditions by name, without names that several of them have."""
    found: dict[str, StandardRow | None] = {}
    for name, row in named:
        found[name] = row if found.get(name, row) is row else None
    return {name: row for name, row in found.items() if row is not None}


def named_condition(reference: Reference, named: str) -> StandardRow:
    """The condition with this key, or with this code if only one list has it.

    Raises:
        NotFound: no list has it (``standard.unknown``).
        RuleViolation: several lists have it (``standard.ambiguous``).
    """
    row = reference.standard(named)
    if row is not None:
        return row
    same = [row for row in reference.standards() if row.code == named]
    if not same:
        raise NotFound("standard.unknown", standard=named)
    if len(same) > 1:
        raise RuleViolation("standard.ambiguous", standard=named, lists="、".join(row.list for row in same))
    return same[0]
