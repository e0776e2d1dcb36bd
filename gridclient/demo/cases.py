"""Cases of the demo county: plausible texts, places and lives. The same seed and moment always give the same cases.

They are values only; the caller turns them into commands or events.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from enum import Enum, auto
from functools import lru_cache
from random import Random
from typing import Final

import shapely

from gridclient.demo.county import DemoCounty
from gridclient.demo.lives import Circumstances, DemoStep, Fate, dispatched_at, live
from gridclient.demo.matters import word
from gridclient.demo.people import invented_mobile, invented_name
from gridclient.demo.scenery import read_phrases
from gridclient.demo.subjects import Subject, Subjects
from gridclient.domain.calendar import CHINA_TIME, WorkCalendar
from gridclient.domain.case import CaseFacts
from gridclient.domain.deadlines import deadline
from gridclient.domain.events import to_seconds
from gridclient.domain.frozen import frozen
from gridclient.domain.limits import Limit, LimitKind, parse_limit

DAYS: Final = 60
REPEATS: Final = 0.02
_TRIES: Final = 30
_FATES: Final[Mapping[Fate, float]] = {
    Fate.CLOSED: 0.785, Fate.DECLINED: 0.015, Fate.REPORTED: 0.01, Fate.FILED: 0.013, Fate.RETURNED: 0.01,
    Fate.DISPATCHED: 0.03, Fate.HANDLING: 0.125, Fate.HANDLED: 0.012,
}  # fmt: skip
"""Few cases wait for the desk: they are due within a quarter of an hour, and soon most of them would be overdue."""
_CHANNELS: Final[Mapping[str, int]] = {
    "grid_worker": 34, "12345": 30, "digital_city": 8, "smart_community": 6, "110": 4, "one_nail": 4, "visit": 4,
    "patrol": 4, "video": 3, "superior": 1, "department": 1, "leader": 1,
}  # fmt: skip
_FROM_PEOPLE: Final = frozenset({"12345", "110", "smart_community", "visit"})
_NUMBERED: Final[Mapping[str, str]] = {"12345": "RX", "digital_city": "SC", "smart_community": "ZS"}
_BY_SIGHT: Final = frozenset({"video", "digital_city"})
_UNSEEN_PLACES: Final = frozenset({"小区", "村庄"})
_UNSEEN_CLASSES: Final = frozenset({"矛盾纠纷", "民生服务"})
_HOUR: Final = timedelta(hours=1)
_FRESH: Final[Mapping[Fate, tuple[float, float]]] = {
    Fate.FILED: (5, 40), Fate.RETURNED: (5, 40), Fate.HANDLED: (10, 75),
}  # fmt: skip
"""Minutes since the last step, usually and at most: most cases that wait for the desk are within their limit."""
_INSTEAD: Final[Mapping[Fate, Fate]] = {Fate.RETURNED: Fate.FILED, Fate.HANDLED: Fate.CLOSED}
"""The state of a case instead, if its unit does not work at this time of day."""


@frozen
class DemoCase:
    """One case. ``key`` is its number within the seed; ``repeats`` is the key of the case that it nearly duplicates.

    ``steps`` were done with it up to now, in this order; ``reported_at`` is when the desk registered it.
    """

    key: int
    facts: CaseFacts
    level: int
    reported_at: datetime
    steps: tuple[DemoStep, ...]
    repeats: int | None = None


class _Aim(Enum):
    OVERDUE = auto()
    DUE_SOON = auto()
    AMPLE = auto()


@frozen
class _Plan:
    """A case before it is written out: enough to sort all cases by their reports."""

    key: int
    subject: int
    reported_at: datetime
    fate: Fate
    decline_code: str = ""


def demo_cases(
    count: int, *, seed: int, county: DemoCounty, now: datetime, calendar: WorkCalendar | None = None
) -> Iterator[DemoCase]:
    """``count`` cases of the 60 days up to ``now``, in the order of their reports.

    Four of five are closed. The rest are in all open states, a tenth of them overdue. About one in fifty repeats
    another case of the same place within hours.
    """
    writer = _Writer(seed, county, now.astimezone(CHINA_TIME).replace(microsecond=0), calendar or WorkCalendar())
    plans = sorted((writer.plan(key, count) for key in range(count)), key=lambda plan: (plan.reported_at, plan.key))
    return (writer.write(plan) for plan in plans)


class _Writer:
    def __init__(self, seed: int, county: DemoCounty, now: datetime, calendar: WorkCalendar) -> None:
        self._seed = seed
        self._now = now
        self._calendar = calendar
        self._lists = county.lists
        self._phrases = read_phrases()
        months = {(now - timedelta(days=day)).month for day in range(DAYS)}
        self._subjects = Subjects(county, self._phrases, months=months)
        self._subject = lru_cache(maxsize=2048)(lambda key: self._subjects.make(self._random("subject", key)))

    def plan(self, key: int, count: int) -> _Plan:
        """When the case was reported, and in which state it is to be now."""
        random = self._random("plan", key)
        if random.random() < REPEATS and (first := self._original(key, count, random)) is not None:
            return self._repeat(key, first, random)
        fate = random.choices(list(_FATES), list(_FATES.values()))[0]
        for wanted, aim in ((fate, self._aim(key)), (_INSTEAD.get(fate, fate), _Aim.AMPLE)):
            for _ in range(_TRIES):
                plan = _Plan(key, key, self._moment(key, wanted, aim, random).replace(microsecond=0), wanted)
                if wanted in _FRESH:
                    plan = self._fresh(plan, random)
                if self._fits(plan, aim):
                    return plan
        return plan

    def write(self, plan: _Plan) -> DemoCase:
        """The whole case."""
        random = self._random("text", plan.key)
        about = self._subject(plan.subject)
        channel = _channel(about, random)
        happened_at = plan.reported_at - timedelta(minutes=random.randrange(2, 95))
        wording = word(about.matter, about.spot, channel=channel, at=happened_at, phrases=self._phrases, random=random)
        from_people = channel in _FROM_PEOPLE
        name, phone = self._reporter(about, channel, plan.subject, random)
        facts = CaseFacts(
            title=wording.title, description=wording.description, channel=channel, standard=about.standard.code,
            urgency=about.standard.urgency, grid=about.scene.grid.code, address=about.spot.address,
            lon=about.lon, lat=about.lat, happened_at=to_seconds(happened_at), reporter_name=name, reporter_phone=phone,
            wants_reply=from_people and random.random() < 0.7, keep_secret=from_people and random.random() < 0.1,
            upper_number=self._upper_number(channel, plan),
        )  # fmt: skip
        steps = self._steps(plan, can_be_rated=from_people)
        case = DemoCase(plan.key, facts, about.standard.level, plan.reported_at, steps)
        return case if plan.subject == plan.key else self._moved(case, plan.subject, about, random)

    def _random(self, purpose: str, key: int) -> Random:
        return Random(f"{self._seed}:{purpose}:{key}")

    def _original(self, key: int, count: int, random: Random) -> _Plan | None:
        """Another case that can be repeated: it is no repeat and at least five minutes old."""
        if count < 2:
            return None
        start = key + random.randrange(1, count)
        for other in ((start + step) % count for step in range(min(count, _TRIES))):
            if other != key and not self._is_repeat(other):
                found = self.plan(other, 0)
                if found.reported_at < self._now - timedelta(minutes=5):
                    return found
        return None

    def _repeat(self, key: int, first: _Plan, random: Random) -> _Plan:
        """A report some hours after another one; half of them are declined as known."""
        later = first.reported_at + timedelta(minutes=random.randrange(12, 360))
        later = min(later, self._now - timedelta(minutes=3))
        if random.random() < 0.5:
            return _Plan(key, first.key, later, Fate.DECLINED, "duplicate")
        return _Plan(key, first.key, later, Fate.CLOSED)

    def _is_repeat(self, key: int) -> bool:
        return self._random("plan", key).random() < REPEATS

    def _moment(self, key: int, fate: Fate, aim: _Aim, random: Random) -> datetime:
        """A time of report from which the state can be reached."""
        about = self._subject(key)
        if fate is Fate.REPORTED:
            return self._now - timedelta(minutes=1 + min(45.0, random.expovariate(1 / 5)))
        if fate is Fate.HANDLING:
            return self._now - self._in_hand_for(about, aim, random)
        window = self._window(about, fate)
        at = self._now - window * random.random()
        if window > timedelta(days=1):
            at = at.replace(hour=about.matter.hour(random), minute=random.randrange(60), second=random.randrange(60))
            if at.weekday() >= 5 and random.random() < 0.3:
                at -= timedelta(days=random.randrange(2, 6))
        return min(at, self._now - timedelta(minutes=2))

    def _fresh(self, plan: _Plan, random: Random) -> _Plan:
        """The same life, moved so that its last step was done a short while ago."""
        last = self._life(plan, can_be_rated=False)[-1].at
        usually, most = _FRESH[plan.fate]
        wanted = self._now - timedelta(seconds=int(60 * min(most, 1 + random.expovariate(1 / usually))))
        return replace(plan, reported_at=plan.reported_at + (wanted - last))

    def _aim(self, key: int) -> _Aim:
        """How the deadline of a case that a unit handles is to be."""
        return self._random("aim", key).choices(list(_Aim), (0.1, 0.12, 0.78))[0]

    def _in_hand_for(self, about: Subject, aim: _Aim, random: Random) -> timedelta:
        """How long ago such a case may have been reported; nights and holidays are left to trial and error."""
        span = self._due_of(about)(self._now) - self._now
        if aim is _Aim.OVERDUE:
            return span + random.random() * min(timedelta(days=3), max(span, 3 * _HOUR))
        if aim is _Aim.DUE_SOON:
            return max(span * random.uniform(0.8, 1.0), timedelta(minutes=20))
        return max(span * random.uniform(0.05, 0.9), timedelta(minutes=10))

    def _window(self, about: Subject, fate: Fate) -> timedelta:
        if fate in (Fate.CLOSED, Fate.DECLINED):
            return timedelta(days=DAYS)
        if fate is Fate.HANDLED:
            return (self._due_of(about)(self._now) - self._now) * 2 + timedelta(days=1)
        hours = {Fate.FILED: 1.0, Fate.RETURNED: 20.0}.get(fate, 1.0 if about.standard.urgency > 1 else 5.0)
        return _HOUR * hours

    def _fits(self, plan: _Plan, aim: _Aim) -> bool:
        """Whether the life reaches the state by now and, for a case that a unit handles, whether its deadline is as
        aimed."""
        steps = self._life(plan, can_be_rated=False)
        if steps and steps[-1].at > self._now:
            return False
        if plan.fate in _FRESH:
            return self._now - steps[-1].at <= timedelta(minutes=_FRESH[plan.fate][1] + 1)
        given = dispatched_at(steps)
        if plan.fate is not Fate.HANDLING or given is None:
            return True
        due = self._due_of(self._subject(plan.subject))(given)
        soon = max(2 * _HOUR, (due - given) * 0.12)
        left = due - self._now
        return {
            _Aim.OVERDUE: timedelta(days=-5) < left < timedelta(),
            _Aim.DUE_SOON: timedelta() < left <= soon,
            _Aim.AMPLE: left > min(soon, (due - given) * 0.2),
        }[aim]

    def _steps(self, plan: _Plan, *, can_be_rated: bool) -> tuple[DemoStep, ...]:
        return tuple(step for step in self._life(plan, can_be_rated=can_be_rated) if step.at <= self._now)

    def _life(self, plan: _Plan, *, can_be_rated: bool) -> tuple[DemoStep, ...]:
        about = self._subject(plan.subject)
        kind = _limit(about.standard.record.limit_text).kind
        facts = Circumstances(
            standard=about.standard, assignees=about.assignees, lists=self._lists, phrases=self._phrases,
            due=self._due_of(about), around_the_clock=kind in (LimitKind.URGENT_HOUR, LimitKind.MINUTE),
            can_be_rated=can_be_rated, decline_code=plan.decline_code,
        )  # fmt: skip
        return live(plan.reported_at, plan.fate, facts, self._random("life", plan.key))

    def _due_of(self, about: Subject) -> Callable[[datetime], datetime]:
        limit = _limit(about.standard.record.limit_text)
        return lambda start: deadline(start, limit, calendar=self._calendar).due

    def _reporter(self, about: Subject, channel: str, subject: int, random: Random) -> tuple[str, str]:
        """A person for channels that people use, the grid's worker for the worker's reports, else nobody."""
        if channel == "grid_worker":
            return about.scene.grid.worker, about.scene.grid.phone
        if channel not in _FROM_PEOPLE:
            return "", ""
        who = self._random("reporter", subject) if random.random() < 0.6 else random
        return invented_name(who), invented_mobile(who)

    def _upper_number(self, channel: str, plan: _Plan) -> str:
        head = _NUMBERED.get(channel)
        return f"{head}{plan.reported_at:%Y%m%d}{plan.key % 100_000:05d}" if head else ""

    def _moved(self, case: DemoCase, original: int, about: Subject, random: Random) -> DemoCase:
        """The repeat with its point some metres off, if that is still in the grid."""
        lon, lat = (round(v + random.uniform(-2e-4, 2e-4), 6) for v in (about.lon, about.lat))
        if not shapely.contains_xy(about.scene.grid.geometry, lon, lat):
            lon, lat = about.lon, about.lat
        return replace(case, facts=replace(case.facts, lon=lon, lat=lat), repeats=original)


@lru_cache
def _limit(text: str) -> Limit:
    return parse_limit(text)


def _channel(about: Subject, random: Random) -> str:
    """The channel of the report. Cameras and surveyors see streets, not homes and quarrels."""
    unseen = about.spot.kind in _UNSEEN_PLACES or about.standard.record.big_name in _UNSEEN_CLASSES
    channels = {name: weight for name, weight in _CHANNELS.items() if not (unseen and name in _BY_SIGHT)}
    return random.choices(list(channels), list(channels.values()))[0]
