"""Columns find their fields: by known titles, by what was told, never twice, and the same header is known again."""

from __future__ import annotations

import pytest

from gridclient.domain.errors import InvalidInput
from gridclient.exchange.areas import is_damaged
from gridclient.exchange.headings import HEADINGS, comparable
from gridclient.exchange.mapping import ColumnMapping, completed, fingerprint, guess
from gridclient.services.import_findings import ImportKind

MESSAGES = ("留言编号", "留言用户", "留言主题", "留言时间", "留言详情", "反对数", "点赞数")
REQUESTS = (
    *("case_enquiry_id", "open_dt", "target_dt", "closed_dt", "ontime", "case_status", "closure_reason", "case_title"),
    *("subject", "reason", "type", "queue", "department", "submittedphoto", "closedphoto", "location", "latitude"),
    *("longitude", "source"),
)


def test_the_columns_of_a_message_board_are_known() -> None:
    assert guess(ImportKind.CASES, MESSAGES).columns == {
        "external_number": "留言编号",
        "reporter_name": "留言用户",
        "title": "留言主题",
        "reported_at": "留言时间",
        "description": "留言详情",
    }


@pytest.mark.parametrize(
    ("titles", "column"),
    [
        (("标题", "时间", "地址"), "时间"),
        (("内容", "日期"), "日期"),
        (("日期", "时间", "内容"), "日期"),  # in two columns: the time of day alone says no day
        (("时间", "上报时间", "办结时间"), "上报时间"),
    ],
)
def test_a_plain_time_is_that_of_the_report_where_no_title_says_more(titles: tuple[str, ...], column: str) -> None:
    assert guess(ImportKind.CASES, titles).columns["reported_at"] == column


def test_the_columns_of_a_311_system_are_known() -> None:
    found = guess(ImportKind.CASES, REQUESTS).columns
    assert found["title"] == "case_title"
    assert (found["reported_at"], found["due_at"], found["closed_at"]) == ("open_dt", "target_dt", "closed_dt")
    assert (found["lon"], found["lat"]) == ("longitude", "latitude")
    assert (found["unit_text"], found["state"], found["result"]) == ("department", "case_status", "closure_reason")
    assert "subject" not in found.values()


@pytest.mark.parametrize("title", ["网格", "所属网格", "网格名称", "基础网格"])
def test_a_column_of_grids_is_known_by_its_usual_names(title: str) -> None:
    assert guess(ImportKind.CASES, ["标题", title]).columns["grid_code"] == title


@pytest.mark.parametrize("kind", list(ImportKind))
def test_no_column_serves_two_fields(kind: ImportKind) -> None:
    titles = [title for heading in HEADINGS[kind] for title in heading.titles]
    found = list(guess(kind, titles).columns.values())
    assert len(found) == len(set(found)) == len(HEADINGS[kind])


def test_marks_of_obligation_and_notes_in_a_title_do_not_matter() -> None:
    assert comparable("联系 电话(必填)*:") == comparable("联系电话")
    assert comparable("Case_Title") == comparable("case title")


def test_what_was_told_goes_before_a_guess_and_frees_its_field() -> None:
    told = ColumnMapping(ImportKind.CASES, {"title": "留言详情", "description": "", "external_number": "点赞数"})
    found = completed(told, ImportKind.CASES, MESSAGES, file="a.xlsx").columns
    assert found["title"] == "留言详情"
    assert found["external_number"] == "点赞数"
    assert "description" not in found
    assert found["reported_at"] == "留言时间"


@pytest.mark.parametrize(
    ("kind", "columns", "code"),
    [
        (ImportKind.UNITS, {}, "mapping.other_kind"),
        (ImportKind.CASES, {"colour": "留言编号"}, "mapping.unknown_field"),
        (ImportKind.CASES, {"title": "没有的列"}, "mapping.no_such_column"),
        (ImportKind.CASES, {"title": "留言主题", "description": "留言主题"}, "mapping.column_twice"),
    ],
)
def test_a_mapping_that_does_not_fit_is_refused(kind: ImportKind, columns: dict[str, str], code: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        completed(ColumnMapping(kind, columns), ImportKind.CASES, MESSAGES, file="a.xlsx")
    assert refused.value.code == code


def test_a_header_is_known_again_and_another_is_not() -> None:
    known = fingerprint(ImportKind.CASES, MESSAGES)
    assert known == fingerprint(ImportKind.CASES, list(MESSAGES))
    assert known != fingerprint(ImportKind.UNITS, MESSAGES)
    assert known != fingerprint(ImportKind.CASES, MESSAGES[:-1])


@pytest.mark.parametrize(
    "title", ["网格名\ufffd", "网格名称".encode().decode("gbk", "ignore"), "ç½\x91æ\xa0¼", "网\ue000格"]
)
def test_a_title_that_lost_its_characters_is_noticed(title: str) -> None:
    assert is_damaged(title)


@pytest.mark.parametrize("title", ["网格名称", "grid_name", "面积", "Größe", "é", "层级", "状态"])
def test_an_honest_title_is_not_called_damaged(title: str) -> None:
    assert not is_damaged(title)


def test_a_title_of_many_open_brackets_is_compared_in_one_pass() -> None:
    """Brackets that are looked for anew from each open one take minutes here."""
    assert comparable("[" * 200_000) == "[" * 200_000
    assert comparable("联系电话【必填】（手机）*") == "联系电话"


def test_the_word_of_a_remark_is_a_title_too() -> None:
    assert guess(ImportKind.UNITS, ("服务范围",)).columns == {"grids": "服务范围"}
