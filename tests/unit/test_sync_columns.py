"""The columns of events as a forger may send them: every way in which they do not fit each other is refused."""

from __future__ import annotations

import pytest

from gridclient.domain.events import EventKey, Record
from gridclient.services.sync_port import OriginKey
from gridclient.sync import columns
from gridclient.sync.columns import pack_rows, unpack_rows, unpack_run
from gridclient.sync.numbers import write_numbers

ORIGIN = OriginKey("t:371002001", "0123456789abcdef", 1)
CASE, OTHER = "ab" * 16, "cd" * 16
ROWS = [(CASE, "filed", "anna"), ("list", "kept", "bo"), (CASE, "sent", "anna"), (OTHER, "filed", "bo")]
RECORDS = tuple(
    Record(EventKey(*ORIGIN, seq), seq << 20, kind, 1, subject, 0, actor, "{}")
    for seq, (subject, kind, actor) in enumerate(ROWS, 1)
)
COUNT, WHO, KINDS, ACTORS, BASES, VERSIONS, IDS, NAMES, KIND_NAMES = 0, 3, 4, 5, 6, 7, 8, 9, 10
TEXTS = SHAPES = 13
VALUES = 15


def test_whole_columns_come_back_and_say_a_case_again_by_how_many_came_since() -> None:
    parts = pack_rows(RECORDS, swiftly=True)
    assert unpack_run(parts, ORIGIN, 1) == RECORDS
    assert parts[WHO] == write_numbers([0, 1, 3, 0])


@pytest.mark.parametrize(
    ("place", "forged"),
    [
        (COUNT, 3),
        (COUNT, 5),
        (COUNT, -4),
        (WHO, write_numbers([0, 1, 4, 0])),
        (WHO, write_numbers([0, 1, -1, 0])),
        (WHO, write_numbers([2, 1, 0, 0])),
        (WHO, write_numbers([0, 1, 2, 0, 0])),
        (IDS, bytes(16)),
        (IDS, bytes.fromhex(CASE + OTHER + CASE)),
        (IDS, bytes(33)),
        (NAMES, []),
        (NAMES, ["list", "more"]),
        (NAMES, [b"list"]),
        (KINDS, write_numbers([0, 2, 0, 0])),
        (KINDS, write_numbers([0, 1, 0, -1])),
        (KIND_NAMES, ["filed", "kept"]),
        (KIND_NAMES, ["filed", "kept", "sent", "more"]),
        (ACTORS, write_numbers([0, 1, 2, 0])),
        (ACTORS, write_numbers([0, 1, -1, 0])),
        (BASES, write_numbers([-1, 0, 0, 0])),
        (VERSIONS, write_numbers([-1, 0, 0, 0])),
        (TEXTS, ["{}"] * 3),
        (TEXTS, ["{}"] * 5),
    ],
)
def test_columns_that_do_not_fit_each_other_are_refused(place: int, forged: object) -> None:
    parts = pack_rows(RECORDS, swiftly=True)
    parts[place] = forged
    with pytest.raises((ValueError, TypeError, LookupError)):
        unpack_rows(parts)


def test_a_shape_is_a_list_of_literals() -> None:
    parts = pack_rows(RECORDS)
    assert unpack_run(parts, ORIGIN, 1) == RECORDS
    parts[SHAPES], parts[VALUES] = ["{}"] * len(parts[SHAPES]), b"1\n2\n3\n4"
    with pytest.raises(TypeError):
        unpack_rows(parts)


def test_texts_that_came_as_they_are_have_the_same_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    parts = pack_rows(RECORDS, swiftly=True)
    monkeypatch.setattr(columns, "MOST_TEXT", 8)
    unpack_rows(parts)
    monkeypatch.setattr(columns, "MOST_TEXT", 7)
    with pytest.raises(ValueError, match="texts"):
        unpack_rows(parts)
