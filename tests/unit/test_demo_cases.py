"""The demo's cases: plausible, varied, in their grids, and every step of their lives is one that the rules allow."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
import shapely

from gridclient.demo.cases import DAYS, DemoCase, demo_cases
from gridclient.demo.county import DemoCounty, demo_county
from gridclient.demo.lives import DemoStep
from gridclient.demo.matters import read_matters
from gridclient.domain.calendar import CHINA_TIME
from gridclient.domain.case import Case
from gridclient.domain.events import Event, EventKey, EventKind, next_hlc
from gridclient.domain.fold import fold
from gridclient.domain.roles import AccountRole, Action, Actor, require
from gridclient.services import words
from gridclient.services.drafting import Situation, draft_for
from gridclient.services.registering import TITLE_FROM_TEXT
from gridclient.services.rows import GridRow, StandardRow, UnitRow
from tests.ui.fakes.memory_store import MemoryReference

NOW = datetime(2026, 11, 20, 14, 32, tzinfo=CHINA_TIME)
COUNT = 1000
ASIDE = ("note", "urge", "rate")


def reference_of(county: DemoCounty) -> MemoryReference:
    """The demo's lists as the use cases ask for them."""
    grids = [GridRow(g.code, g.name, g.tier, g.parent) for g in county.grids]
    units = [
        UnitRow(
            u.code, u.name, u.kind, u.aliases, "", u.township, u.lon, u.lat, u.grids, u.fields, u.phone, u.status,
        )
        for u in county.units
    ]  # fmt: skip
    standards = [
        StandardRow(
            s.code, s.record.big_name, s.record.small_name, s.record.filing_condition,
            s.record.closing_condition, s.record.limit, s.record.limit_text, s.units, s.cooperating, "1",
        )
        for s in county.standards
    ]  # fmt: skip
    return MemoryReference(grids, units, standards)


@pytest.fixture(scope="module")
def county() -> DemoCounty:
    return demo_county()


@pytest.fixture(scope="module")
def cases(county: DemoCounty) -> Sequence[DemoCase]:
    return list(demo_cases(COUNT, seed=1, county=county, now=NOW))


@pytest.fixture(scope="module")
def lived(county: DemoCounty, cases: Sequence[DemoCase]) -> Sequence[Case]:
    """Every case after all its steps went through the rules."""
    reference = reference_of(county)
    return [replayed(case, reference) for case in cases]


def stage(case: DemoCase) -> str:
    """The last action that moves a case, "" for none."""
    done = [step.action for step in case.steps if step.action not in ASIDE]
    return done[-1] if done else ""


def replayed(case: DemoCase, reference: MemoryReference) -> Case:
    """The case after all its steps went through the rules of the field."""
    stream = f"t:{case.facts.grid[:9]}"
    opening = {"number": "x", "level": case.level, "facts": asdict(case.facts), "clocks": []}
    state = fold(None, _event(stream, 1, EventKind.REGISTERED, case.reported_at, opening))
    for number, step in enumerate(case.steps, start=2):
        actor = _actor(step)
        action = Action(step.action)
        require(actor, action)
        kind, payload = draft_for(action, Situation(state, step.args, actor, step.at, reference))
        state = fold(state, _event(stream, number, kind, step.at, payload))
    return state


def happened_at(case: DemoCase) -> datetime:
    return datetime.fromtimestamp(case.facts.happened_at or 0, CHINA_TIME)


def _event(stream: str, seq: int, kind: EventKind, at: datetime, payload: Mapping[str, Any]) -> Event:
    return Event(EventKey(stream, "A1", 1, seq), next_hlc(0, at), kind, "case", seq - 1, "op", payload)


def _actor(step: DemoStep) -> Actor:
    role = AccountRole.UNIT if step.by == "unit" else AccountRole.OPERATOR
    return Actor("op", role, str(step.args.get("unit", "")) if step.by == "unit" else "")


def test_every_step_is_one_that_the_rules_allow(lived: Sequence[Case]) -> None:
    assert {case.state for case in lived} == {
        "reported",
        "filed",
        "dispatched",
        "handling",
        "handled",
        "closed",
        "declined",
    }


def test_four_of_five_are_closed_and_the_rest_spread_over_the_open_states(cases: Sequence[DemoCase]) -> None:
    share = {name: count / len(cases) for name, count in Counter(stage(case) for case in cases).items()}
    assert 0.72 < share["close"] < 0.85
    assert all(share[name] > 0.006 for name in ("", "file", "dispatch", "sign", "feed_back", "return", "decline"))


def test_some_in_hand_are_overdue_and_some_are_due_within_two_hours(lived: Sequence[Case]) -> None:
    in_hand = [case.due for case in lived if case.state in ("dispatched", "handling")]
    left = [due - NOW for due in in_hand if due is not None]
    assert sum(time < timedelta() for time in left) >= 10
    assert sum(timedelta() <= time <= timedelta(hours=2) for time in left) >= 10
    assert sum(time > timedelta(hours=2) for time in left) >= 20


@pytest.mark.parametrize("moment", [NOW, NOW.replace(day=22, hour=5), NOW.replace(day=23, hour=8, minute=40)])
def test_about_a_tenth_of_what_is_open_is_overdue_at_any_hour(county: DemoCounty, moment: datetime) -> None:
    reference = reference_of(county)
    lived = [replayed(case, reference) for case in demo_cases(400, seed=2, county=county, now=moment)]
    dues = [case.due or case.registered_at + timedelta(minutes=15) for case in lived if case.is_open]
    assert 0.02 < sum(due < moment for due in dues) / len(dues) < 0.2


def test_steps_lie_between_the_report_and_now_in_order(cases: Sequence[DemoCase]) -> None:
    for case in cases:
        times = [happened_at(case), case.reported_at, *(step.at for step in case.steps)]
        assert all(one <= other for one, other in pairwise(times)), case.key
        assert times[-1] <= NOW
        assert happened_at(case) > NOW - timedelta(days=DAYS + 7)


def test_cases_come_in_the_order_of_their_reports(cases: Sequence[DemoCase]) -> None:
    assert all(one.reported_at <= other.reported_at for one, other in pairwise(cases))
    assert len({case.key for case in cases}) == COUNT


def test_a_case_lies_in_its_basic_grid(county: DemoCounty, cases: Sequence[DemoCase]) -> None:
    basics = {grid.code: grid for grid in county.grids if grid.tier == "basic"}
    for case in cases:
        assert shapely.contains_xy(basics[case.facts.grid].geometry, case.facts.lon or 0, case.facts.lat or 0), case.key


def test_the_day_has_a_rhythm(cases: Sequence[DemoCase]) -> None:
    hours = Counter(case.reported_at.hour for case in cases)
    assert sum(hours[hour] for hour in range(8, 18)) > 5 * sum(hours[hour] for hour in range(1, 6))


def test_texts_vary_and_are_filled_in(cases: Sequence[DemoCase]) -> None:
    assert len({case.facts.title for case in cases}) > 0.85 * COUNT
    assert len({case.facts.description for case in cases}) > 0.97 * COUNT
    texts = [case.facts.title + case.facts.description + case.facts.address for case in cases]
    assert not [text for text in texts if re.search(r"[{}|]|None|村村|苑苑|工地工地", text)]
    assert all(0 < len(case.facts.title) <= TITLE_FROM_TEXT for case in cases)


@pytest.mark.parametrize("word", ["噪音", "施工", "占道经营", "井盖", "油烟", "积水", "违建", "邻里纠纷", "消防通道"])
def test_the_words_that_people_search_for_are_found(cases: Sequence[DemoCase], word: str) -> None:
    assert sum(word in case.facts.title + case.facts.description for case in cases) >= 5


def test_every_condition_has_a_matter_and_there_are_sixty_at_least(county: DemoCounty) -> None:
    matters = read_matters()
    assert len(matters) >= 60
    assert {matter.standard for matter in matters} == {standard.code for standard in county.standards}


def test_a_title_says_which_description_belongs_to_it() -> None:
    for matter in read_matters():
        assert len(matter.pairs) == len(matter.titles), matter.titles
        assert all(pair == "*" or int(pair) < len(matter.descriptions) for pair in matter.pairs)


def test_near_duplicates_share_grid_and_matter_within_hours(cases: Sequence[DemoCase]) -> None:
    by_key = {case.key: case for case in cases}
    repeats = [case for case in cases if case.repeats is not None]
    assert 0.01 < len(repeats) / COUNT < 0.035
    for case in repeats:
        first = by_key[case.repeats if case.repeats is not None else -1]
        assert first.repeats is None
        assert (case.facts.grid, case.facts.standard, case.facts.address) == (
            first.facts.grid,
            first.facts.standard,
            first.facts.address,
        )
        assert timedelta() < case.reported_at - first.reported_at < timedelta(hours=6, minutes=1)


def test_channels_are_known_and_most_come_from_workers_and_the_hotline(cases: Sequence[DemoCase]) -> None:
    channels = Counter(case.facts.channel for case in cases)
    assert set(channels) <= set(words.CHANNELS)
    assert {name for name, _ in channels.most_common(2)} == {"grid_worker", "12345"}


def test_people_are_invented(cases: Sequence[DemoCase]) -> None:
    assert all(re.fullmatch(r"(1380000\d{4})?", case.facts.reporter_phone) for case in cases)
    assert all(case.facts.reporter_name for case in cases if case.facts.reporter_phone)


def test_the_same_seed_and_moment_give_the_same_cases(county: DemoCounty) -> None:
    one = list(demo_cases(60, seed=5, county=county, now=NOW))
    assert one == list(demo_cases(60, seed=5, county=county, now=NOW))
    assert one != list(demo_cases(60, seed=6, county=county, now=NOW))


def test_a_case_alone_and_no_case_at_all_can_be_made(county: DemoCounty) -> None:
    assert not list(demo_cases(0, seed=1, county=county, now=NOW))
    assert len(list(demo_cases(1, seed=1, county=county, now=NOW))) == 1


@pytest.mark.parametrize("count", [2, 3])
def test_few_cases_can_be_made_whichever_of_them_repeat(county: DemoCounty, count: int) -> None:
    for seed in range(12):
        assert len(list(demo_cases(count, seed=seed, county=county, now=NOW))) == count
