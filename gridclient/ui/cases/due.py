"""The cell 时限 of the list: the time left, with a sign and an urgency. Pure.

The time left is told on the working clock while that runs, else on the natural one; the clocks of the desk's own stages
run in natural time. The time over is told on the natural clock, because the list is ordered by it. The tooltip tells
both. Source: UX.md, double clock.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from PySide6.QtCore import QCoreApplication

from gridclient.domain.calendar import WorkCalendar, WorkingHours
from gridclient.domain.case import OPEN_STATES, CaseState
from gridclient.domain.deadlines import Remaining, remaining, urgency
from gridclient.domain.frozen import frozen
from gridclient.services.deadline_text import duration_text, moment_text, working_text
from gridclient.ui.present import SIGNS, Pressure, is_stage, pressure, waits_for_filing

translate = QCoreApplication.translate
_DAY: Final = 86_400


@frozen
class Yardstick:
    """The calendar and the working hours by which time is measured."""

    calendar: WorkCalendar
    hours: WorkingHours


@frozen
class DueCell:
    """The words of the cell, and how pressing they are."""

    text: str
    pressure: Pressure

    @property
    def shown(self) -> str:
        """The words behind their sign, because colour must not be the only one."""
        return f"{SIGNS[self.pressure]} {self.text}" if self.pressure is not Pressure.NONE else self.text


EMPTY: Final = DueCell("", Pressure.NONE)


def due_cell(due: datetime | None, state: str, now: datetime, by: Yardstick, *, returned: bool = False) -> DueCell:
    """The cell of a case that is in ``state`` and due at ``due``."""
    if _waits(due, state):
        return DueCell(waits_for_filing(), Pressure.NONE)
    if due is None or state not in OPEN_STATES:
        return EMPTY
    left = remaining(now, due, calendar=by.calendar, hours=by.hours)
    stage = is_stage(state)
    days, clock, worked = _split(left, by.hours.seconds_per_day, natural=stage or left.overdue)
    if left.overdue:
        template = translate("CaseList", "超期 {days}天") if days else translate("CaseList", "超期 {clock}")
        return DueCell(template.format(days=days, clock=clock), Pressure.RED)
    if stage and not days:
        template = _stage_word(state, returned=returned)
    elif worked:
        template = translate("CaseList", "{days}工作日 {clock}") if days else translate("CaseList", "工时 {clock}")
    else:
        template = translate("CaseList", "{days}天 {clock}") if days else translate("CaseList", "自然 {clock}")
    return DueCell(template.format(days=days, clock=clock), pressure(urgency(left, stage=stage)))


def due_explained(due: datetime | None, state: str, now: datetime, by: Yardstick) -> str:
    """Both clocks and the deadline, for the tooltip."""
    if _waits(due, state):
        return translate("CaseList", "导入时没有带时限，立案后按立案条件计时")
    if due is None or state not in OPEN_STATES:
        return ""
    left = remaining(now, due, calendar=by.calendar, hours=by.hours)
    working = working_text(left.working.total_seconds(), seconds_per_day=by.hours.seconds_per_day)
    natural = duration_text(left.natural.total_seconds())
    lines = translate("CaseList", "到期 {moment}\n工时超期 {working}，自然超期 {natural}")
    if not left.overdue:
        lines = translate("CaseList", "到期 {moment}\n工时剩余 {working}，自然剩余 {natural}")
    return lines.format(moment=moment_text(due), working=working, natural=natural)


def _waits(due: datetime | None, state: str) -> bool:
    return due is None and state == CaseState.REPORTED


def _stage_word(state: str, *, returned: bool) -> str:
    words = {"reported": translate("CaseList", "受理 {clock}"), "handled": translate("CaseList", "核查 {clock}")}
    again = translate("CaseList", "重派 {clock}") if returned else translate("CaseList", "派遣 {clock}")
    return words.get(state, again)


def _split(left: Remaining, seconds_per_day: int, *, natural: bool) -> tuple[int, str, bool]:
    """Whole days, the rest as ``hh:mm``, and whether it is working time."""
    working = abs(int(left.working.total_seconds()))
    worked = bool(working) and not natural
    seconds = working if worked else abs(int(left.natural.total_seconds()))
    days, rest = divmod(seconds, seconds_per_day if worked else _DAY)
    return days, f"{rest // 3600:02d}:{rest // 60 % 60:02d}", worked
