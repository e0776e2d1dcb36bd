"""Laws of the store, tried on random lives: tables are the fold of the log, and lists are what a plain search finds."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gridclient.domain.case import CaseState
from gridclient.domain.errors import RuleViolation
from gridclient.domain.events import EventDraft, EventKind
from gridclient.services.rows import Box, CaseFilter, Sort, SortKey
from gridclient.store.driver import Connection
from gridclient.store.schema import TALLY_COLUMNS, TALLY_FLAGS
from gridclient.store.tally import read_tallies, read_unit_tallies
from gridclient.store.verify import verify
from tests.contract.stage import (
    COMMUNITY,
    GRIDS,
    STANDARD,
    STREAM,
    TOWNSHIP,
    UNITS,
    ZONE,
    Stage,
    open_store,
    opened,
)
from tests.fakes.quick_disk import quick_folder

MOST_CASES = 6
WORDS = ("噪音", "扰民", "噪音扰民", "占道", "道经", "路灯", "灯", "不亮")

_grids = st.sampled_from((*GRIDS, "", f"{COMMUNITY}077"))
_texts = st.lists(st.sampled_from(("噪音扰民", "占道经营", "路灯不亮", "噪声", "道路")), min_size=1, max_size=3).map(
    "".join
)
_due = st.integers(-48, 48).map(lambda hours: timedelta(hours=hours))
Step = Callable[[Stage, str], None]


def _record(kind: EventKind, **payload: object) -> Step:
    def step(stage: Stage, case_id: str) -> None:
        stage.record(kind, case_id, payload)

    return step


def _dispatch(units: tuple[str, ...], due: timedelta, kind: EventKind) -> Step:
    return lambda stage, case_id: stage.dispatch(case_id, *units, due=due, kind=kind)


_units = st.permutations(UNITS).flatmap(lambda units: st.integers(1, 3).map(lambda n: tuple(units[:n])))
_steps: st.SearchStrategy[Step] = st.one_of(
    st.just(_record(EventKind.FILED, facts={"standard": STANDARD})),
    st.builds(_dispatch, _units, _due, st.sampled_from((EventKind.DISPATCHED, EventKind.REASSIGNED))),
    st.builds(lambda unit: _record(EventKind.SIGNED, unit=unit), st.sampled_from(("", *UNITS))),
    st.builds(
        lambda u: _record(EventKind.RETURNED, unit=u, reason_code="x", reason="退"), st.sampled_from(("", *UNITS))
    ),
    st.builds(lambda u: _record(EventKind.FED_BACK, unit=u, result="好"), st.sampled_from(("", *UNITS))),
    st.builds(lambda u: _record(EventKind.VERIFIED, unit=u), st.sampled_from(("", *UNITS))),
    st.builds(lambda u: _record(EventKind.RELEASED, unit=u, reason="免"), st.sampled_from(UNITS)),
    st.just(_record(EventKind.CLOSED, closing_condition_met=True)),
    st.just(_record(EventKind.REOPENED, reason="再来")),
    st.just(_record(EventKind.VOIDED, reason="误报")),
    st.just(_record(EventKind.DECLINED, reason_code="outside")),
    st.just(_record(EventKind.ESCALATED)),
    st.just(lambda stage, case_id: stage.undo(case_id)),
    st.builds(lambda text, grid: _record(EventKind.AMENDED, facts={"title": text, "grid": grid}), _texts, _grids),
)
_lives = st.lists(st.tuples(st.integers(0, MOST_CASES - 1), _steps), max_size=40)
_openings = st.lists(st.tuples(_texts, _grids, st.none() | _due), min_size=1, max_size=MOST_CASES)


def counted_tallies(connection: Connection) -> dict[str, dict[str, int]]:
    """What the tallies must say, by GROUP BY, without zeros."""
    states = [f"sum(state = '{state.value}')" for state in CaseState]
    flags = [f"sum({flag} > 0)" for flag in TALLY_FLAGS]
    rows = connection.execute(f"SELECT grid, {', '.join((*states, *flags))} FROM cases GROUP BY grid")
    return {grid: {name: n for name, n in zip(TALLY_COLUMNS, counts, strict=True) if n} for grid, *counts in rows}


def counted_unit_tallies(connection: Connection) -> dict[str, int]:
    """The same for what units have in hand."""
    return dict(connection.execute("SELECT unit, count(*) FROM parts WHERE in_hand GROUP BY unit").fetchall())


@contextmanager
def new_stage() -> Iterator[Stage]:
    with quick_folder() as folder, opened("sqlite", folder) as stage:
        yield stage


def live(stages: list[Stage], openings: list[tuple[str, str, timedelta | None]], life: list[tuple[int, Step]]) -> None:
    """The same life on every stage; what the rules forbid is tried and refused."""
    for stage in stages:
        ids = [stage.register(text, grid=grid, due=due, lon=122.1, lat=37.5) for text, grid, due in openings]
        for place, step in life:
            stage.clock.advance(minutes=10)
            try:
                step(stage, ids[place % len(ids)])
            except RuleViolation:
                continue


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(_openings, _lives)
def test_tables_and_counts_are_what_the_log_says(
    openings: list[tuple[str, str, timedelta | None]], life: list[tuple[int, Step]]
) -> None:
    with new_stage() as stage:
        live([stage], openings, life)
        report = verify(stage.database)
        assert report.ok, report.problems
        with stage.database.reader() as connection:
            assert read_tallies(connection) == counted_tallies(connection)
            assert read_unit_tallies(connection) == counted_unit_tallies(connection)


_fields: dict[str, st.SearchStrategy[Any]] = {
    "grid": st.sampled_from((TOWNSHIP, ZONE, COMMUNITY, *GRIDS)),
    "box": st.sampled_from(list(Box)),
    "states": st.frozensets(st.sampled_from(("reported", "filed", "dispatched", "handling", "closed", "void"))),
    "only_open": st.booleans(),
    "unit": st.sampled_from(UNITS),
    "level": st.integers(3, 4),
    "text": st.lists(st.sampled_from(WORDS), max_size=2).map(" ".join),
}
_filters = (
    st.lists(st.sampled_from(sorted(_fields)), max_size=2, unique=True)
    .flatmap(lambda names: st.fixed_dictionaries({name: _fields[name] for name in names}))
    .map(lambda chosen: CaseFilter(**chosen))
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(_openings, _lives, st.lists(st.tuples(_filters, st.sampled_from(list(SortKey)), st.booleans()), max_size=12))
def test_lists_are_what_a_plain_search_finds(
    openings: list[tuple[str, str, timedelta | None]],
    life: list[tuple[int, Step]],
    asked: list[tuple[CaseFilter, SortKey, bool]],
) -> None:
    with new_stage() as stage, opened("memory", Path()) as plain:
        live([stage, plain], openings, life)
        found, wanted = dict(stage.queries.figures()), plain.queries.figures()
        for code in found.keys() - wanted.keys():  # a grid that no table knows, and no case lies in any more
            left = found.pop(code)
            assert not left.open and not any(left.boxes.values())
        assert found == wanted
        assert stage.queries.unit_loads() == plain.queries.unit_loads()
        for chosen, key, descending in asked:
            sort = Sort(key, descending)
            assert stage.ids(chosen, sort, limit=2) == plain.ids(chosen, sort, limit=2)
            assert stage.queries.total(chosen) == plain.queries.total(chosen)


@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow])
@given(_openings, _lives, st.integers(1, 10))
def test_many_steps_in_one_transaction_come_to_the_same(
    openings: list[tuple[str, str, timedelta | None]], life: list[tuple[int, Step]], at_once: int
) -> None:
    """An import records thousands of events in one transaction, a desk one: the tables must not tell."""
    with quick_folder() as folder, opened("sqlite", folder) as single:
        live([single], openings, life)
        with single.database.reader() as connection:
            log = connection.execute(
                "SELECT kind, lower(hex(s.id)), payload FROM events e JOIN subjects s ON s.no = e.subject ORDER BY pos"
            ).fetchall()
            rows = connection.execute("SELECT * FROM cases ORDER BY no").fetchall()
        with opened("sqlite", folder, file="again.db") as again:
            replay(again, log, at_once)
            report = verify(again.database)
            assert report.ok, report.problems
            with again.database.reader() as connection:
                copied = connection.execute("SELECT * FROM cases ORDER BY no").fetchall()
        assert [row[:9] for row in copied] == [row[:9] for row in rows]


def replay(stage: Stage, log: list[tuple[str, str, str]], at_once: int) -> None:
    for start in range(0, len(log), at_once):
        with stage.work() as unit_of_work:
            for kind, case_id, text in log[start : start + at_once]:
                payload = json.loads(text)
                if kind == EventKind.UNDONE:
                    last = unit_of_work.case(case_id).last
                    payload = {"target": list(last) if last else []}
                unit_of_work.record(EventDraft(EventKind(kind), case_id, STREAM, "tester", payload))


def test_an_opened_store_goes_on_where_it_was(tmp_path: Path) -> None:
    with opened("sqlite", tmp_path) as stage:
        stage.register("甲")
    database = open_store(tmp_path / "store.db")
    database.close()
    with opened("sqlite", tmp_path) as again:
        again.register("乙")
        assert again.titles(CaseFilter(), Sort(SortKey.NUMBER)) == ["甲", "乙"]
        assert verify(again.database).ok
