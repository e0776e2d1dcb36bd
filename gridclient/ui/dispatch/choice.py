"""The units that the operator has chosen, those that the list shows, and the sentences before and after a dispatch."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, Final

from PySide6.QtCore import QCoreApplication

from gridclient.domain.case import Case, CaseState, Role
from gridclient.domain.codes import township_of
from gridclient.domain.errors import GridClientError
from gridclient.domain.events import from_seconds
from gridclient.domain.frozen import frozen
from gridclient.domain.roles import Action
from gridclient.services.desk import Desk, Outcome
from gridclient.services.drafting import Situation, draft_for
from gridclient.services.grounds import answers_for
from gridclient.services.proposal import Proposal
from gridclient.services.proposal_text import reason_of
from gridclient.services.rows import Changes, StandardRow, UnitRow
from gridclient.services.words import DUTY, UNIT_KINDS
from gridclient.ui.matching import find, unit_entries
from gridclient.ui.present import joined, limit_words, until_words

translate = QCoreApplication.translate
_MOST_NAMED: Final = 3


@frozen
class UnitItem:
    """A unit of the list, with the reason for it. Code "" stands for "each case to its proposal"."""

    code: str
    name: str
    reason: str


@frozen
class Choice:
    """The lead and the cooperating units; no unit is both."""

    lead: str = ""
    cooperating: tuple[str, ...] = ()

    def led_by(self, code: str) -> Choice:
        """The same with another lead, which does not cooperate any more."""
        return Choice(code, tuple(other for other in self.cooperating if other != code))

    def toggled(self, code: str) -> Choice:
        """The same with the unit added to the cooperating ones or removed from them. The lead stays."""
        if code in (self.lead, ""):
            return self
        if code in self.cooperating:
            return replace(self, cooperating=tuple(other for other in self.cooperating if other != code))
        return replace(self, cooperating=(*self.cooperating, code))

    def part_of(self, code: str) -> Role | None:
        if code == self.lead:
            return Role.LEAD
        return Role.COOPERATING if code in self.cooperating else None


@frozen
class Units:
    """The candidates of a case with their reasons, and all units that are in use."""

    candidates: tuple[UnitItem, ...] = ()
    rows: tuple[UnitRow, ...] = ()
    proposed: Choice = Choice()
    standard: StandardRow | None = None

    def row(self, code: str) -> UnitRow | None:
        return next((row for row in self.rows if row.code == code), None)

    def shown(self, typed: str, choice: Choice) -> list[UnitItem]:
        """Without a typed text the chosen units and the candidates; with one, all units that match."""
        if typed.strip():
            return [self.item(entry.value) for entry in find(unit_entries(self.rows), typed, most=9)]
        known = {item.code for item in self.candidates}
        others = [code for code in (choice.lead, *choice.cooperating) if code and code not in known]
        return [*(self.item(code) for code in others), *self.candidates]

    def item(self, code: str) -> UnitItem:
        """A unit as the list shows it."""
        for item in self.candidates:
            if item.code == code:
                return item
        row = self.row(code)
        if row is None:
            return UnitItem(code, code, "")
        kind, duty = UNIT_KINDS.get(row.kind, row.kind), DUTY.get(row.status, row.status)
        return UnitItem(row.code, row.name, joined((kind, duty)))

    def against_list(self, lead: str) -> bool:
        """Whether the lead is not on the responsibility list."""
        row = self.row(lead)
        return row is not None and is_outside(self.standard, row)


def load_units(desk: Desk, case_id: str) -> Units:
    """The proposal for a case, and all other units. To be called on a pool thread."""
    proposal = desk.propose(case_id)
    here = township_of(desk.queries.case(case_id).facts.grid)
    elsewhere = {here: 0, "": 1}  # the case's township first, then the county
    units = sorted(desk.reference.units(), key=lambda unit: elsewhere.get(unit.township, 2))
    return Units(
        tuple(UnitItem(one.unit.code, one.unit.name, reason_of(one)) for one in proposal.candidates),
        _in_use(units),
        _proposed(proposal),
        proposal.standard,
    )


def load_batch_units(desk: Desk, each: UnitItem) -> Units:
    """The units for several cases: ``each`` stands for every case's own proposal. To be called on a pool thread."""
    return Units((each,), _in_use(desk.reference.units()))


def _proposed(proposal: Proposal) -> Choice:
    if proposal.lead is None:
        return Choice()
    return Choice(proposal.lead.unit.code, tuple(candidate.unit.code for candidate in proposal.cooperating))


def _in_use(units: Iterable[UnitRow]) -> tuple[UnitRow, ...]:
    return tuple(row for row in units if row.status != "inactive")


def consequence(desk: Desk, case: Case, choice: Choice, action: Action) -> str:
    """``派遣后：处置时限 2紧急工作时，至今日 16:24``, worked out from the draft that the dispatch would record."""
    if not choice.lead:
        return ""
    now = desk.clock.now()
    try:
        situation = Situation(case, {"lead": choice.lead, "reason": "-"}, desk.actor, now, desk.reference)
        _, payload = draft_for(action, situation)
    except GridClientError:
        return ""  # dispatching will say what is wrong
    lead = payload["assignments"][0]
    due = from_seconds(lead["due"])
    if due is None:
        return ""
    text = translate("Dispatch", "派遣后：处置时限 {limit}，至{due}")
    return text.format(limit=limit_words(lead["limit"]), due=until_words(due, now))


def dispatch_many(desk: Desk, args: dict[str, Any], case_ids: Sequence[str]) -> tuple[Changes, tuple[Outcome, ...]]:
    """Dispatches each case in a transaction of its own. A new case that lacks nothing is filed first."""
    new = [row.id for row in desk.queries.rows(case_ids) if row.state == CaseState.REPORTED]
    filed, filings = desk.act_on_many(Action.FILE, new)
    refused = tuple(outcome for outcome in filings if outcome.error is not None)
    kept = {outcome.case_id for outcome in refused}
    sent, outcomes = desk.act_on_many(Action.DISPATCH, [one for one in case_ids if one not in kept], args)
    return filed | sent, (*outcomes, *refused)


def proposed_units(desk: Desk, case_ids: Sequence[str]) -> tuple[str, int]:
    """``综合行政执法中队 7 件、市政所 3 件``: where cases would go, each to its proposal; and for how many the
    list names other units."""
    counted: Counter[str] = Counter()
    outside = 0
    for case_id in case_ids:
        proposal = desk.propose(case_id)
        lead = proposal.lead.unit if proposal.lead is not None else None
        counted[lead.name if lead is not None else ""] += 1
        outside += lead is not None and is_outside(proposal.standard, lead)
    shown = [
        translate("Dispatch", "{unit} {count} 件").format(unit=name or translate("Dispatch", "无建议单位"), count=count)
        for name, count in counted.most_common(_MOST_NAMED)
    ]
    more = translate("Dispatch", "等") if len(counted) > _MOST_NAMED else ""
    return "、".join(shown) + more, outside


def is_outside(standard: StandardRow | None, unit: UnitRow) -> bool:
    """Whether the responsibility list names other units; the dispatch then needs a reason. Source: DOMAIN.md §4,
    dispatch."""
    return bool(standard and standard.units and not answers_for(unit, standard.units))
