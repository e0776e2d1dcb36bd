"""What turns the rows on the screen into the rows that should be there, in steps that keep choice and scroll. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from gridclient.domain.frozen import frozen
from gridclient.services.rows import CaseRow

Span = tuple[int, int]
"""First and last position, both counted."""


@frozen
class RowChanges:
    """The steps, in this order: remove spans (from the end), reorder what stays, insert spans (from the start)."""

    removed: tuple[Span, ...]
    kept: tuple[str, ...]
    reordered: bool
    inserted: tuple[Span, ...]

    @property
    def steps(self) -> int:
        return len(self.removed) + len(self.inserted)


def changes_between(old: Sequence[CaseRow], new: Sequence[CaseRow]) -> RowChanges:
    """The steps from ``old`` to ``new``; rows are the same when their case is."""
    old_ids, new_ids = [row.id for row in old], [row.id for row in new]
    stays, was = set(new_ids), set(old_ids)
    kept_before = [case_id for case_id in old_ids if case_id in stays]
    kept = tuple(case_id for case_id in new_ids if case_id in was)
    removed = spans(place for place, case_id in enumerate(old_ids) if case_id not in stays)
    inserted = spans(place for place, case_id in enumerate(new_ids) if case_id not in was)
    return RowChanges(tuple(reversed(removed)), kept, list(kept) != kept_before, inserted)


def spans(places: Iterable[int]) -> tuple[Span, ...]:
    """Ascending positions gathered into runs without gaps."""
    found: list[Span] = []
    for place in places:
        if found and found[-1][1] == place - 1:
            found[-1] = (found[-1][0], place)
        else:
            found.append((place, place))
    return tuple(found)
