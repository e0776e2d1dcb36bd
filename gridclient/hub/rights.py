"""Rights: grants as the hub keeps them (with ``*`` at the end of a stream), and as a desk gets them, one per stream."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Mapping, Sequence

from gridclient.domain.codes import Tier, county_of, tier_of
from gridclient.domain.errors import InvalidInput
from gridclient.hub.rows import StreamRow
from gridclient.services.enrolment import CASES, REFERENCE, Grant

_NAMED = 3
_ROLES = {"unit": "单位", "county": "县级", "township": "镇街席位", "supervisor": "督导"}


def grants_for(township: str, *, unit: str = "", supervisor: bool = False, county: bool = False) -> tuple[Grant, ...]:
    """The rights of a new device: of a township's desk, a unit's (in one township or all), a supervisor's (of one
    township, of a county by its six digits, or of all) or the county's (also by a township of it).

    Everybody reads the reference data; the county writes it.

    Raises:
        InvalidInput: ``enrol.role_unclear`` (no role, or several), ``code.…`` (no township's code).
    """
    if supervisor + county + bool(unit) > 1 or not (township or unit or supervisor or county):
        raise InvalidInput("enrol.role_unclear")
    tier = tier_of(township) if township else None
    if tier not in (None, Tier.TOWNSHIP, Tier.COUNTY if supervisor or county else None):
        raise InvalidInput("enrol.no_township", text=township)
    reference = Grant(REFERENCE, writes=county)
    if county:
        return (Grant(f"{CASES}{county_of(township)}*"), reference)
    stream = f"{CASES}{township}" if tier is Tier.TOWNSHIP else f"{CASES}{township}*"
    return (Grant(stream, writes=not supervisor, unit=unit), reference)


def concrete(grants: Sequence[Grant], streams: Iterable[str]) -> tuple[Grant, ...]:
    """The grants for the existing streams, without ``*``; several grants for one feed become one."""
    if not any(grant.stream.endswith("*") for grant in grants):
        return tuple(grants)
    known = sorted(streams)
    found: dict[tuple[str, str], Grant] = {}
    for grant in grants:
        begin = grant.stream.removesuffix("*")
        fitting = [s for s in known if s.startswith(begin)] if begin != grant.stream else [grant.stream]
        for stream in fitting:
            other = found.get((stream, grant.unit), grant)
            reads, writes = other.reads or grant.reads, other.writes or grant.writes
            found[stream, grant.unit] = Grant(stream, reads, writes, grant.unit)
    return tuple(found.values())


def readable(grants: Iterable[Grant]) -> dict[str, Grant]:
    """The grants that allow reading, by feed."""
    return {grant.feed: grant for grant in grants if grant.reads}


def role_of(grants: Sequence[Grant]) -> str:
    """What a device with these rights is: ``unit``, ``county``, ``township`` or ``supervisor``."""
    if _unit_of(grants):
        return "unit"
    if any(grant.writes and grant.stream == REFERENCE for grant in grants):
        return "county"
    cases = _of_cases(grants)
    return "township" if cases is not None and cases.writes else "supervisor"


def role_word(grants: Sequence[Grant]) -> str:
    """The role in Chinese; a unit's with its code."""
    return f"{_ROLES[role_of(grants)]} {_unit_of(grants)}".rstrip()


def _of_cases(grants: Sequence[Grant]) -> Grant | None:
    return next((grant for grant in grants if grant.is_of_cases), None)


def _unit_of(grants: Sequence[Grant]) -> str:
    cases = _of_cases(grants)
    return cases.unit if cases is not None else ""


def area_of(grants: Sequence[Grant]) -> str:
    """The area of these rights: township codes, a county's six digits, or 全部; for many townships only how many."""
    streams = [grant.stream for grant in grants if grant.is_of_cases]
    codes = list(dict.fromkeys(stream.removeprefix(CASES).removesuffix("*") or "全部" for stream in streams))
    return "、".join(codes) if len(codes) <= _NAMED else f"{codes[0]} 等 {len(codes)} 个"


def stick_keys(grants: Iterable[Grant], streams: Iterable[StreamRow]) -> Mapping[str, bytes]:
    """The keys for sticks, by feed. A unit's is derived from its stream's and opens only its own feed."""
    keys = {row.stream: row.key for row in streams}
    found: dict[str, bytes] = {}
    for grant in grants:
        key = keys.get(grant.stream)
        if key is not None and grant.unit:
            found[grant.feed] = hmac.digest(key, grant.feed.encode(), hashlib.sha256)
        elif key is not None:
            found[grant.stream] = key
    return found
