"""The table row of a case that was just imported, straight from its event's payload.

It is what ``table_row`` gives for the folded case (a test holds the two together), at a fifth of the cost: fifty
thousand cases come at once.
"""

from __future__ import annotations

from collections.abc import Mapping
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
    facts = payload["facts"]
    closed = payload.get("closed_at")
    return CaseTableRow(
        id=subject_key(subject),
        number=payload["number"],
        number_key=_number_key(payload["number"]),
        title=facts["title"],
        state=(CaseState.REPORTED if closed is None else CaseState.CLOSED).value,
        is_open=int(closed is None),
        level=payload.get("level", _USUAL_LEVEL),
        urgency=facts.get("urgency", 1),
        channel=facts.get("channel", Channel.OTHER.value),
        standard=facts.get("standard", ""),
        grid=facts.get("grid", ""),
        unit="",
        cooperating=0,
        due=min((clock["due"] for clock in payload.get("clocks", ())), default=None) if closed is None else None,
        registered_at=payload["registered_at"],
        dispatched_at=None,
        closed_at=closed,
        returned=0,
        escalated=0,
        consultation=0,
        conflict=0,
        pending=1,
        phone=phone_digits(facts.get("reporter_phone", "")),
        lon=facts.get("lon"),
        lat=facts.get("lat"),
    )


def imported_words(payload: Mapping[str, Any]) -> tuple[str, ...]:
    """What ``search.searchable`` gives for the folded case."""
    facts = payload["facts"]
    return (facts["title"], facts.get("description", ""), facts.get("address", ""), payload["number"])
