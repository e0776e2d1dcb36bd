"""Open deadlines after a new legal calendar, put together: for imports, rounds, sticks and the worker of a desk.

Part of the composition.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final, Protocol

from gridclient.domain.roles import Action, may
from gridclient.services.desk import Desk
from gridclient.services.recomputing import recompute_deadlines
from gridclient.services.rows import Changes
from gridclient.store.calendar_mark import cases_due_from, changed_days, note_calendar
from gridclient.store.enrolment_file import read_enrolment
from gridclient.store.profile import Profile

_BREATH_S: Final = 0.003
"""Between two portions the store is left to the window: who waits for it asks every millisecond."""


class OpenStore(Protocol):
    """What recomputing needs of an opened desk (``composition.OpenedDesk``)."""

    @property
    def desk(self) -> Desk: ...
    @property
    def profile(self) -> Profile: ...


def recompute(opened: OpenStore, advance: Callable[[int, int], None] = lambda _done, _all: None) -> Changes:
    """Moves the open deadlines to where the calendar in force puts them, if it is not the one of the last time.

    What is cut off is done the next time. A desk of a unit or one that only reads leaves it to the township's own.

    Raises:
        Cancelled: ``advance`` said so.
        StoreUnavailable: disk or store failed.
    """
    desk, database = opened.desk, opened.profile.database
    calendar, today = desk.reference.calendar(), desk.clock.now().date()
    days = changed_days(database, calendar, today)
    if not days:
        return Changes()
    changes = Changes()

    def rested(done: int, of_all: int) -> None:
        advance(done, of_all)
        time.sleep(_BREATH_S)

    if may(desk.actor.role, Action.AMEND):
        changes = recompute_deadlines(
            cases_due_from(database, min(days)),
            days,
            writable=_writable(opened.profile),
            account=desk.actor.account,
            work=desk.work,
            reference=desk.reference,
            advance=rested,
        )
    note_calendar(database, calendar, today)
    return changes


def _writable(profile: Profile) -> Callable[[str], bool]:
    enrolment = read_enrolment(profile.folder, profile.device.id)
    if enrolment is None:
        return lambda _stream: True
    streams = {grant.stream for grant in enrolment.grants if grant.writes and not grant.unit}
    return lambda stream: stream in streams
