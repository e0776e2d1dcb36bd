"""Laws of synchronisation at the store, tried on random lives: whoever has the same events shows the same cases.

Desks act, exchange with a hub in pages of any length or by stick in any order, are cut off in the middle; in the
end all agree, and every store proves right on the way.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gridclient.domain.errors import GridClientError
from gridclient.domain.events import EventKind
from gridclient.store.verify import verify
from tests.contract.stage import STANDARD, UNITS
from tests.fakes.quick_disk import quick_folder
from tests.fakes.sync_hub import FakeHub
from tests.fakes.toy_desk import ToyDesk, same_tables, toy_desk

Deed = Callable[[ToyDesk, str], None]
_DESKS = 3


def _record(kind: EventKind, **payload: object) -> Deed:
    def deed(desk: ToyDesk, case_id: str) -> None:
        desk.stage.record(kind, case_id, payload)

    return deed


_deeds: st.SearchStrategy[Deed] = st.one_of(
    st.just(_record(EventKind.FILED, facts={"standard": STANDARD})),
    st.builds(lambda unit: lambda d, c: d.stage.dispatch(c, unit), st.sampled_from(UNITS)),
    st.builds(lambda unit: lambda d, c: d.stage.dispatch(c, unit, kind=EventKind.REASSIGNED), st.sampled_from(UNITS)),
    st.builds(lambda unit: _record(EventKind.SIGNED, unit=unit), st.sampled_from(("", *UNITS))),
    st.just(_record(EventKind.RETURNED, unit="", reason_code="x", reason="退")),
    st.just(_record(EventKind.FED_BACK, unit="", result="好")),
    st.just(_record(EventKind.VERIFIED, unit="")),
    st.just(_record(EventKind.CLOSED, closing_condition_met=True)),
    st.just(_record(EventKind.VOIDED, reason="误报")),
    st.just(_record(EventKind.NOTED, text="记")),
    st.just(_record(EventKind.ESCALATED)),
    st.just(lambda d, c: d.stage.undo(c)),
    st.builds(lambda text: _record(EventKind.AMENDED, facts={"title": text}), st.sampled_from(("占道", "噪音"))),
)
_turns = st.lists(
    st.one_of(
        st.tuples(st.just("act"), st.integers(0, _DESKS - 1), st.integers(0, 3), _deeds),
        st.tuples(st.just("open"), st.integers(0, _DESKS - 1)),
        st.tuples(st.just("push"), st.integers(0, _DESKS - 1), st.integers(1, 5)),
        st.tuples(st.just("pull"), st.integers(0, _DESKS - 1), st.integers(1, 7), st.integers(1, 3)),
        st.tuples(st.just("stick"), st.integers(0, _DESKS - 1), st.integers(0, _DESKS - 1)),
        st.tuples(st.just("restart"), st.integers(0, _DESKS - 1)),
        st.tuples(st.just("late"), st.integers(0, _DESKS - 1), st.integers(-600, 600)),
        st.tuples(st.just("renumber"), st.integers(0, _DESKS - 1)),
    ),
    max_size=40,
)


class _County:
    """Desks, their hub, and the cases that were opened."""

    def __init__(self, desks: list[ToyDesk]) -> None:
        self.desks = desks
        self.hub = FakeHub()
        self.cases: list[str] = []
        for desk in desks:
            desk.enrol()

    def open(self, desk: int) -> None:
        self.cases.append(self.desks[desk].stage.register(f"案件{len(self.cases)}"))

    def act(self, desk: int, place: int, deed: Deed) -> None:
        if not self.cases:
            return
        self.desks[desk].stage.clock.advance(minutes=1)
        try:
            deed(self.desks[desk], self.cases[place % len(self.cases)])
        except GridClientError:
            return  # the rules forbid it, or the case is not here yet

    def push(self, desk: int, most: int) -> None:
        assert self.desks[desk].push(self.hub, most=most)

    def pull(self, desk: int, cut: int, pages: int) -> None:
        self.desks[desk].pull(self.hub, cut=cut, pages=pages)

    def stick(self, one: int, other: int) -> None:
        if one != other:
            self.desks[other].sync.take_unplaced(self.desks[one].stick())

    def restart(self, desk: int) -> None:
        self.desks[desk].sync.restart_feed(self.desks[desk].sync.feeds()[0].feed)

    def late(self, desk: int, minutes: int) -> None:
        self.desks[desk].stage.clock.advance(minutes=minutes)

    def renumber(self, desk: int) -> None:
        """Only what nobody has can be written again without a trace: the hub gets it first."""
        self.desks[desk].round(self.hub)
        self.desks[desk].sync.begin_incarnation(0)

    def settle(self) -> None:
        for desk in (*self.desks, *self.desks):
            desk.round(self.hub, cut=3)


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(_turns)
def test_whoever_has_the_same_events_shows_the_same_cases(turns: list[tuple[object, ...]]) -> None:
    with quick_folder() as folder, ExitStack() as stack:
        desks = [stack.enter_context(toy_desk(folder / str(n), n)) for n in range(1, _DESKS + 1)]
        county = _County(desks)
        for name, *values in turns:
            getattr(county, str(name))(*values)
        for desk in desks:
            report = verify(desk.profile.database)
            assert report.ok, report.problems
        county.settle()
        assert same_tables(desks)
        for desk in desks:
            report = verify(desk.profile.database)
            assert report.ok, report.problems
            assert not desk.sync.unsent_origins()


@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 1), st.integers(0, 3), _deeds), min_size=4, max_size=25),
    st.lists(st.tuples(st.integers(0, 1), st.integers(1, 9)), max_size=8),
)
def test_sticks_in_any_order_and_number_come_to_the_same(
    deeds: list[tuple[int, int, Deed]], cuts: list[tuple[int, int]]
) -> None:
    """Two desks without a line: parts of their sticks are taken twice, late parts first; both end up the same."""
    with quick_folder() as folder, ExitStack() as stack:
        desks = [stack.enter_context(toy_desk(folder / str(n), n)) for n in (1, 2)]
        county = _County(desks)
        for opener in (0, 1, 0):
            county.open(opener)
        for place, (actor, case, deed) in enumerate(deeds):
            county.act(actor, case, deed)
            if place == len(deeds) // 2:
                county.stick(0, 1)
        for giver, first in cuts:
            origin = desks[giver].sync.unsent_origins()[0][0]
            written = len(desks[giver].sync.unsent(origin, 1, 1000).records)
            parts = desks[giver].stick({origin: min(first, written)})
            desks[1 - giver].sync.take_unplaced([*parts, *parts])
        for _ in range(2):
            county.stick(0, 1)
            county.stick(1, 0)
        assert same_tables(desks)
        for desk in desks:
            report = verify(desk.profile.database)
            assert report.ok, report.problems
        county.settle()
        assert same_tables(desks) and all(verify(desk.profile.database).ok for desk in desks)
