"""Masking of personal data for lists, documents and logs. Source: privacy rules, masked by default."""

from __future__ import annotations

import re

_LONG_NUMBER = re.compile(r"(?<!\d)(\d{3,4})(\d{4,12})(\d{4})(?!\d)")
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
    """Hides telephone and identity numbers inside a text."""
    return _LONG_NUMBER.sub(lambda m: f"{m[1]}{'*' * len(m[2])}{m[3]}", text)
