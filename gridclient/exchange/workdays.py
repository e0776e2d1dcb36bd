"""Days of the legal calendar from a table: one day a row, whether it is worked, and the name of the holiday."""

from __future__ import annotations

from collections.abc import Sequence

from gridclient.domain.errors import InvalidInput
from gridclient.domain.frozen import frozen
from gridclient.exchange.cells import Cell
from gridclient.exchange.fields import Fields, RowProblem, digest
from gridclient.exchange.values import day
from gridclient.services.import_records import CalendarRecord

_WORKED = ("workday", "work", "working", "工作日", "班", "上班", "补班", "调休上班", "上班日")
_OFF = (
    *("holiday", "weekend", "off", "rest", "休", "休息", "休息日", "放假", "节日", "节假日", "法定节假日"),
    *("周末", "公休", "公休日", "双休日"),
)
_NAMED = dict.fromkeys(_WORKED, True) | dict.fromkeys(_OFF, False)
_YES_OR_NO = dict.fromkeys(("是", "1", "true", "y", "yes"), True) | dict.fromkeys(
    ("否", "0", "false", "n", "no"), False
)


@frozen
class CalendarReader:
    """Makes one record of each row. The table has a column that says whether the day is worked, or one that says
    whether it is off."""

    sheet: str
    fields: Fields

    def read(self, row: int, cells: Sequence[Cell]) -> CalendarRecord:
        """Raises ``RowProblem``: ``calendar.no_day``, ``calendar.kind_unknown``, ``cell.…``."""
        found = self.fields.read(cells, "day", day, None)
        if found is None:
            raise RowProblem(self.fields.title("day"), InvalidInput("calendar.no_day"))
        working = self._working(cells)
        name = self.fields.text(cells, "name")
        return CalendarRecord(self.sheet, row, digest("calendar", found, working, name), found, working, name)

    def _working(self, cells: Sequence[Cell]) -> bool:
        field = "working" if self.fields.has("working") else "resting"
        told = self.fields.text(cells, field).casefold()
        if told in _NAMED:
            return _NAMED[told]
        if told in _YES_OR_NO:  # "否" under 是否工作日 and "是" under 是否节假日 both mean a day off
            return _YES_OR_NO[told] is (field == "working")
        raise RowProblem(self.fields.title(field), InvalidInput("calendar.kind_unknown", text=told[:20]))
