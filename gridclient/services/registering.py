"""Registers a case (登记), the one way in for all channels. The draft is deleted only once the case is in the log."""

from __future__ import annotations

from dataclasses import asdict, replace

from gridclient.domain.case import CaseFacts, Stage
from gridclient.domain.codes import township_of
from gridclient.domain.errors import NotFound, RuleViolation
from gridclient.domain.events import EventDraft, EventKind
from gridclient.domain.frozen import frozen
from gridclient.domain.roles import Action, Actor, require
from gridclient.services.clocks import clock_payload, require_happened
from gridclient.services.conditions import named_condition
from gridclient.services.ports import Clock, IdSource, Reference, Work
from gridclient.services.rows import Changes

LONGEST_TITLE = 40
LONGEST_TEXT = 20_000
"""Most characters of a typed or pasted text, as searching and comparing read all of it."""


@frozen
class RegisterCase:
    """What the operator entered. Without a grid the point decides; without either the case waits for one (未落格)."""

    facts: CaseFacts
    actor: Actor
    level: int = 3


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
        RuleViolation: no title and no description, no such level, or a time to come (``time.ahead``).
        NotFound: the grid or the standard is not on the lists.
    """
    require(command.actor, Action.AMEND, "register")
    facts = checked_facts(command.facts, reference)
    now = clock.now()
    require_happened(facts.happened_at, now)
    township = township_of(facts.grid) or reference.setting("township")
    case_id = ids.new_id()
    with work() as unit_of_work:
        number = unit_of_work.next_number(township, now.date())
        payload = {
            "number": number,
            "level": command.level,
            "facts": asdict(facts),
            "clocks": [clock_payload(Stage.ACCEPT, reference.setting("limit.accept"), now, reference)],
        }
        unit_of_work.record(EventDraft(EventKind.REGISTERED, case_id, f"t:{township}", command.actor.account, payload))
    return Registered(case_id, number, unit_of_work.changes)


def checked_facts(facts: CaseFacts, reference: Reference) -> CaseFacts:
    """The facts, with title, grid and class filled in where they follow from others.

    Raises:
        RuleViolation: ``case.title_missing`` (there is no description either), ``standard.ambiguous``.
        NotFound: ``grid.unknown``, ``standard.unknown``.
    """
    title = facts.title.strip() or facts.description.strip().partition("\n")[0][:LONGEST_TITLE]
    if not title:
        raise RuleViolation("case.title_missing")
    facts = replace(facts, title=title)
    if facts.grid and reference.grid(facts.grid) is None:
        raise NotFound("grid.unknown", grid=facts.grid)
    if not facts.grid and facts.lon is not None and facts.lat is not None:
        facts = replace(facts, grid=reference.grids_at(facts.lon, facts.lat).basic or "")
    if facts.standard:
        standard = named_condition(reference, facts.standard)
        facts = replace(facts, standard=standard.key, case_class=standard.case_class)
    return facts
