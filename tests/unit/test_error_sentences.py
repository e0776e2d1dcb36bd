"""Sentences of refusals: always one, whatever came with the code."""

from __future__ import annotations

import pytest

from gridclient.services.error_text import sentence


def test_a_code_of_a_later_program_is_told_by_its_name() -> None:
    assert sentence("later.code", count=3) == "操作没有完成（later.code）。"


def test_what_did_not_come_with_a_code_is_a_dash_and_names_are_put_together() -> None:
    assert sentence("file.unknown_sheet", sheet="案件", sheets=["一月", "二月"]) == (
        "文件“—”里没有工作表“案件”，现有：一月、二月。"
    )


def test_large_numbers_are_told_with_their_thousands() -> None:
    told = sentence("file.too_many_rows", file="a.xlsx", rows=1234567, most=1000000)
    assert told.startswith("文件“a.xlsx”有 1,234,567 行，超过 1,000,000 行的上限")


@pytest.mark.parametrize(
    "code", ["unreachable", "timeout", "busy", "hub_failed", "hub_store", "unplaced", "files_full"]
)
def test_what_a_command_says_of_a_dead_hub_promises_nothing_that_only_an_open_desk_does(code: str) -> None:
    assert "自动" not in sentence(f"sync.{code}", status=500)
