"""Filing conditions of several lists: the same code in two of them means two conditions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import sqlite_utils
from sqlite_utils.migrations import Migrations

from gridclient.domain.errors import NotFound, RuleViolation
from gridclient.services.import_findings import ImportKind, ImportOutcome
from gridclient.services.import_records import StandardRecord
from gridclient.services.importing import import_records
from gridclient.services.rows import StandardRow
from gridclient.services.standards import named_standard
from gridclient.store import migrations
from gridclient.store.driver import Use, open_connection, schema_tool
from gridclient.store.import_sink import ReferenceSink
from gridclient.store.reference_rows import read_standard, read_standard_lists, read_standards
from tests.fakes.import_store import ImportStore
from tests.fakes.invented_areas import standard

CODE = "C-01-02-01"


def bring(
    store: ImportStore, records: Sequence[StandardRecord], *, name: str = "", file: str = "甲县.xlsx"
) -> ImportOutcome:
    sink = ReferenceSink(store.database, store.clock.now(), file=file, standard_list=name)
    return import_records(records, file=file, kind=ImportKind.STANDARDS, sink=sink, clock=store.clock)


def found(store: ImportStore, key: str) -> StandardRow:
    row = store.reference.standard(key)
    assert row is not None
    return row


def test_the_same_code_in_two_lists_is_two_conditions_each_with_its_own_limit(store: ImportStore) -> None:
    bring(store, [standard(2)], name="甲县标准")
    bring(store, [standard(2, limit="5 work_day")], name="乙县标准")
    rows = store.reference.standards()
    assert [(row.key, row.limit, row.version) for row in rows] == [
        (f"{CODE}@乙县标准", "5 work_day", "1"),
        (f"{CODE}@甲县标准", "2 work_day", "1"),
    ]
    assert found(store, f"{CODE}@甲县标准").limit == "2 work_day"


def test_the_units_that_a_list_has_cooperate_are_told_with_its_condition(store: ImportStore) -> None:
    told = standard(2, cooperating_unit="派出所、村社区")
    bring(store, [told], name="甲县标准")
    assert found(store, f"{CODE}@甲县标准").cooperating == ("派出所", "村社区")
    assert bring(store, [told], name="甲县标准").summary.unchanged == 1
    assert bring(store, [standard(2, cooperating_unit="派出所")], name="甲县标准").summary.imported == 1


def test_a_new_version_is_one_of_its_own_list_and_leaves_the_other_alone(store: ImportStore) -> None:
    bring(store, [standard(2)], name="甲")
    bring(store, [standard(2)], name="乙")
    bring(store, [standard(2, limit="5 work_day")], name="乙")
    assert [found(store, f"{CODE}@{name}").version for name in ("甲", "乙")] == ["1", "2"]
    before = store.reference.standard_of(f"{CODE}@乙", "1")
    assert before is not None
    assert before.limit == "2 work_day"


def test_a_version_ends_when_the_next_one_begins_and_not_again_later(store: ImportStore) -> None:
    for month, limit in ((3, "2 work_day"), (4, "5 work_day"), (5, "9 work_day")):
        store.clock.at = store.clock.at.replace(month=month)
        bring(store, [standard(2, limit=limit)], name="甲")
    with store.database.reader() as connection:
        ends = connection.execute("select valid_to from standards order by version").fetchall()
    assert ends == [("2026-04-02",), ("2026-05-02",), (None,)]


def test_columns_in_another_order_make_no_new_version(store: ImportStore) -> None:
    for extra in ({"依据": "条例", "备注": "无"}, {"备注": "无", "依据": "条例"}):
        outcome = bring(store, [standard(2, extra=extra)], name="甲")
    assert outcome.summary.unchanged == 1


def test_a_file_that_shares_some_conditions_with_a_list_is_another_list(store: ImportStore) -> None:
    bring(store, [standard(2)], file="甲县.xlsx")
    assert bring(store, [standard(2), standard(3, "C-01-02-02")], file="乙县.xlsx").summary.imported == 2
    assert [row.name for row in store.reference.standard_lists()] == ["乙县", "甲县"]


def test_a_list_without_a_told_name_has_that_of_its_file(store: ImportStore) -> None:
    bring(store, [standard(2)], file="运城市 立案@结案标准.xlsx")
    assert [row.name for row in store.reference.standard_lists()] == ["运城市 立案 结案标准"]


def test_the_same_table_under_another_file_name_is_the_list_that_has_it_already(store: ImportStore) -> None:
    assert bring(store, [standard(2)], file="muban.xlsx").summary.imported == 1
    again = bring(store, [standard(2)], file="flat.csv")
    assert (again.summary.imported, again.summary.unchanged) == (0, 1)
    assert bring(store, [standard(2)], name="另一份").summary.imported == 1, "a name that is told makes a list"


def test_a_list_that_is_not_in_force_is_not_offered_but_what_was_filed_under_it_is_known(store: ImportStore) -> None:
    bring(store, [standard(2)], name="旧")
    bring(store, [replace(standard(2), filing_condition="新的条件")], name="新")
    store.reference.use_list("旧", in_force=False)
    assert [row.list for row in store.reference.standards()] == ["新"]
    assert found(store, f"{CODE}@旧").filing_condition == standard(2).filing_condition
    assert [(row.name, row.standards, row.in_force) for row in store.reference.standard_lists()] == [
        ("新", 1, True),
        ("旧", 1, False),
    ]


def test_a_code_alone_names_the_condition_while_only_one_list_has_it(store: ImportStore) -> None:
    bring(store, [standard(2)], name="甲")
    assert named_standard(store.reference, CODE).key == f"{CODE}@甲"
    with pytest.raises(NotFound, match=r"standard\.unknown"):
        named_standard(store.reference, "X-1")
    bring(store, [standard(2)], name="乙")
    with pytest.raises(RuleViolation, match=r"standard\.ambiguous"):
        named_standard(store.reference, CODE)


def test_a_code_alone_of_an_old_event_is_the_one_of_the_list_without_a_name(store: ImportStore) -> None:
    bring(store, [standard(2)], file="")
    bring(store, [standard(2, limit="5 work_day")], name="乙")
    assert found(store, CODE).limit == "2 work_day"


def before_lists() -> Migrations:
    """The migrations of the program before lists had names."""
    earlier = Migrations("gridclient.store")
    steps: tuple[Callable[[sqlite_utils.Database], None], ...] = (
        migrations.m0001_first,
        migrations.m0002_sync,
        migrations.m0003_told,
    )
    for step in steps:
        earlier(name=step.__name__)(step)
    return earlier


def test_an_older_store_keeps_its_conditions_under_their_codes_with_all_versions(tmp_path: Path) -> None:
    connection = open_connection(tmp_path / "old.db", bytes(32), Use.WRITING)
    before_lists().apply(schema_tool(connection))
    for version, limit, ends in ((1, "2 work_day", "2026-11-01"), (2, "5 work_day", None)):
        connection.execute(
            "insert into standards (code, version, valid_from, valid_to, kind, small_name, limit_code)"
            " values (?, ?, '0001-01-01', ?, 'component', '上水井盖', ?)",
            (CODE, version, ends, limit),
        )
    migrations.upgrade(connection)
    rows = read_standards(connection, date(2026, 11, 20))
    assert {key: (row.limit, row.version, row.list) for key, row in rows.items()} == {CODE: ("5 work_day", "2", "")}
    first = read_standard(connection, CODE, "1")
    assert first is not None
    assert first.limit == "2 work_day"
    assert [(row.name, row.in_force) for row in read_standard_lists(connection)] == [("", True)]
    connection.close()
