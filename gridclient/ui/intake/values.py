"""The values of the intake form: kept as a draft, filled from a text, turned into the facts of a case."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, fields, replace
from datetime import datetime
from typing import Any, Final

from gridclient.domain.calendar import CHINA_TIME
from gridclient.domain.case import CaseFacts, Channel
from gridclient.domain.coordinates import Crs, Point, convert, parse_crs
from gridclient.domain.errors import InvalidInput
from gridclient.domain.events import to_seconds
from gridclient.domain.frozen import frozen
from gridclient.services.intake import ParsedText, parse_text

_NUMBERS: Final = re.compile(r"-?\d+(?:\.\d+)?")
_MIDNIGHT: Final = (0, 0)
_MOMENT: Final = "%Y-%m-%d %H:%M"


@frozen
class IntakeValues:
    """The values as they are typed. ``point`` is ``lon, lat`` in the system ``crs``, which is asked for where nobody
    said it; ``happened_at`` is ``2026-11-20 14:00``. ``channel`` is "" until a text or a person says it."""

    description: str = ""
    title: str = ""
    channel: str = ""
    standard: str = ""
    urgency: int = 1
    grid: str = ""
    address: str = ""
    point: str = ""
    crs: str = ""
    happened_at: str = ""
    reporter_name: str = ""
    reporter_phone: str = ""
    upper_number: str = ""
    wants_reply: bool = False
    keep_secret: bool = False
    sensitive: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether nothing was typed; a chosen channel, urgency or system does not count."""
        chosen = replace(self, channel=EMPTY.channel, urgency=EMPTY.urgency, crs=EMPTY.crs)
        return chosen == EMPTY

    def as_text(self) -> str:
        """The text of the draft; "" for an empty form."""
        return "" if self.is_empty else json.dumps(asdict(self), ensure_ascii=False)


EMPTY: Final = IntakeValues()
_BY_TEXT: Final = tuple(each.name for each in fields(ParsedText))
_READ: Final = ("point", "crs", "happened_at")
"""The fields whose text differs from the fact of the case; all others are taken as they are."""


def values_of(text: str) -> IntakeValues:
    """Reads a draft; unknown fields and wrong types are ignored."""
    try:
        given = json.loads(text) if text else {}
    except ValueError:
        return EMPTY
    if not isinstance(given, dict):
        return EMPTY
    known = {
        field.name: given[field.name]
        for field in fields(IntakeValues)
        if isinstance(given.get(field.name), type(getattr(EMPTY, field.name)))
    }
    return replace(EMPTY, **known)


def filled(
    values: IntakeValues, text: str, before: Mapping[str, object], now: datetime
) -> tuple[IntakeValues, tuple[str, ...]]:
    """The values with empty fields filled from a text pasted ``now``, and the names of those fields. A field with its
    initial value counts as empty. ``before``: what earlier texts filled; where this one took their place, that is
    emptied, as it may be another caller's."""
    if values.description.strip() == text.strip():
        stale = {name for name, word in before.items() if getattr(values, name) == word}
        stale |= {"crs"} if "point" in stale else set()
        values = replace(values, **{name: getattr(EMPTY, name) for name in stale})
    found = _as_typed(parse_text(text, now))
    names = tuple(name for name, word in found.items() if word and _is_free(values, name))
    given: dict[str, Any] = {name: found[name] for name in names}
    if "point" in names:  # a system that was chosen before is not this point's
        given["crs"] = found["crs"]
    return replace(values, **given), names


def filled_by_text(values: IntakeValues, now: datetime) -> dict[str, object]:
    """The fields of a draft that are as its description, pasted ``now``, would fill them."""
    told, names = filled(EMPTY, values.description, {}, now)
    return {name: word for name in names if (word := getattr(values, name)) == getattr(told, name)}


def wgs_point(values: IntakeValues) -> tuple[float, float] | None:
    """The point in WGS-84; ``None`` without one.

    Raises:
        InvalidInput: it cannot be read (``point.unreadable``), its system is not known (``crs.needed``) or it lies
            nowhere (``point.out_of_range``).
    """
    if not values.point.strip():
        return None
    numbers = [float(found) for found in _NUMBERS.findall(values.point)]
    if len(numbers) != 2:
        raise InvalidInput("point.unreadable", text=values.point)
    if not values.crs:
        raise InvalidInput("crs.needed")
    lon, lat = convert(numbers[0], numbers[1], parse_crs(values.crs), Crs.WGS84)
    return Point(lon, lat).lon, lat


def facts_of(values: IntakeValues) -> CaseFacts:
    """The facts of the case.

    Raises:
        InvalidInput: point or time cannot be read (``point.…``, ``time.unreadable``).
    """
    point = wgs_point(values)
    lon, lat = point if point is not None else (None, None)
    typed = {name: value for name, value in asdict(values).items() if name not in _READ}
    kept: dict[str, Any] = {name: value.strip() if isinstance(value, str) else value for name, value in typed.items()}
    source = f"{values.crs} {' '.join(_NUMBERS.findall(values.point))}" if point is not None else ""
    moment = moment_of(values.happened_at)
    happened = to_seconds(moment) if moment is not None else None
    kept["channel"] = kept["channel"] or Channel.OTHER.value
    return CaseFacts(**kept, lon=lon, lat=lat, source_point=source, happened_at=happened)


def moment_of(text: str) -> datetime | None:
    """The moment that was typed, in China time; ``None`` for an empty field."""
    if not text.strip():
        return None
    numbers = [int(found) for found in re.findall(r"\d+", text)]
    try:
        year, month, day, hour, minute = (*numbers, *_MIDNIGHT)[:5]
        return datetime(year, month, day, hour, minute, tzinfo=CHINA_TIME)
    except ValueError:
        raise InvalidInput("time.unreadable", text=text) from None


def _as_typed(parsed: ParsedText) -> dict[str, Any]:
    moment = parsed.happened_at
    return {name: getattr(parsed, name) for name in _BY_TEXT} | {
        "happened_at": f"{moment:{_MOMENT}}" if moment is not None else ""
    }


def _is_free(values: IntakeValues, name: str) -> bool:
    value = getattr(values, name)
    return bool((value.strip() if isinstance(value, str) else value) == getattr(EMPTY, name))
