"""What a dispatch will do, said before it is done, and what became of several, said after. Blocking: pool threads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from PySide6.QtCore import QCoreApplication

from gridclient.domain.case import Case, CaseState
from gridclient.domain.errors import GridClientError
from gridclient.domain.events import from_seconds
from gridclient.domain.roles import Action
from gridclient.services.desk import Desk
from gridclient.services.drafting import Situation, draft_for
from gridclient.services.error_text import sentence_of
from gridclient.services.rows import Changes
from gridclient.ui.dispatch.choice import Choice
from gridclient.ui.present import limit_words, short_number, until_words

translate = QCoreApplication.translate
_MOST_NAMED: Final = 3


@dataclass(frozen=True, slots=True)
class BatchResult:
    """What a batch touched, and the sentence about it. ``failed`` are the cases that are left."""

    changes: Changes
    sentence: str
    failed: tuple[str, ...]


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


def dispatch_many(desk: Desk, case_ids: Sequence[str], args: dict[str, Any]) -> BatchResult:
    """Dispatches each case in its own transaction and tells what is left. A complete new case is filed first."""
    new = [row.id for row in desk.queries.rows(case_ids) if row.state == CaseState.REPORTED]
    filed, filings = desk.act_on_many(Action.FILE, new)
    refused = [(outcome.case_id, outcome.error) for outcome in filings if outcome.error is not None]
    kept = {case_id for case_id, _ in refused}
    sent, outcomes = desk.act_on_many(Action.DISPATCH, [one for one in case_ids if one not in kept], args)
    refused += [(outcome.case_id, outcome.error) for outcome in outcomes if outcome.error is not None]
    changes = filed | sent
    done = len(case_ids) - len(refused)
    if not refused:
        words = translate("Dispatch", "{count} 件已派遣。").format(count=done)
        return BatchResult(changes, words, ())
    numbers = {row.id: short_number(row.number) for row in desk.queries.rows([case_id for case_id, _ in refused])}
    named = [f"{numbers.get(case_id, case_id)} {sentence_of(error)}" for case_id, error in refused[:_MOST_NAMED]]
    more = "" if len(refused) <= _MOST_NAMED else translate("Dispatch", "\n……")
    words = translate("Dispatch", "{done} 件已派遣，{left} 件未派：").format(done=done, left=len(refused))
    return BatchResult(changes, "\n".join((words, *named)) + more, tuple(case_id for case_id, _ in refused))
