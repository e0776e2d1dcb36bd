"""The table row of a case that was just imported, straight from its event's payload.

It is what ``table_row`` gives for the folded case (a test holds the two together), at a fifth of the cost: fifty
thousand cases come at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

from gridclient.domain.case import CaseState, Channel
from gridclient.store.log import subject_key
from gridclient.store.tables import CaseTableRow, number_key, phone_digits

_USUAL_LEVEL: Final = 3


_COUNT_SIGNS: Final = 4


def _number_key(number: str) -> int:
    """``number_key`` with its costly part, township, day and desk, read once for all numbers that share it."""
    first = _key_of_first(number[:-_COUNT_SIGNS])
    return first + int(number[-_COUNT_SIGNS:]) if first else number_key(number)


@lru_cache(maxsize=4096)
def _key_of_first(head: str) -> int:
    return number_key(f"{head}0000")


def imported_row(subject: str, payload: Mapping[str, Any]) -> CaseTableRow:
    """The row after ``case_imported``, which is the case's only event and pending."""
    return numbered_row(subject, payload["number"], unnumbered_columns(payload))


def numbered_row(subject: str, number: str, columns: Sequence[Any]) -> CaseTableRow:
    """The row of what :func:`unnumbered_columns` gave, once the case has its number."""
    return CaseTableRow(subject_key(subject), number, _number_key(number), *columns)


def unnumbered_columns(payload: Mapping[str, Any]) -> tuple[Any, ...]:
    """The columns of ``CaseTableRow`` after the number: JSON values."""
    facts = payload["facts"]
    closed = payload.get("closed_at")
    is_open = closed is None
    return (
        facts["title"],
        (CaseState.REPORTED if is_open else CaseState.CLOSED).value,
        int(is_open),
        payload.get("level", _USUAL_LEVEL),
        facts.get("urgency", 1),
        facts.get("channel", Channel.OTHER.value),
        facts.get("standard", ""),
        facts.get("grid", ""),
        "",  # unit
        0,  # cooperating
        min((clock["due"] for clock in payload.get("clocks", ())), default=None) if is_open else None,
        payload["registered_at"],
        None,  # dispatched_at
        closed,
        0,  # returned
        0,  # escalated
        0,  # consultation
        0,  # conflict
        1,  # pending
        phone_digits(facts.get("reporter_phone", "")),
        facts.get("lon"),
        facts.get("lat"),
    )


def imported_words(title: str, description: str, address: str, number: str) -> tuple[str, ...]:
    """What ``search.searchable`` gives for the folded case."""
    return (title, description, address, number)
