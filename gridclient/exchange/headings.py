"""The fields of each kind of import, and the column titles by which they are known in other systems.

Titles are compared without case, blanks, underscores and bracketed remarks. Templates print the first title of a field.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from gridclient.domain.frozen import frozen
from gridclient.services.import_findings import ImportKind


@frozen
class Heading:
    """One field of a kind: its name in mappings and its titles, the most certain first. A file without a ``required``
    field is refused."""

    field: str
    titles: tuple[str, ...]
    required: bool = False


def _heading(field: str, titles: str, *, required: bool = False) -> Heading:
    return Heading(field, tuple(titles.split()), required)


_POINT = (
    _heading("lon", "经度 经度坐标 lng lon longitude x坐标 坐标x x point_x"),
    _heading("lat", "纬度 纬度坐标 lat latitude y坐标 坐标y y point_y"),
    _heading("point", "坐标 经纬度 位置坐标 point coordinates lnglat"),
)

_CASES = (
    _heading("title", "标题 案件标题 事件标题 留言主题 诉求标题 问题标题 主题 事件名称 case_title title"),
    _heading(
        "description",
        "问题描述 描述 事件描述 案件描述 留言详情 留言内容 诉求内容 反映内容 事件内容 主要内容 工单内容 "
        "内容 详情 description content details",
    ),
    _heading(
        "reported_at",
        "上报时间 留言时间 受理时间 登记时间 来电时间 反映时间 诉求时间 事发时间 发生时间 创建时间 "
        "立案时间 open_dt reported_at opened_at opened created_at requested_datetime 日期 时间",
    ),
    _heading(
        "external_number",
        "上级平台编号 案件编号 案卷编号 案卷号 工单编号 工单号 受理编号 任务号 事件编号 留言编号 诉求编号 "
        "流水号 编号 case_enquiry_id service_request_id case_id number",
    ),
    _heading("channel", "来源 案件来源 问题来源 事件来源 诉求来源 上报来源 诉求渠道 渠道 channel source"),
    _heading("big_class", "大类 大类名称 案件大类 事件大类 问题大类 一级分类 一级标签 big_class category reason"),
    _heading(
        "small_class",
        "小类 小类名称 案件小类 事件小类 问题小类 二级分类 三级分类 事件类型 问题类型 诉求类型 "
        "small_class service_name type",
    ),
    _heading("level", "层级 闭环层级 事件层级 level"),
    _heading("urgency", "紧急程度 缓急程度 urgency priority"),
    _heading(
        "grid_code", "网格编码 网格代码 网格编号 所属网格编码 单元网格 网格 所属网格 网格名称 基础网格 grid_code grid"
    ),
    _heading(
        "address",
        "地址 事发地址 事件地址 详细地址 发生地址 发生地点 事发地点 位置描述 地点 位置 address location",
    ),
    *_POINT,
    _heading("reporter_name", "反映人 来电人 诉求人 举报人 上报人 联系人 反映人姓名 诉求人姓名 姓名 留言用户 reporter"),
    _heading("reporter_phone", "联系电话 反映人电话 来电号码 诉求人电话 手机号码 手机号 手机 电话 phone telephone"),
    _heading("state", "状态 案件状态 事件状态 办理状态 处理状态 state case_status status"),
    _heading("closed_at", "结案时间 办结时间 完成时间 closed_at closed_dt"),
    _heading(
        "due_at",
        "处置截止时间 办理期限 截止时间 到期时间 限办时间 due_at target_dt sla_target_dt expected_datetime",
    ),
    _heading(
        "unit_text",
        "处置单位 承办单位 办理单位 责任单位 主办单位 处置部门 承办部门 责任部门 unit department agency_responsible",
    ),
    _heading(
        "result",
        "处置结果 办理结果 处理结果 办理情况 答复意见 答复内容 回复内容 result closure_reason status_notes",
    ),
)

_DIVISIONS = (
    _heading("code", "区划代码 统计用区划代码 行政区划代码 编码 代码 code adcode"),
    _heading("name", "区划名称 名称 name"),
    _heading("province_code", "省代码 province_code"),
    _heading("province_name", "省 省名称 省份 province province_name"),
    _heading("city_code", "市代码 city_code city_code4"),
    _heading("city_name", "市 市名称 地市 city city_name"),
    _heading("county_code", "县代码 区县代码 county_code county_code6"),
    _heading("county_name", "县 区县 区县名称 county county_name district"),
    _heading("township_code", "镇街代码 乡镇代码 街道代码 town_code town_code9 township_code"),
    _heading("township_name", "镇街 镇街名称 乡镇 乡镇名称 街道 town township town_name"),
    _heading("community_code", "社区代码 村代码 村社区代码 village_code village_code12 community_code"),
    _heading("community_name", "社区 村 村社区 社区名称 村名称 village community village_name"),
)

_GRIDS = (
    _heading("code", "网格编码 网格代码 网格编号 编码 代码 grid_code gridcode wgbm code adcode"),
    _heading("name", "网格名称 网格名 名称 grid_name gridname wgmc name"),
    _heading("tier", "网格层级 层级 网格级别 级别 tier level"),
    _heading("kind", "网格类型 网格类别 类型 类别 kind type"),
    _heading(
        "parent",
        "上级编码 上级网格编码 上级网格 上级代码 所属社区编码 社区编码 所属社区代码 所属片区编码 parent parent_code",
    ),
    _heading("external_code", "外部编码 原编码 省平台编码 上级平台编码 external_code"),
    _heading("members", "包含社区 所辖社区 包含社区编码 members"),
    _heading("worker", "网格员 专职网格员 网格员姓名 网格长 worker grid_worker"),
    _heading("phone", "网格员电话 联系电话 手机号 电话 phone telephone"),
    _heading("valid_from", "启用日期 生效日期 valid_from"),
    _heading("valid_to", "停用日期 失效日期 valid_to"),
    _heading("boundary", "边界坐标 边界 网格边界 范围 坐标 boundary geometry wkt"),
)

_UNITS = (
    _heading("code", "单位编码 机构编码 单位代码 机构代码 编码 代码 code unit_code", required=True),
    _heading("name", "单位名称 机构名称 部门名称 名称 name unit_name", required=True),
    _heading("kind", "单位类型 机构类型 派驻类型 类型 类别 kind type", required=True),
    _heading("aliases", "别名 简称 别称 aliases"),
    _heading("parent", "上级部门 主管部门 县级部门 派出部门 parent"),
    _heading("township", "所属镇街代码 镇街代码 所属镇街 township"),
    _heading("leader", "负责人 联系人 leader"),
    _heading("phone", "联系电话 值班电话 电话 phone telephone"),
    _heading("people", "人员 工作人员 people"),
    _heading("fields", "业务领域 职责领域 领域 职责 fields"),
    _heading("grids", "服务网格 服务范围 服务区域 服务网格编码 辖区网格 grids serves"),
    _heading("status", "状态 在岗状态 status"),
    _heading("address", "地址 办公地址 address"),
    *_POINT,
)

_STANDARDS = (
    _heading("kind", "类别 部件事件 类型 sheet kind"),
    _heading("big_code", "大类代码 大类编码 big_code", required=True),
    _heading("big_name", "大类名称 大类 big_name", required=True),
    _heading("small_code", "小类代码 小类编码 small_code", required=True),
    _heading("small_name", "小类名称 小类 small_name", required=True),
    _heading("filing_condition", "立案条件 立案标准 filing_condition file_condition", required=True),
    _heading("closing_condition", "结案条件 结案标准 closing_condition close_condition"),
    _heading("limit", "处置时限 处理时限 办理时限 时限 limit time_limit", required=True),
    _heading("handling_unit", "处置单位 责任单位 主办单位 处置部门 处置责任单位 handling_unit"),
    _heading("cooperating_unit", "配合单位 协办单位 cooperating_unit"),
    _heading("supervising_unit", "主管部门 监管部门 主管单位 supervising_unit"),
)

_CALENDAR = (
    _heading("day", "日期 date day", required=True),
    _heading("working", "类型 日期类型 是否工作日 工作日 kind type is_workday working"),
    _heading("resting", "是否节假日 是否休息 是否休息日 is_holiday is_off_day isoffday"),
    _heading("name", "节日 节日名称 名称 备注 说明 holiday_name holiday_name_en name"),
)

HEADINGS: Mapping[ImportKind, tuple[Heading, ...]] = {
    ImportKind.CASES: _CASES,
    ImportKind.DIVISIONS: _DIVISIONS,
    ImportKind.GRIDS: _GRIDS,
    ImportKind.UNITS: _UNITS,
    ImportKind.STANDARDS: _STANDARDS,
    ImportKind.CALENDAR: _CALENDAR,
}

_NOT_COMPARED = re.compile(r"[\s_*:.·]+|[(\[【][^(\[【)\]】]*[)\]】]")


def comparable(title: str) -> str:
    """The title in the form in which titles are compared: ``联系电话(必填)*`` and ``联系电话`` are the same."""
    return _NOT_COMPARED.sub("", unicodedata.normalize("NFKC", title)).casefold()
