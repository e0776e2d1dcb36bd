"""Which units the reference data names, so that a code for a unit that nobody ever hands a case to is not given out.

The hub does not fold; it only looks through the changes of the list of units, as the county's desk told them.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from difflib import get_close_matches
from typing import Final

from gridclient.domain.errors import InvalidInput
from gridclient.hub.backend import OrderLedger
from gridclient.hub.rights import REFERENCE

_UNITS: Final = "ref:units"
_MOST_NEAR: Final = 5
_LEAST_ALIKE: Final = 0.4


def known_units(ledger: OrderLedger) -> Mapping[str, str]:
    """The names of the units by their codes; empty while no reference data came."""
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
    """Raises ``InvalidInput("hub.unit_unknown")``, with what is like it, unless the unit is known or none is."""
    if known and unit not in known:
        near = "、".join(f"{code} {known[code]}".strip() for code in _near(unit, known))
        raise InvalidInput("hub.unit_unknown", text=unit, near=near)


def _near(unit: str, known: Mapping[str, str]) -> Collection[str]:
    """Codes of units whose code or name is like what was typed; the first ones where none is."""
    words: dict[str, str] = {}
    for code, name in known.items():
        words.setdefault(name, code)
        words[code] = code
    inside = [code for code, name in known.items() if unit and (unit in name or (name and name in unit))]
    alike = [words[word] for word in get_close_matches(unit, words, _MOST_NEAR, _LEAST_ALIKE)]
    return list(dict.fromkeys([*inside, *alike]))[:_MOST_NEAR] or sorted(known)[:_MOST_NEAR]


def _entries(value: object) -> list[object]:
    return value if isinstance(value, list) else []
