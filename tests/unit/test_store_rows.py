"""Keys and numbers as the tables keep them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridclient.store.driver import Connection
from gridclient.store.log import subject_key, subject_text
from gridclient.store.packs import title_key, title_start
from gridclient.store.tables import CaseTableRow, number_key, phone_digits, update_rows


@given(st.text(min_size=1, max_size=40).filter(lambda text: "\0" not in text) | st.uuids().map(lambda made: made.hex))
def test_a_subjects_key_is_its_text_again(subject: str) -> None:
    assert subject_text(subject_key(subject)) == subject


def test_a_subject_that_only_looks_like_a_key_keeps_its_capitals() -> None:
    assert subject_text(subject_key("A" * 32)) == "A" * 32
    assert len(subject_key("a" * 32)) == 16
    fifteen = "网格网格网"  # bytes, which with their mark are as many as a key has
    assert len(subject_key(fifteen)) != 16 and subject_text(subject_key(fifteen)) == fifteen


numbers = st.builds(
    lambda town, date, desk, count: f"371002{town:03}-{date:%Y%m%d}-{desk}{count:04}",
    st.integers(1, 999),
    st.dates(min_value=date(2000, 1, 1), max_value=date(2089, 1, 1)),
    st.text("0189AMZ", min_size=2, max_size=2),
    st.integers(1, 9999),
)


@given(numbers, numbers)
def test_number_keys_stand_in_the_order_of_numbers(first: str, second: str) -> None:
    assert (number_key(first) < number_key(second)) == (first < second)
    assert number_key(first) > 0


def test_a_count_beyond_four_digits_goes_on() -> None:
    assert number_key("371002001-20261120-A710000") > number_key("371002001-20261120-A79999")


@pytest.mark.parametrize(
    "number", ["", "12345", "371002001-20261332-A70001", "371002001-19991231-A70001", "其他系统-1"]
)
def test_a_number_of_another_form_has_no_key(number: str) -> None:
    assert number_key(number) == 0


@given(st.text(max_size=6), st.text(max_size=6))
def test_title_keys_never_contradict_the_order_of_titles(first: str, second: str) -> None:
    if title_key(first) < title_key(second):
        assert first < second


@given(st.text(st.characters(exclude_characters="\0"), max_size=6))
def test_a_title_begins_as_its_key_says(title: str) -> None:
    assert title_start(title_key(title)) == title[:3]


def test_telephones_are_compared_by_their_digits() -> None:
    assert phone_digits("+86 138-0000 1111") == "8613800001111"
    assert phone_digits("") == ""


@dataclass
class Statements:
    """A connection that remembers what it was told."""

    told: list[tuple[str, list[Sequence[Any]]]] = field(default_factory=list)

    def executemany(self, sql: str, parameters: Iterable[Sequence[Any]]) -> None:
        self.told.append((sql, list(parameters)))


ROW = CaseTableRow(
    id=b"1", number="n", number_key=1, title="噪音", state="filed", is_open=1, level=3, urgency=1, channel="12345",
    standard="s", grid="g", unit="", cooperating=0, due=None, registered_at=1, dispatched_at=None, closed_at=None,
    returned=0, escalated=0, consultation=0, conflict=0, pending=0, phone="", lon=None, lat=None,
)  # fmt: skip


def test_only_columns_that_differ_are_written() -> None:
    """SQLite writes the indexes of every column that is named."""
    statements = Statements()
    rows = [
        (1, ROW, ROW),
        (2, ROW, ROW._replace(urgency=2)),
        (3, ROW, ROW._replace(state="dispatched", unit="u")),
        (4, ROW, ROW._replace(urgency=3)),
    ]
    update_rows(cast("Connection", statements), rows)
    assert statements.told == [
        ("UPDATE cases SET urgency = ? WHERE no = ?", [(2, 2), (3, 4)]),
        ("UPDATE cases SET state = ?, unit = ? WHERE no = ?", [("dispatched", "u", 3)]),
    ]
