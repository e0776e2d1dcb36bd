"""The payload of an imported case as a dictionary: the long way, which the text written out by hand is held against."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from gridclient.domain.case import CaseState, Channel, Stage
from gridclient.domain.events import payload_text, to_seconds
from gridclient.domain.limits import LARGEST_AMOUNT, SMALLEST_AMOUNT, Limit, LimitKind, format_limit
from gridclient.services.rows import StandardRow
from gridclient.services.words import CHANNELS, URGENCIES
from tests.fakes.case_record import CaseRecord

GAP = "\u0001"
CLOSED = {CaseState.CLOSED.value, CaseState.DECLINED.value, CaseState.VOID.value, CaseState.MERGED.value}
CHANNEL_OF = {channel.value: channel.value for channel in Channel} | {word: key for key, word in CHANNELS.items()}
URGENCY_OF = {str(key): key for key in URGENCIES} | {word: key for key, word in URGENCIES.items()}
KEPT = ("grid_code", "channel_text", "big_class", "small_class", "state", "state_text", "unit_text", "result")


def row_payload(record: CaseRecord) -> dict[str, Any]:
    """What the row says; number, grid and digest are gaps, and so is the time of a row that tells none."""
    reported_at = record.reported_at or record.closed_at
    reported = None if reported_at is None else to_seconds(reported_at)
    payload: dict[str, Any] = {"digest": GAP, "facts": facts_of(record), "level": record.level or 3, "number": GAP}
    payload["registered_at"] = reported
    if reported is not None:
        payload["facts"]["happened_at"] = reported
    if record.closed_at is not None or record.state in CLOSED:
        payload["closed_at"] = reported if record.closed_at is None else to_seconds(record.closed_at)
    if record.due_at is not None:
        payload["clocks"] = [deadline(reported, to_seconds(record.due_at))]
    return payload


def full_payload(
    record: CaseRecord, *, grid: str, standard: StandardRow | None, number: str, now: datetime
) -> dict[str, Any]:
    """The payload as the log has it."""
    payload = row_payload(record)
    digest = hashlib.blake2b(payload_text(payload).encode(), digest_size=8).hexdigest()
    payload |= {"digest": digest, "number": number}
    facts = payload["facts"]
    facts["grid"] = grid
    if standard is not None:
        facts["standard"] = standard.key
        facts["case_class"] = standard.case_class
    if payload["registered_at"] is None:
        payload["registered_at"] = to_seconds(now)
        if "closed_at" in payload:
            payload["closed_at"] = to_seconds(now)
        if "clocks" in payload:
            payload["clocks"] = [deadline(to_seconds(now), payload["clocks"][0]["due"])]
    return payload


def facts_of(record: CaseRecord) -> dict[str, Any]:
    """The fields of ``CaseFacts`` that are not empty."""
    source = ""
    if record.source_lon is not None and record.source_lat is not None:
        source = f"{record.source_crs}:{record.source_lon!r},{record.source_lat!r}"
    facts = {
        "title": record.title,
        "description": record.description,
        "channel": CHANNEL_OF.get(record.channel or record.channel_text, Channel.OTHER.value),
        "case_class": f"{record.big_class} {record.small_class}".strip(),
        "urgency": URGENCY_OF.get(record.urgency, 1),
        "grid": GAP,
        "address": record.address,
        "lon": record.lon,
        "lat": record.lat,
        "source_point": source,
        "reporter_name": record.reporter_name,
        "reporter_phone": record.reporter_phone,
        "upper_number": record.external_number,
        "extra": {**record.extra, **{name: value for name in KEPT if (value := getattr(record, name))}},
    }
    return {name: value for name, value in facts.items() if value is not None and value not in ("", {})}


def deadline(reported: int | None, due: int) -> dict[str, Any]:
    """The other system's deadline as a clock."""
    hours = (due - (due if reported is None else reported)) / 3600
    limit = Limit(1, LimitKind.MINUTE)
    if hours > LARGEST_AMOUNT:
        limit = Limit(min(float(LARGEST_AMOUNT), round(hours / 24)), LimitKind.NATURAL_DAY)
    elif hours >= SMALLEST_AMOUNT:
        limit = Limit(hours, LimitKind.URGENT_HOUR)
    return {
        "stage": Stage.IMPORTED.value,
        "limit": format_limit(limit),
        "started": reported,
        "due": due,
        "unit": "",
    }
