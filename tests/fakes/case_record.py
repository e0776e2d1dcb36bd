"""A row of a case by the names of its fields, as tests write it down."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any

from gridclient.services.import_findings import Notice
from gridclient.services.import_records import ImportedCase
from gridclient.services.imported_case import case_of_values, event_text


@dataclass(frozen=True)
class CaseRecord:
    """One case as another system wrote it down; what no field takes stands whole in ``extra`` by column title.

    ``lon``/``lat`` are WGS-84; ``source_lon``/``source_lat`` are the file's own numbers in ``source_crs``.
    ``channel`` and ``state`` are identifiers where the text is known (else "" with the text in ``*_text``);
    ``level`` is 1–4 or ``None``. Times are aware.
    """

    sheet: str
    row: int
    identity: str
    title: str
    description: str = ""
    reported_at: datetime | None = None
    external_number: str = ""
    channel: str = ""
    channel_text: str = ""
    big_class: str = ""
    small_class: str = ""
    level: int | None = None
    urgency: str = ""
    grid_code: str = ""
    address: str = ""
    lon: float | None = None
    lat: float | None = None
    source_crs: str = ""
    source_lon: float | None = None
    source_lat: float | None = None
    reporter_name: str = ""
    reporter_phone: str = ""
    state: str = ""
    state_text: str = ""
    closed_at: datetime | None = None
    due_at: datetime | None = None
    unit_text: str = ""
    result: str = ""
    notices: tuple[Notice, ...] = ()
    extra: Mapping[str, str] = field(default_factory=dict)


def imported_case(record: CaseRecord) -> ImportedCase:
    """What a reader makes of such a row."""
    return case_of_values({each.name: getattr(record, each.name) for each in fields(CaseRecord)})


def facts_of(case: ImportedCase) -> dict[str, Any]:
    """The facts that the case's event tells, those that are empty left out."""
    text = event_text(case, number="", grid="", standard="", case_class="", salt="")
    facts: dict[str, Any] = json.loads(text)["facts"]
    return facts
