"""What the event of an imported case says: the row's facts by our names, everything else kept whole in ``extra``.

An imported case is open and waits to be filed, or is closed; states in between were another system's and are kept as
text. The other system's deadline stays as a clock of its own (原定时限); without one no clock runs until the desk acts.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Final

from gridclient.domain.calendar import CHINA_TIME
from gridclient.domain.case import CaseState, Channel, Stage
from gridclient.domain.events import payload_text, to_seconds
from gridclient.domain.limits import LARGEST_AMOUNT, Limit, LimitKind, format_limit
from gridclient.services.import_records import CaseRecord
from gridclient.services.rows import StandardRow
from gridclient.services.words import CHANNELS, URGENCIES

DEFAULT_LEVEL: Final = 3
_CLOSED: Final = frozenset({CaseState.CLOSED, CaseState.DECLINED, CaseState.VOID, CaseState.MERGED})
_CHANNELS: Final = {channel.value: channel.value for channel in Channel} | {word: key for key, word in CHANNELS.items()}
_URGENCIES: Final = {str(key): key for key in URGENCIES} | {word: key for key, word in URGENCIES.items()}
_KEPT_TEXTS: Final = (
    "grid_code",
    "channel_text",
    "big_class",
    "small_class",
    "state",
    "state_text",
    "unit_text",
    "result",
)
_GAP: Final = "\u0001"
_SHORTEST: Final = Limit(1, LimitKind.MINUTE)


@lru_cache(maxsize=4096)
def _member(name: str, value: str) -> str:
    """One member of an object as it stands in a payload's text. No text inside a value can look like it."""
    return payload_text({name: value})[1:-1]


_NUMBER_GAP: Final = _member("number", _GAP)
_GRID_GAP: Final = _member("grid", _GAP)
_DIGEST_GAP: Final = _member("digest", _GAP)


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


def row_payload(record: CaseRecord) -> dict[str, Any]:
    """What the row says of the event ``case_imported``: the same for the same row, whenever it is read.

    Number, grid and digest are gaps; so is the time of a row that tells none. :func:`finished_text` fills all but the
    number, :func:`numbered_text` that.
    """
    payload: dict[str, Any] = {
        "digest": _GAP,
        "facts": _facts(record),
        "level": record.level or DEFAULT_LEVEL,
        "number": _GAP,
    }
    reported = record.reported_at or record.closed_at
    registered = payload["registered_at"] = None if reported is None else to_seconds(reported)
    if reported is not None:
        payload["facts"]["happened_at"] = registered
    if record.closed_at is not None or record.state in _CLOSED:
        payload["closed_at"] = registered if record.closed_at is None else to_seconds(record.closed_at)
    if record.due_at is not None:
        payload["clocks"] = [_original_deadline(registered, to_seconds(record.due_at))]
    return payload


def finished_text(
    payload: dict[str, Any], text: str, *, digest: str, grid: str, standard: StandardRow | None, now: datetime
) -> str:
    """The payload's text as the log will have it, but for its number; ``payload`` is brought to the same state.

    ``text`` is what ``payload_text`` made of the payload before. A case without a time counts as reported ``now``.
    """
    facts = payload["facts"]
    payload["digest"], facts["grid"] = digest, grid
    if standard is None and payload["registered_at"] is not None:
        return text.replace(_DIGEST_GAP, f'"digest":"{digest}"', 1).replace(_GRID_GAP, _member("grid", grid), 1)
    if standard is not None:
        facts["standard"] = standard.code
        facts["case_class"] = f"{standard.big_class} {standard.small_class}".strip()
    if payload["registered_at"] is None:
        registered = payload["registered_at"] = to_seconds(now)
        if "closed_at" in payload:
            payload["closed_at"] = registered
        if "clocks" in payload:
            payload["clocks"] = [_original_deadline(registered, payload["clocks"][0]["due"])]
    return payload_text(payload)


def numbered_text(text: str, number: str) -> str:
    """The payload's text with the number that the case was given: digits, capitals and hyphens."""
    return text.replace(_NUMBER_GAP, f'"number":"{number}"', 1)


def reported_day(record: CaseRecord, *, now: datetime) -> date:
    """The day in China on which the case was reported: its number and its grid go by it."""
    return (record.reported_at or record.closed_at or now).astimezone(CHINA_TIME).date()


def _facts(record: CaseRecord) -> dict[str, Any]:
    """The fields of ``CaseFacts`` that are not empty: events are kept for ever, so they say no more."""
    facts: dict[str, Any] = {
        "title": record.title,
        "description": record.description,
        "channel": _CHANNELS.get(record.channel or record.channel_text, Channel.OTHER.value),
        "case_class": f"{record.big_class} {record.small_class}".strip(),
        "urgency": _URGENCIES.get(record.urgency, 1),
        "grid": _GAP,
        "address": record.address,
        "lon": record.lon,
        "lat": record.lat,
        "source_point": _source_point(record),
        "reporter_name": record.reporter_name,
        "reporter_phone": record.reporter_phone,
        "upper_number": record.external_number,
    }
    facts = {name: value for name, value in facts.items() if value is not None and value != ""}
    if extra := _extra(record):
        facts["extra"] = extra
    return facts


def _source_point(record: CaseRecord) -> str:
    if record.source_lon is None or record.source_lat is None:
        return ""
    return f"{record.source_crs}:{record.source_lon!r},{record.source_lat!r}"


def _extra(record: CaseRecord) -> Mapping[str, str]:
    kept = {name: value for name in _KEPT_TEXTS if (value := getattr(record, name))}
    return {**record.extra, **kept} if kept else record.extra


def _original_deadline(registered: int | None, due: int) -> dict[str, Any]:
    limit = format_limit(_limit_of((due - (due if registered is None else registered)) / 3600))
    return {"stage": Stage.IMPORTED.value, "limit": limit, "started": registered, "due": due, "unit": ""}


def _limit_of(hours: float) -> Limit:
    """So many hours, day and night; days where that is too long for hours, and at most the longest limit there is."""
    if hours <= 0:
        return _SHORTEST
    if hours <= LARGEST_AMOUNT:
        return Limit(hours, LimitKind.URGENT_HOUR)
    return Limit(min(float(LARGEST_AMOUNT), round(hours / 24)), LimitKind.NATURAL_DAY)
