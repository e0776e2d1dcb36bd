"""What a dispatch will do, said before it is done, and what became of several, said after. Blocking: pool threads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

from PySide6.QtCore import QCoreApplication

from gridclient.domain.case import Case, CaseState
from gridclient.domain.errors import GridClientError
from gridclient.domain.events import from_seconds
from gridclient.domain.roles import Action
from gridclient.services.desk import Desk, Outcome
from gridclient.services.drafting import Situation, draft_for
from gridclient.services.rows import Changes
from gridclient.ui.dispatch.choice import Choice
from gridclient.ui.present import limit_words, until_words

translate = QCoreApplication.translate
_MOST_NAMED: Final = 3


def consequence(desk: Desk, case: Case, choice: Choice, action: Action) -> str:
    """``派遣后：处置时限 2紧急工作时，至今日 16:24``, by the very draft that the dispatch would record."""
    if not choice.lead:
        return ""
    now = desk.clock.now()
    try:
        situation = Situation(case, {"lead": choice.lead, "reason": "-"}, desk.actor, now, desk.reference)
        _, payload = draft_for(action, situation)
    except GridClientError:
        return ""  # the dispatch itself will say it
    lead = payload["assignments"][0]
    due = from_seconds(lead["due"])
    if due is None:
        return ""
    text = translate("Dispatch", "派遣后：处置时限 {limit}，至{due}")
    return text.format(limit=limit_words(lead["limit"]), due=until_words(due, now))


def dispatch_many(desk: Desk, args: dict[str, Any], case_ids: Sequence[str]) -> tuple[Changes, tuple[Outcome, ...]]:
    """Dispatches each case in its own transaction and tells what became of it. A complete new case is filed first."""
    new = [row.id for row in desk.queries.rows(case_ids) if row.state == CaseState.REPORTED]
    filed, filings = desk.act_on_many(Action.FILE, new)
    refused = tuple(outcome for outcome in filings if outcome.error is not None)
    kept = {outcome.case_id for outcome in refused}
    sent, outcomes = desk.act_on_many(Action.DISPATCH, [one for one in case_ids if one not in kept], args)
    return filed | sent, (*outcomes, *refused)


def proposed_units(desk: Desk, case_ids: Sequence[str]) -> str:
    """``综合行政执法中队 7 件、市政所 3 件``: where cases would go, each to its proposal."""
    counted: Counter[str] = Counter()
    for case_id in case_ids:
        lead = desk.propose(case_id).lead
        counted[lead.unit.name if lead is not None else ""] += 1
    shown = [
        translate("Dispatch", "{unit} {count} 件").format(unit=name or translate("Dispatch", "无建议单位"), count=count)
        for name, count in counted.most_common(_MOST_NAMED)
    ]
    more = translate("Dispatch", "等") if len(counted) > _MOST_NAMED else ""
    return "、".join(shown) + more
