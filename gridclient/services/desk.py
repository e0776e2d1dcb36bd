"""The desk's services with their ports, as given to the window and the command line; built once in ``app``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from gridclient.domain.case import CaseFacts
from gridclient.domain.errors import GridClientError, NotFound, RuleViolation
from gridclient.domain.frozen import frozen
from gridclient.domain.roles import Action, Actor
from gridclient.services.map_port import MapData
from gridclient.services.ports import (
    AttachmentFiles,
    Clock,
    DeskQueries,
    DeskSettings,
    FileState,
    IdSource,
    Reference,
    Work,
)
from gridclient.services.rows import Changes

if TYPE_CHECKING:
    from gridclient.services.proposal import Proposal
    from gridclient.services.registering import Registered


@frozen
class Outcome:
    """The result for one case of a batch: ``error`` is ``None`` if it was done."""

    case_id: str
    error: GridClientError | None


@frozen
class Desk:
    """Everything a desk can ask or do. Blocking: to be called from a pool thread, writes from the one writer thread."""

    queries: DeskQueries
    work: Work
    reference: Reference
    settings: DeskSettings
    map_data: MapData
    clock: Clock
    ids: IdSource
    actor: Actor
    files: AttachmentFiles
    townships: Callable[[], frozenset[str]] = frozenset
    """Those whose cases the hub takes of this desk; empty without a hub."""

    def act(
        self, action: Action, case_id: str, args: Mapping[str, Any] | None = None, *, base: int | None = None
    ) -> Changes:
        """Does one action to one case. A dispatch without a lead uses the proposal.

        Raises:
            GridClientError: see :func:`gridclient.services.acting.act_on_case`; ``attachment.missing``;
                ``case.stands_still``: this desk may not read the case any more, and the hub would not take the step.
        """
        from gridclient.services.acting import ActOnCase, act_on_case
        from gridclient.services.proposal import proposed_lead

        given = dict(args or {})
        if self.queries.stands_since(case_id) is not None:
            raise RuleViolation("case.stands_still")
        if action in (Action.DISPATCH, Action.REASSIGN) and not given.get("lead"):
            proposal = self.propose(case_id)
            given["lead"] = proposed_lead(proposal).code
            given.setdefault("cooperating", [c.unit.code for c in proposal.cooperating])
        if action is Action.ATTACH:
            digest = str(given.get("sha256", ""))
            if self.files.states([digest]).get(digest, FileState.NOT_HERE) is FileState.NOT_HERE:
                raise NotFound("attachment.missing")
        command = ActOnCase(action, case_id, self.actor, given, base)
        return act_on_case(command, work=self.work, reference=self.reference, clock=self.clock)

    def act_on_many(
        self, action: Action, case_ids: Iterable[str], args: Mapping[str, Any] | None = None
    ) -> tuple[Changes, tuple[Outcome, ...]]:
        """Does an action to several cases, each in its own transaction. Cases that a rule forbids are skipped."""
        return _each(case_ids, lambda case_id: self.act(action, case_id, args))

    def file_many(
        self, case_ids: Iterable[str], *, standard: str = "", grid: str = ""
    ) -> tuple[Changes, tuple[Outcome, ...]]:
        """Files several cases (立案) under one condition and grid; what a case already has of these is kept."""

        def file(case_id: str) -> Changes:
            facts = self.queries.case(case_id).facts
            given = {"standard": "" if facts.standard else standard, "grid": "" if facts.grid else grid}
            return self.act(Action.FILE, case_id, {name: value for name, value in given.items() if value})

        return _each(case_ids, file)

    def register(self, facts: CaseFacts, *, level: int = 3) -> Registered:
        """Registers a new case."""
        from gridclient.services.registering import RegisterCase, register_case

        command = RegisterCase(facts, self.actor, level, self.townships())
        return register_case(command, work=self.work, reference=self.reference, clock=self.clock, ids=self.ids)

    def propose(self, case_ref: str) -> Proposal:
        """The units to dispatch the case to, with reasons."""
        from gridclient.services.proposal import propose

        case = self.queries.case(case_ref)
        return propose(
            case,
            reference=self.reference,
            loads=self.queries.unit_loads(),
            recent=self.queries.recent_units(case.facts.standard),
        )


def _each(case_ids: Iterable[str], act: Callable[[str], Changes]) -> tuple[Changes, tuple[Outcome, ...]]:
    changes, outcomes = Changes(), []
    for case_id in case_ids:
        error: GridClientError | None = None
        try:
            changes |= act(case_id)
        except GridClientError as refused:
            error = refused
        outcomes.append(Outcome(case_id, error))
    return changes, tuple(outcomes)
