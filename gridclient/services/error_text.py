"""The Chinese sentence for every error code, with what to do; a test walks all codes that the program can raise."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from gridclient.domain.errors import GridClientError
from gridclient.services.words import PARTS, STATES

SENTENCES: Final[Mapping[str, str]] = {
    "cancelled": "已取消，没有改动任何数据。",
    "case.unknown": "没有找到案件 {case},请核对编号。",
    "case.changed_meanwhile": "案件 {case} 刚被他人更新，请看过最新情况后再操作。",
    "case.not_open": "案件现为“{state}”，已办结的案件不能再这样操作。",
    "case.not_fileable": "案件现为“{state}”，只有待受理的案件可以立案。",
    "case.not_declinable": "案件现为“{state}”，只有待受理的案件可以不予受理。",
    "case.not_dispatchable": "案件现为“{state}”，只有待派遣的案件可以派遣。",
    "case.not_reassignable": "案件现为“{state}”，只有待签收或处置中的案件可以改派。",
    "case.not_signable": "案件现为“{state}”，只有待签收的案件可以签收。",
    "case.not_returnable": "案件现为“{state}”，只有待签收或处置中的案件可以退回。",
    "case.return_too_late": "已过退回时限（{until}），请改用延期或联系指挥室。",
    "case.not_handling": "案件现为“{state}”，只有处置中的案件可以反馈。",
    "case.not_verifiable": "案件现为“{state}”，只有已反馈的案件可以核查。",
    "case.not_releasable": "该单位现为“{state}”，不能免办。",
    "case.lead_not_releasable": "主办单位不能免办，请改派。",
    "case.not_closable": "案件现为“{state}”，核查通过后才能结案。",
    "case.not_reopenable": "案件现为“{state}”，只有已结案的案件可以重开。",
    "case.not_closed": "案件现为“{state}”，结案后才能评价。",
    "case.lead_not_verified": "主办单位的处置还没有核查通过，不能结案。",
    "case.cooperation_open": "还有协办单位没有核查或免办:{units}。",
    "case.closing_condition_open": "结案条件还没有确认，请勾选后再结案。",
    "case.level_fixed": "案件现为“{state}”，不能再调整层级。",
    "case.no_such_level": "没有第 {level} 级，层级只有 1 至 4 级。",
    "case.standard_missing": "请先选择立案条件，再立案。",
    "case.grid_missing": "请先确定所属网格，再立案。",
    "case.reason_missing": "请填写理由。",
    "case.result_missing": "请填写处置结果。",
    "case.rating_missing": "请选择评价。",
    "case.text_missing": "内容是空的，请填写后再提交。",
    "case.title_missing": "标题和描述都是空的，请至少填写一项。",
    "case.nothing_changed": "没有要修改的内容。",
    "case.unit_not_assigned": "这件案件没有派给 {unit}。",
    "case.acted_on_since": "之后已有人处理过这件案件，不能再撤销。",
    "case.nothing_to_undo": "没有可以撤销的操作。",
    "dispatch.unit_twice": "同一单位只能出现一次，请检查主办和协办。",
    "dispatch.one_lead": "必须有且只有一个主办单位。",
    "dispatch.reason_missing": "所选主办单位不在责任清单内，请填写理由。",
    "dispatch.no_proposal": "没有单位服务这一网格，请手动选择主办单位。",
    "event.field_missing": "记录缺少字段 {field},不能应用。",
    "grid.unknown": "没有编码为 {grid} 的网格，请核对。",
    "unit.unknown": "没有编码为 {unit} 的单位，请核对。",
    "unit.inactive": "{unit} 已停用，请另选单位。",
    "standard.unknown": "没有编码为 {standard} 的立案条件，请核对。",
    "hours.unreadable": "工作时间“{text}”无法识别，请写成 08:00-12:00,14:00-18:00。",
    "hours.not_in_order": "工作时间段“{periods}”先后不对或有重叠，请按先后填写。",
    "time.naive": "时间“{value}”没有时区，不能计算，请补上（如 +08:00）。",
    "limit.unreadable": "时限“{text}”无法识别，请写成 2紧急工作时、4工作时、3工作日、5自然日 或 30分钟。",
    "limit.no_amount": "时限“{text}”没有写明时长，请补上数量和单位。",
    "limit.no_unit": "时限“{text}”只有数字，请补上单位（工作时、工作日、自然日等）。",
    "limit.unit_varies": "时限“{text}”按月、季或年计，长短不定，请改写成天数。",
    "limit.ambiguous": "时限“{text}”里不止一个时长，请只保留一个。",
    "limit.out_of_range": "时限的数量 {amount} 超出范围，应大于 0 且不超过 {largest}。",
    "deadline.pause_backwards": "暂停计时的结束时间（{end}）早于开始时间（{begin}），请核对。",
    "deadline.out_of_range": "从 {start} 起算的到期时间超出日历范围，请核对起算时间和时限。",
    "thresholds.not_in_order": "预警比例应依次减小：预警 {early}、黄 {yellow}、红 {red}，请核对。",
    "point.out_of_range": "经度 {lon}、纬度 {lat} 不在有效范围内，请核对是否写反。",
    "crs.unknown": "不认识坐标系“{text}”，请选 wgs84（CGCS2000）、gcj02（高德）或 bd09（百度）。",
    "code.empty": "编码是空的，请填写。",
    "code.not_text": "编码“{text}”已被表格软件当成数字，可能失真，请把该列设为文本后重新填写。",
    "code.not_digits": "编码“{text}”里有数字以外的字符，请核对。",
    "code.wrong_length": "编码“{text}”有 {digits} 位，应为 6、9、12 或 15 位。",
    "code.not_county": "编码“{text}”开头 6 位不是县（市、区）代码，请核对。",
    "code.no_township": "编码“{text}”的第 7 至 9 位是 000，没有指明镇街。",
    "code.no_community": "编码“{text}”的第 10 至 12 位是 000，没有指明村社区；网格不能直接挂在镇街下。",
    "code.number_reserved": "编码“{text}”的第 10 至 12 位没有这样的编号：村社区用 001 至 599，片区用 601 至 699。",
    "code.under_zone": "编码“{text}”把基础网格挂在了片区下，基础网格的前 12 位应是所属村社区。",
    "code.no_grid": "编码“{text}”的最后三位是 000，没有指明基础网格。",
    "code.zone_number": "{text} 下不能有第 {number} 号片区：上级应是镇街，编号应为 1 至 99。",
    "code.grid_number": "{text} 下不能有第 {number} 号基础网格：上级应是村社区，编号应为 1 至 999。",
    "shape.empty": "图形里没有任何坐标点。",
    "tile.out_of_range": "没有这样的地图瓦片：{z}/{x}/{y}。",
    "role.not_allowed": "当前角色无权执行这一操作。",
    "role.other_unit": "只能办理派给本单位的案件。",
}
_GENERAL = "操作没有完成（{code})。"
_STATE_WORDS: Final = {**PARTS, **STATES}


def sentence(code: str, **params: object) -> str:
    """The sentence for people. An unknown code gets a general one that names it, so nothing is hidden."""
    template = SENTENCES.get(code)
    if template is None:
        return _GENERAL.format(code=code)
    return template.format_map(_Shown({k: _shown(k, v) for k, v in params.items()}))


def sentence_of(error: GridClientError) -> str:
    """The sentence of an error."""
    return sentence(error.code, **error.params)


class _Shown(dict[str, str]):
    """A missing parameter shows as a dash instead of failing while an error is being told."""

    def __missing__(self, key: str) -> str:
        return "—"


def _shown(name: str, value: object) -> str:
    if name == "state":
        return _STATE_WORDS.get(str(value), str(value))
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, list | tuple):
        return "、".join(str(v) for v in value)
    return str(value)
