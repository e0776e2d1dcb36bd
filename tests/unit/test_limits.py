"""Time limits as people write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridclient.domain.errors import InvalidInput
from gridclient.domain.limits import LARGEST_AMOUNT, Limit, LimitKind, format_limit, parse_limit, read_limit
from gridclient.services.error_text import sentence_of

MINUTE, URGENT, HOUR, WORK, NATURAL = LimitKind

limits = st.builds(
    Limit,
    st.one_of(
        st.integers(1, LARGEST_AMOUNT),
        st.floats(0.01, LARGEST_AMOUNT),
        st.integers(1, 200).map(lambda halves: halves / 2),
    ),
    st.sampled_from(LimitKind),
)


@pytest.mark.parametrize(
    ("text", "amount", "kind"),
    [
        # Every written form of the 519 filing conditions of a real prefecture.
        ("1紧急工作时", 1, URGENT),
        ("2紧急工作时", 2, URGENT),
        ("4紧急工作时", 4, URGENT),
        ("1紧急工作时制止", 1, URGENT),
        ("1紧急工作日", 1, NATURAL),
        ("2紧急工作日", 2, NATURAL),
        ("2小时", 2, HOUR),
        ("4小时", 4, HOUR),
        ("1天", 1, NATURAL),
        ("15天", 15, NATURAL),
        # What else is written.
        ("4工作时", 4, HOUR),
        ("4个工作小时", 4, HOUR),
        ("3工作日", 3, WORK),
        ("3个工作日", 3, WORK),
        ("5自然日", 5, NATURAL),
        ("5日", 5, NATURAL),
        ("30分钟", 30, MINUTE),
        ("一刻钟", 15, MINUTE),
        ("半天", 0.5, WORK),
        ("半日", 0.5, WORK),
        ("半个工作日", 0.5, WORK),
        ("半小时", 0.5, HOUR),
        ("半个小时", 0.5, HOUR),
        ("一个半小时", 1.5, HOUR),
        ("一天半", 1.5, NATURAL),
        ("两个半工作日", 2.5, WORK),
        ("1.5小时", 1.5, HOUR),
        ("２紧急工作时", 2, URGENT),
        ("４．５小时", 4.5, HOUR),
        ("两小时", 2, HOUR),
        ("三个工作日", 3, WORK),
        ("十日", 10, NATURAL),
        ("十五日", 15, NATURAL),
        ("二十四小时", 24, HOUR),
        ("一百二十天", 120, NATURAL),
        ("24小时内", 24, HOUR),
        ("48自然小时", 48, URGENT),
        (" 3 个 工作日 以内 ", 3, WORK),
        ("限3日内办结", 3, NATURAL),
        ("不超过5天", 5, NATURAL),
        ("接到通知后2小时内", 2, HOUR),
        ("自受理之日起5个工作日内", 5, WORK),
        ("一周", 7, NATURAL),
        ("2h", 2, HOUR),
        ("2D", 2, NATURAL),
    ],
)
def test_a_written_limit_is_read(text: str, amount: float, kind: LimitKind) -> None:
    assert parse_limit(text) == Limit(amount, kind)


@pytest.mark.parametrize(
    ("text", "remark"),
    [
        ("1紧急工作时制止", "制止"),
        ("1紧急工作时（制止）", "制止"),
        ("3日内办结", "办结"),
        ("2天，雨天顺延", "雨天顺延"),
        ("24小时内", ""),
        ("2天", ""),
    ],
)
def test_words_behind_the_limit_are_kept_as_a_remark(text: str, remark: str) -> None:
    assert read_limit(text).remark == remark


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "limit.unreadable"),
        ("工作日", "limit.unreadable"),
        ("-1天", "limit.unreadable"),
        ("3days", "limit.unreadable"),
        ("十十天", "limit.unreadable"),
        ("一二天", "limit.unreadable"),
        ("T+3", "limit.unreadable"),
        ("立即", "limit.no_amount"),
        ("按法定程序实施", "limit.no_amount"),
        ("5", "limit.no_unit"),
        ("十五", "limit.no_unit"),
        ("1个月", "limit.unit_varies"),
        ("半年", "limit.unit_varies"),
        ("3-5天", "limit.ambiguous"),
        ("3至5个工作日", "limit.ambiguous"),
        ("1天12小时", "limit.ambiguous"),
        ("1紧急工作时制止，3天内恢复", "limit.ambiguous"),
        ("立即制止，2小时恢复", "limit.ambiguous"),
        ("0天", "limit.out_of_range"),
        ("99999天", "limit.out_of_range"),
    ],
)
def test_what_is_no_limit_is_refused_with_its_cause(text: str, code: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        parse_limit(text)
    assert refused.value.code == code


def test_a_refusal_names_the_text_as_it_was_written() -> None:
    with pytest.raises(InvalidInput) as refused:
        parse_limit(" 尽快 ")
    assert refused.value.params == {"text": " 尽快 "}


@given(limits)
def test_the_code_form_reads_back(limit: Limit) -> None:
    assert parse_limit(format_limit(limit)) == limit


@given(st.integers(1, 999), st.sampled_from(["紧急工作时", "工作时", "工作日", "自然日", "分钟"]))
def test_chinese_numerals_read_like_digits(amount: int, unit: str) -> None:
    assert parse_limit(_in_chinese(amount) + unit) == parse_limit(f"{amount}{unit}")


@given(st.text(max_size=12))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        written = read_limit(text)
    except InvalidInput as refused:
        assert refused.code.startswith("limit.")
    else:
        assert parse_limit(format_limit(written.limit)) == written.limit


@given(st.lists(st.sampled_from("0123半一二十百两个工作日时天小紧急分钟.-内 后限接到（）"), max_size=10).map("".join))
def test_any_mixture_of_the_words_is_read_or_refused(text: str) -> None:
    try:
        assert read_limit(text).limit.amount > 0
    except InvalidInput as refused:
        assert refused.code.startswith("limit.")


def test_whole_amounts_are_whole_numbers() -> None:
    assert format_limit(Limit(2.0, HOUR)) == "2 work_hour"


@pytest.mark.parametrize("amount", [0, -1, 0.001, float("nan"), float("inf"), LARGEST_AMOUNT + 1])
def test_an_impossible_amount_is_refused(amount: float) -> None:
    with pytest.raises(InvalidInput, match=r"limit\.out_of_range"):
        Limit(amount, HOUR)


def _in_chinese(number: int) -> str:
    digits = "零一二三四五六七八九"
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    written = f"{digits[hundreds]}百" if hundreds else ""
    if tens:
        written += f"{digits[tens]}十" if hundreds or tens > 1 else "十"
    elif hundreds and ones:
        written += "零"
    return written + (digits[ones] if ones else "")


@pytest.mark.parametrize(("amount", "told"), [(0.0, "数量 0 超出"), (99_999_999_999.0, "数量 99999999999 超出")])
def test_an_amount_out_of_range_is_told_as_people_write_it(amount: float, told: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        Limit(amount, LimitKind.WORK_DAY)
    assert told in sentence_of(caught.value)
