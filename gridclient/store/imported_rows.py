"""The table row of a case that was just imported, straight from what the file said.

It is what ``table_row`` gives for the folded case (a test holds the two together), at a fifth of the cost: fifty
thousand cases come at once.
"""

from __future__ import annotations

from typing import Final

from gridclient.domain.case import CaseState
from gridclient.services.import_records import ImportedCase
from gridclient.store.log import subject_key
from gridclient.store.tables import CaseTableRow, number_key, phone_digits

_REPORTED: Final = CaseState.REPORTED.value
_CLOSED: Final = CaseState.CLOSED.value


def imported_row(subject: str, number: str, case: ImportedCase, *, grid: str, standard: str) -> CaseTableRow:
    """The ``cases`` row of a case that :func:`dated` gave; ``standard`` is the key of its filing condition."""
    return CaseTableRow(
        subject_key(subject),
        number,
        number_key(number),
        case.title,
        _CLOSED if case.closed else _REPORTED,
        int(not case.closed),
        case.level,
        case.urgency,
        case.channel,
        standard,
        grid,
        "",  # unit
        0,  # cooperating
        None if case.closed else case.due,
        case.reported or 0,
        None,  # dispatched_at
        case.closed_at if case.closed else None,
        0,  # returned
        0,  # escalated
        0,  # consultation
        0,  # conflict
        1,  # pending
        phone_digits(case.phone),
        case.lon,
        case.lat,
    )


def imported_words(case: ImportedCase, number: str) -> tuple[str, ...]:
    """What ``search.searchable`` gives for the folded case."""
    return (case.title, case.description, case.address, number, case.external_number)
