"""The section 时限与工作时间. These parameters are the county's and the same on every desk, so they can only be
read."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from PySide6.QtCore import QCoreApplication

from gridclient.domain.errors import InvalidInput
from gridclient.domain.limits import parse_limit
from gridclient.services.deadline_text import limit_text
from gridclient.services.desk import Desk
from gridclient.ui.jobs import Jobs
from gridclient.ui.lines_table import Line, LinesTable
from gridclient.ui.settings.section import Section

translate = QCoreApplication.translate


class LimitsSection(Section):
    """The names of the parameters and their values in words."""

    def __init__(self, *, desk: Desk, jobs: Jobs) -> None:
        super().__init__(
            translate("LimitsSection", "时限与工作时间"),
            translate(
                "LimitsSection",
                "这些由县级统一规定，各席位一致，在这里只能查看。立案条件自带的时限优先于按层级的时限。",
            ),
        )
        self._desk, self._jobs = desk, jobs
        self.table = LinesTable((self.tr("项目"), self.tr("现行值")), widths=(200,), parent=self)
        self.line.addWidget(self.table, 1)

    def refresh(self) -> None:
        self._jobs.read(self, partial(_values, self._desk), self._show, name="limits")

    def _show(self, values: Mapping[str, str]) -> None:
        words = _words()
        self.table.show_lines([Line(name, (words[name], value_text(name, values[name]))) for name in values])


def _values(desk: Desk) -> dict[str, str]:
    """The parameters of the section. A desk of several townships has no township of its own. Blocking."""
    home = desk.map_data.home()
    return {name: desk.reference.setting(name) for name in _words() if home or name != "township"}


def value_text(name: str, value: str) -> str:
    """A value in words."""
    if not value:
        return translate("LimitsSection", "（未设置）")
    if name == "start_rule":
        return {
            "immediate": translate("LimitsSection", "收到即起算"),
            "next_day": translate("LimitsSection", "收到当日不计，次日起算"),
        }.get(value, value)
    if name.startswith("limit."):
        try:
            return limit_text(parse_limit(value))
        except InvalidInput:
            return value
    return value.replace(",", "、") if name == "working_hours" else value


def _words() -> dict[str, str]:
    return {
        "name": translate("LimitsSection", "指挥室名称"),
        "county": translate("LimitsSection", "县（市、区）代码"),
        "township": translate("LimitsSection", "镇街代码"),
        "working_hours": translate("LimitsSection", "工作时间"),
        "start_rule": translate("LimitsSection", "起算规则"),
        "limit.accept": translate("LimitsSection", "受理时限"),
        "limit.dispatch": translate("LimitsSection", "派遣时限"),
        "limit.sign": translate("LimitsSection", "签收时限"),
        "limit.return": translate("LimitsSection", "退回时限"),
        "limit.verify": translate("LimitsSection", "核查时限"),
        "limit.level.1": translate("LimitsSection", "一级处置时限"),
        "limit.level.2": translate("LimitsSection", "二级处置时限"),
        "limit.level.3": translate("LimitsSection", "三级处置时限"),
        "limit.level.4": translate("LimitsSection", "四级处置时限"),
    }
