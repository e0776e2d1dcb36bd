"""Finding one of many by what is typed."""

from __future__ import annotations

import pytest

from gridclient.ui.matching import Entry, find, grid_entries, spelt, standard_entries, unit_entries
from tests.ui.fakes.invented_desk import GRIDS, STANDARDS, UNITS


def titles(entries: list[Entry]) -> list[str]:
    return [entry.title for entry in entries]


def test_a_unit_is_found_by_pinyin_initials() -> None:
    assert titles(find(unit_entries(UNITS), "zhxz")) == ["综合行政执法中队"]


@pytest.mark.parametrize(
    ("typed", "initials"),
    [
        *(("gaipai", "gp"), ("gaip", "gp"), ("zonghezhifa", "zhzf"), ("xingzhengzhifazhongdui", "xzzfzd")),
        *(("danguan", "dg"), ("jiean", "ja"), ("lian", "la"), ("fangan", "fa"), ("shequ", "sq"), ("lvhua", "lh")),
    ],
)
def test_whole_syllables_stand_for_their_initials(typed: str, initials: str) -> None:
    assert initials in spelt(typed)


@pytest.mark.parametrize("typed", ["", "gai", "gp", "zhzf", "f3", "改派", "uai", "gaipai2", "gaipai" * 6])
def test_what_is_no_word_of_syllables_stands_for_nothing_else(typed: str) -> None:
    assert not spelt(typed)


def test_a_unit_is_found_by_whole_syllables_behind_what_is_found_as_it_is_typed() -> None:
    assert titles(find(unit_entries(UNITS), "zonghexing")) == ["综合行政执法中队"]
    entries = [Entry("1", "改派", initials="gp"), Entry("2", "Gaipai"), Entry("3", "别的", initials="bd")]
    assert titles(find(entries, "gaipai")) == ["Gaipai", "改派"]


def test_a_beginning_comes_before_a_part() -> None:
    entries = [Entry("1", "某派出所"), Entry("2", "派出所")]
    assert titles(find(entries, "派出")) == ["派出所", "某派出所"]


def test_every_word_must_be_found() -> None:
    entries = standard_entries(STANDARDS, {})
    assert titles(find(entries, "施工 噪音")) == ["施工扰民 · 夜间施工噪音扰民"]
    assert not find(entries, "施工 邻里")


def test_nothing_typed_shows_all_in_their_order() -> None:
    assert [entry.value for entry in find(unit_entries(UNITS), " ")] == [unit.code for unit in UNITS]


def test_a_grid_is_named_with_its_community_and_found_by_both() -> None:
    entries = grid_entries(GRIDS)
    assert find(entries, "gmsqdswg")[0].value == "371002002001003"
    assert find(entries, "古陌 第三")[0].title == "古陌社区 第三网格(基础)"
    assert find(entries, "371002002001003")[0].value == "371002002001003"


def test_initials_may_leave_out_what_stands_in_the_middle_of_a_name() -> None:
    entries = grid_entries(GRIDS)
    assert titles(find(entries, "gmdsw")) == ["古陌社区 第三网格(基础)"]
    assert not find(entries, "msdsw")
    assert not find(entries, "gdswg")
    entries = [Entry("1", "综合行政执法中队", initials="zhxzzfzd"), Entry("2", "早会再发", initials="zhzf")]
    assert titles(find(entries, "zhzf")) == ["早会再发", "综合行政执法中队"]
