"""Registers a case (登记), the one way in for all channels. The draft is deleted only once the case is in the log."""

from __future__ import annotations

from dataclasses import asdict

from gridclient.domain.case import CaseFacts, Stage
from gridclient.domain.codes import township_of
from gridclient.domain.events import EventDraft, EventKind
from gridclient.domain.frozen import frozen
from gridclient.domain.roles import Action, Actor, require
from gridclient.services.clocks import clock_payload
from gridclient.services.enrolment import CASES, reporting_township
from gridclient.services.ports import Clock, IdSource, Reference, Work
from gridclient.services.rows import Changes
from gridclient.services.standards import listed_facts

TITLE_FROM_TEXT = 40
"""Most characters of a title that is made of a text: a line of the list."""
LONGEST_TITLE = 200
"""Most characters of a title that somebody gave."""
LONGEST_TEXT = 20_000
"""Most characters of a typed or pasted text, as searching and comparing read all of it."""


@frozen
class RegisterCase:
    """What the operator entered. Without a grid the point decides; without either the case waits for one (未落格).

    ``townships``: those whose cases the hub takes of this desk; without one, of all. A case beyond them stays with the
    desk's own: the hub would refuse it for ever.
    """

    facts: CaseFacts
    actor: Actor
    level: int = 3
    townships: frozenset[str] = frozenset()


@frozen
class Registered:
    """The new case, and what changed."""

    case_id: str
    number: str
    changes: Changes


def register_case(
    command: RegisterCase, *, work: Work, reference: Reference, clock: Clock, ids: IdSource
) -> Registered:
    """Registers a new case under a new number.

    Raises:
        RuleViolation: no title and no description, no such level, or as :func:`listed_facts`.
        NotFound: as :func:`listed_facts`.
    """
    require(command.actor, Action.AMEND, "register")
    told, now = command.facts, clock.now()
    title = told.title.strip() or told.description.strip().partition("\n")[0][:TITLE_FROM_TEXT]
    facts = listed_facts(asdict(told) | {"title": title}, reference, now)
    if not told.grid and told.lon is not None and told.lat is not None:
        facts["grid"] = reference.grids_at(told.lon, told.lat).basic or ""
    township = reporting_township(township_of(facts["grid"]), reference.setting("township"), command.townships)
    case_id = ids.new_id()
    with work() as unit_of_work:
        number = unit_of_work.next_number(township, now.date())
        payload = {
            "number": number,
            "level": command.level,
            "facts": facts,
            "clocks": [clock_payload(Stage.ACCEPT, reference.setting("limit.accept"), now, reference)],
        }
        stream = f"{CASES}{township}"
        unit_of_work.record(EventDraft(EventKind.REGISTERED, case_id, stream, command.actor.account, payload))
    return Registered(case_id, number, unit_of_work.changes)
