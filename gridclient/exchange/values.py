"""Reads one cell as a text, a number, a moment, a day, an identifier or a list. Nothing is guessed.

Each reader takes a cell and gives a value, or raises ``InvalidInput("cell.…")``. The caller adds which column the cell
belongs to.
"""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from math import isfinite

from gridclient.domain.calendar import CHINA_TIME
from gridclient.domain.errors import InvalidInput
from gridclient.exchange.cells import Cell, ErrorCell, FormulaCell, From1904

_EARLIEST_YEAR, _LATEST_YEAR = 1949, 2100
_SERIALS = range(18_264, 73_416)
"""Excel's day numbers from 1950 to 2100; other numbers are no dates."""
_DAYS_TO_1904 = 1462
"""Days between the two beginnings of Excel's calendar, 1900 and 1904."""
_LOST_DIGITS_FROM = 10**15
_SHOWN = 60
_SPOILT = re.compile(r"\d+(?:\.\d*)?[eE]\+?\d+")
_MOMENT = re.compile(
    r"(?P<year>\d{4})\s*[-/.年]\s*(?P<month>\d{1,2})\s*[-/.月]\s*(?P<day>\d{1,2})\s*日?"
    r"(?:[T\s]*(?P<half>上午|下午|AM|PM)?\s*(?P<hour>\d{1,2})\s*[:\uff1a时]\s*(?P<minute>\d{1,2})"
    r"(?:\s*[:\uff1a分]\s*(?P<second>\d{1,2})(?:\.\d+)?)?\s*[分秒]?)?\s*(?P<half_behind>AM|PM)?",
    re.IGNORECASE,
)
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}T")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:(\d{2})(\d{2})(\d{2})?)?")
_NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?")
_LIST_SEPARATORS = re.compile(r"[、,\uff0c;\uff1b|\n]+")


def text(cell: Cell) -> str:
    """The cell's text without outer blanks; numbers and dates as people write them. Raises for formulas and error
    values."""
    if isinstance(cell, str):
        return cell.strip()
    if isinstance(cell, FormulaCell):
        raise InvalidInput("cell.formula", text=f"={cell.text}"[:_SHOWN])
    if isinstance(cell, ErrorCell):
        raise InvalidInput("cell.error_value", text=cell.text[:_SHOWN])
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.strftime("%Y-%m-%d %H:%M:%S")
    return str(cell)


def as_shown(cell: Cell) -> str:
    """The cell as the spreadsheet shows it: like :func:`text`, but formulas as ``=…`` and error values as they are."""
    if isinstance(cell, FormulaCell):
        return f"={cell.text}"
    return cell.text if isinstance(cell, ErrorCell) else text(cell)


def long_text(cell: Cell) -> str:
    """A text of several lines. Line ends and the blanks around them are unified: ``\\n\\t\\t\\t`` becomes one line
    end."""
    found = text(cell)
    if "\n" in found or "\r" in found:
        lines = found.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        found = "\n".join(line.strip(" \t\xa0") for line in lines)
    return found


def identifier(cell: Cell) -> str:
    """A number that names something: a telephone, a case in another system.

    Raises ``InvalidInput("cell.number_spoilt")`` if the spreadsheet lost digits (3.71E+14, or more than 15 digits).
    """
    if isinstance(cell, float) or (isinstance(cell, int) and cell >= _LOST_DIGITS_FROM):
        raise InvalidInput("cell.number_spoilt", text=str(cell)[:_SHOWN])
    found = text(cell)
    if _SPOILT.fullmatch(found):
        raise InvalidInput("cell.number_spoilt", text=found[:_SHOWN])
    return found


def number(cell: Cell) -> float | None:
    """A number; ``None`` for a blank cell. Raises ``InvalidInput("cell.not_number")``."""
    if isinstance(cell, str | int | float) and not isinstance(cell, bool):
        with suppress(ValueError, OverflowError):
            value = float(cell)
            if isfinite(value) and not (isinstance(cell, str) and "_" in cell):
                return value
    found = text(cell)
    if not found:
        return None
    raise InvalidInput("cell.not_number", text=found[:_SHOWN])


def moment(cell: Cell) -> datetime | None:
    """A date with or without a time, as an instant in China time; ``None`` for a blank cell.

    Reads dates of the spreadsheet, its day numbers, and texts that begin with the year. Raises ``InvalidInput`` with
    ``text``: ``cell.not_date``, ``cell.date_unclear`` (01/05/2019: which one is the month?),
    ``cell.date_out_of_range``.
    """
    if isinstance(cell, str):
        found = cell.strip()
        if not found:
            return None
        quick = _quickly(found)
        if quick is not None:
            return quick
        value = _moment_of_text(found)
    elif isinstance(cell, datetime):
        value = _whole_second(cell)
    elif isinstance(cell, date):
        value = datetime(cell.year, cell.month, cell.day, tzinfo=CHINA_TIME)
    elif isinstance(cell, int | float) and not isinstance(cell, bool):
        value = _moment_of_number(cell, str(cell))
    elif isinstance(cell, time | timedelta | bool):
        raise InvalidInput("cell.not_date", text=str(cell)[:_SHOWN])
    else:
        text(cell)  # refuses formulas and error values
        return None
    if not _EARLIEST_YEAR <= value.year <= _LATEST_YEAR:
        raise InvalidInput("cell.date_out_of_range", text=str(cell)[:_SHOWN])
    return value.replace(tzinfo=CHINA_TIME) if value.tzinfo is None else value.astimezone(CHINA_TIME)


def day(cell: Cell) -> date | None:
    """A date; a time of day is dropped. Raises as :func:`moment` does."""
    found = moment(cell)
    return None if found is None else found.date()


def words(cell: Cell) -> tuple[str, ...]:
    """The texts in one cell, separated as people do it (、 , ; | or a new line)."""
    return tuple(word for piece in _LIST_SEPARATORS.split(text(cell)) if (word := piece.strip()))


def _whole_second(value: datetime) -> datetime:
    """Rounds to whole seconds: day numbers are fractions, so that 09:02:59.9999 was written as 09:03."""
    return value if value.year > _LATEST_YEAR else (value + timedelta(microseconds=500_000)).replace(microsecond=0)


def _quickly(found: str) -> datetime | None:
    """``2011-07-01 01:32:33`` and the like, the form of almost all dates, read quickly; ``None`` for any other form."""
    if len(found) != 19 or found[4] != "-":
        return None
    try:
        value = datetime.fromisoformat(found)
    except ValueError:
        return None
    if value.tzinfo is not None or not _EARLIEST_YEAR <= value.year <= _LATEST_YEAR:
        return None
    return datetime.combine(value, value.time(), CHINA_TIME)  # three times as fast as replace()


def _moment_of_text(found: str) -> datetime:
    matched = _MOMENT.fullmatch(found)
    if matched:
        return _clock_time(found, matched)
    if _ISO.match(found):
        try:
            return datetime.fromisoformat(found)
        except ValueError:
            raise InvalidInput("cell.not_date", text=found[:_SHOWN]) from None
    compact = _COMPACT.fullmatch(found)
    if compact:
        return _built(found, *(int(part or 0) for part in compact.groups()))
    if _NUMBER.fullmatch(found):
        return _moment_of_number(float(found), found)
    if re.fullmatch(r"\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}(?:\s.*)?", found):
        raise InvalidInput("cell.date_unclear", text=found[:_SHOWN])
    raise InvalidInput("cell.not_date", text=found[:_SHOWN])


def _clock_time(found: str, matched: re.Match[str]) -> datetime:
    parts = [int(matched[name] or 0) for name in ("year", "month", "day", "hour", "minute", "second")]
    half = (matched["half"] or matched["half_behind"] or "").upper()
    if half in {"下午", "PM"} and parts[3] < 12:
        parts[3] += 12
    elif half in {"上午", "AM"} and parts[3] == 12:
        parts[3] = 0
    return _built(found, *parts)


def _built(found: str, *parts: int) -> datetime:
    year, month, day_of_month, hour, minute, second = parts
    try:
        # 24:00 is the end of that day.
        start = datetime(year, month, day_of_month, tzinfo=CHINA_TIME)
        if hour > 24 or minute > 59 or second > 59 or (hour == 24 and minute + second):
            raise InvalidInput("cell.not_date", text=found[:_SHOWN])
        return start + timedelta(hours=hour, minutes=minute, seconds=second)
    except (ValueError, OverflowError):
        raise InvalidInput("cell.not_date", text=found[:_SHOWN]) from None


def _moment_of_number(value: float, written: str) -> datetime:
    """A date from Excel's day number, or from digits without separators (20190105)."""
    serial = value + _DAYS_TO_1904 if isinstance(value, From1904) else value
    if _SERIALS.start <= serial < _SERIALS.stop:
        from openpyxl.utils.datetime import from_excel  # noqa: PLC0415  (0.25 s, and csv files do without)

        found = from_excel(serial)
        if isinstance(found, datetime):
            return _whole_second(found)
    whole = str(int(value)) if abs(value) < _LOST_DIGITS_FROM and float(value).is_integer() else ""
    compact = _COMPACT.fullmatch(whole)
    if compact:
        return _built(whole, *(int(part or 0) for part in compact.groups()))
    raise InvalidInput("cell.not_date", text=written[:_SHOWN])
