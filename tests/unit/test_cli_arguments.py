"""What ``--json-args`` lets through, and the words of the parser."""

from __future__ import annotations

import argparse
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridclient.cli.arguments import checked, instant, json_object
from gridclient.cli.entry import parser
from gridclient.cli.output import print_json
from gridclient.cli.parsing import WrongUse, count_of, one_of
from gridclient.domain.errors import InvalidInput

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
NAMES = st.sampled_from(
    ["title", "level", "urgency", "channel", "lon", "lat", "crs", "point", "reporter", "happened_at", "cooperating",
     "extra", "wants_reply", "lead", "odd"]
)  # fmt: skip


@given(st.dictionaries(NAMES, ANYTHING))
def test_whatever_is_written_is_taken_or_refused_in_words(values: dict[str, object]) -> None:
    try:
        taken, unknown = checked(values)
    except InvalidInput as refused:
        assert "." in refused.code
        return
    assert "crs" not in taken
    assert all(name.startswith(("odd", "reporter")) for name in unknown)


@given(st.text())
def test_any_text_is_an_object_or_refused(text: str) -> None:
    try:
        assert isinstance(json_object(text), dict)
    except InvalidInput as refused:
        assert refused.code.startswith("arguments.")


@given(st.text())
def test_any_text_is_an_instant_or_refused(text: str) -> None:
    try:
        assert instant(text).utcoffset() is not None
    except InvalidInput as refused:
        assert refused.code == "time.unreadable"


def test_deeply_nested_json_is_refused() -> None:
    with pytest.raises(InvalidInput, match=r"arguments\.not_json"):
        json_object("[" * 100_000)


@pytest.mark.parametrize("text", ['{"title":"x\\ud800"}', '{"\\udfff":1}', '{"extra":{"a":["\\ud83d"]}}'])
def test_half_of_a_pair_of_surrogates_is_no_text(text: str) -> None:
    with pytest.raises(InvalidInput, match=r"arguments\.half_a_sign"):
        json_object(text)
    assert json_object('{"title":"\\ud83d\\ude00"}') == {"title": "😀"}


def test_what_another_desk_wrote_of_it_is_told_as_json_writes_it(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    print_json({"text": "x\ud800"})
    assert json.loads(capsysbinary.readouterr().out) == {"text": "x\ud800"}


def test_people_and_places_may_be_written_together() -> None:
    taken, unknown = checked(
        {
            "reporter": {"name": "张三", "phone": "13800001234"},
            "point": [122.1, 37.5],
            "urgency": "紧急",
            "channel": "视频",
        }
    )
    assert not unknown
    assert taken == {
        "reporter_name": "张三", "reporter_phone": "13800001234", "lon": 122.1, "lat": 37.5, "urgency": 2,
        "channel": "video",
    }  # fmt: skip


def test_null_counts_as_not_given() -> None:
    assert checked({"title": "x", "lon": None, "lat": None}) == ({"title": "x"}, [])


def test_what_a_name_is_not_known_for_is_named() -> None:
    assert checked(json.loads('{"titel": 1, "reporter": {"shoe": 4}}')) == ({}, ["reporter.shoe", "titel"])


def test_an_identifier_and_its_word_mean_the_same() -> None:
    read = one_of({"filed": "待派遣"})
    assert read("filed") == read("待派遣") == "filed"
    with pytest.raises(argparse.ArgumentTypeError, match="待派遣"):
        read("x")


@pytest.mark.parametrize("text", ["0", "-1", "x", "1.5", ""])
def test_a_count_is_a_whole_number_from_its_least(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError):
        count_of(1)(text)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["cases", "show"], "缺少参数：案件"),
        (["verify", "more"], "不认识的参数：more"),
        (["convert", "x", "1", "--from", "wgs84", "--to", "bd09"], "参数 经度：应为数字"),
        (["import", "cases", "f", "--crs"], "参数 --crs 后面缺少内容"),
    ],
)
def test_the_parser_speaks_chinese(words: list[str], told: str) -> None:
    with pytest.raises(WrongUse) as wrong:
        parser().parse_args(words)
    assert told in wrong.value.message
    assert wrong.value.usage.startswith("用法：gridclient")


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"happened_at": "2999-01-01T00:00"}, "cell.date_out_of_range"),
        ({"happened_at": -10_000_000_000}, "cell.date_out_of_range"),
        ({"title": "长" * 100_000}, "arguments.too_long"),
        ({"description": "长" * 100_000}, "arguments.too_long"),
        ({"title": "井盖\0破损"}, "arguments.no_sign"),
        ({"cooperating": ["单位\0"]}, "arguments.no_sign"),
        ({"cooperating": ["单位"] * 20_000}, "arguments.too_long"),
        ({"extra": {"说明": [{"深处": "井盖\0"}]}}, "arguments.no_sign"),
        ({"extra": {"键\0": 1}}, "arguments.no_sign"),
        ({"extra": {str(number): "长" * 100 for number in range(1000)}}, "arguments.too_long"),
    ],
)
def test_what_no_import_would_take_is_refused(given: dict[str, object], code: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        checked(given)
    assert caught.value.code == code


def test_a_reasons_text_may_be_called_so() -> None:
    given, unknown = checked({"reason_code": "unclear", "reason_text": "说不清"})
    assert (given, unknown) == ({"reason_code": "unclear", "reason": "说不清"}, [])


def test_a_reason_is_not_given_twice() -> None:
    assert checked({"reason": "一", "reason_text": "二"}) == ({"reason": "一"}, ["reason_text"])


def test_a_backslash_before_u0000_is_no_empty_sign() -> None:
    given: dict[str, object] = {"extra": {"路径": "\\u0000"}}
    assert checked(given) == (given, [])
