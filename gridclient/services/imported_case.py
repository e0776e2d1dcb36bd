"""What the event of an imported case says: the row's facts by our names, everything else kept whole in ``extra``.

An imported case is open and waits to be filed, or is closed; states in between were another system's and are kept as
text. The other system's deadline stays as a clock of its own (原定时限); without one no clock runs until the desk acts.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from gridclient.domain.case import CaseState, Channel, Stage
from gridclient.domain.events import to_seconds
from gridclient.domain.limits import LARGEST_AMOUNT, Limit, LimitKind, format_limit
from gridclient.services.import_records import CaseRecord
from gridclient.services.rows import StandardRow
from gridclient.services.words import CHANNELS, URGENCIES

DEFAULT_LEVEL: Final = 3
_CLOSED: Final = frozenset({CaseState.CLOSED, CaseState.DECLINED, CaseState.VOID, CaseState.MERGED})
_CHANNELS: Final = {channel.value: channel.value for channel in Channel} | {word: key for key, word in CHANNELS.items()}
_URGENCIES: Final = {str(key): key for key in URGENCIES} | {word: key for key, word in URGENCIES.items()}
_KEPT_TEXTS: Final = ("channel_text", "big_class", "small_class", "state", "state_text", "unit_text", "result")
_LEFT_OUT: Final[tuple[object, ...]] = (None, "", {})
_SHORTEST: Final = Limit(1, LimitKind.MINUTE)


def case_key(source: str, identity: str) -> str:
    """The key of an imported case: the same row of the same system has the same key at every desk."""
    return hashlib.blake2b(f"{source}\0{identity}".encode(), digest_size=16).hexdigest()


class StandardMatcher:
    """Finds the filing condition that a row's class names: its code, or a small class that has only one condition."""

    def __init__(self, standards: Sequence[StandardRow]) -> None:
        self._by_code = {row.code: row for row in standards}
        self._by_name: dict[str, StandardRow | None] = {}
        for row in standards:
            for name in (f"{row.big_class}\0{row.small_class}", f"\0{row.small_class}"):
                self._by_name[name] = None if name in self._by_name else row

    def find(self, record: CaseRecord) -> StandardRow | None:
        """``None`` where the class is unknown or has several conditions: a limit hangs on the condition."""
        small = record.small_class
        if not small:
            return None
        by_code = self._by_code.get(small)
        if by_code is not None:
            return by_code
        return self._by_name.get(f"{record.big_class}\0{small}") or self._by_name.get(f"\0{small}")


def imported_payload(record: CaseRecord, *, grid: str, standard: StandardRow | None, now: datetime) -> dict[str, Any]:
    """The payload of ``case_imported`` without its number. A row without a time counts as reported now."""
    reported = record.reported_at or record.closed_at or now
    payload: dict[str, Any] = {
        "facts": _facts(record, grid, standard, reported),
        "level": record.level or DEFAULT_LEVEL,
        "registered_at": to_seconds(reported),
    }
    closed = _closed_at(record, reported)
    if closed is not None:
        payload["closed_at"] = to_seconds(closed)
    if record.due_at is not None:
        payload["clocks"] = [_original_deadline(reported, record.due_at)]
    return payload


def _closed_at(record: CaseRecord, reported: datetime) -> datetime | None:
    if record.closed_at is not None:
        return record.closed_at
    return reported if record.state in _CLOSED else None


def _facts(record: CaseRecord, grid: str, standard: StandardRow | None, reported: datetime) -> dict[str, Any]:
    """The fields of ``CaseFacts`` that are not empty: events are kept for ever, so they say no more."""
    classes = (standard.big_class, standard.small_class) if standard else (record.big_class, record.small_class)
    facts = {
        "title": record.title,
        "description": record.description,
        "channel": _CHANNELS.get(record.channel or record.channel_text, Channel.OTHER.value),
        "standard": standard.code if standard else "",
        "case_class": " ".join(part for part in classes if part),
        "urgency": _URGENCIES.get(record.urgency, 1),
        "grid": grid,
        "address": record.address,
        "lon": record.lon,
        "lat": record.lat,
        "source_point": _source_point(record),
        "happened_at": to_seconds(reported),
        "reporter_name": record.reporter_name,
        "reporter_phone": record.reporter_phone,
        "upper_number": record.external_number,
        "extra": _extra(record),
    }
    return {name: value for name, value in facts.items() if value not in _LEFT_OUT}


def _source_point(record: CaseRecord) -> str:
    if record.source_lon is None or record.source_lat is None:
        return ""
    return f"{record.source_crs}:{record.source_lon!r},{record.source_lat!r}"


def _extra(record: CaseRecord) -> Mapping[str, str]:
    kept = {name: str(value) for name in _KEPT_TEXTS if (value := getattr(record, name))}
    return {**record.extra, **kept}


def _original_deadline(reported: datetime, due: datetime) -> dict[str, Any]:
    return {
        "stage": Stage.IMPORTED.value,
        "limit": format_limit(_limit_between(reported, due)),
        "started": to_seconds(reported),
        "due": to_seconds(due),
        "unit": "",
    }


def _limit_between(start: datetime, due: datetime) -> Limit:
    """The time between the two as a limit that runs day and night; at most the longest limit there can be."""
    hours = (due - start).total_seconds() / 3600
    if hours <= 0:
        return _SHORTEST
    if hours <= LARGEST_AMOUNT:
        return Limit(hours, LimitKind.URGENT_HOUR)
    return Limit(min(float(LARGEST_AMOUNT), round(hours / 24)), LimitKind.NATURAL_DAY)
