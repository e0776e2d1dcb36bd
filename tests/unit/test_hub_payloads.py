"""What the hub reads of the payloads that a desk pushes: nothing comes in that another desk could not read."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridclient.domain.events import EventKey, Record, place_mark, place_marks
from gridclient.hub.ordering import Verdict, canonicals, chain, placement, read_payloads
from gridclient.hub.rows import Standing
from gridclient.services.sync_port import OriginKey
from gridclient.sync.wire import Push, PushStatus

ORIGIN = OriginKey("t:371002001", "0123456789abcdef", 1)
LOOKED_AT = ("assignments", "sha256", "size", "unit", "withheld")
SIGNS = '{}[]",:\\u0123456789.eE+-truefalsn \t\r\x00\x1fabdDN/中\x7f'
TEXTS = (
    '{"a":[1,2.5e3,-0,{"b":null}],"unit":"x\\u4e2d\\ud83d\\ude00","size":12,"assignments":[{"unit":"u","k":[[]]}]}',
    '{"salt":"_","text":"西门外","s":"a\\"b\\\\\\n","t":true}',
    '{"n":-1.0E+10,"sha256":"ab","size":1e3}',
    "{}",
)
words = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)


def pushed(*texts: str) -> Push:
    records = tuple(
        Record(EventKey(*ORIGIN, seq), 1 << 40, "case_dispatched", 1, "5" * 32, 0, "operator", text)
        for seq, text in enumerate(texts, 1)
    )
    return Push(ORIGIN, 1, records, bytes(32), bytes(64))


def as_desks_read(text: str) -> Any:
    """The payload, when every desk can read it."""
    try:
        payload = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return payload if isinstance(payload, dict) else None


def damaged(text: str, chance: random.Random) -> str:
    for _ in range(chance.randint(1, 3)):
        at, kept = chance.randrange(len(text) + 1), chance.choice((0, 1))
        text = text[:at] + chance.choice(("", *SIGNS)) + text[at + kept :]
    return text


def test_what_the_hub_takes_of_damaged_texts_every_desk_can_read_and_both_read_the_same() -> None:
    chance, taken = random.Random(7), 0
    for _ in range(20_000):
        text = damaged(chance.choice(TEXTS), chance)
        contents = read_payloads(pushed(text))
        if contents is None:
            continue
        payload = as_desks_read(text)
        assert payload is not None, text
        assert contents.payloads[0] == {name: payload[name] for name in LOOKED_AT if name in payload}, text
        taken += 1
    assert taken > 2_000


@pytest.mark.parametrize("text", TEXTS)
def test_what_a_desk_may_write_is_taken(text: str) -> None:
    assert read_payloads(pushed(text)) is not None


@pytest.mark.parametrize(
    "text",
    [
        '{"a":' + "1" * 5000 + "}",
        '{"a":' + "[" * 120 + "]" * 120 + "}",
        '{"a":' + "[" * 5000 + "]" * 5000 + "}",
        '{"a":NaN}',
        ' {"a":1}',
        '{"a":1} ',
        '["a"]',
        '"a"',
        "",
        '{"withheld":{}}',
        '{"assignments":[{"unit":"' + "u" * 201 + '"}]}',
    ],
    ids=range(11),
)
def test_a_text_that_some_desk_could_not_read_is_refused_with_its_push(text: str) -> None:
    assert read_payloads(pushed("{}", text, "{}")) is None


def test_a_long_text_and_one_with_many_brackets_are_taken() -> None:
    texts = ('{"text":"' + "字" * 9000 + '"}', '{"a":[' + ",".join(["{}"] * 300) + "]}")
    assert read_payloads(pushed(*texts)) is not None


@given(words, words, words, st.integers(0, 2**63 - 1), st.integers(1, 2**31 - 1))
def test_the_hub_hashes_what_the_desk_hashed(kind: str, subject: str, actor: str, hlc: int, base: int) -> None:
    text = json.dumps({subject: actor}, ensure_ascii=False)
    record = Record(EventKey("t:" + subject, actor, base, hlc), hlc, kind, base, subject, base, actor, text)
    assert canonicals([record]) == [record.canonical()]


@given(st.lists(st.tuples(st.integers(1, 2**62), st.binary(min_size=32, max_size=32))))
def test_many_places_are_marked_as_each_alone(marked: list[tuple[int, bytes]]) -> None:
    assert place_marks(marked) == [place_mark(*one) for one in marked]


def files_named(kind: str, payload: object) -> list[tuple[str, int]]:
    (record,) = pushed(json.dumps(payload)).records
    push = pushed("{}")._replace(records=(record._replace(kind=kind),))
    contents = read_payloads(push)
    assert contents is not None
    verdict = Verdict(PushStatus.APPLIED, chain(bytes(32), canonicals(push.records)))
    placed = placement(push, contents, verdict, Standing(0, 0, 0, None, {}, ()), public_key=b"", at=0)
    return [(sha256, size) for sha256, _, size in placed.files]


def test_only_a_step_that_adds_an_attachment_names_a_file_and_only_by_a_whole_hash() -> None:
    """Who may read a case may read the files that it names."""
    whole = {"sha256": "ab" * 32, "size": 5}
    assert files_named("attachment_added", whole) == [("ab" * 32, 5)]
    assert files_named("case_noted", whole) == []
    assert files_named("attachment_added", whole | {"sha256": "ab"}) == []
    assert files_named("attachment_added", {"size": 5}) == []


@pytest.mark.parametrize(
    ("told", "kept"), [(0, 0), (2**62, 2**62), (2**62 + 1, 0), (-1, 0), ("5", 0), (None, 0), ([5], 0)]
)
def test_a_size_that_no_file_has_counts_as_none(told: object, kept: int) -> None:
    assert files_named("attachment_added", {"sha256": "ab" * 32, "size": told}) == [("ab" * 32, kept)]
