"""What cannot be read has no part in its case, and the case can still be told, counted, packed and found."""

from __future__ import annotations

import json

import pytest

from gridclient.domain.case import Case, CaseState
from gridclient.domain.event_shapes import checked_facts, checked_text, checked_whole
from gridclient.domain.events import Event, EventKey, EventKind
from gridclient.store.packs import packed
from gridclient.store.refolding import folded
from gridclient.store.search import index_entry, searchable
from gridclient.store.tables import part_rows, table_row
from tests.contract.bad_shapes import BAD_CLOCKS, BAD_FACTS, BAD_LEVELS, BAD_PARTS, good_facts, registration

NUMBER = '"371002001-20261121-A10001"'
OPENING = registration(NUMBER, good_facts())
FILING = '{"facts":{"standard":"s","grid":"g"}}'


def history(*events: tuple[str, str]) -> list[Event]:
    return [
        Event(EventKey("t:1", "d1", 1, seq), seq << 16, kind, "c1", seq - 1, "op", json.loads(text))
        for seq, (kind, text) in enumerate(events, 1)
    ]


def shown(case: Case | None) -> None:
    """All that a store makes of a case."""
    assert case is not None
    row = table_row(case, 0)
    packed(row, lambda _kind, text: len(text.encode()))
    index_entry(searchable(case))
    for value in (*row, *(value for part in part_rows(case) for value in part)):
        assert value is None or isinstance(value, str | bytes | float) or -(1 << 63) <= value < 1 << 63
        assert not isinstance(value, str) or value.encode() is not None


@pytest.mark.parametrize("facts", BAD_FACTS)
def test_facts_of_another_kind_have_no_part_in_a_case(facts: str) -> None:
    case = folded(history((EventKind.REGISTERED, OPENING), (EventKind.AMENDED, f'{{"facts":{facts}}}')))
    shown(case)
    assert case is not None and case.facts.title == "路灯不亮"
    assert folded(history((EventKind.REGISTERED, registration(NUMBER, facts)))) is None


def test_facts_are_taken_up_to_their_bounds_and_not_beyond() -> None:
    taken: dict[str, tuple[object, ...]] = {
        "sensitive": (True, False),
        "lon": (-180, 180.0, None),
        "lat": (None, -90.5, 37),
        "urgency": (0, 255),
        "happened_at": (None, -62_135_596_800, 253_402_214_400),
        "extra": ({},),
        "title": ("", "路灯"),
    }
    refused: dict[str, tuple[object, ...]] = {
        "sensitive": (1, 0, None, "true"),
        "lon": (-180.5, 181, "122.1", True),
        "lat": (180.1, [37]),
        "urgency": (-1, 256, True, 1.0),
        "happened_at": (-62_135_596_801, 253_402_214_401, 1.5, True),
        "extra": ([], None),
        "title": (7, None, "\ud800"),
    }
    for name, values in taken.items():
        for value in values:
            assert checked_facts({name: value}) == {name: value}
    for name, values in refused.items():
        for value in values:
            with pytest.raises((KeyError, TypeError, ValueError)):
                checked_facts({name: value})


def test_a_text_is_a_text_and_a_whole_number_is_one() -> None:
    assert (checked_text("路灯"), checked_whole(7)) == ("路灯", 7)
    for no_text in (7, None, ["路灯"]):
        with pytest.raises(TypeError):
            checked_text(no_text)
    for not_whole in (True, 7.0, "7", None):
        with pytest.raises(TypeError):
            checked_whole(not_whole)


@pytest.mark.parametrize("level", BAD_LEVELS)
def test_a_level_that_is_none_has_no_part_in_a_case(level: str) -> None:
    case = folded(history((EventKind.REGISTERED, OPENING), (EventKind.AMENDED, f'{{"level":{level}}}')))
    shown(case)
    assert case is not None and case.level == 3
    filing = f'{{"level":{level},{FILING[1:]}'
    filed = folded(history((EventKind.REGISTERED, OPENING), (EventKind.FILED, filing)))
    assert filed is not None and filed.state is CaseState.REPORTED
    assert folded(history((EventKind.REGISTERED, registration(NUMBER, good_facts(), level)))) is None


@pytest.mark.parametrize("clock", BAD_CLOCKS)
def test_a_clock_that_is_none_stops_no_later_step(clock: str) -> None:
    filing = f'{{"clocks":[{clock}],{FILING[1:]}'
    case = folded(history((EventKind.REGISTERED, OPENING), (EventKind.FILED, filing), (EventKind.FILED, FILING)))
    shown(case)
    assert case is not None and case.state is CaseState.FILED


@pytest.mark.parametrize("part", BAD_PARTS)
def test_a_part_that_is_none_is_not_given_out(part: str) -> None:
    dispatch = (EventKind.DISPATCHED, f'{{"assignments":[{part}],"clocks":[]}}')
    case = folded(history((EventKind.REGISTERED, OPENING), (EventKind.FILED, FILING), dispatch))
    shown(case)
    assert case is not None and case.state is CaseState.FILED


def test_time_left_that_is_no_number_gives_no_case_back() -> None:
    part = '{"unit":"u","role":"lead","limit":"1 work_hour","due":9000000000,"return_until":9000000000}'
    dispatch = (EventKind.DISPATCHED, f'{{"assignments":[{part}],"clocks":[]}}')
    back = (EventKind.RETURNED, '{"unit":"u","reason_code":"x","reason":"x","remaining":"x"}')
    case = folded(history((EventKind.REGISTERED, OPENING), (EventKind.FILED, FILING), dispatch, back))
    assert case is not None and case.state is CaseState.DISPATCHED


def test_a_result_and_a_rating_that_are_no_texts_are_told_as_such() -> None:
    part = '{"unit":"u","role":"lead","limit":"1 work_hour","due":9000000000,"return_until":9000000000}'
    case = folded(
        history(
            (EventKind.REGISTERED, OPENING),
            (EventKind.FILED, FILING),
            (EventKind.DISPATCHED, f'{{"assignments":[{part}],"clocks":[]}}'),
            (EventKind.SIGNED, '{"unit":"u"}'),
            (EventKind.FED_BACK, '{"unit":"u","result":5}'),
            (EventKind.VERIFIED, '{"unit":"u"}'),
            (EventKind.CLOSED, '{"closing_condition_met":true}'),
            (EventKind.RATED, '{"rating":["fair"]}'),
        )
    )
    assert case is not None and case.lead is not None
    assert (case.state, case.lead.result, case.rating) == (CaseState.CLOSED, "5", "['fair']")


def test_a_case_of_another_number_is_none() -> None:
    for number in ("7", "null", '"\\ud800"'):
        assert folded(history((EventKind.REGISTERED, registration(number, good_facts())))) is None
