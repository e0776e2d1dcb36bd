"""The units named in the reference data, to refuse codes for units that no case is ever handed to.

Read from the events about units that the county's desk has sent; the hub does not fold.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from difflib import get_close_matches
from typing import Final

from gridclient.domain.errors import InvalidInput
from gridclient.hub.backend import OrderLedger
from gridclient.services.enrolment import REFERENCE

_UNITS: Final = "ref:units"
_MOST_NEAR: Final = 5
_LEAST_ALIKE: Final = 0.4


def known_units(ledger: OrderLedger) -> Mapping[str, str]:
    """Names of the units by code; empty while no reference data has come."""
    found: dict[str, str] = {}
    for text in ledger.texts_of(REFERENCE, _UNITS):
        payload = json.loads(text)
        for document in _entries(payload.get("documents")):
            if isinstance(document, dict) and isinstance(document.get("code"), str):
                found[document["code"]] = str(document.get("name") or "")
        for key in _entries(payload.get("gone")):
            if isinstance(key, list) and key:
                found.pop(str(key[0]), None)
    return found


def check_unit(unit: str, known: Mapping[str, str]) -> None:
    """Raises ``InvalidInput("hub.unit_unknown")``, with similar units, if units are known and this is none of them."""
    if known and unit not in known:
        near = "、".join(f"{code} {known[code]}".strip() for code in _near(unit, known))
        raise InvalidInput("hub.unit_unknown", text=unit, near=near)


def _near(unit: str, known: Mapping[str, str]) -> Collection[str]:
    """Codes of units whose code or name resembles what was typed; the first few if none does."""
    words: dict[str, str] = {}
    for code, name in known.items():
        words.setdefault(name, code)
        words[code] = code
    inside = [code for code, name in known.items() if unit and (unit in name or (name and name in unit))]
    alike = [words[word] for word in get_close_matches(unit, words, _MOST_NEAR, _LEAST_ALIKE)]
    return list(dict.fromkeys([*inside, *alike]))[:_MOST_NEAR] or sorted(known)[:_MOST_NEAR]


def _entries(value: object) -> list[object]:
    return value if isinstance(value, list) else []
