"""What was done with a case of the demo, when and by whom: a plausible life that ends where the case is now.

The steps have the names and arguments of actions, so that they can be played as commands.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field
from datetime import datetime, time, timedelta
from enum import StrEnum
from random import Random
from typing import Final

from gridclient.demo.dispatching import Assignees
from gridclient.demo.scenery import Phrases
from gridclient.demo.standards import DemoLists, DemoStandard
from gridclient.domain.frozen import frozen

_MORNING: Final = time(8)
_EVENING: Final = time(18)
_RATINGS: Final = ("very_satisfied",) * 4 + ("satisfied",) * 4 + ("fair",) * 2 + ("dissatisfied",)

Due = Callable[[datetime], datetime]


class Fate(StrEnum):
    """The state in which a case is to be now."""

    REPORTED = "reported"
    FILED = "filed"
    RETURNED = "returned"
    DISPATCHED = "dispatched"
    HANDLING = "handling"
    HANDLED = "handled"
    CLOSED = "closed"
    DECLINED = "declined"


@frozen
class DemoStep:
    """An action: ``action`` and ``args`` as commands take them; ``by`` is ``operator`` or ``unit``."""

    at: datetime
    action: str
    by: str = "operator"
    args: Mapping[str, object] = field(default_factory=dict)


@frozen
class Circumstances:
    """Everything on which a life depends. ``due`` gives the deadline of the handling limit from its start.
    ``around_the_clock``: units go out for it at night."""

    standard: DemoStandard
    assignees: Assignees
    lists: DemoLists
    phrases: Phrases
    due: Due
    around_the_clock: bool
    can_be_rated: bool
    decline_code: str = ""


def live(reported_at: datetime, fate: Fate, facts: Circumstances, random: Random) -> tuple[DemoStep, ...]:
    """The steps from the report to ``fate``, in the order of time."""
    return _Life(facts, random).steps(reported_at, fate)


def dispatched_at(steps: tuple[DemoStep, ...]) -> datetime | None:
    """When the clock of the present unit began."""
    return next((step.at for step in reversed(steps) if step.action == "dispatch"), None)


class _Life:
    def __init__(self, facts: Circumstances, random: Random) -> None:
        self._facts = facts
        self._random = random
        self._urgent = facts.around_the_clock
        self._lead = facts.assignees.lead
        self._steps: list[DemoStep] = []

    def steps(self, reported_at: datetime, fate: Fate) -> tuple[DemoStep, ...]:
        if fate is Fate.REPORTED:
            return ()
        now = self._minutes(reported_at, 2, 13)
        if fate is Fate.DECLINED:
            return (self._declined(now),)
        self._do(now, "file")
        if fate is Fate.FILED:
            return tuple(self._steps)
        now, cooperating = self._dispatched(now, fate)
        if fate not in (Fate.RETURNED, Fate.DISPATCHED):
            now = self._handled(now, cooperating, fate)
        if fate is Fate.CLOSED:
            self._closed(now, cooperating)
        return tuple(sorted(self._steps, key=lambda step: step.at))

    def _dispatched(self, now: datetime, fate: Fate) -> tuple[datetime, tuple[str, ...]]:
        """Dispatches the case, sometimes by way of another unit. Ends with a running clock of the unit or with a
        return."""
        who = self._facts.assignees
        now = self._minutes(now, 2, 12)
        if fate is Fate.RETURNED or self._chance(0.06):
            now = self._detour(now, who)
            if fate is Fate.RETURNED:
                return now, ()
            now = self._minutes(now, 4, 25)
        elif who.departments and self._chance(0.12):
            return self._escalated(now, who.departments[0]), ()
        cooperating = self._company(who)
        self._do(now, "dispatch", lead=self._lead, cooperating=list(cooperating))
        return now, cooperating

    def _escalated(self, now: datetime, department: str) -> datetime:
        """Escalates to the county, whose department takes the lead against the township's list."""
        reason = self._facts.phrases.one("escalate_reasons", self._random)
        self._do(now, "escalate", reason=reason)
        self._lead = department
        now = self._minutes(now, 3, 20)
        self._do(now, "dispatch", lead=department, cooperating=[], reason=reason)
        return now

    def _detour(self, now: datetime, who: Assignees) -> datetime:
        """A dispatch that is returned: to a unit that is not on the list, or to the right one with too little
        information."""
        astray = bool(who.cooperating) and self._chance(0.6)
        unit = who.cooperating[0] if astray else who.lead
        reason = self._facts.phrases.one("dispatch_reasons", self._random) if astray else ""
        self._do(now, "dispatch", lead=unit, cooperating=[], reason=reason)
        codes = ("not_ours", "wrong_place") if astray else ("unclear",)
        code, text = self._reason(codes)
        now = self._at_work(self._minutes(now, 15, 200))
        self._do(now, "return", by="unit", unit=unit, reason_code=code, reason=text)
        return now

    def _reason(self, codes: tuple[str, ...]) -> tuple[str, str]:
        code = self._random.choice(codes)
        texts = next(item.texts for item in self._facts.lists.return_reasons if item.code == code)
        return code, self._random.choice(texts)

    def _company(self, who: Assignees) -> tuple[str, ...]:
        others = tuple(code for code in who.cooperating if code not in who.departments)
        return others[: self._random.randrange(1, 3)] if self._chance(0.3) else ()

    def _handled(self, given: datetime, cooperating: tuple[str, ...], fate: Fate) -> datetime:
        """Signing, sometimes rework, and feedback of the lead; only signing if the case is still being handled."""
        signed = self._at_work(self._minutes(given, 4, 70))
        self._do(signed, "sign", by="unit", unit=self._lead)
        for unit in cooperating:
            self._do(self._minutes(signed, 1, 20), "sign", by="unit", unit=unit)
        if fate is Fate.HANDLING:
            self._remark(given, signed)
            return signed
        done = max(self._feedback_time(given), self._minutes(signed, 25, 50))
        for unit in cooperating:
            before = signed + (done - signed) * self._random.uniform(0.6, 0.95)
            self._do(
                max(before, signed + timedelta(minutes=21)), "feed_back", by="unit", unit=unit, result=self._result()
            )
        self._remark(signed, done)
        self._feed_back(done)
        if fate is Fate.CLOSED and self._chance(0.05):
            again = self._minutes(done, 5, 40)
            self._do(again, "rework", unit=self._lead, reason=self._random.choice(self._facts.lists.rework_reasons))
            done = self._at_work(self._minutes(again, 60, 420))
            self._feed_back(done)
        return done

    def _feedback_time(self, given: datetime) -> datetime:
        """Before the deadline in nine cases of ten, else some time after it."""
        due = self._facts.due(given)
        span = due - given
        if self._chance(0.09):
            return self._at_work(due + span * self._random.uniform(0.05, 0.8))
        early = self._at_work(given + span * self._random.triangular(0.08, 0.97, 0.45))
        return min(early, due - timedelta(minutes=1))

    def _feed_back(self, at: datetime) -> None:
        contacted = self._facts.can_be_rated and self._chance(0.7)
        reply = self._facts.phrases.one("public_replies", self._random) if contacted else ""
        self._do(
            at, "feed_back", by="unit", unit=self._lead, result=self._result(), contacted=contacted, public_reply=reply
        )

    def _closed(self, done: datetime, cooperating: tuple[str, ...]) -> None:
        now = self._minutes(done, 3, 28)
        self._do(now, "verify", unit=self._lead)
        for unit in cooperating:
            now += timedelta(minutes=1)
            self._do(now, "verify", unit=unit)
        now = self._minutes(now, 1, 6)
        self._do(now, "close", closing_condition_met=True, note="")
        if self._facts.can_be_rated and self._chance(0.35):
            later = self._minutes(now, 60, 1500)
            later = later if _MORNING <= later.time() < _EVENING else self._minutes(now, 14 * 60, 24 * 60)
            self._do(later, "rate", rating=self._random.choice(_RATINGS), text="")

    def _declined(self, at: datetime) -> DemoStep:
        wanted = self._facts.decline_code
        choices = [item for item in self._facts.lists.decline_reasons if not wanted or item.code == wanted]
        choice = self._random.choice(choices)
        return DemoStep(at, "decline", args={"reason_code": choice.code, "reason": self._random.choice(choice.texts)})

    def _remark(self, first: datetime, last: datetime) -> None:
        """A note or an urging in between."""
        at = first + (last - first) * self._random.uniform(0.2, 0.8)
        if self._chance(0.08):
            self._do(at, "note", text=self._facts.phrases.one("notes", self._random))
        elif self._chance(0.05):
            text = self._random.choice(self._facts.lists.urge_texts)
            self._do(at, "urge", text=text, unit=self._lead)

    def _result(self) -> str:
        results = self._facts.lists.results
        standard = self._facts.standard.record
        return self._random.choice(results.get(standard.small_name) or results[standard.big_name])

    def _do(self, at: datetime, action: str, by: str = "operator", **args: object) -> None:
        self._steps.append(DemoStep(at.replace(microsecond=0), action, by, args))

    def _chance(self, share: float) -> bool:
        return self._random.random() < share

    def _minutes(self, at: datetime, least: float, most: float) -> datetime:
        return at + timedelta(seconds=self._random.randrange(int(least * 60), int(most * 60)))

    def _at_work(self, at: datetime) -> datetime:
        """Units act at once on urgent cases, on others between eight and six."""
        if self._urgent or _MORNING <= at.time() < _EVENING:
            return at
        day = at if at.time() < _MORNING else at + timedelta(days=1)
        return self._minutes(day.replace(hour=8, minute=0, second=0), 3, 55)
