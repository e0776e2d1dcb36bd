"""Answers of searches that are kept over writes: always what the index would say now."""

from __future__ import annotations

from random import Random
from typing import Any

import numpy as np
import pytest

from gridclient.domain.events import EventDraft, EventKind
from gridclient.services.rows import CaseFilter
from gridclient.store import answers, filters, reading_ahead
from gridclient.store.answers import Answer, Answers
from gridclient.store.columns import Columns, Table
from gridclient.store.packs import ROWS
from gridclient.store.queries import SqliteQueries
from gridclient.store.reading_ahead import ReadingAhead
from gridclient.store.search import find, text_query
from tests.contract.stage import STREAM, Stage

WORDS = ("噪音", "路灯", "井盖", "ktv", "k", "占", "噪音 占")
ASKED = (*WORDS, "噪 路", "灯")


def import_texts(stage: Stage, chance: Random, count: int) -> list[str]:
    ids = [stage.new_id() for _ in range(count)]
    with stage.work() as unit_of_work:
        for case_id in ids:
            payload = {
                "number": f"371002001-20261120-A7{int(case_id[:6], 16):08}",
                "registered_at": int(stage.clock.now().timestamp()),
                "level": 3,
                "facts": {"title": " ".join(chance.choices(WORDS, k=chance.randrange(3)))},
            }
            unit_of_work.record(EventDraft(EventKind.IMPORTED, case_id, STREAM, "a", payload))
    return ids


def assert_answers_are_fresh(stage: Stage, columns: Columns) -> None:
    with columns.at() as (connection, table):
        for text in ASKED:
            query = text_query(text)
            assert query is not None
            kept = table.answers.find(connection, query, stamp=table.stamp, size=table.size)
            assert (kept.places() + 1).tolist() == find(connection, query).tolist(), text


@pytest.mark.parametrize("seed", range(4))
def test_kept_answers_are_what_the_index_says_after_any_writes(stage: Stage, seed: int) -> None:
    chance, columns = Random(seed), Columns(stage.database)
    ids = import_texts(stage, chance, 5 * ROWS)
    for _ in range(12):
        for _ in range(chance.randrange(3)):  # several writes between two questions
            if chance.random() < 0.3:
                ids += import_texts(stage, chance, chance.choice((1, ROWS, 3 * ROWS)))
            for case_id in chance.sample(ids, chance.choice((1, 2, 7))):
                facts = {"title": " ".join(chance.choices(WORDS, k=2))}
                stage.record(EventKind.AMENDED, case_id, {"facts": facts})
        assert_answers_are_fresh(stage, columns)


def test_only_what_changed_is_asked_again(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = import_texts(stage, Random(1), 4 * ROWS)
    columns, asked = Columns(stage.database), []

    def watched(*given: Any, between: tuple[int, int] | None = None) -> object:
        asked.append(between)
        return find(*given, between=between)

    monkeypatch.setattr(answers, "find", watched)
    chosen = text_query("噪音")
    assert chosen is not None
    for _ in range(2):
        with columns.at() as (connection, table):
            table.answers.find(connection, chosen, stamp=table.stamp, size=table.size)
    stage.record(EventKind.AMENDED, ids[ROWS], {"facts": {"title": "噪音"}})
    with columns.at() as (connection, table):
        table.answers.find(connection, chosen, stamp=table.stamp, size=table.size)
    (number,) = [row.rowid for row in stage.queries.rows([ids[ROWS]])]
    first = (number - 1) // ROWS * ROWS + 1
    assert asked == [None, (first, first + ROWS - 1)]


def test_an_answer_gives_its_places_back_few_or_many() -> None:
    chance = np.random.default_rng(3)
    for share in (0.0, 0.01, 0.5, 1.0):
        places = np.flatnonzero(chance.random(1003) < share)
        answer = Answer.of(places, 1003, 1)
        assert answer.places().tolist() == places.tolist()
        mask = answer.mask()
        assert mask is None or (len(mask), np.flatnonzero(mask).tolist()) == (1003, places.tolist())


def test_changes_that_are_forgotten_make_old_answers_worthless(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "_CHANGES_KEPT", 2)
    known = Answers()
    known.begin(1)
    assert known._spans_since(0) is None
    assert known._spans_since(1) == []
    for stamp in range(2, 6):
        known.note_change(stamp, np.array([stamp]))
    assert known._spans_since(2) is None
    assert known._spans_since(3) == [(4 * ROWS, 6 * ROWS)]
    assert known._spans_since(5) == []


def test_the_search_that_was_not_asked_longest_is_let_go(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "_KEPT", 2)
    stage.register("噪音 路灯 井盖")
    assert isinstance(stage.queries, SqliteQueries)
    queries = [text_query(text) for text in ("噪音", "路灯", "噪音", "井盖")]
    columns = Columns(stage.database)
    with columns.at() as (connection, table):
        for query in queries:
            assert query is not None
            table.answers.find(connection, query, stamp=table.stamp, size=table.size)
        assert [table.answers.knows(query) for query in queries if query] == [True, False, True, True]


def test_frequent_signs_are_known_before_they_are_asked_and_stay_right(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading_ahead, "LEAST_ROWS", 1)
    ids = import_texts(stage, Random(2), 6 * ROWS)
    columns = Columns(stage.database)
    ahead = ReadingAhead(stage.database, columns)
    while ahead.step():
        pass
    sign = text_query("噪")
    assert sign is not None
    assert columns.knows_answer(sign)
    for case_id in (ids[0], ids[3 * ROWS]):
        stage.record(EventKind.AMENDED, case_id, {"facts": {"title": "噪声", "description": "a"}})
        with columns.at() as (connection, table):
            kept = table.answers.find(connection, sign, stamp=table.stamp, size=table.size)
            assert (kept.places() + 1).tolist() == find(connection, sign).tolist()


@pytest.mark.parametrize("written", ["5", r'"\ud800"'])
def test_reading_ahead_passes_over_what_is_no_text(stage: Stage, monkeypatch: pytest.MonkeyPatch, written: str) -> None:
    """As another desk may have written it."""
    monkeypatch.setattr(reading_ahead, "LEAST_ROWS", 1)
    stage.register("噪音")
    with stage.database.writer() as connection:
        connection.execute("UPDATE events SET payload = json_set(payload, '$.facts.description', json(?))", (written,))
    columns, sign = Columns(stage.database), text_query("噪")
    ahead = ReadingAhead(stage.database, columns)
    while ahead.step():
        pass
    assert sign is not None
    assert columns.knows_answer(sign)


def test_what_was_read_ahead_of_a_state_nobody_knows_is_let_go(stage: Stage) -> None:
    stage.register("噪音")
    columns, sign = Columns(stage.database), text_query("噪")
    assert sign is not None
    columns.keep_answer(sign, Answer.of(np.arange(3), ROWS, 7))
    assert not columns.knows_answer(sign)


@pytest.mark.parametrize(("bits", "share"), [(0, 0), (10**6, 0), (10**6, 10**6)])
def test_frequent_and_rare_words_pass_the_same_filters(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, bits: int, share: int
) -> None:
    """Many hits begin with the open cases, few with themselves."""
    ids = import_texts(stage, Random(5), 3 * ROWS)
    for case_id in ids[::7]:
        stage.record(EventKind.VOIDED, case_id, {"reason": "x"})
    asked = [CaseFilter(text=text, only_open=flag) for text in ASKED for flag in (False, True)]
    found = [stage.queries.total(chosen) for chosen in asked]
    monkeypatch.setattr(answers, "_BITS_OF_A_NUMBER", bits)
    monkeypatch.setattr(filters, "_SMALL_SHARE", share)
    assert isinstance(stage.queries, SqliteQueries)
    stage.queries._columns._table = Table()
    assert [stage.queries.total(chosen) for chosen in asked] == found
    assert len(set(found)) > 3
