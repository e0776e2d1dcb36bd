"""Open deadlines after a new legal calendar, put together: for imports, rounds, sticks, the worker of a desk, and a
window that an update may have brought one.

Part of the composition.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Collection
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final

from gridclient.domain.calendar import WorkCalendar
from gridclient.domain.errors import Cancelled, StoreUnavailable
from gridclient.domain.roles import Action, may
from gridclient.services.recomputing import recompute_deadlines
from gridclient.services.rows import Changes
from gridclient.store.calendar_mark import CalendarMark
from gridclient.store.enrolment_file import read_enrolment
from gridclient.store.profile import Profile

if TYPE_CHECKING:
    from gridclient.composition import OpenedDesk

_LOG: Final = logging.getLogger(__name__)
_BREATH_S: Final = 0.003
"""Between two portions the store is left to the window: who waits for it asks every millisecond."""


def is_due(profile: Profile, calendar: WorkCalendar, today: date) -> bool:
    """Whether open deadlines were not worked out for this calendar yet, and the desk writes cases: that of a unit or
    one that only reads leaves it to the township's own."""
    streams = _streams(profile)
    return (streams is None or bool(streams)) and not CalendarMark(profile.database, calendar, today).is_noted()


def recompute(opened: OpenedDesk, advance: Callable[[int, int], None] = lambda _done, _all: None) -> Changes:
    """Moves the open deadlines to where the calendar in force puts them, if it is not the one of the last time.

    What ``advance`` cuts off (it raises ``Cancelled``) or what fails is done the next time: it hides nothing of the
    import or round that it comes after.
    """
    desk = opened.desk
    calendar, today = desk.reference.calendar(), desk.clock.now().date()
    try:
        if may(desk.actor.role, Action.AMEND) and is_due(opened.profile, calendar, today):
            return _recomputed(opened, CalendarMark(opened.database, calendar, today), advance)
    except StoreUnavailable as error:
        _LOG.warning("deadlines were not recomputed: %s", error)
    return Changes()


def recompute_in_worker(report: Callable[[int, int], None], *, profile: Path) -> Changes:
    """The same for the worker process of the desk that has this profile open."""
    from gridclient.composition import open_desk

    with open_desk(profile, shared=True) as opened:
        return recompute(opened, report)


def _recomputed(opened: OpenedDesk, mark: CalendarMark, advance: Callable[[int, int], None]) -> Changes:
    desk, streams = opened.desk, _streams(opened.profile)
    changes, whole = Changes(), True
    if days := mark.changed_days():
        case_ids = mark.cases_left(min(days))

        def rested(done: int, of_all: int) -> None:
            nonlocal whole
            try:
                advance(done, of_all)
            except Cancelled:
                whole = done == of_all
                mark.note_place(case_ids[done - 1])
                raise
            time.sleep(_BREATH_S)

        changes = recompute_deadlines(
            case_ids,
            days,
            writable=lambda stream: streams is None or stream in streams,
            work=desk.work,
            reference=desk.reference,
            advance=rested,
        )
    if whole:
        mark.note()
    return changes


def _streams(profile: Profile) -> Collection[str] | None:
    """Those of whose cases this desk writes the deadlines; ``None`` for all."""
    enrolment = read_enrolment(profile.folder, profile.device.id)
    if enrolment is None:
        return None
    return {g.stream for g in enrolment.grants if g.writes and not g.unit and g.is_of_cases}
