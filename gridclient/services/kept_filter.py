"""A filter with its order in the JSON form of saved views and of the desk's last state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from gridclient.services.rows import Box, CaseFilter, Sort, SortKey


def as_kept(chosen: CaseFilter, order: Sort) -> dict[str, Any]:
    """The JSON form; fields that do not narrow are left out."""
    parts = asdict(chosen) | {"states": sorted(chosen.states)}
    return {
        "filter": {name: value for name, value in parts.items() if value not in ("", None, False, [], ())},
        "sort": [order.key.value, order.descending],
    }


def from_kept(kept: Mapping[str, Any]) -> tuple[CaseFilter, Sort]:
    """The inverse of :func:`as_kept`.

    Raises:
        KeyError, TypeError, ValueError: another version wrote it.
    """
    parts = dict(kept["filter"])
    if parts.get("box"):
        parts["box"] = Box(parts["box"])
    if parts.get("bounds"):
        parts["bounds"] = tuple(parts["bounds"])
    for name in ("imported", "held"):
        parts[name] = tuple((int(first), int(last)) for first, last in parts.get(name, ()))
    parts["states"] = frozenset(parts.get("states", ()))
    key, descending = kept["sort"]
    return CaseFilter(**parts), Sort(SortKey(key), bool(descending))
