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
    "point.unreadable": "坐标“{text}”无法识别，请写成“经度, 纬度”，如 122.12, 37.51。",
    "time.unreadable": "时间“{text}”无法识别，请写成 2026-11-20 14:00。",
    "attachment.not_saved": "附件 {name} 没有存成，请检查目标位置是否可写。",
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
    # files that are brought in
    "file.missing": "没有找到文件“{file}”，请检查路径。",
    "file.empty": "文件“{file}”是空的。",
    "file.too_large": "文件“{file}”有 {megabytes} MB，超过 {most} MB 的上限，请拆分后再导入。",
    "file.unreadable": "文件“{file}”读不出来（{reason}），请检查权限，或先关闭正在使用它的程序。",
    "file.damaged": "文件“{file}”已损坏或不完整，请用表格软件打开后另存一份再导入。",
    "file.old_xls": "文件“{file}”是旧版 .xls 格式，请用表格软件另存为 .xlsx 再导入。",
    "file.encrypted": "文件“{file}”设了密码，请取消密码后再导入。",
    "file.html": "文件“{file}”其实是网页，只是改了扩展名，请用表格软件打开后另存为 .xlsx 再导入。",
    "file.xml_spreadsheet": "文件“{file}”是 XML 格式，请用表格软件打开后另存为 .xlsx 再导入。",
    "file.xlsb": "文件“{file}”是二进制工作簿（.xlsb），请另存为 .xlsx 再导入。",
    "file.not_xlsx": "文件“{file}”不是 xlsx 表格，请用表格软件打开后另存为 .xlsx 再导入。",
    "file.zip_many": "压缩包“{file}”里有 {count} 个文件，请只放一个表格，或解压后再导入。",
    "file.zip_bomb": "文件“{file}”解压后大得不正常，为安全起见没有打开。",
    "file.nested": "压缩包“{file}”里还是压缩包，请解压后再导入。",
    "file.binary": "文件“{file}”含有二进制内容，不是文本表格。",
    "file.encoding": "文件“{file}”的文字编码无法识别，请另存为 UTF-8 编码的 csv 再导入。",
    "file.quotes": "文件“{file}”第 {row} 行附近的引号没有成对，后面的内容无法分列，请改正后再导入。",
    "file.no_sheet": "文件“{file}”里没有工作表。",
    "file.unknown_sheet": "文件“{file}”里没有工作表“{sheet}”，现有：{sheets}。",
    "file.no_rows": "文件“{file}”里没有数据行。",
    "file.no_header": "文件“{file}”的第 {row} 行不是表头，请核对表头所在的行。",
    "file.too_many_rows": "文件“{file}”有 {rows} 行，超过 {most} 行的上限，请删除空白行或拆分后再导入。",
    "file.too_many_columns": "文件“{file}”的列数超过 {most} 列的上限，请删除多余的列再导入。",
    "file.columns_missing": "文件“{file}”缺少这些列：{columns}。请补上，或指定哪一列对应它们。",
    "file.not_a_table": "文件“{file}”是 GeoJSON，这里需要表格（xlsx 或 csv）。",
    "file.crs_needed": "请说明文件“{file}”的坐标系（wgs84、gcj02 或 bd09），猜错会偏移约 500 米。",
    "geojson.not_json": "文件“{file}”第 {line} 行附近不是正确的 JSON，请重新导出。",
    "geojson.no_features": "文件“{file}”里没有要素集合（FeatureCollection），请重新导出。",
    "geojson.topology": "文件“{file}”是 TopoJSON，请导出为 GeoJSON 再导入。",
    "geojson.projected": "文件“{file}”用的是平面坐标（{name}），请导出为经纬度再导入。",
    "geojson.too_large": "文件“{file}”超过 {most} MB 的上限，请拆分后再导入。",
    "geojson.not_a_feature": "这一项不是要素（Feature）。",
    "mapping.unreadable": "列对应文件“{file}”读不出来，请检查格式。",
    "mapping.other_kind": "列对应文件是给 {kind} 用的，这次导入的是 {wanted}。",
    "mapping.unknown_field": "列对应文件里的字段“{field}”不存在。",
    "mapping.no_such_column": "文件“{file}”里没有“{column}”列，字段“{field}”无处可取。",
    "mapping.column_twice": "“{column}”列被指定了两次。",
    "report.not_written": "报告“{file}”写不进去（{reason}），请换个位置，或先关闭打开它的程序。",
    # cells and rows
    "row.too_many_cells": "这一行有 {cells} 个单元格，表头只有 {titles} 列，可能是内容里的逗号没有加引号。",
    "cell.formula": "单元格里是公式（{text}），请把表格另存为数值后再导入。",
    "cell.error_value": "单元格里是错误值（{text}）。",
    "cell.number_spoilt": "“{text}”已被表格软件变成数字，丢了位数，请把该列设为文本后重新填写。",
    "cell.not_number": "“{text}”不是数字。",
    "cell.not_date": "“{text}”不是日期，请写成 2026-01-31 或 2026-01-31 08:30。",
    "cell.date_unclear": "“{text}”分不清月和日，请写成 2026-01-31。",
    "cell.date_out_of_range": "日期“{text}”不在 1949 至 2100 年之间。",
    "point.half": "经度和纬度只填了一个。",
    "point.not_a_pair": "“{text}”不是一对经纬度。",
    "point.swapped": "经度和纬度填反了（{lon}，{lat}）。",
    "point.crs_needed": "没有说明坐标系，这一行的位置无法确定。",
    "case.level_unknown": "“{text}”不是层级，请填 1 至 4。",
    "case.number_twice": "编号 {number} 与第 {first} 行相同，内容却不同，请核对。",
    "calendar.no_day": "缺少日期。",
    "calendar.kind_unknown": "“{text}”看不出是上班还是休息，请填 工作日 或 休息日。",
    "unit.no_code": "缺少单位编码。",
    "unit.no_name": "缺少单位名称。",
    "unit.kind_unknown": "“{text}”不是单位类型，可选：{known}。",
    "unit.status_unknown": "“{text}”不是单位状态，可选：{known}。",
    "standard.no_class": "缺少大类或小类，上面的行也没有可以沿用的。",
    "standard.no_condition": "缺少立案条件。",
    "standard.kind_unknown": "“{text}”看不出是事件还是部件。",
    "standard.code_unclear": "类别代码“{text}”已被变成数字，请设为文本后重新填写。",
    "limit.remark": "时限“{text}”后面的“{remark}”作为说明保留。",
    "division.no_code": "缺少区划代码。",
    "division.no_name": "代码 {text} 没有名称。",
    "division.other_level": "代码 {text} 与所在列的级别不符。",
    "grid.no_code": "缺少网格编码。",
    "grid.no_name": "网格 {text} 没有名称，暂以编码为名。",
    "grid.same_name": "名称“{name}”与第 {first} 行相同，只以编码区分。",
    "grid.code_foreign": "“{text}”是其他平台的编码，请另填 12 位或 15 位网格编码，原编码放在“外部编码”列。",
    "grid.property_name_damaged": "属性名“{title}”已成乱码，请用 UTF-8 重新导出，或指定它对应哪个字段。",
    "grid.tier_differs": "层级“{text}”与编码的位数不符。",
    "grid.parent_differs": "上级编码 {text} 不对，按编码应为 {parent}。",
    "grid.parent_wrong_tier": "{text} 不能作为这一级网格的上级。",
    "grid.ends_before_it_begins": "停用日期早于启用日期。",
    "grid.under_no_community": "{text} 不是 12 位社区编码，不能在它下面编号。",
    "point.heap": "前 {rows} 个点中有 {count} 个落在同一处（{lon}，{lat}），可能是原系统的默认位置。",
    # boundaries
    "shape.missing": "没有边界。",
    "shape.line": "边界画成了线（{type}），需要面，请在制图软件里转为面再导出。",
    "shape.point": "这里是点（{type}），需要面。",
    "shape.unknown_type": "图形类型“{type}”不是面。",
    "shape.too_deep": "坐标多嵌套了层级（{type} 应为 {expected} 层，实际 {depth} 层），请重新导出。",
    "shape.malformed": "坐标的写法不对（{type}），请重新导出。",
    "shape.ring_short": "边界只有 {points} 个点，围不成面。",
    "shape.ring_closed": "{rings} 条边界没有首尾相接，已自动闭合。",
    "shape.several_parts": "由 {parts} 块组成，已按一个网格导入，请核对。",
    "shape.too_many_points": "边界超过 {most} 个点，请简化后再导入。",
    "shape.swapped": "坐标的经纬度写反了（{lon}，{lat}）。",
    "shape.not_degrees": "坐标不是经纬度（{lon}，{lat}），请导出为经纬度再导入。",
    "shape.outside_china": "坐标（{lon}，{lat}）不在国内，请核对。",
    "shape.self_crossing": "边界在（{lon}，{lat}）处与自己相交，请修正后再导入。",
    "shape.hole_outside": "挖空的部分在边界之外（{lon}，{lat}）。",
    "shape.parts_overlap": "各块之间相互重叠（{lon}，{lat}）。",
    "shape.invalid": "边界在（{lon}，{lat}）处有错误，请修正后再导入。",
    "shape.no_area": "边界没有面积。",
    "shape.unreadable_text": "边界坐标读不出来，请写成 122.11,37.52;122.12,37.52;… 或 WKT。",
    "map.bounds": "地图范围（{west}，{south}，{east}，{north}）不对。",
    "map.address": "地图没有这个内容：{address}。",
    "basemap.unreadable": "底图文件“{name}”打不开，请检查文件是否存在、是否有权限读取。",
    "basemap.not_archive": "“{name}”不是底图文件，请选择 MBTiles 或 PMTiles 文件。",
    "basemap.version": "“{name}”是旧版 PMTiles，请向提供方要第 3 版的文件。",
    "basemap.damaged": "底图文件已损坏或没有复制完整，请重新复制后再导入。",
    "basemap.compression": "“{name}”的压缩方式不支持，请向提供方要 gzip 压缩或不压缩的文件。",
    "basemap.tile_format": "“{name}”里的瓦片格式不支持，支持 PNG、JPEG、WebP、AVIF 图片和 MVT 矢量瓦片。",
    "basemap.empty": "“{name}”里没有瓦片，没有导入。",
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
