"""Finds the filing condition that a person, a file or an old event names, and checks facts against the lists."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from gridclient.domain.errors import NotFound, RuleViolation
from gridclient.services.clocks import require_happened
from gridclient.services.ports import Reference
from gridclient.services.rows import StandardRow


def by_own_name(named: Iterable[tuple[str, StandardRow]]) -> dict[str, StandardRow]:
    """The conditions by name, without names that several of them have."""
    found: dict[str, StandardRow | None] = {}
    for name, row in named:
        found[name] = row if found.get(name, row) is row else None
    return {name: row for name, row in found.items() if row is not None}


def named_standard(reference: Reference, named: str) -> StandardRow:
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


def listed_facts(facts: Mapping[str, Any], reference: Reference, now: datetime) -> dict[str, Any]:
    """The facts that a person gives, with key and class of the condition that they name.

    Raises:
        RuleViolation: an empty title (``case.title_missing``), a time to come (``time.ahead``), ``standard.ambiguous``.
        NotFound: ``grid.unknown``, ``standard.unknown``.
    """
    listed = dict(facts)
    if "title" in facts and not str(facts["title"]).strip():
        raise RuleViolation("case.title_missing")
    require_happened(facts.get("happened_at"), now)
    if (grid := facts.get("grid")) and reference.grid(str(grid)) is None:
        raise NotFound("grid.unknown", grid=grid)
    if standard := facts.get("standard"):
        row = named_standard(reference, str(standard))
        listed |= {"standard": row.key, "case_class": row.case_class}
    return listed
