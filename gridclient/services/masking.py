"""Masking of personal data for lists, documents and logs. Source: privacy rules, masked by default."""

from __future__ import annotations

import re

_LONG_NUMBER = re.compile(r"(?<!\d)(\d{3,4})(\d{4,12})(\d{4})(?!\d)")
_PARTED_PHONE = re.compile(r"(?<!\d)(1[3-9]\d|0\d{2,3})([- ]\d{3,4}[- ]?)(\d{4})(?!\d)")
_AREA_CODE = re.compile(r"[1-8]\d{11}(?:\d{3})?")
_BIRTH_DATE = re.compile(r"[2-9]\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")
_SHOWN_ENDS = 4


def mask_name(name: str) -> str:
    """``张某某`` → ``张*``; an empty name stays empty."""
    stripped = name.strip()
    return f"{stripped[0]}*" if stripped else ""


def mask_phone(phone: str) -> str:
    """``13800001234`` → ``138****1234``; what is too short is hidden whole."""
    digits = re.sub(r"\D", "", phone)
    if not digits:
        return ""
    if len(digits) <= _SHOWN_ENDS + 3:
        return "*" * len(digits)
    return f"{digits[:3]}****{digits[-_SHOWN_ENDS:]}"


def mask_numbers(text: str) -> str:
    """Hides telephone and identity numbers inside a text; codes of areas, of 12 or 15 digits, stay."""
    return _PARTED_PHONE.sub(_hidden, _LONG_NUMBER.sub(_hidden, text))


def _hidden(found: re.Match[str]) -> str:
    return found[0] if _is_area_code(found[0]) else f"{found[1]}{'*' * len(found[2])}{found[3]}"


def _is_area_code(number: str) -> bool:
    """An identity number of 15 digits has a date of birth, from 1920 on, where a code has township and community."""
    if _AREA_CODE.fullmatch(number) is None:
        return False
    return len(number) == 12 or _BIRTH_DATE.match(number, 6) is None
