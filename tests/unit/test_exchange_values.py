"""Cells read as values: what people and programs write is understood, the rest is refused and never guessed."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridclient.domain.calendar import CHINA_TIME
from gridclient.domain.errors import InvalidInput
from gridclient.exchange import values
from gridclient.exchange.cells import Cell, ErrorCell, FormulaCell

MOMENT = datetime(2019, 1, 5, 9, 3, 11, tzinfo=CHINA_TIME)


@pytest.mark.parametrize(
    "cell",
    [
        "2019-01-05 09:03:11",
        "2019/1/5 9:03:11",
        "2019.1.5 09:03:11",
        "2019年1月5日 9时03分11秒",
        " 2019-1-5 9:03:11 ",
        "20190105090311",
        "2019-01-05T09:03:11",
        "2019-01-05T01:03:11Z",
        "2019-01-05T01:03:11+00:00",
        "2019-01-05 09:03:11.250",
        "2019/1/5 上午 9:03:11",
        "2019/1/5 9:03:11 AM",
        datetime(2019, 1, 5, 9, 3, 11),
        datetime(2019, 1, 5, 9, 3, 10, 999_600),
        43470.3772106481,
        "43470.3772106481",
    ],
)
def test_a_moment_is_read_in_every_form_that_files_hold(cell: Cell) -> None:
    assert values.moment(cell) == MOMENT


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("2019/1/5 9:03", datetime(2019, 1, 5, 9, 3, tzinfo=CHINA_TIME)),
        ("2019-01-05", datetime(2019, 1, 5, tzinfo=CHINA_TIME)),
        ("20190105", datetime(2019, 1, 5, tzinfo=CHINA_TIME)),
        (20190105, datetime(2019, 1, 5, tzinfo=CHINA_TIME)),
        (43470, datetime(2019, 1, 5, tzinfo=CHINA_TIME)),
        (date(2019, 1, 5), datetime(2019, 1, 5, tzinfo=CHINA_TIME)),
        ("2019-01-05 24:00", datetime(2019, 1, 6, tzinfo=CHINA_TIME)),
        ("2019/1/5 下午 3:00", datetime(2019, 1, 5, 15, tzinfo=CHINA_TIME)),
        ("2019/1/5 12:10 AM", datetime(2019, 1, 5, 0, 10, tzinfo=CHINA_TIME)),
        ("2019/1/5 上午 12:10", datetime(2019, 1, 5, 0, 10, tzinfo=CHINA_TIME)),
        ("2019/1/5 下午 12:10", datetime(2019, 1, 5, 12, 10, tzinfo=CHINA_TIME)),
        ("201901050903", datetime(2019, 1, 5, 9, 3, tzinfo=CHINA_TIME)),
        (201901050903, datetime(2019, 1, 5, 9, 3, tzinfo=CHINA_TIME)),
        ("1949-01-01 00:00:00", datetime(1949, 1, 1, tzinfo=CHINA_TIME)),
        ("1949/1/1", datetime(1949, 1, 1, tzinfo=CHINA_TIME)),
        ("2100-12-31 23:59:59", datetime(2100, 12, 31, 23, 59, 59, tzinfo=CHINA_TIME)),
        ("2100/12/31", datetime(2100, 12, 31, tzinfo=CHINA_TIME)),
        ("2019-01-05T01:03+00", datetime(2019, 1, 5, 9, 3, tzinfo=CHINA_TIME)),
        ("2059-12-31 08:30:00", datetime(2059, 12, 31, 8, 30, tzinfo=CHINA_TIME)),
    ],
)
def test_a_shorter_or_later_moment_is_read_as_it_is_meant(cell: Cell, expected: datetime) -> None:
    assert values.moment(cell) == expected


@pytest.mark.parametrize("cell", ["", "  ", None])
def test_a_blank_moment_is_no_moment(cell: Cell) -> None:
    assert values.moment(cell) is None
    assert values.day(cell) is None
    assert values.number(cell) is None


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("01/05/2019", "cell.date_unclear"),
        ("5-1-19 08:00", "cell.date_unclear"),
        ("昨天", "cell.not_date"),
        ("2019-02-30", "cell.not_date"),
        ("2019-01-05 25:00", "cell.not_date"),
        ("2019-01-05 24:01", "cell.not_date"),
        ("2019/1/5 9:60", "cell.not_date"),
        ("2019/1/5 9:03:60", "cell.not_date"),
        ("1948-12-31 23:59:59", "cell.date_out_of_range"),
        ("2101-01-01 00:00:00", "cell.date_out_of_range"),
        ("2019-01-05T99:00", "cell.not_date"),
        (7, "cell.not_date"),
        (1.5e22, "cell.not_date"),
        ("9" * 400, "cell.not_date"),
        (float("inf"), "cell.not_date"),
        (float("nan"), "cell.not_date"),
        (10**400, "cell.not_date"),
        (True, "cell.not_date"),
        (time(9, 3), "cell.not_date"),
        (timedelta(days=1), "cell.not_date"),
        ("1899-01-01", "cell.date_out_of_range"),
        ("0001-01-01T00:00:00+14:00", "cell.date_out_of_range"),
        (datetime(9999, 12, 31, 23, 59, 59, 999_999), "cell.date_out_of_range"),
        (FormulaCell("NOW()"), "cell.formula"),
        (ErrorCell("#N/A"), "cell.error_value"),
    ],
)
def test_what_is_no_moment_is_refused_with_its_reason(cell: Cell, code: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        values.moment(cell)
    assert refused.value.code == code


@pytest.mark.parametrize("cell", ["3.71E+14", "1e5", 3.71e14, 3.5, 10**15, 371002001001001000])
def test_an_identifier_that_lost_digits_is_refused(cell: Cell) -> None:
    with pytest.raises(InvalidInput) as refused:
        values.identifier(cell)
    assert refused.value.code == "cell.number_spoilt"


@pytest.mark.parametrize(("cell", "expected"), [(188006, "188006"), (" T-01 ", "T-01"), (None, ""), ("007", "007")])
def test_an_identifier_stays_as_it_is_written(cell: Cell, expected: str) -> None:
    assert values.identifier(cell) == expected


@pytest.mark.parametrize(
    "cell", ["abc", "1,5", "1_000", "nan", "inf", 10**400, True, ErrorCell("#DIV/0!"), date(2019, 1, 5)]
)
def test_what_is_no_number_is_refused(cell: Cell) -> None:
    with pytest.raises(InvalidInput):
        values.number(cell)


def test_a_text_loses_outer_blanks_of_every_kind_and_even_line_ends() -> None:
    assert values.text("\u3000 井盖\t") == "井盖"
    assert values.long_text("\n\t\t\t\n\t\t\t\u3000第一行 \r\n\t 第二行\r第三行\n\t\t") == "第一行\n第二行\n第三行"


def test_a_list_in_a_cell_is_split_where_people_split_it() -> None:
    assert values.words("综合执法、执法中队;城管\n市容 , 环卫|") == ("综合执法", "执法中队", "城管", "市容", "环卫")


@given(st.text(max_size=40))
def test_any_text_is_a_moment_or_a_foreseen_refusal(text: str) -> None:
    for read in (values.moment, values.number, values.identifier, values.words, values.long_text):
        try:
            read(text)
        except InvalidInput as refused:
            assert refused.code.startswith("cell.")


def test_a_long_run_of_blanks_is_read_in_one_pass() -> None:
    """A run that is looked at anew from each of its places takes minutes here."""
    assert values.long_text(f"一{' ' * 400_000}二 \n 三") == f"一{' ' * 400_000}二\n三"


@given(st.datetimes(min_value=datetime(1950, 1, 2), max_value=datetime(2100, 12, 31)))
def test_a_moment_that_is_written_in_full_is_read_back(moment: datetime) -> None:
    whole = moment.replace(microsecond=0)
    written = [f"{whole:{form}}" for form in ("%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M:%S", "%Y%m%d%H%M%S")]
    chinese = f"{whole:%Y}年{whole:%m}月{whole:%d}日 {whole:%H}时{whole:%M}分{whole:%S}秒"  # Windows formats no Chinese
    for text in (*written, chinese):
        assert values.moment(text) == whole.replace(tzinfo=CHINA_TIME)


def test_a_refused_number_is_told_as_it_is_written() -> None:
    with pytest.raises(InvalidInput) as refused:
        values.moment("1798732800")
    assert refused.value.params["text"] == "1798732800"
