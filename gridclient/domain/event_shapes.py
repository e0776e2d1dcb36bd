"""Checks that an event's payload has the values its kind needs, as another desk may have written anything.

A payload that fails here is unreadable, not forbidden by a rule: its event is left out of the case.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

_FIRST_SECOND, _LAST_SECOND = -62_135_596_800, 253_402_214_400  # the years 1 to 9999


def _is_truth(value: Any) -> bool:
    return value is True or value is False


def _is_degrees(value: Any) -> bool:
    return value is None or (value.__class__ in (float, int) and -180 <= value <= 180)


_NO_TEXTS: Final[Mapping[str, Callable[[Any], bool]]] = {
    **dict.fromkeys(("sensitive", "wants_reply", "keep_secret"), _is_truth),
    **dict.fromkeys(("lon", "lat"), _is_degrees),
    "urgency": lambda value: value.__class__ is int and 0 <= value <= 255,
    "happened_at": lambda value: value is None or (value.__class__ is int and _FIRST_SECOND <= value <= _LAST_SECOND),
    "extra": lambda value: isinstance(value, dict),
}


def checked_facts(facts: Mapping[str, Any]) -> Mapping[str, Any]:
    """Returns the facts if each value has the type of its name; unknown names are not checked.

    Raises:
        KeyError, TypeError, ValueError: a value has the wrong type; UnicodeEncodeError: a lone surrogate in a text.
    """
    for name, value in facts.items():
        if isinstance(value, str) and name not in _NO_TEXTS:
            if not value.isascii():
                value.encode()
        elif not _NO_TEXTS[name](value):
            raise TypeError(name)
    return facts


_SHOWN: Final[Mapping[str, Callable[[Any], bool]]] = {
    **dict.fromkeys(("facts", "basis"), lambda value: isinstance(value, dict)),
    "assignments": lambda value: isinstance(value, list) and all(isinstance(part, dict) for part in value),
}


def showable(payload: Mapping[str, Any]) -> Mapping[str, Any]:
    """The payload without what screens could not read: also events that no case took, or only by name, are shown."""
    return {name: value for name, value in payload.items() if name not in _SHOWN or _SHOWN[name](value)}


def checked_text(value: Any) -> str:
    """Returns the value if it is a text that a table or index can hold. Raises as :func:`checked_facts`."""
    if not isinstance(value, str):
        raise TypeError("no text")
    if not value.isascii():
        value.encode()
    return value


def is_text(value: Any) -> bool:
    """Whether :func:`checked_text` takes the value; for what is read from the log without being folded."""
    try:
        checked_text(value)
    except (TypeError, UnicodeEncodeError):
        return False
    return True


def checked_whole(value: Any) -> int:
    """Returns the value if it is a whole number. Raises ``TypeError``."""
    if value.__class__ is not int:
        raise TypeError("no whole number")
    return int(value)
