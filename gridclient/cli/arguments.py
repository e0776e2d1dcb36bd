"""Reads the option ``--json-args``: one JSON object, whose values are checked before the desk gets any of them.

Names are those of a case's facts and of the actions' arguments. Instants are ISO 8601 texts or seconds since 1970.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from gridclient.domain.calendar import CHINA_TIME
from gridclient.domain.case import FACTS
from gridclient.domain.coordinates import Crs, convert, parse_crs
from gridclient.domain.errors import InvalidInput
from gridclient.domain.events import to_seconds
from gridclient.domain.roles import Action
from gridclient.services.registering import LONGEST_TEXT, LONGEST_TITLE
from gridclient.services.words import CHANNELS, DECLINE_REASONS, RATINGS, RETURN_REASONS, URGENCIES

Values = dict[str, Any]

_EARLIEST: Final = to_seconds(datetime(1949, 1, 1, tzinfo=CHINA_TIME))
_TOO_LATE: Final = to_seconds(datetime(2101, 1, 1, tzinfo=CHINA_TIME))
_PEOPLE: Final = {
    "name": "reporter_name",
    "phone": "reporter_phone",
    "wants_reply": "wants_reply",
    "keep_secret": "keep_secret",
}
_BY_WORD: Final[Mapping[str, Mapping[str, str | int]]] = {
    "channel": {word: name for name, word in CHANNELS.items()},
    "rating": {word: name for name, word in RATINGS.items()},
    "reason_code": {word: name for words in (DECLINE_REASONS, RETURN_REASONS) for name, word in words.items()},
    "urgency": {word: number for number, word in URGENCIES.items()},
}


def json_object(text: str) -> Values:
    """The object in the text. Raises ``InvalidInput``: ``arguments.not_json``, ``arguments.not_an_object``,
    ``arguments.half_a_sign``."""
    try:
        value = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        raise InvalidInput("arguments.not_json", position=getattr(error, "pos", 0) + 1) from None
    if not isinstance(value, dict):
        raise InvalidInput("arguments.not_an_object")
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:  # a lone surrogate
        raise InvalidInput("arguments.half_a_sign") from None
    return value


def checked(given: Mapping[str, Any]) -> tuple[Values, list[str]]:
    """The known arguments, each with its right type, and the names of the unknown ones.

    ``reporter`` may be an object of its own and ``point`` a pair. ``crs`` names the system of the coordinates, which
    are converted to WGS-84. A null counts as not given.

    Raises:
        InvalidInput: a value has the wrong type or range (``arguments.…``, ``point.…``, ``time.unreadable``).
    """
    flat = _flat(given)
    known = {name: _READERS[name](name, value) for name, value in flat.items() if name in _READERS}
    return _placed(known), sorted(set(flat) - set(_READERS))


def of_action(action: Action, given: Mapping[str, Any]) -> Values:
    """The arguments that an action takes, each as what it has to be. Its words may be called reason, text or note.

    Raises:
        InvalidInput: as :func:`checked`, and ``arguments.unknown`` for what the action does not take, so that nothing
            that somebody wrote is dropped.
    """
    values, unknown = checked(given)
    takes = _TAKES[action]
    own = next((name for name in _WORDS if name in takes), "")
    for name in values.keys() & {"reason", "text", "note"} - takes:
        if own and own not in values:
            values[own] = values.pop(name)
    if unknown := sorted({*unknown, *values.keys() - takes}):
        raise InvalidInput("arguments.unknown", names=unknown, known=sorted(takes) or ["无"])
    return values


def instant(text: str) -> datetime:
    """An instant in ISO 8601; without a zone it is in China time. Raises ``InvalidInput("time.unreadable")``."""
    try:
        found = datetime.fromisoformat(text.strip())
        found = found if found.tzinfo else found.replace(tzinfo=CHINA_TIME)
        return found.astimezone(CHINA_TIME)
    except (ValueError, OverflowError):
        raise InvalidInput("time.unreadable", text=text) from None


def _flat(given: Mapping[str, Any]) -> Values:
    values = {name: value for name, value in given.items() if value is not None}
    if "reason_text" in values and "reason" not in values:
        values["reason"] = values.pop("reason_text")
    if isinstance(values.get("reporter"), dict):
        who: Mapping[str, Any] = values.pop("reporter")
        values |= {_PEOPLE.get(name, f"reporter.{name}"): value for name, value in who.items() if value is not None}
    if "point" in values:
        point = values.pop("point")
        if isinstance(point, dict):
            point = [point.get("lon"), point.get("lat")]
        if not isinstance(point, list) or len(point) != 2:
            raise InvalidInput("point.not_a_pair", text=json.dumps(point, ensure_ascii=False))
        values["lon"], values["lat"] = point
    return values


def _placed(values: Values) -> Values:
    """The values with their coordinates in WGS-84. With their system, if it was told, they are kept in
    ``source_point``; without one they are taken as WGS-84."""
    if "lon" not in values and "lat" not in values:
        if "crs" in values:
            raise InvalidInput("crs.without_point")
        return values
    crs: Crs | None = values.pop("crs", None)
    if "lon" not in values or "lat" not in values:
        raise InvalidInput("point.half")
    lon, lat = convert(values["lon"], values["lat"], crs or Crs.WGS84, Crs.WGS84)
    if crs is not None:
        values["source_point"] = f"{crs.value} {values['lon']} {values['lat']}"
    return {**values, "lon": lon, "lat": lat}


def _text(name: str, value: Any) -> str:
    if not isinstance(value, str):
        raise InvalidInput("arguments.not_text", name=name)
    if "\0" in value:
        raise InvalidInput("arguments.no_sign", name=name)
    if len(value) > (most := LONGEST_TITLE if name == "title" else LONGEST_TEXT):
        raise InvalidInput("arguments.too_long", name=name, most=most)
    return str(_BY_WORD.get(name, {}).get(value, value))


def _channel(name: str, value: Any) -> str:
    text = _text(name, value)
    if text not in CHANNELS:
        raise InvalidInput("arguments.no_such_choice", name=name, text=text, known=list(CHANNELS))
    return text


def _whole(name: str, value: Any) -> int:
    number: Any = _BY_WORD.get(name, {}).get(value) if isinstance(value, str) else value
    if not isinstance(number, int) or isinstance(number, bool):
        raise InvalidInput("arguments.not_whole", name=name)
    return number


def _size(name: str, value: Any) -> int:
    number = _whole(name, value)
    if number < 0:
        raise InvalidInput("arguments.negative", name=name)
    return number


def _urgency(name: str, value: Any) -> int:
    number = _whole(name, value)
    if number not in URGENCIES:
        raise InvalidInput("arguments.no_such_choice", name=name, text=number, known=list(URGENCIES))
    return number


def _number(name: str, value: Any) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool) or not math.isfinite(value):
        raise InvalidInput("arguments.not_number", name=name)
    return float(value)


def _truth(name: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise InvalidInput("arguments.not_truth", name=name)
    return value


def _seconds(name: str, value: Any) -> int:
    seconds = to_seconds(instant(value)) if isinstance(value, str) else _whole(name, value)
    if not _EARLIEST <= seconds < _TOO_LATE:
        raise InvalidInput("cell.date_out_of_range", text=value)
    return seconds


def _texts(name: str, value: Any) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise InvalidInput("arguments.not_texts", name=name)
    _text(name, "".join(value))
    return value


def _object(name: str, value: Any) -> Values:
    if not isinstance(value, dict):
        raise InvalidInput("arguments.not_object", name=name)
    written = json.dumps(value, ensure_ascii=False)
    _text(name, written.replace("\\\\", "").replace("\\u0000", "\0"))  # the form of NUL in JSON
    return value


def _crs(name: str, value: Any) -> Crs:
    return parse_crs(_text(name, value))


_READERS: Final[Mapping[str, Callable[[str, Any], Any]]] = {
    **dict.fromkeys(FACTS, _text),
    **dict.fromkeys(("lead", "unit", "reason", "reason_code", "text", "result", "public_reply", "note"), _text),
    **dict.fromkeys(("rating", "sha256", "name", "kind", "choice", "target"), _text),
    **dict.fromkeys(("sensitive", "wants_reply", "keep_secret", "contact", "contacted", "release"), _truth),
    **dict.fromkeys(("lon", "lat"), _number),
    "closing_condition_met": _truth,
    "level": _whole,
    "size": _size,
    "urgency": _urgency,
    "channel": _channel,
    "happened_at": _seconds,
    "cooperating": _texts,
    "extra": _object,
    "crs": _crs,
}
_WORDS: Final = ("reason", "text", "result", "note")
"""The arguments that hold what somebody says with an action; no action takes two of them."""
_GIVEN_OUT: Final = frozenset({"lead", "cooperating", "reason", "contact"})
_TAKES: Final[Mapping[Action, frozenset[str]]] = {
    Action.FILE: FACTS | {"level"},
    Action.AMEND: FACTS | {"level"},
    Action.DECLINE: frozenset({"reason_code", "reason"}),
    Action.DISPATCH: _GIVEN_OUT,
    Action.REASSIGN: _GIVEN_OUT,
    Action.SIGN: frozenset({"unit"}),
    Action.RETURN: frozenset({"unit", "reason_code", "reason"}),
    Action.ESCALATE: frozenset({"reason"}),
    Action.DELEGATE: frozenset({"reason"}),
    Action.URGE: frozenset({"unit", "text"}),
    Action.FEED_BACK: frozenset({"unit", "result", "contacted", "public_reply"}),
    Action.VERIFY: frozenset({"unit", "reason", "release"}),
    Action.REWORK: frozenset({"unit", "reason"}),
    Action.CLOSE: frozenset({"closing_condition_met", "note"}),
    Action.REOPEN: frozenset({"reason"}),
    Action.VOID: frozenset({"reason"}),
    Action.RATE: frozenset({"rating", "text"}),
    Action.NOTE: frozenset({"text"}),
    Action.ATTACH: frozenset({"sha256", "name", "kind", "size"}),
    Action.UNDO: frozenset(),
    Action.RESOLVE: frozenset({"choice", "target"}),
}
