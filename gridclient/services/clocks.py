"""A case's clocks: which limit applies, when it is due, how much is left.

Source: DOMAIN, Clocks. Limits belong to the filing condition, else to the level; stage limits are settings of the
township.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from functools import lru_cache
from typing import Any, Final

from gridclient.domain.calendar import WorkingHours
from gridclient.domain.case import Case, Stage
from gridclient.domain.deadlines import Deadline, StartRule, deadline, working_seconds
from gridclient.domain.errors import InvalidInput, RuleViolation
from gridclient.domain.events import from_seconds, to_seconds
from gridclient.domain.limits import Limit, LimitKind, format_limit, parse_limit
from gridclient.services.ports import Reference

_SHORTEST_HOURS = 1 / 60
CLOCK_DRIFT: Final = timedelta(minutes=5)
"""How far a time of the past may be ahead of this desk's clock."""


def require_happened(seconds: int | None, now: datetime) -> None:
    """Raises ``RuleViolation("time.ahead")`` for a time that is still to come."""
    if seconds is not None and seconds > to_seconds(now + CLOCK_DRIFT):
        raise RuleViolation("time.ahead", at=from_seconds(seconds))


def handling_limit(case: Case, reference: Reference) -> str:
    """A case's handling limit in code form: the condition's; the level's if there is none or the case changed level."""
    standard, of_level = reference.standard(case.facts.standard), reference.setting(f"limit.level.{case.level}")
    if standard is not None and standard.limit and not (case.moved and of_level):
        return standard.limit
    return of_level


def deadline_of(limit: str, start: datetime, reference: Reference) -> Deadline:
    """When ``limit`` is due if it starts at ``start``, by the township's calendar and hours.

    Raises:
        InvalidInput: the limit cannot be read.
    """
    parsed = parse_limit(limit)
    rule = StartRule(reference.setting("start_rule")) if parsed.kind.counts_days else StartRule.IMMEDIATE
    return deadline(start, parsed, start_rule=rule, calendar=reference.calendar(), hours=working_hours(reference))


def working_hours(reference: Reference) -> WorkingHours:
    """The township's working hours, written ``08:00-12:00,14:00-18:00`` in its settings.

    Raises:
        InvalidInput: the setting is no list of periods (``hours.unreadable``).
    """
    return parse_hours(reference.setting("working_hours"))


@lru_cache(maxsize=16)
def parse_hours(text: str) -> WorkingHours:
    """Reads ``08:00-12:00,14:00-24:00``. Raises ``InvalidInput``: ``hours.unreadable``, ``hours.not_in_order``."""
    try:
        pairs = [part.split("-") for part in text.split(",")]
        return WorkingHours(tuple((_time_of(a), time(0) if b.strip() == "24:00" else _time_of(b)) for a, b in pairs))
    except ValueError:
        raise InvalidInput("hours.unreadable", text=text) from None


def _time_of(text: str) -> time:
    """Hour and minute, without seconds or a zone."""
    hour, minute = text.split(":")
    return time(int(hour), int(minute))


def clock_payload(stage: Stage, limit: str, start: datetime, reference: Reference, *, unit: str = "") -> dict[str, Any]:
    """A clock as an event holds it."""
    made = deadline_of(limit, start, reference)
    return {
        "stage": stage.value,
        "limit": format_limit(made.limit),
        "started": to_seconds(start),
        "due": to_seconds(made.due),
        "unit": unit,
    }


def remaining_seconds(due: datetime, limit: str, now: datetime, reference: Reference) -> int:
    """The time left until ``due``, counted as the limit counts (working or natural time); 0 when it is over."""
    if due <= now:
        return 0
    if _counts_working_time(limit):
        return working_seconds(now, due, reference.calendar(), working_hours(reference))
    return int((due - now).total_seconds())


def resumed_limit(seconds: int, limit: str) -> str:
    """The limit, in code form, for a unit that goes on with the ``seconds`` it had left of ``limit``."""
    kind = LimitKind.WORK_HOUR if _counts_working_time(limit) else LimitKind.URGENT_HOUR
    return format_limit(Limit(max(seconds / 3600, _SHORTEST_HOURS), kind))


def _counts_working_time(limit: str) -> bool:
    """Whether the limit counts working time; ``False`` for a limit that cannot be read."""
    try:
        return parse_limit(limit).kind.counts_working_time
    except InvalidInput:
        return False
